"""The keys of both sides, looked at when a post is sent: part for part, and with the typed text offered back when a key was turned."""

import datetime as dt
import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from consent.access import opening
from consent.consultation import partner_in
from consent.models import AnswerState, Share
from dossiers.door import write
from dossiers.models import Post, Thread
from dossiers.parts import EXPERTS, Part, Role
from tests.consultation.material import ANSWER, QUESTION, answered, asked, get, hidden, page, post, question, told, topic, turn
from tests.seats.material import colleague, cover
from tests.world import World, make_world, share_all
from tests.worlds import FULL

TYPED = "Deze tekst mag niet weg zijn"
OTHER_SECRET = "KANARIE consultation over iets anders"


@pytest.mark.parametrize("part", [Part.CONSULTATION, Part.CAPACITY, Part.PROCESS] if FULL else [Part.CONSULTATION, Part.CAPACITY])
def test_a_key_turned_while_the_expert_typed_stores_nothing_and_gives_the_text_back(world: World, part: Part) -> None:
    thread = asked(world)
    assert "<textarea" in page(world, "labour_expert", f"overleg/{thread.number}/")
    posts = Post.objects.count()
    turn(world, Role.LABOUR_EXPERT, part)
    refused = post(world, "labour_expert", f"overleg/{thread.number}/schrijven/", text=TYPED)
    assert refused.status_code == 403
    assert TYPED in refused.content.decode()
    hidden(refused.content.decode(), [QUESTION])
    thread.refresh_from_db()
    assert (Post.objects.count(), thread.state) == (posts, "open")


@pytest.mark.parametrize("part", [Part.CONSULTATION, Part.CAPACITY, Part.PROCESS] if FULL else [Part.CAPACITY])
def test_a_key_turned_while_the_physician_typed_stores_nothing_and_says_who_can_turn_it(world: World, part: Part) -> None:
    thread = asked(world)
    posts = Post.objects.count()
    turn(world, Role.LABOUR_EXPERT, part)
    refused = post(world, "physician", f"overleg/{thread.number}/schrijven/", text=TYPED)
    text = refused.content.decode()
    assert refused.status_code == 403
    assert TYPED in text
    assert f"De werknemer heeft de toestemming voor ‘{part.label}’" in text
    assert "Alleen de werknemer kan dat veranderen" in text
    assert Post.objects.count() == posts
    assert told(world, "labour_expert") == ["question_asked"]
    new = post(world, "physician", "overleg/nieuw/", **question(world, text=TYPED))
    assert new.status_code == 422
    assert TYPED in new.content.decode()
    assert Thread.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AnswerState.ASKED, "De werknemer heeft nog niet geantwoord"),
        (AnswerState.REFUSED, "De werknemer wil ‘Proces’ niet openen voor Els Expert"),
        (AnswerState.GIVEN, ""),
    ],
)
def test_a_question_that_meets_a_refusal_says_so(db: None, state: AnswerState, words: str) -> None:
    world = make_world(shares=False)
    share_all(world, Role.LABOUR_EXPERT, today=_today(), state=state)
    text = page(world, "physician", f"overleg/nieuw/?onderwerp={topic()}")
    assert (words in text) if words else ("Wie u nu niet kunt vragen" not in text)
    sent = post(world, "physician", "overleg/nieuw/", **question(world))
    assert sent.status_code == (302 if state is AnswerState.GIVEN else 422)
    assert Thread.objects.exists() is (state is AnswerState.GIVEN)
    if state is not AnswerState.GIVEN:
        assert get(world, "labour_expert", "overleg/").status_code == 404


def test_nobody_to_ask_leads_to_sharing(db: None) -> None:
    world = make_world(shares=False)
    text = page(world, "physician", f"overleg/nieuw/?onderwerp={topic()}")
    assert "U kunt dit nu aan niemand vragen" in text
    assert "<textarea" not in text


def test_what_is_never_open_to_a_role_is_never_asked_of_it(world: World) -> None:
    text = page(world, "physician", f"overleg/nieuw/?onderwerp={topic(item='family')}")
    assert "Het onderdeel ‘Privé en persoonlijk’ is nooit open voor deze persoon" in text
    assert post(world, "physician", "overleg/nieuw/", **question(world, item="family")).status_code == 422
    assert asked(world, "insurance_physician", item="family").part == Part.CONTEXT
    hidden(page(world, "labour_expert", "overleg/nieuw/"), ["Gezin", "Privé"])
    assert post(world, "labour_expert", "overleg/nieuw/", **question(world, "physician", item="family")).status_code == 422


