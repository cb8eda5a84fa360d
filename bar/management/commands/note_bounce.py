"""`note_bounce`: a mail came back. Reads a delivery status notification (RFC 3464) from standard input and marks what it was about.

For the mail server's own pipe (an alias for the sender address, or sieve). What is no such notification is left alone; nothing of it is printed.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from bar.accounts.actions import invitations
from bar.bounces import read_bounce
from dossiers.actions import notices

MOST = 1_000_000  # bytes


class Command(BaseCommand):
    """See the module docstring."""

    help = "Mark the invitation or notice that a delivery status notification (on standard input) is about as not arrived."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """None."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, mark, and say how many."""
        raw = sys.stdin.buffer.read(MOST + 1)
        if len(raw) > MOST:
            raise CommandError("This is too long for a delivery status notification.")
        message_id = read_bounce(raw)
        if message_id is None:
            raise CommandError("This is no notification of a mail that will never arrive.")
        found = invitations.bounced_by_clock(message_id, now=timezone.now()) or notices.bounced_by_clock(message_id)
        self.stdout.write(f"Marked as not arrived: {found}.")
