"""The form in which results are shown: like terms joined, scalars in front, ones and identities dropped.

`tidy` never multiplies brackets out, and leaves alone what stands inside functions.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.block_arrays import Way, by_blocks
from jacobook.algebra.display.picked_parts import is_turned_unit
from jacobook.algebra.display.transposing import is_own_transpose
from jacobook.algebra.display.words import in_reading_order, rank
from jacobook.algebra.entry_lookup import are_fixed, entry_at
from jacobook.algebra.exponents import count, is_symbolic, plain_exponent
from jacobook.algebra.matrix_powers import is_symbolic_power, power_of, power_parts
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.operations import remembered
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.shapes import Shape, ShapeError
from jacobook.algebra.terms import Term, crosses_itself, node_of, over_number, term_node, terms_of, word_node
from jacobook.algebra.traverse import rebuild, substitute


@remembered(20_000)
def tidy(node: Node) -> Node:
    """Return an equal expression with like terms joined, zeros, ones and identities dropped, scalars in front."""
    match node:
        case (
            n.Number()
            | n.Symbol()
            | n.Identity()
            | n.UnitVector()
            | n.SizeOf()
            | n.Delta()
            | n.Partial()
            | n.StructuredPartial()
        ):
            return node
    node = by_blocks(node, Way.SHOWN)
    try:
        terms = [in_reading_order(term, _simplest) for term in terms_of(node, _simplest) if not _vanishes_by_form(term)]
        return node_of(_reading_order(joined_terms(terms, node.shape), node.shape), node.shape)
    except ShapeError:  # with matrices of one row or one column not every regrouping of a product has a type
        return node


def _reading_order(terms: list[Term], shape: Shape) -> list[Term]:
    """Return X′ + X as X + X′, and a sum that begins with a minus and has a plus with the plus first."""
    terms = plus_first(terms)
    if len(terms) == 2 and shape.is_matrix and terms[0].coefficient == terms[1].coefficient:
        first, second = (term.transposes for term in terms)
        if first > second and normal_form(term_node(terms[0], shape)) is normal_form(term_node(terms[1], shape).T):
            return [terms[1], terms[0]]
    return terms


def plus_first(terms: list[Term]) -> list[Term]:
    """Return the terms of −a + b as those of b − a."""
    if len(terms) > 1 and terms[0].coefficient < 0:
        positive = next((place for place, term in enumerate(terms) if term.coefficient > 0), None)
        if positive is not None:
            return [terms[positive], *terms[:positive], *terms[positive + 1 :]]
    return terms


def _simplest(node: Node) -> Node:
    """Return an opaque node in its simplest equal form; what stands inside functions is left as it was written."""
    if isinstance(node, n.Add):
        return tidy(node)
    if isinstance(node, n.Inverse):
        return _simplest_inverse(node)
    if isinstance(node, n.Transpose):
        return _simplest_transpose(node)
    if isinstance(node, n.Adjugate) and str(node.shape.rows) == "1":
        return build.fill(build.ONE, node.shape)
    if isinstance(node, _CLOSED):
        return node
    node = rebuild(node, tuple(tidy(operand) for operand in node.operands))
    if isinstance(node, _LINEAR):
        node = _scalars_outside(node)
    if isinstance(node, n.Power | n.HadamardPower):
        node = _with_plain_fraction(node)
    inside = node.operands[0] if node.operands else node
    match node:
        case n.Hadamard():
            return _with_scaled_lines(node) or _simplest_hadamard(node)
        case n.HadamardDivide() if len(below := terms_of(node.operands[1])) == 1 and _has_scalars(below[0]):
            bottom = word_node(below[0].word)
            scale = term_node(Term(below[0].coefficient, below[0].scalars, ()), build.ONE.shape)
            return tidy(build.divide(build.hadamard_divide(inside, bottom), scale))
        case n.HadamardDivide() if build.is_zero(inside):
            return build.zero(node.shape)
        case n.HadamardDivide() if (places := _places_of_unit(inside)) is not None:
            at = entry_at(build.hadamard_divide(build.fill(build.ONE, node.shape), node.operands[1]), *places)
            return tidy(build.product(at, inside))
        case n.HadamardDivide() if inside is node.operands[1]:
            return build.fill(build.ONE, node.shape)
        case n.HadamardDivide() if isinstance(node.operands[1], n.Fill) and not inside.shape.is_scalar:
            return tidy(build.divide(inside, node.operands[1].operands[0]))
        case n.HadamardPower() if build.is_number(node.operands[1], 1):
            return inside
        case n.HadamardPower() if isinstance(inside, n.Fill) and node.operands[1].shape.is_scalar:
            return build.fill(tidy(build.power(inside.operands[0], node.operands[1])), node.shape)
        case n.Kronecker() if all(isinstance(operand, n.Identity) for operand in node.operands):
            return build.identity(node.shape.rows)
        case n.Unvec() if isinstance(inside, n.Vec) and inside.operands[0].shape == node.shape:
            return inside.operands[0]
        case n.Unvec() if (factors := _stacked_product(inside, node.shape)) is not None:
            return tidy(build.product(*factors))
        case n.Vec() if isinstance(inside, n.Unvec):
            return inside.operands[0]
        case n.Vech() if build.is_unvech(inside):
            return tidy(build.product(*inside.operands[0].operands[1:]))  # vech(S) of vec(S) = D v
        case n.Vech() if isinstance(inside, n.Fill):
            return build.fill(inside.operands[0], node.shape)
        case n.Vec() if isinstance(inside, n.Product) and _is_outer(inside):
            u, v = inside.operands
            return build.kronecker(build.transpose(v), u)
        case n.Vec() if isinstance(inside, n.Product) and (parts := _around_unit(inside)):
            return tidy(build.kronecker(build.transpose(parts[1]), parts[0]))
        case n.Trace() if isinstance(inside, n.Product) and (parts := _around_unit(inside)):
            return tidy(build.product(parts[1], parts[0]))
        case n.Vec() if isinstance(inside, n.Fill):
            return build.fill(inside.operands[0], node.shape)
        case n.Trace() if isinstance(inside, n.Identity):
            return build.size_of(inside.shape.rows)
        case n.Trace() | n.EntrySum() | n.Diag() | n.Diagonal() | n.Skew() if build.is_zero(inside):
            return build.zero(node.shape)
        case n.Trace() | n.EntrySum() | n.Diagonal() if isinstance(inside, n.Add) and _vanishes(node):
            return build.zero(node.shape)
        case n.EntrySum() if isinstance(inside, n.Transpose):
            return build.entry_sum(inside.operands[0])
        case n.EntrySum() if isinstance(inside, n.Fill):
            return tidy(build.product(*map(build.size_of, inside.shape.axes), inside.operands[0]))
        case n.Diagonal() if isinstance(inside, n.Product) and (sides := _outer_sides(inside)) is not None:
            u, v = sides
            return tidy(build.hadamard(u, build.transpose(v)))
        case n.Diagonal() if isinstance(inside, n.Diag):
            return inside.operands[0]
        case n.Diagonal() if isinstance(inside, n.Product) and (scaled := _scaled_diagonal(inside)) is not None:
            return tidy(scaled)
        case n.Diagonal() if isinstance(inside, n.Identity):
            return build.fill(build.ONE, node.shape)
        case n.Diagonal() | n.Trace() if isinstance(inside, n.Transpose):
            return rebuild(node, (inside.operands[0],))
        case n.EntrySum() if isinstance(inside, n.Diag):
            return rebuild(node, inside.operands)
        case n.EntrySum() if isinstance(inside, n.Softmax):
            return build.size_of(inside.shape.rows) if inside.shape.is_matrix else build.ONE
        case n.Diag() if isinstance(inside, n.Fill):
            return tidy(build.product(inside.operands[0], build.identity(node.shape.rows)))
        case n.Entry() if are_fixed(node.positions) and isinstance(inside, _WITH_KNOWN_ENTRIES):
            return entry_at(inside, *node.positions)
        case n.Literal() if all(map(build.is_zero, node.operands)):
            return build.zero(node.shape)
        case n.Power() if build.is_number(node.operands[1], 1):
            return inside
        case n.BoundedSum():
            return _simplest_sum(node)
        case n.Power() if is_symbolic(node.operands[1]):
            return _simplest_power(node)
        case n.Power() if build.is_number(node.operands[1], 0) and node.shape.is_matrix:
            return build.identity(node.shape.rows)
    return node


def _with_plain_fraction(power: Node) -> Node:
    """Return a power with an exponent such as k/2 written so, not as ½ k."""
    base, exponent = power.operands
    terms = terms_of(exponent) if exponent.shape.is_scalar else []
    part = over_number(terms[0]) if len(terms) == 1 else None
    return power if part is None else rebuild(power, (base, part))


def _scaled_diagonal(product: Node) -> Node | None:
    """Return the diagonal of diag(s) A, or of A diag(s), as diag(A) ⊙ s; None for another product."""
    first, *middle, last = product.operands
    if isinstance(first, n.Diag):
        return build.hadamard(first.operands[0], build.diag(build.product(*middle, last)))
    if isinstance(last, n.Diag):
        return build.hadamard(build.diag(build.product(first, *middle)), last.operands[0])
    return None


def _stacked_product(stacked: Node, shape: Shape) -> tuple[Node, Node, Node] | None:
    """Return B, V and Aᵀ of (A ⊗ B) vec V, which is vec(B V Aᵀ); None where the sizes do not tell A from B."""
    if not isinstance(stacked, n.Product) or len(stacked.operands) != 2:
        return None
    left, right = stacked.operands
    turned = isinstance(left, n.Transpose)
    factors = left.operands[0] if turned else left
    if not isinstance(factors, n.Kronecker) or not isinstance(right, n.Vec):
        return None
    a, b = map(build.transpose, factors.operands) if turned else factors.operands
    v = right.operands[0]
    fits = a.shape.is_matrix and b.shape.is_matrix and v.shape.is_matrix
    if not fits or (b.shape.columns, a.shape.columns) != (v.shape.rows, v.shape.columns):
        return None
    return (b, v, build.transpose(a)) if (b.shape.rows, a.shape.rows) == (shape.rows, shape.columns) else None


def _with_scaled_lines(node: Node) -> Node | None:
    """Return A ⊙ (1 1′) as A, A ⊙ (u 1′) as diag(u) A and A ⊙ (1 v′) as A diag(v); None for another product.

    A differential keeps its place: an inner product takes factors away from it.
    """
    if not node.shape.is_matrix or node.kinds & _DIFFERENTIAL:
        return None
    for other, factor in (node.operands, reversed(node.operands)):
        terms = terms_of(factor)
        if len(terms) != 1 or len(terms[0].word) < 2 or not other.shape.is_matrix:
            continue
        first, *middle, last = terms[0].word
        left, right = _is_ones(first) and first.shape.is_vector, _is_ones(last) and last.shape.is_row
        scalars = term_node(Term(terms[0].coefficient, terms[0].scalars, ()), build.ONE.shape)
        if left and right and not middle:
            return tidy(build.product(scalars, other))
        if right:
            return tidy(build.product(scalars, build.diag(word_node((first, *middle))), other))
        if left:
            return tidy(build.product(scalars, other, build.diag(build.transpose(word_node((*middle, last))))))
    return None


_DIFFERENTIAL = Node.mask_of(n.Differential)


def _vanishes_by_form(term: Term) -> bool:
    """Return whether a term is 0 by what stands side by side in it: x × x, or a bracket of what is centred and ones."""
    return _is_centred_away(term) or any(crosses_itself(*pair) for pair in pairwise(term.word))


def _is_centred_away(term: Term) -> bool:
    """Return whether a bracket in a word is 0 beside ones: (X − X 1 1′/N) 1."""
    for pair in pairwise(term.word):
        bracket, ones = pair if isinstance(pair[0], n.Add) else pair[::-1]
        if not isinstance(bracket, n.Add) or not bracket.shape.is_matrix or not _is_ones(ones):
            continue
        looked_into = len(bracket.operands) <= MOST_TERMS and not bracket.kinds & _DIFFERENTIAL
        if looked_into and build.is_zero(tidy(normal_form(build.product(*pair)))):
            return True
    return False


def _vanishes(node: Node) -> bool:
    """Return whether the values of a linear function at the terms of a sum cancel: the sum of the entries of x − x̄."""
    terms = node.operands[0].operands
    held = Counter(term.symbols for term in terms)  # a term cancels only with one in the same symbols
    if len(terms) > MOST_TERMS or min(held.values()) == 1:
        return False
    return build.is_zero(tidy(build.add(*(rebuild(node, (term,)) for term in terms))))


MOST_TERMS = 4
"""A sum of more terms is not looked into to see whether a linear function of it is 0."""
_WITH_KNOWN_ENTRIES = (n.Literal, n.UnitVector, n.Identity, n.Fill, n.Transpose)
_LINEAR = (
    n.Trace, n.EntrySum, n.Diag, n.Skew, n.Diagonal, n.Vec, n.Vech, n.Unvec, n.Hadamard, n.Kronecker, n.KhatriRao,
)  # fmt: skip
_CLOSED = (
    n.Apply, n.Softmax, n.LogSumExp, n.Norm1, n.Norm2, n.Determinant, n.LogDeterminant, n.Inverse, n.Adjugate,
    n.Partial, n.PartialEntry, n.Differential, n.Symbol, n.Identity, n.Commutation, n.Duplication, n.Elimination,
    n.SizeOf, n.Delta, n.ArrayOf,
    n.FunctionValue,
    n.StructuredPartial,
    n.MatrixExponential, n.ExponentialJacobian, n.MatrixRoot, n.MatrixLogarithm, n.Pseudoinverse, n.Cholesky,
    n.LargestEigenvalue, n.LeadingEigenvector, n.Eigenvalues, n.Eigenvectors, n.NuclearNorm, n.PolarFactor, n.Largest,
    n.LargestPlace, n.LargestOfRows, n.LargestPlaceOfRows, n.Arctan2, n.Triangle,
)  # fmt: skip
"""Nodes whose operands the author wrote; a derivation changes what stands around them, not what is in them."""


def _has_scalars(term: Term) -> bool:
    return bool(term.word) and (term.coefficient != 1 or bool(term.scalars))


def _scalars_outside(node: Node) -> Node:
    """Return a linear function of c·X as c times the function of X."""
    front: list[Node] = []
    operands = []
    for operand in node.operands:
        terms = terms_of(operand)
        if len(terms) == 1 and terms[0].word and (terms[0].coefficient != 1 or terms[0].scalars):
            front.append(term_node(Term(terms[0].coefficient, terms[0].scalars, ()), build.ONE.shape))
            operand = word_node(terms[0].word)
        operands.append(operand)
    return tidy(build.product(*front, rebuild(node, tuple(operands)))) if front else node


def _simplest_inverse(node: Node) -> Node:
    """Return the inverse of a product of invertible matrices factor by factor, and of an inverse as the matrix."""
    inside = node.operands[0]
    terms = terms_of(inside)
    if len(terms) == 1 and _has_scalars(terms[0]):  # (c X)⁻¹ = X⁻¹/c
        front = term_node(Term(terms[0].coefficient, terms[0].scalars, ()), build.ONE.shape)
        return tidy(build.divide(build.inverse(word_node(terms[0].word)), front))
    match inside:
        case n.Inverse():
            return inside.operands[0]
        case n.Diag():
            return build.diag(
                build.hadamard_divide(build.fill(build.ONE, inside.operands[0].shape), inside.operands[0])
            )
        case n.Transpose() if is_invertible(inside):
            return build.transpose(build.inverse(inside.operands[0]))
        case n.Product() if is_invertible(inside):
            return tidy(build.product(*(build.inverse(factor) for factor in reversed(inside.operands))))
        case n.Power() if is_symbolic_power(inside) and (found := power_of(*power_parts(node))) is not None:
            return found
        case n.Power() if is_invertible(inside) and isinstance(inside.operands[1], n.Number):
            return build.power(build.inverse(inside.operands[0]), inside.operands[1])
    return node


def _simplest_power(node: Node) -> Node:
    """Return a power with a symbolic whole exponent in its one form: X for X^(k + 1 − k), (X^k)^n as X^(k n)."""
    base, exponent = node.operands
    if base.shape.is_scalar:
        exponent = plain_exponent(exponent)
        return tidy(build.power(base, exponent)) if isinstance(exponent, n.Number) else build.power(base, exponent)
    if isinstance(base, n.Identity):
        return base
    found = power_of(*power_parts(node)) if not isinstance(base, n.Transpose) else None
    return node if found is None else found


def _simplest_sum(node: n.BoundedSum) -> Node:
    """Return a sum over an index with the constant factors of its body in front; of equal terms, their number of it."""
    body, *limits = node.operands
    index = build.running_index(node.index.name, *map(plain_exponent, limits))
    if index is not node.index:
        node = build.bounded_sum(index, substitute(body, {node.index: index}))
        body = node.operands[0]
    if build.is_zero(body):
        return body
    bounds = (index.lower, index.upper)
    if all(map(build.is_number, bounds)) and bounds[1].value < bounds[0].value:  # type: ignore[attr-defined]
        return build.zero(node.shape)
    if not body.depends_on(index):
        times = count(index)
        return node if times is None else tidy(build.product(times, body))
    terms = terms_of(body)
    if len(terms) != 1:
        return node
    (term,) = terms
    outside = tuple((base, e) for base, e in term.scalars if not base.depends_on(index))
    inside = tuple((base, e) for base, e in term.scalars if base.depends_on(index))
    before, word, after = _varying_middle(term.word, index)
    if term.coefficient == 1 and not (outside or before or after):
        return node
    summand = term_node(Term(Fraction(1), inside, word), build.product(*word).shape if word else build.ONE.shape)
    rest = build.bounded_sum(index, summand)
    front = term_node(Term(term.coefficient, outside, ()), build.ONE.shape)
    return tidy(build.product(front, build.product(*before, rest, *after)))


Word = tuple[Node, ...]


def _varying_middle(word: Word, index: n.RunningIndex) -> tuple[Word, Word, Word]:
    """Return the constant factors before, those from the first to the last that varies with the index, and the rest.

    In e_i′ X it is the row of X that varies, and in X e_i its column.
    """
    places = [place for place, factor in enumerate(word) if factor.depends_on(index)]
    if not places:
        return word, (), ()
    first, last = places[0], places[-1] + 1
    if is_turned_unit(word[last - 1]):
        last = min(last + 1, len(word))
    if isinstance(word[first], n.RunningUnit):
        first = max(first - 1, 0)
    return word[:first], word[first:last], word[last:]


def _simplest_transpose(node: Node) -> Node:
    """Return M for the transpose of a matrix that is symmetric by its form, such as (X′X)⁻¹; of a sum, its terms'."""
    inside = node.operands[0]
    if isinstance(inside, n.BoundedSum):
        return _simplest_sum(build.bounded_sum(inside.index, tidy(build.transpose(inside.operands[0]))))
    if isinstance(inside, n.Skew):
        return build.negate(inside)
    if isinstance(inside, n.Hadamard) and all(operand.shape.is_matrix for operand in inside.operands):
        turned = build.hadamard(*(tidy(build.transpose(operand)) for operand in inside.operands))
        if _transposes(turned) < _transposes(node):
            return tidy(turned)
    return inside if is_own_transpose(inside) else node


