"""An answer in the next version: with its reference, once, editable while a draft, frozen when final."""

import pytest
from django.db import DatabaseError, transaction

from dossiers.models import SectionDraft, Thread, ThreadUse
from dossiers.parts import Part, Role
from tests.consultation.material import ANSWER, QUESTION, answered, asked, get, hidden, page, post, turn
from tests.world import VISIT, World, fill_in, finalise

LATER = VISIT.replace(month=4)


@pytest.fixture
def filling(world: World) -> Thread:
    """An answered question while a second version is being filled in, with one summary in it already."""
    thread = asked(world)
    answered(world, thread)
    fill_in(world, LATER)
    return thread


def take_over(world: World, thread: Thread, who: str = "physician") -> int:
    return post(world, who, f"overleg/{thread.number}/overnemen/").status_code


def typed(world: World) -> SectionDraft:
    return SectionDraft.objects.get(assessment=world.version(2), section="consultation")


def save(world: World, data: dict[str, str]) -> None:
    draft = typed(world)
    assert post(world, "physician", "bar/2/opslaan/overleg/", **data, seen=draft.version).status_code == 302


def test_an_answer_is_taken_over_once_with_its_reference(world: World, filling: Thread) -> None:
    where = f"overleg/{filling.number}/"
    assert "Neem over in versie 2" in page(world, "physician", where)
    before = typed(world)
    assert take_over(world, filling) == 302
    after = typed(world)
    assert after.valid
    assert after.version == before.version + 1
    assert {**(after.content or {}), **(before.content or {})} == after.content  # what stood there stands there still
    assert "Neem over in" not in page(world, "physician", where)
    assert take_over(world, filling) == 409
    assert ThreadUse.objects.count() == 1
    text = page(world, "physician", "bar/2/")
    for shown in (QUESTION, ANSWER, f"uit vraag {filling.number}", f"/{where}"):
        assert shown in text, shown
    assert f'Overgenomen uit <a href="/dossier/{world.number}/{where}">vraag {filling.number}</a>' in page(
        world, "physician", "bar/2/invullen/overleg/"
    )


def test_only_the_physician_takes_over_and_only_into_a_draft(world: World, filling: Thread) -> None:
    assert take_over(world, filling, "labour_expert") == 403
    for who in ("delegate", "employee", "employer"):
        assert take_over(world, filling, who) == 403, who
    finalise(world, LATER)
    assert "Neem over in" not in page(world, "physician", f"overleg/{filling.number}/")
    assert take_over(world, filling) == 409
    assert not ThreadUse.objects.exists()


def test_nothing_is_taken_over_before_there_is_an_answer(world: World) -> None:
    thread = asked(world)
    fill_in(world, LATER)
    assert "Neem over in" not in page(world, "physician", f"overleg/{thread.number}/")
    assert take_over(world, thread) == 409
    assert not ThreadUse.objects.exists()


def test_taking_the_row_out_takes_the_reference_out_and_discarding_removes_it(world: World, filling: Thread) -> None:
    old = dict(typed(world).content or {})
    take_over(world, filling)
    edited = {name: text.replace(ANSWER, "In het kort: ja.") for name, text in (typed(world).content or {}).items()}
    save(world, edited)
    assert f"uit vraag {filling.number}" in page(world, "physician", "bar/2/")
    save(world, {**dict.fromkeys(edited, ""), **old})  # the older row with the same expert about the same thing stays
    assert not ThreadUse.objects.exists()
    assert take_over(world, filling) == 302
    assert post(world, "physician", "bar/2/weggooien/").status_code == 302
    assert not ThreadUse.objects.exists()
    assert Thread.objects.filter(pk=filling.pk).exists()


def test_in_a_final_version_the_reference_is_frozen_and_shown_to_who_may_read_the_question(world: World, filling: Thread) -> None:
    take_over(world, filling)
    finalise(world, LATER)
    use = ThreadUse.objects.get()
    late = ThreadUse(dossier=world.dossier, assessment=world.version(1), thread=filling, at=use.at, by=use.by)
    for change in (use.delete, lambda: late.save(force_insert=True), lambda: ThreadUse.objects.filter(pk=use.pk).update(by=world.people["delegate"])):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    reference, address = f"uit vraag {filling.number}", f"overleg/{filling.number}/"
    for who in ("physician", "employee", "labour_expert"):
        text = page(world, who, "bar/2/")
        assert reference in text, who
        assert address in text, who
    assert "Dit antwoord staat in" in page(world, "labour_expert", address)
    hidden(page(world, "insurance_physician", "bar/2/"), [reference, address, ANSWER])
    turn(world, Role.LABOUR_EXPERT, Part.CONSULTATION)
    hidden(page(world, "labour_expert", "bar/2/"), [reference, address, ANSWER])
    assert get(world, "labour_expert", address).status_code == 403


def test_a_version_that_repairs_another_keeps_the_reference(world: World, filling: Thread) -> None:
    take_over(world, filling)
    finalise(world, LATER)
    assert post(world, "physician", "bar/2/herstellen/", reason="De datum klopt niet.").status_code == 302
    assert f"uit vraag {filling.number}" in page(world, "physician", "bar/3/")
    assert ThreadUse.objects.filter(thread=filling).count() == 2
