"""Hypothesis chooses what is said and what goes wrong. First choices are the plainest: it shrinks to them."""

from faulty_call import Accident, EndsCall, Kind, Listens, LooksUp, Plan, Presses, Says, Speaks, Waits
from hypothesis import strategies as st

from twiliobridge.caller import LineConditions
from twiliobridge.offline.knobs import Knobs, Transcripts

MOST_AWAITS = 1500
"Of a bridge in a call of a quarter of a minute: 50 frames a second, and what the model says."

SECONDS = st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0]) | st.floats(0, 2, width=16)
PARTS = st.one_of(
    st.builds(Says, st.sampled_from([20, 400, 1500]) | st.integers(20, 3000)),
    st.builds(Says, st.integers(20, 3000)),
    st.builds(LooksUp, st.sampled_from([0.01, 0.4, 1.5, 4.0])),
    st.just(EndsCall()),
)
REPLY = st.lists(PARTS, min_size=1, max_size=3).map(tuple)
REPLIES = (st.lists(REPLY, max_size=3) | st.lists(REPLY, min_size=4, max_size=8)).map(
    lambda later: ((Says(1500),), *later)
)
ACTS = st.one_of(
    st.builds(Listens, SECONDS),
    st.builds(Speaks, st.integers(60, 500)),
    st.builds(Waits, SECONDS),
    st.builds(Presses, st.sampled_from(["1#", "#", "12", "0"])),
)
CALLERS = (st.lists(ACTS, max_size=4) | st.lists(ACTS, min_size=5, max_size=14)).map(tuple)
PASSING = st.builds(
    Accident,
    st.integers(1, MOST_AWAITS),
    st.sampled_from([kind for kind in Kind if kind.holds_up]),
    st.sampled_from([0.02, 0.1, 0.4, 1.2]),
)
FINAL = st.builds(
    Accident, st.integers(1, MOST_AWAITS), st.sampled_from([kind for kind in Kind if not kind.holds_up])
)
KNOBS = st.builds(
    Knobs,
    latency=st.sampled_from([0.1, 0.0, 0.6]),
    speed=st.sampled_from([20.0, 1.2, 5.0]),
    delta_ms=st.sampled_from([(50, 500), (20, 21), (300, 1200)]),
    stragglers=st.integers(0, 2),
    transcripts=st.sampled_from(Transcripts),
    unknown=st.booleans(),
    seed=st.integers(0, 9),
)
LINES = st.builds(
    LineConditions,
    silence_suppressed=st.booleans(),
    start_delay=st.sampled_from([0.0, 0.2]),
    loss=st.sampled_from([0.0, 0.1]),
    jitter_ms=st.sampled_from([0.0, 30.0]),
    burst_ms=st.sampled_from([0.0, 100.0]),
    seed=st.integers(0, 3),
)


def plans(accidents):
    return st.builds(
        Plan,
        replies=REPLIES,
        caller=CALLERS,
        accidents=accidents,
        knobs=KNOBS,
        line=LINES,
        lag=st.sampled_from([0.0, 0.004, 0.008]),
        schedule=st.integers(0, 2**16),
    )


CALM = plans(st.just(()))
DELAYED = plans(st.lists(PASSING, min_size=1, max_size=3).map(tuple))
DOOMED = plans(st.tuples(st.lists(PASSING, max_size=2), FINAL).map(lambda both: (*both[0], both[1])))
STALLED = st.builds(
    Plan,
    replies=st.just(((Says(60_000),),)),
    caller=st.just((Waits(15.0),)),
    accidents=st.builds(Accident, st.integers(20, 200), st.just(Kind.PHONE_STALLS), st.just(30.0)).map(
        lambda stall: (stall,)
    ),
    knobs=st.builds(Knobs, speed=st.sampled_from([20.0, 5.0]), seed=st.integers(0, 9)),
    backlog=st.sampled_from([1 << 14, 1 << 15, 1 << 16]),
    schedule=st.integers(0, 2**16),
)
