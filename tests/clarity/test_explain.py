""" "Wie kan wat zien, en waarom" and the gate never differ: what the page says, and the command prints, is what `has_perm` answers.

The worlds are made by hand through the product's own actions, with every way in which a key can stand; `BAR_FULL` makes many more.
"""

import datetime as dt
import random

import lxml.html
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bar.accounts.models import User
from consent.access import consentable, opening
from consent.actions import SharePlan, answer, share, withdraw
from consent.actions.shares import stop
from consent.explain import who_may
from consent.models import AnswerState, Share
from dossiers.actions.words import switch_view
from dossiers.door import Touch
from dossiers.models import Dossier
from dossiers.parts import EXPERTS, Act, Part, Role, permission
from tests.world import SEATED, World, at, canary, make_world, share_all
from tests.worlds import FULL

SHARE, STOP = Touch(Part.SHARING, Act.SHARE), Touch(Part.SHARING, Act.STOP)
ANSWER, WITHDRAW = Touch(Part.SHARING, Act.ANSWER), Touch(Part.SHARING, Act.WITHDRAW)
ACTS = (Act.READ, Act.WRITE)


def page(world: World, who: str = "employee") -> lxml.html.HtmlElement:
    response = world.client(who).get(f"/dossier/{world.number}/wie-kan-wat-zien/")
    assert response.status_code == 200
    return lxml.html.fromstring(response.content.decode())


def found(root: lxml.html.HtmlElement, path: str) -> list[lxml.html.HtmlElement]:
    return list(root.xpath(f".//{path}"))


def told(root: lxml.html.HtmlElement) -> set[tuple[str, str, str]]:
    """Every (part, name, act) that the page names per part."""
    rows = set()
    for block in found(root, "article[contains(@class, 'explain__part')]"):
        part = block.get("id").removeprefix("deel-")
        for line in found(block, "li[@class='explain__line']"):
            name, what = found(line, "strong")[0].text_content(), found(line, "em")[0].text_content()
            if "leest" in what.split():
                rows.add((part, name, "read"))
            if what != "leest":
                rows.add((part, name, "write"))
    return rows


def told_per_person(root: lxml.html.HtmlElement) -> dict[str, int]:
    """How many parts the card of each person names."""
    cards = found(root, "section[@aria-labelledby='per-persoon']//article")
    return {found(card, "h3")[0].text_content().split(" (dat")[0]: len(found(card, "dd//li")) for card in cards}


def open_by_the_gate(world: World) -> set[tuple[str, str, str]]:
    """What `has_perm` says of everybody who exists."""
    people = list(User.objects.select_related("organisation"))
    names = dict(world.dossier.seats.filter(ended_at__isnull=True).values_list("person_id", "name"))
    dossier = Dossier.objects.get(pk=world.dossier.pk)
    return {
        (part.value, names.get(person.pk, f"nobody: {person.email}"), act.value)
        for person in people
        for part in Part
        for act in ACTS
        if person.has_perm(f"dossiers.{permission(part, act)}", dossier)
    }


def scrambled(seed: int) -> World:
    """A world in which keys were turned at random, on days around today."""
    dice = random.Random(seed)  # noqa: S311 -- a fixed seed, not a secret
    world = make_world(shares=False, finals=0)
    today = timezone.localdate()
    for role in sorted(EXPERTS):
        for _ in range(dice.randint(0, 2)):
            _turn_keys(world, role, today, dice)
    if dice.random() < 0.5:
        with opening(world.people["employee"], world.number, needs=Touch(Part.EMPLOYEE_VIEW, Act.SWITCH), writing=True) as opened:
            switch_view(opened, on=True)
    if dice.random() < 0.2:
        User.objects.filter(pk=world.people[dice.choice(SEATED)].pk).update(is_active=False)
    if dice.random() < 0.15:
        Dossier.objects.filter(pk=world.dossier.pk).update(closed_on=today, closed_by=world.people["physician"])
    return world


