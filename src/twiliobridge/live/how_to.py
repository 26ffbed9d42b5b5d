"""What somebody should know before the call."""

from twiliobridge.live.mode import Mode

_REALTIME = """\
This is a telephone call with the agent. Wait for its greeting, then just speak.
Interrupt it whenever you like. Ctrl+C hangs up."""

_INTERACTIVE = """\
This is a call with the agent, turn by turn. Press Enter, speak, and press Enter again
(or fall silent) to send it. Type quit to hang up; Ctrl+C does too."""

_BOTH = """
Wear headphones: through loudspeakers the agent hears itself and stops."""

HOW_TO = {Mode.REALTIME: _REALTIME + _BOTH, Mode.INTERACTIVE: _INTERACTIVE + _BOTH}
