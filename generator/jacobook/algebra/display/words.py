"""Words of matrix factors in the form in which they are shown."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.scalar_powers import joined_scalar_powers
from jacobook.algebra.terms import FRACTION_ONE, Term, reduce_word

Simplify = Callable[[Node], Node]


def in_reading_order(term: Term, simplify: Simplify) -> Term:
    """Return the term in reading order: scalars by rank, diag(u) v as u ∘ v, neighbours joined where they can be."""
    if any(isinstance(factor, n.Transpose) and isinstance(factor.operands[0], n.Skew) for factor in term.word):
        term = term.transposed.transposed  # [x]ₓ′ = −[x]ₓ
    term = _with_squares_of_roots(term)
    scalars = tuple((_with_powers(base), exponent) for base, exponent in joined_scalar_powers(term.scalars))
    scalars = tuple(sorted(scalars, key=lambda item: rank(item[0])))
    word = tuple(simplify(factor) if isinstance(factor, n.Transpose) else factor for factor in term.word)
    word = _entrywise(reduce_word(tuple(single for factor in word for single in _unpowered(factor))), simplify)
    word = _powers(reduce_word(_joined_kroneckers(word, simplify)))
    return _joined_ones(Term(term.coefficient, scalars, word))


def _joined_ones(term: Term) -> Term:
    """Return 1 1 = n 1 for matrices of ones, n being the size between them: centring twice is centring once."""
    if not any(factor.kinds & _FILL for factor in term.word):
        return term
    for place, factor in enumerate(term.word):
        between = factor.shape.columns if factor.shape.is_matrix else None
        before, behind = term.word[:place], term.word[place + 1 :]
        if _is_square_of_ones(factor):
            joined = factor.operands[0]
        elif between and behind and behind[0].shape.is_matrix and _is_ones(factor) and _is_ones(behind[0]):
            joined, behind = build.fill(build.ONE, build.product(factor, behind[0]).shape), behind[1:]
        else:
            continue
        size = build.size_of(between) if between else build.ONE
        front = Term(term.coefficient, term.scalars, before).times(Term(Fraction(1), ((size, Fraction(1)),), (joined,)))
        return _joined_ones(front.times(Term(Fraction(1), (), behind)))
    return term


def _is_ones(node: Node) -> bool:
    return isinstance(node, n.Fill) and node.operands[0] is build.ONE


def _is_square_of_ones(node: Node) -> bool:
    return isinstance(node, n.Power) and _is_ones(node.operands[0]) and build.is_number(node.operands[1], 2)


def rank(base: Node) -> int:
    """Return where a scalar, or a factor of an entry-wise product, stands among others; equal ranks keep their order.

    Sizes; symbols and their powers; determinants and other numbers of whole arrays; entries; contractions and matrix
    words; named functions; brackets; exp; differentials.
    """
    match base:
        case n.SizeOf():
            return 0
        case n.Symbol():
            return 1
        case n.Determinant() | n.LogDeterminant() | n.Trace() | n.EntrySum() | n.Norm1() | n.Norm2():
            return 4 if base.kinds & _CHANGES else 2
        case n.Entry():
            return 3
        case n.Power() | n.HadamardPower() | n.Transpose():
            return rank(base.operands[0])
        case n.Apply():
            return 7 if base.function == "exp" else 5
        case n.Softmax() | n.LogSumExp() | n.IndexSum() | n.BoundedSum() | n.FunctionValue():
            return 5
        case n.Add():
            return 6
        case n.Differential() | n.Delta():
            return CHANGE
        case n.Product() | n.Negate() | n.Hadamard() | n.HadamardDivide() | n.Divide():
            changes = bool(base.kinds & _CHANGES) and any(rank(operand) == CHANGE for operand in base.operands)
            return CHANGE if changes else 4
    return 4


CHANGE = 8
"""The rank of differentials and Kronecker deltas, which stand last."""
_FILL = Node.mask_of(n.Fill)
_CHANGES = Node.mask_of(n.Differential, n.Delta)


def _entrywise(word: tuple[Node, ...], simplify: Simplify) -> tuple[Node, ...]:
    """Return the word with diag(u) diag(v) as diag(u ∘ v), diag(u) M v as (M v) ∘ u, and v′ diag(u) as (v ∘ u)′."""
    joined: list[Node] = []
    for factor in word:
        last = joined[-1] if joined else None
        if isinstance(last, n.Diag) and isinstance(factor, n.Diag):
            joined[-1] = simplify(build.diag(simplify(build.hadamard(last.operands[0], factor.operands[0]))))
        else:
            joined.append(factor)
    word = tuple(joined)
    place = next((k for k, factor in enumerate(word) if factor.shape.is_vector), None)
    if place and not isinstance(word[place], n.Differential):
        column: tuple[Node, ...] = (word[place],)
        for factor in reversed(word[:place]):
            if isinstance(factor, n.Diag):
                column = (simplify(build.hadamard(build.product(*column), factor.operands[0])),)
            else:
                column = (factor, *column)
        word = (*column, *word[place + 1 :])
    for place, (row, factor) in enumerate(pairwise(word)):
        if isinstance(row, n.Transpose) and row.shape.is_row and isinstance(factor, n.Diag):
            scaled = simplify(build.hadamard(row.operands[0], factor.operands[0]))
            return (*word[:place], build.transpose(scaled), *word[place + 2 :])
    return word


def _powers(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the word with equal square neighbours as powers: X X as X², X′ X′ as (X²)′."""
    rest: list[Node] = []
    for factor in word:
        base, exponent, turned = _power_parts(factor)
        if rest and factor.shape.is_square and not isinstance(factor, n.Diag | n.Identity | n.Differential):
            last_base, last_exponent, last_turned = _power_parts(rest[-1])
            if last_base is base and turned == last_turned:
                raised = build.power(base, build.number(exponent + last_exponent))
                rest[-1] = build.transpose(raised) if turned else raised
                continue
        rest.append(factor)
    return tuple(rest)


