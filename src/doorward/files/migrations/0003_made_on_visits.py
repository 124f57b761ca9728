import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0002_sealed_orders'),
        ('tenancy', '0013_support_access'),
    ]

    operations = [
        migrations.AddField(
            model_name='storedfile',
            name='visit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.supportvisit'),
        ),
        migrations.AddField(
            model_name='work',
            name='visit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.supportvisit'),
        ),
    ]
