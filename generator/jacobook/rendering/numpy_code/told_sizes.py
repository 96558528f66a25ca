"""Sizes read off the arguments of a function in code: `x.shape[0]`, and `w.shape[0] - 1` for the p of R^(p+1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jacobook.algebra.dimensions import NOTHING, ONE, Dimension, exact_quotient, size_factors


def told_sizes(
    axes: Iterable[tuple[Dimension, str]],
    quotient: str = "{0} // {1}",
    triangular: str = "(int((8 * {0} + 1) ** 0.5) - 1) // 2",
) -> dict[str, str]:
    """Return for every size that the lengths of axes tell the expression in code.

    `axes` are dimensions with the code of the lengths. A size that has an axis of its own is read off that; other axes
    tell the one name in them that nothing else does, if they are linear in it, or N (N + 1)/2.
    """
    found: dict[str, str] = {}
    waiting: list[tuple[Dimension, str]] = []
    for dimension, length in axes:
        if dimension.name is not None:
            found.setdefault(dimension.name, length)
        elif dimension.is_sum:
            waiting.append((dimension, length))
    progress = True
    while progress:
        progress = False
        for dimension, length in waiting:
            unknown = set(dimension.names) - found.keys()
            if len(unknown) != 1:
                continue
            (name,) = unknown
            solved = _solved(dimension, name, length, found, quotient, triangular)
            if solved is not None:
                found[name] = solved
                progress = True
    return found


def _solved(
    dimension: Dimension, name: str, length: str, known: Mapping[str, str], quotient: str, triangular: str
) -> str | None:
    """Return the code of the name for which the dimension has this length, None where it is not plain."""
    one = Dimension.of(name)
    if dimension is (one * (one + ONE)).over(2):
        return f"({triangular.format(length)})"
    slope, rest = NOTHING, NOTHING
    for names, number in dimension.monomials:
        part = Dimension(1, names)
        if names.count(name) > 1 or number.denominator != 1:
            return None
        part = part * Dimension(int(number))
        if name in names:
            slope += exact_quotient(part, one) or NOTHING
        else:
            rest += part
    if slope.number is None:
        return None
    moved = f"{length}{_minus(rest, known)}"
    if slope.number != 1:
        moved = quotient.format(f"({moved})" if rest is not NOTHING else moved, slope.number)
    return f"({moved})"


def _minus(rest: Dimension, known: Mapping[str, str]) -> str:
    text = ""
    for names, number in rest.monomials:
        size = abs(number)
        factors = [*([str(size)] if size != 1 or not names else []), *(known[name] for name in names)]
        text += (" - " if number > 0 else " + ") + " * ".join(factors)
    return text


def code_of(dimension: Dimension, sizes: Mapping[str, str], quotient: str) -> list[str]:
    """Return the factors of a dimension in code. Raises KeyError for a name without a size."""
    below, factors = size_factors(dimension)
    pieces: list[str] = []
    for factor, times in factors:
        if factor.is_sum:
            text = _sum_code(factor, sizes)
            pieces += [text if below == 1 and len(factors) == times == 1 else f"({text})"] * times
        else:
            pieces += [sizes[factor.names[0]] if factor.names else str(factor.coefficient)] * times
    return [quotient.format(f"({' * '.join(pieces)})", below)] if below != 1 else pieces


def _sum_code(dimension: Dimension, sizes: Mapping[str, str]) -> str:
    text = ""
    for names, number in sorted(dimension.monomials, key=lambda term: term[1] < 0):
        factors = [*([str(abs(number))] if abs(number) != 1 or not names else []), *(sizes[name] for name in names)]
        sign = (" - " if number < 0 else " + ") if text else ("-" if number < 0 else "")
        text += sign + " * ".join(factors)
    return text
