"""Every rule of docs/case-rules.md that a file can break: the place and the sentence. Reading needs no database."""

import re
from pathlib import Path
from typing import Any

import pytest

from bar.cases.messages import CaseRefused, Message, Problem
from bar.cases.reader import read_case
from tests.case_files.material import GONE, TODAY, Json, case, put, raw

DOCS = Path(__file__).parents[2] / "docs" / "case-rules.md"
ROOT = Path(__file__).parents[2]
PLACES = ("instrument/text.py", "instrument/forms", "dossiers/forms", "dossiers/actions", "dossiers/rules/sick_weeks.py", "consent/actions")


def problems_of(told: Json) -> list[Problem]:
    with pytest.raises(CaseRefused) as refusal:
        read_case(raw(told), today=TODAY)
    return refusal.value.problems


def build_up(**change: Any) -> Json:
    return {"from": "2026-04-07", "hours_per_week": 24, "kind": "regular", "tasks": "", **change}


A1 = "assessments[1]"
HOURS_PER_DAY = "Met dit aantal uur per dag komt u ook in 7 dagen niet aan de uren per week. Pas een van de twee aan."
ONLY_WITH_ATTENTION = "Dit kan alleen bij een aandachtspunt. Kies ‘aandachtspunt’, of maak dit leeg."
NOT_ATTENTION = {"item": "d415", "status": "no_attention"}
LIMIT = {"value": 5, "unit": "kg", "per": "at_once"}

