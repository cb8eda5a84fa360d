"""Handing one mail to the mail server: plain text, one reader, neutral sender, marked as sent by a machine.

Who gets a mail and what it says is decided elsewhere; nothing here knows a dossier. Plain text on purpose: it reads aloud, shows its whole link
and carries nothing that tells on its reader.
"""

import uuid
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

HARD = 500  # RFC 5321 §4.2.1: from here on trying again is of no use


class Bounced(Exception):
    """The mail server refuses this reader or this mail for good."""


def send_mail(template: str, values: dict[str, object], *, subject: str, to: str, message_id: str) -> None:
    """Send one mail, or raise: `Bounced` when it will never arrive, anything else when trying again may help."""
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id}
    mail = EmailMessage(subject, render_to_string(template, values), settings.DEFAULT_FROM_EMAIL, [to], headers=headers)
    try:
        mail.send()
    except SMTPRecipientsRefused as problem:
        if all(code >= HARD for code, _ in problem.recipients.values()):
            raise Bounced from problem
        raise
    except SMTPDataError as problem:
        if problem.smtp_code >= HARD:
            raise Bounced from problem
        raise


def message_id_of(row_id: uuid.UUID, turn: int = 1) -> str:
    """The same for every attempt: a mail that left twice, because its worker died in between, is one message to most mailboxes."""
    return f"<{row_id.hex}.{turn}@{urlsplit(settings.BASE_URL).hostname}>"
