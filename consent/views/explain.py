"""Who can see what, and why: every part with everybody to whom it is open now, and the same per person.

The rows come from `consent.explain`, made by the gate's own decision; here they only get words. Nothing is decided or left out.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from consent.explain import Holder, Keys, holders, keys_of, organisation_of, role_words
from consent.facts import sees_since
from dossiers.door import DossierRequest, Ground, Opened, Touch, door, read
from dossiers.pages import dossier_page
from dossiers.parts import EXPERTS, Act, Basis, Part, Role
from dossiers.rules.dutch import long_date

# What belongs together on the page. Every part stands in exactly one group.
GROUPS: tuple[tuple[str, tuple[Part, ...]], ...] = (
    (
        "Gezondheid en werk",
        (Part.CAPACITY, Part.WORK_FACTORS, Part.EXPLANATION, Part.CONTEXT, Part.EMPLOYEE_VIEW, Part.ADVICE, Part.CONSULTATION),
    ),
    (
        "Papieren en plan",
        (
            *(Part.LETTERS, Part.PROBLEM_ANALYSIS, Part.PLAN, Part.HOURS_WORKED, Part.EMPLOYEE_JUDGEMENT),
            *(Part.LABOUR_REPORT, Part.INSURANCE_REPORT, Part.ATTACHMENTS),
        ),
    ),
    ("Gegevens en stappen", (Part.PROCESS, Part.JOB, Part.IDENTITY)),
    ("Toestemming en controle", (Part.SHARING, Part.REQUESTS, Part.TRAIL, Part.NOTES)),
)
# Where the employee's word for a part would stand twice, or says too little by itself.
_PLAIN: Mapping[Part, str] = {
    Part.WORK_FACTORS: "Wat op uw werk helpt, en wat in de weg zit",
    Part.JOB: "Uw werk en wat het vraagt",
    Part.NOTES: "Eigen aantekeningen van de bedrijfsarts",
    Part.IDENTITY: "Uw burgerservicenummer (BSN)",
}
_BOTH = "leest en schrijft"
_ACTS: Mapping[Act, str] = {Act.READ: "leest", Act.WRITE: "schrijft"}
_WRITES_ONLY = "vult het in, maar ziet het daarna niet"


@dataclass(frozen=True, slots=True)
class Line:
    """One person at one part: what is open, by which rule or consent, and since when."""

    part: Part
    seat_id: uuid.UUID
    name: str
    role: str
    is_self: bool
    what: str
    why: str
    period: str


@dataclass(frozen=True, slots=True)
class PartBlock:
    """One part with everybody to whom it is open."""

    key: str
    title: str
    names: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class PersonBlock:
    """One person with every part that is open, by reason: (why, period, [(what, titles)])."""

    seat_id: uuid.UUID
    name: str
    role: str
    organisation: str
    is_self: bool
    by_consent: bool
    note: str
    bundles: list[tuple[str, str, list[tuple[str, list[str]]]]]


@door(needs=read(Part.SHARING), may_show={Part.EMPLOYEE_VIEW, Part.TRAIL})
@require_safe
def explain(request: DossierRequest, number: str) -> HttpResponse:
    """Per part everybody who can read or write it now, and why; below it the same per person."""
    opened = request.opened
    present = holders(opened.dossier, opened.today)
    keys = keys_of(opened.dossier)
    plain = opened.role is Role.EMPLOYEE
    lines = [line for holder in present for line in _lines(holder, opened, keys)]
    values = {
        "groups": [(title, [_part_block(part, lines, plain=plain) for part in parts]) for title, parts in GROUPS],
        "people": [_person_block(holder, opened, lines) for holder in present],
        "is_employee": plain,
        "may_change": plain and opened.may(Part.SHARING, Act.ANSWER),
        "shares_url": reverse("shares", args=[number]),
        "seats_url": reverse("seats", args=[number]),
        "trail_url": reverse("trail", args=[number]) if opened.may(Part.TRAIL) else "",
    }
    return dossier_page(request, "explain/explain.html", values, current="explain")


def title_of(part: Part, *, plain: bool) -> str:
    """The name of a part on this page; no two parts have the same."""
    return _PLAIN.get(part, part.plain) if plain else part.label


def _lines(holder: Holder, opened: Opened, keys: Mapping[tuple[uuid.UUID, Part], Keys]) -> Iterator[Line]:
    seat = holder.seat
    for part in Part:
        grounds = {act: holder.open[Touch(part, act)] for act in _ACTS if Touch(part, act) in holder.open}
        for what, ground in _whats(grounds):
            yield Line(
                part=part,
                seat_id=seat.pk,
                name=seat.name,
                role=role_words(seat),
                is_self=seat.person_id == opened.person.pk,
                what=what,
                why=_why(ground, holder, part, opened, keys),
                period=_period(ground),
            )


def _whats(grounds: Mapping[Act, Ground]) -> Iterator[tuple[str, Ground]]:
    """To read and to write in one line when they are open for the same reason and time."""
    if len(set(grounds.values())) == 1 and len(grounds) == 2:
        yield _BOTH, grounds[Act.READ]
    elif set(grounds) == {Act.WRITE}:
        yield _WRITES_ONLY, grounds[Act.WRITE]
    else:
        yield from ((_ACTS[act], ground) for act, ground in grounds.items())


def _why(ground: Ground, holder: Holder, part: Part, opened: Opened, keys: Mapping[tuple[uuid.UUID, Part], Keys]) -> str:
    plain = opened.role is Role.EMPLOYEE
    match ground.basis:
        case Basis.DUTY if holder.role is Role.EMPLOYEE:
            return "Dit is uw eigen dossier." if plain else "Dit is het eigen dossier van de werknemer."
        case Basis.DUTY:
            return f"Dit hoort bij de taak van de {holder.role.label}. Daar is geen toestemming voor nodig."
        case Basis.SHARED:
            return "U deelt dit zelf. U kunt dat altijd uitzetten." if plain else "De werknemer deelt dit zelf."
        case Basis.CONSENT:
            found = keys.get((ground.share_ids[0], part)) if ground.share_ids else None
            return _two_keys(found, ground, plain=plain)


def _two_keys(keys: Keys | None, ground: Ground, *, plain: bool) -> str:
    who = "U zei" if plain else "De werknemer zei"
    if keys is None:
        return f"{who} ja."
    paper = f" op papier. {keys.recorded_by} schreef dat op, {keys.confirmed_by} bevestigde het." if keys.on_paper else "."
    earlier = " Dit stond al open door eerder delen." if ground.since < keys.since else ""
    return f"{keys.shared_by} stelde op {long_date(keys.shared_on)} voor om dit te delen. {who} ja op {long_date(keys.answered_on)}{paper}{earlier}"


def _period(ground: Ground) -> str:
    since = f"sinds {long_date(ground.since)}"
    return f"{since}, tot en met {long_date(ground.until)}" if ground.until else since


def _part_block(part: Part, lines: list[Line], *, plain: bool) -> PartBlock:
    found = [line for line in lines if line.part is part]
    return PartBlock(part.value, title_of(part, plain=plain), _names(found), found)


def _names(lines: list[Line]) -> str:
    """Who that is, in one line: the reader first."""
    who = list(dict.fromkeys("u" if line.is_self else line.name for line in sorted(lines, key=lambda line: not line.is_self)))
    if not who:
        return "Niemand kan dit nu zien."
    if len(who) == 1:
        return f"Alleen {who[0]}."
    names = f"{', '.join(who[:-1])} en {who[-1]}"
    return f"{names[0].upper()}{names[1:]}"


def _person_block(holder: Holder, opened: Opened, lines: list[Line]) -> PersonBlock:
    seat = holder.seat
    plain = opened.role is Role.EMPLOYEE
    organisation = organisation_of(seat)
    bundles: dict[tuple[str, str], dict[str, list[str]]] = {}
    for line in lines:
        if line.seat_id == seat.pk:
            bundles.setdefault((line.why, line.period), {}).setdefault(line.what, []).append(title_of(line.part, plain=plain))
    return PersonBlock(
        seat_id=seat.pk,
        name=seat.name,
        role=role_words(seat),
        organisation=organisation.name if organisation else "",
        is_self=seat.person_id == opened.person.pk,
        by_consent=holder.role in EXPERTS,
        note=_note(seat),
        bundles=[(why, period, list(whats.items())) for (why, period), whats in bundles.items()],
    )


def _note(seat: Any) -> str:
    """What this person does not read although the part is open: what another arbodienst wrote."""
    since: dt.datetime | None = sees_since(seat)
    if since is None:
        return ""
    return f"Leest wat vanaf {long_date(timezone.localdate(since))} is geschreven. Van eerder: alleen wie, wat en wanneer, het werk en de brieven."
