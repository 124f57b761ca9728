import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0007_listed_by_place'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='group',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), 'gin_trgm_ops'), name='group_by_words'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('status', 'suspended')), fields=['id'], name='person_suspended'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('valid_from__isnull', False)), fields=['valid_from'], name='person_valid_from'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('valid_until__isnull', False)), fields=['valid_until'], name='person_valid_until'),
        ),
    ]
