"""Sums of terms: a rational coefficient, powers of scalars, and an ordered word of matrix factors.

`terms_of` reads an expression as such a sum without multiplying brackets out; `node_of` writes it back in the order
in which textbooks write it: the number, the scalars, the matrices. Shared by `tidy` and the normal form.

A word is a composition of maps, so it may be regrouped at will: row · vector is a scalar wherever it stands. Two
products of the language are not compositions, since they take an array with a side of 1 for one without that side: a
vector times a matrix of one row, and a matrix of one column times a row. In a word a *bridge* stands between these two
factors, the row [1] or the vector [1]; it is left out again where the product is written (`word_node`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import gcd

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import entry_at
from jacobook.algebra.matrix_powers import joined_powers
from jacobook.algebra.nodes import Node
from jacobook.algebra.operations import METER, remembered
from jacobook.algebra.predicates import decimal
from jacobook.algebra.shapes import Shape, ShapeError, product_shape, row, vector

Scalars = tuple[tuple[Node, Fraction], ...]
FRACTION_ONE: Fraction = build.ONE.value
"""The 1 of most coefficients and exponents: where both are this object, no fractions are multiplied or compared."""


@dataclass(frozen=True, slots=True)
class Term:
    """coefficient × Π base^exponent × word; the word is empty for a scalar."""

    coefficient: Fraction
    scalars: Scalars
    word: tuple[Node, ...]

    def times(self, other: Term) -> Term:
        """Return the product of two terms in this order."""
        coefficient = times_fraction(self.coefficient, other.coefficient)
        return Term(coefficient, merge_scalars(self.scalars + other.scalars), self.word + other.word)

    def power(self, exponent: Fraction) -> Term | None:
        """Return this scalar term to a rational power, None where the power would need a case distinction."""
        if self.word:
            return None
        if exponent.denominator != 1 and (self.coefficient != 1 or len(self.scalars) > 1):
            return None
        if exponent.denominator != 1 and any(e != 1 for _, e in self.scalars):
            return None
        if self.coefficient == 0 and exponent <= 0:
            return None
        coefficient = self.coefficient if exponent.denominator != 1 else self.coefficient ** int(exponent)
        return Term(coefficient, tuple((base, e * exponent) for base, e in self.scalars), ())

    @property
    def negated(self) -> Term:
        """Return the term with the other sign."""
        return Term(-self.coefficient, self.scalars, self.word)

    @property
    def transposed(self) -> Term:
        """Return the term of the transpose."""
        signs = [isinstance(factor, n.Skew) for factor in reversed(self.word)]
        if not any(signs):
            return Term(self.coefficient, self.scalars, transpose_word(self.word))
        # [x]ₓ′ = −[x]ₓ
        turned = zip(signs, reversed(self.word), strict=True)
        word = tuple(factor if is_skew else transpose_factor(factor) for is_skew, factor in turned)
        return Term(self.coefficient * (-1) ** sum(signs), self.scalars, word)

    @property
    def transposes(self) -> int:
        """Return how many of its factors are transposes."""
        return sum(isinstance(factor, n.Transpose) for factor in self.word)


def times_fraction(left: Fraction, right: Fraction) -> Fraction:
    """Return the product of two fractions."""
    if left is FRACTION_ONE:
        return right
    return left if right is FRACTION_ONE else left * right


UNIT = Term(FRACTION_ONE, (), ())
ROW_BRIDGE, COLUMN_BRIDGE = (build.fill(build.ONE, shape) for shape in (row(1), vector(1)))


def bridge(left: Shape, right: Shape) -> tuple[Node, ...]:
    """Return what stands between two factors so that their product is a composition of maps: mostly nothing."""
    if left.is_vector and right.is_matrix:
        return (ROW_BRIDGE,)
    return (COLUMN_BRIDGE,) if left.is_matrix and right.is_row else ()


def bridges(shapes: Iterable[Shape]) -> list[Term]:
    """Return what stands before each factor of a product of these shapes, as factors of their own."""
    found: list[Term] = []
    before = build.ONE.shape
    for shape in shapes:
        if before.is_scalar or shape.is_scalar:
            found.append(UNIT)
            before = shape if before.is_scalar else before
            continue
        between = bridge(before, shape)
        found.append(Term(FRACTION_ONE, (), between) if between else UNIT)
        before = product_shape(before, shape)
    return found


def word_node(word: tuple[Node, ...]) -> Node:
    """Return the product of a word as it is written, without the bridges that its type does not need."""
    if len(word) == 1:
        return word[0]
    written = [word[0]]
    shape = word[0].shape
    for place, factor in enumerate(word[1:], 1):
        after = word[place + 1].shape if place + 1 < len(word) else None
        if after is not None and factor in (ROW_BRIDGE, COLUMN_BRIDGE) and bridge(shape, after) == (factor,):
            continue
        written.append(factor)
        shape = product_shape(shape, factor.shape)
    return build.product(*written)


def word_of(factors: Iterable[Node]) -> tuple[Node, ...]:
    """Return the factors of a product, none of them a scalar, as a word."""
    word: list[Node] = []
    shape: Shape | None = None
    for factor in factors:
        if shape is not None:
            word += bridge(shape, factor.shape)
        word.append(factor)
        shape = factor.shape if shape is None else product_shape(shape, factor.shape)
    return tuple(word)


def product_of_terms(factors: Sequence[Term]) -> Term:
    """Return the product of terms in this order; their scalars are merged once."""
    factors = [factor for factor in factors if factor is not UNIT]
    if len(factors) == 1:
        return factors[0]
    coefficient = FRACTION_ONE
    scalars: list[tuple[Node, Fraction]] = []
    word: list[Node] = []
    for factor in factors:
        if factor.coefficient is not FRACTION_ONE:
            coefficient = times_fraction(coefficient, factor.coefficient)
        scalars += factor.scalars
        word += factor.word
    return Term(coefficient, merge_scalars(scalars), tuple(word))


def merge_scalars(scalars: Iterable[tuple[Node, Fraction]]) -> Scalars:
    """Return the powers with equal bases joined, in order of first appearance."""
    merged: dict[Node, Fraction] = {}
    for base, exponent in scalars:
        METER.left -= 1
        known = merged.get(base)
        merged[base] = exponent if known is None else known + exponent
    METER.spend(0)
    return tuple([(base, exponent) for base, exponent in merged.items() if exponent is FRACTION_ONE or exponent])


def transpose_factor(factor: Node) -> Node:
    """Return the transpose of one factor of a word, moved inside where that is the usual way to write it."""
    match factor:
        case n.Diag():
            return factor
        case n.Kronecker():
            return build.kronecker(*(transpose_factor(x) for x in factor.operands))
        case n.Product():
            return _transposed_product(factor)
        case n.Negate():
            return build.negate(transpose_factor(factor.operands[0]))
        case n.Add() if (turned := _turned_sum(factor)) is not None:
            return turned
        case n.BoundedSum():
            return build.bounded_sum(factor.index, transpose_factor(factor.operands[0]))
    return build.transpose(factor)


def _turned_sum(node: Node) -> Node | None:
    """Return (y′ − c s′)′ as y − c s, None where turning term by term takes more transposes than it saves."""
    terms = terms_of(node)
    turned = transpose_terms(terms)
    before, after = (sum(term.transposes for term in some) for some in (terms, turned))
    return node_of(turned, node.shape.transposed) if after < before else None


def _transposed_product(product: Node) -> Node:
    """Return the factors transposed in reverse order, scalar runs in front; (…)′ where the types do not allow that."""
    scalars = [x for x in product.operands if x.shape.is_scalar]
    try:
        runs, rest = contract(word_of(x for x in product.operands if not x.shape.is_scalar))
        turned = build.product(*scalars, *map(word_node, runs), *product_factors(transpose_word(rest)))
    except ShapeError:
        return build.transpose(product)
    return turned if turned.shape == product.shape.transposed else build.transpose(product)


def product_factors(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the factors of the word as it is written."""
    if not word:
        return ()
    written = word_node(word)
    return written.operands if len(word) > 1 and isinstance(written, n.Product) else (written,)


