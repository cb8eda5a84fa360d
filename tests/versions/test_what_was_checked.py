"""What the physician checked is what is frozen: a form of the check that was opened before something changed is answered with the page as it is."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from consent.access import opening
from dossiers.actions.release import CHANGED
from dossiers.actions.words import switch_view, write_view
from dossiers.door import Touch, write
from dossiers.models import Letter, Status
from dossiers.parts import Act, Part
from tests.filling.material import draft_of
from tests.filling.material import post as save
from tests.versions.material import html, looked, post, status_of, today, url
from tests.world import SECTIONS, World

TICKS = {"discussed": "on", "medical_check": "on"}
UNSEEN = "Wout mag nu alles. Niemand keek dit na."


def by_the_delegate(world: World) -> None:
    """A save of the delegate, while the physician has the check on screen."""
    version = world.version(1)
    data = {**draft_of(version, "advice").content, "message": UNSEEN}
    answer = save(world.client("delegate"), world, version, "advice", data, seen=draft_of(version, "advice").version)
    assert json.loads(answer.content)["saved"], answer.content


def by_the_employee(world: World) -> None:
    """Own words that the employer may read."""
    with opening(world.people["employee"], world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True) as opened:
        write_view(opened, value={**SECTIONS["employee_view"], "needs": UNSEEN})
    with opening(world.people["employee"], world.number, needs=Touch(Part.EMPLOYEE_VIEW, Act.SWITCH), writing=True) as opened:
        switch_view(opened, on=True)


@pytest.mark.parametrize("change", [by_the_delegate, by_the_employee])
def test_what_changed_after_the_check_was_opened_is_not_made_final_unseen(drafted: World, change: Callable[[World], None]) -> None:
    physician = drafted.client("physician")
    before = looked(physician, drafted)
    change(drafted)
    for act, ticks in (("vaststellen", {**TICKS, "discussed_on": today()}), ("aanbieden", {})):
        page = post(physician, url(drafted, f"1/{act}/"), 409, **ticks, **before)
        assert CHANGED in page
        assert f'name="seen" value="{before["seen"]}"' not in page, "the forms now go with what stands there now"
        assert "checked" not in page, "no tick of before counts for what nobody saw"
    assert status_of(drafted, 1) == Status.DRAFT
    assert not Letter.objects.exists()
    assert UNSEEN in html(physician, url(drafted, "1/voorbeeld/employer/"))
    post(physician, url(drafted, "1/vaststellen/"), **TICKS, **looked(physician, drafted), discussed_on=today())
    assert UNSEEN in str(Letter.objects.get().core)


def test_a_form_that_does_not_say_what_was_looked_at_makes_nothing_final(drafted: World) -> None:
    physician = drafted.client("physician")
    for mark in ({}, {"seen": ""}, {"seen": "0" * 64}, {"seen": "é" * 64}):
        post(physician, url(drafted, "1/vaststellen/"), 409, **TICKS, **mark, discussed_on=today())
        post(physician, url(drafted, "1/aanbieden/"), 409, **mark)
    assert status_of(drafted, 1) == Status.DRAFT


def test_an_offered_version_is_made_final_as_it_was_looked_at(offered: World) -> None:
    """Taken back, adapted and offered again in another window: the old page does not count."""
    physician: Client = offered.client("physician")
    before = looked(physician, offered)
    post(physician, url(offered, "1/terugnemen/"))
    by_the_delegate(offered)
    post(physician, url(offered, "1/aanbieden/"), **looked(physician, offered))
    assert CHANGED in post(physician, url(offered, "1/vaststellen/"), 409, **TICKS, **before, discussed_on=today())
    assert status_of(offered, 1) == Status.OFFERED
