"""A lost second step or address, asked by an administrator: two voices, a day of waiting, told to the old address, stopped by a link."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.resets import do_due_by_clock
from bar.accounts.links import LinkKind, token_of
from bar.accounts.models import Reset, ResetKind, User
from dossiers.trail import Event
from tests.organisations.material import browser, page_of
from tests.resets.material import PASSWORD, Mails, ask, decide, events_about, follow, newest

DAY = dt.timedelta(hours=24)
People = dict[str, User]
Mailed = Callable[[], Mails]


def has_factor(person: User) -> bool:
    return bool(Authenticator.objects.filter(user=person).exists())


def later(row: Reset) -> dt.datetime:
    row.refresh_from_db()
    assert row.counts_from is not None
    return row.counts_from


def test_the_person_confirms_by_mail_and_it_is_done_after_a_day(people: People, mails: Mailed, anybody: Client) -> None:
    person = people["person"]
    signed_in = browser(person)
    assert ask(browser(people["one"]), person).status_code == 302
    (link,) = mails().links("kwijt@proef.test")
    page = anybody.get(link).content.decode()
    assert "Ja, ik vroeg dit" in page and "Nee, stop dit" in page
    assert newest().confirmed_at is None, "opening a link changes nothing"
    assert follow(anybody, link, "bevestigen").status_code == 302
    row = newest()
    assert (row.confirmed_by, row.counts_from) == (person, row.confirmed_at + DAY if row.confirmed_at else None)
    assert do_due_by_clock(now=later(row) - dt.timedelta(seconds=1)) == 0
    assert has_factor(person)
    assert signed_in.get("/woorden/").status_code == 200
    assert do_due_by_clock(now=later(row)) == 1
    assert not has_factor(person)
    assert signed_in.get("/").status_code == 302, "signed out everywhere"
    assert events_about(person) == [Event.ASK_RESET, Event.CONFIRM_RESET, Event.DO_RESET]
    _, done = mails().links("kwijt@proef.test")
    assert "is gedaan" in anybody.get(done).content.decode()
    assert do_due_by_clock(now=later(row) + DAY) == 0, "once"


def test_a_second_administrator_confirms_and_the_first_never(people: People, mails: Mailed) -> None:
    person = people["person"]
    ask(browser(people["one"]), person)
    row = newest()
    refused = decide(browser(people["one"]), row)
    assert refused.status_code == 403
    assert "kan het niet bevestigen" in refused.content.decode()
    assert "Bevestigen" not in browser(people["one"]).get(page_of(person)).content.decode()
    assert decide(browser(people["elsewhere"]), row).status_code == 404
    assert decide(browser(person), row).status_code == 403
    row.refresh_from_db()
    assert row.confirmed_at is None
    assert "Bevestigen" in browser(people["two"]).get(page_of(person)).content.decode()
    assert decide(browser(people["two"]), row).status_code == 302
    assert decide(browser(people["two"]), row).status_code == 409, "once"
    assert len(mails().links("kwijt@proef.test")) == 2, "told when it was asked, and when it was confirmed"


def test_an_administrator_neither_asks_nor_confirms_for_oneself(people: People) -> None:
    one, two = people["one"], people["two"]
    assert ask(browser(one), one).status_code == 422
    assert not Reset.objects.exists()
    assert ask(browser(two), one).status_code == 302
    assert decide(browser(one), newest()).status_code == 403, "not even when somebody else asked: the link is for that"


def test_the_old_address_stops_it_without_signing_in(people: People, mails: Mailed, anybody: Client) -> None:
    person = people["person"]
    ask(browser(people["one"]), person, "address", "nieuw@proef.test")
    decide(browser(people["two"]), newest())
    sent = mails()
    assert set(sent.addresses) == {"kwijt@proef.test"}, "the new address is nobody's yet"
    stop = sent.links("kwijt@proef.test")[-1]
    assert follow(anybody, stop, "bevestigen").status_code == 302, "a link to stop confirms nothing"
    assert follow(anybody, stop, "stoppen").status_code == 302
    row = newest()
    assert (row.cancelled_by, row.done_at) == (person, None)
    assert do_due_by_clock(now=timezone.now() + 2 * DAY) == 0
    person.refresh_from_db()
    assert person.email == "kwijt@proef.test"
    assert events_about(person)[-1] == Event.CANCEL_RESET
    assert "is gestopt" in anybody.get(stop).content.decode()


def test_a_changed_address_is_told_to_both_and_the_old_one_opens_nothing(people: People, mails: Mailed, anybody: Client) -> None:
    person = people["person"]
    EmailAddress.objects.create(user=person, email="kwijt@proef.test", verified=True, primary=True)
    ask(browser(people["one"]), person, "address", "Nieuw@Proef.test")
    decide(browser(people["two"]), newest())
    mails()
    assert do_due_by_clock(now=later(newest())) == 1
    person.refresh_from_db()
    assert person.email == "nieuw@proef.test"
    assert sorted(mails().addresses) == ["kwijt@proef.test", "nieuw@proef.test"]
    assert anybody.post("/inloggen/", {"login": "kwijt@proef.test", "password": PASSWORD}).status_code == 422
    assert anybody.post("/inloggen/", {"login": "nieuw@proef.test", "password": PASSWORD}).status_code == 302


def test_an_address_of_somebody_else_is_never_taken_and_nobody_can_tell(people: People, mails: Mailed) -> None:
    person = people["person"]
    pages = []
    for address in ("ANDER@proef.test", "vrij@proef.test"):
        answer = browser(people["one"]).post(page_of(person, "herstel/"), {"kind": "address", "new_email": address}, follow=True)
        pages.append((answer.status_code, "Gevraagd." in answer.content.decode(), mails().addresses))
        decide(browser(people["two"]), newest(), "stoppen")
        mails()
    assert pages[0] == pages[1]
    ask(browser(people["one"]), person, "address", "ANDER@proef.test")
    decide(browser(people["two"]), newest())
    assert do_due_by_clock(now=later(newest())) == 0
    person.refresh_from_db()
    assert person.email == "kwijt@proef.test"
    assert newest().cancelled_at is not None


def test_asked_once_at_a_time(people: People) -> None:
    client = browser(people["one"])
    ask(client, people["person"])
    answer = ask(client, people["person"])
    assert answer.status_code == 422
    assert "loopt al een herstel" in answer.content.decode()


def test_what_is_typed_wrong_is_said(people: People) -> None:
    client = browser(people["one"])
    for kind, address, sentence in (
        ("", "", "Kies wat er aan de hand is"),
        ("anders", "", "Kies een antwoord uit de lijst"),
        ("address", "", "Vul het nieuwe e-mailadres in"),
        ("address", "kwijt@proef.test", "Dit is al het e-mailadres"),
        ("address", "a\x00@b.nl", "stuurteken"),
    ):
        answer = ask(client, people["person"], kind, address)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not Reset.objects.exists()


def test_nobody_asks_for_who_has_no_account_here(people: People) -> None:
    client = browser(people["one"])
    User.objects.filter(pk=people["person"].pk).update(activated_at=None)
    assert ask(client, people["person"]).status_code == 422
    assert ask(client, people["elsewhere"]).status_code == 404


def test_a_question_nobody_confirmed_counts_for_nothing_after_three_days(people: People, mails: Mailed, anybody: Client) -> None:
    ask(browser(people["one"]), people["person"])
    (link,) = mails().links("kwijt@proef.test")
    with time_machine.travel(timezone.now() + 3 * DAY, tick=True):
        follow(anybody, link, "bevestigen")
        assert newest().confirmed_at is None
        assert "niemand heeft dit op tijd bevestigd" in anybody.get(link).content.decode().lower()
        assert ask(browser(people["one"]), people["person"]).status_code == 302, "it makes way for a new one"


def test_a_link_works_for_its_own_reset_and_once(people: People, mails: Mailed, anybody: Client) -> None:
    person = people["person"]
    client = browser(people["one"])
    ask(client, person)
    (first,) = mails().links("kwijt@proef.test")
    decide(client, newest(), "stoppen")
    ask(client, person)
    second = newest()
    follow(anybody, first, "bevestigen")
    second.refresh_from_db()
    assert second.confirmed_at is None, "the link of a reset that was stopped"
    (own,) = mails().links("kwijt@proef.test")
    follow(anybody, own, "bevestigen")
    confirmed = newest().confirmed_at
    follow(anybody, own, "bevestigen")
    assert newest().confirmed_at == confirmed, "a second time changes nothing: the day does not begin again"


def test_a_link_that_was_not_signed_for_this_is_one_page(people: People, anybody: Client) -> None:
    ask(browser(people["one"]), people["person"])
    row = newest()
    made_up = [
        f"{row.pk.hex}.1.{'x' * 43}",
        token_of(LinkKind.INVITATION, row.pk, 1),
        token_of(LinkKind.RESET, row.pk, 3),
        token_of(LinkKind.RESET, people["one"].pk, 1),
        "x",
        "x" * 300,
    ]
    answers = [(client := anybody).get(f"/herstel/{token}/") for token in made_up]
    assert {answer.status_code for answer in answers} == {410}
    assert len({answer.content for answer in answers}) == 1
    for token in made_up:
        assert client.post(f"/herstel/{token}/", {"doe": "bevestigen"}).status_code == 410
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_the_database_holds_the_rules_as_well(people: People) -> None:
    one, person, now = people["one"], people["person"], timezone.now()
    whole: dict[str, Any] = {"person": person, "kind": ResetKind.FACTOR, "asked_at": now, "asked_by": one}
    confirmed = {"confirmed_at": now, "confirmed_by": people["two"], "counts_from": now + DAY}
    for wrong, name in (
        ({**confirmed, "confirmed_by": one}, "reset_has_two_voices"),
        ({**confirmed, "counts_from": now + DAY - dt.timedelta(seconds=1)}, "reset_waits_a_day"),
        ({**confirmed, "done_at": now}, "reset_waits_its_time"),
        ({"done_at": now}, "reset_done_was_confirmed"),
        ({"confirmed_at": now, "confirmed_by": people["two"]}, "reset_confirmed_by_someone"),
        ({**confirmed, "done_at": now + DAY, "cancelled_at": now, "cancelled_by": one}, "reset_done_or_cancelled"),
        ({"new_email": "x@y.nl"}, "address_reset_has_an_address"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Reset.objects.create(**{**whole, **wrong})
    row = Reset.objects.create(**whole, **confirmed)
    with pytest.raises(IntegrityError, match="reset_waits_a_day"), transaction.atomic():
        Reset.objects.filter(pk=row.pk).update(counts_from=now)
    with pytest.raises(IntegrityError, match="one_open_reset_of_a_kind"), transaction.atomic():
        Reset.objects.create(**whole)
