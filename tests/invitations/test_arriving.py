"""What became of an invitation: not arrived, refused, tried for days, another address; and what physician and delegate see of it."""

import datetime as dt
import io
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.utils import timezone

from bar.accounts.models import Invitation, InvitationState
from bar.accounts.rules.work_address import WARNING, is_employers
from bar.bounces import read_bounce
from dossiers.actions.promises import MAIL_WAITS, sweep_by_clock
from dossiers.models import Notice, TrailLine
from dossiers.models.notice import NoticeState
from dossiers.notices import Reason, tell
from dossiers.trail import Event
from tests.invitations.material import CONTACT, EMPLOYEE, accept, invitation_of, link, open_dossier
from tests.pages.test_new_dossier import FORM, post
from tests.world import World

REPORT = """From: MAILER-DAEMON@mail.example
To: bericht@127.0.0.1
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; iemand@anders.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 unknown

--b
Content-Type: {kind}

From: Berichten <bericht@127.0.0.1>
Message-ID: {message_id}
Subject: Een uitnodiging voor u

{body}
--b--
"""


def report(message_id: str, *, action: str = "failed", status: str = "5.1.1", kind: str = "message/rfc822") -> bytes:
    body = "Maak uw account." if kind == "message/rfc822" else ""
    return REPORT.format(message_id=message_id, action=action, status=status, kind=kind, body=body).replace("\n", "\r\n").encode()


