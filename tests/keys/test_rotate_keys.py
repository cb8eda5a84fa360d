"""`rotate_keys`: everything that hangs on an old key comes under the new one, while people work, and everything still opens."""

import threading
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from bar.accounts.actions.providers import add_provider, client_of
from bar.accounts.models import Organisation
from consent.access import opening
from dossiers.actions import keys
from dossiers.actions.words import write_view
from dossiers.door import read, write
from dossiers.models import Dossier, EmployeeView, TrailLine
from dossiers.parts import Part
from dossiers.sealed import forget_keys, key_ring, new_wrapped_key
from dossiers.trail import Event
from tests.factors.people import code_now, give_app, make_person, type_password
from tests.keys.rings import NEW, NEWER, old, old_name, turned
from tests.world import SECTIONS, World, at, canary, make_world
from tests.worlds import FULL


def rotate(*options: str) -> str:
    said = StringIO()
    call_command("rotate_keys", *options, stdout=said)
    return said.getvalue()


def view_of(world: World) -> str:
    return str(EmployeeView.objects.get(dossier=world.dossier).can_do)


def provider(world: World) -> object:
    return add_provider(
        organisation=Organisation.objects.get(pk=world.dossier.arbodienst_id),
        name="Inlog",
        issuer="https://inlog.test",
        client_id="bar",
        client_secret="geheim van de provider",
        levels={},
        now=at(world.dossier.opened_on),
    )


def test_after_a_rotation_everything_opens_without_the_old_key(world: World, settings: Settings) -> None:
    person = make_person()
    app = give_app(person)
    row = provider(world)
    before, name = bytes(_stored()), old_name()
    settings.SEALING_KEYS = turned(NEW, old())
    with pytest.raises(CommandError, match="still under an old key"):
        rotate("--check")
    said = rotate()
    assert "2 dossiers, 2 second steps, 1 providers were moved" in said
    assert f"Key {name} is used nowhere" in said
    settings.SEALING_KEYS = NEW
    forget_keys()
    assert view_of(world) == canary(Part.EMPLOYEE_VIEW, "kan")
    assert b"KANARIE" in world.client("physician").get(f"/dossier/{world.number}/bar/1/").content
    row.refresh_from_db()  # type: ignore[attr-defined]
    assert client_of(row).client_secret == "geheim van de provider"  # type: ignore[arg-type]
    client = Client()
    type_password(client)
    assert client.post("/inloggen/tweede-stap/", {"code": code_now(app)}).status_code == 302
    assert bytes(_stored()) == before  # what is sealed with a data key did not change
    line = TrailLine.objects.get(event_code=Event.ROTATE_KEYS.value)
    assert (line.object_id, line.actor_role) == ("nieuw:2", "command")


def _stored() -> memoryview:
    with connection.cursor() as cursor:
        cursor.execute("SELECT explanation FROM dossiers_areafinding WHERE item = 'd430'")
        found: memoryview = cursor.fetchone()[0]
    return found


def test_a_second_run_moves_nothing_and_one_that_stopped_halfway_goes_on(world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    name = old_name()
    settings.SEALING_KEYS = turned(NEW, old())
    monkeypatch.setattr(keys, "BATCH", 1)
    assert keys.rewrap_some() is not None  # and then the machine stopped
    assert keys.keys_in_use() == {"nieuw": 1, name: 1}
    assert ": 1 dossiers," in rotate()
    assert ": 0 dossiers," in rotate()
    rotate("--check")


def test_a_code_on_paper_that_was_used_stays_used(world: World, settings: Settings) -> None:
    person = make_person()
    give_app(person)
    row = Authenticator.objects.get(user=person, type="recovery_codes")
    code = row.wrap().get_unused_codes()[0]
    assert row.wrap().validate_code(code)
    settings.SEALING_KEYS = turned(NEW, old())
    rotate()
    settings.SEALING_KEYS = NEW
    row.refresh_from_db()
    assert not row.wrap().validate_code(code)
    assert row.wrap().validate_code(row.wrap().get_unused_codes()[0])


def test_a_dossier_whose_key_is_lost_stops_no_other(world: World, settings: Settings) -> None:
    lost = Dossier.objects.exclude(pk=world.dossier.pk).get()
    Dossier.objects.filter(pk=lost.pk).update(wrapped_key=new_wrapped_key(world.dossier.pk))
    settings.SEALING_KEYS = turned(NEW, old())
    with pytest.raises(CommandError, match=f"1 could not be opened.*{lost.number}"):
        rotate()
    settings.SEALING_KEYS = NEW
    forget_keys()
    assert view_of(world) == canary(Part.EMPLOYEE_VIEW, "kan")
    assert TrailLine.objects.filter(chain=lost.pk, event_code=Event.SEAL_BROKEN.value, outcome=3).exists()


def test_a_ring_that_names_a_key_twice_is_refused(settings: Settings) -> None:
    settings.SEALING_KEYS = turned(NEW, NEW)
    with pytest.raises(ImproperlyConfigured, match="twice"):
        key_ring()


@pytest.mark.django_db(transaction=True)
def test_k2_keys_are_rotated_while_people_read_and_write(settings: Settings) -> None:
    world = make_world(shares=False)
    stop, trouble, turns = threading.Event(), [], {"read": 0, "written": 0}

    def read_on() -> None:
        while not stop.is_set():
            forget_keys()
            with opening(world.people["physician"], world.number, needs=read(Part.EMPLOYEE_VIEW)):
                assert view_of(world).startswith("KANARIE")
            turns["read"] += 1

    def write_on() -> None:
        while not stop.wait(0.1):  # people do not save without end: a rotation passes over a dossier that somebody is saving in
            with opening(world.people["employee"], world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True) as opened:
                write_view(opened, value={**SECTIONS["employee_view"], "can_do": f"KANARIE {turns['written']}"})
            turns["written"] += 1

    def kept(job: object) -> None:
        try:
            job()  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001 -- told to the test below
            trouble.append(error)
        finally:
            connection.close()

    ring = old()
    settings.SEALING_KEYS = turned(ring, NEW, NEWER)  # every process knows the new keys before one of them writes
    people = [threading.Thread(target=kept, args=[job]) for job in (read_on, write_on)]
    for one in people:
        one.start()
    count = 0
    while not trouble and (count < (200 if FULL else 8) or min(turns.values()) <= 3):
        settings.SEALING_KEYS = (turned(NEW, NEWER, ring), turned(NEWER, ring, NEW), turned(ring, NEW, NEWER))[count % 3]
        rotate()
        count += 1
    stop.set()
    for one in people:
        one.join(30)
    assert not trouble, trouble
    assert min(turns.values()) > 3, turns
    settings.SEALING_KEYS = turned(NEW, ring, NEWER)
    rotate()
    settings.SEALING_KEYS = NEW
    forget_keys()
    assert view_of(world) == f"KANARIE {turns['written'] - 1}"
