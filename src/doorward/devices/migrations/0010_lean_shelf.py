import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0009_stale_shelves'),
    ]

    operations = [
        migrations.AlterField(
            model_name='shelfentry',
            name='device',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='devices.device'),
        ),
        migrations.RemoveIndex(
            model_name='shelfentry',
            name='shelf_by_key',
        ),
        migrations.RunSQL(
            'ALTER TABLE devices_shelfentry DROP CONSTRAINT devices_shelfentry_pkey',
            'ALTER TABLE devices_shelfentry ADD CONSTRAINT devices_shelfentry_pkey PRIMARY KEY (id)',
        ),
    ]
