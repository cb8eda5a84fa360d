"""Taking away a lost second step, or changing an address: asked, confirmed by another voice, and done after a day of waiting.

The person confirms by a link in a mail, or a second administrator does. Every step is told to the address of today and can be stopped from
that mail, without signing in. The person is locked before the reset, always in that order. Who may ask for an employee: `employee_resets.py`.
"""

import datetime
import uuid
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from bar.accounts.actions.organisations import locked_by
from bar.accounts.actions.people import is_taken
from bar.accounts.actions.sessions import end_every_session
from bar.accounts.factors import has_second_step
from bar.accounts.models import Reset, ResetKind, User
from bar.accounts.models.resets import WAIT
from bar.accounts.reset_links import Purpose
from bar.accounts.staff import person_of
from dossiers.acting import CLOCK, acting_as
from dossiers.errors import Refused
from dossiers.notices import Reason, tell
from dossiers.trail import COMMAND, Event, Line, Origin, append

CONFIRM_WITHIN = datetime.timedelta(days=3)  # after that a question nobody confirmed counts for nothing
MAIL_AGAIN_AFTER = datetime.timedelta(minutes=15)  # so that nobody's mailbox is filled
RUNS_ALREADY = "Er loopt al een herstel voor deze persoon. Stop dat eerst, of wacht tot het klaar is."
GONE = "Dit herstel loopt niet meer. Kijk hoe het nu staat, of begin opnieuw."


# --- asking ----------------------------------------------------------------------------------------


def ask_own_factor_reset(person: User, *, now: datetime.datetime, origin: Origin) -> None:
    """Somebody who showed the password has lost the second step. A link to the own address confirms; the caller never tells what happened."""
    with transaction.atomic():
        person = locked_person(person.pk)
        if not (person.can_sign_in and person.email and has_second_step(person)):
            return
        row = _running(person, ResetKind.FACTOR, now)
        if row is None:
            _ask(person, ResetKind.FACTOR, "", by=person, now=now, origin=origin)
        elif row.confirmed_at is None and row.asked_by_id == person.pk and row.asked_at + MAIL_AGAIN_AFTER <= now:
            Reset.objects.filter(pk=row.pk).update(asked_at=now)
            tell(person, Reason.RESET_ASKED, now=now, account=True, object_id=Purpose.CONFIRM.of(row.pk))


def ask_address_change(person: User, *, new_email: str, now: datetime.datetime, origin: Origin) -> None:
    """A signed-in person wants another address. A link to the new one confirms; the old one is told at once.

    Says nothing about whether the new address is somebody's already: then no link leaves, and nothing ever changes.
    """
    with transaction.atomic():
        person = locked_person(person.pk)
        if (person.email or "").lower() == new_email.lower():
            raise Refused("Dit is al uw e-mailadres. Vul het nieuwe adres in.")
        earlier = _running(person, ResetKind.ADDRESS, now)
        if earlier is not None and earlier.asked_by_id != person.pk:
            raise Refused("Er loopt al een verandering van uw e-mailadres. Stop die eerst.")
        if earlier is not None:
            _cancel(earlier, by=person, now=now, origin=origin)  # a typing mistake: the new question takes its place
        _ask(person, ResetKind.ADDRESS, new_email.lower(), by=person, now=now, origin=origin)


def ask_reset(by: User, *, pk: uuid.UUID, kind: ResetKind, new_email: str = "", now: datetime.datetime, origin: Origin) -> None:
    """An administrator asks for somebody of the own organisation who lost the second step or the address."""
    with transaction.atomic():
        organisation = locked_by(by)
        person = locked_person(person_of(organisation, pk).pk)
        if person.pk == by.pk:
            raise Refused("Dit kunt u niet voor uzelf vragen. Gebruik ‘Lukt het niet?’ op de inlogpagina, of vraag een andere beheerder.")
        if not person.can_sign_in or person.ended_at is not None:
            raise Refused("Deze persoon heeft hier geen account dat in gebruik is. Stuur een uitnodiging.")
        ask_for_another(person, kind, new_email, by=by, now=now, origin=origin)


