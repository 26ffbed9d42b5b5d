"""What is written down of a server of the sample's shape is still so, and none of it is wrong with ours."""

from pathlib import Path

import pytest
from threaded import bridge_in_thread

from twiliobridge.fuzz import Endpoint, read_scenario, replay_scenario
from twiliobridge.fuzz.examiner import Examiner

pytestmark = pytest.mark.gallery

FOLDER = Path(__file__).parents[2] / "docs" / "fuzz"
FOUND = sorted(FOLDER.glob("sample-*.jsonl"))


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.stem)
def test_what_was_found_is_found_again(file, sample_url):
    """By the file that is checked in, and it is the same law."""
    scenario = read_scenario(file)
    assert scenario.law in [each.law.value for each in replay_scenario(Endpoint(sample_url), scenario)]


def test_none_of_it_is_wrong_with_our_own_server():
    with bridge_in_thread() as url:
        examiner = Examiner(Endpoint(f"ws{url.removeprefix('http')}/twilio-agent"))
        for file in FOUND:
            assert examiner.examine(read_scenario(file).steps, patiently=True) == [], file


def test_there_is_something_to_replay():
    assert len(FOUND) >= 5