def _transposes(node: Node) -> int:
    return sum(isinstance(part, n.Transpose) for part in (node, *node.operands, *node.operands[0].operands))


def _simplest_hadamard(node: Node) -> Node:
    a, b = node.operands
    for this, other in ((a, b), (b, a)):
        if build.is_zero(this):
            return build.zero(node.shape)
        if (places := _places_of_unit(this)) is not None and not other.shape.is_scalar:
            return tidy(build.product(entry_at(other, *places), this))
        if isinstance(this, n.Fill):
            return tidy(build.product(this.operands[0], other))
        if isinstance(this, n.HadamardDivide) and (this.operands[0] is build.ONE or _is_ones(this.operands[0])):
            return _simplest(build.hadamard_divide(other, this.operands[1]))
        if isinstance(this, n.HadamardPower) and other.shape.axes and _is_negative(this.operands[1]):  # y ∘ x^(−1)
            below = tidy(build.hadamard_power(this.operands[0], tidy(build.negate(this.operands[1]))))
            return _simplest(build.hadamard_divide(other, below))
    if isinstance(b, n.Identity):  # M ∘ I, the diagonal of M, keeps its order
        return node
    if isinstance(b, n.Hadamard) and rank(a) <= rank(b):  # u ∘ (v ∘ w) needs no bracket
        return _simplest_hadamard(build.hadamard(_simplest_hadamard(build.hadamard(a, b.operands[0])), b.operands[1]))
    return build.hadamard(b, a) if rank(a) > rank(b) else node


