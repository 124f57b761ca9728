from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sites', '0003_found_by_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='site',
            name='landline_service',
            field=models.BooleanField(default=False, verbose_name='landline service'),
        ),
        migrations.AddField(
            model_name='site',
            name='pay_by_manager',
            field=models.CharField(choices=[('none', 'No permission'), ('allowed', 'Stripe, PayPal or coupon')], default='none', max_length=7, verbose_name='pay by property manager'),
        ),
        migrations.AddField(
            model_name='site',
            name='send_expiration_email',
            field=models.BooleanField(default=True, verbose_name='send expiration e-mail'),
        ),
        migrations.AddField(
            model_name='site',
            name='send_renew_email',
            field=models.BooleanField(default=True, verbose_name='send renewal e-mail'),
        ),
        migrations.AddField(
            model_name='site',
            name='attendance_plan',
            field=models.CharField(choices=[('small', '0–200 personnel'), ('large', '201 personnel and above')], default='small', max_length=5, verbose_name='attendance plan'),
        ),
    ]
