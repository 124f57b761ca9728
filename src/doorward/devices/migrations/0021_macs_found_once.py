import django.db.models.deletion
from django.db import migrations, models


# Dropping an index keeps readers away until it is committed, and waits for them: so it is alone.
class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0020_macs_listed_by_use'),
        ('tenancy', '0024_accounts_in_order'),
    ]

    operations = [
        migrations.AlterField(
            model_name='macentry',
            name='node',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='macs', to='tenancy.node'),
        ),
    ]
