"""The faults of this field, re-introduced one at a time into the running program: a law must find each.

Each was seen in a published bridge or reported against one; none is in `src`. A mutant replaces a function
while it is applied, and nothing else knows of it.
"""

from unittest.mock import patch

from mutation import mutant, replace

from twiliobridge.conversation import (
    barge_in,
    farewell,
    inbound,
    model_side,
    opening,
    phone_side,
)
from twiliobridge.conversation.commands import ToModel
from twiliobridge.conversation.discarded import Discarded
from twiliobridge.conversation.playout import Playout, Unheard
from twiliobridge.conversation.relay import Relay
from twiliobridge.conversation.responses import Responses
from twiliobridge.conversation.tool_calls import ToolCalls
from twiliobridge.mediastream import connection
from twiliobridge.mediastream.events import Clear, Dtmf
from twiliobridge.realtime.events import CreateResponse, OutputAudioDelta, TruncateItem
from twiliobridge.wires.outbox import Outbox, size_of

# ---------------------------------------------------------------- interruption


@mutant("interrupts only while the model is generating", "call", 20)
def only_while_generating(stack):
    def make(real):
        return lambda mind, now, **more: real(mind, now, **more) if mind.responses.active else []

    replace(stack, barge_in, "_interrupt", make)


@mutant("truncates at what was sent, not at what was heard", "call", 20)
def at_what_was_sent(stack):
    def make(real):
        return lambda mind, cut, now: real(mind, Unheard(cut.part, int(cut.sent_ms), cut.sent_ms), now)

    replace(stack, barge_in, "_truncated", make)


@mutant("truncates by the time since the first audio of the last item arrived", "call", 40)
def by_the_clock_alone(stack):
    stamps = {}

    def birth(real):
        def unstamped(self):
            stamps.pop(id(self), None)
            real(self)

        return unstamped

    def sent(real):
        def stamped(self, part, size, now):
            if not self._segments or self._segments[-1].part != part:
                stamps[id(self)] = self._sent, now
            return real(self, part, size, now)

        return stamped

    def position(real):
        def elapsed(self, now):
            start, since = stamps.get(id(self), self._anchor)
            return min(start + (now - since) * 1000, self._sent)

        return elapsed

    replace(stack, Playout, "__init__", birth)
    replace(stack, Playout, "sent", sent)
    replace(stack, Playout, "position", position)


@mutant("truncates at the last mark, and asks no clock", "call", 20)
def by_marks_alone(stack):
    replace(stack, Playout, "position", lambda real: lambda self, now: self._played)


@mutant("truncates only the item that is heard, none of those in the queue", "call", 40)
def only_the_first_item(stack):
    replace(stack, Playout, "interrupt", lambda real: lambda self, now: real(self, now)[:1])


@mutant("truncates nothing", "call", 20)
def no_truncation(stack):
    def make(real):
        def interrupt(*args, **more):
            commands = real(*args, **more)
            return [c for c in commands if not (isinstance(c, ToModel) and isinstance(c.event, TruncateItem))]

        return interrupt

    replace(stack, barge_in, "_interrupt", make)


@mutant("sends no clear", "call", 20)
def no_clear(stack):
    def make(real):
        def interrupt(*args, **more):
            return [command for command in real(*args, **more) if not isinstance(command.event, Clear)]

        return interrupt

    replace(stack, barge_in, "_interrupt", make)


@mutant("remembers after an interruption what was cut, and cuts it again", "conversation", 100)
def cut_twice(stack):
    def make(real):
        def interrupt(self, now):
            segments, lengths, pending = self._segments, self._lengths, self._pending
            kept, anchor = (self._sent, self._played, self._marked), self._anchor
            cut = real(self, now)
            self._segments, self._lengths, self._pending = segments, lengths, pending
            self._sent, self._played, self._marked = kept
            self._set_anchor(*anchor)
            return cut

        return interrupt

    replace(stack, Playout, "interrupt", make)


@mutant("forwards late deltas after clear", "call", 20)
def late_deltas(stack):
    def make(real):
        def on_audio(mind, event, now):
            discarded, mind.discarded = mind.discarded, Discarded()
            try:
                return real(mind, event, now)
            finally:
                mind.discarded = discarded

        return on_audio

    replace(stack, model_side.MODEL, OutputAudioDelta, make)


