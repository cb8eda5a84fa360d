"""Guessing passwords: slow for who guesses, whatever it says it is, and never in the way of the owner for longer than a quarter of an hour."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.sessions import tidy_by_clock
from bar.accounts.actions.tries import key_of, take_try
from bar.accounts.models import Counter, Kept, User
from bar.accounts.rules.lock_out import ACCOUNT, ADDRESS
from dossiers.models import TrailLine
from dossiers.trail import Event
from tests.sessions.material import PASSWORD, sign_in
from tests.world import BACKEND

EMAIL = "werknemer@proef.test"
pytestmark = pytest.mark.usefixtures("no_second_step")


def guess(client: Client, count: int, email: str = EMAIL, **more: object) -> list[int]:
    return [sign_in(client, email, f"gok nummer {number}", **more)[0] for number in range(count)]


def test_g3_a_strangers_tries_count_together_whatever_address_or_browser_they_say(people: dict[str, User]) -> None:
    """G3, over one hour: from many addresses and browsers, with forged headers. The pure rule is proved for any timing (test_rules.py)."""
    effective = 0
    start = timezone.now()
    for minute in range(0, 60, 5):
        with time_machine.travel(start + dt.timedelta(minutes=minute), tick=False):
            for number in range(8 if minute == 0 else 2):
                forged = {"X-Forwarded-For": f"203.0.113.{number}", "User-Agent": f"agent {minute} {number}"}
                status = guess(Client(), 1, REMOTE_ADDR=f"198.51.{minute}.{number}", headers=forged)[0]
                assert status in {422, 429}
                effective += status == 422
    assert 6 <= effective <= 10


def test_a_case_or_a_space_makes_no_other_account(people: dict[str, User]) -> None:
    tries = [sign_in(Client(), address, "gok")[0] for address in [EMAIL, EMAIL.upper(), f" {EMAIL} ", "wer\u212anemer@proef.te\u017ft"] * 2]
    assert tries == [422] * 6 + [429] * 2


def test_the_owner_waits_a_quarter_of_an_hour_at_most_and_knocking_makes_it_no_longer(people: dict[str, User]) -> None:
    guess(Client(), 7)
    start = timezone.now()
    for minute in range(1, 15):
        with time_machine.travel(start + dt.timedelta(minutes=minute), tick=False):
            assert guess(Client(), 1) == [429]
    with time_machine.travel(start + dt.timedelta(minutes=15, seconds=1), tick=False):
        assert sign_in(Client(), EMAIL)[0] == 302


def test_a_browser_that_signed_in_before_is_not_held_up_by_strangers(people: dict[str, User]) -> None:
    """OWASP, device cookies. The cookie is of one account, and of one browser."""
    mine = Client()
    assert sign_in(mine, EMAIL)[0] == 302
    cookie = mine.cookies["apparaat"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert EMAIL not in cookie.value
    mine.post("/uitloggen/")
    assert guess(Client(), 7)[-1] == 429
    assert sign_in(mine, EMAIL)[0] == 302
    mine.post("/uitloggen/")
    assert guess(mine, 7)[-1] == 429, "its own tries count too"
    assert sign_in(mine, "arts@proef.test")[0] == 302, "another account is another count"


def test_a_forged_cookie_counts_for_nothing(people: dict[str, User]) -> None:
    guess(Client(), 7)
    for value in ("x", "a:b:c", "W1siYSIsImIiXV0:1tXXXX:zzzz", "\x00"):
        client = Client()
        client.cookies["apparaat"] = value
        assert sign_in(client, EMAIL)[0] == 429


def test_one_password_on_many_accounts_from_one_address_is_slow(people: dict[str, User]) -> None:
    """Spraying: thirty at once, then one a minute; from elsewhere everybody gets in."""
    tries = [sign_in(Client(), f"iemand{number}@proef.test", "Welkom2026!")[0] for number in range(40)]
    assert tries == [422] * 30 + [429] * 10
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1, seconds=1), tick=False):
        assert [sign_in(Client(), f"ander{number}@proef.test", "Welkom2026!")[0] for number in range(2)] == [422, 429]
    assert sign_in(Client(), EMAIL, REMOTE_ADDR="198.51.100.7")[0] == 302


def test_right_passwords_are_not_counted(people: dict[str, User]) -> None:
    for _ in range(8):
        client = Client()
        assert sign_in(client, EMAIL)[0] == 302
    assert guess(Client(), 7) == [422] * 6 + [429]


def test_signing_in_gives_who_guesses_no_new_tries(people: dict[str, User]) -> None:
    guess(Client(), 5)
    assert sign_in(Client(), EMAIL)[0] == 302
    assert guess(Client(), 2) == [422, 429]


def test_the_page_says_how_long_and_what_to_do_the_same_for_every_address(people: dict[str, User]) -> None:
    User.objects.create_user("nooit@proef.test", name="Nooit Uitgenodigd")
    User.objects.filter(email="arts@proef.test").update(is_active=False)
    pages = set()
    for email in (EMAIL, "niemand@proef.test", "nooit@proef.test", "arts@proef.test"):
        with time_machine.travel(timezone.now(), tick=False):
            guess(Client(), 6, email, REMOTE_ADDR="198.51.100.9")
            status, page = sign_in(Client(), email, REMOTE_ADDR="198.51.100.9")
        assert status == 429
        pages.add(page)
    page = pages.pop()
    assert not pages
    assert "over 15 minuten opnieuw" in page
    assert "/wachtwoord-vergeten/" in page


def test_every_refused_try_stands_in_the_trail_and_no_address_stands_in_the_table(people: dict[str, User]) -> None:
    guess(Client(), 7)
    assert TrailLine.objects.filter(event_code=Event.SIGN_IN_FAILED).count() == 7
    assert Counter.objects.count() == 2
    assert not any("@" in row.key or "127" in row.key.split(":")[0] for row in Counter.objects.all())


def test_counts_that_count_nothing_are_thrown_away(people: dict[str, User]) -> None:
    guess(Client(), 2)
    now = timezone.now()
    tidy_by_clock(now=now)
    assert Counter.objects.count() == 2
    tidy_by_clock(now=now + dt.timedelta(hours=2))
    assert (Counter.objects.count(), Kept.objects.count()) == (0, 0)


def test_somebody_already_inside_stays_inside_while_others_guess(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["employee"], backend=BACKEND)
    guess(Client(), 7)
    assert client.get("/woorden/").status_code == 200
    assert client.post("/nog-hier/").status_code == 200


def test_the_header_of_a_proxy_is_read_only_as_far_as_our_own_proxies_wrote_it() -> None:
    from bar.proxies import behind

    assert settings.PROXIES == 0
    assert behind("1.2.3.4", 1) == "1.2.3.4"
    assert behind("6.6.6.6, 1.2.3.4", 1) == "1.2.3.4"
    assert behind("6.6.6.6, 1.2.3.4, 10.0.0.1", 2) == "1.2.3.4"
    assert behind("1.2.3.4", 2) == ""
    assert behind("onzin", 1) == ""
    assert behind("", 1) == ""


def test_the_library_counts_in_the_database(people: dict[str, User], keep: Callable[[], object]) -> None:
    """Codes of the second step are counted by the library, in its cache: for every worker, and of two that add one wins."""
    cache = keep()
    assert cache.add("slot", True, timeout=10) is True  # type: ignore[attr-defined]
    assert cache.add("slot", True, timeout=10) is False  # type: ignore[attr-defined]
    cache.set("tel", [2.5, 1.0], 60)  # type: ignore[attr-defined]
    assert cache.get("tel") == [2.5, 1.0]  # type: ignore[attr-defined]
    assert Kept.objects.count() == 2
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61), tick=False):
        assert cache.get("tel") is None  # type: ignore[attr-defined]
        assert cache.add("slot", True, timeout=10) is True  # type: ignore[attr-defined]
    assert cache.delete("slot") is True  # type: ignore[attr-defined]
    assert cache.delete("slot") is False  # type: ignore[attr-defined]
    assert PASSWORD not in str(list(Kept.objects.values()))


def test_tries_at_the_same_moment_count_as_many(transactional_db: None) -> None:
    """The try is taken in a locked row before the password is looked at: of twenty at once six count, and every other one waits."""
    buckets = {key_of("account", "race@proef.test"): ACCOUNT, key_of("address", "198.51.100.1"): ADDRESS}
    together, now = threading.Barrier(20), timezone.now()

    def knock(_: int) -> bool:
        together.wait()
        try:
            return not take_try(buckets, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        counted = sum(pool.map(knock, range(20)))
    assert counted == 6
    assert Counter.objects.count() == 2
