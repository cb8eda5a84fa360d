"""`make screenshots`: a picture of every page for every role, in light and dark, wide and narrow, of the invented people of the demo.

For eyes, not a test: nothing is compared here. It runs inside `python -m bar.local` with a folder of its own, and makes the README's pictures.
"""

import sys
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import django
from playwright.sync_api import Browser, BrowserContext, ViewportSize

if TYPE_CHECKING:  # Django is set up first
    from tests.browser.addresses import Address

WIDTHS = (1280, 360)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHT = 900

# Who is looked through, and in which dossiers, in this order; a page already seen in an earlier dossier is not made again.
PEOPLE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "bedrijfsarts": ("h.brouwer@arbodienst.test", ("magazijn-a", "demo-monteur", "demo-kok", "demo-planner", "demo-gastvrij")),
    "taakgedelegeerde": ("y.schipper@arbodienst.test", ("magazijn-a", "demo-kok", "demo-planner")),
    "werknemer": ("joost.verkerk@voorbeeld.test", ("magazijn-a",)),
    "werknemer-leest-mee": ("fatima.aksoy@voorbeeld.test", ("demo-kok",)),
    "werkgever": ("marleen.dijkhuis@pakketpunt.test", ("magazijn-a", "demo-planner")),
    "arbeidsdeskundige": ("r.elamrani@adviesbureau.test", ("magazijn-a", "docent-a")),
    "verzekeringsarts": ("e.dewit@uwv.test", ("docent-a",)),
    "uwv-arbeidsdeskundige": ("w.postma@uwv.test", ("docent-a",)),
    "superuser": ("superuser@voorbeeld.test", ("magazijn-a",)),
    "niemand": ("", ()),
}
# Pages as the README shows them: role, page, what stands on top of the picture, its height.
README = {
    "worklist": ("bedrijfsarts", "home", "body", 860),
    "filling-in": ("bedrijfsarts", "fill_in_section-draft-areas", "#item-d415", 860),
    "letter": ("werknemer", "letter-final", ".letter-screen", 1000),
}


def main() -> int:
    """Fill the demo, walk through it, say where the pictures are."""
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from dossiers.acting import COMMAND, this_process_is
    from dossiers.actions.promises import sweep_by_clock
    from tests.browsing import Server, running_chromium

    this_process_is(COMMAND)
    call_command("demo", "--prepare")
    sweep_by_clock(now=timezone.now())
    folder = settings.VAR.parent
    server = Server({})
    server.start()
    try:
        with running_chromium() as chromium:
            for role in sys.argv[1:] or PEOPLE:
                visits = _visits(chromium, server.address, role)
                _make(chromium, server.address, role, visits, folder)
                print(f"{role}: {len(visits)} pages")
            _for_readme(chromium, server.address, settings.BASE_DIR / "docs" / "screenshots")
    finally:
        server.stop()
    print(folder)
    return 0


def _visits(chromium: Browser, address: str, role: str) -> "list[Address]":
    """Every page that this person gets to see."""
    from dossiers.models import Dossier
    from tests.browser import addresses

    dossiers = [Dossier.objects.get(case_key=key) for key in PEOPLE[role][1]]
    with chromium.new_context(base_url=address) as context:
        _sign_in(context, role, address)
        return list(addresses.pages(context, dossiers, is_due=lambda _: True, each=True))


def _make(chromium: Browser, address: str, role: str, visits: "list[Address]", folder: Path) -> None:
    """The pictures: <role>/<page>-<width>-<scheme>.png."""
    (folder / role).mkdir(parents=True, exist_ok=True)
    for width, scheme in product(WIDTHS, SCHEMES):
        with _window(chromium, address, width, scheme) as context:
            _sign_in(context, role, address)
            page = context.new_page()
            for visit in visits:
                page.goto(visit.path)
                page.screenshot(path=folder / role / f"{visit.name}-{width}-{scheme}.png", full_page=True)


def _for_readme(chromium: Browser, address: str, folder: Path) -> None:
    """The few pictures that the README shows: one screen of a page, wide and light."""
    folder.mkdir(exist_ok=True)
    for name, (role, wanted, top, height) in README.items():
        visit = next(one for one in _visits(chromium, address, role) if one.name == wanted)
        with _window(chromium, address, WIDTHS[0], "light", height) as context:
            _sign_in(context, role, address)
            page = context.new_page()
            page.goto(visit.path)
            page.locator(top).evaluate("element => element.scrollIntoView()")
            page.screenshot(path=folder / f"{name}.png")


def _window(chromium: Browser, address: str, width: int, scheme: Literal["light", "dark"], height: int = HEIGHT) -> BrowserContext:
    size: ViewportSize = {"width": width, "height": height}
    return chromium.new_context(base_url=address, viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="nl-NL")


def _sign_in(context: BrowserContext, role: str, address: str) -> None:
    from bar.accounts.models import User
    from tests.browsing import hand_over_session

    email, _ = PEOPLE[role]
    if email:
        hand_over_session(context, User.objects.get(email=email), address)


if __name__ == "__main__":
    sys.exit(main())
