"""Two dossiers that have nobody in common, each with something of every kind in it; and words to compare answers by. No checks in here."""

import uuid
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from bar.accounts.models import OrganisationKind, User
from bar.openings import Person, organisation
from consent.access import opening
from consent.models import Seat, Share
from dossiers.actions import release
from dossiers.actions.labour_report import answer_remark
from dossiers.actions.promises import sweep_by_clock
from dossiers.door import write
from dossiers.models import AbsenceProposal, Assessment, Correction, DocumentRequest, Dossier, ReportRemark
from dossiers.parts import EXPERTS, Part, Role
from tests.access.test_matrix import SAMPLES
from tests.consultation import material as questions
from tests.insurance_report import material as insurance
from tests.labour_report import material as labour
from tests.steady import steady
from tests.world import FIRST_DAY, SEATED, VISIT, World, at, canary, fill_in, finalise, make_dossier, offer, say, share_all
from tests.world import SECTIONS as SAID

REPORT = canary(Part.LABOUR_REPORT, "advies")
# What the address of something inside a dossier holds: the rows it may be about.
ROWS: dict[str, type[Model]] = {
    "correction": Correction,
    "seat": Seat,
    "share": Share,
    "remark": ReportRemark,
    "proposal": AbsenceProposal,
    "asked": DocumentRequest,
    "object": Assessment,
}
NOWHERE = {name: value for name, value in SAMPLES.items() if value.startswith("00000000-")}


def neighbours(key: str = "buur") -> World:
    """The same cast, of other organisations, around a dossier of their own."""
    others = {
        "arbodienst": organisation("Arbodienst Elders", OrganisationKind.ARBODIENST),
        "employer": organisation("Werkgever Elders", OrganisationKind.EMPLOYER),
        "bureau": organisation("Bureau Elders", OrganisationKind.ADVICE),
        "uwv": organisation("UWV", OrganisationKind.UWV),
    }

    def make(who: str, works_at: str = "", **fields: Any) -> User:
        return User.objects.create_user(
            f"{key}-{who}@elders.test",
            name=f"Buur {who.replace('_', ' ').title()}",
            organisation=others.get(works_at),
            activated_at=at(FIRST_DAY),
            **fields,
        )

    people = {
        "employee": make("employee"),
        "employer": make("employer", "employer"),
        "physician": make("physician", "arbodienst", profession=Role.PHYSICIAN),
        "delegate": make("delegate", "arbodienst", profession=Role.DELEGATE, delegate_kind="pob"),
        "labour_expert": make("labour_expert", "bureau", profession=Role.LABOUR_EXPERT),
        "insurance_physician": make("insurance_physician", "uwv", profession=Role.INSURANCE_PHYSICIAN),
        "uwv_labour_expert": make("uwv_labour_expert", "uwv", profession=Role.UWV_LABOUR_EXPERT),
    }
    world = World(make_dossier(people, employee=Person(people["employee"].name, people["employee"].email)), people)
    say(world, SAID["employee_view"])
    fill_in(world, VISIT)
    finalise(world, VISIT)
    for role in EXPERTS:
        share_all(world, role, today=timezone.localdate())
    return world


def fill(world: World) -> None:
    """Something of every kind: released letters, a question with its answer, a released report with a remark, a reaction, and an offered version
    with a correction, a request and a reported recovery."""
    sweep_by_clock(now=timezone.now())
    questions.answered(world, questions.asked(world, "labour_expert"), "labour_expert")
    client = labour.offered(world, advice=REPORT)
    labour.post(world.client("employee"), labour.url(world, "ask_labour_remark", 1), text="Het is drie kilo.")
    with opening(world.people["labour_expert"], world.number, needs=write(Part.LABOUR_REPORT), writing=True) as opened:
        answer_remark(opened, remark=ReportRemark.objects.get(report__dossier=world.dossier), adapt=False, reason="Zo is het gemeten.")
    labour.read_in_time(world)
    labour.post(client, labour.url(world, "finalise_labour_report", 1), medical_check="on")
    insurance.final(world)
    day = VISIT.replace(month=3)
    fill_in(world, day)
    offer(world, day)
    with opening(world.people["employee"], world.number, needs=write(Part.REQUESTS), writing=True) as opened:
        release.ask_correction(opened, version=world.version(2), section="areas", text="Ik til thuis niet.", in_letter=False)
    employee = world.client("employee")
    reported = {"kind": "recovered", "day": timezone.localdate().isoformat()}
    assert employee.post(f"/dossier/{world.number}/proces/ziektedagen/", reported).status_code == 302
    where = f"/dossier/{world.number}/dit-klopt-niet/version/{world.version(1).pk}/"
    assert employee.post(where, {"text": "Er staat vijf kilo."}).status_code == 302
    sweep_by_clock(now=timezone.now())


def row_in(world: World, parameter: str) -> uuid.UUID | None:
    """Some row of this kind in this dossier."""
    model = ROWS.get(parameter)
    return model._default_manager.filter(dossier=world.dossier).values_list("pk", flat=True).first() if model else None


@cache
def tables_of_a_dossier() -> list[str]:
    """Every table whose rows belong to one dossier, but for the trail."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'dossier_id' "
            "AND table_name ~ '^(dossiers|consent|accounts)_' AND table_name <> 'dossiers_trailline' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def rows_of(dossier: Dossier) -> str:
    """A digest of a dossier and every row that belongs to it, but for the trail. Ask it before what was done is undone."""
    tables = [("dossiers_dossier", "id"), *((name, "dossier_id") for name in tables_of_a_dossier())]
    asked = " UNION ALL ".join(
        f"SELECT '{name}' || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" AS t WHERE {column} = %s"
        for name, column in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [dossier.pk] * len(tables))
        return "".join(sorted(found for (found,) in cursor.fetchall()))


def same(one: Any, other: Any) -> bool:
    """404≡: the same status, bytes and headers. Only what is drawn by lot for every page is left out: the token of its forms."""
    return (one.status_code, plain(one), headers(one)) == (other.status_code, plain(other), headers(other))


def plain(answer: Any) -> str:
    """The body, without the token of its forms and the seconds that a session still has."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return steady(body.decode("utf-8", errors="replace"))


def headers(answer: Any) -> dict[str, str]:
    return dict(answer.headers)


def clients(world: World) -> dict[str, Client]:
    """Everybody with a seat, signed in."""
    return {who: world.client(who) for who in SEATED}
