r"""Which lines show the shape of every factor, and how: `\underbrace{…}_{1\times D}` under it.

A brace and its shape can be hidden without typesetting anew, so what stands above the braces reads as the formula does
without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import Level, factors, is_flattened, shape_groups, terms, without_minus
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import contains
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import beside, juxtaposed, printed, printed_factors
from jacobook.rendering.latex.pieces import latex_shape
from jacobook.rendering.latex.printed import (
    Brace,
    Printed,
    PrintedFactor,
    PrintedTerm,
    joined,
    parenthesised,
    with_sign,
    wrapped,
)

LONGEST_BRACED = 40
"""The most characters (as plain text) over one brace."""
_INDEXED = (
    n.Entry,
    n.PartialEntry,
    n.Delta,
    n.UnitVector,
    n.IndexSum,
    n.BoundedSum,
    n.ArrayOf,
    n.Literal,
    n.Vec,
    n.Unvec,
    n.Commutation,
    n.Duplication,
    n.Elimination,
    n.Vech,
    n.Triangle,
    n.KhatriRao,
)


def _brace(shape: Shape, hideable: bool) -> Brace:
    """Return a brace with a shape under it; a hideable one is in a class of its own."""
    opening, closing = r"\underbrace{", rf"}}_{{{latex_shape(shape)}}}"
    return Brace(rf"\class{{shaped}}{{{opening}", f"{closing}}}") if hideable else Brace(opening, closing)


def _braced(parts: Sequence[tuple[Printed, Shape]], hideable: bool) -> list[PrintedFactor]:
    """Return operands side by side, each with its shape under it; a sum, or a minus, is one factor under its brace."""
    found: list[PrintedFactor] = []
    for inside, shape in parts:
        brace, (first, *others) = _brace(shape, hideable), inside.terms
        factors = [PrintedFactor((inside,), "sum")] if others or first.minus else first.factors
        found += [
            replace(factor, brace=brace, before=factor.before if place else r"\," if found else "")
            for place, factor in enumerate(factors)
        ]
    return found


def printed_with_shapes(node: Node, hideable: bool = False) -> Printed:
    r"""Return the expression with the shape under every operand of its products, term by term in a sum.

    ∂z/∂y times ∂y/∂x gives `\underbrace{\frac{…}{…}}_{1\times D}\,\underbrace{\frac{…}{…}}_{D\times D}`.
    """
    found: list[PrintedTerm] = []
    written: list[tuple[bool, list[tuple[Printed, Shape]]]] = []
    for term in terms(node):
        minus, inside = without_minus(term)
        written.append((minus, _operands(inside, minus or bool(written))))
    if all(shape.is_scalar for _, operands in written for _, shape in operands):  # that 1×1 times 1×1 is 1×1 is no news
        return printed(node)
    for minus, operands in written:
        found.append(PrintedTerm(minus, tuple(_braced(operands, hideable))))
    return Printed(tuple(found), Level.SUM)


def _operands(node: Node, after_sign: bool) -> list[tuple[Printed, Shape]]:
    """Return the factors; one that has a sign itself takes parentheses unless it begins the formula."""
    groups = shape_groups(node)
    found: list[tuple[Printed, Shape]] = []
    for group in groups:
        first = not (found or after_sign)
        if len(group) > 1:
            inside = juxtaposed(list(group))
            inside = inside if first or not inside.begins_with_minus else parenthesised(inside)
        else:
            inside = wrapped(printed(group[0]), _least(group[0], len(groups) > 1, after_sign), minus=first)
        found.append((inside, group[0].shape))
    return found


def _least(factor: Node, has_neighbours: bool, after_sign: bool) -> Level:
    """Return how tightly an operand has to hold together to go without parentheses.

    A product among matrices needs none, unless it is an inner product: A (x′y).
    """
    if has_neighbours and isinstance(factor, n.Product):
        inner = factor.shape.is_scalar and any(not part.shape.is_scalar for part in factor.operands)
        return Level.PREFIX if inner else Level.PRODUCT
    if has_neighbours:
        return Level.PRODUCT
    return Level.OPEN if after_sign and isinstance(factor, n.Add) else Level.SUM


def shows_shapes(left: Node, right: Node) -> bool:
    """Return whether a line shows shapes: a term is a product with factors that are no scalars, nothing is in entries.

    A derivative with more than two indices is left out, and a line with a factor too long for a phone: what stands over
    a brace is not broken.
    """
    while isinstance(left, n.Transpose):
        left = left.operands[0]
    if isinstance(left, n.Partial) and is_flattened(left):
        return False
    if contains(left, _INDEXED) or contains(right, _INDEXED):
        return False
    inside = [without_minus(term)[1] for term in terms(right)]
    return any(map(_is_product_of_arrays, inside)) and not any(map(_has_long_factor, inside))


def _has_long_factor(term: Node) -> bool:
    return any(sum(len(text(factor)) for factor in group) > LONGEST_BRACED for group in shaped_groups(term))


def _is_product_of_arrays(node: Node) -> bool:
    """Return whether a term has several braces: 2x′ has one, which says what the left side says."""
    groups = shaped_groups(node)
    return len(groups) > 1 and any(not group[-1].shape.is_scalar for group in groups)


def shaped_groups(term: Node) -> list[list[Node]]:
    """Return the printed factors of a term in groups that share a brace: neighbouring scalars make one.

    Numbers alone go with what they multiply: that 2 is 1×1 is no news.
    """
    groups: list[list[Node]] = []
    for factor in factors(term):
        scalars = groups and factor.shape.is_scalar and groups[-1][-1].shape.is_scalar
        if scalars or (len(groups) == 1 and all(isinstance(number, n.Number) for number in groups[0])):
            groups[-1].append(factor)
        else:
            groups.append([factor])
    return groups


def printed_with_shapes_of_factors(node: Node, hideable: bool = False) -> Printed:
    """Return the expression as it is printed otherwise, with the shape under every printed factor of its terms.

    A sign of a term stands before its first brace; a term of scalars only has none.
    """
    found: list[PrintedTerm] = []
    summands = terms(node)
    others = any(not isinstance(term, n.Fill) for term in summands)
    for term in summands:
        minus, inside = without_minus(term)
        negative, (first, *rest) = _factors_with_shapes(inside, minus, others, hideable)
        if (minus or negative) and not found and (first.brace or first.text.startswith("\\")):
            # A brace is an operator to TeX, which sets space after a sign that begins the formula.
            first = replace(first, before=r"\!")
        found.append(PrintedTerm(minus or negative, (first, *rest)))
    return Printed(tuple(found), Level.SUM)


def _factors_with_shapes(
    term: Node, after_minus: bool, others: bool, hideable: bool
) -> tuple[bool, Sequence[PrintedFactor]]:
    """Return whether the term begins with a minus of its own, and the rest of it in braces."""
    groups = shaped_groups(term)
    parts = [factor for group in groups for factor in group]
    if len(parts) == 1:
        inside = wrapped(beside(term, others), Level.OPEN, minus=not after_minus)
        negative, written = inside.begins_with_minus, [("", with_sign(inside, False))]
    else:
        negative, written = printed_factors(parts, minus=not after_minus)
    if len(written) < len(parts):  # a factor −1 is printed as the sign
        groups = [group for group in (groups[0][1:], *groups[1:]) if group]
    if all(factor.shape.is_scalar for factor in parts):
        return negative, list(joined(Level.PRODUCT, *written).factors())
    runs = []
    for group in groups:
        run, written = written[: len(group)], written[len(group) :]
        runs.append((joined(Level.PRODUCT, *run), group[-1].shape))
    return negative, _braced(runs, hideable)
