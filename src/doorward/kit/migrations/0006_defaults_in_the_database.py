from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kit', '0005_mail_to_many'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mail',
            name='ends_at',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AlterField(
            model_name='mail',
            name='is_bulk',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
