"""A crowd that saves: each person in a draft of their own, as fast as the product answers, until told to stop.

It measures and remembers; what that means is decided by the drill.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from django.db import connection

from bar.drill.person import Answer, Person, Writer
from bar.drill.product import Product
from bar.drill.work import new_draft
from dossiers.models import Dossier

SILENCE = 6.0  # seconds that the database is away
PAUSE = 0.3  # seconds between a failed save and the next try; a page waits at least one


class Crowd:
    """So many writers on one product."""

    def __init__(self, product: Product, size: int) -> None:
        self.product = product
        person = Person(product.address).sign_in()  # one account: signing in is slow on purpose, and not what is drilled
        self.writers: list[Writer] = []
        for _ in range(size):
            one = Person(product.address)
            one.client.cookies = person.client.cookies
            self.writers.append(Writer(one, new_draft()).begin())
        product.until(lambda: True, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        for writer in self.writers:
            writer.person.client.close()

    def save_each(self, times: int) -> None:
        """Everybody saves so many times at once, and goes on when a save fails."""
        self._together(lambda writer: [writer.write(_text(writer)) for _ in range(times)])

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Everybody saves for the length of this block, and then until the last text is confirmed."""
        over = threading.Event()
        crowd = threading.Thread(target=self._together, args=[lambda writer: _until(writer, over)])
        crowd.start()
        try:
            yield
        finally:
            over.set()
            crowd.join()

    def answers(self) -> list[Answer]:
        """Everything that was answered, of everybody."""
        return [answer for writer in self.writers for answer in writer.answers]

    def forget(self) -> None:
        """Measure from here."""
        for writer in self.writers:
            writer.answers.clear()

    def complaints(self, *, failures: int | None) -> list[str]:
        """Confirmed texts that are not stored; and, where no save may fail, those that did."""
        found = [sentence for writer in self.writers if (sentence := writer.lost())]
        failed = sum(answer.status != 200 for answer in self.answers())
        return found + ([f"{failed} saves failed"] if failures is not None and failed > failures else [])

    def told(self, dossiers: Sequence[Dossier]) -> str:
        """What was acknowledged, in words."""
        promised = f", {2 * len(dossiers)} letters were promised" if dossiers else ""
        return f"{sum(writer.saves for writer in self.writers)} saves were confirmed{promised}"

    def figures(self) -> dict[str, float | int]:
        """How many, and how fast."""
        good = [answer for answer in self.answers() if answer.status == 200]
        return {"saves": len(good), "failed": len(self.answers()) - len(good), "p95_ms": round(1000 * p95(good))}

    def _together(self, job: Callable[[Writer], object]) -> None:
        def run(writer: Writer) -> None:
            try:
                job(writer)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[writer]) for writer in self.writers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _text(writer: Writer) -> str:
    return f"Tekst {len(writer.answers)}."


def _until(writer: Writer, over: threading.Event) -> None:
    """As the page does: the same text until it is confirmed, then the next."""
    while not over.is_set():
        text = _text(writer)
        while not writer.write(text):
            time.sleep(PAUSE)
            if over.is_set() and len(writer.unsure) > 100:
                return


def p95(answers: Sequence[Answer]) -> float:
    """The time within which 95 of 100 answers came, in seconds."""
    times = sorted(answer.seconds for answer in answers)
    return times[max(0, math.ceil(0.95 * len(times)) - 1)] if times else 0.0
