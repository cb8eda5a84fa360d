"""The numbers that docs/inventories.md repeats are those of the code, and every file it names is there."""

import re

import pytest
from django.conf import settings

from bar import home
from bar.accounts import passwords
from bar.accounts.actions import invitations
from bar.accounts.rules import codes, lock_out, sessions
from bar.env import PATIENCE
from consent.views import trail
from dossiers import pdf
from dossiers.rules import consultation, notice_time
from instrument import text as normaliser
from tests.asvs.page import QUOTED, ROOT, exists

PAGE = (ROOT / "docs" / "inventories.md").read_text(encoding="utf-8")


def minutes(time: object) -> int:
    return int(time.total_seconds() // 60)  # type: ignore[attr-defined]


SAID = [
    f"JSON at most {normaliser.MAX_JSON_BYTES:,} bytes and {normaliser.MAX_JSON_DEPTH} layers deep",
    f"reply date within {consultation.LONGEST_DAYS} days",
    f"at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes and {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields",
    f"{settings.INVITATION_DAYS} days (`INVITATION_DAYS`)",
    f"sent again after {'ten' if minutes(invitations.NOT_AGAIN_WITHIN) == 10 else '?'} minutes",
    f"{settings.PASSWORD_RESET_TIMEOUT // 60} minutes, used once",
    f"{lock_out.FORM.size} at once per network address, then one {'a minute' if minutes(lock_out.FORM.refill) == 1 else '?'}",
    f"{lock_out.MAIL.size} at once per address, then one per {minutes(lock_out.MAIL.refill)} minutes",
    f"one mail per person per {'ten' if minutes(notice_time.QUIET) == 10 else '?'} minutes",
    f"{home.PAGE} dossiers or people, {trail.PAGE} trail lines",
    f"| idle | {minutes(sessions.IDLE_MEDICAL)} minutes | {minutes(sessions.IDLE_OTHERS)} minutes |",
    f"| longest | {minutes(sessions.ABSOLUTE_PROFESSIONAL) // 60} hours | {minutes(sessions.ABSOLUTE_OTHERS) // 60} hours |",
    f"At least {passwords.LEAST}\ncharacters, at most {passwords.MOST}",
    f"6 digits, {codes.STEP} seconds",
    f"{pdf.CPU_SECONDS} s processor, {pdf.MEMORY_BYTES // 1024**3} GB, {pdf.WALL_SECONDS:.0f} s wall clock",
    f"tasks stop at {settings.CELERY_TASK_SOFT_TIME_LIMIT} s",
    f"{PATIENCE['statement_timeout']} s, {PATIENCE['lock_timeout']} s, {PATIENCE['idle_in_transaction_session_timeout']} s",
    f"{settings.EMAIL_TIMEOUT} s, a lease of 60 s",
]


@pytest.mark.parametrize("words", SAID)
def test_a_number_is_the_one_of_the_code(words: str) -> None:
    assert words in PAGE or words in " ".join(PAGE.split())


def test_what_the_page_names_is_there() -> None:
    named = {found for found in QUOTED.findall(PAGE) if re.search(r"\.(py|md|toml|json|yml|lock)(::|#|$)", found)}
    assert len(named) > 20
    assert not [found for found in named if not exists(found if "/" in found or (ROOT / found).exists() else f"docs/{found}")]
