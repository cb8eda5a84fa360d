"""`sign_out EMAIL` or `sign_out --everybody`: end sessions after an incident. A door only: the verb is in `actions/sessions.py`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bar.accounts.actions.sessions import end_by_command
from bar.accounts.models import User


class Command(BaseCommand):
    """See the module docstring."""

    help = "Sign one person out on every device, or everybody. Nothing typed is lost: who comes back signs in again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who."""
        parser.add_argument("email", nargs="?", default="", help="the address this person signs in with")
        parser.add_argument("--everybody", action="store_true", help="everybody, and who is halfway signing in")

    def handle(self, *args: Any, email: str, everybody: bool, **options: Any) -> None:
        """End, and tell on how many devices that was."""
        if bool(email) is everybody:
            raise CommandError("Say whom to sign out: an e-mail address, or --everybody.")
        person = None if everybody else User.objects.filter(email__iexact=email).first()
        if person is None and not everybody:
            raise CommandError("Nobody has an account with this address.")
        count = end_by_command(person)
        self.stdout.write(f"Signed out on {count} {'device' if count == 1 else 'devices'}.")
