"""What the derivative of a softmax, a determinant, an inverse … in entries comes from: its definition, line by line.

Each function returns lines that end in the differential of a number, as a sum over the changes of the entries inside;
the coefficient of one of these is the derivative with respect to that entry. `argument` is a letter for what a function
of a number is of, in a sentence about it.
"""

from __future__ import annotations

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Index, Node, Position, Symbol
from jacobook.algebra.predicates import is_invertible
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.reasons import because

d = b.differential
Row = tuple[Position, ...]
"""The row in which a softmax or a log-sum-exp is taken; empty for a vector."""


def softmax_lines(
    inner: Node, row: Row, own: Position, other: Index, total: Index, argument: Symbol
) -> tuple[Claim, ...]:
    """Return p_i = e^{z_i} / Σ e^{z_m} and the lines to dp_i = p_i dz_i − p_i Σ_j p_j dz_j."""
    shares, change = b.softmax(inner), d(b.entry(inner, *row, own))
    whole, above, below = b.entry(shares, *row, own), _exponential(inner, row, own), _total(inner, row, total)
    quotient = above * change / below - above * _changes(inner, row, other) / b.power(below, b.TWO)
    shared = b.index_sum(other, b.entry(shares, *row, other) * d(b.entry(inner, *row, other)))
    why = "Each exponential's share of their sum, by definition."
    if row:
        why = "Each exponential's share of the sum over its row, by definition."
    return (
        Claim(whole, above / below, "definition", Prose(why)),
        Claim(
            d(whole),
            quotient,
            "quotient",
            because("Quotient rule; the derivative of {0} is {0}.", b.apply("exp", argument)),
        ),
        Claim(d(whole), whole * change - whole * shared, "definition", because(_SHARES, shares)),
    )


def log_sum_exp_lines(
    value: Node, inner: Node, row: Row, other: Index, total: Index, argument: Symbol
) -> tuple[Claim, ...]:
    """Return value = log Σ e^{z_m} and the lines to its differential, Σ_j p_j dz_j."""
    shares, below = b.softmax(inner), _total(inner, row, total)
    shared = b.index_sum(other, b.entry(shares, *row, other) * d(b.entry(inner, *row, other)))
    slopes = (b.apply("log", argument), b.ONE / argument, b.apply("exp", argument))
    inside = because("The derivative of {0} is {1}, and that of {2} is {2} itself.", *slopes)
    return (
        Claim(value, b.apply("log", below), "definition", Prose("The definition.")),
        Claim(d(value), _changes(inner, row, other) / below, "derivative-of-log", inside),
        Claim(d(value), shared, "definition", because(_SHARES, shares)),
    )


def determinant_lines(matrix: Node, i: Index, j: Index) -> tuple[Claim, ...]:
    """Return the expansion of det A along row i and the lines to Σ_ij adj(A)_ji dA_ij, for an inverse det(A) (A⁻¹)_ji.

    All cofactors of a row are built from the other rows. So only the A_ij in front of its cofactor varies with A_ij.
    """
    value, cofactor = b.determinant(matrix), b.entry(b.adjugate(matrix), j, i)
    expanded = b.index_sum(j, b.entry(matrix, i, j) * cofactor)
    along = because("Expand along row {0}; {1} is the cofactor of {2}.", i, cofactor, b.entry(matrix, i, j))
    free = because("The cofactors of row {0} do not depend on that row: the coefficient of {1} is {2}, for every row.",
                    i, d(b.entry(matrix, i, j)), cofactor)  # fmt: skip
    lines = (
        Claim(value, expanded, "determinant-adjugate", along),
        Claim(d(value), _over_entries(matrix, i, j, cofactor), "determinant-adjugate", free),
    )
    if not is_invertible(matrix):
        return lines
    inverted = value * _over_entries(matrix, i, j, b.entry(b.inverse(matrix), j, i))
    return (*lines, Claim(d(value), inverted, "determinant", because(_ADJUGATE, *_adjugate(matrix))))


