import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0023_trail_in_order'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['username', 'id'], include=('is_active', 'second_factor_required'), name='account_by_username'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['name', 'username', 'id'], name='account_by_name'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(fields=['last_login', 'id'], name='account_by_sign_in'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('is_active', False)), fields=['id'], name='account_shut'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('second_factor_required', True)), fields=['id'], name='account_to_factor'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), 'gin_trgm_ops'), name='account_by_words_of_name'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('username'), 'gin_trgm_ops'), name='account_by_words_of_username'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), 'gin_trgm_ops'), name='account_by_words_of_email'),
        ),
    ]
