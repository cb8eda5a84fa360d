"""What stands in the printed copy of the employee's own dossier: chapters in reading order, made from the employee's own opening.

Every value comes through what makes the pages (extracts, queries, stories); nothing is fetched around it and no access is decided here.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from consent.explain import colleagues
from consent.share_story import stories
from consent.views.shares import WORDS
from dossiers import queries
from dossiers.door import Opened
from dossiers.extract import version_extract
from dossiers.insurance_topics import in_order, label_of
from dossiers.letter_cards import card_of
from dossiers.models import Agreement, DocumentKind
from dossiers.models.contact import ContactRequest
from dossiers.parts import Part
from dossiers.reading import ReadGroup, ReadSection, main_message, read_sections
from dossiers.rules.dutch import capitalised, hours, long_date
from dossiers.rules.insurance_report import NOTICE
from dossiers.rules.printed import Block, Chapter, Printed, facts, text
from dossiers.rules.requests import days_left_words
from dossiers.sections import VIEW_FIELDS, running_view, with_sections
from dossiers.statements import final_document
from dossiers.trail_words import Filter, folded, people_in
from dossiers.views.job import reading_values
from dossiers.views.thread_page import thread_values
from dossiers.views.version_page import corrections
from instrument import library

NOTHING = "Hier staat nog niets."
_QUESTIONS = {"can_do": "Wat kan ik?", "needs": "Wat heb ik nodig?", "on_advice": "Wat vind ik van het advies?"}


def printed_dossier(opened: Opened) -> Printed:
    """The whole dossier as the employee may read it."""
    dossier = opened.dossier
    return Printed(
        title="Mijn dossier",
        house=dossier.arbodienst.name,
        reference=f"Dossier {dossier.number}",
        day_iso=opened.today.isoformat(),
        day_words=long_date(opened.today),
        intro=(
            "Dit is een kopie van uw dossier: alles wat u zelf kunt lezen, op één dag.",
            "Er staan gegevens over uw gezondheid in. Bewaar dit goed, en kies zelf wie het leest.",
        ),
        chapters=tuple(chapter for chapter in _chapters(opened) if chapter.blocks or chapter.parts),
        contents=True,
    )


def _chapters(opened: Opened) -> Iterator[Chapter]:
    yield Chapter("Wie, wat en wanneer", _about(opened), (_people(opened),))
    yield Chapter("Uw brieven", _letters(opened))
    yield Chapter("Wat de bedrijfsarts na elk gesprek opschreef", (), tuple(_versions(opened)))
    yield Chapter("Uw eigen woorden nu", _own_words(opened))
    yield _job(opened)
    yield Chapter("Vragen tussen deskundigen", (), tuple(_threads(opened)))
    yield Chapter("Rapport van de arbeidsdeskundige", _labour_reports(opened))
    yield Chapter("Reactie van de verzekeringsarts", (), tuple(_insurance_reports(opened)))
    yield Chapter("Uw toestemming", (), tuple(_shares(opened)))
    yield Chapter("Uw verzoeken", (), (*_requests(opened), *_contact_requests(opened)))
    yield Chapter("Wie heeft gekeken", _trail(opened))


def _about(opened: Opened) -> tuple[Block, ...]:
    dossier = opened.dossier
    recoveries = [f"van {long_date(row.start)}{f' tot {long_date(row.until)}' if row.until else ''}" for row in dossier.absence.recoveries]
    return facts(
        ("Naam", dossier.employee_name),
        ("Geboren", long_date(dossier.birth_date)),
        ("Werkgever", dossier.employer.name),
        ("Functie", dossier.job_title),
        ("Uren per week", hours(dossier.hours_per_week)),
        ("Eerste ziektedag", long_date(dossier.first_sick_day)),
        ("Hersteld gemeld", ", ".join(recoveries)),
        ("Bedrijfsarts", dossier.physician.name),
        ("Gesloten op", long_date(dossier.closed_on) if dossier.closed_on else ""),
    )


def _people(opened: Opened) -> Chapter:
    rows = tuple(f"{one.name}, {one.role}{f', {one.organisation}' if one.organisation else ''}" for one in colleagues(opened))
    return Chapter("Wie er nu meedoen", (Block(items=rows),))


def _letters(opened: Opened) -> tuple[Block, ...]:
    cards = [card_of(opened, letter) for letter in queries.released_letters(opened)]
    if not cards:
        return text("Er is nog geen brief.")
    items = tuple(f"{card.date_text}: {card.state_text}" for card in cards)
    return (Block("Elke brief staat als eigen PDF in de map ‘brieven’."), Block(items=items))


def _versions(opened: Opened) -> Iterator[Chapter]:
    for version in with_sections(queries.versions(opened)).select_related("author", "repairs").order_by("-number"):
        extract = version_extract(opened, version)
        asked = corrections(opened, version) if opened.may(Part.REQUESTS) else []
        head = facts(
            ("Bedrijfsarts", extract.head.author),
            ("Vastgesteld op", _day(extract.head.finalised_at)),
            ("Verbetert versie", str(extract.head.repairs or "")),
            ("Het belangrijkste", main_message(extract)),
        )
        parts = [Chapter(section.title, _section(section)) for section in read_sections(extract, plain=True) if section.is_filled]
        parts += [Chapter(f"U vroeg een correctie: {row.section_title}", _correction(row)) for row in asked]
        yield Chapter(f"Uw gesprek van {long_date(extract.head.date)}", head, tuple(parts))


def _section(section: ReadSection) -> tuple[Block, ...]:
    said = facts(*((term.rstrip(":"), value) for term, value in section.facts))
    return (*said, *(block for group in section.groups for block in _group(group)), *(Block(remark) for remark in section.remarks))


def _group(group: ReadGroup) -> Iterator[Block]:
    for item in group.items:
        title = f"{item.title} ({item.state})" if item.state else item.title
        lines = [f"{lead} {words}".strip() for lead, words in item.lines]
        yield Block(items=tuple(lines), lead=title) if lines else Block(title)


def _correction(row: Any) -> tuple[Block, ...]:
    return facts(("U schreef", row.text), ("Wat ermee is gedaan", row.state_text), ("Antwoord van de bedrijfsarts", row.reason or ""))


def _own_words(opened: Opened) -> tuple[Block, ...]:
    if not opened.may(Part.EMPLOYEE_VIEW):
        return ()
    view = running_view(opened.dossier, since=opened.sees_from)
    words = facts(*((_QUESTIONS[name], view[name]) for name in VIEW_FIELDS))
    return words or text(NOTHING)


def _job(opened: Opened) -> Chapter:
    values = reading_values(opened)
    job = values["job"]
    demands = tuple(Block(items=tuple(f"{label}: {demand}" for label, demand in rows), lead=heading) for heading, rows in values["demands"])
    return Chapter("Uw werk", (*(text(job.description, own=True) if job else ()), *demands))


def _threads(opened: Opened) -> Iterator[Chapter]:
    for thread in queries.threads(opened).order_by("number"):
        values = thread_values(opened, thread, None)
        posts = tuple(Block(post.text, lead=f"{capitalised(post.kind)} van {post.name}, {_day(post.at)}") for post in values["posts"])
        yield Chapter(f"Vraag {thread.number}: {values['topic']}", (*facts(*values["facts"]), *posts))


def _labour_reports(opened: Opened) -> tuple[Block, ...]:
    rows = list(queries.labour_reports(opened))
    if not rows:
        return ()
    items = tuple(f"Rapport {row.number} van {row.author_name}: {_released(row.released_at)}" for row in rows)
    return (Block("Elk definitief rapport staat als eigen PDF in de map ‘rapporten’."), Block(items=items))


def _released(moment: Any) -> str:
    return f"definitief op {_day(moment)}" if moment else "u kunt dit nu lezen op het scherm"


def _insurance_reports(opened: Opened) -> Iterator[Chapter]:
    for row in queries.insurance_reports(opened):
        instrument = library.get(*row.version.instrument)
        by_item = {one.item: one for one in row.opinions.all()}
        opinions = tuple(
            Block(f"{Agreement(by_item[item].agreement).label}. {by_item[item].why or ''}".strip(), lead=label_of(instrument, item))
            for item in in_order(instrument, by_item)
        )
        yield Chapter(f"{row.author_name}, {_day(row.finalised_at)}", (Block(NOTICE), *opinions, *facts(("Advies", row.advice or ""))))


def _shares(opened: Opened) -> Iterator[Chapter]:
    for person in stories(opened):
        for story in person.shares:
            share = story.share
            period = f"van {long_date(share.first_day)} tot en met {long_date(share.last_day)}"
            answers = [(capitalised(one.answer), ", ".join(one.parts)) for one in story.answers]
            happened = tuple(f"{_day(one.at)}: {one.words}{f' “{one.text}”' if one.text else ''}" for one in story.events)
            yield Chapter(
                f"{person.name}: {WORDS[story.state]}",
                (
                    *facts(("Waarvoor", share.purpose), ("Hoe lang", period), *answers),
                    *((Block(items=happened, lead="Wat er gebeurde"),) if happened else ()),
                ),
            )


def _requests(opened: Opened) -> Iterator[Chapter]:
    for row in queries.requests(opened):
        kind = DocumentKind(row.document)
        found = final_document(opened, kind, row.document_id)
        waits = f"uiterlijk op {long_date(row.due_on)} ({days_left_words(row.due_on, opened.today)})" if row.answered_at is None else ""
        yield Chapter(
            f"Over {found.title if found else kind.label}, {_day(row.asked_at)}",
            facts(
                ("U schreef", row.text),
                ("Wat ermee is gedaan", row.get_state_display()),
                ("Antwoord", waits or row.reason or ""),
                ("Uw verklaring", row.statement or ""),
            ),
        )


def _contact_requests(opened: Opened) -> Iterator[Chapter]:
    if opened.may(Part.REQUESTS):
        for row in ContactRequest.objects.filter(dossier=opened.dossier).order_by("-asked_at"):
            yield Chapter("Vraag om een andere contactpersoon", facts(("U schreef", row.text), ("Antwoord", row.reason or "nog geen antwoord")))


def _trail(opened: Opened) -> tuple[Block, ...]:
    """Who, how often, and when last. The whole list has its own download."""
    if not opened.may(Part.TRAIL):
        return ()
    names = dict(people_in(opened.dossier.pk, since=opened.sees_from))
    often: dict[str, tuple[int, Any]] = {}
    for row in folded(opened.dossier.pk, Filter(), since=opened.sees_from):
        who = names.get(_who(row["actor_id"]), "Iemand zonder plaats in dit dossier")
        times, last = often.get(who, (0, row["until"]))
        often[who] = (times + row["times"], max(last, row["until"]))
    items = tuple(f"{who}: {times} keer, voor het laatst op {_day(last)}" for who, (times, last) in sorted(often.items()))
    return (Block("De hele lijst met elke keer kunt u apart bewaren, op de pagina ‘Wie heeft gekeken’."), Block(items=items))


def _who(actor: uuid.UUID | None) -> str:
    return "worker" if actor is None else str(actor)


def _day(moment: Any) -> str:
    return long_date(timezone.localdate(moment)) if moment else ""
