from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0013_reboots'),
        ('sites', '0006_known_by_few'),
        ('tenancy', '0021_role_holders'),
    ]

    operations = [
        migrations.AddField(
            model_name='shelfhead',
            name='behind',
            field=models.GeneratedField(db_persist=True, expression=models.ExpressionWrapper(models.Q(models.Q(('confirmed_epoch', models.F('epoch')), _negated=True), ('confirmed__lt', models.F('revision')), ('stale_since__isnull', False), _connector='OR'), output_field=models.BooleanField()), output_field=models.BooleanField()),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(condition=models.Q(('reachable', False), models.Q(('problem', ''), _negated=True), models.Q(('binding', 'bound'), _negated=True), ('findings__contains', [{'code': 'open_api'}]), ('findings__contains', [{'code': 'no_way_to_open'}]), ('findings__contains', [{'code': 'action_url_taken'}]), _connector='OR'), fields=['site'], name='device_unwell'),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['name', 'id'], name='device_by_name'),
        ),
        migrations.AddIndex(
            model_name='shelfhead',
            index=models.Index(condition=models.Q(('behind', True)), fields=['device'], name='shelf_behind'),
        ),
        migrations.AddIndex(
            model_name='macentry',
            index=models.Index(fields=['registered_at', 'id'], name='mac_by_age'),
        ),
    ]
