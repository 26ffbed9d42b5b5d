"""A day is taken as it was said; a date is only made of day, month and year."""

import pytest

from twiliobridge.offline.dates import date_in, date_words, day_in, time_in, time_words


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("On Saturday.", "Saturday"),
        ("no, not Saturday, Sunday", "Sunday"),
        ("Sundays", "Sunday"),
        ("tomorrow, please", "tomorrow"),
        ("not on Monday", None),
        ("the day after", None),
    ],
)
def test_the_day_that_was_said_last_and_not_denied(text, day):
    assert day_in(text) == day


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("the third of December 2026", "2026-12-03"),
        ("December 3rd, 2026", "2026-12-03"),
        ("3 December 2026", "2026-12-03"),
        ("on 2026-12-03", "2026-12-03"),
        ("the twenty first of May twenty twenty six", "2026-05-21"),
        ("December 3rd", None),
        ("tomorrow", None),
        ("the thirty first of February 2026", None),
        ("2026-13-01", None),
        ("", None),
    ],
)
def test_a_date_is_only_made_if_there_is_one(text, date):
    """There is no clock here, so a date without its year is none."""
    assert date_in(text) == date


@pytest.mark.parametrize(
    ("text", "moment", "spoken"),
    [
        ("at half past nine", "09:30", "half past nine"),
        ("3:30 pm", "15:30", "3:30 pm"),
        ("quarter to ten in the evening", "21:45", "quarter to ten in the evening"),
        ("seven o'clock", "07:00", "seven o'clock"),
        ("at 7 p.m.", "19:00", "7 p.m."),
        ("12 am", "00:00", "12 am"),
        ("noon", "12:00", "noon"),
        ("in ten minutes", None, None),
        ("25:70", None, "25:70"),
    ],
)
def test_times_are_found_as_they_are_said(text, moment, spoken):
    assert (time_in(text), time_words(text)) == (moment, spoken)


def test_a_date_in_words_keeps_its_words():
    assert date_words("on the third of December, please") == "the third of December"
    assert date_words("3 December 2026") == "3 December 2026"
    assert date_words("on Saturday") == "Saturday"
    assert date_words("in December") == "December"
    assert date_words("on the fifth of May") == "the fifth of May"
    assert date_words("May I book for Monday?") == "Monday"
    assert date_words("whenever") is None
