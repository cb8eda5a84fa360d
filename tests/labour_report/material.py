"""A report as the labour expert types it, and the acts of its life through the front door. No checks in here but the status of an answer."""

import datetime as dt
from collections.abc import Mapping

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dossiers.actions.promises import sweep_by_clock
from dossiers.models import LabourReport
from tests.world import World

FETCH = {"X-Requested-With": "fetch"}
# What the letter of the world names: lifting and carrying (d430). It leaves out pressure (d240).
TYPED: Mapping[str, str] = {
    "answers": "Gevraagd is of het magazijnwerk past. Dat past met hulp bij tillen.",
    "own_work": "with_adaptations",
    "own_work_note": "De zware pakketten gaan naar een collega.",
    "factors": "De bus rijdt vanaf half zeven.",
    "second_track": "not_now",
    "second_track_reason": "Eigen werk is nog haalbaar.",
    "advice": "Regel een tilhulp voor 1 maart.",
    "f1-title": "Inpakker",
    "f1-hours": "24",
    "f1-note": "Kleine artikelen inpakken.",
    "f1-d430-demand": "Dozen van 8 kilo tillen.",
    "f1-d430-fit": "with_condition",
    "f1-d430-reason": "Met een tilhulp blijft het onder 5 kilo.",
    "f1-d450-demand": "De hele dag lopen.",
    "f1-d450-fit": "fits",
    "f1-d450-reason": "",
}


def url(world: World, name: str, *more: object) -> str:
    return reverse(name, args=[world.number, *more])


def report_of(world: World, number: int = 1) -> LabourReport:
    return LabourReport.objects.get(dossier=world.dossier, number=number)


def post(client: Client, where: str, status: int = 302, /, **data: str) -> str:
    """Post a form; the page that answers, or where it leads."""
    answer = client.post(where, data)
    assert answer.status_code == status, (where, answer.status_code, answer.content.decode()[-3000:])
    return answer.headers["Location"] if status == 302 else answer.content.decode()


def html(client: Client, where: str, status: int = 200) -> str:
    answer = client.get(where)
    assert answer.status_code == status, (where, answer.status_code)
    return answer.content.decode()


def drafted(world: World, **typed: str) -> Client:
    """The labour expert's browser, with a complete draft; `typed` changes answers of it."""
    client = world.client("labour_expert")
    post(client, url(world, "start_labour_report"))
    save(client, world, {**TYPED, **typed})
    return client


def save(client: Client, world: World, typed: Mapping[str, str], *, status: int = 200, number: int = 1) -> dict[str, object]:
    """Save as the script does."""
    seen = str(report_of(world, number).saves)
    answer = client.post(url(world, "write_labour_report", number), {**typed, "seen": seen}, headers=FETCH)
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[-2000:])
    found: dict[str, object] = answer.json()
    return found


def offered(world: World, **typed: str) -> Client:
    client = drafted(world, **typed)
    offer(client, world)
    return client


def offer(client: Client, world: World, status: int = 302) -> str:
    return post(client, url(world, "offer_labour_report", 1), status, seen=str(report_of(world).saves))


def read_in_time(world: World) -> None:
    """The employee had the time to read: the term is set back to yesterday."""
    LabourReport.objects.filter(dossier=world.dossier, status="offered").update(term_until=timezone.localdate() - dt.timedelta(days=1))


def finalised(world: World, **typed: str) -> Client:
    client = offered(world, **typed)
    read_in_time(world)
    post(client, url(world, "finalise_labour_report", 1), medical_check="on")
    return client


def released(world: World, **typed: str) -> Client:
    client = finalised(world, **typed)
    assert sweep_by_clock(now=timezone.now()) >= 1
    return client
