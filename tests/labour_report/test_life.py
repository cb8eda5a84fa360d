"""The life of a labour report through the front door: begun, kept, offered, put right, final, released; and every refusal."""

import datetime as dt
from collections.abc import Mapping

import pytest
from django.test import Client
from django.utils import timezone

from consent.access import opening
from dossiers.actions import letters
from dossiers.actions.promises import do_outbox_by_clock, sweep_by_clock
from dossiers.door import Touch
from dossiers.models import LabourReport, Letter, Notice, Outbox, ReportDemand, ReportFunction, ReportRemark, TrailLine
from dossiers.parts import Act, Part
from dossiers.pdf import RenderFailed
from dossiers.rules.working_days import add_working_days
from dossiers.stored_pdf import read_pdf
from tests.labour_report.material import (
    TYPED,
    drafted,
    finalised,
    html,
    offer,
    offered,
    post,
    read_in_time,
    released,
    report_of,
    save,
    url,
)
from tests.world import World

READERS = ("employee", "employer", "physician", "delegate", "insurance_physician", "uwv_labour_expert", "labour_expert")


def told(world: World, reason: str) -> set[str]:
    """Who was told of something, by their part in the cast."""
    names = {person.pk: who for who, person in world.people.items()}
    return {names[pk] for pk in Notice.objects.filter(dossier=world.dossier, reason=reason).values_list("person_id", flat=True)}


def remark(world: World, text: str = "Ik werk niet bij de inpak.") -> ReportRemark:
    post(world.client("employee"), url(world, "ask_labour_remark", 1), text=text)
    return ReportRemark.objects.get(report=report_of(world), state="open")


def answered(world: World, row: ReportRemark, status: int = 302, **reply: str) -> str:
    where = url(world, "answer_labour_remark", 1, row.pk)
    return post(world.client("labour_expert"), where, status, **{f"{row.pk}-{name}": text for name, text in reply.items()})


def withdraw_letter(world: World) -> None:
    touch = Touch(Part.LETTERS, Act.WITHDRAW_LETTER)
    with opening(world.people["physician"], world.number, needs=touch, writing=True) as opened:
        letters.withdraw_letter(opened, letter=Letter.objects.get(dossier=world.dossier), reason="Verkeerde uren.")


def test_a_report_is_begun_written_offered_read_made_final_and_read_by_everybody(world: World) -> None:
    expert = released(world)
    found = report_of(world)
    assert (found.status, found.core_hash != "", found.released_at is not None) == ("final", True, True)
    files = set()
    for who in READERS:
        client = expert if who == "labour_expert" else world.client(who)
        page = html(client, url(world, "labour_report", 1))
        assert "Het eigen werk past met aanpassingen." in page, who
        assert "Dozen van 8 kilo tillen." in page, who
        answer = client.get(url(world, "labour_report_pdf", 1))
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store"), who
        assert answer["Content-Disposition"] == f'attachment; filename="rapport-arbeidsdeskundige-1-{timezone.localdate().isoformat()}.pdf"'
        files.add(answer.content)
    assert len(files) == 1, "the same bytes for everybody"
    assert TrailLine.objects.filter(event_code="download_report").count() == len(READERS)
    assert told(world, "report_released") == {"employee", "employer", "physician"}
    lines = TrailLine.objects.filter(dossier_id=world.dossier.pk, object_type="labour_report").order_by("seq")
    steps = [line.event_code for line in lines if line.event_code not in {"save_report", "start_report", "render_report", "download_report"}]
    assert steps == ["offer_report", "medical_check", "finalise_report", "release_report"]


# Who reads a report in which state; everybody else gets "not found", as for a report that does not exist.
STATES = {
    "draft": {"labour_expert"},
    "offered": {"labour_expert", "employee"},
    "final": {"labour_expert"},
    "released": set(READERS),
}


def test_who_reads_a_report_in_which_state(world: World) -> None:
    expert = drafted(world)
    clients = {who: world.client(who) for who in READERS if who != "labour_expert"} | {"labour_expert": expert}
    _reads_and_not(world, clients, "draft")
    offer(expert, world)
    _reads_and_not(world, clients, "offered")
    read_in_time(world)
    post(expert, url(world, "finalise_labour_report", 1), medical_check="on")
    _reads_and_not(world, clients, "final")
    sweep_by_clock(now=timezone.now())
    _reads_and_not(world, clients, "released")


def _reads_and_not(world: World, clients: Mapping[str, Client], state: str) -> None:
    for who, client in clients.items():
        reads = who in STATES[state]
        answer = client.get(url(world, "labour_report", 1))
        assert answer.status_code == ((302 if state == "draft" else 200) if reads else 404), (state, who)
        assert client.get(url(world, "labour_report_pdf", 1)).status_code == (200 if state == "released" else 404), (state, who)
        if who in {"employee", "employer"}:
            listed = html(client, url(world, "labour_reports"))
            assert ("Rapport 1" in listed) is reads, (state, who)
            assert ("Els Expert" in listed) is reads, (state, who)


