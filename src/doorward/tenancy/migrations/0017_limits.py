"""What the operator bounds for all, or for whom stands below somebody."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

_ONE = [django.core.validators.MinValueValidator(1)]


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0016_suspended_from")]

    operations = [
        migrations.CreateModel(
            name="Limits",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sites",
                    models.PositiveIntegerField(blank=True, null=True, validators=_ONE, verbose_name="sites of each installer"),
                ),
                (
                    "devices",
                    models.PositiveIntegerField(blank=True, null=True, validators=_ONE, verbose_name="devices of each site"),
                ),
                (
                    "people",
                    models.PositiveIntegerField(blank=True, null=True, validators=_ONE, verbose_name="people of each site"),
                ),
                (
                    "node",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="limits", to="tenancy.node"
                    ),
                ),
            ],
        ),
    ]
