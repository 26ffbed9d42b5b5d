import re

import pytest

from twiliobridge.realtime.ids import LENGTHS, Ids, nth_id


@pytest.mark.parametrize("kind", LENGTHS)
def test_ids_have_the_live_shape(kind):
    """The kind, an underscore, and as many alphanumerics as the service uses."""
    length = 16 if kind == "call" else 21
    assert re.fullmatch(rf"{kind}_[0-9a-zA-Z]{{{length}}}", Ids("seed").new(kind))


def test_ids_are_those_of_their_seed():
    """The same seed tells the same story; another seed, another; and no id comes twice."""
    one, same, other = Ids("a"), Ids("a"), Ids("b")
    first = [one.new("item") for _ in range(1000)]
    assert first == [same.new("item") for _ in range(1000)]
    assert len({*first, *(other.new("item") for _ in range(1000))}) == 2000


def test_seed_and_number_do_not_run_into_each_other():
    """Where the seed ends is part of the id."""
    assert nth_id("item", "a1", 1) != nth_id("item", "a", 11)
