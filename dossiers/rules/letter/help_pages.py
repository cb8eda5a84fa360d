"""The last page of a letter: what this reader can do with it, in the second person."""

from collections.abc import Iterable

from dossiers.rules.dutch import long_date, season
from dossiers.rules.duties import Actor
from dossiers.rules.letter.document import Bullets, Entry, HelpPage, Reader, Runs, Section
from dossiers.rules.letter.outlook import asks_for_labour_expert, step_key, step_to_name, steps_later
from dossiers.rules.letter.voice import Voice, joined, paragraph, section, strong
from dossiers.rules.letter_core import Action, Contact

# With these contacts there was no talk, or the employer was there: then "ons gesprek" would be wrong.
_NO_PRIVATE_TALK = frozenset({Contact.FILE_ONLY, Contact.NO_SHOW, Contact.JOINT})


def help_page(voice: Voice, reader: Reader) -> HelpPage:
    """The page of this reader."""
    if reader is Reader.EMPLOYER:
        return HelpPage(voice.say("employer_page.title"), (*_employer_sections(voice), *_contact(voice)))
    return HelpPage(voice.say("employee_page.title"), (*_employee_sections(voice), *_contact(voice)))


def _employer_sections(voice: Voice) -> tuple[Section, ...]:
    say = voice.say
    now = _employer_now(voice) or (say("employer_page.nothing"),)
    return (
        *section(say("employer_page.now"), _bullets(now)),
        *_later(voice),
        *section(say("employer_page.privacy"), *paragraph(say("employer_page.privacy_rule"))),
        *section(say("employer_page.disagree"), *paragraph(say("employer_page.disagree_steps"))),
    )


def _employer_now(voice: Voice) -> tuple[Runs, ...]:
    lines = [_action(voice, action, "employer_page") for action in voice.core.actions if action.who in (Actor.EMPLOYER, Actor.TOGETHER)]
    if asks_for_labour_expert(voice):
        lines.append(voice.say("employer_page.labour_expert"))
    step = step_to_name(voice)
    if step and step.actor in (Actor.EMPLOYER, Actor.TOGETHER):
        what = voice.say(f"employer_page.{step_key(voice, step.kind)}")
        lines.append(joined(what, voice.on("employer_page.must_by", step.due) if step.hard else ()))
    return tuple(lines)


def _later(voice: Voice) -> tuple[Section, ...]:
    lines = [voice.say(f"employer_page.later_{step.kind.value}", date=long_date(step.due), season=season(step.due)) for step in steps_later(voice)]
    return section(voice.say("employer_page.later"), _bullets(lines)) if lines else ()


def _employee_sections(voice: Voice) -> tuple[Section, ...]:
    facts, say = voice.core.facts, voice.say
    only_letter = "only_letter" if facts.contact in _NO_PRIVATE_TALK else "only_letter_of_talk"
    where = "file_where_on_paper" if facts.employee_on_paper else "file_where"
    disagree = ("second_opinion", "uwv", "complaint")
    return (
        *_employee_now(voice),
        *section(say("employee_page.wrong"), *paragraph(say("employee_page.wrong_steps"))),
        *section(
            say("employee_page.privacy"),
            *paragraph(say(f"employee_page.{only_letter}"), say("employee_page.no_duty_to_tell")),
        ),
        *section(say("employee_page.disagree"), _bullets(say(f"employee_page.{key}") for key in disagree)),
        *section(say("employee_page.file"), *paragraph(say(f"employee_page.{where}"))),
        *section(say("employee_page.help"), *paragraph(say("employee_page.help_how"))),
    )


def _employee_now(voice: Voice) -> tuple[Section, ...]:
    lines = [_action(voice, action, "employee_page") for action in voice.core.actions if action.who in (Actor.EMPLOYEE, Actor.TOGETHER)]
    return section(voice.say("employee_page.now"), _bullets(lines)) if lines else ()


def _action(voice: Voice, action: Action, page: str) -> Runs:
    by = voice.on(f"{page}.do_by", action.by) if action.by else ()
    if action.who is Actor.TOGETHER:
        return joined(voice.say(f"{page}.together"), voice.own(action.what), by)
    return joined(voice.own_sentence(action.what), by)


def _contact(voice: Voice) -> tuple[Section, ...]:
    house = voice.core.facts.arbodienst
    lines = [
        joined(strong(voice.say(f"contact.{key}")), (voice.data(text),)) for key, text in (("phone", house.phone), ("email", house.email)) if text
    ]
    return section(voice.say("contact.heading"), *(block for line in lines for block in paragraph(line)))


def _bullets(lines: Iterable[Runs]) -> Bullets:
    return Bullets(tuple(Entry(line) for line in lines))
