"""Migrate as the owner of the schema, then give the application role its rights and no more, and raise the second wall (bar/wall).

While people work: a statement that cannot have its lock in two seconds lets go and is tried again later, so that nobody waits behind it.
A model that says `append_only = True` gives SELECT and INSERT only. There are no default privileges: a table that this command did not see,
the application cannot touch.
"""

import time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from bar.database import OWNER, UNFINISHED, as_owner
from bar.wall.policies import raise_wall
from dossiers.models import Dossier

LOCK_SECONDS = 2  # that anybody may have to wait for a migration (security.md F13)
TRIES, BETWEEN = 5, 5.0  # seconds
NO_LOCK = "55P03"

READ, ADD, ALL = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE, DELETE"


class Command(migrate.Command):
    """Django's migrate, as the owner, with grants at the end."""

    help = "Bring the database up to date as its owner and give the application role its rights."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run everything as the owner; looking (`--plan`, `--check`) changes no rights."""
        if options["database"] not in {DEFAULT_DB_ALIAS, OWNER}:
            super().handle(*args, **options)
            return
        with as_owner():
            self._patiently(*args, **options)

    def _patiently(self, *args: Any, **options: Any) -> None:
        """A migration is one transaction, and so are the rights and rules at the end: one that lost the wait for a lock left nothing behind, and
        begins again. An index that is made while people write is no transaction: what is left of it goes first."""
        is_looking = options["plan"] or options["check_unapplied"]
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(LOCK_SECONDS * 1000)}ms"])
        for attempt in range(1, TRIES + 1):
            try:
                _refuse_unfinished_restore()
                if not is_looking:
                    drop_unfinished()
                super().handle(*args, **options)
                if not is_looking:
                    grant(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"])
            except OperationalError as problem:
                if getattr(problem.__cause__, "sqlstate", "") != NO_LOCK:
                    raise
                self.stderr.write(f"Somebody holds a lock that a migration needs (try {attempt} of {TRIES}). It let go, so nobody waits behind it.")
                time.sleep(BETWEEN)
            else:
                return
        raise CommandError("The database was too busy for a migration. Run it again at a quieter moment: it goes on where it stopped.")


def _refuse_unfinished_restore() -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s)", [UNFINISHED])
        if cursor.fetchone() != (None,):
            raise CommandError(
                "A restore into this database was never finished, so withdrawn consents are open in it. Run `manage.py restore` again."
            )


def drop_unfinished() -> None:
    """Take away the indexes of which the making was broken off: no query uses them, and their name stands in the way of the next try."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE NOT indisvalid AND relkind = 'i' "
            "AND relowner = current_user::regrole AND relnamespace = current_schema()::regnamespace"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))


def grant(role: str) -> None:
    """Give this role the rights of the application on the schema of the current owner; can run any number of times."""
    connection = connections[DEFAULT_DB_ALIAS]
    who = sql.Identifier(role)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tableowner = current_user")
        rights = {name: rights_on(name) for (name,) in cursor.fetchall()}
        statements = [sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(who)]
        for table, right in rights.items():
            place = sql.Identifier(table)
            statements.append(sql.SQL("REVOKE ALL ON TABLE {} FROM {}").format(place, who))
            statements.append(sql.SQL("GRANT {} ON TABLE {} TO {}").format(sql.SQL(right), place, who))
        statements.append(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(who))
        for statement in statements:
            cursor.execute(statement)
        if Dossier._meta.db_table in rights:  # not while an app is migrated back to nothing
            raise_wall(cursor, role)


def rights_on(table: str) -> str:
    """What the application may do with the rows of this table."""
    if table == MigrationRecorder.Migration._meta.db_table:
        return READ
    append_only = {model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)}
    return ADD if table in append_only else ALL
