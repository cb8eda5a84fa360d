"""The shares of one dossier as both sides read them: state, answers per part, and who did what when. Values only, with a constant number of queries.

Nothing is decided here: the state is `share_state`, what is open now is the gate's (`open_words`). An employer never comes near this.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils import timezone

from consent.explain import Holder, holders
from consent.facts import SharedPart, plain_shared_part, shared_parts
from consent.models import Answer, AnswerState, Channel, NoteKind, PaperAnswer, Share, ShareNote
from consent.share_state import ShareState, answer_of, since_of, state_of
from dossiers.door import Opened, Touch, read
from dossiers.models import Dossier
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import long_date


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a share. `text` is somebody's own words, when there are any."""

    at: dt.datetime
    words: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The parts of a share with one answer, in the reader's words."""

    answer: str
    parts: list[str]


@dataclass(frozen=True, slots=True)
class ShareStory:
    """One share. `is_older`: made before this reader's arbodienst came, so its words are not shown."""

    share: Share
    state: ShareState
    since: dt.date | None
    answers: list[Answered]
    events: list[Event]
    waits_on_paper: bool
    is_older: bool = False


@dataclass(frozen=True, slots=True)
class PersonStory:
    """All shares to one person in one role, newest first, and what is open to that person now."""

    person_id: uuid.UUID
    name: str
    role: Role
    organisation: str
    open_words: str
    shares: list[ShareStory] = field(default_factory=list)


def plain_parts_of(dossier: Dossier) -> dict[uuid.UUID, tuple[SharedPart, ...]]:
    """The parts of every share of a dossier with the newest answer, as the gate sees them."""
    signs_in = dossier.employee.can_sign_in
    found: dict[uuid.UUID, list[SharedPart]] = {}
    for row in shared_parts(dossier_id=dossier.pk).select_related("share"):
        found.setdefault(row.share_id, []).append(plain_shared_part(row, employee_signs_in=signs_in))
    return {pk: tuple(rows) for pk, rows in found.items()}


def shares_of(opened: Opened) -> list[Share]:
    """The shares this reader may know of, newest first. After a change of arbodienst: what is newer, and what still counts."""
    opened.require_read(Part.SHARING)
    rows = Share.objects.filter(dossier=opened.dossier).select_related("person", "made_by", "stopped_by").order_by("-made_at", "-pk")
    if opened.sees_from is None:
        return list(rows)
    return [row for row in rows if row.made_at >= opened.sees_from or (row.stopped_at is None and row.last_day >= opened.today)]


def stories(opened: Opened) -> list[PersonStory]:
    """Every share, by person: what waits for an answer first, then who is let in now; newest question first."""
    shares = shares_of(opened)
    parts = plain_parts_of(opened.dossier)
    happened = _happened(opened)
    present = {holder.seat.person_id: holder for holder in holders(opened.dossier, opened.today)} if shares else {}
    found: dict[tuple[uuid.UUID, str], PersonStory] = {}
    for row in shares:
        key = (row.person_id, row.role)
        if key not in found:
            words = open_words(present.get(row.person_id), opened)
            found[key] = PersonStory(row.person_id, row.name, Role(row.role), row.organisation_name, words)
        found[key].shares.append(_story(opened, row, parts.get(row.pk, ()), happened))
    return sorted(found.values(), key=_place)


def _place(story: PersonStory) -> int:
    """What waits for an answer first, then who is let in now, then the rest."""
    if any(one.state is ShareState.ASKED for one in story.shares):
        return 0
    return 1 if story.open_words else 2


def _story(opened: Opened, row: Share, parts: tuple[SharedPart, ...], happened: "_Happened") -> ShareStory:
    plain = opened.role is Role.EMPLOYEE
    closed_on = opened.dossier.closed_on
    state = state_of(parts, opened.today, closed=closed_on is not None)
    is_older = opened.sees_from is not None and row.made_at < opened.sees_from
    return ShareStory(
        share=row,
        state=state,
        since=since_of(parts),
        answers=_answers(parts, plain=plain),
        events=sorted(happened.of(row, state, plain=plain, is_older=is_older, closed_on=closed_on), key=lambda event: event.at),
        waits_on_paper=row.pk in happened.waiting,
        is_older=is_older,
    )


_ANSWERS = {
    AnswerState.GIVEN: "Ja",
    AnswerState.ASKED: "Nog geen antwoord",
    AnswerState.REFUSED: "Nee",
    AnswerState.WITHDRAWN: "Ingetrokken",
}


def _answers(parts: tuple[SharedPart, ...], *, plain: bool) -> list[Answered]:
    """The parts by what was answered; a word that stands for two parts once."""
    found: dict[AnswerState, dict[str, bool]] = {}
    for part in Part:
        for row in parts:
            if row.part is part:
                labels = found.setdefault(answer_of(row), {})
                label = part.plain if plain else part.label
                labels[label] = labels.get(label, False) or row.write
    return [Answered(words, _with_writing(found[state])) for state, words in _ANSWERS.items() if state in found]


def _with_writing(labels: Mapping[str, bool]) -> list[str]:
    return [f"{label} (ook schrijven)" if writes else label for label, writes in labels.items()]


