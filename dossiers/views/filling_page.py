"""What the page of a section draws: its fields with lead and reader, the previous answers, the words to look at again.

Values for templates, made from the form of the section. Nothing is stored here, and nothing decided about access.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField

from dossiers import queries
from dossiers.actions.versions import SECTION_PART, context_of, form_of, instrument_of
from dossiers.door import Opened
from dossiers.forms.drawn import DrawnField, WordHit, word_hits
from dossiers.models import Assessment, EmployeeView, SectionDraft, WrittenBy
from dossiers.parts import Act, Part
from dossiers.rules.dutch import long_date
from dossiers.sections import VIEW_FIELDS, is_switched_on, newest_view, read_section
from dossiers.views.version_links import taken_over_into
from instrument.forms import Block, Group, SectionForm, data_of, section_form
from instrument.forms.fields import AnswerField, DateField, NumberField, TextField
from instrument.schema import SectionKind

NOT_DRAWN = frozenset({"written_by", "share_with_employer"})  # the employee's own; noting spoken words never sets them


@dataclass(frozen=True, slots=True)
class BothTexts:
    """One field that two people changed, on a page without JavaScript."""

    label: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class DrawnBlock:
    """One item, one row, or the section's own fields. `answer` is the question that opens the others."""

    key: str
    code: str
    label: str
    help: str
    answer: DrawnField | None
    fields: list[DrawnField]

    @property
    def holds_text(self) -> bool:
        """Whether something was written: then its texts stay in sight, whatever the answer is."""
        return any(isinstance(one.bound.field, TextField | NumberField) and one.bound.value() for one in self.fields)


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    """Blocks under one heading. `rows` is the name of the list that a new row adds to."""

    heading: str
    help: str
    rows: str
    blocks: list[DrawnBlock]
    previous: list[str]  # of rows: they have no place of their own to stand beside


@dataclass(frozen=True, slots=True)
class Words:
    """What the employee typed, shown beside what is noted."""

    lines: list[tuple[str, str]]
    changed_at: datetime.datetime | None
    counts: bool  # these words go into this version, because nothing was noted after them
    shared: bool


@dataclass(frozen=True, slots=True)
class DrawnSection:
    """One section on a page."""

    key: str
    title: str
    help: str
    is_items: bool
    form: SectionForm
    groups: list[DrawnGroup]
    seen: int
    saved_at: datetime.datetime | None
    editable: bool
    is_carried: bool
    words: Words | None = None
    taken_over: tuple[tuple[str, str], ...] = ()  # (words, address) of questions whose answers stand here
    both_texts: list[BothTexts] = field(default_factory=list)
    problem: str = ""


def draw_section(
    opened: Opened, version: Assessment, draft: SectionDraft, *, form: SectionForm | None = None, seen: int | None = None, problem: str = ""
) -> DrawnSection:
    """A section as it is drawn: from what was stored, or from `form` when something was just typed."""
    section = instrument_of(version).section(draft.section)
    form = form or shown_form(opened, version, draft)
    name_readers(opened, form)
    previous = _previous_texts(opened, version, draft.section)
    names = known_names(opened)
    return DrawnSection(
        key=section.key,
        title=section.title,
        help=section.help,
        is_items=section.kind is SectionKind.ITEMS,
        form=form,
        groups=[_group(group, form, previous, names) for group in form.blocks],
        seen=draft.version if seen is None else seen,
        saved_at=draft.saved_at if draft.version else None,
        editable=opened.may(SECTION_PART[section.key], Act.WRITE),
        is_carried=draft.carried,
        words=employee_words(opened) if section.key == "employee_view" else None,
        taken_over=taken_over_into(opened, version) if section.key == "consultation" else (),
        problem=problem,
    )


def shown_form(opened: Opened, version: Assessment, draft: SectionDraft) -> SectionForm:
    """The form of a section as typed. Of the employee's view only what was noted: typed words are not for others to change."""
    if draft.section != "employee_view" or draft.version:
        return form_of(opened, version, draft)
    newest = newest_view(opened.dossier, since=opened.sees_from)
    noted = newest if newest is not None and newest.written_by == WrittenBy.PHYSICIAN else None
    data = {name: getattr(noted, name) if noted else "" for name in VIEW_FIELDS}
    return section_form(instrument_of(version), draft.section, view_data(opened, data), context=context_of(opened, version))


def view_data(opened: Opened, data: Mapping[str, str]) -> dict[str, str]:
    """Noted words as form data: marked as noted, with the switch as the employee set it."""
    fixed = {"written_by": WrittenBy.PHYSICIAN.value}
    if is_switched_on(opened.dossier, Part.EMPLOYEE_VIEW):
        fixed["share_with_employer"] = "on"
    return {name: data.get(name, "") for name in VIEW_FIELDS} | fixed


def employee_words(opened: Opened) -> Words | None:
    """What the employee typed, if anything."""
    row = EmployeeView.objects.filter(dossier=opened.dossier, written_by=WrittenBy.EMPLOYEE).first()
    if row is None or (opened.sees_from is not None and row.changed_at < opened.sees_from):
        return None
    labels = {"can_do": "Wat kan ik?", "needs": "Wat heb ik nodig?", "on_advice": "Wat vind ik van het advies?"}
    newest = newest_view(opened.dossier, since=opened.sees_from)
    return Words(
        lines=[(labels[name], getattr(row, name)) for name in VIEW_FIELDS if getattr(row, name)],
        changed_at=row.changed_at,
        counts=newest is not None and newest.pk == row.pk,
        shared=is_switched_on(opened.dossier, Part.EMPLOYEE_VIEW),
    )


