"""What a page draws of a section form: groups of blocks with their fields, leads and readers.

Values for templates only. Who may see a block is decided elsewhere; `employer_reads` says what letters use.
"""

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.forms import BoundField

from instrument.schema import EmployerReads, Field, Letter, SectionKind

if TYPE_CHECKING:
    from instrument.forms.layout import Slot
    from instrument.forms.section import SectionForm

SWITCH = "share_with_employer"


@dataclass(frozen=True, slots=True)
class Block:
    """One item, one row, or the section's own fields. The dicts have the flat field names as keys."""

    key: str
    fields: dict[str, BoundField]
    leads: dict[str, str]
    employer_reads: dict[str, bool]
    code: str = ""
    label: str = ""
    help: str = ""
    letter: Letter | None = None
    fml_section: int | None = None
    is_filled: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks under one heading. `rows` names the list that an empty last block adds to."""

    heading: str
    items: list[Block] = field(default_factory=list)
    help: str = ""
    rows: str = ""


def groups_of(form: "SectionForm") -> tuple[Group, ...]:
    """The drawn groups in order: items by heading, or the section's own fields and then its rows."""
    if form.section.kind is SectionKind.ITEMS:
        by_heading = itertools.groupby(form.slots, key=lambda slot: slot.item.heading if slot.item else "")
        return tuple(Group(heading, [_block(form, slot) for slot in slots]) for heading, slots in by_heading)
    own = [Group("", [_block(form, slot)]) for slot in form.slots if not slot.rows]
    if form.section.kind is SectionKind.ROWS:
        return (_rows_group(form, form.section.key, "", ""),)
    return (*own, *(_rows_group(form, rows.key, rows.label, rows.help) for rows in form.section.rows))


def _rows_group(form: "SectionForm", key: str, heading: str, help_text: str) -> Group:
    return Group(heading, [_block(form, slot) for slot in form.slots if slot.rows == key], help_text, key)


def _block(form: "SectionForm", slot: "Slot") -> Block:
    item = slot.item
    return Block(
        key=item.key if item else slot.prefix.rstrip("-") or form.section.key,
        fields={spec.name: form[slot.name(spec.name)] for spec in slot.fields},
        leads={spec.name: spec.lead for spec in slot.fields if spec.lead},
        employer_reads={spec.name: _employer_reads(form, spec) for spec in slot.fields},
        code=item.icf if item else "",
        label=item.label if item else "",
        help=item.help if item else "",
        letter=item.letter if item else None,
        fml_section=item.fml_section if item else None,
        is_filled=slot.is_filled(form.texts),
    )


def _employer_reads(form: "SectionForm", spec: Field) -> bool:
    if spec.employer_reads is EmployerReads.SHARED:
        return bool(form[SWITCH].value())
    return spec.employer_reads is EmployerReads.YES
