"""Tickets, what is said in them, and who has read how far."""

import django.db.models.deletion
import doorward.kit.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('devices', '0010_lean_shelf'),
        ('files', '0004_pictures_and_manuals'),
        ('tenancy', '0011_seals_from_one'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_as', models.CharField(choices=[('operator', 'Operator'), ('distributor', 'Distributor'), ('sub_distributor', 'Sub-distributor'), ('installer', 'Installer'), ('sub_installer', 'Sub-installer'), ('property_manager', 'Property Manager'), ('company_administrator', 'Administrator'), ('personnel', 'Personnel')], max_length=24)),
                ('subject', models.CharField(max_length=120, verbose_name='subject')),
                ('state', models.CharField(choices=[('open', 'Open'), ('waiting', 'Waiting'), ('solved', 'Solved')], default='open', max_length=7)),
                ('page', models.CharField(blank=True, max_length=200)),
                ('device_label', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('last_at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('last', models.BigIntegerField(default=0)),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node')),
                ('device', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='devices.device')),
                ('last_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['desk', '-last_at'], name='ticket_by_desk'), models.Index(fields=['node', '-last_at'], name='ticket_by_node'), models.Index(fields=['opened_by', '-last_at'], name='ticket_by_asker')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('author_name', models.CharField(max_length=128)),
                ('from_desk', models.BooleanField()),
                ('text', models.TextField(max_length=10000)),
                ('at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='helpdesk.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.storedfile')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='helpdesk.message')),
            ],
        ),
        migrations.CreateModel(
            name='ReadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('upto', models.BigIntegerField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='marks', to='helpdesk.ticket')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ticket', 'account'), name='read_mark_unique')],
            },
        ),
    ]
