"""Why something could not be checked: the function has no value, or none was found, or its arrays are too large."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import without_names
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import walk
from jacobook.language.printer import short_text
from jacobook.verification.numeric.array_operations import DomainError, Sizes, TooLargeArrayError
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import ATTEMPTS, Instances, draw_value


class Examined(Protocol):
    """What was found about one claim, as far as it is needed here."""

    @property
    def path(self) -> str:
        """The place of the claim."""

    @property
    def verdict(self) -> str:
        """`checked`, `unchecked` or `failed`."""

    @property
    def unchecked(self) -> str | None:
        """Why nothing could be compared."""

    @property
    def sizes(self) -> tuple[dict[str, int], ...]:
        """The sizes at which something was compared."""


def why_unchecked(
    claims: Sequence[Examined], function: Node, instances: Instances, assignments: Sequence[Sizes]
) -> str | None:
    """Return in words why a derivation could not be checked, None where it was.

    The last claim is the result. A result that was compared only where a size is 1 was not checked for other sizes:
    there products commute and transposes are the same.
    """
    unseen = [claim for claim in claims if claim.verdict == "unchecked"]
    alone = _sizes_that_are_one(claims[-1].sizes, assignments) if claims else ()
    if not (unseen or alone):
        return None
    larger = [sizes for sizes in assignments if all(sizes[name] > 1 for name in alone)] or assignments
    found = why_without_value(function, instances, larger)
    if alone:
        where = " and ".join(f"{name} = 1" for name in alone)
        return f"it was compared for {where} only, since for larger sizes {found or 'no point was found'}"
    if found is not None:
        return found
    first = unseen[0]
    others = f", and {len(unseen) - 1} more" if len(unseen) > 1 else ""
    return f"{first.path}{others}: {first.unchecked}"


def _sizes_that_are_one(used: Sequence[Sizes], assignments: Sequence[Sizes]) -> tuple[str, ...]:
    """Return the sizes that were 1 wherever something was compared, though other ones were tried."""
    names = used[0] if used else ()
    return tuple(
        name
        for name in names
        if all(sizes[name] == 1 for sizes in used) and any(sizes[name] > 1 for sizes in assignments)
    )


def why_without_value(function: Node, instances: Instances, assignments: Sequence[Sizes]) -> str | None:
    """Return in words why no point was found at which the function has a value, None where it has one.

    That it has none at all is said only where that is certain, the rank of a matrix being too small for its inverse.
    """
    body = without_names(function, instances.definitions)
    culprits: Counter[Node] = Counter()
    tried = 0
    for sizes in assignments:
        for attempt in range(ATTEMPTS):
            values = {symbol: draw_value(symbol, sizes, attempt) for symbol in body.symbols}
            try:
                culprit = _without_value(Evaluator(values, sizes), body)
            except TooLargeArrayError:
                return None
            if culprit is None:
                return None
            culprits[culprit] += 1
            tried += 1
    (culprit, times), *_ = culprits.most_common()
    inside = singular_part(culprit)
    if inside is not None and all(rank_bound(inside, sizes) < _rows(inside.shape, sizes) for sizes in assignments):
        return (
            f"the function has no value anywhere, because {short_text(inside)} is singular for every {_spaces(inside)}"
        )
    where = f"at any of {tried} random points" if times == tried else f"at most of {tried} random points"
    return f"no point was found at which the function has a value: {_reason(culprit)} {where}"


def _without_value(point: Evaluator, body: Node) -> Node | None:
    """Return the innermost part that has no value at the point, None where the whole has one."""
    try:
        point.value(body)
    except DomainError:
        for node in walk(body):  # operands first
            if _holds_an_unknown(node):
                continue
            try:
                point.value(node)
            except DomainError:
                return node
    return None


def _holds_an_unknown(node: Node) -> bool:
    """Return whether a part stands in an equation, whose unknown has no value by itself."""
    bound = {inside.unknown for inside in walk(node) if isinstance(inside, n.Solution)}
    return any(isinstance(inside, n.SolvedSymbol) and inside not in bound for inside in walk(node))


def _reason(culprit: Node) -> str:
    if isinstance(culprit, n.Number):
        return f"{short_text(culprit)} is too large to compute with"
    inside = culprit.operands[0]
    match culprit:
        case n.Apply() if (domain := ELEMENTWISE[culprit.function].domain) is not None:
            return f"{culprit.function} asks for {domain.asks}, and {short_text(inside)} {domain.fails}"
        case n.Divide() | n.HadamardDivide():
            return f"the divisor {short_text(culprit.operands[1])} is 0, or nearly so,"
    if (part := singular_part(culprit)) is not None:
        return f"{short_text(part)} is singular, or nearly so,"
    return f"{short_text(culprit)} has no finite value, or a kink nearby,"


def singular_part(node: Node) -> Node | None:
    """Return the matrix that the node needs the inverse, or the logarithm of the determinant, of."""
    if isinstance(node, n.Inverse | n.LogDeterminant):
        return node.operands[0]
    if isinstance(node, n.Power) and node.shape.is_matrix:
        return node.operands[0]
    if isinstance(node, n.Apply) and node.function == "log":
        inside = node.operands[0]
        while isinstance(inside, n.Apply) and inside.function == "abs":
            inside = inside.operands[0]
        return inside.operands[0] if isinstance(inside, n.Determinant) else None
    return None


def rank_bound(node: Node, sizes: Sizes) -> int:
    """Return a number that the rank of a matrix, vector or row does not exceed, whatever its variables are."""
    least = min(_rows(node.shape, sizes), node.shape.columns.value(dict(sizes)))
    arrays = [operand for operand in node.operands if not operand.shape.is_scalar]
    bounds = [rank_bound(operand, sizes) for operand in arrays]
    match node:
        case n.Fill():
            return 1
        case n.Product() | n.Transpose() | n.Negate() | n.Divide() | n.Inverse():
            return min([least, *bounds])
        case n.Power():
            return min([least, *bounds]) if node.shape.is_matrix and not _is_zero(node.operands[1]) else least
        case n.Add():
            return min(least, sum(bounds))
        case n.Kronecker():
            return min(least, bounds[0] * bounds[1])
    return least


def _is_zero(exponent: Node) -> bool:
    return not isinstance(exponent, n.Number) or exponent.value == 0


def _rows(shape: Shape, sizes: Sizes) -> int:
    return shape.rows.value(dict(sizes))


def _spaces(node: Node) -> str:
    """Return the variables with their spaces: `A in R^(2 x 3)`, `x and y in R^N`."""
    spaces: dict[str, list[str]] = {}
    for symbol in sorted(node.symbols, key=lambda symbol: symbol.name):
        spaces.setdefault(symbol.shape.space, []).append(symbol.name)
    return " and ".join(f"{' and '.join(names)} in {space}" for space, names in spaces.items())