def log_determinant_lines(matrix: Node, i: Index, j: Index, argument: Symbol) -> tuple[Claim, ...]:
    """Return d log|det A| = d det A / det A and the lines to Σ_ij (A⁻¹)_ji dA_ij."""
    value, inside = b.log_determinant(matrix), b.determinant(matrix)
    slope = because("The derivative of {0} is {1}, also where {2} is negative.",
                     b.apply("log", b.apply("abs", argument)), b.ONE / argument, argument)  # fmt: skip
    inverted = _over_entries(matrix, i, j, b.entry(b.inverse(matrix), j, i))
    cancels = because(_ADJUGATE[:-1] + ", and the determinant cancels.", *_adjugate(matrix))
    expansion = determinant_lines(matrix, i, j)[:2]
    return (
        Claim(d(value), d(inside) / inside, "derivative-of-log", slope),
        *expansion,
        Claim(d(value), inverted, "log-determinant", cancels),
    )


def norm_lines(array: Node, indices: tuple[Index, ...]) -> tuple[Claim, ...]:
    """Return ‖x‖² = Σ x_i² and the lines to d‖x‖ = (Σ x_i dx_i) / ‖x‖."""
    value, entry = b.norm2(array), b.entry(array, *indices)
    squares, changes = b.index_sums(indices, b.power(entry, b.TWO)), b.index_sums(indices, entry * d(entry))
    squared = b.power(value, b.TWO)
    return (
        Claim(squared, squares, "squared-norm", Prose("The squared norm is the sum of the squared entries.")),
        Claim(b.TWO * value * d(value), b.TWO * changes, "power", Prose("Power rule on both sides.")),
        Claim(d(value), changes / value, "norm2", because("Divide by {0}.", b.TWO * value)),
    )


def inverse_lines(matrix: Node, row: Index, column: Index, near: Index, far: Index) -> tuple[Claim, ...]:
    """Return Σ_m (A⁻¹)_im A_mp = δ_ip and the lines to d(A⁻¹)_ij = −Σ_mp (A⁻¹)_im dA_mp (A⁻¹)_pj."""
    inverse, last = b.inverse(matrix), b.entry(matrix, near, far)
    before = b.entry(inverse, row, near)
    both = b.index_sum(near, before * last)
    moved = b.index_sum(near, d(before) * last) + b.index_sum(near, before * d(last))
    behind = b.entry(inverse, far, column)
    constant = because("Product rule; {0} is constant.", b.delta(row, far))
    words = "Take the second sum to the other side, multiply by {0} and add over {1}: on the left, {2} = {3}."
    solved = because(words, behind, far, b.index_sum(far, last * behind), b.delta(near, column))
    left = b.entry(inverse, row, column)
    return (
        Claim(both, b.delta(row, far), "inverse", because("A matrix times its inverse is the identity.")),
        Claim(moved, b.ZERO, "product", constant),
        Claim(d(left), b.negate(b.index_sums((near, far), before * d(last) * behind)), "inverse", solved),
    )


_SHARES = "Each exponential divided by the sum is an entry of {0}."
_ADJUGATE = "{0} = {1}."


def _adjugate(matrix: Node) -> tuple[Node, Node]:
    return b.adjugate(matrix), b.determinant(matrix) * b.inverse(matrix)


def _exponential(inner: Node, row: Row, place: Position) -> Node:
    return b.apply("exp", b.entry(inner, *row, place))


def _total(inner: Node, row: Row, total: Index) -> Node:
    return b.index_sum(total, _exponential(inner, row, total))


def _changes(inner: Node, row: Row, other: Index) -> Node:
    return b.index_sum(other, _exponential(inner, row, other) * d(b.entry(inner, *row, other)))


def _over_entries(matrix: Node, i: Index, j: Index, factor: Node) -> Node:
    return b.index_sums((i, j), factor * d(b.entry(matrix, i, j)))