def transpose_terms(terms: list[Term]) -> list[Term]:
    """Return the terms of the transposed sum."""
    return [term.transposed for term in terms]


def transpose_word(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the word of the transpose: the factors transposed, in reverse order."""
    return tuple(transpose_factor(factor) for factor in reversed(word))


def contract(word: tuple[Node, ...]) -> tuple[list[tuple[Node, ...]], tuple[Node, ...]]:
    """Return the runs row … vector inside a word, which are scalars, and the word that remains."""
    runs: list[tuple[Node, ...]] = []
    rest: list[Node] = []
    for factor in word:
        rest.append(factor)
        if factor.shape.is_vector:
            start = next((k for k in range(len(rest) - 1, -1, -1) if rest[k].shape.is_row), None)
            if start is not None:
                runs.append(tuple(rest[start:]))
                del rest[start:]
    return runs, tuple(rest)


def reduce_word(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the word without identities, without neighbours that undo each other (A A⁻¹), powers X^k X^n joined.

    The word holds no complete run row … vector beside other factors, so what meets an identity keeps its type without.
    """
    if len(word) < 2:
        return word
    rest: list[Node] = []
    for factor in word:
        while rest and (joined := joined_powers(rest[-1], factor)) is not None:
            rest.pop()
            factor = joined
        if rest and isinstance(rest[-1], n.Elimination) and isinstance(factor, n.Duplication):  # L D = I
            factor = build.identity(rest.pop().shape.rows)
        if rest and (scaled := scaled_ones(rest[-1], factor)) is not None:
            rest.pop()
            factor = scaled
        if isinstance(factor, n.Identity):
            if not rest:
                rest.append(factor)
            continue
        if rest and _undo(rest[-1], factor):
            removed = rest.pop()
            if not rest:
                rest.append(build.identity(removed.shape.rows))
            continue
        if rest and isinstance(rest[-1], n.Identity):
            rest.pop()
        rest.append(factor)
        if undone := _undone_at_end(rest):
            eye = build.identity(rest[-undone].shape.rows)
            del rest[-undone:]
            rest += [] if rest else [eye]
    return tuple(rest) or word[:1]


def _undone_at_end(word: list[Node]) -> int:
    """Return how many factors at the end of a word are the inverse of a product and that product, 0 if none are.

    (A B)⁻¹ A B and A B (A B)⁻¹ are I, though neither factor needs an inverse of its own.
    """
    last = _inverted_factors(word[-1])
    if last and tuple(word[-len(last) - 1 : -1]) == last:
        return len(last) + 1
    for place in range(len(word) - 3, -1, -1):
        inverted = _inverted_factors(word[place])
        if inverted:
            return len(inverted) + 1 if tuple(word[place + 1 :]) == inverted else 0
    return 0


def _inverted_factors(factor: Node) -> tuple[Node, ...]:
    """Return the factors of the product of matrices of which this is the inverse, empty for anything else."""
    if not factor.kinds & _INVERSE:
        return ()
    if isinstance(factor, n.Transpose):
        return transpose_word(_inverted_factors(factor.operands[0]))
    product = factor.operands[0] if isinstance(factor, n.Inverse) else None
    if not isinstance(product, n.Product) or not all(one.shape.is_matrix for one in product.operands):
        return ()
    return product.operands


def scaled_ones(left: Node, right: Node) -> Node | None:
    """Return u for diag(u) 1, and u′ for 1′ diag(u); None for other neighbours."""
    if isinstance(left, n.Diag) and right.shape.is_vector and _is_ones(right):
        return left.operands[0]
    if isinstance(right, n.Diag) and left.shape.is_row:
        turned = left.operands[0] if isinstance(left, n.Transpose) else left
        return build.transpose(right.operands[0]) if _is_ones(turned) else None
    return None


def _is_ones(node: Node) -> bool:
    return isinstance(node, n.Fill) and node.operands[0] is build.ONE


def _undo(left: Node, right: Node) -> bool:
    if not ((left.kinds | right.kinds) & _INVERSE and left.shape.is_square and right.shape.is_square):
        return False
    left_t, right_t = isinstance(left, n.Transpose), isinstance(right, n.Transpose)
    if left_t and right_t:
        return _undo(right.operands[0], left.operands[0])
    for a, b in ((left, right), (right, left)):
        if isinstance(a, n.Inverse) and a.operands[0] is b:
            return True
        inside = a.operands[0] if isinstance(a, n.Transpose) else None
        if isinstance(inside, n.Inverse) and inside.operands[0] is build.transpose(b):
            return True
    return False


_INVERSE = Node.mask_of(n.Inverse)


def _itself(node: Node) -> Node:
    return node


def terms_of(node: Node, atom: Callable[[Node], Node] = _itself) -> list[Term]:
    """Return the expression as a list of terms; brackets stay closed. `atom` is applied to everything opaque."""
    match node:
        case n.Number():
            return [Term(node.value, (), ())] if node.value else []
        case n.Fill() if build.is_zero(node):
            return []
        case n.Add():
            return [term for operand in node.operands for term in terms_of(operand, atom)]
        case n.Negate():
            return _scale(terms_of(node.operands[0], atom), Term(Fraction(-1), (), ()))
        case n.Product():
            return _product_terms(node, atom)
        case n.Divide():
            divisor = terms_of(node.operands[1], atom)
            inverse = divisor[0].power(Fraction(-1)) if len(divisor) == 1 else None
            if inverse is None:
                inverse = Term(Fraction(1), ((node_of(divisor, node.operands[1].shape), Fraction(-1)),), ())
            return _scale(_closed_terms(node.operands[0], atom), inverse)
        case n.Power() if node.shape.is_scalar and isinstance(node.operands[1], n.Number):
            exponent = node.operands[1].value
            base = terms_of(node.operands[0], atom)
            raised = base[0].power(exponent) if len(base) == 1 else None
            if raised is None:
                raised = Term(Fraction(1), ((node_of(base, node.operands[0].shape), exponent),), ())
            return [raised]
        case n.Transpose() if isinstance(node.operands[0], n.Add):
            return _transposed_sum(node, atom)
        case n.Transpose():
            inner = terms_of(node.operands[0], atom)
            if len(inner) == 1 and inner[0].word == (node.operands[0],):
                changed = atom(node)
                return terms_of(changed) if isinstance(changed, n.Negate) else [_opaque(changed)]
            return transpose_terms(inner)
    changed = atom(node)
    return [_opaque(node)] if changed is node else terms_of(changed)


def _transposed_sum(node: Node, atom: Callable[[Node], Node]) -> list[Term]:
    """Return (x − y)′ as one closed factor, unless the sum tidies to a single term."""
    inside = atom(node.operands[0])
    if not isinstance(inside, n.Add):
        return terms_of(build.transpose(inside))
    turned = _turned_sum(inside)
    return terms_of(turned) if turned is not None else [_opaque(atom(build.transpose(inside)))]


def _opaque(node: Node) -> Term:
    if isinstance(node, n.Number):
        return Term(node.value, (), ())
    if node.shape.is_scalar:
        return Term(FRACTION_ONE, ((node, FRACTION_ONE),), ())
    return Term(FRACTION_ONE, (), (node,))


def _scale(terms: list[Term], by: Term) -> list[Term]:
    scaled = [(times_fraction(t.coefficient, by.coefficient), t) for t in terms]
    if not by.scalars:
        return [Term(coefficient, t.scalars, t.word) for coefficient, t in scaled]
    return [Term(coefficient, merge_scalars(by.scalars + t.scalars), t.word) for coefficient, t in scaled]


@remembered(20_000)
def _closed_terms(node: Node, atom: Callable[[Node], Node]) -> list[Term]:
    """Return a factor as one term, a sum being closed in its bracket (its number in front: −½ν − ½d is −½(ν + d))."""
    if isinstance(node, n.Negate):
        return _scale(_closed_terms(node.operands[0], atom), Term(Fraction(-1), (), ()))
    closed = atom(node) if isinstance(node, n.Add) else node
    if not isinstance(closed, n.Add):
        return terms_of(closed, atom)
    parts = terms_of(closed)
    content = common_number([part.coefficient for part in parts])
    if content == 1:
        return [_opaque(closed)]
    inside = node_of([Term(t.coefficient / content, t.scalars, t.word) for t in parts], closed.shape)
    return _scale([_opaque(inside)], Term(content, (), ()))


def common_number(coefficients: list[Fraction]) -> Fraction:
    """Return the number that stands before a bracket: with one denominator the common factor, negative if all are."""
    denominators = {c.denominator for c in coefficients}
    top = gcd(*(c.numerator for c in coefficients))
    number = Fraction(top, denominators.pop()) if len(denominators) == 1 else Fraction(1)
    return -number if all(c < 0 for c in coefficients) else number


def _product_terms(node: Node, atom: Callable[[Node], Node]) -> list[Term]:
    factors: list[Term] = []
    before = bridges([factor.shape for factor in node.operands])
    for factor in node.operands:
        terms = _closed_terms(factor, atom)
        if not terms:
            return []
        single = terms[0] if len(terms) == 1 else _opaque(node_of(terms, factor.shape))
        factors += [before[len(factors) // 2], single]
    result = contracted(product_of_terms(factors))
    if not result.coefficient:
        return []
    if node.shape.is_scalar and result.word:  # a row times a matrix of one column is no scalar run
        return [_opaque(node)]
    return [result]


def contracted(term: Term) -> Term:
    """Return the term with the scalar runs of its word among its scalars, and its word reduced."""
    runs, rest = contract(term.word)
    found = [run_node(run) for run in runs]
    coefficient = term.coefficient
    for node in found:
        if isinstance(node, n.Number):
            coefficient = times_fraction(coefficient, node.value)
    scalars = tuple([(node, FRACTION_ONE) for node in found if not isinstance(node, n.Number)])
    return Term(coefficient, merge_scalars(term.scalars + scalars), reduce_word(rest))


def run_node(run: tuple[Node, ...]) -> Node:
    """Return a run row … vector as a scalar expression; with a vector of ones it is a sum of entries."""
    word = reduce_word(run)
    if _is_triple_product_of_two(word):
        return build.ZERO
    if not any(isinstance(factor, n.Differential) for factor in word) and (picked := picked_entry(word)) is not None:
        return picked
    if len(word) == 2:
        for ones, other in ((word[0], word[1]), (word[1], word[0])):
            if isinstance(ones, n.Fill) and ones.operands[0] is build.ONE:
                if other is build.transpose(ones):  # 1′1 = N
                    return build.size_of(other.shape.length)
                return build.entry_sum(other if other.shape.is_vector else build.transpose(other))
    return word_node(word)


def crosses_itself(first: Node, second: Node) -> bool:
    """Return whether two factors side by side are a vector times itself, [x]ₓ x or x′[x]ₓ, which is 0."""
    if isinstance(first, n.Skew):
        return first.operands[0] is second
    return isinstance(second, n.Skew) and first is build.transpose(second.operands[0])


def _is_triple_product_of_two(word: tuple[Node, ...]) -> bool:
    """Return whether a run is a triple product in which a vector stands twice: x′[y]ₓ x, or x′[x]ₓ y."""
    if any(crosses_itself(*pair) for pair in pairwise(word)):
        return True
    return len(word) == 3 and isinstance(word[1], n.Skew) and word[0] is build.transpose(word[2])


def picked_entry(word: tuple[Node, ...]) -> Node | None:
    """Return e_i′ v as the entry v_i, and e_i′ A e_j as A_ij; None for a run without such unit vectors."""
    first = word[0].operands[0] if isinstance(word[0], n.Transpose) else None
    at_left, at_right = isinstance(first, n.UnitVector), isinstance(word[-1], n.UnitVector)
    if at_left and len(word) == 2:
        return entry_at(word[1], first.position)  # type: ignore[union-attr]
    if at_right and len(word) == 2:
        return entry_at(word[0], word[1].position)  # type: ignore[attr-defined]
    if at_left and at_right:
        return entry_at(word_node(word[1:-1]), first.position, word[-1].position)  # type: ignore[union-attr,attr-defined]
    if at_left:
        return build.entry(word_node(word[1:]), first.position)  # type: ignore[union-attr]
    return build.entry(word_node(word[:-1]), word[-1].position) if at_right else None  # type: ignore[attr-defined]


def _scalar(base: Node, exponent: Fraction) -> Node:
    return base if exponent is FRACTION_ONE or exponent == 1 else build.power(base, build.number(exponent))


def _is_exponential(node: Node) -> bool:
    return isinstance(node, n.Apply) and node.function == "exp"


def _with_number(coefficient: Fraction, sign: int, factors: list[Node]) -> Node:
    if factors and (coefficient is FRACTION_ONE or coefficient == 1):
        product = build.product(*factors)
        return build.negate(product) if sign < 0 else product
    return build.product(build.number(sign * coefficient), *factors)


QUARTER_OF_PI = build.apply("arctan", build.ONE)


def _fours_of_pi(scalars: Scalars) -> int:
    """Return the factor that makes 4 arctan(1) = π of what stands below: 2/π has the coefficient ½ beside arctan(1)."""
    exponent = next((e for base, e in scalars if base is QUARTER_OF_PI), FRACTION_ONE)
    return 4 ** int(-exponent) if exponent < 0 and exponent.denominator == 1 else 1


def term_node(term: Term, shape: Shape) -> Node:
    """Return the term as an expression of this shape: number, scalars, matrices; negative powers below a bar."""
    coefficient = term.coefficient
    sign = 1
    if coefficient is not FRACTION_ONE and coefficient.numerator < 0:
        sign, coefficient = -1, -coefficient
    above: list[Node] = []
    below: list[Node] = []
    for base, exponent in term.scalars:
        if exponent is FRACTION_ONE:
            above.append(base)
        elif exponent.numerator > 0:
            above.append(_scalar(base, exponent))
        elif exponent:  # x^0 is 1
            below.append(_scalar(base, -exponent))
    if below and decimal(coefficient) is None:
        fours = _fours_of_pi(term.scalars)
        coefficient = coefficient * fours
        if (bottom := coefficient.denominator * fours) != 1:
            below.insert(0, build.number(bottom))
        coefficient = Fraction(coefficient.numerator)
    behind: list[Node] = list(product_factors(term.word))
    if below and above:  # number and scalars on the bar, matrices behind it; an exp behind it too, if it is not alone
        if not term.word and len(above) > 1 and not any(isinstance(factor, n.Differential) for factor in above):
            behind = [factor for factor in above if _is_exponential(factor)]
            above = [factor for factor in above if not _is_exponential(factor)]
            if not above:
                above, behind = behind, []
        front = build.divide(_with_number(coefficient, sign, above), build.product(*below))
        return build.product(front, *behind)
    node = _with_number(coefficient, 1 if below else sign, [*above, *behind])
    if below:
        node = build.divide(node, build.product(*below))
    sign = sign if below else 1
    if node.shape != shape:
        raise ShapeError(f"a term of {node.shape.describe()} in a sum of {shape.describe()}")
    return build.negate(node) if sign < 0 else node


def node_of(terms: list[Term], shape: Shape) -> Node:
    """Return the sum of the terms as an expression of this shape (its zero for no terms)."""
    if not terms:
        return build.zero(shape)
    if len(terms) > 1 and shape.is_scalar:
        parts = [over_number(term) for term in terms]
        fractions = [part for part, term in zip(parts, terms, strict=True) if term.scalars and _is_part(term)]
        if fractions and None not in fractions:
            return build.add(*[part or term_node(term, shape) for part, term in zip(parts, terms, strict=True)])
    return build.add(*[term_node(term, shape) for term in terms])


def _is_part(term: Term) -> bool:
    return term.coefficient.denominator != 1


def over_number(term: Term) -> Node | None:
    """Return k/2 for ½ k, as it is written in sums and exponents; None for anything but a part of a variable."""
    if term.word or abs(term.coefficient.numerator) != 1 or term.coefficient.denominator == 1:
        return None
    if len(term.scalars) != 1 or decimal(term.coefficient) is not None:
        return None
    ((base, exponent),) = term.scalars
    if exponent != 1 or not isinstance(base, n.Symbol | n.SizeOf):
        return None
    part = build.divide(base, build.number(term.coefficient.denominator))
    return build.negate(part) if term.coefficient < 0 else part
