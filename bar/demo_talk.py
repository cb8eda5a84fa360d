"""What the professionals of the demonstration wrote after a dossier was shared: a question with its answer, and two drafts.

The case format has no key for these, so they are made as on screen: each by its own person, through the same opening and the same actions.
"""

import datetime

from django.utils import timezone

from bar.accounts.models import User
from consent.access import opening
from consent.consultation import locked_partner, physician_of
from dossiers import queries
from dossiers.actions import consultation, insurance_report, labour_report
from dossiers.door import write
from dossiers.models import Dossier, InsuranceReport, LabourReport, Thread
from dossiers.parts import Part, Role
from dossiers.rules.consultation import AskReason
from dossiers.topics import every_topic

QUESTION = "Kan Hassan met een tilhulp aan de kleine pers werken? Zo ja, hoeveel uur achter elkaar?"
ANSWER = "Ja, met een tilhulp blijft het onder 5 kilo. Twee uur achter elkaar kan, daarna ander werk aan een tafel."
REPORT = {
    "answers": "Gevraagd is welk werk past bij de eigen werkgever.",
    "own_work": "not_suitable",
    "own_work_note": "Aan de grote pers staat men de hele dag.",
    "f1-title": "Medewerker afwerking",
    "f1-hours": "20",
    "f1-d430-demand": "Stapels drukwerk van 4 kilo tillen.",
    "f1-d430-fit": "fits",
}
REACTION = {"agree-d430": "agrees", "agree-d415": "partly", "why-d415": "Twee keer een half uur staan lijkt haalbaar met een stoel erbij."}


def load(today: datetime.date) -> None:
    """Write whatever is not there yet in the dossier that is shared with everybody."""
    dossier = Dossier.objects.filter(case_key="demo-drukkerij").first()
    if dossier is None:
        return
    then = timezone.make_aware(datetime.datetime.combine(today - datetime.timedelta(days=12), datetime.time(10)))
    if not Thread.objects.filter(dossier=dossier).exists():
        _ask(dossier, then)
        _answer(dossier, then + datetime.timedelta(days=2))
    if not LabourReport.objects.filter(dossier=dossier).exists():
        _draft_report(dossier, then + datetime.timedelta(days=3))
    if not InsuranceReport.objects.filter(dossier=dossier).exists():
        _react(dossier, then + datetime.timedelta(days=4))


def _seated(dossier: Dossier, role: Role) -> User:
    person = dossier.seats.select_related("person").get(role=role, ended_at__isnull=True).person
    assert isinstance(person, User)
    return person


def _ask(dossier: Dossier, at: datetime.datetime) -> None:
    topic = next(one for one in every_topic() if one.item == "d430")
    expert = _seated(dossier, Role.LABOUR_EXPERT)
    with opening(_seated(dossier, Role.PHYSICIAN), dossier.number, needs=write(Part.CONSULTATION), writing=True, at=at) as opened:
        partner = locked_partner(opened, str(expert.pk), topic.part)
        assert partner is not None
        day = opened.today + datetime.timedelta(days=14)
        consultation.ask(opened, topic=topic, partner=partner, reason=AskReason.DOUBT, reply_by=day, text=QUESTION)


def _answer(dossier: Dossier, at: datetime.datetime) -> None:
    with opening(_seated(dossier, Role.LABOUR_EXPERT), dossier.number, needs=write(Part.CONSULTATION), writing=True, at=at) as opened:
        consultation.post(opened, thread=queries.threads(opened).get(), partner=physician_of(opened), text=ANSWER)


def _draft_report(dossier: Dossier, at: datetime.datetime) -> None:
    with opening(_seated(dossier, Role.LABOUR_EXPERT), dossier.number, needs=write(Part.LABOUR_REPORT), writing=True, at=at) as opened:
        report = labour_report.start_report(opened)
        labour_report.save_report(opened, report=report, typed=REPORT, seen=report.saves)


def _react(dossier: Dossier, at: datetime.datetime) -> None:
    with opening(_seated(dossier, Role.INSURANCE_PHYSICIAN), dossier.number, needs=write(Part.INSURANCE_REPORT), writing=True, at=at) as opened:
        report = insurance_report.start_report(opened)
        report = insurance_report.save_report(opened, report=report, typed=REACTION, seen=report.saves)
        insurance_report.finalise_report(opened, report=report, seen=report.saves)
