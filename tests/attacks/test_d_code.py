"""What the code itself may not do with text of somebody else: name a column with it, take a file in, or read it with an expression that explodes.

Rules over the source, and every regular expression of the product against hostile input, in a child that may use little processor time.
"""

import ast
import importlib
import json
import pkgutil
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType

import lxml.html
import pytest
from django import forms
from django.urls import URLPattern, URLResolver, get_resolver

from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bar", "consent", "dossiers", "instrument")
# Methods whose keyword names, or whose texts, name columns.
NAMING = {"filter", "exclude", "get", "get_or_create", "update_or_create", "update", "create", "annotate", "aggregate", "alias", "Q"}
ORDERING = {"order_by", "values", "values_list", "only", "defer", "distinct", "select_related", "prefetch_related"}
TYPED = {"POST", "GET", "FILES", "COOKIES", "META", "headers", "body", "cleaned_data", "data"}
LENGTH = 1_500  # characters: what is quadratic passes, what explodes never ends
SECONDS = 30  # of processor time, for all expressions together


@cache
def sources() -> dict[str, ast.Module]:
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in paths}


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
                yield path, node, name


def is_typed(node: ast.AST) -> bool:
    """Whether an expression holds what a browser sent: `request.…`, or what a form made of it."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} | {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    parts = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return "request" in names or bool(parts & TYPED)


# --- D3, D9: rules over the source ---------------------------------------------------------------


def test_d9_no_column_is_named_by_what_a_browser_sent() -> None:
    seen = 0
    for path, call, name in calls():
        spread = [keyword.value for keyword in call.keywords if keyword.arg is None] + [one for one in call.args if isinstance(one, ast.Starred)]
        if name in NAMING | ORDERING:
            seen += 1
            assert not any(is_typed(one) for one in spread), f"{path}:{call.lineno} spreads what was typed into {name}()"
        if name in ORDERING:
            assert not any(is_typed(one) for one in call.args), f"{path}:{call.lineno} orders by what was typed"
    assert seen > 300


def test_d9_no_sql_is_made_of_text() -> None:
    for path, call, name in calls():
        assert name not in {"RawSQL", "extra", "raw"}, f"{path}:{call.lineno} {name}"
        if name in {"execute", "executemany"} and call.args:
            made = [node for node in ast.walk(call.args[0]) if isinstance(node, ast.FormattedValue)]
            # Words chosen between two of ours, or a constant of the module: never a variable of the request.
            loose = [ast.unparse(node.value) for node in made if not _is_ours(node.value)]
            assert not loose, f"{path}:{call.lineno} puts {loose} in SQL"


def _is_ours(value: ast.expr) -> bool:
    if isinstance(value, ast.IfExp):
        return isinstance(value.body, ast.Constant) and isinstance(value.orelse, ast.Constant)
    return isinstance(value, ast.Name) and (value.id.isupper() or value.id == "table")  # a model's own name for its table


def test_d9_a_column_in_the_address_orders_and_shows_nothing(world: World) -> None:
    client = world.client("physician")
    plain = _links(client.get("/").content)
    assert plain
    for sort in ("-employee__password", "wrapped_key", "?", "pk; DROP TABLE dossiers_dossier", "employee__email__regex"):
        answer = client.get(
            "/", {"sort": sort, "order_by": sort, "volgorde": sort, "employee__password__startswith": "argon", "_connector": "OR 1=1"}
        )
        assert answer.status_code == 200
        assert _links(answer.content) == plain, sort


def _links(page: bytes) -> list[str]:
    return [where for _, name, where, _ in lxml.html.fromstring(page.decode()).iterlinks() if name == "href" and where.startswith("/dossier")]


def test_d3_no_file_is_taken_in() -> None:
    """No SVG, or anything else: there is no field for a file, and no view reads one."""
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "FILES":
                assert path == "bar/accounts/again.py", f"{path}:{node.lineno} reads a file"  # only to say that a file is not kept
            if isinstance(node, ast.Attribute | ast.Name):
                name = node.attr if isinstance(node, ast.Attribute) else node.id
                assert name not in {"FileField", "ImageField", "FileInput", "ClearableFileInput"}, f"{path}:{node.lineno} {name}"
    for page in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"""type=["']?file""", page.read_text("utf-8")), page


