"""A known e-mail address: on screen the typed name serves this dossier, and nothing is told about the account behind it."""

import datetime as dt

from bar.accounts.models import User
from bar.openings import Person
from consent.models import Seat
from dossiers.models import Dossier
from tests.world import World, make_dossier


def test_the_typed_name_serves_this_dossier_and_the_account_keeps_its_own(world: World) -> None:
    other = make_dossier(world.people, employer="outsider", employee=Person("Anders Getypt", "employer@proef.test"))
    assert Dossier.objects.get(pk=other.pk).employee_name == "Anders Getypt"
    assert User.objects.get(email="employer@proef.test").name == "Gerda Gever"
    assert Seat.objects.get(dossier=other, role="employee").name == "Anders Getypt"
    client = world.client("physician")
    for page in ("", "proces/", "wie-doet-mee/", "wie-heeft-gekeken/", "mensen/"):
        text = client.get(f"/dossier/{other.number}/{page}").content.decode()
        assert "Gerda Gever" not in text, page
        assert "Werkgever De Proef" not in text, page
    assert "Anders Getypt" in client.get(f"/dossier/{other.number}/").content.decode()
    assert "Anders Getypt" in client.get("/?q=anders").content.decode()
    assert dt.date.fromisoformat("2026-01-12") == other.first_sick_day
