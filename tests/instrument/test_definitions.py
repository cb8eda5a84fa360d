"""The questionnaires as data: every item of the normative table, frozen by hash, nothing unexpected accepted."""

import functools
import re
import shutil
from pathlib import Path

import pytest
from django.core.checks.registry import registry

from instrument import library
from instrument.checks import check_definitions
from instrument.errors import DefinitionError
from instrument.reader import read_instrument
from instrument.schema import Instrument, Letter, Relation, Status

TABLES = (Path(__file__).parent / "items.md").read_text("utf-8").split("\n## ")
SOURCE = (library.DEFINITIONS / "bar" / "2.0.toml").read_text("utf-8")
HEADINGS = {"private": "Privé", "personal": "Persoonlijk"}
# instrument.md: UWV labour experts asked for an explanation at these.
HARD_ITEMS = ("d155", "d160", "d175", "d177", "d220", "d230", "d710", "d720", "d740")


def _table(number: int) -> list[list[str]]:
    lines = [line for line in TABLES[number].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_the_areas_are_those_of_the_table_in_their_order(instrument: Instrument) -> None:
    expected = [(code, label, heading.split(" (")[0], letter) for code, label, heading, letter in _table(1)]
    assert len(expected) == 21
    assert [(item.key, item.label, item.heading, item.letter.value) for item in instrument.items("areas")] == expected
    assert all(item.icf == item.key for item in instrument.items("areas") if item.key != "other")


def test_the_work_factors_are_those_of_the_table_in_their_order(instrument: Instrument) -> None:
    expected = [(key, icf.strip("–"), label, letter) for key, icf, label, letter in _table(2)]
    assert len(expected) == 19
    assert [(item.key, item.icf, item.label, item.letter.value) for item in instrument.items("work_factors")] == expected


def test_the_context_factors_are_those_of_the_table_and_never_reach_a_letter(instrument: Instrument) -> None:
    expected = [(key, icf.strip("–"), label, HEADINGS[group]) for key, icf, label, group in _table(3)]
    assert len(expected) == 13
    items = instrument.items("context_factors")
    assert [(item.key, item.icf, item.label, item.heading) for item in items] == expected
    assert {item.letter for item in items} == {Letter.NEVER}


def test_every_item_has_one_sentence_of_help_with_an_example(instrument: Instrument) -> None:
    for section in instrument.sections:
        for item in section.items:
            assert re.fullmatch(r"[A-Z][^.!?]*bijvoorbeeld [^.!?]*\?", item.help), item.key
    assert set(HARD_ITEMS) <= {item.key for item in instrument.items("areas")}


def test_every_area_with_a_code_names_the_rubriek_of_the_fml(instrument: Instrument) -> None:
    assert all(item.fml_section in range(1, 7) for item in instrument.items("areas") if item.icf)
    assert "eigen indeling" in instrument.fml_note.lower()


def test_the_set_says_that_it_is_provisional(instrument: Instrument) -> None:
    assert instrument.status is Status.PROVISIONAL
    assert instrument.notice == "BAR 2.0 – voorlopige itemset"
    assert instrument.letter_footer == "Gemaakt met een proefversie van de vragenlijst BAR 2.0"


def test_answers_have_the_dutch_words_of_the_table(instrument: Instrument) -> None:
    assert instrument.label("status", "no_attention") == "geen aandachtspunt"
    assert instrument.label("usable", "not_now") == "nu nog niet"
    assert instrument.label("certainty", "likely") == "waarschijnlijk"
    assert instrument.label("goal", "other_work_own_employer") == "ander werk bij deze werkgever"
    with pytest.raises(KeyError):
        instrument.label("usable", "maybe")
    words = [choice.label for choices in instrument.choices.values() for choice in choices]
    assert not any("beroepsziekte" in word for word in words)


def test_new_visits_get_2_0_and_1_0_can_still_be_read(instrument: Instrument) -> None:
    old = library.get("bar", "1.0")
    assert library.current() is library.get("bar", "2.0")
    assert not old.is_offered
    assert {item.key for item in old.items("areas")} == {item.key for item in instrument.items("areas")} - {"other"}
    assert [field.key for field in old.section("areas").fields] == ["limitation", "still_possible", "condition"]
    assert old.section("reason").fields


def test_every_item_of_2_0_says_how_it_continues_1_0(instrument: Instrument) -> None:
    continues = instrument.maps_from["1.0"]
    assert set(continues) == {item.key for section in instrument.sections for item in section.items}
    assert continues["d430"].item == "d430"
    assert {key for key, found in continues.items() if found.relation is Relation.NEW} == {
        "other", "family", "friends", "family_attitude", "home", "transport", "social_security", "care", "private_other"
    }  # fmt: skip


def test_what_is_not_there_is_a_key_error(instrument: Instrument) -> None:
    with pytest.raises(KeyError):
        library.get("bar", "9.9")
    with pytest.raises(KeyError):
        instrument.section("diagnosis")
    with pytest.raises(KeyError):
        instrument.item("areas", "d999")
    with pytest.raises(KeyError):
        instrument.section("areas").field("diagnosis")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('key = "bar"', 'key = "bar"\ncolour = "red"', "bar/2.0"),
        ("offered = true", "offered = 1", "bar/2.0.offered"),
        ('status = "provisional"', 'status = "nearly"', "bar/2.0.status"),
        ('title = "BAR 2.0"\n', "", "bar/2.0.title"),
        ('key = "d160"', 'key = "d155"', "bar/2.0.sections"),
        ('label = "Lopen"\n', "", "sections[3].items[14].label"),
        ('label = "Lopen"', 'label = " Lopen"', "sections[3].items[14].label"),
        ('label = "Lopen"', "label = 3", "sections[3].items[14].label"),
        ("fml_section = 5", "fml_section = 7", "fml_section"),
        ("fml_section = 5", "fml_section = true", "fml_section"),
        ('letter = "text_only"', 'letter = "shout"', "letter"),
        ('choices = "status"', 'choices = "mood"', "sections[3].fields[0]"),
        ('items_from = ["areas", "work_factors"]', 'items_from = ["nowhere"]', "about"),
        ('d430 = { relation = "same", item = "d430" }\n', "", "maps_from.1.0"),
        ('d430 = { relation = "same", item = "d430" }', 'd430 = { relation = "same" }', "maps_from.1.0.d430"),
        ('d430 = { relation = "same", item = "d430" }', 'd430 = { relation = "twin", item = "d430" }', "maps_from.1.0.d430"),
        ("[choices]", "[choices", "bar/2.0"),
    ],
)
def test_anything_unexpected_in_a_file_is_refused_at_its_place(old: str, new: str, place: str) -> None:
    assert old in SOURCE
    with pytest.raises(DefinitionError) as refused:
        read_instrument(SOURCE.replace(old, new, 1).encode(), "", "bar/2.0")
    assert place in refused.value.path


