"""What a value may be, as annotations: the decoder holds a client to them, a refusal takes its words there.

They bind only where something is read: what is written may be what another service understands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta


def one_of(*words: str) -> Meta:
    """One of these words, which a refusal lists in this order."""
    return Meta(pattern=rf"^(?:{'|'.join(map(re.escape, words))})\Z", extra={"words": words})


@dataclass(frozen=True, eq=False)
class ByKind:
    """Objects whose fields differ by what one of them says. The decoder does not know this annotation.

    A kind is a Struct or another ByKind.
    """

    field: str
    kinds: Mapping[str, Any]


ItemId = Annotated[str, Meta(max_length=32)]
"Seen live: `Expected a string with maximum length 32`."

CallId = Annotated[str, Meta(max_length=32)]
"Seen live, as for items."

EventId = Annotated[str, Meta(max_length=512)]
"Source: OpenAI API reference, Realtime > Client events."

Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]+\Z", min_length=1, max_length=64)]
"Of a function. Source: OpenAI API reference, function tools."

Text = Annotated[str, Meta(max_length=256_000)]
"Characters of one text; seen live with gpt-realtime-2: 255,900 are taken, 256,100 are not."

LONGEST_APPEND = 15 * 1024 * 1024

Audio = Annotated[str, Meta(max_length=LONGEST_APPEND, extra={"noun": "audio bytes"})]
"Base64; at most 15 MiB of it. Source: OpenAI API reference, input_audio_buffer.append."

Pair = Annotated[str, Meta(max_length=512)]
Metadata = Annotated[dict[Annotated[str, Meta(max_length=64)], Pair], Meta(max_length=16)]
"Source: OpenAI API reference, Metadata: 16 pairs, names of 64 characters, values of 512."

MaxTokens = Annotated[int, Meta(ge=1, le=4096)] | Annotated[str, one_of("inf")]

Modality = Annotated[str, one_of("text", "audio")]
Modalities = Annotated[
    tuple[Modality, ...],
    Meta(min_length=1, max_length=1, extra={"combinations": (("text",), ("audio",))}),
]
"Text or audio, not both: seen live, in words of its own."
