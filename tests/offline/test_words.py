"""What a recogniser writes becomes words that can be compared, and digits that can be keyed."""

import pytest

from twiliobridge.offline.words import normalised, spoken_digits


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Thanks, that's ALL!", "thanks that is all"),
        (
            "I\N{RIGHT SINGLE QUOTATION MARK}m sure I can't, won't, didn't",
            "i am sure i cannot will not did not",
        ),
        ("today's  4,271", "todays 4 271"),
        ("", ""),
        ("...", ""),
    ],
)
def test_words_lose_case_punctuation_and_contractions(text, words):
    """One space between words, and nothing else."""
    assert normalised(text) == words


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4271", "4271"),
        ("four two seven one", "4271"),
        ("four to seven one", "4271"),
        ("for too seven won", "4271"),
        ("Forty-two, seventy-one.", "4271"),
        ("It ends in 42 71.", "4271"),
        ("it is for 4271", "4271"),
        ("oh oh seven one", "0071"),
        ("fifteen twenty", "1520"),
        ("4271, sorry, I mean 4272", "4272"),
        ("four two seven", None),
        ("I have two cards, one gold", None),
        ("", None),
    ],
)
def test_digits_are_found_however_they_were_spoken(text, digits):
    """Four digits in one run, as numerals, words, pairs, or the words that sound like them; else none."""
    assert spoken_digits(normalised(text), 4) == digits
