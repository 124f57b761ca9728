"""The app's name for Django."""

from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "doorward.sites"
