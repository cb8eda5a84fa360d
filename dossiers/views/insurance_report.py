"""The insurance physician's reaction on screen: the list, one to read or print, and writing one, kept while typing.

Doors only: what may be kept or made final is decided by the actions, what a reader may know of by `queries.py`. Every page carries `NOTICE`.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import queries
from dossiers.actions import insurance_report as actions
from dossiers.door import DossierRequest, Opened, door, read, write
from dossiers.errors import Refused, Stale
from dossiers.forms.insurance_report import ReactionForm
from dossiers.insurance_topics import Topic, in_order, label_of, topics_of
from dossiers.models import Agreement, DocumentKind, InsuranceReport, Status
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import long_date
from dossiers.rules.insurance_report import ADVICE, NOTICE, Opinion, Reaction, agree_name, item_of, names_of, why_name
from dossiers.statements import statements_on
from dossiers.views.autosave import SignInAgain, is_by_script, kept_answer, refused_answer, stale_answer, version_seen
from instrument import library
from instrument.schema import Instrument

RECENT = 30  # minutes: who makes something final has shown not longer ago who they are
CURRENT = "insurance_reports"
SHOWN = frozenset({Part.CAPACITY, Part.EXPLANATION})
ELSEWHERE = "U heeft dit ook ergens anders veranderd."
_KINDS = {Agreement.AGREES: "done", Agreement.PARTLY: "attention", Agreement.DISAGREES: "attention"}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A reaction in the list."""

    title: str
    from_text: str
    date_text: str
    state_kind: str
    state_text: str
    url: str


@dataclass(frozen=True, slots=True)
class ReadOpinion:
    """What the insurance physician thinks of one item, as it is read."""

    label: str
    kind: str
    text: str
    why: str


@door(needs=read(Part.INSURANCE_REPORT), may_show=SHOWN)
@require_safe
def insurance_reports(request: DossierRequest, number: str) -> HttpResponse:
    """The reactions this reader may know of, the newest first; for the writer the way to begin one."""
    return _list_page(request)


@door(needs=write(Part.INSURANCE_REPORT), may_show=SHOWN)
@require_POST
def start_insurance_report(request: DossierRequest, number: str) -> HttpResponse:
    """Begin a reaction on the newest final version."""
    try:
        report = actions.start_report(request.opened)
    except Refused as refusal:
        return _list_page(request, sentence=refusal.sentence, status=refusal.status)
    messages.success(request, "U kunt nu schrijven. Alleen u leest dit, tot u de reactie vaststelt.")
    return redirect("write_insurance_report", number, report.number)


@door(needs=read(Part.INSURANCE_REPORT), may_show=SHOWN)
@require_safe
def insurance_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """One reaction to read and to print. The writer of a draft goes on writing."""
    opened = request.opened
    row = queries.insurance_report(opened, report)
    if row.status != Status.FINAL:
        return redirect("write_insurance_report", number, row.number)
    found = Reaction(tuple(Opinion(one.item, one.agreement, one.why) for one in row.opinions.all()), row.advice)
    values = {
        **_head(opened, row),
        **_read(row, found),
        "finalised_at": row.finalised_at,
        "mark": row.hash[:12],
        "plain": opened.role is Role.EMPLOYEE,
        "readers": _readers(opened),
        "beside": statements_on(opened, DocumentKind.INSURANCE_REPORT, row.pk),
    }
    return dossier_page(request, "insurance_report/report.html", values, current=CURRENT)


@door(needs=write(Part.INSURANCE_REPORT), may_show=SHOWN)
@require_safe
def write_insurance_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """The draft, to go on with."""
    row = _draft(request.opened, report)
    topics = topics_of(request.opened, row.version)
    return _form_page(request, row, ReactionForm(topics=topics, initial={**(row.typed or {}), "seen": row.saves}))


