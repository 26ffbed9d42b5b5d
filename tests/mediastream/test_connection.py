"""A whole stream, seen from both ends."""

import json

import pytest

from twiliobridge.mediastream import (
    Clear,
    Connected,
    Dtmf,
    LocalProtocolError,
    Mark,
    Media,
    MediaStream,
    Phase,
    Play,
    RemoteProtocolError,
    Role,
    Start,
    Stop,
    StreamCode,
    Unknown,
)

T, S = Role.TWILIO, Role.SERVER
START = Start(stream_sid="MZ" + "1" * 32, call_sid="CA", account_sid="AC")
MEDIA = Media(payload="/w==", timestamp_ms=155)
PLAY = Play(payload="/w==")

SCRIPTS = {
    "talk": [(T, Connected()), (T, START), (T, MEDIA), (S, PLAY), (S, Mark(name="a")), (T, Mark(name="a"))],
    "barge-in": [
        (T, Connected()),
        (T, START),
        (S, PLAY),
        (S, Mark(name="a")),
        (S, Clear()),
        (T, Mark(name="a")),
    ],
    "keys": [(T, Connected()), (T, START), (T, Dtmf(digit="1")), (T, MEDIA), (T, Dtmf(digit="#"))],
    "hang-up": [(T, Connected()), (T, START), (T, MEDIA), (T, Stop(account_sid="AC", call_sid="CA"))],
    "no words": [(T, Connected()), (T, START), (T, Stop(account_sid="AC", call_sid="CA"))],
    "crossing": [
        (T, Connected()),
        (T, START),
        (T, Stop(account_sid="AC", call_sid="CA")),
        (S, PLAY),
        (S, Clear()),
    ],
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_after_each_step_of_a_legal_script_both_ends_agree(script):
    """What one end sends the other receives as the same event; both are in one phase of one stream."""
    ends = {role: MediaStream(role) for role in Role}
    for sender, event in script:
        assert ends[sender.peer].receive(ends[sender].send(event)) == event
        assert ends[T].phase is ends[S].phase
        assert ends[T].stream_sid == ends[S].stream_sid
    assert all(end.statistics().faults == end.statistics().sequence_gaps == 0 for end in ends.values())


def test_one_counter_numbers_all_messages_from_start_and_chunks_count_per_track():
    twilio = MediaStream(T, bidirectional=False)
    both = Start(stream_sid="MZ", call_sid="CA", account_sid="AC", tracks=("inbound", "outbound"))
    out = Media(payload="", timestamp_ms=1, track="outbound")
    sent = [json.loads(twilio.send(event)) for event in (Connected(), both, MEDIA, out, MEDIA, out, out)]
    assert [message.get("sequenceNumber") for message in sent] == [None, "1", "2", "3", "4", "5", "6"]
    assert [message["media"]["chunk"] for message in sent[2:]] == ["1", "1", "2", "2", "3"]


def test_a_refused_send_uses_no_number(ends_in):
    twilio, _ = ends_in(Phase.STREAMING)
    for refused in (Connected(), Media(payload="?", timestamp_ms=1)):
        with pytest.raises(LocalProtocolError):
            twilio.send(refused)
    message = json.loads(twilio.send(MEDIA))
    assert (message["sequenceNumber"], message["media"]["chunk"]) == ("2", "1")


@pytest.mark.parametrize("role", Role)
def test_a_binary_frame_is_31950_where_twilio_would_log_it(role):
    stream = MediaStream(role)
    with pytest.raises(RemoteProtocolError, match="got 3 bytes of binary") as caught:
        stream.receive(b"\xff\xff\xff")
    assert caught.value.code == (31950 if role is T else None)


def test_after_a_fault_the_stream_goes_on(ends_in):
    """A refused message moves nothing: the next good one is understood, and is not counted as a gap."""
    twilio, server = ends_in(Phase.STREAMING)
    twilio.send(MEDIA)
    for bad in ("?", b"?", '{"event":"connected"}', '{"event":"dtmf","sequenceNumber":"2","dtmf":{}}'):
        with pytest.raises(RemoteProtocolError):
            server.receive(bad)
    assert server.receive(twilio.send(MEDIA)) == MEDIA
    assert server.phase is Phase.STREAMING
    statistics = server.statistics()
    assert (statistics.messages, statistics.faults, statistics.sequence_gaps) == (7, 4, 0)


def test_lost_messages_are_counted_and_never_fatal(ends_in):
    twilio, server = ends_in(Phase.STREAMING)
    for lost in (True, False, False, True, True, False):
        text = twilio.send(MEDIA)
        if not lost:
            server.receive(text)
    assert server.statistics().sequence_gaps == 2


def test_unknown_events_are_counted_have_a_number_and_move_nothing():
    server = MediaStream(S)
    assert server.receive('{"event":"hello"}') == Unknown(event="hello")
    server.receive('{"event":"connected"}')
    server.receive(MediaStreamText.start)
    assert server.receive('{"event":"weather","sequenceNumber":"2"}') == Unknown(event="weather")
    server.receive('{"event":"dtmf","sequenceNumber":"3","dtmf":{"digit":"A"}}')
    assert server.phase is Phase.STREAMING
    assert (server.statistics().unknown, server.statistics().sequence_gaps) == (2, 0)


class MediaStreamText:
    start = (
        '{"event":"start","sequenceNumber":1,"start":{"accountSid":"AC","streamSid":"MZ","callSid":"CA",'
        '"tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}'
    )


def test_nobody_sends_an_unknown_event(ends_in):
    for end in ends_in(Phase.STREAMING):
        with pytest.raises(LocalProtocolError, match="Unknown from"):
            end.send(Unknown(event="weather"))


def test_a_message_of_another_stream_is_a_fault_at_either_end(ends_in):
    twilio, server = ends_in(Phase.STREAMING)
    with pytest.raises(RemoteProtocolError, match=r"streamSid must be 'MZ1+', was 'MZ2'") as caught:
        twilio.receive('{"event":"clear","streamSid":"MZ2"}')
    assert caught.value.code == StreamCode.INVALID_MESSAGE
    with pytest.raises(RemoteProtocolError, match="streamSid must be"):
        server.receive('{"event":"stop","streamSid":"MZ2"}')
    assert twilio.phase is server.phase is Phase.STREAMING


def test_the_two_stream_sids_of_start_must_agree():
    server = MediaStream(S)
    server.receive('{"event":"connected"}')
    with pytest.raises(RemoteProtocolError, match="streamSid must be 'MZ', was 'MZ2'"):
        server.receive(MediaStreamText.start[:-1] + ',"streamSid":"MZ2"}')
    assert (server.phase, server.stream_sid) == (Phase.CONNECTED, "")


def test_a_server_message_before_start_is_31951():
    twilio = MediaStream(T)
    with pytest.raises(
        RemoteProtocolError, match="Clear from server in phase NEW; allowed: nothing"
    ) as caught:
        twilio.receive('{"event":"clear","streamSid":"MZ"}')
    assert caught.value.code == 31951


def test_a_unidirectional_stream_hears_nothing_from_the_server(ends_in):
    """31924 for each message, whether the stream was declared unidirectional or its tracks say so."""
    declared, server = ends_in(Phase.STREAMING, bidirectional=False)
    by_tracks = MediaStream(T)
    by_tracks.send(Connected())
    by_tracks.send(
        Start(stream_sid=declared.stream_sid, call_sid="CA", account_sid="AC", tracks=("outbound",))
    )
    _, talker = ends_in(Phase.STREAMING)
    for event in (PLAY, Mark(name="m"), Clear()):
        text = talker.send(event)
        for twilio in (declared, by_tracks):
            with pytest.raises(
                RemoteProtocolError, match="of a unidirectional stream; allowed: nothing"
            ) as caught:
                twilio.receive(text)
            assert caught.value.code == 31924
        with pytest.raises(LocalProtocolError, match="unidirectional"):
            server.send(event)
    assert talker.bidirectional
    assert not by_tracks.bidirectional
