"""Symbolic dimensions: polynomials in size names, such as `D`, `2*N`, `M*N`, `p + 1` and `N*(N + 1)/2`.

The coefficients are rational, and a size that is declared is a whole number wherever its names are. A polynomial is
held multiplied out and sorted, so that two dimensions are equal exactly when they are equal for every assignment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache, reduce
from itertools import product
from math import gcd, lcm, prod
from operator import mul
from typing import Any, Self

Names = tuple[str, ...]
Monomials = tuple[tuple[Names, Fraction], ...]
"""Size names, each as often as it is a factor, and the number before them; sorted by `_place`."""


class Dimension:
    """A polynomial in size names with rational coefficients.

    Like nodes, equal dimensions are one object, so that comparing them and looking them up costs nothing.
    """

    __slots__ = ("coefficient", "is_sum", "monomials", "names")
    monomials: Monomials
    """The terms, the highest first; none for 0."""
    names: Names
    """The names that occur, sorted; of a single product each as often as it is a factor."""
    is_sum: bool
    """True for what is no whole multiple of a product of names: `N + 1`, `N*(N + 1)/2`."""
    coefficient: int
    """The number before a product, which is the dimension itself where it has no names; 1 for a sum."""

    def __new__(cls, coefficient: int, names: Names = ()) -> Self:
        """Return the one dimension that is this number times these names."""
        found = _PRODUCTS.get((coefficient, names))
        if found is None:
            single = ((tuple(sorted(names)), Fraction(coefficient)),) if coefficient else ()
            found = _PRODUCTS[coefficient, names] = cls._of_monomials(single)
        return found

    @classmethod
    def _of_monomials(cls, monomials: Monomials) -> Self:
        found = _DIMENSIONS.get(monomials)
        if found is None:
            found = super().__new__(cls)
            found.monomials = monomials
            found.is_sum = len(monomials) > 1 or any(number.denominator != 1 for _, number in monomials)
            single = monomials[0] if len(monomials) == 1 and monomials[0][1].denominator == 1 else None
            if single is not None:
                found.names, found.coefficient = single[0], int(single[1])
            else:
                found.names = tuple(sorted({name for names, _ in monomials for name in names}))
                found.coefficient = 1 if monomials else 0
            _DIMENSIONS[monomials] = found
        return found

    @classmethod
    def of(cls, size: str | int | Dimension) -> Dimension:
        """Return the dimension of a size name or of a whole number."""
        if isinstance(size, Dimension):
            return size
        if isinstance(size, int):
            return cls(size)
        return cls(1, (size,))

    def __mul__(self, other: Dimension) -> Dimension:
        if self is ONE or other is ONE:
            return other if self is ONE else self
        if not (self.is_sum or other.is_sum):
            return Dimension(self.coefficient * other.coefficient, tuple(sorted(self.names + other.names)))
        return _collected((tuple(sorted(a + b)), c * d) for (a, c), (b, d) in product(self.monomials, other.monomials))

    def __add__(self, other: Dimension) -> Dimension:
        return _collected((*self.monomials, *other.monomials))

    def __sub__(self, other: Dimension) -> Dimension:
        return _collected((*self.monomials, *((names, -number) for names, number in other.monomials)))

    def over(self, number: int) -> Dimension:
        """Return the dimension divided by a number, which need not be one for every assignment (`is_whole`)."""
        return _collected((names, value / number) for names, value in self.monomials)

    def value(self, sizes: Mapping[str, int]) -> int:
        """Return the number this dimension stands for under an assignment of sizes."""
        if not self.is_sum:
            return self.coefficient * prod([sizes[name] for name in self.names])
        return int(sum(number * prod([sizes[name] for name in names]) for names, number in self.monomials))

    @property
    def number(self) -> int | None:
        """Return the dimension as a number, None where it depends on names."""
        return None if self.names else self.coefficient

    @property
    def name(self) -> str | None:
        """Return the name of a dimension that is a name and nothing else."""
        return self.names[0] if self.coefficient == 1 and len(self.names) == 1 and not self.is_sum else None

    @property
    def degree(self) -> int:
        """Return how many names the longest of its products has."""
        return max((len(names) for names, _ in self.monomials), default=0)

    @property
    def is_plain(self) -> bool:
        """True for a name or a number alone."""
        return not self.is_sum and len(self.names) + (self.coefficient != 1) <= 1

    @property
    def is_open(self) -> bool:
        """True for what is written with a plus or a minus outside of parentheses: `N + 1`."""
        below, factors = size_factors(self)
        return below == 1 and len(factors) == 1 and len(factors[0][0].monomials) > 1 and factors[0][1] == 1

    @property
    def within(self) -> str:
        """Return the dimension as it stands beside a cross: a sum in parentheses."""
        return f"({self})" if self.is_open else str(self)

    def __str__(self) -> str:
        return size_text(self, lambda name: name, "*")

    def __repr__(self) -> str:
        return f"Dimension({self.coefficient!r}, {self.names!r})" if not self.is_sum else f"Dimension<{self}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _dimension, (self.monomials,)


_DIMENSIONS: dict[Monomials, Any] = {}
_PRODUCTS: dict[tuple[int, Names], Any] = {}


def _dimension(monomials: Monomials) -> Dimension:
    return Dimension._of_monomials(monomials)


def _place(names: Names) -> tuple[int, Names]:
    """Return what monomials are sorted by: the longer products first, then the alphabet."""
    return -len(names), names


def _collected(monomials: Iterable[tuple[Names, Fraction]]) -> Dimension:
    found: dict[Names, Fraction] = {}
    for names, number in monomials:
        found[names] = found.get(names, _ZERO) + number
    return Dimension._of_monomials(tuple((names, found[names]) for names in sorted(found, key=_place) if found[names]))


_ZERO = Fraction(0)
ONE = Dimension(1)
NOTHING = Dimension(0)
"""No places: what stands before the first block. It is no dimension of an array."""


def why_impossible(size: Dimension) -> str | None:
    """Return why there is no array of this size, None where there is one for some sizes.

    A polynomial has whole values wherever its names are whole numbers if it has them at the first few (a property of
    finite differences). Whether some of them are above 0 is looked for among small numbers.
    """
    names = sorted(set(size.names))
    degrees = range(1, size.degree + 2)
    if any(number.denominator != 1 for _, number in size.monomials):
        for values in product(degrees, repeat=len(names)):
            if _exact(size, dict(zip(names, values, strict=True))).denominator != 1:
                where = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
                return f"`{size}` is no whole number for {where}"
    if size.is_sum or size.coefficient < 1:
        tried = product((1, 2, 3, 5, 9), repeat=min(len(names), 5))
        if not any(
            _exact(size, dict(zip(names, values, strict=False), **dict.fromkeys(names[5:], 9))) > 0 for values in tried
        ):
            return f"`{size}` is never a number of places" if names else f"there is no array with {size} places"
    return None


def _exact(size: Dimension, sizes: Mapping[str, int]) -> Fraction:
    return sum((number * prod([sizes[name] for name in names]) for names, number in size.monomials), _ZERO)


def is_natural(size: Dimension) -> bool:
    """Return whether a size is not negative, whatever whole numbers from 1 on its names are.

    It is where no coefficient is negative when every name is written as 1 more than another number.
    """
    total = NOTHING
    for names, number in size.monomials:
        part = Dimension(number.numerator)
        for name in names:
            part = part * (Dimension.of(name) + ONE)
        total = total + part.over(number.denominator)
    return all(number >= 0 for _, number in total.monomials)


# -- division ----------------------------------------------------------------------------------------------------------


def exact_quotient(size: Dimension, by: Dimension) -> Dimension | None:
    """Return the polynomial that times `by` is the size, with whole coefficients where both have them; else None."""
    found = _quotient(size, by)
    if found is None:
        return None
    whole = all(number.denominator == 1 for part in (size, by) for _, number in part.monomials)
    return None if whole and any(number.denominator != 1 for _, number in found.monomials) else found


def _quotient(size: Dimension, by: Dimension) -> Dimension | None:
    """Return size/by by long division; monomials are divided in an order in which the leading one of a product is that
    of its factors.
    """
    if not by.monomials:
        return None
    rest, found = size, NOTHING
    lead, number = min(by.monomials, key=_leading)
    while rest.monomials:
        names, value = min(rest.monomials, key=_leading)
        counts, divisor = Counter(names), Counter(lead)
        if divisor - counts:
            return None
        part = _collected([(tuple(sorted((counts - divisor).elements())), value / number)])
        found, rest = found + part, rest - part * by
    return found


def _leading(monomial: tuple[Names, Fraction]) -> tuple[int, Names]:
    """Return the graded lexicographic place: of one degree, a higher power of an earlier name comes first."""
    return _place(monomial[0])


def root_of(size: Dimension, exponent: int) -> Dimension | None:
    """Return the dimension whose power this is, if there is one."""
    below, factors = size_factors(size)
    if below != 1 or any(times % exponent for factor, times in factors if factor.names):
        return None
    number = prod([factor.coefficient**times for factor, times in factors if not factor.names])
    base = round(number ** (1 / exponent))
    near = next((root for root in (base - 1, base, base + 1) if root > 0 and root**exponent == number), None)
    if near is None:
        return None
    return reduce(
        mul, [factor for factor, times in factors if factor.names for _ in range(times // exponent)], Dimension(near)
    )


# -- factors, in which sizes are printed -------------------------------------------------------------------------------


@cache
def size_factors(size: Dimension) -> tuple[int, tuple[tuple[Dimension, int], ...]]:
    """Return the number below the bar, and the factors above it with their powers; their product is the size.

    A number comes first, names next, sums last. Sums are taken apart where that is plain to see: common names, a factor
    that all terms in one name share, whole roots; another product of sums stays multiplied out.
    """
    if not size.is_sum:
        numbers = [(Dimension(size.coefficient), 1)] if size.coefficient != 1 or not size.names else []
        return 1, (*numbers, *((Dimension.of(name), times) for name, times in sorted(Counter(size.names).items())))
    below = lcm(*(number.denominator for _, number in size.monomials))
    above = gcd(*(int(number * below) for _, number in size.monomials))
    common = reduce(lambda a, b: a & b, (Counter(names) for names, _ in size.monomials))
    rest = _collected(
        (tuple(sorted((Counter(names) - common).elements())), number * below / above)
        for names, number in size.monomials
    )
    numbers = [(Dimension(above), 1)] if above != 1 else []
    named = [(Dimension.of(name), times) for name, times in sorted(common.items())]
    counted = Counter(_irreducible(rest)) if rest is not ONE else {}
    sums = sorted(counted.items(), key=lambda item: (item[0].degree, str(item[0].monomials)))
    return below, (*numbers, *named, *sums)


def _irreducible(size: Dimension) -> list[Dimension]:
    """Return factors of a sum without common names, whose product it is."""
    if size.degree < 2:
        return [size]
    for name in size.names:
        by_power: dict[int, Dimension] = {}
        for names, number in size.monomials:
            power = names.count(name)
            rest = _collected([(tuple(other for other in names if other != name), number)])
            by_power[power] = by_power.get(power, NOTHING) + rest
        shared = min(by_power.values(), key=lambda part: (part.degree, len(part.monomials)))
        if shared.names and (quotient := exact_quotient(size, shared)) is not None:
            return _irreducible(shared) + _irreducible(quotient)
    for candidate in _linear_candidates(size):
        if (quotient := exact_quotient(size, candidate)) is not None:
            return [candidate, *_irreducible(quotient)]
    return [size]


def _linear_candidates(size: Dimension) -> list[Dimension]:
    """Return sums of names and a small number that may divide the size: N + k, and M + N, M + N + k."""
    names = sorted(set(size.names))
    alone = [Dimension.of(name) for name in names]
    bases = [*alone, *([reduce(lambda a, b: a + b, alone)] if len(alone) > 1 else [])]
    return [base + Dimension(k) for base in bases for k in (0, 1, -1, 2, -2, 3, -3) if k or len(names) > 1]


def size_text(size: Dimension, name: Callable[[str], str], times: str) -> str:
    """Return the size as text, `N*(N + 1)/2` with `*` for `times`; `name` writes a name."""
    below, factors = size_factors(size)
    pieces = []
    alone = below == 1 and len(factors) == 1 and factors[0][1] == 1
    for factor, count in factors:
        if not factor.is_sum:
            text = name(factor.names[0]) if factor.names else str(factor.coefficient)
            pieces += [text] * count
        else:
            text = sum_of_monomials(factor, name, times)
            pieces += [text if alone else f"({text})"] * count
    return times.join(pieces) + (f"/{below}" if below != 1 else "")


def sum_of_monomials(
    size: Dimension, name: Callable[[str], str], times: str, plus: str = " + ", minus: str = " - "
) -> str:
    """Return a sum term by term, one that begins with a plus if there is one."""
    terms = sorted(size.monomials, key=lambda term: term[1] < 0)
    text = ""
    for names, number in terms:
        size_of = abs(number)
        pieces = [*([str(size_of)] if size_of != 1 or not names else []), *map(name, names)]
        sign = (minus if number < 0 else plus) if text else ("-" if number < 0 else "")
        text += sign + times.join(pieces)
    return text