@door(needs=write(Part.INSURANCE_REPORT), may_show=SHOWN, folded=True)
@require_POST
def save_insurance_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """Keep what was typed, valid or not. A script gets JSON; without one the check follows."""
    opened = request.opened
    row = queries.insurance_report(opened, report)
    by_script = is_by_script(request)
    form = ReactionForm(request.POST, topics=topics_of(opened, row.version))
    try:
        row = actions.save_report(opened, report=row, typed=_typed(request), seen=_seen(request, row))
    except Stale as stale:
        return stale_answer(stale, f"{ELSEWHERE} Kies welke tekst moet blijven.") if by_script else _both_texts(request, row, form, stale)
    except Refused as refusal:
        if by_script:
            return refused_answer(refusal, None)
        raise  # the gate gives the typed text back as a copy to keep
    if by_script:
        assert row.saved_at is not None
        return kept_answer(form, version=row.saves, at=row.saved_at)
    if not form.is_valid():
        return _form_page(request, row, _with_seen(form, row.saves), is_kept=True, status=422)
    messages.success(request, "Opgeslagen.")
    return redirect("finalise_insurance_report", number, row.number)


@door(needs=write(Part.INSURANCE_REPORT), may_show=SHOWN, fresh=RECENT)
@require_http_methods(["GET", "HEAD", "POST"])
def finalise_insurance_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """The reaction as it will be read, and the button that makes it final."""
    opened = request.opened
    row = _draft(opened, report)
    sentence, status = "", 200
    if request.method == "POST":
        try:
            actions.finalise_report(opened, report=row, seen=_number(request.POST.get("seen", "")))
        except Refused as refusal:
            sentence, status = refusal.sentence, refusal.status
        else:
            messages.success(request, "De reactie is vastgesteld. De bedrijfsarts en de werknemer kunnen haar nu lezen.")
            return redirect("insurance_report", number, row.number)
    return _check_page(request, row, sentence=sentence, status=status)


@door(needs=write(Part.INSURANCE_REPORT))
@require_http_methods(["GET", "HEAD", "POST"])
def discard_insurance_report(request: DossierRequest, number: str, report: int) -> HttpResponse:
    """Asks once more, then throws a draft away."""
    row = _draft(request.opened, report)
    if request.method == "POST":
        actions.discard_report(request.opened, report=row)
        messages.success(request, "Het concept van uw reactie is weggegooid.")
        return redirect("insurance_reports", number)
    values = {
        "notice": NOTICE,
        "here": reverse("discard_insurance_report", args=[number, row.number]),
        "back": reverse("write_insurance_report", args=[number, row.number]),
    }
    return dossier_page(request, "insurance_report/discard.html", values, current=CURRENT)


# --- pages ----------------------------------------------------------------------------------------


def _list_page(request: DossierRequest, *, sentence: str = "", status: int = 200) -> HttpResponse:
    opened = request.opened
    number = opened.dossier.number
    found = list(queries.insurance_reports(opened).order_by("-number"))
    may_write = opened.role is Role.INSURANCE_PHYSICIAN and opened.may(Part.INSURANCE_REPORT, Act.WRITE)
    is_busy = any(row.status != Status.FINAL for row in found)
    newest = queries.newest_final(opened) if may_write and not is_busy and opened.may(Part.CAPACITY) else None
    values = {
        "notice": NOTICE,
        "sentence": sentence,
        "intro": _INTRO.get(opened.role, _INTRO_ELSE),
        "rows": [_row(opened, row) for row in found],
        "start_url": reverse("start_insurance_report", args=[number]) if newest else "",
        "newest_text": f"versie {newest.number} van {long_date(newest.date)}" if newest else "",
        "empty_text": _empty_text(opened, may_write=may_write),
    }
    return dossier_page(request, "insurance_report/list.html", values, current=CURRENT, status=status)


