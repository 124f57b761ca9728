from django.db import migrations, models

# Django cannot declare a view. Ids of the two tables are kept apart by being even or odd.
MAKE_VIEW = '''
CREATE VIEW tenancy_roleholder AS
SELECT held.id * 2 AS id, held.node_id, held.role, account.id AS account_id,
    NULL::bigint AS invitation_id, COALESCE(NULLIF(account.name, ''), account.username) AS name,
    account.email, CASE WHEN account.is_active THEN 'open' ELSE 'shut' END AS state,
    account.last_login
FROM tenancy_standing held JOIN tenancy_account account ON account.id = held.account_id
UNION ALL
SELECT id * 2 + 1, node_id, role, NULL, id, name, email, 'invited', NULL
FROM tenancy_invitation;
'''
DROP_VIEW = 'DROP VIEW tenancy_roleholder;'


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0020_ask_for_addresses'),
    ]

    operations = [
        migrations.RunSQL(MAKE_VIEW, DROP_VIEW),
        migrations.CreateModel(
            name='RoleHolder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('operator', 'Operator'), ('distributor', 'Distributor'), ('sub_distributor', 'Sub-distributor'), ('installer', 'Installer'), ('sub_installer', 'Sub-installer'), ('property_manager', 'Property Manager'), ('company_administrator', 'Administrator'), ('personnel', 'Personnel')], max_length=24)),
                ('name', models.CharField(max_length=128)),
                ('email', models.EmailField(max_length=254)),
                ('state', models.CharField(choices=[('invited', 'Invited'), ('open', 'Open'), ('shut', 'Shut')], max_length=8)),
                ('last_login', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'tenancy_roleholder',
                'managed': False,
            },
        ),
    ]
