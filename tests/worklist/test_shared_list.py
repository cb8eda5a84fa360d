"""What is shared with an expert: what is asked, which questions wait, how it is found and ordered, and at what cost."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from bar.list_entry import Entry, Sort
from bar.shared_list import shared_page
from consent.access import opening
from consent.actions import withdraw
from consent.models import Moment, Share
from dossiers.actions.process import close_dossier
from dossiers.door import Touch
from dossiers.models import Dossier, Thread
from dossiers.models.dossier import Recovery
from dossiers.parts import Act, Part, Role
from tests.pages.test_home import open_for
from tests.world import World, make_world, share_all
from tests.worlds import FULL

TODAY = timezone.localdate
DAY = dt.timedelta(days=1)
EXPERT = "uwv_labour_expert"


def share_it(world: World, *, days: int = 180, who: Role = Role.UWV_LABOUR_EXPERT) -> World:
    """Everything that can be shared, with the employee's yes."""
    own = World(world.dossier, {**world.people, "employee": world.dossier.employee})
    share_all(own, who, today=TODAY(), days=days)
    return own


def ask(world: World, *, part: Part = Part.CAPACITY, reply_in: int = 14, who: str = EXPERT) -> Thread:
    """A question of the physician to an expert, as a row."""
    return Thread.objects.create(
        dossier=world.dossier,
        number=Thread.objects.filter(dossier=world.dossier).count() + 1,
        part=part,
        asker=world.people["physician"],
        asker_role=Role.PHYSICIAN,
        addressee=world.people[who],
        addressee_role=Role(who),
        reason="",
        reply_by=TODAY() + reply_in * DAY,
        opened_at=timezone.now(),
    )


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, World]]:
    """Four dossiers shared with UWV, by the name of the employee."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(finals=0, shares=False)
        found = {
            "Zoë Zeeman": share_it(open_for(world, "Zoë Zeeman", days=300), days=30),
            "Ab Kat": share_it(open_for(world, "Ab Kat", days=100), days=90),
            "Éva Smit": share_it(open_for(world, "Éva Smit", days=200), days=60),
            "eva Aal": share_it(open_for(world, "eva Aal", days=310, employer="outsider"), days=10),
        }
        Recovery.objects.create(dossier=found["eva Aal"].dossier, start=TODAY() - 50 * DAY, until=TODAY() - 30 * DAY)
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def fresh(shared: dict[str, World]) -> Iterator[dict[str, World]]:
    """The same, put back after the test."""
    with transaction.atomic():
        yield shared
        transaction.set_rollback(True)


def entries(world: World, query: str = "", sort: Sort = Sort.FIRST, **page: int) -> list[Entry]:
    return shared_page(world.people[EXPERT], today=TODAY(), query=query, sort=sort, **page).entries


def names(shared: dict[str, World], query: str = "", sort: Sort = Sort.FIRST, **page: int) -> list[str]:
    return [entry.name for entry in entries(shared["Ab Kat"], query, sort, **page)]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NAME, ["Ab Kat", "eva Aal", "Éva Smit", "Zoë Zeeman"]),
        (Sort.EMPLOYER, ["eva Aal", "Ab Kat", "Éva Smit", "Zoë Zeeman"]),
        (Sort.WEEK, ["Zoë Zeeman", "eva Aal", "Éva Smit", "Ab Kat"]),  # 300 days, 310 less 20 recovered, 200, 100
        (Sort.FIRST, ["eva Aal", "Zoë Zeeman", "Éva Smit", "Ab Kat"]),  # whose time ends first
    ],
)
def test_the_list_has_four_orders(shared: dict[str, World], sort: Sort, expected: list[str]) -> None:
    assert names(shared, sort=sort) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("EVA", ["eva Aal", "Éva Smit"]),
        ("zoe", ["Zoë Zeeman"]),
        ("eva ander bedrijf", ["eva Aal"]),
        ("100%", []),
        ("_", []),
        ("gever proef ab", ["Ab Kat"]),
        ("'; drop table", []),
    ],
)
def test_search_finds_every_word_without_case_and_accents(shared: dict[str, World], query: str, expected: list[str]) -> None:
    assert names(shared, query, Sort.NAME) == expected
    assert names(shared, shared["Ab Kat"].number.lower()) == ["Ab Kat"]


def test_pages_hold_every_dossier_once_and_a_page_too_far_is_the_last(shared: dict[str, World]) -> None:
    for sort in Sort:
        leafed = names(shared, sort=sort, size=3) + names(shared, sort=sort, number=1, size=3)
        assert leafed == names(shared, sort=sort)
        assert names(shared, sort=sort, number=9, size=3) == leafed[3:]


def test_a_question_to_this_person_comes_first_and_is_named(fresh: dict[str, World]) -> None:
    ask(fresh["Ab Kat"], reply_in=9)
    ask(fresh["Éva Smit"], reply_in=3)
    assert names(fresh) == ["Éva Smit", "Ab Kat", "eva Aal", "Zoë Zeeman"]
    assert names(fresh, size=1) + names(fresh, number=1, size=1) + names(fresh, number=2, size=2) == names(fresh)
    text = fresh["Ab Kat"].client(EXPERT).get("/").content.decode()
    assert text.count("Vraag 1") + text.count("Beantwoord vraag 1") == 2


def test_a_question_on_what_is_not_open_is_neither_named_nor_ordered_by(fresh: dict[str, World]) -> None:
    """No badge, no order, no count: as if it was not asked."""
    before = names(fresh)
    world = fresh["Ab Kat"]
    ask(world, part=Part.CAPACITY)
    ask(fresh["Zoë Zeeman"], who="labour_expert")  # somebody else's question
    for part in (Part.CAPACITY, Part.CONSULTATION):
        with transaction.atomic():
            with opening(world.dossier.employee, world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
                withdraw(opened, share=Share.objects.get(dossier=world.dossier), parts=(part,))
            assert names(fresh) == before
            assert not any(entry.questions or entry.waits for entry in entries(world))
            assert "raag 1" not in world.client(EXPERT).get("/").content.decode()
            transaction.set_rollback(True)
    assert names(fresh)[0] == "Ab Kat"


def test_the_moment_for_uwv_is_part_of_what_is_asked(fresh: dict[str, World]) -> None:
    row = Share.objects.get(dossier=fresh["Ab Kat"].dossier)
    row.moment = Moment.RIV
    row.save(update_fields=["moment"])
    text = fresh["Ab Kat"].client(EXPERT).get("/").content.decode()
    assert "Voor de RIV-toets." in text
    assert text.count("Meedenken over werk.") == 4


def test_what_is_withdrawn_or_closed_is_not_in_the_list_nor_in_its_counts(fresh: dict[str, World]) -> None:
    with opening(fresh["Ab Kat"].dossier.employee, fresh["Ab Kat"].number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        withdraw(opened, share=Share.objects.get(dossier=fresh["Ab Kat"].dossier))
    person = fresh["Éva Smit"].people["physician"]
    with opening(person, fresh["Éva Smit"].number, needs=Touch(Part.PROCESS, Act.CLOSE), writing=True) as opened:
        close_dossier(opened)
    page = shared_page(fresh["Ab Kat"].people[EXPERT], today=TODAY())
    assert ([entry.name for entry in page.entries], page.found, page.total) == (["eva Aal", "Zoë Zeeman"], 2, 2)
    text = fresh["Ab Kat"].client(EXPERT).get("/").content.decode()
    assert "2 dossiers" in text
    assert "Ab Kat" not in text


def _queries(world: World, who: str, query: str = "") -> int:
    client = world.client(who)
    client.get("/")  # what is kept in memory is kept now
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/{query}").status_code == 200
    return len(captured)


def test_many_dossiers_cost_as_many_queries_as_two(db: None) -> None:
    world = make_world(finals=0, shares=False)
    few: dict[tuple[str, str], int] = {}
    for count in (2, 12 if FULL else 5):
        while Dossier.objects.filter(shares__isnull=False).distinct().count() < count:
            made = share_it(open_for(world, f"Mens {count} {Dossier.objects.count()}"))
            share_it(made, who=Role.LABOUR_EXPERT)
            ask(made)
            ask(made, who="labour_expert")
        for who in ("physician", "delegate", EXPERT, "labour_expert"):
            for query in ("", "?sorteer=week&zoek=mens"):
                cost = _queries(world, who, query)
                assert few.setdefault((who, query), cost) == cost, (who, query, count)
