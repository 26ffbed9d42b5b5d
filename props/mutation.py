"""A fault that is put into the running program while it is applied, and the law that must find it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from unittest.mock import patch


@dataclass(frozen=True)
class Mutant:
    fault: str
    law: str
    "The one of `test_mutants.LAWS` that finds it."
    within: int
    "Examples."
    change: Callable[[ExitStack], None]

    @property
    def name(self) -> str:
        return self.change.__name__

    @contextmanager
    def applied(self) -> Iterator[None]:
        with ExitStack() as stack:
            self.change(stack)
            yield


MUTANTS: list[Mutant] = []


def mutant(fault, law, within):
    def register(change):
        MUTANTS.append(Mutant(fault, law, within, change))
        return change

    return register


def replace(stack, owner, name, make):
    """`make(real)` is what stands in for `owner.name`, which is a function or a key of a table."""
    if isinstance(owner, dict):
        stack.enter_context(patch.dict(owner, {name: wraps(owner[name])(make(owner[name]))}))
    else:
        stack.enter_context(patch.object(owner, name, make(getattr(owner, name))))
