from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0005_lines_of_a_company'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='alarm',
            name='alarm_by_site',
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['site', '-at', '-id'], include=('door', 'door_name', 'device_name', 'kind', 'closed_at', 'acknowledged_at'), name='alarm_by_site'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['-at', '-id'], name='alarm_by_time'),
        ),
    ]
