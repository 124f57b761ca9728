"""What the tabs of Setting keep: zone and notices of an account, and what an installer tells."""

import django.db.models.deletion
import phonenumber_field.modelfields
from django.db import migrations, models

PHONE_FORM = 'Enter the whole number with its country code, such as +1 212 555 0123.'


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0013_support_access'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='notices_by_mail',
            field=models.BooleanField(default=True, verbose_name='notices by mail'),
        ),
        migrations.AddField(
            model_name='account',
            name='zone',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='time zone'),
        ),
        migrations.CreateModel(
            name='BillingInformation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('company', models.CharField(max_length=128, verbose_name='company or family')),
                ('attn', models.CharField(max_length=128, verbose_name='ATTN')),
                ('country', models.CharField(max_length=64, verbose_name='country')),
                ('state', models.CharField(blank=True, max_length=64, verbose_name='state or region')),
                ('city', models.CharField(max_length=64, verbose_name='city')),
                ('street', models.CharField(max_length=128, verbose_name='street and number')),
                ('postcode', models.CharField(blank=True, max_length=16, verbose_name='postcode')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(error_messages={'invalid': PHONE_FORM}, max_length=20, region=None, verbose_name='TEL')),
                ('fax', phonenumber_field.modelfields.PhoneNumberField(blank=True, error_messages={'invalid': PHONE_FORM}, max_length=20, region=None, verbose_name='fax')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('tax_id', models.CharField(blank=True, max_length=64, verbose_name='tax id')),
                ('node', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='billing', to='tenancy.node')),
            ],
        ),
        migrations.CreateModel(
            name='CustomerService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(error_messages={'invalid': PHONE_FORM}, max_length=20, region=None, verbose_name='phone')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('receives_feedback', models.BooleanField(default=False, verbose_name='receive feedback')),
                ('node', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='customer_service', to='tenancy.node')),
            ],
        ),
        migrations.CreateModel(
            name='InstallerSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor_call_snapshots', models.BooleanField(default=True, verbose_name='visitor call snapshots')),
                ('house_mails', models.BooleanField(default=True, verbose_name='mail to single-family houses')),
                ('node', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='setting', to='tenancy.node')),
            ],
        ),
    ]
