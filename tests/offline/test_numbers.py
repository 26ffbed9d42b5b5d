"""Numbers are found as they are said."""

import pytest

from twiliobridge.offline.numbers import numbers_in, ordinal


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a table for four", [4]),
        ("for 4 at 7", [4, 7]),
        ("forty two", [42]),
        ("twenty-five", [25]),
        ("two hundred and five", [205]),
        ("one thousand two hundred and fifty", [1250]),
        ("1,250 dollars", [1250]),
        ("one hundred thousand", [100_000]),
        ("three point five", [3.5]),
        ("2.5 metres", [2.5]),
        ("two dozen", [24]),
        ("five six", [5, 6]),
        ("five and six", [5, 6]),
        ("and so on", []),
        ("", []),
    ],
)
def test_numbers_are_found_in_words_and_numerals(text, numbers):
    assert numbers_in(text) == numbers


def test_ordinals_are_numbers_of_days():
    assert [ordinal(word) for word in ("third", "21st", "thirtieth", "three")] == [3, 21, 30, None]
