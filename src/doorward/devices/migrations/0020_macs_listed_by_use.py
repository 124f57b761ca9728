from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0019_macs_found_in_use'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='macentry',
            index=models.Index(fields=['in_use', 'registered_at', 'id'], name='mac_by_use'),
        ),
        migrations.AddIndex(
            model_name='macentry',
            index=models.Index(fields=['node', 'in_use', 'registered_at', 'id'], name='mac_of_node'),
        ),
    ]
