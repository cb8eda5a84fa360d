"""Is it well? One address that really asks the database and the broker, for who watches over the installation.

It names what fails and nothing more: no versions, no addresses, no counts.
"""

import psycopg
import redis
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from bar.celery import broker
from dossiers.door import public

PATIENCE = 2  # seconds


@public
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all answer, 503 when one does not."""
    answers = {"database": _database_answers(), "broker": _broker_answers()}
    well = all(answers.values())
    words = {name: "ok" if answer else "failed" for name, answer in answers.items()}
    return JsonResponse({"status": "ok" if well else "failed", **words}, status=200 if well else 503)


def _database_answers() -> bool:
    """Over a connection of its own, as the application role: a full pool is not a database that is down."""
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
