"""Fixtures that give a test its world. A plugin, loaded by conftest."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings

from dossiers import pdf
from tests.world import World, make_world

FULL = bool(os.environ.get("BAR_FULL"))  # `make test-all`: the counts an issue states


@pytest.fixture(scope="session", autouse=True)
def own_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests close does not stand in a file that grows with every run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "CONSENT_LEDGER", tmp_path_factory.mktemp("ledger") / "closings")
        yield


@contextmanager
def blank_paper() -> Iterator[None]:
    """For tests that come by every page and look at who may: what they get as PDF is drawn with BAR_FULL only."""
    with pytest.MonkeyPatch.context() as patch:
        if not FULL:
            patch.setattr(pdf, "render_pdf", lambda _html: b"%PDF-1.7\n%%EOF\n")
        yield


@pytest.fixture
def races() -> int:
    """How often two people try at the same moment."""
    return 1_000 if FULL else 6


@pytest.fixture
def world(db: None) -> World:
    """One dossier with a final version, every expert let in, letters not made yet."""
    return make_world()


@pytest.fixture
def bare_world(db: None) -> World:
    """One dossier without a visit and without a share."""
    return make_world(shares=False, finals=0)