def test_the_employer_learns_of_the_expert_with_the_report_and_of_no_other_expert(world: World) -> None:
    pages = [url(world, name) for name in ("overview", "people", "labour_reports", "process")]
    finalised(world)
    employer = world.client("employer")
    for page in pages:
        assert "Els Expert" not in html(employer, page), page
    assert 'href="' + url(world, "labour_reports") not in html(employer, url(world, "overview"))
    sweep_by_clock(now=timezone.now())
    assert "Els Expert" in html(employer, url(world, "people"))
    assert "Els Expert" in html(employer, url(world, "overview"))
    assert 'href="' + url(world, "labour_reports") in html(employer, url(world, "overview"))
    for page in pages:
        text = html(employer, page)
        assert "Vera Verzekeringsarts" not in text, page
        assert "Udo Uitvoering" not in text, page


def test_the_term_is_that_of_a_bar_and_only_its_end_lets_the_expert_finalise(world: World) -> None:
    expert = offered(world)
    found = report_of(world)
    assert found.term_until == add_working_days(timezone.localdate(), 2)
    assert "Dan hoeft u niets te doen" in html(world.client("employee"), url(world, "labour_report", 1))
    assert told(world, "report_offered") == {"employee"}
    assert "nog tijd om te lezen" in post(expert, url(world, "finalise_labour_report", 1), 422, medical_check="on")
    LabourReport.objects.filter(pk=found.pk).update(term_until=timezone.localdate())
    assert "nog tijd om te lezen" in post(expert, url(world, "finalise_labour_report", 1), 422, medical_check="on")
    read_in_time(world)
    assert "Zet daarna het vinkje" in post(expert, url(world, "finalise_labour_report", 1), 422)
    post(expert, url(world, "finalise_labour_report", 1), medical_check="on")
    assert report_of(world).medical_check_by == world.people["labour_expert"]


def test_what_is_adapted_becomes_a_draft_and_is_offered_again(world: World) -> None:
    expert = offered(world)
    row = remark(world)
    assert told(world, "report_remark") == {"labour_expert"}
    read_in_time(world)
    assert "Geef daar eerst antwoord op" in post(expert, url(world, "finalise_labour_report", 1), 422, medical_check="on")
    answered(world, row, reply="adapt", reason="")
    found = report_of(world)
    assert (found.status, found.core, found.offered_at, found.letter) == ("draft", None, None, None)
    assert world.client("employee").get(url(world, "labour_report", 1)).status_code == 404
    assert "niet weggooien" in post(expert, url(world, "discard_labour_report", 1), 422)
    save(expert, world, {**TYPED, "f1-title": "Orderpicker"})
    offer(expert, world)
    page = html(world.client("employee"), url(world, "labour_report", 1))
    assert "Orderpicker" in page
    assert "Inpakker" not in page
    assert "aangepast" in page


def test_what_is_declined_has_a_reason_that_the_employee_reads_and_the_employer_does_not(world: World) -> None:
    expert = offered(world)
    row = remark(world, "Ik til nooit 8 kilo.")
    assert "Schrijf op waarom" in answered(world, row, 422, reply="decline", reason="")
    assert "Kies wat u hiermee doet" in answered(world, row, 422, reply="", reason="Typte ik al.")
    answered(world, row, reply="decline", reason="De werkgever gaf dit gewicht op.")
    assert "De werkgever gaf dit gewicht op." in html(world.client("employee"), url(world, "labour_report", 1))
    assert "employee" in told(world, "report_remark")
    assert "al antwoord gegeven" in answered(world, row, 409, reply="decline", reason="Nog eens.")
    read_in_time(world)
    post(expert, url(world, "finalise_labour_report", 1), medical_check="on")
    sweep_by_clock(now=timezone.now())
    for who in ("employer", "physician"):
        page = html(world.client(who), url(world, "labour_report", 1))
        assert "Ik til nooit" not in page, who
        assert "gaf dit gewicht op" not in page, who
    assert "Ik til nooit" not in str(report_of(world).core)


def test_only_the_employee_says_what_is_not_right_and_only_while_it_is_offered(world: World) -> None:
    drafted(world)
    employee = world.client("employee")
    assert employee.post(url(world, "ask_labour_remark", 1), {"text": "Te vroeg"}).status_code == 404
    offer(world.client("labour_expert"), world)
    assert world.client("physician").post(url(world, "ask_labour_remark", 1), {"text": "Ik ook"}).status_code == 404
    assert world.client("labour_expert").post(url(world, "ask_labour_remark", 1), {"text": "Ik ook"}).status_code == 403
    assert "Schrijf op wat er niet klopt" in post(employee, url(world, "ask_labour_remark", 1), 422, text="")
    assert "stuurteken" in post(employee, url(world, "ask_labour_remark", 1), 422, text="a\0b")
    read_in_time(world)
    post(world.client("labour_expert"), url(world, "finalise_labour_report", 1), medical_check="on")
    sweep_by_clock(now=timezone.now())
    assert "niet meer open" in post(employee, url(world, "ask_labour_remark", 1), 409, text="Te laat, maar dit typte ik.")


