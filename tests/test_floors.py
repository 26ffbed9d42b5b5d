"""Imports go down only."""

from pathlib import Path

from importlinter.cli import lint_imports

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def test_the_contracts_hold(monkeypatch):
    """The same contracts as `nox -s floors`, so that who runs the tests alone learns it too."""
    monkeypatch.chdir(PYPROJECT.parent)
    assert lint_imports(config_filename=str(PYPROJECT), no_cache=True) == 0
