"""The people of an organisation by its administrator: seeing, adding, changing, letting in again. And what an administrator never learns."""

import re
import uuid
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bar.accounts.actions import invitations
from bar.accounts.models import Invitation, InvitationState, Organisation, OrganisationKind, User
from bar.openings import organisation
from dossiers.models import Outbox, TrailLine
from dossiers.parts import Role
from dossiers.trail import Event
from tests.organisations.material import PEOPLE, administrator, browser, member, page_of, physician
from tests.steady import steady
from tests.world import CAST, World

NEW = {"name": "Nora Nieuw", "email": "nora@elders.test", "work": "casemanager"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def admin(bare_world: World) -> User:
    return administrator(bare_world, "physician")


@pytest.fixture
def client(admin: User) -> Client:
    return browser(admin)


def test_an_administrator_sees_the_people_of_the_own_organisation_and_nobody_else(bare_world: World, client: Client) -> None:
    text = text_of(client.get("/organisatie/"))
    for who in ("physician", "delegate"):
        assert bare_world.people[who].name in text
    for who in ("employee", "employer", "labour_expert", "outsider", "superuser"):
        assert bare_world.people[who].name not in text
    assert "taakgedelegeerde: praktijkondersteuner (POB)" in text
    assert "Mijn organisatie" in text_of(client.get("/"))


def test_who_stopped_stands_below_everybody_else(bare_world: World, admin: User, client: Client) -> None:
    assert client.post(page_of(bare_world.people["delegate"], "stoppen/")).status_code == 302
    member(admin.organisation, "zz", "Zoe Zonder")
    text = text_of(client.get("/organisatie/"))
    assert text.rindex("Zoe Zonder") < text.rindex("Dirk Delegaat")


def test_an_administrator_never_reads_of_a_dossier(bare_world: World, client: Client) -> None:
    physician_page = page_of(bare_world.people["physician"])
    for where in ("/organisatie/", physician_page, f"{physician_page}stoppen/", f"{physician_page}werk/", "/"):
        text = text_of(client.get(where))
        assert bare_world.number not in text
        assert bare_world.people["employee"].name not in text
    assert client.get(f"/dossier/{bare_world.number}/").status_code == 404


def test_who_is_no_administrator_gets_one_sentence_everywhere(bare_world: World) -> None:
    for who in CAST:
        if who != "nobody":
            _gets_one_sentence(bare_world, who)


def _gets_one_sentence(bare_world: World, who: str) -> None:
    client = bare_world.client(who)
    somebody = bare_world.people["delegate"]
    for where in (
        "/organisatie/",
        "/organisatie/gegevens/",
        f"{PEOPLE}nieuw/",
        page_of(somebody),
        page_of(somebody, "stoppen/"),
        page_of(uuid.uuid4()),
    ):
        for answer in (client.get(where), client.post(where, NEW)):
            assert answer.status_code == (405 if answer.status_code == 405 else 403)
            if answer.status_code == 403:
                assert "Vraag uw beheerder" in text_of(answer)
                assert somebody.name not in text_of(answer)
    assert "Mijn organisatie" not in text_of(client.get("/woorden/"))


def test_a_person_of_another_organisation_is_nobody(bare_world: World, client: Client) -> None:
    before = User.objects.order_by("pk").values_list("pk", "profession", "is_active", "ended_at", "is_administrator")
    seen = list(before)
    for what, method in product(("", "werk/", "uitnodigen/", "stoppen/", "weer-toelaten/", "herstel/"), ("get", "post")):
        other = getattr(client, method)(page_of(bare_world.people["outsider"], what), {"work": "beheer", "kind": "factor"})
        nobody = getattr(client, method)(page_of(uuid.uuid4(), what), {"work": "beheer", "kind": "factor"})
        assert other.status_code == nobody.status_code in {404, 405}
        assert other.content == nobody.content
    assert list(before.all()) == seen


def test_somebody_new_is_added_and_invited(bare_world: World, admin: User, client: Client) -> None:
    answer = client.post(f"{PEOPLE}nieuw/", NEW, follow=True)
    assert "Als dit adres kan worden uitgenodigd, is er een mail gestuurd." in text_of(answer)
    new = User.objects.get(email="nora@elders.test")
    assert (new.organisation, new.profession, new.delegate_kind, new.can_sign_in) == (admin.organisation, Role.DELEGATE, "case_manager", False)
    invitation = Invitation.objects.get(person=new)
    assert (invitation.email, invitation.made_by) == ("nora@elders.test", admin)
    assert Outbox.objects.filter(object_id=invitation.pk).exists(), "the mail is promised"
    assert TrailLine.objects.filter(event_code=Event.MANAGE_PEOPLE, actor_id=admin.pk, subject_id=new.pk).exists()


def test_an_address_known_elsewhere_reads_the_same_and_changes_nothing_there(bare_world: World, client: Client) -> None:
    outsider = bare_world.people["outsider"]
    before = User.objects.filter(pk=outsider.pk).values().get()
    pages = []
    for email in ("outsider@proef.test", "onbekend@proef.test"):
        answer = client.post(f"{PEOPLE}nieuw/", {**NEW, "email": email}, follow=True)
        listed = client.get("/organisatie/")
        row = User.objects.get(name="Nora Nieuw")
        own = client.get(page_of(row))
        pages.append([steady(text_of(page)).replace(email, "ADRES").replace(str(row.pk), "PK") for page in (answer, listed, own)])
        assert list(Invitation.objects.filter(person=row).values_list("email", "state")) == [(email, InvitationState.WAITING)]
        Invitation.objects.filter(person=row).delete()
        row.delete()
    assert pages[0] == pages[1]
    assert "uitgenodigd" in pages[0][1]
    assert User.objects.filter(pk=outsider.pk).values().get() == before


def test_somebody_who_is_listed_is_not_added_twice(bare_world: World, client: Client) -> None:
    for email in ("delegate@proef.test", "DELEGATE@proef.test"):
        answer = client.post(f"{PEOPLE}nieuw/", {**NEW, "email": email})
        assert answer.status_code == 422
        assert "staat al in de lijst" in text_of(answer)
        assert "Nora Nieuw" in text_of(answer), "nothing typed is lost"
    client.post(f"{PEOPLE}nieuw/", {**NEW, "email": "outsider@proef.test"})
    assert client.post(f"{PEOPLE}nieuw/", {**NEW, "email": "outsider@proef.test"}).status_code == 422


MISTAKES: list[tuple[dict[str, str], str]] = [
    ({"name": ""}, "Vul de naam in."),
    ({"email": "geen adres"}, "Dit is geen e-mailadres."),
    ({"email": ""}, "Vul het e-mailadres in."),
    ({"work": ""}, "Kies wat deze persoon doet."),
    ({"work": "arbeidsdeskundige"}, "Dit antwoord bestaat niet."),
    ({"work": "bedrijfsarts"}, "Vul het BIG-nummer"),
    ({"work": "bedrijfsarts", "big_number": "1234567890"}, "11 cijfers"),
    ({"work": "bedrijfsarts", "big_number": "1234567890٣"}, "11 cijfers"),
    ({"work": "beheer"}, "maak deze persoon beheerder"),
    ({"name": "Nul\x00Nul"}, "stuurteken"),
    ({"email": "a\x00@b.nl"}, "stuurteken"),
]


def test_what_is_typed_wrong_is_said_beside_it(bare_world: World, client: Client) -> None:
    people = User.objects.count()
    for typed, sentence in MISTAKES:
        answer = client.post(f"{PEOPLE}nieuw/", {**NEW, **typed})
        assert answer.status_code == 422, typed
        assert sentence in text_of(answer), typed
    assert User.objects.count() == people


@pytest.mark.parametrize(
    ("kind", "works"),
    [
        (OrganisationKind.ARBODIENST, {"bedrijfsarts", "pob", "casemanager", "arboarts", "aios", "beheer"}),
        (OrganisationKind.EMPLOYER, set()),
        (OrganisationKind.ADVICE, {"arbeidsdeskundige", "beheer"}),
        (OrganisationKind.UWV, {"verzekeringsarts", "arbeidsdeskundige-uwv", "beheer"}),
    ],
)
def test_each_kind_of_organisation_has_its_own_work(db: None, kind: OrganisationKind, works: set[str]) -> None:
    own = organisation(f"Proef {kind}", kind)
    client = browser(member(own, "baas", "Bas Baas", is_administrator=True))
    text = text_of(client.get(f"{PEOPLE}nieuw/"))
    assert set(re.findall(r'name="work" value="([^"]+)"', text)) == works
    assert ("BIG-nummer" in text) is (kind is OrganisationKind.ARBODIENST)


def test_the_last_administrator_stays_one(bare_world: World, admin: User, client: Client) -> None:
    invited = member(admin.organisation, "straks", "Sam Straks", is_administrator=True)
    User.objects.filter(pk=invited.pk).update(activated_at=None)
    for what, typed in (("werk/", {"work": "pob"}), ("stoppen/", {})):
        answer = client.post(page_of(admin, what), typed)
        assert answer.status_code == 422
        assert "laatste beheerder" in text_of(answer)
    User.objects.filter(pk=invited.pk).update(activated_at=admin.activated_at)
    assert client.post(page_of(admin, "werk/"), {"work": "pob"}).status_code == 302
    assert client.get("/organisatie/").status_code == 403, "it counts at the next request"


def test_a_responsible_physician_stays_one_until_somebody_took_over(bare_world: World, client: Client) -> None:
    busy = bare_world.people["physician"]
    answer = client.post(page_of(busy, "werk/"), {"work": "arboarts"})
    assert answer.status_code == 422
    assert "nog verantwoordelijk" in text_of(answer)
    free = physician(bare_world)
    assert client.post(page_of(free, "werk/"), {"work": "arboarts"}).status_code == 302
    free.refresh_from_db()
    assert (free.profession, free.delegate_kind, free.big_number) == (Role.DELEGATE, "arboarts", "19012345678")


def test_another_profession_changes_no_seat(bare_world: World, client: Client) -> None:
    delegate = bare_world.people["delegate"]
    seats = list(delegate.seats.order_by("pk").values())
    assert client.post(page_of(delegate, "werk/"), {"work": "aios"}).status_code == 302
    assert list(delegate.seats.order_by("pk").values()) == seats


def test_long_lists_have_pages_and_a_search_with_the_same_number_of_queries(bare_world: World, admin: User, client: Client) -> None:
    def count(where: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(where).status_code == 200
        return len(queries)

    count("/organisatie/")  # the first visit of a session writes more
    few = count("/organisatie/")
    for place in range(60):
        member(admin.organisation, f"veel{place}", f"Veel Volk {place:02}")
    assert count("/organisatie/") == few
    text = text_of(client.get("/organisatie/?pagina=2"))
    assert "51–63 van 63" in text
    found = text_of(client.get("/organisatie/?zoek=volk+07"))
    assert "1 van 63 mensen" in found
    assert "Veel Volk 07" in found
    for strange in ("?pagina=-1", "?pagina=99999999999", "?zoek=%00", "?zoek=%25", "?pagina=٣"):
        assert client.get(f"/organisatie/{strange}").status_code == 200


def test_the_letterhead_is_changed_by_the_administrator(bare_world: World, admin: User, client: Client) -> None:
    typed = {"address": "Dorpsstraat 1\n1234 AB Dorp", "phone": "010-1234567", "email": "info@proef.test", "address_form": "formal"}
    assert client.post("/organisatie/gegevens/", typed).status_code == 302
    own = Organisation.objects.get(people=admin)
    assert (own.address, own.phone, own.email, own.address_form) == ("Dorpsstraat 1\n1234 AB Dorp", "010-1234567", "info@proef.test", "formal")
    for wrong in ({"phone": "x" * 41}, {"email": "nee"}, {"address": "x" * 401}, {"address_form": "anders"}, {"address": "a\x00b"}):
        assert client.post("/organisatie/gegevens/", {**typed, **wrong}).status_code == 422


def test_only_an_arbodienst_chooses_how_letters_name_the_employee(bare_world: World) -> None:
    client = browser(administrator(bare_world, "employer"))
    assert "Hoe noemen brieven" not in text_of(client.get("/organisatie/gegevens/"))
    assert client.post("/organisatie/gegevens/", {"address_form": "formal"}).status_code == 302
    assert Organisation.objects.get(people=bare_world.people["employer"]).address_form == "first_name"


def test_an_old_link_stops_working_when_somebody_is_invited_again(bare_world: World, admin: User, client: Client) -> None:
    client.post(f"{PEOPLE}nieuw/", NEW)
    new = User.objects.get(email="nora@elders.test")
    again = {"email": "nora@elders.test"}
    assert client.post(page_of(new, "uitnodigen/"), again).status_code == 422, "not so soon"
    Invitation.objects.filter(person=new).update(made_at=timezone.now() - invitations.NOT_AGAIN_WITHIN)
    assert client.post(page_of(new, "uitnodigen/"), again).status_code == 302
    still_open = [row for row in Invitation.objects.filter(person=new) if row.is_open]
    assert [row.turn for row in still_open] == [2]
    assert client.post(page_of(admin, "uitnodigen/"), again).status_code == 422, "who has an account is not invited"


def test_an_address_that_did_not_work_is_corrected_and_tells_nothing(bare_world: World, client: Client) -> None:
    client.post(f"{PEOPLE}nieuw/", NEW)
    new = User.objects.get(email="nora@elders.test")
    assert "nora@elders.test" in text_of(client.get(page_of(new, "uitnodigen/")))
    pages = []
    for email in ("beter@elders.test", "outsider@proef.test"):
        answer = client.post(page_of(new, "uitnodigen/"), {"email": email}, follow=True)
        pages.append(steady(text_of(answer)).replace(email, "ADRES"))
        assert [row.email for row in Invitation.objects.filter(person=new) if row.is_open] == [email]
    assert pages[0] == pages[1]
    new.refresh_from_db()
    assert new.email is None, "the address of somebody else is not taken"
    assert User.objects.get(email="outsider@proef.test") == bare_world.people["outsider"]
    assert client.post(page_of(new, "uitnodigen/"), {"email": "delegate@proef.test"}).status_code == 422
    assert client.post(page_of(new, "uitnodigen/"), {"email": "a\x00@b.nl"}).status_code == 422


def test_an_administrator_opens_no_dossier_by_changing_an_address(bare_world: World, client: Client) -> None:
    delegate = bare_world.people["delegate"]
    User.objects.filter(pk=delegate.pk).update(activated_at=None)
    answer = client.post(page_of(delegate, "uitnodigen/"), {"email": "van-mij@elders.test"})
    assert answer.status_code == 422
    assert "niet meer veranderen" in text_of(answer)
    assert not Invitation.objects.filter(person=delegate).exists()
    assert client.post(page_of(delegate, "uitnodigen/"), {"email": "delegate@proef.test"}).status_code == 302, "the own address is fine"
