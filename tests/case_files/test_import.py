"""Importing as a person does it: one line per file, files apart from each other, all of a file or nothing."""

from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from bar.accounts.models import User
from consent.models import Answer, AnswerState, Seat
from dossiers.models import Dossier, Letter, Outbox, Switch, TrailLine
from dossiers.parts import Role
from tests.case_files.material import CASES, case, import_files, put, raw, rows

pytestmark = pytest.mark.django_db

BOTH = (CASES / "docent-a.json", CASES / "magazijn-a.json")


def file_of(told: object, folder: Path, name: str = "case.json") -> Path:
    path = folder / name
    path.write_bytes(raw(told))
    return path


def test_both_cases_go_in_with_one_line_each() -> None:
    status, lines = import_files(*BOTH, training=True)
    assert status == 0
    assert [(line["file"], line["assessments"], line["letters"]) for line in lines] == [(str(path), 2, []) for path in BOTH]
    assert [line["dossier"] for line in lines] == [Dossier.objects.get(case_key=key).number for key in ("docent-a", "magazijn-a")]
    assert Letter.objects.count() == 4
    assert Outbox.objects.exclude(kind="expert_seated").count() == 8
    assert mail.outbox == []


def test_nobody_who_was_imported_can_sign_in_and_everybody_is_one_person() -> None:
    import_files(*BOTH, training=True)
    assert User.objects.count() == 9
    assert not any(person.can_sign_in for person in User.objects.all())
    assert {seat.start for seat in Seat.objects.filter(dossier__case_key="magazijn-a").exclude(role=Role.LABOUR_EXPERT)} == {
        Dossier.objects.get(case_key="magazijn-a").first_sick_day
    }


def test_a_refused_file_stands_beside_a_good_one_and_leaves_nothing(tmp_path: Path) -> None:
    bad = file_of(put(case("docent-a"), "shares[2].read", ["process", "identity"]), tmp_path)
    status, (refused, taken) = import_files(bad, BOTH[1], training=True)
    assert status == 1
    assert refused["errors"][0]["path"] == "shares[2].read"
    assert taken["assessments"] == 2
    assert not Dossier.objects.filter(case_key="docent-a").exists()


def test_what_only_the_replay_can_refuse_also_leaves_nothing(tmp_path: Path) -> None:
    import_files(BOTH[1], training=True)
    before = rows()
    told = put(put(case("docent-a"), "key", "docent-b"), "people.labour_expert.name", "Iemand Anders")
    status, (line,) = import_files(file_of(told, tmp_path), training=True)
    assert (status, line["errors"]) == (
        1,
        [{"path": "people.labour_expert.email", "message": "Dit e-mailadres is al bekend, met een andere naam of organisatie."}],
    )
    assert rows() == before


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("people.employers[0].organisation", "Een Andere Werkgever", "people.employers[0].email"),
        ("people.employee.name", "Joost Verkerck", "people.employee.email"),
        ("people.physician.organisation", "Arbodienst Elders", "people.physician.email"),
        ("people.physician.big_number", "19012345699", "people.physician.big_number"),
    ],
)
def test_a_known_address_is_the_same_person_or_refused(path: str, value: str, where: str, tmp_path: Path) -> None:
    import_files(BOTH[1], training=True)
    told = put(put(case("magazijn-a"), "key", "nog-een"), path, value)
    status, (line,) = import_files(file_of(told, tmp_path), training=True)
    assert status == 1
    assert [problem["path"] for problem in line["errors"]] == [where]


def test_a_key_is_taken_once() -> None:
    import_files(BOTH[1], training=True)
    status, (line,) = import_files(BOTH[1], training=True)
    assert (status, line["errors"]) == (1, [{"path": "key", "message": "Een dossier met deze sleutel is al ingelezen."}])


def test_an_import_is_an_event_with_its_physician() -> None:
    import_files(BOTH[1], training=True)
    line = TrailLine.objects.get(event_code="import")
    assert line.actor_id == User.objects.get(email="h.brouwer@arbodienst.test").pk
    assert TrailLine.objects.filter(dossier_id=line.dossier_id).values("request_id").distinct().count() == 1


def test_without_training_nobody_turns_another_persons_key(tmp_path: Path) -> None:
    import_files(BOTH[1], training=True)  # now the physician is known
    answers, switches = Answer.objects.count(), Switch.objects.count()
    told = put(put(case("docent-a"), "shares[0].consent", "withdrawn"), "shares[0].withdrawn_on", "2025-11-30")
    status, (line,) = import_files(file_of(told, tmp_path), email="H.Brouwer@arbodienst.test")
    assert status == 0
    dossier = Dossier.objects.get(number=line["dossier"])
    assert not dossier.training
    assert Switch.objects.count() == switches
    states = list(Answer.objects.filter(dossier=dossier).values_list("state", flat=True))
    assert AnswerState.GIVEN not in states
    assert set(states) == {AnswerState.REFUSED, AnswerState.WITHDRAWN}
    assert len(states) == Answer.objects.count() - answers
    assert not Seat.objects.filter(dossier=dossier, role__in=[Role.LABOUR_EXPERT, Role.INSURANCE_PHYSICIAN, Role.UWV_LABOUR_EXPERT]).exists()
    assert "Kleine groepen begeleiden." not in str(Letter.objects.get(dossier=dossier, assessment__number=2).core)


def test_in_training_the_switch_counts_as_written() -> None:
    import_files(BOTH[0], training=True)
    first, second = (str(letter.core) for letter in Letter.objects.order_by("assessment__number"))
    assert "Rust en duidelijkheid." not in first
    assert "Kleine groepen begeleiden." in second


def test_only_the_physician_of_the_file_imports_it() -> None:
    import_files(BOTH[0], training=True)
    for email in ("y.schipper@arbodienst.test", "p.langeveld@scholengroep.test"):
        status, (line,) = import_files(BOTH[1], email=email)
        assert (status, [problem["path"] for problem in line["errors"]]) == (1, ["people.physician.email"])
    for options in ({}, {"email": "niemand@voorbeeld.test"}):
        status, (line,) = import_files(BOTH[1], **options)
        assert (status, line["errors"][0]["path"]) == (1, "")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[]", b"{}", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 5000, b'{"a": "\\u0000"}', b"null", b"1e999"]
)
def test_what_is_no_case_is_told_so(content: bytes, tmp_path: Path) -> None:
    before = rows()
    path = tmp_path / "case.json"
    path.write_bytes(content)
    status, (line,) = import_files(path, training=True)
    assert status == 1
    assert line["errors"][0]["message"]
    assert rows() == before


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    status, lines = import_files(tmp_path / "none.json", tmp_path, training=True)
    assert status == 1
    assert [line["errors"] for line in lines] == [[{"path": "", "message": "Dit bestand kan niet worden gelezen."}]] * 2


def test_training_and_a_physician_exclude_each_other() -> None:
    with pytest.raises(CommandError):
        call_command("import_case", str(BOTH[0]), "--training", "--as", "h.brouwer@arbodienst.test")


def test_letters_that_have_nowhere_to_go_stop_the_command_before_anything_is_stored(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError):
        import_files(BOTH[0], training=True, letters=tmp_path / "file")
    assert not Dossier.objects.exists()
