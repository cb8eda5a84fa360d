"""A version of today, as a draft and as offered."""

import pytest
from django.utils import timezone

from tests.versions.material import day_sections
from tests.world import World, fill_in, offer


@pytest.fixture
def drafted(bare_world: World) -> World:
    """A complete draft of a visit of today, not offered."""
    fill_in(bare_world, timezone.localdate(), day_sections())
    return bare_world


@pytest.fixture
def offered(drafted: World) -> World:
    """The same, offered to the employee today."""
    offer(drafted, timezone.localdate())
    return drafted
