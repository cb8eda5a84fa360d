"""Small words for tests about seats: a colleague, a page, a post, who was told what."""

import datetime as dt
from typing import Any

from django.http import HttpResponse

from bar.accounts.models import Organisation, OrganisationKind, User
from bar.openings import organisation as named
from consent.access import opening
from consent.actions.seats import start_cover
from consent.models import Seat
from dossiers.door import Touch
from dossiers.models import Notice
from dossiers.parts import Act, Part, Role
from tests.world import FIRST_DAY, World, at

SENTENCE = "{} werkt namens uw bedrijfsarts. U mag altijd de bedrijfsarts zelf spreken."


def colleague(world: World, name: str, profession: str = Role.PHYSICIAN, *, organisation: Organisation | None = None, **fields: Any) -> User:
    """Somebody of the arbodienst of the dossier, who becomes one of the cast under the own name."""
    person = User.objects.create_user(
        f"{name.replace(' ', '.').lower()}@proef.test",
        name=name,
        organisation=organisation or world.people["physician"].organisation,
        profession=profession,
        activated_at=at(FIRST_DAY),
        **fields,
    )
    world.people[name] = person
    return person


def elsewhere(world: World, name: str = "Nieuw Arts", profession: str = Role.PHYSICIAN) -> User:
    """Somebody of another arbodienst."""
    return colleague(world, name, profession, organisation=named("Arbodienst Elders", OrganisationKind.ARBODIENST))


def page(world: World, who: str, where: str) -> str:
    """A page of the dossier that this person can open, as text."""
    answer = world.client(who).get(f"/dossier/{world.number}/{where}")
    assert answer.status_code == 200, (where, answer.status_code)
    return answer.content.decode()


def post(world: World, who: str, where: str, **values: Any) -> HttpResponse:
    """What this person sends to a page of the dossier."""
    return world.client(who).post(f"/dossier/{world.number}/{where}", {name: str(value) for name, value in values.items()})  # type: ignore[return-value]


def told(person: User) -> list[str]:
    """The reasons of the notices to somebody, in order."""
    return list(Notice.objects.filter(person=person).order_by("made_at", "pk").values_list("reason", flat=True))


def cover(world: World, person: User, first: dt.date, last: dt.date) -> Seat:
    """A cover arranged by the regular physician."""
    with opening(world.people["physician"], world.number, needs=Touch(Part.PROCESS, Act.COVER), writing=True) as opened:
        return start_cover(opened, person=person, first_day=first, last_day=last)
