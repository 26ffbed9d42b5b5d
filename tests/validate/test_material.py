"""What the caller says is looked for where the documents say, and nowhere else."""

import shutil
from pathlib import Path

import pytest

from twiliobridge.validate.material import FOLDERS, NAMES, NoAudio, find_material

BANKING = Path(__file__).parents[2] / "audio_samples" / "banking"


def put(folder, *names):
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy(BANKING / f"{name}.wav", folder)


@pytest.mark.parametrize("first", range(len(FOLDERS)))
def test_the_first_folder_that_has_any_counts(tmp_path, first):
    for folder in FOLDERS[first:]:
        put(tmp_path / folder, "i_lost_it", "my_gold_card")
    (tmp_path / FOLDERS[0]).mkdir(exist_ok=True)
    material = find_material(here=tmp_path)
    assert {str(Path(each).parent) for each in material.paths} == {str(tmp_path / FOLDERS[first])}


def test_a_folder_that_is_named_comes_before_all(tmp_path):
    put(tmp_path / "static", "i_lost_it")
    put(tmp_path / "mine", "hold_on_a_sec")
    material = find_material(tmp_path / "mine", here=tmp_path)
    assert {Path(each).parent.name for each in material.paths} == {"mine"}


def test_without_any_the_installed_lines_are_said(tmp_path):
    """Of those it is known which fact they mention."""
    material = find_material(here=tmp_path)
    assert {Path(each).stem for each in material.paths} == set(NAMES)
    assert material.fact == "gold"


def test_of_other_recordings_nothing_is_known(tmp_path):
    """Still there are three turns."""
    put(tmp_path / "static", "i_lost_it")
    material = find_material(here=tmp_path)
    assert len(material.turns) == 3
    assert material.fact == ""
    assert material.goodbye is None


def test_what_cannot_be_said_is_one_line(tmp_path):
    with pytest.raises(NoAudio, match="has no WAV files"):
        find_material(tmp_path)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(NoAudio, match=r"broken\.wav"):
        find_material(tmp_path)
