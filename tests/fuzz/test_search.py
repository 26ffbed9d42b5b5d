"""Which scenarios a search plays; the examiner here finds nothing wrong with any."""

import math
from collections import Counter

import pytest
from hypothesis import strategies as st

from twiliobridge.fuzz.categories import CATEGORIES, Category
from twiliobridge.fuzz.fields import PLACES
from twiliobridge.fuzz.scenario import Giant, key
from twiliobridge.fuzz.search import Search

CLASSES = ("valid", "missing", "wrong-type")
"Without parts, with parts in one turn, with parts in each."


class Content:
    lost = False

    def __init__(self):
        self.examined = []

    def examine(self, steps, *, patiently=False):
        self.examined.append(steps)
        return []

    def seems_slower(self):
        return False


def played(examples, *categories, seed=0):
    """What was examined, and the classes that were told of meanwhile."""
    examiner, told, found = Content(), [], []
    search = Search(examiner, seed, math.inf, told.append, found.append)
    search.run(categories, examples)
    assert (search.examples, found) == (len(told), [])
    return examiner.examined, told


@pytest.mark.parametrize("examples", [1, 9, 10, 11, 50])
def test_as_many_examples_are_played_as_were_asked_for(examples):
    """Of each class, whether it has parts or none; each is told, so that a bar is full at the end."""
    examined, told = played(examples, *(CATEGORIES[name] for name in CLASSES))
    assert len(examined) == 3 * examples
    assert Counter(told) == dict.fromkeys(CLASSES, examples)


def test_each_field_is_missing_once_before_any_is_again():
    examined, _ = played(50, CATEGORIES["missing"])
    assert len({key(steps) for steps in examined[: len(PLACES)]}) == len(PLACES)


def test_what_the_first_turn_took_is_taken_from_all_later_ones_alike():
    """So no class is over before its conversations have grown."""

    def scenarios(scope):
        whole = st.integers(min_value=1).map(lambda size: [Giant(size=size)] * (scope.turn + 1))
        return (*[st.just([Giant(size=0)])] * (30 if scope.turn == 0 else 0), whole)

    examined, _ = played(50, Category("probe", "", scenarios))
    assert Counter(map(len, examined)) == {1: 30, 2: 5, 3: 5, 4: 5, 5: 5}


def test_where_not_all_fields_have_room_the_seed_chooses():
    """Others by another seed, the same by the same, none twice."""
    missing = CATEGORIES["missing"]
    first, again, other = (set(map(key, played(10, missing, seed=seed)[0])) for seed in (1, 1, 2))
    assert len(first) == len(other) == 10
    assert first == again != other
