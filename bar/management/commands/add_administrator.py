"""`add_administrator`: the first administrator of an organisation, who adds everybody else on screen and never sees a dossier."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from bar.accounts.models import OrganisationKind
from bar.accounts.rules.work import CONTACT, NOTHING
from bar.management import first_people


class Command(BaseCommand):
    """See the module docstring."""

    help = "Add an administrator to an organisation, made when it is new, and invite them. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organisation, of which kind, and who."""
        first_people.add_arguments(parser)
        parser.add_argument("--kind", required=True, choices=OrganisationKind.values, help="what the organisation does")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add, invite, tell."""
        kind = OrganisationKind(options["kind"])
        work = CONTACT if kind is OrganisationKind.EMPLOYER else NOTHING
        first_people.add(self, options, kind=kind, work=work, is_administrator=True)
