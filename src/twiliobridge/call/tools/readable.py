"""What a tool returned, as the text that the model reads."""

from collections.abc import Mapping
from typing import Any

import msgspec

from twiliobridge.conversation import ToolError

LONGEST_OUTPUT = 100_000
"Characters, some 25,000 tokens. The bound on the backlog of a model's wire is five times that."

NOTHING = "Done. The tool returned nothing."
"In place of `null`, which a model takes for a failure, and then it books a second time."


def readable(output: object) -> str:
    """Text as it is, though as a message can carry it; None as NOTHING; all else as JSON.

    ToolError for what is neither, and for too much of it. It says that the tool did run.
    """
    text = NOTHING if output is None else output if isinstance(output, str) else as_json(output)
    if len(text) > LONGEST_OUTPUT:
        raise ToolError(f"the tool ran, but returned {len(text)} characters; the bound is {LONGEST_OUTPUT}")
    return encodable(text)


def as_json(output: object) -> str:
    what = type(output).__name__
    if isinstance(output, bytes | bytearray | memoryview):
        raise ToolError(f"the tool ran, but returned {what}, which is neither text nor JSON")
    try:
        return msgspec.json.encode(output, enc_hook=_plain).decode()
    except Exception as error:  # what it holds is somebody else's code, too
        raise ToolError(f"the tool ran, but returned {what}, which cannot be written as JSON") from error


def _plain(value: object) -> Any:  # noqa: ANN401 -- what msgspec is to go on with
    """What msgspec does not know by itself: models of pydantic, and mappings that are no dict."""
    if (dump := getattr(value, "model_dump", None)) is not None:
        return dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"{type(value).__name__} is nothing that JSON has")


def encodable(text: str) -> str:
    """Lone surrogates, as names of files may contain them, are no UTF-8."""
    return text.encode(errors="replace").decode()
