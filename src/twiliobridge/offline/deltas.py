"""Text in deltas, as the live service sends it. Source: recorded sessions."""

import json
import re
from collections.abc import Mapping
from random import Random
from string import ascii_letters, digits
from typing import Any

WORD = re.compile(r"\s*(?:['\u2019]?\w+|[^\w\s])|\s+")
PADDED_TO = 16
"Characters of a delta and its obfuscation together, or a multiple of it."


def words(text: str) -> list[str]:
    """Each word with the blank before it, and each punctuation mark; joined, they are the text."""
    return WORD.findall(text)


def arguments_text(arguments: Mapping[str, Any] | str, *, compact: bool) -> str:
    """Compact by models that reason; the older ones leave blanks at the end of each line. A text is left."""
    if isinstance(arguments, str):
        return arguments
    if compact or not arguments:
        return json.dumps(dict(arguments), ensure_ascii=False, separators=(",", ":"))
    lines = json.dumps(dict(arguments), ensure_ascii=False, indent=2).removeprefix("{").removesuffix("\n}")
    return f"{{  {lines} \n}} \n"


def obfuscation(delta: str, rng: Random) -> str:
    """Random characters that hide how long the delta is."""
    return "".join(rng.choices(ascii_letters + digits, k=PADDED_TO - len(delta) % PADDED_TO))
