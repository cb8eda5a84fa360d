"""Reading the environment, loudly.

Every setting comes through these helpers, so that a missing or bad value stops the start with the name of the variable and what was expected.
Any value may also stand in a file that NAME_FILE points at (secrets of Docker, systemd credentials). No message here repeats a value that was read
from a file: it may be a secret.
"""

import os
from email.utils import formataddr, parseaddr
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from bar.wall import forget

TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
# Seconds that the database spends on one query, on waiting for a lock, on a transaction that says nothing.
PATIENCE = {"statement_timeout": 30, "lock_timeout": 10, "idle_in_transaction_session_timeout": 60}


def text(name: str, default: str | None = None) -> str:
    """The value of a variable; without a default it must be set and not empty."""
    value = _read(name, default)
    if value is None or (value == "" and default is None):
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment (or {name}_FILE to a file that holds it), "
            "or start through manage.py to use the embedded services."
        )
    return value


def _read(name: str, default: str | None) -> str | None:
    """From the environment or from the file that NAME_FILE names, never from both. The end of a file is not part of a secret."""
    place = os.environ.get(f"{name}_FILE", "")
    if not place:
        return os.environ.get(name, default)
    if os.environ.get(name):
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Keep one of them.")
    try:
        return Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read ({type(problem).__name__}).") from None


def _shown(name: str, value: str) -> str:
    """A wrong value in a message; what came from a file stays there."""
    return f"what stands in {name}_FILE" if os.environ.get(f"{name}_FILE") else repr(value)


def flag(name: str, default: bool) -> bool:
    """A yes or no: 1, true, yes or 0, false, no."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes"}:
        return True
    if value in {"0", "false", "no", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {_shown(name, value)}.")


def number(name: str, default: int, *, minimum: int = 0) -> int:
    """A whole number of at least `minimum`."""
    raw = text(name, str(default))
    if not raw.isdecimal() or int(raw) < minimum:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {minimum}, not {_shown(name, raw)}.")
    return int(raw)


def words(name: str, default: str) -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """A folder, absolute."""
    return Path(text(name, str(default))).absolute()


def mail_security(name: str) -> tuple[bool, bool]:
    """How the mail server is spoken to: whether with STARTTLS (the default), whether with TLS from the first byte; `none` is neither."""
    value = one_of(name, ("starttls", "tls", "none"))
    return value == "starttls", value == "tls"


def one_of(name: str, allowed: tuple[str, ...]) -> str:
    """One word of a closed list; the first is the default."""
    value = text(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be {', '.join(allowed[:-1])} or {allowed[-1]}, not {_shown(name, value)}.")
    return value


def sender(name: str, default: str) -> str:
    """Who mail comes from. Only the address is taken: a name beside it would tell a passer-by what the mail is about."""
    address = parseaddr(text(name, default))[1]
    if "@" not in address:
        raise ImproperlyConfigured(f"{name} must be an e-mail address.")
    return formataddr(("Berichten", address))


def broker(name: str, password: str) -> str:
    """The address of the broker, with the password from a variable of its own when the address holds none. With rediss:// its certificate is
    checked unless the address says otherwise: Celery alone would not."""
    address, secret = text(name), text(password, "")
    parts = urlsplit(address)
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in parts.query:
        parts = parts._replace(query="&".join(filter(None, (parts.query, "ssl_cert_reqs=required"))))
        address = parts.geturl()
    if not secret or parts.password:
        return address
    return parts._replace(netloc=f"{parts.username or ''}:{quote(secret, safe='')}@{parts.netloc.rpartition('@')[2]}").geturl()


def database(name: str, password: str = "") -> dict[str, Any]:
    """A PostgreSQL address as Django wants it; its password may stand in a variable of its own. Only PostgreSQL: it is the last law here.

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
        "ENGINE": "bar.wall",
        "NAME": database_name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or "") if parts.password or not password else text(password, ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            **{key: query[key] for key in TLS if key in query},
            "options": " ".join(f"-c {limit}={seconds * 1000}" for limit, seconds in PATIENCE.items()),
            # Prepared statements: planning a query behind the second wall takes ten times as long as running it (docs/decisions/second-wall.md).
            "server_side_binding": True,
            "prepare_threshold": 2,
            "pool": {"min_size": 1, "max_size": number("DATABASE_POOL", 10, minimum=1), "timeout": 5, "reset": forget},
        },
    }


def letters(default: Path) -> dict[str, Any]:
    """Where sealed PDFs are kept: LETTERS_STORAGE=folder (LETTERS_DIR), or s3 (a private bucket of an S3-compatible service)."""
    if one_of("LETTERS_STORAGE", ("folder", "s3")) == "folder":
        place = {"location": folder("LETTERS_DIR", default), "base_url": None, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": place}
    endpoint = text("S3_ENDPOINT_URL", "")
    if endpoint and not endpoint.startswith("https://") and urlsplit(endpoint).hostname not in {"127.0.0.1", "localhost"}:
        raise ImproperlyConfigured("S3_ENDPOINT_URL must start with https:// (http only on this machine).")
    bucket = {
        "bucket_name": text("S3_BUCKET"),
        "endpoint_url": endpoint or None,
        "region_name": text("S3_REGION", "") or None,
        "access_key": text("S3_ACCESS_KEY", "") or None,  # none: the role of the machine, as the library finds it
        "secret_key": text("S3_SECRET_KEY", "") or None,
        "default_acl": None,  # the bucket itself is private; who may read is not said per file
        "querystring_auth": True,
        "file_overwrite": False,
        "object_parameters": {"ContentType": "application/octet-stream", "CacheControl": "no-store"},
        "client_config": _impatient(),
    }
    return {"BACKEND": "bar.bucket.Bucket", "OPTIONS": bucket}


def _impatient() -> Any:
    """Seconds and tries: a worker makes the letter again later, a reader is told to."""
    from botocore.config import Config  # noqa: PLC0415 -- an installation without a bucket does not have it

    return Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 2}, signature_version="s3v4")


def worker_port(name: str) -> int:
    """Where a worker serves its own counts; 0 is nowhere. Its children then count into one folder, made here: prometheus_client looks for it when it
    is imported, which is after the settings."""
    port = number(name, 0)
    if port and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = mkdtemp(prefix="bar-counts-")
    return port
