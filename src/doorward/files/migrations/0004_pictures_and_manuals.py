from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0003_made_on_visits'),
    ]

    operations = [
        migrations.AlterField(
            model_name='storedfile',
            name='kind',
            field=models.CharField(choices=[('export', 'Export'), ('import', 'Import'), ('result', 'Result'), ('photo', 'Photo'), ('picture', 'Picture'), ('manual', 'Manual')], max_length=10),
        ),
    ]
