"""Nobody treats the own dossier, and nobody sits on two chairs in one: refused when it is opened, on screen and in the act itself."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from bar.openings import NewDossier, Person, open_dossier
from dossiers.actions.process import Employment
from dossiers.errors import Refused
from dossiers.models import Dossier
from tests.world import FIRST_DAY, World

PLAN = NewDossier(
    employee=Person("Nieuw Iemand", "nieuw@proef.test"),
    birth_date=dt.date(1980, 5, 1),
    employers=(Person("Gerda Gever", "employer@proef.test"),),
    employer_organisation="Werkgever De Proef",
    employment=Employment("Bakker", Decimal(32), "permanent", None),
    first_sick_day=FIRST_DAY,
)


@pytest.mark.parametrize("who", ["physician", "delegate", "employer"])
def test_nobody_on_the_other_side_of_the_table_is_the_employee(bare_world: World, who: str) -> None:
    """The delegate opens; the employee is, by address, somebody who would hold a second seat."""
    people, before = bare_world.people, Dossier.objects.count()
    by, physician = people["delegate"], people["physician"]
    own = replace(PLAN, employee=Person("Onder Andere Naam", str(people[who].email).upper()))
    with pytest.raises(Refused, match="twee keer in dit dossier"):
        open_dossier(by, plan=own, physician=physician, delegate=by, today=FIRST_DAY + dt.timedelta(days=8))
    assert Dossier.objects.count() == before
    assert open_dossier(by, plan=PLAN, physician=physician, delegate=by, today=FIRST_DAY + dt.timedelta(days=8)).physician == physician


def test_on_screen_an_own_dossier_is_refused_with_a_sentence_and_what_was_typed(bare_world: World) -> None:
    before = Dossier.objects.count()
    answer = bare_world.client("physician").post(
        "/dossiers/nieuw/",
        {
            "employee_name": "Onder Andere Naam",
            "employee_email": str(bare_world.people["physician"].email),
            "birth_date": "1980-05-01",
            "employer": "Werkgever De Proef",
            "first_sick_day": FIRST_DAY.isoformat(),
            "job_title": "Bedrijfsarts",
            "hours_per_week": "36",
            "contract": "permanent",
            "contact-0-name": "Gerda Gever",
            "contact-0-email": "baas@bakkerij.test",
        },
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Iedereen heeft één rol." in text
    assert "Onder Andere Naam" in text
    assert Dossier.objects.count() == before
