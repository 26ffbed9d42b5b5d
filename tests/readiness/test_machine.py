"""What the machine and the settings let a server do."""

import pytest

from twiliobridge.readiness.machine import descriptors_row, enough_descriptors, signatures_row
from twiliobridge.readiness.row import Verdict
from twiliobridge.settings import Settings

NO_LIMIT = -1


@pytest.mark.parametrize(
    ("most", "hard", "verdict", "mend"),
    [
        (1024, 4096, Verdict.OK, ""),
        (NO_LIMIT, NO_LIMIT, Verdict.OK, ""),
        (256, 4096, Verdict.WARNING, "`ulimit -n 464` before the start, or TWILIOBRIDGE_CALLS_AT_ONCE=30"),
        (
            256,
            NO_LIMIT,
            Verdict.WARNING,
            "`ulimit -n 464` before the start, or TWILIOBRIDGE_CALLS_AT_ONCE=30",
        ),
        (256, 256, Verdict.WARNING, "TWILIOBRIDGE_CALLS_AT_ONCE=30"),
    ],
)
def test_the_calls_at_once_need_descriptors(most, hard, verdict, mend):
    """And the number of calls that is proposed has enough."""
    row = enough_descriptors(Settings(), most, hard, NO_LIMIT)
    assert (row.verdict, row.mend) == (verdict, mend)
    assert enough_descriptors(Settings(calls_at_once=30), most, hard, NO_LIMIT).verdict is Verdict.OK


def test_the_limit_of_this_process_is_read():
    assert descriptors_row(Settings(calls_at_once=1_000_000_000)).verdict in {Verdict.WARNING, Verdict.OK}
    assert "calls at once" in descriptors_row(Settings()).told


@pytest.mark.parametrize(
    ("settings", "verdict", "told"),
    [
        (Settings(twilio_auth_token="a, b", public_url="https://h"), Verdict.OK, "by 2 tokens"),
        (Settings(twilio_auth_token="a"), Verdict.OK, "by 1 token; no public URL"),
        (Settings(), Verdict.WARNING, "THE DOOR IS OPEN"),
        (Settings(host="192.0.2.1"), Verdict.FAILED, "anybody who reaches 192.0.2.1 could place calls"),
    ],
)
def test_who_may_come_in_is_told(settings, verdict, told):
    row = signatures_row(settings)
    assert row.verdict is verdict
    assert told in row.told
    assert bool(row.mend) == (verdict is not Verdict.OK)
