"""The machine: the doors that span packages, and the commands."""

from django.apps import AppConfig


class BarConfig(AppConfig):
    name = "bar"
