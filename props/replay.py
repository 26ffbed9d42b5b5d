"""A failing example prints one line that replays it exactly: `pytest <test> --replay <version>:<blob>`.

The blob is Hypothesis's own: all choices of the example, so whatever strategies made of them. Everything else
that could differ from run to run is derived from those choices (see faulty_call.py). It holds for the version
of Hypothesis named in it, and as long as the test chooses as it did.
"""

import re
import shlex

import pytest

BLOB = re.compile(r"@reproduce_failure\('([^']+)', b'([^']*)'\)")


def pytest_addoption(parser):
    parser.addoption("--replay", metavar="VERSION:BLOB", help="replay one example of the law that is named")


@pytest.hookimpl
def pytest_collection_modifyitems(config, items):
    replayed = config.getoption("--replay")
    if replayed is None:
        return
    version, separator, blob = replayed.partition(":")
    laws = [item for item in items if law_of(item) is not None]
    if len(laws) != 1 or len(items) != 1 or not separator:
        raise pytest.UsageError(
            "--replay VERSION:BLOB needs the one law that it is an example of, as printed"
        )
    law_of(items[0])._hypothesis_internal_use_reproduce_failure = version, blob.encode()


def law_of(item):
    """What Hypothesis reads the example from: the test, or its state machine; None if it is neither."""
    function = item.function
    if not getattr(function, "is_hypothesis_test", False):
        return None
    return getattr(function, "_hypothesis_state_machine_class", function)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed and (found := BLOB.search(report.longreprtext)):
        version, blob = found.groups()
        test = shlex.quote(str(item.nodeid))
        report.sections.append(("Replay", f"pytest {test} --replay {version}:{blob}"))
    return report
