from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0015_organisations'),
    ]

    operations = [
        migrations.AddField(
            model_name='node',
            name='suspended_from',
            field=models.CharField(blank=True, default='', max_length=255),
        ),
    ]