# --- what happened -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Happened:
    """Every answer, note and paper of a dossier, by share; and what everybody is called in this dossier."""

    answers: Mapping[uuid.UUID, list[Answer]]
    notes: Mapping[uuid.UUID, list[ShareNote]]
    papers: Mapping[uuid.UUID, list[PaperAnswer]]
    names: Mapping[uuid.UUID, str]
    reader: uuid.UUID

    @property
    def waiting(self) -> set[uuid.UUID]:
        """The shares with a yes on paper that nobody confirmed yet."""
        return {pk for pk, rows in self.papers.items() if any(row.confirmed_at is None and row.cancelled_at is None for row in rows)}

    def who(self, person_id: uuid.UUID) -> str:
        """A person as this dossier calls that person; the reader as "u"."""
        return "u" if person_id == self.reader else self.names.get(person_id, "een medewerker van de arbodienst")

    def of(self, share: Share, state: ShareState, *, plain: bool, is_older: bool, closed_on: dt.date | None) -> Iterator[Event]:
        yield Event(share.made_at, f"Gevraagd door {self.who(share.made_by_id)}")
        for (_, by, channel, answer), rows in groupby(self.answers.get(share.pk, ()), key=lambda row: (row.at, row.by_id, row.channel, row.state)):
            yield self._answered(list(rows), by, Channel(channel), AnswerState(answer), plain=plain)
        for note in self.notes.get(share.pk, ()):
            words = "wil eerst met de bedrijfsarts bespreken" if note.kind == NoteKind.DISCUSS else "antwoordt later"
            yield Event(note.at, _sentence(self.who(note.by_id), words, self_words=_own(words)))
        for paper in self.papers.get(share.pk, ()):
            yield Event(paper.recorded_at, f"Een ja op papier van {long_date(paper.signed_on)}, opgeschreven door {self.who(paper.recorded_by_id)}")
            if paper.cancelled_at and paper.cancelled_by_id:
                yield Event(paper.cancelled_at, f"Het ja op papier is weggehaald door {self.who(paper.cancelled_by_id)}")
        if share.stopped_at and share.stopped_by_id:
            yield Event(share.stopped_at, f"Gestopt door {self.who(share.stopped_by_id)}", "" if is_older else share.stop_reason)
        if state is ShareState.ENDED:
            yield Event(_end_of(share.last_day), f"Afgelopen: {long_date(share.last_day)} was de laatste dag")
        if state is ShareState.CLOSED and closed_on is not None:
            yield Event(max(_end_of(closed_on), share.made_at), "Afgelopen: het dossier is gesloten")

    def _answered(self, rows: list[Answer], by: uuid.UUID, channel: Channel, state: AnswerState, *, plain: bool) -> Event:
        said = {AnswerState.GIVEN: "Ja", AnswerState.REFUSED: "Nee", AnswerState.WITHDRAWN: "Ingetrokken"}[state]
        parts = [Part(row.share_part.part) for row in rows]
        labels = dict.fromkeys(_in_sentence(part.plain if plain else part.label) for part in Part if part in parts)
        words = f"{said}: {listed(list(labels))}"
        match channel:
            case Channel.SCREEN:
                words += f", door {self.who(by)}"
            case Channel.PHONE:
                words += f". Per telefoon gezegd, opgeschreven door {self.who(by)}"
            case Channel.PAPER:
                confirmed = rows[0].confirmed_by_id
                words += f". Op papier, opgeschreven door {self.who(by)}"
                words += f" en bevestigd door {self.who(confirmed)}" if confirmed else ""
        return Event(rows[0].at, words)


def _happened(opened: Opened) -> _Happened:
    dossier = opened.dossier
    answers = Answer.objects.filter(dossier=dossier).select_related("share_part").order_by("at", "by_id", "channel", "state")
    seats = dossier.seats.order_by("start").values_list("person_id", "name")
    return _Happened(
        answers=_by_share(answers, lambda row: row.share_part.share_id),
        notes=_by_share(ShareNote.objects.filter(dossier=dossier)),
        papers=_by_share(PaperAnswer.objects.filter(dossier=dossier)),
        names={dossier.employee_id: dossier.employee_name, **dict(seats)},
        reader=opened.person.pk,
    )


def _by_share(rows: Iterable[Any], key: Any = lambda row: row.share_id) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _sentence(who: str, words: str, *, self_words: str) -> str:
    return f"U {self_words}" if who == "u" else f"{who} {words}"


def _own(words: str) -> str:
    """The same words said to the employee: "u wilt", "u antwoordt"."""
    return words.replace("wil eerst", "wilt eerst")


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59)))


# --- what is open now, and until when -------------------------------------------------------------------


def open_words(holder: Holder | None, opened: Opened) -> str:
    """What is open to one person now, and through which day, as one piece of a sentence; empty when nothing is."""
    if holder is None:
        return ""
    until = {touch: ground.until for touch, ground in holder.open.items() if ground.until is not None}
    return open_sentence(until, plain=opened.role is Role.EMPLOYEE)


def open_sentence(until: Mapping[Touch, dt.date], *, plain: bool) -> str:
    """ "Functie en Overleg (ook schrijven), tot en met 1 juni 2026": parts by their last day, the latest first."""
    pieces = []
    for day in sorted({day for touch, day in until.items() if touch.act is Act.READ}, reverse=True):
        labels: dict[str, bool] = {}
        for part in Part:
            if until.get(read(part)) == day:
                label = part.plain if plain else part.label
                labels[label] = labels.get(label, False) or Touch(part, Act.WRITE) in until
        names = [_in_sentence(name) for name in _with_writing(labels)]
        pieces.append(f"{listed(names)}, tot en met {long_date(day)}")
    return "; ".join(pieces)


def _in_sentence(name: str) -> str:
    """A name with a comma of its own between quotes, so that it stays one thing in a list."""
    return f"‘{name}’" if "," in name else name


def listed(words: list[str]) -> str:
    """ "a, b en c"."""
    return " en ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
