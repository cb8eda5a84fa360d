"""A second opinion: who may do what, in plain Python, written from the text of docs/access.md alone.

It must not import anything of the product, and must not be changed to agree with it: when the two differ, one of them is read wrongly from
the page. Plain events go in; the only questions are `may` and `is_insider`.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

DAY = dt.timedelta(days=1)
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
EXPERTS = {"labour_expert", "insurance_physician", "uwv_labour_expert"}
STILL_IN_A_CLOSED_DOSSIER = {("sharing", "withdraw"), ("sharing", "stop")}


def _section(title: str) -> list[list[str]]:
    text = re.search(rf"^## {re.escape(title)}.*?$(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert text is not None, title
    lines = [line for line in text.group(1).splitlines() if line.startswith("|") and not re.fullmatch(r"[|\-\s]+", line)]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def read_table() -> dict[tuple[str, str, str], str]:
    """(role, part, act) → D, C or S; what is not in it is never."""
    table = {}
    (_, *roles), *rows = _section("Table")
    for part, *cells in rows:
        for role, cell in zip(roles, cells, strict=True):
            for entry in filter(None, cell.split(",")):
                act, basis = entry.split()
                table[role, part, {"r": "read", "w": "write"}[act]] = basis
    for acts, parts, roles_of_act in _section("Acts of one role")[1:]:
        for act in acts.split(","):
            for part in parts.split(","):
                table.update({(role.strip(), part.strip(), act.strip()): "D" for role in roles_of_act.split(",")})
    return table


TABLE = read_table()


def can_be_shared(role: str) -> dict[str, bool]:
    """The parts a share to this role may hold, and whether to write."""
    return {part: TABLE.get((role, part, "write")) == "C" for (who, part, act), basis in TABLE.items() if (who, act, basis) == (role, "read", "C")}


@dataclass
class Seat:
    """This person has this role, from, until."""

    person: str
    role: str
    start: dt.date
    until: dt.date | None = None
    cover: bool = False
    ended: bool = False


@dataclass
class Answer:
    """The newest answer to one part of a share."""

    state: str = "asked"
    counts_from: dt.date = dt.date.min
    on_paper: bool = False


@dataclass
class Share:
    """The physician's key to some parts, for one person; `parts` says of each whether to write too."""

    person: str
    role: str
    parts: dict[str, bool]
    first_day: dt.date
    last_day: dt.date
    stopped: bool = False
    answers: dict[str, Answer] = field(default_factory=dict)


