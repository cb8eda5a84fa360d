""" "Dit klopt niet": the employee says so of any final document, the physician answers within a month, and an own statement stands beside it."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from dossiers.actions.reminders import remind_by_clock
from dossiers.models import Assessment, DocumentRequest, Letter, Notice, TrailLine
from dossiers.models.requests import DocumentKind
from dossiers.parts import Act, Role
from dossiers.queries import PART_OF
from dossiers.rules.requests import days_left_words, due_on
from dossiers.statements import READERS
from tests.access.test_table import EXPECTED
from tests.requests.material import ask, page, post, reports
from tests.world import SEATED, VISIT, World, fill_in, offer

TEXT = "Er staat dat ik vijf kilo til. Het is drie kilo."
OWN = "Ik til hooguit drie kilo, zei ik in het gesprek."


def told(who: Any) -> list[str]:
    return list(Notice.objects.filter(person=who).order_by("made_at").values_list("reason", flat=True))


def events(world: World) -> list[str]:
    return list(TrailLine.objects.filter(dossier_id=world.dossier.pk, object_type="request").order_by("seq").values_list("event_code", flat=True))


# --- asking ----------------------------------------------------------------------------------------


@pytest.fixture
def documents(world: World) -> dict[DocumentKind, tuple[str, uuid.UUID]]:
    return reports(world)


def readers_of(kind: DocumentKind) -> list[str]:
    return sorted({role.value for role, touch in EXPECTED if touch == (PART_OF[kind], Act.READ)})


def test_every_final_document_has_the_way_to_say_so(world: World, documents: dict[DocumentKind, tuple[str, uuid.UUID]]) -> None:
    for kind, (where, pk) in documents.items():
        asks = f"/dossier/{world.number}/dit-klopt-niet/{kind.value}/{pk}/"
        assert f'href="{asks}"' in page(world, "employee", where)
        for who in set(readers_of(kind)) - {"employee"}:
            assert "dit-klopt-niet" not in page(world, who, where), who
        assert post(world, "employee", asks, text=TEXT).status_code == 302
    asked = set(DocumentRequest.objects.values_list("document", "document_id", "state"))
    assert asked == {(kind.value, pk, "open") for kind, (_, pk) in documents.items()}
    assert told(world.people["physician"]).count("request_made") == len(documents)
    assert events(world) == ["ask_request"] * len(documents)


def test_who_will_read_it_and_when_there_is_an_answer_is_said_before(world: World) -> None:
    where = f"dit-klopt-niet/version/{world.dossier.assessments.get().pk}/"
    text = page(world, "employee", where)
    assert "Uw werkgever leest het niet." in text
    assert "uiterlijk op" in text


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_the_words_on_who_reads_a_statement_follow_the_table(kind: DocumentKind) -> None:
    reads = {role for (role, touch), _ in EXPECTED.items() if touch == (PART_OF[kind], Act.READ)}
    assert ("Uw werkgever leest het niet" not in READERS[kind]) is (Role.EMPLOYER in reads)
    assert ("taakgedelegeerde" in READERS[kind]) is (Role.DELEGATE in reads)
    assert ("deskundige aan wie u ja zegt" in READERS[kind]) is (Role.UWV_LABOUR_EXPERT in reads)


def test_only_of_what_is_final_and_known(world: World) -> None:
    fill_in(world, VISIT.replace(month=3))
    offer(world, VISIT.replace(month=3))
    offered = Assessment.objects.get(dossier=world.dossier, status="offered")
    assert "dit-klopt-niet" not in page(world, "employee", f"bar/{offered.number}/")
    for kind, pk in (
        ("version", offered.pk),
        ("letter", offered.pk),
        ("version", uuid.uuid4()),
        ("brief", offered.pk),
        ("labour_report", uuid.uuid4()),
    ):
        assert world.client("employee").get(f"/dossier/{world.number}/dit-klopt-niet/{kind}/{pk}/").status_code == 404


@pytest.mark.parametrize("who", SEATED)
def test_who_reads_and_who_asks(world: World, who: str) -> None:
    version = world.dossier.assessments.get().pk
    assert world.client(who).get(f"/dossier/{world.number}/verzoeken/").status_code == (200 if who in {"employee", "physician", "delegate"} else 403)
    assert post(world, who, f"dit-klopt-niet/version/{version}/", text=TEXT).status_code == (302 if who == "employee" else 403)
    assert DocumentRequest.objects.count() == (who == "employee")


@pytest.mark.parametrize(
    "values", [{"text": ""}, {"text": "a\x00b"}, {"text": "x" * 30_000}, {"text": TEXT, "shown": "on"}, {"text": TEXT, "statement": "a\x00b"}]
)
def test_bad_input_stores_nothing_and_loses_nothing(world: World, values: dict[str, str]) -> None:
    answer = post(world, "employee", f"dit-klopt-niet/version/{world.dossier.assessments.get().pk}/", **values)
    assert answer.status_code == 422
    assert not DocumentRequest.objects.exists()
    if values["text"] == TEXT:
        assert TEXT in answer.content.decode()


# --- the term ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "due"),
    [("2026-03-03", "2026-04-03"), ("2026-01-31", "2026-02-28"), ("2028-01-30", "2028-02-29"), ("2026-12-15", "2027-01-15")],
)
def test_an_answer_is_due_within_a_month(asked: str, due: str) -> None:
    assert due_on(dt.date.fromisoformat(asked)) == dt.date.fromisoformat(due)


def test_the_days_that_are_left_are_said() -> None:
    day = dt.date(2026, 4, 3)
    words = [days_left_words(day, day - dt.timedelta(days=left)) for left in (5, 1, 0, -1)]
    assert words == ["nog 5 dagen", "nog 1 dag", "vandaag is de laatste dag", "de termijn is voorbij"]


def test_the_physician_is_reminded_once_a_week_before(world: World) -> None:
    row = ask(world, TEXT)
    noon = timezone.make_aware(dt.datetime.combine(row.due_on, dt.time(12)))
    physician = world.people["physician"]
    assert remind_by_clock(now=noon - dt.timedelta(days=8)) == 0
    assert remind_by_clock(now=noon - dt.timedelta(days=7)) == 1
    assert remind_by_clock(now=noon) == 0
    assert told(physician).count("request_due") == 1
    line = TrailLine.objects.get(dossier_id=world.dossier.pk, event_code="remind")
    assert (line.actor_id, line.object_type, line.parts) == (None, "request", ["requests"])


def test_nobody_is_reminded_of_what_was_answered(world: World) -> None:
    row = ask(world, TEXT)
    post(world, "physician", f"verzoeken/{row.pk}/antwoord/", reply="declined", reason="Zo is het gezegd.")
    assert remind_by_clock(now=timezone.now() + dt.timedelta(days=40)) == 0


def test_a_late_answer_is_shown_as_late(world: World) -> None:
    row = ask(world, TEXT)
    after = timezone.make_aware(dt.datetime.combine(row.due_on + dt.timedelta(days=1), dt.time(12)))
    with time_machine.travel(after, tick=False):
        assert "de termijn is voorbij" in page(world, "employee", "verzoeken/")


# --- the answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reply", "words"), [("adapted", "aangepast"), ("declined", "niet aangepast")])
def test_the_physician_answers_with_a_reason_either_way(world: World, reply: str, words: str) -> None:
    row = ask(world, TEXT)
    where = f"verzoeken/{row.pk}/antwoord/"
    assert post(world, "physician", where, reply=reply).status_code == 422
    assert post(world, "delegate", where, reply=reply, reason="Ja.").status_code == 403
    assert post(world, "employee", where, reply=reply, reason="Ja.").status_code == 403
    assert post(world, "physician", where, reply=reply, reason="Dat staat er nu.").status_code == 302
    assert told(world.people["employee"]).count("request_answered") == 1
    text = page(world, "employee", "verzoeken/")
    assert words in text
    assert "Dat staat er nu." in text
    again = post(world, "physician", where, reply="declined", reason="Nog een keer getypt.")
    assert again.status_code == 422
    assert "Nog een keer getypt." in again.content.decode()
    assert DocumentRequest.objects.get().state == reply


def test_a_request_about_the_insurance_physician_is_not_named_to_the_delegate(
    world: World, documents: dict[DocumentKind, tuple[str, uuid.UUID]]
) -> None:
    _, pk = documents[DocumentKind.INSURANCE_REPORT]
    post(world, "employee", f"dit-klopt-niet/insurance_report/{pk}/", text=TEXT)
    assert TEXT in page(world, "physician", "verzoeken/")
    assert TEXT not in page(world, "delegate", "verzoeken/")


# --- the statement ----------------------------------------------------------------------------------


def test_a_statement_stands_with_the_document_for_its_readers_only_when_shown(
    world: World, documents: dict[DocumentKind, tuple[str, uuid.UUID]]
) -> None:
    for kind, (where, pk) in documents.items():
        own = f"{OWN} Over {kind.value}."
        post(world, "employee", f"dit-klopt-niet/{kind.value}/{pk}/", text=TEXT, statement=own)
        row = DocumentRequest.objects.get(document=kind)
        change = f"verzoeken/{row.pk}/verklaring/"
        assert not [who for who in readers_of(kind) if own in page(world, who, where)]
        assert post(world, "employee", change, statement=own, shown="on").status_code == 302
        for who in readers_of(kind):
            text = page(world, who, where)
            assert own in text, (kind, who)
            assert TEXT not in text, (kind, who)
        assert post(world, "employee", change, statement=own).status_code == 302
        assert own not in page(world, "physician", where)
    assert events(world) == ["ask_request", *["attach_statement"] * 3] * len(documents)


def test_a_statement_on_one_document_stands_with_no_other(world: World, documents: dict[DocumentKind, tuple[str, uuid.UUID]]) -> None:
    post(world, "employee", f"dit-klopt-niet/version/{documents[DocumentKind.VERSION][1]}/", text=TEXT, statement=OWN, shown="on")
    assert OWN not in page(world, "employer", documents[DocumentKind.LETTER][0])
    assert OWN not in page(world, "employer", "")


def test_after_a_decline_a_statement_can_still_be_added(world: World) -> None:
    row = ask(world, TEXT)
    post(world, "physician", f"verzoeken/{row.pk}/antwoord/", reply="declined", reason="Zo is het gezegd.")
    assert "Eigen verklaring toevoegen" in page(world, "employee", "verzoeken/")
    assert post(world, "employee", f"verzoeken/{row.pk}/verklaring/", statement=OWN).status_code == 302
    assert OWN in page(world, "physician", "verzoeken/")
    assert post(world, "physician", f"verzoeken/{row.pk}/verklaring/", statement="Van een ander.").status_code == 403


def test_the_letter_itself_does_not_change(world: World) -> None:
    letter = Letter.objects.get(dossier=world.dossier)
    before = (letter.core, letter.core_hash)
    post(world, "employee", f"dit-klopt-niet/letter/{letter.pk}/", text=TEXT, statement=OWN, shown="on")
    letter.refresh_from_db()
    assert (letter.core, letter.core_hash) == before


def test_the_words_are_sealed_in_the_database(world: World) -> None:
    row = ask(world, TEXT, OWN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM dossiers_documentrequest AS t WHERE id = %s", [row.pk])
        stored = cursor.fetchone()[0]
    assert "kilo" not in stored


@pytest.mark.parametrize("kind", list(DocumentKind))
def test_what_waits_is_asked_of_the_physician_and_never_of_who_may_not_know_the_document(
    world: World, documents: dict[DocumentKind, tuple[str, uuid.UUID]], kind: DocumentKind
) -> None:
    post(world, "employee", f"dit-klopt-niet/{kind.value}/{documents[kind][1]}/", text=TEXT)
    told_of_it = "de werknemer zegt dat iets niet klopt"
    assert told_of_it in page(world, "physician", "")
    assert told_of_it not in page(world, "delegate", "")
    assert TEXT in page(world, "physician", "verzoeken/")
    assert (TEXT in page(world, "delegate", "verzoeken/")) is ("delegate" in readers_of(kind))
