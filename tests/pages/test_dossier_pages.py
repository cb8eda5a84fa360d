"""Overview, process and job: what each role reads there, and what the forms do."""

import datetime as dt

import pytest
from django.utils import timezone

from dossiers.models import AbsenceProposal, JobDescription
from dossiers.models.dossier import ProposalState
from dossiers.parts import Part
from tests.world import World, canary, fill_in, make_world, offer

TODAY = timezone.localdate
EMPLOYMENT = {"job_title": "Planner", "hours_per_week": "24,5", "contract": "permanent", "contract_end": ""}


def read(world: World, who: str, path: str = "") -> str:
    answer = world.client(who).get(f"/dossier/{world.number}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


# --- overview ------------------------------------------------------------------------------------


def test_the_physician_reads_capacity_and_the_employer_does_not(world: World) -> None:
    assert canary(Part.CAPACITY, "niet in brief") in read(world, "physician")
    assert canary(Part.CAPACITY, "niet in brief") not in read(world, "employer")


@pytest.mark.parametrize("path", ["", "proces/", "werk/"])
def test_the_employer_meets_no_canary_and_no_expert(world: World, path: str) -> None:
    text = read(world, "employer", path)
    for words in ("KANARIE", "Vera Verzekeringsarts", "Els Expert", "Udo Uitvoering"):
        assert words not in text


def test_experts_do_not_learn_of_each_other(world: World) -> None:
    text = read(world, "labour_expert")
    assert "Els Expert" in text
    assert "Vera Verzekeringsarts" not in text
    assert canary(Part.CAPACITY, "niet in brief") in text


def test_the_employee_reads_the_newest_letter_in_two_sentences(db: None) -> None:
    world = make_world(shares=False, render=True)
    text = read(world, "employee")
    assert "Waar sta ik?" in text
    assert "Werken kan weer voor een deel." in text
    assert "U bent in week" in text


def test_a_letter_that_is_not_ready_is_not_mentioned_to_the_employee(world: World) -> None:
    assert "Er is nog geen brief." in read(world, "employee")
    assert "Er is nog geen brief" in read(world, "employer")


def test_a_draft_is_on_the_physicians_overview_only(bare_world: World) -> None:
    fill_in(bare_world, TODAY())
    assert "concept" in read(bare_world, "physician")
    for who in ("employee", "employer"):
        assert "concept" not in read(bare_world, who)


def test_an_offered_version_asks_the_employee_to_read(bare_world: World) -> None:
    fill_in(bare_world, TODAY())
    offer(bare_world, TODAY())
    assert "Lees het nieuwe advies en de brief." in read(bare_world, "employee")
    assert "Lees het nieuwe advies" not in read(bare_world, "employer")


# --- process -------------------------------------------------------------------------------------


def test_every_step_says_its_rule_and_source(world: World) -> None:
    text = read(world, "employer", "proces/")
    for words in ("Plan van aanpak", "Regeling procesgang eerste en tweede ziektejaar, art. 4", "Waarom deze datum?", "Ziekte melden bij UWV"):
        assert words in text


@pytest.mark.parametrize("who", ["employer", "physician", "delegate"])
def test_the_contract_can_be_put_right(bare_world: World, who: str) -> None:
    answer = bare_world.client(who).post(f"/dossier/{bare_world.number}/proces/werk/", EMPLOYMENT)
    assert answer.status_code == 302
    bare_world.dossier.refresh_from_db()
    assert (bare_world.dossier.job_title, str(bare_world.dossier.hours_per_week)) == ("Planner", "24.50")


def test_the_employee_does_not_change_the_contract(bare_world: World) -> None:
    for method in ("get", "post"):
        assert getattr(bare_world.client("employee"), method)(f"/dossier/{bare_world.number}/proces/werk/", EMPLOYMENT).status_code == 403
    bare_world.dossier.refresh_from_db()
    assert bare_world.dossier.job_title == "Magazijnmedewerker"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hours_per_week": "0"}, "meer dan 0"),
        ({"hours_per_week": "61"}, "hooguit 60"),
        ({"hours_per_week": "veel"}, "Vul een getal in"),
        ({"job_title": ""}, "Vul de functie in."),
        ({"job_title": "a\x00b"}, "stuurteken"),
        ({"contract": "temporary"}, "laatste dag van het tijdelijke contract"),
        ({"contract": "anders"}, "Kies een antwoord uit de lijst"),
        ({"contract": "temporary", "contract_end": "31-2-2027"}, "Deze datum bestaat niet"),
    ],
)
def test_a_wrong_contract_is_told_at_the_field_and_kept_in_the_form(bare_world: World, wrong: dict[str, str], sentence: str) -> None:
    answer = bare_world.client("employer").post(f"/dossier/{bare_world.number}/proces/werk/", {**EMPLOYMENT, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    bare_world.dossier.refresh_from_db()
    assert bare_world.dossier.job_title == "Magazijnmedewerker"


def propose(world: World, who: str, kind: str = "recovered", day: dt.date | None = None) -> int:
    return world.client(who).post(f"/dossier/{world.number}/proces/ziektedagen/", {"kind": kind, "day": (day or TODAY()).isoformat()}).status_code


@pytest.mark.parametrize("decision", ["confirm", "decline"])
def test_a_reported_recovery_counts_only_when_the_physician_takes_it_over(bare_world: World, decision: str) -> None:
    assert propose(bare_world, "employee") == 302
    assert not bare_world.dossier.recoveries.exists()
    row = AbsenceProposal.objects.get()
    assert "Beslis over de ziektedagen" in read(bare_world, "physician")
    answer = bare_world.client("physician").post(f"/dossier/{bare_world.number}/proces/ziektedagen/{row.pk}/", {"decision": decision})
    assert answer.status_code == 302
    assert bare_world.dossier.recoveries.exists() is (decision == "confirm")
    row.refresh_from_db()
    assert row.state != ProposalState.OPEN


@pytest.mark.parametrize("who", ["employee", "employer", "delegate"])
def test_only_the_physician_decides(bare_world: World, who: str) -> None:
    propose(bare_world, "employee")
    row = AbsenceProposal.objects.get()
    answer = bare_world.client(who).post(f"/dossier/{bare_world.number}/proces/ziektedagen/{row.pk}/", {"decision": "confirm"})
    assert answer.status_code == 403
    assert not bare_world.dossier.recoveries.exists()


def test_the_physicians_own_change_counts_at_once(bare_world: World) -> None:
    assert propose(bare_world, "physician") == 302
    assert bare_world.dossier.recoveries.get().start == TODAY()


@pytest.mark.parametrize(("kind", "days"), [("recovered", 1), ("sick_again", 0), ("zomaar", 0)])
def test_a_change_that_cannot_be_is_refused_at_the_form(bare_world: World, kind: str, days: int) -> None:
    assert propose(bare_world, "physician", kind, TODAY() + dt.timedelta(days=days)) == 422
    assert not AbsenceProposal.objects.exists()
    assert not bare_world.dossier.recoveries.exists()


def test_a_proposal_of_another_dossier_is_not_found(bare_world: World, django_user_model: type) -> None:
    other = bare_world.people["outsider"].seats.get().dossier
    answer = bare_world.client("outsider").post(f"/dossier/{other.number}/proces/ziektedagen/", {"kind": "recovered", "day": TODAY().isoformat()})
    assert answer.status_code == 302
    row = AbsenceProposal.objects.get()
    answer = bare_world.client("physician").post(f"/dossier/{bare_world.number}/proces/ziektedagen/{row.pk}/", {"decision": "confirm"})
    assert answer.status_code == 404


def test_closing_asks_once_more_and_then_nothing_can_be_written(bare_world: World) -> None:
    url = f"/dossier/{bare_world.number}/proces/sluiten/"
    assert "Wilt u dit dossier sluiten?" in read(bare_world, "physician", "proces/sluiten/")
    assert bare_world.client("employer").post(url).status_code == 403
    assert bare_world.client("physician").post(url).status_code == 302
    assert bare_world.client("employer").post(f"/dossier/{bare_world.number}/proces/werk/", EMPLOYMENT).status_code == 403
    for who in ("employee", "employer", "physician"):
        assert "gesloten" in read(bare_world, who, "proces/")


def test_a_dossier_with_a_draft_is_not_closed(bare_world: World) -> None:
    fill_in(bare_world, TODAY())
    answer = bare_world.client("physician").post(f"/dossier/{bare_world.number}/proces/sluiten/")
    assert answer.status_code == 422
    assert "Er is nog een versie in bewerking." in answer.content.decode()


# --- job -----------------------------------------------------------------------------------------


def test_the_job_is_written_by_the_employer_and_read_by_the_employee(bare_world: World) -> None:
    answer = bare_world.client("employer").post(
        f"/dossier/{bare_world.number}/werk/wijzigen/", {"seen": "1", "description": "Dozen <b>pakken</b>.", "demand-d430": "Tot 12 kilo."}
    )
    assert answer.status_code == 302
    text = read(bare_world, "employee", "werk/")
    assert "Dozen &lt;b&gt;pakken&lt;/b&gt;." in text
    assert "Tot 12 kilo." in text
    assert bare_world.client("employee").get(f"/dossier/{bare_world.number}/werk/wijzigen/").status_code == 403


def test_a_stale_description_loses_nothing_and_shows_both(bare_world: World) -> None:
    answer = bare_world.client("employer").post(f"/dossier/{bare_world.number}/werk/wijzigen/", {"seen": "0", "description": "Mijn nieuwe tekst."})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Mijn nieuwe tekst." in text
    assert "Orders verzamelen." in text
    assert JobDescription.objects.get(dossier=bare_world.dossier).description == "Orders verzamelen."
