"""One page for both sides: how far every share is, who did what, what can be done; stopping, closing, and the reminder before the end."""

import datetime as dt
import re
from html import unescape

import pytest
from django.utils import timezone

from consent.access import NotOpen, opening
from consent.actions.answers import withdraw
from consent.actions.share_reminders import remind_of_shares_by_clock
from consent.actions.shares import stop
from consent.models import AnswerState, NoteKind, PaperAnswer, Share, ShareNote
from dossiers.door import Touch
from dossiers.models import Notice, TrailLine
from dossiers.notices import Reason
from dossiers.parts import Act, Part, Role
from tests.sharing.material import NEW, asked, page, say
from tests.world import CAST, World, at, make_world, share_all

STOP = Touch(Part.SHARING, Act.STOP)


def words(html: str) -> str:
    """The text of a page on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def told(world: World, who: str, reason: Reason) -> int:
    return Notice.objects.filter(person=world.people[who], reason=reason).count()


def end(world: World, share: Share, who: str = "physician", reason: str = "Het onderzoek is klaar.") -> int:
    """What stopping on screen answers."""
    return world.client(who).post(f"/dossier/{world.number}/delen/{share.pk}/stoppen/", {"reason": reason}).status_code


# --- who comes here -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", CAST[:-1])
def test_employee_physician_and_delegate_read_the_page_and_nobody_else(world: World, who: str) -> None:
    may = who in {"employee", "physician", "delegate"}
    answer = world.client(who).get(f"/dossier/{world.number}/delen/")
    assert (answer.status_code == 200) is may
    share = world.shares[Role.LABOUR_EXPERT]
    client = world.client(who)
    assert (client.get(f"/dossier/{world.number}/delen/{share.pk}/stoppen/").status_code == 200) is (who == "physician")
    if who != "physician":
        assert end(world, share, who) in {403, 404}
        share.refresh_from_db()
        assert share.stopped_at is None


def test_each_side_gets_the_doors_it_can_open_and_no_others(world: World) -> None:
    asked(world)
    found = {who: page(world, who, "delen/") for who in ("employee", "physician", "delegate")}
    assert "delen/nieuw/" in found["physician"]
    assert "/stoppen/" in found["physician"]
    for who in ("employee", "delegate"):
        assert "delen/nieuw/" not in found[who], who
        assert "/stoppen/" not in found[who], who
    assert "<h1>Uw toestemming</h1>" in found["employee"]
    assert "Wat u kunt op uw werk" in found["employee"]
    assert "Belastbaarheid" in found["physician"]
    for door, who in (("answer_share", "employee"), ("withdraw_share", "employee"), ("paper_answer", "physician")):
        address = {"answer_share": "/antwoord/", "withdraw_share": "/intrekken/", "paper_answer": "/op-papier/"}[door]
        others = {"employee", "physician"} - {who}
        assert all(address not in found[other] for other in others), door


def test_an_empty_page_says_why_in_the_readers_words(bare_world: World) -> None:
    assert "Niemand van buiten kan in uw dossier kijken" in words(page(bare_world, "employee", "delen/"))
    assert "Wilt u dat een deskundige meekijkt?" in words(page(bare_world, "physician", "delen/"))
    assert "De bedrijfsarts kan de werknemer" in words(page(bare_world, "delegate", "delen/"))


def test_a_page_for_many_shares_asks_the_database_as_often_as_for_one(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = world.client("physician")
    counts = []
    for _ in range(2):
        client.get(f"/dossier/{world.number}/delen/")  # notes that somebody was here, which is done once in half a minute
        with CaptureQueriesContext(connection) as found:
            client.get(f"/dossier/{world.number}/delen/")
        counts.append(len(found))
        for role in world.shares:
            share_all(world, role, today=timezone.localdate())
    assert counts[0] == counts[1]


# --- what it says ----------------------------------------------------------------------------------------


def test_every_state_stands_on_the_page_in_a_word(bare_world: World) -> None:
    share = asked(bare_world, read=(Part.CAPACITY, Part.ADVICE))
    assert "gevraagd, nog geen antwoord" in words(page(bare_world, "physician", "delen/"))
    assert "U heeft nog niet geantwoord" in words(page(bare_world, "employee", "delen/"))
    say(bare_world, share, AnswerState.GIVEN, Part.PROCESS, Part.CAPACITY)
    assert "voor een deel toestemming" in words(page(bare_world, "physician", "delen/"))
    say(bare_world, share, AnswerState.GIVEN)
    assert "toestemming gegeven" in words(page(bare_world, "physician", "delen/"))
    with opening(bare_world.people["employee"], bare_world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        withdraw(opened, share=share)
    text = words(page(bare_world, "physician", "delen/"))
    assert "toestemming ingetrokken" in text
    assert "Ingetrokken: Proces, Belastbaarheid en Advies, door Wout Werknemer" in text
    assert end(bare_world, share) == 302
    text = words(page(bare_world, "employee", "delen/"))
    assert "gestopt door de bedrijfsarts" in text
    assert "Gestopt door Anna Arts Het onderzoek is klaar." in text


def test_who_did_what_stands_there_with_its_channel_and_notes(bare_world: World) -> None:
    share = asked(bare_world)
    now = timezone.now()
    for kind in NoteKind:
        ShareNote.objects.create(dossier=bare_world.dossier, share=share, kind=kind, at=now, by=bare_world.people["employee"])
    PaperAnswer.objects.create(
        dossier=bare_world.dossier,
        share=share,
        parts=["process"],
        wording="toestemming-1",
        signed_on=now.date(),
        posted_on=now.date(),
        recorded_by=bare_world.people["delegate"],
        recorded_at=now,
    )
    row = share.parts.get(part=Part.CAPACITY)
    row.answers.create(
        dossier=bare_world.dossier,
        state=AnswerState.REFUSED,
        day=now.date(),
        at=now,
        by=bare_world.people["delegate"],
        wording="toestemming-1",
        channel="phone",
        counts_from=now.date(),
    )
    text = words(page(bare_world, "physician", "delen/"))
    for sentence in (
        "Gevraagd door u",
        "Wout Werknemer antwoordt later",
        "Wout Werknemer wil eerst met de bedrijfsarts bespreken",
        "Nee: Belastbaarheid. Per telefoon gezegd, opgeschreven door Dirk Delegaat",
        "opgeschreven door Dirk Delegaat",
        "Dat telt pas als een collega het bevestigt",
    ):
        assert sentence in text, sentence
    assert "U wilt eerst met de bedrijfsarts bespreken" in words(page(bare_world, "employee", "delen/"))


def test_overlapping_shares_to_one_person_are_one_story(world: World) -> None:
    person = world.people["labour_expert"]
    first = world.shares[Role.LABOUR_EXPERT]
    later = timezone.localdate() + dt.timedelta(days=300)
    second = asked(world, who=person.pk, read=(Part.CAPACITY,), last_day=later)
    say(world, second)
    html = page(world, "physician", "delen/")
    assert html.count(">Els Expert</h2>") == 1
    text = words(html)
    now = text.split("Els Expert Arbeidsdeskundige, Bureau De Proef ")[1].split(".")[0]
    assert now.startswith("Nu open: Proces en Belastbaarheid, tot en met"), now
    assert "Arbeidsdeskundig deel (ook schrijven)" in now
    assert "Overleg (ook schrijven)" in now
    with opening(world.people["physician"], world.number, needs=STOP, writing=True) as opened:
        stop(opened, share=first, reason="Klaar.")
    after = words(page(world, "employee", "delen/")).split("Els Expert Arbeidsdeskundige, Bureau De Proef ")[1]
    assert after.startswith("Nu open: ‘Wie, wat en wanneer’ en Wat u kunt op uw werk, tot en met"), after[:200]


def test_a_share_of_another_arbodienst_keeps_its_words_but_can_be_stopped(world: World) -> None:
    share = world.shares[Role.LABOUR_EXPERT]
    seat = world.dossier.seats.get(role=Role.PHYSICIAN)
    seat.sees_from = timezone.localdate() + dt.timedelta(days=1)
    seat.save(update_fields=["sees_from"])
    text = page(world, "physician", "delen/")
    assert "Els Expert" in text
    assert "Meedenken over werk" not in text
    assert end(world, share) == 302
    assert "Els Expert" not in page(world, "physician", "delen/"), "what was older and is over is not this reader's"


# --- stopping --------------------------------------------------------------------------------------------


def test_stopping_works_at_the_very_next_request_and_twice_is_once(world: World) -> None:
    share = world.shares[Role.LABOUR_EXPERT]
    expert = world.client("labour_expert")
    assert expert.get(f"/dossier/{world.number}/bar/1/").status_code == 200
    assert end(world, share, reason=" ") == 422
    assert end(world, share, reason="\0") == 422
    assert expert.get(f"/dossier/{world.number}/bar/1/").status_code == 200
    assert end(world, share) == 302
    answer = expert.get(f"/dossier/{world.number}/bar/1/")
    assert answer.status_code == 403
    assert "gestopt met delen" in answer.content.decode()
    assert end(world, share, reason="Nog eens.") == 302
    with opening(world.people["physician"], world.number, needs=STOP, writing=True) as opened:
        stop(opened, share=share, reason="En nog eens.")
    share = Share.objects.get(pk=share.pk)
    assert share.stop_reason == "Het onderzoek is klaar."
    assert [told(world, who, Reason.SHARE_STOPPED) for who in ("employee", "labour_expert", "employer", "insurance_physician")] == [1, 1, 0, 0]


def test_who_was_never_let_in_is_not_told_that_it_stopped(bare_world: World) -> None:
    bare_world.people["insurance_physician"].email = "vera@elders.test"
    bare_world.people["insurance_physician"].save(update_fields=["email"])
    share = asked(bare_world, role=Role.INSURANCE_PHYSICIAN, email="vera@elders.test")
    assert end(bare_world, share) == 302
    assert told(bare_world, "insurance_physician", Reason.SHARE_STOPPED) == 0
    assert told(bare_world, "employee", Reason.SHARE_STOPPED) == 1
    assert bare_world.client("insurance_physician").get(f"/dossier/{bare_world.number}/").status_code == 404


def test_who_was_to_come_later_stays_a_stranger_when_it_is_stopped_before(bare_world: World) -> None:
    share = asked(bare_world, first_day=timezone.localdate() + dt.timedelta(days=7))
    say(bare_world, share)
    assert "Dat begint op" in words(page(bare_world, "physician", "delen/"))
    assert share.person.seats.filter(ended_at__isnull=True).exists()
    assert end(bare_world, share) == 302
    assert not share.person.seats.filter(ended_at__isnull=True).exists()


def test_in_a_closed_dossier_everything_has_ended_and_stopping_still_works(world: World) -> None:
    world.dossier.closed_on, world.dossier.closed_by = timezone.localdate(), world.people["physician"]
    world.dossier.save(update_fields=["closed_on", "closed_by"])
    share = world.shares[Role.LABOUR_EXPERT]
    for who in ("employee", "physician"):
        text = words(page(world, who, "delen/"))
        assert "Daarmee is alles wat gedeeld werd gestopt" in text, who
        assert "afgelopen, het dossier is gesloten" in text, who
        assert "Nu open:" not in text, who
    with pytest.raises(NotOpen), opening(world.people["labour_expert"], world.number, needs=Touch(Part.PROCESS, Act.READ)):
        pass
    assert end(world, share) == 302
    share.refresh_from_db()
    assert share.stopped_at is not None
    assert told(world, "labour_expert", Reason.SHARE_STOPPED) == 0, "it had ended already"


# --- the clock -------------------------------------------------------------------------------------------


def test_two_weeks_before_the_end_physician_and_expert_hear_once(db: None) -> None:
    world = make_world(shares=False)
    today = timezone.localdate()
    share_all(world, Role.LABOUR_EXPERT, today=today, days=15)
    share_all(world, Role.UWV_LABOUR_EXPERT, today=today, days=14, state=AnswerState.REFUSED)
    assert remind_of_shares_by_clock(now=at(today)) == 0, "a day too early"
    tomorrow = at(today + dt.timedelta(days=1))
    assert remind_of_shares_by_clock(now=tomorrow) == 1
    assert remind_of_shares_by_clock(now=tomorrow) == 0
    assert [told(world, who, Reason.SHARE_ENDS) for who in ("physician", "labour_expert", "uwv_labour_expert", "employee")] == [1, 1, 0, 0]
    assert TrailLine.objects.filter(event_code="remind", object_type="share").count() == 1


def test_nobody_is_reminded_of_what_was_stopped_closed_or_asked_again(world: World) -> None:
    soon = timezone.now() + dt.timedelta(days=170)
    stopped, renewed = world.shares[Role.LABOUR_EXPERT], world.shares[Role.INSURANCE_PHYSICIAN]
    assert end(world, stopped) == 302
    asked(
        world,
        role=Role.INSURANCE_PHYSICIAN,
        who=renewed.person_id,
        renews=renewed.pk,
        last_day=timezone.localdate() + dt.timedelta(days=300),
    )
    assert remind_of_shares_by_clock(now=soon) == 1, "only UWV's labour expert"
    assert told(world, "uwv_labour_expert", Reason.SHARE_ENDS) == 1
    Notice.objects.all().delete()
    world.dossier.closed_on, world.dossier.closed_by = timezone.localdate(), world.people["physician"]
    world.dossier.save(update_fields=["closed_on", "closed_by"])
    assert remind_of_shares_by_clock(now=soon) == 0


def test_asking_again_starts_from_what_was(world: World) -> None:
    share = world.shares[Role.LABOUR_EXPERT]
    assert f"{NEW}?na={share.pk}" in unescape(page(world, "physician", "delen/"))
