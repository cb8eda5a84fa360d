"""Reading the environment, loudly.

Every setting comes through these helpers, so that a missing or bad value stops the start with the name of the variable and what was expected.
"""

import os
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
# Seconds that the database spends on one query, on waiting for a lock, on a transaction that says nothing.
PATIENCE = {"statement_timeout": 30, "lock_timeout": 10, "idle_in_transaction_session_timeout": 60}


def text(name: str, default: str | None = None) -> str:
    """The value of a variable; without a default it must be set and not empty."""
    value = os.environ.get(name, default)
    if value is None or (value == "" and default is None):
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment, or start through manage.py to use the embedded services.")
    return value


def flag(name: str, default: bool) -> bool:
    """A yes or no: 1, true, yes or 0, false, no."""
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number of at least `minimum`."""
    raw = os.environ.get(name, str(default))
    if not raw.isdecimal() or int(raw) < minimum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}, not {raw!r}.")
    return int(raw)


def words(name: str, default: str) -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """A folder, absolute."""
    return Path(os.environ.get(name, str(default))).absolute()


def mail_security(name: str) -> tuple[bool, bool]:
    """How the mail server is spoken to: whether with STARTTLS (the default), whether with TLS from the first byte; `none` is neither."""
    value = os.environ.get(name, "starttls")
    if value not in {"starttls", "tls", "none"}:
        raise ImproperlyConfigured(f"{name} must be starttls, tls or none, not {value!r}.")
    return value == "starttls", value == "tls"


def sender(name: str, default: str) -> str:
    """Who mail comes from. Only the address is taken: a name beside it would tell a passer-by what the mail is about."""
    address = parseaddr(os.environ.get(name, default))[1]
    if "@" not in address:
        raise ImproperlyConfigured(f"{name} must be an e-mail address.")
    return formataddr(("Berichten", address))


def database(name: str) -> dict[str, Any]:
    """A PostgreSQL address as Django wants it. Only PostgreSQL: the database is the last law here.

    `?sslmode=verify-full&sslrootcert=…` and `?host=/a/socket/folder` are understood; any other addition is refused.
    """
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} must start with postgresql://, this product runs on PostgreSQL only.")
    query = dict(parse_qsl(parts.query))
    unknown = query.keys() - {"host", "port", *TLS}
    database_name = unquote(parts.path.lstrip("/"))
    if unknown or not database_name or not parts.username:
        raise ImproperlyConfigured(f"{name} must look like postgresql://role:password@host:5432/name?sslmode=verify-full.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            **{key: query[key] for key in TLS if key in query},
            "options": " ".join(f"-c {limit}={seconds * 1000}" for limit, seconds in PATIENCE.items()),
            "pool": {"min_size": 1, "max_size": number("DATABASE_POOL", 10, minimum=1), "timeout": 5},
        },
    }
