"""Writing a report: kept as typed, valid or not; stale writes show both texts; a key that is turned back stops the next save."""

import pytest
from django.test import Client

from consent.access import opening
from consent.actions import withdraw
from consent.actions.shares import stop
from dossiers.door import Touch
from dossiers.models import LabourReport, TrailLine
from dossiers.parts import Act, Part, Role
from tests.labour_report.material import FETCH, TYPED, drafted, finalised, html, offered, post, read_in_time, released, report_of, save, url
from tests.world import World


def typed(world: World) -> dict[str, str]:
    return dict(report_of(world).typed or {})


def take_back_consent(world: World, *parts: Part) -> None:
    """The employee withdraws what was given to the labour expert: these parts, or everything."""
    share = world.shares[Role.LABOUR_EXPERT]
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        withdraw(opened, share=share, parts=parts or [Part(row.part) for row in share.parts.all()])


def stop_share(world: World) -> None:
    with opening(world.people["physician"], world.number, needs=Touch(Part.SHARING, Act.STOP), writing=True) as opened:
        stop(opened, share=world.shares[Role.LABOUR_EXPERT], reason="Het onderzoek is klaar.")


def plain(client: Client, world: World, seen: int, status: int, **texts: str) -> str:
    return post(client, url(world, "write_labour_report", 1), status, **{**texts, "seen": str(seen)})


def test_what_is_typed_is_kept_valid_or_not_and_leaves_one_line(world: World) -> None:
    expert = drafted(world)
    before = TrailLine.objects.filter(event_code="save_report").count()
    answer = save(expert, world, {**TYPED, "f1-hours": "veel", "own_work": "raar"}, status=422)
    assert answer["saved"] is True
    assert set(answer["errors"]) == {"f1-hours", "own_work"}  # type: ignore[call-overload]
    assert typed(world) == {**TYPED, "f1-hours": "veel", "own_work": "raar"}
    assert 'value="veel"' in html(expert, url(world, "write_labour_report", 1))
    assert TrailLine.objects.filter(event_code="save_report").count() - before in {0, 1}  # 1: a quarter of an hour turned in between


def test_words_that_may_be_medical_are_shown_beside_their_field_and_stop_nothing(world: World) -> None:
    expert = drafted(world)
    answer = save(expert, world, {**TYPED, "factors": "Na de operatie is er minder energie.", "f1-d430-reason": "Wegens rugpijn, met tilhulp."})
    assert set(answer["hits"]) == {"factors", "f1-d430-reason"}  # type: ignore[call-overload]
    assert "<mark>operatie</mark>" in html(expert, url(world, "offer_labour_report", 1))
    offered_page = post(expert, url(world, "offer_labour_report", 1), seen=str(report_of(world).saves))
    assert offered_page.endswith("/arbeidsdeskundige/1/")


def test_a_stale_save_carries_the_other_text_and_keeps_nothing(world: World) -> None:
    expert = drafted(world)
    answer = expert.post(url(world, "write_labour_report", 1), {**TYPED, "advice": "Mijn andere venster.", "seen": "0"}, headers=FETCH)
    assert answer.status_code == 409
    assert answer.json()["theirs"]["advice"] == TYPED["advice"]
    assert typed(world)["advice"] == TYPED["advice"]
    page = plain(expert, world, 0, 409, **{**TYPED, "advice": "Mijn andere venster."})
    assert "Mijn andere venster." in page
    assert "De andere tekst" in page
    assert TYPED["advice"] in page
    plain(expert, world, report_of(world).saves, 302, **{**TYPED, "advice": "Mijn andere venster."})
    assert typed(world)["advice"] == "Mijn andere venster."


def test_functions_come_and_go_by_buttons_and_one_of_another_window_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    expert = drafted(world)
    assert plain(expert, world, report_of(world).saves, 302, **TYPED, do="add").endswith("#f2")
    assert typed(world)["f2-title"] == ""
    save(expert, world, TYPED)  # a page that does not know the second function
    assert "f2-title" in typed(world)
    save(expert, world, {**TYPED, "f2-title": "Receptionist", "f2-d350-demand": "Bellen", "f2-d350-fit": "fits"})
    plain(expert, world, report_of(world).saves, 302, **TYPED, do="remove-1")
    left = typed(world)
    assert (left["f2-title"], "f1-title" in left) == ("Receptionist", False)
    monkeypatch.setattr("dossiers.actions.labour_report.MOST_FUNCTIONS", 1)
    page = plain(expert, world, report_of(world).saves, 422, **left, do="add")
    assert "hooguit 1 functies" in page


def test_bad_text_is_a_mistake_at_its_field_and_never_an_error(world: World) -> None:
    expert = drafted(world)
    for wrong in ("a\0b", "z" * 20_001, "e" + "\u0301" * 30):
        answer = save(expert, world, {**TYPED, "advice": wrong}, status=422)
        assert set(answer["errors"]) == {"advice"}, wrong[:3]  # type: ignore[call-overload]
        assert typed(world)["advice"] == wrong


