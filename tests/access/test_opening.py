"""Opening a dossier: who gets in, what is written first, and what a turned key does to a write that is under way."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from consent import guard
from consent.access import NotOpen, Stranger, opening
from consent.actions import seat_person, stop, withdraw
from consent.facts import Why
from consent.models import Answer, AnswerState, Grant, Seat
from dossiers.actions.words import write_view
from dossiers.door import Touch, read, write
from dossiers.errors import Refused
from dossiers.models import EmployeeView, TrailLine
from dossiers.parts import EXPERTS, Act, Part, Role, every_touch, permission
from dossiers.trail import Event, NoTrace, action
from tests.access.test_table import EXPECTED
from tests.world import CAST, SEATED, World, share_all


def test_every_member_of_the_cast_may_exactly_what_the_page_says(world: World) -> None:
    """All roles, parts and acts: `has_perm` equals the page, with every share given and nothing switched on."""
    for who in CAST[:-1]:
        for part, act in every_touch():
            expected = who in SEATED and (Role(who), Touch(part, act)) in EXPECTED and EXPECTED[Role(who), Touch(part, act)] != "shared"
            assert world.people[who].has_perm(f"dossiers.{permission(part, act)}", world.dossier) is expected, (who, part, act)


def test_has_perm_equals_an_opening_for_every_touch(world: World) -> None:
    for who in ("employer", "delegate", "labour_expert", "superuser"):
        for part, act in every_touch():
            try:
                with opening(world.people[who], world.number, needs=Touch(part, act), writing=act is not Act.READ):
                    entered = True
            except (Stranger, NotOpen):
                entered = False
            assert world.people[who].has_perm(f"dossiers.{permission(part, act)}", world.dossier) is entered, (who, part, act)


def test_has_perm_says_no_to_anything_else(world: World) -> None:
    superuser = world.people["superuser"]
    for perm in ("dossiers.read_everything", "accounts.change_user", "dossiers.open_dossier", ""):
        assert not superuser.has_perm(perm, world.dossier)
        assert not superuser.has_perm(perm)
    assert not superuser.has_module_perms("dossiers")


def test_everything_an_opening_holds_is_what_single_questions_say(world: World) -> None:
    for who in SEATED:
        with opening(world.people[who], world.number, needs=read(Part.PROCESS)) as opened:
            for part, act in every_touch():
                assert opened.may(part, act) is world.people[who].has_perm(f"dossiers.{permission(part, act)}", world.dossier)


def test_a_list_holds_exactly_the_dossiers_whose_process_is_open(world: World) -> None:
    today = timezone.localdate()
    for who in CAST[:-1]:
        listed = set(guard.dossiers_of(world.people[who], today=today))
        assert (world.dossier in listed) is world.people[who].has_perm("dossiers.read_process", world.dossier), who
    share = world.shares[Role.LABOUR_EXPERT]
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        withdraw(opened, share=share)
    assert world.dossier not in guard.dossiers_of(world.people["labour_expert"], today=today)


def test_no_global_permission_on_a_dossier_exists(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM guardian_userobjectpermission")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM guardian_groupobjectpermission")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT to_regclass('accounts_user_user_permissions'), to_regclass('accounts_user_groups')")
        assert cursor.fetchone() == (None, None)


def test_a_grant_stands_behind_each_seat_and_each_opened_share_part(world: World) -> None:
    assert Grant.objects.filter(seat__isnull=False).count() == Seat.objects.filter(ended_at__isnull=True).count()
    row = world.shares[Role.LABOUR_EXPERT]
    given = Grant.objects.filter(share_part__share=row)
    assert given.count() == sum(2 if part.write else 1 for part in row.parts.all())
    with opening(world.people["physician"], world.number, needs=Touch(Part.SHARING, Act.STOP), writing=True) as opened:
        stop(opened, share=row, reason="Klaar.")
    assert not given.exists()


@pytest.mark.parametrize("who", ["outsider", "superuser"])
def test_a_stranger_is_told_nothing_and_leaves_a_line(world: World, who: str) -> None:
    before = TrailLine.objects.count()
    with pytest.raises(Stranger), opening(world.people[who], world.number, needs=read(Part.PROCESS)):
        pass
    with pytest.raises(Stranger), opening(world.people[who], "D-BESTAATNIET", needs=read(Part.PROCESS)):
        pass
    known, unknown = TrailLine.objects.order_by("-occurred_at")[:2][::-1]
    assert TrailLine.objects.count() == before + 2
    assert (known.event_code, known.outcome, known.checks, known.dossier_id) == ("refused", 2, "FFFF", world.dossier.pk)
    assert (unknown.event_code, unknown.outcome, unknown.checks, unknown.dossier_id) == ("refused", 2, "FFFF", None)


def test_an_insider_is_told_why_and_leaves_a_line(world: World) -> None:
    with pytest.raises(NotOpen) as refusal, opening(world.people["employer"], world.number, needs=read(Part.CAPACITY)):
        pass
    assert refusal.value.sentence == Why.NEVER.label
    line = TrailLine.objects.latest("occurred_at")
    assert (line.event_code, line.outcome, line.sentence, line.parts, line.actor_role) == ("refused", 2, "never", ["capacity"], "employer")


def test_until_the_first_open_day_an_expert_is_a_stranger(bare_world: World) -> None:
    today = timezone.localdate()
    expert = bare_world.people["labour_expert"]
    share_all(bare_world, Role.LABOUR_EXPERT, today=today, state=AnswerState.ASKED)
    with pytest.raises(Stranger), opening(expert, bare_world.number, needs=read(Part.PROCESS)):
        pass
    share_all(bare_world, Role.LABOUR_EXPERT, today=today)
    with opening(expert, bare_world.number, needs=read(Part.PROCESS)) as opened:
        assert opened.role is Role.LABOUR_EXPERT


def test_after_a_withdrawal_the_expert_is_an_insider_who_is_told_so(world: World) -> None:
    with opening(world.people["employee"], world.number, needs=Touch(Part.SHARING, Act.WITHDRAW), writing=True) as opened:
        withdraw(opened, share=world.shares[Role.INSURANCE_PHYSICIAN])
    with pytest.raises(NotOpen) as refusal, opening(world.people["insurance_physician"], world.number, needs=read(Part.PROCESS)):
        pass
    assert refusal.value.why is Why.WITHDRAWN
    with opening(world.people["labour_expert"], world.number, needs=read(Part.PROCESS)):
        pass  # somebody else's share is untouched


def test_a_share_ends_with_its_last_day_in_amsterdam(world: World) -> None:
    row = world.shares[Role.LABOUR_EXPERT]
    expert = world.people["labour_expert"]
    last = dt.datetime.combine(row.last_day, dt.time(23, 59, 59), timezone.get_default_timezone())
    with opening(expert, world.number, needs=read(Part.PROCESS), at=last):
        pass
    with pytest.raises(NotOpen) as refusal, opening(expert, world.number, needs=read(Part.PROCESS), at=last + dt.timedelta(seconds=1)):
        pass
    assert refusal.value.why is Why.EXPIRED


def test_an_answer_is_never_edited(world: World) -> None:
    for sql in ("UPDATE consent_answer SET state = 'given'", "DELETE FROM consent_answer"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Answer.objects.exists()


def test_nobody_is_seated_twice(world: World) -> None:
    with pytest.raises(Refused):
        seat_person(world.dossier, world.people["employee"], Role.EMPLOYER, start=timezone.localdate())


def test_what_a_refused_action_noted_did_not_happen(world: World) -> None:
    @action(Part.EMPLOYEE_VIEW, Act.WRITE)
    def half(opened: object) -> None:
        opened.trail.note(Event.WRITE_VIEW, Part.EMPLOYEE_VIEW)  # type: ignore[attr-defined]
        EmployeeView.objects.all().delete()
        raise Refused("Nee.")

    views = EmployeeView.objects.count()
    with opening(world.people["employee"], world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True) as opened:
        with pytest.raises(Refused):
            half(opened)
        assert opened.trail.lines == []
    assert EmployeeView.objects.count() == views


def test_an_action_without_a_trace_is_a_mistake(world: World) -> None:
    @action(Part.EMPLOYEE_VIEW, Act.WRITE)
    def silent(opened: object) -> None:
        return None

    with opening(world.people["employee"], world.number, needs=write(Part.EMPLOYEE_VIEW), writing=True) as opened, pytest.raises(NoTrace):
        silent(opened)


def test_an_opening_to_read_cannot_write(world: World) -> None:
    with opening(world.people["employee"], world.number, needs=write(Part.EMPLOYEE_VIEW)) as opened, pytest.raises(Refused):
        write_view(opened, value={"can_do": "x", "needs": "", "on_advice": "", "written_by": "employee"})


@pytest.mark.django_db
def test_every_expert_role_can_be_shared_with(bare_world: World) -> None:
    for role in EXPERTS:
        share_all(bare_world, role, today=timezone.localdate())
        assert bare_world.people[role.value].has_perm("dossiers.read_process", bare_world.dossier)
