"""What happens on a call, as moments on its clock."""

from twiliobridge.caller import (
    AgentStartsBeingHeard,
    AgentStopsBeingHeard,
    CallerStartsSpeaking,
    CallerStopsSpeaking,
    Cleared,
    ConnectionDropped,
    KeyPressed,
    MarkEchoed,
    MarkReceived,
    Note,
    ServerClosed,
    StreamStarted,
    StreamStopped,
    Warned,
)
from twiliobridge.realtime import events as model
from twiliobridge.validate.result import Moment, MomentKind

Described = tuple[MomentKind, str] | None


def live_moment(time_s: float, note: Note) -> Moment | None:
    """As `moment`, and who speaks: speech goes on for its duration, without one until it is told with 0 s."""
    match note:
        case CallerStartsSpeaking(duration_ms):
            length = None if duration_ms is None else duration_ms / 1000
            return Moment(
                time_s=time_s, kind=MomentKind.CALLER_SPEECH, text="caller speaks", duration_s=length
            )
        case AgentStartsBeingHeard():
            return Moment(time_s=time_s, kind=MomentKind.AGENT_SPEECH, text="agent is heard")
        case CallerStopsSpeaking():
            return Moment(
                time_s=time_s, kind=MomentKind.CALLER_SPEECH, text="caller is silent", duration_s=0.0
            )
        case AgentStopsBeingHeard():
            return Moment(time_s=time_s, kind=MomentKind.AGENT_SPEECH, text="agent is silent", duration_s=0.0)
    return moment(time_s, note)


def moment(time_s: float, note: Note) -> Moment | None:
    """None for what the lanes of speech show, and for what is no part of the stream."""
    described = _noted(note) or _lined(note)
    return Moment(time_s=time_s, kind=described[0], text=described[1]) if described else None


def model_moment(time_s: float, event: object) -> Moment | None:
    """What of the model's side is worth telling."""
    described = _turn(event) or _tool(event)
    return Moment(time_s=time_s, kind=described[0], text=described[1]) if described else None


def _noted(note: Note) -> Described:
    match note:
        case Cleared(cut_ms):
            return MomentKind.CLEAR, f"clear: {cut_ms / 1000:.2f} s will not be heard"
        case MarkReceived(name):
            return MomentKind.MARK_SENT, name
        case MarkEchoed(name, cleared):
            return MomentKind.MARK_BACK, f"{name} (cleared)" if cleared else name
        case KeyPressed(digit):
            return MomentKind.DTMF, digit
    return None


def _lined(note: Note) -> Described:
    match note:
        case StreamStarted():
            return MomentKind.LINE, "start"
        case StreamStopped():
            return MomentKind.LINE, "stop"
        case ConnectionDropped():
            return MomentKind.LINE, "the caller's connection drops"
        case ServerClosed(code):
            return MomentKind.LINE, f"the bridge closes ({code})"
        case Warned(code, text):
            return MomentKind.LINE, f"Twilio warning {code.value}: {text}"
    return None


def _turn(event: object) -> Described:
    match event:
        case model.TruncateItem(audio_end_ms=ms):
            return MomentKind.MODEL, f"truncated at {ms} ms"
        case model.SpeechStarted():
            return MomentKind.MODEL, "hears the caller begin"
        case model.SpeechStopped():
            return MomentKind.MODEL, "hears the caller end"
        case model.Error(error=error):
            return MomentKind.MODEL, f"error {error.code}: {error.message}"
    return None


def _tool(event: object) -> Described:
    match event:
        case model.OutputItemDone(item=model.Item(type="function_call", name=str(name))):
            return MomentKind.TOOL, f"calls {name}"
        case model.CreateItem(item=model.Item(type="function_call_output", output=str(output))):
            return MomentKind.TOOL, f"answers {output[:80]}"
    return None
