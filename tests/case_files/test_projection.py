"""An export holds what its reader may read and no more, is an event in the trail, and goes in again only when it is whole."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError

from bar.accounts.models import User
from bar.cases.importer import import_case
from bar.cases.messages import CaseRefused, Message
from consent.access import opening
from dossiers.actions.process import write_job
from dossiers.door import write
from dossiers.models import Dossier, TrailLine
from dossiers.parts import Part
from tests.case_files.material import TODAY, case, export, put, raw

pytestmark = pytest.mark.django_db

EMPLOYER = "p.langeveld@scholengroep.test"
EMPLOYEE = "saskia.vanrooijen@voorbeeld.test"


@pytest.fixture
def number() -> Iterator[str]:
    """A case as it stands on the day it was read: its shares end one day."""
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(12), dt.UTC)):
        yield import_case(raw(case("docent-a")), today=TODAY, training=True).number


def strings(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {found for part in value.values() for found in strings(part)}
    if isinstance(value, list):
        return {found for part in value for found in strings(part)}
    return {value} if isinstance(value, str) else set()


def test_the_employer_gets_the_process_and_nothing_of_the_instrument(number: str) -> None:
    told = export(number, EMPLOYER)
    assert set(told) == {"format", "key", "partial", "instrument", "people", "employment", "absence"}
    assert set(told["people"]) == {"employee", "employers", "physician", "delegate"}
    assert told["people"]["employee"] == {"name": "Saskia van Rooijen", "birth_date": "1986-11-03"}
    assert "email" in told["people"]["employers"][0]
    hidden = strings(case("docent-a")["assessments"]) | strings(case("docent-a")["shares"])
    assert not {text for text in strings(told) & hidden if len(text) > 12}


def test_the_labour_expert_gets_what_is_open_today(number: str) -> None:
    told = export(number, "r.elamrani@adviesbureau.test")
    assert told["partial"] is True
    assert "shares" not in told
    assert "insurance_physician" not in told["people"]
    visit = told["assessments"][1]
    assert set(visit) == {"date", "contact", "status", "areas", "possibilities", "prognosis"}
    assert set(visit["areas"][0]) == {"item", "status", "still_possible", "condition"}
    assert "hours_ground" not in visit["possibilities"]
    assert "note" not in visit["prognosis"]


def test_the_employee_gets_everything_of_the_own_dossier_but_drafts() -> None:
    told = put(case("docent-a"), "assessments[1].status", "draft")
    number = import_case(raw(told), today=TODAY, training=True).number
    own = export(number, EMPLOYEE)
    assert own["partial"] is True
    assert [visit["date"] for visit in own["assessments"]] == ["2025-01-03"]
    assert len(own["shares"]) == 4
    assert own["assessments"][0]["context_factors"] == export(number)["assessments"][0]["context_factors"]


@pytest.mark.parametrize("email", ["h.brouwer@arbodienst.test", "y.schipper@arbodienst.test"])
def test_physician_and_delegate_get_the_whole_dossier(number: str, email: str) -> None:
    assert export(number, email) == export(number)
    assert "partial" not in export(number, email)


@pytest.mark.parametrize("email", ["e.dewit@uwv.test", "w.postma@uwv.test", "niemand@voorbeeld.test"])
def test_a_stranger_is_told_what_everybody_is_told_of_a_dossier_that_does_not_exist(number: str, email: str) -> None:
    with pytest.raises(CommandError) as stranger:
        export(number, email)
    with pytest.raises(CommandError) as nothing:
        export("D-222222222", email)
    assert str(stranger.value) == str(nothing.value)


def test_a_dossier_that_is_no_training_is_never_told_without_a_name(number: str) -> None:
    physician = User.objects.get(email="h.brouwer@arbodienst.test")
    real = import_case(raw(case("docent-a") | {"key": "echt"}), today=TODAY, by=physician).number
    with pytest.raises(CommandError):
        export(real)
    assert export(real, "h.brouwer@arbodienst.test")["shares"][0]["consent"] == "asked"


def test_an_export_stands_in_the_trail_with_who_and_what(number: str) -> None:
    export(number, EMPLOYER)
    line = TrailLine.objects.get(event_code="export")
    assert line.actor_id == User.objects.get(email=EMPLOYER).pk
    assert set(line.parts) == {"process", "letters"}


def test_a_part_of_a_dossier_does_not_go_in(number: str) -> None:
    with pytest.raises(CaseRefused) as refusal:
        import_case(raw(export(number, EMPLOYEE) | {"key": "deel"}), today=TODAY, training=True)
    assert refusal.value.problems == [("partial", Message.PARTIAL)]


def test_what_the_format_cannot_tell_is_named_and_ignored_on_the_way_in(number: str) -> None:
    employer = User.objects.get(email=EMPLOYER)
    with opening(employer, number, needs=write(Part.JOB), writing=True) as opened:
        write_job(opened, description="Lesgeven", demands={"d430": "Boeken tillen"}, seen=0)
    told = export(number)
    assert told["left_out"] == ["job"]
    assert "Boeken tillen" not in json.dumps(told)
    import_case(raw(told | {"key": "weer"}), today=TODAY, training=True)
    assert Dossier.objects.filter(case_key="weer").exists()
