"""When a notice leaves and how often: at once, at five o'clock, or never; one mail for all that waits; nothing twice."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bar.accounts.models import NoticeChoice, User
from dossiers.actions import notices
from dossiers.actions.promises import do_outbox_by_clock, sweep_by_clock, waiting_by_clock
from dossiers.models import Notice
from dossiers.models.notice import NoticeState
from dossiers.notices import Reason, tell
from dossiers.rules.notice_time import QUIET, Choice, digest_after, leaves_at

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORNING = dt.datetime(2026, 3, 3, 9, 30, tzinfo=AMSTERDAM)
pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("lezer@proef.test", "geheim genoeg voor hier", name="Lotte Lezer")


def after(start: dt.datetime = MORNING, **time: float) -> dt.datetime:
    return start + dt.timedelta(**time)


def told(person: User, reason: Reason = Reason.OFFERED, at: dt.datetime = MORNING, **fields: object) -> Notice:
    row = tell(person, reason, now=at, **fields)  # type: ignore[arg-type]
    assert row is not None
    return row


def choose(person: User, choice: NoticeChoice) -> None:
    person.notice_choice = choice
    person.save()


def states() -> list[str]:
    return list(Notice.objects.order_by("made_at").values_list("state", flat=True))


def run(start: dt.datetime, until: dt.datetime, step: dt.timedelta = dt.timedelta(minutes=5)) -> list[tuple[dt.datetime, int]]:
    """Let the sweeper come by; when how many mails left."""
    left = []
    while start <= until:
        before = len(mail.outbox)
        sweep_by_clock(now=start)
        if len(mail.outbox) > before:
            left.append((start, len(mail.outbox) - before))
        start += step
    return left


def test_three_reasons_in_one_act_are_one_mail(person: User) -> None:
    for reason in (Reason.OFFERED, Reason.LETTER_RELEASED, Reason.CORRECTION_ANSWERED):
        told(person, reason)
    sweep_by_clock(now=MORNING)
    assert len(mail.outbox) == 1
    assert states() == ["sent"] * 3
    assert len(set(Notice.objects.values_list("message_id", flat=True))) == 1


def test_what_comes_just_after_a_mail_waits_ten_minutes_and_is_not_lost(person: User) -> None:
    told(person)
    sweep_by_clock(now=MORNING)
    for minutes in (1, 2, 5):
        told(person, at=after(minutes=minutes))
    assert run(after(minutes=1), after(minutes=60), dt.timedelta(minutes=1)) == [(after(minutes=10), 1)]
    assert states() == ["sent"] * 4


def test_daily_is_one_mail_at_five_on_days_with_something(person: User) -> None:
    choose(person, NoticeChoice.DAILY)
    told(person)
    told(person, at=after(hours=3))
    five, evening = MORNING.replace(hour=17, minute=0), MORNING.replace(hour=18)
    assert run(MORNING, evening) == [(five, 1)]
    told(person, at=evening)
    assert run(evening, after(days=3)) == [(after(five, days=1), 1)]


def test_a_digest_that_was_missed_is_sent_once_when_the_clock_is_back(person: User) -> None:
    choose(person, NoticeChoice.DAILY)
    told(person)
    sweep_by_clock(now=MORNING)
    told(person, at=after(days=1))  # and nobody is there to send, for two days
    back = after(days=2)
    assert run(back, after(back, hours=5)) == [(back, 1)]


def test_who_wants_none_gets_none_but_what_is_about_the_account(person: User) -> None:
    choose(person, NoticeChoice.NONE)
    told(person)
    told(person, Reason.NEW_DEVICE, account=True)
    sweep_by_clock(now=MORNING)
    assert len(mail.outbox) == 1
    assert dict(Notice.objects.values_list("reason", "state")) == {"offered": "skipped", "new_device": "sent"}


def test_what_is_about_the_account_comes_at_once_and_does_not_hold_up_the_rest(person: User) -> None:
    choose(person, NoticeChoice.DAILY)
    told(person, Reason.PASSWORD_CHANGED, account=True)
    told(person, Reason.ADDRESS_CHANGED, account=True, address="oud@proef.test")
    sweep_by_clock(now=MORNING)
    assert {one.to[0] for one in mail.outbox} == {"lezer@proef.test", "oud@proef.test"}
    choose(person, NoticeChoice.SINGLE)
    told(person, at=after(minutes=1))
    sweep_by_clock(now=after(minutes=1))
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(("choice", "mails"), [(NoticeChoice.NONE, 0), (NoticeChoice.DAILY, 0), (NoticeChoice.SINGLE, 1)])
def test_the_choice_of_the_moment_of_sending_counts(person: User, choice: NoticeChoice, mails: int) -> None:
    told(person)
    choose(person, choice)
    sweep_by_clock(now=MORNING)
    assert len(mail.outbox) == mails


def test_who_cannot_sign_in_any_more_gets_nothing(person: User) -> None:
    told(person)
    person.is_active = False
    person.save()
    sweep_by_clock(now=MORNING)
    assert (mail.outbox, states()) == ([], ["skipped"])
    assert tell(person, Reason.OFFERED, now=MORNING) is None
    nobody = User.objects.create_user("nieuw@proef.test", name="Nog Niet")
    assert tell(nobody, Reason.OFFERED, now=MORNING) is None


def test_a_promise_kept_twice_is_one_mail(person: User) -> None:
    row = told(person)
    for _ in range(3):
        notices.send(row.pk, now=MORNING)
    for pk in waiting_by_clock(now=MORNING):
        do_outbox_by_clock(pk, now=MORNING)
    assert len(mail.outbox) == 1


def test_a_worker_that_dies_after_sending_sends_the_same_message_again(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one place where a mail can leave twice: mailboxes then show one, because it is the same message."""
    row = told(person)
    with monkeypatch.context() as patch:
        patch.setattr(notices, "_note", dies)
        with pytest.raises(SystemExit):
            notices.send(row.pk, now=MORNING)
    notices.send(row.pk, now=MORNING)
    assert len(mail.outbox) == 2
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 1


