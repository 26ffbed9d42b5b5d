"""Proof that the laws bite: each fault of `mutants` is found by the law named there, in so many examples."""

import importlib.util
import os
import re
from pathlib import Path

import mutants  # noqa: F401 -- it fills the list
import pytest
import trio
import unkind_mutants  # noqa: F401 -- likewise, after it
from conversations import Conversations
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from mutation import MUTANTS

from twiliobridge.mediastream import LocalProtocolError as IllegalToThePhone
from twiliobridge.realtime import LocalProtocolError as IllegalToTheModel

HERE = Path(__file__).parent
FINDINGS = AssertionError, trio.TooSlowError, IllegalToThePhone, IllegalToTheModel
"A law that is broken, a wait without end, what may not be said. Anything else is a fault of the mutant's."

LAWS = {
    "call": ("call/test_faulty_calls.py", "test_whatever_is_said_every_law_of_a_call_holds"),
    "doomed call": (
        "call/test_faulty_calls.py",
        "test_whatever_breaks_at_whichever_await_both_legs_end_and_nothing_is_left",
    ),
    "unkind model": (
        "call/test_unkind_calls.py",
        "test_however_unkind_the_model_is_the_call_ends_as_calls_do",
    ),
    "no answer": (
        "call/test_unkind_calls.py",
        "test_a_caller_whom_nothing_answers_is_not_left_in_silence",
    ),
    "lost sessions": (
        "call/test_unkind_calls.py",
        "test_a_call_outlives_its_sessions_and_each_is_told_what_was_heard",
    ),
    "stalled phone": (
        "call/test_faulty_calls.py",
        "test_a_phone_that_does_not_read_ends_the_call_at_the_bound_of_its_backlog",
    ),
    "tools": ("conversation/test_tool_laws.py", "test_one_request_for_each_set_of_results"),
    "inbound": ("conversation/test_inbound_laws.py", "test_the_models_clock_is_the_calls_clock"),
    "early audio": (
        "conversation/test_inbound_laws.py",
        "test_early_audio_is_bounded_and_the_newest_is_kept",
    ),
}
"And `conversation`: the invariants of `Conversations`."


class Count:
    """Examples, until one finds something."""

    def __init__(self):
        self.examples, self.found = 0, None

    def of(self, example):
        def counted(*args, **choices):
            self.examples += 1
            try:
                example(*args, **choices)
            except BaseException:
                self.found = self.found or self.examples
                raise

        return counted


def examples_until_found(law, most):
    """How many examples of `law` it takes until one fails, and of what; None if none of so many does."""
    profile = settings(
        derandomize=True,
        database=None,
        max_examples=most,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        deadline=None,
        stateful_step_count=60,
        suppress_health_check=list(HealthCheck),
    )
    count = Count()
    try:
        if law == "conversation":
            run_machine(count, profile)
        else:
            run_property(*LAWS[law], count, profile)
    except BaseException as failure:  # noqa: BLE001 -- to be judged by the caller
        return count.found, leaf(failure)
    return None, None


def run_property(path, name, count, profile):
    spec = importlib.util.spec_from_file_location("a_law", HERE / path)
    module = importlib.util.module_from_spec(spec)  # a copy, so that the real one stays as it is
    spec.loader.exec_module(module)
    law = getattr(module, name)
    law.hypothesis.inner_test = count.of(law.hypothesis.inner_test)
    law._hypothesis_internal_use_settings = profile  # whatever it says of itself
    law()


def run_machine(count, profile):
    class Counted(Conversations):
        def __init__(self):
            count.examples += 1
            super().__init__()

    try:
        run_state_machine_as_test(Counted, settings=profile)
    except BaseException:
        count.found = count.examples - 1  # the last one is Hypothesis showing what it found
        raise


def leaf(failure):
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


@pytest.mark.skipif("HYPOTHESIS_PROFILE" in os.environ, reason="another profile draws other examples")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_is_found(mutant, record_property):
    with mutant.applied():
        examples, failure = examples_until_found(mutant.law, mutant.within)
    assert examples is not None, f"{mutant.within} examples of {mutant.law!r} saw nothing"
    assert isinstance(failure, FINDINGS), repr(failure)
    record_property("mutant", (MUTANTS.index(mutant), mutant.fault, mutant.law, examples, mutant.within))


def test_the_table_lists_every_mutant():
    """props/README.md says of each which law finds it, and within how many examples."""
    table = (HERE / "README.md").read_text()
    rows = re.findall(r"^\| (.+?) \| (.+?) \| \d+ \| (\d+) \|$", table, re.MULTILINE)
    assert rows == [(mutant.fault, mutant.law, str(mutant.within)) for mutant in MUTANTS]
