"""NumPy's random numbers, bit for bit: PCG64 (XSL-RR), seeded from a whole number through SeedSequence."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from .arrays import asarray, lacking, ndarray

WORD, DOUBLE_WORD, QUADRUPLE_WORD = 2**32 - 1, 2**64 - 1, 2**128 - 1
FIRST_A, FACTOR_A = 0x43B0D7E5, 0x931E8875
FIRST_B, FACTOR_B = 0x8B51F9DD, 0x58F38DED
MIX_LEFT, MIX_RIGHT = 0xCA01F9DD, 0x4973F715
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
POOL = 4
INVERSION = 30.0
"""A binomial number with a larger mean is drawn by another algorithm."""


class _Hash:
    """O'Neill's hash of 32-bit words, whose constant changes with every word."""

    def __init__(self, constant: int, factor: int) -> None:
        self.constant, self.factor = constant, factor

    def __call__(self, word: int) -> int:
        word ^= self.constant
        self.constant = self.constant * self.factor & WORD
        word = word * self.constant & WORD
        return word ^ word >> 16


def _mixed(first: int, second: int) -> int:
    word = (MIX_LEFT * first - MIX_RIGHT * second) & WORD
    return word ^ word >> 16


def _words(seed: int) -> Iterator[int]:
    """Yield the 32-bit words of the seed, the lowest first."""
    yield seed & WORD
    while seed := seed >> 32:
        yield seed & WORD


def _seeded(seed: int) -> list[int]:
    """Return the four 64-bit words that SeedSequence(seed) generates."""
    entropy, hashed = list(_words(seed)), _Hash(FIRST_A, FACTOR_A)
    pool = [hashed(word) for word in (entropy + [0] * POOL)[:POOL]]
    for source in range(POOL):
        for place in range(POOL):
            if source != place:
                pool[place] = _mixed(pool[place], hashed(pool[source]))
    for word in entropy[POOL:]:
        pool = [_mixed(own, hashed(word)) for own in pool]
    finished = _Hash(FIRST_B, FACTOR_B)
    words = [finished(word) for word, _ in zip(cycle(pool), range(2 * POOL), strict=False)]
    return [low | high << 32 for low, high in zip(words[::2], words[1::2], strict=True)]


class Generator:
    """The draws of numpy.random.Generator that the engine uses."""

    def __init__(self, seed: int) -> None:
        high, low, step_high, step_low = _seeded(seed)
        self._step = ((step_high << 64 | step_low) << 1 | 1) & QUADRUPLE_WORD
        self._state = 0
        self._advance()
        self._state += high << 64 | low
        self._advance()
        self._kept: int | None = None
        """The upper half of a number whose lower half was drawn as 32 bits."""

    def __getattr__(self, name: str) -> Any:
        raise (AttributeError(name) if name.startswith("__") else lacking(f"random.Generator.{name}"))

    def _advance(self) -> None:
        self._state = (self._state * MULTIPLIER + self._step) & QUADRUPLE_WORD

    def _bits64(self) -> int:
        self._advance()
        turn = self._state >> 122
        folded = (self._state >> 64 ^ self._state) & DOUBLE_WORD
        return (folded >> turn | folded << (64 - turn)) & DOUBLE_WORD

    def _bits32(self) -> int:
        if self._kept is not None:
            found, self._kept = self._kept, None
            return found
        whole = self._bits64()
        self._kept = whole >> 32
        return whole & WORD

    def _double(self) -> float:
        return (self._bits64() >> 11) / 2.0**53

    def _below(self, count: int) -> int:
        """Return one of 0 … count − 1, by Lemire's method."""
        if count == 1:
            return 0
        if count > WORD:
            raise lacking("random whole numbers of more than 32 bits")
        product = self._bits32() * count
        while (product & WORD) < (WORD + 1 - count) % count:
            product = self._bits32() * count
        return product >> 32

    def _up_to(self, largest: int) -> int:
        """Return one of 0 … largest, by rejection: shuffling draws in this way."""
        mask = (1 << largest.bit_length()) - 1
        while (found := self._bits32() & mask) > largest:
            pass
        return found

    def random(self, size: Any = None) -> Any:
        """Return numbers in [0, 1)."""
        return _drawn(self._double, size, float)

    def uniform(self, low: float = 0.0, high: float = 1.0, size: Any = None) -> Any:
        """Return numbers in [low, high)."""
        lower, width = float(low), float(high) - float(low)
        return _drawn(lambda: lower + width * self._double(), size, float)

    def integers(self, low: int, high: int | None = None, size: Any = None) -> Any:
        """Return whole numbers from low on, below high; with one argument from 0 on, below it."""
        first, end = (0, low) if high is None else (low, high)
        if first >= end:
            raise ValueError("low >= high")
        return _drawn(lambda: first + self._below(end - first), size, int)

    def choice(self, among: Any, size: Any = None) -> Any:
        """Return entries of a list, drawn with replacement."""
        pool = asarray(among)
        if pool.ndim != 1:
            raise lacking("a choice from anything but a list")
        return _drawn(lambda: pool.data[self._below(pool.size)], size, pool.dtype)

    def permutation(self, of: Any) -> ndarray:
        """Return the numbers below a whole number, or the entries of a list, in a random order."""
        pool = asarray(list(range(of)) if isinstance(of, int) else of)
        if pool.ndim != 1:
            raise lacking("a permutation of anything but a list")
        data = list(pool.data)
        for place in range(len(data) - 1, 0, -1):
            other = self._up_to(place)
            data[place], data[other] = data[other], data[place]
        return ndarray(data, pool.shape, pool.dtype)

    def multinomial(self, count: int, probabilities: Any) -> ndarray:
        """Return how often each of several things happens in so many trials."""
        weights = asarray(probabilities, float)
        if weights.ndim != 1:
            raise lacking("multinomial numbers of several distributions")
        found, left, rest = [0] * weights.size, count, 1.0
        for place, weight in enumerate(weights.data[:-1]):
            found[place] = self._binomial(left, weight / rest)
            left -= found[place]
            if left <= 0:
                break
            rest -= weight
        else:
            found[-1] = left
        return ndarray(found, weights.shape, int)

    def _binomial(self, count: int, probability: float) -> int:
        """Return how often something happens, by inversion."""
        if count == 0 or probability == 0.0:
            return 0
        if probability > 0.5:
            return count - self._binomial_below(count, 1.0 - probability)
        return self._binomial_below(count, probability)

    def _binomial_below(self, count: int, probability: float) -> int:
        if probability * count > INVERSION:
            raise lacking("binomial numbers with a large mean")
        other = 1.0 - probability
        none = math.exp(count * math.log(other))
        mean = count * probability
        bound = int(min(float(count), mean + 10.0 * math.sqrt(mean * other + 1)))
        number, share, drawn = 0, none, self._double()
        while drawn > share:
            number += 1
            if number > bound:
                number, share, drawn = 0, none, self._double()
            else:
                drawn -= share
                share = ((count - number + 1) * probability * share) / (number * other)
        return number


def _drawn(draw: Any, size: Any, kind: type) -> Any:
    """Return one number, or an array of as many as the size asks for, drawn in the order of its entries."""
    if size is None:
        return draw()
    shape = (size,) if isinstance(size, int) else tuple(size)
    return ndarray([draw() for _ in range(math.prod(shape))], shape, kind)


def default_rng(seed: int) -> Generator:
    """Return the generator for a seed. Without one, nothing would be the same in every run."""
    if type(seed) is not int or seed < 0:
        raise lacking(f"random numbers from the seed {seed!r}")
    return Generator(seed)
