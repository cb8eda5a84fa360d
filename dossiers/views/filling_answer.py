"""What a section of the BAR adds to the answers of `autosave.py`: words to look at again, the map as it is now, whose text is beside it.

It carries words and numbers only; the script shows them as text.
"""

from django.http import JsonResponse

from dossiers.door import Opened
from dossiers.errors import Refused, Stale
from dossiers.models import Assessment, SectionDraft
from dossiers.views.autosave import kept_answer
from dossiers.views.filling_map import state_of
from dossiers.views.filling_page import hits_of, known_names, name_readers
from instrument.forms import SectionForm, missing

TOO_LONG = 413


def saved_answer(opened: Opened, draft: SectionDraft, form: SectionForm) -> JsonResponse:
    """Kept. 422 when something in it is not right yet: also that is kept."""
    name_readers(opened, form)
    found = hits_of(form, ()) and hits_of(form, known_names(opened))  # mostly there is nothing, and then nobody asks for names
    hits = {
        name: [{"before": hit.before, "word": hit.word, "after": hit.after, "why": hit.why} for hit in of_field] for name, of_field in found.items()
    }
    state, text, _ = state_of(draft, missing=_missing(form))
    status = 200 if form.is_valid() else 422
    line = {"section": draft.section, "state": state.value, "text": text}
    return kept_answer(form, version=draft.version, at=draft.saved_at, status=status, hits=hits, map=line)


def _missing(form: SectionForm) -> int:
    """How many questions of this section still need an answer; what another section says plays no part (`instrument.forms.missing`)."""
    return sum(bool(found.field) for found in missing(form.instrument, {form.section.key: form.value})) if form.is_valid() else 0


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
