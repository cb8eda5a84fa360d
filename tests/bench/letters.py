"""Letters: the promise of a letter kept, beside the same page rendered by plain WeasyPrint; and how long two people wait after "vaststellen".

The plain render runs in a forked child under the same limits, with the same fonts and style sheets at hand; everything else is what the
product adds: the outbox, the frozen core, the template, sealing, storing, the trail.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests import databases
from tests.bench.measuring import Side, compared, percentile, verdict

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5")) * 4
LETTER_GOAL = 1.15
READABLE_GOAL = 1.5  # seconds, p95
PATIENCE = 30.0


def figures() -> Iterator[dict[str, Any]]:
    """From the outbox to the stored PDF, one copy at a time."""
    from django.utils import timezone
    from weasyprint import HTML

    from dossiers import outbox, pdf
    from dossiers.actions.promises import do_outbox_by_clock
    from dossiers.letter import frozen_core
    from dossiers.models import CopyState, LetterCopy
    from dossiers.rules.letter_text import Reader
    from tests.world import make_world

    with databases.copy_of_template("bench"), letters_folder():
        make_world(shares=False, render=True)
        copy = LetterCopy.objects.select_related("letter").filter(reader="employee").first()
        assert copy is not None
        html = pdf.render_letter_html(frozen_core(copy.letter), Reader(copy.reader))
        promised: list[Any] = []

        def promise() -> None:
            LetterCopy.objects.filter(pk=copy.pk).update(state=CopyState.WAITING)
            promised.append(outbox.put("letter_copy", copy.pk, now=timezone.now(), again=f"bench{len(promised)}").pk)

        def keep() -> None:
            assert do_outbox_by_clock(promised[-1], now=timezone.now())

        def plain() -> None:
            made = pdf._in_child(lambda: HTML(string=html, url_fetcher=pdf._fetcher()).write_pdf(pdf_variant="pdf/ua-1").rstrip() + b"\n")
            assert len(made) > 10_000

        kept = compared(
            "letter from outbox to stored PDF, beside plain WeasyPrint",
            Side("kept", keep, before=promise),
            Side("plain", plain),
            rounds=ROUNDS,
            goal=LETTER_GOAL,
            page_bytes=len(html),
        )
        yield {**kept, "letters_per_second_per_core": round(1 / kept["kept_s"], 2)}


def finalise_figure() -> Iterator[dict[str, Any]]:
    """From pressing "Vaststellen" until both readers have the PDF, with a worker that is up: through HTTP, a broker and a real worker."""
    from tests.bench.product import workers

    with databases.copy_of_template("bench"), letters_folder() as folder, workers({"LETTERS_DIR": folder}):
        waited = list(_waits())
    p95 = percentile(waited, 95)
    yield {
        "figure": "finalise until both letters are readable, seconds, p95",
        "rounds": len(waited),
        "median_s": round(percentile(waited, 50), 3),
        "p95_s": round(p95, 3),
        **verdict(p95, READABLE_GOAL),
    }


def _waits() -> Iterator[float]:
    import datetime as dt

    from django.utils import timezone

    from dossiers.models import Letter
    from tests.versions.material import looked
    from tests.world import fill_in, make_world

    today = timezone.localdate()
    world = make_world(shares=False, finals=0)
    physician, readers = world.client("physician"), {who: world.client(who) for who in ("employee", "employer")}
    for place in range(ROUNDS + 1):
        day = today - dt.timedelta(days=ROUNDS - place)
        version = fill_in(world, day).number
        ticks = {"medical_check": "on", "discussed": "on", "discussed_on": day.isoformat(), **looked(physician, world, version)}
        began = time.perf_counter()
        answer = physician.post(f"/dossier/{world.number}/bar/{version}/vaststellen/", ticks)
        assert answer.status_code == 302, answer.content.decode()
        while not Letter.objects.filter(assessment__number=version, released_at__isnull=False).exists():
            assert time.perf_counter() - began < PATIENCE, "the letters do not come"
            time.sleep(0.02)
        for who, client in readers.items():
            assert client.get(f"/dossier/{world.number}/brieven/{version}/pdf/{who}/").status_code == 200
        if place:
            yield time.perf_counter() - began


@contextmanager
def letters_folder() -> Iterator[str]:
    """Letters of a bench lie in a folder of their own."""
    from django.conf import settings
    from django.test import override_settings

    with tempfile.TemporaryDirectory(prefix="bench-letters-") as folder:
        mine = {**settings.STORAGES["letters"], "OPTIONS": {**settings.STORAGES["letters"]["OPTIONS"], "location": folder}}
        with override_settings(STORAGES={**settings.STORAGES, "letters": mine}):
            yield folder
