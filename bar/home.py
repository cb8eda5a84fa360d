"""Mijn dossiers: every dossier of the signed-in person, grouped by role, what waits first.

Search, order and paging are an ordinary GET form; htmx only fetches the same page while typing. What is in the list: `worklist.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from bar.shared_list import SharedPage, shared_page
from bar.worklist import Entry, Sort, in_order, matching, own_entries
from consent.actions.hand_over import questions_to
from dossiers.door import signed_in
from dossiers.pages import own_page
from dossiers.parts import AUTHORS, EXPERTS, Role

PAGE = 25
MOST_WAITING = 10
SEARCH_FROM = 8  # with fewer dossiers a search box is in the way


class SearchForm(forms.Form):
    """Search and order of the list."""

    zoek = forms.CharField(
        label="Zoek een dossier", help_text="Naam, werkgever of nummer", required=False, max_length=100, widget=forms.TextInput({"type": "search"})
    )
    sorteer = forms.ChoiceField(label="Volgorde", required=False, choices=[(sort.value, sort.label) for sort in Sort])


@dataclass(frozen=True, slots=True)
class Group:
    """The dossiers in which the person has one kind of role, one page of them."""

    key: str
    title: str
    intro: str
    kind: str
    entries: list[Entry]
    total: int
    position: str
    previous_url: str
    next_url: str


_SHARED = "gedeeld"
# Key, roles, title, one sentence on what this is, and which template draws it.
_GROUPS: tuple[tuple[str, frozenset[Role], str, str, str], ...] = (
    ("arts", AUTHORS, "Alle dossiers", "", "author"),
    ("werkgever", frozenset({Role.EMPLOYER}), "Mijn medewerkers", "Wie nu niet of minder werkt door ziekte, en wat u moet doen.", "employer"),
    (_SHARED, EXPERTS, "Met mij gedeeld", "De bedrijfsarts deelt dit met u en de werknemer vindt dat goed.", "expert"),
    ("ik", frozenset({Role.EMPLOYEE}), "Over mij", "Uw eigen dossiers.", "employee"),
)


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The dossiers of the signed-in person. An employee with one dossier goes straight to "Waar sta ik?"."""
    today = timezone.localdate()
    form = SearchForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    query, sort = chosen.get("zoek", ""), Sort(chosen.get("sorteer") or Sort.FIRST)
    entries = own_entries(request.user, today=today)
    shared = shared_page(request.user, today=today, query=query, sort=sort, number=_page_asked(request.GET, _SHARED), size=PAGE)
    total = len(entries) + shared.total
    if total == 1 and entries and entries[0].role is Role.EMPLOYEE:
        return redirect(entries[0].url)
    found = in_order(matching(entries, query), sort)
    groups = list(_groups(found, shared, request.GET))
    waiting = in_order((entry for entry in found if entry.waits and entry.role in AUTHORS), Sort.FIRST)
    values = {
        "form": form if total >= SEARCH_FROM or query else None,
        "count": _count(len(found) + shared.found, total),
        "groups": groups,
        "is_grouped": len(groups) > 1,
        "has_authored": any(entry.role in AUTHORS for entry in entries),
        "waiting": waiting[:MOST_WAITING],
        "more_waiting": len(waiting) - MOST_WAITING if len(waiting) > MOST_WAITING else 0,
        "letters_to_give": sum(len(entry.to_give) for entry in entries),
        "sort": sort,
        "nothing_found": bool(total) and not groups,
        "why_empty": None if total else _why_empty(request.user),
        "may_cover": any(entry.role is Role.PHYSICIAN for entry in entries),
        "is_asked": getattr(request.user, "profession", "") == Role.PHYSICIAN and bool(questions_to(request.user, timezone.now())),
    }
    return own_page(request, "pages/home.html", values, current="home")


def _groups(entries: list[Entry], shared: SharedPage, asked: Mapping[str, str]) -> Iterable[Group]:
    for key, roles, title, intro, kind in _GROUPS:
        if key == _SHARED:
            if shared.entries:
                yield _group(key, title, intro, kind, shared.entries, shared.number, shared.found, asked)
            continue
        mine = [entry for entry in entries if entry.role in roles]
        if mine:
            number = min(_page_asked(asked, key), (len(mine) - 1) // PAGE)
            yield _group(key, title, intro, kind, mine[number * PAGE : number * PAGE + PAGE], number, len(mine), asked)


def _group(  # noqa: PLR0917 - one row of _GROUPS and one page of it
    key: str, title: str, intro: str, kind: str, shown: list[Entry], number: int, total: int, asked: Mapping[str, str]
) -> Group:
    start = number * PAGE

    def address(page: int) -> str:
        return f"{reverse('home')}?{urlencode({**_kept(asked), f'pagina-{key}': str(page)})}#{key}"

    return Group(
        key=key,
        title=title,
        intro=intro,
        kind=kind,
        entries=shown,
        total=total,
        position=f"{start + 1}–{start + len(shown)} van {total}",
        previous_url=address(number - 1) if number > 0 else "",
        next_url=address(number + 1) if start + len(shown) < total else "",
    )


def _page_asked(asked: Mapping[str, str], key: str) -> int:
    return _whole(asked.get(f"pagina-{key}", ""))


def _kept(asked: Mapping[str, str]) -> dict[str, str]:
    """The search and the place in the other lists, kept while leafing through one."""
    names = {"zoek", "sorteer", *(f"pagina-{row[0]}" for row in _GROUPS)}
    return {name: asked[name] for name in asked if name in names}


def _whole(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _count(found: int, total: int) -> str:
    noun = "dossier" if total == 1 else "dossiers"
    return f"{total} {noun}" if found == total else f"{found} van {total} {noun}"


def _why_empty(person: Any) -> tuple[str, str]:
    """Title and reason for who has no dossier."""
    if person.profession in AUTHORS:
        return "U heeft nog geen dossiers", "Open een dossier als iemand ziek is. Dan staat het hier."
    if person.is_administrator:
        return "U heeft geen dossiers", "U beheert mensen en organisaties. Daarbij hoort geen toegang tot dossiers."
    if person.is_superuser:
        return (
            "U heeft geen dossiers",
            "U beheert het systeem. Wie dat doet, ziet geen enkel dossier: alleen wie een plaats in een dossier heeft, kan erin.",
        )
    if person.profession in EXPERTS:
        return "Er is nu niets met u gedeeld", "De bedrijfsarts deelt een dossier met u als de werknemer dat goed vindt. Dan staat het hier."
    return "U heeft nu geen dossiers", "Hier staat een dossier zodra de bedrijfsarts u erbij zet. Klopt dit niet? Bel de arbodienst."
