"""Whether a server could answer a call now: what `serve --check` finds out, and `serve` of its model."""

from twiliobridge.readiness.check import Readiness, Service
from twiliobridge.readiness.imports import Imports
from twiliobridge.readiness.model import model_fault
from twiliobridge.readiness.report import print_rows
from twiliobridge.readiness.row import Failing, Fault, Row, Verdict
from twiliobridge.readiness.secrets import redacted, secrets_of

__all__ = [
    "Failing",
    "Fault",
    "Imports",
    "Readiness",
    "Row",
    "Service",
    "Verdict",
    "model_fault",
    "print_rows",
    "redacted",
    "secrets_of",
]
