"""A mail server that the operator sets."""

import django.core.validators
from django.db import migrations, models

import doorward.kit.fields
import doorward.kit.hosts


class Migration(migrations.Migration):
    dependencies = [("kit", "0002_trigrams")]

    operations = [
        migrations.CreateModel(
            name="MailServer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("host", models.CharField(max_length=253, validators=[doorward.kit.hosts.check_host], verbose_name="host")),
                (
                    "port",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                        verbose_name="port",
                    ),
                ),
                (
                    "security",
                    models.CharField(
                        choices=[
                            ("starttls", "STARTTLS, usually at port 587"),
                            ("tls", "TLS, usually at port 465"),
                            ("none", "None: mail and password go in the clear"),
                        ],
                        max_length=8,
                        verbose_name="encryption",
                    ),
                ),
                (
                    "user",
                    models.CharField(
                        blank=True,
                        max_length=254,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[\\x20-\\x7e]*\\Z",
                                "Use letters from A to Z, digits and signs: mail servers take no others.",
                            )
                        ],
                        verbose_name="user",
                    ),
                ),
                ("password", doorward.kit.fields.SealedField(default="")),
                ("sender_address", models.EmailField(max_length=254, verbose_name="sender address")),
                (
                    "sender_name",
                    models.CharField(
                        blank=True,
                        max_length=64,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\x00-\\x1f\\x7f]*\\Z", "Write the name in one line."
                            )
                        ],
                        verbose_name="sender name",
                    ),
                ),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_mail_server")]},
        ),
    ]
