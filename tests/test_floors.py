"""Imports go down only."""

import subprocess
import sys
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def test_the_contracts_hold():
    """The same contracts as `nox -s floors`, so that who runs the tests alone learns it too.

    In a process of its own, because import-linter sets up logging for the whole of its process.
    """
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    checked = subprocess.run(  # noqa: S603 -- this very interpreter
        [sys.executable, "-c", lint, "--no-cache", "--config", PYPROJECT],
        cwd=PYPROJECT.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
