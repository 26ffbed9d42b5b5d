"""What the package exports is there, and is all that its `__init__` does."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import twiliobridge

PACKAGES = [
    "twiliobridge",
    *(f"twiliobridge.{each.name}" for each in pkgutil.iter_modules(twiliobridge.__path__) if each.ispkg),
]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_exported_name_exists(name):
    """`__all__` keeps its word, and has no name twice."""
    package = importlib.import_module(name)
    exported = getattr(package, "__all__", [])
    assert len(set(exported)) == len(exported)
    for each in exported:
        assert hasattr(package, each), f"{name}.{each}"


def test_no_file_is_longer_than_300_lines():
    """A file of more than 300 lines is two nouns."""
    here = Path(__file__).parents[1]
    folders = Path(twiliobridge.__file__).parent, here / "tests", here / "props"
    for path in (each for folder in folders for each in folder.rglob("*.py")):
        assert len(path.read_text().splitlines()) <= 300, path


def test_the_package_only_exports():
    """The public `__init__` imports and lists names; it does nothing."""
    tree = ast.parse(Path(twiliobridge.__file__).read_text())
    kinds = {type(node) for node in tree.body[1:]}
    assert kinds == {ast.ImportFrom, ast.Assign}
