"""Opening a share on screen: the role, who and what, the look beforehand, and asking. One address, without a script.

Nothing is stored before the physician asks: the look is a step of the same form. What happens stands in `actions.py`.
"""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bar.sharing.actions import open_share
from bar.sharing.forms import SOMEBODY_ELSE, AskedShare, ShareForm
from bar.sharing.preview import overlap_of, preview_of
from consent.models import Moment, Share
from consent.share_story import shares_of
from dossiers.door import DossierRequest, Opened, Touch, door
from dossiers.errors import Refused
from dossiers.pages import dossier_page
from dossiers.parts import Act, Part, Role
from dossiers.rules.dutch import long_date
from dossiers.rules.share_presets import MEANING
from dossiers.trail import Event
from dossiers.views.version_page import PAGE_PARTS

NAMES = {"arbeidsdeskundige": Role.LABOUR_EXPERT, "verzekeringsarts": Role.INSURANCE_PHYSICIAN, "arbeidsdeskundige-uwv": Role.UWV_LABOUR_EXPERT}
ROLE_WORDS = {
    Role.LABOUR_EXPERT: ("Arbeidsdeskundige", "Van een bureau. Kijkt of werk en mogelijkheden bij elkaar passen."),
    Role.INSURANCE_PHYSICIAN: ("Verzekeringsarts van UWV", "Denkt mee als arts, of leest mee voor een oordeel van UWV."),
    Role.UWV_LABOUR_EXPERT: ("Arbeidsdeskundige van UWV", "Beoordeelt de re-integratie."),
}
SHOWN = PAGE_PARTS | set(MEANING)


@door(needs=Touch(Part.SHARING, Act.SHARE), may_show=SHOWN, fresh=5)
@require_http_methods(["GET", "HEAD", "POST"])
def new_share(request: DossierRequest, number: str) -> HttpResponse:
    """Choose the role; fill in the rest; look; ask."""
    opened = request.opened
    after = _share_after(opened, request.GET.get("na", ""))
    role = Role(after.role) if after else NAMES.get(request.POST.get("rol") or request.GET.get("rol", ""))
    if role is None:
        return dossier_page(request, "sharing/role.html", {"roles": _roles(number), "shares_url": reverse("shares", args=[number])}, current="shares")
    if request.method != "POST":
        return _form_page(request, ShareForm(opened=opened, role=role, after=after), role)
    form = ShareForm(request.POST, opened=opened, role=role)
    if not form.is_valid():
        return _form_page(request, form, role)
    asked = form.asked()
    match request.POST.get("step"):
        case "look":
            return _look_page(request, form, asked)
        case "ask":
            return _ask(request, form, asked)
        case _:
            return _form_page(request, form, role)


def _share_after(opened: Opened, pk: str) -> Share | None:
    """The share to ask again for, when there is one with this id that this reader may know of."""
    return next((row for row in shares_of(opened) if str(row.pk) == pk), None)


def _roles(number: str) -> list[dict[str, str]]:
    words = {role: name for name, role in NAMES.items()}
    url = reverse("new_share", args=[number])
    return [
        {"title": title, "text": text, "url": f"{url}?rol={words[role]}", "url_text": f"Kies {title.lower().replace('uwv', 'UWV')}"}
        for role, (title, text) in ROLE_WORDS.items()
    ]


def _form_page(request: DossierRequest, form: ShareForm, role: Role) -> HttpResponse:
    number = request.opened.dossier.number
    new_url = reverse("new_share", args=[number])
    values = {
        "form": form,
        "role_name": next(name for name, one in NAMES.items() if one is role),
        "role_title": ROLE_WORDS[role][0],
        "is_uwv": form.is_uwv,
        "has_earlier": bool(form.earlier),
        "is_somebody_else": form["who"].value() in {None, "", SOMEBODY_ELSE},
        "is_again": bool(form["renews"].value()),
        "process_meaning": MEANING[Part.PROCESS],
        "here": new_url,
        "shares_url": reverse("shares", args=[number]),
    }
    return dossier_page(request, "sharing/new.html", values, current="shares", status=422 if form.errors else 200)


def _look_page(request: DossierRequest, form: ShareForm, asked: AskedShare) -> HttpResponse:
    opened = request.opened
    number = opened.dossier.number
    preview = preview_of(opened, asked)
    opened.trail.note(Event.PREVIEW_SHARE, Part.SHARING, parts=preview.seen)
    plan = asked.plan
    facts = [
        ("Wie", f"{asked.whom.name}, {asked.whom.organisation}" if asked.whom.organisation else asked.whom.name),
        ("Rol", ROLE_WORDS[plan.role][0]),
        *([("Voor", Moment(plan.moment).label)] if plan.moment else []),
        ("Wanneer", f"van {long_date(plan.first_day)} tot en met {long_date(plan.last_day)}"),
        ("Waarom", plan.purpose),
    ]
    values = {
        "name": asked.whom.name,
        "preview": preview,
        "overlap": overlap_of(opened, asked),
        "facts": facts,
        "hidden": [("rol", next(name for name, one in NAMES.items() if one is plan.role)), *form.typed()],
        "here": reverse("new_share", args=[number]),
        "shares_url": reverse("shares", args=[number]),
        "signs_in": opened.dossier.employee.can_sign_in,
    }
    return dossier_page(request, "sharing/look.html", values, current="shares")


def _ask(request: DossierRequest, form: ShareForm, asked: AskedShare) -> HttpResponse:
    opened = request.opened
    try:
        open_share(opened, asked=asked)
    except Refused as refusal:
        form.add_error("email" if asked.whom.person is None else "who", refusal.sentence)
        return _form_page(request, form, asked.plan.role)
    name = asked.whom.name
    if opened.dossier.employee.can_sign_in:
        messages.success(
            request, f"De vraag staat klaar voor de werknemer. {name} ziet niets en krijgt geen bericht zolang de werknemer geen ja zegt."
        )
    else:
        messages.success(request, f"De vraag is opgeslagen. De werknemer heeft geen account: vraag het op papier. {name} ziet nog niets.")
    return HttpResponseRedirect(reverse("shares", args=[opened.dossier.number]))
