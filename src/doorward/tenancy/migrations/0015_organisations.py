import django.contrib.postgres.fields
import django.db.models.functions.text
import phonenumber_field.modelfields
from django.db import migrations, models

_PHONE = {'invalid': 'Enter the whole number with its country code, such as +1 212 555 0123.'}
_GRANTS = [('sub_installers', 'Create and delete sub-installers')]


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0014_setting_tabs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
            ],
            options={
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('tenancy.node',),
        ),
        migrations.AddField(
            model_name='node',
            name='may_pay',
            field=models.BooleanField(default=True, verbose_name='may pay'),
        ),
        migrations.AddField(
            model_name='node',
            name='suspended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='node',
            name='deleted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='node',
            name='registers_macs',
            field=models.BooleanField(default=True, verbose_name='registers MACs itself'),
        ),
        migrations.AddIndex(
            model_name='node',
            index=models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['kind'], name='node_suspended'),
        ),
        migrations.AddField(
            model_name='account',
            name='first_name',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='first name'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='account',
            name='last_name',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='last name'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='account',
            name='phone',
            field=phonenumber_field.modelfields.PhoneNumberField(blank=True, default='', error_messages=_PHONE, max_length=20, region=None, verbose_name='phone'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='account',
            name='email_wanted',
            field=models.EmailField(blank=True, default='', max_length=254, verbose_name='new e-mail'),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_name', ''), ('last_name', '')), ('name', django.db.models.functions.text.Trim(django.db.models.functions.text.Concat(models.F('first_name'), models.Value(' '), models.F('last_name')))), _connector='OR'), name='account_name_of_its_parts'),
        ),
        migrations.AddField(
            model_name='standing',
            name='grants',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=_GRANTS, max_length=16), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='invitation',
            name='first_name',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='first name'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='invitation',
            name='last_name',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='last name'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='invitation',
            name='username',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='user name'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='invitation',
            name='phone',
            field=phonenumber_field.modelfields.PhoneNumberField(blank=True, default='', error_messages=_PHONE, max_length=20, region=None, verbose_name='phone'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='invitation',
            name='remind_monthly',
            field=models.BooleanField(default=False, verbose_name='monthly password reminder'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='grants',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=_GRANTS, max_length=16), blank=True, default=list, size=None),
        ),
    ]
