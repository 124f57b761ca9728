from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0014_known_by_few'),
    ]

    operations = [
        migrations.AlterField(
            model_name='command',
            name='kind',
            field=models.CharField(choices=[('unlock', 'Open a door'), ('reboot', 'Reboot')], db_default='unlock', default='unlock', max_length=8),
        ),
    ]
