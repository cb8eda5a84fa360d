"""Closing a dossier while somebody writes in it: who closes waits for the write under way, and a write that waited for the closing is refused.

Seen as in `test_locks.py`: PostgreSQL says who waits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.utils import timezone

from consent.access import NotOpen, opening
from consent.facts import Why
from dossiers.actions.process import close_dossier
from dossiers.actions.versions import discard_version
from dossiers.door import Touch, write
from dossiers.errors import Refused
from dossiers.models import Dossier, TrailLine
from dossiers.parts import Act, Part
from dossiers.trail import Event
from tests.filling.material import start_draft
from tests.races.test_locks import Other, through
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
CLOSE = Touch(Part.PROCESS, Act.CLOSE)
WRITES = {
    "delegate": write(Part.CAPACITY),
    "employee": write(Part.EMPLOYEE_VIEW),
    "employer": write(Part.JOB),
    "labour_expert": write(Part.CONSULTATION),
}


@contextmanager
def closing(world: World) -> Iterator[None]:
    with opening(world.people["physician"], world.number, needs=CLOSE, writing=True) as opened:
        close_dossier(opened)
        yield


@contextmanager
def writing(world: World, who: str) -> Iterator[None]:
    with opening(world.people[who], world.number, needs=WRITES[who], writing=True) as opened:
        yield
        opened.trail.note(Event.VISIT, WRITES[who].part, object_type="race")


def test_nobody_writes_in_a_dossier_whose_closing_was_answered() -> None:
    """Whoever writes is waited for, one by one: with a draft under way closing is refused afterwards, so that the next one can be tried. Then it
    is closed, and everybody who waited for that finds it closed."""
    world = make_world(finals=0)
    version = start_draft(world, date=timezone.localdate())
    for who in WRITES:
        with writing(world, who):
            physician = Other(through(lambda: closing(world)))
            assert physician.waits(), f"closed, and answered, while the {who} wrote ({physician.trouble})"
        assert isinstance(physician.ends(), Refused)
    assert Dossier.objects.get(pk=world.dossier.pk).closed_on is None
    with opening(world.people["physician"], world.number, needs=write(Part.CAPACITY), writing=True) as opened:
        discard_version(opened, version=version)
    written = TrailLine.objects.filter(object_type="race").count()
    others = {}
    with closing(world):
        for who in WRITES:
            others[who] = Other(through(partial(writing, world, who)))
            assert others[who].waits(), f"the {who} wrote while it was being closed"
    for who, other in others.items():
        refusal = other.ends()
        assert isinstance(refusal, NotOpen), who
        assert refusal.why is Why.CLOSED, who
        last = TrailLine.objects.filter(actor_id=world.people[who].pk, chain=world.dossier.pk).latest("seq")
        assert (last.event_code, last.outcome, last.sentence) == (Event.REFUSED, 2, Why.CLOSED.value), "it stands in the trail as refused"
    assert TrailLine.objects.filter(object_type="race").count() == written == len(WRITES)
