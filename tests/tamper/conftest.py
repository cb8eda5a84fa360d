"""A file of checkpoints of a test's own."""

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, settings: Settings) -> Path:
    """Where checkpoints go."""
    settings.TRAIL_CHECKPOINTS = tmp_path / "trail" / "checkpoints"
    return tmp_path / "trail" / "checkpoints"
