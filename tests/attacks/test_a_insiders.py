"""A2, A9, A13, A16, A17 and I9: somebody who may be in the dossier tries for what is not theirs."""

import itertools
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from dossiers.actions.promises import sweep_by_clock
from dossiers.models import AbsenceProposal, Assessment, LabourReport, TrailLine
from tests.access.test_matrix import INSIDE, address
from tests.attacks.conftest import Houses
from tests.attacks.material import plain, rows_of
from tests.consultation import material as questions
from tests.world import VISIT, World
from tests.worlds import FULL

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
    ("POST", "bar/2/opslaan/areas/", {"seen": "1"}),
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


@pytest.mark.parametrize(("method", "rest", "fields"), TRIES, ids=[f"{method} {rest}" for method, rest, _ in TRIES])
def test_a9_a_reader_neither_writes_nor_shares_on_nor_gets_the_papers_of_others(
    houses: Houses, method: str, rest: str, fields: dict[str, str]
) -> None:
    world, before = houses.mine, rows_of(houses.mine.dossier)
    client, where = houses.browsers["mine"]["labour_expert"], f"/dossier/{houses.mine.number}/{rest}"
    with transaction.atomic():
        answer = client.post(where, fields) if method == "POST" else client.get(where)
        line = TrailLine.objects.filter(actor_id=world.people["labour_expert"].pk).latest("occurred_at")
        after = rows_of(world.dossier)
        transaction.set_rollback(True)
    assert answer.status_code in {403, 404}, rest
    assert "KANARIE" not in answer.content.decode()
    assert after == before
    assert answer.status_code == 404 or (line.outcome, line.event_code) == (2, "refused"), rest


def test_a13_nobody_moves_a_row_into_a_state_or_to_an_owner_that_is_not_theirs(houses: Houses) -> None:
    """The delegate does not finalise, an expert does not write another's report, an employer decides on no days, nobody reopens what is final."""
    world, browsers = houses.mine, houses.browsers["mine"]
    proposal = AbsenceProposal.objects.get(dossier=world.dossier)
    tries: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("delegate", "bar/2/vaststellen/", {"medical_check": "on", "discussed_on": VISIT.isoformat()}),
        ("delegate", "bar/2/aanbieden/", {}),
        ("uwv_labour_expert", "arbeidsdeskundige/1/schrijven/", {"seen": "1", "advice": "x"}),
        ("labour_expert", "arbeidsdeskundige/1/schrijven/", {"seen": "1", "advice": "x"}),  # it is final
        ("physician", "bar/1/opslaan/areas/", {"seen": "1"}),  # so is this
        ("physician", "bar/1/weggooien/", {}),
        ("employer", f"proces/ziektedagen/{proposal.pk}/", {"decision": "confirm"}),
        ("delegate", "wie-doet-mee/overdragen/", {"person": str(world.people["delegate"].pk)}),
    )
    for who, rest, fields in tries:
        before = rows_of(world.dossier)
        with transaction.atomic():
            answer = browsers[who].post(f"/dossier/{world.number}/{rest}", fields)
            assert rows_of(world.dossier) == before, (who, rest)
            transaction.set_rollback(True)
        assert answer.status_code in {302, 403, 404, 409, 422}, (who, rest, answer.status_code)
    assert set(Assessment.objects.filter(dossier=world.dossier).values_list("number", "status")) == {(1, "final"), (2, "offered")}
    assert LabourReport.objects.get(dossier=world.dossier).status == "final"


HIDDEN = ("diagnosis", "capacity", "explanation", "-employee_view__needs", "dossier__assessments__explanation", "bar", "hash")


def test_a16_no_order_filter_or_search_reaches_a_hidden_field(houses: Houses) -> None:
    """The list of an employer with two dossiers: whatever is asked to order or filter by, it is the list as it always is."""
    browsers = houses.browsers["mine"]
    for who in ("physician", "employer"):
        usual = plain(get_plain(browsers[who], "/"))
        for name, value in itertools.product(("sort", "sorteer", "ordering", "order_by", "o"), HIDDEN if FULL else HIDDEN[:2]):
            assert plain(get_plain(browsers[who], f"/?{name}={value}")) == usual, (who, name, value)
        for query in ("explanation__startswith=K", "dossier__employee_view__contains=KANARIE", "status=final", "role=physician", "e=1"):
            assert plain(get_plain(browsers[who], f"/?{query}")) == usual, (who, query)
    # A word that stands in what the searcher does read elsewhere, one in what nobody reads there, and one that is nowhere: the same nothing.
    words = ("KANARIE", "tillen", "qqqqq")
    found = {plain(get_plain(browsers["physician"], f"/?zoek={word}")).replace(word, "WOORD") for word in words}
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


def changes_nothing(houses: Houses, half: int) -> None:
    """Half of the addresses before and after the hidden acts (all of them with BAR_FULL): byte for byte the same."""
    client = houses.browsers["mine"]["employer"]
    places = ["/", *(address(name, route, houses.mine.number) for name, route, _ in INSIDE if FULL or crc32(name.encode()) % 2 == half)]
    with transaction.atomic():
        before = all_pages(client, places)
        hidden_acts(houses.mine, houses.browsers["mine"])
        after = all_pages(client, places)
        transaction.set_rollback(True)
    assert sum(status == 200 for status, _ in before.values()) > 4
    for where in places:
        assert after[where] == before[where], where


def test_a17_no_count_badge_link_or_empty_state_tells_the_employer_of_what_is_hidden(houses: Houses) -> None:
    changes_nothing(houses, 0)


def test_i9_nothing_of_the_shape_or_size_of_a_page_tells_the_employer_what_happened(houses: Houses) -> None:
    changes_nothing(houses, 1)
