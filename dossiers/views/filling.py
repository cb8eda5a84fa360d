"""Filling in a version of the BAR: a section at a time or everything on one page, kept while typing.

Doors only: what may be kept is decided by `actions/versions.py`, what a page draws is made in `filling_page.py`, the map in `filling_map.py`.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dossiers import queries
from dossiers.actions import versions as actions
from dossiers.door import DossierRequest, Opened, door, write
from dossiers.errors import Refused, Stale
from dossiers.models import Assessment, SectionDraft, Status
from dossiers.pages import dossier_page
from dossiers.parts import Part
from dossiers.sections import VIEW_FIELDS
from dossiers.views.autosave import SignInAgain, is_by_script, refused_answer, stale_answer
from dossiers.views.filling_answer import field_to_blame, saved_answer, stale_sentence
from dossiers.views.filling_map import drafts_of, readable_sections, section_map
from dossiers.views.filling_page import DrawnSection, both_texts, draw_section, shown_form, view_data
from dossiers.views.versions import only_mistakes
from instrument.forms import FILLED_SECTIONS, SectionForm, section_form

SHOWN = frozenset(
    {
        Part.CAPACITY,
        Part.WORK_FACTORS,
        Part.CONTEXT,
        Part.EXPLANATION,
        Part.EMPLOYEE_VIEW,
        Part.ADVICE,
        Part.CONSULTATION,
        Part.LETTERS,
        Part.PROCESS,
        Part.SHARING,
    }
)
PHASE = "phase"


class Typed(NamedTuple):
    """What came with a save: the fields, the version of the section that was on screen, and where to go after it."""

    data: Mapping[str, str]
    seen: int
    is_leaving: bool
    then: str
    add_row: str


@door(needs=write(Part.CAPACITY), may_show=SHOWN)
@require_safe
def fill_in(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """To the first section that still needs something, or that nobody has looked at yet."""
    opened = request.opened
    row = queries.version(opened, version)
    if row.status != Status.DRAFT:
        return _not_open(request, row)
    start = section_map(opened, row, drafts_of(row)).start
    return HttpResponseRedirect(reverse("fill_in_section", args=[number, version, start or FILLED_SECTIONS[0]]))


@door(needs=write(Part.CAPACITY), may_show=SHOWN)
@require_safe
def fill_in_section(request: DossierRequest, number: str, version: int, section: str) -> HttpResponse:
    """One section of a draft."""
    opened = request.opened
    row = queries.version(opened, version)
    if row.status != Status.DRAFT:
        return _not_open(request, row)
    drafts = drafts_of(row)
    if section == PHASE:
        return dossier_page(
            request, "filling/phase.html", {"map": section_map(opened, row, drafts, current=section), "version": row}, current="versions"
        )
    return _section_page(request, row, draw_section(opened, row, _of(drafts, opened, row, section)))


@door(needs=write(Part.CAPACITY), may_show=SHOWN)
@require_safe
def fill_in_all(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """The whole draft on one page."""
    opened = request.opened
    row = queries.version(opened, version)
    if row.status != Status.DRAFT:
        return _not_open(request, row)
    drafts = drafts_of(row)
    drawn = [draw_section(opened, row, drafts[section.key]) for section in readable_sections(opened, row) if section.key in drafts]
    values = {
        "map": section_map(opened, row, drafts, on_one_page=True),
        "sections": drawn,
        "version": row,
        "again": SignInAgain(),
        "saved_at": max((one.saved_at for one in drawn if one.saved_at), default=None),
    }
    return dossier_page(request, "filling/all.html", values, current="versions")


@door(needs=write(Part.CAPACITY), may_show=SHOWN, folded=True)
@require_POST
def save_section(request: DossierRequest, number: str, version: int, section: str) -> HttpResponse:
    """Keep what was typed, valid or not. A script gets JSON; without one the next section follows."""
    opened = request.opened
    row = queries.version(opened, version)
    if section not in FILLED_SECTIONS:
        raise Http404
    typed = _typed(request, opened, section)
    by_script = is_by_script(request)
    try:
        draft, form = _keep(opened, row, section, typed)
    except Stale as stale:
        sentence = stale_sentence(opened, row, section, stale)
        if by_script:
            return stale_answer(stale, sentence)
        return _again(request, row, _form(opened, row, section, typed), stale, sentence, seen=stale.version)
    except Refused as refusal:
        only_mistakes(refusal)
        form = _form(opened, row, section, typed)
        if by_script:
            return refused_answer(refusal, field_to_blame(refusal, form))
        return _again(request, row, form, refusal, refusal.sentence, seen=typed.seen)
    if by_script:
        return saved_answer(opened, draft, form)
    row = queries.version(opened, version)  # read again: its rows were just written
    if not form.is_valid():
        return _section_page(request, row, draw_section(opened, row, draft, form=form), status=422)
    messages.success(request, "Opgeslagen.")
    return HttpResponseRedirect(_next_url(opened, row, section, typed))


@door(needs=write(Part.CAPACITY), may_show=SHOWN)
@require_POST
def all_as_before(request: DossierRequest, number: str, version: int) -> HttpResponse:
    """ "Alles zoals vorige keer": what was taken over counts as looked at."""
    opened = request.opened
    row = queries.version(opened, version)
    try:
        actions.all_as_before(opened, version=row)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return HttpResponseRedirect(reverse("fill_in", args=[number, version]))
    messages.success(request, "Alles is overgenomen zoals vorige keer. Verander nu alleen wat anders is.")
    needed = section_map(opened, row, drafts_of(row)).first_needed
    if needed is None:
        return HttpResponseRedirect(reverse("check", args=[number, version]))
    return HttpResponseRedirect(reverse("fill_in_section", args=[number, version, needed]))


def _typed(request: DossierRequest, opened: Opened, section: str) -> Typed:
    data = request.POST.dict()
    try:
        seen = int(data.get("seen", ""))
    except ValueError:
        seen = -1  # no version has this number: the answer is "stale", with both texts
    fields = view_data(opened, data) if section == "employee_view" else data
    return Typed(fields, seen, data.get("leaving") == "1", data.get("then", ""), data.get("add_row", ""))


def _form(opened: Opened, row: Assessment, section: str, typed: Typed) -> SectionForm:
    return section_form(actions.instrument_of(row), section, typed.data, context=actions.context_of(opened, row))


def _keep(opened: Opened, row: Assessment, section: str, typed: Typed) -> tuple[SectionDraft, SectionForm]:
    seen = typed.seen
    if typed.is_leaving or section == "employee_view":
        draft = SectionDraft.objects.filter(assessment=row, section=section).first()
        if draft is not None and section == "employee_view" and _notes_nothing(opened, row, draft, typed):
            return draft, _form(opened, row, section, typed)
        if draft is not None and typed.is_leaving and draft.version == seen + 1 and draft.saved_by_id == opened.person.pk:
            seen = draft.version  # the page left while its previous save was under way: that one arrived first
    saved = actions.save_section(opened, version=row, section=section, data=typed.data, seen=seen)
    return saved.draft, saved.form


def _notes_nothing(opened: Opened, row: Assessment, draft: SectionDraft, typed: Typed) -> bool:
    """Walking past the employee's words is not noting them: nothing new was typed, so nothing takes their place."""
    shown = shown_form(opened, row, draft).texts
    return row.status == Status.DRAFT and draft.version == typed.seen and all(shown.get(name, "") == typed.data[name] for name in VIEW_FIELDS)