_INTRO = {
    Role.INSURANCE_PHYSICIAN: "Hier schrijft u of u het eens bent met de bedrijfsarts, en wat u adviseert. De werknemer leest mee.",
    Role.EMPLOYEE: "Een verzekeringsarts keek mee met uw bedrijfsarts. Hier leest u wat de verzekeringsarts schreef. Uw werkgever leest dit niet.",
}
_INTRO_ELSE = "Wat een verzekeringsarts schreef over de beschrijving van wat de werknemer kan. De werknemer leest dit ook. De werkgever niet."


def _empty_text(opened: Opened, *, may_write: bool) -> str:
    if opened.role is Role.INSURANCE_PHYSICIAN:
        return "U schreef nog geen reactie." if may_write else "U mag hier lezen, maar niet schrijven. Vraag de bedrijfsarts als u wilt reageren."
    return "Er is nog geen reactie van een verzekeringsarts. Zodra er een definitieve is, staat zij hier."


def _row(opened: Opened, row: InsuranceReport) -> ReportRow:
    is_final = row.status == Status.FINAL
    name = "insurance_report" if is_final else "write_insurance_report"
    day = timezone.localdate(row.finalised_at or row.started_at)
    return ReportRow(
        title=f"Reactie op {_version_text(opened, row)}",
        from_text=_author(row),
        date_text=f"{'Vastgesteld' if is_final else 'Begonnen'} op {long_date(day)}",
        state_kind="done" if is_final else "busy",
        state_text="definitief" if is_final else "concept, alleen u ziet dit",
        url=reverse(name, args=[opened.dossier.number, row.number]),
    )


def _version_text(opened: Opened, row: InsuranceReport) -> str:
    """What was reacted to, in the words this reader knows it by."""
    day = long_date(row.version.date)
    return f"het gesprek van {day}" if opened.role is Role.EMPLOYEE else f"versie {row.version.number} van {day}"


def _author(row: InsuranceReport) -> str:
    return ", ".join(filter(None, (row.author_name, row.author_organisation)))


def _head(opened: Opened, row: InsuranceReport) -> dict[str, Any]:
    """What stands above every page of one reaction."""
    number, version = opened.dossier.number, row.version
    may_read = opened.may(Part.CAPACITY) and queries.versions(opened).filter(pk=version.pk).exists()
    return {
        "notice": NOTICE,
        "author": _author(row),
        "version_text": _version_text(opened, row),
        "version_url": reverse("version", args=[number, version.number]) if may_read else "",
        "list_url": reverse("insurance_reports", args=[number]),
        "report_number": row.number,
    }


def _read(row: InsuranceReport, reaction: Reaction) -> dict[str, Any]:
    instrument = library.get(*row.version.instrument)
    return {"opinions": _opinions(instrument, reaction), "advice": reaction.advice}


def _opinions(instrument: Instrument, reaction: Reaction) -> list[ReadOpinion]:
    by_item = {one.item: one for one in reaction.opinions}
    found = []
    for item in in_order(instrument, by_item):
        one = by_item[item]
        agreement = Agreement(one.agreement) if one.agreement in Agreement.values else None
        text = agreement.label if agreement else "nog niet gekozen"
        found.append(ReadOpinion(label_of(instrument, item), _KINDS[agreement] if agreement else "attention", text, one.why))
    return found


def _readers(opened: Opened) -> str:
    match opened.role:
        case Role.EMPLOYEE:
            return "u, uw bedrijfsarts, en de verzekeringsarts zolang u dat goedvindt"
        case Role.INSURANCE_PHYSICIAN:
            return "de werknemer, de bedrijfsarts en u"
        case _:
            return "de werknemer, u, en de verzekeringsarts zolang de werknemer dat goedvindt"


