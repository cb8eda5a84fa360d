"""Forms as a browser finds them, filled in with hostile text, and what is on every page afterwards. No checks in here."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import lxml.html
from django.db import transaction
from django.test import Client

from dossiers.parts import Role
from tests.access.test_matrix import INSIDE, address
from tests.access.test_table import EXPECTED
from tests.world import SEATED, World
from tests.worlds import FULL

# Closes what a template may have opened, and would do something as an element, an attribute, a script or a template.
HOSTILE = (
    "x'\"></textarea></title></script><script>kwaad()</script><img src=kwaad onerror=kwaad()>"
    "<b hx-get=/kwaad hx-on:click=kwaad() data-kwaad=1>{{7*7}}{% now %}%s{0}"
)
OUTSIDE = ("/", "/account/", "/account/naam/", "/dossiers/nieuw/", "/organisatie/", "/vragen/", "/apparaten/")


@dataclass(frozen=True)
class Filled:
    """One form, with the fields a person types text in, and all other fields as the page gives them."""

    action: str
    texts: tuple[str, ...]
    rest: tuple[tuple[str, str], ...]

    def values(self, text: str) -> dict[str, str]:
        """Everything that is sent, with the same text in every field of text."""
        return dict(self.rest) | dict.fromkeys(self.texts, text)


@dataclass
class Seen:
    """Every page that was answered while hostile text went in, and when it was in: who, where, what."""

    pages: list[tuple[str, str, str]] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    taken: int = 0  # forms that were accepted


def forms_in(page: str, where: str) -> Iterator[Filled]:
    """The forms of a page that are sent by POST and ask for text."""
    for form in lxml.html.fromstring(page).forms:
        if (form.get("method") or "").lower() != "post" or "uitloggen" in (form.get("action") or ""):
            continue
        texts, rest = [], []
        for name, value in form.fields.items():
            if name == "csrfmiddlewaretoken":
                continue
            inputs = form.inputs[name]
            typed = getattr(inputs, "tag", "") == "textarea" or getattr(inputs, "type", "") in {"text", "search", None}
            if typed and not (hasattr(inputs, "get") and inputs.get("inputmode")):
                texts.append(name)
            else:
                rest.append((name, value or ""))
        if texts:
            yield Filled(form.get("action") or where, tuple(texts), tuple(rest))


def addresses(world: World, who: str) -> list[str]:
    """Every page of a dossier that may be open, and those outside one. Outside BAR_FULL half of them, another half for each other person."""
    inside = [(name, route) for name, route, marker in INSIDE if marker.needs and (Role(who), marker.needs) in EXPECTED]
    every = [*OUTSIDE, *(address(name, route, world.number) for name, route in inside)]
    return every if FULL else [where for place, where in enumerate(every) if (place + SEATED.index(who)) % 2]


def ask(client: Client, where: str) -> str | None:
    """The page, if it is one and opens."""
    answer = client.get(where)
    is_page = answer.status_code == 200 and "html" in answer.headers["Content-Type"]
    return answer.content.decode() if is_page else None


def fill_in_everything(world: World, who: str, seen: Seen) -> None:
    """Send every form this person meets, hostile in each field of text; keep every answer."""
    client = world.client(who)
    done = set()
    for where in addresses(world, who):
        page = ask(client, where)
        for form in forms_in(page, where) if page else ():
            if (form.action, form.texts) in done:
                continue
            done.add((form.action, form.texts))
            seen.fields |= {f"{who} {form.action} {name}" for name in form.texts}
            with transaction.atomic():
                answer = client.post(form.action, form.values(HOSTILE))
            assert answer.status_code < 500, (who, form.action)
            seen.taken += answer.status_code < 400
            if "html" in answer.headers.get("Content-Type", "") and answer.content:
                seen.pages.append((who, f"POST {form.action}", answer.content.decode()))


def look_everywhere(world: World, who: str, seen: Seen) -> None:
    """Every page this person can open now."""
    client = world.client(who)
    for where in addresses(world, who):
        page = ask(client, where)
        if page is not None:
            seen.pages.append((who, where, page))
