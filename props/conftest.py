"""Two ways to run the properties: `ci` (the default) draws the same examples each time, `thorough` many new.

HYPOTHESIS_PROFILE=thorough nox -s props
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import settings
from replay import pytest_addoption as add_replay
from replay import pytest_collection_modifyitems as replay_one
from replay import pytest_runtest_makereport

__all__ = ["pytest_runtest_makereport"]

settings.register_profile(
    "ci", derandomize=True, database=None, max_examples=100, deadline=None, print_blob=True
)
settings.register_profile("thorough", max_examples=2000, deadline=None, print_blob=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)

if PROFILE == "ci":
    # One choice in twenty is drawn from constants of the sources that happen to be imported, unless they are
    # in site-packages: examples would depend on how the package is installed, and on every number in it.
    # There is no setting for this.
    with suppress(ImportError):
        from hypothesis.internal.conjecture import providers
        from hypothesis.internal.constants_ast import Constants

        providers._get_local_constants = Constants


@pytest.fixture(autouse=True, scope="module")
def _silence() -> Iterator[None]:
    """Thousands of calls end as they should not; tests beside these still read what is logged."""
    log = logging.getLogger("twiliobridge")
    level = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(level)


PROOF = "test_mutants.py"
TITLE = "the faults of this field, re-introduced one at a time: example at which a law found each"


def pytest_addoption(parser):
    add_replay(parser)
    parser.addoption("--mutants", action="store_true", help="only the proof that the laws bite, as a table")


def pytest_collection_modifyitems(config, items):
    replay_one(config, items)
    if config.getoption("--mutants"):
        items[:] = [item for item in items if item.path.name == PROOF]


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter, config):
    if not config.getoption("--mutants"):
        return
    passed = terminalreporter.getreports("passed")
    found = [value for report in passed for name, value in report.user_properties if name == "mutant"]
    terminalreporter.section(TITLE)
    for _, fault, law, examples, within in sorted(found):
        terminalreporter.write_line(f"| {fault} | {law} | {examples} | {within} |")