def _form_page(request: DossierRequest, row: InsuranceReport, form: ReactionForm, *, status: int = 200, **more: Any) -> HttpResponse:
    opened = request.opened
    number = opened.dossier.number
    newest = queries.newest_final(opened)
    values = {
        **_head(opened, row),
        "form": form,
        "blocks": form.blocks(),
        "save_url": reverse("save_insurance_report", args=[number, row.number]),
        "next_url": reverse("finalise_insurance_report", args=[number, row.number]),
        "discard_url": reverse("discard_insurance_report", args=[number, row.number]),
        "saved_at": row.saved_at,
        "newer_text": f"versie {newest.number}" if newest and newest.number > row.version.number and opened.may(Part.CAPACITY) else "",
        "again": SignInAgain(),
        **more,
    }
    return dossier_page(request, "insurance_report/write.html", values, current=CURRENT, status=status)


def _both_texts(request: DossierRequest, row: InsuranceReport, form: ReactionForm, stale: Stale) -> HttpResponse:
    again = _with_seen(form, stale.version)
    theirs = [(_field_label(name, form.topics), _in_words(name, text)) for name, text in stale.theirs.items() if text]
    sentence = f"{ELSEWHERE} Uw tekst van nu staat in de vakken. De andere tekst staat eronder."
    return _form_page(request, row, again, status=409, theirs=theirs, sentence=sentence)


def _field_label(name: str, topics: tuple[Topic, ...] | Any) -> str:
    item = item_of(name)
    label = next((topic.label for topic in topics if topic.key == item), "")
    if not label:
        return "Uw advies"
    return f"{label}: eens of niet" if name == agree_name(str(item)) else f"{label}: waarom"


def _in_words(name: str, text: str) -> str:
    return Agreement(text).label if name.startswith("agree-") and text in Agreement.values else text


def _with_seen(form: ReactionForm, seen: int) -> ReactionForm:
    """The same form, still holding what was typed, on top of the newest save."""
    return ReactionForm({**{name: str(text) for name, text in form.data.items()}, "seen": str(seen)}, topics=form.topics)


def _check_page(request: DossierRequest, row: InsuranceReport, *, sentence: str, status: int) -> HttpResponse:
    opened = request.opened
    number = opened.dossier.number
    topics = topics_of(opened, row.version)
    typed = row.typed or {}
    found = Reaction(tuple(one for topic in topics if (one := _opinion(typed, topic.key)).agreement or one.why), typed.get(ADVICE, ""))
    said = {one.item for one in found.opinions}
    missing = ""
    try:
        actions.final_reaction_of(opened, row)
    except Refused as refusal:
        missing = refusal.sentence
    values = {
        **_head(opened, row),
        **_read(row, found),
        "sentence": sentence,
        "missing": missing,
        "silent": [topic.label for topic in topics if topic.key not in said],
        "here": reverse("finalise_insurance_report", args=[number, row.number]),
        "back": reverse("write_insurance_report", args=[number, row.number]),
        "hidden": [("seen", row.saves)],
    }
    return dossier_page(request, "insurance_report/check.html", values, current=CURRENT, status=status)


def _opinion(typed: dict[str, str], item: str) -> Opinion:
    return Opinion(item, typed.get(agree_name(item), ""), typed.get(why_name(item), ""))


def _draft(opened: Opened, report: int) -> InsuranceReport:
    """The reader's own draft, or 404."""
    row = queries.insurance_report(opened, report)
    if row.status == Status.FINAL:
        raise Http404
    return row


def _typed(request: DossierRequest) -> dict[str, str]:
    """Every field of a reaction that came in, also of items that are not on the page: the action refuses those."""
    items = {item for name in request.POST if (item := item_of(name)) is not None}
    allowed = names_of(items)
    return {name: text for name, text in request.POST.items() if name in allowed and isinstance(text, str)}


def _seen(request: DossierRequest, row: InsuranceReport) -> int:
    return version_seen(request, _number(request.POST.get("seen", "")), version=row.saves, writer=row.author_id, opened=request.opened)


def _number(text: str) -> int:
    """A save counter as it came in; -1 is no save, so the answer is "stale"."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
