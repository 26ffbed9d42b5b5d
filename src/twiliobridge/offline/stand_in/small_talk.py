"""What callers say on any telephone, whatever its subject."""

import re
from collections.abc import Mapping
from enum import Enum

_HELLO = r"(hello|hi|hey|good (morning|afternoon|evening))"
_THANKS = r"(thanks|thank you)( very much| so much| a lot)?( for (your|the|all your) (help|time))?"


class Turn(Enum):
    """A turn that is about the call itself."""

    SILENCE = "nothing was said"
    AGAIN = "the latest reply is to be repeated"
    HOLD = "the caller needs a moment"
    NEVER_MIND = "the wish is taken back"
    GOODBYE = "the caller has nothing more"
    WHO = "who or what this is"
    HELP = "what can be done here"
    HELLO = "a greeting, or whether anybody is there"
    MORE = "there is something else"
    NO = "no, and nothing more"
    SOUND = "a word of assent or of thought"


_PATTERNS: Mapping[Turn, tuple[str, ...]] = {
    Turn.SILENCE: (r"^$",),
    Turn.AGAIN: (
        r"\b(repeat|say) (that|it)\b",
        r"\bsay again\b",
        r"^(pardon|sorry|what|what was that|come again)( me)?$",
        r"\bdid not (hear|catch|get|understand)\b",
        r"\b(one more time|once more)\b",
        r"^(can|could) you repeat\b",
    ),
    Turn.HOLD: (
        r"\b(hold|hang) on\b",
        r"\bhold (the line|please)\b",
        r"^(wait|one moment|one second|bear with me)\b",
        r"^(just |give me )?(a|one) (sec|second|moment|minute)( please)?$",
    ),
    Turn.NEVER_MIND: (
        r"\b(never ?mind|forget (it|that|about it)|leave it|cancel that|stop that|scratch that)\b",
        r"^stop$",
    ),
    Turn.GOODBYE: (
        r"\b(good ?bye|bye|farewell)\b",
        r"\b(that|this) (is|was|will be) (all|everything|it)( for (now|today)| i need)?$",
        r"\b(have|enjoy) a (nice|good|great) \w+",
        r"\b(nothing|not) (else|more)\b",
        r"\bhang up\b",
        rf"^(ok |okay |great |no |alright |all right |perfect )*{_THANKS}( that is all.*)?$",
        r"\b(thanks|thank you|think) that\b.*\ball\b",
    ),
    Turn.WHO: (
        r"\b(who|what) are you\b",
        r"\bwho is this\b",
        r"\bare you (a|an|the) \w+",
        r"\bwhat is your name\b",
    ),
    Turn.HELP: (
        r"\bwhat (can|do|could) you (do|help|offer)\b",
        r"\bhow (can|could) you help\b",
        r"^(help|help me)( please)?$",
        r"\bwhat are my options\b",
        r"\bwhat can i (ask|do|say)\b",
    ),
    Turn.HELLO: (
        rf"^{_HELLO}( there| hello)?$",
        rf"^{_HELLO} (how are you|can you help me)",
        r"\bcan you hear me\b",
        r"\b(are you|is anybody|is anyone|is somebody) (still )?there\b",
        r"^i have a question\b",
    ),
    Turn.MORE: (r"^(yes|yeah|yep)( please| there is| i do)?$",),
    Turn.NO: (r"^(no|nope|nah)( thanks| thank you| i am (fine|good)| not really| nothing)?$",),
    Turn.SOUND: (r"^(um+|uh+|er+|hm+|mm+|ah+|oh|ok|okay|right|i see|alright|all right|great|perfect|well)$",),
}
"Regular expressions over normalised words; of several kinds the first counts."


def turn(words: str) -> Turn | None:
    """What these normalised words are, apart from any subject; None if they have one."""
    return next((kind for kind, patterns in _PATTERNS.items() if _found(patterns, words)), None)


def _found(patterns: tuple[str, ...], words: str) -> bool:
    return any(re.search(pattern, words) for pattern in patterns)
