"""The own organisation, for its administrator: who works here, adding, changing, stopping. No dossier is ever shown or counted.

Whoever is no administrator gets one sentence; a person of another organisation is a 404, the same as one that does not exist.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from bar.accounts import reset_words, staff
from bar.accounts.actions import organisations as actions
from bar.accounts.actions import people, resets
from bar.accounts.forms.organisations import DetailsForm, EndForm, InviteForm, PersonForm, SearchForm, WorkForm
from bar.accounts.models import AddressForm, Organisation, OrganisationKind, User
from bar.replacement import end_person as end
from consent.gate import origin_of
from consent.sent_once import once
from dossiers.door import signed_in, signed_in_as
from dossiers.errors import Refused
from dossiers.pages import own_page

PAGE = 25
SEARCH_FROM = 8  # with fewer people a search box is in the way
FORM = ["GET", "HEAD", "POST"]
MAY_BE_INVITED = "Als dit adres kan worden uitgenodigd, is er een mail gestuurd."


def person_signed_in(request: HttpRequest) -> User:
    """The person behind a request that came through a signed-in door."""
    assert isinstance(request.user, User)
    return request.user


@signed_in
@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """The own organisation: its data, and the people, a page at a time."""
    own = staff.administered_by(request.user)
    everybody = staff.people_of(own)
    form = SearchForm(request.GET or None)
    text = form.cleaned_data["zoek"] if form.is_valid() else ""
    total = everybody.count()
    found = staff.matching(everybody, text)
    count = found.count() if text else total
    start = min(_whole(request.GET.get("pagina", "")), max(count - 1, 0) // PAGE) * PAGE
    now = timezone.now()
    members = [staff.member(person, own, now=now) for person in found[start : start + PAGE]]

    def address(page: int) -> str:
        return f"{reverse('organisation')}?{urlencode({**({'zoek': text} if text else {}), 'pagina': page})}"

    page = start // PAGE
    values = {
        "organisation": own,
        "details": _details(own),
        "form": form if total >= SEARCH_FROM or text else None,
        "members": [(member, reverse("organisation_person", args=[member.pk])) for member in members],
        "count": f"{count} van {total} mensen" if text else "1 persoon" if total == 1 else f"{total} mensen",
        "position": f"{start + 1}–{start + len(members)} van {count}",
        "previous_url": address(page - 1) if page else "",
        "next_url": address(page + 1) if start + PAGE < count else "",
    }
    return own_page(request, "accounts/organisations/organisation.html", values, current="organisation")


def _whole(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _details(own: Organisation) -> list[tuple[str, str]]:
    rows = [("Adres", own.address), ("Telefoon", own.phone), ("E-mail", own.email)]
    if own.kind == OrganisationKind.ARBODIENST:
        rows.append(("Brieven noemen de werknemer", "bij de voornaam" if own.address_form == AddressForm.FIRST_NAME else "de heer of mevrouw"))
    return [(term, value or "nog niet ingevuld") for term, value in rows]


@signed_in
@require_http_methods(FORM)
def organisation_details(request: HttpRequest) -> HttpResponse:
    """What stands on the letterhead."""
    own = staff.administered_by(request.user)
    form = DetailsForm(request.POST if request.method == "POST" else None, organisation=own)
    if request.method == "POST" and form.is_valid():
        actions.change_details(person_signed_in(request), values=form.values(), origin=origin_of(request))
        messages.success(request, "De gegevens zijn opgeslagen. Nieuwe brieven krijgen deze gegevens.")
        return HttpResponseRedirect(reverse("organisation"))
    return _form_page(request, "details", form, {"organisation": own})


@signed_in_as(fresh=30)
@require_http_methods(FORM)
@once
def add_person(request: HttpRequest) -> HttpResponse:
    """Somebody new, who gets an invitation."""
    own = staff.administered_by(request.user)
    form = PersonForm(request.POST if request.method == "POST" else None, organisation=own)
    if request.method == "POST" and form.is_valid():
        try:
            people.add_person(person_signed_in(request), new=form.new_person(), now=timezone.now(), origin=origin_of(request))
        except Refused as refusal:
            form.add_error("email" if "e-mailadres" in refusal.sentence or "eerder" in refusal.sentence else None, refusal.sentence)
        else:
            messages.success(request, f"{form.cleaned_data['name']} staat in de lijst. {MAY_BE_INVITED}")
            return HttpResponseRedirect(reverse("organisation"))
    return _form_page(request, "add", form, {"organisation": own})


@signed_in
@require_safe
def organisation_person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """One person of the own organisation, and what the administrator can do."""
    own = staff.administered_by(request.user)
    found = staff.person_of(own, person)
    now = timezone.now()
    member = staff.member(found, own, now=now)
    is_self = found.pk == request.user.pk
    values = {
        "member": member,
        "is_self": is_self,
        "rows": _rows(member, found),
        "resets": _resets(request, found, now),
        "may_invite": found.activated_at is None and found.ended_at is None and found.is_active,
        "may_reset": member.is_in_use and not is_self,
    }
    return own_page(request, "accounts/organisations/person.html", values, current="organisation")


@dataclass(frozen=True, slots=True)
class ResetCard:
    """A reset that runs for a person, and where to go."""

    title: str
    text: str
    confirm_url: str
    cancel_url: str


def _resets(request: HttpRequest, person: User, now: datetime.datetime) -> list[ResetCard]:
    return [
        ResetCard(
            title=reset_words.TITLES[one.row.kind],
            text=reset_words.for_another(one.row, now=now),
            confirm_url=reverse("confirm_reset", args=[person.pk, one.row.pk]) if one.may_confirm else "",
            cancel_url=reverse("cancel_reset", args=[person.pk, one.row.pk]),
        )
        for one in resets.waiting_for(person_signed_in(request), person, now=now)
    ]


def _rows(member: staff.Member, person: User) -> list[tuple[str, str]]:
    rows = [("E-mailadres", member.email or "geen"), ("Doet", member.work), ("Beheerder", "ja" if member.is_administrator else "nee")]
    if person.big_number:
        rows.append(("BIG-nummer", person.big_number))
    return [(term, value) for term, value in rows if value]


@signed_in_as(fresh=30)
@require_http_methods(FORM)
def change_work(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """What somebody does here, and whether they administer."""
    own = staff.administered_by(request.user)
    found = staff.person_of(own, person)
    form = WorkForm(request.POST if request.method == "POST" else None, organisation=own, person=found)
    if request.method == "POST" and form.is_valid():
        try:
            people.change_work(
                person_signed_in(request),
                pk=person,
                work=form.chosen_work(),
                is_administrator=form.is_administrator_too,
                big_number=form.big,
                origin=origin_of(request),
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"Opgeslagen wat {found.name} doet. Plaatsen in dossiers die er al waren, blijven zoals ze zijn.")
            still_administers = found.pk != request.user.pk or form.is_administrator_too
            return HttpResponseRedirect(reverse("organisation_person", args=[person]) if still_administers else reverse("home"))
    return _form_page(request, "work", form, {"name": found.name, "back_url": reverse("organisation_person", args=[person])})


@signed_in_as(fresh=30)
@require_http_methods(FORM)
@once
def invite_again(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """A new link to somebody without an account, perhaps at another address."""
    found = staff.person_of(staff.administered_by(request.user), person)
    form = InviteForm(request.POST if request.method == "POST" else None, email=staff.address_of(found))
    back_url = reverse("organisation_person", args=[person])
    if request.method == "POST" and form.is_valid():
        try:
            email = form.cleaned_data["email"]
            people.invite_again(person_signed_in(request), pk=person, email=email, now=timezone.now(), origin=origin_of(request))
        except Refused as refusal:
            form.add_error("email", refusal.sentence)
        else:
            messages.success(request, f"{MAY_BE_INVITED} Een oudere link werkt niet meer.")
            return HttpResponseRedirect(back_url)
    return _form_page(request, "invite", form, {"name": found.name, "back_url": back_url})


@signed_in_as(fresh=30)
@require_http_methods(FORM)
def end_person(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """What happens when somebody stops, who takes over, and stopping."""
    own = staff.administered_by(request.user)
    found = staff.person_of(own, person)
    form = EndForm(request.POST if request.method == "POST" else None, organisation=own, person=found)
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data["successor"]
        try:
            end(
                person_signed_in(request),
                pk=person,
                successor_pk=successor.pk if successor else None,
                now=timezone.now(),
                origin=origin_of(request),
            )
        except Refused as refusal:
            form.add_error("successor", refusal.sentence)
        else:
            messages.success(request, f"{found.name} is gestopt en kan hier niet meer in.")
            return HttpResponseRedirect(reverse("organisation"))
    return _form_page(request, "end", form, {"name": found.name, "back_url": reverse("organisation_person", args=[person])})


@signed_in_as(fresh=30)
@require_http_methods(FORM)
def let_in_again(request: HttpRequest, person: uuid.UUID) -> HttpResponse:
    """Somebody who stopped works here again, without the places in dossiers of before."""
    own = staff.administered_by(request.user)
    found = staff.person_of(own, person)
    form = WorkForm(request.POST if request.method == "POST" else None, organisation=own, person=found)
    if request.method == "POST" and form.is_valid():
        try:
            people.let_in_again(
                person_signed_in(request),
                pk=person,
                work=form.chosen_work(),
                is_administrator=form.is_administrator_too,
                big_number=form.big,
                now=timezone.now(),
                origin=origin_of(request),
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"{found.name} werkt hier weer. Plaatsen in dossiers van vroeger komen niet terug.")
            return HttpResponseRedirect(reverse("organisation_person", args=[person]))
    return _form_page(request, "let_in", form, {"name": found.name, "back_url": reverse("organisation_person", args=[person])})


def _form_page(request: HttpRequest, name: str, form: Any, values: dict[str, Any]) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return own_page(request, f"accounts/organisations/{name}.html", {"form": form, **values}, current="organisation", status=status)
