"""Closing again what the ledger says was closed after the backup was made. Which action that is, entry by entry; the actions do it.

An entry from just before the backup is tried as well: its transaction may have ended after it. Closing twice is closing once.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bar.accounts.actions.replay import close_invitation, end_person_again
from consent.actions import replay as keys
from dossiers.actions import replay as own
from dossiers.actions.replay import Replayed
from dossiers.ledger import Closing, Entry

MARGIN = dt.timedelta(minutes=10)  # longer than any transaction of people may take, and than clocks may differ
log = logging.getLogger(__name__)

ACTIONS: Mapping[Closing, Callable[[Entry], Replayed]] = {
    Closing.ANSWER: keys.close_answer,
    Closing.PAPER: keys.close_paper,
    Closing.SHARE: keys.close_share,
    Closing.HANDED_OVER: keys.hand_over_again,
    Closing.SEAT: keys.close_seat_again,
    Closing.HAND_OVER_ANSWER: keys.close_hand_over_answer,
    Closing.QUESTION: keys.close_question,
    Closing.SWITCH: own.switch_off,
    Closing.LETTER: own.close_letter,
    Closing.DOSSIER: own.close_dossier_again,
    Closing.PERSON: end_person_again,
    Closing.INVITATION: close_invitation,
}


@dataclass(slots=True)
class Replay:
    """What became of the entries; `left`: what a person has to do; `unsure`: how many are not known to have been committed."""

    became: Counter[Replayed] = field(default_factory=Counter)
    left: list[str] = field(default_factory=list)
    unsure: int = 0


def replay(entries: Iterable[Entry], *, since: dt.datetime) -> Replay:
    """Close again, the oldest first; a hand-over before the end of the seat it is about."""
    result = Replay()
    wanted = [entry for entry in entries if entry.at >= since - MARGIN]
    for entry in sorted(wanted, key=lambda one: (one.kind is Closing.SEAT, one.at)):
        try:
            became = ACTIONS[entry.kind](entry)
        except Exception as problem:  # noqa: BLE001 -- one closing that fails may not keep the others from being closed
            log.error("a closing could not be done again (%s %s): %s", entry.kind, entry.object_id, type(problem).__name__)
            became = Replayed.LEFT
        result.became[became] += 1
        result.unsure += became is Replayed.CLOSED and not entry.is_done
        if became is Replayed.LEFT:
            result.left.append(f"{entry.kind} {entry.object_id} of {entry.at:%Y-%m-%d %H:%M}")
    return result
