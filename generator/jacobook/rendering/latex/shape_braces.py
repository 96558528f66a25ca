r"""Which lines show the shape of every factor, and how: `\underbrace{…}_{1\times D}` under it.

A brace and its shape can be hidden without typesetting anew, so what stands above the braces reads as the formula does
without them.
"""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import Level, factors, is_flattened, shape_groups, terms, without_minus
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import contains
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import beside, juxtaposed, latex_piece, written_factors
from jacobook.rendering.latex.pieces import adjoin, latex_shape, parenthesised, wrapped

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
    n.KhatriRao,
)


Brace = Callable[[str, Shape], str]


def underbrace(inside: str, shape: Shape) -> str:
    """Return the factor with its shape under it."""
    return rf"\underbrace{{{inside}}}_{{{latex_shape(shape)}}}"


def hideable_underbrace(inside: str, shape: Shape) -> str:
    """Return the factor with its shape under it, in a class of its own, so that a page can hide the shapes."""
    return rf"\class{{shaped}}{{{underbrace(inside, shape)}}}"


def latex_with_shapes(node: Node, brace: Brace = underbrace) -> str:
    r"""Return the expression with the shape under every operand of its products, term by term in a sum.

    ∂z/∂y times ∂y/∂x gives `\underbrace{\frac{…}{…}}_{1\times D}\,\underbrace{\frac{…}{…}}_{D\times D}`.
    """
    written = ""
    for term in terms(node):
        minus, inside = without_minus(term)
        part = _operands_with_shapes(inside, minus or bool(written), brace)
        if minus:
            written += f" - {part}" if written else f"-{part}"
        else:
            written += f" + {part}" if written else part
    return written


def _operands_with_shapes(node: Node, after_sign: bool, brace: Brace) -> str:
    """Return the factors side by side; one that has a sign itself takes parentheses unless it begins the formula."""
    groups = shape_groups(node)
    braces: list[str] = []
    for group in groups:
        first = not (braces or after_sign)
        if len(group) > 1:
            inside = juxtaposed(list(group))
            inside = inside if first or not inside.startswith("-") else parenthesised(inside)
        else:
            inside = wrapped(latex_piece(group[0]), _least(group[0], len(groups) > 1, after_sign), minus=first)
        braces.append(brace(inside, group[0].shape))
    return r"\,".join(braces)


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
    parts = factors(node)
    return len(parts) > 1 and any(not part.shape.is_scalar for part in parts)


def shaped_groups(term: Node) -> list[list[Node]]:
    """Return the printed factors of a term in groups that share a brace: neighbouring scalars make one."""
    groups: list[list[Node]] = []
    for factor in factors(term):
        if groups and factor.shape.is_scalar and groups[-1][-1].shape.is_scalar:
            groups[-1].append(factor)
        else:
            groups.append([factor])
    return groups


def latex_with_shapes_of_factors(node: Node, brace: Brace = underbrace) -> str:
    """Return the expression as it is printed otherwise, with the shape under every printed factor of its terms.

    A sign of a term stands before its first brace; a term of scalars only has none.
    """
    written = ""
    summands = terms(node)
    others = any(not isinstance(term, n.Fill) for term in summands)
    for term in summands:
        minus, inside = without_minus(term)
        negative, part = _factors_with_shapes(inside, minus, others, brace)
        if minus or negative:
            # A brace is an operator to TeX, which sets space after a sign that begins the formula.
            written += f" - {part}" if written else rf"-\!{part}" if part.startswith("\\") else f"-{part}"
        else:
            written += f" + {part}" if written else part
    return written


def _factors_with_shapes(term: Node, after_minus: bool, others: bool, brace: Brace) -> tuple[bool, str]:
    """Return whether the term begins with a minus of its own, and the rest of it in braces."""
    groups = shaped_groups(term)
    parts = [factor for group in groups for factor in group]
    if len(parts) == 1:
        written = [("", wrapped(beside(term, others), Level.OPEN, minus=not after_minus))]
    else:
        written = written_factors(parts, minus=not after_minus)
    if len(written) < len(parts):  # a factor −1 is printed as the sign
        groups = [group for group in (groups[0][1:], *groups[1:]) if group]
    before, first = written[0]
    negative = (before + first).startswith("-")
    written[0] = ("", first.removeprefix("-"))
    if all(factor.shape.is_scalar for factor in parts):
        return negative, adjoin([piece for pair in written for piece in pair])
    braces = []
    for group in groups:
        run, written = written[: len(group)], written[len(group) :]
        inside = adjoin([run[0][1], *(piece for pair in run[1:] for piece in pair)])
        braces.append(brace(inside, group[0].shape))
    return negative, r"\,".join(braces)
