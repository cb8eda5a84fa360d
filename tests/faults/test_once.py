"""F3: a double click, "back" and send again, a browser that repeats a request: one record, one PDF, one mail, at every door that makes something.

Forms are sent as a browser sends them: with the token of the page they stand on. The same content from a page that was opened anew is a new act.
"""

import datetime as dt
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from bar.accounts.models import Invitation, Kept, User
from consent.models import Share
from dossiers.models import AbsenceProposal, Assessment, Correction, DocumentRequest, Dossier, Letter, LetterCopy, Notice, Outbox, Post, Thread
from tests.consultation.material import question
from tests.pages.test_new_dossier import FORM as NEW_DOSSIER
from tests.sharing.material import form_of
from tests.versions.material import day_sections, looked
from tests.world import VISIT, World, fill_in, let_in, make_world, offer

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
Values = Mapping[str, Any]
MADE: list[type[Model]] = [Dossier, User, Invitation, Share, Thread, Post, DocumentRequest, Correction, Assessment, AbsenceProposal]
TOLD: list[type[Model]] = [Letter, LetterCopy, Notice, Outbox]


def browser(world: World, who: str) -> Client:
    """A browser that is asked for its token."""
    client = Client(enforce_csrf_checks=True)
    let_in(client, world.people[who])
    return client


def token_of(client: Client, page: str) -> str:
    answer = client.get(page)
    found = TOKEN.search(answer.content.decode())
    assert found, (page, answer.status_code)
    return found[1]


def counts() -> dict[str, int]:
    """How many there are of everything that a door can make or promise."""
    return {model.__name__: model._base_manager.count() for model in [*MADE, *TOLD]}


def in_dossier(world: World, rest: str) -> str:
    return f"/dossier/{world.number}/{rest}"


def _new_dossier(world: World) -> tuple[str, str, str, Values]:
    return "physician", "/dossiers/nieuw/", "/dossiers/nieuw/", NEW_DOSSIER


def _question(world: World) -> tuple[str, str, str, Values]:
    values = question(world)
    return "physician", in_dossier(world, f"overleg/nieuw/?onderwerp={values['onderwerp']}"), in_dossier(world, "overleg/nieuw/"), values


def _post(world: World) -> tuple[str, str, str, Values]:
    client = world.client("physician")
    assert client.post(in_dossier(world, "overleg/nieuw/"), question(world)).status_code == 302
    page = in_dossier(world, f"overleg/{Thread.objects.get(dossier=world.dossier).number}/")
    return "labour_expert", page, f"{page}schrijven/", {"text": "Ja, tot tien kilo."}


def _request(world: World) -> tuple[str, str, str, Values]:
    where = in_dossier(world, f"dit-klopt-niet/version/{world.version(1).pk}/")
    return "employee", where, where, {"text": "De datum klopt niet."}


def _share(world: World) -> tuple[str, str, str, Values]:
    where = in_dossier(world, "delen/nieuw/")
    return "physician", f"{where}?rol=arbeidsdeskundige", where, form_of()


def _version(world: World) -> tuple[str, str, str, Values]:
    return "physician", in_dossier(world, "bar/"), in_dossier(world, "bar/nieuw/"), {"date": timezone.localdate(), "contact": "consultation"}


def _offer(world: World) -> tuple[str, str, str, Values]:
    fill_in(world, timezone.localdate(), sections=day_sections())
    return "physician", in_dossier(world, "bar/2/controle/"), in_dossier(world, "bar/2/aanbieden/"), looked(world.client("physician"), world, 2)


def _finalise(world: World) -> tuple[str, str, str, Values]:
    fill_in(world, timezone.localdate(), sections=day_sections())
    ticks = {"medical_check": "on", "discussed": "on", "discussed_on": timezone.localdate(), **looked(world.client("physician"), world, 2)}
    return "physician", in_dossier(world, "bar/2/controle/"), in_dossier(world, "bar/2/vaststellen/"), ticks