def name_readers(opened: Opened, form: SectionForm) -> None:
    """Give every form field its lead and say whether the employer reads it; `templates/forms/field.html` shows both."""
    shared = form.section.key == "employee_view" and is_switched_on(opened.dossier, Part.EMPLOYEE_VIEW)
    for group in form.blocks:
        for block in group.items:
            for name, bound in block.fields.items():
                lead = block.leads.get(name, "")
                bound.field.lead = lead if lead != bound.label else ""  # type: ignore[attr-defined]
                bound.field.employer_reads = block.employer_reads[name] or shared  # type: ignore[attr-defined]


def known_names(opened: Opened) -> tuple[str, ...]:
    """The people and organisations of the dossier: a name is not a warning."""
    dossier = opened.dossier
    people = dossier.seats.values_list("name", flat=True)
    return (dossier.employee_name, dossier.employer.name, dossier.arbodienst.name, *people)


def hits_of(form: SectionForm, names: Sequence[str]) -> dict[str, list[WordHit]]:
    """Per field that an employer can read: the words to look at again. `name_readers` must have been there first."""
    found = {name: _hits(form[name], names) for name in form.fields}
    return {name: hits for name, hits in found.items() if hits}


def both_texts(form: SectionForm, theirs: Mapping[str, str]) -> list[BothTexts]:
    """The fields whose two texts differ, with words for answers."""
    texts = []
    for name, one in form.fields.items():
        mine, other = form.texts.get(name, ""), theirs.get(name, "")
        if mine.split() != other.split() and name not in NOT_DRAWN:
            texts.append(BothTexts(_full_label(form, name), shown_answer(one, mine), shown_answer(one, other)))
    return texts


def shown_answer(one: forms.Field, text: str) -> str:
    """A stored text in words: the label of an answer, a date written out."""
    if isinstance(one, AnswerField):
        return _labels(one.choices).get(text, text)
    if isinstance(one, forms.BooleanField):
        return "ja" if text else "nee"
    if isinstance(one, DateField) and text:
        try:
            return long_date(datetime.date.fromisoformat(text))
        except ValueError:
            return text
    return text


def _labels(choices: Any) -> dict[str, str]:
    labels: dict[str, str] = {}
    for value, label in choices:
        labels |= _labels(label) if isinstance(label, list) else {str(value): str(label)}
    return labels


def _full_label(form: SectionForm, name: str) -> str:
    slot = next(slot for slot in form.slots if name.startswith(slot.prefix) and name in {slot.name(spec.name) for spec in slot.fields})
    label = str(form.fields[name].label)
    return f"{slot.item.label}: {label}" if slot.item else label


def _group(group: Group, form: SectionForm, previous: Mapping[str, str], names: Sequence[str]) -> DrawnGroup:
    beside = {} if group.rows else previous
    blocks = [_block(block, form, beside, names) for block in group.items]
    return DrawnGroup(group.heading, group.help, group.rows, blocks, _previous_rows(group.rows, previous) if group.rows else [])


def _previous_rows(rows: str, previous: Mapping[str, str]) -> list[str]:
    found: dict[str, list[str]] = {}
    for name, text in previous.items():
        key, _, rest = name.partition("-")
        if key == rows:
            found.setdefault(rest.partition("-")[0], []).append(text)
    return [" · ".join(texts) for texts in found.values()]


def _block(block: Block, form: SectionForm, previous: Mapping[str, str], names: Sequence[str]) -> DrawnBlock:
    drawn = [
        DrawnField(bound, _hits(bound, names), previous.get(bound.html_name, "")) for name, bound in block.fields.items() if name not in NOT_DRAWN
    ]
    answer = None
    if form.section.kind is SectionKind.ITEMS:
        answer, *drawn = drawn
        answer.bound.label = block.label  # the row is short: the item is the question
    return DrawnBlock(block.key, block.code, block.label, block.help, answer, drawn)


def _hits(bound: BoundField, names: Sequence[str]) -> list[WordHit]:
    is_read = isinstance(bound.field, TextField) and getattr(bound.field, "employer_reads", False)
    return word_hits(bound.value(), names) if is_read else []


def _previous_texts(opened: Opened, version: Assessment, section: str) -> dict[str, str]:
    """The previous version's answers in words, by field name; nothing when it was filled in with another list or may not be seen."""
    previous = queries.versions(opened).filter(pk=version.started_from_id).first() if version.started_from_id else None
    if previous is None or previous.instrument != version.instrument or section in {"visit", "employee_view"}:
        return {}
    instrument = instrument_of(version)
    form = section_form(instrument, section, data_of(instrument, section, read_section(previous, section)), context=context_of(opened, version))
    told = {name: one for name, one in form.fields.items() if form.texts.get(name) and not isinstance(one, forms.BooleanField)}
    return {name: shown_answer(one, form.texts[name]) for name, one in told.items()}
