"""Let the people of an organisation sign in through its OpenID Connect provider. A door only: the verb is `add_provider`.

The secret comes from the environment or from standard input, so that it stands in no shell history and no list of processes.
"""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from bar.accounts.actions.providers import add_provider
from bar.accounts.models import Assurance, Organisation
from dossiers.errors import Refused

SECRET = "OIDC_CLIENT_SECRET"  # noqa: S105 -- the name of a variable


class Command(BaseCommand):
    help = f"Add an OpenID Connect provider. The client secret: variable {SECRET}, or --secret-from-stdin, or none (public client with PKCE)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="the name of an organisation that is known here")
        parser.add_argument("name", help="what people see: the name of the organisation or of its sign-in page")
        parser.add_argument("issuer", help="the issuer, to the letter as the provider writes it")
        parser.add_argument("client_id", help="by which the provider knows this product")
        parser.add_argument("--slug", default="", help="its place in the address; made from the name when absent")
        parser.add_argument(
            "--level",
            action="append",
            default=[],
            metavar="ACR=LEVEL",
            help="what an acr of this provider means: low, substantial (two factors) or high; may be given more than once; any other acr is low",
        )
        parser.add_argument("--acr-values", default="", help="the acr values to ask for, separated by spaces")
        parser.add_argument("--secret-from-stdin", action="store_true", help="read the client secret from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        organisations = Organisation.objects.filter(name__iexact=options["organisation"])
        if len(organisations) != 1:
            raise CommandError(f"Er zijn {len(organisations)} organisaties met de naam {options['organisation']}; het moet er precies één zijn.")
        secret = sys.stdin.readline().strip() if options["secret_from_stdin"] else os.environ.get(SECRET, "")
        try:
            row = add_provider(
                organisations[0],
                name=options["name"],
                issuer=options["issuer"],
                client_id=options["client_id"],
                client_secret=secret,
                levels=dict(_level(text) for text in options["level"]),
                acr_values=options["acr_values"],
                slug=options["slug"],
                now=timezone.now(),
            )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"Toegevoegd: {row.name}. Geef de provider dit adres om naar terug te sturen (redirect URI):")
        self.stdout.write(f"  <adres van dit product>{reverse('back_from_organisation', args=[row.slug])}")


def _level(text: str) -> tuple[str, Assurance]:
    """ "urn:x=substantial" as a pair; an acr may hold "=" itself."""
    acr, _, level = text.rpartition("=")
    if not acr or level.upper() not in Assurance.names:
        raise CommandError(f"--level {text}: schrijf ACR=low, ACR=substantial of ACR=high.")
    return acr, Assurance[level.upper()]
