import django.db.models.deletion
from django.db import migrations, models

# One place says who is in an access group; Django cannot declare a view.
MAKE_VIEW = """
CREATE VIEW access_member AS
SELECT accessgroup_id, person_id FROM access_accessgroup_people;
"""
DROP_VIEW = "DROP VIEW access_member;"


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(MAKE_VIEW, DROP_VIEW),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('pk', models.CompositePrimaryKey('accessgroup_id', 'person_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('accessgroup', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='members', to='access.accessgroup')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='memberships', to='people.person')),
            ],
            options={
                'db_table': 'access_member',
                'managed': False,
            },
        ),
    ]
