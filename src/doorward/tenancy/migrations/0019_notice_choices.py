"""How many notices an account has not read, and which way it is told of what."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0018_customer_contact'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='unread_notices',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='NoticeChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('alarm', 'Alarms'), ('offline', 'Devices offline, and back'), ('work', 'Background work that ended'), ('ticket', 'Tickets'), ('support', 'Support access'), ('macs', 'Registered MACs'), ('manager', 'Sites to manage'), ('message', 'Messages')], max_length=8)),
                ('portal', models.BooleanField()),
                ('mail', models.BooleanField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_choices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'kind'), name='notice_choice_unique')],
            },
        ),
    ]
