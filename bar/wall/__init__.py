"""The second wall: row-level security in the database, behind the gate.

`base` tells every connection on whose behalf it works, `policies` makes the rules, `middleware` names the person of a request.
Coarse on purpose: whoever never had a seat in a dossier gets none of its rows. Who may see what is decided in consent/access.py only.
"""

from typing import Any

from psycopg.pq import TransactionStatus

from dossiers.acting import NOBODY, Acting

TELL = "SELECT set_config('bar.person', %s, false), set_config('bar.process', %s, false)"


def tell(connection: Any, who: Acting) -> None:
    """Say to this connection on whose behalf it works, until it is told otherwise."""
    connection.execute(TELL, [str(who.person or ""), who.process or ""])


def forget(connection: Any) -> None:
    """The reset callback of the pool: whoever takes this connection next begins as nobody. If this fails, the pool throws the connection away."""
    tell(connection, NOBODY)
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.commit()
