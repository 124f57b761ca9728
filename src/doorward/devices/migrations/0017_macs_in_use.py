from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0016_sorted_across'),
        ('tenancy', '0024_accounts_in_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='macentry',
            name='in_use',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