def test_a_released_file_that_was_changed_is_refused_and_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _copy(tmp_path)
    assert library.load_all(folder)["bar/2.0"].sha256 == library.get("bar", "2.0").sha256
    path = folder / "bar" / "2.0.toml"
    path.write_text(SOURCE.replace('label = "Lopen"', 'label = "Wandelen"'), "utf-8")
    library.load_all.cache_clear()
    with pytest.raises(DefinitionError, match="changed after its release"):
        library.load_all(folder)
    assert check_definitions(None) == []
    monkeypatch.setattr(library, "load_all", functools.partial(library.load_all, folder))
    assert [found.id for found in check_definitions(None)] == ["instrument.E001"]


def test_the_check_is_one_that_django_runs() -> None:
    assert check_definitions in registry.get_checks()


def test_a_new_file_needs_its_line_in_the_lock_and_a_line_needs_its_file(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    new = folder / "bar" / "2.1.toml"
    new.write_text(SOURCE.replace('version = "2.0"', 'version = "2.1"', 1), "utf-8")
    with pytest.raises(DefinitionError, match="not in the lock"):
        library.load_all(folder)
    (folder / "lock.toml").write_text(library.lock_text(folder), "utf-8")
    assert set(library.load_all(folder)) == {"bar/1.0", "bar/2.0", "bar/2.1"}
    new.unlink()
    library.load_all.cache_clear()
    with pytest.raises(DefinitionError, match="gone"):
        library.load_all(folder)
    library.load_all.cache_clear()


def test_a_mapping_to_an_item_that_the_older_version_lacks_is_refused(tmp_path: Path) -> None:
    folder = _copy(tmp_path)
    changed = SOURCE.replace('other = { relation = "new" }', 'other = { relation = "same", item = "other" }')
    (folder / "bar" / "2.0.toml").write_text(changed, "utf-8")
    (folder / "lock.toml").write_text(library.lock_text(folder), "utf-8")
    with pytest.raises(DefinitionError) as refused:
        library.load_all(folder)
    assert refused.value.path == "bar/2.0.maps_from.1.0.other"


def _copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(library.DEFINITIONS, tmp_path / "definitions"))