@pytest.mark.parametrize("role", sorted(EXPERTS) if FULL else [Role.INSURANCE_PHYSICIAN])
def test_a_share_for_one_part_never_shows_a_question_about_another(world: World, role: Role) -> None:
    """By number, count, list, menu, version page, or the state it is in."""
    open_one = asked(world, role, part=Part.ADVICE, text=QUESTION)
    closed_one = asked(world, role, text=OTHER_SECRET)
    answered(world, closed_one, role)
    somebody = next(other for other in sorted(EXPERTS) if other != role)
    theirs = asked(world, somebody, part=Part.ADVICE, text=OTHER_SECRET)
    turn(world, role, Part.CAPACITY)
    listed = page(world, role, "overleg/")
    assert f"overleg/{open_one.number}/" in listed
    for number in (closed_one.number, theirs.number):
        hidden(listed, [f"overleg/{number}/", f"raag {number}", world.people[somebody].name])
        missing, nowhere = get(world, role, f"overleg/{number}/"), get(world, role, "overleg/99/")
        assert missing.status_code == nowhere.status_code == 404
        assert missing.content == nowhere.content
        for act in ("schrijven", "overnemen"):
            one, other = (post(world, role, f"overleg/{n}/{act}/", text=TYPED) for n in (number, 99))
            assert one.status_code == other.status_code == 403
            assert one.content == other.content
    for where in ("", "overleg/", f"overleg/{open_one.number}/", f"overleg/nieuw/?onderwerp={topic(part=Part.ADVICE)}"):
        hidden(page(world, role, where), [OTHER_SECRET, ANSWER, f"vraag {closed_one.number}"])


def test_withdrawing_consultation_hides_every_question(world: World) -> None:
    thread = asked(world)
    turn(world, Role.LABOUR_EXPERT, Part.CONSULTATION)
    for where in ("overleg/", f"overleg/{thread.number}/", "overleg/nieuw/"):
        refused = get(world, "labour_expert", where)
        assert refused.status_code == 403
        assert "De werknemer heeft de toestemming ingetrokken" in refused.content.decode()
    for where in ("", "bar/1/"):
        hidden(page(world, "labour_expert", where), ["overleg/", f"vraag {thread.number}", "Stel hierover"])


def test_the_physician_can_close_what_nobody_can_answer_any_more(world: World) -> None:
    thread = asked(world, "physician", by="labour_expert")
    assert post(world, "physician", f"overleg/{thread.number}/afsluiten/").status_code == 409
    turn(world, Role.LABOUR_EXPERT)
    assert post(world, "physician", f"overleg/{thread.number}/afsluiten/").status_code == 302
    thread.refresh_from_db()
    assert thread.state == "closed"


def test_whoever_is_physician_now_answers(world: World) -> None:
    thread = asked(world, "physician", by="labour_expert")
    stand_in = colleague(world, "Wilma Waarneemt")
    cover(world, stand_in, _today(), _today())
    assert post(world, "physician", f"overleg/{thread.number}/schrijven/", text=ANSWER).status_code == 403
    answered(world, thread, "Wilma Waarneemt")
    assert asked(world, "Wilma Waarneemt", by="labour_expert").addressee == stand_in


def test_no_key_is_turned_while_the_other_side_writes(transactional_db: None) -> None:
    world = make_world()
    thread = asked(world)
    share = world.shares[Role.LABOUR_EXPERT]
    met: list[str] = []

    def withdraw_at_the_same_moment() -> None:
        try:
            with transaction.atomic():
                Share.objects.select_for_update(nowait=True).get(pk=share.pk)
            met.append("free")
        except OperationalError:
            met.append("waits")
        finally:
            connection.close()

    def at_once() -> None:
        one = threading.Thread(target=withdraw_at_the_same_moment)
        one.start()
        one.join()

    with opening(world.people["physician"], world.number, needs=write(Part.CONSULTATION), writing=True) as opened:
        at_once()
        partner_in(opened, thread)
        at_once()
    at_once()
    assert met == ["free", "waits", "free"]


def test_beside_each_item_stands_the_way_to_ask_and_only_the_questions_one_may_know(world: World) -> None:
    mine, theirs = asked(world), asked(world, "insurance_physician")
    for who, shown, not_shown in (
        ("physician", (mine, theirs), ()),
        ("labour_expert", (mine,), (theirs,)),
        ("employee", (mine, theirs), ()),
        ("delegate", (mine, theirs), ()),
    ):
        text = page(world, who, "bar/1/")
        assert all(f"overleg/{one.number}/" in text for one in shown), who
        hidden(text, [f"overleg/{one.number}/" for one in not_shown])
        assert ("Stel hierover een vraag" in text) is (who in {"physician", "labour_expert"}), who


def _today() -> dt.date:
    return timezone.localdate()
