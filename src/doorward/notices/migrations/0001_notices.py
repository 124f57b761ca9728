"""What accounts were told, and which devices are missed."""

import django.db.models.deletion
import doorward.kit.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('devices', '0012_released'),
        ('sites', '0005_deletion'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=doorward.kit.clock.now)),
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='devices.device')),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('alarm', 'Alarms'), ('offline', 'Devices offline, and back'), ('work', 'Background work that ended'), ('ticket', 'Tickets'), ('support', 'Support access'), ('macs', 'Registered MACs'), ('manager', 'Sites to manage'), ('message', 'Messages')], max_length=8, verbose_name='type')),
                ('what', models.CharField(choices=[('forced', 'Forced open'), ('held', 'Held open'), ('tamper', 'Tampered with'), ('input', 'Input triggered'), ('gone', 'Offline'), ('back', 'Back online'), ('done', 'Done'), ('faults', 'Done, with faults'), ('failed', 'Failed'), ('asked', 'Asked'), ('answered', 'Answered'), ('solved', 'Solved'), ('begun', 'Begun'), ('ended', 'Ended'), ('registered', 'Registered'), ('assigned', 'Assigned'), ('sent', 'Sent')], max_length=10)),
                ('at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('shown', models.BooleanField(default=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('about', models.CharField(blank=True, max_length=300)),
                ('by', models.CharField(blank=True, max_length=200)),
                ('count', models.PositiveIntegerField(default=1)),
                ('subject', models.BigIntegerField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sites.site')),
            ],
            options={
                'indexes': [models.Index(fields=['account', '-at', '-id'], name='notice_by_account'), models.Index(condition=models.Q(('read_at', None), ('shown', True)), fields=['account'], name='notice_unread'), models.Index(fields=['at'], name='notice_by_age')],
            },
        ),
    ]
