"""A reset in words: for the person it is about, and for whoever helps. No name of whoever asked is told to a bare link."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from bar.accounts.actions.resets import CONFIRM_WITHIN, has_lapsed
from bar.accounts.models import Reset, ResetKind
from dossiers.rules.dutch import long_date

TITLES: Mapping[str, str] = {ResetKind.FACTOR: "De tweede stap weghalen", ResetKind.ADDRESS: "Een ander e-mailadres"}
_WHAT: Mapping[str, str] = {
    ResetKind.FACTOR: (
        "Iemand vroeg om de tweede stap van het inloggen bij uw account weg te halen. Dat is uw passkey, app of code op papier. "
        "Daarna stelt u een nieuwe in."
    ),
    ResetKind.ADDRESS: "Iemand vroeg om een ander e-mailadres voor uw account.",
}


@dataclass(frozen=True, slots=True)
class State:
    """How a reset stands, for the person it is about."""

    title: str
    what: str
    text: str
    runs: bool


def state_of(row: Reset, *, now: datetime.datetime) -> State:
    """What is asked, and how far it is."""
    runs = row.done_at is None and row.cancelled_at is None and not has_lapsed(row, now)
    return State(title=TITLES[row.kind], what=_WHAT[row.kind], text=_text(row, now), runs=runs)


def _text(row: Reset, now: datetime.datetime) -> str:
    if row.done_at is not None:
        return f"Dit is gedaan op {moment(row.done_at)}. U bent overal uitgelogd. Was u dit niet? Bel dan meteen uw arbodienst."
    if row.cancelled_at is not None:
        return f"Dit is gestopt op {moment(row.cancelled_at)}. Er is niets veranderd aan uw account."
    if has_lapsed(row, now):
        return "Niemand heeft dit op tijd bevestigd. Er is niets veranderd aan uw account. Begin opnieuw als het nog nodig is."
    if row.counts_from is None:
        return f"Dit is nog niet bevestigd. Zonder bevestiging gebeurt er niets. Bevestigen kan tot {moment(row.asked_at + CONFIRM_WITHIN)}."
    return f"Dit is bevestigd en gebeurt op {moment(row.counts_from)}. Tot die tijd kunt u het stoppen. U wordt dan overal uitgelogd."


def for_another(row: Reset, *, now: datetime.datetime) -> str:
    """How far it is, for whoever helps."""
    asked = f"Gevraagd door {row.asked_by.name} op {moment(row.asked_at)}."
    if row.counts_from is None:
        who = "de persoon zelf, met de link in de mail, of een ander die mag helpen"
        return f"{asked} Nog niet bevestigd: dat doet {who}. Kan tot {moment(row.asked_at + CONFIRM_WITHIN)}."
    return f"{asked} Bevestigd. Het gebeurt op {moment(row.counts_from)}."


def moment(when: datetime.datetime) -> str:
    """A day and a time in Amsterdam."""
    local = timezone.localtime(when)
    return f"{long_date(local.date())} om {local:%H:%M} uur"
