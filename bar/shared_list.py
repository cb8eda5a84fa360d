"""What is shared with an expert: chosen, ordered and cut into pages by the database, because UWV may have tens of thousands.

A constant number of queries. Only what both keys open today is counted, found or ordered by; the purposes are opened for the page that is
shown. No HTML and no request.
"""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Collate, Concat, Least
from django.urls import reverse

from bar.list_entry import Entry, Question, Shared, Sort, plain_text, week_words
from consent.access import decide, open_seats_of_expert, process_open, seats_of_expert
from consent.facts import Facts, SharedPart, Why, plain_shared_part, shared_parts
from consent.models import Moment, Seat, Share
from dossiers.acting import Beyond, beyond
from dossiers.broken import note_broken
from dossiers.door import read, write
from dossiers.models import Dossier, Thread
from dossiers.models.consultation import ThreadState
from dossiers.models.dossier import Recovery
from dossiers.parts import Part, Role
from dossiers.rules.calendar import phase_on
from dossiers.rules.sick_weeks import is_recovered, week_of
from dossiers.sealed import SealBroken, remember_key
from dossiers.trail import Event, Line

DOES_NOT_OPEN = "Dit gaat nu niet open. Bel de bedrijfsarts die met u deelt."


@dataclass(frozen=True, slots=True)
class SharedPage:
    """One page of what is shared with a person; how many there are, and how many the search found."""

    entries: list[Entry]
    number: int
    found: int
    total: int


def shared_entries(person: Any, *, today: datetime.date) -> list[Entry]:
    """Everything that is shared with this person today, in no order."""
    shared = open_seats_of_expert(person, today)
    return _entries(person, shared.values_list("dossier_id", flat=True), today)


def shared_page(person: Any, *, today: datetime.date, query: str = "", sort: Sort = Sort.FIRST, number: int = 0, size: int = 25) -> SharedPage:
    """One page of what is shared with this person; a page past the last one is the last."""
    if not seats_of_expert(person.pk):
        return SharedPage([], 0, 0, 0)
    with beyond(Beyond.LONG_LIST):
        ids, *chosen = _choose(person, today, query, sort, (number, size))
    return SharedPage(_entries(person, ids, today), *chosen)


# --- choosing and ordering, in SQL ------------------------------------------------------------------


def _choose(person: Any, today: datetime.date, query: str, sort: Sort, page: tuple[int, int]) -> tuple[list[uuid.UUID], int, int, int]:
    """The dossiers of one page; and which page that is, how many were found, and how many there are in all. What the page shows of a dossier is
    fetched apart, and with the rows of this person only."""
    number, size = page
    everything = open_seats_of_expert(person, today)
    words = plain_text(query).split()
    found = _with_words(everything, words) if words else everything
    ids, count = _ids(person, found, sort, today, slice(number * size, number * size + size))
    if not ids and number:  # past the last page: which one is the last?
        count = found.count()
        number = max(count - 1, 0) // size
        ids, count = _ids(person, found, sort, today, slice(number * size, number * size + size))
    return ids, number, count, everything.count() if words else count


class _Plain(Func):
    """`worklist.plain_text` in SQL: without case and accents, in the order of code points."""

    template = "regexp_replace(normalize(lower(left(%(expressions)s, 400)), NFKD), '[\u0300-\u036f]', '', 'g')"
    output_field = TextField()


_NAME = Collate(_Plain("dossier__employee_name"), "C")
_EMPLOYER = Collate(_Plain("dossier__employer__name"), "C")


def _with_words(found: QuerySet[Seat], words: Sequence[str]) -> QuerySet[Seat]:
    space = Value(" ")
    found = found.annotate(text=_Plain(Concat("dossier__employee_name", space, "dossier__employer__name", space, "dossier__number")))
    for word in words:
        found = found.filter(text__contains=word)
    return found


def _ids(person: Any, found: QuerySet[Seat], sort: Sort, today: datetime.date, page: slice) -> tuple[list[uuid.UUID], int]:
    """The dossiers of one page, in the chosen order, and how many there are in all. What waits for an answer of this person comes first."""
    first: list[uuid.UUID] = []
    asking = _questions(person, today) if sort is Sort.FIRST else {}
    if asking:
        rows = found.filter(dossier_id__in=list(asking)).order_by(_NAME, "dossier__number").values_list("dossier_id", flat=True)
        first = sorted(rows, key=lambda pk: min(row.reply_by for row in asking[pk]))
        found = found.exclude(dossier_id__in=first)
    rest = slice(max(page.start - len(first), 0), max(page.stop - len(first), 0))
    # The keys of every row are looked at once: the same query counts them.
    counted = _in_order(found, sort, today).annotate(count=Window(Count("pk"))).values_list("dossier_id", "count")
    rows_of_page = list(counted[rest]) if rest.stop else []
    count = rows_of_page[0][1] if rows_of_page else (found.count() if first else 0)
    return first[page] + [pk for pk, _ in rows_of_page], len(first) + count


def _in_order(found: QuerySet[Seat], sort: Sort, today: datetime.date) -> QuerySet[Seat]:
    match sort:
        case Sort.NAME:
            return found.order_by(_NAME, "dossier__number")
        case Sort.EMPLOYER:
            return found.order_by(_EMPLOYER, _NAME, "dossier__number")
        case Sort.WEEK:
            return found.annotate(ill_since=_ill_since(today)).order_by("ill_since", _NAME, "dossier__number")
        case Sort.FIRST:
            return found.annotate(ends=_ends(today)).order_by("ends", _NAME, "dossier__number")


