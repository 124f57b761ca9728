import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# People of a company are all at one site, and a group's all of one company. Without knowing it, the
# database multiplies how rare each is, and looks up one by one what it could read at once.
KNOW_TOGETHER = """
CREATE STATISTICS person_together (dependencies)
    ON site_id, node_id, company_id, group_id FROM people_person;
ANALYZE people_person;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_counted_by_group'),
        ('sites', '0005_deletion'),
        ('tenancy', '0021_role_holders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='person',
            name='node',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='tenancy.node'),
        ),
        migrations.AlterField(
            model_name='person',
            name='site',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='sites.site'),
        ),
        migrations.RemoveIndex(
            model_name='person',
            name='person_by_name',
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['site', 'last_name', 'first_name', 'id'], include=('group',), name='person_by_name'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['node', 'id'], name='person_by_node'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['site', 'id'], name='person_by_site'),
        ),
        migrations.RunSQL(KNOW_TOGETHER, "DROP STATISTICS person_together"),
    ]
