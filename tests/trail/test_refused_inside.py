"""A refusal after the door was opened: under the lock, by the role, behind a page. It stands in the trail as a refusal, not only as a visit.

What is refused for another reason than who it is (a form that is not right, a page that is too old) is a visit, and stays one.
"""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consent import access, locks
from consent.access import NotOpen, Stranger, opening
from consent.facts import Why
from consent.models import Seat
from dossiers.door import write
from dossiers.models import Correction, Dossier, TrailLine
from dossiers.parts import Part
from dossiers.trail import Event, Outcome
from dossiers.trail_words import Filter, folded, spoken
from tests.filling.material import post as save
from tests.filling.material import start_draft
from tests.trail.nen import incomplete
from tests.versions.material import post, url
from tests.world import VISIT, World, fill_in, offer


def lines_of(world: World, who: str) -> list[TrailLine]:
    """This person's lines about this dossier, also those in the general chain, as they were written."""
    return list(TrailLine.objects.filter(dossier_id=world.dossier.pk, actor_id=world.people[who].pk).order_by("occurred_at", "seq"))


def test_what_is_not_open_behind_an_open_door_stands_in_the_trail_as_refused(bare_world: World) -> None:
    """The delegate fills in a draft, and not the physician's summary of consultation: the gate opens, the action refuses."""
    version = start_draft(bare_world)
    before = len(lines_of(bare_world, "delegate"))
    with time_machine.travel(timezone.now(), tick=False):  # no quarter of an hour ends between the two
        for by_script in (True, False):
            answer = save(
                bare_world.client("delegate"), bare_world, version, "consultation", {"consultation-0-question": "Mag dit?"}, fetch=by_script
            )
            assert answer.status_code == 403
    visit, refusal, again = lines_of(bare_world, "delegate")[before:]  # the visit of this quarter of an hour is not written twice
    assert (again.event_code, again.outcome) == (Event.REFUSED, Outcome.REFUSED)
    assert (visit.event_code, visit.outcome) == (Event.VISIT, Outcome.SUCCESS)
    assert not incomplete(refusal)
    assert (refusal.event_code, refusal.outcome, refusal.sentence) == (Event.REFUSED, Outcome.REFUSED, Why.NEVER.value)
    assert (refusal.parts, refusal.actor_role, refusal.object_id) == (visit.parts, "delegate", visit.object_id)
    days = spoken(folded(bare_world.dossier.pk, Filter()), dossier_id=bare_world.dossier.pk, reader_id=bare_world.people["employee"].pk, plain=True)
    said = [line for day in days for line in day.lines if line.refused]
    assert [line.what for line in said] == ["wilde kijken bij ‘Wat u kunt op uw werk’ (2 keer)"]
    assert bare_world.people["delegate"].name in said[0].who


def test_a_page_that_refuses_behind_an_open_door_stands_in_the_trail_as_refused(bare_world: World) -> None:
    """Where letters on paper go is not for the employer, who may write in the process."""
    before = len(lines_of(bare_world, "employer"))
    assert bare_world.client("employer").get(reverse("postal_address", args=[bare_world.number])).status_code == 403
    assert [(line.event_code, line.outcome) for line in lines_of(bare_world, "employer")[before:]][-1] == (Event.REFUSED, Outcome.REFUSED)


def test_another_refusal_stays_a_visit(bare_world: World) -> None:
    fill_in(bare_world, VISIT)
    offer(bare_world, VISIT)
    post(bare_world.client("employee"), url(bare_world, "1/correctie/"), **{"section": "areas", "areas-text": "Dat klopt niet."})
    row = Correction.objects.get()
    before = len(lines_of(bare_world, "physician"))
    physician = bare_world.client("physician")
    post(physician, url(bare_world, f"1/correctie/{row.pk}/antwoord/"), 422, **{f"{row.pk}-reply": "declined"})
    post(physician, url(bare_world, "1/aanbieden/"), 409)
    assert [line.event_code for line in lines_of(bare_world, "physician")[before:]] == [Event.VISIT, Event.VISIT]


def closed() -> None:
    Dossier.objects.update(closed_on=timezone.localdate(), closed_by=Seat.objects.filter(role="physician")[0].person_id)


def ended() -> None:
    Seat.objects.filter(role="delegate").update(ended_at=timezone.now(), ended_by=Seat.objects.filter(role="physician")[0].person_id)


@pytest.mark.parametrize(
    ("meanwhile", "refused", "sentence"), [(closed, NotOpen, Why.CLOSED.value), (ended, Stranger, "stranger")], ids=["closed", "ended"]
)
def test_what_closed_while_somebody_waited_for_the_lock_stands_in_the_trail_as_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None], refused: type[Exception], sentence: str
) -> None:
    def lock(*args: Any) -> None:
        locks.lock(*args)
        meanwhile()

    before = len(lines_of(world, "delegate"))
    monkeypatch.setattr(access, "lock", lock)
    with pytest.raises(refused), opening(world.people["delegate"], world.number, needs=write(Part.CAPACITY), writing=True):
        raise AssertionError("nobody enters")
    visit, refusal = lines_of(world, "delegate")[before:]
    assert (visit.event_code, visit.outcome) == (Event.VISIT, Outcome.SUCCESS)
    assert not incomplete(refusal)
    assert (refusal.event_code, refusal.outcome, refusal.sentence) == (Event.REFUSED, Outcome.REFUSED, sentence)
