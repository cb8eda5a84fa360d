"""Delegates and cover: who can arrange it, what everybody reads of it, and what counts from which moment."""

import datetime as dt
import re
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from bar.accounts.models import User
from consent.access import NotOpen, Stranger, opening
from consent.actions.seats import appoint_delegate, end_cover, end_delegate, seat_person
from consent.facts import Why
from consent.models import Seat, SeatKind
from dossiers.door import Touch, write
from dossiers.errors import Refused
from dossiers.models import SectionDraft, TrailLine
from dossiers.notices import Reason
from dossiers.parts import Act, Part, Role
from dossiers.trail import Event
from tests.seats.material import SENTENCE, colleague, cover, page, post, told
from tests.world import VISIT, World, at, fill_in, make_world

APPOINT = Touch(Part.PROCESS, Act.APPOINT)
COVER = Touch(Part.PROCESS, Act.COVER)
DAY = dt.timedelta(days=1)


def test_the_physician_appoints_a_delegate_and_the_employee_reads_the_sentence(bare_world: World) -> None:
    new = colleague(bare_world, "Petra Praktijk", Role.DELEGATE, delegate_kind="pob")
    assert "Petra Praktijk" in page(bare_world, "physician", "wie-doet-mee/taakgedelegeerde/")
    answer = post(bare_world, "physician", "wie-doet-mee/taakgedelegeerde/", person=new.pk, kind="aios")
    assert answer.status_code == 302
    assert new.has_perm("dossiers.write_capacity", bare_world.dossier)
    assert told(new) == [Reason.DELEGATE_APPOINTED]
    for name in ("Petra Praktijk", "Dirk Delegaat"):
        for where in ("wie-doet-mee/", ""):
            assert SENTENCE.format(name) in page(bare_world, "employee", where)
    assert "arts in opleiding" in page(bare_world, "employee", "wie-doet-mee/")
    assert "arts in opleiding" in page(bare_world, "employee", "")
    assert "heeft een taakgedelegeerde aangewezen" in page(bare_world, "employee", "wie-heeft-gekeken/")


@pytest.mark.parametrize("who", ["employee", "employer", "delegate"])
def test_nobody_else_arranges_people(bare_world: World, who: str) -> None:
    for where in ("taakgedelegeerde", "waarneming", "overdragen", "andere-arbodienst"):
        assert bare_world.client(who).get(f"/dossier/{bare_world.number}/wie-doet-mee/{where}/").status_code == 403, where
        assert where + "/" not in page(bare_world, who, "wie-doet-mee/" if who != "employer" else "mensen/")


def test_only_people_of_the_own_arbodienst_are_offered_and_taken(bare_world: World) -> None:
    elsewhere = colleague(bare_world, "Eva Elders", Role.DELEGATE, organisation=bare_world.people["labour_expert"].organisation)
    gone = colleague(bare_world, "Gijs Gestopt", Role.DELEGATE, is_active=False)
    found = page(bare_world, "physician", "wie-doet-mee/taakgedelegeerde/")
    for person in (elsewhere, gone):
        assert person.name not in found
        answer = post(bare_world, "physician", "wie-doet-mee/taakgedelegeerde/", person=person.pk, kind="pob")
        assert answer.status_code == 422
        assert "Kies een taakgedelegeerde van uw arbodienst" in answer.content.decode()
    for nonsense in ("\0", "x" * 5000, ""):
        assert post(bare_world, "physician", "wie-doet-mee/taakgedelegeerde/", person=nonsense, kind=nonsense).status_code == 422


def test_one_person_never_holds_two_seats(bare_world: World) -> None:
    answer = post(bare_world, "physician", "wie-doet-mee/taakgedelegeerde/", person=bare_world.people["delegate"].pk, kind="pob")
    assert answer.status_code == 422
    assert "heeft al een plaats in dit dossier" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(
            dossier=bare_world.dossier, person=bare_world.people["delegate"], name="x", role=Role.EMPLOYER, start=timezone.localdate()
        )


