"""Two full houses beside each other, made once per module and rolled back after it. Letters come from a quick press."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from bar.accounts.models import User
from dossiers.models import Dossier
from tests.attacks.material import clients, fill, neighbours
from tests.memory import Rows, added, all_rows, put_back
from tests.world import World, make_world

PDF = b"%PDF-1.7 nep %%EOF\n"


@dataclass
class Houses:
    """`mine` and `theirs` have no seat in common; `browsers` are the signed-in clients of each."""

    mine: World
    theirs: World

    def __post_init__(self) -> None:
        self.browsers: dict[str, dict[str, Client]] = {"mine": clients(self.mine), "theirs": clients(self.theirs)}


def quick_press(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """No real printing, and stored files away from everybody's."""
    storages: dict[str, Any] = settings.STORAGES
    mine = {**storages["letters"], "OPTIONS": {**storages["letters"]["OPTIONS"], "location": folder}}
    patch.setattr(settings, "STORAGES", {**storages, "letters": mine})
    patch.setattr("dossiers.actions.letters.render_letter_pdf", lambda *_: PDF)
    patch.setattr("dossiers.actions.labour_release.render_report_pdf", lambda *_: PDF)


@pytest.fixture(scope="session")
def cellar(tmp_path_factory: pytest.TempPathFactory) -> "Cellar":
    """What was built once is remembered for the other modules, with its stored letters."""
    return Cellar(tmp_path_factory.mktemp("letters"))


@dataclass
class Cellar:
    """The rows of both houses, and the folder of their letters."""

    folder: Path
    rows: Rows = field(default_factory=dict)
    kept: tuple[World, World] | None = None


def fresh(world: World) -> World:
    """The same dossier and people, as they stand in the database, with nothing that a test left on them."""
    people = User.objects.select_related("organisation").in_bulk([person.pk for person in world.people.values()])
    return World(Dossier.objects.get(pk=world.dossier.pk), {who: people[person.pk] for who, person in world.people.items()}, world.shares)


@pytest.fixture(scope="module")
def houses(django_db_setup: None, django_db_blocker: DjangoDbBlocker, cellar: Cellar) -> Iterator[Houses]:
    """Something of every kind in both."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        quick_press(patch, cellar.folder)
        for printing in ("bar.own_copy", "consent.views.trail"):
            patch.setattr(f"{printing}.render_document_pdf", lambda *_: PDF)
        if cellar.kept is None:
            before = all_rows()
            mine, theirs = make_world(), neighbours()
            for world in (mine, theirs):
                fill(world)
            cellar.rows, cellar.kept = added(before, all_rows()), (mine, theirs)
        else:
            put_back(cellar.rows)
        yield Houses(*(fresh(world) for world in cellar.kept))
        transaction.set_rollback(True)
