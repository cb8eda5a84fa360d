"""The sections after the capacity: own view, expectation, who does what, phase, and how to ask."""

import re
from typing import Final

from dossiers.rules.dutch import long_date
from dossiers.rules.duties import Actor, StepKind
from dossiers.rules.letter.capacity import shares_view
from dossiers.rules.letter.document import Bullets, Entry, Runs, Section
from dossiers.rules.letter.voice import Voice, joined, paragraph, section, strong
from dossiers.rules.letter_core import (
    Action,
    Course,
    FartherStep,
    Goal,
    NearestStep,
    OwnWork,
    RemarkKind,
    Usable,
)
from dossiers.rules.phases import phase_of_week

# The words by which an action names the document that a step is about (rule 14).
_NAMED: Final[dict[StepKind, re.Pattern[str]]] = {
    StepKind.ACTION_PLAN: re.compile(r"\bplan\w* van aanpak", re.IGNORECASE),
    StepKind.PLAN_CHANGE: re.compile(r"\bplan\w* van aanpak", re.IGNORECASE),
    StepKind.EVALUATION: re.compile(r"evaluatie", re.IGNORECASE),
    StepKind.FIRST_YEAR_EVALUATION: re.compile(r"evaluatie", re.IGNORECASE),
    StepKind.NOTICE_WEEK_42: re.compile(r"uwv.*meld|meld.*uwv|weeksmelding", re.IGNORECASE | re.DOTALL),
}
# A duty that comes later is left out only when an action names that very document: "evaluatie" alone may be the one of these weeks.
_NAMED_LATER: Final[dict[StepKind, re.Pattern[str]]] = {
    **_NAMED,
    StepKind.FIRST_YEAR_EVALUATION: re.compile(
        r"eerstejaars\W?evaluatie|evaluatie (?:na|over|van) (?:het )?(?:een|één|1|eerste) ?jaar", re.IGNORECASE
    ),
}


def step_to_name(voice: Voice) -> NearestStep | None:
    """The nearest step, unless an action already names its document."""
    step = voice.core.facts.nearest
    if step is None or any(_NAMED[step.kind].search(action.what) for action in voice.core.actions):
        return None
    return step


def steps_later(voice: Voice) -> tuple[FartherStep, ...]:
    """The duties after the nearest one, in order, without those that an action already names."""
    actions, steps = voice.core.actions, sorted(voice.core.facts.farther, key=lambda step: step.due)
    return tuple(step for step in steps if not any(_NAMED_LATER[step.kind].search(action.what) for action in actions))


def step_key(voice: Voice, kind: StepKind) -> str:
    """The sentence for a step: without hours and tasks a plan is changed in other words."""
    if kind is StepKind.PLAN_CHANGE and voice.core.usable is not Usable.YES:
        return "plan_change_not_usable"
    return kind.value


def asks_for_labour_expert(voice: Voice) -> bool:
    """Whether the letter must say that a labour expert is needed, because no action does."""
    core = voice.core
    return core.labour_expert_needed and not any("arbeidsdeskundige" in action.what.lower() for action in core.actions)


def view_section(voice: Voice) -> tuple[Section, ...]:
    """The employee's own words, while the employee lets the employer read them."""
    view = voice.core.facts.view
    if view is None or not shares_view(voice):
        return ()
    texts = (("can_do", view.can_do), ("needs", view.needs), ("on_advice", view.on_advice))
    entries = tuple(Entry(joined(voice.say(f"lead.{key}"), voice.quoted(text))) for key, text in texts if text)
    answer = voice.core.needs_answer
    told = (voice.say("lead.needs_answer_to_view"), voice.own_sentence(answer)) if answer else ()
    return section(
        voice.heading("view"),
        *paragraph(voice.say("view.wish"), voice.say("view.physician" if view.noted else "view.employee")),
        Bullets(entries),
        *paragraph(*told),
    )


def expectation_section(voice: Voice) -> tuple[Section, ...]:
    """Course, expected return and certainty, in terms of work."""
    core = voice.core
    reach = core.wording[f"reach.{_reach(voice)}"]
    expected: tuple[Runs, ...]
    if core.expected_return:
        expected = (
            voice.say(f"course.{core.course.value}"),
            voice.say("return.date", date=long_date(core.expected_return), reach=reach),
            voice.say(f"certainty.{core.certainty.value}"),
        )
    else:
        expected = (*_course_ahead(voice), voice.say("return.none", reach=reach))
    return section(voice.heading("expectation"), *paragraph(_goal(voice), *expected))


