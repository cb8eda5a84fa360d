"""List H of the attack list, as far as it is not in tests/tamper, test_trail.py, test_completeness.py and test_fail_closed.py."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from dossiers.actions.checkpoints import note_checkpoint
from dossiers.chains import verify
from dossiers.models import TrailLine
from dossiers.parts import Part
from tests.world import World


@pytest.fixture(autouse=True)
def kept(tmp_path: "object", settings: Settings) -> None:
    """A file of checkpoints of a test's own."""
    settings.TRAIL_CHECKPOINTS = tmp_path / "checkpoints"  # type: ignore[operator]


def test_h5_a_flood_is_told_in_the_log_and_hides_nothing(world: World, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.TRAIL_ALARM_LINES = 8
    flooder, other = world.client("employer"), world.client("physician")
    note_checkpoint(by="clock")
    before = TrailLine.objects.count()
    for number in range(12):
        flooder.get(f"/dossier/{world.number}/")
        if number == 6:
            other.get(f"/dossier/{world.number}/")
    assert TrailLine.objects.count() == before + 13
    note_checkpoint(by="clock")
    told = [record.getMessage() for record in caplog.records if record.name == "dossiers.actions.checkpoints"]
    assert told == [f"very many lines in the trail: 12 by {world.people['employer'].pk} since the last checkpoint"]
    assert not verify().breaks
    page = world.client("employee").get(f"/dossier/{world.number}/wie-heeft-gekeken/").content.decode()
    assert world.people["physician"].name in page


def test_h5_ordinary_work_raises_no_alarm(world: World, caplog: pytest.LogCaptureFixture) -> None:
    note_checkpoint(by="clock")
    for _ in range(10):
        world.client("employer").get(f"/dossier/{world.number}/")
    note_checkpoint(by="clock")
    assert not caplog.records


def test_h6_who_looks_at_the_list_of_who_looked_stands_on_it(world: World) -> None:
    """Nobody but the employee and the physician can; a superuser without a seat is a stranger, and stands there as well."""
    where = f"/dossier/{world.number}/wie-heeft-gekeken/"
    assert world.client("physician").get(where).status_code == 200
    assert world.client("superuser").get(where).status_code == 404
    by_physician = TrailLine.objects.filter(dossier_id=world.dossier.pk, actor_id=world.people["physician"].pk, parts=[Part.TRAIL.value])
    assert [(line.event_code, line.outcome) for line in by_physician] == [("visit", 1)]
    page = world.client("employee").get(where).content.decode()
    assert world.people["physician"].name in page
    assert "Iemand zonder plaats in dit dossier" in page
    assert Part.TRAIL.plain.lower() in page.lower()


def test_h7_time_comes_from_the_database_whatever_this_machine_or_a_browser_says(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (before,) = cursor.fetchone()
        for shift in (dt.timedelta(hours=1), dt.timedelta(hours=-1), dt.timedelta(days=3)):
            with time_machine.travel(timezone.now() + shift):
                world.client("physician").get(
                    f"/dossier/{world.number}/", HTTP_DATE="Thu, 01 Jan 1970 00:00:00 GMT", HTTP_X_REQUEST_START="t=0", HTTP_IF_MODIFIED_SINCE="x"
                )
        cursor.execute("SELECT clock_timestamp()")
        (after,) = cursor.fetchone()
    times = list(TrailLine.objects.filter(chain=world.dossier.pk, occurred_at__gte=before).order_by("seq").values_list("occurred_at", flat=True))
    assert len(times) == 3
    assert [before, *times, after] == sorted([before, *times, after])


def test_h8_a_command_that_reads_leaves_a_line(world: World) -> None:
    commands = {
        "explain_access": ((world.number,), {}),
        "export_case": ((world.number,), {"email": world.people["physician"].email}),
        "verify_trail": ((), {}),
    }
    for name, (arguments, options) in commands.items():
        before = set(TrailLine.objects.values_list("pk", flat=True))
        call_command(name, *arguments, stdout=StringIO(), stderr=StringIO(), **options)
        new = TrailLine.objects.exclude(pk__in=before)
        assert new.exists(), name
        assert all(line.actor_id or line.actor_role == "command" for line in new), name
