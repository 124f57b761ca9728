from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0008_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='shelfhead',
            name='stale_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
