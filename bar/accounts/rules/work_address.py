"""Whether an employee's e-mail address is one that the employer can read.

Who reads somebody's mail can open that person's links. Addresses of a public provider are the person's own, also when the employer has one there.
"""

from collections.abc import Iterable
from typing import Final

PUBLIC: Final = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "outlook.nl",
        "hotmail.com",
        "hotmail.nl",
        "live.nl",
        "live.com",
        "msn.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "proton.me",
        "protonmail.com",
        "ziggo.nl",
        "kpnmail.nl",
        "planet.nl",
        "hetnet.nl",
        "home.nl",
        "xs4all.nl",
        "casema.nl",
        "chello.nl",
        "upcmail.nl",
        "quicknet.nl",
        "telfort.nl",
        "tele2.nl",
        "online.nl",
        "zonnet.nl",
        "solcon.nl",
        "caiway.nl",
        "freedom.nl",
        "gmx.net",
        "gmx.com",
    }
)
"""Providers whose mailboxes belong to people, not to an employer."""

WARNING: Final = (
    "Dit is een adres van de werkgever. Misschien kan iemand van de werkgever de berichten lezen. "
    "Vraag de werknemer om een privéadres. Wil de werknemer dit adres toch gebruiken? Zet dan het vinkje."
)


def is_employers(email: str, others: Iterable[str]) -> bool:
    """Whether this address has the domain of one of the employer's addresses, or one above or below it."""
    domain = domain_of(email)
    if not domain or domain in PUBLIC:
        return False
    return any(_is_of_one_house(domain, other) for other in map(domain_of, others) if other and other not in PUBLIC)


def domain_of(email: str) -> str:
    """What stands behind the last @, in the form it is compared in."""
    return email.rpartition("@")[2].strip().rstrip(".").lower() if "@" in email else ""


def _is_of_one_house(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