# --- D10: regular expressions --------------------------------------------------------------------


def patterns() -> dict[str, tuple[str, int]]:
    """Every expression of the product, by where it stands: in a module, in a call, in a field of a form, in an address."""
    # The addresses first: they know the converter that the others are written with.
    found: dict[str, tuple[str, int]] = {f"address {route}": (expression, 0) for route, expression in addresses(get_resolver())}
    for path, call, name in calls():
        called = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
        if called == "re" and name != "escape" and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            found[f"{path}:{call.lineno}"] = (call.args[0].value, 0)
    for module in modules():
        for name, value in vars(module).items():
            for place, one in enumerate(value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list | set) else [value]):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    found[f"{module.__name__}.{name}.{place}"] = (one.pattern, one.flags & ~re.UNICODE)
            if isinstance(value, type) and issubclass(value, forms.BaseForm):
                for field_name, field in getattr(value, "base_fields", {}).items():
                    for validator in field.validators:
                        if hasattr(validator, "regex"):
                            found[f"{module.__name__}.{name}.{field_name}"] = (validator.regex.pattern, validator.regex.flags & ~re.UNICODE)
    return found


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        for info in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if "migrations" not in info.name and not info.name.endswith("__main__"):
                yield importlib.import_module(info.name)


def addresses(resolver: URLResolver) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        yield str(pattern.pattern), pattern.pattern.regex.pattern
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern)
        else:
            assert isinstance(pattern, URLPattern)


CHILD = """
import json, re, sys
for place, expression, flags, texts in json.load(sys.stdin):
    print(place, flush=True)
    found = re.compile(expression, flags)
    for text in texts:
        found.search(text), found.fullmatch(text)
print("done")
"""


def hostile_to(expression: str) -> list[str]:
    """Long runs of what the expression itself names, alone and in pairs, each with an end that does not fit."""
    named = dict.fromkeys(character for character in re.sub(r"\\[a-zA-Z]", "", expression) if character.isprintable())
    signs = [*list(named)[:6], "a", "0", " ", "\n", '"', "\\", "é"]
    runs = [sign * (LENGTH // len(sign)) for sign in dict.fromkeys(signs)]
    runs += ["".join(pair) * (LENGTH // 2) for pair in product(signs[:4], repeat=2) if pair[0] != pair[1]]
    return [run + end for run in runs for end in ("!\x00",)]


def run_all(work: list[tuple[str, str, int, list[str]]]) -> list[str]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run([sys.executable, "-c", CHILD], input=json.dumps(work), capture_output=True, text=True, check=False, preexec_fn=limit)
    return done.stdout.splitlines()


def test_d10_no_expression_explodes_on_hostile_text() -> None:
    found = patterns()
    assert len(found) > 100
    told = run_all([(place, expression, flags, hostile_to(expression)) for place, (expression, flags) in sorted(found.items())])
    assert told[-1] == "done", f"this one took the processor time of all: {told[-1]} {found[told[-1]]}"


@pytest.mark.parametrize("expression", [r"^(a+)+$", r"^(a|aa)+$", r"(\w+\s?)*-$"])
def test_d10_an_expression_that_explodes_is_found(expression: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SECONDS", 1)
    assert run_all([("bad", expression, 0, hostile_to(expression))]) == ["bad"]


@pytest.mark.parametrize("digits", [4_000, 5_000])
def test_d10_a_long_number_is_no_work(world: World, digits: int) -> None:
    """Python reads no number of more than 4,300 digits, and the database none of twenty: where one is read, that is an answer."""
    many, inside = "9" * digits, f"/dossier/{world.number}"
    physician, employer = world.client("physician"), world.client("employer")
    assert physician.get(f"{inside}/wie-heeft-gekeken/?pagina={many}").status_code == 200
    assert physician.get(f"{inside}/bar/{many}/").status_code == 404
    hours = {"job_title": "Inpakker", "hours_per_week": many, "contract": "permanent"}
    answer = employer.post(f"{inside}/proces/werk/", hours)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    world.dossier.refresh_from_db()
    assert world.dossier.hours_per_week == 36
