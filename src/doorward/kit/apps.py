"""The app's name for Django."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "doorward.kit"
