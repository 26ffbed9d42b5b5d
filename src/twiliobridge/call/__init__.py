"""One call: its nursery, its tools, and what is known when it is over."""

from twiliobridge.call.model_leg import Dial
from twiliobridge.call.run import Complete, run_call
from twiliobridge.call.summary import CallSummary, Watch
from twiliobridge.call.tools import ToolResources, open_tool_resources
from twiliobridge.conversation.relay import Leg

__all__ = [
    "CallSummary",
    "Complete",
    "Dial",
    "Leg",
    "ToolResources",
    "Watch",
    "open_tool_resources",
    "run_call",
]
