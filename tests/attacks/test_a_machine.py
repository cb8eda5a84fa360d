"""A11, A20, A21: two hats in one dossier, a message put on the broker by hand, and files that are nobody's to fetch."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from bar.celery import app
from consent.actions import seat_person
from consent.models import Seat
from dossiers import tasks
from dossiers.actions.promises import waiting_by_clock
from dossiers.errors import Refused
from dossiers.models import LetterCopy, Outbox, TrailLine
from dossiers.parts import Part, Role, every_touch, permission
from tests.attacks.conftest import PDF, quick_press
from tests.attacks.material import neighbours
from tests.world import World


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.EMPLOYER, Role.DELEGATE, Role.LABOUR_EXPERT])
def test_a11_who_is_the_employee_gets_no_second_seat_whatever_profession(bare_world: World, role: Role) -> None:
    """Not by the act, not by a row that somebody puts beside it; and a profession alone opens nothing."""
    employee, today = bare_world.people["employee"], timezone.localdate()
    employee.profession = Role.PHYSICIAN
    employee.organisation = bare_world.people["physician"].organisation
    employee.save()
    with pytest.raises(Refused), transaction.atomic():
        seat_person(bare_world.dossier, employee, role, start=today)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(dossier=bare_world.dossier, person=employee, name=employee.name, role=role, start=today)
    mine = {(part, act) for part, act in every_touch() if employee.has_perm(f"dossiers.{permission(part, act)}", bare_world.dossier)}
    assert all(act.value != "finalise" and part is not Part.NOTES for part, act in mine)
    client = bare_world.client("employee")
    assert client.get(f"/dossier/{bare_world.number}/bar/1/invullen/").status_code == 403
    line = TrailLine.objects.filter(actor_id=employee.pk).latest("occurred_at")
    assert (line.outcome, line.actor_role) == (2, Role.EMPLOYEE)


def test_a11_a_physician_with_two_roles_in_two_dossiers_is_one_at_a_time(bare_world: World) -> None:
    """The physician of a colleague, and ill in the own dossier: there an employee, with nothing of a physician."""
    theirs = neighbours()
    physician = bare_world.people["physician"]
    own = theirs.dossier
    Seat.objects.filter(dossier=own, role=Role.EMPLOYEE).update(person=physician)
    client = bare_world.client("physician")
    assert client.get(f"/dossier/{bare_world.number}/bar/").status_code == 200
    for where in ("bar/nieuw/", "delen/nieuw/"):
        assert client.post(f"/dossier/{own.number}/{where}").status_code == 403
    line = TrailLine.objects.filter(actor_id=physician.pk, dossier_id=own.pk).latest("occurred_at")
    assert (line.outcome, line.actor_role) == (2, Role.EMPLOYEE)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[object]:
    """What went through the press."""
    quick_press(monkeypatch, tmp_path)
    seen: list[object] = []

    def press(core: object, reader: object) -> bytes:
        seen.append(reader)
        return PDF

    monkeypatch.setattr("dossiers.actions.letters.render_letter_pdf", press)
    return seen


@pytest.mark.parametrize("made_up", [str(uuid.UUID(int=5)), "letter", "dossier", "person"])
def test_a20_an_id_that_is_no_promise_makes_nothing(world: World, printed: list[object], made_up: str) -> None:
    """Whoever reaches the broker can ring, and no more: a task takes the id of a promise, and does what that row says."""
    ids: dict[str, Callable[[], object]] = {
        "letter": lambda: LetterCopy.objects.values_list("letter_id", flat=True)[0],
        "dossier": lambda: world.dossier.pk,
        "person": lambda: world.people["superuser"].pk,
    }
    before = TrailLine.objects.count()
    tasks.do_outbox(str(ids[made_up]() if made_up in ids else made_up))
    assert printed == []
    assert TrailLine.objects.count() == before
    assert not LetterCopy.objects.filter(state="ready").exists()


@pytest.mark.parametrize("rubbish", ["", "../../etc/passwd", "1 OR 1=1", "{}", "\x00"])
def test_a20_what_is_no_id_ends_the_task_and_touches_nothing(world: World, printed: list[object], rubbish: str) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        tasks.do_outbox(rubbish)
    assert printed == []


def test_a20_a_promise_that_was_kept_is_not_kept_again_by_ringing(world: World, printed: list[object]) -> None:
    pk = waiting_by_clock(now=timezone.now())[0]
    for _ in range(3):
        tasks.do_outbox(str(pk))
    assert len(printed) == 1
    assert Outbox.objects.get(pk=pk).attempts == 1


def test_a20_no_task_takes_a_person_a_part_or_a_text() -> None:
    """There is no right to check again because no task acts for a person: the only argument of all tasks together is the id of a promise."""
    ours = {name: task for name, task in app.tasks.items() if name.startswith(("bar.", "consent.", "dossiers."))}
    assert ours
    taken = {name: task.run.__code__.co_varnames[: task.run.__code__.co_argcount] for name, task in ours.items()}
    assert {name: names for name, names in taken.items() if names} == {"dossiers.tasks.do_outbox": ("outbox_id",)}


PATHS = (
    "/static/../manage.py",
    "/static/..%2fmanage.py",
    "/static/%2e%2e/manage.py",
    "/static/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/static/..%5c..%5cmanage.py",
    "/static/css/../../bar/settings.py",
    "/static//etc/passwd",
    "/static/css/tokens.css.",
    "/static/css/tokens.css%00.png",
    "/static/css/",
    "/static/",
    "/static/css/tokens.css~",
    "/static/letters/../../var/secrets.json",
    "/media/letters/a.pdf",
    "/var/letters/a.pdf",
    "/letters/a.pdf",
    "/.env",
    "/.git/config",
    "/manage.py",
)


@pytest.mark.parametrize("path", PATHS)
def test_a21_a_file_that_is_no_page_is_not_there(db: None, path: str) -> None:
    for client in (Client(), Client(headers={"accept-encoding": "gzip"})):
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert answer.status_code in {400, 404}, path
        for word in (b"SECRET_KEY", b"root:", b"%PDF", b"[core]", b"DJANGO_SETTINGS_MODULE"):
            assert word not in body, path
    assert Client().get("/static/css/tokens.css").status_code == 200, "a style sheet is"


def test_a21_letters_lie_under_nothing_that_is_served() -> None:
    letters = settings.STORAGES["letters"]["OPTIONS"]
    served = {str(folder) for folder in [*settings.STATICFILES_DIRS, settings.STATIC_ROOT]}
    assert letters["base_url"] is None
    assert not any(str(letters["location"]).startswith(folder) for folder in served)
    assert settings.MEDIA_URL in {"", "/"}