def test_a_delegate_who_stops_can_do_nothing_more_and_the_draft_stays(bare_world: World) -> None:
    fill_in(bare_world, VISIT, who="delegate")
    delegate = bare_world.people["delegate"]
    seat = delegate.seats.get(dossier=bare_world.dossier)
    where = f"wie-doet-mee/taakgedelegeerde/{seat.pk}/stoppen/"
    assert "blijft in het dossier staan" in page(bare_world, "physician", where)
    assert delegate.has_perm("dossiers.write_capacity", bare_world.dossier)  # asking changes nothing
    client = bare_world.client("delegate")
    assert post(bare_world, "physician", where).status_code == 302
    assert client.get(f"/dossier/{bare_world.number}/").status_code == 404
    assert SectionDraft.objects.filter(assessment__dossier=bare_world.dossier, saved_by=delegate).count() > 5
    assert "namens uw bedrijfsarts" not in page(bare_world, "employee", "")
    assert "Dirk Delegaat" in page(bare_world, "employee", "wie-doet-mee/")  # as somebody who was there


def test_the_end_of_a_seat_counts_for_the_trail_and_once(bare_world: World) -> None:
    physician, seat = bare_world.people["physician"], bare_world.people["delegate"].seats.get(dossier=bare_world.dossier)
    with opening(physician, bare_world.number, needs=APPOINT, writing=True) as opened:
        end_delegate(opened, seat=seat)
    assert TrailLine.objects.filter(event_code=Event.END_SEAT, object_id=str(seat.pk)).count() == 1
    with pytest.raises(Refused), opening(physician, bare_world.number, needs=APPOINT, writing=True) as opened:
        end_delegate(opened, seat=seat)


# --- cover -----------------------------------------------------------------------------------------


def test_while_a_colleague_covers_the_regular_physician_reads_and_does_not_write(bare_world: World) -> None:
    new, today = colleague(bare_world, "Wilma Waarneemt"), timezone.localdate()
    answer = post(bare_world, "physician", "wie-doet-mee/waarneming/", person=new.pk, first_day=today, last_day=today + 9 * DAY)
    assert answer.status_code == 302
    regular = bare_world.people["physician"]
    for perm in ("write_capacity", "finalise_letters", "cover_process", "appoint_process"):
        assert new.has_perm(f"dossiers.{perm}", bare_world.dossier)
        assert not regular.has_perm(f"dossiers.{perm}", bare_world.dossier)
    assert regular.has_perm("dossiers.read_explanation", bare_world.dossier)
    assert "Een waarnemer werkt nu in dit dossier." in page(bare_world, "physician", "")
    assert "Een waarnemer werkt nu" not in page(bare_world, "Wilma Waarneemt", "")
    refused = bare_world.client("physician").get(f"/dossier/{bare_world.number}/wie-doet-mee/waarneming/")
    assert refused.status_code == 403
    assert Why.COVERED.label in refused.content.decode()
    for who in ("employee", "physician"):
        assert "Wilma Waarneemt neemt waar tot en met" in page(bare_world, who, "wie-doet-mee/")
    assert told(new) == [Reason.COVER_STARTED]
    assert Reason.COVER_STARTED in told(bare_world.people["employee"])
    assert "heeft een waarnemer aangewezen" in page(bare_world, "employee", "wie-heeft-gekeken/")


def test_a_cover_counts_through_its_last_day_and_no_longer(bare_world: World) -> None:
    new, today = colleague(bare_world, "Wilma Waarneemt"), timezone.localdate()
    cover(bare_world, new, today + DAY, today + 2 * DAY)
    regular = bare_world.people["physician"]
    for days, who_writes in ((0, regular), (1, new), (2, new), (3, regular)):
        for person in (regular, new):
            try:
                with opening(person, bare_world.number, needs=write(Part.CAPACITY), writing=True, at=at(today + days * DAY)):
                    wrote = True
            except NotOpen:
                wrote = False
            assert wrote is (person == who_writes), (days, person.name)
    assert "Straks" in page(bare_world, "employee", "wie-doet-mee/")


