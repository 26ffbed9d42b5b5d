"""What a check works with: calls to the bridge, and a place for what was found."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial

import trio

from twiliobridge.caller import LineConditions, MockTwilioClient
from twiliobridge.caller.line import GOOD_LINE
from twiliobridge.validate.attribution import APART, SETTLED, PlacedCall, place
from twiliobridge.validate.law import Law
from twiliobridge.validate.material import Material
from twiliobridge.validate.measure import (
    Interval,
    Piece,
    clipped_ratio,
    dead_air_s,
    pacing_errors_ms,
    silence_ratio,
)
from twiliobridge.validate.probe_call import ProbeCall
from twiliobridge.validate.records import record_of
from twiliobridge.validate.result import CallRecord, Finding, Moment, Progress, Status
from twiliobridge.validate.target import Target
from twiliobridge.validate.waiting import until

Keep = Callable[[ProbeCall], None]
"Is given each call when it is over: its recordings are written then."


@dataclass
class Measured:
    """Values by metric, in the order in which they were measured."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, metric: str, value: float) -> None:
        self.values.setdefault(metric, []).append(value)


class Examination:
    """One check at work on one bridge."""

    def __init__(
        self,
        check_id: str,
        laws: Sequence[Law],
        target: Target,
        material: Material,
        progress: Progress,
        keep: Keep,
        pacing: list[float],
    ) -> None:
        self.target = target
        self.material = material
        self.measured = Measured()
        "What this check alone measures."
        self.of_calls = Measured()
        "What is measured of every call."
        self.records: list[CallRecord] = []
        self.under_way: list[ProbeCall] = []
        self.connected = True
        "Whether the last call that was placed came about."
        self._check_id = check_id
        self._laws = {law.id: law for law in laws}
        self._found: dict[str, Finding] = {}
        self._progress = progress
        self._keep = keep
        self._pacing = pacing

    # ------------------------------------------------ calls

    @asynccontextmanager
    async def call(self, name: str, conditions: LineConditions = GOOD_LINE) -> AsyncIterator[ProbeCall]:
        """A call whose stream has started; it is hung up at the end of the block, and recorded.

        Raises what MockTwilioClient raises.
        """
        full_name = f"{self._check_id.lower()}-{name}"
        await self._settle()
        call = self._placed(full_name, conditions)
        self._progress.call_begins(self._check_id, full_name)
        self.connected = False
        try:
            async with call.client:
                self.connected = True
                call.trunk.queued_ms = lambda: call.client.line.queued_ms
                await call.client.initiate_call_flow()
                self.under_way.append(call)
                yield call
        finally:
            call.over(trio.current_time())
            if call in self.under_way:
                self._finish(call, paced=conditions == GOOD_LINE)
            self._progress.call_ends(self._check_id, full_name)

    async def _settle(self) -> None:
        """A call that is over gets its session, if that is late, before another may be taken for it."""
        if self.target.tap is not None:
            attribution = self.target.tap.attribution
            await trio.sleep(APART)
            await until(lambda: attribution.settled(trio.current_time()), SETTLED)

    def _placed(self, name: str, conditions: LineConditions) -> ProbeCall:
        """About to be placed, with SIDs, a number and a noise of its own."""
        tap = self.target.tap
        placed = place(name, len(tap.attribution.calls) if tap else 0, trio.current_time())
        if tap:
            tap.attribution.calls.append(placed)
        call = ProbeCall(self._check_id, placed, tap, partial(self._progress.noted, self._check_id, name))
        call.client = self._phone(call, placed, conditions)
        return call

    def _phone(self, call: ProbeCall, placed: PlacedCall, conditions: LineConditions) -> MockTwilioClient:
        target, way = self.target, self.target.access
        webhook = target.url.startswith("http")
        return MockTwilioClient(
            target.url,
            placed.stream_sid,
            call_sid=placed.call_sid,
            from_=placed.number,
            custom_parameters=None if webhook else target.parameters,
            auth_token=way.auth_token,
            public_url=way.public_url,
            stream_origin=way.stream_origin,
            headers=way.headers,
            ssl_context=way.ssl_context,
            observe=call.noted,
            connect=call.trunk.over(target.connect),
            conditions=replace(conditions, noise=placed.noise),
        )

    def _finish(self, call: ProbeCall, *, paced: bool) -> None:
        self.under_way.remove(call)
        self.records.append(record_of(call))
        self._keep(call)
        if paced:
            self._pacing.extend(pacing_errors_ms(call.trunk.frames_left))
        self._measure(call)

    def _measure(self, call: ProbeCall) -> None:
        line = call.client.line
        if (first := call.first_heard_s) is None:
            return
        self.of_calls.add("time to first audio", first * 1000)
        self.of_calls.add("buffer depth", call.trunk.deepest_ms)
        self.of_calls.add("clipping", clipped_ratio(call.heard))
        self.of_calls.add("silence ratio", silence_ratio(call.heard))
        for gap in call.client.statistics().gaps_heard_ms:
            self.of_calls.add("gap within an answer", gap)
        said = [Piece(each.began, bytes(each.audio)) for each in line.speech.said if each.began is not None]
        if said:
            sides: list[Interval] = [*line.heard.stretches, *said]
            end = max(each.ended for each in sides)
            self.of_calls.add("dead air", dead_air_s(sides, call.began, end))

    # ------------------------------------------------ findings

    def found(
        self, law_id: str, *, holds: bool, seen: str, advice: str = "", calls: Sequence[str] = ()
    ) -> bool:
        """The verdict on a law, from one call or several: what failed once has failed. `advice`: if the
        law's own is not to the point. `calls`: in which it was seen, if not in the latest.
        """
        earlier = self._found.get(law_id)
        if earlier is None or earlier.status is not Status.FAILED:
            self._note(law_id, Status.PASSED if holds else Status.FAILED, seen, advice)
            if calls:
                self._found[law_id] = replace(self._found[law_id], calls=tuple(calls))
        return holds

    def not_applicable(self, law_id: str, why: str) -> None:
        """It cannot be told here. A verdict that was given stays."""
        if law_id not in self._found:
            self._note(law_id, Status.NOT_APPLICABLE, why)

    def inconclusive(self, law_id: str, why: str) -> None:
        """It should have been told here, and could not."""
        if law_id not in self._found:
            self._note(law_id, Status.NOT_APPLICABLE, why)
            self._found[law_id] = replace(self._found[law_id], inconclusive=True)

    def troubled(self, law: Law, seen: str) -> None:
        """The check could not be carried out: that is a law of its own, and it failed."""
        self._laws[law.id] = law
        self.found(law.id, holds=False, seen=seen)

    def findings(self, otherwise: Status, why: str) -> tuple[Finding, ...]:
        """One for each law, in order; `otherwise` for those that were not decided."""
        for law_id in self._laws:
            if law_id not in self._found:
                self._note(law_id, otherwise, why)
        return tuple(self._found[law_id] for law_id in self._laws)

    def _note(self, law_id: str, status: Status, seen: str, advice: str = "") -> None:
        law = self._laws[law_id]
        calls = (*(each.name for each in self.records), *(each.name for each in self.under_way))
        self._found[law_id] = Finding(
            id=law.id,
            law=law.text,
            level=law.level,
            status=status,
            reason=seen,
            advice=(advice or law.advice) if status is Status.FAILED else "",
            source=law.source,
            calls=calls[-1:],
            core=law.core,
        )


class Silent:
    """A Progress that tells nobody."""

    def run_begins(self, checks: Sequence[tuple[str, str]]) -> None: ...
    def check_begins(self, check_id: str, name: str) -> None: ...
    def call_begins(self, check_id: str, call: str) -> None: ...
    def noted(self, check_id: str, call: str, moment: Moment) -> None: ...
    def call_ends(self, check_id: str, call: str) -> None: ...
    def check_ends(self, result: object) -> None: ...
