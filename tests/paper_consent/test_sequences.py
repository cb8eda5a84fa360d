"""Whatever the employee says, in whatever order and by whatever way: the newest answer is the verdict. Against a model in plain Python."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bar.accounts.models import User
from consent.access import opening
from consent.actions.answers import answer_questions, key_of, newest_answers, note, state_of, take_back
from consent.actions.paper import RECORD, confirm_paper, record_form, record_no
from consent.facts import Why
from consent.models import Channel, NoteKind, PaperAnswer, Share
from consent.views.answers import ANSWER, WITHDRAW
from dossiers.errors import Refused
from dossiers.parts import Part
from tests.answers.material import asked_world, why
from tests.world import World
from tests.worlds import FULL

pytestmark = pytest.mark.django_db
SAID = (Part.CAPACITY, Part.EMPLOYEE_VIEW, Part.LETTERS)

choices = st.dictionaries(st.sampled_from(SAID), st.booleans(), min_size=1)
some = st.frozensets(st.sampled_from(SAID), min_size=1)
acts = st.one_of(
    st.tuples(st.just("screen"), choices),
    st.tuples(st.just("back"), st.one_of(st.just(frozenset()), some)),
    st.tuples(st.just("note"), st.sampled_from(NoteKind)),
    st.tuples(st.just("phone"), st.one_of(st.just(frozenset()), some)),
    st.tuples(st.just("paper"), choices),
)


@dataclass
class Model:
    """What was said last, per part; "paper" is a yes on paper, which counts for nothing while there is an account."""

    said: dict[Part, str] = field(default_factory=lambda: dict.fromkeys((Part.PROCESS, *SAID), "asked"))

    def screen(self, chosen: dict[Part, bool]) -> None:
        for part, yes in chosen.items():
            self._say(part, yes=yes)
        self._process()

    def back(self, parts: frozenset[Part]) -> None:
        taken = [part for part in self.said if self.said[part] in {"given", "paper"} and (not parts or part in parts)]
        for part in taken:
            self.said[part] = "withdrawn"
        if taken and "given" not in {self.said[part] for part in SAID} and self.said[Part.PROCESS] in {"given", "paper"}:
            self.said[Part.PROCESS] = "withdrawn"

    def phone(self, parts: frozenset[Part]) -> None:
        self.back(parts)
        for part in parts or SAID:
            self.said[part] = "refused" if self.said[part] == "asked" else self.said[part]
        self._process()

    def paper(self, chosen: dict[Part, bool]) -> None:
        """Signed while there is no account: there a yes on paper counts, so it is the same as one on screen until the account comes."""
        papers = {part for part, said in self.said.items() if said == "paper"}
        self.said |= dict.fromkeys(papers, "given")
        before: dict[Part, str] = {}
        for yes in (False, True):  # every no counts at once; a yes only when somebody confirmed it
            self.screen({part: said for part, said in chosen.items() if said is yes})
            before = before if yes else dict(self.said)
        new = {part for part, said in self.said.items() if said == "given" and before[part] != "given"}
        kept = {part for part in papers if self.said[part] == "given"}
        self.said |= dict.fromkeys(new | kept, "paper")

    def _say(self, part: Part, *, yes: bool) -> None:
        said = self.said[part]
        if yes:
            self.said[part] = "given"
        elif said in {"given", "asked", "paper"}:
            self.said[part] = "withdrawn" if said == "given" else "refused"

    def _process(self) -> None:
        rest, process = {self.said[part] for part in SAID}, self.said[Part.PROCESS]
        if "given" in rest:
            self.said[Part.PROCESS] = "given"
        elif process == "given":
            self.said[Part.PROCESS] = "withdrawn"
        elif process in {"asked", "paper"} and not rest & {"asked", "paper"}:
            self.said[Part.PROCESS] = "refused"


@settings(
    max_examples=150 if FULL else 8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(acts, min_size=1, max_size=5))
def test_the_newest_answer_is_the_verdict_whatever_came_before(kept: tuple[World, Share], told: list[tuple[str, Any]]) -> None:
    world, share = kept
    model = Model()
    with transaction.atomic():
        for act, value in told:
            getattr(Do(world, share), act)(value)
            if act != "note":
                getattr(model, act)(value)
            world.dossier.refresh_from_db()
            fresh = Share.objects.get(pk=share.pk)
            states = {part: state_of(row, fresh).value for part, row in newest_answers(fresh).items()}
            assert states == {part: "asked" if said == "paper" else said for part, said in model.said.items()}, told
            for part in SAID:
                is_open = why(world, "labour_expert", part) is Why.OPEN
                assert is_open == (model.said[part] == "given" == model.said[Part.PROCESS]), (told, part)
        transaction.set_rollback(True)


@pytest.fixture
def kept() -> tuple[World, Share]:
    world, share = asked_world()
    share.parts.exclude(part__in=[Part.PROCESS, *SAID]).delete()
    return world, share


@dataclass
class Do:
    """The same through the product's own actions."""

    world: World
    share: Share

    def _open(self, who: str, needs: Any) -> Any:
        return opening(self.world.people[who], self.world.number, needs=needs, writing=True)

    def _share(self) -> Share:
        return Share.objects.get(pk=self.share.pk)

    def screen(self, chosen: dict[Part, bool]) -> None:
        with self._open("employee", ANSWER) as opened:
            answer_questions(opened, share=self._share(), choices=chosen, seen=key_of(self._share()))

    def back(self, parts: frozenset[Part]) -> None:
        with self._open("employee", WITHDRAW) as opened:
            take_back(opened, share=self._share(), parts=parts)

    def note(self, kind: NoteKind) -> None:
        with suppress(Refused), self._open("employee", ANSWER) as opened:  # refused when everything was answered already
            note(opened, share=self._share(), kind=kind)

    def phone(self, parts: frozenset[Part]) -> None:
        with self._open("physician", RECORD) as opened:
            record_no(opened, share=self._share(), parts=parts, channel=Channel.PHONE)

    def paper(self, chosen: dict[Part, bool]) -> None:
        employee = User.objects.filter(pk=self.world.people["employee"].pk)
        employee.update(activated_at=None)
        with self._open("delegate", RECORD) as opened:
            day = opened.today
            record_form(opened, share=self._share(), choices=chosen, signed_on=day, posted_on=day, seen=key_of(self._share()))
        waits = PaperAnswer.objects.filter(share=self.share, confirmed_at=None, cancelled_at=None).first()
        if waits is not None:
            with self._open("physician", RECORD) as opened:
                confirm_paper(opened, share=self._share(), paper=waits.pk)
        employee.update(activated_at=timezone.now())
