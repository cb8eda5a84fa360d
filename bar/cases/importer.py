"""A case file into the system: the acts it tells are replayed through the actions of the screens, each on its own day.

One transaction per file: what an action refuses leaves nothing behind. No mail is sent, and nobody gets an account that can sign in.
Without training nobody turns another person's key: a yes waits for the employee, and the own words stay out of letters.
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from bar.accounts.models import OrganisationKind, User
from bar.cases.case import Case, CasePerson, CaseShare, CaseVisit
from bar.cases.messages import CaseRefused, Message, Problem
from bar.cases.reader import read_case
from bar.openings import NewDossier, Person, open_dossier, organisation, person
from consent.access import Stranger, opening
from consent.actions import SharePlan, answer, share, withdraw
from consent.models import AnswerState, Share
from dossiers.actions.release import finalise, offer
from dossiers.actions.versions import save_section, start_version
from dossiers.actions.words import note_view, switch_view, write_view
from dossiers.door import Opened, Touch, write
from dossiers.errors import Refused
from dossiers.models import Assessment, Dossier, SectionDraft, Status, WrittenBy
from dossiers.parts import Act, Part, Role
from dossiers.sections import is_switched_on
from dossiers.trail import Event, Line, Origin, append
from instrument import library
from instrument.forms import FILLED_SECTIONS, data_of

ORGANISATIONS: Mapping[Role, OrganisationKind] = {
    Role.EMPLOYER: OrganisationKind.EMPLOYER,
    Role.PHYSICIAN: OrganisationKind.ARBODIENST,
    Role.DELEGATE: OrganisationKind.ARBODIENST,
    Role.LABOUR_EXPERT: OrganisationKind.ADVICE,
    Role.INSURANCE_PHYSICIAN: OrganisationKind.UWV,
    Role.UWV_LABOUR_EXPERT: OrganisationKind.UWV,
}
OPENED_SEPARATELY = frozenset({"visit", "employee_view"})  # a version starts with its visit; the own words have their own acts


def import_case(raw: bytes, *, today: datetime.date, training: bool = False, by: User | None = None) -> Dossier:
    """Take one file in whole, or raise `CaseRefused` with everything that is wrong. `by` is the physician who imports, unless training."""
    if by is None and not training:
        raise CaseRefused([Problem("", Message.NOBODY)])
    case = read_case(raw, today=today)
    with transaction.atomic():
        _one_at_a_time()
        _refuse_known_otherwise(case, by)
        replay = _Replay(case, training=training, people=_people(case), today=today)
        return replay.everything()


def _one_at_a_time() -> None:
    """Two imports at once would both make the same person or take the same key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import_case', 0))")


# --- people -------------------------------------------------------------------------------------


def _refuse_known_otherwise(case: Case, by: User | None) -> None:
    problems = [problem for one in case.people for problem in _known_problems(one)]
    if Dossier.objects.filter(case_key=case.key).exists():
        problems.append(Problem("key", Message.KEY_TWICE))
    physician = case.person(Role.PHYSICIAN)
    if by is not None and physician is not None and by.email != physician.email:
        problems.append(Problem(f"{physician.path}.email", Message.NOT_THE_IMPORTER))
    if problems:
        raise CaseRefused(problems)


def _known_problems(one: CasePerson) -> Iterator[Problem]:
    """A known address must be the same person. What is stored is never told."""
    known = User.objects.select_related("organisation").filter(email__iexact=one.email).first() if one.email else None
    if known is None:
        return
    place = f"{one.path}.email"
    kind = ORGANISATIONS.get(one.role)
    works_for = (known.organisation.name, known.organisation.kind) if known.organisation else None
    if known.name != one.name or (kind is not None and works_for != (one.organisation, kind)):
        yield Problem(place, Message.KNOWN_OTHERWISE)
        return
    if not known.is_active:
        yield Problem(place, Message.NOT_ACTIVE)
    if one.role in (Role.PHYSICIAN, Role.DELEGATE) and known.profession != one.role:
        yield Problem(place, Message.KNOWN_PROFESSION)
    elif one.role is Role.PHYSICIAN and known.big_number != one.big_number:
        yield Problem(f"{one.path}.big_number", Message.KNOWN_BIG)


