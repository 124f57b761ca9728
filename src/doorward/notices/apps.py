"""The app's name for Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "doorward.notices"
