"""Two ways to run the properties: `ci` (the default) draws the same examples each time, `thorough` many new.

HYPOTHESIS_PROFILE=thorough nox -s props
"""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True, max_examples=100, deadline=None)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
