"""Asking another professional, answering, and taking an answer over into the next version.

Each post is checked at the moment of posting: the writer's own gate, the part the question hangs on, and, through `Partner`, the other side.
What was written is never changed.
"""

import datetime
import secrets

from dossiers import queries
from dossiers.actions.turns import take_turns
from dossiers.actions.versions import instrument_of, save_section
from dossiers.door import Opened
from dossiers.errors import Refused
from dossiers.models import Assessment, Dossier, Post, SectionDraft, Status, Thread, ThreadUse
from dossiers.models.consultation import PostKind, ThreadState
from dossiers.notices import Reason, tell, tell_seated
from dossiers.partners import ASKERS, Partner, may_close, side_of
from dossiers.parts import Act, Part, Role
from dossiers.rules.consultation import AskReason, Side, moves, reply_problem
from dossiers.rules.triggers import Trigger
from dossiers.taken_over import expert_role, item_in, texts_of
from dossiers.topics import Topic
from dossiers.trail import Event, action
from instrument.forms.layout import MAX_ROWS, row_slots

SECTION = "consultation"
MOST_SHORT = 450  # questions in one dossier with a number of three digits; after that longer ones
NOT_YOURS = "Deze vraag is nu niet open voor u. Vraag het de bedrijfsarts."


@action(Part.CONSULTATION, Act.WRITE)
def ask(
    opened: Opened, *, topic: Topic, partner: Partner, reason: AskReason, reply_by: datetime.date, text: str, trigger: Trigger | None = None
) -> Thread:
    """Ask one named person one thing, with the reason and the day by which an answer is needed."""
    _must_be_pair(opened, partner)
    opened.require_read(topic.part)
    _must_be_open(partner)
    problem = reply_problem(reply_by, opened.today)
    if problem:
        raise Refused(problem)
    thread = Thread(
        dossier=opened.dossier,
        number=_free_number(opened.dossier),
        part=topic.part,
        item=topic.item,
        version=queries.newest_final(opened),
        asker=opened.person,
        asker_role=opened.role,
        addressee=partner.person,
        addressee_role=partner.role,
        reason=reason,
        trigger=trigger or "",
        reply_by=reply_by,
        opened_at=opened.now,
    )
    thread.save(force_insert=True)
    _write(opened, thread, PostKind.QUESTION, text)
    _tell(opened, thread, partner, Reason.QUESTION_ASKED)
    _note(opened, Event.ASK_QUESTION, thread)
    return thread


@action(Part.CONSULTATION, Act.WRITE)
def post(opened: Opened, *, thread: Thread, partner: Partner, text: str) -> Post:
    """The addressee's answer, or an addition of either side."""
    thread = _locked(opened, thread)
    side = side_of(opened, thread)
    allowed = moves(thread.state, side)
    if not allowed.writes:
        raise Refused("Deze vraag is afgesloten. Stel een nieuwe vraag." if side is not Side.READER else NOT_YOURS, status=409)
    _must_be_open(partner)
    row = _write(opened, thread, PostKind.ANSWER if allowed.answer else PostKind.ADDITION, text)
    if allowed.answer:
        thread.state = ThreadState.ANSWERED
        thread.save(update_fields=["state"])
    _tell(opened, thread, partner, Reason.QUESTION_ANSWERED if side is Side.ADDRESSEE else Reason.QUESTION_ASKED)
    _note(opened, Event.ANSWER_QUESTION if allowed.answer else Event.ADD_TO_QUESTION, thread)
    return row


@action(Part.CONSULTATION, Act.WRITE)
def close(opened: Opened, *, thread: Thread, partner: Partner) -> None:
    """The asker is done. The physician also closes a question whose expert has no access any more: else nobody could."""
    thread = _locked(opened, thread)
    if not may_close(opened, thread, partner):
        raise Refused("Alleen wie de vraag stelde, sluit haar af, en pas na het antwoord.", status=409)
    _end(opened, thread, ThreadState.CLOSED)


@action(Part.CONSULTATION, Act.WRITE)
def withdraw_question(opened: Opened, *, thread: Thread) -> None:
    """The asker takes the question back while nobody answered. It stays to be read, as withdrawn."""
    thread = _locked(opened, thread)
    if not moves(thread.state, side_of(opened, thread)).withdraw:
        raise Refused("Deze vraag kan niet meer worden ingetrokken. Er is al een antwoord, of zij is afgesloten.", status=409)
    _end(opened, thread, ThreadState.WITHDRAWN)


