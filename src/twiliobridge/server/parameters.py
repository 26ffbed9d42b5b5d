"""What the stream, and so the agent, is told of a call, by the names of its parameters."""

from collections.abc import Iterable

LONGEST_PARAMETER = 500


def parameters_of(form: Iterable[tuple[str, str]]) -> dict[str, str]:
    """From the fields of Twilio's webhook.

    `caller` is whoever is on the line with the agent: of a call that was placed by REST, or dialled on from
    another, From is our own number. Source: Twilio docs, TwiML for Voice > Request parameters, Direction;
    Call resource, "AnsweredBy", which is there only where answering machines are looked for.
    """
    fields = {name: value[:LONGEST_PARAMETER] for name, value in form}
    outbound = fields.get("Direction", "").startswith("outbound")
    names = {
        "caller": "To" if outbound else "From",
        "called": "From" if outbound else "To",
        "direction": "Direction",
        "answered_by": "AnsweredBy",
    }
    return {name: fields[field] for name, field in names.items() if field in fields}
