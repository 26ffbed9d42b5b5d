"""The gallery: each broken bridge, with the laws it must break."""

from dataclasses import dataclass, replace

from broken_answers import (
    ODD_ANSWERS,
    WAITS_FOR_EVER,
    FallsSilentForTools,
    OneMessage,
    Stutters,
)
from broken_clocks import (
    ClockRunsInPauses,
    ClockRunsOn,
    FillsTheBuffer,
    HearsTheCaller,
    KnowsOneItem,
    StopsTheClockForTools,
    WaitsForSpeech,
)
from broken_conversations import (
    AnswersNobody,
    CutsTheGoodbye,
    DeafAfterNonsense,
    DiesOfBadBase64,
    DiesOfBadJson,
    DiesOfBadJsonAtLast,
    DiesOfUnknownEvents,
    Flood,
    Forgets,
    IgnoresKeys,
    IgnoresStop,
    LosesATurn,
    NoticesNoDrop,
)
from broken_doors import any_signature, anybody, dials_first, loses_the_port, says_no_more, tells_anybody
from broken_endings import (
    Dies,
    Vanishes,
    WaitsForLostModel,
    WaitsForTheNextHour,
    leaks_a_task,
    leaks_the_model,
    leaks_when_quiet,
    leaks_while_dialling,
)
from broken_interruptions import (
    CreditsFlushedMarks,
    ListensToTheClock,
    NeverClears,
    NeverTruncates,
    NoTurnDetection,
    TalksOn,
    TruncatesAtSent,
    TruncatesByTheClock,
    TruncatesLate,
    dials_late,
    dials_twice,
    party_line,
)
from broken_messages import (
    AddsKeys,
    GreetsBeforeStart,
    LeavesWhenInterrupted,
    NeverDescribes,
    PlaysWhateverComes,
    SameMarks,
    SaysBetaNames,
    SendsBinary,
    SpeaksBeforeStart,
    SpeaksPcm,
    SpeaksTooEarly,
    WavHeader,
    WrongStreamSid,
    dials_before_it_answers,
    ill,
    mute,
    stays_silent_without_model,
)
from broken_sound import Deaf, Deaf200, PacesBadly, PcmAsMulaw, Swallows200, TooLoud, WrongRate
from idle_bridges import stays_silent
from judged import KNOBS, NEAR, healthy
from meddler import meddled

from twiliobridge.conversation import Limits

PATIENT = Limits(attempt_within=8.0)
"Does not dial a second time while the first dial is under way."

C8 = ("C8.1", "C8.2", "C8.3", "C8.4", "C8.5")


@dataclass(frozen=True)
class Broken:
    name: str
    parts: dict
    own: str
    "The law that it breaks."
    besides: frozenset = frozenset()
    "Laws that it cannot but break, too."
    seen: str = ""
    "Words of the finding: in which phase it was found out, for example."
    only: tuple = ()
    "Checks that are of use; after others nothing would be left to be judged."


def broken(name, own, *besides, only=(), seen="", **parts):
    return Broken(name, parts, own, frozenset(besides), seen, only)


