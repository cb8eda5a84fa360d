"""Asking, answering, adding, closing and withdrawing, through the front door, by who may and who may not."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from bar.accounts.models import User
from consent.actions.consultation import remind_of_questions_by_clock
from dossiers.models import Post, Thread, TrailLine
from dossiers.models.consultation import PostKind, ThreadState
from dossiers.notices import Reason
from dossiers.parts import Part
from dossiers.rules.consultation import LONGEST_DAYS, LONGEST_POST, PRESET_WORKING_DAYS
from dossiers.rules.working_days import add_working_days
from tests.consultation.material import ANSWER, QUESTION, answered, asked, get, hidden, page, post, question, told, topic
from tests.world import World
from tests.worlds import FULL

EXPERTS = ("labour_expert", "insurance_physician", "uwv_labour_expert")


@pytest.mark.parametrize("expert", EXPERTS if FULL else ["insurance_physician"])
def test_the_physician_asks_and_the_expert_answers(world: World, expert: str) -> None:
    thread = asked(world, expert)
    assert told(world, expert) == [Reason.QUESTION_ASKED]
    assert "wacht op uw antwoord" in page(world, expert, "overleg/")
    assert QUESTION in page(world, expert, f"overleg/{thread.number}/")
    answered(world, thread, expert)
    assert told(world, "physician") == [Reason.QUESTION_ANSWERED]
    for who in ("physician", "employee", "delegate", expert):
        text = page(world, who, f"overleg/{thread.number}/")
        assert QUESTION in text, who
        assert ANSWER in text, who
        assert "beantwoord" in page(world, who, "overleg/"), who
    events = set(TrailLine.objects.filter(object_id=str(thread.pk)).values_list("event_code", flat=True))
    assert {"ask_question", "answer_question"} <= events


@pytest.mark.parametrize("expert", EXPERTS if FULL else ["labour_expert"])
def test_an_expert_asks_the_physician_and_nobody_else(world: World, expert: str) -> None:
    form = page(world, expert, f"overleg/nieuw/?onderwerp={topic()}")
    assert world.people["physician"].name in form
    hidden(form, [world.people[other].name for other in EXPERTS if other != expert])
    thread = asked(world, "physician", by=expert)
    assert (thread.asker, thread.addressee) == (world.people[expert], world.people["physician"])
    answered(world, thread, "physician")
    for other in EXPERTS:
        if other != expert:
            response = post(world, expert, "overleg/nieuw/", **question(world, other))
            assert response.status_code == 422, other
    assert Thread.objects.count() == 1


def test_nobody_else_ever_asks_or_writes(world: World) -> None:
    thread = asked(world)
    answered(world, thread)
    posts = Post.objects.count()
    doors = ("nieuw/", f"{thread.number}/schrijven/", f"{thread.number}/afsluiten/", f"{thread.number}/intrekken/", f"{thread.number}/overnemen/")
    for who, status in (("employee", 403), ("employer", 403), ("delegate", 403), ("outsider", 404), ("superuser", 404)):
        for where in doors:
            assert post(world, who, f"overleg/{where}", **question(world)).status_code == status, (who, where)
    thread.refresh_from_db()
    assert (Post.objects.count(), Thread.objects.count(), thread.state) == (posts, 1, ThreadState.ANSWERED)


def test_the_employer_never_learns_of_a_question(world: World) -> None:
    thread = asked(world)
    for where in ("overleg/", f"overleg/{thread.number}/", "overleg/nieuw/"):
        response = get(world, "employer", where)
        assert response.status_code == 403, where
        hidden(response.content.decode(), [QUESTION, "Els Expert"])
    hidden(page(world, "employer", ""), ["Overleg", "overleg/", f"vraag {thread.number}"])


def test_the_employee_reads_every_question_in_plain_words_and_writes_nothing(world: World) -> None:
    numbers = {expert: asked(world, expert).number for expert in EXPERTS}
    text = page(world, "employee", "overleg/")
    assert "Vragen tussen deskundigen" in text
    for expert, number in numbers.items():
        assert f"overleg/{number}/" in text
        assert world.people[expert].name in text
        one = page(world, "employee", f"overleg/{number}/")
        assert QUESTION in one
        assert "<textarea" not in one
        assert "Omdat niet zeker is welk werk bij u past" in one
    hidden(text, ["Stel een vraag", "nieuw/"])


def test_what_is_known_stands_above_the_question(world: World) -> None:
    first = asked(world)
    text = page(world, "physician", f"overleg/nieuw/?onderwerp={topic()}")
    for known in ("Niet meer dan 5 kilo tillen.", "Dozen van 10 kilo.", f"Vraag {first.number}:", "KANARIE explanation tillen"):
        assert known in text, known
    about_part = page(world, "physician", f"overleg/nieuw/?onderwerp={topic(part=Part.ADVICE)}")
    assert "De planning staat op papier." in about_part
    hidden(about_part, ["KANARIE explanation", "KANARIE context"])
    assert "Waarover gaat uw vraag?" in page(world, "physician", "overleg/nieuw/")


def test_the_reply_date_stands_ready_and_has_limits(world: World) -> None:
    today = timezone.localdate()
    assert add_working_days(today, PRESET_WORKING_DAYS).isoformat() in page(world, "physician", f"overleg/nieuw/?onderwerp={topic()}")
    for day, status in ((today, 302), (today + dt.timedelta(days=LONGEST_DAYS), 302), (today - dt.timedelta(days=1), 422)):
        assert post(world, "physician", "overleg/nieuw/", **question(world, reply_by=day)).status_code == status, day
    late = post(world, "physician", "overleg/nieuw/", **question(world, reply_by=today + dt.timedelta(days=LONGEST_DAYS + 1)))
    assert late.status_code == 422
    assert QUESTION in late.content.decode()


WRONG: tuple[dict[str, Any], ...] = (
    {"text": ""},
    {"text": "\0"},
    {"text": "x" * (LONGEST_POST + 1)},
    {"reason": "zomaar"},
    {"reply_by": "geen dag"},
    {"addressee": "geen mens"},
    {"onderwerp": "999"},
    {"aanleiding": "\0", "text": ""},
)


def test_what_cannot_be_asked_is_told_at_the_field_and_nothing_is_stored(world: World) -> None:
    for typed in WRONG:
        response = post(world, "physician", "overleg/nieuw/", **question(world, **typed))
        assert response.status_code == 422, typed
        assert "error-summary" in response.content.decode(), typed
    assert not Thread.objects.exists()


def test_only_the_addressee_answers_and_only_the_asker_closes(world: World) -> None:
    thread = asked(world)
    where = f"overleg/{thread.number}/"
    assert post(world, "labour_expert", f"{where}afsluiten/").status_code == 409
    assert post(world, "labour_expert", f"{where}intrekken/").status_code == 409
    assert post(world, "physician", f"{where}afsluiten/").status_code == 409  # not before there is an answer
    assert post(world, "physician", f"{where}schrijven/", text="Het gaat om dozen.").status_code == 302
    answered(world, thread)
    assert post(world, "physician", f"{where}intrekken/").status_code == 409
    assert post(world, "labour_expert", f"{where}schrijven/", text="En nog iets.").status_code == 302
    assert post(world, "physician", f"{where}afsluiten/").status_code == 302
    for who in ("physician", "labour_expert"):
        refused = post(world, who, f"{where}schrijven/", text="Toch nog iets.")
        assert refused.status_code == 409
        assert "Toch nog iets." in refused.content.decode()
    kinds = list(thread.posts.values_list("kind", flat=True))
    assert kinds == [PostKind.QUESTION, PostKind.ADDITION, PostKind.ANSWER, PostKind.ADDITION]
    thread.refresh_from_db()
    assert (thread.state, thread.closed_by) == (ThreadState.CLOSED, world.people["physician"])


def test_a_question_is_withdrawn_while_nobody_answered(world: World) -> None:
    thread = asked(world)
    assert post(world, "physician", f"overleg/{thread.number}/intrekken/").status_code == 302
    assert "ingetrokken" in page(world, "labour_expert", f"overleg/{thread.number}/")
    assert post(world, "labour_expert", f"overleg/{thread.number}/schrijven/", text="Te laat").status_code == 409


def test_what_waits_for_me_stands_on_top_and_a_late_one_says_so(world: World) -> None:
    mine = asked(world, "physician", by="labour_expert")
    theirs = asked(world)
    Thread.objects.filter(pk=mine.pk).update(reply_by=timezone.localdate() - dt.timedelta(days=1))
    text = page(world, "physician", "overleg/")
    assert text.index(f"Vraag {mine.number}:") < text.index(f"Vraag {theirs.number}:")
    assert "te laat: wacht op uw antwoord" in text


def test_the_clock_reminds_once_and_only_who_can_still_answer(world: World) -> None:
    to_expert, to_physician = asked(world), asked(world, "physician", by="insurance_physician")
    now = timezone.now()
    assert remind_of_questions_by_clock(now=now) == 0
    later = now + dt.timedelta(days=20)
    assert remind_of_questions_by_clock(now=later) == 2
    assert remind_of_questions_by_clock(now=later) == 0
    assert told(world, "labour_expert") == [Reason.QUESTION_ASKED] * 2
    assert told(world, "physician") == [Reason.QUESTION_ASKED] * 2
    lines = TrailLine.objects.filter(event_code="remind", object_id__in=[str(to_expert.pk), str(to_physician.pk)])
    assert lines.count() == 2


def test_nobody_is_reminded_of_a_question_that_nobody_can_answer(world: World) -> None:
    asked(world)
    User.objects.filter(pk=world.people["labour_expert"].pk).update(is_active=False)
    assert remind_of_questions_by_clock(now=timezone.now() + dt.timedelta(days=20)) == 0


def test_a_number_says_nothing_about_how_many_questions_there_are(world: World) -> None:
    numbers = [asked(world, "insurance_physician" if turn % 2 else "labour_expert").number for turn in range(4)]
    assert len(set(numbers)) == len(numbers)
    assert all(100 <= number < 1_000 for number in numbers)
    assert any(abs(one - other) > 1 for one, other in pairwise(numbers))  # not counted
    text = page(world, "physician", "overleg/")
    places = [text.index(f"overleg/{number}/") for number in numbers]
    assert places == sorted(places, reverse=True)  # the newest first, whatever its number
