"""The count of operations that bounds every derivation: the same on every machine, and in every run.

An operation is a node that is asked for, or a term that is made by multiplying two. Caches are emptied when a count
begins, so that what was worked out before does not change it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

MOST_OPERATIONS = 500_000
"""A derivation that takes more operations than this is refused."""

Function = TypeVar("Function", bound=Callable[..., Any])
_emptied: list[Callable[[], None]] = []


class TooManyOperationsError(Exception):
    """The work is larger than what was allowed: what was being done, and how many operations it took."""

    def __init__(self, doing: str, limit: int) -> None:
        super().__init__(f"too large: {doing} takes more than {limit:,} operations")
        self.doing, self.limit = doing, limit


class _Meter:
    """How many operations are left, and what they are spent on."""

    __slots__ = ("doing", "left", "limit", "nested")

    def __init__(self) -> None:
        self.left, self.limit, self.nested, self.doing = 0, 0, 0, "this"

    def spend(self, operations: int) -> None:
        """Count operations. Raises TooManyOperationsError where a count runs and too few are left."""
        self.left -= operations
        if self.left < 0 and self.nested:
            raise TooManyOperationsError(self.doing, self.limit)

    @property
    def spent(self) -> int:
        """Return how many operations were counted since the count began."""
        return self.limit - self.left


METER = _Meter()


def remembered(size: int) -> Callable[[Function], Function]:
    """Return a decorator that keeps the last so many values of a function, until a count begins."""

    def decorate(function: Function) -> Function:
        kept = lru_cache(maxsize=size)(function)
        _emptied.append(kept.cache_clear)
        return kept  # type: ignore[return-value]

    return decorate


def forget() -> None:
    """Empty the caches of the algebra."""
    for empty in _emptied:
        empty()


@contextmanager
def counted(limit: int = MOST_OPERATIONS) -> Iterator[_Meter]:
    """Allow so many operations inside; a count inside another goes on with that one."""
    if METER.nested:
        METER.nested += 1
        try:
            yield METER
        finally:
            METER.nested -= 1
        return
    forget()
    METER.left = METER.limit = limit
    METER.nested = 1
    try:
        yield METER
    finally:
        METER.nested = 0


@contextmanager
def attempt(most: int | None) -> Iterator[None]:
    """Allow at most so many of the operations that are left inside, for work that one can do without."""
    if most is None or not METER.nested or METER.left <= most:
        yield
        return
    left, limit = METER.left, METER.limit
    METER.left = METER.limit = most
    try:
        yield
    finally:
        METER.left, METER.limit = left - (most - METER.left), limit


@contextmanager
def uncounted() -> Iterator[None]:
    """Do not count what is done once a process, such as reading a table, so that no derivation is the one to pay."""
    left, nested = METER.left, METER.nested
    METER.nested = 0
    try:
        yield
    finally:
        METER.left, METER.nested = left, nested


@contextmanager
def during(doing: str) -> Iterator[None]:
    """Say what the operations inside are spent on."""
    before, METER.doing = METER.doing, doing
    try:
        yield
    finally:
        METER.doing = before
