from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0006_alarms_by_time'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='quarantinedreport',
            name='quarantine_by_connector',
        ),
        migrations.AddIndex(
            model_name='quarantinedreport',
            index=models.Index(fields=['connector', '-id'], include=('node',), name='quarantine_by_connector'),
        ),
    ]
