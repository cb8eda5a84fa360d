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
    theirs: World | None = None


@pytest.fixture(scope="module")
def houses(django_db_setup: None, django_db_blocker: DjangoDbBlocker, cellar: Cellar) -> Iterator[Houses]:
    """Something of every kind in both."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        quick_press(patch, cellar.folder)
        mine = make_world()
        if cellar.theirs is None:
            before = all_rows()
            cellar.theirs = neighbours()
            for world in (mine, cellar.theirs):
                fill(world)
            cellar.rows = added(before, all_rows())
        else:
            put_back(cellar.rows)
        yield Houses(World(Dossier.objects.get(pk=mine.dossier.pk), mine.people, mine.shares), cellar.theirs)
        transaction.set_rollback(True)
