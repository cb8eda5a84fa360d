"""docker-compose.yml as a value: what each service runs and with which environment, as Compose fills it in.

Only what this file of ours uses is understood: `${NAME}`, `${NAME:-default}`, `${NAME:?why}` and `$$`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
PLACE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[A-Z0-9_]+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\})")


class Missing(ValueError):
    """A value without a default was not given."""


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """The whole file, filled in with these values."""
    return dict(_filled(yaml.safe_load(FILE.read_text(encoding="utf-8")), given))


def names() -> dict[str, bool]:
    """Every name that the file takes from .env, and whether it must be given."""
    found = [place for place in PLACE.finditer(FILE.read_text(encoding="utf-8")) if place["name"]]
    return {place["name"]: any(one["kind"] == "?" for one in found if one["name"] == place["name"]) for place in found}


def _filled(value: Any, given: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, given) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, given) for one in value]
    return PLACE.sub(lambda place: _one(place, given), value) if isinstance(value, str) else value


def _one(place: "re.Match[str]", given: Mapping[str, str]) -> str:
    if place["dollar"]:
        return "$"
    value = given.get(place["name"], "")
    if value or place["kind"] == "-":
        return value or str(place["rest"])
    if place["kind"] == "?":
        raise Missing(f"{place['name']}: {place['rest']}")
    return value
