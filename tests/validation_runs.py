"""Runs of the suite as values, with real speech in them, for the reports to render."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from twiliobridge.audio import read_wav, telephone
from twiliobridge.validate.comparison import Change, Comparison
from twiliobridge.validate.metric import Metric
from twiliobridge.validate.result import (
    CallRecord,
    CheckResult,
    CutAudio,
    Finding,
    Level,
    Mode,
    Moment,
    MomentKind,
    SelfCheck,
    Status,
    SuiteResult,
)

ROOT = Path(__file__).parents[1]
SPEECH = ROOT / "audio_samples" / "banking"
ANSWERS = ROOT / "src" / "twiliobridge" / "offline" / "prerendered"

HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>\x1b[2J\x00\u202e\ud800&\"'"
)
"What a peer might send: markup, a terminal's escapes, what XML forbids, a lone surrogate."

NAMES = {
    "C1": "Server startup",
    "C2": "OpenAI connection",
    "C3": "Twilio connection",
    "C4": "Audio flow",
    "C5": "Session management",
    "C6": "Multi-turn conversation",
    "C7": "Error handling",
    "C8": "Resource cleanup",
}
CUT_AT, CUT_S = 12.0, 4.0


def silence(seconds: float) -> bytes:
    return b"\xff" * (round(seconds * 50) * 160)


@cache
def speech(path: Path) -> bytes:
    audio = telephone(read_wav(path.read_bytes()))
    return audio.ljust(-(-len(audio) // 160) * 160, b"\xff")


def answer(number: int) -> bytes:
    return speech(sorted(ANSWERS.glob("*.wav"))[number])


def at(track: bytes, seconds: float, audio: bytes) -> bytes:
    """`track` with `audio` laid over it."""
    begin = round(seconds * 50) * 160
    return track[:begin].ljust(begin, b"\xff") + audio + track[begin + len(audio) :]


def moment(time_s: float, kind: MomentKind, text: str, duration_s: float | None = None) -> Moment:
    return Moment(time_s=time_s, kind=kind, text=text, duration_s=duration_s)


@cache
def spoken_call(name: str = "c6-conversation", check_id: str = "C6") -> CallRecord:
    """Twenty seconds: a greeting, a question, an answer that is interrupted."""
    greeting, question = answer(7), speech(SPEECH / "what_is_my_balance.wav")
    long = b"".join(map(answer, range(8, 24)))
    heard = long[: round(1.5 * 8000)]
    interruption = speech(SPEECH / "my_gold_card.wav")
    caller = at(at(silence(20), 5, question), CUT_AT - 0.2, interruption)
    agent = at(at(at(silence(20), 0.8, greeting), CUT_AT - 1.5, heard), 16, answer(3)[: 3 * 8000])
    ghost = long[len(heard) : len(heard) + round(CUT_S * 8000)]
    cut = tuple(
        CutAudio(at_s=CUT_AT + each / 8000, audio=ghost[each : each + 160])
        for each in range(0, len(ghost), 160)
    )
    return CallRecord(
        name=name,
        check_id=check_id,
        stream_sid="MZ" + "0" * 32,
        call_sid="CA" + "0" * 32,
        caller=caller,
        agent=agent,
        cut=cut,
        moments=tuple(sorted(_moments(greeting, question, interruption), key=lambda each: each.time_s)),
    )


def _moments(greeting: bytes, question: bytes, interruption: bytes) -> list[Moment]:
    kind = MomentKind
    marks = [moment(0.8 + step / 10, kind.MARK_SENT, f"m{step}") for step in range(20)] + [
        moment(0.9 + step / 10, kind.MARK_BACK, f"m{step}") for step in range(20)
    ]
    return [
        *marks,
        moment(0.0, kind.LINE, "start"),
        moment(0.8, kind.AGENT_SPEECH, "agent is heard", len(greeting) / 8000),
        moment(0.8, kind.AGENT_SAYS, "Welcome to the bank. How can I help you?", len(greeting) / 8000),
        moment(5.0, kind.CALLER_SAYS, "What is my balance?", len(question) / 8000),
        moment(5.0, kind.CALLER_SPEECH, "caller speaks", len(question) / 8000),
        moment(8.4, kind.DTMF, "4"),
        moment(8.6, kind.DTMF, "2"),
        moment(9.2, kind.TOOL, "calls get_balance"),
        moment(9.5, kind.TOOL, 'answers {"balance": 1204}'),
        moment(10.5, kind.AGENT_SPEECH, "agent is heard", 1.5),
        moment(11.8, kind.CALLER_SPEECH, "caller speaks", len(interruption) / 8000),
        moment(11.95, kind.MODEL, "hears the caller begin"),
        moment(CUT_AT, kind.CLEAR, "clear: 4.00 s will not be heard"),
        moment(12.02, kind.MODEL, "truncated at 1490 ms"),
        moment(16.0, kind.AGENT_SPEECH, "agent is heard", 3.0),
        moment(17.2, kind.MEDIA_GAP, "nothing came for 180 ms", 0.18),
        moment(19.8, kind.LINE, "stop"),
    ]


def finding(number: str, status: Status, **fields: object) -> Finding:
    given = {
        "id": number,
        "law": "Every message back is legal for Twilio.",
        "level": Level.MUST,
        "status": status,
        "reason": "214 messages, all legal",
        "source": "Twilio, Media Streams: WebSocket Messages, Sent to Twilio",
    }
    return Finding(**{**given, **fields})


def check(number: str, *findings: Finding, **fields: object) -> CheckResult:
    given = {
        "id": number,
        "name": NAMES[number],
        "law": "What the caller says is answered.",
        "level": Level.MUST,
        "findings": findings
        or (finding(f"{number}.1", Status.PASSED), finding(f"{number}.2", Status.PASSED)),
        "duration_s": 6.25,
    }
    return CheckResult(**{**given, **fields})


LATENCY = Metric(
    name="response latency",
    unit="ms",
    definition="from the end of the caller's speech to the first of the agent's audio heard",
    values=tuple(700.0 + 17.5 * step for step in range(24)),
)
TRUNCATE = Metric(
    name="truncate error",
    unit="ms",
    definition="position in the item that the model was told, less what was truly heard of it",
    values=(-12.0, 25.0, 31.5),
)
HEADLINE = (
    LATENCY,
    replace(LATENCY, name="time to first audio", values=(412.0, 398.0, 455.5)),
    replace(LATENCY, name="barge-in to silence", values=(210.0, 260.0)),
    replace(LATENCY, name="zombie audio", values=(0.0, 20.0)),
    TRUNCATE,
    replace(LATENCY, name="clipping", unit="ratio", values=(0.0, 0.0012)),
)


def good_run() -> SuiteResult:
    checks = {number: check(number) for number in NAMES}
    checks["C6"] = check("C6", calls=(spoken_call(),), metrics=(TRUNCATE,))
    checks["C4"] = check("C4", calls=(replace(spoken_call("c4-tone", "C4"), cut=()),))
    return SuiteResult(
        started=datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC),
        duration_s=61.4,
        mode=Mode.OWNING,
        server="ws://localhost:6060/twilio-agent",
        model="offline model",
        tests=("all",),
        audio=("audio_samples/banking/what_is_my_balance.wav", "audio_samples/banking/my_gold_card.wav"),
        notes=("no OPENAI_API_KEY: the offline model answers",),
        self_check=SelfCheck(frames=12_400, median_ms=0.1, p99_ms=1.9, worst_ms=6.0, limit_ms=20.0),
        results=tuple(checks.values()),
        version="0.1.0",
        headline=HEADLINE,
    )


def worse_run() -> SuiteResult:
    """Every check passed; the bridge is slower than it was, and a rule that held was not measured."""
    slower = Change("response latency", "400 ms (n=9)", "892 ms (n=24)")
    unmeasured = Change("C5.6", "passed", "not measured")
    return replace(good_run(), comparison=Comparison(f"v1.json {HOSTILE}", (slower,), (unmeasured,)))


def microphone_run(status: Status = Status.PASSED) -> SuiteResult:
    """`--test live`: nothing of the eight was asked for."""
    left_out = {number: check(number, skipped="not asked for") for number in NAMES}
    run = _with(good_run(), **left_out)
    spoken = check("C1", finding("M1.1", status, reason="3 turns"))
    return replace(run, tests=("live",), results=(*run.results, replace(spoken, id="M1")))


def bad_run() -> SuiteResult:
    """One MUST and one SHOULD not kept, one check not measured; the peer's words are HOSTILE."""
    must = finding(
        "C6.3",
        Status.FAILED,
        law="After `clear`, nothing of the old answer is heard.",
        reason=f"1,840 ms of it were heard; the peer said {HOSTILE}",
        advice="Discard the response's deltas by its id once it is interrupted",
        calls=("c6-conversation",),
    )
    should = finding("C6.4", Status.FAILED, level=Level.SHOULD, reason="every mark is named 'responsePart'")
    return _with(
        good_run(),
        C6=check("C6", finding("C6.1", Status.PASSED), must, should, calls=(_hostile(spoken_call()),)),
        C2=check("C2", finding("C2.1", Status.NOT_APPLICABLE, reason="the model is not visible")),
        C8=check("C8", finding("C8.1", Status.PASSED), replace(should, id="C8.2")),
    )


def _hostile(call: CallRecord) -> CallRecord:
    return replace(call, moments=(*call.moments, moment(19.9, MomentKind.LINE, HOSTILE)))


def interrupted_run() -> SuiteResult:
    """Ctrl+C in the fourth check; the clock of the machine was not to be trusted."""
    run = _with(
        good_run(),
        C4=check(
            "C4", finding("C4.1", Status.PASSED), finding("C4.2", Status.INTERRUPTED, reason="interrupted")
        ),
    )
    clock = replace(run.self_check, p99_ms=31.0)
    kept = tuple(each for each in run.results if each.id <= "C4")
    withheld = replace(LATENCY, values=(), withheld=clock.line)
    return replace(run, results=kept, interrupted=True, self_check=clock, headline=(withheld,))


def _with(run: SuiteResult, **checks: CheckResult) -> SuiteResult:
    return replace(run, results=tuple(checks.get(each.id, each) for each in run.results))
