"""What a response cost, in tokens. Audio at the service's published rates, text by rule of thumb."""

from collections.abc import Iterable
from typing import Any

from twiliobridge.realtime.items import Item

INPUT_MS_PER_TOKEN = 100
OUTPUT_MS_PER_TOKEN = 50
LETTERS_PER_TOKEN = 4


def text_tokens(text: str) -> int:
    return -(-len(text) // LETTERS_PER_TOKEN)


def item_text_tokens(item: Item) -> int:
    said = "".join(part.words for part in item.content or ())
    return text_tokens(said + (item.arguments or "") + (item.output or ""))


def usage(
    instructions: str, memory: Iterable[Item], input_audio_ms: float, output: Iterable[Item], audio_ms: float
) -> dict[str, Any]:
    """The `usage` object of `response.done`, with every field that the service fills."""
    text_in = text_tokens(instructions) + sum(map(item_text_tokens, memory))
    audio_in = round(input_audio_ms / INPUT_MS_PER_TOKEN)
    text_out = sum(map(item_text_tokens, output))
    audio_out = round(audio_ms / OUTPUT_MS_PER_TOKEN)
    cached = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
    return {
        "total_tokens": text_in + audio_in + text_out + audio_out,
        "input_tokens": text_in + audio_in,
        "output_tokens": text_out + audio_out,
        "input_token_details": {
            "text_tokens": text_in,
            "audio_tokens": audio_in,
            "image_tokens": 0,
            "cached_tokens": 0,
            "cached_tokens_details": cached,
        },
        "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
    }
