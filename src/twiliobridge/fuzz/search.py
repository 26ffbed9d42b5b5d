"""Looks for scenarios that break a law: Hypothesis draws them and makes the first of each kind short.

Classes take turns, ten examples each, and conversations grow from turn to turn. So whatever an endpoint does
not survive is met early, and in a scenario that is short before anything was shortened.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from time import monotonic
from typing import NoReturn

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky

from twiliobridge.fuzz.baseline import CALLS, clean_call
from twiliobridge.fuzz.categories import CATEGORIES, Category, Scenarios
from twiliobridge.fuzz.conversations import Scope
from twiliobridge.fuzz.examiner import Examiner
from twiliobridge.fuzz.finding import Finding
from twiliobridge.fuzz.laws import Breach, Law
from twiliobridge.fuzz.scenario import AnyStep, Scenario, Steps, key
from twiliobridge.fuzz.shortening import shortest

TURN = 10
"Examples of a class before it is the next one's turn."

SIZES = (1, 1, 1, 2, 4, 8)
"Messages in the middle of a call, by turn; the last size is kept."

SHORTENING = 20.0
"Seconds for each finding; what is shortest then is told."

CALLS_IF_UNSURE = 20
"What a replay makes of a scenario that does not break the law every time."
UNSURE = "not every call of it shows this"

NOTHING_PLAYED = CATEGORIES["valid"], ()

_ANYTHING_GOES = list(HealthCheck)


class Enough(BaseException):
    """The run is over: its time is up, or the endpoint is lost, or slow."""


class _Broken(Exception):  # noqa: N818 -- tells Hypothesis that an example breaks the law in question
    pass


class _ShortEnough(BaseException):
    pass


class Search:
    """`watch` is called after each example; `found` with each finding, and again when it is certain."""

    def __init__(
        self,
        examiner: Examiner,
        seed_: int,
        until: float,
        watch: Callable[[str], None],
        found: Callable[[Finding], None],
    ) -> None:
        self._examiner, self._seed, self._until = examiner, seed_, until
        self._watch, self._found = watch, found
        self._known: set[tuple[Law, str]] = set()
        self._faults: set[str] = set()
        self._last: dict[str, Steps] = {}
        self._played: tuple[Category, Steps] | None = None
        "The last scenario; what is made short or looked at again is of its class."
        self.examples = 0
        self.tried: Counter[str] = Counter()
        "Examples, by the name of their class."
        self.once: list[str] = []
        "Matters of time that were seen once and not again."

    @property
    def out_of_time(self) -> bool:
        return monotonic() > self._until

    @property
    def samples(self) -> Sequence[tuple[str, Steps]]:
        """One scenario of each class that was played."""
        return list(self._last.items())

    def run(self, categories: Sequence[Category], examples: int) -> None:
        """`examples` of each class, or fewer if a class has no more. Enough is raised if it is."""
        turns, left = -(-examples // TURN), [examples] * len(categories)
        for turn in range(turns):
            scope = Scope(SIZES[min(turn, len(SIZES) - 1)], turn)
            for number, category in enumerate(categories):
                share = -(-left[number] // (turns - turn))
                left[number] -= self._take_turn(
                    category, scope, share, left[number], self._seed * 10_007 + turn * 101 + number
                )

    def _take_turn(self, category: Category, scope: Scope, share: int, left: int, seed_: int) -> int:
        """First one example of each part, the simplest; then, of all of them, what chance brings.

        Returns how many were meant: `share`, or as many as there are parts if these are more, but never more
        than are `left` to the class. Then the seed chooses the parts.
        """
        *parts, whole = category.scenarios(scope)
        if len(parts) > left:
            parts = Random(seed_).sample(parts, left)  # noqa: S311 -- no secret
        count = max(share, len(parts))
        done = self.examples + count
        for number, part in enumerate(parts):
            _Hunt(self, category, part).run(1, seed_ + number)
        while self.examples < done:
            before = self.examples
            hunt = _Hunt(self, category, whole)
            hunt.run(done - self.examples, seed_)
            if hunt.target is None or self.examples == before:
                break
            seed_ += 1_000_003
        if self._examiner.seems_slower() and self._examiner.slowdown():
            raise Enough
        return count

    def play(self, category: Category, steps: Steps) -> Breach | None:
        """One example; the gravest breach that is new, and happens again."""
        if self.out_of_time:
            raise Enough
        self.examples += 1
        self.tried[category.name] += 1
        self._last[category.name] = steps
        self._played = category, steps
        breaches = self._examine(steps)
        self._watch(category.name)
        for breach in breaches:
            if not self._is_known(breach, category) and self._happens_again(steps, breach):
                return breach
        return None

    def breaks(self, steps: Steps, law: Law, *, patiently: bool = False) -> Breach | None:
        """Whether a call of these steps breaks the law, after all that was done to the endpoint before."""
        breaches = self._examine(steps, patiently=patiently)
        return next((each for each in breaches if each.law is law), None)

    def _examine(self, steps: Steps, *, patiently: bool = False) -> list[Breach]:
        """Enough is raised if the endpoint is lost, which is a finding whatever else was looked for."""
        breaches = self._examiner.examine(steps, patiently=patiently)
        if self._examiner.lost:
            self.tell_loss(steps)
            raise Enough
        return breaches

    def _is_known(self, breach: Breach, category: Category) -> bool:
        """Of one class, or illegal in the same words."""
        told = breach.law is Law.LEGAL and breach.seen in self._faults
        return told or (breach.law, category.name) in self._known

    def tell(self, finding: Finding) -> None:
        self._faults.add(finding.seen)
        self._known.add((finding.law, finding.scenario.category))
        self._found(finding)

    def _happens_again(self, steps: Steps, breach: Breach) -> bool:
        """What was said is a fact, if it is not said again; what took too long is none."""
        if self.breaks(steps, breach.law, patiently=breach.by_clock) or not breach.by_clock:
            return True
        self.once.append(f"{breach.law.value}: {breach.seen}")
        return False

    def tell_start(self) -> None:
        """What clean calls broke before the first scenario: nothing need be looked for to find it."""
        steps, broken = clean_call(self._examiner.manners.speech), self._examiner.at_start
        for breach in broken:
            if breach.by_clock or self._is_known(breach, CATEGORIES["valid"]):
                continue
            always = sum(each.law is breach.law for each in broken) >= CALLS
            scenario = Scenario(
                steps=steps,
                category="valid",
                law=breach.law.value,
                seen=breach.seen,
                calls=1 if always else CALLS_IF_UNSURE,
            )
            self.tell(Finding(breach.law, scenario, breach.seen, 0, "" if always else UNSURE))

    def tell_loss(self, steps: Steps | None = None) -> None:
        """The endpoint takes no clean call any more: `steps`, or the last scenario, as it was."""
        loss, (category, last) = self._examiner.loss, self._played or NOTHING_PLAYED
        assert loss is not None
        calls = max(self._examiner.examined, 1)
        note = (
            f"after {calls} calls of scenarios the endpoint takes no clean call any more; this is the last "
            "of them, as it was; an earlier one, or their number, may be the cause"
        )
        scenario = Scenario(
            steps=last if steps is None else steps,
            category=category.name,
            law=loss.law.value,
            seen=loss.seen,
            calls=calls,
        )
        self.tell(Finding(loss.law, scenario, loss.seen, self.examples, note))


class _Hunt:
    """One run of Hypothesis for one class: it ends with the first new breach, shortened."""

    def __init__(self, search: Search, category: Category, scenarios: Scenarios) -> None:
        self._search, self._category, self._scenarios = search, category, scenarios
        self.target: Law | None = None
        self._best: Steps = ()
        self._seen: Breach | None = None
        self._example = 0
        self._until = 0.0

    def run(self, count: int, seed_: int) -> None:
        @seed(seed_)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            print_blob=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=_ANYTHING_GOES,
        )
        @given(self._scenarios)
        def hunt(steps: list[AnyStep]) -> None:
            self._try(tuple(steps))

        try:
            hunt()
        except (_Broken, Flaky, _ShortEnough):
            self._finish()
        except Enough:
            if self._seen is not None:
                self._tell("the run ended before it was certain")
            raise

    def _try(self, steps: Steps) -> None:
        if self.target is None:
            breach = self._search.play(self._category, steps)
            if breach is not None:
                self.target, self._example = breach.law, self._search.examples
                self._until = monotonic() + SHORTENING
                self._keep(steps, breach)
        elif monotonic() > self._until:
            raise _ShortEnough
        elif key(steps) != key(self._best):
            self._keep(steps, self._search.breaks(steps, self.target))
        else:
            _break()  # Hypothesis looks at its best example again, and so need not we

    def _keep(self, steps: Steps, breach: Breach | None) -> None:
        if breach is None:
            return
        if not self._best or key(steps) < key(self._best):
            self._best, self._seen = steps, breach
        _break()

    def _finish(self) -> None:
        law = self.target
        assert law is not None
        try:
            self._best = shortest(self._best, lambda steps: self._search.breaks(steps, law), self._until)
            again = self._search.breaks(self._best, law, patiently=True)
        except Enough:
            self._tell("the endpoint was lost while the scenario was made short")
            raise
        self._seen = again or self._seen
        assert self._seen is not None
        if again is None and self._seen.by_clock:
            self._search.once.append(f"{law.value}: {self._seen.seen}")
            return
        self._tell("" if again else UNSURE, 1 if again else CALLS_IF_UNSURE)

    def _tell(self, note: str, calls: int = 1) -> None:
        breach = self._seen
        assert breach is not None
        scenario = Scenario(
            steps=self._best,
            category=self._category.name,
            law=breach.law.value,
            seen=breach.seen,
            calls=calls,
        )
        self._search.tell(Finding(breach.law, scenario, breach.seen, self._example, note))


def _break() -> NoReturn:
    """Hypothesis takes what is raised at two places for two bugs."""
    raise _Broken
