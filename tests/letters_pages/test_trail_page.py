"""Who has looked, in plain words: every visit and act, refusals too, folded by day, and no stranger's name."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from dossiers.models import TrailLine
from dossiers.trail import Event, Line, Outcome, write_now
from dossiers.trail_words import Filter, folded, spoken
from tests.world import SEATED, World


def url(world: World, query: str = "") -> str:
    return f"/dossier/{world.number}/wie-heeft-gekeken/{query}"


def page_of(world: World, who: str = "employee", query: str = "") -> str:
    response = world.client(who).get(url(world, query))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("who", SEATED)
def test_employee_and_physician_read_it(world: World, who: str) -> None:
    assert world.client(who).get(url(world)).status_code == (200 if who in {"employee", "physician"} else 403)


def test_a_visit_is_told_with_who_and_what(world: World) -> None:
    world.client("labour_expert").get(f"/dossier/{world.number}/brieven/")
    assert "<strong>Els Expert, Bureau De Proef (arbeidsdeskundige)</strong> heeft gekeken bij ‘Brieven’" in page_of(world)


def test_parts_have_the_readers_own_words(world: World) -> None:
    world.client("insurance_physician").get(f"/dossier/{world.number}/bar/1/")
    assert "‘Wat u kunt op uw werk’" in page_of(world)
    assert "‘Belastbaarheid’" in page_of(world, "physician")


def test_a_refusal_is_told_and_a_stranger_stays_nameless(world: World) -> None:
    assert world.client("employer").get(url(world)).status_code == 403
    assert world.client("outsider").get(f"/dossier/{world.number}/").status_code == 404
    page = page_of(world)
    assert "<strong>Gerda Gever, Werkgever De Proef (werkgever)</strong> wilde kijken bij ‘Wie heeft gekeken’" in page
    assert "<strong>Iemand zonder plaats in dit dossier</strong> wilde kijken" in page
    assert "Bo Buitenstaander" not in page
    assert str(world.people["outsider"].pk) not in page
    asked = world.client("physician").get(url(world, f"?wie={world.people['outsider'].pk}"))
    assert asked.status_code == 422
    assert "Bo Buitenstaander" not in asked.content.decode()


def test_looking_at_the_trail_is_a_line_too(world: World) -> None:
    page_of(world, "physician")
    assert "Anna Arts, Arbodienst De Proef (bedrijfsarts)</strong> heeft gekeken bij ‘Wie heeft gekeken’" in page_of(world)


def test_looks_of_one_day_are_one_line(world: World) -> None:
    for _ in range(3):
        world.client("employer").get(f"/dossier/{world.number}/brieven/")
    page = page_of(world)
    assert "heeft gekeken bij ‘Brieven’ (3 keer)" in page
    assert page.count("Gerda Gever, Werkgever De Proef (werkgever)</strong> heeft gekeken bij ‘Brieven’") == 1


def test_the_reader_is_u_and_the_verb_follows(world: World) -> None:
    page_of(world)
    assert "<strong>U</strong> heeft gekeken bij ‘Wie heeft gekeken’" in page_of(world)
    own = page_of(world, "physician")
    assert "<strong>U</strong> bent begonnen met een nieuwe versie" in own


def test_the_system_and_people_who_are_gone_have_words(world: World) -> None:
    who = uuid.uuid4()
    write_now(Line(Event.VISIT, actor_id=who, actor_role="delegate", dossier_id=world.dossier.pk, parts=("letters",)))
    write_now(Line(Event.RENDER, outcome=Outcome.ERROR, actor_role="worker", dossier_id=world.dossier.pk, parts=("letters",)))
    page = page_of(world)
    assert "Iemand van wie de gegevens zijn verwijderd (taakgedelegeerde)" in page
    assert "<strong>Dit systeem</strong> kon een brief niet maken" in page
    assert "Iemand van wie de gegevens zijn verwijderd" in page_of(world, query=f"?wie={who}")


def test_every_event_has_a_sentence(world: World) -> None:
    for event in Event:
        write_now(Line(event, actor_id=world.people["delegate"].pk, actor_role="delegate", dossier_id=world.dossier.pk, parts=("letters",)))
    days = spoken(folded(world.dossier.pk, Filter()), dossier_id=world.dossier.pk, reader_id=world.people["employee"].pk, plain=True)
    told = " ".join(line.what for day in days for line in day.lines)
    for event in set(Event) - {Event.VISIT, Event.REFUSED}:
        assert event.label in told


def test_one_person_and_a_period_can_be_chosen(world: World) -> None:
    world.client("employer").get(f"/dossier/{world.number}/brieven/")
    page = page_of(world, query=f"?wie={world.people['employer'].pk}")
    assert "<strong>Gerda Gever" in page
    assert "<strong>Anna Arts" not in page
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert "Niets gevonden" in page_of(world, query=f"?tot={yesterday.isoformat()}")


@pytest.mark.parametrize("query", ["?wie=iemand", "?van=31-2-2026", "?van=2026-03-02&tot=2026-03-01"])
def test_a_wrong_question_is_said_at_the_field(world: World, query: str) -> None:
    response = world.client("employee").get(url(world, query))
    assert response.status_code == 422
    assert "Er klopt iets niet" in response.content.decode()


def test_a_long_trail_has_pages(world: World) -> None:
    for _ in range(60):
        write_now(Line(Event.VISIT, actor_id=uuid.uuid4(), actor_role="delegate", dossier_id=world.dossier.pk, parts=("letters",)))
    first = page_of(world)
    assert "pagina=2" in first
    assert "1–50 van" in first
    assert 'rel="prev"' in page_of(world, query="?pagina=2")
    for odd in ("?pagina=x", "?pagina=-1", "?pagina=999999999999"):
        assert page_of(world, query=odd)


def test_only_this_dossier(world: World) -> None:
    other = TrailLine.objects.exclude(dossier_id=world.dossier.pk).filter(dossier_id__isnull=False).count()
    assert other > 0
    counted = sum(row["times"] for row in folded(world.dossier.pk, Filter()))
    assert counted == TrailLine.objects.filter(dossier_id=world.dossier.pk).count()