def _turn_keys(world: World, role: Role, today: dt.date, dice: random.Random) -> None:
    can = [part for part in Part if consentable(role, part, Act.READ)]
    read = tuple(part for part in can if part is Part.PROCESS or dice.random() < 0.6)
    writes = tuple(part for part in read if consentable(role, part, Act.WRITE) and dice.random() < 0.6)
    made = today - dt.timedelta(days=dice.randint(0, 40))
    first = made + dt.timedelta(days=dice.choice([0, 0, 0, 60]))
    last = first + dt.timedelta(days=dice.choice([0, 20, 90, 300]))
    plan = SharePlan(world.people[role.value], role, read, writes, "Meedenken.", first, last)
    with opening(world.people["physician"], world.number, needs=SHARE, writing=True, at=at(made, 1)) as opened:
        row = share(opened, plan=plan)
    says = {part: dice.choice([AnswerState.GIVEN, AnswerState.GIVEN, AnswerState.REFUSED, AnswerState.ASKED]) for part in read}
    if AnswerState.GIVEN in says.values():
        says[Part.PROCESS] = AnswerState.GIVEN
    with opening(world.people["employee"], world.number, needs=ANSWER, writing=True, at=at(made, 2)) as opened:
        answer(opened, share=row, answers=says)
    if dice.random() < 0.3:
        with opening(world.people["employee"], world.number, needs=WITHDRAW, writing=True, at=at(made, 3)) as opened:
            withdraw(opened, share=row, parts=tuple(dice.sample(read, dice.randint(0, len(read)))))
    if dice.random() < 0.15:
        with opening(world.people["physician"], world.number, needs=STOP, writing=True, at=at(made, 4)) as opened:
            stop(opened, share=row, reason="Niet meer nodig.")


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(150 if FULL else 2))
def test_page_rows_and_gate_never_differ(seed: int) -> None:
    world = scrambled(seed)
    expected = open_by_the_gate(world)
    names = dict(world.dossier.seats.filter(ended_at__isnull=True).values_list("person_id", "name"))
    rows = who_may(Dossier.objects.get(pk=world.dossier.pk), timezone.localdate())
    assert {(row.part.value, names[row.person.pk], row.act.value) for row in rows if row.act in ACTS} == expected
    reader = "employee" if User.objects.get(pk=world.people["employee"].pk).is_active else "physician"
    assert told(page(world, reader)) == expected


def test_with_all_shares_open_page_and_gate_agree_on_all_seven(world: World) -> None:
    expected = open_by_the_gate(world)
    assert len({name for _, name, _ in expected}) == len(SEATED)
    root = page(world)
    assert told(root) == told(page(world, "physician")) == expected
    parts: dict[str, set[str]] = {}
    for part, name, _ in expected:
        parts.setdefault(name, set()).add(part)
    assert told_per_person(root) == {name: len(found) for name, found in parts.items()}


@pytest.mark.parametrize("who", SEATED)
def test_employee_physician_and_delegate_read_it(world: World, who: str) -> None:
    status = world.client(who).get(f"/dossier/{world.number}/wie-kan-wat-zien/").status_code
    assert status == (200 if who in {"employee", "physician", "delegate"} else 403)


def block(root: lxml.html.HtmlElement, part: Part) -> str:
    return " ".join(found(root, f"article[@id='deel-{part}']")[0].text_content().split())


def test_every_part_stands_once_and_says_who(world: World) -> None:
    root = page(world)
    ids = [one.get("id") for one in found(root, "article[contains(@class, 'explain__part')]")]
    assert sorted(ids) == sorted(f"deel-{part}" for part in Part)
    titles = [one.text_content() for one in found(root, "article[contains(@class, 'explain__part')]/h3")]
    assert len(set(titles)) == len(titles)
    assert "vult het in, maar ziet het daarna niet" in block(root, Part.IDENTITY)
    assert "Alleen Anna Arts." in block(root, Part.NOTES)


def test_a_part_that_nobody_else_sees_says_so(bare_world: World) -> None:
    for who in ("employer", "physician", "delegate"):
        User.objects.filter(pk=bare_world.people[who].pk).update(is_active=False)
    root = page(bare_world)
    assert block(root, Part.CAPACITY).startswith("Wat u kunt op uw werk Alleen u.")
    assert "Niemand kan dit nu zien." in block(root, Part.NOTES)


def test_both_keys_are_told_with_their_days(bare_world: World) -> None:
    today = timezone.localdate()
    share_all(bare_world, Role.LABOUR_EXPERT, today=today)
    text = block(page(bare_world), Part.CAPACITY)
    assert "Anna Arts stelde op" in text
    assert "U zei ja op" in text
    assert "tot en met" in text
    assert "De werknemer zei ja op" in block(page(bare_world, "physician"), Part.CAPACITY)


def test_withdrawing_shows_on_the_next_look(world: World) -> None:
    assert "Els Expert" in block(page(world), Part.CAPACITY)
    row = Share.objects.get(dossier=world.dossier, role=Role.LABOUR_EXPERT)
    with opening(world.people["employee"], world.number, needs=WITHDRAW, writing=True) as opened:
        withdraw(opened, share=row)
    assert "Els Expert" not in page(world).text_content()


def test_no_text_of_the_dossier_stands_on_the_page(world: World) -> None:
    text = page(world, "physician").text_content()
    assert canary(Part.EXPLANATION, "") not in text
    assert "KANARIE" not in text


def test_as_many_queries_for_one_as_for_all(bare_world: World) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            who_may(Dossier.objects.get(pk=bare_world.dossier.pk), timezone.localdate())
        return len(caught)

    share_all(bare_world, Role.LABOUR_EXPERT, today=timezone.localdate())
    one = asked()
    for role in (Role.INSURANCE_PHYSICIAN, Role.UWV_LABOUR_EXPERT):
        share_all(bare_world, role, today=timezone.localdate())
    assert asked() == one


def test_the_overview_of_the_employee_leads_here(world: World) -> None:
    root = lxml.html.fromstring(world.client("employee").get(f"/dossier/{world.number}/").content.decode())
    assert f"/dossier/{world.number}/wie-kan-wat-zien/" in {link.get("href") for link in found(root, "main//a")}
