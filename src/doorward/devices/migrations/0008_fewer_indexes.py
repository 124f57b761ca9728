import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0007_handed_over'),
    ]

    operations = [
        migrations.AlterField(
            model_name='shelfentry',
            name='device',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='devices.device'),
        ),
    ]
