"""What the `ci` profile draws is the same wherever it runs."""

import os

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider

pytestmark = pytest.mark.skipif("HYPOTHESIS_PROFILE" in os.environ, reason="another profile was asked for")


def test_no_constant_of_a_source_is_drawn():
    """Not even of these files, which are sources that Hypothesis takes for the user's."""
    assert len(HypothesisProvider(None)._local_constants) == 0
