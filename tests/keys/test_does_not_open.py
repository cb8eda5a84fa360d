"""A sealed value that does not open: a calm page, a line in the trail and one in the log, and no other dossier notices."""

import datetime as dt
import logging
from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

import manage
from bar.accounts.links import LinkKind, read_token, token_of
from dossiers import sealed
from dossiers.actions.promises import WORK, do_outbox_by_clock
from dossiers.models import CopyState, Dossier, Letter, LetterCopy, Outbox, TrailLine
from dossiers.sealed import SealBroken, data_key, forget_keys, new_wrapped_key
from dossiers.stored_pdf import note_pdf, write_pdf
from dossiers.trail import Event
from tests.keys.rings import NEW
from tests.world import World

CALM = "Deze gegevens liggen achter slot, en de sleutel past nu niet."


def lose_key_of(dossier: Dossier) -> None:
    """The wrapped key of this dossier is somebody else's."""
    other = Dossier.objects.exclude(pk=dossier.pk).get()
    Dossier.objects.filter(pk=dossier.pk).update(wrapped_key=new_wrapped_key(other.pk))
    forget_keys()


def move(world: World) -> None:
    """A ciphertext is put in another column of its row."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_employeeview SET can_do = needs WHERE dossier_id = %s", [world.dossier.pk])


def lines(dossier: Dossier) -> list[TrailLine]:
    return list(TrailLine.objects.filter(chain=dossier.pk, event_code=Event.SEAL_BROKEN.value).order_by("seq"))


def lost(world: World) -> None:
    lose_key_of(world.dossier)


@pytest.mark.parametrize("breaks", [lost, move])
def test_who_reads_what_does_not_open_gets_a_calm_page_and_it_is_noted(
    world: World, breaks: Callable[[World], None], caplog: pytest.LogCaptureFixture
) -> None:
    client = world.client("employee")
    page = f"/dossier/{world.number}/mijn-visie/"
    assert client.get(page).status_code == 200
    breaks(world)
    with caplog.at_level(logging.ERROR):
        answer = client.get(page)
    assert answer.status_code == 503
    text = answer.content.decode()
    assert CALM in text
    assert "KANARIE" not in text
    assert answer["Cache-Control"] == "no-store"
    (line,) = lines(world.dossier)
    assert (line.outcome, line.actor_id, line.actor_role) == (3, world.people["employee"].pk, "employee")
    assert "KANARIE" not in caplog.text
    assert f"of dossier {world.dossier.pk}" in caplog.text
    assert world.people["employee"].name not in caplog.text


def test_who_writes_gets_the_own_text_back_and_nothing_was_changed(world: World) -> None:
    client = world.client("employee")
    page = f"/dossier/{world.number}/mijn-visie/opslaan/"
    before = TrailLine.objects.filter(event_code=Event.WRITE_VIEW.value).count()
    lose_key_of(world.dossier)
    answer = client.post(page, {"can_do": "Wat ik net typte over mijn dag.", "needs": "", "on_advice": "", "seen": "1"})
    assert answer.status_code == 503
    assert "Wat ik net typte over mijn dag." in answer.content.decode()
    assert "KANARIE" not in answer.content.decode()
    assert TrailLine.objects.filter(event_code=Event.WRITE_VIEW.value).count() == before
    assert len(lines(world.dossier)) == 1


def test_the_loss_of_one_key_touches_no_other_dossier(world: World) -> None:
    """Not a page of it, and no list in which it stands."""
    other = Dossier.objects.exclude(pk=world.dossier.pk).get()
    everybody = {who: world.client(who) for who in ("physician", "employee", "labour_expert")}
    before = {who: len(client.get("/", follow=True).content) for who, client in everybody.items()}
    lose_key_of(other)
    for who, client in everybody.items():
        for page in ("/", f"/dossier/{world.number}/"):
            assert client.get(page, follow=True).status_code == 200, (who, page)
        assert abs(len(client.get("/", follow=True).content) - before[who]) < 200, who
    assert not lines(world.dossier)
    lose_key_of(world.dossier)
    for who in ("physician", "labour_expert"):
        assert everybody[who].get("/").status_code == 200, who
    listed = everybody["labour_expert"].get("/").content.decode()
    assert world.number in listed
    assert "Dit gaat nu niet open." in listed
    assert "Meedenken over werk." not in listed


def test_a_letter_that_does_not_open_is_noted(world: World) -> None:
    copy = LetterCopy.objects.get(letter__dossier=world.dossier, reader="employee")
    note_pdf(copy, write_pdf(copy, b"%PDF-1.7"), b"%PDF-1.7", now=timezone.now())
    copy.state = CopyState.READY
    copy.save()
    Letter.objects.filter(dossier=world.dossier).update(released_at=timezone.now())
    page = f"/dossier/{world.number}/brieven/1/pdf/employee/"
    client = world.client("employee")
    assert client.get(page).content == b"%PDF-1.7"
    with storages["letters"].open(copy.stored_as, "rb") as stored:
        moved = bytearray(stored.read())
    moved[-1] ^= 1
    storages["letters"].delete(copy.stored_as)
    storages["letters"].save(copy.stored_as, ContentFile(bytes(moved)))
    assert client.get(page).status_code == 503
    (line,) = lines(world.dossier)
    assert line.object_id == "dossiers_lettercopy.pdf"


def test_a_promise_about_a_lost_key_ends_where_people_see_it(world: World) -> None:
    lose_key_of(world.dossier)
    now = timezone.now()
    copy = LetterCopy.objects.filter(letter__dossier=world.dossier).first()
    assert copy is not None
    promise = Outbox.objects.get(kind="letter_copy", object_id=copy.pk)
    for _ in range(WORK["letter_copy"].most_attempts + 5):
        assert not do_outbox_by_clock(promise.pk, now=now)
        now += dt.timedelta(hours=1)
    promise.refresh_from_db()
    copy.refresh_from_db()
    assert promise.gave_up_at is not None
    assert promise.attempts == WORK["letter_copy"].most_attempts
    assert copy.state == CopyState.FAILED
    found = lines(world.dossier)
    assert len(found) == WORK["letter_copy"].most_attempts
    assert {line.actor_role for line in found} == {"worker"}


def test_f10_without_the_key_store_nothing_is_read_and_no_key_stays_longer_than_five_minutes(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_keys()
    clock = [1_000.0]
    monkeypatch.setattr("dossiers.sealed.time.monotonic", lambda: clock[0])
    data_key(world.dossier.pk)
    ring, settings.SEALING_KEYS = settings.SEALING_KEYS, NEW  # the key store is gone: another ring stands there
    client = world.client("physician")
    page = f"/dossier/{world.number}/bar/1/"
    clock[0] += 299
    assert client.get(page).status_code == 200
    clock[0] += 2
    answer = client.get(page)
    assert answer.status_code == 503
    assert "KANARIE" not in answer.content.decode()
    assert not sealed._cache
    with pytest.raises(SealBroken):
        data_key(world.dossier.pk)
    assert client.get("/").status_code == 200
    settings.SEALING_KEYS = ring
    assert client.get(page).status_code == 200  # and when it is back, so is everything


def test_k2_a_new_secret_key_ends_no_session_and_no_link(world: World, settings: Settings) -> None:
    client, away = world.client("physician"), world.client("delegate")
    token = token_of(LinkKind.INVITATION, world.dossier.pk, 1)
    assert client.get("/").status_code == 200
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "nieuw-geheim-" * 5
    assert client.get("/").status_code == 200
    assert read_token(LinkKind.INVITATION, token) == (world.dossier.pk, 1)
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get("/").status_code == 200  # signed anew with the new key
    assert away.get("/").status_code == 302  # who never came by in between signs in again
    assert read_token(LinkKind.INVITATION, token) is None


def test_a_command_ends_with_a_sentence_and_it_is_noted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """`manage.py` itself, without starting another process: what is let go at its end is this test's connection, so that is left out."""
    lose_key_of(world.dossier)
    monkeypatch.setattr(manage, "_prepare", lambda _arguments: None)
    monkeypatch.setattr("bar.database.let_go", lambda: None)
    monkeypatch.setattr("django.utils.connection.BaseConnectionHandler.close_all", lambda _self: None)
    with pytest.raises(SystemExit, match="does not open with the keys in SEALING_KEYS"):
        manage._run(["manage.py", "export_case", world.number, "--as", world.people["physician"].email or ""])
    (line,) = lines(world.dossier)
    assert (line.outcome, line.actor_role) == (3, "command")
