"""docs/rules.md is what the rules are, and a number is one rule's for good."""

from write_rules import FILE, catalogue

from twiliobridge.validate.check import registered
from twiliobridge.validate.selection import RETIRED

LAWS = [law for check in registered() for law in check.parts]


def test_the_published_catalogue_is_that_of_the_code():
    """Where it is not, `python tests/write_rules.py` makes it so."""
    assert FILE.read_text("utf-8") == catalogue()


def test_every_rule_says_what_is_done_what_passes_what_to_do_and_who_says_so():
    for law in LAWS:
        assert law.done.endswith("."), law.id
        assert law.text.endswith("."), law.id
        assert law.advice, law.id
        assert law.source, law.id


def test_a_number_is_one_rule_s_for_good():
    """None is given twice, and none is left out: whoever removes a rule writes its number to RETIRED."""
    numbers = [*(law.id for law in LAWS), *RETIRED]
    assert len(set(numbers)) == len(numbers)
    for check in registered():
        own = sorted(int(each.partition(".")[2]) for each in numbers if each.startswith(f"{check.id}."))
        assert own == list(range(1, len(own) + 1)), check.id
