"""Databases that are away, full or locked, for one test at a time; afterwards the connection is as it was."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy

import pytest
from django.db import connection

from bar.database import let_go


@pytest.fixture
def database_with() -> Callable[..., AbstractContextManager[None]]:
    """`with database_with(port="1"):` this process reaches the database in this way only; `options` are those of a connection."""

    @contextmanager
    def other(*, port: str = "", options: str = "", **pool: float) -> Iterator[None]:
        before = deepcopy(connection.settings_dict)
        let_go()
        connection.settings_dict["PORT"] = port or before["PORT"]
        connection.settings_dict["OPTIONS"] = {
            **before["OPTIONS"],
            "options": f"{before['OPTIONS']['options']} {options}",
            "pool": {**before["OPTIONS"]["pool"], **pool},
        }
        try:
            yield
        finally:
            let_go()
            connection.settings_dict.update(before)

    return other
