"""A version while somebody saves in it and somebody else offers it or throws it away; a first row that two people write at once.

As in `test_locks.py`: somebody is held until PostgreSQL says that the other waits, or until the other is done. Every overlap is seen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.utils import timezone

from consent.access import opening
from dossiers.actions import release, versions
from dossiers.actions.paper import change_address
from dossiers.actions.process import write_job
from dossiers.door import Opened, Touch, write
from dossiers.errors import Refused, Stale
from dossiers.models import Assessment, JobDescription, PostalAddress, Status
from dossiers.parts import Act, Part
from instrument import library
from instrument.forms import data_of
from tests.filling.material import draft_of
from tests.races.test_locks import Other, through
from tests.versions.material import day_sections, mark_now
from tests.world import World, fill_in, make_world

pytestmark = pytest.mark.django_db(transaction=True)
OFFER, CAPACITY, JOB, PROCESS = Touch(Part.LETTERS, Act.OFFER), write(Part.CAPACITY), write(Part.JOB), write(Part.PROCESS)
Door = Callable[[], Any]


def doing(world: World, who: str, needs: Touch, act: Callable[[Opened], object]) -> Door:
    """A door through which this person does one thing; what was done is committed on the way out."""

    @contextmanager
    def door() -> Iterator[None]:
        with opening(world.people[who], world.number, needs=needs, writing=True) as opened:
            act(opened)
            yield

    return door


def saving(world: World, version: Assessment, who: str = "delegate", section: str = "advice", **changed: str) -> Door:
    data = {**data_of(library.current(), section, day_sections()[section]), **changed}
    seen = draft_of(version, section).version
    return doing(world, who, CAPACITY, lambda opened: versions.save_section(opened, version=version, section=section, data=data, seen=seen))


def offering(world: World, version: Assessment) -> Door:
    """The physician offers what is on screen now."""
    seen = mark_now(world, version.number)["seen"]
    return doing(world, "physician", OFFER, lambda opened: release.offer(opened, version=version, seen=seen))


def throwing_away(world: World, version: Assessment) -> Door:
    return doing(world, "delegate", CAPACITY, lambda opened: versions.discard_version(opened, version=version))


def as_before(world: World, version: Assessment) -> Door:
    return doing(world, "delegate", CAPACITY, lambda opened: versions.all_as_before(opened, version=version))


@pytest.fixture
def drafted() -> tuple[World, Assessment]:
    """A complete draft, as two people fetched it for their screens."""
    world = make_world(finals=0, shares=False)
    return world, fill_in(world, timezone.localdate(), day_sections())


def status_of(version: Assessment) -> str:
    return Assessment.objects.get(pk=version.pk).status


def test_what_is_offered_is_what_was_looked_at_and_not_a_save_under_way(drafted: tuple[World, Assessment]) -> None:
    world, version = drafted
    offer = offering(world, version)  # the page was opened
    with saving(world, version, message="Dit zag niemand.")():
        physician = Other(through(offer))
        assert physician.waits(), "it was offered while somebody saved in it"
    refusal = physician.ends()
    assert isinstance(refusal, Refused)
    assert (refusal.sentence, refusal.status) == (release.CHANGED, 409)
    assert status_of(version) == Status.DRAFT


def test_what_waited_while_it_was_offered_is_refused(drafted: tuple[World, Assessment]) -> None:
    """Saving, "alles zoals vorige keer" and throwing away, each on the row as it was on screen: a draft. Of all three nothing lands."""
    world, version = drafted
    late = [saving(world, version, message="Te laat."), as_before(world, version), throwing_away(world, version)]
    others = []
    with offering(world, version)():
        for door in late:
            others.append(Other(through(door)))
            assert others[-1].waits(), "it was done while the version was being offered"
    for other in others:
        refusal = other.ends()
        assert isinstance(refusal, Refused)
        assert "De werknemer leest deze versie nu." in refusal.sentence
    assert status_of(version) == Status.OFFERED
    assert draft_of(version, "advice").content["message"] == day_sections()["advice"]["message"]


def test_a_save_in_what_is_being_thrown_away_is_told_so(drafted: tuple[World, Assessment]) -> None:
    world, version = drafted
    save = saving(world, version, who="physician")
    with throwing_away(world, version)():
        physician = Other(through(save))
        assert physician.waits()
    refusal = physician.ends()
    assert isinstance(refusal, Refused)
    assert (refusal.sentence, refusal.status) == (versions.GONE, 409)


def test_two_who_save_different_sections_do_not_wait_and_are_not_refused(drafted: tuple[World, Assessment]) -> None:
    """Also when one of the two is the visit, which stands in the row of the version itself."""
    world, version = drafted
    visit = {"date": timezone.localdate().isoformat(), "contact": "phone"}
    with saving(world, version)():
        for section, data in (("prognosis", {}), ("visit", visit)):
            physician = Other(through(saving(world, version, who="physician", section=section, **data)))
            assert not physician.waits()
            assert physician.ends() is None
    assert draft_of(version, "advice").version == draft_of(version, "visit").version == draft_of(version, "prognosis").version == 2
    same = saving(world, version, who="physician")
    with saving(world, version)():
        physician = Other(through(same))
        assert physician.waits(), "the same section: one after the other"
    assert isinstance(physician.ends(), Stale)


def test_of_two_who_write_the_first_row_at_once_the_second_finds_the_first() -> None:
    world = make_world(finals=0, shares=False)
    JobDescription.objects.filter(dossier=world.dossier).delete()

    def job(who: str) -> Door:
        return doing(world, who, JOB, lambda opened: write_job(opened, description=f"Van {who}.", demands={}, seen=0))

    def address(who: str) -> Door:
        return doing(world, who, PROCESS, lambda opened: change_address(opened, address=f"{who}straat 1\n1234 AB Proefdorp"))

    def visit(who: str) -> Door:
        return doing(world, who, CAPACITY, lambda opened: versions.start_version(opened, date=timezone.localdate(), contact="phone"))

    ends = []
    for door, first, second in ((job, "employer", "physician"), (address, "employee", "delegate"), (visit, "physician", "delegate")):
        with door(first)():
            other = Other(through(door(second)))
            assert other.waits(), f"{door.__name__}: both wrote at once"
        ends.append(other.ends())
    job_end, address_end, visit_end = ends
    assert isinstance(job_end, Refused)
    assert job_end.status == 409
    assert JobDescription.objects.get(dossier=world.dossier).description == "Van employer."
    assert address_end is None
    assert PostalAddress.objects.get(dossier=world.dossier).address.startswith("delegatestraat")
    assert isinstance(visit_end, Refused)
    assert "al een versie in bewerking" in visit_end.sentence
    assert Assessment.objects.filter(dossier=world.dossier).count() == 1
