"""The rules of locking out and of sessions, by property: whatever somebody tries, and whenever."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bar.accounts.rules import devices
from bar.accounts.rules.lock_out import ACCOUNT, ADDRESS, DEVICE, LONGEST_WAIT, MAIL, MOST_TRIES_AN_HOUR, Bucket, give_back, in_words, take
from bar.accounts.rules.sessions import ABSOLUTE_OTHERS, ABSOLUTE_PROFESSIONAL, IDLE_MEDICAL, IDLE_OTHERS, End, limits_of, must_note, time_left

START = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
gaps = st.lists(st.integers(0, 1_200), min_size=1, max_size=200)  # seconds between two tries


def tries(bucket: Bucket, waits: list[int]) -> tuple[list[dt.datetime], list[dt.timedelta]]:
    """The moments that counted, and how long the others were told to wait."""
    now, full_at, counted, told = START, None, [], []
    for seconds in waits:
        now += dt.timedelta(seconds=seconds)
        answer = take(bucket, full_at, now)
        full_at = answer.full_at
        if answer.allowed:
            counted.append(now)
        else:
            told.append(answer.wait)
    return counted, told


@given(gaps)
def test_at_most_ten_tries_count_in_any_hour_and_nobody_waits_longer_than_a_quarter(waits: list[int]) -> None:
    for bucket in (ACCOUNT, DEVICE):
        counted, told = tries(bucket, waits)
        for moment in counted:
            assert sum(moment <= other < moment + HOUR for other in counted) <= MOST_TRIES_AN_HOUR
        assert all(dt.timedelta(0) < wait <= LONGEST_WAIT for wait in told)


@given(gaps)
def test_who_waits_as_told_gets_a_try_however_often_others_knocked(waits: list[int]) -> None:
    """A refused try takes nothing, so that knocking makes no lock longer."""
    now, full_at, open_at = START, None, None
    for seconds in waits:
        now += dt.timedelta(seconds=seconds)
        answer = take(ACCOUNT, full_at, now)
        full_at = answer.full_at
        if open_at is not None:
            assert answer.allowed == (now >= open_at)
        open_at = None if answer.allowed else now + answer.wait


@given(st.integers(-10_000_000, 10_000_000))
def test_a_clock_that_was_set_back_locks_nobody_out_longer(seconds: int) -> None:
    assert take(ACCOUNT, START + dt.timedelta(seconds=seconds), START).wait <= LONGEST_WAIT


def test_the_buckets_say_what_they_allow() -> None:
    assert (ACCOUNT.most_an_hour, DEVICE.most_an_hour) == (10, 10)
    assert ADDRESS.most_an_hour == 90
    assert MAIL.refill == LONGEST_WAIT
    assert all(bucket.refill <= LONGEST_WAIT for bucket in (ACCOUNT, DEVICE, ADDRESS, MAIL))


def test_a_right_password_takes_nothing() -> None:
    full_at = None
    for _ in range(100):
        answer = take(ACCOUNT, full_at, START)
        assert answer.allowed
        full_at = give_back(ACCOUNT, answer.full_at)


@pytest.mark.parametrize(("seconds", "words"), [(0, "1 minuut"), (59, "1 minuut"), (61, "2 minuten"), (900, "15 minuten")])
def test_a_wait_is_said_in_whole_minutes(seconds: int, words: str) -> None:
    assert in_words(dt.timedelta(seconds=seconds)) == words


def test_the_limits_are_those_of_the_security_goals() -> None:
    """security.md §3.11: idle 15 minutes for medical and 30 for employer, absolute 8 hours; 12 for others (issue 3)."""
    medical, other = limits_of(professional=True, administrator=False), limits_of(professional=False, administrator=False)
    assert (medical.idle, medical.absolute) == (dt.timedelta(minutes=15), dt.timedelta(hours=8)) == (IDLE_MEDICAL, ABSOLUTE_PROFESSIONAL)
    assert (other.idle, other.absolute) == (dt.timedelta(minutes=30), dt.timedelta(hours=12)) == (IDLE_OTHERS, ABSOLUTE_OTHERS)
    assert limits_of(professional=False, administrator=True) == medical


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_session_lasts_as_long_as_both_limits_allow(since_sign_in: int, since_seen: int) -> None:
    limits = limits_of(professional=True, administrator=False)
    left = time_left(limits, signed_in_at=START - dt.timedelta(seconds=since_sign_in), last_seen=START - dt.timedelta(seconds=since_seen), now=START)
    expected = End.ABSOLUTE if since_sign_in >= 8 * 3600 else End.IDLE if since_seen >= 15 * 60 else None
    assert left.ended is expected
    assert left.idle_seconds == max(0, 15 * 60 - since_seen)
    assert left.absolute_seconds == max(0, 8 * 3600 - since_sign_in)


def test_a_moment_in_the_future_gives_no_more_time() -> None:
    limits = limits_of(professional=True, administrator=False)
    left = time_left(limits, signed_in_at=START + HOUR, last_seen=START + HOUR, now=START)
    assert (left.idle_left, left.absolute_left) == (limits.idle, limits.absolute)


def test_somebody_is_noted_at_most_every_half_minute() -> None:
    assert not must_note(START, START + dt.timedelta(seconds=29))
    assert must_note(START, START + dt.timedelta(seconds=30))
    assert must_note(START + HOUR, START)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
            "Chrome op een Windows-computer",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge op een Windows-computer"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1", "Safari op een iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/26.0 Chrome/122 Mobile Safari/537.36",
            "Samsung Internet op een Android-apparaat",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox op een Mac"),
        ("curl/8", "Een onbekende browser"),
        ("", "Een onbekende browser"),
    ],
)
def test_a_browser_is_named_in_plain_words(agent: str, words: str) -> None:
    assert devices.in_words(agent) == words


@given(st.text())
def test_whatever_a_browser_says_it_gets_a_name_of_ours(agent: str) -> None:
    assert devices.in_words(agent) in {
        *(f"{name} op {system}" for _, name in devices.BROWSERS for _, system in devices.SYSTEMS),
        *(f"Een browser op {system}" for _, system in devices.SYSTEMS),
        *(name for _, name in devices.BROWSERS),
        "Een onbekende browser",
    }


@pytest.mark.parametrize(
    ("address", "place", "network"),
    [
        ("192.0.2.77", "192.0.2.x", "192.0.2.77"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::x", "2001:db8:1:2::"),
        ("::ffff:192.0.2.77", "192.0.2.x", "192.0.2.77"),
        ("ergens", "", "unknown"),
    ],
)
def test_a_place_leaves_the_end_of_an_address_out(address: str, place: str, network: str) -> None:
    assert devices.place(address) == place
    assert devices.network(address) == network
