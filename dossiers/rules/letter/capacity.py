"""The sections about work: hours, what is possible and what it takes, agreements, or no work now."""

from decimal import Decimal
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from dossiers.rules.amounts import LimitUnit, holds, limit_amount, limit_words
from dossiers.rules.dutch import hours, quantity, start_date
from dossiers.rules.letter.document import Bullets, Entry, Group, Groups, Labelled, Paragraph, Runs, Section
from dossiers.rules.letter.voice import Voice, joined, paragraph, section, strong
from dossiers.rules.letter_core import BuildUpKind, BuildUpStep, LetterItem, Usable

MANY_AREAS: Final = 6
"""From this number on areas are grouped by heading (rule 17)."""

COLUMN_CHARACTERS: Final = 5_000
"""More than this does not fit two pages anyway; 5,000 took 4 s of processor time, 7,000 took 9 s."""


def capacity_sections(voice: Voice) -> tuple[Section, ...]:
    """What the employee can do at work now."""
    if voice.core.usable is not Usable.YES:
        return _not_usable(voice)
    return (*_hours(voice), *_possible(voice), *_agreements(voice))


def has_many_areas(voice: Voice) -> bool:
    """Whether the letter names so many areas that they need order and less space."""
    core = voice.core
    return len(core.areas) + len(core.agreements) >= MANY_AREAS


def fits_in_columns(voice: Voice) -> bool:
    """Whether the items are of ordinary length together, so that columns are worth their time."""
    core = voice.core
    items = (*core.areas, *core.work_factors, *core.agreements)
    return sum(len(item.still_possible) + len(item.condition) for item in items) <= COLUMN_CHARACTERS


def _not_usable(voice: Voice) -> tuple[Section, ...]:
    core = voice.core
    review = voice.on("not_usable.review", core.review_on) if core.review_on else ()
    return section(
        voice.heading("not_usable"),
        *paragraph(voice.say("not_usable.cannot"), voice.say("not_usable.contact"), review),
        *_relationship(voice),
        *_needs_answer(voice),
    )


def _hours(voice: Voice) -> tuple[Section, ...]:
    steps = voice.core.build_up
    return section(
        voice.heading("hours"),
        *paragraph(*_hours_now(voice), _direction(voice)),
        *((Bullets(tuple(Entry(_step(voice, step)) for step in steps)),) if steps else ()),
        *(paragraph(*_other_pace(voice)) if steps else ()),
    )


def _hours_now(voice: Voice) -> tuple[Runs, ...]:
    """Hours now, unless the main message just said them; without a build-up, that they stay."""
    core = voice.core
    if not core.hours_now or holds(core.message, limit_amount(core.hours_now, LimitUnit.HOURS)):
        return ()
    now = voice.say("hours.now", hours=hours(core.hours_now))
    if core.hours_now == core.facts.contract_hours:
        return now, voice.say("hours.all")
    return (now,) if core.build_up else (now, voice.say("hours.same"))


def _direction(voice: Voice) -> Runs:
    core = voice.core
    if not core.build_up:
        return ()
    weekly = (core.hours_now, *(step.hours_per_week for step in core.build_up))
    if any(later <= earlier for earlier, later in pairwise(weekly)):
        return voice.say("hours.changing")
    return voice.say("hours.rising" if len(core.build_up) > 1 else "hours.rising_once")


def _step(voice: Voice, step: BuildUpStep) -> Runs:
    key = "hours.since" if step.start < voice.core.facts.visit_date else "hours.from"
    start = voice.say(key, date=start_date(step.start), hours=hours(step.hours_per_week))
    practice = voice.say("hours.practice") if step.kind is BuildUpKind.PRACTICE else ()
    tasks = voice.led("tasks", step.tasks) if step.tasks else ()
    return joined(strong(start), _days(voice, step), practice, tasks)


def _days(voice: Voice, step: BuildUpStep) -> Runs:
    """ "4 dagen van 6 uur", only when it divides exactly (rule 7)."""
    if not step.hours_per_day:
        return ()
    days, rest = divmod(Decimal(str(step.hours_per_week)), Decimal(str(step.hours_per_day)))
    if rest or not days:
        return ()
    key = "hours.day" if days == 1 else "hours.days"
    return voice.say(key, days=quantity(int(days), "dag", "dagen"), hours=hours(step.hours_per_day))


def _other_pace(voice: Voice) -> tuple[Runs, ...]:
    wait = voice.say("hours.no_need_to_wait") if voice.core.next_contact else ()
    return voice.say("hours.other_pace"), wait


def _possible(voice: Voice) -> tuple[Section, ...]:
    core = voice.core
    own_work = voice.say(f"work.{core.own_work.value}") if core.own_work else ()
    return section(
        voice.heading("possible"),
        *paragraph(own_work),
        *((Groups(groups),) if (groups := _groups(voice)) else ()),
        *_needs_answer(voice),
    )


def _groups(voice: Voice) -> tuple[Group, ...]:
    core = voice.core
    if not has_many_areas(voice):
        items = tuple(_labelled(voice, item) for item in (*core.areas, *core.work_factors))
        return (Group("", items),) if items else ()
    by_heading = [
        Group(heading, tuple(_labelled(voice, item) for item in items)) for heading, items in groupby(core.areas, key=attrgetter("heading"))
    ]
    factors = tuple(_labelled(voice, item) for item in core.work_factors)
    heading = core.wording["heading.work_factors"]
    return (*by_heading, Group(heading, factors)) if factors else tuple(by_heading)


def _labelled(voice: Voice, item: LetterItem) -> Labelled:
    return Labelled(item.label, _item_lines(voice, item))


def _item_lines(voice: Voice, item: LetterItem) -> tuple[Runs, ...]:
    limit: Runs = ()
    if item.limit:
        words = limit_words(item.limit.value, item.limit.unit, item.limit.per)
        limit = voice.say("work.limit", limit=words)
    can = voice.led("still_possible", item.still_possible) if item.still_possible else ()
    needed = voice.led("condition", item.condition) if item.condition else ()
    return tuple(line for line in (joined(can, limit), needed) if line)


def _agreements(voice: Voice) -> tuple[Section, ...]:
    core = voice.core
    entries = tuple(Entry(joined(*_item_lines(voice, item))) for item in core.agreements)
    bullets = (Bullets(entries, many=True),) if entries else ()
    return section(voice.heading("agreements"), *bullets, *_relationship(voice))


def _relationship(voice: Voice) -> tuple[Paragraph, ...]:
    advice = voice.core.relationship_advice
    return paragraph(voice.led("relationship", advice)) if advice else ()


def _needs_answer(voice: Voice) -> tuple[Paragraph, ...]:
    """The answer to what the employee needs; it stands under the view when that is shared."""
    answer = voice.core.needs_answer
    if not answer or shares_view(voice):
        return ()
    return paragraph(voice.led("needs_answer", answer))


def shares_view(voice: Voice) -> bool:
    """Whether this letter shows the employee's own words."""
    view = voice.core.facts.view
    return view is not None and any((view.can_do, view.needs, view.on_advice))
