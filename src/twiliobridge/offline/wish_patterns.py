"""The words in which clients ask for words, a length, or a function, as regular expressions.

Gathered from examples and tests of client libraries. `wishes.py` says what each of them comes to.
"""

import re

_QUOTED = r"""(?:"(?P<double>[^"]+)"|(?<!\w)'(?P<single>.+?)'(?!\w)|`(?P<back>[^`]+)`)"""
_BETWEEN = r"""(?:[^"'`.!?\n]|(?<=\w)'(?=\w)|(?<=\w)\.(?=\w)){0,100}?"""
"From a verb to what is quoted, within one sentence."
PERSON = (
    r"(?:(?:the )?(?:user|caller|customer|person|guest|client|patient|candidate)|them|him|her|me|us|everyone)"
)
_ONLY = r"(?:always|only|just|exactly|simply|exclusively|verbatim|word for word)"
_PLAINLY = r"(?:say|reply|respond|answer|output)"
_SAY = (
    r"(?:say(?:ing)?|reply|respond|answer|output|return|repeat|read(?: out| aloud)?|speak|tell|announce"
    r"|greet|welcome|open|begin|start|introduce)"
)
_HOW = (
    rf"(?:(?: {_ONLY}| this| with| the following| these words| and nothing else| out loud| after me"
    rf"| to {PERSON}| (?:the|one|a) (?:single )?(?:words?|sentence|phrase|line|text|message))*)"
)
_NUMBER = r"(?P<count>\d{1,3}|one|a single|two|three|four|five|six|ten|twenty)"
_LIMIT = r"(?:in|with|within|using|at most|no more than|up to|maximum(?: of)?|under|fewer than|less than)"


def _pattern(*parts: str) -> "re.Pattern[str]":
    return re.compile("".join(parts), re.IGNORECASE)


QUOTED = _pattern(rf"\b{_SAY}\b{_BETWEEN}{_QUOTED}")
"""Say "...", greet the user with '...', reply with exactly this sentence: "..."."""
COLON = _pattern(
    rf"\b(?:{_PLAINLY}|repeat|read)\b{_HOW}[^.!?:\n]{{0,80}}?:[ \n]*",
    r"(?P<words>\S[^\n]*)",
)
"Say exactly: ..., repeat after me: ..."
UNQUOTED = _pattern(
    rf"(?:^|[.!?\n] *)(?:please |now |then )?(?:{_ONLY} )?",
    rf"(?:say|repeat after me|(?:{_PLAINLY} with))",
    rf"{_HOW} +(?P<words>[^.!?\n]+[.!?]?)",
)
"Say hello. Reply with the word banana."
TELL = _pattern(
    rf"\b(?:tell|inform|let|notify|remind|advise|say(?: to)?)(?: {PERSON})?(?: know)? that ",
    r"(?P<words>[^.!?\n]+)",
)
"Tell the caller that their order has shipped."
ASK = _pattern(
    rf"\bask(?: {PERSON})? (?P<how>for|about|whether|if|what|how|when|where|which|who) ",
    r"(?P<words>[^.!?\n]+)",
)
"Ask the user for their name. Ask how you can help."
GREET = _pattern(rf"\b(?:greet|welcome|introduce yourself|say hello to {PERSON})")
"Greet the user."
ALWAYS = _pattern(
    rf"\b(?:(?:{_ONLY}|must(?: always)?|every (?:reply|response|answer)) {_PLAINLY}",
    rf"|{_PLAINLY}(?: to \w+(?: \w+)?)?(?: with)? {_ONLY})\b{_BETWEEN}{_QUOTED}",
)
"""Always reply with "..."; say only "..."."""
NOTHING_ELSE = _pattern(r"(?:do not|don't|never) say anything else|(?:and|say) nothing else")
"""Say "...". Do not say anything else."""
OPENING = _pattern(
    r"\b(?:greet|welcome|open|begin|start|answer the (?:call|phone|telephone))\b", _BETWEEN, _QUOTED
)
"""Greet the caller with "..."."""

FORBIDDEN = _pattern(
    r"(?:\b(?:not|never|avoid|without|than|you|they|i|caller|user|customer)|n't)(?: \w+)? ?$",
)
"Before a verb: it is forbidden, or somebody else's."
CONDITION = _pattern(
    r"\b(?:if|when|whenever|once|unless|before|after|in case)\b(?P<clause>[^.!?\n]*)$",
)
"Before a verb, in its sentence."
NO_WORDS = _pattern(
    r"(?:something|anything|nothing|what|how|why|who|when|where|whether|if|an?|one|two|your|it|that|this",
    r"|these|again|more|so|yes or no)\b",
)
"Say something nice: these are not the words."
COURTESY = _pattern(
    r"(?:hello|hi|hey|good ?bye|bye|good (?:morning|afternoon|evening|night)",
    r"|thank you|thanks|welcome|sorry)\b",
)
"Say hello warmly: this is all of the words."
HELPING = _pattern(r"(?:you|we|i) (?:can|may|could) (?:help|assist|be of)")
"Ask how you can help."

LIMITED = _pattern(
    rf"\b(?:{_LIMIT} )+(?:exactly |only |just )?{_NUMBER}(?: short| brief)?[ -](?P<unit>word|sentence)s?\b",
    r"|\b(?P<bare>\d{1,3}) words or (?:less|fewer)\b",
    r"|\b(?:one|single)[ -](?P<word>word) (?:answer|reply|response)\b|\bone short (?P<sentence>sentence)\b",
)
"In one word; at most ten words; one short sentence."
NO_TOOLS = _pattern(
    r"\b(?:do not|don't|never|without)(?: ever)? (?:call|calling|use|using|invoke|invoking)",
    r"(?: any| the| your)? (?:tool|function)s?\b",
)
"Do not call any tools."
USE = (
    r"\b(?:call|use|invoke|run)(?: the| your)?(?: (?:tool|function))?(?: named| called)?"
    r" [`\"']?(?P<name>{})[`\"']?(?!\w)"
)
"Call get_weather. Use the `get_weather` tool. The names are put in."
