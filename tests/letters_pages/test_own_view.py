"""The employee's own words: kept, never overwritten unseen, shared only by the employee, shown beforehand as the letter prints them."""

import pytest
from django.utils import timezone

from consent.access import opening
from dossiers.actions.words import note_view
from dossiers.door import write
from dossiers.letter import frozen_core
from dossiers.models import EmployeeView, Letter
from dossiers.parts import Part
from dossiers.rules.letter.document import plain
from dossiers.rules.letter_text import Reader, compose
from dossiers.sections import is_switched_on
from tests.world import SEATED, VISIT, World, fill_in, finalise

WORDS = {"can_do": "Een halve dag <werken>.", "needs": "Rust.\nEn pauzes.", "on_advice": "Het klopt."}


def url(world: World, rest: str = "") -> str:
    return f"/dossier/{world.number}/mijn-visie/{rest}"


def seen(world: World) -> int:
    row = EmployeeView.objects.filter(dossier=world.dossier, written_by="employee").first()
    return row.version if row else 0


@pytest.mark.parametrize("who", SEATED)
def test_this_page_is_the_employees_own(world: World, who: str) -> None:
    client = world.client(who)
    right = 200 if who == "employee" else 403
    assert client.get(url(world)).status_code == right
    assert client.post(url(world, "opslaan/"), {**WORDS, "seen": seen(world)}).status_code == (302 if who == "employee" else 403)
    assert client.post(url(world, "delen/"), {"delen": "ja"}).status_code == (302 if who == "employee" else 403)


def test_what_is_saved_comes_back(world: World) -> None:
    client = world.client("employee")
    assert client.post(url(world, "opslaan/"), {**WORDS, "seen": seen(world)}).status_code == 302
    page = client.get(url(world)).content.decode()
    assert "Een halve dag &lt;werken&gt;." in page
    assert "Uw woorden zijn opgeslagen." in page
    assert page.count("<h1") == 1


def test_everything_may_be_empty_again(world: World) -> None:
    client = world.client("employee")
    assert client.post(url(world, "opslaan/"), {"seen": seen(world)}).status_code == 302
    page = client.get(url(world)).content.decode()
    assert "Dan komt er ook niets van u in de brief." in page


def test_two_windows_lose_nothing(world: World) -> None:
    client = world.client("employee")
    old = seen(world)
    client.post(url(world, "opslaan/"), {**WORDS, "seen": old})
    answer = client.post(url(world, "opslaan/"), {"can_do": "Iets anders.", "needs": "", "on_advice": "", "seen": old})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Iets anders." in page
    assert "Een halve dag &lt;werken&gt;." in page
    assert f'name="seen" value="{old + 1}"' in page
    assert EmployeeView.objects.get(dossier=world.dossier, written_by="employee").can_do == WORDS["can_do"]
    assert client.post(url(world, "opslaan/"), {"can_do": "Iets anders.", "seen": old + 1}).status_code == 302


@pytest.mark.parametrize(
    "bad", [{"seen": ""}, {"seen": "-1"}, {"seen": "x"}, {"seen": "0", "can_do": "a\x00b"}, {"seen": "0", "can_do": "a" * 20_001}]
)
def test_bad_input_is_said_at_the_field_and_nothing_is_lost(bare_world: World, bad: dict[str, str]) -> None:
    before = seen(bare_world)
    answer = bare_world.client("employee").post(url(bare_world, "opslaan/"), {"needs": "Dit blijft staan.", **bad})
    assert answer.status_code == 422
    assert "Dit blijft staan." in answer.content.decode()
    assert seen(bare_world) == before


def test_the_switch_is_the_employees_and_says_what_it_does(world: World) -> None:
    client = world.client("employee")
    client.post(url(world, "opslaan/"), {**WORDS, "seen": seen(world)})
    page = client.get(url(world)).content.decode()
    assert "dit leest de werkgever niet" in page
    assert "Wat al in een brief staat, blijft daar staan." in page
    assert client.post(url(world, "delen/"), {"delen": "misschien"}).status_code == 422
    assert client.post(url(world, "delen/"), {"delen": "ja"}).status_code == 302
    assert is_switched_on(world.dossier, Part.EMPLOYEE_VIEW)
    assert client.post(url(world, "delen/"), {"delen": "ja"}).status_code == 409
    assert "dit leest ook de werkgever" in client.get(url(world)).content.decode()
    assert client.post(url(world, "delen/"), {"delen": "nee"}).status_code == 302
    assert not is_switched_on(world.dossier, Part.EMPLOYEE_VIEW)


@pytest.mark.parametrize("noted", [False, True])
def test_the_preview_is_what_the_letter_prints(bare_world: World, noted: bool) -> None:
    client = bare_world.client("employee")
    client.post(url(bare_world, "opslaan/"), {**WORDS, "seen": seen(bare_world)})
    if noted:
        with opening(bare_world.people["physician"], bare_world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True) as opened:
            note_view(opened, value={"can_do": "Bellen gaat goed.", "needs": "", "on_advice": ""})
    client.post(url(bare_world, "delen/"), {"delen": "ja"})
    response = client.get(url(bare_world))
    preview = response.context["preview"]
    fill_in(bare_world, VISIT)
    finalise(bare_world, VISIT)
    letter = compose(frozen_core(Letter.objects.get(dossier=bare_world.dossier)), Reader.EMPLOYER)
    (section,) = [section for section in letter.sections if plain(section.heading) == plain(preview.heading)]
    assert section.blocks[:2] == preview.blocks  # after these only the physician's answer may stand


def test_noted_words_stand_beside_with_their_writer(world: World) -> None:
    with opening(world.people["physician"], world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True, at=timezone.now()) as opened:
        note_view(opened, value={"can_do": "Bellen gaat goed.", "needs": "", "on_advice": ""})
    page = world.client("employee").get(url(world)).content.decode()
    assert "Opgeschreven door Anna Arts" in page
    assert "Bellen gaat goed." in page


def test_the_page_names_who_reads_these_words_today(world: World) -> None:
    page = world.client("employee").get(url(world)).content.decode()
    readers = page[page.index("zichtbaar voor:") :][:600]
    for name in ("Anna Arts", "Dirk Delegaat", "Els Expert"):
        assert name in readers
    assert "Gerda Gever" not in readers
