"""Where installers reach whoever they have bought from."""

import django.db.models.deletion
import phonenumber_field.modelfields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0017_limits")]

    operations = [
        migrations.CreateModel(
            name="CustomerContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True,
                        error_messages={
                            "invalid": "Enter the whole number with its country code, such as +1 212 555 0123."
                        },
                        max_length=20,
                        region=None,
                        verbose_name="phone",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("remark", models.CharField(blank=True, max_length=255, verbose_name="remark")),
                (
                    "node",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contact", to="tenancy.node"
                    ),
                ),
            ],
        ),
    ]
