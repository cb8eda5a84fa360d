"""The map of a BAR: its sections in order, what each still needs, and how far the whole is.

Values for pages and for the answer to an autosave. Nothing is decided here about who may see a section: that is asked of `Opened`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from dossiers.actions.release import readiness
from dossiers.actions.versions import SECTION_PART, instrument_of
from dossiers.door import Opened
from dossiers.models import Assessment, SectionDraft
from dossiers.rules.sick_weeks import week_of
from dossiers.sections import VIEW_FIELDS
from instrument.schema import Section, SectionKind


class Progress(StrEnum):
    """What a section of the map looks like; the words of `components/section_map.html`."""

    DONE = "done"
    OPEN = "open"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class MapLine:
    """One section in the map. `needs`: something must be done before the BAR can be offered."""

    key: str
    title: str
    url: str
    state: Progress
    state_text: str
    needs: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class SectionMap:
    """All sections, and how many need nothing more."""

    sections: tuple[MapLine, ...]
    is_carried: bool

    @property
    def done(self) -> int:
        """How many sections are ready."""
        return sum(line.state is Progress.DONE for line in self.sections)

    @property
    def total(self) -> int:
        """How many sections there are."""
        return len(self.sections)

    @property
    def text(self) -> str:
        """How far, in words."""
        return f"{self.done} van {self.total} klaar"

    @property
    def first_needed(self) -> str | None:
        """The first section that still needs something."""
        return next((line.key for line in self.sections if line.needs), None)

    @property
    def start(self) -> str | None:
        """Where somebody goes on: the first section that needs something, or that nobody has looked at yet."""
        return next((line.key for line in self.sections if line.needs or line.state is Progress.OPEN), None)

    def after(self, section: str) -> str | None:
        """The section that follows, or None after the last one."""
        keys = [line.key for line in self.sections]
        place = keys.index(section) + 1
        return keys[place] if place < len(keys) else None


def drafts_of(version: Assessment) -> dict[str, SectionDraft]:
    """The sections of a version as typed, by section."""
    return {row.section: row for row in SectionDraft.objects.filter(assessment=version).select_related("saved_by")}


def readable_sections(opened: Opened, version: Assessment) -> tuple[Section, ...]:
    """The sections whose part is open to this reader, in the order of the instrument."""
    every = instrument_of(version).sections
    return tuple(section for section in every if section.kind is SectionKind.COMPUTED or opened.may(SECTION_PART[section.key]))


def section_map(
    opened: Opened, version: Assessment, drafts: Mapping[str, SectionDraft], *, current: str = "", on_one_page: bool = False
) -> SectionMap:
    """The map as it is now. On the long page its links lead to headings of that page."""
    counts = Counter(found.section for found in readiness(version).missing if found.field)
    address = [opened.dossier.number, version.number]
    lines = []
    for section in readable_sections(opened, version):
        is_computed = section.kind is SectionKind.COMPUTED
        state, text, needs = _computed(opened) if is_computed else state_of(drafts.get(section.key), missing=counts[section.key])
        url = f"#{section.key}" if on_one_page else reverse("fill_in_section", args=[*address, section.key])
        lines.append(MapLine(section.key, section.title, url, state, text, needs, section.key == current))
    return SectionMap(tuple(lines), any(row.carried for row in drafts.values()))


def _computed(opened: Opened) -> tuple[Progress, str, bool]:
    return Progress.DONE, f"week {week_of(opened.dossier.absence, opened.today)}", False


def state_of(draft: SectionDraft | None, *, missing: int) -> tuple[Progress, str, bool]:
    """How a section that is filled in looks in the map, in words, and whether it needs something; `missing`: questions without an answer."""
    if draft is None:
        return Progress.OPEN, "", False
    if not draft.valid:
        return Progress.ATTENTION, "hier klopt iets niet", True
    if draft.carried:
        return Progress.OPEN, "overgenomen, nog niet bekeken", True
    if missing:
        return Progress.OPEN, "nog 1 vraag" if missing == 1 else f"nog {missing} vragen", True
    if draft.version == 0 and not _holds_something(draft):
        return Progress.OPEN, "leeg, mag leeg blijven", False
    return Progress.DONE, "klaar", False


def _holds_something(draft: SectionDraft) -> bool:
    """Whether anything stands in a section nobody saved yet; who wrote the employee's words is no answer by itself."""
    content = draft.content or {}
    return any(content.get(name) for name in VIEW_FIELDS) if draft.section == "employee_view" else bool(content)
