"""A copy of the own data (AVG art. 15 and 20): everything kept about one account, as JSON with a short explanation in a zip.

Never in it: anything about somebody else, and no secret (password, second step, link, session). Each value is named here, so that
a new column is not given away unseen. What stands in dossiers is read in the dossier.
"""

import datetime
import io
import json
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.utils import timezone

from bar.accounts.models import Identity, Invitation, Reset, User
from consent.models import Answer, HandOverAnswer, Seat
from dossiers.models import Notice, PostalAddress, TrailLine
from dossiers.parts import EXPERTS, Part, Role
from dossiers.trail import Event

FORMAT = "bar-dossier/account-1"
JSON_NAME, TEXT_NAME = "mijn-gegevens.json", "lees-mij.txt"

EXPLANATION = """Kopie van uw gegevens in BAR-dossier

Gemaakt op {when}.

In het bestand mijn-gegevens.json staat wat wij over uw account bewaren. U kunt het openen met een gewone tekst-editor.
Een ander programma kan het ook lezen.

account          uw naam, e-mailadres, werk en keuzes
plaatsen         in welke dossiers u een plaats heeft of had, en als wat
postadressen     uw adres voor brieven op papier
antwoorden       wat u antwoordde op een vraag om toestemming
uitnodigingen    wanneer u bent uitgenodigd
berichten        wanneer wij u mailden dat er iets klaarstond
inloggen         waar u bent ingelogd, en met welke tweede stap
herstel          als er iets aan uw account is hersteld
logboek          wat u hier deed, en wat anderen aan uw account deden

Uw wachtwoord en uw codes staan er niet in. Gegevens van anderen ook niet.
Wat in een dossier staat, leest u in dat dossier. Klopt er iets niet? Bel de arbodienst.

Bewaar dit bestand goed: wie het heeft, weet in welke dossiers u voorkomt.
"""


