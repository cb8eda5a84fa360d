"""The two locks of a key, each seen to be waited for: who turns a key waits for the write under way, and who writes waits for the key.

No sleep decides anything here: somebody is held until PostgreSQL says that the other waits, or until the other is done, which is what may not be.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from consent.access import NotOpen, opening
from consent.actions.answers import take_back
from consent.models import Share
from dossiers.door import Touch, write
from dossiers.models import TrailLine
from dossiers.parts import Act, Part
from dossiers.trail import Event
from tests.races.test_keys import EXPERT, shared
from tests.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
WAITING_FOR_US = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


class Other:
    """Somebody at another connection, at the same moment."""

    def __init__(self, job: Callable[[], None]) -> None:
        self.trouble: BaseException | None = None
        self.job = job
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.job()
        except BaseException as error:  # noqa: BLE001 -- told to the test
            self.trouble = error
        finally:
            connection.close()

    def waits(self) -> bool:
        """Once it stands still: True when it waits for a lock that this connection holds, False when it is done."""
        for _ in range(3_000):
            if not self.thread.is_alive():
                return False
            with connection.cursor() as cursor:
                cursor.execute(WAITING_FOR_US)
                if cursor.fetchone()[0]:
                    return True
            time.sleep(0.01)
        raise AssertionError("it neither waits nor ends")

    def ends(self) -> BaseException | None:
        """What it ran into, when it is done."""
        self.thread.join(30)
        assert not self.thread.is_alive(), "it waits for ever"
        return self.trouble


@pytest.fixture
def given() -> tuple[World, Share]:
    """A share with every part given, the consultation to write too."""
    world = make_world(finals=0, shares=False)
    return world, shared(world)


@contextmanager
def writing(world: World) -> Iterator[None]:
    """The expert writes in the consultation."""
    with opening(world.people[EXPERT], world.number, needs=write(Part.CONSULTATION), writing=True) as opened:
        yield
        opened.trail.note(Event.VISIT, Part.CONSULTATION, object_type="race")


@contextmanager
def withdrawing(world: World, share: Share) -> Iterator[None]:
    """The employee takes back this one part. The seat stays, so that nothing but the share keeps the two apart."""
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        take_back(opened, share=share, parts=(Part.CONSULTATION,))
        yield


def through(door: Callable[[], object]) -> Callable[[], None]:
    """Go in, do what is done there, and out."""

    def job() -> None:
        with door():  # type: ignore[attr-defined]
            pass

    return job


def test_who_turns_a_key_waits_for_the_write_under_way(given: tuple[World, Share]) -> None:
    world, share = given
    with writing(world):
        employee = Other(through(lambda: withdrawing(world, share)))
        assert employee.waits(), f"withdrawn, and answered, while the write went on ({employee.trouble})"
    assert employee.ends() is None
    written = TrailLine.objects.get(object_type="race")
    withdrawn = TrailLine.objects.get(event_code=Event.WITHDRAW, object_id=str(share.pk))
    assert written.seq < withdrawn.seq
    assert not world.people[EXPERT].has_perm("dossiers.write_consultation", world.dossier)


def test_a_write_that_waited_for_a_withdrawal_is_refused(given: tuple[World, Share]) -> None:
    """It was decided once before the key was turned: that verdict counts for nothing any more."""
    world, share = given
    began = timezone.now()
    with withdrawing(world, share):
        expert = Other(through(lambda: writing(world)))
        assert expert.waits(), "it wrote while the key was being turned"
    assert isinstance(expert.ends(), NotOpen)
    assert not TrailLine.objects.filter(object_type="race").exists()
    assert TrailLine.objects.filter(event_code=Event.VISIT, actor_id=world.people[EXPERT].pk, occurred_at__gte=began).exists()
