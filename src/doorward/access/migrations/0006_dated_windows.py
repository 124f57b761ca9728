import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0005_people_groups'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='accesssegment',
            name='access_segment_unique',
        ),
        migrations.RemoveConstraint(
            model_name='accesswindow',
            name='access_window_in_week',
        ),
        migrations.RemoveConstraint(
            model_name='scheduleslot',
            name='slot_identity_unique',
        ),
        migrations.AddField(
            model_name='accessgroup',
            name='first_day',
            field=models.DateField(blank=True, null=True, verbose_name='first day'),
        ),
        migrations.AddField(
            model_name='accessgroup',
            name='last_day',
            field=models.DateField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AddField(
            model_name='accesssegment',
            name='first_day',
            field=models.DateField(default=datetime.date(1, 1, 1)),
        ),
        migrations.AddField(
            model_name='accesssegment',
            name='last_day',
            field=models.DateField(default=datetime.date(9999, 12, 31)),
        ),
        migrations.AddField(
            model_name='accesswindow',
            name='first_day',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='accesswindow',
            name='last_day',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='scheduleslot',
            name='first_day',
            field=models.DateField(default=datetime.date(1, 1, 1)),
        ),
        migrations.AddField(
            model_name='scheduleslot',
            name='last_day',
            field=models.DateField(default=datetime.date(9999, 12, 31)),
        ),
        migrations.AddIndex(
            model_name='accesssegment',
            index=models.Index(fields=['last_day'], name='access_segment_by_end'),
        ),
        migrations.AddConstraint(
            model_name='accessgroup',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__range', (datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))), ('first_day', None), _connector='OR'), name='access_group_first_day_in_bounds', violation_error_code='first_day', violation_error_message='Choose a date from 2000 to 2099.'),
        ),
        migrations.AddConstraint(
            model_name='accessgroup',
            constraint=models.CheckConstraint(condition=models.Q(('last_day__range', (datetime.date(2000, 1, 1), datetime.date(2099, 12, 31))), ('last_day', None), _connector='OR'), name='access_group_last_day_in_bounds', violation_error_code='last_day', violation_error_message='Choose a date from 2000 to 2099.'),
        ),
        migrations.AddConstraint(
            model_name='accessgroup',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('last_day')), ('first_day', None), ('last_day', None), _connector='OR'), name='access_group_days_forward', violation_error_code='last_day', violation_error_message='Choose a last day that is not before the first.'),
        ),
        migrations.AddConstraint(
            model_name='accesssegment',
            constraint=models.UniqueConstraint(fields=('group', 'days', 'start', 'end', 'first_day', 'last_day'), name='access_segment_unique'),
        ),
        migrations.AddConstraint(
            model_name='accesswindow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days__range', (1, 127)), ('end__range', (0, 1440)), ('first_day', None), ('last_day', None), ('start__range', (0, 1439))), models.Q(('days', 0), ('end__range', (0, 1439)), ('first_day__isnull', False), ('last_day__isnull', False), ('start__range', (0, 1439)), models.Q(('first_day__lt', models.F('last_day')), models.Q(('first_day', models.F('last_day')), ('start__lt', models.F('end'))), _connector='OR')), _connector='OR'), name='access_window_in_week'),
        ),
        migrations.AddConstraint(
            model_name='scheduleslot',
            constraint=models.UniqueConstraint(fields=('device', 'days', 'start', 'end', 'first_day', 'last_day'), name='slot_identity_unique'),
        ),
    ]
