"""`explain_access` on both case files, on the days that matter. The rows by consent were written by hand from the files; those by duty come from
docs/access.md."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from bar.accounts.models import User
from bar.cases.importer import import_case
from dossiers.models import Switch, TrailLine
from dossiers.parts import EXPERTS, Act, Basis, Role
from tests.access.test_table import EXPECTED
from tests.case_files.material import case, raw
from tests.world import World

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 23)
RACHID = "r.elamrani@adviesbureau.test"
DUTY = {
    "docent-a": {
        Role.EMPLOYEE: "saskia.vanrooijen@voorbeeld.test",
        Role.EMPLOYER: "p.langeveld@scholengroep.test",
        Role.PHYSICIAN: "h.brouwer@arbodienst.test",
        Role.DELEGATE: "y.schipper@arbodienst.test",
    },
    "magazijn-a": {
        Role.EMPLOYEE: "joost.verkerk@voorbeeld.test",
        Role.EMPLOYER: "marleen.dijkhuis@pakketpunt.test",
        Role.PHYSICIAN: "h.brouwer@arbodienst.test",
    },
}
# Per case and day: what Rachid El Amrani may, since when, until when. Nobody else has anything by consent on any day: Eline de Wit was asked
# and has not answered, Wouter Postma was refused.
FIRST, SECOND = "2025-10-24 2026-10-20", "2026-10-20 2027-10-18"
BOTH = "2025-10-24 2027-10-18"  # the two overlap on 19 and 20 October 2026
CONSENT = {
    ("docent-a", "2025-10-23"): "",
    ("docent-a", "2025-10-24"): f"""
        process read {FIRST}
        job read {FIRST}
        work_factors read {FIRST}
        capacity read {FIRST}
        explanation read {FIRST}
        advice read {FIRST}
        consultation read {FIRST}
        consultation write {FIRST}
        labour_report read {FIRST}
        labour_report write {FIRST}""",
    ("docent-a", "2026-10-20"): f"""
        process read {BOTH}
        job read {BOTH}
        work_factors read {FIRST}
        capacity read {BOTH}
        explanation read {FIRST}
        advice read {FIRST}
        consultation read {FIRST}
        consultation write {FIRST}
        labour_report read {BOTH}
        labour_report write {BOTH}""",
    ("docent-a", "2026-11-23"): f"""
        process read {SECOND}
        job read {SECOND}
        capacity read {SECOND}
        labour_report read {SECOND}
        labour_report write {SECOND}""",
    ("docent-a", "2027-10-19"): "",
    ("magazijn-a", "2026-04-01"): "",
    ("magazijn-a", "2026-11-23"): """
        process read 2026-04-02 2027-03-31
        job read 2026-04-02 2027-03-31
        work_factors read 2026-04-02 2027-03-31
        capacity read 2026-04-02 2027-03-31
        advice read 2026-04-02 2027-03-31
        consultation read 2026-04-02 2027-03-31
        consultation write 2026-04-02 2027-03-31""",
    ("magazijn-a", "2027-04-01"): "",
}
SEATED_ON = {"docent-a": "2024-11-25", "magazijn-a": "2026-01-12"}  # the first sick day: what duty counts from


def explained(number: str, *options: str) -> str:
    out = StringIO()
    call_command("explain_access", number, *options, stdout=out)
    return out.getvalue()


def expected(name: str, day: str) -> set[tuple[Any, ...]]:
    rows: set[tuple[Any, ...]] = {
        (DUTY[name][role], role.value, touch.part.value, touch.act.value, "duty", SEATED_ON[name], None)
        for (role, touch), basis in EXPECTED.items()
        if basis is Basis.DUTY and role in DUTY[name] and role not in EXPERTS and touch.act in (Act.READ, Act.WRITE)
    }
    for line in CONSENT[name, day].strip().splitlines():
        part, act, since, until = line.split()
        rows.add((RACHID, "labour_expert", part, act, "consent", since, until))
    return rows


def test_both_files_are_open_as_written_on_every_day_that_matters() -> None:
    numbers = {name: import_case(raw(case(name)), today=TODAY, training=True).number for name in DUTY}
    for name, day in CONSENT:
        noon = timezone.make_aware(dt.datetime.fromisoformat(f"{day}T12:00"))
        with time_machine.travel(noon, tick=False):
            told = json.loads(explained(numbers[name], "--json"))
        assert set(told) == {"dossier", "rows"}
        assert told["dossier"] == numbers[name]
        rows = [tuple(row[key] for key in ("person", "role", "part", "act", "basis", "since", "until")) for row in told["rows"]]
        assert all(len(row) == 7 for row in told["rows"])
        assert len(rows) == len(set(rows))
        assert set(rows) == expected(name, day), (name, day)


def test_the_table_has_dutch_words_and_the_line_stands_in_the_trail(world: World) -> None:
    told = explained(world.number).splitlines()
    assert told[0].split("  ")[0] == "Wie"
    assert any(line.startswith(str(world.people["labour_expert"].email)) for line in told)
    assert any("toestemming" in line and "Belastbaarheid" in line for line in told)
    line = TrailLine.objects.filter(dossier_id=world.dossier.pk).latest("seq")
    assert (line.actor_id, line.actor_role, line.event_code, line.parts) == (None, "command", "visit", ["sharing"])
    page = world.client("employee").get(f"/dossier/{world.number}/wie-heeft-gekeken/").content.decode()
    assert "Een beheerder van dit systeem</strong> heeft gekeken bij ‘Uw toestemming’" in " ".join(page.split())


def test_somebody_without_an_address_is_told_by_name(world: World) -> None:
    User.objects.filter(pk=world.people["employee"].pk).update(email=None)
    rows = json.loads(explained(world.number, "--json"))["rows"]
    assert {row["person"] for row in rows if row["role"] == "employee"} == {"Wout Werknemer"}


@pytest.mark.parametrize("number", ["D-BESTAATNIET", "", "D-\x00"])
def test_an_unknown_number_is_status_2_and_prints_nothing(number: str) -> None:
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("explain_access", number, "--json", stdout=out)
    assert refused.value.returncode == 2
    assert "geen dossier" in str(refused.value)
    assert out.getvalue() == ""


def test_what_an_employee_switched_on_is_told_as_shared(bare_world: World) -> None:
    now = timezone.now()
    Switch.objects.create(dossier=bare_world.dossier, part="employee_judgement", on=True, at=now, by=bare_world.people["employee"])
    rows = json.loads(explained(bare_world.number, "--json"))["rows"]
    shared = {(row["role"], row["part"], row["act"], row["since"]) for row in rows if row["basis"] == "shared"}
    day = timezone.localdate(now).isoformat()
    assert shared == {(role, "employee_judgement", "read", day) for role in ("employer", "physician")}
