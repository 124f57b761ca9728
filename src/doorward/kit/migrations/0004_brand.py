"""What the installation calls itself and how it looks."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kit", "0003_mail_server")]

    operations = [
        migrations.CreateModel(
            name="Brand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\x00-\\x1f\\x7f]*\\Z", "Write the name in one line."
                            )
                        ],
                        verbose_name="platform name",
                    ),
                ),
                ("accent", models.CharField(blank=True, max_length=7, verbose_name="accent colour")),
                ("logo", models.BinaryField(null=True)),
                ("logo_digest", models.CharField(blank=True, max_length=16)),
                ("logo_width", models.PositiveSmallIntegerField(default=0)),
                ("logo_height", models.PositiveSmallIntegerField(default=0)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_brand")]},
        ),
    ]
