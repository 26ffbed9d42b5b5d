"""Which call each session of the model's is of.

Evidence, the strongest first:
1. Sound: the call's own line noise is in what the session was told.
2. Names: the call's SID, its stream's or its caller's number is in what the session was told.
3. Time: the session was dialled when only this call could have it dialled. That is a call that is up, or one
   that ended less than LATE ago and had none: a bridge may dial late. Of several, those drop out whose own
   session, by the evidence above, was dialled later. Of several that are all over, the first is the one.

Where none of it tells, the session is nobody's: it is not guessed. Evidence comes in as a session goes on, so
whose it is should be asked when it is needed, and not be kept.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from twiliobridge.caller.identity import new_sid
from twiliobridge.validate.line_noise import line_noise, quiet_spectra, sounds_alike
from twiliobridge.validate.model_session import ModelSession

SETTLED = 2.0
"Seconds after a call without a session in which it should get it, before another call is placed."
APART = 0.05
"Seconds between two calls, so that it can be told which of them came first."
LATE = 15.0
"Seconds: longer than any handshake with a model is waited for."
FIRST_CALLER, CALLERS = 1_202_555_0100, 99
"Numbers reserved for fiction; the hundredth is that of whom they call."
COMPARED_FRAMES = 10
"Looked at together: comparing costs much more than finding."
OVERLAP_FRAMES = 2
"Of what was looked at before, looked at again with what came after it."


@dataclass(eq=False)
class PlacedCall:
    """A call of the suite's, by what can be found of it in a session. Times in seconds."""

    name: str
    stream_sid: str
    call_sid: str
    number: str
    "The caller's."
    began: float
    "When it was placed."
    ended: float | None = None
    noise: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.noise = line_noise(self.stream_sid)

    @property
    def names(self) -> tuple[str, ...]:
        """Of which no other call has one."""
        return self.stream_sid, self.call_sid, self.number

    def up(self, at: float) -> bool:
        return self.began <= at and (self.ended is None or at <= self.ended)

    def lately_ended(self, at: float, within: float = LATE) -> bool:
        return self.ended is not None and self.ended < at <= self.ended + within


def place(name: str, number: int, now: float) -> PlacedCall:
    """The `number`th call of a run, about to be placed."""
    caller = FIRST_CALLER + number % CALLERS
    return PlacedCall(name, new_sid("MZ"), new_sid("CA"), f"+{caller}", now)


@dataclass(eq=False)
class _Content:
    """Calls found in what one session was told, which is looked at once."""

    by_sound: list[PlacedCall] = field(default_factory=list)
    by_name: list[PlacedCall] = field(default_factory=list)
    heard: int = 0
    "Bytes in which the noise itself was looked for."
    compared: int = 0
    "Bytes in which something like it was looked for."
    read: int = 0
    "Texts."

    @property
    def calls(self) -> Sequence[PlacedCall]:
        return self.by_sound or self.by_name

    def look(self, session: ModelSession, calls: Sequence[PlacedCall]) -> None:
        if session.appended_bytes > self.heard:
            audio, self.heard = _since(session, self.heard), session.appended_bytes
            self._hear(call for call in calls if call.noise in audio)
        waiting = session.appended_bytes - self.compared
        if waiting >= COMPARED_FRAMES * session.frame_bytes or (waiting and session.closed is not None):
            self._compare(session, calls)
        if len(session.texts) > self.read:
            self._read(session, calls)

    def _hear(self, calls: Iterable[PlacedCall]) -> None:
        self.by_sound += [call for call in calls if call not in self.by_sound]

    def _compare(self, session: ModelSession, calls: Sequence[PlacedCall]) -> None:
        """Not where the noise itself was heard: the bridge does not transcode."""
        audio, self.compared = _since(session, self.compared), session.appended_bytes
        if not any(call.noise in audio for call in calls):
            spectra = quiet_spectra(audio, session.input_format)
            self._hear(call for call in calls if sounds_alike(spectra, call.noise))

    def _read(self, session: ModelSession, calls: Sequence[PlacedCall]) -> None:
        texts, self.read = session.texts[self.read :], len(session.texts)
        for call in calls:
            if call not in self.by_name and any(name in text for text in texts for name in call.names):
                self.by_name.append(call)


