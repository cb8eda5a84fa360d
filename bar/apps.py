"""The machine: the doors that span packages, and the commands."""

from functools import partial

from django.apps import AppConfig


class BarConfig(AppConfig):
    name = "bar"

    def ready(self) -> None:
        """Hang up the doorbell that lower packages ring without knowing a broker."""
        from bar.celery import ring
        from dossiers import outbox

        outbox.set_bell(partial(ring, "dossiers.tasks.do_outbox"))