class Model:
    """One dossier through time."""

    def __init__(self, today: dt.date, seats: dict[str, str]) -> None:
        self.today = today
        self.seats = [Seat(person, role, today) for person, role in seats.items()]
        self.shares: list[Share] = []
        self.switched_on: set[str] = set()
        self.closed = False
        self.has_account = True
        self._insiders: set[str] = set()  # experts for whom `process` was open on some day

    # --- what happens -----------------------------------------------------------------------------

    def days_pass(self, days: int) -> None:
        """Every day counts: on each of them an expert may be let in."""
        for _ in range(days):
            self.today += DAY
            self._let_in()

    def share(self, row: Share) -> None:
        """The physician's key. Nothing is open before the answer."""
        self.shares.append(row)

    def answer(self, row: Share, choices: dict[str, bool]) -> None:
        """The employee says yes or no per part. `process` comes with the first yes, and goes when nothing else is left."""
        if row.stopped or self.today > row.last_day:
            return
        for part, yes in choices.items():
            self._say(row, part, yes=yes)
        rest = {part for part in row.parts if part != "process"}
        if any(self._stands(row, part) for part in rest):
            self._yes_to_process(row, Answer("given", self.today), but=set(choices))
        elif rest and (self._stands(row, "process") or all(self._is_answered(row, part) for part in rest)):
            self._say(row, "process", yes=False)
        self._let_in()

    def withdraw(self, row: Share, parts: set[str]) -> None:
        """For some parts or, without any, for all. Without `process`, or with nothing but `process`, nothing is left."""
        given = {part for part, newest in row.answers.items() if newest.state == "given"}
        taken = given & parts if parts else given
        if taken and ("process" in taken or given - taken <= {"process"}):
            taken = given
        for part in taken:
            row.answers[part] = Answer("withdrawn", self.today)

    def stop(self, row: Share) -> None:
        """The physician takes the key back."""
        row.stopped = True

    def paper_confirmed(self, row: Share, parts: set[str], posted_on: dt.date) -> None:
        """A yes on paper counts from the third working day after the letter, and only while there is no active account."""
        counts_from = posted_on
        for _ in range(3):
            counts_from += DAY
            while not is_working_day(counts_from):
                counts_from += DAY
        counts_from = max(counts_from, row.first_day, self.today)
        self._yes_to_process(row, Answer("given", counts_from, on_paper=True), but=parts)
        for part in parts:
            if not self._stands(row, part):
                row.answers[part] = Answer("given", counts_from, on_paper=True)
        self._let_in()

    def account(self, *, active: bool) -> None:
        """The employee gets an account, or has none any more."""
        self.has_account = active
        self._let_in()

    def seat(self, row: Seat) -> None:
        """Somebody gets a seat by duty."""
        self.seats.append(row)

    def end_seat(self, person: str) -> None:
        """The seat of this person ends now."""
        for row in self.seats:
            row.ended = row.ended or row.person == person

    def switch(self, part: str, *, on: bool) -> None:
        """The employee's own switch."""
        (self.switched_on.add if on else self.switched_on.discard)(part)

    def close(self) -> None:
        """No writes any more; shares end."""
        self.closed = True

    def _say(self, row: Share, part: str, *, yes: bool) -> None:
        """A yes that stands stays as it is; anything else is a new answer of today."""
        if not (yes and self._stands(row, part)):
            row.answers[part] = Answer("given" if yes else "refused", self.today)

    def _yes_to_process(self, row: Share, answer: Answer, but: set[str]) -> None:
        """A yes to `process` opens what is said yes to now, never what was left over from before."""
        if self._stands(row, "process"):
            return
        for part in row.parts:
            if part != "process" and part not in but and self._stands(row, part):
                row.answers[part] = Answer("withdrawn", self.today)
        row.answers["process"] = answer

    def _stands(self, row: Share, part: str) -> bool:
        """A yes, though perhaps not yet; on paper only while there is no active account."""
        newest = row.answers.get(part, Answer())
        return newest.state == "given" and not (newest.on_paper and self.has_account)

    def _is_answered(self, row: Share, part: str) -> bool:
        """A yes on paper says nothing any more once there is an account: it is asked again."""
        return self._stands(row, part) or row.answers.get(part, Answer()).state in {"refused", "withdrawn"}

    def _let_in(self) -> None:
        self._insiders |= {row.person for row in self.shares if self._both_keys(row.person, row.role, "process", "read")}

    # --- the two questions ----------------------------------------------------------------------

    def is_insider(self, person: str) -> bool:
        """Whether a refusal says why (403) instead of nothing (404)."""
        return self.seat_of(person) is not None

    def may(self, person: str, part: str, act: str) -> bool:
        """The verdict of today."""
        seat = self.seat_of(person)
        basis = TABLE.get((seat.role, part, act)) if seat else None
        if seat is None or basis is None or not self._runs(seat):
            return False
        if basis == "C":
            return self._both_keys(person, seat.role, part, act)
        if act != "read" and self.closed and (part, act) not in STILL_IN_A_CLOSED_DOSSIER:
            return False
        if act != "read" and seat.role == "physician" and not seat.cover and self._is_covered():
            return False
        return basis == "D" or part in self.switched_on

    def seat_of(self, person: str) -> Seat | None:
        """The open seat of a person; an expert has one from the first day that `process` was open."""
        found = next((row for row in self.seats if row.person == person and not row.ended), None)
        if found is None and person in self._insiders:
            return Seat(person, next(row.role for row in self.shares if row.person == person), dt.date.min)
        return found

    def _runs(self, seat: Seat) -> bool:
        return seat.start <= self.today and (seat.until is None or self.today <= seat.until)

    def _is_covered(self) -> bool:
        return any(row.cover and not row.ended and self._runs(row) for row in self.seats)

    def _both_keys(self, person: str, role: str, part: str, act: str) -> bool:
        return not self.closed and any(self._opens(row, part, act) for row in self.shares if (row.person, row.role) == (person, role))

    def _opens(self, row: Share, part: str, act: str) -> bool:
        asked = part in row.parts and (act == "read" or row.parts[part])
        in_time = not row.stopped and row.first_day <= self.today <= row.last_day
        return asked and in_time and self._is_yes(row, part) and self._is_yes(row, "process")

    def _is_yes(self, row: Share, part: str) -> bool:
        return self._stands(row, part) and row.answers[part].counts_from <= self.today


# --- working days, for a yes on paper ---------------------------------------------------------------


def is_working_day(day: dt.date) -> bool:
    """Not a weekend and not a day of Algemene termijnenwet art. 3."""
    easter = _easter(day.year)
    kings_day = dt.date(day.year, 4, 27)
    feasts = {easter + DAY * days for days in (-2, 0, 1, 39, 49, 50)}
    feasts |= {dt.date(day.year, month, number) for month, number in ((1, 1), (5, 5), (12, 25), (12, 26))}
    feasts.add(kings_day - DAY if kings_day.weekday() == 6 else kings_day)
    return day.weekday() < 5 and day not in feasts


def _easter(year: int) -> dt.date:
    """Gauss, in the form of Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    el = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)