def _of(drafts: Mapping[str, SectionDraft], opened: Opened, row: Assessment, section: str) -> SectionDraft:
    if section not in drafts or section not in {one.key for one in readable_sections(opened, row)}:
        raise Http404
    return drafts[section]


def _next_url(opened: Opened, row: Assessment, section: str, typed: Typed) -> str:
    address = [opened.dossier.number, row.number]
    if typed.then == "all":
        return f"{reverse('fill_in_all', args=address)}#{section}"
    if typed.add_row:
        return f"{reverse('fill_in_section', args=[*address, section])}#rows-{section}"
    following = section_map(opened, row, drafts_of(row)).after(section)
    return reverse("fill_in_section", args=[*address, following]) if following else reverse("check", args=address)


def _section_page(request: DossierRequest, row: Assessment, drawn: DrawnSection, *, status: int = 200) -> HttpResponse:
    opened = request.opened
    lines = section_map(opened, row, drafts_of(row), current=drawn.key)
    following = lines.after(drawn.key)
    address = [opened.dossier.number, row.number]
    values = {
        "map": lines,
        "section": drawn,
        "version": row,
        "show_errors": status != 200,
        "next_url": reverse("fill_in_section", args=[*address, following]) if following else reverse("check", args=address),
        "again": SignInAgain(),
        "saved_at": drawn.saved_at,
    }
    return dossier_page(request, "filling/section.html", values, current="versions", status=status)


def _again(request: DossierRequest, row: Assessment, form: SectionForm, refusal: Refused, sentence: str, *, seen: int) -> HttpResponse:
    """The page of a section with what was typed, which was not kept, and why."""
    opened = request.opened
    draft = drafts_of(row).get(form.section.key) or SectionDraft(section=form.section.key, assessment=row)
    drawn = draw_section(opened, row, draft, form=form, seen=seen, problem=sentence)
    if isinstance(refusal, Stale):
        drawn.both_texts.extend(both_texts(form, refusal.theirs))
    return _section_page(request, row, drawn, status=refusal.status)


def _not_open(request: DossierRequest, row: Assessment) -> HttpResponse:
    return dossier_page(request, "filling/not_open.html", {"version": row, "is_offered": row.status == Status.OFFERED}, current="versions")
