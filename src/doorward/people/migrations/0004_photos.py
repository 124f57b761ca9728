"""Photos of people."""

import django.db.models.deletion
import doorward.kit.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0002_sealed_orders'),
        ('people', '0003_found_by_words'),
        ('tenancy', '0007_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('large', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.storedfile')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='photo', to='people.person')),
                ('small', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.storedfile')),
            ],
        ),
    ]