def _is_negative(exponent: Node) -> bool:
    return isinstance(exponent, n.Number) and exponent.value < 0


def _places_of_unit(array: Node) -> tuple[n.Position, ...] | None:
    """Return where the only 1 stands in an array of zeros that is made of unit vectors, None for any other array."""
    match array:
        case n.UnitVector():
            return (array.position,)
        case n.Transpose(operands=(n.UnitVector() as row,)):
            return (row.position,)
        case n.Product(operands=(n.UnitVector() as column, n.Transpose(operands=(n.UnitVector() as row,)))):
            return column.position, row.position
    return None


def _is_outer(word: Node) -> bool:
    return len(word.operands) == 2 and word.operands[0].shape.is_vector and word.operands[1].shape.is_row


def _outer_sides(product: Node) -> tuple[Node, Node] | None:
    """Return A u and v′B of a product A u v′ B; None where no vector stands before a row."""
    factors = product.operands
    for place, (left, right) in enumerate(pairwise(factors), 1):
        if left.shape.is_vector and right.shape.is_row and not any(factor.shape.is_scalar for factor in factors):
            return build.product(*factors[:place]), build.product(*factors[place:])
    return None


def _around_unit(word: Node) -> tuple[Node, Node] | None:
    """Return the column and the row of which a product with a unit vector is the outer product."""
    if not any(isinstance(part, n.UnitVector) for factor in word.operands for part in (factor, *factor.operands)):
        return None
    for place, factor in enumerate(word.operands[1:], 1):
        if factor.shape.is_row and word.operands[place - 1].shape.is_vector:
            column, row = build.product(*word.operands[:place]), build.product(*word.operands[place:])
            return (column, row) if column.shape.is_vector and row.shape.is_row else None
    return None


def _is_ones(node: Node) -> bool:
    return isinstance(node, n.Fill) and node.operands[0] is build.ONE


def joined_terms(terms: list[Term], shape: Shape) -> list[Term]:
    """Return the terms with like ones added up, in order of first appearance; zeros vanish."""
    if len(terms) < 2:
        return [term for term in terms if term.coefficient]
    found: dict[Node, tuple[Term, Fraction]] = {}
    for term in terms:
        unit = normal_form(term_node(Term(Fraction(1), term.scalars, term.word), shape))
        parts = terms_of(unit)
        scale = parts[0].coefficient if len(parts) == 1 else Fraction(1)
        key = node_of([Term(t.coefficient / scale, t.scalars, t.word) for t in parts], shape)
        first, first_scale = found.get(key, (Term(Fraction(0), term.scalars, term.word), scale))
        total = first.coefficient + term.coefficient * scale / first_scale
        found[key] = (Term(total, first.scalars, first.word), first_scale)
    return [term for term, _ in found.values() if term.coefficient]