def tasks_section(voice: Voice) -> tuple[Section, ...]:
    """Who does what and by when, grouped by doer."""
    entries = tuple(_entry(voice.say(f"doer.{doer.value}"), lines) for doer in Actor if (lines := _lines_of(voice, doer)))
    return section(voice.heading("tasks"), Bullets(entries))


def phase_section(voice: Voice) -> tuple[Section, ...]:
    """Where everyone stands in the two years."""
    facts = voice.core.facts
    ended = [
        voice.say("phase.recovered", start=long_date(recovery.start), end=long_date(recovery.until))
        for recovery in facts.recoveries
        if recovery.until and recovery.until <= facts.visit_date
    ]
    not_counted = voice.say("phase.not_counted") if ended else ()
    return section(
        voice.heading("phase"),
        *paragraph(
            voice.on("phase.sick_since", facts.first_sick_day),
            *ended,
            not_counted,
            voice.say("phase.week", week=str(facts.week)),
            voice.say(f"phase.{phase_of_week(facts.week).value}"),
        ),
    )


def closing_sections(voice: Voice) -> tuple[Section, ...]:
    """What is absent on purpose, and whom to call."""
    return (
        *section(voice.heading("absent"), *paragraph(voice.say("absent.medical"))),
        *section(voice.heading("questions"), *paragraph(voice.say("questions.call"))),
    )


def remarks_section(voice: Voice) -> Section | None:
    """Corrections and statements about this letter, in both copies alike."""
    remarks = voice.core.facts.remarks
    paragraphs = [
        block
        for kind in RemarkKind
        for remark in remarks
        if remark.kind is kind
        for block in paragraph(voice.say(f"remark.{kind.value}"), voice.quoted(remark.text))
    ]
    return Section(voice.heading("remarks"), tuple(paragraphs)) if paragraphs else None


def _goal(voice: Voice) -> Runs:
    """The goal, but not a second "not clear yet" when the course is unknown too."""
    core = voice.core
    if core.goal is Goal.UNDECIDED and core.course is Course.UNKNOWN:
        return ()
    return voice.say(f"goal.{core.goal.value}")


def _course_ahead(voice: Voice) -> tuple[Runs, ...]:
    core = voice.core
    course = voice.say(f"course_ahead.{core.course.value}")
    # With an unknown course nothing is expected yet, so there is nothing to be more or less sure of.
    return (course,) if core.course is Course.UNKNOWN else (course, voice.say(f"certainty.{core.certainty.value}"))


def _reach(voice: Voice) -> str:
    core = voice.core
    if core.goal is Goal.OWN_WORK and core.own_work is OwnWork.FULLY:
        return "all_hours"
    return core.goal.value


def _entry(label: Runs, lines: tuple[Runs, ...]) -> Entry:
    if len(lines) == 1:
        return Entry(joined(strong(label), lines[0]))
    return Entry(strong(label), lines)


def _lines_of(voice: Voice, doer: Actor) -> tuple[Runs, ...]:
    core = voice.core
    lines = [_action_line(voice, action) for action in core.actions if action.who is doer]
    if doer is Actor.EMPLOYER and asks_for_labour_expert(voice):
        lines.append(_labour_expert_line(voice))
    step = step_to_name(voice)
    if step and step.actor is doer:
        lines.append(_step_line(voice, step))
    if doer is Actor.PHYSICIAN:
        lines.append(_contact_line(voice))
    return tuple(lines)


def _action_line(voice: Voice, action: Action) -> Runs:
    return joined(voice.own(action.what), voice.on("task.by", action.by) if action.by else ())


def _step_line(voice: Voice, step: NearestStep) -> Runs:
    what = voice.say(f"task.{step_key(voice, step.kind)}")
    return joined(what, voice.on("task.must_by" if step.hard else "task.rather_before", step.due))


def _labour_expert_line(voice: Voice) -> Runs:
    contact = voice.core.next_contact
    return joined(voice.say("task.labour_expert"), voice.on("task.rather_before", contact) if contact else ())


def _contact_line(voice: Voice) -> Runs:
    contact = voice.core.next_contact
    return voice.on("task.next_contact", contact) if contact else voice.say("task.no_next_contact")
