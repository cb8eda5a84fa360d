"""A reaction with something in it, begun and made final through the front door."""

import re

from django.test import Client

from consent.access import opening
from consent.actions.answers import take_back
from dossiers.door import Touch
from dossiers.models import InsuranceReport
from dossiers.parts import Act, Part, Role
from tests.world import World, canary

WHY = canary(Part.INSURANCE_REPORT, "waarom")
ADVICE = canary(Part.INSURANCE_REPORT, "advies")
TYPED = {"agree-d430": "partly", "why-d430": WHY, "agree-possibilities": "agrees", "advice": ADVICE}
ASYNC = {"X-Requested-With": "fetch"}


def url(world: World, rest: str = "") -> str:
    return f"/dossier/{world.number}/verzekeringsarts/{rest}"


def html(client: Client, where: str, status: int = 200) -> str:
    """The page as text, with the status that was expected."""
    answer = client.get(where)
    assert answer.status_code == status, (where, answer.status_code)
    return answer.content.decode()


def post(client: Client, where: str, status: int = 302, /, **data: str) -> str:
    """Post a form; the body of the answer, or where it leads."""
    answer = client.post(where, data)
    assert answer.status_code == status, (where, answer.status_code, answer.content.decode()[-2000:])
    return answer.headers["Location"] if status == 302 else answer.content.decode()


def begun(world: World) -> Client:
    """The insurance physician with an empty draft."""
    client = world.client("insurance_physician")
    assert post(client, url(world, "nieuw/")) == url(world, "1/schrijven/")
    return client


def written(world: World, **typed: str) -> Client:
    """The same with something in the draft, that is ready to be final."""
    client = begun(world)
    assert post(client, url(world, "1/opslaan/"), seen="0", **(typed or TYPED)) == url(world, "1/vaststellen/")
    return client


def final(world: World) -> InsuranceReport:
    """The same, final."""
    post(written(world), url(world, "1/vaststellen/"), seen="1")
    return the_report(world)


def the_report(world: World) -> InsuranceReport:
    return InsuranceReport.objects.get(dossier=world.dossier, number=1)


def main_of(page: str) -> str:
    """What stands between the head and the foot of a page."""
    found = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert found is not None
    return found[0]


def close(world: World, *parts: Part) -> None:
    """The employee takes back that the insurance physician may read (and write) these parts."""
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        take_back(opened, share=world.shares[Role.INSURANCE_PHYSICIAN], parts=parts)
