"""The texts of consent: the words of docs/access.md, every part in one question, and a version that was shown never changes."""

import hashlib
from dataclasses import fields
from pathlib import Path

import pytest

from consent.access import consentable
from consent.models import Answer
from consent.wording import BY_VERSION, CURRENT, GROUPS, Question, question_of, questions_for
from dossiers.parts import EXPERTS, Act, Part, Role
from dossiers.sealed import canonical

ACCESS = (Path(__file__).resolve().parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
# A version that was shown to somebody stays as it is: a changed text is a new version.
HASHES = {"toestemming-1": "7bb52aea5cbf42fd7e60294b8fa2dbabf1796cc042719c94559c1a00ce9c8223"}
SHAREABLE = frozenset(part for part in Part if any(consentable(role, part, act) for role in EXPERTS for act in (Act.READ, Act.WRITE)))


def test_every_part_that_can_be_shared_stands_in_exactly_one_question_and_process_in_none() -> None:
    held = [part for parts in GROUPS.values() for part in parts]
    assert sorted(held) == sorted(SHAREABLE - {Part.PROCESS})
    assert question_of(Part.PROCESS) is None
    assert set(CURRENT.parts) == SHAREABLE


def test_only_questions_with_a_part_of_the_share_are_asked() -> None:
    assert questions_for([Part.PROCESS, Part.CONTEXT]) == {Question.HOME: (Part.CONTEXT,)}
    assert questions_for([Part.PROCESS]) == {Question.ONLY_PROCESS: (Part.PROCESS,)}
    assert list(questions_for(SHAREABLE)) == [Question.WORK, Question.HOME, Question.PAPERS]


@pytest.mark.parametrize("role", sorted(EXPERTS))
def test_a_no_means_what_access_says_in_exactly_those_words(role: Role) -> None:
    sentence = CURRENT.no_means[role]
    assert f'*"{sentence}"*' in " ".join(ACCESS.split())
    assert ("UWV" in sentence) == (role is not Role.LABOUR_EXPERT)


@pytest.mark.parametrize("version", sorted(BY_VERSION))
def test_a_text_that_was_shown_never_changes(version: str) -> None:
    wording = BY_VERSION[version]
    plain = {field.name: _plain(getattr(wording, field.name)) for field in fields(wording)}
    assert hashlib.sha256(canonical(plain)).hexdigest() == HASHES[version]
    assert len(version) <= Answer._meta.get_field("wording").max_length  # type: ignore[operator]


def _plain(value: object) -> object:
    return {str(key): text for key, text in sorted(value.items())} if isinstance(value, dict) else value
