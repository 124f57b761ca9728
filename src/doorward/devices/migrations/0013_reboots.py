import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0012_released'),
    ]

    operations = [
        migrations.AddField(
            model_name='command',
            name='back_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='command',
            name='kind',
            field=models.CharField(choices=[('unlock', 'Open a door'), ('reboot', 'Reboot')], default='unlock', max_length=8),
        ),
        migrations.AddField(
            model_name='command',
            name='not_before',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='command',
            name='door',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='commands', to='devices.door'),
        ),
        migrations.AlterField(
            model_name='command',
            name='status',
            field=models.CharField(choices=[('queued', 'Queued'), ('sent', 'Sent'), ('done', 'Done'), ('failed', 'Failed'), ('expired', 'Expired'), ('taken', 'Taken by the device'), ('back', 'Back online'), ('away', 'Did not come back')], default='queued', max_length=8),
        ),
        migrations.AddIndex(
            model_name='command',
            index=models.Index(condition=models.Q(('status__in', ['taken', 'away'])), fields=['device'], name='command_returning'),
        ),
        migrations.AddConstraint(
            model_name='command',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('door__isnull', False), ('kind', 'unlock')), models.Q(('door', None), ('kind', 'reboot')), _connector='OR'), name='command_door_is_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='command',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'reboot'), ('status__in', ['queued', 'sent', 'taken'])), fields=('device',), name='command_one_reboot_at_a_time'),
        ),
    ]