def test_covers_do_not_overlap_on_screen_or_in_the_database(bare_world: World) -> None:
    one, two, today = colleague(bare_world, "Een Arts"), colleague(bare_world, "Twee Arts"), timezone.localdate()
    cover(bare_world, one, today + 5 * DAY, today + 9 * DAY)
    answer = post(bare_world, "physician", "wie-doet-mee/waarneming/", person=two.pk, first_day=today + 9 * DAY, last_day=today + 12 * DAY)
    assert answer.status_code == 422
    assert "neemt Een Arts al waar" in answer.content.decode()
    assert re.search(r'href="#id_first_day"[^>]*>[^<]*neemt Een Arts al waar', answer.content.decode()), "the sentence stands at the field"
    with pytest.raises(IntegrityError), transaction.atomic():
        seat_person(bare_world.dossier, two, Role.PHYSICIAN, kind=SeatKind.COVER, start=today + 9 * DAY, until=today + 12 * DAY)
    cover(bare_world, two, today + 10 * DAY, today + 12 * DAY)


@pytest.mark.parametrize(("first", "last", "sentence"), [(-1, 3, "al voorbij"), (3, 2, "ligt voor de eerste dag"), (0, 400, "hooguit een jaar")])
def test_days_that_cannot_be_are_refused_at_their_field(bare_world: World, first: int, last: int, sentence: str) -> None:
    new, today = colleague(bare_world, "Wilma Waarneemt"), timezone.localdate()
    answer = post(bare_world, "physician", "wie-doet-mee/waarneming/", person=new.pk, first_day=today + first * DAY, last_day=today + last * DAY)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Seat.objects.filter(person=new).exists()


def test_the_cover_physician_ends_it_early_and_the_regular_one_writes_again(bare_world: World) -> None:
    new, today = colleague(bare_world, "Wilma Waarneemt"), timezone.localdate()
    seat = cover(bare_world, new, today, today + 9 * DAY)
    where = f"wie-doet-mee/waarneming/{seat.pk}/stoppen/"
    assert bare_world.client("physician").post(f"/dossier/{bare_world.number}/{where}").status_code == 403
    assert post(bare_world, "Wilma Waarneemt", where).status_code == 302
    assert bare_world.people["physician"].has_perm("dossiers.write_capacity", bare_world.dossier)
    assert bare_world.client("Wilma Waarneemt").get(f"/dossier/{bare_world.number}/").status_code == 404


def test_a_cover_that_has_not_begun_can_be_taken_back_by_the_regular_physician(bare_world: World) -> None:
    today = timezone.localdate()
    seat = cover(bare_world, colleague(bare_world, "Wilma Waarneemt"), today + DAY, today + 9 * DAY)
    with opening(bare_world.people["physician"], bare_world.number, needs=COVER, writing=True) as opened:
        end_cover(opened, seat=seat)
    seat.refresh_from_db()
    assert seat.ended_at is not None


def test_who_covered_last_summer_can_cover_again(bare_world: World) -> None:
    new, today = colleague(bare_world, "Wilma Waarneemt"), timezone.localdate()
    old = seat_person(bare_world.dossier, new, Role.PHYSICIAN, kind=SeatKind.COVER, start=today - 9 * DAY, until=today - 3 * DAY)
    cover(bare_world, new, today, today + DAY)
    old.refresh_from_db()
    assert old.ended_at is not None
    assert timezone.localdate(old.ended_at) == today - 2 * DAY
    assert new.has_perm("dossiers.write_capacity", bare_world.dossier)


