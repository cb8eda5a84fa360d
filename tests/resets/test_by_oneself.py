"""A lost second step asked from the sign-in page, and an own change of address: the same answer for everybody, and never a way around."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.resets import ask_address_change, cancel_by_link, do_due_by_clock
from bar.accounts.models import Reset, ResetKind, User
from dossiers.errors import Refused
from dossiers.models import Notice
from dossiers.trail import Event, Origin
from tests.organisations.material import browser
from tests.resets.conftest import with_factor
from tests.resets.material import PASSWORD, Mails, events_about, follow, newest

DAY = dt.timedelta(hours=24)
ASK = "/hulp-bij-inloggen/tweede-stap/"
People = dict[str, User]
Mailed = Callable[[], Mails]


def ask(client: Client, email: str = "kwijt@proef.test", password: str = PASSWORD) -> Any:
    return client.post(ASK, {"login": email, "password": password})


def test_help_is_one_click_from_the_sign_in_page(db: None, anybody: Client) -> None:
    assert "/hulp-bij-inloggen/" in anybody.get("/inloggen/").content.decode()
    assert ASK in anybody.get("/hulp-bij-inloggen/").content.decode()
    assert anybody.get(ASK).status_code == 200


def test_the_answer_is_the_same_right_or_wrong(people: People, mails: Mailed) -> None:
    Authenticator.objects.filter(user=people["one"]).delete()
    with_factor(people["two"])
    User.objects.filter(pk=people["two"].pk).update(is_active=False)
    seen = set()
    for email, password in (
        ("kwijt@proef.test", PASSWORD),
        ("kwijt@proef.test", "niet het wachtwoord"),
        ("niemand@proef.test", PASSWORD),
        ("een@proef.test", PASSWORD),
        ("twee@proef.test", PASSWORD),
    ):
        client = Client()
        answer = ask(client, email, password)
        seen.add((answer.status_code, answer["Location"], client.get(answer["Location"]).content))
    assert len(seen) == 1
    assert mails().addresses == ["kwijt@proef.test"]
    assert [row.person for row in Reset.objects.all()] == [people["person"]]


def test_guessing_is_counted_as_at_the_sign_in_page(people: People, anybody: Client) -> None:
    answers = [ask(anybody, password="gok").status_code for _ in range(12)]
    assert answers[-1] == 429
    assert ask(anybody).status_code == 429
    assert anybody.post("/inloggen/", {"login": "kwijt@proef.test", "password": PASSWORD}).status_code == 429, "one count for both"
    assert not Reset.objects.exists()


def test_confirmed_by_mail_done_at_the_next_sign_in_and_a_new_second_step_is_asked(people: People, mails: Mailed, anybody: Client) -> None:
    person = people["person"]
    ask(anybody)
    (link,) = mails().links("kwijt@proef.test")
    follow(anybody, link, "bevestigen")
    early = Client().post("/inloggen/", {"login": "kwijt@proef.test", "password": PASSWORD})
    assert early["Location"] not in {"/", "/herstel/"}, "the second step is still asked"
    assert Authenticator.objects.filter(user=person).exists(), "the second step still stands"
    with time_machine.travel(timezone.now() + DAY + dt.timedelta(minutes=1), tick=True):
        client = Client()
        client.post("/inloggen/", {"login": "kwijt@proef.test", "password": PASSWORD})
        assert not Authenticator.objects.filter(user=person).exists()
        answer = client.get("/")
        assert answer.status_code == 302, "a password alone opens nothing"
        assert answer["Location"] != "/inloggen/", "but leads to a new second step"
        assert client.get(answer["Location"]).status_code == 200
    assert events_about(person) == [Event.ASK_RESET, Event.CONFIRM_RESET, Event.DO_RESET]


def test_without_the_mail_nothing_ever_happens(people: People, anybody: Client) -> None:
    ask(anybody)
    assert do_due_by_clock(now=timezone.now() + 10 * DAY) == 0
    assert Authenticator.objects.filter(user=people["person"]).exists()


def test_asking_again_fills_no_mailbox(people: People, mails: Mailed, anybody: Client) -> None:
    for _ in range(3):
        ask(anybody)
    assert len(mails().sent) == 1
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16), tick=True):
        ask(anybody)
        assert len(mails().sent) == 1
    assert Reset.objects.count() == 1


def test_who_signs_in_while_it_runs_sees_it_first_and_can_stop_it(people: People, anybody: Client) -> None:
    ask(anybody)
    owner = browser(people["person"])
    text = owner.get("/herstel/").content.decode()
    assert "De tweede stap weghalen" in text
    assert owner.post("/herstel/", {"herstel": str(newest().pk)}).status_code == 302
    assert newest().cancelled_by == people["person"]
    assert browser(people["one"]).post("/herstel/", {"herstel": str(newest().pk)}).status_code == 404
    for nonsense in ("", "x", "\x00", "00000000-0000-4000-8000-000000000009"):
        assert owner.post("/herstel/", {"herstel": nonsense}).status_code == 404


def test_signing_in_leads_past_what_runs(people: People) -> None:
    person = people["one"]
    User.objects.filter(pk=person.pk).update(password=people["person"].password)
    Reset.objects.create(person=person, kind=ResetKind.ADDRESS, new_email="x@proef.test", asked_at=timezone.now(), asked_by=people["two"])
    client = Client()
    answer = client.post("/inloggen/", {"login": "een@proef.test", "password": PASSWORD, "next": "/woorden/"})
    assert answer["Location"] == "/herstel/?next=%2Fwoorden%2F"
    page = client.get(answer["Location"]).content.decode()
    assert "Een ander e-mailadres" in page and 'href="/woorden/"' in page
    assert "kwaad" not in client.get("/herstel/?next=//kwaad.test/").content.decode()


def test_an_own_change_of_address_is_confirmed_at_the_new_one_and_told_to_the_old(people: People, mails: Mailed, anybody: Client) -> None:
    person = people["person"]
    ask_address_change(person, new_email="Nieuw@proef.test", now=timezone.now(), origin=Origin())
    sent = mails()
    (confirm,), (stop,) = sent.links("nieuw@proef.test"), sent.links("kwijt@proef.test")
    follow(anybody, stop, "bevestigen")
    assert newest().confirmed_at is None, "the old address only stops"
    follow(anybody, confirm, "bevestigen")
    row = newest()
    assert row.counts_from is not None
    assert do_due_by_clock(now=row.counts_from) == 1
    person.refresh_from_db()
    assert person.email == "nieuw@proef.test"


def test_an_own_change_to_an_address_of_somebody_else_goes_nowhere(people: People, mails: Mailed) -> None:
    ask_address_change(people["person"], new_email="ander@proef.test", now=timezone.now(), origin=Origin())
    assert mails().addresses == ["kwijt@proef.test"], "no link leaves to somebody else's mailbox"
    ask_address_change(people["person"], new_email="beter@proef.test", now=timezone.now(), origin=Origin())
    assert sorted(mails().addresses) == ["beter@proef.test", "kwijt@proef.test"], "a typing mistake is mended by asking again"
    with pytest.raises(Refused, match="al uw e-mailadres"):
        ask_address_change(people["person"], new_email="KWIJT@proef.test", now=timezone.now(), origin=Origin())


def test_a_link_to_an_old_mailbox_dies_with_the_address(people: People, mails: Mailed, anybody: Client) -> None:
    person, now = people["person"], timezone.now()
    Reset.objects.create(
        person=person,
        kind=ResetKind.ADDRESS,
        new_email="nieuw@proef.test",
        asked_at=now - 2 * DAY,
        asked_by=people["one"],
        confirmed_at=now - DAY,
        confirmed_by=people["two"],
        counts_from=now,
    )
    ask(anybody)
    (link,) = [link for link in mails().links("kwijt@proef.test") if "/herstel/" in link]
    assert do_due_by_clock(now=now) == 1
    follow(anybody, link, "bevestigen")
    assert Reset.objects.get(kind=ResetKind.FACTOR).confirmed_at is None


def test_mail_says_nothing_of_what_or_who(people: People, mails: Mailed, anybody: Client) -> None:
    ask(anybody)
    (mail,) = mails().sent
    text = f"{mail.subject} {mail.body}".lower()
    for word in ("stap", "herstel ", "wachtwoord", "kim", "account", "dossier"):
        assert word not in re.sub(r"https?://\S+", "", text), word
    assert Notice.objects.get().account


@pytest.mark.django_db(transaction=True)
def test_stopping_and_doing_at_once_is_one_of_the_two(people: People, races: int) -> None:
    person = people["person"]
    for _ in range(races):
        now = timezone.now()
        row = Reset.objects.create(
            person=person,
            kind=ResetKind.FACTOR,
            asked_at=now - 2 * DAY,
            asked_by=people["one"],
            confirmed_at=now - DAY,
            confirmed_by=people["two"],
            counts_from=now,
        )
        Authenticator.objects.get_or_create(user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}})
        _at_once(partial(do_due_by_clock, now=now), partial(cancel_by_link, row.pk, now=now, origin=Origin()))
        row.refresh_from_db()
        assert (row.done_at is None) != (row.cancelled_at is None)
        assert Authenticator.objects.filter(user=person).exists() is (row.cancelled_at is not None)
        Reset.objects.all().delete()


def _at_once(*works: Callable[[], object]) -> None:
    barrier = threading.Barrier(len(works))

    def go(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
