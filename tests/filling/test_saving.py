"""Saving a section, as the script does and as a plain form: what is kept, what is refused, and that nothing half is stored."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.access import opening
from dossiers.actions import release
from dossiers.door import Touch, write
from dossiers.models import AreaFinding, Assessment, EmployeeView, SectionDraft, Status, TrailLine, WrittenBy
from dossiers.parts import Act, Part
from dossiers.sections import newest_view, read_section
from instrument import library
from instrument.forms import FILLED_SECTIONS, data_of
from tests.filling.material import FETCH, draft_of, post, start_draft, url
from tests.world import SECTIONS, VISIT, World, at
from tests.worlds import FULL

AREA = {"d430-status": "attention", "d430-still_possible": "Lichte dozen tillen", "d430-in_letter": "on"}
TYPED_AT_HOME = "In mijn eigen woorden"


@pytest.fixture
def draft(bare_world: World) -> Assessment:
    return start_draft(bare_world)


@pytest.fixture
def physician(bare_world: World) -> Client:
    return bare_world.client("physician")


def test_a_valid_section_is_kept_and_written_to_its_rows(bare_world: World, draft: Assessment, physician: Client) -> None:
    answer = post(physician, bare_world, draft, "areas", AREA)
    assert answer.status_code == 200
    assert answer.json()["version"] == 1
    assert draft_of(draft, "areas").content == AREA
    assert AreaFinding.objects.get(assessment=draft).still_possible == "Lichte dozen tillen"


def test_what_is_not_valid_is_kept_as_typed_and_the_rows_stay_as_they_were(bare_world: World, draft: Assessment, physician: Client) -> None:
    post(physician, bare_world, draft, "areas", AREA)
    wrong = {**AREA, "d430-limit_value": "veel"}
    answer = post(physician, bare_world, draft, "areas", wrong, seen=1)
    assert answer.status_code == 422
    assert answer.json()["saved"] is True
    assert set(answer.json()["errors"]) >= {"d430-limit_value"}
    assert draft_of(draft, "areas").content == wrong
    assert AreaFinding.objects.get(assessment=draft).limit_value is None


def test_a_stale_save_stores_nothing_and_carries_the_other_text(bare_world: World, draft: Assessment, physician: Client) -> None:
    post(bare_world.client("delegate"), bare_world, draft, "advice", {"message": "Van de ander"})
    answer = post(physician, bare_world, draft, "advice", {"message": "Van mij"})
    assert answer.status_code == 409
    assert answer.json()["theirs"]["message"] == "Van de ander"
    assert answer.json()["by"] == bare_world.people["delegate"].name
    assert draft_of(draft, "advice").content == {"message": "Van de ander"}


def test_without_script_a_stale_save_shows_both_texts_and_can_be_sent_again(bare_world: World, draft: Assessment, physician: Client) -> None:
    post(bare_world.client("delegate"), bare_world, draft, "advice", {"message": "Van de ander"})
    page = post(physician, bare_world, draft, "advice", {"message": "Van mij"}, fetch=False)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Van de ander" in text
    assert "Van mij" in text
    assert 'name="seen" value="1"' in text
    assert post(physician, bare_world, draft, "advice", {"message": "Van mij"}, seen=1, fetch=False).status_code == 302
    assert draft_of(draft, "advice").content == {"message": "Van mij"}


def test_without_script_saving_goes_on_to_the_next_section(bare_world: World, draft: Assessment, physician: Client) -> None:
    answer = post(physician, bare_world, draft, "prognosis", {"course": "improving"}, fetch=False)
    assert answer.headers["Location"] == url(bare_world, "fill_in_section", 1, "advice")


def test_without_script_a_mistake_is_shown_at_its_field_and_the_text_is_kept(bare_world: World, draft: Assessment, physician: Client) -> None:
    page = post(physician, bare_world, draft, "areas", {"d430-limit_value": "veel"}, fetch=False)
    assert page.status_code == 422
    assert 'value="veel"' in page.content.decode()
    assert "Vul een getal in" in page.content.decode()
    assert draft_of(draft, "areas").content == {"d430-limit_value": "veel"}


@pytest.mark.parametrize("who", ["employee", "employer", "labour_expert", "insurance_physician", "outsider", "superuser", "nobody"])
def test_only_authors_save_and_see_a_draft(world: World, who: str) -> None:
    version = start_draft(world)
    before = list(SectionDraft.objects.filter(assessment=version).order_by("section").values("section", "version"))
    client = world.client(who)
    saved = post(client, world, version, "areas", AREA, seen=draft_of(version, "areas").version)
    assert saved.status_code in {401, 403, 404}
    assert b"saved" not in saved.content
    for name, more in (("fill_in", ()), ("fill_in_section", ("areas",)), ("fill_in_all", ())):
        assert client.get(url(world, name, version.number, *more)).status_code in {302, 403, 404}
        assert client.get(url(world, name, version.number, *more), headers=FETCH).status_code in {401, 403, 404}
    assert list(SectionDraft.objects.filter(assessment=version).order_by("section").values("section", "version")) == before


def test_a_delegate_reads_the_consultation_and_does_not_write_it(bare_world: World, draft: Assessment) -> None:
    client = bare_world.client("delegate")
    page = client.get(url(bare_world, "fill_in_section", 1, "consultation"))
    assert "Alleen de bedrijfsarts schrijft hier." in page.content.decode()
    answer = post(client, bare_world, draft, "consultation", {"consultation-0-question": "Mag dit?"})
    assert answer.status_code == 403
    assert not draft_of(draft, "consultation").content


def test_an_offered_version_says_why_it_cannot_be_changed_and_keeps_the_text_on_screen(
    bare_world: World, draft: Assessment, physician: Client
) -> None:
    for section in FILLED_SECTIONS:
        if section != "employee_view":
            post(physician, bare_world, draft, section, data_of(library.current(), section, SECTIONS[section]))
    with opening(bare_world.people["physician"], bare_world.number, needs=Touch(Part.LETTERS, Act.OFFER), writing=True, at=at(VISIT)) as opened:
        release.offer(opened, version=Assessment.objects.get(pk=draft.pk))
    page = physician.get(url(bare_world, "fill_in_section", 1, "advice"))
    assert "Neem de versie dan eerst terug" in page.content.decode()
    late = post(physician, bare_world, draft, "advice", {"message": "Te laat getypt"}, seen=1, fetch=False)
    assert late.status_code == 422
    assert "Te laat getypt" in late.content.decode()
    assert draft_of(draft, "advice").content["message"] == SECTIONS["advice"]["message"]
    assert post(physician, bare_world, draft, "advice", {"message": "Te laat"}, seen=1).json()["saved"] is False


def test_a_closed_dossier_takes_nothing(bare_world: World, draft: Assessment, physician: Client) -> None:
    bare_world.dossier.closed_on, bare_world.dossier.closed_by = VISIT, bare_world.people["physician"]
    bare_world.dossier.save()
    assert post(physician, bare_world, draft, "advice", {"message": "x"}).status_code == 403
    assert not draft_of(draft, "advice").content


def test_a_text_that_is_too_long_is_refused_at_its_field_and_nothing_is_stored(bare_world: World, draft: Assessment, physician: Client) -> None:
    answer = post(physician, bare_world, draft, "advice", {"message": "a" * 600_000, "needs_answer": "kort"})
    assert answer.status_code == 413
    assert answer.json() == {"saved": False, "sentence": "Deze tekst is te lang om te bewaren. Maak de tekst korter.", "field": "message"}
    assert not draft_of(draft, "advice").content


def test_a_medical_word_in_text_for_the_employer_is_a_warning_and_no_error(bare_world: World, draft: Assessment, physician: Client) -> None:
    text = "Werken kan, ondanks de burn-out."
    answer = post(physician, bare_world, draft, "advice", {"message": text})
    assert answer.status_code == 200
    (hit,) = answer.json()["hits"]["message"]
    assert (hit["before"], hit["word"], hit["after"]) == ("Werken kan, ondanks de ", "burn-out", ".")
    assert "<mark>burn-out</mark>" in physician.get(url(bare_world, "fill_in_section", 1, "advice")).content.decode()
    silent = post(physician, bare_world, draft, "areas", {"d430-status": "attention", "d430-explanation": text})
    assert silent.json()["hits"] == {}


def test_every_field_says_whether_the_employer_reads_it(bare_world: World, draft: Assessment, physician: Client) -> None:
    text = physician.get(url(bare_world, "fill_in_section", 1, "prognosis")).content.decode()
    assert text.count("dit leest ook de werkgever") == 4
    assert text.count("dit leest de werkgever niet") == 1


def test_saving_often_leaves_one_trail_line_in_a_quarter(bare_world: World, draft: Assessment, physician: Client) -> None:
    for seen in range(4):
        post(physician, bare_world, draft, "advice", {"message": f"Zin {seen}"}, seen=seen)
    assert draft_of(draft, "advice").version == 4
    assert TrailLine.objects.filter(event_code="save_section", object_id="1:advice").count() in {1, 2}  # two when a quarter turned in between


def test_a_page_that_leaves_while_its_save_is_under_way_is_not_stale(bare_world: World, draft: Assessment, physician: Client) -> None:
    post(physician, bare_world, draft, "advice", {"message": "Half"})
    leaving = {"message": "Half en de rest", "leaving": "1"}
    assert post(physician, bare_world, draft, "advice", leaving).status_code == 200
    assert draft_of(draft, "advice").content == {"message": "Half en de rest"}
    assert post(bare_world.client("delegate"), bare_world, draft, "advice", {"message": "Ander", "leaving": "1"}, seen=1).status_code == 409


def test_walking_past_the_employees_words_changes_nothing(bare_world: World, draft: Assessment, physician: Client) -> None:
    employee_types(bare_world)
    page = physician.get(url(bare_world, "fill_in_section", 1, "employee_view")).content.decode()
    assert TYPED_AT_HOME in page
    nothing = {"can_do": "", "needs": "", "on_advice": ""}
    assert post(physician, bare_world, draft, "employee_view", nothing, fetch=False).status_code == 302
    assert EmployeeView.objects.get(dossier=bare_world.dossier).can_do == TYPED_AT_HOME


def test_noted_words_stand_beside_typed_ones_and_never_set_the_switch(bare_world: World, draft: Assessment, physician: Client) -> None:
    employee_types(bare_world)
    noted = {"can_do": "Vertelde dat tillen lukt", "needs": "", "on_advice": "", "written_by": "employee", "share_with_employer": "on"}
    assert post(physician, bare_world, draft, "employee_view", noted).status_code == 200
    rows = {row.written_by: row.can_do for row in EmployeeView.objects.filter(dossier=bare_world.dossier)}
    assert rows == {WrittenBy.EMPLOYEE: TYPED_AT_HOME, WrittenBy.PHYSICIAN: "Vertelde dat tillen lukt"}
    assert bare_world.dossier.switches.count() == 0
    assert draft_of(draft, "employee_view").content["written_by"] == "physician"


def test_an_emptied_note_gives_the_place_back_to_the_employees_words(bare_world: World, draft: Assessment, physician: Client) -> None:
    employee_types(bare_world)
    post(physician, bare_world, draft, "employee_view", {"can_do": "Vertelde iets"})
    assert newest_view(bare_world.dossier, since=None).written_by == WrittenBy.PHYSICIAN  # type: ignore[union-attr]
    assert post(physician, bare_world, draft, "employee_view", {"can_do": ""}, seen=1).status_code == 200
    assert newest_view(bare_world.dossier, since=None).can_do == TYPED_AT_HOME  # type: ignore[union-attr]


def employee_types(world: World) -> None:
    from dossiers.actions import words

    with opening(world.people["employee"], world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True, at=at(VISIT)) as opened:
        words.write_view(opened, value={"can_do": TYPED_AT_HOME, "needs": "", "on_advice": ""})


def test_as_before_takes_everything_over_in_one_act(world: World) -> None:
    version = start_draft(world, date=VISIT.replace(month=3))
    client = world.client("physician")
    assert SectionDraft.objects.filter(assessment=version, carried=True).exists()
    assert "Alles zoals vorige keer" in client.get(url(world, "fill_in_section", version.number, "areas")).content.decode()
    answer = client.post(url(world, "all_as_before", version.number))
    assert answer.status_code == 302
    assert not SectionDraft.objects.filter(assessment=version, carried=True).exists()
    assert read_section(version, "areas") == read_section(world.version(1), "areas")


def test_the_previous_answer_stands_beside_the_new_one(world: World) -> None:
    version = start_draft(world, date=VISIT.replace(month=3))
    page = world.client("physician").get(url(world, "fill_in_section", version.number, "areas")).content.decode()
    assert page.count("Vorige keer:") >= 3
    assert page.count("Lichte dozen tillen.") == 2


def test_filling_in_starts_where_nobody_looked_or_something_is_needed(bare_world: World, draft: Assessment, physician: Client) -> None:
    assert physician.get(url(bare_world, "fill_in", 1)).headers["Location"] == url(bare_world, "fill_in_section", 1, "work_factors")
    post(physician, bare_world, draft, "work_factors", {})
    post(physician, bare_world, draft, "areas", {"d430-limit_value": "veel"})
    assert physician.get(url(bare_world, "fill_in", 1)).headers["Location"] == url(bare_world, "fill_in_section", 1, "areas")


@pytest.mark.parametrize("section", [*FILLED_SECTIONS, "phase"])
def test_every_section_has_its_page_and_the_long_page_has_them_all(bare_world: World, draft: Assessment, physician: Client, section: str) -> None:
    assert physician.get(url(bare_world, "fill_in_section", 1, section)).status_code == 200
    assert f'id="{section}"' in physician.get(url(bare_world, "fill_in_all", 1)).content.decode()


NAMES = st.sampled_from(
    [
        *("seen", "leaving", "then", "add_row", "message", "goal", "date", "contact", "hours_now", "usable", "review_on", "can_do", "course"),
        *("d430-status", "d430-limit_value", "d430-limit_unit", "build_up-0-from", "build_up-07-from", "build_up-9999-hours_per_week"),
        *("actions-0-what", "actions-1-by", "consultation-0-with", "family-note", "work_pressure-condition", "in_letter", "__proto__", ""),
    ]
)
TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60),
    st.sampled_from(
        ["attention", "yes", "no", "2026-02-16", "9999-99-99", "1e999", "٣", "-1", "NaN", "\x00", "a" * 25_000, "e" + "\u0301" * 40, "<script>"]
    ),
)


@settings(max_examples=200 if FULL else 25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(section=st.sampled_from(FILLED_SECTIONS), data=st.dictionaries(NAMES, TEXTS, max_size=8), fetch=st.booleans())
def test_no_form_data_makes_an_error_of_the_server(
    bare_world: World, draft: Assessment, physician: Client, *, section: str, data: dict[str, Any], fetch: bool
) -> None:
    values = {"seen": str(draft_of(draft, section).version), **data}
    answer = physician.post(url(bare_world, "save_section", 1, section), values, headers=FETCH if fetch else {})
    assert answer.status_code in {200, 302, 403, 409, 413, 422}
    assert physician.get(url(bare_world, "fill_in_section", 1, section)).status_code == 200
    assert Assessment.objects.get(pk=draft.pk).status == Status.DRAFT
