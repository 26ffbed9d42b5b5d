"""A call under observation as the value that reports show."""

from collections.abc import Iterator

from twiliobridge.validate.measure import Piece, on_one_clock
from twiliobridge.validate.moments import model_moment, moment
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.result import CallRecord, CutAudio, Moment, MomentKind
from twiliobridge.validate.said import words_of

GAP_S = 0.001


def record_of(call: ProbeCall) -> CallRecord:
    """What was said and heard so far."""
    line = call.client.line
    said = [Piece(each.began, bytes(each.audio)) for each in line.speech.said if each.began is not None]
    heard = [Piece(each.began, bytes(each.audio)) for each in line.heard.stretches]
    moments = [
        *_speech(call, MomentKind.CALLER_SPEECH, "caller speaks", said),
        *_speech(call, MomentKind.AGENT_SPEECH, "agent is heard", heard),
        *_gaps(call),
        *_events(call),
        *words_of(call.sessions, call.seconds),
    ]
    received = b"".join(each.audio for each in call.trunk.arrived)
    return CallRecord(
        name=call.name,
        check_id=call.check_id,
        stream_sid=call.client.identity.stream_sid,
        call_sid=call.client.identity.call_sid,
        caller=on_one_clock(call.began, said),
        agent=on_one_clock(call.began, heard),
        cut=tuple(
            CutAudio(at_s=call.seconds(cut.at), audio=received[cut.begin : cut.end]) for cut in call.cuts
        ),
        moments=tuple(sorted(moments, key=lambda each: each.time_s)),
    )


def _speech(call: ProbeCall, kind: MomentKind, text: str, pieces: list[Piece]) -> Iterator[Moment]:
    for each in pieces:
        length = each.ended - each.began
        yield Moment(time_s=call.seconds(each.began), kind=kind, text=text, duration_s=length)


def _gaps(call: ProbeCall) -> Iterator[Moment]:
    """Where the playback buffer ran empty within an answer."""
    heard = call.client.line.heard.stretches
    firsts = {turn.first_stretch for turn in call.client.line.turns}
    for index in range(1, len(heard)):
        length = heard[index].began - heard[index - 1].ended
        if index not in firsts and length > GAP_S:
            began = call.seconds(heard[index - 1].ended)
            text = f"nothing to play for {length * 1000:.0f} ms"
            yield Moment(time_s=began, kind=MomentKind.MEDIA_GAP, text=text, duration_s=length)


def _events(call: ProbeCall) -> Iterator[Moment]:
    for at, note in call.notes:
        if told := moment(call.seconds(at), note):
            yield told
    for session in call.sessions:
        for each in session.log:
            if told := model_moment(call.seconds(each.at), each.event):
                yield told
