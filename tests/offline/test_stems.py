"""Words that are one to a caller are one here."""

import pytest

from twiliobridge.offline.stems import alike, kinship, stem, subject


@pytest.mark.parametrize(
    "words",
    [
        ("close", "closed", "closing", "closes"),
        ("order", "orders", "ordered", "ordering"),
        ("delivery", "deliveries"),
        ("cancel", "cancelled", "cancellation"),
        ("ship", "shipping", "shipment"),
    ],
)
def test_forms_of_a_word_have_one_stem(words):
    assert len(set(map(stem, words))) == 1


def test_names_are_taken_apart():
    """In either of the two ways in which functions are named."""
    assert subject("opening_hours") == subject("openingHours") == subject("Opening hours")
    assert subject("please tell me about the") == frozenset()


def test_meaning_and_sound_are_less_than_the_same():
    assert kinship("open", "open") > kinship(stem("close"), stem("open")) > 0
    assert kinship(stem("weather"), stem("whether")) > 0
    assert kinship("open", "bicycl") == 0


def test_short_words_are_not_alike():
    """Too many of them sound the same."""
    assert not alike("red", "rod")
    assert alike("gold", "gould")
