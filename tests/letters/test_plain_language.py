"""Rule 21 of the letter: our own sentences are short and easy, in every letter that can be made.

People's own words are left out of the measure, and a name counts as one word: neither is our wording.
"""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.rules.amounts import LimitPer, LimitUnit
from dossiers.rules.dutch import FormOfAddress
from dossiers.rules.duties import Actor, StepKind
from dossiers.rules.letter.document import LetterDocument
from dossiers.rules.letter.wording import CURRENT, sentence_set
from dossiers.rules.letter_core import (
    Action,
    BuildUpKind,
    BuildUpStep,
    Certainty,
    Contact,
    Course,
    FartherStep,
    Goal,
    LetterCore,
    LetterItem,
    Limit,
    NearestStep,
    OwnWork,
    Remark,
    RemarkKind,
    Usable,
    View,
)
from dossiers.rules.letter_text import Reader, compose, lines
from dossiers.rules.readability import flesch_douma, sentences, words
from dossiers.rules.sick_weeks import Recovery
from tests.letters.material import case_core

MOST_WORDS = 16
MOST_COMMAS = 1
EASY = 80
# Words that could point at the employee (rule 5); "zij" is only used for employer and employee together.
PRONOUNS = re.compile(r"\b(hij|hem|zijn|haar|hun|diens)\b", re.IGNORECASE)
ABBREVIATIONS = re.compile(r"\b(?!UWV\b|BAR\b|E-)[A-Z]{2,}\b")

BASE = case_core("magazijn-a", 1)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
OWN = st.sampled_from(["", "Lichte orders.", "Niet meer dan 5 kilo, en niet vanaf de grond."])
SAID = st.sampled_from(["Werk elke dag een uur.", "Joost werkt nu 18 uur."])
NUMBERS = st.sampled_from([1, 2, 4, 7.5, 18, 36])


@st.composite
def items(draw: st.DrawFn, label: str) -> LetterItem:
    limit = draw(st.none() | st.builds(Limit, NUMBERS, st.sampled_from(LimitUnit), st.sampled_from(LimitPer)))
    return LetterItem(label, "Bewegen" if label else "", draw(OWN), draw(SAID), limit)


@st.composite
def cores(draw: st.DrawFn) -> LetterCore:
    usable = draw(st.sampled_from(Usable))
    can = usable is Usable.YES
    facts = replace(
        BASE.facts,
        form_of_address=draw(st.sampled_from(FormOfAddress)),
        employee_on_paper=draw(st.booleans()),
        contact=draw(st.sampled_from(Contact)),
        week=draw(st.integers(1, 130)),
        contract_hours=draw(st.sampled_from([0, 18, 36])),
        recoveries=draw(st.sampled_from([(), (Recovery(date(2026, 2, 2), date(2026, 2, 10)),)])),
        view=draw(st.none() | st.builds(View, OWN, OWN, OWN, st.booleans())),
        remarks=draw(st.sampled_from([(), (Remark(RemarkKind.ADAPTED, "Ja."), Remark(RemarkKind.DECLINED, "Nee."))])),
        nearest=draw(st.none() | st.builds(NearestStep, st.sampled_from(LETTER_STEPS), DAYS, st.sampled_from(ACTORS), st.booleans())),
        farther=tuple(draw(st.lists(st.builds(FartherStep, st.sampled_from(LETTER_STEPS), DAYS), max_size=3))),
    )
    return replace(
        BASE,
        facts=facts,
        usable=usable,
        own_work=draw(st.sampled_from(OwnWork)) if can else None,
        hours_now=draw(st.sampled_from([0, 18, 36])) if can else 0,
        build_up=tuple(draw(st.lists(st.builds(BuildUpStep, DAYS, NUMBERS, st.none() | NUMBERS, st.sampled_from(BuildUpKind), OWN), max_size=3)))
        if can
        else (),
        review_on=None if can else draw(DAYS),
        areas=tuple(draw(st.lists(items("Lopen"), max_size=8))) if can else (),
        work_factors=(),
        agreements=tuple(draw(st.lists(items(""), max_size=3))) if can else (),
        going_well=draw(OWN),
        relationship_advice=draw(OWN),
        course=draw(st.sampled_from(Course)),
        expected_return=draw(st.none() | DAYS),
        certainty=draw(st.sampled_from(Certainty)),
        next_contact=draw(st.none() | DAYS),
        goal=draw(st.sampled_from(Goal)),
        needs_answer=draw(OWN),
        message=draw(SAID),
        labour_expert_needed=draw(st.booleans()),
        actions=tuple(draw(st.lists(st.builds(Action, SAID, st.sampled_from(Actor), st.none() | DAYS), max_size=4))),
    )


ACTORS = (Actor.EMPLOYER, Actor.EMPLOYEE, Actor.TOGETHER)
LETTER_STEPS = (StepKind.ACTION_PLAN, StepKind.EVALUATION, StepKind.PLAN_CHANGE, StepKind.NOTICE_WEEK_42, StepKind.FIRST_YEAR_EVALUATION)


def ours(letter: LetterDocument) -> str:
    """Our own wording, a line for a line, with a name as one word and own words as a number, which is no word."""
    return "\n".join("".join("0" if run.own else "Joost" if run.name else run.text for run in line) for line in lines(letter))


@settings(max_examples=200)
@given(cores(), st.sampled_from(Reader))
def test_every_sentence_of_every_letter_is_short_and_easy(core: LetterCore, reader: Reader) -> None:
    text = ours(compose(core, reader))
    for sentence in sentences(text):
        assert len(words(sentence)) <= MOST_WORDS, sentence
        assert sentence.count(",") <= MOST_COMMAS, sentence
    assert flesch_douma(text) >= EASY


@settings(max_examples=100)
@given(cores(), st.sampled_from(Reader))
def test_every_letter_is_whole(core: LetterCore, reader: Reader) -> None:
    letter = compose(core, reader)
    for line in lines(letter):
        text = "".join(run.text for run in line)
        assert text.strip() == text != ""
        assert "  " not in text
        assert "{" not in text
        assert ".." not in text
    assert all(section.blocks for section in letter.sections)


@pytest.mark.parametrize("key", sorted(sentence_set(CURRENT)))
def test_every_fixed_sentence_keeps_the_rules(key: str) -> None:
    text = re.sub(r"\{\w+\}", "Joost", sentence_set(CURRENT)[key])
    for sentence in sentences(text):
        assert len(words(sentence)) <= MOST_WORDS
        assert sentence.count(",") <= MOST_COMMAS
        assert not ABBREVIATIONS.search(sentence)
        assert "€" not in sentence
        assert key.startswith(("employer_page.", "employee_page.", "contact.")) or not re.search(r"\b[Uu]w?\b", sentence), "u only on the help pages"
    # "Dat zijn 4 dagen" is the verb, not the pronoun.
    assert not PRONOUNS.search(text.replace("Dat zijn", "").replace("jaar zijn", ""))
    assert not re.search(r"\}(?:s|’s|'s|’|')(?!\w)", sentence_set(CURRENT)[key]), "no genitive"


def test_all_fixed_sentences_together_are_easy() -> None:
    text = "\n".join(re.sub(r"\{\w+\}", "Joost", sentence) for sentence in sentence_set(CURRENT).values())
    assert flesch_douma(text) >= EASY
