"""Ctrl+C ends a run where a call is played; what is between calls does not see it."""

import signal

import pytest

from twiliobridge.fuzz.interruption import Interruption


@pytest.fixture(autouse=True)
def _as_a_shell_starts_it():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_between_calls_it_waits_for_the_next():
    """However many come."""
    with Interruption() as interruption:
        interrupt()
        interrupt()
        with pytest.raises(KeyboardInterrupt), interruption.let_in():
            pytest.fail("a call was played")


def test_in_a_call_it_is_what_it_always_was():
    with Interruption() as interruption:
        with interruption.let_in(), pytest.raises(KeyboardInterrupt):
            interrupt()
        interrupt()
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_what_somebody_else_made_of_the_signal_is_left_alone():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    with Interruption() as interruption, interruption.let_in():
        interrupt()
    assert heard
