"""Which scenarios a search plays; the examiner here finds nothing wrong with any."""

import math
from collections import Counter

import pytest
from hypothesis import strategies as st

from twiliobridge.fuzz.categories import CATEGORIES, Category
from twiliobridge.fuzz.fields import PLACES
from twiliobridge.fuzz.laws import Breach, Law
from twiliobridge.fuzz.performance import Manners
from twiliobridge.fuzz.scenario import Giant, key
from twiliobridge.fuzz.search import Enough, Search

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


class Lost(Content):
    """Slow once, then never there again: after what looked like a matter of time."""

    examined_calls = 0
    loss = None

    @property
    def lost(self):
        return self.loss is not None

    def examine(self, steps, *, patiently=False):
        self.examined_calls += 1
        breach = Breach(Law.NEXT_CALL, f"call {self.examined_calls}", by_clock=True)
        if patiently:
            self.loss = breach
        return [breach]

    @property
    def examined(self):
        return self.examined_calls

    @examined.setter
    def examined(self, _):
        pass


def test_an_endpoint_that_is_lost_while_something_is_looked_at_again_is_a_finding():
    """Whatever was looked for, and though nothing had been certain: with what was played, and how often."""
    found = []
    search = Search(Lost(), 0, math.inf, lambda _: None, found.append)
    with pytest.raises(Enough):
        search.run([CATEGORIES["valid"]], 10)
    (finding,) = found
    assert (finding.law, finding.seen, finding.scenario.category) == (Law.NEXT_CALL, "call 2", "valid")
    assert finding.scenario.calls == 2
    assert "takes no clean call any more" in finding.note


@pytest.mark.parametrize(("times", "calls"), [(7, 1), (2, 20)])
def test_what_clean_calls_break_before_the_run_is_a_finding(times, calls):
    """Told once; with one call where each of the seven shows it."""
    examiner, found = Content(), []
    examiner.manners = Manners(speech=0, answer=0.01, patience=0.5, quiet=0.02)
    examiner.at_start = [Breach(Law.LEGAL, "no such field")] * times
    examiner.at_start.append(Breach(Law.ANSWERS, "a matter of time", by_clock=True))
    Search(examiner, 0, math.inf, lambda _: None, found.append).tell_start()
    (finding,) = found
    assert (finding.name, finding.example, finding.scenario.calls) == ("legal-valid", 0, calls)
    assert (finding.note == "") is (calls == 1)


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
