"""Is it well? Three addresses for who watches over the installation: it lives, it can serve, all it needs answers.

They name what fails and nothing more: no versions, no addresses, no counts.
"""

import psycopg
import redis
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from bar.celery import broker
from bar.database import is_up_to_date
from bar.env import TLS
from dossiers.door import public

PATIENCE = 2  # seconds


@public
@require_safe
def livez(_request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all; asks nobody else, so that a database that is away restarts no server."""
    return JsonResponse({"status": "ok"})


@public
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when it can serve pages: the database answers and is up to date. A broker that is away stops nobody from working."""
    answers = _database_answers()
    words = {"database": "ok" if answers else "failed", "migrations": "ok" if answers and is_up_to_date() else "failed"}
    well = set(words.values()) == {"ok"}
    return JsonResponse({"status": "ok" if well else "failed", **words}, status=200 if well else 503)


@public
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all answer, 503 when one does not."""
    answers = {"database": _database_answers(), "broker": _broker_answers()}
    well = all(answers.values())
    words = {name: "ok" if answer else "failed" for name, answer in answers.items()}
    return JsonResponse({"status": "ok" if well else "failed", **words}, status=200 if well else 503)


def _database_answers() -> bool:
    """Over a connection of its own, as the application role: a full pool is not a database that is down. As guarded on the way as any other."""
    values = settings.DATABASES["default"]
    try:
        with psycopg.connect(
            host=values["HOST"],
            port=values["PORT"] or 5432,
            user=values["USER"],
            password=values["PASSWORD"],
            dbname=values["NAME"],
            connect_timeout=PATIENCE,
            options=f"-c statement_timeout={PATIENCE * 1000}",
            **{key: values["OPTIONS"][key] for key in TLS if key in values["OPTIONS"]},
        ) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.Error:
        return False


def _broker_answers() -> bool:
    try:
        with broker(settings.REDIS_URL) as client:
            return bool(client.ping())
    except (OSError, redis.RedisError):
        return False
