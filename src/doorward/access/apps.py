"""The app's name for Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "doorward.access"
