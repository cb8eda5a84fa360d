"""What Django's own `check --deploy` does not ask of an installation (security.md §2.8). Run it before every start in production:

`manage.py check --deploy --fail-level WARNING`. With `--database default` it also asks the server what its log may hold. Nothing is repaired here.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError, connections
from django.urls import URLPattern, URLResolver, get_resolver

CACHING = ("UpdateCacheMiddleware", "FetchFromCacheMiddleware", "ConditionalGetMiddleware", "GZipMiddleware")
# This machine; the last two are services of docker-compose.yml, which speak to each other on a network inside it.
HERE = ("", "localhost", "127.0.0.1", "::1", "database", "broker")
# What the log of PostgreSQL may hold: nothing of what somebody wrote.
SILENT = {
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@register(Tags.security, deploy=True)
def installation(app_configs: Any, **_more: Any) -> list[CheckMessage]:
    """Everything about the settings."""
    return [*_settings(), *_database(), *_pages()]


def _settings() -> Iterator[CheckMessage]:
    if settings.DEBUG or settings.DEMO:
        yield Error("The demonstration (BAR_DEMO) and DEBUG show what nobody may see.", id="bar.E001")
    if not settings.ALLOWED_HOSTS or any(name == "*" or name.startswith(".") for name in settings.ALLOWED_HOSTS):
        yield Error("ALLOWED_HOSTS must name the site, without * and without a whole domain.", id="bar.E002")
    if settings.ADMINS or settings.MANAGERS:
        yield Error("Mail about errors carries what was typed: ADMINS and MANAGERS must be empty.", id="bar.E003")
    if any(name.endswith(CACHING) for name in settings.MIDDLEWARE):
        yield Error("A page behind sign-in may not be cached or compressed by middleware.", id="bar.E004")
    if not (settings.SECOND_FACTOR and settings.SESSION_COOKIE_NAME.startswith("__Host-") and settings.CSRF_COOKIE_NAME.startswith("__Host-")):
        yield Error("A second step and __Host- cookies are not optional.", id="bar.E005")
    if any(key in settings.SECRET_KEY_FALLBACKS for key in (settings.SECRET_KEY, settings.HASH_KEY)) or settings.SECRET_KEY == settings.HASH_KEY:
        yield Error("SECRET_KEY, its fallbacks and HASH_KEY must differ from each other.", id="bar.E006")
    limits = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
    if not all(limits):
        yield Error("A request must have a largest size and a largest number of fields.", id="bar.E007")
    if not settings.BASE_URL.startswith("https://"):
        yield Error("BASE_URL must start with https://: links in mail are followed.", id="bar.E008")
    if bool(settings.PROXIES) != bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None)):
        yield Caution(
            "BAR_PROXIES and BAR_PROXY_HEADER belong together: behind a proxy of your own set both, without one neither.",
            hint="With the header alone a visitor says himself that he came over https; without it every page is redirected for ever.",
            id="bar.W009",
        )


def _database() -> Iterator[CheckMessage]:
    values = settings.DATABASES["default"]
    if not values["CONN_HEALTH_CHECKS"] or values["CONN_MAX_AGE"] != 0 or "pool" not in values["OPTIONS"]:
        yield Error("The database needs its pool, with health checks and CONN_MAX_AGE=0.", id="bar.E010")
    if "owner" in settings.DATABASES and settings.DATABASES["owner"]["USER"] == values["USER"]:
        yield Error("DATABASE_URL must name another role than DATABASE_OWNER_URL: what serves owns nothing.", id="bar.E011")
    if values["HOST"] not in HERE and not values["HOST"].startswith("/") and values["OPTIONS"].get("sslmode") != "verify-full":
        yield Caution("The database is on another machine: add ?sslmode=verify-full to DATABASE_URL (docs/deploy.md).", id="bar.W014")
    broker = urlsplit(settings.REDIS_URL)
    if broker.hostname not in HERE and (broker.scheme != "rediss" or dict(parse_qsl(broker.query)).get("ssl_cert_reqs") != "required"):
        yield Caution("The broker is on another machine: REDIS_URL must start with rediss:// and check its certificate.", id="bar.W015")
    letters = settings.STORAGES["letters"]["OPTIONS"].get("location")  # none: a bucket
    if letters and any(letters.is_relative_to(folder) for folder in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS)):
        yield Error("Letters lie in a folder that is served to everybody.", id="bar.E012")


def _pages() -> Iterator[CheckMessage]:
    for name in sorted(_unmarked(get_resolver().url_patterns)):
        yield Error(f"The page {name} does not say who may open it.", id="bar.E013")


def _unmarked(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _unmarked(pattern.url_patterns)
        elif getattr(pattern.callback, "door", None) is None:
            yield str(pattern.name or pattern.pattern)


@register(Tags.database, deploy=True)
def server(app_configs: Any, databases: Sequence[str] | None = None, **_more: Any) -> list[CheckMessage]:
    """What the server itself says: only asked with `--database default`."""
    return [message for alias in databases or () if alias == "default" for message in _server(alias)]


def _server(alias: str) -> Iterator[CheckMessage]:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SILENT)])
            said = dict(cursor.fetchall())
            cursor.execute("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            is_mighty = cursor.fetchone()[0]
            cursor.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)")
            owns = cursor.fetchone()[0]
    except DatabaseError as problem:
        yield Error(f"The database does not answer ({type(problem).__name__}).", id="bar.E020")
        return
    for name in sorted(name for name, value in SILENT.items() if said.get(name) != value):
        yield Caution(f"The log of PostgreSQL may hold what somebody wrote: set {name} = {SILENT[name]}.", id="bar.W021")
    if is_mighty or owns:
        yield Error("The role of DATABASE_URL owns tables or may do more than serve.", id="bar.E022")