@action(Part.CONSULTATION, Act.WRITE)
def take_over(opened: Opened, *, thread: Thread) -> Assessment:
    """Put question and answer in the draft's summary of consultation, where they can be edited, with a reference to the question."""
    if opened.role is not Role.PHYSICIAN:
        raise Refused("Alleen de bedrijfsarts neemt een antwoord over in de BAR.", status=403)
    version = queries.open_version(opened)
    if version is None or version.status != Status.DRAFT:
        raise Refused("Er is nu geen concept om dit in over te nemen. Begin eerst een nieuw bezoek.", status=409)
    thread = _locked(opened, thread)
    if ThreadUse.objects.filter(thread=thread, assessment=version).exists():
        raise Refused(f"Dit antwoord staat al in versie {version.number}.", status=409)
    _add_row(opened, version, thread)
    ThreadUse(dossier=opened.dossier, assessment=version, thread=thread, at=opened.now, by=opened.person).save(force_insert=True)
    _note(opened, Event.TAKE_OVER_ANSWER, thread)
    return version


def _add_row(opened: Opened, version: Assessment, thread: Thread) -> None:
    """Through the same door as typing does, after what stands in the section now."""
    draft = SectionDraft.objects.filter(assessment=version, section=SECTION).first()
    if draft is None:
        raise Refused("Dit onderdeel bestaat niet.")
    data = dict(draft.content or {})
    section = instrument_of(version).section(SECTION)
    *filled, empty = row_slots(SECTION, section.fields, data)
    if len(filled) >= MAX_ROWS:
        raise Refused(f"Bij ‘Overleg’ staan al {MAX_ROWS} regels. Haal er eerst een weg.")
    question, answer = texts_of(thread)
    if not answer:
        raise Refused("Er is nog geen antwoord om over te nemen.", status=409)
    row = {"with": expert_role(thread).value, "item": item_in(version, thread), "question": question, "answer": answer, "agreed": ""}
    data |= {empty.name(name): text for name, text in row.items()}
    saved = save_section(opened, version=version, section=SECTION, data=data, seen=draft.version)
    if any(empty.name(name) in saved.form.errors for name in row):
        raise Refused("Deze vraag en antwoorden zijn samen te lang voor de BAR. Neem de kern over met de hand.")


# --- what all of them do --------------------------------------------------------------------------


def _must_be_pair(opened: Opened, partner: Partner) -> None:
    """Physician and expert, one of each: an expert may not learn that another expert exists."""
    if opened.role not in ASKERS or (opened.role is Role.PHYSICIAN) == (partner.role is Role.PHYSICIAN):
        raise Refused(NOT_YOURS, status=403)


def _must_be_open(partner: Partner) -> None:
    if not partner.may_be_asked:
        raise Refused(partner.sentence, status=403)


def _locked(opened: Opened, thread: Thread) -> Thread:
    """The question as it stands now, after every post under way; only while its part is open to this writer."""
    if side_of(opened, thread) is Side.READER:
        raise Refused(NOT_YOURS, status=403)
    opened.require_read(Part(thread.part))
    return Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)


def _free_number(dossier: Dossier) -> int:
    """A number nobody can count from: an expert who sees one question must not learn from it how many others there are, or were before."""
    take_turns(dossier.pk)  # two who ask at once take turns
    taken = set(Thread.objects.filter(dossier=dossier).values_list("number", flat=True))
    numbers = range(100, 1_000) if len(taken) < MOST_SHORT else range(1_000, 100_000)
    return secrets.choice([number for number in numbers if number not in taken])


def _write(opened: Opened, thread: Thread, kind: PostKind, text: str) -> Post:
    row = Post(dossier=opened.dossier, thread=thread, kind=kind, by=opened.person, role=opened.role, text=text, at=opened.now)
    row.save(force_insert=True)
    return row


def _end(opened: Opened, thread: Thread, state: ThreadState) -> None:
    thread.state, thread.closed_at, thread.closed_by = state, opened.now, opened.person
    thread.save(update_fields=["state", "closed_at", "closed_by"])
    _note(opened, Event.CLOSE_QUESTION, thread)


def _tell(opened: Opened, thread: Thread, partner: Partner, reason: Reason) -> None:
    if partner.role is Role.PHYSICIAN:
        tell_seated(opened.dossier, [Role.PHYSICIAN], reason, now=opened.now, object_id=thread.pk)
    else:
        tell(partner.person, reason, now=opened.now, dossier=opened.dossier, object_id=thread.pk)


def _note(opened: Opened, event: Event, thread: Thread) -> None:
    opened.trail.note(event, Part.CONSULTATION, object_type="thread", object_id=thread.pk, parts=[Part(thread.part)])
