from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0010_lean_shelf'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='tied_to',
            field=models.CharField(blank=True, choices=[('none', 'Nothing else'), ('on_premise', 'The on-premise manager (SDMC)'), ('vendor_cloud', "The vendor's cloud")], max_length=12),
        ),
    ]
