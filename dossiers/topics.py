"""What a question between professionals can hang on: one item of the BAR, or a part. And what is known about it already.

Topics are numbered, so that no address names what somebody's question is about. Everything known is cut from this reader's own extract.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from dossiers import queries
from dossiers.door import Opened
from dossiers.extract import SECTION_PARTS, version_extract
from dossiers.models import Assessment, JobDemand, JobDescription, Thread
from dossiers.parts import Part, Role
from dossiers.reading import ReadItem, ReadSection, read_sections
from dossiers.sections import with_sections
from instrument import library

ITEM_SECTIONS = ("areas", "work_factors", "context_factors")
ITEM_PARTS: Mapping[str, Part] = {section: SECTION_PARTS[section]["item"] for section in ITEM_SECTIONS}
TOPIC_PARTS = (
    Part.CAPACITY,
    Part.EXPLANATION,
    Part.WORK_FACTORS,
    Part.CONTEXT,
    Part.EMPLOYEE_VIEW,
    Part.ADVICE,
    Part.JOB,
    Part.PROCESS,
    Part.LETTERS,
    Part.LABOUR_REPORT,
    Part.INSURANCE_REPORT,
)
WHOLE_PARTS = "Een heel onderdeel"
# To read an explanation one must know what it is about.
_READ_WITH: Mapping[Part, frozenset[Part]] = {Part.EXPLANATION: frozenset({Part.CAPACITY})}


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to ask about. `number` is its place in the list, for addresses."""

    number: int
    part: Part
    item: str
    label: str
    group: str


@dataclass(frozen=True, slots=True)
class Known:
    """What this reader can know already about a topic. `item` is its row in the newest final version, if it has one."""

    version: Assessment | None
    item: ReadItem | None
    remark: str
    sections: Sequence[ReadSection]
    demand: str
    threads: Sequence[Thread]


@cache
def every_topic() -> tuple[Topic, ...]:
    """Everything that can be asked about, in the order of the instrument; who may ask what is for `topics`."""
    instrument = library.current()
    items = [(ITEM_PARTS[key], item.key, item.label, instrument.section(key).title) for key in ITEM_SECTIONS for item in instrument.items(key)]
    parts = [(part, "", part.label, WHOLE_PARTS) for part in TOPIC_PARTS]
    return tuple(Topic(number, *one) for number, one in enumerate([*items, *parts], start=1))


def topics(opened: Opened) -> list[Topic]:
    """What this reader may ask about: only what is open to read."""
    return [topic for topic in every_topic() if topic.part in opened.readable]


def topic_at(opened: Opened, number: str) -> Topic | None:
    """The topic with this number, while its part is open to this reader."""
    return next((topic for topic in topics(opened) if str(topic.number) == number), None)


def topic_about(opened: Opened, item: str, part: Part | None = None) -> Topic | None:
    """The topic of an item, or of a whole part."""
    return next((topic for topic in topics(opened) if topic.item == item and (item or topic.part is part)), None)


def label_of(thread: Thread, *, plain: bool) -> str:
    """What a question is about, in the reader's words."""
    for instrument in (library.current(), *([library.get(*thread.version.instrument)] if thread.version else [])):
        for section in ITEM_SECTIONS if thread.item else ():
            found = next((item.label for item in instrument.items(section) if item.key == thread.item), None)
            if found:
                return found
    return Part(thread.part).plain if plain else Part(thread.part).label


def known_about(opened: Opened, topic: Topic) -> Known:
    """The newest final version, the demands of the job, and earlier questions on the same topic; each only as far as it is open."""
    version = with_sections(queries.versions(opened)).filter(pk=newest.pk).get() if (newest := queries.newest_final(opened)) else None
    item, remark, sections = _in_version(opened, version, topic) if version else (None, "", [])
    same = queries.threads(opened).filter(part=topic.part, item=topic.item).order_by("-opened_at")
    return Known(version, item, remark, sections, _demand(opened, topic), list(same))


def _in_version(opened: Opened, version: Assessment, topic: Topic) -> tuple[ReadItem | None, str, list[ReadSection]]:
    only = frozenset({topic.part}) | _READ_WITH.get(topic.part, frozenset())
    extract = version_extract(opened, version, only=only | ({Part.EXPLANATION} if topic.item else frozenset()))
    sections = [section for section in read_sections(extract, plain=opened.role is Role.EMPLOYEE) if section.is_filled]
    if not topic.item:
        return None, "", sections if topic.part is not Part.PROCESS else []
    found = [item for section in sections for group in section.groups for item in group.items if item.key == topic.item]
    rows: list[Any] = [row for key in ITEM_SECTIONS for row in extract.sections.get(key) or () if row["item"] == topic.item]
    calm = any(row.get("status") == "no_attention" for row in rows)
    return (found[0] if found else None), "Geen aandachtspunt." if calm else "", []


def _demand(opened: Opened, topic: Topic) -> str:
    """What the job asks here, in the employer's words."""
    if not opened.may(Part.JOB):
        return ""
    if topic.item:
        return next((row.demand for row in JobDemand.objects.filter(dossier=opened.dossier, item=topic.item)), "")
    job = JobDescription.objects.filter(dossier=opened.dossier).first() if topic.part is Part.JOB else None
    return job.description if job else ""