def test_odd_saves_are_refused_plainly(world: World) -> None:
    expert = drafted(world)
    where = url(world, "write_labour_report", 1)
    for seen in ("", "-1", "x", "9" * 30, "²"):
        assert expert.post(where, {**TYPED, "seen": seen}, headers=FETCH).status_code == 409, seen
    seen = str(report_of(world).saves)
    texts = {f"f1-{item}-{one}": "y" * 18_000 for item in ("d410", "d415", "d430", "d450") for one in ("demand", "reason")}
    more = dict.fromkeys(("answers", "own_work_note", "factors", "second_track_reason"), "y" * 18000)
    assert expert.post(where, {**TYPED, **texts, **more, "seen": seen}, headers=FETCH).status_code == 413
    assert expert.post(where, {**TYPED, "seen": seen, "do": "remove-99999999999"}).status_code == 302
    assert expert.get(url(world, "write_labour_report", 9)).status_code == 404


def test_an_offered_and_a_final_report_are_not_written_in(world: World) -> None:
    expert = offered(world)
    assert expert.post(url(world, "write_labour_report", 1), {**TYPED, "seen": "1"}, headers=FETCH).status_code == 409
    assert expert.get(url(world, "write_labour_report", 1)).status_code == 302
    read_in_time(world)
    post(expert, url(world, "finalise_labour_report", 1), medical_check="on")
    assert expert.post(url(world, "write_labour_report", 1), {**TYPED, "seen": "1"}, headers=FETCH).status_code == 409
    assert expert.post(url(world, "take_back_labour_report", 1)).status_code == 409


@pytest.mark.parametrize("end", [take_back_consent, stop_share])
def test_a_key_that_is_turned_back_stops_the_next_save_and_gives_the_text_back(world: World, end: object) -> None:
    expert = drafted(world)
    before = typed(world)
    end(world)  # type: ignore[operator]
    seen = str(report_of(world).saves)
    answer = expert.post(url(world, "write_labour_report", 1), {**TYPED, "advice": "Dit typte ik nog, ook dit.", "seen": seen})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Dit typte ik nog, ook dit." in page
    assert TYPED["f1-d430-reason"] in page
    assert typed(world) == before
    answer = expert.post(url(world, "write_labour_report", 1), {**TYPED, "advice": "Nog eens.", "seen": seen}, headers=FETCH)
    assert answer.status_code == 403
    for name in ("labour_reports", "labour_report", "offer_labour_report"):
        assert expert.get(url(world, name, *([] if name.endswith("s") else [1]))).status_code == 403, name


def test_after_a_withdrawal_an_offered_report_stays_with_the_employee_and_does_not_become_final(world: World) -> None:
    expert = offered(world)
    take_back_consent(world)
    page = html(world.client("employee"), url(world, "labour_report", 1))
    assert "wordt dit rapport niet definitief" in page
    post(world.client("employee"), url(world, "ask_labour_remark", 1), text="Dit klopt niet.")
    read_in_time(world)
    assert expert.post(url(world, "finalise_labour_report", 1), {"medical_check": "on"}).status_code == 403
    assert report_of(world).status == "offered"
    assert world.client("employer").get(url(world, "labour_report", 1)).status_code == 404


def test_what_was_released_stays_released(world: World) -> None:
    expert = released(world)
    take_back_consent(world)
    assert expert.get(url(world, "labour_report_pdf", 1)).status_code == 403
    for who in ("employee", "employer", "physician", "delegate", "uwv_labour_expert"):
        assert world.client(who).get(url(world, "labour_report_pdf", 1)).status_code == 200, who
    assert "Els Expert" in html(world.client("employer"), url(world, "people")), "that a share ended is not for the employer"


def test_a_report_that_failed_is_not_made_again_without_the_key(world: World) -> None:
    expert = finalised(world)
    LabourReport.objects.filter(dossier=world.dossier).update(pdf_state="failed")
    stop_share(world)
    assert expert.post(url(world, "retry_labour_report", 1)).status_code == 403
    assert report_of(world).pdf_state == "failed"


def test_who_may_read_neither_capacity_nor_letters_sees_no_word_of_them(world: World) -> None:
    expert = drafted(world)
    words = "niet meer dan 5 kilo tillen"
    assert words in html(expert, url(world, "write_labour_report", 1)).lower()
    take_back_consent(world, Part.LETTERS)
    assert words in html(expert, url(world, "write_labour_report", 1)).lower()
    take_back_consent(world, Part.CAPACITY)
    for page in ("write_labour_report", "offer_labour_report"):
        text = html(expert, url(world, page, 1)).lower()
        assert words not in text, page
        assert "lichte dozen" not in text, page
    # and the form is no way to find out what the letter names
    answer = save(expert, world, TYPED, status=422)
    assert set(answer["errors"]) == {"f1-d430-fit"}  # type: ignore[call-overload]
