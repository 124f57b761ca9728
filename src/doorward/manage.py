"""Django's management commands against this installation."""

import os

from django.core.management import execute_from_command_line


def main(argv: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorward.settings")
    execute_from_command_line(["doorward manage", *argv])
    return 0
