"""Lets Django find the instrument, so that its system check runs. No models belong here."""

from django.apps import AppConfig


class InstrumentConfig(AppConfig):
    name = "instrument"
    verbose_name = "BAR-instrument"

    def ready(self) -> None:
        from instrument import checks  # noqa: F401, PLC0415 - importing registers the check
