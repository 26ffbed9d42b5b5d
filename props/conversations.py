"""Whatever crosses whatever: the model remembers what the caller heard, and nothing that is owed is lost."""

import random
from dataclasses import replace
from math import inf

from exchange import AGENT, Exchange
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from small_service import SmallService

from twiliobridge.conversation import Tool
from twiliobridge.conversation.limits import Limits
from twiliobridge.conversation.phase import Phase
from twiliobridge.mediastream.events import Clear, Dtmf, Play
from twiliobridge.realtime.events import (
    CreateResponse,
    Error,
    OutputAudioDelta,
    ResponseCreated,
    SpeechStarted,
)

WAYS_MS = (0, 9, 30)
"""How long a message to or from the phone takes at the most. At 9 ms a truncation is within 60 ms of the
truth; a longer way adds to that twice itself."""

AT_THE_PHONE_MS = 41
"The packet in which the clear arrives, the packet in which a mark lies, and rounding."


async def unused(arguments, call):
    raise AssertionError("the relay runs no tool")


PATIENT = Limits(
    longest_call=100_000,
    model_silence=10_000,
    sign_of_life_after=10_000,
    hold_after=10_000,
    dead_air=20_000,
)
"The service here answers in its own time: bounds on that have laws of their own."

HELPER = replace(AGENT, tools=(Tool("balance", "A tool.", unused),))