def ask_for_another(person: User, kind: ResetKind, new_email: str, *, by: User, now: datetime.datetime, origin: Origin | None) -> Reset:
    """Asked by somebody else than the person. Who may is checked by the caller, who holds the lock on the person.

    `origin` None, here and below: the caller leaves the line, in the trail of a dossier.
    """
    if kind is ResetKind.ADDRESS and (person.email or "").lower() == new_email.lower():
        raise Refused("Dit is al het e-mailadres van deze persoon. Vul het nieuwe adres in.")
    if _running(person, kind, now) is not None:
        raise Refused(RUNS_ALREADY, status=409)
    return _ask(person, kind, new_email.lower(), by=by, now=now, origin=origin)


def _ask(person: User, kind: ResetKind, new_email: str, *, by: User, now: datetime.datetime, origin: Origin | None) -> Reset:
    row = Reset.objects.create(person=person, kind=kind, new_email=new_email, asked_at=now, asked_by=by)
    if by.pk == person.pk and kind is ResetKind.ADDRESS:
        if not is_taken(new_email, but=person):
            tell(person, Reason.RESET_ASKED, now=now, account=True, object_id=Purpose.CONFIRM.of(row.pk), address=new_email)
        tell(person, Reason.RESET_ASKED, now=now, account=True, object_id=Purpose.CANCEL.of(row.pk))
    else:
        tell(person, Reason.RESET_ASKED, now=now, account=True, object_id=Purpose.CONFIRM.of(row.pk))
    _note(Event.ASK_RESET, row, by=by, origin=origin)
    return row


# --- confirming and stopping -----------------------------------------------------------------------


def confirm_by_link(pk: uuid.UUID, *, now: datetime.datetime, origin: Origin) -> None:
    """The person, who has the mail, says yes. Works once."""
    with transaction.atomic():
        row = _locked(pk, now)
        _confirm(row, by=row.person, now=now, origin=origin)


def confirm_by_administrator(by: User, *, pk: uuid.UUID, reset_pk: uuid.UUID, now: datetime.datetime, origin: Origin) -> None:
    """A second administrator of the same organisation says yes: never who asked, and never for oneself."""
    with transaction.atomic():
        row = _of_member(by, pk, reset_pk, now)
        confirm_for_another(row, by=by, now=now, origin=origin)


def confirm_for_another(row: Reset, *, by: User, now: datetime.datetime, origin: Origin | None) -> None:
    """The second voice. Who may be one is checked by the caller, who holds the locks."""
    if by.pk in (row.asked_by_id, row.person_id):
        raise Refused(
            "Wie om dit herstel vroeg, kan het niet bevestigen. Vraag een ander, of laat de persoon de link in de mail gebruiken.", status=403
        )
    if row.asked_by_id == row.person_id:
        raise Refused("Dit heeft de persoon zelf gevraagd. Alleen de persoon kan het bevestigen, met de link in de mail.", status=403)
    _confirm(row, by=by, now=now, origin=origin)


def _confirm(row: Reset, *, by: User, now: datetime.datetime, origin: Origin | None) -> None:
    if row.confirmed_at is not None:
        raise Refused("Dit herstel was al bevestigd.", status=409)
    row.confirmed_at, row.confirmed_by, row.counts_from = now, by, now + WAIT
    row.save(update_fields=["confirmed_at", "confirmed_by", "counts_from"])
    tell(row.person, Reason.RESET_ASKED, now=now, account=True, object_id=Purpose.CANCEL.of(row.pk))
    _note(Event.CONFIRM_RESET, row, by=by, origin=origin)


def cancel_by_link(pk: uuid.UUID, *, now: datetime.datetime, origin: Origin) -> None:
    """Whoever got the mail stops it, without signing in."""
    with transaction.atomic():
        row = _locked(pk, now)
        _cancel(row, by=row.person, now=now, origin=origin)


