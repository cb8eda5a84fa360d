"""What somebody could try with an invitation (security.md §5 G), and what comes of it: nothing."""

import datetime as dt
import uuid

import pytest
from django.core import mail
from django.core.mail import BadHeaderError
from django.core.signing import Signer
from django.test import Client, override_settings
from django.utils import timezone

from bar.accounts.actions.invitations import invite
from bar.accounts.links import LinkKind, read_token, token_of
from bar.accounts.models import Invitation, InvitationState, User
from dossiers.actions.promises import sweep_by_clock
from dossiers.errors import Refused
from dossiers.mail import send_mail
from dossiers.models import Notice, TrailLine
from dossiers.notices import Reason
from dossiers.trail import Event
from tests.invitations.material import EMPLOYEE, PASSWORD, accept, can_sign_in, invitation_of, link, open_dossier
from tests.pages.test_new_dossier import FORM
from tests.steady import steady
from tests.world import World


def body(client: Client, path: str) -> bytes:
    """A page without the token against forged forms and without the link itself."""
    answer = client.get(path)
    assert answer.status_code == 410
    text = answer.content.decode().replace(path, "LINK")
    return b"".join(line for line in text.encode().splitlines() if b"csrf" not in line)


def test_every_dead_link_gets_the_same_page(bare_world: World) -> None:
    open_dossier(bare_world)
    row, live = invitation_of(), link()
    dead = {
        "made up": "/uitnodiging/abc/",
        "tampered": live[:-3] + ("A/" if live[-3] != "A" else "B/"),
        "another turn": f"/uitnodiging/{token_of(LinkKind.INVITATION, row.pk, row.turn + 1)}/",
        "no such row": f"/uitnodiging/{token_of(LinkKind.INVITATION, uuid.uuid4(), 1)}/",
        "another kind": f"/uitnodiging/{token_of(LinkKind.RESET, row.pk, row.turn)}/",
        "long": f"/uitnodiging/{'a' * 5000}/",
        "not ascii": "/uitnodiging/%C3%A9%00/",
    }
    pages = {name: body(Client(), path) for name, path in dead.items()}
    assert accept(live) == 302
    pages["used"] = body(Client(), live)
    Invitation.objects.filter(pk=row.pk).update(state=InvitationState.WITHDRAWN)
    pages["withdrawn"] = body(Client(), live)
    assert {page.replace(path.encode(), b"LINK") for page, path in zip(pages.values(), [*dead.values(), live, live], strict=True)} == {pages["used"]}


@pytest.mark.parametrize("kind", list(LinkKind))
def test_a_token_is_read_for_its_own_kind_only(kind: LinkKind) -> None:
    pk = uuid.uuid4()
    token = token_of(kind, pk, 3)
    assert read_token(kind, token) == (pk, 3)
    assert [read_token(other, token) for other in LinkKind if other is not kind] == [None] * (len(LinkKind) - 1)
    assert len(token.rpartition(".")[2]) * 6 >= 128, "bits of signature"


def test_no_letter_of_a_token_can_be_changed() -> None:
    token = token_of(LinkKind.INVITATION, uuid.uuid4(), 1)
    for place, letter in enumerate(token[:-1]):  # the last letter of base64 holds bits that mean nothing
        other = "a" if letter != "a" else "b"
        assert read_token(LinkKind.INVITATION, token[:place] + other + token[place + 1 :]) is None
    assert read_token(LinkKind.INVITATION, Signer(sep=".").sign("geen.uuid")) is None


def test_an_older_link_is_dead_after_sending_again(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    older = link()
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(hours=1))
    again = f"/dossier/{dossier.number}/uitnodigingen/{invitation_of().pk}/opnieuw/"
    assert bare_world.client("physician").post(again).status_code == 302
    assert accept(older) == 410, "already before the new mail has left"
    sweep_by_clock(now=timezone.now())
    assert link() != older
    assert accept(link()) == 302


def test_sending_again_twice_sends_once(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(hours=1))
    again = f"/dossier/{dossier.number}/uitnodigingen/{invitation_of().pk}/opnieuw/"
    client, before = bare_world.client("physician"), len(mail.outbox)
    assert [client.post(again).status_code for _ in range(3)] == [302, 409, 409]
    sweep_by_clock(now=timezone.now())
    assert client.post(again).status_code == 409, "a moment later neither"
    assert len(mail.outbox) == before + 1