def test_a_cover_physician_who_cannot_sign_in_keeps_nobody_from_writing(bare_world: World) -> None:
    new, today = colleague(bare_world, "Wilma Waarneemt"), timezone.localdate()
    cover(bare_world, new, today, today + DAY)
    User.objects.filter(pk=new.pk).update(is_active=False)
    assert bare_world.people["physician"].has_perm("dossiers.write_capacity", bare_world.dossier)


def test_nobody_covers_in_the_own_dossier(bare_world: World) -> None:
    """A physician who is ill: a seat as the employee, and no second one."""
    ill = bare_world.people["employee"]
    User.objects.filter(pk=ill.pk).update(profession=Role.PHYSICIAN, organisation=bare_world.people["physician"].organisation)
    today = timezone.localdate()
    answer = post(bare_world, "physician", "wie-doet-mee/waarneming/", person=ill.pk, first_day=today, last_day=today)
    assert answer.status_code == 422
    assert "heeft al een plaats in dit dossier" in answer.content.decode()


def test_cover_for_a_holiday_is_arranged_in_every_dossier_at_once(bare_world: World) -> None:
    """Two dossiers of this physician; in one the days are taken."""
    new, other, today = colleague(bare_world, "Wilma Waarneemt"), colleague(bare_world, "Ook Arts"), timezone.localdate()
    cover(bare_world, other, today + DAY, today + 2 * DAY)
    client = bare_world.client("physician")
    assert "2 dossiers" in client.get("/waarneming/").content.decode()
    days = {"person": new.pk, "first_day": today + DAY, "last_day": today + 5 * DAY}
    answer = client.post("/waarneming/", days)
    text = answer.content.decode()
    assert "In 1 dossier gelukt" in text
    assert "Wout Werknemer" in text
    assert "neemt Ook Arts al waar" in text
    assert Seat.objects.filter(person=new, kind=SeatKind.COVER).exclude(dossier=bare_world.dossier).count() == 1
    for who in ("delegate", "employer"):
        assert bare_world.client(who).get("/waarneming/").status_code == 403


# --- an act that ends a seat, against a write through it ----------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_ending_a_delegate_waits_for_the_write_under_way_and_stops_the_next(races: int) -> None:
    """No write of a delegate commits after the end of the seat has returned. Counts the overlaps it achieved."""
    world = make_world(finals=0, shares=False)
    physician, delegate = world.people["physician"], world.people["delegate"]
    overlaps = 0
    for _ in range(min(races, 100)):
        seat = Seat.objects.get(dossier=world.dossier, person=delegate, ended_at__isnull=True)
        entered, begun, state = threading.Event(), threading.Event(), {"wrote": False, "ended": False, "late": False, "overlapped": False}

        def writer() -> None:
            try:
                with opening(delegate, world.number, needs=write(Part.CAPACITY), writing=True):
                    entered.set()  # noqa: B023 -- the threads end within this round
                    state["overlapped"] = begun.wait(0.5)  # noqa: B023
                    state["late"] = state["ended"]  # noqa: B023 -- ended while this write was under way
                    state["wrote"] = True  # noqa: B023
            except (Stranger, NotOpen):
                entered.set()  # noqa: B023
            finally:
                connection.close()

        def ender() -> None:
            try:
                entered.wait(5)  # noqa: B023
                with opening(physician, world.number, needs=APPOINT, writing=True) as opened:
                    begun.set()  # noqa: B023
                    end_delegate(opened, seat=seat)  # noqa: B023
                state["ended"] = True  # noqa: B023
            finally:
                connection.close()

        threads = [threading.Thread(target=writer), threading.Thread(target=ender)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert state["ended"]
        assert not state["late"]
        overlaps += state["overlapped"] and state["wrote"]
        with pytest.raises(Stranger), opening(delegate, world.number, needs=write(Part.CAPACITY), writing=True):
            pass
        with opening(physician, world.number, needs=APPOINT, writing=True) as opened:
            appoint_delegate(opened, person=delegate, kind=SeatKind.POB)
    assert overlaps >= min(races, 100) // 4
