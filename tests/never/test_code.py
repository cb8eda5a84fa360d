"""The never-list of design.md, read from the code itself. A rule that no machine checks is a wish."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bar", "consent", "dossiers", "instrument")


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def views() -> list[tuple[Path, ast.Module]]:
    return [
        (path, tree)
        for path, tree in sources("bar", "consent", "dossiers")
        if "views" in path.parts or path.name in {"views.py", "help_employee.py", "home.py", "new_contact.py", "new_dossier.py"}
    ]


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def test_every_view_states_what_it_touches() -> None:
    found = list(patterns())
    assert len(found) > 20
    for pattern in found:
        marker = getattr(pattern.callback, "door", None)
        assert marker is not None, pattern.name
        assert (marker.kind == "dossier") == ("<number:number>" in _route(pattern)), pattern.name


def _route(wanted: URLPattern, resolver: URLResolver | None = None, before: str = "") -> str:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            found = _route(wanted, pattern, before + str(pattern.pattern))
            if found:
                return found
        elif pattern is wanted:
            return before + str(pattern.pattern)
    return ""


def test_a_view_neither_writes_nor_fetches_by_bare_id() -> None:
    assert views()
    for path, tree in views():
        for name, call in calls(tree):
            where = f"{path.relative_to(ROOT)}:{call.lineno} {name}"
            assert not re.search(r"\.objects\.(create|update|get|get_or_create|bulk_create|update_or_create)$", name), where
            assert not name.endswith((".save", ".delete", ".update_or_create")), where
            assert name not in {"get_object_or_404", "get_list_or_404"}, where


def test_an_opening_is_made_in_one_place() -> None:
    for path, tree in sources(*PACKAGES):
        if path == ROOT / "consent" / "access.py":
            continue
        for name, call in calls(tree):
            assert name.split(".")[-1] != "Opened", f"{path}:{call.lineno}"
            if name.split(".")[-1] == "replace" and call.args:
                assert "opened" not in ast.unparse(call.args[0]), f"{path}:{call.lineno}"


def test_a_task_is_one_call_to_an_action() -> None:
    tasks = [path for path, _ in sources("dossiers", "consent", "bar") if path.name == "tasks.py"]
    assert tasks
    for path in tasks:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                body = [line for line in node.body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
                assert len(body) == 1, f"{path}:{node.lineno}"
                call = body[0].value if isinstance(body[0], ast.Expr | ast.Return) else None
                assert isinstance(call, ast.Call), f"{path}:{node.lineno}"
                assert ast.unparse(call.func).endswith("_by_clock"), f"{path}:{node.lineno}"


def test_tasks_take_ids_only() -> None:
    for path, tree in sources("dossiers", "consent", "bar"):
        if path.name == "tasks.py":
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    assert all(argument.arg.endswith("_id") for argument in node.args.args), f"{path}:{node.lineno}"


def test_public_actions_require_and_trace() -> None:
    """Every function of an actions module that takes `opened` first is an `@action`, or private."""
    for path, tree in sources("dossiers", "consent"):
        if "actions" not in path.parts and path.name != "actions.py":
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.args.args and node.args.args[0].arg == "opened":
                decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
                reads = node.name.endswith("_of") or node.name in {"readiness", "note_download"}  # a download writes its line before the bytes leave
                assert reads or any(name.startswith("action(") for name in decorators), f"{path.name}:{node.lineno} {node.name}"
                assert not node.args.args[1:] or reads, f"{path.name}:{node.lineno} {node.name} takes more than `opened` by position"


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_decides_no_access_and_trusts_no_text(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\{[{%][^}%]*\b(user|perms|request)\b\s*[.|%}]", text)
    assert not re.search(r"\{%\s*(el)?if[^%]*\b(role|part|seat|opened)\b(?!_(label|text))", text), "access is decided in Python"
    assert not re.search(r"\|\s*safe\b|autoescape\s+off|mark_safe", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|\sstyle=|<style", text)


def test_no_mark_safe_no_signals_no_admin() -> None:
    for path, tree in sources(*PACKAGES):
        text = ast.unparse(tree)
        assert "mark_safe" not in text, path
        assert "django.db.models.signals" not in text, path
        assert "csrf_exempt" not in text, path
        assert "cache_page" not in text, path
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not any("cache" in name.lower() for name in settings.MIDDLEWARE)


def test_the_gate_is_the_last_middleware_and_ours_templates_know_no_request() -> None:
    assert settings.MIDDLEWARE[-1] == "consent.gate.Gate"
    assert "'context_processors': []" in str(settings.TEMPLATES[0])


def test_scripts_keep_nothing_in_the_browser() -> None:
    for path in (ROOT / "static").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "eval(", "innerHTML", "new Function"):
            assert word not in text, f"{path.name}: {word}"


def test_pure_rules_know_no_framework_and_no_clock() -> None:
    for path, tree in sources("dossiers/rules", "bar/accounts/rules", "instrument"):
        text = ast.unparse(tree)
        assert not re.search(r"\b(date|datetime|dt\.date|timezone)\.(today|now|localdate)\(", text), path
        if "rules" in path.parts:
            assert "import django" not in text, path
            assert "from django" not in text, path


def test_files_stay_small_enough_to_read() -> None:
    for path, _ in sources(*PACKAGES):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 400, f"{path.relative_to(ROOT)} has {lines} lines"
