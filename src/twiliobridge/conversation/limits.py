"""The bounds of one call. Each default is stated here and nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds, unless a name says otherwise."""

    start_within: float = 10.0
    "From the open socket to Twilio's `start`, which real calls send within a fraction of a second."
    model_ready_within: float = 10.0
    "From the open socket to `session.updated`."
    longest_call: float = 3300.0
    "55 minutes: OpenAI ends a session after 60 without a warning."
    model_silence: float = 20.0
    "How long an answer may take to begin, or to go on, before the model counts as lost."
    goodbye_slack: float = 2.0
    "How long after the queued speech should have been heard a missing mark is waited for."
    last_words: float = 30.0
    "How much more than what is queued a response under way may still say once the call is closing."
    digits_pause: float = 2.0
    "A pause between keys that ends a DTMF turn."
    most_digits: int = 32
    early_audio_ms: int = 5000
    "Caller audio kept while the model is not ready; the oldest goes first."
    most_faults: int = 100
    "Malformed messages from one peer before the call ends."
