"""Calls with a model that is as unkind as the world: it has every fault that the offline server can have."""

from faulty_call import Plan, Says, Speaks, Waits
from hypothesis import strategies as st
from numbered_speech import say
from plans import CALLERS, REPLIES

from twiliobridge.offline.faults import Answer, Loss, Noise, Odd
from twiliobridge.offline.incidents import Incident, Moment
from twiliobridge.offline.knobs import Knobs, Transcripts


def incidents(kinds, **more):
    """Of these kinds, in detail or as usual; always, some times, from some time on, or by chance."""
    return st.builds(
        Incident,
        kinds,
        since=st.integers(1, 3),
        times=st.sampled_from([1, 2, None]),
        percent=st.sampled_from([100.0, 50.0]),
        **more,
    )


def detailed(odd):
    return st.none() if odd.usual is None else st.none() | st.sampled_from([0.0, 20.0, 700.0])


ODD = st.sampled_from(Odd).flatmap(lambda odd: incidents(st.just(odd), detail=detailed(odd)))
NOISE = incidents(st.sampled_from(Noise), detail=st.sampled_from([None, 100.0, 2000.0]))


def seldom(incident):
    """In one plan of eight: of the others more is to be seen."""
    return st.tuples(st.integers(0, 7), incident).map(lambda drawn: (drawn[1],) if drawn[0] == 7 else ())


LOSS = st.builds(Incident, st.sampled_from(Loss), at=st.sampled_from([None, *Moment]))
REFUSAL = st.builds(Incident, st.sampled_from(Answer))

KNOBS = st.builds(
    Knobs,
    dial=st.sampled_from([0.0, 0.8]),
    back=st.sampled_from([0.0, 0.25]),
    session_updated_after=st.sampled_from([0.0, 1.5]),
    latency=st.sampled_from([0.1, 0.0, 0.6]),
    speed=st.sampled_from([20.0, 1.2, 5.0]),
    stragglers=st.integers(0, 2),
    transcripts=st.sampled_from(Transcripts),
    interleaved=st.booleans(),
    preamble=st.sampled_from(["", say(80, 300).text]),
    calls=st.integers(1, 3),
    respond=st.lists(ODD, max_size=3).map(tuple),
    noise=st.lists(NOISE, max_size=2).map(tuple),
    lose=seldom(LOSS),
    refuse=seldom(REFUSAL),
    unknown=st.booleans(),
    seed=st.integers(0, 9),
)

TALKERS = st.builds(
    lambda acts, patience: (Waits(2.5), *acts, Speaks(300), Waits(2.5), Speaks(300), Waits(patience)),
    CALLERS,
    st.sampled_from([2.5, 2.5, 2.5, 2.5, 45.0]),
)
"Who stays for some turns: a fault is seen in one of them."

UNKIND = st.builds(
    Plan,
    replies=REPLIES,
    caller=TALKERS,
    knobs=KNOBS,
    lag=st.sampled_from([0.0, 0.008]),
    schedule=st.integers(0, 2**16),
)


UNANSWERED = st.builds(
    Plan,
    replies=REPLIES.map(lambda replies: (replies[0],)),
    caller=st.builds(
        lambda ms, patience: (Waits(2.5), Speaks(ms), Waits(patience)),
        st.integers(200, 900),
        st.sampled_from([30.0, 12.0]),
    ),
    knobs=st.builds(
        Knobs,
        back=st.sampled_from([0.0, 0.25]),
        latency=st.sampled_from([0.1, 0.0, 0.6]),
        speed=st.sampled_from([20.0, 1.2]),
        respond=st.sampled_from([Odd.MISSING, Odd.STALLED, Odd.EMPTY, Odd.ERROR]).map(
            lambda odd: (Incident(odd, since=2, times=None),)
        ),
        seed=st.integers(0, 9),
    ),
    schedule=st.integers(0, 2**16),
)
"After the greeting nothing is answered any more, and the caller waits longer than anybody should have to."

LOSING = st.builds(
    Plan,
    replies=st.lists(
        st.lists(st.builds(Says, st.integers(400, 3000)), min_size=1, max_size=2).map(tuple)
    ).map(lambda later: ((Says(1500),), *later))
    | REPLIES,
    caller=TALKERS,
    knobs=st.builds(
        Knobs,
        back=st.sampled_from([0.0, 0.25]),
        latency=st.sampled_from([0.1, 0.0, 0.6]),
        speed=st.sampled_from([20.0, 1.2, 5.0]),
        stragglers=st.integers(0, 2),
        transcripts=st.sampled_from(Transcripts),
        respond=st.lists(ODD, max_size=1).map(tuple),
        lose=incidents(st.sampled_from(Loss), at=st.sampled_from([None, *Moment])).map(lambda lost: (lost,)),
        seed=st.integers(0, 9),
    ),
    lag=st.sampled_from([0.0, 0.008]),
    schedule=st.integers(0, 2**16),
)
"Sessions are lost, once, twice or each."
