"""What the commands for first people share: their arguments, checking what was typed, and telling what happens next. Only a door."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from bar.accounts.actions.first_people import Added, add_first_person
from bar.accounts.actions.invitations import path_of
from bar.accounts.actions.people import NewPerson
from bar.accounts.models import OrganisationKind
from bar.accounts.rules.work import Work
from dossiers.errors import Refused
from dossiers.forms.process import EmailField, LineField

NO_MAIL = {f"django.core.mail.backends.{name}.EmailBackend" for name in ("dummy", "filebased", "console", "locmem")}


def add_arguments(parser: ArgumentParser) -> None:
    """Which organisation, and who."""
    parser.add_argument("--organisation", required=True, help="its name; made when it is new")
    parser.add_argument("--name", required=True, help="the name of the person")
    parser.add_argument("--email", required=True, help="where the invitation goes")


def add(command: BaseCommand, options: dict[str, Any], *, kind: OrganisationKind, work: Work, is_administrator: bool = False) -> None:
    """Do it and tell, or stop with what is wrong."""
    new = NewPerson(
        name=_clean(LineField(), "--name", options["name"]),
        email=_clean(EmailField(), "--email", options["email"]),
        work=work,
        is_administrator=is_administrator,
        big_number="".join(str(options.get("big") or "").split()),
    )
    try:
        added = add_first_person(_clean(LineField(), "--organisation", options["organisation"]), kind, new=new, now=timezone.now())
    except Refused as refusal:
        raise CommandError(refusal.sentence) from refusal
    _tell(command, added)


def _clean(field: Any, option: str, typed: str) -> str:
    try:
        return str(field.clean(typed))
    except ValidationError as problem:
        raise CommandError(f"{option}: {' '.join(problem.messages)}") from problem


def _tell(command: BaseCommand, added: Added) -> None:
    who = f"{added.person.name} <{added.person.email}>, {added.person.organisation}"
    command.stdout.write(f"{'Added' if added.is_new else 'Changed' if added.changed else 'Nothing to change'}: {who}")
    if added.person.can_sign_in:
        command.stdout.write("This person has an account already and can sign in.")
        return
    if settings.EMAIL_BACKEND in NO_MAIL:
        command.stdout.write("No mail server is set (EMAIL_BACKEND), so no mail arrives. Give this link to the person yourself; it works once:")
        if added.invitation is not None:
            command.stdout.write(f"  {settings.BASE_URL}{path_of(added.invitation)}")
        return
    command.stdout.write("The worker sends the invitation. With the link in it the person makes an account with a second step.")