def test_somebody_else_who_is_signed_in_is_told_so_and_the_inviter_too(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    client = bare_world.client("outsider")
    for answer in (client.get(link()), client.post(link(), {"password": PASSWORD, "password_again": PASSWORD})):
        assert answer.status_code == 403
        text = steady(answer.content.decode())  # 64 random letters hold any three of them now and then
        assert "Deze uitnodiging is voor iemand anders" in text
        assert "Ria" not in text
        assert EMPLOYEE not in text
    assert Notice.objects.filter(person=bare_world.people["physician"], reason=Reason.INVITATION_MISUSED).count() == 1, "once"
    line = TrailLine.objects.get(event_code=Event.MISUSE_INVITATION)
    assert (line.actor_id, line.dossier_id, line.outcome) == (bare_world.people["outsider"].pk, dossier.pk, 2)
    page = bare_world.client("physician").get(f"/dossier/{dossier.number}/uitnodigingen/").content.decode()
    assert "Iemand anders heeft de link geopend" in page
    assert not can_sign_in()
    assert accept(link()) == 302, "nothing is used up"


def test_a_forged_host_changes_no_mail(bare_world: World) -> None:
    client = bare_world.client("physician")
    assert client.post("/dossiers/nieuw/", FORM, HTTP_HOST="kwaad.example", HTTP_X_FORWARDED_HOST="kwaad.example").status_code == 400
    assert client.post("/dossiers/nieuw/", FORM, HTTP_X_FORWARDED_HOST="kwaad.example").status_code == 302
    with override_settings(BASE_URL="https://vast.example"):
        sweep_by_clock(now=timezone.now())
    assert mail.outbox
    assert all("kwaad" not in str(one.message()) and "https://vast.example/uitnodiging/" in one.body for one in mail.outbox)


@pytest.mark.parametrize("address", ["ria@thuis.test\nBcc: kwaad@example.test", "ria@thuis.test\r\nSubject: x"])
def test_d8_an_address_cannot_carry_a_header(bare_world: World, address: str) -> None:
    assert bare_world.client("physician").post("/dossiers/nieuw/", {**FORM, "employee_email": address}).status_code == 422
    assert bare_world.client("physician").post("/dossiers/nieuw/", {**FORM, "employee_email": f"{address}\x00"}).status_code == 422
    with pytest.raises((BadHeaderError, ValueError)):
        send_mail("mail/notice.txt", {"url": "x"}, subject="x", to=address, message_id="<x@y>")
    assert mail.outbox == []


def test_an_address_that_is_somebody_elses_is_told_to_that_mailbox_only(bare_world: World) -> None:
    dossier = open_dossier(bare_world)
    row, known, unknown = invitation_of(), str(bare_world.people["outsider"].email), "niemand@nergens.test"
    where = f"/dossier/{dossier.number}/uitnodigingen/{row.pk}/adres/"
    answers = []
    for address in (unknown, known):
        client = bare_world.client("physician")
        answer = client.post(where, {"email": address}, follow=True)
        text = answer.content.decode()
        answers.append((answer.status_code, address in text, text.split("<main")[1].replace(address, "").split("csrf")[0]))
        sweep_by_clock(now=timezone.now())
    assert answers[0] == answers[1]
    before = User.objects.get(email=known).password
    page = Client().get(link(known))
    assert (page.status_code, "U heeft al een account" in page.content.decode()) == (409, True)
    assert accept(link(known)) == 409
    assert User.objects.get(email=known).password == before
    assert User.objects.get(pk=row.person_id).email is None


def test_nobody_sets_the_address_of_an_account_that_opens_another_dossier(bare_world: World) -> None:
    """Whoever sets the address decides who comes in: a physician of one dossier may not do that for a person of another one."""
    mine = open_dossier(bare_world)
    other = bare_world.client("physician").post("/dossiers/nieuw/", _second()).headers["Location"].split("/")[2]
    sweep_by_clock(now=timezone.now())
    row = invitation_of()
    page = bare_world.client("physician").get(f"/dossier/{other}/uitnodigingen/").content.decode()
    assert f"/uitnodigingen/{row.pk}/adres/" not in page
    where = f"/dossier/{other}/uitnodigingen/{row.pk}/adres/"
    assert bare_world.client("physician").post(where, {"email": "eigen@postbus.test"}).status_code == 409
    with pytest.raises(Refused):
        invite(row.person, "eigen@postbus.test", bare_world.people["physician"], mine)
    assert User.objects.get(pk=row.person_id).email == EMPLOYEE


def _second() -> dict[str, str]:
    return {**FORM, "employer": "Ander Werk", "contact-0-email": "ina@anderwerk.test"}


@pytest.mark.parametrize("who", ["employee", "employer", "labour_expert", "outsider"])
def test_only_authors_see_and_send_invitations(bare_world: World, who: str) -> None:
    number = bare_world.number
    client = bare_world.client(who)
    somebody = Invitation.objects.first()
    assert somebody is None
    assert client.get(f"/dossier/{number}/uitnodigingen/").status_code in {403, 404}
    for place in ("opnieuw", "adres"):
        assert client.post(f"/dossier/{number}/uitnodigingen/{uuid.uuid4()}/{place}/", {"email": "x@y.test"}).status_code in {403, 404}


def test_an_invitation_of_another_dossier_is_not_there(bare_world: World) -> None:
    open_dossier(bare_world)
    row = invitation_of()
    client = bare_world.client("physician")
    for place in ("opnieuw", "adres"):
        assert client.post(f"/dossier/{bare_world.number}/uitnodigingen/{row.pk}/{place}/", {"email": "x@y.test"}).status_code == 404
    assert invitation_of().turn == 1