def gallery():
    """New ones each time: some remember."""
    flood, deaf, dies = Flood(), Deaf(), Dies()
    return [
        broken("is ill", "C1.1", get=ill),
        broken("tells no status", "C1.2", get=mute),
        broken("refuses the handshake", "C1.3", only=("C1",), answers=False),
        broken("dials the model before it answers", "C1.4", handshake=dials_before_it_answers),
        broken("lets anybody in", "C1.5", "C1.7", seen="not signed, signed wrongly", let_in=anybody),
        broken("lets in whoever signs somehow", "C1.5", "C1.7", seen="signed wrongly", let_in=any_signature),
        broken("tells anybody where the stream is", "C1.6", webhook=tells_anybody),
        broken("dials the model for strangers", "C1.7", let_in=dials_first),
        broken("loses the port of its address", "C1.8", webhook=loses_the_port),
        broken("says nothing after the stream", "C1.9", webhook=says_no_more),
        broken("is silent for ever", "C1.10", only=("C1",), run=stays_silent),
        broken("never describes the session", "C2.1", only=("C2",), dialled=meddled(NeverDescribes)),
        broken("speaks PCM to the model", "C2.2", dialled=meddled(SpeaksPcm)),
        broken("says beta names", "C2.3", dialled=meddled(SaysBetaNames)),
        broken("speaks before session.updated", "C2.4", dialled=meddled(SpeaksTooEarly)),
        broken("is silent when the key is refused", "C2.5", run=stays_silent_without_model),
        broken("plays whatever comes", "C2.6", dialled=meddled(PlaysWhateverComes)),
        broken("leaves when it is interrupted", "C3.1", "C5.11", phone=LeavesWhenInterrupted),
        broken("sends binary frames", "C3.2", phone=SendsBinary),
        broken("adds keys", "C3.3", phone=AddsKeys),
        broken("names another stream", "C3.4", phone=WrongStreamSid),
        broken("sends a WAV header", "C3.5", phone=WavHeader),
        broken("speaks before start", "C3.6", phone=SpeaksBeforeStart),
        broken("greets before start", "C3.6", phone=GreetsBeforeStart),
        broken("gives all marks one name", "C3.7", phone=SameMarks),
        broken("drops the caller's first 200 ms", "C4.1", dialled=meddled(Deaf200)),
        broken("keeps nothing until the session is up", "C4.1", phone=deaf.phone, dialled=deaf.dialled),
        broken("drops the agent's first 200 ms", "C4.2", dialled=meddled(Swallows200)),
        broken("sends PCM as mu-law", "C4.3", "C4.2", "C4.5", phone=PcmAsMulaw),
        # What is resampled wrongly has no length that it should have: hence C5.10 and C7.8.
        broken("resamples wrongly", "C4.3", "C4.2", "C5.10", "C7.8", phone=WrongRate),
        broken("paces badly", "C4.4", phone=PacesBadly),
        broken("is too loud", "C4.5", phone=TooLoud),
        broken("greets late", "C5.1", dialled=dials_late, knobs=NEAR, limits=PATIENT),
        broken(
            "sets no turn detection", "C5.2", "C5.3", "C6.1", "C7.5", "C8.5", dialled=meddled(NoTurnDetection)
        ),
        broken("never sends clear", "C5.3", phone=NeverClears),
        broken("keeps talking after clear", "C5.4", phone=TalksOn),
        broken(
            "truncates at what was sent", "C5.5", "C5.6", "C5.7", "C5.10", dialled=meddled(TruncatesAtSent)
        ),
        broken(
            "resamples, and truncates 200 ms late",
            "C5.5",
            "C5.6",
            "C5.7",
            "C5.10",
            "C2.2",
            dialled=lambda dial: meddled(TruncatesLate)(meddled(SpeaksPcm)(dial)),
        ),
        broken("never truncates", "C5.5", "C5.6", "C5.7", "C5.10", dialled=meddled(NeverTruncates)),
        broken(
            "does not stop its clock",
            "C5.5",
            "C5.10",
            seen="interrupted during a second answer",
            dialled=meddled(ClockRunsOn),
        ),
        broken(
            "lets its clock run in pauses",
            "C5.5",
            seen="interrupted in an answer after a pause: the model was told",
            dialled=meddled(ClockRunsInPauses),
        ),
        broken(
            "stops its clock for tools",
            "C5.5",
            seen="interrupted in the answer after the call of a tool: the model was told",
            dialled=meddled(StopsTheClockForTools),
        ),
        broken(
            "truncates by media.timestamp",
            "C5.6",
            "C5.10",
            phone=ListensToTheClock,
            dialled=meddled(TruncatesByTheClock),
        ),
        broken("counts cleared marks as played", "C5.7", relay=CreditsFlushedMarks),
        broken("opens two sessions for a call", "C5.8", "C5.9", dialled=dials_twice),
        broken("shares one session between calls", "C5.9", dialled=party_line),
        broken(
            "knows one item at a time",
            "C5.10",
            seen="interrupted with two items queued: the second item was cut, and the model was not told",
            dialled=meddled(KnowsOneItem),
        ),
        broken(
            "waits for speech after a false start",
            "C5.11",
            seen="while the agent answered: the caller heard nothing",
            phone=HearsTheCaller,
            dialled=meddled(WaitsForSpeech),
        ),
        broken("fills Twilio's buffer", "C5.12", phone=FillsTheBuffer),
        broken("answers nobody", "C6.1", "C5.11", "C7.8", dialled=meddled(AnswersNobody)),
        broken("loses a turn", "C6.1", "C5.3", phone=LosesATurn),  # it may be an interruption
        broken("is slow", "C6.2", knobs=replace(KNOBS, latency=3.2)),
        broken("forgets", "C6.3", dialled=meddled(Forgets)),
        broken("cuts the goodbye", "C6.4", relay=CutsTheGoodbye),
        *(
            broken(
                f"leaves the caller after an answer {what}",
                "C7.7",
                seen=f"the model answered {what}",
                dialled=meddled(kind),
                limits=WAITS_FOR_EVER,
            )
            for what, kind in ODD_ANSWERS.items()
        ),
        broken(
            "plays one message of an answer",
            "C7.8",
            seen="in two messages: ",
            dialled=meddled(OneMessage),
        ),
        broken(
            "plays a message twice",
            "C7.8",
            seen="in two messages: 'I am sorry to hear that.' was heard 2 times",
            dialled=meddled(Stutters),
        ),
        broken("falls silent for tools", "C7.8", seen="before the call of a tool", relay=FallsSilentForTools),
        broken("ignores keys", "C7.1", phone=IgnoresKeys),
        broken("dies of bad JSON", "C7.2", phone=DiesOfBadJson),
        broken("dies of bad JSON a second later", "C7.2", phone=DiesOfBadJsonAtLast),
        broken("dies of unknown events", "C7.3", phone=DiesOfUnknownEvents),
        broken("dies of bad base64", "C7.4", phone=DiesOfBadBase64),
        broken("is deaf after nonsense", "C7.5", phone=DeafAfterNonsense),
        broken("drowns in one message", "C7.6", "C8.2", phone=flood.phone),
        broken("leaks the model's socket", *C8, dialled=leaks_the_model),
        broken(
            "leaks the model's socket in quiet moments",
            "C8.1",
            "C8.2",
            "C8.3",
            seen="hung up in a quiet moment: the model's session was still open",
            dialled=leaks_when_quiet,
        ),
        broken(
            "leaks the model's socket while it dials",
            "C8.1",
            "C8.2",
            "C8.3",
            "C8.4",
            seen="hung up while the model was being dialled: the model's session was still open",
            dialled=leaks_while_dialling,
        ),
        broken(
            "leaks a task",
            *C8,
            seen="hung up while the model was being dialled: something is left",
            run=leaks_a_task,
        ),
        broken(
            "dies when the caller hangs up while it dials",
            "C8.1",
            only=("C8",),
            seen="hung up while the model was being dialled: the server took no call any more",
            dialled=dies.dialled,
            alive=lambda: dies.alive,
        ),
        broken("ignores stop", "C8.2", phone=IgnoresStop),
        broken("notices no dropped connection", "C8.3", phone=NoticesNoDrop),
        broken("waits in silence for a lost model", "C8.4", relay=WaitsForLostModel),
        broken("vanishes when a stream is over", "C8.6", phone=Vanishes),
        broken("waits in silence when the session's hour is over", "C8.5", relay=WaitsForTheNextHour),
    ]


NAMES = [each.name for each in gallery()]
GOOD = {"get": healthy}