def dies(*_: object) -> None:
    raise SystemExit


def test_a_mail_server_that_is_away_delays_and_doubles_nothing(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told(person)
    told(person)

    def away(self: EmailMessage, fail_silently: bool = False) -> int:
        raise OSError("weg")

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", away)
        run(MORNING, after(hours=1))
        assert states() == ["waiting"] * 2
    assert [count for _, count in run(after(hours=2), after(hours=6))] == [1]
    assert states() == ["sent"] * 2


def test_after_three_days_it_is_given_up_visibly(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: EmailMessage, fail_silently: bool = False) -> int:
        raise OSError("weg")

    told(person)
    monkeypatch.setattr(EmailMessage, "send", away)
    run(MORNING, after(days=3), dt.timedelta(hours=1))
    assert states() == [NoticeState.WAITING]
    run(after(days=3), after(days=5), dt.timedelta(hours=1))
    assert states() == [NoticeState.FAILED]


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_two_notices_for_one_person_send_one_mail() -> None:
    reader = User.objects.create_user("lezer@proef.test", "geheim genoeg voor hier", name="Lotte Lezer")
    rows = [told(reader), told(reader)]
    together = threading.Barrier(2, timeout=10)

    def work(row: Notice) -> None:
        try:
            together.wait()
            notices.send(row.pk, now=MORNING)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=[row]) for row in rows]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    assert len(mail.outbox) == 1
    assert states() == ["sent"] * 2


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31)))
def test_a_digest_is_at_five_by_the_clock_on_the_wall_within_a_day(moment: dt.datetime) -> None:
    local = moment.replace(tzinfo=AMSTERDAM)
    digest = digest_after(local)
    assert (digest.hour, digest.minute) == (17, 0)
    assert dt.timedelta() < digest.replace(tzinfo=None) - local.replace(tzinfo=None) <= dt.timedelta(days=1)


def test_the_values_of_the_choice_are_those_of_the_account() -> None:
    assert {choice.value for choice in Choice} == set(NoticeChoice.values)
    assert leaves_at(Choice.SINGLE, made_at=MORNING, last_sent=MORNING) == MORNING + QUIET
    assert leaves_at(Choice.SINGLE, made_at=MORNING, last_sent=None) == MORNING
