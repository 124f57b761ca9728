"""The app's name for Django."""

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "doorward.helpdesk"
