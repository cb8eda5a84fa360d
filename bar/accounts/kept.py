"""The cache of the sign-in library, in the database: its counts hold for every worker, and a restart forgets none.

For counts of tries, and for which form was sent already (consent/sent_once.py). Nothing behind sign-in is cached, and nothing is pickled.
"""

import datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache  # noqa: TID251 -- the one backend, see above
from django.db import connection
from django.utils import timezone

from bar.accounts.models import Kept

NEVER = datetime.timedelta(days=30)  # what the library keeps without an end goes after a month


class Cache(BaseCache):
    """Django's cache as the library expects it, with JSON in one table."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default` when there is none or its time is over."""
        row = Kept.objects.filter(key=self._key(key, version), expires_at__gt=timezone.now()).first()
        return default if row is None else row.value

    def set(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value for so many seconds."""
        Kept.objects.update_or_create(key=self._key(key, version), defaults={"value": value, "expires_at": self._until(timeout)})

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless there is one; whether this one was kept. One statement, so that of two workers one wins."""
        table = connection.ops.quote_name(Kept._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} AS kept (key, value, expires_at) VALUES (%s, to_jsonb(%s::text), %s) "  # noqa: S608 -- the table's own name
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at WHERE kept.expires_at <= %s",
                [self._key(key, version), str(value), self._until(timeout), timezone.now()],
            )
            return bool(cursor.rowcount == 1)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; whether there was one."""
        return Kept.objects.filter(key=self._key(key, version)).delete()[0] > 0

    def clear(self) -> None:
        """Forget everything."""
        Kept.objects.all().delete()

    def _key(self, key: Any, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _until(self, timeout: Any) -> datetime.datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return timezone.now() + (NEVER if seconds is None else datetime.timedelta(seconds=float(seconds)))
