"""What the tests of case files share: the two cases, changing one place in them by its path, and the commands as a person runs them."""

import copy
import datetime
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command

CASES = Path(__file__).parent.parent / "cases"
TODAY = datetime.date(2026, 11, 22)
GONE = "(gone)"  # put this at a path to remove what stands there

Json = Any


def case(name: str) -> Json:
    """One of the two cases, as a value of one's own."""
    return json.loads((CASES / f"{name}.json").read_text("utf-8"))


def put(told: Json, path: str, value: Any) -> Json:
    """A copy with another value at a path such as "assessments[1].areas[0].item"."""
    result = copy.deepcopy(told)
    steps: list[Any] = [int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path)]
    place = result
    for step in steps[:-1]:
        place = place[step]
    if value == GONE:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
    return result


def raw(told: Json) -> bytes:
    return json.dumps(told).encode()


def import_files(*files: Path | str, **options: Any) -> tuple[int, list[Json]]:
    """Run `import_case`: its exit status and the lines it printed."""
    out = StringIO()
    status = 0
    try:
        call_command("import_case", *map(str, files), stdout=out, stderr=StringIO(), today=TODAY, **options)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def export(number: str, email: str | None = None) -> Json:
    out = StringIO()
    call_command("export_case", number, stdout=out, email=email)
    return json.loads(out.getvalue())


def rows() -> dict[str, int]:
    """How many rows every table of ours holds."""
    return {
        model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.managed or model._meta.app_label == "dossiers"
    }
