"""A2, A9, A13, A16, A17 and I9: somebody who may be in the dossier tries for what is not theirs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from consent.access import opening
from consent.actions import seat_person
from dossiers.actions.promises import sweep_by_clock
from dossiers.actions.release import letter_of, mark_of
from dossiers.door import read
from dossiers.forms.versions import REPLY_DECLINED
from dossiers.models import TrailLine
from dossiers.parts import Part, Role
from tests.access.test_matrix import INSIDE, address
from tests.attacks.conftest import Houses
from tests.attacks.material import plain, row_in, rows_of
from tests.consultation import material as questions
from tests.seats.material import colleague
from tests.versions.material import mark_now
from tests.world import World
from tests.worlds import FULL

Fields = dict[str, str]
FORGED: tuple[dict[str, str], ...] = (
    {"HTTP_HX_REQUEST": "true"},
    {"HTTP_HX_BOOSTED": "true"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_BOOSTED": "true", "HTTP_HX_CURRENT_URL": "/bar/"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"},
    {"HTTP_HX_TARGET": "main", "HTTP_HX_TRIGGER": "physician", "HTTP_HX_PROMPT": "ja"},
    {"HTTP_X_REQUESTED_WITH": "fetch"},
)


def get(client: Client, where: str, **extra: Any) -> Any:
    """The answer, with everything undone that it did."""
    with transaction.atomic():
        answer = client.get(where, **extra)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    answer.body = body.decode(errors="replace")  # type: ignore[attr-defined]
    return answer


@pytest.mark.parametrize("who", ["employer", "labour_expert"])
def test_a2_headers_of_a_script_change_no_decision(houses: Houses, who: str) -> None:
    """Whatever a request says to be, it is open or shut like the page, and a shut one holds nothing."""
    client, compared = houses.browsers["mine"][who], 0
    for name, route, _ in INSIDE:
        lot = crc32(f"{name} {who}".encode())
        if not FULL and lot % 4:
            continue
        where = address(name, route, houses.mine.number)
        page = get(client, where)
        for forged in FORGED if FULL else [FORGED[lot // 4 % len(FORGED)]]:
            found = get(client, where, **forged)
            assert found.status_code == page.status_code, (where, forged)
            if page.status_code in {403, 404} or who == "employer":
                assert "KANARIE" not in found.body, (where, forged)
            compared += 1
    assert compared > 20


# What a labour expert who may read all that can be shared tries next: writing, throwing away, sharing on, and the papers of others.
TRIES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("POST", "bar/nieuw/", {}),
    ("POST", "bar/2/opslaan/aandachtsgebieden/", {"seen": "1"}),
    ("POST", "bar/2/weggooien/", {}),
    ("POST", "bar/2/vaststellen/", {"medical_check": "on"}),
    ("POST", "brieven/1/intrekken/", {"reason": "Zomaar."}),
    ("POST", "delen/nieuw/", {"role": "labour_expert"}),
    ("POST", "verzekeringsarts/nieuw/", {}),
    ("GET", "brieven/1/pdf/employee/", {}),
    ("GET", "verzekeringsarts/1/", {}),
    ("GET", "bar/1/voorbeeld/employee/", {}),
    ("GET", "delen/", {}),
    ("GET", "wie-heeft-gekeken/", {}),
    ("POST", "mijn-dossier/downloaden/", {}),
)
NOT_THERE = {"brieven/1/pdf/employee/", "bar/1/voorbeeld/employee/"}


@pytest.mark.parametrize(("method", "rest", "fields"), TRIES, ids=[f"{method} {rest}" for method, rest, _ in TRIES])
def test_a9_a_reader_neither_writes_nor_shares_on_nor_gets_the_papers_of_others(
    houses: Houses, method: str, rest: str, fields: dict[str, str]
) -> None:
    world, before = houses.mine, rows_of(houses.mine.dossier)
    client, where = houses.browsers["mine"]["labour_expert"], f"/dossier/{houses.mine.number}/{rest}"
    lines = TrailLine.objects.filter(actor_id=world.people["labour_expert"].pk, dossier_id=world.dossier.pk)
    with transaction.atomic():
        known = list(lines.values_list("pk", flat=True))
        answer = client.post(where, fields) if method == "POST" else client.get(where)
        line = lines.exclude(pk__in=known).get()
        after = rows_of(world.dossier)
        transaction.set_rollback(True)
    assert "KANARIE" not in answer.content.decode()
    assert after == before
    if rest in NOT_THERE:  # the gate let the expert to a part that is open, and nothing in it has this address: a visit, in the trail as one
        assert (answer.status_code, line.outcome, line.event_code) == (404, 1, "visit")
    else:
        assert (answer.status_code, line.outcome, line.event_code) == (403, 2, "refused")


def post(world: World, who: str, rest: str, fields: dict[str, str]) -> Any:
    """What this person gets for a form of the dossier, from a browser that signed in a moment ago."""
    return world.client(who).post(f"/dossier/{world.number}/{rest}", fields)


@dataclass(frozen=True)
class Act:
    """An act of one role: complete, so that it is done the moment a gate lets somebody through who is not that role."""

    may: str
    tries: tuple[str, ...]
    rest: str
    fields: Fields
    first: tuple[tuple[str, Fields], ...] = ()  # what the one who may does before it


TODAY = timezone.localdate().isoformat()
READY = {"medical_check": "on", "discussed": "on", "discussed_on": TODAY}
REPLIED = ("bar/2/correctie/{correction}/antwoord/", {"{correction}-reply": REPLY_DECLINED, "{correction}-reason": "Zo is het gemeten."})
ACTS = {
    "offer": Act("physician", ("delegate", "employee"), "bar/2/aanbieden/", {}, (("bar/2/terugnemen/", {}), REPLIED)),
    "finalise": Act("physician", ("delegate", "employee"), "bar/2/vaststellen/", READY, (REPLIED,)),
    "write a report": Act("labour_expert", ("uwv_labour_expert", "employer"), "arbeidsdeskundige/nieuw/", {}),
    "decide on days": Act("physician", ("delegate", "employer", "employee"), "proces/ziektedagen/{proposal}/", {"decision": "confirm"}),
    "hand over": Act("physician", ("delegate", "employer"), "wie-doet-mee/overdragen/", {"person": "{colleague}"}),
    "withdraw a letter": Act("physician", ("delegate", "employer"), "brieven/1/intrekken/", {"reason": "Er staat een fout in."}),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a13_an_act_of_one_role_is_refused_to_every_other_and_done_for_that_one(houses: Houses, act: Act) -> None:
    world = houses.mine
    with transaction.atomic():
        known = {name: row_in(world, name) for name in ("proposal", "correction")} | {"colleague": colleague(world, "Olga Opvolger").pk}
        (*before_it, (rest, fields)) = [
            (rest.format(**known), {name.format(**known): value.format(**known) for name, value in fields.items()})
            for rest, fields in (*act.first, (act.rest, act.fields))
        ]
        for where, values in before_it:
            assert post(world, act.may, where, values).status_code == 302, where
        if before_it:
            fields |= mark_now(world, 2)
        before = rows_of(world.dossier)
        for who in act.tries:
            assert post(world, who, rest, fields).status_code == 403, who
            line = TrailLine.objects.filter(actor_id=world.people[who].pk).latest("occurred_at")
            assert (line.outcome, line.event_code, line.dossier_id) == (2, "refused", world.dossier.pk), who
            assert rows_of(world.dossier) == before, who
        answer = post(world, act.may, rest, fields)
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        assert rows_of(world.dossier) != before, "what was tried is an act that does something"
        transaction.set_rollback(True)


MARK = "of version 1 as it is now"  # so that only the state of the version stands in the way
# An act on what is final, and its answer. Where the address is gone with the draft (404), version 2 is taken back and has it.
STATES: tuple[tuple[str, str, dict[str, str], int], ...] = (
    ("physician", "bar/1/opslaan/aandachtsgebieden/", {"seen": "1", "d430-status": "no_attention"}, 422),
    ("physician", "bar/1/weggooien/", {}, 404),
    ("physician", "bar/1/aanbieden/", {"seen": MARK}, 409),
    ("physician", "bar/1/vaststellen/", {**READY, "seen": MARK}, 409),
    ("labour_expert", "arbeidsdeskundige/1/schrijven/", {"seen": "1", "advice": "Anders."}, 409),
    ("labour_expert", "arbeidsdeskundige/1/vaststellen/", {"medical_check": "on"}, 409),
)


@pytest.mark.parametrize(("who", "rest", "fields", "status"), STATES, ids=[rest for _, rest, _, _ in STATES])
def test_a13_nobody_reopens_what_is_final_not_even_who_made_it(houses: Houses, who: str, rest: str, fields: dict[str, str], status: int) -> None:
    world, before = houses.mine, rows_of(houses.mine.dossier)
    with opening(world.people["physician"], world.number, needs=read(Part.CAPACITY)) as opened:
        mark = mark_of(world.version(1), letter_of(opened, world.version(1)))
    fields = {name: mark if value == MARK else value for name, value in fields.items()}
    with transaction.atomic():
        assert post(world, who, rest, fields).status_code == status
        assert rows_of(world.dossier) == before
        if status == 404:
            assert post(world, who, "bar/2/terugnemen/", {}).status_code == 302
            assert post(world, who, rest.replace("/1/", "/2/"), fields).status_code != 404, "the address is one of the product"
        transaction.set_rollback(True)


HIDDEN = ("diagnosis", "capacity", "explanation", "-employee_view__needs", "dossier__assessments__explanation", "bar", "hash")
ASKED = {
    **dict(zip(("sort", "sorteer", "ordering", "order_by", "o"), HIDDEN, strict=False)),
    "explanation__startswith": "K",
    "dossier__employee_view__contains": "KANARIE",
    "status": "final",
    "role": "physician",
    "e": "1",
}


def test_a16_no_order_filter_or_search_reaches_a_hidden_field(houses: Houses) -> None:
    """The list of two people who have two dossiers in it: whatever is asked to order or filter by, it is the list as it always is."""
    with transaction.atomic():
        for who in ("physician", "employer"):
            client = houses.mine.client(who)
            seat_person(houses.theirs.dossier, houses.mine.people[who], Role.EMPLOYER, start=timezone.localdate())
            usual = plain(get_plain(client, "/"))
            assert all(f"/dossier/{world.number}/" in usual for world in (houses.mine, houses.theirs)), "there is something to order"
            every = [ASKED, *({name: value} for name in ASKED for value in {ASKED[name], *HIDDEN})] if FULL else [ASKED]
            for question in every:
                assert plain(get_plain(client, f"/?{urlencode(question)}")) == usual, (who, question)
        # A word that stands in what the searcher does read elsewhere, one in what nobody reads there, and one that is nowhere: the same nothing.
        words = ("KANARIE", "tillen", "qqqqq")
        found = {plain(get_plain(houses.mine.client("physician"), f"/?zoek={word}")).replace(word, "WOORD") for word in words}
        transaction.set_rollback(True)
    assert len(found) == 1


def get_plain(client: Client, where: str) -> Any:
    with transaction.atomic():
        answer = client.get(where)
        transaction.set_rollback(True)
    return answer


def hidden_acts(world: World, browsers: dict[str, Client]) -> None:
    """Things happen that an employer may not know of: a question to an expert, a withdrawn offer, a correction, a reaction, a reader who comes."""
    world.__dict__["browsers"] = browsers  # a session made in here would be undone, and remembered
    questions.answered(world, questions.asked(world, "insurance_physician"), "insurance_physician")
    questions.asked(world, "uwv_labour_expert")
    assert browsers["insurance_physician"].post(f"/dossier/{world.number}/verzekeringsarts/nieuw/").status_code == 302
    assert browsers["physician"].post(f"/dossier/{world.number}/bar/2/terugnemen/").status_code == 302
    assert (
        world.client("employee").post(f"/dossier/{world.number}/mijn-visie/opslaan/", {"can_do": "Een ander woord.", "seen": "1"}).status_code == 302
    )
    sweep_by_clock(now=timezone.now())


def all_pages(client: Client, places: list[str]) -> dict[str, tuple[int, str]]:
    return {where: (answer.status_code, plain(answer)) for where in places for answer in [get_plain(client, where)]}


def test_a17_nothing_on_any_page_tells_the_employer_of_what_is_hidden_and_i9_neither_does_its_shape_or_size(houses: Houses) -> None:
    """Every address before and after the hidden acts: byte for byte the same, so no count, badge, link, empty state or length differs (A17, I9)."""
    client = houses.browsers["mine"]["employer"]
    places = ["/", *(address(name, route, houses.mine.number) for name, route, _ in INSIDE)]
    with transaction.atomic():
        before = all_pages(client, places)
        hidden_acts(houses.mine, houses.browsers["mine"])
        shut = {where for where in places if before[where][0] in {403, 405}}  # outside BAR_FULL a quarter of these: the gate answers, and no page
        after = all_pages(client, [where for place, where in enumerate(places) if FULL or where not in shut or place % 4 == 0])
        transaction.set_rollback(True)
    assert sum(status == 200 for status, _ in before.values()) > 8 and len(after) > 40
    for where, page in after.items():
        assert page == before[where], where
