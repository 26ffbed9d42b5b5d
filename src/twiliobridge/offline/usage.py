"""What a response cost, in tokens. Audio at the service's published rates, text by rule of thumb.

What is counted, and where, is as in recorded sessions: the caller's audio as audio alone, the model's own as
audio and as its transcript; what an earlier response has read or said is cached.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from twiliobridge.offline.brain import Request
from twiliobridge.offline.items import Entry
from twiliobridge.realtime.items import Item

INPUT_MS_PER_TOKEN = 100
OUTPUT_MS_PER_TOKEN = 50
LETTERS_PER_TOKEN = 4
CACHED_BY = 64
"Tokens of one kind are cached in whole blocks of so many."


@dataclass(frozen=True)
class Tokens:
    text: int = 0
    audio: int = 0

    @property
    def both(self) -> int:
        return self.text + self.audio


@dataclass(frozen=True)
class Read:
    """Something that the model reads, and what that costs."""

    name: str
    "An item's id; of instructions and tools their text."
    tokens: Tokens


def text_tokens(text: str) -> int:
    return -(-len(text) // LETTERS_PER_TOKEN)


def speech_tokens(ms: float) -> int:
    """Of the model's own audio."""
    return round(ms / OUTPUT_MS_PER_TOKEN)


def longest_speech_ms(tokens: int) -> int:
    """The longest audio that costs no more; half a token is rounded to the even."""
    return OUTPUT_MS_PER_TOKEN * tokens + OUTPUT_MS_PER_TOKEN // 2 - tokens % 2


def affordable(said: str, pieces: Sequence[str], tokens: float) -> list[str]:
    """The first of the pieces, as many as cost no more than so many tokens after what was said."""
    taken: list[str] = []
    for piece in pieces:
        cost = text_tokens("".join((said, *taken, piece))) - text_tokens(said)
        if cost > tokens:
            break
        taken.append(piece)
    return taken


def audio_tokens(heard_ms: float) -> int:
    """Of the caller's audio; a part of a token costs nothing, as recorded."""
    return int(heard_ms // INPUT_MS_PER_TOKEN)


def read_first(request: Request) -> Read:
    """Instructions and tools, which stand before every conversation."""
    tools = (
        f"{offer.name}{offer.description}{json.dumps(dict(offer.parameters))}" for offer in request.offers
    )
    text = "".join((request.instructions, *tools))
    return Read(text, Tokens(text_tokens(text)))


def read_item(item: Item) -> Read:
    """An item without its sound."""
    said = "".join(part.words for part in item.content or () if part.type != "input_audio")
    text = text_tokens(said + (item.arguments or "") + (item.output or ""))
    return Read(item.id or "", Tokens(text))


def read_entry(entry: Entry) -> Read:
    written = read_item(entry.item)
    ms = entry.length_ms
    audio = speech_tokens(ms) if entry.spoken else audio_tokens(ms)
    return Read(written.name, Tokens(written.tokens.text, audio))


def total(reads: Iterable[Read]) -> Tokens:
    reads = tuple(reads)
    return Tokens(sum(read.tokens.text for read in reads), sum(read.tokens.audio for read in reads))


@dataclass(frozen=True)
class Prompt:
    """What one response goes by."""

    reads: tuple[Read, ...] = ()
    cached: Tokens = Tokens()


class PromptCache:
    """What the responses of one session have read so far."""

    def __init__(self) -> None:
        self._known: tuple[Read, ...] = ()

    def prompt(self, reads: tuple[Read, ...]) -> Prompt:
        """Cached is how far it begins as what is known: up to the first item that is new, changed or gone."""
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(reads, self._known, strict=False))
        same = total(read for read, _ in pairs)
        return Prompt(reads, Tokens(same.text - same.text % CACHED_BY, same.audio - same.audio % CACHED_BY))

    def keep(self, reads: tuple[Read, ...]) -> None:
        self._known = reads


def usage(prompt: Prompt, output: Tokens, reasoning: int) -> dict[str, Any]:
    """The `usage` object of `response.done`, with every field that the service fills.

    `reasoning` tokens are among those of the text, and told of only where there are any.
    """
    read, cached = total(prompt.reads), prompt.cached
    thought = {"reasoning_tokens": reasoning} if reasoning else {}
    return {
        "total_tokens": read.both + output.both,
        "input_tokens": read.both,
        "output_tokens": output.both,
        "input_token_details": {
            "text_tokens": read.text,
            "audio_tokens": read.audio,
            "image_tokens": 0,
            "cached_tokens": cached.both,
            "cached_tokens_details": {
                "text_tokens": cached.text,
                "audio_tokens": cached.audio,
                "image_tokens": 0,
            },
        },
        "output_token_details": {"text_tokens": output.text, "audio_tokens": output.audio} | thought,
    }
