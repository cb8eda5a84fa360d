"""The numbers that docs/inventories.md repeats are those of the code, and every file it names is there."""

import datetime as dt
import re

import pytest
from django.conf import settings

from bar import celery, home
from bar.accounts import oidc, passwords
from bar.accounts.actions import factors, invitations
from bar.accounts.rules import codes, lock_out, sessions
from bar.env import PATIENCE
from consent.views import trail
from dossiers import pdf, sealed
from dossiers.actions import promises
from dossiers.forms import process
from dossiers.rules import consultation, notice_time
from instrument import text as normaliser
from tests.asvs.page import QUOTED, ROOT, exists

PAGE = (ROOT / "docs" / "inventories.md").read_text(encoding="utf-8")


def minutes(time: object) -> int:
    return int(time.total_seconds() // 60)  # type: ignore[attr-defined]


# As the page writes them; a number that is not here, the page must learn to say first.
WORDS = {3: "three", 5: "five", 10: "ten", 15: "fifteen"}
EVERY = {1: "a minute"}
HALF = {0.5: "half"}
SAID = [
    f"JSON at most {normaliser.MAX_JSON_BYTES:,} bytes and {normaliser.MAX_JSON_DEPTH} layers deep",
    f"hours above 0 and at most {process.MOST_HOURS}",
    f"reply date within {consultation.LONGEST_DAYS} days",
    f"at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes and {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,} fields",
    f"{settings.INVITATION_DAYS} days (`INVITATION_DAYS`)",
    f"sent again after {WORDS[minutes(invitations.NOT_AGAIN_WITHIN)]} minutes",
    f"{settings.PASSWORD_RESET_TIMEOUT // 60} minutes, used once",
    f"a signed link, {settings.PASSWORD_RESET_TIMEOUT // 60} minutes |",
    f"{lock_out.FORM.size} at once per network address, then one {EVERY[minutes(lock_out.FORM.refill)]}",
    f"{lock_out.MAIL.size} at once per address, then one per {minutes(lock_out.MAIL.refill)} minutes",
    f"codes {factors.CODES.size}, then one per {minutes(factors.CODES.refill)} minutes",
    f"at most {WORDS[lock_out.ACCOUNT.most_an_hour]} tries an hour on one account",
    f"never a wait longer than {WORDS[minutes(lock_out.LONGEST_WAIT)]} minutes",
    f"one mail per person per {WORDS[minutes(notice_time.QUIET)]} minutes",
    f"{home.PAGE} dossiers or people, {trail.PAGE} trail lines",
    f"constant number of queries, {home.PAGE} per page",
    f"| idle | {minutes(sessions.IDLE_MEDICAL)} minutes | {minutes(sessions.IDLE_OTHERS)} minutes |",
    f"| longest | {minutes(sessions.ABSOLUTE_PROFESSIONAL) // 60} hours | {minutes(sessions.ABSOLUTE_OTHERS) // 60} hours |",
    f"what zxcvbn rates below {passwords.ENOUGH}",
    f"At least {passwords.LEAST}\ncharacters, at most {passwords.MOST}",
    f"{passwords.MOST} characters at most |",
    f"{codes.DIGITS} digits, {codes.STEP} seconds",
    f"never in clear outside memory, {WORDS[sealed.CACHE_SECONDS // 60]} minutes at most",
    f"{HALF[celery.PATIENCE]} a second, errors ignored",
    f"https, no redirects, {oidc.PATIENCE:.0f} seconds, {oidc.MOST_BYTES:,} bytes",
    f"{pdf.CPU_SECONDS} s processor, {pdf.MEMORY_BYTES // 1024**3} GB, {pdf.WALL_SECONDS:.0f} s wall clock",
    f"tasks stop at {settings.CELERY_TASK_SOFT_TIME_LIMIT} s",
    f"command line | {normaliser.MAX_JSON_BYTES:,} bytes |",
    f"{PATIENCE['statement_timeout']} s, {PATIENCE['lock_timeout']} s, {PATIENCE['idle_in_transaction_session_timeout']} s",
    f"{settings.EMAIL_TIMEOUT} s, a lease of {promises.LEASE.seconds} s, tried again for {WORDS[sum(promises.MAIL_WAITS, dt.timedelta()).days]} days",
]


@pytest.mark.parametrize("words", SAID)
def test_a_number_is_the_one_of_the_code(words: str) -> None:
    assert words in PAGE or words in " ".join(PAGE.split())


def test_what_the_page_names_is_there() -> None:
    named = {found for found in QUOTED.findall(PAGE) if re.search(r"\.(py|md|toml|json|yml|lock)(::|#|$)", found)}
    assert len(named) > 20
    assert not [found for found in named if not exists(found if "/" in found or (ROOT / found).exists() else f"docs/{found}")]
