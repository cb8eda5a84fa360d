"""Letters and reports are printed by a quick press, into a folder of the test's own: what is tested here stands beside them."""

from tests.labour_report.conftest import letters_folder, quick_press, world

__all__ = ["letters_folder", "quick_press", "world"]
