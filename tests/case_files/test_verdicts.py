"""The shares of both cases take part in verdicts as written. The table was made by hand from the files and docs/access.md."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import timezone

from bar.accounts.models import User
from bar.cases.importer import import_case
from consent.access import NotOpen, Stranger, opening
from consent.facts import Why
from dossiers.door import read, write
from dossiers.models import Dossier
from dossiers.parts import Part
from tests.case_files.material import TODAY, case, raw

pytestmark = pytest.mark.django_db

RACHID = "r.elamrani@adviesbureau.test"
ELINE = "e.dewit@uwv.test"
WOUTER = "w.postma@uwv.test"
STRANGER = "stranger"

DOCENT = f"""
2025-10-23  {RACHID}  read  process        {STRANGER}
2025-10-24  {RACHID}  read  process        open
2025-10-24  {RACHID}  read  explanation    open
2025-10-24  {RACHID}  write consultation   open
2025-10-24  {RACHID}  write labour_report  open
2025-10-24  {RACHID}  write capacity       never
2025-10-24  {RACHID}  read  context        never
2025-10-24  {RACHID}  read  employee_view  not_shared
2025-10-24  {RACHID}  read  letters        not_shared
2026-10-19  {RACHID}  read  explanation    open
2026-10-20  {RACHID}  read  explanation    open
2026-10-20  {RACHID}  write consultation   open
2026-10-21  {RACHID}  read  explanation    expired
2026-10-21  {RACHID}  read  work_factors   expired
2026-10-21  {RACHID}  read  advice         expired
2026-10-21  {RACHID}  read  capacity       open
2026-10-21  {RACHID}  read  job            open
2026-10-21  {RACHID}  read  consultation   refused
2026-10-21  {RACHID}  write consultation   refused
2026-10-21  {RACHID}  write labour_report  open
2027-10-18  {RACHID}  read  capacity       open
2027-10-19  {RACHID}  read  capacity       expired
2027-10-19  {RACHID}  read  process        expired
2025-11-24  {ELINE}   read  process        {STRANGER}
2026-11-22  {ELINE}   read  capacity       {STRANGER}
2026-09-03  {WOUTER}  read  process        {STRANGER}
2026-11-22  {WOUTER}  read  letters        {STRANGER}
2026-11-22  p.langeveld@scholengroep.test         read  capacity  never
2026-11-22  p.langeveld@scholengroep.test         read  letters   open
2026-11-22  saskia.vanrooijen@voorbeeld.test      read  context   open
2026-11-22  y.schipper@arbodienst.test            write capacity  open
2026-11-22  h.brouwer@arbodienst.test             write advice    open
2026-11-22  joost.verkerk@voorbeeld.test          read  process   {STRANGER}
2026-11-22  marleen.dijkhuis@pakketpunt.test      read  process   {STRANGER}
"""

MAGAZIJN = f"""
2026-04-01  {RACHID}  read  process        {STRANGER}
2026-04-02  {RACHID}  read  process        open
2026-04-02  {RACHID}  read  capacity       open
2026-04-02  {RACHID}  read  explanation    not_shared
2026-04-02  {RACHID}  write labour_report  not_shared
2026-04-02  {RACHID}  write consultation   open
2027-03-31  {RACHID}  read  advice         open
2027-04-01  {RACHID}  read  advice         expired
2026-11-22  {ELINE}   read  process        {STRANGER}
"""


@pytest.fixture
def numbers() -> dict[str, str]:
    return {name: import_case(raw(case(name)), today=TODAY, training=True).number for name in ("docent-a", "magazijn-a")}


def verdict(number: str, line: str) -> str:
    day, email, act, part, _expected = line.split()
    noon = timezone.make_aware(datetime.datetime.fromisoformat(f"{day}T12:00"))
    needs = {"read": read, "write": write}[act](Part(part))
    try:
        with opening(User.objects.get(email=email), number, needs=needs, writing=act == "write", at=noon):
            return Why.OPEN.value
    except Stranger:
        return STRANGER
    except NotOpen as closed:
        return closed.why.value


def lines() -> Iterator[tuple[str, str]]:
    for name, table in (("docent-a", DOCENT), ("magazijn-a", MAGAZIJN)):
        yield from ((name, line) for line in table.strip().splitlines())


def test_every_share_opens_what_it_says_and_when(numbers: dict[str, str]) -> None:
    found = [(name, line.split()[:4], verdict(numbers[name], line)) for name, line in lines()]
    assert found == [(name, line.split()[:4], line.split()[4]) for name, line in lines()]


def test_what_was_withdrawn_is_closed_at_once() -> None:
    told = case("magazijn-a")
    told["shares"][0] |= {"consent": "withdrawn", "withdrawn_on": "2026-05-01"}
    number = import_case(raw(told), today=TODAY, training=True).number
    assert verdict(number, f"2026-05-01 {RACHID} read capacity x") == Why.WITHDRAWN.value


def test_without_training_a_yes_in_the_file_opens_nothing(numbers: dict[str, str]) -> None:
    told = case("magazijn-a") | {"key": "echt-a"}
    physician = User.objects.get(email="h.brouwer@arbodienst.test")
    number = import_case(raw(told), today=TODAY, by=physician).number
    assert Dossier.objects.get(number=number).shares.count() == 1
    assert verdict(number, f"2026-04-02 {RACHID} read process x") == STRANGER