def cancel_own(person: User, *, reset_pk: uuid.UUID, now: datetime.datetime, origin: Origin) -> None:
    """The signed-in person stops it."""
    with transaction.atomic():
        _cancel(locked_of(person, reset_pk, now), by=person, now=now, origin=origin)


def cancel_by_administrator(by: User, *, pk: uuid.UUID, reset_pk: uuid.UUID, now: datetime.datetime, origin: Origin) -> None:
    """An administrator of the same organisation stops it."""
    with transaction.atomic():
        cancel_for_another(_of_member(by, pk, reset_pk, now), by=by, now=now, origin=origin)


def cancel_for_another(row: Reset, *, by: User, now: datetime.datetime, origin: Origin | None) -> None:
    """Stopped by whoever may also ask; what a person asked alone, is stopped by that person."""
    if row.asked_by_id == row.person_id:
        raise Refused("Dit heeft de persoon zelf gevraagd. Alleen de persoon kan het stoppen.", status=403)
    _cancel(row, by=by, now=now, origin=origin)


def cancel_every_by_command(*, now: datetime.datetime) -> int:
    """Stop whatever runs, after a backup was restored: it may have been stopped since. How many that were; they can be asked anew."""
    with transaction.atomic():
        rows = list(Reset.objects.select_for_update().filter(done_at__isnull=True, cancelled_at__isnull=True).order_by("pk"))
        for row in rows:
            row.cancelled_at, row.cancelled_by = now, row.asked_by
            row.save(update_fields=["cancelled_at", "cancelled_by"])
            append(Line(Event.CANCEL_RESET, actor_role=COMMAND, object_type="reset", object_id=str(row.pk), subject_id=row.person_id))
    return len(rows)


def _cancel(row: Reset, *, by: User, now: datetime.datetime, origin: Origin | None) -> None:
    row.cancelled_at, row.cancelled_by = now, by
    row.save(update_fields=["cancelled_at", "cancelled_by"])
    _note(Event.CANCEL_RESET, row, by=by, origin=origin)


# --- doing -----------------------------------------------------------------------------------------


@acting_as(CLOCK)
def do_due_by_clock(*, now: datetime.datetime) -> int:
    """Everything that waited its day; how many were done."""
    due = list(_due(now).order_by("counts_from").values_list("pk", flat=True))
    return sum(_do(pk, now=now) for pk in due)


def do_due_of(person: User, *, now: datetime.datetime) -> int:
    """What waited its day for this person, who signs in now; how many were done."""
    return sum(_do(pk, now=now) for pk in list(_due(now).filter(person=person).values_list("pk", flat=True)))


def _due(now: datetime.datetime) -> QuerySet[Reset]:
    return Reset.objects.filter(counts_from__lte=now, done_at__isnull=True, cancelled_at__isnull=True)


def _do(pk: uuid.UUID, *, now: datetime.datetime) -> bool:
    """One reset, once; False when it was stopped or done a moment ago, or cannot be done any more."""
    with transaction.atomic():
        try:
            row = _locked(pk, now)
        except Refused:
            return False
        if row.counts_from is None or row.counts_from > now:
            return False
        old = row.person.email or ""
        if not _carry_out(row):
            _cancel(row, by=row.asked_by, now=now, origin=Origin())
            return False
        row.done_at = now
        row.save(update_fields=["done_at"])
        end_every_session(row.person)
        for address in {"", old} if row.kind == ResetKind.ADDRESS else {""}:
            tell(row.person, Reason.RESET_DONE, now=now, account=True, object_id=Purpose.CANCEL.of(row.pk), address=address)
        _note(Event.DO_RESET, row, by=None, origin=Origin())
    return True


