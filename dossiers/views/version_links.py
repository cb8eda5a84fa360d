"""What stands beside an item of a version: asking about it, the questions that were asked, and which question a summary came from.

Only for who may ask or read those questions; another reader's page says nothing of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.urls import reverse

from dossiers import queries
from dossiers.door import Opened
from dossiers.extract import VersionExtract
from dossiers.models import Assessment
from dossiers.partners import ASKERS
from dossiers.parts import Act, Part
from dossiers.reading import ReadGroup, ReadSection
from dossiers.taken_over import known_uses, references
from dossiers.topics import ITEM_SECTIONS, topics

Links = tuple[tuple[str, str], ...]
CONSULTATION = "consultation"


def with_links(opened: Opened, version: Assessment, extract: VersionExtract, sections: Sequence[ReadSection]) -> list[ReadSection]:
    """The same sections with their links."""
    if not opened.may(Part.CONSULTATION):
        return list(sections)
    about = _about_items(opened)
    return [
        _linked(section, _of_rows(opened, version, extract))
        if section.key == CONSULTATION
        else _linked(section, about)
        if section.key in ITEM_SECTIONS
        else section
        for section in sections
    ]


def taken_over_into(opened: Opened, version: Assessment) -> Links:
    """The questions whose answers a version took over, for the page where it is filled in."""
    if not opened.may(Part.CONSULTATION):
        return ()
    numbers = [use.thread.number for use in known_uses(opened, version)]
    return tuple((f"vraag {number}", _address(opened, number)) for number in numbers)


def _linked(section: ReadSection, links: Mapping[str | int, Links]) -> ReadSection:
    place = 0
    groups = []
    for group in section.groups:
        items = []
        for item in group.items:
            items.append(replace(item, links=links.get(item.key or place, ())))
            place += 1
        groups.append(ReadGroup(group.heading, tuple(items)))
    return replace(section, groups=tuple(groups))


def _about_items(opened: Opened) -> dict[str | int, Links]:
    """Per item: the way to ask about it, and the questions about it that this reader may know of."""
    may_ask = opened.role in ASKERS and opened.may(Part.CONSULTATION, Act.WRITE)
    new_url = reverse("new_thread", args=[opened.dossier.number])
    asked: dict[str, list[tuple[str, str]]] = {}
    for item, number in queries.threads(opened).exclude(item="").order_by("opened_at").values_list("item", "number"):
        asked.setdefault(item, []).append((f"vraag {number}", _address(opened, number)))
    ways = {topic.item: (("Stel hierover een vraag", f"{new_url}?onderwerp={topic.number}"),) for topic in topics(opened) if topic.item and may_ask}
    return {item: (*asked.get(item, ()), *ways.get(item, ())) for item in {*asked, *ways}}


def _of_rows(opened: Opened, version: Assessment, extract: VersionExtract) -> dict[str | int, Links]:
    """Per place of a summary: the question it came from."""
    rows = extract.sections.get(CONSULTATION) or []
    found = references(rows, known_uses(opened, version))
    return {place: ((f"uit vraag {use.thread.number}", _address(opened, use.thread.number)),) for place, use in found.items()}


def _address(opened: Opened, number: int) -> str:
    return reverse("thread", args=[opened.dossier.number, number])
