"""The transcript of a call as text, with what nobody heard in brackets."""

from collections.abc import Sequence

from twiliobridge.conversation import Line, Speaker


def transcript_text(lines: Sequence[Line]) -> str:
    return "".join(f"{line.at:6.1f} s  {line.speaker.value:<7} {_words(line)}\n" for line in lines)


def _words(line: Line) -> str:
    if line.speaker is not Speaker.AGENT or line.heard_ms is None:
        return line.text
    cut = f"[cut at {line.heard_ms} ms of {line.sent_ms:.0f}; not heard: {line.unheard}]"
    return f"{line.heard} {cut}".lstrip()
