"""The shelf of released questionnaires: gives one by key and version, and the one for new visits.

A file whose hash is not the one in the lock is refused, so that old answers always keep their own wording.
`python -m instrument.library lock` prints the lock of all files, to be pasted when a new one is released.
"""

import functools
import hashlib
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from instrument.errors import DefinitionError
from instrument.reader import read_instrument
from instrument.schema import Instrument

DEFINITIONS = Path(__file__).parent / "definitions"
LOCK = "lock.toml"
CURRENT_KEY = "bar"


def get(key: str, version: str) -> Instrument:
    """The released questionnaire, for example get("bar", "2.0").

    Raises KeyError when there is none, DefinitionError when its file changed after release or is not valid.
    """
    return load_all()[f"{key}/{version}"]


def by_name(name: str) -> Instrument:
    """The same by the name that case files use, "bar/2.0". Raises KeyError."""
    return load_all()[name]


def current() -> Instrument:
    """The newest questionnaire that is offered for new visits."""
    offered = [found for found in load_all().values() if found.is_offered and found.key == CURRENT_KEY]
    return max(offered, key=lambda found: _version_number(found.version))


@functools.cache
def load_all(folder: Path = DEFINITIONS) -> Mapping[str, Instrument]:
    """All questionnaires in the folder by name, each checked against the lock and against its elders."""
    lock = _read_lock(folder)
    found = {name: _load(path, name, lock) for name, path in _files(folder).items()}
    if gone := sorted(lock.keys() - found.keys()):
        raise DefinitionError(LOCK, f"names files that are gone: {gone}")
    for instrument in found.values():
        _check_maps(instrument, found)
    return found


def lock_text(folder: Path = DEFINITIONS) -> str:
    """The lock as it should read for the files that stand in the folder now."""
    lines = [f'"{name}" = "{_sha256(path.read_bytes())}"' for name, path in _files(folder).items()]
    return "\n".join(lines) + "\n"


def _files(folder: Path) -> dict[str, Path]:
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(folder.glob("*/*.toml"))}


def _read_lock(folder: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads((folder / LOCK).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(LOCK, f"cannot be read: {error}") from error


def _load(path: Path, name: str, lock: Mapping[str, object]) -> Instrument:
    raw = path.read_bytes()
    sha256 = _sha256(raw)
    if name not in lock:
        raise DefinitionError(name, "is not in the lock; see python -m instrument.library lock")
    if lock[name] != sha256:
        raise DefinitionError(name, "was changed after its release; make a new version instead")
    instrument = read_instrument(raw, sha256, name)
    if instrument.name != name:
        raise DefinitionError(name, f"calls itself {instrument.name}")
    return instrument


def _check_maps(instrument: Instrument, found: Mapping[str, Instrument]) -> None:
    for version, items in instrument.maps_from.items():
        path = f"{instrument.name}.maps_from.{version}"
        older = found.get(f"{instrument.key}/{version}")
        if older is None:
            raise DefinitionError(path, "there is no such version")
        known = {item.key for section in older.sections for item in section.items}
        for key, continuation in items.items():
            if continuation.item and continuation.item not in known:
                raise DefinitionError(f"{path}.{key}", f"{continuation.item!r} is no item of {older.name}")


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _version_number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    if sys.argv[1:] != ["lock"]:
        sys.exit("usage: python -m instrument.library lock")
    sys.stdout.write(lock_text())
