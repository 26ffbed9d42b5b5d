"""The call before all checks: is there a bridge, and does it say anything? Else each check would ask that."""

from dataclasses import dataclass
from enum import Enum

from twiliobridge.caller import NoStream, NotConnected, WebhookFailed
from twiliobridge.validate.examination import Examination, Silent
from twiliobridge.validate.listening import silence_of, speaks_first
from twiliobridge.validate.material import Material
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import Progress
from twiliobridge.validate.target import Target

ID = "C0"
"A check's, for those who watch; it is none."
NOBODY = Silent()

UPGRADE = "C1.3"
"The law that a stream breaks which is refused."

NEEDS_NO_ANSWER = frozenset({"C1", "C2"})
"C2 sees whether a session with the model is opened: often why nothing is said."


class Outcome(Enum):
    ANSWERS = "the agent was heard"
    UNREACHED = "nobody took the connection"
    REFUSES = "a server took it, and no call came about"
    MUTE = "the call came about, and nothing was heard"


@dataclass(frozen=True)
class Hindrance:
    """What keeps checks from being carried out: told once, by the first of them, and not by each."""

    cause: str
    law: str = ""
    "Id of the law that is broken by it; empty: that the first such check can be carried out at all."
    spares: frozenset[str] = frozenset()
    "Ids of the checks that can be carried out all the same."


@dataclass(frozen=True)
class FirstCall:
    outcome: Outcome
    why: str = ""
    "What was seen, in one line; empty if the agent was heard."
    hindrance: Hindrance | None = None
    waits_for_caller: bool = False
    "The agent did not speak first, and answered. It is as good: the caller then begins in every check."


async def first_call(target: Target, material: Material, progress: Progress = NOBODY) -> FirstCall:
    """Half a minute at most. The caller speaks if the agent does not. `progress` is told as of a check."""
    progress.check_begins(ID, "Is there a bridge?")
    exam = Examination(ID, (), target, material, progress, lambda _: None, [])
    try:
        async with exam.call("first") as call:
            return await _listen(call, exam)
    except NotConnected as failure:
        outcome = Outcome.REFUSES if failure.reached else Outcome.UNREACHED
        of_webhook = isinstance(failure, WebhookFailed | NoStream)
        return FirstCall(outcome, str(failure), Hindrance(str(failure), "" if of_webhook else UPGRADE))


async def _listen(call: ProbeCall, exam: Examination) -> FirstCall:
    if await speaks_first(call, exam):
        return FirstCall(Outcome.ANSWERS)
    if why := await silence_of(call, exam):
        return FirstCall(Outcome.MUTE, why, Hindrance(why, spares=NEEDS_NO_ANSWER))
    return FirstCall(Outcome.ANSWERS, waits_for_caller=True)
