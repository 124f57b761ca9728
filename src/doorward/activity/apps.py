"""The app's name for Django."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "doorward.activity"
