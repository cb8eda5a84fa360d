"""`drill`: break the product on purpose, in a data folder of its own, and say what was lost, doubled or slow.

Only a door: the drills are in `bar/drill`. It refuses wherever a real database is named.
"""

import json
import socket
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from bar.drill.drills import DRILLS, Asked, Found
from bar.drill.product import DrillFailed, Product
from bar.drill.work import promises_left
from bar.local import is_embedded
from bar.management.commands.demo import HOST

SETTLE_SECONDS = 600


class Command(BaseCommand):
    """See the module docstring."""

    help = (
        "Break the product on purpose and see what is lost: in a demonstration of its own under var/drill, never where DATABASE_URL names a "
        "database. Exit status 1 when anything is lost, doubled, or takes more than a minute to recover."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which drills, how large, and how to tell."""
        parser.add_argument("drills", nargs="*", metavar="DRILL", help=f"which (default: all): {', '.join(DRILLS)}")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON line per drill")
        parser.add_argument("--times", type=int, default=3, help="how often something is killed (default: 3)")
        parser.add_argument("--saves", type=int, default=1_000, help="how many saves with the broker dead (default: 1000)")
        parser.add_argument("--people", type=int, default=8, help="how many people save while the database restarts (default: 8)")

    def handle(self, *args: Any, drills: list[str], as_json: bool, times: int, saves: int, people: int, **options: Any) -> None:
        """Refuse where it does not belong, bring the product up, drill, tell."""
        if not (settings.DEMO and is_embedded()):
            raise CommandError("A drill breaks things on purpose and brings its own services: unset DATABASE_URL, REDIS_URL and BAR_DEMO.")
        if settings.VAR.name != "drill":
            raise CommandError("A drill works in a data folder of its own: start it with `manage.py drill`.")
        unknown = sorted(set(drills) - set(DRILLS))
        if unknown or min(times, saves, people) < 1:
            raise CommandError(f"Not a drill: {', '.join(unknown)}. Choose from {', '.join(DRILLS)}." if unknown else "Counts must be at least 1.")
        asked, wells = Asked(times, saves, people), []
        try:
            with Product(_free_port()).running() as product:
                product.until(lambda: not promises_left(), SETTLE_SECONDS)  # the letters of the demonstration itself
                for name in drills or DRILLS:
                    found = DRILLS[name](product, asked)
                    wells.append(found.is_well)
                    self._tell(found, as_json=as_json)
        except DrillFailed as problem:
            raise CommandError(f"The drill could not be finished: {problem}.") from problem
        if not all(wells):
            raise CommandError(f"{wells.count(False)} of {len(wells)} drills did not go well.")

    def _tell(self, found: Found, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({**asdict(found), "is_well": found.is_well}))
        else:
            self.stdout.write("\n".join(_words(found)))
        self.stdout.flush()


def _words(found: Found) -> list[str]:
    figures = ", ".join(f"{name} {value}" for name, value in found.figures.items())
    wrong = found.complaints or ([f"not done: {found.not_done}"] if found.not_done else ["nothing lost, nothing doubled"])
    return [
        f"{found.name}: {'well' if found.is_well else 'NOT WELL'}",
        f"  done          {found.did}",
        f"  acknowledged  {found.acknowledged}",
        *(f"  found         {line}" for line in wrong),
        f"  recovered in  {found.seconds:.1f} s" + (f"  ({figures})" if figures else ""),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
