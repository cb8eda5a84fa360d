"""The look beforehand shows what that person later gets, no more and no less, and never more than the physician reads. It stores nothing."""

import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from bar.accounts.models import User
from consent.access import consentable
from consent.models import AnswerState, Share
from dossiers.models import Notice, TrailLine
from dossiers.parts import EXPERTS, Act, Part, Role
from tests.sharing.material import asked, form_of, page, say, send
from tests.world import World, make_world

PAGES = ("", "bar/", "bar/1/", "werk/", "brieven/", "mensen/")
SETS: tuple[frozenset[Part], ...] = (
    frozenset(Part),
    frozenset({Part.CAPACITY}),
    frozenset({Part.CAPACITY, Part.EXPLANATION, Part.JOB}),
    frozenset({Part.CAPACITY, Part.CONSULTATION, Part.CONTEXT, Part.LETTERS}),
)


def texts(html: str) -> set[str]:
    """What stands on a page of the planted texts: canaries, each with its part, and words that are in one part only."""
    html = unescape(html)
    found = set(re.findall(r"KANARIE \w+ [\w ]+", html))
    return found | {
        words for words in ("Orders verzamelen", "Dozen van 10 kilo", "Lichte dozen tillen", "De planning staat op papier") if words in html
    }


def looked(world: World, **values: Any) -> str:
    """What the physician gets to see before asking."""
    answer = send(world, form_of(step="look", **values))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def filled(db: None) -> World:
    """A dossier with a final version that is shared with nobody."""
    return make_world(shares=False)


@pytest.mark.parametrize("role", sorted(EXPERTS))
def test_the_look_shows_exactly_what_that_person_gets(filled: World, role: Role) -> None:
    email = "expert@elders.test"
    person = User.objects.create_user(email, name="Ed Expert", activated_at=timezone.now())
    filled.people["new"] = person
    for place, chosen in enumerate(SETS if role is Role.INSURANCE_PHYSICIAN else SETS[:1]):  # who can get most is tried with less too
        read = tuple(part for part in Part if part in chosen and part is not Part.PROCESS and consentable(role, part, Act.READ))
        values: dict[str, Any] = {"role": role, "read": read, "email": email, "key": f"6000000{place}-0000-4000-8000-000000000000"}
        seen = texts(looked(filled, **values))
        share = asked(filled, **values)
        say(filled, share)
        client = filled.client("new")
        given = [client.get(f"/dossier/{filled.number}/{where}") for where in PAGES]
        assert {answer.status_code for answer in given} <= {200, 403}
        assert seen == texts("".join(answer.content.decode() for answer in given)), (role, sorted(read))
        assert seen, read
        say(filled, share, AnswerState.WITHDRAWN)


def test_the_look_stores_nothing_and_leaves_a_line(filled: World) -> None:
    people = User.objects.count()
    looked(filled, read=(Part.CAPACITY, Part.JOB))
    assert (Share.objects.count(), User.objects.count(), Notice.objects.filter(reason="share_asked").count()) == (0, people, 0)
    line = TrailLine.objects.get(event_code="preview_share")
    assert (line.action, set(line.parts)) == ("R", {"sharing", "process", "capacity", "job"})


def test_the_physician_does_not_see_more_than_the_physician_may(filled: World) -> None:
    """The employee's judgement can be shared with UWV, and is not the physician's to read."""
    text = looked(filled, role=Role.INSURANCE_PHYSICIAN, read=(Part.CAPACITY, Part.EMPLOYEE_JUDGEMENT))
    assert "Dat leest u nu zelf niet" in text
    assert "Oordeel werknemer" in text.split("Dat leest u nu zelf niet")[0]


def test_after_a_change_of_arbodienst_the_look_is_as_short_as_what_the_physician_reads(filled: World) -> None:
    assert "KANARIE explanation" in looked(filled, read=(Part.CAPACITY, Part.EXPLANATION))
    seat = filled.dossier.seats.get(role=Role.PHYSICIAN)
    seat.sees_from = timezone.localdate()
    seat.save(update_fields=["sees_from"])
    text = looked(filled, read=(Part.CAPACITY, Part.EXPLANATION))
    assert "KANARIE" not in text
    assert "nog geen definitieve versie" in text


def test_what_stays_closed_is_named(filled: World) -> None:
    text = looked(filled, read=(Part.CAPACITY,))
    shut = text.split('id="dicht"')[1].split("</section>")[0]
    assert "Toelichting" in shut
    assert "Belastbaarheid" not in shut
    assert not re.search(r"KANARIE (explanation|context|employee_view|consultation)", text)


@pytest.mark.parametrize("by_address", [True, False])
def test_what_is_open_already_is_told_with_what_this_adds(world: World, by_address: bool) -> None:
    person = world.people["labour_expert"]
    User.objects.filter(pk=person.pk).update(email="els@elders.test")
    who = {"email": "els@elders.test"} if by_address else {"who": person.pk}
    say(world, world.shares[Role.LABOUR_EXPERT], AnswerState.WITHDRAWN, Part.EXPLANATION)
    text = looked(world, read=(Part.CAPACITY, Part.EXPLANATION), **who)
    assert "Nu open: " in text
    rows = re.findall(r'<p class="row__title">([^<]+)</p>(.*?)</li>', text, re.DOTALL)
    new = {name for name, rest in rows if ">nieuw" in rest or "nieuw\n" in rest}
    assert new == {"Toelichting"}
    assert "Advies" in {name for name, _ in rows}, "what is open stays open"


def test_going_back_keeps_everything_that_was_typed(filled: World) -> None:
    answer = send(filled, form_of(step="change", read=(Part.CAPACITY, Part.PLAN)))
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Nico Nieuw", "nico@bureau-nieuw.test", "Meedenken over ander werk."):
        assert words in text
    assert re.search(r'name="read-plan"[^>]*checked', text)
    assert not re.search(r'name="read-advice"[^>]*checked', text)
    assert page(filled, "physician", "delen/")
