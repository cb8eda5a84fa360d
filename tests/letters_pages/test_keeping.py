"""The own words and the job are kept while typing: the answers to the script, one trail line in a quarter, and nothing lost in a real browser."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from dossiers.models import EmployeeView, JobDemand, JobDescription, TrailLine, WrittenBy
from dossiers.parts import Part
from dossiers.trail import Event
from tests.browsing import Server
from tests.filling.material import FETCH
from tests.filling.test_text_loss import Browse, until
from tests.world import World

SAVED = re.compile(r"Opgeslagen om \d\d:\d\d")
WAITING = "Nog niet opgeslagen. We proberen het opnieuw."


def words_of(world: World) -> EmployeeView | None:
    """What the employee typed, as it is stored."""
    return EmployeeView.objects.filter(dossier=world.dossier, written_by=WrittenBy.EMPLOYEE).first()


def job_of(world: World) -> JobDescription:
    return JobDescription.objects.get(dossier=world.dossier)


def address(world: World, name: str) -> str:
    return reverse(name, args=[world.number])


@pytest.fixture
def quiet_world(bare_world: World) -> World:
    """The employee has not written anything yet."""
    EmployeeView.objects.filter(dossier=bare_world.dossier).delete()
    return bare_world


@pytest.fixture
def employee(quiet_world: World) -> Client:
    return quiet_world.client("employee")


def test_own_words_are_kept_and_what_the_employer_reads_is_drawn_again(quiet_world: World, employee: Client) -> None:
    answer = employee.post(address(quiet_world, "save_own_view"), {"can_do": "Een <b>halve</b> dag.", "seen": "0"}, headers=FETCH)
    told = answer.json()
    assert answer.status_code == 200
    assert (told["saved"], told["version"], told["errors"], told["notes"]) == (True, 1, {}, [])
    assert re.fullmatch(r"\d\d:\d\d", told["saved_at"])
    assert "Een &lt;b&gt;halve&lt;/b&gt; dag." in told["redraw"]["in-letter"]
    row = words_of(quiet_world)
    assert row is not None
    assert row.can_do == "Een <b>halve</b> dag."


def test_a_stale_save_of_own_words_carries_the_other_text_and_stores_nothing(quiet_world: World, employee: Client) -> None:
    where = address(quiet_world, "save_own_view")
    employee.post(where, {"can_do": "Van thuis", "seen": "0"}, headers=FETCH)
    answer = employee.post(where, {"can_do": "Van mijn telefoon", "seen": "0"}, headers=FETCH)
    told = answer.json()
    assert (answer.status_code, told["saved"], told["version"]) == (409, False, 1)
    assert told["theirs"] == {"can_do": "Van thuis", "needs": "", "on_advice": ""}
    assert "ergens anders" in told["sentence"]
    row = words_of(quiet_world)
    assert row is not None
    assert row.can_do == "Van thuis"


@pytest.mark.parametrize("name", ["save_own_view", "change_job"])
def test_a_version_nobody_made_is_stale_and_no_mishap(quiet_world: World, name: str) -> None:
    client = quiet_world.client("employee" if name == "save_own_view" else "employer")
    assert client.post(address(quiet_world, name), {"seen": "7"}, headers=FETCH).status_code == 409


@pytest.mark.parametrize(("who", "name", "field"), [("employee", "save_own_view", "needs"), ("employer", "change_job", "description")])
def test_a_text_that_is_too_long_is_said_at_its_field(quiet_world: World, who: str, name: str, field: str) -> None:
    answer = quiet_world.client(who).post(address(quiet_world, name), {field: "a" * 20_001, "seen": "1"}, headers=FETCH)
    assert answer.status_code == 422
    assert answer.json()["saved"] is False
    assert answer.json()["field"] == field
    assert "te lang" in answer.json()["sentence"]


def test_the_page_that_leaves_knows_its_own_previous_save(quiet_world: World, employee: Client) -> None:
    where = address(quiet_world, "save_own_view")
    employee.post(where, {"can_do": "Eerst", "seen": "0"}, headers=FETCH)
    assert employee.post(where, {"can_do": "Eerst en toen", "seen": "0", "leaving": "1"}, headers=FETCH).status_code == 200
    assert employee.post(where, {"can_do": "Oud", "seen": "0", "leaving": "1"}, headers=FETCH).status_code == 409


@pytest.mark.parametrize(
    ("who", "name", "event", "part"),
    [("employee", "save_own_view", Event.WRITE_VIEW, Part.EMPLOYEE_VIEW), ("employer", "change_job", Event.CHANGE_JOB, Part.JOB)],
)
def test_saving_often_leaves_one_line_in_a_quarter(quiet_world: World, who: str, name: str, event: Event, part: Part) -> None:
    seen = job_of(quiet_world).version if part is Part.JOB else 0
    for number in range(6):
        assert quiet_world.client(who).post(address(quiet_world, name), {"seen": str(seen + number)}, headers=FETCH).status_code == 200
    for code in (event, Event.VISIT):
        lines = TrailLine.objects.filter(event_code=code.value, actor_id=quiet_world.people[who].pk, parts=[part.value])
        quarters = [(row.object_id, row.occurred_at.replace(minute=row.occurred_at.minute // 15, second=0, microsecond=0)) for row in lines]
        assert 0 < len(quarters) == len(set(quarters)), code  # more than one where a quarter turned since the world was made
        assert len({thing for thing, _ in quarters}) <= 2, "the row of the world, that is gone, and the own one"


def test_a_save_that_was_refused_is_not_called_written(quiet_world: World) -> None:
    physician = quiet_world.client("physician")
    before = TrailLine.objects.filter(event_code="write_view").count()
    assert physician.post(address(quiet_world, "save_own_view"), {"can_do": "Niet van mij", "seen": "0"}, headers=FETCH).status_code == 403
    assert quiet_world.client("employee").post(address(quiet_world, "save_own_view"), {"seen": "7"}, headers=FETCH).status_code == 409
    assert TrailLine.objects.filter(event_code="write_view").count() == before


def test_the_job_is_kept_and_a_stale_save_carries_every_field(quiet_world: World) -> None:
    where = address(quiet_world, "change_job")
    answer = quiet_world.client("employer").post(where, {"description": "Dozen pakken.", "demand-d430": "Tot 12 kilo.", "seen": "1"}, headers=FETCH)
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    answer = quiet_world.client("physician").post(where, {"description": "Iets anders.", "seen": "1"}, headers=FETCH)
    assert answer.status_code == 409
    assert answer.json()["theirs"] == {"description": "Dozen pakken.", "demand-d430": "Tot 12 kilo."}
    assert answer.json()["by"] == quiet_world.people["employer"].name
    assert job_of(quiet_world).description == "Dozen pakken."


@pytest.mark.browser
def test_own_words_typed_while_the_server_is_dead_are_saved_when_it_is_back(quiet_world: World, browse: Browse, server: Server) -> None:
    page = browse(quiet_world, "employee", address(quiet_world, "own_view"))
    server.kill()
    page.get_by_label("Wat kan ik?").press_sequentially("Getypt terwijl de server uit stond")
    expect(page.locator("#filling-status")).to_have_text(WAITING)
    assert words_of(quiet_world) is None
    server.start()
    expect(page.locator("#filling-status")).to_have_text(SAVED, timeout=30_000)
    row = words_of(quiet_world)
    assert row is not None
    assert row.can_do == "Getypt terwijl de server uit stond"
    expect(page.locator("#in-letter")).to_contain_text("Getypt terwijl de server uit stond")
    expect(page.get_by_label("Wat kan ik?")).to_be_focused()


@pytest.mark.browser
def test_two_windows_of_the_job_show_both_texts_also_in_a_closed_group(quiet_world: World, browse: Browse) -> None:
    first, second = (browse(quiet_world, who, address(quiet_world, "change_job")) for who in ("employer", "physician"))
    first.locator("[name=demand-d430]").fill("Van de werkgever")
    until(_demand_is(quiet_world, "Van de werkgever"))
    second.locator("[name=demand-d430]").fill("Van de arts")
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("Van de werkgever")
    expect(conflict).to_contain_text("Van de arts")
    conflict.get_by_role("button", name="Mijn tekst houden").click()
    until(_demand_is(quiet_world, "Van de arts"))
    second.get_by_role("button", name="Beschrijving opslaan").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Het werk")


@pytest.mark.browser
def test_own_words_can_still_be_saved_without_script(quiet_world: World, browse: Browse) -> None:
    page: Page = browse(quiet_world, "employee", address(quiet_world, "own_view"), java_script_enabled=False)
    expect(page.locator("#filling-status")).to_be_hidden()
    page.get_by_label("Wat kan ik?").fill("Zonder script")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_text("Uw woorden zijn opgeslagen.")).to_be_visible()
    expect(page.get_by_text("Laatst opgeslagen op")).to_be_visible()


def _demand_is(world: World, text: str) -> Callable[[], bool]:
    return lambda: [row.demand for row in JobDemand.objects.filter(dossier=world.dossier, item="d430")] == [text]