def test_a_report_with_gaps_is_not_offered(world: World) -> None:
    expert = drafted(world, answers="", advice="")
    page = html(expert, url(world, "offer_labour_report", 1))
    assert "Geef antwoord op wat u is gevraagd." in page
    assert "Schrijf uw advies op." in page
    assert "De werknemer laten lezen" not in page
    assert "nog niet klaar" in offer(expert, world, 422)
    save(expert, world, {**TYPED, "f1-hours": "veel"}, status=422)
    assert "Er klopt nog iets niet" in offer(expert, world, 422)
    assert not ReportFunction.objects.exists()


def test_what_was_changed_after_the_last_look_is_looked_at_again(world: World) -> None:
    expert = drafted(world)
    seen = report_of(world).saves
    save(expert, world, {**TYPED, "advice": "Iets anders."})
    assert "intussen veranderd" in post(expert, url(world, "offer_labour_report", 1), 409, seen=str(seen))


def test_without_a_letter_a_report_can_be_written_and_not_offered(world: World) -> None:
    withdraw_letter(world)
    expert = drafted(world, **{"f1-d430-fit": "fits"})
    assert "een brief van de bedrijfsarts kunnen lezen" in html(expert, url(world, "offer_labour_report", 1))
    assert "een brief van de bedrijfsarts kunnen lezen" in offer(expert, world, 422)


def test_a_letter_that_is_withdrawn_meanwhile_sends_the_report_back(world: World) -> None:
    expert = offered(world)
    read_in_time(world)
    withdraw_letter(world)
    assert "een brief van de bedrijfsarts kunnen lezen" in post(expert, url(world, "finalise_labour_report", 1), 422, medical_check="on")
    assert "Neem het rapport terug" in html(expert, url(world, "labour_report", 1))
    post(expert, url(world, "take_back_labour_report", 1))
    assert report_of(world).status == "draft"


def test_a_failed_pdf_is_seen_by_its_writer_only_and_made_once_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def jam(_core: object) -> bytes:
        raise RenderFailed("stuk")

    with monkeypatch.context() as jammed:
        jammed.setattr("dossiers.actions.labour_release.render_report_pdf", jam)
        expert = finalised(world)
        promise = Outbox.objects.get(kind="labour_report")
        for attempt in range(5):
            do_outbox_by_clock(promise.pk, now=timezone.now() + dt.timedelta(hours=attempt))
    found = report_of(world)
    assert (found.status, found.pdf_state, found.released_at) == ("final", "failed", None)
    assert "kon niet worden gemaakt" in html(expert, url(world, "labour_report", 1))
    assert world.client("employee").get(url(world, "labour_report", 1)).status_code == 404
    post(expert, url(world, "retry_labour_report", 1))
    assert expert.post(url(world, "retry_labour_report", 1)).status_code == 409
    sweep_by_clock(now=timezone.now())
    assert report_of(world).released_at is not None
    assert read_pdf(report_of(world)).startswith(b"%PDF")
    trail = html(world.client("employee"), url(world, "trail"))
    assert "kon een rapport niet maken (5 keer)" in trail
    assert "heeft een rapport opnieuw laten maken" in trail


def test_two_workers_release_a_report_once(world: World) -> None:
    released(world)
    promise = Outbox.objects.get(kind="labour_report")
    Outbox.objects.filter(pk=promise.pk).update(done_at=None, next_at=timezone.now())
    before = report_of(world).released_at
    assert do_outbox_by_clock(promise.pk, now=timezone.now())
    assert report_of(world).released_at == before
    assert TrailLine.objects.filter(event_code="release_report").count() == 1


def test_one_report_at_a_time_and_the_next_has_the_next_number(world: World) -> None:
    expert = drafted(world)
    assert expert.post(url(world, "start_labour_report")).status_code == 409
    assert "Rapport beginnen" not in html(expert, url(world, "labour_reports"))
    post(expert, url(world, "discard_labour_report", 1))
    assert not LabourReport.objects.exists()
    released(world)
    assert post(expert, url(world, "start_labour_report")).endswith("/2/schrijven/")


def test_nobody_else_writes_a_report(world: World) -> None:
    drafted(world)
    for who in READERS:
        client = world.client(who)
        if who == "labour_expert":
            continue
        for name in ("write_labour_report", "offer_labour_report", "finalise_labour_report", "take_back_labour_report", "retry_labour_report"):
            assert client.post(url(world, name, 1), {"seen": "1"}).status_code == 403, (who, name)
        assert client.post(url(world, "start_labour_report")).status_code == 403, who
    assert report_of(world).saves == 1


def test_rows_say_what_was_typed(world: World) -> None:
    offered(world)
    found = report_of(world)
    (function,) = found.functions.all()
    assert (found.own_work, found.second_track, function.title) == ("with_adaptations", "not_now", "Inpakker")
    assert function.hours == 24
    demands = {row.item: (row.fit, row.demand, row.reason) for row in ReportDemand.objects.filter(function=function)}
    assert demands == {
        "d430": ("with_condition", "Dozen van 8 kilo tillen.", "Met een tilhulp blijft het onder 5 kilo."),
        "d450": ("fits", "De hele dag lopen.", ""),
    }
