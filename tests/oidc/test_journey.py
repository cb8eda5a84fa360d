"""One journey in a real browser: from our door to a real provider and back, and linking, past our content security policy."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from bar.accounts.models import Identity
from tests.browsing import Server, hand_over_session
from tests.oidc.conftest import make_place
from tests.oidc.provider import register


@pytest.mark.browser
def test_a_browser_signs_in_and_links(issuer: str, chromium: Browser, server: Server) -> None:
    place = make_place(register(issuer, server.address))
    context = chromium.new_context(base_url=server.address)
    refused: list[str] = []
    context.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    page = context.new_page()
    page.goto("/inloggen/?next=/woorden/")
    page.get_by_role("link", name="Inloggen via uw organisatie").click()
    page.get_by_role("link", name="De Proef").click()
    page.get_by_label("Account").fill("anna")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/woorden/")
    assert Identity.objects.get().last_used_at is not None
    context.close()

    context = chromium.new_context(base_url=server.address)
    hand_over_session(context, place.colleague, server.address)
    page = context.new_page()
    page.goto("/account/inloggen-via-organisatie/")
    page.get_by_role("link", name="Koppelen met De Proef").click()
    page.get_by_role("button", name="Koppelen").click()
    page.get_by_role("link", name="Ga naar De Proef").click()
    page.get_by_label("Account").fill("collega")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("U kunt voortaan ook inloggen via De Proef")).to_be_visible()
    assert Identity.objects.get(person=place.colleague).linked_at <= timezone.now()
    assert refused == []
    context.close()
