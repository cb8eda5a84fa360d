"""The employee's key on screen: three plain questions, what is open now, taking it back, and "not yet".

Taking back needs `withdraw`, which is open in a closed dossier too; nothing here asks for a fresh sign-in. What a no means: `wording.py`.
"""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.access import consentable
from consent.actions import answers as actions
from consent.examples import examples_of
from consent.facts import plain_shared_part, shared_parts
from consent.forms.answers import QuestionsForm
from consent.gate import may_show
from consent.models import AnswerState, NoteKind, Share
from consent.question_page import about, asked_questions, said_words
from consent.wording import BY_VERSION, CURRENT, in_order, questions_for
from dossiers.door import DossierRequest, Opened, Touch, door
from dossiers.errors import Refused
from dossiers.pages import dossier_page
from dossiers.parts import EXPERTS, Act, Part, Role
from dossiers.rules.dutch import long_date

ANSWER = Touch(Part.SHARING, Act.ANSWER)
WITHDRAW = Touch(Part.SHARING, Act.WITHDRAW)
ASKABLE = frozenset(part for part in Part if any(consentable(role, part, Act.READ) for role in EXPERTS))


@door(needs=ANSWER, may_show=ASKABLE)
@require_http_methods(["GET", "HEAD", "POST"])
def answer_share(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """Yes or no per question or per part. An old form is refused with a fresh page."""
    opened, row = request.opened, actions.share_of(request.opened, share)
    if row.stopped_at is not None or opened.today > row.last_day:
        if request.method == "POST":
            raise Refused(actions.OVER, status=409)
        return HttpResponseRedirect(reverse("share_answered", args=[number, share]))
    form = _form(request, row)
    if request.method != "POST":
        return _ask(request, row, form)
    if not form.is_valid():
        return _ask(request, row, form, status=422)
    try:
        actions.answer_questions(opened, share=row, choices=form.choices, seen=form.cleaned_data["key"])
    except Refused as refusal:
        return _ask(request, row, _form(request, row, fresh=True), problem=refusal.sentence, status=refusal.status)
    messages.success(request, f"Uw antwoord is bewaard. {row.made_by.name} krijgt bericht dat u antwoord gaf.")
    return HttpResponseRedirect(reverse("share_answered", args=[number, share]))


def _form(request: DossierRequest, row: Share, *, fresh: bool = False) -> QuestionsForm:
    newest = actions.newest_answers(row)
    asked = [part for part, one in newest.items() if actions.state_of(one, row) is AnswerState.ASKED]
    data = request.POST if request.method == "POST" and not fresh else None
    return QuestionsForm(data, questions=questions_for(newest), asked=asked, wording=CURRENT, name=row.name, key=actions.key_of(row))


def _ask(request: DossierRequest, row: Share, form: QuestionsForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    opened = request.opened
    parts = [part for held in form.questions.values() for part in held]
    values = {
        "about": about(row, CURRENT),
        "wording": _wording(row),
        "form": form,
        "questions": asked_questions(row, form.questions, CURRENT, form=form, examples=examples_of(opened, parts, may_show(request))),
        "is_new": bool(form.asked_parts),
        "problem": problem,
        "note_url": reverse("note_share", args=[opened.dossier.number, row.pk]),
        "answered_url": reverse("share_answered", args=[opened.dossier.number, row.pk]),
        "kinds": [(NoteKind.LATER.value, "Later"), (NoteKind.DISCUSS.value, "Ik wil dit eerst bespreken")],
    }
    return dossier_page(request, "consent/answer.html", values, current="shares", status=status)


def _wording(row: Share) -> dict[str, str]:
    words = CURRENT
    return {"intro": words.intro.format(name=row.name), "free": words.free, "process": words.process.format(name=row.name), "stop": words.stop}


# --- what is open now ----------------------------------------------------------------------------------


@door(needs=WITHDRAW)
@require_safe
def share_answered(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """What is open now and until when, what is not, and how to stop. The page after answering."""
    opened, row = request.opened, actions.share_of(request.opened, share)
    can_answer = opened.may(*ANSWER) and row.stopped_at is None and opened.today <= row.last_day
    rows = _standing(opened, row)
    given, rest = ({part: one for part, one in rows.items() if one["given"] is kind} for kind in (True, False))
    values = {
        "about": about(row, CURRENT),
        "heading": _heading(opened, row, given=bool(given)),
        "given": _groups(given),
        "rest": _groups(rest),
        "withdraw_url": reverse("withdraw_share", args=[number, share]),
        "answer_url": reverse("answer_share", args=[number, share]) if can_answer else "",
        "is_asked": can_answer and any(one["asked"] for one in rows.values()),
        "wording_url": reverse("share_wording", args=[number, share]),
    }
    return dossier_page(request, "consent/answered.html", values, current="shares")


def _standing(opened: Opened, row: Share) -> dict[Part, dict[str, object]]:
    """Each part with its answer. Given counts only while the share runs and `process` is given with it."""
    running = row.stopped_at is None and opened.today <= row.last_day and opened.dossier.closed_on is None
    newest = actions.newest_answers(row)
    states = actions.states_of(newest, row)
    return {
        part: {
            "part": part.value,
            "label": CURRENT.parts[part],
            "said": said_words(newest[part], states[part]) or "U heeft nog geen antwoord gegeven.",
            "given": running and states[part] is AnswerState.GIVEN,
            "asked": states[part] is AnswerState.ASKED,
        }
        for part in in_order(newest)
    }


def _groups(rows: dict[Part, dict[str, object]]) -> list[tuple[str, list[dict[str, object]]]]:
    """The parts under the question they were asked with; `process` goes along with the others, and is named alone only when it is all there is."""
    return [(question.label, [rows[part] for part in parts]) for question, parts in questions_for(rows).items()]


def _heading(opened: Opened, row: Share, *, given: bool) -> str:
    """The one sentence: is it open, and until when."""
    if row.stopped_at is not None:
        return f"{row.made_by.name} is gestopt met delen. {row.name} ziet niets meer."
    if opened.dossier.closed_on is not None or opened.today > row.last_day:
        return f"De tijd is voorbij. {row.name} ziet niets meer."
    if not given:
        return f"{row.name} ziet nu niets van uw dossier."
    process = next(iter(shared_parts(share=row, part=Part.PROCESS).select_related("share")))
    since = plain_shared_part(process, employee_signs_in=row.dossier.employee.can_sign_in).since
    if since is not None and since > opened.today:
        return f"{row.name} ziet nu nog niets. Vanaf {long_date(since)} tot en met {long_date(row.last_day)} ziet {row.name} wat hieronder staat."
    return f"{row.name} ziet nu wat hieronder staat, tot en met {long_date(row.last_day)}."


@door(needs=WITHDRAW)
@require_safe
def share_wording(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """The texts that were shown with the answers to this share, as they were."""
    row = actions.share_of(request.opened, share)
    newest = actions.newest_answers(row)
    versions = sorted({one.wording for one in newest.values() if one is not None and one.wording in BY_VERSION} or {CURRENT.version})
    texts = []
    for version in versions:
        words = BY_VERSION[version]
        questions = asked_questions(row, questions_for(newest), words)
        lines = [text.format(name=row.name) for text in (words.intro, words.free, words.process, words.stop)]
        texts.append({"version": version, "lines": lines, "questions": questions, "no_means": words.no_means[Role(row.role)]})
    values = {"texts": texts, "about": about(row, CURRENT), "answered_url": reverse("share_answered", args=[number, share])}
    return dossier_page(request, "consent/wording.html", values, current="shares")


# --- taking it back, and not yet -------------------------------------------------------------------------


@door(needs=WITHDRAW)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_share(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """One button: take back one part, some, or (without `part`) everything. It counts at the very next request. A link leads to the buttons."""
    row = actions.share_of(request.opened, share)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("share_answered", args=[number, share]))
    named = request.POST.getlist("part")
    if not set(named) <= {part.value for part in Part}:
        raise Http404
    actions.take_back(request.opened, share=row, parts=[Part(value) for value in named])
    messages.success(request, f"Ingetrokken. Dat werkt meteen. Wilt u {row.name} later toch laten lezen? Dan geeft u opnieuw antwoord.")
    return HttpResponseRedirect(reverse("share_answered", args=[number, share]))


@door(needs=ANSWER)
@require_POST
def note_share(request: DossierRequest, number: str, share: uuid.UUID) -> HttpResponse:
    """Later, or first talk about it: the question stays open."""
    row = actions.share_of(request.opened, share)
    kind = request.POST.get("kind", "")
    if kind not in NoteKind.values:
        raise Refused("Kies ‘Later’ of ‘Ik wil dit eerst bespreken’.")
    actions.note(request.opened, share=row, kind=NoteKind(kind))
    later = f"Dat is goed. U kunt later kiezen. Tot die tijd ziet {row.name} niets."
    talk = f"Uw bedrijfsarts krijgt bericht dat u dit eerst wilt bespreken. Tot die tijd ziet {row.name} niets."
    messages.success(request, later if kind == NoteKind.LATER else talk)
    return HttpResponseRedirect(reverse("overview", args=[number]))