# what to put where in magazijn-a, and the one problem that follows: its path ("" = the same) and its sentence
REFUSED: list[tuple[str, Any, str, str]] = [
    # the file
    ("format", "bar-case/2", "", Message.FORMAT),
    ("format", GONE, "", Message.FORMAT),
    ("partial", True, "", Message.PARTIAL),
    ("key", "Magazijn", "", Message.KEY),
    ("key", "a" * 61, "", Message.KEY),
    ("key", "", "", Message.EMPTY),
    ("key", 5, "", Message.TEXT),
    ("instrument", "bar/1.0", "", Message.INSTRUMENT),
    ("instrument", "bar/9.9", "", Message.INSTRUMENT),
    # keys that are missing or unknown, at every level
    ("extra", 1, "", Message.UNKNOWN),
    ("people.extra", 1, "", Message.UNKNOWN),
    ("people.employee.bsn", "123456782", "", Message.UNKNOWN),
    ("people.employers[0].phone", "1", "", Message.UNKNOWN),
    ("employment.salary", 1, "", Message.UNKNOWN),
    ("absence.cause", "x", "", Message.UNKNOWN),
    (f"{A1}.diagnosis", "x", "", Message.UNKNOWN),
    (f"{A1}.areas[0].diagnosis", "x", "", Message.UNKNOWN),
    (f"{A1}.possibilities.working_relationship.x", "x", "", Message.UNKNOWN),
    ("shares[0].x", 1, "", Message.UNKNOWN),
    ("people.employee.birth_date", GONE, "", Message.MISSING),
    ("people.employers[0].email", GONE, "", Message.MISSING),
    ("people.physician", GONE, "", Message.MISSING),
    ("employment", GONE, "", Message.MISSING),
    ("absence.first_sick_day", GONE, "", Message.MISSING),
    ("assessments", GONE, "", Message.MISSING),
    (f"{A1}.date", GONE, "", Message.MISSING),
    (f"{A1}.contact", GONE, "", Message.MISSING),
    (f"{A1}.status", GONE, "", Message.MISSING),
    (f"{A1}.advice", GONE, "", Message.MISSING),
    (f"{A1}.advice.goal", GONE, "", Message.MISSING),
    ("shares[0].purpose", GONE, "", Message.MISSING),
    ("shares[0].read", GONE, "", Message.MISSING),
    # shapes
    ("people", [], "", Message.TABLE),
    ("people.employers", {}, "", Message.LIST),
    ("people.employers", [], "", Message.NO_EMPLOYER),
    ("assessments", "x", "", Message.LIST),
    (f"{A1}", None, "", Message.TABLE),
    (f"{A1}.areas", {}, "", "Hier moet een lijst staan."),
    (f"{A1}.areas[1].condition", 5, "", "Hier moet tekst staan."),
    (f"{A1}.advice.labour_expert_needed", "yes", "", "Hier moet true of false staan."),
    ("people.employee.name", "", "", Message.EMPTY),
    ("people.employee.name", "Joost\nVerkerk", "", Message.ONE_LINE),
    ("people.employee.name", "Joost\u202eVerkerk", "", "Er staat een onzichtbaar teken in deze regel. Typ de regel opnieuw."),
    ("people.employee.name", "x" * 201, "", Message.TOO_LONG.format(most=200)),
    ("people.employee.name", "Joost\x00", "", "Er staat een onzichtbaar stuurteken in de tekst. Typ de tekst opnieuw."),
    (f"{A1}.advice.message", "a\x1bb", "", "Er staat een onzichtbaar stuurteken in de tekst. Typ de tekst opnieuw."),
    ("shares", [{}] * 201, "", Message.TOO_MANY.format(most=200)),
    # people
    ("people.employers[0].email", "marleen", "", Message.EMAIL),
    ("people.employers[0].email", None, "", Message.EMPTY),
    ("people.physician.big_number", "123", "", Message.BIG),
    ("people.physician.email", "Joost.Verkerk@voorbeeld.test", "", Message.SAME_PERSON),
    ("people.labour_expert.email", "marleen.dijkhuis@pakketpunt.test", "", Message.SAME_PERSON),
    ("people.delegate", {"name": "Y", "email": "y@x.test", "kind": "nurse"}, "people.delegate.kind", Message.CHOICE),
    ("people.employee.birth_date", "2026-01-12", "", Message.AGE),
    ("people.employee.birth_date", "1979-02-30", "", Message.DATE),
    ("people.employee.birth_date", "12-04-1979", "", Message.DATE_SHAPE),
    # employment
    ("employment.hours_per_week", 0, "", "Vul een getal in van meer dan 0 en hooguit 60."),
    ("employment.hours_per_week", 61, "", "Vul een getal in van meer dan 0 en hooguit 60."),
    ("employment.hours_per_week", 36.123, "", Message.NUMBER),
    ("employment.hours_per_week", "36", "", Message.NUMBER),
    ("employment.hours_per_week", True, "", Message.NUMBER),
    ("employment.contract", "forever", "", Message.CHOICE),
    ("employment.contract", "temporary", "employment.contract_end", "Vul de laatste dag van het tijdelijke contract in."),
    # absence
    ("absence.first_sick_day", "2026-13-01", "", Message.DATE),
    (
        "absence.recoveries",
        [{"from": "2026-03-02", "until": "2026-03-30"}],
        "absence.recoveries[0].until",
        "Dit herstel duurde 28 dagen of langer. Begin dan een nieuw dossier.",
    ),
    (
        "absence.recoveries",
        [{"from": "2026-03-02", "until": "2026-03-02"}],
        "absence.recoveries[0].until",
        "De laatste dag van dit herstel ligt voor de eerste. Kijk de datums na.",
    ),
    (
        "absence.recoveries",
        [{"from": "2026-01-12", "until": None}],
        "absence.recoveries[0].from",
        "Dit herstel begint niet na de vorige ziektedag. Kijk de datums na.",
    ),
    (
        "absence.recoveries",
        [{"from": "2026-02-02", "until": "2026-02-12"}, {"from": "2026-02-11", "until": None}],
        "absence.recoveries[1].from",
        "Dit herstel begint niet na de vorige ziektedag. Kijk de datums na.",
    ),
    (
        "absence.recoveries",
        [{"from": "2026-02-02", "until": None}, {"from": "2026-02-11", "until": None}],
        "absence.recoveries[0].until",
        "Vul eerst in tot wanneer het vorige herstel duurde.",
    ),
    ("absence.recoveries", [{"from": "2026-11-23", "until": None}], "absence.recoveries[0].from", Message.FUTURE),
    ("absence.recoveries", [{"from": "2026-11-20", "until": "2026-11-24"}], "absence.recoveries[0].until", Message.FUTURE),
    # visits
    (f"{A1}.date", "2026-01-11", "", "Deze dag ligt voor de eerste ziektedag. Vul een latere dag in."),
    (f"{A1}.date", "2026-11-23", "", "Deze dag moet nog komen. Vul de dag in waarop het bezoek was."),
    (f"{A1}.date", "2026-02-30", "", "Deze datum bestaat niet. Vul een datum in als dag-maand-jaar, bijvoorbeeld 16-2-2026."),
    (f"{A1}.date", "2026-02-15", "", Message.VISIT_ORDER),
    ("assessments[0].status", "draft", "", Message.ONLY_LAST_OPEN),
    ("assessments[0].status", "offered", "", Message.ONLY_LAST_OPEN),
    (f"{A1}.status", "closed", "", Message.CHOICE),
    (f"{A1}.contact", "letter", "", "Dit antwoord bestaat niet. Kies een antwoord uit de lijst."),
    (f"{A1}.contact", "", "", "Kies hoe u de werknemer sprak."),
    (f"{A1}.areas[1].item", "d999", "", "Dit onderwerp staat niet in deze vragenlijst."),
    (f"{A1}.areas[1].item", "d415", "", "Dit onderwerp staat er twee keer. Laat het één keer staan."),
    (f"{A1}.areas[0]", {**NOT_ATTENTION, "condition": "x"}, f"{A1}.areas[0].condition", ONLY_WITH_ATTENTION),
    (f"{A1}.areas[0]", {**NOT_ATTENTION, "still_possible": "x"}, f"{A1}.areas[0].still_possible", ONLY_WITH_ATTENTION),
    (f"{A1}.areas[0]", {**NOT_ATTENTION, "limit": LIMIT}, f"{A1}.areas[0].limit.value", ONLY_WITH_ATTENTION),
    (f"{A1}.areas[0].limit.unit", "parsec", "", "Dit antwoord bestaat niet. Kies een antwoord uit de lijst."),
    (f"{A1}.areas[0].limit.value", -5, "", "Vul een getal in van 0 of meer, bijvoorbeeld 12 of 13,5."),
    (f"{A1}.possibilities.hours_now", 37, "", "Het contract is 36 uur per week. Vul niet meer uren in."),
    (
        f"{A1}.possibilities.build_up",
        [build_up(hours_per_week=40)],
        f"{A1}.possibilities.build_up[0].hours_per_week",
        "Het contract is 36 uur per week. Vul niet meer uren in.",
    ),
    (
        f"{A1}.possibilities.build_up",
        [build_up(hours_per_day=25)],
        f"{A1}.possibilities.build_up[0].hours_per_day",
        "Een dag heeft 24 uur. Vul minder uren in.",
    ),
    (f"{A1}.possibilities.build_up", [build_up(hours_per_day=3)], f"{A1}.possibilities.build_up[0].hours_per_day", HOURS_PER_DAY),
    (
        f"{A1}.possibilities.build_up",
        [build_up(), build_up()],
        f"{A1}.possibilities.build_up[1].from",
        "Deze stap begint niet na de stap erboven. Zet de stappen op volgorde van datum.",
    ),
    (f"{A1}.possibilities.usable", "", "", "Kies of de werknemer nu kan werken."),
    (f"{A1}.prognosis.course", "", "", "Kies hoe het verder gaat."),
    (f"{A1}.advice.message", "", "", "Schrijf in gewone woorden wat het belangrijkste is."),
    (f"{A1}.advice.actions[0].who", "insurer", "", "Dit antwoord bestaat niet. Kies een antwoord uit de lijst."),
    (f"{A1}.employee_view.written_by", "employer", "", "Dit antwoord bestaat niet. Kies een antwoord uit de lijst."),
    # shares
    ("shares[0].with", "employer", "", Message.CHOICE),
    ("shares[0].with", "insurance_physician", "", Message.NOT_AMONG_PEOPLE),
    ("shares[0].read", ["process", "diagnosis"], "", Message.CHOICE),
    ("shares[0].read", ["process", "job", "job", "consultation"], "", Message.PART_TWICE),
    ("shares[0].read", ["job", "consultation"], "", "Het onderdeel ‘Proces’ hoort altijd bij delen. Voeg het toe."),
    ("shares[0].read", ["process", "consultation", "context"], "", "‘Privé en persoonlijk’ kan nooit worden gedeeld met deze persoon. Haal het weg."),
    ("shares[0].read", ["process", "consultation", "sharing"], "", "‘Toestemming’ kan nooit worden gedeeld met deze persoon. Haal het weg."),
    ("shares[0].write", ["capacity"], "", "In ‘Belastbaarheid’ kan deze persoon niet schrijven. Haal het weg."),
    ("shares[0].write", ["consultation", "labour_report"], "", "In ‘Arbeidsdeskundig deel’ kan deze persoon niet schrijven. Haal het weg."),
    ("shares[0].purpose", "", "", Message.EMPTY),
    ("shares[0].until", "2027-04-01", "", "Delen kan voor hooguit een jaar. Kies een eerdere laatste dag."),
    ("shares[0].consent", "maybe", "", Message.CHOICE),
    ("shares[0].consent", {"process": "given", "context": "given"}, "shares[0].consent.context", Message.NOT_SHARED),
    ("shares[0].consent", {"process": "perhaps", "job": "refused"}, "shares[0].consent.process", Message.CHOICE),
    ("shares[0].consent", {"process": "refused", "job": "given"}, "shares[0].consent", Message.WITHOUT_PROCESS),
    ("shares[0].consent", {"job": "given"}, "shares[0].consent", Message.WITHOUT_PROCESS),
    ("shares[0].consent", "asked", "shares[0].answered_on", Message.NO_ANSWER_YET),
    ("shares[0].consent", "withdrawn", "shares[0].withdrawn_on", Message.NO_WITHDRAWAL_DAY),
    ("shares[0].withdrawn_on", "2026-05-01", "", Message.NOT_WITHDRAWN),
    ("shares[0].answered_on", None, "", Message.NO_ANSWER_DAY),
    ("shares[0].answered_on", "2026-03-31", "", Message.ANSWER_TOO_EARLY),
    ("shares[0].answered_on", "2026-11-23", "", Message.FUTURE),
]


