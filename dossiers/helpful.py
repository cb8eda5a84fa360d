"""When it may help the physician to ask somebody: the rules of `rules/triggers.py` on this dossier, for whoever may ask.

What was asked already since the newest version is not offered again. Nothing is stored, and nothing is asked by itself.
"""

from dossiers import queries
from dossiers.door import Opened
from dossiers.models import Status
from dossiers.parts import Part
from dossiers.rules.triggers import Suggestion, Trigger, suggestions
from dossiers.sections import VIEW_FIELDS, read_all, running_view, with_sections
from instrument import library


def helpful_now(opened: Opened) -> list[Suggestion]:
    """What may help today, from the newest two final versions."""
    opened.require_read(Part.CAPACITY, Part.ADVICE, Part.EMPLOYEE_VIEW)
    newest = list(with_sections(queries.versions(opened).filter(status=Status.FINAL)).order_by("-number")[:2])
    if not newest:
        return []
    # Two versions with another list each cannot be laid side by side.
    comparable = [version for version in newest if version.instrument == newest[0].instrument]
    values = [{**read_all(version), "date": version.date} for version in reversed(comparable)]
    view = running_view(opened.dossier, since=opened.sees_from)
    words = " ".join(str(view[name]) for name in VIEW_FIELDS)
    found = suggestions(values, opened.dossier.absence, opened.today, library.get(*newest[0].instrument), words=words)
    asked = set(queries.threads(opened).filter(version__number__gte=newest[0].number).values_list("trigger", flat=True))
    return [one for one in found if one.trigger not in asked]


def number_of(trigger: Trigger) -> int:
    """The place of a moment in the list, for addresses: an address never says what is the matter."""
    return list(Trigger).index(trigger) + 1


def trigger_at(number: str) -> Trigger | None:
    """The moment with this number."""
    return next((trigger for trigger in Trigger if str(number_of(trigger)) == number), None)
