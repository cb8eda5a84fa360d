"""The drills: each takes one thing away, looks at what people get meanwhile, gives it back, and counts what was lost or doubled.

A drill returns what it saw and judges nothing: the verdict is the same for all (`Found.is_well`).
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from bar.drill.load import SILENCE, Crowd, p95
from bar.drill.person import Person
from bar.drill.product import Product
from bar.drill.work import are_made, chains_hold, complaints, new_dossier, promises_left, waiting
from dossiers.actions.reminders import CATCH_UP
from dossiers.models import Dossier, LetterCopy, Notice, Outbox
from dossiers.notices import Reason

LONGEST = 60.0  # seconds: recovery takes no longer
MISSED_DAYS = 3
Figures = dict[str, float | int]


@dataclass(frozen=True, slots=True)
class Asked:
    """How large a drill is."""

    times: int = 3
    saves: int = 1_000
    people: int = 8


@dataclass
class Found:
    """What one drill led to."""

    name: str
    did: str
    acknowledged: str = ""
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0
    figures: Figures = field(default_factory=dict)
    not_done: str = ""

    @property
    def is_well(self) -> bool:
        """Nothing lost, nothing doubled, and back within a minute. A drill that could not be done is not well."""
        return not self.complaints and not self.not_done and self.seconds <= LONGEST


def worker_child(product: Product, asked: Asked) -> Found:
    """Kill the child of the worker that is drawing a letter."""
    return _killed(product, asked, "worker-child", "the worker's child was killed while it drew a letter", lambda: product.worker_at_work().kill())


def worker_main(product: Product, asked: Asked) -> Found:
    """Kill the worker itself while a child of it draws a letter; the supervisor starts a new one."""

    def kill() -> None:
        product.worker_at_work()
        product.main_of("worker").kill()

    return _killed(product, asked, "worker-main", "the worker was killed while a letter was drawn", kill)


def _killed(product: Product, asked: Asked, name: str, what: str, kill: Callable[[], None]) -> Found:
    dossiers, times = [], []
    for _ in range(asked.times):
        with product.worker_asleep():
            dossiers.append(new_dossier())
        kill()
        times.append(product.until(lambda: are_made(dossiers), 180))
    found = Found(name, f"{asked.times} times {what}", f"{2 * len(dossiers)} letters were promised")
    found.seconds = max(times)
    found.figures = {"kills": asked.times, "median_s": round(statistics.median(times), 1)}
    return _judged(found, dossiers)


def broker_down(product: Product, asked: Asked) -> Found:
    """Stop the broker while people save and letters are promised."""
    with Crowd(product, 2) as crowd:
        with product.without_broker():
            dossiers = [new_dossier()]
            crowd.save_each(10)
        seconds = product.until(lambda: are_made(dossiers), 180)
        found = Found("broker-down", "the broker was stopped while people saved, and started again", crowd.told(dossiers), seconds=seconds)
        found.complaints += crowd.complaints(failures=0)
        found.figures = crowd.figures()
    return _judged(found, dossiers)


def broker_silent(product: Product, asked: Asked) -> Found:
    """A broker that accepts and never answers."""
    with Crowd(product, 2) as crowd:
        with product.silent_broker():
            begun = time.monotonic()
            dossiers = [new_dossier()]
            promising = time.monotonic() - begun
            crowd.save_each(10)
        seconds = product.until(lambda: are_made(dossiers), 180)
        found = Found("broker-silent", "the broker was frozen: it accepted and did not answer", crowd.told(dossiers), seconds=seconds)
        found.complaints += crowd.complaints(failures=0)
        found.figures = {**crowd.figures(), "promising_s": round(promising, 2)}
    return _judged(found, dossiers)


def broker_flushed(product: Product, asked: Asked) -> Found:
    """Everything in the broker is thrown away while work is queued."""
    with product.worker_asleep():
        dossiers = [new_dossier() for _ in range(asked.times)]
        queued = product.flush_broker()
    seconds = product.until(lambda: are_made(dossiers), 180)
    found = Found(
        "broker-flushed", f"the broker was emptied with {queued} messages queued", f"{2 * len(dossiers)} letters were promised", seconds=seconds
    )
    if not queued:
        found.not_done = "nothing was queued"
    return _judged(found, dossiers)


def database_restart(product: Product, asked: Asked) -> Found:
    """PostgreSQL falls and stands up again while people save without a pause."""
    with Crowd(product, asked.people) as crowd, crowd.saving():
        time.sleep(4)
        product.database_falls()
        fell = time.monotonic()
        time.sleep(SILENCE)
        page = Person(product.address).get("/inloggen/")
        product.database_stands_up()
        up = time.monotonic()
        time.sleep(8)
    found = Found("database-restart", f"PostgreSQL fell for {up - fell:.1f} s while {asked.people} people saved", crowd.told([]))
    late = [one for one in crowd.answers() if one.begun > up + 2 and one.status != 200]
    first = min((one.begun + one.seconds for one in crowd.answers() if one.begun > fell and one.status == 200), default=up + LONGEST + 1)
    found.seconds = max(0.0, first - up)
    found.complaints += crowd.complaints(failures=None)
    found.complaints += [f"{len(late)} requests failed that began more than 2 s after PostgreSQL was back"] if late else []
    calm = "We zijn zo terug" in page.page and page.status == 503
    found.complaints += [] if calm else [f"a page during the outage was no calm 503 ({page.status})"]
    away = [one for one in crowd.answers() if one.status == 503]
    found.figures = {**crowd.figures(), "told_to_wait": len(away), "longest_wait_s": round(max((one.seconds for one in away), default=0.0), 1)}
    return _judged(found, [])


def disk_full(product: Product, asked: Asked) -> Found:
    """No room for letters: they wait, visibly, and are made when there is room."""
    found = Found("disk-full", "the disk for letters was full for 45 s")
    if not product.has_small_disk:
        found.not_done = "a small disk can only be made as root, where mounting is allowed"
        return found
    with product.full_disk():
        dossiers = [new_dossier()]
        time.sleep(45)
        waits = waiting(dossiers)
        page = Person(product.address).sign_in().get(f"/dossier/{dossiers[0].number}/brieven/")
    found.acknowledged = f"2 letters were promised; {waits} waited"
    found.seconds = product.until(lambda: are_made(dossiers), 180)
    found.complaints += [] if waits == 2 else ["a letter was made without room"]
    found.complaints += (
        [] if "wordt" in page.page and "gemaakt" in page.page and "mislukt" not in page.page else ["the page does not say that the letter waits"]
    )
    return _judged(found, dossiers)


def clock_missed(product: Product, asked: Asked) -> Found:
    """The clock stood still for three days, in which a reading term ended and a promise fell due."""
    dossiers = [new_dossier("offered")]
    versions = dossiers[0].assessments
    now = timezone.now()
    versions.update(term_until=timezone.localdate() - timedelta(days=MISSED_DAYS))
    made = new_dossier()
    product.until(lambda: are_made([made]), 120)
    with product.worker_asleep():
        late = new_dossier()
        then = now - timedelta(days=MISSED_DAYS)
        copies = LetterCopy.objects.filter(letter__dossier=late).values_list("pk", flat=True)
        Outbox.objects.filter(object_id__in=list(copies)).update(next_at=then, made_at=then)
        product.flush_broker()  # nobody rang for three days
        product.clock_missed(MISSED_DAYS)
    told = Notice.objects.filter(dossier=dossiers[0], reason=Reason.TERM_OVER.value)
    seconds = product.until(lambda: told.exists() and are_made([late]), 180)
    product.clock_missed(MISSED_DAYS)  # and once more: who was told is not told again
    time.sleep(5)
    product.until(lambda: not promises_left(), 120)
    found = Found(
        "clock-missed", f"the clock stood still for {MISSED_DAYS} days, twice", "a reading term was over, 2 letters were promised", seconds=seconds
    )
    found.complaints += [] if told.count() == 1 else [f"the physician was told {told.count()} times that the term is over"]
    found.complaints += [] if versions.get().status == "offered" else ["the clock changed a version"]
    assert timedelta(days=MISSED_DAYS) < CATCH_UP
    return _judged(found, [made, late])


def saves(product: Product, asked: Asked) -> Found:
    """So many saves with the broker dead, beside as many with the broker alive."""
    with Crowd(product, 4) as crowd:
        crowd.save_each(5)  # warm
        crowd.forget()
        crowd.save_each(asked.saves // 4)
        alive = p95(crowd.answers())
        crowd.forget()
        with product.without_broker():
            crowd.save_each(asked.saves // 4)
        dead = p95(crowd.answers())
        saved = sum(one.status == 200 for one in crowd.answers())
        found = Found("saves", f"{asked.saves} saves with the broker dead", f"{saved} saves were confirmed")
        found.complaints += crowd.complaints(failures=0)
        found.figures = {"saves": saved, "p95_ms": round(1000 * dead), "p95_ratio": round(dead / alive, 2)}
    found.seconds = product.until(lambda: not promises_left(), 120)
    return _judged(found, [])


def _judged(found: Found, dossiers: list[Dossier]) -> Found:
    found.complaints += complaints(dossiers)
    found.complaints += [] if chains_hold() else ["a trail has a hole"]
    found.seconds = round(found.seconds, 1)
    return found


DRILLS: Mapping[str, Callable[[Product, Asked], Found]] = {
    "worker-child": worker_child,
    "worker-main": worker_main,
    "broker-down": broker_down,
    "broker-silent": broker_silent,
    "broker-flushed": broker_flushed,
    "database-restart": database_restart,
    "disk-full": disk_full,
    "clock-missed": clock_missed,
    "saves": saves,
}
