"""How a letter on paper goes, and from which day on the employer reads the own copy: never before the employee can."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.utils import timezone

from dossiers.models import LetterCopy, Reader, TrailLine
from tests.paper.material import url
from tests.world import World, at

GOOD_FRIDAY = dt.date(2026, 4, 3)
THURSDAY = GOOD_FRIDAY - dt.timedelta(days=1)


@contextmanager
def on(day: dt.date) -> Iterator[None]:
    with time_machine.travel(at(day), tick=False):
        yield


def note(world: World, way: str, day: dt.date, who: str = "delegate") -> int:
    return world.client(who).post(url(world, "1/op-papier/"), {"way": way, "day": day.isoformat()}).status_code


def undo(world: World, way: str, who: str = "delegate") -> int:
    return world.client(who).post(url(world, "1/op-papier/terug/"), {"way": way}).status_code


def employer_reads(world: World) -> bool:
    """The list, the letter and the PDF agree."""
    client = world.client("employer")
    found = {client.get(url(world, rest)).status_code == 200 for rest in ("1/", "1/pdf/employer/")}
    found.add("Advies over werken" in client.get(url(world)).content.decode())
    assert len(found) == 1
    return found.pop()


def days_until(world: World, last: dt.date) -> list[dt.date]:
    """The days up to this one on which the employer reads."""
    found = []
    for number in range((last - THURSDAY).days + 1):
        day = THURSDAY + dt.timedelta(days=number)
        with on(day):
            if employer_reads(world):
                found.append(day)
    return found


def test_posted_before_easter_the_employer_reads_on_wednesday(paper: World) -> None:
    with on(THURSDAY):
        assert not employer_reads(paper)
        assert note(paper, "posted", THURSDAY) == 302
    wednesday = dt.date(2026, 4, 8)  # Good Friday, the weekend and Easter Monday are no working days; Tuesday is the first one
    assert days_until(paper, wednesday) == [wednesday]


def test_handed_over_on_a_saturday_the_employer_reads_that_day(paper: World) -> None:
    saturday = GOOD_FRIDAY + dt.timedelta(days=1)
    with on(saturday):
        assert note(paper, "handed_over", saturday, "physician") == 302
    assert days_until(paper, saturday) == [saturday]


def test_handed_over_while_it_is_on_the_post_the_first_day_counts(paper: World) -> None:
    with on(THURSDAY):
        assert note(paper, "posted", THURSDAY) == 302
    with on(GOOD_FRIDAY):
        assert not employer_reads(paper)
        assert note(paper, "handed_over", GOOD_FRIDAY) == 302
        assert employer_reads(paper)


def test_a_letter_that_lies_is_the_next_thing_to_do_and_nothing_for_the_employer(paper: World) -> None:
    for who in ("physician", "delegate"):
        page = paper.client(who).get(f"/dossier/{paper.number}/").content.decode()
        assert "Brief van 16 februari 2026 nog niet verstuurd" in page
        assert "Brief van 16 februari 2026 nog niet verstuurd" in paper.client(who).get("/").content.decode()
    assert "nog niet verstuurd" not in paper.client("employer").get(f"/dossier/{paper.number}/", follow=True).content.decode()
    note(paper, "posted", timezone.localdate())
    assert "nog niet verstuurd" not in paper.client("physician").get(f"/dossier/{paper.number}/").content.decode()


@pytest.mark.parametrize("way", ["posted", "handed_over"])
def test_a_mistake_is_taken_back_the_same_day(paper: World, way: str) -> None:
    today = timezone.localdate()
    assert undo(paper, way) == 409, "nothing was noted"
    assert note(paper, way, today) == 302
    page = paper.client("delegate").get(url(paper, "1/")).content.decode()
    assert "Terugnemen" in page
    assert undo(paper, way, "physician") == 302
    copy = LetterCopy.objects.get(letter__dossier=paper.dossier, reader=Reader.EMPLOYEE)
    assert (copy.posted_on, copy.handed_over_on) == (None, None)
    assert not employer_reads(paper)
    assert TrailLine.objects.filter(event_code="undo_on_paper", actor_id=paper.people["physician"].pk).count() == 1
    assert note(paper, way, today) == 302


def test_what_the_employer_may_have_read_is_not_taken_back(paper: World) -> None:
    assert note(paper, "handed_over", timezone.localdate()) == 302
    assert paper.client("employer").get(url(paper)).status_code == 200
    assert "Terugnemen" not in paper.client("delegate").get(url(paper, "1/")).content.decode()
    assert undo(paper, "handed_over") == 409
    assert employer_reads(paper)


def test_who_looked_before_it_was_there_to_see_takes_nothing_away(paper: World) -> None:
    assert note(paper, "posted", timezone.localdate()) == 302
    assert paper.client("employer").get(url(paper)).status_code == 200
    assert undo(paper, "posted") == 302


def test_the_next_day_a_mistake_stays(paper: World) -> None:
    assert note(paper, "posted", timezone.localdate()) == 302
    with on(timezone.localdate() + dt.timedelta(days=1)):
        assert "Terugnemen" not in paper.client("delegate").get(url(paper, "1/")).content.decode()
        assert undo(paper, "posted") == 409


def test_only_authors_take_back_and_only_what_is_there(paper: World) -> None:
    note(paper, "handed_over", timezone.localdate())
    for who in ("employer", "employee"):
        assert undo(paper, "handed_over", who) == 403
    for way in ("", "vliegtuig", "posted\x00"):
        assert undo(paper, way) == 422
