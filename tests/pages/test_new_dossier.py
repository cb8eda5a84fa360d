"""Opening a dossier on screen."""

import pytest
from django.utils import timezone

from bar.accounts.models import User
from dossiers.models import Dossier, TrailLine
from dossiers.parts import Role
from dossiers.trail import Event
from tests.world import World

FORM = {
    "employee_name": "Ria  Nieuw",
    "employee_email": "ria@thuis.test",
    "birth_date": "1980-04-12",
    "job_title": "Bakker",
    "hours_per_week": "32",
    "contract": "permanent",
    "employer": "Bakkerij Nieuw",
    "contact-0-name": "Bas Baas",
    "contact-0-email": "bas@nieuw.test",
    "contact-0-function": "Eigenaar",
    "first_sick_day": "2026-09-07",
    "recovery-0-from": "2026-10-05",
    "recovery-0-until": "2026-10-12",
}


def post(world: World, who: str, **changes: str) -> tuple[int, str]:
    answer = world.client(who).post("/dossiers/nieuw/", {**FORM, **{name.replace("__", "-"): value for name, value in changes.items()}})
    return answer.status_code, answer.content.decode()


def newest() -> Dossier:
    return Dossier.objects.get(employer__name="Bakkerij Nieuw")


def test_a_physician_opens_a_dossier_with_its_seats_and_trail(bare_world: World) -> None:
    answer = bare_world.client("physician").post("/dossiers/nieuw/", FORM, follow=True)
    assert answer.status_code == 200
    dossier = newest()
    assert f"Het dossier is gemaakt. Het nummer is {dossier.number}." in answer.content.decode()
    assert dossier.employee.name == "Ria Nieuw"
    assert dossier.recoveries.count() == 1
    assert set(dossier.seats.values_list("role", flat=True)) == {Role.EMPLOYEE, Role.EMPLOYER, Role.PHYSICIAN}
    assert TrailLine.objects.filter(dossier_id=dossier.pk, event_code=Event.OPEN_DOSSIER).count() == 1
    assert not dossier.employee.can_sign_in


def test_a_delegate_names_a_physician_of_the_own_arbodienst(bare_world: World) -> None:
    physician = bare_world.people["physician"]
    assert post(bare_world, "delegate")[0] == 422
    stranger = User.objects.create_user(
        "ver@weg.test", name="Ver Weg", profession=Role.PHYSICIAN, organisation=bare_world.people["outsider"].organisation
    )
    status, text = post(bare_world, "delegate", physician=str(stranger.pk))
    assert status == 422
    assert "Kies een bedrijfsarts van uw arbodienst." in text
    assert "Ver Weg" not in text
    assert post(bare_world, "delegate", physician=str(physician.pk))[0] == 302
    assert newest().physician == physician


@pytest.mark.parametrize("who", ["employee", "employer", "labour_expert", "superuser"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_opens_a_dossier(world: World, who: str, method: str) -> None:
    answer = getattr(world.client(who), method)("/dossiers/nieuw/", FORM)
    assert answer.status_code == 403
    assert "Alleen een bedrijfsarts of taakgedelegeerde" in answer.content.decode()
    assert not Dossier.objects.filter(employer__name="Bakkerij Nieuw").exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence", "told_at"),
    [
        ("employee_name", "", "Vul de naam van de werknemer in.", "employee_name"),
        ("employee_name", "a\x00b", "stuurteken", "employee_name"),
        ("employee_email", "geen adres", "Dit is geen e-mailadres.", "employee_email"),
        ("employee_email", "bas@nieuw.test", "Iedereen heeft één rol.", "contact-0-email"),
        ("birth_date", "2025-01-01", "past niet bij iemand die werkt", "birth_date"),
        ("birth_date", "30-2-1980", "Deze datum bestaat niet.", "birth_date"),
        ("first_sick_day", "2099-01-01", "ligt in de toekomst", "first_sick_day"),
        ("hours_per_week", "99", "hooguit 60", "hours_per_week"),
        ("contract", "temporary", "laatste dag van het tijdelijke contract", "contract_end"),
        ("contact-0-email", "", "e-mailadres van de contactpersoon", "contact-0-email"),
        ("contact-1-name", "Nog Iemand", "Vul ook het e-mailadres in.", "contact-1-email"),
        ("recovery-0-from", "2026-09-01", "Kijk de datums na.", "recovery-0-from"),
        ("recovery-0-until", "2026-11-20", "Begin dan een nieuw dossier.", "recovery-0-from"),
        ("recovery-1-until", "2026-11-20", "vanaf welke dag", "recovery-1-from"),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_nothing_is_stored(bare_world: World, field: str, value: str, sentence: str, told_at: str) -> None:
    people = User.objects.count()
    status, text = post(bare_world, "physician", **{field: value})
    assert status == 422
    assert sentence in text
    assert "Bakkerij Nieuw" in text  # nothing typed is lost
    assert f'href="#id_{told_at}"' in text
    assert (User.objects.count(), Dossier.objects.filter(employer__name="Bakkerij Nieuw").exists()) == (people, False)


def test_without_an_address_the_letters_go_on_paper(bare_world: World) -> None:
    assert post(bare_world, "physician", employee_email="")[0] == 302
    assert newest().employee.email is None


def test_a_known_address_is_taken_without_a_word(bare_world: World) -> None:
    known = bare_world.people["outsider"]
    status, text = post(bare_world, "physician", employee_email=str(known.email).upper())
    assert (status, text) == (302, "")
    assert newest().employee == known


def test_the_physician_is_not_the_own_patient(bare_world: World) -> None:
    status, text = post(bare_world, "physician", employee_email=str(bare_world.people["physician"].email))
    assert status == 422
    assert "Iedereen heeft één rol." in text


def test_the_form_of_address_is_asked_only_where_letters_use_it(bare_world: World) -> None:
    client, arbodienst = bare_world.client("physician"), bare_world.people["physician"].organisation
    assert "Hoe noemen brieven" not in client.get("/dossiers/nieuw/").content.decode()
    assert arbodienst is not None
    arbodienst.address_form = "formal"
    arbodienst.save()
    assert "Hoe noemen brieven" in client.get("/dossiers/nieuw/").content.decode()
    assert post(bare_world, "physician", salutation="mevrouw")[0] == 302
    assert newest().salutation == "mevrouw"


def test_a_sick_day_of_today_is_fine(bare_world: World) -> None:
    today = timezone.localdate().isoformat()
    assert post(bare_world, "physician", first_sick_day=today, recovery__0__from="", recovery__0__until="")[0] == 302