@pytest.mark.parametrize(("path", "value", "where", "message"), REFUSED, ids=lambda given: str(given)[:40])
def test_every_rule_is_told_at_its_place(path: str, value: Any, where: str, message: str) -> None:
    assert problems_of(put(case("magazijn-a"), path, value)) == [Problem(where or path, str(message))]


def test_not_usable_means_no_hours_no_steps_and_a_day_to_look_again() -> None:
    found = problems_of(put(case("magazijn-a"), f"{A1}.possibilities.usable", "no"))
    place = f"{A1}.possibilities"
    assert [problem.path for problem in found] == [
        f"{place}.review_on",
        f"{place}.hours_now",
        f"{place}.build_up[0].from",
        f"{place}.build_up[1].from",
    ]


def test_a_share_may_not_start_or_be_taken_back_in_the_future() -> None:
    told = put(put(case("magazijn-a"), "shares[0].shared_on", "2026-11-23"), "shares[0].answered_on", "2026-11-24")
    assert {problem.path for problem in problems_of(told) if problem.message == Message.FUTURE} == {"shares[0].shared_on", "shares[0].answered_on"}
    share = {"consent": "withdrawn", "answered_on": "2026-04-02", "withdrawn_on": "2026-04-01"}
    told = put(case("magazijn-a"), "shares[0]", {**case("magazijn-a")["shares"][0], **share})
    assert problems_of(told) == [Problem("shares[0].withdrawn_on", Message.WITHDRAWN_TOO_EARLY)]
    told = put(told, "shares[0].withdrawn_on", "2026-11-23")
    assert problems_of(told) == [Problem("shares[0].withdrawn_on", Message.FUTURE)]


