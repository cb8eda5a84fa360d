"""Sending notices: one neutral mail, in which nothing stands but that something waits.

Called by the promise (`promises.py`), without a person. A notice is sent once: rows of one person are handled one after another, and a row that was
sent is left alone. Only a worker that dies between the mail server's yes and our commit sends again, and then with the same Message-ID.
"""

import datetime
import uuid
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from dossiers import outbox
from dossiers.mail import Bounced, message_id_of, send_mail
from dossiers.models import Notice
from dossiers.models.notice import NoticeState
from dossiers.parts import Part
from dossiers.rules.notice_time import Choice, leaves_at
from dossiers.trail import Event, Line, Outcome, append

SUBJECT = "Er staat iets voor u klaar"
_places: dict[str, Callable[[Notice], str]] = {}


def lead_to(reason: str, place: Callable[[Notice], str]) -> None:
    """The machine (`bar`) says here where the mail of an account's notice leads, if that is a signed link and not the front page."""
    _places[reason] = place


def send(notice_id: uuid.UUID, *, now: datetime.datetime) -> None:
    """Send one notice, with everything else that waits for this person; or promise it again for when it may leave."""
    with transaction.atomic():
        _one_at_a_time(Notice.objects.values_list("person_id", flat=True).get(pk=notice_id))
        notice = Notice.objects.select_related("person", "dossier").get(pk=notice_id)
        if notice.state != NoticeState.WAITING:
            return
        if notice.account:
            _mail([notice], now=now)
            return
        leaves = _leaves_at(notice)
        if leaves is None:
            notice.state = NoticeState.SKIPPED
            notice.save(update_fields=["state"])
        elif leaves > now:
            _later(notice, leaves, now=now)
        else:
            _mail(_waiting(notice), now=now)


def _one_at_a_time(person_id: uuid.UUID) -> None:
    """Two workers with two notices for one person would send two mails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5321))", [str(person_id)])


def _leaves_at(notice: Notice) -> datetime.datetime | None:
    """By what the person chooses today, not when the notice was made."""
    person = notice.person
    if not (person.can_sign_in and (notice.address or person.email)):
        return None
    sent = Notice.objects.filter(person=person, account=False, sent_at__isnull=False).order_by("-sent_at").values_list("sent_at", flat=True).first()
    return leaves_at(Choice(person.notice_choice), made_at=timezone.localtime(notice.made_at), last_sent=sent)


def _later(notice: Notice, leaves: datetime.datetime, *, now: datetime.datetime) -> None:
    notice.due_at = leaves
    notice.save(update_fields=["due_at"])
    outbox.put("notice", notice.pk, now=now, at=leaves, again=f"{leaves.timestamp():.0f}")


def _waiting(notice: Notice) -> list[Notice]:
    """This one and all others that one mail tells of as well."""
    others = Notice.objects.filter(person=notice.person_id, account=False, state=NoticeState.WAITING, address=notice.address).exclude(pk=notice.pk)
    return [notice, *others.select_related("dossier").order_by("made_at")]


def _mail(notices: list[Notice], *, now: datetime.datetime) -> None:
    first = notices[0]
    message_id = message_id_of(first.pk)
    ids = [row.pk for row in notices]
    try:
        send_mail("mail/notice.txt", {"url": _place(first)}, subject=SUBJECT, to=first.address or str(first.person.email), message_id=message_id)
    except Bounced:
        _bounced(notices, message_id)
        return
    Notice.objects.filter(pk__in=ids).update(state=NoticeState.SENT, sent_at=now, message_id=message_id)
    _note(notices, Event.NOTICE)


def _place(notice: Notice) -> str:
    return _places[notice.reason](notice) if notice.account and notice.reason in _places else settings.BASE_URL


def _note(notices: Iterable[Notice], event: Event, outcome: int = Outcome.SUCCESS) -> None:
    """One line per dossier that this mail was about."""
    for row in {notice.dossier_id: notice for notice in notices if notice.dossier is not None}.values():
        append(
            Line(
                event,
                outcome=outcome,
                actor_role="worker",
                object_type="notice",
                object_id=str(row.pk),
                dossier_id=row.dossier_id,
                subject_id=row.dossier.employee_id if row.dossier else None,
                parts=(Part.PROCESS.value,),
            )
        )


def _bounced(notices: list[Notice], message_id: str) -> None:
    Notice.objects.filter(pk__in=[row.pk for row in notices]).update(state=NoticeState.BOUNCED, message_id=message_id)
    _note(notices, Event.BOUNCE, Outcome.ERROR)


def bounced_by_clock(message_id: str) -> int:
    """A mail with this Message-ID came back; how many notices it told of."""
    with transaction.atomic():
        rows = list(Notice.objects.select_for_update(of=("self",)).select_related("dossier").filter(message_id=message_id, state=NoticeState.SENT))
        if rows:
            _bounced(rows, message_id)
    return len(rows)


def failed(notice_id: uuid.UUID, given_up: bool) -> bool:
    """A mail could not be sent; False when another one told of it in the meantime."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if notice.state != NoticeState.WAITING:
        return False
    if given_up:
        notice.state = NoticeState.FAILED
        notice.save(update_fields=["state"])
    return True
