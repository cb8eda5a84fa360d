"""The demo cast: the invented people of the example cases and a few more, all with one password, so that everybody can look from every side.

Only where BAR_DEMO says so: nothing here may run where real people are. What they may see is decided as for anybody else.
"""

import datetime
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from bar import demo_talk
from bar.accounts.models import Organisation, OrganisationKind, User
from bar.cases import invented
from bar.cases.importer import import_case
from bar.openings import organisation
from dossiers.models import Dossier
from dossiers.parts import Role

PASSWORD = "linde-kompas-veer-42"  # noqa: S105 -- printed by `make demo`; the accounts exist in demonstrations only
EXAMPLES = Path(__file__).parent / "cases" / "examples"
ADMINISTRATOR = ("Beheerder", "beheerder@arbodienst.test")
SUPERUSER = ("Superuser", "superuser@voorbeeld.test")

LETTERHEADS = {
    "Arbodienst De Brug": {
        "address": "Brugstraat 12\n1234 AB Voorbeeldstad",
        "phone": "085 000 00 00",
        "email": "contact@arbodienst.test",
    },
}


def load() -> None:
    """Make whatever of the cast and its dossiers is not there yet. Letters come from the worker."""
    if not settings.DEMO:
        raise ImproperlyConfigured("The demo cast belongs in a demonstration only (BAR_DEMO=1).")
    for name, letterhead in LETTERHEADS.items():
        found = organisation(name, OrganisationKind.ARBODIENST)
        Organisation.objects.filter(pk=found.pk, address="").update(**letterhead)
    today = timezone.localdate()
    known = set(Dossier.objects.exclude(case_key=None).values_list("case_key", flat=True))
    for told in [*_examples(), *invented.invented_cases(today)]:
        if told["key"] not in known:
            import_case(json.dumps(told).encode(), today=max(today, _last_act(told)), training=True)
    demo_talk.load(today)
    _outside_dossiers()
    _let_in()


def sign_ins() -> list[tuple[str, str, str, str]]:
    """Role, name, e-mail and password of everybody who can sign in, without asking the database."""
    rows = [(label, name, email) for told in _examples() for label, name, email in _people_of(told)]
    rows += [
        ("tweede bedrijfsarts", invented.SECOND["name"], invented.SECOND["email"]),
        ("werkgever met een ander dossier", invented.OUTSIDER["name"], invented.OUTSIDER["email"]),
        ("beheerder, zonder dossiers", *ADMINISTRATOR),
        ("superuser, zonder plaats", *SUPERUSER),
    ]
    order = [role.label for role in Role]
    unique = sorted(dict.fromkeys(rows), key=lambda row: order.index(row[0]) if row[0] in order else len(order))
    return [(label, name, email, PASSWORD) for label, name, email in unique]


def _examples() -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.json"))]


def _people_of(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    people = told["people"]
    rows = [(Role.EMPLOYER, row) for row in people["employers"]] + [(role, people[role]) for role in Role if role in people]
    return [(role.label, row["name"], row["email"]) for role, row in rows]


def _last_act(told: dict[str, Any]) -> datetime.date:
    """The last day an example tells of: on a clock that is behind, its acts are still no acts of the future."""
    days = [row["date"] for row in told["assessments"]]
    days += [row[key] for row in told["shares"] for key in ("shared_on", "answered_on", "withdrawn_on") if row.get(key)]
    return max((datetime.date.fromisoformat(day) for day in days), default=datetime.date.min)


def _outside_dossiers() -> None:
    """Two people without any seat: who manages people, and who has Django's flag."""
    arbodienst = organisation(invented.HANNEKE["organisation"], OrganisationKind.ARBODIENST)
    name, email = ADMINISTRATOR
    if not User.objects.filter(email=email).exists():
        User.objects.create_user(email, name=name, organisation=arbodienst, is_administrator=True)
    name, email = SUPERUSER
    if not User.objects.filter(email=email).exists():
        User.objects.create_superuser(email, name=name)


def _let_in() -> None:
    """Give everybody of the cast the password, once."""
    emails = [email for _, _, email, _ in sign_ins()]
    for person in User.objects.filter(email__in=emails):
        if not person.can_sign_in:
            with transaction.atomic():
                person.set_password(PASSWORD)
                person.activated_at = timezone.now()
                person.save(update_fields=["password", "activated_at"])
