import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0011_tied_to'),
    ]

    operations = [
        migrations.AlterField(
            model_name='device',
            name='mac_entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='device', to='devices.macentry', verbose_name='MAC'),
        ),
        migrations.AddField(
            model_name='device',
            name='release',
            field=models.CharField(blank=True, choices=[('', 'Not unbound'), ('telling', 'Is to forget what came from here'), ('emptied', 'Has forgotten what came from here'), ('taken', 'Is used elsewhere by now')], default='', max_length=8),
        ),
        migrations.AddField(
            model_name='device',
            name='freed_mac',
            field=models.CharField(blank=True, default='', max_length=12),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('freed_mac', ''), ('mac_entry__isnull', False), ('release', '')), models.Q(models.Q(('release', ''), _negated=True), models.Q(('freed_mac', ''), _negated=True), ('mac_entry', None)), _connector='OR'), name='device_released_has_no_mac'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(condition=models.Q(('release', ''), _negated=True), fields=['site'], name='device_released'),
        ),
    ]
