"""Questions that nearly every request asks the database: turned into SQL once, and sent together where they belong together.

Django builds the SQL of a queryset anew each time, and waits for every answer; both take longer than the database needs to give it. Measured in
docs/decisions/prepared.md. A question that few pages ask does not belong here.
"""

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import connection, connections
from django.db.models import BooleanField, Func, QuerySet, Value
from django.db.models.sql.constants import CURSOR

P = ParamSpec("P")
Row = TypeVar("Row")


class Given(Value):
    """Stands in the SQL for the value of a parameter."""

    def __init__(self, name: str) -> None:
        super().__init__(name)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A place for the value, with itself to find that place by."""
        return "%s", [self]


class IsOneOf(Func):
    """Whether a column is one of the values of a parameter that is a list: `filter(IsOneOf("dossier_id", ids))`. The same SQL however many."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    arity = 2
    output_field = BooleanField()


class Question(Generic[Row]):
    """A queryset whose SQL is there, to be asked at once (`rows`) or with others (`together`)."""

    def __init__(self, queryset: QuerySet[Any, Row], compiler: Any = None) -> None:
        self.queryset, self.compiler = queryset, compiler or queryset.query.get_compiler(queryset.db)

    def rows(self) -> list[Row]:
        """The answer."""
        asked = self.queryset.all()
        asked.query.get_compiler = lambda *_, **__: self.compiler  # type: ignore[method-assign]
        return list(asked)

    def send(self) -> None:
        """Ask, and leave the answer for `rows`."""
        cursor = self.compiler.execute_sql(CURSOR)
        last = self.compiler.col_count if self.compiler.has_extra_select else None  # columns that are there only to sort by

        def answer(*_: Any, **__: Any) -> list[list[Any]]:
            with cursor:
                return [[row[:last] for row in cursor.fetchall()]]

        self.compiler.execute_sql = answer


class Compiled(Generic[P, Row]):
    """A question of which the SQL is made once; called with values it answers with rows. See `compiled`."""

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        self.build, self.names = build, inspect.signature(build)
        functools.update_wrapper(self, build)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[Row]:
        return self.of(*args, **kwargs).rows()

    def of(self, *args: P.args, **kwargs: P.kwargs) -> Question[Row]:
        """The question with these values, to be asked later."""
        values = self.names.bind(*args, **kwargs).arguments
        if None in values.values():
            raise ValueError(f"{self.build.__name__}: nothing equals NULL, so a compiled question has no place for None")
        queryset, compiler, text, places = self._prepared
        own = copy.copy(compiler)
        own.connection = connections[queryset.db]  # of this thread
        filled = tuple(values[place.value] if isinstance(place, Given) else place for place in places)
        own.as_sql = lambda *_, **__: (text, filled)
        return Question(queryset, own)

    @functools.cached_property
    def _prepared(self) -> tuple[QuerySet[Any, Row], Any, str, tuple[Any, ...]]:
        queryset = self.build(**{name: Given(name) for name in self.names.parameters})  # type: ignore[arg-type, call-arg]
        compiler = queryset.query.get_compiler(queryset.db)
        text, places = compiler.as_sql()
        return queryset, compiler, text, places


def compiled(build: Callable[P, QuerySet[Any, Row]]) -> Compiled[P, Row]:
    """The function answers with the rows of the queryset it describes.

    It is called once, with a `Given` for every parameter, and must do nothing with them but put them in the queryset: no `if`, no sum. Values go
    to the database as they are: plain texts, numbers, days, moments, UUIDs or lists of them; no enum members, never None.
    """
    return Compiled(build)


def together(*questions: Question[Any]) -> list[list[Any]]:
    """The answers to several questions, in their order: sent one after another and waited for once (the pipeline of PostgreSQL's protocol)."""
    with connection.cursor():  # says first on whose behalf: that must not be undone with a question that fails
        pass
    with connection.wrap_database_errors, connection.connection.pipeline():
        for question in questions:
            question.send()
    return [question.rows() for question in questions]
