"""Servers as processes of their own, so that what they leave behind is theirs."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent / "fuzz"


@contextmanager
def running(file, *arguments, inherited=()):
    """A server of tests/fuzz with the `inherited` descriptors; its port is the first line that it prints."""
    command = [sys.executable, str(HERE / file), *map(str, arguments)]
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdout=pipe, stderr=null, text=True, pass_fds=inherited) as process:  # noqa: S603
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()
