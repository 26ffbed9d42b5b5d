"""Messages as debug lines: what `--verbose` shows, of a call as of an offline session.

Audio comes a hundred times a second: it is counted, and told once a second. Keys are never told.
"""

import logging
import re
from collections import Counter

import msgspec

LONGEST = 300
"Characters of a line; a session's instructions have pages."

_DATA = re.compile(r'("(?:audio|delta|image_url)":"[^"]{40})[^"]{9,}')
"Audio or an image, and of it what is told."
_SECRET = re.compile(r'("(?:authorization|api_key)":")[^"]+')
_HEADERS = re.compile(r'("headers":\{)[^}]+')
"Of an MCP tool: what it sends to its server, keys among that."


class MessageLines:
    """The lines of one conversation. `name` is at the head of each, and may change."""

    def __init__(self, log: logging.Logger, name: str) -> None:
        self.name = name
        self._log = log
        self._audio: Counter[str] = Counter()
        self._told = 0.0

    def tell(self, way: str, event: object, *, audio: bool, now: float) -> None:
        """`way` says from where to where; `audio` events are counted, with those since the last count."""
        if audio:
            self._audio[way] += 1
            if now - self._told >= 1:
                self._tell_audio(now)
            return
        self._log.debug("%s %s %s %s", self.name, way, type(event).__name__, brief(event))

    def tell_rest(self, now: float) -> None:
        """The audio that was counted and not told yet."""
        if self._audio:
            self._tell_audio(now)

    def _tell_audio(self, now: float) -> None:
        counts = ", ".join(f"{way}: {count}" for way, count in sorted(self._audio.items()))
        self._log.debug("%s audio messages: %s", self.name, counts)
        self._audio.clear()
        self._told = now


def brief(event: object) -> str:
    """An event as JSON on one line, without its secrets, its data and what is beyond the length of a line."""
    text = msgspec.json.encode(event).decode()
    text = _HEADERS.sub(r"\1...", _SECRET.sub(r"\1...", _DATA.sub(r"\1...", text)))
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
