"""Whatever is said and whenever it is interrupted, the model is told what the caller heard."""

import base64

from exchange import Exchange
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from twiliobridge.mediastream.events import Dtmf, Play
from twiliobridge.realtime.events import CancelResponse, CreateResponse

TOLERANCE_MS = 60
"A packet of 20 ms, a mark's way back of up to 30, and rounding."


class Interruptions(RuleBasedStateMachine):
    """A model that generates as it likes, a caller who interrupts as they like, a line that echoes late."""

    def __init__(self):
        super().__init__()
        self.call = Exchange(echo_delay=0.03).open()
        self.generating = None
        self.discarded = set()
        self.names = 0
        self.generated = {}
        self.checked = 0
        self.speaking = False

    @rule(ms=st.integers(1, 3000))
    def delta(self, ms):
        if self.generating is None:
            if self.speaking:
                return
            self.names += 1
            self.generating = f"r{self.names}"
            self.call.response(self.generating, done=False)
        self.generated[self.generating] = self.generated.get(self.generating, 0) + ms
        self.call.delta(self.generating, ms)

    @precondition(lambda self: self.generating)
    @rule()
    def response_done(self):
        status = "cancelled" if self.generating in self.discarded else "completed"
        self.call.response_done(self.generating, status)
        self.generating = None

    @rule(ms=st.integers(0, 4000))
    def time_passes(self, ms):
        self.call.wait(ms / 1000)

    @precondition(lambda self: not self.speaking)
    @rule()
    def caller_speaks(self):
        self.speaking = True
        self.interrupt(lambda: self.call.caller_speaks(f"u{self.names}"))

    @precondition(lambda self: self.speaking)
    @rule()
    def caller_stops(self):
        self.speaking = False
        self.call.caller_stops(f"u{self.names}")

    @rule(digit=st.sampled_from("0123456789*#"))
    def key(self, digit):
        self.interrupt(lambda: self.call.phone(Dtmf(digit=digit)))

    def interrupt(self, act):
        if self.generating:
            self.discarded.add(self.generating)
        before = self.call.buffer.appended_bytes
        act()
        assert self.call.buffer.queued_bytes == 0, "an interruption leaves nothing queued"
        assert self.call.buffer.appended_bytes == before

    @invariant()
    def the_model_is_told_what_was_heard(self):
        """Truncated <= sent, and within the tolerance of what the caller truly heard."""
        cuts = self.call.truncations()
        for item, end_ms in cuts[self.checked :]:
            sent = sum(stop - start for start, stop in self.call.sent_ranges[item]) / 8
            assert 0 <= end_ms <= sent <= self.generated[item]
            heard = self.call.heard_ms(item)
            assert abs(end_ms - heard) <= TOLERANCE_MS, (item, end_ms, heard)
        self.checked = len(cuts)
        assert len({item for item, _ in cuts}) == len(cuts), "no item is cut twice"

    @invariant()
    def ledgers_are_bounded(self):
        """What waits for marks is never more than what Twilio holds."""
        playout = self.call.relay._mind.playout
        assert len(playout._pending) <= 6000 + 1
        assert len(playout._segments) <= self.names + 1

    @invariant()
    def the_service_is_asked_only_when_it_may_answer(self):
        """Never two requests without a response between them; the machine's model never answers."""
        asked = len(self.call.sent(CreateResponse))
        assert asked <= self.names + 1
        assert len(self.call.sent(CancelResponse)) <= self.names

    def teardown(self):
        """All that went to the phone was made by the model, byte for byte and in order."""
        played = b"".join(base64.b64decode(event.payload) for event in self.call.sent(Play))
        assert len(played) == self.call.buffer.appended_bytes
        self.call.wait(30)
        assert self.call.buffer.played_bytes <= len(played)


TestInterruptions = Interruptions.TestCase
