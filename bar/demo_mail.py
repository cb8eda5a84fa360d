"""The mail of the demonstration: nobody gets it, it is a file each, and one page shows them. Outside the demonstration there is no such page.

A stored mail holds links that work; that is why this reads files of invented people only.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dossiers.door import public
from dossiers.pages import own_page

MOST = 50
END = re.compile(rb"\n-{79}\n(?=Content-Type: |\Z)")  # as Django ends a mail in a file; a line of hyphens inside one is no end


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its reader would see it."""

    to: str
    sender: str
    subject: str
    at: datetime.datetime
    text: str


@public
@require_safe
def demo_mail(request: HttpRequest) -> HttpResponse:
    """What was sent, the newest first."""
    if not settings.DEMO:
        raise Http404
    return own_page(request, "pages/demo_mail.html", {"mails": newest(Path(settings.EMAIL_FILE_PATH))})


def newest(folder: Path) -> list[Mail]:
    """The mails in a folder, the newest first."""
    return [_mail(raw) for raw in islice(stored(folder), MOST)]


def stored(folder: Path) -> Iterator[bytes]:
    """Each mail as it was written, the newest first. Mails of one second may share a file: Django names it after the second and a place in memory."""
    for path in sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        yield from (raw for raw in reversed(END.split(path.read_bytes())) if raw)


def _mail(raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    sent = parsedate_to_datetime(str(message["Date"]))  # "-0000", as Django writes it, comes without a zone
    return Mail(
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        at=sent if sent.tzinfo else sent.replace(tzinfo=datetime.UTC),
        text=message.get_content().strip(),
    )
