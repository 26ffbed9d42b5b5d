"""A report file is whole or not there, and what cannot be written is known at the start."""

from pathlib import Path

import pytest
from validation_runs import good_run

from twiliobridge.validate.report import (
    CannotWrite,
    check_writable,
    write_html,
    write_json,
    write_junit,
)
from twiliobridge.validate.report.writing import write_whole

WRITERS = [write_json, write_junit, write_html]


def test_a_path_that_can_be_written_is_left_as_it_is(tmp_path):
    path = tmp_path / "new" / "results.json"
    check_writable(path)
    assert list(path.parent.iterdir()) == []
    path.write_text("the last run's")
    check_writable(path)
    assert path.read_text() == "the last run's"


@pytest.mark.parametrize("place", [".", "file/results.json", "/proc/nobody/results.json"])
def test_a_path_that_cannot_be_written_is_one_line_that_names_it(place, tmp_path):
    """A folder, a file where a folder should be, a place where nothing can be made."""
    (tmp_path / "file").write_text("")
    path = tmp_path / place
    with pytest.raises(CannotWrite) as caught:
        check_writable(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("write", WRITERS)
def test_every_writer_says_so_too_if_the_place_has_gone_meanwhile(write, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="file"):
        write(good_run(), tmp_path / "file" / "report")


def test_a_file_is_replaced_in_one_step(tmp_path, monkeypatch):
    """Until the new content is complete, the old file is what a reader finds; nothing else is left behind."""
    path = tmp_path / "report.html"
    path.write_bytes(b"old")
    seen, rename = [], Path.replace

    def replace(partial, target):
        seen.append((partial.read_bytes(), path.read_bytes()))
        rename(partial, target)

    monkeypatch.setattr(Path, "replace", replace)
    write_whole(path, b"new")
    assert seen == [(b"new", b"old")]
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "kept").write_text("")
    with pytest.raises(CannotWrite, match="report"):
        write_whole(tmp_path / "report", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["report"]
