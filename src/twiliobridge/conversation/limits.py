"""The bounds of one call. Each default is stated here and nowhere else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds, unless a name says otherwise."""

    start_within: float = 10.0
    "From the open socket to Twilio's `start`, which real calls send within a fraction of a second."
    model_ready_within: float = 10.0
    "From the open socket to the first `session.updated`, all attempts to dial included."
    longest_call: float = 14_400.0
    "Four hours, the longest that Twilio lets a call last by default."
    dead_air: float = 8.0
    "The longest silence on the line while the caller is owed an answer; then the call goes back to TwiML."
    unanswered_after: float = 2.5
    "From the end of the caller's turn until a service that has begun no response is asked for one."
    created_within: float = 5.0
    "What a session has to begin a response that it was asked for; then it is replaced."
    hold_after: float = 4.5
    "Of silence, while an answer or a tool is under way: then the caller is asked to hold on."
    waiting_after: float = 1.5
    "Of silence, until the agent's waiting sound plays."
    stalled_after: float = 5.5
    "Of silence, while an answer is under way: then it is called back and asked for again."
    answer_within: float = 20.0
    "The same, where the caller hears a sound or is asked to hold on: from the beginning of that answer."
    called_back_within: float = 1.5
    "What a session has to end a response that was called back; then it is replaced."
    longest_wait: float = 60.0
    "For an answer, where the waiting sound plays meanwhile."
    retry_wait_at_most: float = 5.0
    "Before a request that was refused for a while is repeated, even if the service asks for more."
    resume_within: float = 15.0
    "From the loss of the model to the session that takes its place."
    resume_attempts: int = 3
    "To open such a session."
    attempt_within: float = 4.0
    "Of one attempt, from dialling to `session.updated`; of the first too, so that a second has its time."
    renew_before: float = 300.0
    "Before a session expires, the first quiet moment from then on is used to replace it."
    renew_latest: float = 30.0
    "Before a session expires it is replaced, whatever is going on."
    model_silence: float = 20.0
    "How long a model that owes nothing may say nothing before it is asked for a sign of life."
    sign_of_life_after: float = 3.0
    "The same for a model that owes an answer."
    sign_of_life_within: float = 1.5
    "For the answer to that, while an answer is owed; otherwise it has `model_silence`."
    goodbye_slack: float = 2.0
    "How long after the queued speech should have been heard a missing mark is waited for."
    last_words: float = 30.0
    "How much more than what is queued a response under way may still say once the call is closing."
    digits_pause: float = 2.0
    "A pause between keys that ends a DTMF turn."
    most_digits: int = 32
    early_audio_ms: int = 5000
    "Caller audio kept until the first session stands; the oldest goes first."
    missed_audio_ms: int = 20_000
    "Caller audio kept for a session that takes another's place: the turn in hand, and all that follows."
    most_faults: int = 100
    "Malformed messages from one peer before the call ends."