def _ends(today: datetime.date) -> Subquery:
    """Through which day this person may look, by shares that are open."""
    return Subquery(process_open(today).order_by("-share_part__share__last_day").values("share_part__share__last_day")[:1])


def _ill_since(today: datetime.date) -> Combinable:
    """The first sick day, moved on by the days of recovery since."""
    day = Value(today)
    days = ExpressionWrapper(Least(Coalesce(F("until"), day), day) - F("start"), output_field=DurationField())
    recoveries = Recovery.objects.filter(dossier=OuterRef("dossier"), start__lt=today)
    recovered = Subquery(recoveries.order_by().values("dossier").annotate(days=Sum(days)).values("days"), output_field=DurationField())
    none = Value(datetime.timedelta(), output_field=DurationField())
    return ExpressionWrapper(F("dossier__first_sick_day") + Coalesce(recovered, none), output_field=DateTimeField())


# --- the entries of one page ----------------------------------------------------------------------


def _entries(person: Any, ids: Iterable[uuid.UUID], today: datetime.date) -> list[Entry]:
    order = list(ids)
    if not order:
        return []
    dossiers = Dossier.objects.select_related("employee", "employer").prefetch_related("recoveries").in_bulk(order)
    rows = _rows(person, order)
    questions = _questions(person, today, order)
    found = (_entry(person, dossiers[pk], rows.get(pk, ()), questions.get(pk, ()), today) for pk in order)
    return [entry for entry in found if entry is not None]


def _rows(person: Any, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, list[tuple[Share, SharedPart]]]:
    """Every part of every share to this person in these dossiers."""
    found: dict[uuid.UUID, list[tuple[Share, SharedPart]]] = defaultdict(list)
    for row in shared_parts(dossier_id__in=list(ids), share__person=person.pk).select_related("share", "dossier__employee"):
        found[row.dossier_id].append((row.share, plain_shared_part(row, employee_signs_in=row.dossier.employee.can_sign_in)))
    return found


def _entry(
    person: Any, dossier: Dossier, rows: Iterable[tuple[Share, SharedPart]], questions: tuple[Question, ...], today: datetime.date
) -> Entry | None:
    """None: a key was turned between two queries of this page."""
    opens = {share.pk: share for share, part in rows if part.part is Part.PROCESS and part.key_state(today) is Why.OPEN}
    shares = sorted(opens.values(), key=lambda share: share.last_day)
    if not shares:
        return None
    absence = dossier.absence
    week = week_of(absence, today)
    return Entry(
        number=dossier.number,
        url=reverse("overview", args=[dossier.number]),
        role=Role(shares[0].role),
        name=dossier.employee_name,
        employer=dossier.employer.name,
        week=week,
        week_text=week_words(week, recovered=is_recovered(absence, today)),
        phase=phase_on(absence, today).label,
        step=None,
        waits=bool(questions),
        bar_kind="",
        bar_text="",
        shared=tuple(
            Shared(purpose, share.last_day, Moment(share.moment).label if share.moment else "")
            for purpose, share in zip(_purposes(person, dossier, shares), shares, strict=True)
        ),
        questions=questions,
    )


def _purposes(person: Any, dossier: Dossier, shares: list[Share]) -> list[str]:
    """What each share is for. One dossier that does not open is said on its own row, and takes no other row along."""
    try:
        remember_key(dossier.pk, dossier.wrapped_key)  # a purpose is sealed: the keys came along with the dossiers
        return [share.purpose for share in shares]
    except SealBroken as broken:
        note_broken(broken, Line(Event.SEAL_BROKEN, actor_id=person.pk, dossier_id=dossier.pk))
        return [DOES_NOT_OPEN] * len(shares)


def _questions(person: Any, today: datetime.date, ids: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, tuple[Question, ...]]:
    """The open questions to this person that this person may read and answer today (docs/access.md, "Consultation"), by dossier."""
    threads = Thread.objects.filter(addressee=person.pk, state=ThreadState.OPEN, dossier__closed_on__isnull=True)
    threads = threads.filter(Q() if ids is None else Q(dossier_id__in=list(ids))).select_related("dossier").order_by("reply_by", "number")
    waiting = list(threads.only("number", "part", "reply_by", "dossier__number"))
    rows = _rows(person, {thread.dossier_id for thread in waiting}) if waiting else {}
    found: dict[uuid.UUID, list[Question]] = defaultdict(list)
    for thread in waiting:
        parts = [(Role(share.role), part) for share, part in rows.get(thread.dossier_id, ())]
        if any(_may_answer(role, [part for own, part in parts if own is role], Part(thread.part), today) for role in {role for role, _ in parts}):
            url = reverse("thread", args=[thread.dossier.number, thread.number])
            found[thread.dossier_id].append(Question(thread.number, thread.reply_by, url))
    return {pk: tuple(rows) for pk, rows in found.items()}


def _may_answer(role: Role, parts: Sequence[SharedPart], about: Part, today: datetime.date) -> bool:
    facts = Facts(role=role, seat_start=today, seat_until=None, shared=tuple(parts))
    return all(decide(facts, touch, today=today).is_open for touch in (write(Part.CONSULTATION), read(about)))