def _with_squares_of_roots(term: Term) -> Term:
    """Return √3² as 3."""
    coefficient, scalars = term.coefficient, list[tuple[Node, Fraction]]()
    for base, exponent in term.scalars:
        inside = base.operands[0] if isinstance(base, n.Apply) and base.function == "sqrt" else None
        if isinstance(inside, n.Number) and inside.value > 0 and exponent.denominator == 1 and not exponent % 2:
            coefficient *= inside.value ** int(exponent / 2)
        else:
            scalars.append((base, exponent))
    return term if len(scalars) == len(term.scalars) else Term(coefficient, tuple(scalars), term.word)


def _with_powers(scalar: Node) -> Node:
    """Return b′ M M b, a scalar, as b′ M² b, and a′ diag(w) b as a′(w ⊙ b); any other scalar as it is."""
    if not isinstance(scalar, n.Product) or not scalar.operands[0].shape.is_row:
        return scalar
    word = _powers(_weighted(scalar.operands))
    return build.product(*word) if len(word) < len(scalar.operands) else scalar


def _weighted(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the factors of a scalar with diag(w) b as w ∘ b before a vector b that does not change."""
    last = word[-1]
    while len(word) > 2 and isinstance(word[-2], n.Diag) and last.shape.is_vector and rank(last) != CHANGE:
        last = build.hadamard(word[-2].operands[0], last)
        word = (*word[:-2], last)
    return word


def _unpowered(factor: Node) -> tuple[Node, ...]:
    """Return a small matrix power as its factors, so that neighbours can cancel."""
    base, exponent, turned = _power_parts(factor)
    if exponent is FRACTION_ONE or exponent == 1 or exponent > 8:
        return (factor,)
    return (build.transpose(base) if turned else base,) * int(exponent)


def _power_parts(factor: Node) -> tuple[Node, Fraction, bool]:
    """Return base, exponent and whether transposed, of a matrix power."""
    turned = isinstance(factor, n.Transpose)
    inside = factor.operands[0] if turned else factor
    if isinstance(inside, n.Power) and isinstance(inside.operands[1], n.Number) and inside.operands[1].value > 0:
        return inside.operands[0], inside.operands[1].value, turned
    return inside, FRACTION_ONE, turned


def _joined_kroneckers(word: tuple[Node, ...], simplify: Simplify) -> tuple[Node, ...]:
    rest: list[Node] = []
    for factor in word:
        joined = _kronecker_pair(rest[-1], factor) if rest else None
        if joined is None:
            rest.append(factor)
        else:
            rest[-1] = simplify(joined)
    return tuple(rest)


def _kronecker_pair(left: Node, right: Node) -> Node | None:
    """Return two neighbours as one Kronecker or Khatri-Rao product, None where they stay two.

    (A ⊗ B)(C ⊗ D) = AC ⊗ BD, and so for Khatri-Rao products at the right; D (a′ ⊗ B) = a′ ⊗ DB; (v ⊗ B) C = v ⊗ BC;
    (a′ ⊗ B) K = B ⊗ a′ (Magnus and Neudecker, chapters 2 and 3).
    """
    if isinstance(left, n.Kronecker):
        a, b = left.operands
        if isinstance(right, n.Kronecker | n.KhatriRao):
            c, d = right.operands
            fits = (a.shape.columns, b.shape.columns) == (c.shape.rows, d.shape.rows)
            if fits and all(x.shape.is_matrix for x in (a, b, c, d)):
                make = build.kronecker if isinstance(right, n.Kronecker) else build.khatri_rao
                return make(build.product(a, c), build.product(b, d))
        elif isinstance(right, n.Commutation) and a.shape.is_row:
            if right.sizes == (a.shape.columns, b.shape.columns):
                return build.kronecker(b, a)
        elif a.shape.is_vector and b.shape.is_matrix and right.shape.is_matrix and b.shape.columns == right.shape.rows:
            return build.kronecker(a, build.product(b, right))
    if isinstance(right, n.Kronecker) and left.shape.is_matrix and not isinstance(left, n.Kronecker | n.Commutation):
        a, b = right.operands
        if a.shape.is_row and b.shape.is_matrix:
            return build.kronecker(a, build.product(left, b))
    turned = left.operands[0] if isinstance(left, n.Transpose) else None
    if isinstance(turned, n.KhatriRao) and right is turned and all(isinstance(x, n.Identity) for x in turned.operands):
        return build.identity(right.shape.columns)  # (I ∗ I)′(I ∗ I) = I ∘ I
    if isinstance(turned, n.KhatriRao) and isinstance(right, n.Kronecker):
        (a, b), (c, d) = turned.operands, right.operands
        fits = (a.shape.rows, b.shape.rows) == (c.shape.rows, d.shape.rows)
        if fits and c.shape.is_matrix and d.shape.is_matrix:
            first, second = build.product(build.transpose(c), a), build.product(build.transpose(d), b)
            return build.transpose(build.khatri_rao(first, second))
    return None
