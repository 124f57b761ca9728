from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sites', '0005_deletion'),
        ('tenancy', '0021_role_holders'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='site',
            index=models.Index(fields=['name', 'id'], name='site_by_name'),
        ),
    ]
