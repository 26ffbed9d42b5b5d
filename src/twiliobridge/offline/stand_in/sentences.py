"""What the stand-in says. Each text is one or two short sentences."""

import re
from collections.abc import Sequence

from twiliobridge.offline.brain import Offer
from twiliobridge.offline.stand_in.needs import Need
from twiliobridge.offline.stems import parted

MOST_NAMES = 4
MOST_ECHOED = 14
"Words"
LONGEST_DESCRIPTION = 14
"Words that a question may take from the schema; of a longer description its first part."

GREETING = "Hello. How can I help you?"
HERE = "Yes, I am here. How can I help you?"
STILL_THERE = ("I did not hear anything. Are you still there?", "I am still here. What can I do for you?")
HERE_ALREADY = "Yes, I am here."
TAKE_YOUR_TIME = "Of course, take your time."
WHAT_ELSE = "All right. What else can I do for you?"
GO_ON = "What can I do for you?"
ANYTHING_ELSE = "Is there anything else that I can do for you?"
WHY_GOODBYE = "the caller said goodbye"
GOODBYE = "Thank you for calling, goodbye."
MISHEARD = "Sorry, I did not understand that."

_WHICH = frozenset({"day", "weekday", "date", "city", "country", "town", "place", "month", "color", "size"})
_ARTICLES = (
    "the ",
    "a ",
    "an ",
    "your ",
    "their ",
    "his ",
    "her ",
    "our ",
    "how ",
    "what ",
    "whether ",
    "when ",
)


def abilities(offers: Sequence[Offer]) -> str:
    """The names in words: opening hours, cancel order and 3 more. Empty if there are none."""
    names = [spoken_name(offer) for offer in offers]
    shown, rest = names[:MOST_NAMES], len(names) - MOST_NAMES
    return listed([*shown, f"{rest} more"] if rest > 0 else shown, "and")


def spoken_name(offer: Offer) -> str:
    """The name in words, without a verb that says nothing: `get_opening_hours` is "opening hours"."""
    words = parted(offer.name)
    return re.sub(r"^(get|fetch|find|look ?up|do|run|call|lookup|query) (?=\w)", "", words) or offer.name


def listed(pieces: Sequence[str], conjunction: str) -> str:
    if len(pieces) < 2:
        return "".join(pieces)
    return f"{', '.join(pieces[:-1])} {conjunction} {pieces[-1]}"


def echoes(text: str, offers: Sequence[Offer]) -> tuple[str, ...]:
    """What was understood, and why nothing follows: in as many wordings as there are."""
    said, known = _excerpt(text), abilities(offers)
    if not known:
        return (
            f"You said: {said} I am a stand-in for the model and can only repeat it.",
            f"I heard: {said} There is no model behind me that could answer.",
            f"I understood: {said} A stand-in has no more to say to that.",
        )
    return (
        f"You said: {said} I am a stand-in for the model, and I can help with {known}.",
        f"I heard: {said} Nothing of mine fits that. You can ask me about {known}.",
        f"I understood: {said} As a stand-in for the model, I only know {known}.",
    )


def introduction(offers: Sequence[Offer]) -> str:
    """Who this is, and what can be asked."""
    known = abilities(offers)
    rest = f"You can ask me about {known}." if known else "I repeat what I hear."
    return f"I am a stand-in for the model. {rest}"


def handed_over(agent: str) -> str:
    name = parted(agent)
    return f"You are now with {name}. How can I help you?" if name else GREETING


def which(one: Offer, other: Offer) -> str:
    return f"Do you mean {spoken_name(one)}, or {spoken_name(other)}?"


def given_up(need: Need) -> str:
    return f"I am sorry, I could not get the {need.label}. What else can I do for you?"


def question(need: Need) -> str:
    """How the caller is asked for an argument."""
    if need.members:
        return f"Which {need.label}: {listed([_spoken(each) for each in need.members], 'or')}?"
    described = _described(need)
    if described.endswith("?"):
        return described
    if need.kind == "boolean":
        return _yes_or_no(described or need.label)
    if described:
        return f"Please tell me {_noun(described)}{_form(need)}."
    return _by_name(need)


def _yes_or_no(text: str) -> str:
    whether = re.sub(r"^(whether|if|true if)\b( or not)?\s*", "", text, flags=re.IGNORECASE)
    return f"{_capital(text)}: yes or no?" if whether == text else f"Please say yes or no: {whether}?"


def _by_name(need: Need) -> str:
    label = need.label
    if need.kind in {"integer", "number"} and (label.endswith("s") or label in {"people", "children"}):
        return f"How many {label}?"
    if label in {"time", "hour"}:
        return "At what time?"
    if label in _WHICH and not _form(need):
        return f"Which {label}?"
    return f"Please tell me the {label}{_form(need)}."


def _form(need: Need) -> str:
    """What an answer must have, where one would not think of it."""
    return ", with its month and year" if need.schema.get("format") in {"date", "date-time"} else ""


def _noun(described: str) -> str:
    """A description as the object of a sentence."""
    first = described[:1].lower() + described[1:] if not described[:2].isupper() else described
    return first if first.startswith(_ARTICLES) else f"the {first}"


def _described(need: Need) -> str:
    """The part of the description that a caller can be asked by; empty if there is none."""
    part = re.split(r"(?<=\?)\s|\.\s|\s\(|;|,? e\.g\.|,? for example|,? such as|:", need.description)[
        0
    ].rstrip(" .,")
    return part if 0 < len(part.split()) <= LONGEST_DESCRIPTION and "_" not in part else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spoken(value: object) -> str:
    return parted(value) if isinstance(value, str) else str(value)


def _excerpt(text: str) -> str:
    """The words as a sentence of their own; of a long speech, its beginning."""
    words = text.split()
    if len(words) > MOST_ECHOED:
        return f"{' '.join(words[:MOST_ECHOED])}, and so on."
    said = " ".join(words)
    return said if said.endswith((".", "!", "?")) else f"{said}."


def recorded(text: str, greeting: str) -> str:
    """What a voice of recordings says in place of `text`. It goes with ears that hear nothing."""
    if text == GOODBYE:
        return GOODBYE
    return GO_ON if text in {greeting, GREETING} else "Sorry, I did not catch that. Could you say it again?"
