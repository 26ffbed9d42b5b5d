"""SIGTERM asks as Ctrl+C does, where that asks for anything."""

import signal
import subprocess
import sys

import pytest

from twiliobridge.commands.stopping import sigterm_as_sigint


@pytest.fixture(autouse=True)
def _signals_are_put_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    yield
    for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
        signal.signal(number, handler)


def test_meanwhile_it_does_whatever_ctrl_c_does_by_then():
    heard = []
    signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.getsignal(signal.SIGTERM)
    with sigterm_as_sigint():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        signal.signal(signal.SIGINT, lambda *_: heard.append(True))
        signal.raise_signal(signal.SIGTERM)
    assert heard
    assert signal.getsignal(signal.SIGTERM) is before


def test_where_ctrl_c_is_ignored_it_ends_the_process_as_ever():
    """In the background of a shell, for one."""
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);"
        "from twiliobridge.commands.stopping import sigterm_as_sigint as meanwhile;"
        "meanwhile().__enter__(); signal.raise_signal(signal.SIGTERM)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603 -- our own
    assert done.returncode == -signal.SIGTERM
