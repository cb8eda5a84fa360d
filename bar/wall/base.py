"""Django's PostgreSQL backend, of which every connection knows on whose behalf it works.

Said at the first query after it changed, and again after a rollback, which takes the setting back as well. No rules here: `policies.py`.
"""

import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from bar.wall import tell
from dossiers.acting import NOBODY, Acting, acting

RETURNED_WITHIN = 0.5  # seconds; a connection that somebody still uses is not waited for


class DatabaseWrapper(base.DatabaseWrapper):
    """`told`: what the connection was told last; None when that is not sure."""

    told: Acting | None = None

    def get_new_connection(self, conn_params: Any) -> Any:
        """Fresh from the server or cleared by the pool: nobody."""
        self.told = NOBODY
        return super().get_new_connection(conn_params)

    def create_cursor(self, name: Any = None) -> Any:
        """The one place that every query passes."""
        who = acting()
        if who != self.told and self.connection.info.transaction_status != TransactionStatus.INERROR:  # then only a rollback is possible
            tell(self.connection, who)
            self.told = who
        return super().create_cursor(name)

    def close_pool(self) -> None:
        """A pool that closes drops, unclosed, what is just being returned to it: let that come home first. One that nobody opened has nothing out."""
        until = time.monotonic() + RETURNED_WITHIN
        while self.pool and not self.pool.closed and time.monotonic() < until:
            stats = self.pool.get_stats()
            if stats.get("pool_available", 0) >= stats.get("pool_size", 0):
                break
            time.sleep(0.002)
        super().close_pool()

    def _commit(self) -> None:
        self._unsure_after_failure()
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self.told = None
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self.told = None

    def _unsure_after_failure(self) -> None:
        """The commit of a failed transaction is a rollback."""
        if self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR:
            self.told = None
