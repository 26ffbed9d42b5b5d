"""What the service says of a value that it does not take: a code, the path of the field, one line of English.

The forms are the service's own. Each was reported of a Realtime session, or of another endpoint of the same
service, by the repositories and issues named here, or quoted alike by several clients:

    Invalid event: failed to parse JSON value.
    Unknown parameter: 'session.tools[2].meta'.                  livekit/agents 3398
    Missing required parameter: 'session.type'.                  TanStack/ai 586
    Invalid value: 'Puck'. Supported values are: 'alloy', 'ash', ... 'marin', and 'cedar'.
    Invalid value: 'text'. Value must be 'output_text'.
    Invalid modalities: ['audio', 'text']. Supported combinations are: ['text'] and ['audio'].
                                                                 openai-agents-python 1771
    Invalid type for 'session.audio.input.format': expected an object, but got a string instead.
    Invalid 'session.audio.input.format.rate': integer below minimum value. Expected a value >= 24000, but
        got 16000 instead.
    Invalid 'session.tools[3].description': string too long. Expected a string with maximum length 1024,
        but got a string with length 2473 instead.               livekit/agents 1183
    Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the
        pattern '^[a-zA-Z0-9_-]+$'.                              Chat Completions
    Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an
        object with 17 properties instead.                       Chat Completions

Which of two faults in one event it names first is not known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

LONGEST = 200
"Characters of the client's own text that a refusal repeats."


@dataclass(frozen=True)
class Complaint:
    code: str
    path: str
    "Such as `session.tools[0].name`; empty where the whole event is at fault."
    message: str

    @classmethod
    def of(cls, fault: str, path: str, **words: object) -> Self:
        code, sentence = SENTENCES[fault]
        return cls(code, path, sentence.format(path=path, **words))


NOT_JSON = "failed to parse JSON value. Please check the value to ensure it is valid JSON."
UNSUITED = "Invalid '{path}': "
TOO_LONG = "Expected a string with maximum length {wanted}, but got a string with length {got} instead."
AT_LEAST = "Expected a value >= {wanted}, but got {got} instead."
AT_MOST = "Expected a value <= {wanted}, but got {got} instead."
EMPTY = "Expected a string with minimum length {wanted}, but got an empty string instead."
MATCHING = "Expected a string that matches the pattern '{wanted}'."
SMALLER = (
    "Expected an object with at most {wanted} properties, but got an object with {got} properties instead."
)

SENTENCES: dict[str, tuple[str, str]] = {
    "unreadable": ("invalid_json", f"Invalid {{what}}: {NOT_JSON}"),
    "no event": ("invalid_event", "Invalid event: expected an object, but got {got} instead."),
    "no body": ("invalid_type", "Invalid body: expected an object, but got {got} instead."),
    "unknown": ("unknown_parameter", "Unknown parameter: '{path}'."),
    "missing": ("missing_required_parameter", "Missing required parameter: '{path}'."),
    "type": ("invalid_type", "Invalid type for '{path}': expected {wanted}, but got {got} instead."),
    "value": ("invalid_value", "Invalid value: '{got}'. {wanted}."),
    "combination": ("invalid_value", "Invalid modalities: {got}. Supported combinations are: {wanted}."),
    "pattern": ("invalid_value", f"{UNSUITED}string does not match pattern. {MATCHING}"),
    "string too long": ("string_above_max_length", f"{UNSUITED}string too long. {TOO_LONG}"),
    "string empty": ("empty_string", f"{UNSUITED}empty string. {EMPTY}"),
    "integer too small": ("integer_below_min_value", f"{UNSUITED}integer below minimum value. {AT_LEAST}"),
    "integer too large": ("integer_above_max_value", f"{UNSUITED}integer above maximum value. {AT_MOST}"),
    "decimal too small": ("decimal_below_min_value", f"{UNSUITED}decimal below minimum value. {AT_LEAST}"),
    "decimal too large": ("decimal_above_max_value", f"{UNSUITED}decimal above maximum value. {AT_MOST}"),
    "object too large": ("object_above_max_properties", f"{UNSUITED}too many properties. {SMALLER}"),
    "name too long": (
        "string_above_max_length",
        f"Invalid property name in '{{owner}}': '{{name}}' is too long. {TOO_LONG}",
    ),
    "twice": ("invalid_value", f"{UNSUITED}a tool with the name '{{got}}' comes before it."),
    "both": ("invalid_value", f"{UNSUITED}cannot be given together with '{{other}}'."),
    "not of the model": ("invalid_value", "{what} {verb} not supported for this transcription model."),
}
"By fault: the code, and the sentence."


def listed(words: Sequence[str]) -> str:
    """`'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`: as the service lists what it supports."""
    return joined([f"'{word}'" for word in words], "and")


def joined(nouns: Sequence[str], word: str) -> str:
    if len(nouns) < 3:
        return f" {word} ".join(nouns)
    return f"{', '.join(nouns[:-1])}, {word} {nouns[-1]}"


def supported(words: Sequence[str]) -> str:
    return f"Value must be {listed(words)}" if len(words) == 1 else f"Supported values are: {listed(words)}"


def combinations(each: Iterable[Iterable[str]]) -> str:
    return joined([str(list(words)) for words in each], "and")


def below(path: str, name: str) -> str:
    return f"{path}.{name[:LONGEST]}" if path else name[:LONGEST]


def noun(value: object) -> str:
    """What JSON calls it."""
    return NOUNS[type(value)]


NOUNS: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal number",
    str: "a string",
    list: "an array",
    dict: "an object",
}
