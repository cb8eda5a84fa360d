"""The secrets of the embedded installation: made once at random, kept in one file that only its owner reads.

Only for the embedded services; production brings its own secrets in the environment.
"""

import base64
import json
import os
import secrets as random
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bar.local.problem import LocalProblem


def _password() -> str:
    return random.token_urlsafe(24)


def _key_ring() -> str:
    """A ring of one key, for `dossiers.sealed` or for backups: "id:base64 of 32 bytes"."""
    return "k1:" + base64.b64encode(random.token_bytes(32)).decode()


@dataclass(frozen=True)
class Secrets:
    """Passwords of the servers and keys of the product."""

    postgres: str = field(default_factory=_password, repr=False)
    bar_owner: str = field(default_factory=_password, repr=False)
    bar_app: str = field(default_factory=_password, repr=False)
    valkey: str = field(default_factory=_password, repr=False)
    secret_key: str = field(default_factory=lambda: random.token_urlsafe(64), repr=False)
    sealing_keys: str = field(default_factory=_key_ring, repr=False)
    hash_key: str = field(default_factory=lambda: random.token_urlsafe(48), repr=False)
    backup_key: str = field(default_factory=_key_ring, repr=False)


def load(path: Path) -> Secrets:
    """The secrets in this file; makes the file (0600) when it is not there."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if "backup_key" not in told:  # made before there were backups
            return _complete(path, told)
        return Secrets(**told)
    except FileNotFoundError:
        return _make(path)
    except PermissionError as error:
        raise LocalProblem(f"{path} belongs to another user. Run as that user, or remove the folder {path.parent}.") from error
    except (ValueError, TypeError) as error:
        raise LocalProblem(f"{path} is damaged. Remove the folder {path.parent} to start afresh (its data is then gone).") from error


def _complete(path: Path, told: dict[str, str]) -> Secrets:
    """Add what is new to an older file. Of two processes at once the last one's file stays, and both read that."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(Secrets(**told)), file)
    draft.replace(path)
    return load(path)


def _make(path: Path) -> Secrets:
    """Write to a file of our own and link it in place: of two processes at once, the first wins and both read the same."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(Secrets()), file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return load(path)
