"""`add_physician`: the first physician of an arbodienst. Physicians after that are added by its administrator on screen."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from bar.accounts.models import OrganisationKind
from bar.accounts.rules.work import PHYSICIAN
from bar.management import first_people


class Command(BaseCommand):
    """See the module docstring."""

    help = "Add a physician to an arbodienst, made when it is new, and invite them. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which arbodienst, and who."""
        first_people.add_arguments(parser)
        parser.add_argument("--big", required=True, help="the BIG number: eleven digits")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add, invite, tell."""
        first_people.add(self, options, kind=OrganisationKind.ARBODIENST, work=PHYSICIAN)