def _people(case: Case) -> dict[Role, User]:
    """The professionals of the case. Employee and employer come with the opening of the dossier."""
    return {one.role: _professional(one) for one in case.people if one.role not in (Role.EMPLOYEE, Role.EMPLOYER)}


def _professional(one: CasePerson) -> User:
    return person(
        Person(one.name, one.email),
        organisation=organisation(one.organisation, ORGANISATIONS[one.role]),
        profession=one.role.value,
        big_number=one.big_number,
        delegate_kind=one.kind,
    )


# --- the acts -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Moments:
    """Noon of a day, and a second later for every next act of that day, so that their order stays what it was."""

    last: dict[datetime.date, datetime.datetime] = field(default_factory=dict)

    def of(self, day: datetime.date) -> datetime.datetime:
        now = timezone.now()
        moment = now if day == timezone.localdate(now) else timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
        if day in self.last:
            moment = max(moment, self.last[day] + datetime.timedelta(seconds=1))
        self.last[day] = moment
        return moment


class _Replay:
    """One file being replayed, inside one transaction."""

    def __init__(self, case: Case, *, training: bool, people: dict[Role, User], today: datetime.date) -> None:
        self.case = case
        self.training = training
        self.people = people
        self.today = today
        self.moments = _Moments()
        self.origin = Origin(request_id=uuid.uuid4())  # ties the lines of one import together
        self.physician = people[Role.PHYSICIAN]

    def everything(self) -> Dossier:
        self.dossier = self._open()
        self.employee = self.dossier.employee
        for visit in self.case.visits:
            with _at(visit.path):
                self._visit(visit)
        shares = [(told, self._share(told)) for told in self.case.shares]
        for told, row in sorted(shares, key=lambda pair: pair[0].answered_on or datetime.date.max):
            self._answer(told, row)
        return self.dossier

    def _open(self) -> Dossier:
        case, employee = self.case, self.case.person(Role.EMPLOYEE)
        assert employee is not None
        delegate = case.person(Role.DELEGATE)
        days = [visit.date for visit in case.visits] + [row.first_day for row in case.shares]
        plan = NewDossier(
            employee=Person(employee.name, employee.email),
            birth_date=case.birth_date,
            employers=tuple(Person(one.name, one.email, one.function) for one in case.employers),
            employer_organisation=case.employers[0].organisation,
            employment=case.employment,
            first_sick_day=case.first_sick_day,
            recoveries=case.recoveries,
            case_key=case.key,
            training=self.training,
            delegate_kind=delegate.kind if delegate else "",
        )
        with _at(""):
            dossier = open_dossier(
                self.physician,
                plan=plan,
                physician=self.physician,
                delegate=self.people.get(Role.DELEGATE),
                today=min(days, default=self.today),
                origin=self.origin,
            )
        append(
            Line(
                Event.IMPORT,
                actor_id=self.physician.pk,
                actor_role=Role.PHYSICIAN.value,
                object_type="case",
                object_id=case.key,
                dossier_id=dossier.pk,
                subject_id=dossier.employee_id,
                parts=(Part.PROCESS.value,),
                origin=self.origin,
            )
        )
        return dossier

    @contextmanager
    def _opening(self, who: User, needs: Touch, day: datetime.date) -> Iterator[Opened]:
        with opening(who, self.dossier.number, needs=needs, writing=needs.act is not Act.READ, at=self.moments.of(day), origin=self.origin) as opened:
            yield opened

    def _visit(self, visit: CaseVisit) -> None:
        self._words(visit)
        with self._opening(self.physician, write(Part.CAPACITY), visit.date) as opened:
            version = self._fill_in(opened, visit)
        match visit.status:
            case Status.OFFERED:
                with self._opening(self.physician, Touch(Part.LETTERS, Act.OFFER), visit.date) as opened:
                    offer(opened, version=version)
            case Status.FINAL:
                with self._opening(self.physician, Touch(Part.LETTERS, Act.FINALISE), visit.date) as opened:
                    finalise(opened, version=version, medical_check=True, discussed_on=visit.date)

    def _words(self, visit: CaseVisit) -> None:
        """The employee's own words, by who wrote them down, and the switch."""
        view = visit.sections["employee_view"]
        assert isinstance(view, dict)
        if view["written_by"] == WrittenBy.EMPLOYEE:
            with self._opening(self.employee, write(Part.EMPLOYEE_VIEW), visit.date) as opened:
                write_view(opened, value=view)
        else:
            with self._opening(self.physician, write(Part.EMPLOYEE_VIEW), visit.date) as opened:
                note_view(opened, value=view, said_again=True)
        on = bool(view["share_with_employer"])
        if self.training and on is not is_switched_on(self.dossier, Part.EMPLOYEE_VIEW):
            with self._opening(self.employee, Touch(Part.EMPLOYEE_VIEW, Act.SWITCH), visit.date) as opened:
                switch_view(opened, on=on)

    def _fill_in(self, opened: Opened, visit: CaseVisit) -> Assessment:
        contact = visit.sections["visit"]
        assert isinstance(contact, dict)
        version = start_version(opened, date=visit.date, contact=contact["contact"], carry=False)
        instrument = library.get(*version.instrument)
        seen = dict(SectionDraft.objects.filter(assessment=version).values_list("section", "version"))
        for section in FILLED_SECTIONS:
            if section in OPENED_SEPARATELY:
                continue
            saved = save_section(
                opened, version=version, section=section, data=data_of(instrument, section, visit.sections[section]), seen=seen[section]
            )
            if not saved.form.is_valid():
                raise CaseRefused([Problem(f"{visit.path}.{path}", message) for path, message in saved.form.path_errors])
        return version

    def _share(self, told: CaseShare) -> Share:
        plan = SharePlan(self.people[told.role], told.role, told.read, told.write, told.purpose, told.first_day, told.last_day)
        with _at(told.path), self._opening(self.physician, Touch(Part.SHARING, Act.SHARE), told.first_day) as opened:
            return share(opened, plan=plan)

    def _answer(self, told: CaseShare, row: Share) -> None:
        first, withdrawn = self._replies(told)
        if first and told.answered_on is not None:
            with _at(f"{told.path}.consent"), self._opening(self.employee, Touch(Part.SHARING, Act.ANSWER), told.answered_on) as opened:
                answer(opened, share=row, answers=first)
        if withdrawn and told.withdrawn_on is not None:
            with _at(f"{told.path}.consent"), self._opening(self.employee, Touch(Part.SHARING, Act.WITHDRAW), told.withdrawn_on) as opened:
                withdraw(opened, share=row, parts=withdrawn)

    def _replies(self, told: CaseShare) -> tuple[dict[Part, AnswerState], tuple[Part, ...]]:
        """What the employee answered first, and what was taken back later. Without training a yes is not taken for granted: it stays
        asked, and what was taken back never opens at all."""
        if not self.training:
            return {part: state for part, state in told.answers.items() if _closes(state)}, ()
        withdrawn = tuple(part for part, state in told.answers.items() if state is AnswerState.WITHDRAWN)
        first = {part: AnswerState.GIVEN if part in withdrawn else state for part, state in told.answers.items()}
        return {part: state for part, state in first.items() if state is not AnswerState.ASKED}, withdrawn


def _closes(state: AnswerState) -> bool:
    return state in (AnswerState.REFUSED, AnswerState.WITHDRAWN)


@contextmanager
def _at(path: str) -> Iterator[None]:
    """What an action refuses here is told with its place in the file."""
    try:
        yield
    except Refused as refusal:
        raise CaseRefused([Problem(path, refusal.sentence)]) from refusal
    except Stranger as stranger:
        raise CaseRefused([Problem(path, Message.NOT_ACTIVE)]) from stranger
