"""What levels have to say to those below them, and who has read it."""

import django.contrib.postgres.fields
import django.db.models.deletion
import doorward.kit.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0001_notices'),
        ('tenancy', '0019_notice_choices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_as', models.CharField(choices=[('operator', 'Operator'), ('distributor', 'Distributor'), ('sub_distributor', 'Sub-distributor'), ('installer', 'Installer'), ('sub_installer', 'Sub-installer'), ('property_manager', 'Property Manager'), ('company_administrator', 'Administrator'), ('personnel', 'Personnel')], max_length=24)),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('text', models.TextField(max_length=10000, verbose_name='text')),
                ('targets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('operator', 'Operator'), ('distributor', 'Distributor'), ('sub_distributor', 'Sub-distributor'), ('installer', 'Installer'), ('sub_installer', 'Sub-installer'), ('property_manager', 'Property Manager'), ('company_administrator', 'Administrator'), ('personnel', 'Personnel')], max_length=24), size=None)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('planned', 'Planned'), ('sent', 'Sent'), ('recalled', 'Recalled')], default='draft', max_length=8)),
                ('send_at', models.DateTimeField(blank=True, null=True, verbose_name='send at')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('recipients', models.PositiveIntegerField(default=0)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notices.announcement')),
            ],
        ),
        migrations.AddIndex(
            model_name='announcement',
            index=models.Index(fields=['node', '-changed_at'], name='announcement_by_node'),
        ),
        migrations.AddIndex(
            model_name='announcement',
            index=models.Index(condition=models.Q(('state', 'planned')), fields=['send_at'], name='announcement_planned'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('announcement', 'account'), name='delivery_unique'),
        ),
    ]
