"""Text in deltas, as the live service sends it. Source: recorded sessions."""

import re
from random import Random
from string import ascii_letters, digits

WORD = re.compile(r"\s*(?:['\u2019]?\w+|[^\w\s])|\s+")
PADDED_TO = 16
"Characters of a delta and its obfuscation together, or a multiple of it."


def words(text: str) -> list[str]:
    """Each word with the blank before it, and each punctuation mark; joined, they are the text."""
    return WORD.findall(text)


def obfuscation(delta: str, rng: Random) -> str:
    """Random characters that hide how long the delta is."""
    return "".join(rng.choices(ascii_letters + digits, k=PADDED_TO - len(delta) % PADDED_TO))
