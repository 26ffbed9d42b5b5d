"""One call: its nursery, its tools, and what is known when it is over."""

from twiliobridge.call.run import Complete, Dial, run_call
from twiliobridge.call.summary import CallSummary, Leg, Watch

__all__ = ["CallSummary", "Complete", "Dial", "Leg", "Watch", "run_call"]