def test_nothing_is_shared_before_the_first_sick_day() -> None:
    told = put(put(case("magazijn-a"), "shares[0].shared_on", "2026-01-11"), "shares[0].until", "2026-12-31")
    assert problems_of(told) == [Problem("shares[0].shared_on", Message.BEFORE_ABSENCE)]


def test_an_answer_after_the_last_day_comes_too_late() -> None:
    told = put(put(case("magazijn-a"), "shares[0].until", "2026-05-01"), "shares[0].answered_on", "2026-05-02")
    assert problems_of(told) == [Problem("shares[0].answered_on", Message.ANSWER_TOO_LATE)]
    told = put(case("magazijn-a"), "shares[0].until", "2026-03-31")
    assert Problem("shares[0].until", "De laatste dag ligt voor de eerste dag. Kies een latere dag.") in problems_of(told)


def test_everything_that_is_wrong_is_told_in_one_go() -> None:
    told = case("docent-a")
    wrong = {
        "key": "X!",
        "people.employers[0].email": "x",
        "absence.recoveries[0].until": "2025-12-01",
        "assessments[0].areas[0].item": "d999",
        "assessments[0].areas[2].extra": 1,
        "assessments[1].areas[0].status": "x",
        "assessments[1].prognosis.course": "x",
        "shares[2].until": "2030-01-01",
    }
    for path, value in wrong.items():
        told = put(told, path, value)
    assert {problem.path for problem in problems_of(told)} >= set(wrong)


def test_employers_belong_to_one_organisation() -> None:
    other = {"name": "A", "email": "a@x.test", "organisation": "Een ander", "function": ""}
    told = case("magazijn-a")
    told["people"]["employers"].append(other)
    assert problems_of(told) == [Problem("people.employers[1].organisation", Message.ONE_EMPLOYER)]


# --- the page that tells the rules ----------------------------------------------------------------


def documented(heading: str) -> list[str]:
    section = DOCS.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"\| `([^`]+)` \|$", section, re.MULTILINE)


def test_the_page_lists_the_messages_of_the_file_and_no_others() -> None:
    assert sorted(documented("Rules of the file itself")) == sorted(message.value for message in Message if message is not Message.TEXT)


def test_every_other_message_on_the_page_stands_in_the_code_of_the_screens() -> None:
    paths = [path for place in PLACES for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).glob("*.py"))]
    code = "\n".join(path.read_text("utf-8") for path in paths)
    listed = documented("Rules of the screens")
    assert len(listed) > 25
    assert [message for message in listed if message not in code] == []
