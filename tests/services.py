"""The services of a test run: started before Django reads its settings, by the first process only.

xdist's workers inherit the environment. Test data lives in var/test, never in the demo's database. This plugin is loaded by `-p` in
pyproject.toml; it knows nothing of what is tested.
"""

import os
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from bar.local import LocalProblem, services


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """A wrapper, because it must come before pytest-django loads the settings."""
    if "BAR_TEST_SESSION" not in os.environ:
        os.environ["BAR_TEST_SESSION"] = str(os.getpid())
        os.environ["BAR_TEST_SERVICES"] = "1"
        stack = ExitStack()
        early_config.add_cleanup(stack.close)
        try:
            os.environ.update(stack.enter_context(services()))
        except LocalProblem as problem:
            raise pytest.UsageError(str(problem)) from None
    return (yield)
