import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0007_credentials_follow'),
        ('people', '0006_counted_by_group'),
        ('sites', '0005_deletion'),
        ('tenancy', '0021_role_holders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='credential',
            name='node',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node'),
        ),
        migrations.AlterField(
            model_name='credential',
            name='site',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to='sites.site'),
        ),
        migrations.AddIndex(
            model_name='credential',
            index=models.Index(fields=['node', 'id'], name='credential_by_node'),
        ),
        migrations.AddIndex(
            model_name='credential',
            index=models.Index(fields=['site', 'id'], include=('person', 'kind'), name='credential_by_site'),
        ),
    ]