def _since(session: ModelSession, begin: int) -> bytes:
    """What was appended since, and a little before, in whole samples."""
    return session.appended_since(max(0, begin // 2 * 2 - OVERLAP_FRAMES * session.frame_bytes))


@dataclass(frozen=True)
class _Owned:
    session: ModelSession
    owners: Sequence[PlacedCall]
    able: Sequence[PlacedCall]
    "Calls that could have it dialled, by the time alone."

    def is_among(self, calls: Container[PlacedCall]) -> bool:
        whose = self.owners or self.able
        return bool(whose) and all(call in calls for call in whose)


class Attribution:
    """Of the sessions of a run to its calls."""

    def __init__(self) -> None:
        self.calls: list[PlacedCall] = []
        self.sessions: list[ModelSession] = []
        "In the order in which they were dialled."
        self._content: dict[ModelSession, _Content] = {}

    def of(self, call: PlacedCall) -> list[ModelSession]:
        """The sessions of a call, without what the model refused. One that carries the sound of two calls is
        of both.
        """
        return [each.session for each in self._owned() if call in each.owners and not each.session.refused]

    def unclear(self, call: PlacedCall) -> list[ModelSession]:
        """Sessions that may be of this call, and may as well be of another."""
        return [each.session for each in self._owned() if not each.owners and call in each.able]

    def among(self, calls: Container[PlacedCall]) -> list[ModelSession]:
        """The sessions of some calls, and those that none but these can have had dialled."""
        return [each.session for each in self._owned() if each.is_among(calls) and not each.session.refused]

    def settled(self, now: float) -> bool:
        """Whether no call is over that may still get its session."""
        served = {call for each in self._owned() for call in each.owners}
        return not any(call.lately_ended(now, SETTLED) and call not in served for call in self.calls)

    def of_nobody(self) -> list[ModelSession]:
        """Those that no call can have had dialled."""
        owned = (each for each in self._owned() if not each.session.refused)
        return [each.session for each in owned if not each.owners and not each.able]

    def of_several(self) -> list[ModelSession]:
        """Those of which nothing tells for which call they were dialled."""
        owned = (each for each in self._owned() if not each.session.refused)
        return [each.session for each in owned if not each.owners and each.able]

    def _owned(self) -> Iterator[_Owned]:
        content = {session: self._look(session) for session in self.sessions}
        served = {call for found in content.values() for call in found}
        for session, found in content.items():
            able = self._able(session, served)
            owners = found or self._by_time(session, able)
            served.update(owners)
            yield _Owned(session, owners, able)

    def _look(self, session: ModelSession) -> Sequence[PlacedCall]:
        content = self._content.setdefault(session, _Content())
        content.look(session, [call for call in self.calls if _met(session, call)])
        return content.calls

    def _able(self, session: ModelSession, served: Container[PlacedCall]) -> list[PlacedCall]:
        """Those that could have it dialled, by the time alone."""
        at = session.dialled
        late = (call for call in self.calls if call.lately_ended(at) and call not in served)
        return [*late, *(call for call in self.calls if call.up(at))]

    def _by_time(self, session: ModelSession, able: list[PlacedCall]) -> Sequence[PlacedCall]:
        if len(able) > 1:
            able = [call for call in able if not self._dialled_later(session, call)]
        if any(call.up(session.dialled) for call in able[1:]):
            return ()
        return able[:1]

    def _dialled_later(self, session: ModelSession, call: PlacedCall) -> bool:
        """Whether the first session that is certainly of this call was dialled after that one."""
        own = (each.dialled for each in self.sessions if call in self._content[each].calls)
        return min(own, default=session.dialled) > session.dialled


def sessions_told(count: int) -> str:
    return "a session was" if count == 1 else f"{count} sessions were"


def _met(session: ModelSession, call: PlacedCall) -> bool:
    """Whether the session can have been told of the call."""
    ended_before = call.ended is not None and call.ended + LATE < session.dialled
    return not ended_before and (session.closed is None or call.began <= session.closed)
