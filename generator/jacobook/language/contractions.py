"""`einsum('ij,j->i', A, x)` as products of matrices: one index after another is summed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jacobook.language import syntax
from jacobook.language.syntax import Call, Syntax, Text

_SUBSCRIPTS = re.compile(r"([A-Za-z]{0,2}(?:,[A-Za-z]{0,2})*)(?:->([A-Za-z]{0,2}))?")


@dataclass(frozen=True, slots=True)
class _Factor:
    """A piece with the letter of each of its axes: none for a scalar, two for a matrix."""

    tree: Syntax
    axes: str


class _TooManyAxes(Exception):
    """What comes in between, or in the end, is no scalar, vector or matrix."""


def in_matrix_products(call: Call) -> Syntax | None:
    """Return what a call of einsum is in products of matrices; None if it is none of them."""
    first, *operands = call.arguments or (call,)
    found = _SUBSCRIPTS.fullmatch(re.sub(r"\s", "", first.word)) if isinstance(first, Text) else None
    parts = found[1].split(",") if found is not None else []
    if found is None or len(parts) != len(operands) or any(isinstance(one, syntax.Keyword) for one in operands):
        return None
    letters = "".join(parts)
    result = found[2] if found[2] is not None else "".join(sorted(one for one in letters if letters.count(one) == 1))
    if len({*result}) < len(result) or not {*result} <= {*letters}:
        return None
    try:
        return _Contraction(call).of([_Factor(*pair) for pair in zip(operands, parts, strict=True)], result)
    except _TooManyAxes:
        return None


class _Contraction:
    """Makes the pieces, which stand where the call stands."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def of(self, factors: Sequence[_Factor], result: str) -> Syntax:
        """Return the sum over all letters that the result does not have."""
        left = [self.diagonal(one) for one in factors]
        for letter in dict.fromkeys("".join(one.axes for one in left)):
            if letter not in result:
                left = [*(one for one in left if letter not in one.axes), self.summed(left, letter, result)]
        while len(left) > 1:
            left = [self.joined(left[0], left[1]), *left[2:]]
        (found,) = left
        return self.turned(found, result).tree

    def summed(self, factors: Iterable[_Factor], letter: str, result: str) -> _Factor:
        """Return the sum over a letter of the product of the factors that have it."""
        holders = sorted((one for one in factors if letter in one.axes), key=lambda one: len(one.axes))
        while len(holders) > 2:
            holders = [self.joined(holders[0], holders[1]), *holders[2:]]
        if len(holders) == 1:
            return self.total(holders[0], letter)
        first, second = holders
        if {*first.axes} == {*second.axes}:
            return self.total(self.joined(first, second), letter)
        if len(first.axes) == 1:
            return _Factor(self.made("matmul", self.turned(second, last=letter), first), self.other(second, letter))
        axes = self.other(first, letter) + self.other(second, letter)
        if axes[0] == axes[1]:
            raise _TooManyAxes
        turned = self.turned(second, last=letter)
        return _Factor(self.made("matmul", self.turned(first, last=letter), self.transposed(turned)), axes)

    def diagonal(self, one: _Factor) -> _Factor:
        if len(one.axes) == 2 and one.axes[0] == one.axes[1]:
            return _Factor(self.made("diag", one), one.axes[0])
        return one

    def total(self, one: _Factor, letter: str) -> _Factor:
        """Return the sum of a vector, or the sums along one axis of a matrix."""
        if len(one.axes) == 1:
            return _Factor(self.made("sum", one), "")
        return _Factor(self.made("rowsums" if one.axes[1] == letter else "colsums", one), self.other(one, letter))

    def joined(self, first: _Factor, second: _Factor) -> _Factor:
        """Return the product in which no letter is summed over."""
        first, second = sorted((first, second), key=lambda one: len(one.axes))
        if not first.axes or {*first.axes} == {*second.axes}:
            if not first.axes:
                return _Factor(self.times(first, second), second.axes)
            return _Factor(self.made("hadamard", first, self.turned(second, first.axes)), first.axes)
        if len(first.axes) == len(second.axes) == 1:
            return _Factor(self.made("outer", first, second), first.axes + second.axes)
        if len(first.axes) == 1 and first.axes in second.axes:
            scale = _Factor(self.made("diag", first), first.axes * 2)
            rows = second.axes[0] == first.axes
            pair = (scale, second) if rows else (second, scale)
            return _Factor(self.made("matmul", *pair), second.axes)
        raise _TooManyAxes

    def times(self, scalar: _Factor, other: _Factor) -> Syntax:
        depth = 1 + max(scalar.tree.depth, other.tree.depth)
        pair = (scalar.tree, other.tree)
        return syntax.Product(self.call.start, self.call.end, pair, ("*",), depth=depth, wrapped=True)

    def turned(self, one: _Factor, axes: str = "", last: str = "") -> _Factor:
        """Return a factor with its axes in this order, or with this one at the end."""
        if axes and {*axes} != {*one.axes}:
            raise _TooManyAxes
        stays = one.axes == axes if axes else not last or one.axes.endswith(last)
        return one if stays or len(one.axes) < 2 else self.transposed(one)

    def transposed(self, one: _Factor) -> _Factor:
        start, end = one.tree.start, one.tree.end
        return _Factor(syntax.Transposed(start, end, one.tree, depth=one.tree.depth + 1, wrapped=True), one.axes[::-1])

    def other(self, one: _Factor, letter: str) -> str:
        return one.axes.replace(letter, "")

    def made(self, name: str, *factors: _Factor) -> Syntax:
        trees = tuple(one.tree for one in factors)
        depth = 1 + max(tree.depth for tree in trees)
        return Call(self.call.start, self.call.end, name, self.call.name_end, trees, depth=depth, wrapped=True)
