"""Hostile text in every field of text of every form of every role: nothing of it is an element, an attribute or a template on any page of anybody."""

from collections.abc import Iterator

import lxml.html
import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.attacks.hostile import Seen, fill_in_everything, look_everywhere
from tests.world import VISIT, fill_in, make_world
from tests.worlds import FULL

WRITE = ("employee", "employer", "physician", "labour_expert", *(("delegate", "insurance_physician") if FULL else ()))
READ = (*WRITE, "uwv_labour_expert") if FULL else ("physician", "employee", "employer")


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Seen]:
    """All of it in one dossier with a final version and a draft; rolled back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        world, found = make_world(), Seen()
        fill_in(world, VISIT.replace(month=3))
        for who in WRITE:
            fill_in_everything(world, who, found)
        for who in READ:
            look_everywhere(world, who, found)
        yield found
        transaction.set_rollback(True)


def test_d1_no_field_of_any_form_makes_an_element_or_an_attribute(seen: Seen) -> None:
    """Not htmx's either: what it would act on is an attribute, and there is none."""
    assert len(seen.fields) > (60 if FULL else 25) and seen.taken >= (10 if FULL else 3), (len(seen.fields), seen.taken)
    shown = 0
    for who, where, page in seen.pages:
        shown += "kwaad" in page
        for element in lxml.html.fromstring(page).iter():
            if not isinstance(element.tag, str):
                continue
            assert element.get("src") != "kwaad" and element.get("data-kwaad") is None, (who, where)
            assert element.tag != "script" or "kwaad" not in (element.text or ""), (who, where)
            acting = [name for name in element.attrib if name.startswith(("hx-", "on", "data-hx-")) and "kwaad" in element.get(name, "")]
            assert not acting, (who, where, acting)
    assert shown > 10, "hardly anything of it was shown: the pages prove nothing"


def test_d1_text_of_people_stands_beside_no_script_of_the_page(seen: Seen) -> None:
    """No page has a script, a style or a handler in it, so that the policy of the browser holds without exceptions."""
    for who, where, page in seen.pages:
        for element in lxml.html.fromstring(page).iter("script", "style"):
            assert element.get("src"), (who, where)
            assert not (element.text or "").strip(), (who, where)


def test_d5_braces_and_percent_signs_are_text(seen: Seen) -> None:
    whole = 0
    for who, where, page in seen.pages:
        text = lxml.html.fromstring(page).text_content()
        assert "kwaad() data-kwaad=1>49" not in text, (who, where)
        whole += "{{7*7}}{% now %}%s{0}" in page.replace("&#x27;", "'")
    assert whole > 10
