"""What an insurance physician can react to in one version: the open items, with what the bedrijfsarts wrote about each.

Made from the extract of this reader, so an item of a part that is not open is no topic. Nothing is decided about who may write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dossiers.door import Opened
from dossiers.extract import VersionExtract, version_extract
from dossiers.models import Assessment
from dossiers.parts import Part
from dossiers.reading import ReadSection, read_sections
from dossiers.rules.compare import capacity_glance
from dossiers.rules.insurance_report import Whole
from instrument.schema import Instrument

SHOWN = frozenset({Part.CAPACITY, Part.EXPLANATION})
_LABELS: Mapping[str, str] = {Whole.POSSIBILITIES: "Werken en uren", Whole.PROGNOSIS: "De verwachting"}


@dataclass(frozen=True, slots=True)
class Topic:
    """One item to react to, with what stands in the version about it as (lead, text)."""

    key: str
    label: str
    said: tuple[tuple[str, str], ...]


def topics_of(opened: Opened, version: Assessment) -> tuple[Topic, ...]:
    """The items of this version that are open to this reader: areas that need attention, then hours and prognosis as a whole.

    All of them are capacity: an explanation without what it explains is nothing to react to.
    """
    if not opened.may(Part.CAPACITY):
        return ()
    extract = version_extract(opened, version, only=SHOWN)
    return (*_areas(extract), *_wholes(extract))


def label_of(instrument: Instrument, item: str) -> str:
    """The words for an item of a reaction. Raises KeyError for what no version of this instrument knows."""
    return _LABELS[item] if item in _LABELS else instrument.item("areas", item).label


def in_order(instrument: Instrument, items: Mapping[str, Any]) -> list[str]:
    """The items in the order in which a reaction names them."""
    every = [*(item.key for item in instrument.items("areas")), *_LABELS]
    return [key for key in every if key in items]


def _areas(extract: VersionExtract) -> list[Topic]:
    rows = extract.sections.get("areas") or ()
    lines = capacity_glance([row for row in rows if row["status"] == "attention"], None, extract.head.instrument)
    explained = {row["item"]: str(row.get("explanation") or "") for row in rows}
    return [
        Topic(line.item, line.label, _filled(("Dit kan:", line.can), ("Dit is nodig:", line.needed), ("Toelichting:", explained[line.item])))
        for line in lines
    ]


def _wholes(extract: VersionExtract) -> list[Topic]:
    read = {section.key: section for section in read_sections(extract, plain=False)}
    return [Topic(key, label, _said(read[key])) for key, label in _LABELS.items() if key in read and read[key].is_filled]


def _said(section: ReadSection) -> tuple[tuple[str, str], ...]:
    facts = [(f"{lead.rstrip(':?')}:", text) for lead, text in section.facts]
    steps = [("Opbouw:", item.title) for group in section.groups for item in group.items]
    return _filled(*facts, *steps)


def _filled(*lines: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((lead, text) for lead, text in lines if text)
