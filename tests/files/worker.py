"""A real worker process that knows the tests' kinds of work: `python -m tests.files.worker`."""

import os
from importlib import import_module

import django
from django.conf import settings

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "doorward.settings"
    settings.WORKS = "tests.files.kinds.WORKS"
    django.setup()
    # Models can be imported only once Django is set up.
    raise SystemExit(import_module("doorward.worker").main([]))
