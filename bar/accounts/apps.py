"""People, organisations, sign-in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "bar.accounts"
    label = "accounts"