def _correction(world: World) -> tuple[str, str, str, Values]:
    fill_in(world, VISIT + dt.timedelta(days=20))
    offer(world, VISIT + dt.timedelta(days=20))
    return "employee", in_dossier(world, "bar/2/"), in_dossier(world, "bar/2/correctie/"), {"section": "areas", "areas-text": "Ik kan meer tillen."}


def _invitation(world: World) -> tuple[str, str, str, Values]:
    assert world.client("physician").post("/dossiers/nieuw/", NEW_DOSSIER).status_code == 302
    dossier = Dossier.objects.get(employer__name=NEW_DOSSIER["employer"])
    found = Invitation.objects.get(person=dossier.employee)
    Invitation.objects.update(state="sent")
    Outbox.objects.update(done_at=timezone.now())
    page = f"/dossier/{dossier.number}/uitnodigingen/"
    return "physician", page, f"{page}{found.pk}/opnieuw/", {}


DOORS: Mapping[str, Callable[[World], tuple[str, str, str, Values]]] = {
    "opening a dossier": _new_dossier,
    "asking a question": _question,
    "answering one": _post,
    "saying that something is not right": _request,
    "asking to share": _share,
    "beginning a version": _version,
    "offering it": _offer,
    "making it final": _finalise,
    "asking for a correction": _correction,
    "inviting once more": _invitation,
}


@pytest.mark.parametrize("name", DOORS)
def test_f3_a_form_that_is_sent_twice_has_one_effect(world: World, name: str) -> None:
    who, page, door, values = DOORS[name](world)
    client = browser(world, who)
    sent = {**values, "csrfmiddlewaretoken": token_of(client, page)}
    before = counts()
    first = client.post(door, sent)
    assert first.status_code == 302, first.content.decode()[-2000:]
    after = counts()
    assert after != before, "this door makes or promises something"
    for _ in range(2):
        again = client.post(door, sent)
        assert (again.status_code, again.headers["Location"]) == (302, first.headers["Location"])
    assert counts() == after


def test_f3_another_text_from_the_same_page_and_the_same_text_from_a_new_page_are_new_acts(world: World) -> None:
    who, page, door, _ = _post(world)
    client = browser(world, who)
    token = token_of(client, page)
    for text, used in (("Eerste.", token), ("Tweede.", token), ("Tweede.", token_of(client, page))):
        assert client.post(door, {"text": text, "csrfmiddlewaretoken": used}).status_code == 302
    assert Post.objects.filter(by=world.people[who]).count() == 3


def test_f3_a_form_that_was_not_right_can_be_sent_again_and_another_persons_is_another(world: World) -> None:
    who, page, door, _ = _post(world)
    client = browser(world, who)
    token = token_of(client, page)
    for _ in range(2):
        assert client.post(door, {"text": "", "csrfmiddlewaretoken": token}).status_code == 422
    assert not Kept.objects.filter(key__contains="sent:").exists()


def test_f3_what_is_kept_of_a_form_is_no_text(world: World) -> None:
    who, page, door, values = _post(world)
    client = browser(world, who)
    client.post(door, {**values, "csrfmiddlewaretoken": token_of(client, page)})
    (kept,) = Kept.objects.filter(key__contains="sent:")
    assert re.fullmatch(r":1:sent:[0-9a-f]{64}", kept.key)
    assert kept.value.startswith(page)


@pytest.mark.django_db(transaction=True)
def test_f3_a_double_click_at_the_same_moment_has_one_effect() -> None:
    world = make_world()
    who, page, door, values = _post(world)
    client = browser(world, who)
    token = token_of(client, page)
    clients = [client, Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)]
    for other in clients[1:]:
        other.cookies = client.cookies
    before, together, answers = counts(), threading.Barrier(len(clients), timeout=10), []

    def click(one: Client) -> None:
        try:
            together.wait()
            answers.append(one.post(door, {**values, "csrfmiddlewaretoken": token}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[one]) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [302, 302, 302]
    after = counts()
    assert after["Post"] == before["Post"] + 1
    assert after["Notice"] == before["Notice"] + 1
