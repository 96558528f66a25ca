"""What the printers of formulas share: which parentheses are needed, signs, factors and their shapes."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.picked_parts import with_parts
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ONE, Dimension, Shape, ShapeError, derivative_shape, product_shape
from jacobook.algebra.terms import QUARTER_OF_PI


class Level(IntEnum):
    """How tightly a printed piece holds together, loosest first."""

    SUM = 0
    OPEN = 1  # a sum sign: reaches as far right as products do
    ENTRYWISE = 2
    PRODUCT = 3
    PREFIX = 4
    SCRIPTED = 5  # complete, but cannot take a superscript
    ATOM = 6


class Piece(NamedTuple):
    """A printed expression and how tightly it holds together."""

    text: str
    level: Level

    @property
    def negative(self) -> bool:
        """True where the piece is a negated product: its minus can be the minus of a sum."""
        return self.level >= Level.OPEN and self.text.startswith("-")


def negated_level(inside: Level) -> Level:
    """Return how tightly a negated piece holds together; a sum inside has its parentheses."""
    return inside if inside in (Level.OPEN, Level.ENTRYWISE) else Level.PRODUCT


def has_minus(node: Node) -> bool:
    """Return whether the node prints with a minus in front."""
    match node:
        case n.Number():
            return node.value < 0
        case n.Negate():
            return True
        case n.Product() | n.Divide() | n.Hadamard() | n.HadamardDivide():
            return has_minus(node.operands[0])
        case n.Fill():
            return has_minus(node.operands[0])
    return False


def _joined(shape: Shape, parts: list[Node]) -> Shape | None:
    try:
        for part in parts:
            shape = product_shape(shape, part.shape)
    except ShapeError:
        return None
    return shape


PI = n.symbol("π")
"""The number, as printers write it; no variable can have this name."""


def with_pi(parts: list[Node]) -> list[Node]:
    """Return the factors with π for 4*arctan(1), behind the number: 2π for 8*arctan(1), π² for 16*arctan(1)^2."""
    place = next((place for place, part in enumerate(parts) if _power_of_pi(part)), 0)
    number = next((at for at in (place - 1, 0) if at >= 0 and isinstance(parts[at], n.Number)), None)
    if place == 0 or number is None:
        return parts
    exponent, value = _power_of_pi(parts[place]), parts[number]
    assert isinstance(value, n.Number)
    front = value.value * Fraction(1, 4) ** exponent
    pi = PI if exponent == 1 else build.power(PI, build.number(exponent))
    rest = [part for at, part in enumerate(parts) if at not in (place, number)]
    return [*rest[:number], *([build.number(front)] if front != 1 else []), pi, *rest[number:]]


def _power_of_pi(part: Node) -> int:
    """Return k for a whole positive power arctan(1)^k, and 0 for anything else."""
    if part is QUARTER_OF_PI:
        return 1
    if not isinstance(part, n.Power) or part.operands[0] is not QUARTER_OF_PI:
        return 0
    exponent = part.operands[1]
    return int(exponent.value) if isinstance(exponent, n.Number) and exponent.value.denominator == 1 else 0


def factors(node: Node) -> list[Node]:
    """Return the factors of a product as they are printed; one that is a product itself takes parentheses.

    Parentheses go where the shapes make them superfluous, and come where they help: (x'Ax)A rather than x'AxA.
    """
    return with_parts(_grouped(_flat(node)))


def _grouped(parts: list[Node]) -> list[Node]:
    """Return the factors with a contracted run, a scalar, as one factor where what follows does not fit its end.

    What follows is the next array: to x'x (y'y) A the run x'x is followed by A, once y'y is one factor.
    """
    found = _grouped_once(parts)
    return found if len(found) == len(parts) else _grouped(found)


def needs_grouping(first: Node, others: list[Node]) -> bool:
    """Return whether the first factor is a scalar product whose arrays run into what follows: x'x in (x'x)A."""
    if not isinstance(first, n.Product) or not first.shape.is_scalar:
        return False
    parts = [*first.operands, *others]
    return len(_grouped(parts)) < len(parts)


def _grouped_once(parts: list[Node]) -> list[Node]:
    found: list[Node] = []
    shape, start = None, 0
    behind: list[Node | None] = [None]  # for every place, from the last, the next factor that is no scalar
    for part in reversed(parts):
        behind.append(behind[-1] if part.shape.is_scalar else part)
    for place, factor in enumerate(parts):
        if (shape is None or shape.is_scalar) and not factor.shape.is_scalar:
            start = len(found)
        shape = factor.shape if shape is None else product_shape(shape, factor.shape)
        found.append(factor)
        following = behind[len(parts) - place - 1]
        contracted = shape.is_scalar and not factor.shape.is_scalar
        if contracted and following is not None and _joined(factor.shape, [following]) is None:
            found[start:] = [n.Product(tuple(found[start:]), shape)]
    return found


def _flat(node: Node) -> list[Node]:
    """Return the factors of a product, with the parentheses removed that the shapes make superfluous.

    A(Bx) becomes A, B, x; in A(x'y) the parentheses stay, since Ax' is no product. Matrix products are
    associative, so whenever both readings have a shape, they have the same value.
    """
    if not isinstance(node, n.Product):
        return [node]
    found: list[Node] = []
    shape: Shape | None = None
    for factor in node.operands:
        parts = _flat(factor)
        whole = factor.shape if shape is None else product_shape(shape, factor.shape)
        if shape is not None and len(parts) > 1 and (has_minus(parts[0]) or _joined(shape, parts) != whole):
            parts = [factor]
        found += parts
        shape = whole
    return found


def part_ranges(node: n.Subarray, written: Callable[[Dimension], str] = str) -> list[str]:
    """Return the rows and columns of a part, `1:p` and `:` for all of them; one range for a vector or a row."""
    inside, shape = node.operands[0].shape, node.shape
    ranges = [(node.above, shape.rows, inside.rows), (node.before, shape.columns, inside.columns)]
    if not shape.is_matrix:
        ranges = ranges[1:] if shape.is_row else ranges[:1]
    return [
        ":" if count is all_of_them and shape.is_matrix else f"{written(before + ONE)}:{written(before + count)}"
        for before, count, all_of_them in ranges
    ]


def rows_of(node: n.Literal) -> list[tuple[Node, ...]]:
    """Return the entries of an array written entry by entry, row by row."""
    columns = node.shape.columns.coefficient
    return [node.operands[k : k + columns] for k in range(0, len(node.operands), columns)]


def terms(node: Node) -> list[Node]:
    """Return the terms of a sum, sums within sums opened."""
    if not isinstance(node, n.Add):
        return [node]
    return [term for operand in node.operands for term in terms(operand)]


def shape_groups(node: Node) -> list[tuple[Node, ...]]:
    """Return the factors of a product in groups that share one shape label.

    Neighbouring scalars make one group; a partial derivative is always a group of its own. An inner product is one
    factor where what follows it would not fit its end.
    """
    if not isinstance(node, n.Product):
        return [(node,)]
    groups: list[tuple[Node, ...]] = []
    for factor in _grouped(list(node.operands)):
        merge = (
            groups
            and factor.shape.is_scalar
            and groups[-1][-1].shape.is_scalar
            and not isinstance(factor, n.Partial)
            and not isinstance(groups[-1][-1], n.Partial)
        )
        if merge:
            groups[-1] += (factor,)
        else:
            groups.append((factor,))
    return groups


def without_minus(node: Node) -> tuple[bool, Node]:
    """Return whether a term is a negated one, and the term without that outermost minus."""
    return (True, node.operands[0]) if isinstance(node, n.Negate) else (False, node)


SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_d(node: Node) -> tuple[int, Node]:
    """Return how often, and of what, a differential is taken: d(d(f)) is d²f."""
    order = 0
    while isinstance(node, n.Differential):
        order, node = order + 1, node.operands[0]
    return order, node


def hessian_of(node: n.Partial) -> Node | None:
    """Return of what a derivative is the Hessian ∂(∂f/∂x)ᵀ/∂x, None where it is none."""
    column, wrt = node.operands
    row = column.operands[0] if isinstance(column, n.Transpose) else None
    if isinstance(row, n.Partial) and row.operands[1] is wrt and row.operands[0].shape.is_scalar:
        return row.operands[0]
    return None


def softmax_of_columns(node: Node) -> Node | None:
    """Return X where this is the transposed softmax of the rows of X′, None elsewhere."""
    inside = node.operands[0] if isinstance(node, n.Transpose) else None
    turned = inside.operands[0] if isinstance(inside, n.Softmax) else None
    return turned.operands[0] if isinstance(turned, n.Transpose) and turned.shape.is_matrix else None


def is_flattened(node: n.Partial) -> bool:
    """Return whether a derivative has more than two indices, so that it stands for ∂vec(of)/∂vec(wrt)′."""
    of, wrt = node.operands
    return derivative_shape(of.shape, wrt.shape) is None


def positions_of_partial(node: n.Entry) -> tuple[tuple[n.Position, ...], tuple[n.Position, ...]] | None:
    """Return the positions in numerator and denominator of an entry of a derivative, None for another entry.

    The entry (i, j) of ∂f/∂z is ∂f_i/∂z_j, the entry k of the row ∂f/∂x is ∂f/∂x_k (Jacobian layout).
    """
    derivative = node.operands[0]
    if not isinstance(derivative, n.Partial) or is_flattened(derivative):
        return None
    above = len(derivative.operands[0].shape.axes)
    return node.positions[:above], node.positions[above:]
