import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0004_mailed_up_to'),
    ]

    operations = [
        migrations.AlterField(
            model_name='announcement',
            name='by_mail',
            field=models.BooleanField(db_default=False, default=False, verbose_name='also by mail'),
        ),
        migrations.AlterField(
            model_name='announcement',
            name='kind',
            field=models.CharField(choices=[('message', 'Message'), ('news', 'News and updates')], db_default='message', default='message', max_length=8, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='announcement',
            name='sites',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None, verbose_name='sites'),
        ),
        migrations.AlterField(
            model_name='announcement',
            name='mailed_up_to',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
    ]
