"""The one next step of a dossier: what, who, by when. Computed from what is open; claims no event that nobody recorded.

Work on the BAR comes before the statutory calendar. Everything is computed from plain values (`Standing`), fetched for many dossiers at
once, so that a list and the page of a dossier cannot say different things.
"""

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dossiers import queries
from dossiers.compiled import IsOneOf, compiled, together
from dossiers.door import Opened
from dossiers.models import AbsenceProposal, CopyState, Correction, CorrectionState, Dossier, LetterCopy, Status
from dossiers.models.consultation import ThreadState
from dossiers.models.contact import ContactRequest, ContactRequestState
from dossiers.models.dossier import ProposalState
from dossiers.paper import letters_to_give
from dossiers.parts import AUTHORS, EXPERTS, Act, Part, Role
from dossiers.rules.calendar import PROBLEM_ANALYSIS_WEEK, Step, Visit, steps
from dossiers.rules.dutch import long_date
from dossiers.rules.duties import Actor
from dossiers.rules.sick_weeks import Absence, date_of_week_end, is_over, is_recovered
from dossiers.visits import VersionFacts, facts_of_versions, versions_of, visits_from
from dossiers.waiting import ASKED, NOTHING, Waiting, waiting_from


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is asked now. `by` is a phrase, `due` its day; `mine`: the reader must do it; `late`: that day is past."""

    what: str
    who: str
    by: str = ""
    url: str = ""
    url_text: str = ""
    mine: bool = False
    late: bool = False
    due: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """A letter on paper that still has to be given: the version it is of, and its day."""

    version: int
    day: datetime.date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the work on a dossier stands, as plain values."""

    versions: tuple[VersionFacts, ...] = ()
    corrections: int = 0
    proposals: int = 0
    failed_letters: int = 0
    to_give: tuple[Unsent, ...] = ()  # letters on paper of which nobody noted that they went, the oldest first
    contact_asked: datetime.datetime | None = None  # when the employee asked for another contact, while nobody answered
    waiting: Waiting = NOTHING
    older_asked: bool = False  # the dossier came from another arbodienst, and the employee has not said whether it may read what is older

    @property
    def open_version(self) -> VersionFacts | None:
        """The version being worked on."""
        return next((row for row in self.versions if row.status is not Status.FINAL), None)

    @property
    def newest_final(self) -> VersionFacts | None:
        """The version in force."""
        return next((row for row in reversed(self.versions) if row.status is Status.FINAL), None)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The visits that ended in a final version."""
        return visits_from(self.versions)


NOTHING_YET = Standing()


_BY_THE_CALENDAR = EXPERTS | {Role.EMPLOYER}  # whose next step depends on nothing else


@compiled
def _open_corrections(ids: list[uuid.UUID]) -> QuerySet[Correction, uuid.UUID]:
    return Correction.objects.filter(IsOneOf("dossier_id", ids), state=CorrectionState.OPEN).order_by().values_list("dossier_id", flat=True)


@compiled
def _open_proposals(ids: list[uuid.UUID]) -> QuerySet[AbsenceProposal, uuid.UUID]:
    return AbsenceProposal.objects.filter(IsOneOf("dossier_id", ids), state=ProposalState.OPEN).order_by().values_list("dossier_id", flat=True)


@compiled
def _failed_copies(ids: list[uuid.UUID]) -> QuerySet[LetterCopy, uuid.UUID]:
    return LetterCopy.objects.filter(IsOneOf("dossier_id", ids), state=CopyState.FAILED).order_by().values_list("dossier_id", flat=True)


@compiled
def _asked_contacts(ids: list[uuid.UUID]) -> QuerySet[ContactRequest, Any]:
    return ContactRequest.objects.filter(IsOneOf("dossier_id", ids), state=ContactRequestState.OPEN).values_list("dossier_id", "asked_at")


@compiled
def _hand_overs(ids: list[uuid.UUID]) -> QuerySet[Dossier, Any]:
    changes = "seats__hand_overs__"
    columns = ("pk", f"{changes}made_at", f"{changes}from_organisation", f"{changes}to_organisation", f"{changes}answers")
    return Dossier.objects.filter(IsOneOf("pk", ids), seats__hand_overs__isnull=False).order_by(f"{changes}made_at").values_list(*columns)


_COUNTED = (_open_corrections, _open_proposals, _failed_copies)


def standings(dossier_ids: Iterable[uuid.UUID], *, role: Role | None = None) -> dict[uuid.UUID, Standing]:
    """How many dossiers stand, in twelve questions asked at once however many there are; for one `role` only what its next step depends on.
    The calendar counts every version, whoever reads; none is shown as such."""
    ids = list(dossier_ids)
    if role in _BY_THE_CALENDAR:
        versions = facts_of_versions(versions_of(ids))
        return {pk: Standing(versions=versions.get(pk, ())) for pk in ids}
    answers = together(*(question.of(ids) for question in (versions_of, *_COUNTED, letters_to_give, _asked_contacts, _hand_overs, *ASKED)))
    versions = facts_of_versions(answers[0])
    corrections, proposals, failed = (Counter(rows) for rows in answers[1:4])
    to_give: dict[uuid.UUID, list[Unsent]] = {}
    for pk, version, day in answers[4]:
        to_give.setdefault(pk, []).append(Unsent(version, day))
    contacts, older, waiting = dict(answers[5]), _without_answer(answers[6]), waiting_from(ids, answers[7:])
    return {
        pk: Standing(
            versions=versions.get(pk, ()),
            corrections=corrections[pk],
            proposals=proposals[pk],
            failed_letters=failed[pk],
            to_give=tuple(to_give.get(pk, ())),
            contact_asked=contacts.get(pk),
            waiting=waiting[pk],
            older_asked=pk in older,
        )
        for pk in ids
    }


def _without_answer(hand_overs: Iterable[tuple[Any, ...]]) -> set[uuid.UUID]:
    """The dossiers whose newest change of arbodienst has no answer of the employee yet."""
    newest = {pk: answer for pk, _, before, after, answer in hand_overs if before != after}  # of several the last one stays
    return {pk for pk, answer in newest.items() if answer is None}


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """One reader at one dossier, as plain values: all that the next step depends on.

    `writes`: the reader may write now (not while a cover physician stands in, not in a closed dossier).
    """

    role: Role
    number: str
    absence: Absence
    standing: Standing
    today: datetime.date
    closed: bool = False
    writes: bool = True
    sees_from: datetime.datetime | None = None  # `Opened.sees_from`
    person_id: uuid.UUID | None = None  # who reads: one does not confirm what one wrote down oneself

    def sees(self, moment: datetime.datetime | None) -> bool:
        """Whether what was written at this moment is for this reader."""
        return moment is not None and (self.sees_from is None or moment >= self.sees_from)

    @property
    def decides(self) -> bool:
        """What only a physician may decide is not asked of a delegate."""
        return self.writes and self.role is Role.PHYSICIAN


def next_step(opened: Opened, standing: Standing) -> NextStep | None:
    """The next step for this reader of this dossier."""
    asked = _of_expert(opened) if opened.role in EXPERTS else None
    return asked or next_step_of(
        Viewpoint(
            role=opened.role,
            number=opened.dossier.number,
            absence=opened.dossier.absence,
            standing=standing,
            today=opened.today,
            closed=opened.dossier.closed_on is not None,
            writes=opened.may(Part.CAPACITY, Act.WRITE),
            sees_from=opened.sees_from,
            person_id=opened.person.pk,
        )
    )


def _of_expert(opened: Opened) -> NextStep | None:
    """A question that waits for this expert: looked up for a page, because it depends on what is open to this one."""
    question = queries.threads(opened).filter(addressee=opened.person, state=ThreadState.OPEN).order_by("reply_by", "number").first()
    if question is None or not opened.may(Part.CONSULTATION, Act.WRITE):
        return None
    url = reverse("thread", args=[opened.dossier.number, question.number])
    by = f"liefst voor {long_date(question.reply_by)}"
    return NextStep(
        f"Beantwoord vraag {question.number} van de bedrijfsarts", opened.role.label, by, url, "Lees de vraag", mine=True, due=question.reply_by
    )


def next_step_of(view: Viewpoint) -> NextStep | None:
    """The same from plain values. Drafts exist for authors only; an offered version for the employee too."""
    if view.closed:
        return None
    if view.role in AUTHORS:
        return _of_author(view) or _sooner(_next_contact(view), _of_calendar(view))
    version = view.standing.open_version
    if view.role is Role.EMPLOYEE and version is not None and version.status is Status.OFFERED:
        return _read_version(view.number, version)
    return (_of_employee(view) if view.role is Role.EMPLOYEE else None) or _of_calendar(view)


def _of_employee(view: Viewpoint) -> NextStep | None:
    """What only the employee can answer."""
    waiting = view.standing.waiting
    asked = next((row for row in waiting.shares if view.today <= row.last_day), None)
    if asked is not None:
        url = reverse("answer_share", args=[view.number, asked.share_id])
        return NextStep(f"Kies of {asked.name} ({asked.role.label}) in uw dossier mag lezen", "u", "", url, "Naar de vraag", mine=True)
    if view.standing.older_asked:
        url = reverse("older_pieces", args=[view.number])
        return NextStep("Kies of uw nieuwe bedrijfsarts mag lezen wat eerder is geschreven", "u", "", url, "Naar de vraag", mine=True)
    if waiting.reports and view.today <= waiting.reports[0].term_until:
        report = waiting.reports[0]
        url = reverse("labour_report", args=[view.number, report.number])
        by = f"tot en met {long_date(report.term_until)}"
        what = "Lees het rapport van de arbeidsdeskundige. Klopt er iets niet? Zeg het dan."
        return NextStep(what, "u", by, url, "Lees het rapport", mine=True, due=report.term_until)
    return None


def _of_author(view: Viewpoint) -> NextStep | None:
    """Work that waits for the physician, most urgent first."""
    standing, version = view.standing, view.standing.open_version
    if standing.failed_letters:
        return _task("Een brief is niet gemaakt. Probeer het opnieuw.", reverse("letters", args=[view.number]), "Naar de brieven", mine=view.decides)
    if standing.to_give:
        return _give_letter(view, standing.to_give[0])
    if standing.corrections and version is not None:
        url = reverse("version", args=[view.number, version.number])
        return _task("Geef antwoord: de werknemer vraagt om een correctie", url, "Lees de vraag", mine=view.decides)
    if standing.proposals:
        url = reverse("process", args=[view.number])
        return _task("Beslis over de ziektedagen die zijn doorgegeven", url, "Bekijk de melding", mine=view.decides)
    if view.sees(standing.contact_asked):
        url = reverse("seats", args=[view.number])
        return _task("Geef antwoord: de werknemer vraagt om een andere contactpersoon", url, "Lees de vraag", mine=view.decides)
    waits = _between_people(view)
    if waits is not None:
        return waits
    if version is not None:
        return _work_on_version(view, version)
    if is_over(view.absence, view.today):
        return _task("28 dagen of langer hersteld: sluit het dossier", reverse("process", args=[view.number]), "Naar het proces", mine=view.decides)
    if not standing.visits and not is_recovered(view.absence, view.today):
        return _first_visit(view)
    return None


def _between_people(view: Viewpoint) -> NextStep | None:
    """What another professional, or the employee, waits for."""
    waiting = view.standing.waiting
    paper = next((row for row in waiting.paper if row.recorded_by != view.person_id and view.sees(row.recorded_at)), None)
    if paper is not None:
        return _task("Bevestig het ja op papier dat een collega opschreef", reverse("shares", args=[view.number]), "Naar delen", mine=view.writes)
    question = next((row for row in waiting.questions if view.sees(row.opened_at)), None)
    if question is not None:
        url = reverse("thread", args=[view.number, question.number])
        step = _task(f"Beantwoord vraag {question.number} van een andere deskundige", url, "Lees de vraag", mine=view.decides)
        return replace(step, by=f"liefst voor {long_date(question.reply_by)}", due=question.reply_by)
    # Not for a delegate: it may be about a report that a delegate does not know of.
    request = next((row for row in waiting.requests if view.decides and view.sees(row.asked_at)), None)
    if request is not None:
        step = _task("Geef antwoord: de werknemer zegt dat iets niet klopt", reverse("requests", args=[view.number]), "Lees het verzoek", mine=True)
        return replace(step, by=f"uiterlijk {long_date(request.due_on)}", due=request.due_on)
    return None


def _give_letter(view: Viewpoint, unsent: Unsent) -> NextStep:
    """The employee reads on paper, and the employer waits for that: so a letter that lies is the first thing to do."""
    url = f"{reverse('letter', args=[view.number, unsent.version])}#op-papier"
    return _task(f"Brief van {long_date(unsent.day)} nog niet verstuurd", url, "Printen en versturen", mine=view.writes)


def _first_visit(view: Viewpoint) -> NextStep:
    due = date_of_week_end(view.absence, PROBLEM_ANALYSIS_WEEK)
    by = f"uiterlijk {long_date(due)}" if view.today <= due else "de eerste 6 weken zijn voorbij"
    step = _task("Plan het eerste bezoek", reverse("versions", args=[view.number]), "Nieuw bezoek", mine=view.writes)
    return replace(step, by=by, due=due)


def _next_contact(view: Viewpoint) -> NextStep | None:
    """The contact that was agreed on in the version in force."""
    newest = view.standing.newest_final
    if newest is None or newest.next_contact is None or not view.sees(newest.started_at) or is_recovered(view.absence, view.today):
        return None
    step = _task("Spreek de werknemer opnieuw", reverse("versions", args=[view.number]), "Nieuw bezoek", mine=view.writes)
    return replace(step, by=f"afgesproken voor {long_date(newest.next_contact)}", due=newest.next_contact)


def _sooner(*found: NextStep | None) -> NextStep | None:
    return min((step for step in found if step is not None), key=lambda step: step.due or datetime.date.max, default=None)


def _work_on_version(view: Viewpoint, version: VersionFacts) -> NextStep:
    address = [view.number, version.number]
    if version.status is Status.DRAFT:
        return _task(f"Maak versie {version.number} van de BAR af", reverse("fill_in", args=address), "Verder invullen", mine=view.writes)
    if is_term_over(version, view.today):
        return _task(f"Stel versie {version.number} vast: de leestijd is voorbij", reverse("check", args=address), "Vaststellen", mine=view.decides)
    what, url = f"De werknemer leest versie {version.number}", reverse("version", args=address)
    return NextStep(what, Role.EMPLOYEE.label, _term(version), url, "Bekijk de versie", due=version.term_until)


def is_term_over(version: VersionFacts, today: datetime.date) -> bool:
    """Whether the time in which the employee can ask for a correction has passed."""
    return version.status is Status.OFFERED and version.term_until is not None and today > version.term_until


def _read_version(number: str, version: VersionFacts) -> NextStep:
    url = reverse("version", args=[number, version.number])
    what = "Lees het nieuwe advies en de brief. Klopt er iets niet? Zeg het dan."
    return NextStep(what, "u", _term(version), url, "Lees het advies", mine=True, due=version.term_until)


def _term(version: VersionFacts) -> str:
    return f"tot en met {long_date(version.term_until)}" if version.term_until else ""


def _task(what: str, url: str, url_text: str, *, mine: bool) -> NextStep:
    """Something the physician does; a button only for who can do it."""
    return NextStep(what, Role.PHYSICIAN.label, "", url if mine else "", url_text if mine else "", mine=mine)


_ACTORS: Mapping[Role, frozenset[Actor]] = {
    Role.EMPLOYEE: frozenset({Actor.EMPLOYEE, Actor.TOGETHER}),
    Role.EMPLOYER: frozenset({Actor.EMPLOYER, Actor.TOGETHER}),
    Role.PHYSICIAN: frozenset({Actor.PHYSICIAN}),
    Role.DELEGATE: frozenset({Actor.PHYSICIAN}),
}


def asks_of(role: Role, step: Step) -> bool:
    """Whether a duty of the calendar is one of this role."""
    return step.actor in _ACTORS.get(role, frozenset())


def _of_calendar(view: Viewpoint) -> NextStep | None:
    if is_recovered(view.absence, view.today):
        return None
    coming = [step for step in steps(view.absence, view.today, view.standing.visits) if step.is_open and step.actor is not None]
    own = view.role in (Role.EMPLOYEE, Role.EMPLOYER)
    chosen = next((step for step in coming if not own or asks_of(view.role, step)), None)
    return _as_next_step(chosen, view.role) if chosen else None


def _as_next_step(step: Step, role: Role) -> NextStep:
    plain = role in (Role.EMPLOYEE, Role.EMPLOYER)
    return NextStep(
        step.plain if plain else step.label, step.actor.label if step.actor else "", phrase_of(step), mine=asks_of(role, step), due=step.due
    )


def phrase_of(step: Step) -> str:
    """The last day of a step as a phrase: a duty ("uiterlijk") or a norm ("liefst voor")."""
    return f"uiterlijk {long_date(step.due)}" if step.hard else f"liefst voor {long_date(step.due)}"
