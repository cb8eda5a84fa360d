"""The answer to a save that a script made: what was kept, what to look at again, and the map as it is now.

Plain JSON for `static/js/filling*.js`. It carries words and numbers only; the script shows them as text.
"""

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import JsonResponse
from django.utils import timezone

from dossiers.door import Opened
from dossiers.errors import Refused, Stale
from dossiers.models import Assessment, SectionDraft
from dossiers.views.filling_map import SectionMap
from dossiers.views.filling_page import hits_of, known_names, name_readers
from instrument.forms import SectionForm

TOO_LONG = 413


def saved_answer(opened: Opened, draft: SectionDraft, form: SectionForm, sections: SectionMap) -> JsonResponse:
    """Kept. 422 when something in it is not right yet: also that is kept."""
    name_readers(opened, form)
    answer = {
        "saved": True,
        "version": draft.version,
        "saved_at": f"{timezone.localtime(draft.saved_at):%H:%M}",
        "errors": {name: [str(one) for one in found] for name, found in form.errors.items() if name != NON_FIELD_ERRORS},
        "notes": [str(one) for one in form.non_field_errors()],
        "hits": {
            name: [{"before": hit.before, "word": hit.word, "after": hit.after, "why": hit.why} for hit in hits]
            for name, hits in hits_of(form, known_names(opened)).items()
        },
        "map": {
            "text": sections.text,
            "done": sections.done,
            "sections": {line.key: {"state": line.state.value, "text": line.state_text} for line in sections.sections},
        },
    }
    return JsonResponse(answer, status=200 if form.is_valid() else 422)


def stale_answer(stale: Stale, sentence: str) -> JsonResponse:
    """Not kept: somebody else saved in the meantime. Carries the other text."""
    return JsonResponse({"saved": False, "sentence": sentence, "version": stale.version, "by": stale.by, "theirs": stale.theirs}, status=409)


def refused_answer(refusal: Refused, form: SectionForm) -> JsonResponse:
    """Not kept, with the sentence and the field to look at."""
    return JsonResponse({"saved": False, "sentence": refusal.sentence, "field": field_to_blame(refusal, form)}, status=refusal.status)


def field_to_blame(refusal: Refused, form: SectionForm) -> str | None:
    """The field a refusal is about: the longest text when it is too long, the date of a visit; else none."""
    if refusal.status == TOO_LONG:
        return max(form.texts, key=lambda name: len(form.texts[name]), default=None)
    return "date" if form.section.key == "visit" else None


def stale_sentence(opened: Opened, version: Assessment, section: str, stale: Stale) -> str:
    """Who wrote the other text; the same person in another window is told so."""
    if SectionDraft.objects.filter(assessment=version, section=section, saved_by=opened.person).exists():
        return "U heeft dit onderdeel ook in een ander venster veranderd. Kies welke tekst moet blijven."
    return stale.sentence