class Conversations(RuleBasedStateMachine):
    """A faithful service, a caller who speaks and presses keys as they like, a line with jitter."""

    @initialize(way_ms=st.sampled_from(WAYS_MS))
    def the_call_begins(self, way_ms):
        draw = random.Random(7)  # noqa: S311 -- jitter, no secret
        self.call = Exchange(
            HELPER,
            PATIENT,
            uplink=lambda: draw.uniform(0, way_ms / 1000),
            downlink=lambda: draw.uniform(0, way_ms / 1000),
        ).open()
        self.tolerance_ms = 2 * way_ms + AT_THE_PHONE_MS
        self.service = SmallService(self.call)
        self.speaking = None
        self.turns = 0
        self.seen = set()
        self.silenced = set()
        self.asked = 0
        self.answered = self.answered_when_asked = 0
        self.cut = {}
        self.hushed = {}

    # ------------------------------------------------ the service

    @rule(times=st.integers(1, 5))
    def the_service_hears(self, times):
        for _ in range(times):
            self.service.hear()

    @rule(times=st.integers(1, 8))
    def the_bridge_hears(self, times):
        for _ in range(times):
            self.deliver()

    @rule()
    def nothing_is_under_way(self):
        while not self.service.idle and self.call.ending is None:
            self.service.hear()
            self.deliver()

    @precondition(lambda self: self.service.active)
    @rule(ms=st.integers(1, 1500))
    def audio(self, ms):
        self.service.generate(ms)

    @precondition(lambda self: self.service.active)
    @rule()
    def function_call(self):
        self.service.call_function("balance")

    @precondition(lambda self: self.service.active)
    @rule(failed=st.sampled_from([False, False, False, True]))
    def response_done(self, failed):
        self.service.finish("failed" if failed else "completed")

    @rule(
        spans=st.lists(
            st.tuples(st.integers(20, 3000), st.integers(0, 3000), st.booleans()), min_size=1, max_size=3
        ),
        stragglers_ms=st.sampled_from([0, 400]),
    )
    def the_agent_is_interrupted(self, spans, stragglers_ms):
        """Once or several times on end: so much audio, so much of it heard, completed meanwhile or not."""
        for audio_ms, heard_ms, completed in spans:
            if self.speaking:
                self.caller_stops(noise=False)
            self.nothing_is_under_way()
            if self.service.active:
                self.service.generate(audio_ms)
            if self.service.active and completed:
                self.service.finish()
            self.nothing_is_under_way()
            self.time_passes(min(heard_ms, audio_ms))
            self.caller_speaks(stragglers_ms)
            self.nothing_is_under_way()

    # ------------------------------------------------ the caller, the tools, the time

    @precondition(lambda self: self.speaking is None)
    @rule(stragglers_ms=st.sampled_from([0, 0, 400]))
    def caller_speaks(self, stragglers_ms):
        self.turns += 1
        self.speaking = f"u{self.turns}"
        self.service.speech_starts(self.speaking, stragglers_ms)

    @precondition(lambda self: self.speaking)
    @rule(noise=st.booleans())
    def caller_stops(self, noise):
        self.service.speech_stops(self.speaking, noise=noise)
        self.speaking = None

    @rule(digit=st.sampled_from("01#"))
    def key(self, digit):
        self.silenced |= self.seen
        self.call.phone(Dtmf(digit=digit))
        self.hush()

    @precondition(lambda self: self.call.tools)
    @rule(data=st.data())
    def tool_answers(self, data):
        index = data.draw(st.integers(0, len(self.call.tools) - 1))
        self.call.answer_tool(self.call.tools.pop(index).call_id, "10 dollars")

    @rule(ms=st.integers(0, 4000))
    def time_passes(self, ms):
        self.call.wait(ms / 1000)

    # ------------------------------------------------ laws

    def deliver(self):
        if self.call.ending is not None:
            return
        plays = len(self.call.sent(Play))
        if self.service.out and isinstance(self.service.out[0], ResponseCreated | Error):
            self.answered += 1
        event = self.service.deliver()
        self.one_request_at_a_time()
        match event:
            case ResponseCreated(response=response):
                self.seen.add(response.id)
            case SpeechStarted():
                self.silenced |= self.seen
                self.hush()
            case OutputAudioDelta(response_id=response_id) if response_id in self.silenced:
                assert len(self.call.sent(Play)) == plays, "stale audio was played"

    def hush(self):
        """The caller has begun: of what was sent until now, no more is to be heard than is heard by now."""
        self.hushed |= {
            item: min(self.call.heard_ms(item), self.hushed.get(item, inf)) for item in self.call.sent_ranges
        }

    @invariant()
    def a_caller_silences_the_agent(self):
        """One way and a packet later, whether or not the model was still generating."""
        for item, ms in self.hushed.items():
            assert self.call.heard_ms(item) <= ms + self.tolerance_ms, "the agent speaks on"

    @invariant()
    def one_request_at_a_time(self):
        """The bridge never asks again before the service has said what became of the last request."""
        asked = len(self.call.sent(CreateResponse))
        assert asked <= self.asked + 1
        if asked > self.asked:
            assert self.asked == 0 or self.answered > self.answered_when_asked
            self.asked, self.answered_when_asked = asked, self.answered

    @invariant()
    def truncations_are_never_refused(self):
        """The bridge never claims that more was heard than there is."""
        assert "invalid_value" not in self.service.refusals

    @invariant()
    def truncated_is_heard_is_at_most_sent(self):
        """A truncation is what the true playback buffer has played of the item, within 60 ms, and no more
        than was sent; and no item is cut twice.
        """
        for item, ms in self.call.truncations()[len(self.cut) :]:
            assert item not in self.cut
            self.cut[item] = ms
            sent_ms = sum(end - begin for begin, end in self.call.sent_ranges.get(item, ())) / 8
            assert ms <= sent_ms + self.going_down_ms() + 1
            assert abs(ms - self.call.heard_ms(item)) <= self.tolerance_ms

    def going_down_ms(self):
        """Audio on its way to the phone."""
        return sum(event.size for _, event, _ in self.call._going_down if isinstance(event, Play)) / 8

    @invariant()
    def what_was_cut_stays_unheard(self):
        """After a clear nothing more of it is played, however late its audio comes: discarded is unheard."""
        for item, ms in self.cut.items():
            assert self.call.heard_ms(item) <= ms + self.tolerance_ms

    @invariant()
    def marks_that_were_cleared_count_for_nothing(self):
        """What the ledger takes for played since the last interruption, the buffer has played since."""
        playout = self.call.relay._mind.playout
        told = self.call.to_phone
        last_clear = max((n for n, event in enumerate(told) if isinstance(event, Clear)), default=0)
        before = sum(event.size for event in told[:last_clear] if isinstance(event, Play))
        assert playout._played <= self.call.buffer.heard_ms(self.call.now, before) + 1e-6

    @invariant()
    def ledgers_are_bounded(self):
        """What waits for marks is never more than what Twilio holds."""
        playout = self.call.relay._mind.playout
        assert len(playout._pending) <= 6000 + 1
        assert len(playout._segments) <= len(self.seen) + 1

    def teardown(self):
        """In the end nothing is owed, and the model remembers of every item what was heard of it."""
        if self.speaking:
            self.caller_stops(noise=True)
        for _ in range(8):
            self.settle()
        self.call.wait(self.call.buffer.queued_bytes / 8000 + 1)
        if self.call.ending is not None:
            assert self.service.failed > 1, f"two failures are the only way to end here: {self.call.ending}"
        else:
            assert self.call.relay.phase is Phase.TALKING
            assert not self.service.unanswered, "an answer was lost"
            for item, believed in self.service.heard_ms.items():
                heard = self.call.heard_ms(item)
                assert abs(believed - heard) <= self.tolerance_ms, (item, believed, heard)

    def settle(self):
        self.nothing_is_under_way()
        if self.service.active:
            if self.service.silent:
                self.service.generate(100)
            self.service.finish()
        while self.call.tools:
            self.call.answer_tool(self.call.tools.pop().call_id, "10 dollars")
        self.call.wait(2.1)