def note_bounce(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    said = io.StringIO()
    call_command("note_bounce", stdout=said)
    return said.getvalue()


def listed(world: World, number: str) -> str:
    return str(world.client("physician").get(f"/dossier/{number}/uitnodigingen/").content.decode())


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_mail_that_comes_back_is_shown_and_told_and_the_address_can_be_corrected(
    bare_world: World, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    dossier = open_dossier(bare_world)
    assert "uitgenodigd op" in listed(bare_world, dossier.number)
    said = note_bounce(report(invitation_of().message_id, kind=kind), monkeypatch)
    assert (said, invitation_of().state) == ("Marked as not arrived: 1.\n", InvitationState.BOUNCED)
    assert Notice.objects.filter(person=bare_world.people["physician"], reason=Reason.INVITATION_BOUNCED).count() == 1
    assert TrailLine.objects.filter(dossier_id=dossier.pk, event_code=Event.BOUNCE, outcome=3).count() == 1
    page = listed(bare_world, dossier.number)
    assert "niet aangekomen" in page
    where = f"/dossier/{dossier.number}/uitnodigingen/{invitation_of().pk}/adres/"
    assert where in page
    old = link()
    assert bare_world.client("physician").post(where, {"email": "ria.nieuw@thuis.test"}).status_code == 302
    sweep_by_clock(now=timezone.now())
    assert accept(old) == 410
    assert accept(link("ria.nieuw@thuis.test")) == 302
    assert "aangenomen op" in listed(bare_world, dossier.number)


@pytest.mark.parametrize(
    "change", [{"action": "delayed", "status": "4.4.1"}, {"action": "delivered", "status": "2.0.0"}, {"action": "failed", "status": "4.2.2"}]
)
def test_a_delay_is_no_bounce(change: dict[str, str]) -> None:
    assert read_bounce(report("<a@b>")) == "<a@b>"
    assert read_bounce(report("<a@b>", **change)) is None


@pytest.mark.parametrize(
    "raw", [b"", b"Hallo", b"\x00\xff" * 200, report("<a@b>").replace(b"multipart/report", b"multipart/mixed"), report("<a@b>")[:400]], ids=range(5)
)
def test_what_is_no_report_marks_nothing(db: None, raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError):
        note_bounce(raw, monkeypatch)


def test_a_report_that_somebody_made_up_marks_nothing(bare_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    open_dossier(bare_world)
    assert note_bounce(report("<verzonnen.1@127.0.0.1>").replace(b"iemand@anders.test", EMPLOYEE.encode()), monkeypatch).endswith(": 0.\n")
    assert invitation_of().state == InvitationState.SENT


def test_a_notice_that_comes_back_is_marked(bare_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = tell(bare_world.people["employee"], Reason.OFFERED, now=timezone.now(), dossier=bare_world.dossier)
    sweep_by_clock(now=timezone.now())
    assert row is not None
    row.refresh_from_db()
    assert note_bounce(report(row.message_id), monkeypatch).endswith(": 1.\n")
    row.refresh_from_db()
    assert row.state == NoticeState.BOUNCED


def refuse(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(self: EmailMessage, fail_silently: bool = False) -> int:
        raise problem

    monkeypatch.setattr(EmailMessage, "send", send)


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (smtplib.SMTPRecipientsRefused({EMPLOYEE: (550, b"onbekend")}), InvitationState.BOUNCED),
        (smtplib.SMTPDataError(554, b"nee"), InvitationState.BOUNCED),
        (smtplib.SMTPRecipientsRefused({EMPLOYEE: (450, b"later")}), InvitationState.WAITING),
        (smtplib.SMTPAuthenticationError(535, b"onze eigen fout"), InvitationState.WAITING),
        (smtplib.SMTPSenderRefused(550, b"onze eigen fout", "wij@example.test"), InvitationState.WAITING),
        (OSError("weg"), InvitationState.WAITING),
    ],
    ids=lambda value: getattr(value, "value", type(value).__name__),
)
def test_a_refusal_for_good_is_a_bounce_at_once_and_anything_else_is_tried_again(
    bare_world: World, monkeypatch: pytest.MonkeyPatch, problem: Exception, state: InvitationState
) -> None:
    with monkeypatch.context() as patch:
        refuse(problem, patch)
        open_dossier(bare_world)
        assert invitation_of().state == state
    if state is InvitationState.WAITING:
        sweep_by_clock(now=timezone.now() + dt.timedelta(minutes=1))
        assert invitation_of().state == InvitationState.SENT
        assert len([one for one in mail.outbox if one.to == [EMPLOYEE]]) == 1


def test_a_mail_server_may_be_away_for_three_days_and_then_it_is_said(bare_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sum(MAIL_WAITS, dt.timedelta()) >= dt.timedelta(hours=72)
    refuse(OSError("weg"), monkeypatch)
    open_dossier(bare_world)
    now = timezone.now()
    for wait in MAIL_WAITS:
        assert invitation_of().state == InvitationState.WAITING
        now += wait + dt.timedelta(minutes=2)
        sweep_by_clock(now=now)
    assert invitation_of().state == InvitationState.BOUNCED
    assert Notice.objects.filter(reason=Reason.INVITATION_BOUNCED).exists()


def test_states_in_words(bare_world: World) -> None:
    number = open_dossier(bare_world).number
    accept(link(CONTACT))
    Invitation.objects.filter(email=EMPLOYEE).update(expires_at=timezone.now() - dt.timedelta(hours=1), sent_at=timezone.now() - dt.timedelta(days=8))
    page = listed(bare_world, number)
    assert "verlopen op" in page
    assert "aangenomen op" in page
    assert page.count("Opnieuw sturen") == 1


# --- an address the employer can read ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "others", "expected"),
    [
        ("ria@bakker.nl", ["bas@bakker.nl"], True),
        ("ria@BAKKER.nl", ["bas@bakker.NL"], True),
        ("ria@winkel.bakker.nl", ["bas@bakker.nl"], True),
        ("ria@bakker.nl", ["", "info@hr.bakker.nl"], True),
        ("ria@debakker.nl", ["bas@bakker.nl"], False),
        ("ria@gmail.com", ["bas@gmail.com"], False),
        ("ria@ziggo.nl", ["bas@kpnmail.nl"], False),
        ("ria@thuis.nl", ["bas@bakker.nl"], False),
        ("", ["bas@bakker.nl"], False),
        ("ria@bakker.nl", [], False),
    ],
)
def test_which_addresses_an_employer_can_read(email: str, others: list[str], expected: bool) -> None:
    assert is_employers(email, others) is expected


def test_an_address_of_the_employer_is_warned_of_once_and_may_be_kept(bare_world: World) -> None:
    status, text = post(bare_world, "physician", employee_email="ria@nieuw.test")
    assert status == 422
    assert WARNING[:40] in text
    assert "Toch dit adres gebruiken" in text
    assert 'value="ria@nieuw.test"' in text
    assert post(bare_world, "physician", employee_email="ria@nieuw.test", keep_work_address="on")[0] == 302


def test_the_employers_own_address_counts_and_a_private_one_gives_no_tick(bare_world: World) -> None:
    bare_world.dossier.employer.email = "info@fabriek.test"
    bare_world.dossier.employer.save()
    changes: dict[str, Any] = {"employer": bare_world.dossier.employer.name, "employee_email": "ria@fabriek.test"}
    status, text = post(bare_world, "physician", **changes)
    assert (status, "Toch dit adres gebruiken" in text) == (422, True)
    assert "Toch dit adres gebruiken" not in post(bare_world, "physician", birth_date="")[1]


def test_correcting_an_address_warns_as_well(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    where = f"/dossier/{dossier.number}/uitnodigingen/{invitation_of().pk}/adres/"
    client = bare_world.client("physician")
    answer = client.post(where, {"email": "ria@nieuw.test"})
    assert (answer.status_code, "Toch dit adres gebruiken" in answer.content.decode()) == (422, True)
    assert client.post(where, {"email": FORM["contact-0-email"].replace("bas", "ria"), "keep_work_address": "on"}).status_code == 302
