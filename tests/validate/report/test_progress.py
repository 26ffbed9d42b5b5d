"""What is seen of a run while it goes on."""

import io
import re

from rich.console import Console
from validation_runs import check, moment

from twiliobridge.validate.report import LiveProgress
from twiliobridge.validate.result import MomentKind


def under_way(progress):
    """A run in the middle of its second check."""
    progress.run_begins([("C1", "Server startup"), ("C6", "Multi-turn conversation")])
    progress.check_begins("C1", "Server startup")
    progress.check_ends(check("C1"))
    progress.check_begins("C6", "Multi-turn conversation")
    progress.call_begins("C6", "c6-conversation")


def test_a_pipe_gets_one_line_for_each_check_and_nothing_else():
    out = io.StringIO()
    with LiveProgress(Console(file=out, width=30)) as progress:
        under_way(progress)
        progress.noted("C6", "c6-conversation", moment(1.0, MomentKind.CALLER_SPEECH, "caller speaks", 3.0))
        progress.call_ends("C6", "c6-conversation")
    assert out.getvalue() == "PASSED  C1 Server startup: 2 of 2 rules hold (6.2 s)\n"


def test_the_line_says_which_check_which_call_and_who_speaks():
    progress = LiveProgress(Console(file=io.StringIO(), force_terminal=True))
    under_way(progress)
    assert "1/2" in progress.line().plain
    assert progress.line().plain.endswith("  C6 Multi-turn conversation  c6-conversation  silence")
    progress.noted("C6", "c6-conversation", moment(1.0, MomentKind.CALLER_SPEECH, "caller speaks"))
    progress.noted("C6", "c6-conversation", moment(1.0, MomentKind.AGENT_SPEECH, "agent is heard"))
    assert progress.line().plain.endswith("  caller and agent speak")
    progress.noted("C6", "c6-conversation", moment(2.0, MomentKind.AGENT_SPEECH, "agent was heard", 0.0))
    progress.noted("C6", "c6-conversation", moment(2.1, MomentKind.DTMF, "4"))
    assert progress.line().plain.endswith("  caller speaks  dtmf: 4")
    progress.call_ends("C6", "c6-conversation")
    assert progress.line().plain.endswith("  C6 Multi-turn conversation")


def test_two_calls_at_once_are_both_named():
    progress = LiveProgress(Console(file=io.StringIO(), force_terminal=True))
    under_way(progress)
    progress.call_begins("C6", "c6-second")
    assert "c6-conversation, c6-second" in progress.line().plain
    progress.call_ends("C6", "c6-conversation")
    assert progress.line().plain.endswith("  c6-second  silence")


def test_a_terminal_is_left_as_it_was():
    """The live line is erased, the cursor is shown again, and the line of each check stays."""
    out = io.StringIO()
    with LiveProgress(Console(file=out, force_terminal=True, width=60)) as progress:
        under_way(progress)
    assert out.getvalue().count("\x1b[?25l") == out.getvalue().count("\x1b[?25h") == 1
    assert "2 of 2 rules hold" in out.getvalue()


def test_the_live_line_never_wraps():
    console = Console(file=io.StringIO(), force_terminal=True, width=50)
    progress = LiveProgress(console)
    under_way(progress)
    progress.noted("C6", "c6-conversation", moment(1.0, MomentKind.LINE, "\x1b[2J" + "x" * 200))
    lines = console.render_lines(progress.line())
    assert len(lines) == 1
    assert not re.search(r"\x1b\[2J", progress.line().plain)
