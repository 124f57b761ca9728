"""The app's name for Django."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "doorward.devices"
