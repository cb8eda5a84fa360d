"""The cast known by heart, and a world built through the product's own actions.

    employee, employer, physician, delegate   have a seat by duty
    labour_expert, insurance_physician,       have a seat by two keys (a share and the employee's yes)
    uwv_labour_expert
    outsider                                  is employer in another dossier
    superuser                                 has the flag and no seat
    nobody                                    is signed out

Every free text carries a canary that names the Part of its field, so that a leak says where it came from.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from bar.accounts import standing
from bar.accounts.models import Assurance, OrganisationKind, User
from bar.openings import NewDossier, Person, open_dossier, organisation
from consent.access import consentable, opening
from consent.actions import SharePlan, answer, share
from consent.models import AnswerState, Share
from dossiers import queries
from dossiers.actions import release, versions, words
from dossiers.actions.process import Employment, write_job
from dossiers.actions.promises import sweep_by_clock
from dossiers.door import Touch, write
from dossiers.models import Assessment, Dossier, SectionDraft
from dossiers.parts import EXPERTS, Act, Part, Role
from instrument import library
from instrument.forms import FILLED_SECTIONS, data_of
from tests.memory import Rows, added, all_rows, put_back

SEATED = ("employee", "employer", "physician", "delegate", "labour_expert", "insurance_physician", "uwv_labour_expert")
CAST = (*SEATED, "outsider", "superuser", "nobody")
FIRST_DAY = dt.date(2026, 1, 12)
VISIT = dt.date(2026, 2, 16)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def canary(part: Part, name: str) -> str:
    """A text that may be read only where this part is open."""
    return f"KANARIE {part.value} {name}"


def at(day: dt.date, hour: int = 12) -> dt.datetime:
    """A moment on a day, in Amsterdam; of today never later than now, so that tests hold at night too."""
    moment = timezone.make_aware(dt.datetime(day.year, day.month, day.day, hour))
    return min(moment, timezone.now()) if day == timezone.localdate() else moment


# What stands in the letter may be read by the employer; everything else in these values may not.
SECTIONS: Mapping[str, Any] = {
    "visit": {"date": VISIT.isoformat(), "contact": "consultation"},
    "work_factors": [
        {"item": "physical_load", "influence": "hindering", "note": canary(Part.WORK_FACTORS, "notitie"), "condition": "Laat zware pakketten staan."},
        {"item": "supervisor", "influence": "helping", "note": "", "condition": canary(Part.WORK_FACTORS, "niet in brief"), "in_letter": False},
    ],
    "areas": [
        {
            "item": "d430",
            "status": "attention",
            "explanation": canary(Part.EXPLANATION, "tillen"),
            "still_possible": "Lichte dozen tillen.",
            "condition": "Niet meer dan 5 kilo tillen.",
            "limit": {"value": 5, "unit": "kg", "per": "at_once"},
        },
        {
            "item": "d240",
            "status": "attention",
            "explanation": canary(Part.EXPLANATION, "druk"),
            "still_possible": canary(Part.CAPACITY, "niet in brief"),
            "condition": "",
            "in_letter": False,
        },
    ],
    "context_factors": [{"item": "family", "influence": "helping", "note": canary(Part.CONTEXT, "gezin")}],
    "employee_view": {
        "can_do": canary(Part.EMPLOYEE_VIEW, "kan"),
        "needs": canary(Part.EMPLOYEE_VIEW, "nodig"),
        "on_advice": canary(Part.EMPLOYEE_VIEW, "vindt"),
        "written_by": "employee",
        "share_with_employer": False,
    },
    "possibilities": {
        "usable": "yes",
        "own_work": "partly",
        "going_well": "De dag begint goed.",
        "hours_now": 8,
        "build_up": [{"from": "2026-03-02", "hours_per_week": 12, "hours_per_day": 4, "kind": "practice", "tasks": "Inpakken"}],
        "hours_ground": canary(Part.EXPLANATION, "grond"),
        "work_related": "unknown",
        "working_relationship": {"state": "no_issue", "advice": ""},
        "review_on": None,
    },
    "prognosis": {
        "course": "improving",
        "expected_return": "2026-06-01",
        "certainty": "likely",
        "next_contact": "2026-03-30",
        "note": canary(Part.EXPLANATION, "prognose"),
    },
    "advice": {
        "goal": "own_work",
        "message": "Werken kan weer voor een deel.",
        "needs_answer": "De planning staat op papier.",
        "labour_expert_needed": False,
        "actions": [{"what": "Maak samen het plan van aanpak.", "who": "together", "by": "2026-03-02"}],
    },
    "consultation": [
        {
            "with": "labour_expert",
            "item": "d430",
            "question": canary(Part.CONSULTATION, "vraag"),
            "answer": canary(Part.CONSULTATION, "antwoord"),
            "agreed": canary(Part.CONSULTATION, "afspraak"),
        }
    ],
}


@dataclass
class World:
    """One dossier with its cast; `clients` are signed in."""

    dossier: Dossier
    people: dict[str, User]
    shares: dict[Role, Share] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.dossier.number

    def client(self, who: str) -> Client:
        """A browser of this member of the cast; `nobody` is signed out."""
        client = Client()
        if who != "nobody":
            let_in(client, self.people[who])
        return client

    def version(self, number: int) -> Assessment:
        return Assessment.objects.get(dossier=self.dossier, number=number)


def let_in(client: Client, person: User, *, assurance: int = Assurance.SUBSTANTIAL, minutes_ago: int = 0) -> None:
    """Sign somebody in without the sign-in page, as if both steps were passed now, or so many minutes ago."""
    client.force_login(person, backend=BACKEND)
    session = client.session
    when = timezone.now() - dt.timedelta(minutes=minutes_ago)
    session[standing.KEY] = {"person": str(person.pk), "assurance": int(assurance), "proved_at": when.isoformat()}
    session.save()


def make_people() -> dict[str, User]:
    """The cast, each with an account that can be signed in by tests."""
    arbodienst = organisation("Arbodienst De Proef", OrganisationKind.ARBODIENST)
    bureau = organisation("Bureau De Proef", OrganisationKind.ADVICE)
    uwv = organisation("UWV", OrganisationKind.UWV)

    def make(key: str, name: str, **fields: Any) -> User:
        return User.objects.create_user(f"{key}@proef.test", name=name, activated_at=at(FIRST_DAY), **fields)

    return {
        "employee": make("employee", "Wout Werknemer"),
        "employer": make("employer", "Gerda Gever", organisation=organisation("Werkgever De Proef", OrganisationKind.EMPLOYER)),
        "physician": make("physician", "Anna Arts", organisation=arbodienst, profession=Role.PHYSICIAN),
        "delegate": make("delegate", "Dirk Delegaat", organisation=arbodienst, profession=Role.DELEGATE, delegate_kind="pob"),
        "labour_expert": make("labour_expert", "Els Expert", organisation=bureau, profession=Role.LABOUR_EXPERT),
        "insurance_physician": make("insurance_physician", "Vera Verzekeringsarts", organisation=uwv, profession=Role.INSURANCE_PHYSICIAN),
        "uwv_labour_expert": make("uwv_labour_expert", "Udo Uitvoering", organisation=uwv, profession=Role.UWV_LABOUR_EXPERT),
        "outsider": make("outsider", "Bo Buitenstaander", organisation=organisation("Ander Bedrijf", OrganisationKind.EMPLOYER)),
        "superuser": make("superuser", "Super User", is_superuser=True, is_staff=True),
    }


def make_dossier(people: Mapping[str, User], employer: str = "employer", employee: Person | None = None) -> Dossier:
    """A dossier opened by the delegate for the physician."""
    typed = people[employer]
    assert typed.organisation is not None
    return open_dossier(
        people["delegate"],
        plan=NewDossier(
            employee=employee or Person(people["employee"].name, people["employee"].email),
            birth_date=dt.date(1980, 5, 1),
            employers=(Person(typed.name, typed.email, "Teamleider"),),
            employer_organisation=typed.organisation.name,
            employment=Employment("Magazijnmedewerker", Decimal(36), "permanent", None),
            first_sick_day=FIRST_DAY,
        ),
        physician=people["physician"],
        delegate=people["delegate"],
        today=dt.date(2026, 1, 20),
    )


def make_world(*, shares: bool = True, finals: int = 1, render: bool = False, today: dt.date | None = None) -> World:
    """A dossier with `finals` final versions, and, with `shares`, every part that can be shared open to the three experts.

    Made once per process and day, and remembered: the same people and numbers come back in every test that asks for the same.
    """
    today = today or timezone.localdate()
    key = (shares, finals, today, timezone.localdate())
    if key not in _made:
        before = all_rows()
        world = _build(shares=shares, finals=finals, today=today)
        shared = {role: share.pk for role, share in world.shares.items()}
        _made[key] = _Made(added(before, all_rows()), world.number, {who: one.pk for who, one in world.people.items()}, shared)
    else:
        put_back(_made[key].rows)
        world = _made[key].world()
    if render:
        sweep_by_clock(now=timezone.now())
    return world


@dataclass(frozen=True)
class _Made:
    """A world as rows, and what to find it by."""

    rows: Rows
    number: str
    people: dict[str, Any]
    shares: dict[Role, Any]

    def world(self) -> World:
        """The world that stands in the database, as if it was just made."""
        found = User.objects.select_related("organisation").in_bulk(list(self.people.values()))
        shares = Share.objects.in_bulk(list(self.shares.values()))
        return World(
            Dossier.objects.get(number=self.number),
            {who: found[pk] for who, pk in self.people.items()},
            {role: shares[pk] for role, pk in self.shares.items()},
        )


_made: dict[tuple[bool, int, dt.date, dt.date], _Made] = {}


def _build(*, shares: bool, finals: int, today: dt.date) -> World:
    people = make_people()
    world = World(make_dossier(people), people)
    make_dossier(people, employer="outsider", employee=Person("Nina Niet-van-hier", "nina@proef.test"))
    with opening(people["employer"], world.number, needs=write(Part.JOB), writing=True) as opened:
        write_job(opened, description="Orders verzamelen.", demands={"d430": "Dozen van 10 kilo."}, seen=0)
    say(world, SECTIONS["employee_view"])
    for count in range(finals):
        fill_in(world, VISIT + dt.timedelta(days=14 * count))
        finalise(world, VISIT + dt.timedelta(days=14 * count))
    if shares:
        for role in EXPERTS:
            share_all(world, role, today=today)
    return world


def say(world: World, value: Mapping[str, Any], day: dt.date = VISIT) -> None:
    """The employee writes the own view."""
    with opening(world.people["employee"], world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True, at=at(day, 9)) as opened:
        words.write_view(opened, value=value)


def fill_in(world: World, day: dt.date, sections: Mapping[str, Any] = SECTIONS, who: str = "physician") -> Assessment:
    """A complete draft on a day."""
    with opening(world.people[who], world.number, needs=write(Part.CAPACITY), writing=True, at=at(day)) as opened:
        version = versions.start_version(opened, date=day, carry=False)
        for section in FILLED_SECTIONS:
            if section == "employee_view" or (section == "consultation" and who == "delegate"):
                continue
            value = {"date": day.isoformat(), "contact": "consultation"} if section == "visit" else sections[section]
            draft = SectionDraft.objects.get(assessment=version, section=section)
            typed = data_of(library.current(), section, value)
            saved = versions.save_section(opened, version=version, section=section, data=typed, seen=draft.version)
            assert saved.draft.valid, saved.form.errors
    return version


def finalise(world: World, day: dt.date) -> None:
    """The physician makes the newest draft final, discussed with the employee on that day."""
    with opening(world.people["physician"], world.number, needs=Touch(Part.LETTERS, Act.FINALISE), writing=True, at=at(day)) as opened:
        version = queries.open_version(opened)
        assert version is not None
        release.finalise(opened, version=version, medical_check=True, discussed_on=day)


def offer(world: World, day: dt.date) -> None:
    """The physician offers the newest draft."""
    with opening(world.people["physician"], world.number, needs=Touch(Part.LETTERS, Act.OFFER), writing=True, at=at(day)) as opened:
        version = queries.open_version(opened)
        assert version is not None
        release.offer(opened, version=version)


def share_all(world: World, role: Role, *, today: dt.date, state: AnswerState = AnswerState.GIVEN, days: int = 180) -> Share:
    """Share everything that can be shared with this role, answered by the employee in one way, at midnight: never later than now."""
    read = tuple(part for part in Part if consentable(role, part, Act.READ))
    plan = SharePlan(
        person=world.people[role.value],
        role=role,
        read=read,
        write=tuple(part for part in read if consentable(role, part, Act.WRITE)),
        purpose="Meedenken over werk.",
        first_day=today,
        last_day=today + dt.timedelta(days=days),
    )
    # At midnight: never later than what a test does next, at whatever hour it runs.
    with opening(world.people["physician"], world.number, needs=Touch(Part.SHARING, Act.SHARE), writing=True, at=at(today, 0)) as opened:
        row = share(opened, plan=plan)
    if state is not AnswerState.ASKED:
        with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.ANSWER), writing=True, at=at(today, 0)) as opened:
            answer(opened, share=row, answers=dict.fromkeys(read, state))
    world.shares[role] = row
    return row