@mutant("does not tell the model that late deltas were not heard", "conversation", 100)
def silent_stragglers(stack):
    replace(stack, barge_in, "straggler", lambda real: lambda mind, part, now: [])


@mutant("a key does not silence the agent", "call", 100)
def deaf_to_keys(stack):
    def make(real):
        def on_dtmf(mind, event, now):
            with patch.object(barge_in, "by_key", lambda mind, now: []):
                return real(mind, event, now)

        return on_dtmf

    replace(stack, phone_side.PHONE, Dtmf, make)


# ---------------------------------------------------------------- marks


@mutant("gives all marks one name, and takes each that returns for the oldest", "conversation", 100)
def marks_without_identity(stack):
    def mark(real):
        def named(self):
            real(self)
            return "responsePart"

        return named

    def returned(real):
        return lambda self, name, now: real(self, f"m{self._marks_made - len(self._pending) + 1}", now)

    replace(stack, Playout, "mark", mark)
    replace(stack, Playout, "mark_returned", returned)


@mutant("counts cleared marks as played", "conversation", 100)
def cleared_marks_count(stack):
    def make(real):
        def interrupt(self, now):
            pending = list(self._pending)
            cut = real(self, now)
            self._pending.extend(pending)
            return cut

        return interrupt

    replace(stack, Playout, "interrupt", make)


# ---------------------------------------------------------------- responses and tools


@mutant("sends response.create before response.done", "conversation", 20)
def asks_too_early(stack):
    replace(stack, Responses, "awaited", lambda real: property(lambda self: False))


@mutant("asks for a response after each tool result, not after the set", "tools", 10)
def asks_for_each_result(stack):
    def make(real):
        def answered(self, call_id):
            return self._running.pop(call_id, None) is not None

        return answered

    replace(stack, ToolCalls, "answered", make)


@mutant("does not ask for a response after tool results", "tools", 10)
def never_asks_again(stack):
    replace(stack, ToolCalls, "_complete", lambda real: lambda self, response_id: False)


@mutant("greets before session.updated", "call", 10)
def greets_too_early(stack):
    def make(real):
        def begin(mind):
            commands = real(mind)
            if commands:
                commands.append(ToModel(CreateResponse(response=mind.wish(mind.agent.greeting or ""))))
            return commands

        return begin

    replace(stack, opening, "begin", make)


@mutant("hangs up before the goodbye was heard", "call", 20)
def cuts_the_goodbye(stack):
    def make(real):
        return lambda mind, ending, detail, now, **more: mind.end(ending, detail, now)

    replace(stack, farewell, "close_when_heard", make)


# ---------------------------------------------------------------- endings, bounds, wires


@mutant("does not react when the model closes", "doomed call", 20)
def deaf_to_the_models_close(stack):
    replace(stack, Relay, "model_lost", lambda real: lambda self, ending, detail, now, **more: ())


@mutant("does not react when the phone is gone", "doomed call", 20)
def deaf_to_the_phones_end(stack):
    replace(stack, Relay, "phone_lost", lambda real: lambda self, ending, detail, now: ())
    replace(stack, phone_side, "on_stop", lambda real: phone_side.ignore)


@mutant("queues without a bound for a phone that does not read", "stalled phone", 5)
def unbounded_backlog(stack):
    def make(real):
        def put(self, message):
            self._put.send_nowait(message)
            self._waiting += size_of(message)

        return put

    replace(stack, Outbox, "put", make)


@mutant("keeps all that the caller says before the model is ready", "early audio", 20)
def unbounded_early_audio(stack):
    replace(stack, inbound.Recent, "payloads", lambda real: property(lambda early: tuple(early.kept)))


@mutant("does not fill the gaps of a carrier that leaves silence out", "inbound", 20)
def gaps_unfilled(stack):
    replace(stack, inbound, "_silence", lambda real: lambda duration_ms: ())


@mutant("sends Twilio fields that it does not know", "call", 10)
def extra_fields(stack):
    def make(real):
        return lambda event, sid: real(event, sid).replace("{", '{"sequenceNumber":"1",', 1)

    replace(stack, connection, "encode_server", make)


@mutant("codes the audio anew on its way", "call", 10)
def audio_changed(stack):
    def make(real):
        def heard(self, media, now):
            return tuple(payload.replace("/", "+") for payload in real(self, media, now))

        return heard

    replace(stack, inbound.Inbound, "heard", make)