def _carry_out(row: Reset) -> bool:
    person = row.person
    if not person.is_active:
        return False
    if row.kind == ResetKind.FACTOR:
        Authenticator.objects.filter(user=person).delete()
        return True
    if is_taken(row.new_email, but=person):
        return False
    person.email = row.new_email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError:  # somebody else got this address in the same moment
        return False
    EmailAddress.objects.filter(user=person).delete()  # the library's own list: the old address opens nothing
    for other in Reset.objects.filter(person=person, confirmed_at__isnull=True, cancelled_at__isnull=True).exclude(pk=row.pk):
        other.cancelled_at, other.cancelled_by = row.counts_from, row.asked_by  # its link went to the old address
        other.save(update_fields=["cancelled_at", "cancelled_by"])
    return True


# --- reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """One reset that runs, as somebody may know of it."""

    row: Reset
    may_confirm: bool


def running(person: User, *, now: datetime.datetime) -> list[Reset]:
    """What runs for this person: confirmed and waiting, or asked not too long ago."""
    rows = Reset.objects.filter(person=person, done_at__isnull=True, cancelled_at__isnull=True).select_related("asked_by").order_by("asked_at")
    return [row for row in rows if not has_lapsed(row, now)]


def waiting_for(by: User, person: User, *, now: datetime.datetime) -> list[Waiting]:
    """What runs for a person of whom `by` is an administrator, or a professional of the dossier."""
    return [
        Waiting(row, may_confirm=row.confirmed_at is None and by.pk not in (row.asked_by_id, row.person_id))
        for row in running(person, now=now)
        if row.asked_by_id != person.pk
    ]


def has_lapsed(row: Reset, now: datetime.datetime) -> bool:
    """Whether nobody confirmed it in time."""
    return row.confirmed_at is None and row.asked_at + CONFIRM_WITHIN <= now


def by_link(pk: uuid.UUID) -> Reset | None:
    """The reset a signed link names."""
    return Reset.objects.select_related("person").filter(pk=pk).first()


# --- locks -----------------------------------------------------------------------------------------


def locked_person(pk: uuid.UUID) -> User:
    """The person, locked: whatever happens to an account happens one thing after another."""
    return User.objects.select_for_update().get(pk=pk)


def _locked(pk: uuid.UUID, now: datetime.datetime) -> Reset:
    """A reset that runs, with its person and itself locked; refused when it runs no more."""
    person_pk = Reset.objects.filter(pk=pk).values_list("person_id", flat=True).first()
    if person_pk is None:
        raise Refused(GONE, status=404)
    person = locked_person(person_pk)
    row = Reset.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=pk)
    if row.done_at is not None or row.cancelled_at is not None or has_lapsed(row, now):
        raise Refused(GONE, status=409)
    row.person = person
    return row


def locked_of(person: User, reset_pk: uuid.UUID, now: datetime.datetime) -> Reset:
    """A reset of this person that runs, locked; a reset of anybody else does not exist."""
    if not Reset.objects.filter(pk=reset_pk, person=person).exists():
        raise Refused(GONE, status=404)
    return _locked(reset_pk, now)


def _of_member(by: User, pk: uuid.UUID, reset_pk: uuid.UUID, now: datetime.datetime) -> Reset:
    organisation = locked_by(by)
    return locked_of(person_of(organisation, pk), reset_pk, now)


def _running(person: User, kind: ResetKind, now: datetime.datetime) -> Reset | None:
    """The open reset of this kind. One that nobody confirmed in time makes way."""
    row = Reset.objects.select_for_update().filter(person=person, kind=kind, done_at__isnull=True, cancelled_at__isnull=True).first()
    if row is not None and has_lapsed(row, now):
        row.cancelled_at, row.cancelled_by = now, row.asked_by
        row.save(update_fields=["cancelled_at", "cancelled_by"])
        return None
    return row


def _note(event: Event, row: Reset, *, by: User | None, origin: Origin | None) -> None:
    if origin is None:
        return
    append(
        Line(
            event,
            actor_id=by.pk if by else None,
            actor_role="" if by else "worker",
            responsible_id=None if by else row.asked_by_id,
            object_type="reset",
            object_id=str(row.pk),
            subject_id=row.person_id,
            origin=origin,
        )
    )
