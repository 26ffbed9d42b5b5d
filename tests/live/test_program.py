"""`twiliobridge live` where there is nothing to speak into, or nobody to speak to."""

import os
import subprocess
import sys

import pytest

from twiliobridge.cli import main


@pytest.fixture
def live(tmp_path):
    """Runs the program with `flags`, where no sound server can be found."""

    def run(*flags):
        command = [sys.executable, "-m", "twiliobridge.live", "--no-instructions", *flags]
        nowhere = {"PULSE_SERVER": f"unix:{tmp_path}/none", "HOME": str(tmp_path)}
        return subprocess.run(  # noqa: S603 -- this very interpreter
            command,
            cwd=tmp_path,
            env=os.environ | nowhere,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_without_a_microphone_it_is_one_line_and_exit_2(live):
    """A machine without PortAudio, or with it and without devices; nothing else is on stderr."""
    done = live("--input", "no such microphone")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("twiliobridge live: ")
    assert "microphone" in line or "PortAudio is missing" in line


@pytest.mark.parametrize(
    "flags",
    [("--voice-threshold", "0.5"), ("--silence-timeout", "0"), ("--mode", "telepathy"), ("--nonsense",)],
)
def test_a_wrong_flag_is_exit_2(flags, capsys):
    """And a line that names it."""
    with pytest.raises(SystemExit) as leaving:
        main(["live", *flags])
    assert leaving.value.code == 2
    assert flags[0] in capsys.readouterr().err
