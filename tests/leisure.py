"""For tests of `fuzz` on a machine that does other work meanwhile: no bound of real time decides them."""

LONG = 600.0
"Seconds. Nothing waits for so long if all is as it should be."


def at_leisure(monkeypatch, patience=30.0):
    """`patience` is how long an endpoint may take to answer; servers that never answer cost as much."""
    monkeypatch.setattr("twiliobridge.fuzz.baseline.TRIES", ((0, 30.0),))  # the servers here greet
    monkeypatch.setattr("twiliobridge.fuzz.baseline.LEAST_PATIENCE", patience)
    monkeypatch.setattr("twiliobridge.fuzz.search.SHORTENING", LONG)
    monkeypatch.setattr("twiliobridge.fuzz.examiner.SECONDS_SLOWER", LONG)
