"""A tool's output as it is read out: text as it is, JSON as short sentences."""

import re
from collections.abc import Mapping

import msgspec

from twiliobridge.offline.stems import parted

MOST_WORDS = 80
"Half a minute of speech."
MOST_ITEMS = 5
DEEPEST = 2
_DONE = "That is done."
_OUTCOMES = frozenset({"", "ok", "okay", "success", "done", "true", "null", "none", "{}", "[]"})
_REPORTS = frozenset({"success", "ok", "done", "status", "result"})
_FAULTS = ("error", "errors", "exception")
_CODE = re.compile(r"[_{}<>\[\]()=/\\]|\w\.\w+\(|Traceback|0x|\w+(?:Error|Exception)\b")
"What is in a message for programmers."


def recital(output: str) -> str:
    """What the caller is told of a tool's answer; an apology where it failed. Never empty."""
    value = _decoded(output)
    fault = _fault(value)
    if fault is not None:
        return apology(fault)
    if _outcome(value) in _OUTCOMES:
        return _DONE
    return _short(_sentence(_told(value)))


def _outcome(value: object) -> str:
    """All that an output says, if that is a word or two; of an object, its only field about success."""
    if isinstance(value, Mapping) and len(value) == 1:
        name, value = next(iter(value.items()))
        if name not in _REPORTS:
            return "something"
    return str(value).strip().lower()


def failed(output: str) -> bool:
    return _fault(_decoded(output)) is not None


def apology(fault: str) -> str:
    """With the cause, if it is in words that a caller may hear."""
    words = " ".join(fault.split()).strip(" .")
    speakable = words and len(words.split()) <= 20 and not _CODE.search(words)
    return f"I am sorry, that did not work: {words}." if speakable else "I am sorry, that did not work."


def _decoded(output: str) -> object:
    """JSON, or else the text; JSON that is a text within JSON, too."""
    try:
        value: object = msgspec.json.decode(output)
    except (msgspec.DecodeError, RecursionError):
        return output
    return value


def _fault(value: object) -> str | None:
    """The error that an output tells of; None if it tells of none."""
    if isinstance(value, str) and (
        found := re.match(r"\s*(?:an )?error\b[^:]{0,40}[:.]?\s*", value, re.IGNORECASE)
    ):
        return value[found.end() :]
    if not isinstance(value, Mapping):
        return None
    named = next((value[name] for name in _FAULTS if value.get(name)), None)
    if named is not None:
        return _message(named)
    unsuccessful = value.get("success") is False or value.get("ok") is False
    return _message(value) if unsuccessful else None


def _message(fault: object) -> str:
    if isinstance(fault, Mapping):
        fault = next((fault[name] for name in ("message", "detail", "reason") if fault.get(name)), "")
    return fault if isinstance(fault, str) else ""


# ---------------------------------------------------------------- JSON in words


def _told(value: object, depth: int = 0) -> str:
    if isinstance(value, Mapping):
        return _object(value, depth)
    if isinstance(value, list):
        return _list(value, depth)
    return _plain(value)


def _object(value: Mapping[str, object], depth: int) -> str:
    """One field alone is its value; several are a sentence each."""
    fields = {name: each for name, each in value.items() if each not in (None, "", [], {})}
    if len(fields) == 1 or depth > DEEPEST:
        return _only(*next(iter(fields.items()), ("", "")), depth + 1)
    if depth:
        return ", ".join(f"{_label(name)} {_told(each, depth + 1)}" for name, each in fields.items())
    return " ".join(_clause(name, each) for name, each in fields.items())


def _only(name: str, value: object, depth: int) -> str:
    return f"{_label(name)}: {_told(value)}" if isinstance(value, bool) else _told(value, depth)


def _clause(name: str, value: object) -> str:
    """A sentence for one field: The opening time is 9:00."""
    told, label = _told(value, 1), _label(name)
    if isinstance(value, Mapping | bool):
        return _sentence(f"{label}: {told}")
    several = isinstance(value, list) and len(value) != 1
    plural = re.search(r"[^suia]s$", label) or several
    return _sentence(f"The {label} {'are' if plural else 'is'} {told}")


def _label(name: str) -> str:
    return parted(name) or name


def _list(value: list[object], depth: int) -> str:
    shown = [_told(each, depth + 1) for each in value[:MOST_ITEMS]]
    rest = len(value) - len(shown)
    if rest:
        shown.append(f"{rest} more")
    separator = "; " if any("," in each for each in shown) else ", "
    return f"{separator.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "unknown" if value is None else " ".join(str(value).split())


def _sentence(text: str) -> str:
    text = text.strip()
    capital = text[:1].upper() + text[1:]
    return capital if capital.endswith((".", "!", "?")) else f"{capital}."


def _short(text: str) -> str:
    """Whole sentences as far as the bound goes, or the words up to it."""
    words = text.split()
    if len(words) <= MOST_WORDS:
        return text
    kept = " ".join(words[:MOST_WORDS])
    end = max(kept.rfind(". "), kept.rfind("! "), kept.rfind("? "))
    return f"{kept[: end + 1] if end > 0 else kept + ','} {'And so on.' if end > 0 else 'and so on.'}"