def zip_of(person: User, *, now: datetime.datetime) -> bytes:
    """The copy of one person."""
    made = io.BytesIO()
    when = timezone.localtime(now)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        text = EXPLANATION.format(when=f"{when:%d-%m-%Y om %H:%M}")
        for name, content in ((JSON_NAME, _json(copy_of(person, now=now))), (TEXT_NAME, text)):
            entry = zipfile.ZipInfo(name, when.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()


def copy_of(person: User, *, now: datetime.datetime) -> dict[str, Any]:
    """Everything about the account of this person, and of nobody else."""
    today = timezone.localdate(now)
    seats = _seats(person, today)
    numbers = {row.dossier_id: row.dossier.number for row in seats}
    return {
        "format": FORMAT,
        "made_at": _moment(now),
        "account": _account(person),
        "seats": [_seat(row) for row in seats],
        "postal_addresses": [
            {"dossier": row.dossier.number, "address": row.address, "changed_at": _moment(row.changed_at)}
            for row in PostalAddress.objects.filter(dossier__employee=person).select_related("dossier").order_by("changed_at")
        ],
        "answers": _answers(person),
        "invitations": [
            {
                "email": row.email,
                "state": row.state,
                **_moments(row, "made_at", "sent_at", "expires_at", "accepted_at"),
            }
            for row in Invitation.objects.filter(person=person).order_by("made_at")
        ],
        "notices": [
            {"reason": row.reason, "about_the_account": row.account, "state": row.state, **_moments(row, "made_at", "sent_at")}
            for row in Notice.objects.filter(person=person).order_by("made_at")
        ],
        "sign_in": _sign_in(person),
        "resets": [
            {
                "kind": row.kind,
                "new_email": row.new_email,
                **_moments(row, "asked_at", "confirmed_at", "counts_from", "done_at", "cancelled_at"),
            }
            for row in Reset.objects.filter(person=person).order_by("asked_at")
        ],
        "trail": list(_trail(person, numbers)),
    }


def _account(person: User) -> dict[str, Any]:
    organisation = person.organisation
    return {
        "id": str(person.pk),
        "name": person.name,
        "email": person.email,
        "organisation": organisation.name if organisation else None,
        "profession": person.profession,
        "delegate_kind": person.delegate_kind,
        "function": person.function,
        "big_number": person.big_number,
        "is_administrator": person.is_administrator,
        "notice_choice": person.notice_choice,
        "date_language": person.date_language,
        **_moments(person, "activated_at", "last_login"),
    }


def _seats(person: User, today: datetime.date) -> list[Seat]:
    """Every seat the person may know of: an expert whose dossier was never open for a day is a stranger there (docs/access.md)."""
    found = Seat.objects.filter(person=person).select_related("dossier__employer").order_by("start", "dossier__number")
    return [row for row in found if Role(row.role) not in EXPERTS or row.start <= min(today, _ended_on(row) or today)]


def _ended_on(row: Seat) -> datetime.date | None:
    return timezone.localdate(row.ended_at) if row.ended_at else None


def _seat(row: Seat) -> dict[str, Any]:
    ended = _ended_on(row)
    return {
        "dossier": row.dossier.number,
        "name": row.name,
        "role": Role(row.role).label,
        "kind": row.get_kind_display(),
        "function": row.function,
        "employer": row.dossier.employer.name,
        "since": row.start.isoformat(),
        "until": row.until.isoformat() if row.until else None,
        "ended_on": ended.isoformat() if ended else None,
    }


def _answers(person: User) -> list[dict[str, Any]]:
    shares = Answer.objects.filter(dossier__employee=person).select_related("dossier", "share_part").order_by("at")
    found = [
        {
            "dossier": row.dossier.number,
            "about": Part(row.share_part.part).label,
            "answer": row.get_state_display(),
            "channel": row.channel,
            "counts_from": row.counts_from.isoformat(),
            "at": _moment(row.at),
        }
        for row in shares
    ]
    hand_overs = HandOverAnswer.objects.filter(dossier__employee=person).select_related("dossier").order_by("at")
    return found + [
        {"dossier": row.dossier.number, "about": "eerdere stukken", "answer": row.get_state_display(), "at": _moment(row.at)} for row in hand_overs
    ]


def _sign_in(person: User) -> dict[str, Any]:
    return {
        "devices": [
            {"address": row.ip, "device": row.user_agent, **_moments(row, "created_at", "last_seen_at")}
            for row in UserSession.objects.filter(user=person).order_by("created_at")
        ],
        "second_steps": [
            {"kind": row.get_type_display(), **_moments(row, "created_at", "last_used_at")}
            for row in Authenticator.objects.filter(user=person).order_by("created_at")
        ],
        "organisations": [
            {
                "name": row.provider.name,
                "issuer": row.issuer,
                "subject": row.subject,
                "assurance": row.get_assurance_display(),
                **_moments(row, "linked_at", "last_used_at"),
            }
            for row in Identity.objects.filter(person=person).select_related("provider").order_by("linked_at")
        ],
    }


def _trail(person: User, numbers: Mapping[uuid.UUID, str]) -> Iterable[dict[str, Any]]:
    """What the person did, and what others did to the account; of those others only that it was somebody else."""
    rows = TrailLine.objects.filter(Q(actor_id=person.pk) | Q(subject_id=person.pk, dossier_id__isnull=True)).order_by("occurred_at")
    words = {event.value: event.label for event in Event}
    fields = ("occurred_at", "event_code", "outcome", "actor_id", "actor_role", "dossier_id", "parts", "access_point")
    for row in rows.values(*fields).iterator():
        is_own = row["actor_id"] == person.pk
        yield {
            "at": _moment(row["occurred_at"]),
            "by": "uzelf" if is_own else "iemand anders, of het systeem",
            "what": words.get(row["event_code"], row["event_code"]),
            "allowed": row["outcome"] == 1,
            "as": row["actor_role"] if is_own else "",
            "dossier": numbers.get(row["dossier_id"]) if row["dossier_id"] else None,
            "parts": row["parts"],
            "address": row["access_point"] if is_own else None,
        }


def _moments(row: Any, *names: str) -> dict[str, str | None]:
    return {name: _moment(getattr(row, name)) for name in names}


def _moment(value: datetime.datetime | None) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
