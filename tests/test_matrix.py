"""The bridges of `nox -s matrix`, where each lives, and how their columns become pages.

The runs themselves take half an hour and environments of their own.
"""

import re
from pathlib import Path

import msgspec
import pytest

from matrix.bridge import PROGRAMS, REROUTE, read_bridges
from matrix.confirmed import Confirmation, confirmation, unconfirmed
from matrix.home import Home
from matrix.page import page
from matrix.sheet import sheet
from matrix.verdicts import Cell, Column, Matrix, Rule, in_order
from matrix.withdrawn import Withdrawal, reviewed

COLUMN = Column(
    name="theirs",
    title="Theirs",
    source="they/theirs",
    version="theirs 1.0",
    judged="2026-11-28",
    judge="twiliobridge 1.0",
    result="FAILED",
    cells={
        "C1.10": Cell(status="passed"),
        "C1.2": Cell(status="failed", reason="it | hung up", moments=["   0.00 s  <start>"]),
    },
)
RULES = [Rule(id=each, level="MUST", law=f"{each} holds") for each in ("C1.10", "C1.2")]
SMALL = Matrix().with_column(COLUMN, RULES)
READ = {"theirs": [Confirmation(version="1.0", rules=["C1.2"], place="main.py:7", says="it hangs up")]}


def test_a_red_cell_leads_to_what_was_found_and_to_the_course_of_the_call():
    written = sheet(SMALL, READ)
    assert '<a href="#theirs-C1.2">red</a>' in written
    assert '<section id="theirs-C1.2">' in written
    assert "<code>main.py:7</code>: It hangs up." in written
    assert "0.00 s  &lt;start&gt;" in written


def test_a_red_cell_of_which_nobody_has_read_the_source_says_so():
    newer = msgspec.structs.replace(COLUMN, version="theirs 2.0")
    assert confirmation(READ, newer, "C1.2") is None
    assert "not confirmed" in page(SMALL, {})
    assert unconfirmed({}, SMALL) == [(COLUMN, "C1.2")]


def test_a_verdict_that_the_source_contradicts_does_not_stand():
    withdrawal = Withdrawal(version="1.0", rules=["C1.2"], status="failed", says="main.py:9 hangs up later")
    standing = reviewed(SMALL, {"theirs": [withdrawal]})
    assert unconfirmed({}, standing) == []
    assert "* Theirs, **C1.2**: Main.py:9 hangs up later." in page(standing, {})
    other = msgspec.structs.replace(withdrawal, status="passed")
    assert reviewed(SMALL, {"theirs": [other]}) == SMALL


def test_rules_stand_in_the_order_of_their_numbers():
    assert [rule.id for rule in SMALL.rules] == ["C1.2", "C1.10"]
    assert in_order("C10.1") > in_order("C9.12")


def test_a_new_column_takes_the_place_of_the_bridges_earlier_one():
    passing = msgspec.structs.replace(COLUMN, cells={"C1.2": Cell(status="passed")})
    newer = SMALL.with_column(passing, RULES)
    assert newer.columns == [passing]
    assert [rule.id for rule in newer.rules] == ["C1.2"]


def test_a_cell_cannot_break_the_table():
    (line,) = [line for line in page(SMALL, READ).splitlines() if line.startswith("| C1.2")]
    assert line.count("|") == 5
    assert "it / hung up" not in line


@pytest.mark.parametrize("bridge", read_bridges(), ids=lambda bridge: bridge.name)
def test_a_bridge_is_pinned_and_starts_what_there_is(bridge):
    words = [word for command in (*bridge.install, bridge.start) for word in command]
    packages = {package for package in bridge.versions if not package.startswith("@")}
    if bridge.name != "twiliobridge":
        assert all(any(f"{package}" in word and "==" in word for word in words) for package in packages)
    for word in words:
        path = Path(
            word.format(programs=PROGRAMS, reroute=REROUTE, python="python", port=1, model="", token="")
        )
        assert not path.is_absolute() or path.exists(), word
    assert re.match(r"(ws|http)://127\.0\.0\.1:\{port\}/", bridge.url)


def test_npm_packages_are_pinned():
    description = msgspec.json.decode((PROGRAMS / "node" / "package.json").read_bytes())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in description["dependencies"].values())


def test_a_home_is_made_of_the_checkout_and_leaves_that_as_it_is(tmp_path):
    bridge = msgspec.structs.replace(
        read_bridges()[0],
        checkout=True,
        folder="",
        install=[["sh", "-c", "echo new > made.txt"]],
        versions=[],
    )
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "main.py").write_text("")
    home = Home(bridge, tmp_path / "home", checkout)
    home.make()
    assert {path.name for path in home.folder.iterdir()} == {"main.py", "made.txt"}
    assert [path.name for path in checkout.iterdir()] == ["main.py"]
    (home.folder / "made.txt").unlink()
    home.make()
    assert not (home.folder / "made.txt").exists(), "made again without need"
    (checkout / "main.py").write_text("pass")
    home.make()
    assert (home.folder / "main.py").read_text() == "pass"
    assert home.version() == "unversioned files"
