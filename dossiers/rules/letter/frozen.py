"""Frozen dataclasses to plain JSON values and back, by their type hints.

Strict on the way in: unknown or missing keys and wrong types are refused, for what comes back was sealed by us.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encoded(value: object) -> object:
    """A value as JSON has it: dates as ISO text, enum members as their value, tuples as lists."""
    if is_dataclass(value):
        return {field.name: encoded(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):  # 24, 24.0 and Decimal("24.00") are one number and one hash
        return int(value) if value == int(value) else float(value)
    if isinstance(value, tuple):
        if hasattr(value, "_asdict"):  # a named tuple is a value with fields as well
            return {name: encoded(part) for name, part in value._asdict().items()}
        return [encoded(part) for part in value]
    if isinstance(value, Mapping):
        return {key: encoded(part) for key, part in value.items()}
    return value


def decoded(kind: type[T], value: object) -> T:
    """The value of this type that was encoded. Raises ValueError when it does not fit."""
    return cast("T", _decoded(kind, value))


def _decoded(kind: Any, value: object) -> object:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), value)
    if origin is tuple:
        return tuple(_decoded(get_args(kind)[0], part) for part in _expect(list, value))
    if origin is Mapping:
        part_kind = get_args(kind)[1]
        return {key: _decoded(part_kind, part) for key, part in _expect(dict, value).items()}
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        return _instance(cast("type", kind), _expect(dict, value))
    if issubclass(kind, Enum):
        return kind(value)
    if kind is date:
        return date.fromisoformat(_expect(str, value))
    return _expect(kind, value)


def _instance(kind: type, value: dict[str, object]) -> object:
    hints = get_type_hints(kind)
    if value.keys() != hints.keys():
        raise ValueError(f"keys do not fit {kind.__name__}: {sorted(value.keys() ^ hints.keys())}")
    return kind(**{name: _decoded(hint, value[name]) for name, hint in hints.items()})


def _one_of(kinds: tuple[Any, ...], value: object) -> object:
    if value is None and types.NoneType in kinds:
        return None
    if isinstance(value, int | float):  # numbers come back as they were written
        return _expect(float if isinstance(value, float) else int, value)
    (kind,) = (kind for kind in kinds if kind not in (types.NoneType, int, float, Decimal))
    return _decoded(kind, value)


def _expect(kind: type[T], value: object) -> T:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ValueError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value
