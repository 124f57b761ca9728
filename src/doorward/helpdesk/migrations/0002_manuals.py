"""Technical manuals."""

import django.core.validators
import django.db.models.deletion
import doorward.kit.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0004_pictures_and_manuals'),
        ('helpdesk', '0001_tickets'),
        ('tenancy', '0011_seals_from_one'),
    ]

    operations = [
        migrations.CreateModel(
            name='Manual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=32, unique=True, validators=[django.core.validators.RegexValidator('^[0-9A-Z][0-9A-Z ._-]*$', 'Write the model as its device states it, such as X916.')], verbose_name='model')),
                ('added_at', models.DateTimeField(default=doorward.kit.clock.now)),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='files.storedfile')),
                ('node', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.node')),
            ],
        ),
    ]
