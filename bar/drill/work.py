"""What the drilled product is given to do, and what must be true of it afterwards: nothing acknowledged is lost, nothing is done twice.

Work is made through the product's own actions and pages; what is found is read from the database, the stored files and the mail.
"""

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from bar.accounts.models import User
from bar.cases.importer import import_case
from bar.demo import EXAMPLES
from bar.demo_mail import stored
from consent.access import opening
from dossiers.actions.versions import start_version
from dossiers.door import write
from dossiers.models import CopyState, Dossier, LetterCopy, Notice, Outbox, SectionDraft, TrailLine
from dossiers.models.notice import NoticeState
from dossiers.parts import Part
from dossiers.trail import Event, Outcome

SECTION, FIELD = "advice", "message"


@dataclass(frozen=True, slots=True)
class Draft:
    """A version to write in."""

    number: str
    version: int

    @property
    def path(self) -> str:
        """Where its section is saved."""
        return reverse("save_section", args=[self.number, self.version, SECTION])

    @property
    def page(self) -> str:
        """Where a person fills that section in."""
        return reverse("fill_in_section", args=[self.number, self.version, SECTION])

    def stored(self) -> tuple[str, int]:
        """The text as it is stored now, and its version."""
        row = SectionDraft.objects.get(assessment__dossier__number=self.number, assessment__number=self.version, section=SECTION)
        return dict(row.content or {}).get(FIELD, ""), row.version


def new_dossier(status: str = "final") -> Dossier:
    """A dossier of an invented person with one version. A final one promises two letters in the same transaction: that is what is acknowledged."""
    told = json.loads((EXAMPLES / "magazijn-a.json").read_text("utf-8"))
    mark = uuid.uuid4().hex[:10]
    told["key"] = f"oefening-{mark}"
    told["people"]["employee"] |= {"name": f"Oefening {mark}", "email": f"oefening-{mark}@voorbeeld.test"}
    told["assessments"] = [{**told["assessments"][-1], "status": status}]
    told["shares"] = []
    physician = User.objects.get(email=told["people"]["physician"]["email"])
    return import_case(json.dumps(told).encode(), today=timezone.localdate(), by=physician)


def new_draft() -> Draft:
    """A second version to write in, in a dossier of its own."""
    dossier = new_dossier()
    with opening(dossier.physician, dossier.number, needs=write(Part.CAPACITY), writing=True) as opened:
        version = start_version(opened, date=opened.today, contact="consultation")
    return Draft(dossier.number, version.number)


def waiting(dossiers: list[Dossier]) -> int:
    """How many letters of these dossiers are not made yet."""
    return LetterCopy.objects.filter(letter__dossier__in=dossiers).exclude(state=CopyState.READY).count()


def are_made(dossiers: list[Dossier]) -> bool:
    """Whether every letter is there and every promise that is due is kept."""
    return not waiting(dossiers) and not promises_left()


def promises_left() -> int:
    """How many promises are not kept. A mail may wait for its time, so of mails only those that are due."""
    kept = Q(done_at__isnull=False) | Q(gave_up_at__isnull=False)
    return Outbox.objects.exclude(kept).exclude(kind="notice", next_at__gt=timezone.now()).count()


def complaints(dossiers: list[Dossier]) -> list[str]:
    """Everything that is lost or doubled around the letters of these dossiers, and anywhere in mail and promises."""
    found = []
    for copy in LetterCopy.objects.filter(letter__dossier__in=dossiers).select_related("letter"):
        what = f"letter for the {copy.reader} in {copy.dossier_id}"
        if copy.state != CopyState.READY:
            found.append(f"{what} is lost ({copy.state})")
            continue
        files = storages["letters"].listdir(str(copy.pk))[1]
        if len(files) != 1:
            found.append(f"{what} is stored {len(files)} times")
    for dossier in dossiers:
        letters = dossier.letters.count()
        for event, expected in ((Event.RENDER, 2 * letters), (Event.RELEASE, letters)):
            count = TrailLine.objects.filter(dossier_id=dossier.pk, event_code=event, outcome=Outcome.SUCCESS).count()
            if count != expected:
                found.append(f"{event.value} stands {count} times in the trail of {dossier.number}, not {expected}")
    return found + _of_mail() + _of_promises()


def _of_mail() -> list[str]:
    """One notice, one mail: by what was noted, and by what the mail server was handed."""
    told = Counter(Notice.objects.values_list("person_id", "reason", "dossier_id", "object_id", "address"))
    found = [f"somebody was told {count} times of one {key[1]}" for key, count in told.items() if count > 1]
    handed = Counter(_message_ids())
    found += [f"mail {name} left {count} times" for name, count in handed.items() if count > 1]
    failed = Notice.objects.filter(state=NoticeState.FAILED).count()
    return found + ([f"{failed} mails were given up"] if failed else [])


def _message_ids() -> list[str]:
    return [name for mail in stored(Path(settings.EMAIL_FILE_PATH)) if (name := message_from_bytes(mail)["Message-ID"])]


def _of_promises() -> list[str]:
    given_up = Outbox.objects.exclude(gave_up_at=None).count()
    return [f"{given_up} promises were given up"] if given_up else []


def chains_hold() -> bool:
    """Whether no trail has a hole or a line twice. What each line says is checked by `verify_trail`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT chain FROM dossiers_trailline GROUP BY chain HAVING max(seq) <> count(*)) AS broken")
        (broken,) = cursor.fetchone()
    return bool(broken == 0)
