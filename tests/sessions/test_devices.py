"""Mijn apparaten: where somebody is signed in, in plain words, with a way out of each; and a word to the owner about a new one."""

import datetime as dt
from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from bar.accounts.actions.sessions import tidy_by_clock
from bar.accounts.models import User
from dossiers.models import Notice, TrailLine
from dossiers.trail import Event
from tests.sessions.material import PASSWORD, is_in, sign_in

Open = Callable[..., Client]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def number_of(person: User, agent: str) -> int:
    return int(UserSession.objects.get(user=person, user_agent=agent).pk)


def test_the_page_names_every_device_in_plain_words_and_no_key(browser: Open, people: dict[str, User]) -> None:
    here, phone = browser("employee"), browser("employee", PHONE)
    browser("physician", "Edg/130 (Windows)")
    page = here.get("/account/apparaten/").content.decode()
    assert "Firefox op een Mac" in page
    assert "Safari op een iPhone" in page
    assert "Windows" not in page, "somebody else's"
    assert page.count("dit apparaat") == 1
    assert "127.0.0.x" in page
    assert "127.0.0.1" not in page
    for client in (here, phone):
        assert str(client.session.session_key) not in page


def test_one_device_is_signed_out_and_the_others_stay(browser: Open, people: dict[str, User]) -> None:
    here, phone, tablet = browser("employee"), browser("employee", PHONE), browser("employee", "iPad Safari/604")
    answer = here.post("/account/apparaten/uitloggen/", {"device": number_of(people["employee"], PHONE)}, follow=True)
    assert "U bent uitgelogd op: Safari op een iPhone" in answer.content.decode()
    assert not is_in(phone)
    assert is_in(here)
    assert is_in(tablet)
    assert TrailLine.objects.filter(event_code=Event.END_SESSION, actor_id=people["employee"].pk).count() == 1


def test_all_other_devices_are_signed_out_at_once(browser: Open, people: dict[str, User]) -> None:
    here, others = browser("employee"), [browser("employee", PHONE), browser("employee", "iPad Safari/604")]
    stranger = browser("physician")
    here.post("/account/apparaten/alle-andere-uitloggen/")
    assert is_in(here)
    assert is_in(stranger)
    assert not any(is_in(other) for other in others)
    assert "alle-andere" not in here.get("/account/apparaten/").content.decode()


@pytest.mark.parametrize("device", ["", "x", "-1", "9" * 40, "1\x00", "١٢"])
def test_a_device_that_is_not_there_or_of_somebody_else_ends_nothing(browser: Open, people: dict[str, User], device: str) -> None:
    here, other = browser("employee"), browser("physician", PHONE)
    for typed in (device, str(number_of(people["physician"], PHONE)), str(number_of(people["employee"], "Firefox/131.0 (Macintosh)"))):
        answer = here.post("/account/apparaten/uitloggen/", {"device": typed}, follow=True)
        assert answer.status_code == 200
        assert "al uitgelogd" in answer.content.decode()
    assert is_in(other)
    assert is_in(here)


@pytest.mark.usefixtures("no_second_step")
def test_a_sign_in_from_a_new_browser_is_told_once(people: dict[str, User]) -> None:
    def arrive(client: Client, agent: str) -> int:
        assert sign_in(client, "werknemer@proef.test", headers={"user-agent": agent})[0] == 302
        return Notice.objects.filter(person=people["employee"], reason="new_device", account=True).count()

    mine = Client()
    assert arrive(mine, PHONE) == 1
    mine.post("/uitloggen/")
    assert arrive(mine, PHONE) == 1, "this browser is known by its cookie"
    assert arrive(Client(), PHONE) == 1, "the same kind of browser is signed in already"
    assert arrive(Client(), "Firefox/131.0 (Macintosh)") == 2


@pytest.mark.usefixtures("no_second_step")
def test_the_first_sign_in_after_the_invitation_is_no_news(people: dict[str, User]) -> None:
    User.objects.filter(pk=people["employee"].pk).update(activated_at=timezone.now())
    assert sign_in(Client(), "werknemer@proef.test")[0] == 302
    assert not Notice.objects.exists()


def test_the_clock_throws_away_what_is_over(browser: Open, people: dict[str, User]) -> None:
    here, gone, over = browser("employee"), browser("employee", PHONE), browser("physician")
    Session.objects.filter(session_key=gone.session.session_key).delete()
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=timezone.now() - dt.timedelta(days=1))
    UserSession.objects.exclude(session_key=here.session.session_key).update(last_seen_at=timezone.now() - dt.timedelta(days=2))
    tidy_by_clock(now=timezone.now())
    assert [row.session_key for row in UserSession.objects.all()] == [here.session.session_key]
    assert Session.objects.count() == 1
    assert is_in(here)


def test_the_clock_calls_it_every_day() -> None:
    from django.conf import settings

    from bar.celery import app

    assert settings.CELERY_BEAT_SCHEDULE["tidy"]["task"] == "bar.tasks.tidy"
    app.loader.import_default_modules()
    assert "bar.tasks.tidy" in app.tasks


def test_a_password_is_never_in_a_session(people: dict[str, User], settings: object) -> None:
    client = Client()
    sign_in(client, "werknemer@proef.test")
    assert PASSWORD not in str(dict(client.session))
