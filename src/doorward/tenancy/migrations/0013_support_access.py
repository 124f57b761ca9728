import django.db.models.deletion
import doorward.kit.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0011_seals_from_one'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='acting_for',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='acting_for_account',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RemoveConstraint(
            model_name='draft',
            name='draft_one_a_form',
        ),
        migrations.AddField(
            model_name='draft',
            name='acting_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('account', 'acting_for', 'form', 'place'), name='draft_one_a_form', nulls_distinct=False),
        ),
        migrations.AddField(
            model_name='removed',
            name='acting_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='AccountAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enabled', models.BooleanField(default=False, verbose_name='account access')),
                ('granted', models.BooleanField(default=True, verbose_name='Permission Granted')),
                ('app_allowed', models.BooleanField(default=True, verbose_name='Installer APP')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.node')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('node', 'account'), name='account_access_one', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SupportVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('operator', 'Operator'), ('distributor', 'Distributor'), ('sub_distributor', 'Sub-distributor'), ('installer', 'Installer'), ('sub_installer', 'Sub-installer'), ('property_manager', 'Property Manager'), ('company_administrator', 'Administrator'), ('personnel', 'Personnel')], max_length=24)),
                ('session', models.CharField(max_length=32)),
                ('started_at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('why', models.CharField(blank=True, choices=[('left', 'left'), ('time', 'time was up'), ('signed out', 'the session ended'), ('withdrawn', 'permission withdrawn'), ('gone', 'account shut or role taken away')], max_length=10, verbose_name='ended because')),
                ('access', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='tenancy.accountaccess')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('acting_for', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.node')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['ends_at'], name='support_visit_under_way')],
            },
        ),
    ]
