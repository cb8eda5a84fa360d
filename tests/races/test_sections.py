"""F1: two people save the same section at the same moment: one wins, and no text is lost.

Counts the overlaps it achieved, as every race here does: one that never overlaps proves nothing, and fails.
"""

import json
from typing import Any

import pytest
from django.test import Client

from dossiers.models import Assessment
from tests.filling.material import draft_of, post, start_draft
from tests.races.test_keys import Told, at_once, timed
from tests.world import World, make_world
from tests.worlds import FULL

pytestmark = pytest.mark.django_db(transaction=True)
RACES = 1_000 if FULL else 15
Saved = tuple[int, dict[str, Any]]  # the status, and what was said


def test_f1_of_two_who_save_the_same_section_one_wins_and_both_texts_are_kept() -> None:
    """The physician and the delegate; every third race the physician in two windows. The loser gets the other text, sends again and is kept too."""
    world = make_world(shares=False, finals=0)
    version = start_draft(world)
    physician, delegate, second = world.client("physician"), world.client("delegate"), world.client("physician")
    overlaps = 0
    for race in range(RACES):
        seen = draft_of(version, "advice").version
        windows = (physician, second if race % 3 == 0 else delegate)
        texts = [f"Tekst {place} van ronde {race}: ëén \N{EURO SIGN}." for place in range(2)]
        told = (Told(), Told())
        answers: dict[int, Saved] = {}

        def save(
            place: int,
            windows: tuple[Client, Client] = windows,
            texts: list[str] = texts,
            seen: int = seen,
            answers: dict[int, Saved] = answers,
        ) -> None:
            answers[place] = _saved(windows[place], world, version, texts[place], seen)

        at_once(timed(told[0], lambda: save(0)), timed(told[1], lambda: save(1)))
        winner, loser = sorted((0, 1), key=lambda place: answers[place][0] == 409)
        assert [answers[place][1]["saved"] for place in (winner, loser)] == [True, False], "exactly one wins"
        row = draft_of(version, "advice")
        assert (row.content["message"], row.version) == (texts[winner], seen + 1)
        refusal = answers[loser][1]
        assert (refusal["theirs"]["message"], refusal["version"]) == (texts[winner], seen + 1), "the loser is shown the other text, whole"
        assert refusal["by"] == world.people["delegate" if windows[winner] is delegate else "physician"].name
        status, again = _saved(windows[loser], world, version, texts[loser], seen + 1)
        assert again["saved"], status
        assert draft_of(version, "advice").content["message"] == texts[loser]
        overlaps += told[0].overlaps(told[1])
    assert draft_of(version, "advice").version == 2 * RACES, "nothing was saved twice"
    assert overlaps >= RACES // 2, f"only {overlaps} of {RACES} races overlapped"


def _saved(client: Client, world: World, version: Assessment, text: str, seen: int) -> Saved:
    answer = post(client, world, version, "advice", {"message": text}, seen=seen)
    return answer.status_code, json.loads(answer.content)
