"""The rule table: every rule that a derivation may cite, one row each.

A row is one of few kinds: a differential rule says what d(node) is in terms of the d of its operands (linear, one term
for each factor, or by a formula); an equality has two sides on generic symbols; a free-entries rule is an equality about
a matrix of which only some entries are free; a step says how a derivation goes on and has no formula of its own.
`reason` is the phrase printed beside a line that uses the rule.
Sources: MN = Magnus and Neudecker, Matrix Differential Calculus (3rd ed.); MML = Mathematics for Machine Learning;
MC = The Matrix Cookbook (2012); BV = Boyd and Vandenberghe, Convex Optimization; Higham = Functions of Matrices (2008).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import unspecified
from jacobook.algebra.declared_properties import ROWS
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.exponents import is_nonnegative, is_nonpositive, is_symbolic, plain_exponent, times
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.shapes import Dimension, Shape, matrix, vector
from jacobook.algebra.symmetry import is_symmetric, symmetric_part
from jacobook.algebra.terms import UNIT, Term, term_node, terms_of
from jacobook.algebra.traverse import fresh_index_name, names_within, rebuild, walk
from jacobook.calculus.rules.derivatives import derivative_at
from jacobook.calculus.rules.restricted import FREE_ENTRIES, GRADIENT, Restricted
from jacobook.calculus.unspecified_partials import total_differential

d = b.differential


Varies = Callable[[Node], bool]
"""Whether an operand depends on the variable of differentiation."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table; see the kinds below."""

    slug: str
    name: str
    reason: str
    """A phrase; `{0}` is replaced by the expression that the rule was used on."""
    about: str = field(default="", kw_only=True)
    """What `{0}` is in general, in words, of a rule without a statement whose symbols say it."""
    domain: str = field(default="", kw_only=True)
    sources: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def statement(self) -> tuple[Node, Node] | None:
        """Return both sides of the rule on generic symbols, None for a rule that only words can state."""
        return None


@dataclass(frozen=True, slots=True)
class StepRule(Rule):
    """How a derivation goes on."""


@dataclass(frozen=True, slots=True)
class EqualityRule(Rule):
    """Two expressions on generic symbols that have the same value."""

    left: Node
    right: Node

    @property
    def statement(self) -> tuple[Node, Node]:
        return self.left, self.right


@dataclass(frozen=True, slots=True)
class FreeEntriesRule(EqualityRule):
    """For a variable that keeps a property: `restricted` is applied to the derivative for independent entries and to it."""

    restricted: Restricted


@dataclass(frozen=True, slots=True)
class DifferentialRule(Rule):
    """What d of a node is, one layer in; the rule is about the nodes of the class of its pattern."""

    pattern: Node
    """The expression under d on generic symbols."""
    when: Callable[[Node], bool] = field(default=lambda node: True, kw_only=True)
    """Narrows the class of the pattern (scalar powers and matrix powers are one class, two rules)."""
    routine: ClassVar[bool] = False
    """Bookkeeping that shares a line with the rule that follows it."""

    @property
    def statement(self) -> tuple[Node, Node]:
        return d(self.pattern), self.differential_of(self.pattern)

    def differential_of(self, node: Node, varies: Varies = lambda operand: True) -> Node:
        """Return d(node), one layer in; a product has one term for each factor that varies."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class LinearRule(DifferentialRule):
    """A function that is linear in its operands taken together: d moves inside."""

    routine: ClassVar[bool] = True

    def differential_of(self, node: Node, varies: Varies = lambda operand: True) -> Node:
        if isinstance(node, n.BoundedSum):
            body, *bounds = node.operands
            return rebuild(node, (d(body), *bounds))
        return rebuild(node, tuple(map(d, node.operands)))


@dataclass(frozen=True, slots=True)
class ProductRule(DifferentialRule):
    """A function that is linear in every operand by itself: d replaces one operand in each term.

    Of numbers alone the one that changes comes last: log(b) da, since da log(b) could be read as d(a log(b)).
    """

    def differential_of(self, node: Node, varies: Varies = lambda operand: True) -> Node:
        factors = node.operands
        if isinstance(node, n.Product) and all(factor.shape.is_scalar for factor in factors):
            places = [place for place, factor in enumerate(factors) if varies(factor)]
            return b.add(*(b.product(*factors[:i], *factors[i + 1 :], d(factors[i])) for i in places))
        return _each(node.operands, lambda *operands: rebuild(node, operands), varies)


@dataclass(frozen=True, slots=True)
class FormulaRule(DifferentialRule):
    """Any other function: `formula` takes the operands to the differential."""

    formula: Callable[..., Node]

    def differential_of(self, node: Node, varies: Varies = lambda operand: True) -> Node:
        return self.formula(*node.operands)


@dataclass(frozen=True, slots=True)
class TotalDifferentialRule(DifferentialRule):
    """A function that is not specified: its partial derivatives times the changes of its arguments."""

    def differential_of(self, node: Node, varies: Varies = lambda operand: True) -> Node:
        return total_differential(node, varies)


def _each(operands: tuple[Node, ...], join: Callable[..., Node], varies: Varies = lambda operand: True) -> Node:
    """Return the sum of the terms in which one of the operands that vary is replaced by its differential."""
    return b.add(*(join(*operands[:i], d(f), *operands[i + 1 :]) for i, f in enumerate(operands) if varies(f)))


# Generic symbols for the statements.
s, t = n.symbol("s"), n.symbol("t")
sp, cp = (n.symbol(name, properties=frozenset({"positive"})) for name in ("s", "c"))
x, y = n.symbol("x", vector("N")), n.symbol("y", vector("N"))
p3, q3 = n.symbol("p", vector(3)), n.symbol("q", vector(3))
A, B = n.symbol("A", matrix("M", "N")), n.symbol("B", matrix("N", "P"))
C = n.symbol("C", matrix("M", "N"))
X = n.symbol("X", matrix("N", "N"))
Xi = n.symbol("X", matrix("N", "N"), frozenset({"invertible"}))
Yi = n.symbol("Y", matrix("P", "P"), frozenset({"invertible"}))
k = n.symbol("k")
X2, X3 = n.symbol("X", matrix(2, 2)), n.symbol("X", matrix(3, 3))
ONE, TWO = Dimension(1), Dimension(2)
p = unspecified("p", (x.shape, y.shape), s.shape)
whole = n.symbol("k", properties=frozenset({"whole"}))
ONES = b.fill(b.ONE, vector("N"))
B2, C2, D3 = n.symbol("B", matrix("M", "P")), n.symbol("C", matrix("K", "N")), n.symbol("D", matrix("K", "P"))
u, z = n.symbol("u", vector("N")), n.symbol("z", vector("P"))
stack = n.symbol("w", vector(Dimension.of("N") + Dimension.of("P")))


MOST_FACTORS = 8
"""The differential of a higher matrix power is written as a sum over an index."""


def _power(base: Node, exponent: Node) -> Node:
    if isinstance(exponent, n.Number):
        return exponent * (base if exponent.value == 2 else b.power(base, b.number(exponent.value - 1))) * d(base)
    if is_symbolic(exponent):  # constant, and the logarithm of the base is not needed
        return exponent * b.power(base, plain_exponent(exponent - b.ONE)) * d(base)
    lowered = b.power(base, exponent - b.ONE)
    return exponent * lowered * d(base) + b.apply("log", base) * b.power(base, exponent) * d(exponent)


def _entry_power(base: Node, exponent: Node) -> Node:
    shape = base.shape if not base.shape.is_scalar else exponent.shape
    if isinstance(exponent, n.Number):
        lower = base if exponent.value == 2 else b.hadamard_power(base, b.number(exponent.value - 1))
        return exponent * b.hadamard(lower, d(base))
    one = b.fill(b.ONE, exponent.shape)
    lowered = b.hadamard(exponent, b.hadamard_power(base, exponent - one))
    logarithm = b.hadamard(b.apply("log", base), b.hadamard_power(base, exponent))
    wide = [f if not f.shape.is_scalar else b.fill(f, shape) for f in (d(base), d(exponent))]
    return b.hadamard(lowered, wide[0]) + b.hadamard(logarithm, wide[1])


def _matrix_power(base: Node, exponent: Node) -> Node:
    assert isinstance(exponent, n.Number)
    whole = int(exponent.value)
    if whole < 0:
        inverted = b.power(b.inverse(base), b.number(-whole))
        return -(inverted * d(b.power(base, b.number(-whole))) * inverted)
    if whole > MOST_FACTORS:
        return _symbolic_matrix_power(base, exponent)
    return _each((base,) * whole, b.product) if whole else b.zero(base.shape)


def _symbolic_matrix_power(base: Node, exponent: Node) -> Node:
    taken = {symbol.name for operand in (base, exponent) for symbol in names_within(operand)}
    last = plain_exponent(exponent - b.ONE)
    r = b.running_index(fresh_index_name(taken), b.ZERO, last)
    return b.bounded_sum(r, b.power(base, r) * d(base) * b.power(base, plain_exponent(last - r)))


def _negative_matrix_power(base: Node, exponent: Node) -> Node:
    power = b.power(base, exponent)
    return -(power * d(b.power(base, times(exponent, -1))) * power)


def _widen(part: Node, like: Node) -> Node:
    return b.fill(part, like.shape) if part.shape.is_scalar and not like.shape.is_scalar else part


def _quotient(above: Node, below: Node) -> Node:
    change = d(below) if above is b.ONE else above * d(below)
    return d(above) / below - change / b.power(below, b.TWO)


def _entry_quotient(above: Node, below: Node) -> Node:
    first = b.hadamard_divide(_widen(d(above), below), below)
    over = b.hadamard_divide(above, b.hadamard_power(below, b.TWO))
    return first - b.hadamard(over, d(below))


def _adjugate(u: Node) -> Node:
    adj = b.adjugate(u)
    return (b.trace(adj * d(u)) * adj - adj * d(u) * adj) / b.determinant(u)


def _adjugate_of_three(u: Node) -> Node:
    linear = b.trace(d(u)) * u + b.trace(u) * d(u)
    return d(u) * u + u * d(u) - linear + (b.trace(u) * b.trace(d(u)) - b.trace(u * d(u))) * b.identity(3)


def _softmax(v: Node) -> Node:
    p = b.softmax(v)
    return b.hadamard(p, d(v)) - p * (p.T * d(v))


def _softmax_of_rows(u: Node) -> Node:
    p, ones = b.softmax(u), b.fill(b.ONE, vector(u.shape.columns))
    return b.hadamard(p, d(u)) - b.hadamard(p, b.hadamard(p, d(u)) * ones * ones.T)


def _inner(u: Node, v: Node) -> Node:
    if u.shape.is_matrix:
        return b.trace(u.T * v)
    return u * v.T if u.shape.is_row else u.T * v


def _is_scalar(node: Node) -> bool:
    return node.shape.is_scalar


def _has_known_exponent(node: Node) -> bool:
    return node.shape.is_matrix and isinstance(node.operands[1], n.Number)


def _has_symbolic_exponent(node: Node) -> bool:
    return node.shape.is_matrix and is_symbolic(node.operands[1]) and is_nonnegative(node.operands[1])


def _has_negative_exponent(node: Node) -> bool:
    return node.shape.is_matrix and is_symbolic(node.operands[1]) and is_nonpositive(node.operands[1])


def _known_invertible(node: Node) -> bool:
    return is_invertible(node.operands[0])


_USUAL_LETTERS = {"orthogonal": "Q", "symmetric-orthogonal": "Q", "correlation": "R"}
"""Letters of matrices with a structure; any other one is S."""


def _restricted(slug: str, name: str, reason: str, *, sources: tuple[str, ...] = ()) -> FreeEntriesRule:
    """Return the row `symmetric-entries`, `orthogonal-gradient`, …: its sides are about the function ⟨G, S⟩.

    G is the derivative of that function for independent entries, for a vector as a row.
    """
    structure, _, what = slug.rpartition("-")
    restricted = (GRADIENT if what == "gradient" else FREE_ENTRIES)[structure]
    of_vector = ROWS[structure].fits(x.shape)
    letter = "x" if of_vector else _USUAL_LETTERS.get(structure, "S")
    variable = n.symbol(letter, (x if of_vector else X).shape, frozenset({structure}))
    g = n.symbol("g", x.shape).T if of_vector else n.symbol("G", X.shape)
    function = g * variable if of_vector else b.trace(g.T * variable)
    left = b.structured_partial(function, variable, structure, what == "gradient")
    return FreeEntriesRule(slug, name, reason, left, restricted(g, variable), restricted, sources=sources)


def _structure_matrix() -> tuple[Node, Node]:
    variable = n.symbol("S", X.shape, frozenset({"symmetric"}))
    i, j, k, l = (n.Index(name, X.shape.rows) for name in "ijkl")  # noqa: E741
    left = b.entry(b.structured_partial(b.entry(variable, k, l), variable, "symmetric"), i, j)
    first, second = b.delta(k, i) * b.delta(l, j), b.delta(k, j) * b.delta(l, i)
    return left, b.add(first, second, -(b.delta(i, j) * b.delta(k, i) * b.delta(l, j)))


S = n.symbol("S", X.shape, frozenset({"symmetric"}))
Xp = n.symbol("X", X.shape, frozenset({"positive-definite"}))


def _matrix_exponential(u: Node) -> Node:
    return b.unvec(b.exponential_jacobian(u) * b.vec(d(u)), u.shape)


def scaled_matrix(u: Node) -> tuple[Node, Node] | None:
    """Return s and A of s A, with s made of symbols; None for what is no such multiple of a matrix."""
    terms = terms_of(u)
    if len(terms) != 1 or not terms[0].scalars or not all(base.symbols for base, _ in terms[0].scalars):
        return None
    factor = term_node(Term(terms[0].coefficient, terms[0].scalars, ()), s.shape)
    return factor, term_node(Term(UNIT.coefficient, (), terms[0].word), u.shape)


def _is_scaled(node: Node) -> bool:
    return scaled_matrix(node.operands[0]) is not None


def _scaled_exponential(u: Node) -> Node:
    found = scaled_matrix(u)
    assert found is not None
    factor, matrix_of = found
    by_matrix = b.unvec(b.exponential_jacobian(u) * b.vec(factor * d(matrix_of)), u.shape)
    return matrix_of * b.matrix_exponential(u) * d(factor) + by_matrix


def _traced(cls: type[Node]) -> Callable[[Node], bool]:
    return lambda node: isinstance(node.operands[0], cls)


FUNCTIONS_OF_MATRICES = (n.MatrixExponential, n.MatrixRoot, n.MatrixLogarithm)
"""Functions of a whole matrix whose traces have rules of their own."""


def _as_for_numbers(f: Node, u: Node) -> Node | None:
    """Return f′(u) of a function of the one matrix u, with which it commutes; None for anything else."""
    match f:
        case _ if f is u:
            return b.identity(u.shape.rows)
        case n.MatrixExponential() if f.operands[0] is u:
            return f
        case n.MatrixLogarithm() if f.operands[0] is u:
            return b.inverse(u)
        case n.MatrixRoot() if f.operands[0] is u:
            return b.inverse(f) / b.TWO
        case n.Inverse() if (inner := _as_for_numbers(f.operands[0], u)) is not None:
            return -(f * f * inner)
        case n.Power() if isinstance(exponent := f.operands[1], n.Number):
            base = f.operands[0]
            inner = _as_for_numbers(base, u)
            return None if inner is None else exponent * b.power(base, b.number(exponent.value - 1)) * inner
    return None


def _factors(product: Node) -> tuple[Node, ...]:
    return product.operands if isinstance(product, n.Product) else (product,)


def _one_matrix(product: Node) -> Node | None:
    """Return the matrix of which all factors are functions, one of them no power; None where there is none."""
    named = [f for f in walk(product) if isinstance(f, FUNCTIONS_OF_MATRICES)]
    u = named[0].operands[0] if named else None
    if u is None or any(_as_for_numbers(factor, u) is None for factor in _factors(product)):
        return None
    return u


def _trace_of_commuting(product: Node) -> Node:
    """Return tr(g′(u) du) for the product g of functions of u; which factor stands where makes no difference."""
    u, factors = _one_matrix(product), _factors(product)
    assert u is not None
    terms = []
    for place, factor in enumerate(factors):
        inner = _as_for_numbers(factor, u)
        assert inner is not None
        terms.append(b.product(*factors[:place], *factors[place + 1 :], inner))
    return b.trace(tidy(b.add(*terms)) * d(u))


def _root(u: Node) -> Node:
    eye, root = b.identity(u.shape.rows), b.matrix_root(u)
    return b.unvec(b.inverse(b.kronecker(eye, root) + b.kronecker(root.T, eye)) * b.vec(d(u)), u.shape)


def _logarithm(u: Node) -> Node:
    return b.unvec(b.inverse(b.exponential_jacobian(b.matrix_logarithm(u))) * b.vec(d(u)), u.shape)


def _pseudoinverse(u: Node) -> Node:
    inverse, rows, columns = b.pseudoinverse(u), b.identity(u.shape.rows), b.identity(u.shape.columns)
    by_rows = inverse * inverse.T * d(u).T * (rows - u * inverse)
    by_columns = (columns - inverse * u) * d(u).T * inverse.T * inverse
    return -(inverse * d(u) * inverse) + by_rows + by_columns


def _symmetric_change(u: Node) -> Node:
    return d(u) if is_symmetric(u) and not isinstance(u, n.Symbol) else (d(u) + d(u).T) / b.TWO


def _cholesky(u: Node) -> Node:
    factor = b.cholesky(u)
    half = b.triangle(u.shape, lower=True) - b.identity(u.shape.rows) / b.TWO
    return factor * b.hadamard(half, b.inverse(factor) * _symmetric_change(u) * b.inverse(factor).T)


def _largest_eigenvalue(u: Node) -> Node:
    v = b.leading_eigenvector(u)
    return v.T * d(u) * v


def _leading_eigenvector(u: Node) -> Node:
    v, change = b.leading_eigenvector(u), _symmetric_change(u)
    shifted = b.largest_eigenvalue(u) * b.identity(u.shape.rows) - symmetric_part(u) + v * v.T
    return (b.inverse(shifted) - v * v.T) * change * v


def _eigenvalues(u: Node) -> Node:
    v = b.eigenvectors(u)
    return b.diag(v.T * d(u) * v)


def _eigenvectors(u: Node) -> Node:
    """Return V (F ⊙ V′ dA V), with F_kj = 1/(λ_j − λ_k) off the diagonal, and 0 on it."""
    v, values, eye = b.eigenvectors(u), b.eigenvalues(u), b.identity(u.shape.rows)
    ones = b.fill(b.ONE, values.shape)
    gaps = ones * values.T - values * ones.T + eye
    turned = b.hadamard_divide(b.fill(b.ONE, u.shape) - eye, gaps)
    return v * b.hadamard(turned, v.T * _symmetric_change(u) * v)


def _arctan2(above: Node, below: Node) -> Node:
    squares = b.hadamard_power(below, b.TWO) + b.hadamard_power(above, b.TWO)
    change = b.hadamard(below, d(above)) - b.hadamard(above, d(below))
    return b.hadamard_divide(change, squares)


def _declared(name: str, shape: Shape, declared: str) -> n.Symbol:
    return n.symbol(name, shape, frozenset({declared}))


Q, Skew, Lower, Corr = (
    _declared(name, X.shape, declared)
    for name, declared in (
        ("Q", "orthogonal"),
        ("S", "skew-symmetric"),
        ("L", "lower-triangular"),
        ("R", "correlation"),
    )
)
Unit, Mask = _declared("x", x.shape, "unit-norm"), _declared("W", A.shape, "mask")
Hot, Picked = _declared("y", x.shape, "one-hot"), _declared("z", x.shape, "positive")
D1, D2 = (n.symbol(name, X.shape, frozenset({"diagonal"})) for name in ("D1", "D2"))
D, V, Y = n.symbol("D", matrix("M", "P")), n.symbol("V", matrix("P", "N")), n.symbol("Y", matrix("P", "P"))
E, F = n.symbol("E", matrix("P", "N")), n.symbol("D", matrix("P", "M"))
r = b.running_index("r", b.ONE, whole)
sample = b.running_index("i", b.ONE, b.size_of(Dimension.of("M")))
e_sample = b.running_unit(sample, "M")


# fmt: off
DIFFERENTIALS: tuple[DifferentialRule, ...] = (
    LinearRule("sum", "Differential of a sum", "the differential of a sum is the sum of the differentials", s + t, sources=("MML (5.31)", "MC (35)")),
    LinearRule("negative", "Differential of a negative", "a minus sign stays in front", -A, sources=("MC (34)",)),
    LinearRule("transpose", "Differential of a transpose", "transposition and differentiation commute", A.T, sources=("MC (44)", "MN, chapter 8")),
    FormulaRule("trace-of-exponential", "Trace of a matrix exponential", "under the trace it makes no difference at which of its places dA stands in a power of A: d tr(exp A) = tr(exp(A) dA)", b.trace(b.matrix_exponential(X)), lambda f: b.trace(f * d(f.operands[0])), when=_traced(n.MatrixExponential), sources=("Higham, chapter 10",)),
    FormulaRule("trace-of-root", "Trace of a square root", "the derivative of a trace of a function of a matrix is that of the function: d tr(sqrtm(A)) = ½ tr(sqrtm(A)⁻¹ dA)", b.trace(b.matrix_root(Xi)), lambda f: b.trace(b.inverse(f) * d(f.operands[0])) / b.TWO, when=_traced(n.MatrixRoot), domain="where no eigenvalue of the matrix is 0 or a negative number", sources=("Higham, chapter 6",)),
    FormulaRule("trace-of-logarithm", "Trace of a matrix logarithm", "the derivative of a trace of a function of a matrix is that of the function: d tr(logm(A)) = tr(A⁻¹ dA)", b.trace(b.matrix_logarithm(Xi)), lambda f: b.trace(b.inverse(f.operands[0]) * d(f.operands[0])), when=_traced(n.MatrixLogarithm), domain="where no eigenvalue of the matrix is 0 or a negative number", sources=("Higham, chapter 11",)),
    FormulaRule("trace-of-commuting", "Trace of a product of functions of one matrix", "functions of one matrix commute, so their product is differentiated as for numbers: d tr(g(A)) = tr(g′(A) dA)", b.trace(Xi * b.matrix_logarithm(Xi)), _trace_of_commuting, when=lambda node: _one_matrix(node.operands[0]) is not None, sources=("Higham, chapter 3",)),
    LinearRule("trace", "Differential of a trace", "the trace is linear, so d moves inside", b.trace(X), sources=("MC (36)", "MN, chapter 8")),
    LinearRule("entry-sum", "Differential of a sum of entries", "a sum of entries is linear, so d moves inside", b.entry_sum(A), sources=("MN, chapter 8",)),
    LinearRule("diag", "Differential of a diagonal matrix", "forming a diagonal matrix is linear, so d moves inside", b.diag(x), sources=("MN, chapter 8",)),
    LinearRule("diagonal", "Differential of a diagonal", "taking the diagonal is linear, so d moves inside", b.diag(X), sources=("MN, chapter 8",)),
    LinearRule("skew", "Differential of the matrix of a cross product", "the matrix of a cross product is linear in its vector, so d moves inside", b.skew(p3), sources=("Solà, Deray and Atchuthan (2018)",)),
    LinearRule("vec", "Differential of vec", "stacking columns is linear, so d moves inside", b.vec(A), sources=("MN, chapter 8",)),
    LinearRule("vech", "Differential of vech", "stacking entries is linear, so d moves inside", b.vech(X), sources=("MN, chapter 3",)),
    LinearRule("fill", "Differential of a constant array", "every entry is the same scalar, so d moves inside", b.fill(s, x.shape), sources=("MN, chapter 8",)),
    LinearRule("unvec", "Differential of a vector arranged as a matrix", "arranging entries is linear, so d moves inside", b.unvec(b.vec(A), A.shape), sources=("MN, chapter 8",)),
    LinearRule("entry", "Differential of an entry", "taking an entry is linear, so d moves inside", b.entry(A, ONE, TWO), sources=("MML (5.40)", "MN, chapter 8")),
    LinearRule("blocks", "Differential of an array of blocks", "the differential of an array of blocks has the differentials of its blocks", b.block_array([[A, B2], [C2, D3]]), sources=("MN, chapter 1", "MN, chapter 8")),
    LinearRule("part", "Differential of a part of an array", "taking a part is linear, so d moves inside", b.subarray(stack, x.shape), sources=("MN, chapter 8",)),
    LinearRule("literal", "Differential of an array written entry by entry", "the differential of an array has the differentials of its entries", b.literal((s, t), vector(2)), sources=("MML (5.55)", "MN, chapter 8")),
    ProductRule("product", "Product rule", "product rule: one term for each factor that varies", A * B, sources=("MML (5.29)", "MC (37)", "MN, chapter 8")),
    FormulaRule("quotient", "Quotient rule", "quotient rule", s / t, _quotient, domain="where the denominator is not zero", sources=("MML (5.30)",)),
    ProductRule("hadamard", "Product rule, entry by entry", "product rule, entry by entry", b.hadamard(A, C), sources=("MC (38)",)),
    FormulaRule("hadamard-quotient", "Quotient rule, entry by entry", "quotient rule, entry by entry", b.hadamard_divide(x, y), _entry_quotient, domain="where no entry of the denominator is zero", sources=("MML (5.30)",)),
    ProductRule("kronecker", "Product rule for the Kronecker product", "product rule for the Kronecker product", b.kronecker(A, B), sources=("MC (39)", "MN, chapter 8")),
    ProductRule("khatri-rao", "Product rule for the Khatri-Rao product", "product rule for the Khatri-Rao product", b.khatri_rao(A, E), sources=("MN, chapter 8",)),
    FormulaRule("power", "Power rule", "power rule", b.power(s, k), _power, when=_is_scalar, domain="where the base is positive; for a whole exponent everywhere, but not at 0 if it is negative", sources=("MML, section 5.1",)),
    FormulaRule("matrix-power", "Differential of a matrix power", "a matrix power is a product: one term for each factor, in order", b.power(X, b.number(2)), _matrix_power, when=_has_known_exponent, sources=("MC (90)", "MN, chapter 8")),
    FormulaRule("matrix-power-symbolic", "Differential of a matrix power with a symbolic exponent", "the power is a product of equal factors: one term for each factor, with 0, 1, 2, … factors before it", b.power(X, whole), _symbolic_matrix_power, when=_has_symbolic_exponent, domain="for whole exponents from 0 on", sources=("MC (90)", "MN, chapter 8")),
    FormulaRule("matrix-power-negative", "Differential of a negative matrix power", "a negative power is the inverse of the positive one: d(A⁻¹) = −A⁻¹ (dA) A⁻¹", b.power(Xi, times(whole, -1)), _negative_matrix_power, when=_has_negative_exponent, domain="where the matrix is invertible", sources=("MC (40)", "MN, chapter 8")),
    LinearRule("bounded-sum", "Differential of a sum over an index", "differentiate under the sum: d moves inside", b.bounded_sum(r, b.product(r, A)), sources=("MN, chapter 8",)),
    FormulaRule("entry-power", "Power rule, entry by entry", "power rule, entry by entry", b.hadamard_power(x, b.number(3)), _entry_power, sources=("MML, section 5.1",)),
    FormulaRule("inverse", "Differential of an inverse", "from A A⁻¹ = I: d(A⁻¹) = −A⁻¹ (dA) A⁻¹", b.inverse(Xi), lambda u: -(b.inverse(u) * d(u) * b.inverse(u)), domain="where the matrix is invertible", sources=("MC (40)", "MN, chapter 8")),
    FormulaRule("determinant", "Jacobi's formula, invertible matrix", "Jacobi's formula", b.determinant(Xi), lambda u: b.determinant(u) * b.trace(b.inverse(u) * d(u)), when=_known_invertible, domain="where the matrix is invertible", sources=("MC (42)", "MN, chapter 8")),
    FormulaRule("determinant-adjugate", "Jacobi's formula", "Jacobi's formula, with the adjugate, so that it holds for singular matrices too", b.determinant(X), lambda u: b.trace(b.adjugate(u) * d(u)), sources=("MC (41)", "MN, chapter 8")),
    FormulaRule("adjugate-of-two", "Differential of the adjugate of a 2×2 matrix", "for a 2×2 matrix adj(A) = tr(A) I − A, which is linear in A", b.adjugate(X2), lambda u: b.trace(d(u)) * b.identity(2) - d(u), when=lambda node: node.shape.rows == TWO, sources=("MN, chapter 1",)),
    FormulaRule("adjugate-of-three", "Differential of the adjugate of a 3×3 matrix", "for a 3×3 matrix adj(A) = A² − tr(A) A + ½ (tr(A)² − tr(A²)) I", b.adjugate(X3), _adjugate_of_three, when=lambda node: node.shape.rows == Dimension(3), sources=("MN, chapter 1",)),
    FormulaRule("adjugate", "Differential of an adjugate, invertible matrix", "from adj(A) = det(A) A⁻¹, by the product rule", b.adjugate(Xi), lambda u: b.trace(b.inverse(u) * d(u)) * b.adjugate(u) - b.adjugate(u) * d(u) * b.inverse(u), when=_known_invertible, domain="where the matrix is invertible", sources=("MN, chapter 8",)),
    FormulaRule("adjugate-by-itself", "Differential of an adjugate", "from adj(A) = det(A) A⁻¹, by the product rule, with A⁻¹ = adj(A)/det(A)", b.adjugate(X), _adjugate, domain="where the matrix is invertible", sources=("MN, chapter 8",)),
    FormulaRule("log-determinant", "Differential of log |det|", "Jacobi's formula divided by the determinant", b.log_determinant(Xi), lambda u: b.trace(b.inverse(u) * d(u)), domain="where the matrix is invertible", sources=("MC (43)", "MN, chapter 8")),
    FormulaRule("norm1", "Differential of the 1-norm", "for each entry d|u| = sign(u) du", b.norm1(x), lambda u: b.entry_sum(b.hadamard(b.apply("sign", u), d(u))), domain="where no entry is zero", sources=("MN, chapter 8",)),
    FormulaRule("norm2", "Differential of the Euclidean norm", "from ‖u‖² = uᵀu: d‖u‖ = (uᵀdu)/‖u‖", b.norm2(x), lambda u: _inner(u, d(u)) / b.norm2(u), domain="where the norm is not zero", sources=("MC (129)",)),
    FormulaRule("softmax", "Differential of the softmax", "with p = softmax(u): dp = p ⊙ du − p (pᵀdu)", b.softmax(x), _softmax, when=lambda node: node.shape.is_vector, sources=("MN, chapter 8",)),
    FormulaRule("log-sum-exp", "Differential of log-sum-exp", "the gradient of log-sum-exp is the softmax: d logsumexp(a) = softmax(a)ᵀ da", b.log_sum_exp(x), lambda u: b.softmax(u).T * d(u), when=lambda node: node.shape.is_scalar, sources=("MN, chapter 8",)),
    FormulaRule("softmax-of-rows", "Differential of the softmax of every row", "with P = softmax(A), row by row: dP = P ⊙ dA − P ⊙ ((P ⊙ dA) 1 1ᵀ)", b.softmax(A), _softmax_of_rows, when=lambda node: node.shape.is_matrix, sources=("MN, chapter 8",)),
    FormulaRule("log-sum-exp-of-rows", "Differential of the log-sum-exp of every row", "with P = softmax(A), row by row: the differential of the log-sum-exp is (P ⊙ dA) 1", b.log_sum_exp(A), lambda u: b.hadamard(b.softmax(u), d(u)) * b.fill(b.ONE, vector(u.shape.columns)), when=lambda node: node.shape.is_vector, sources=("MN, chapter 8",)),
    FormulaRule("scaled-exponential", "Exponential of a multiple of a matrix", "A commutes with expm(s A), so that the derivative by s is A expm(s A)", b.matrix_exponential(s * X), _scaled_exponential, when=_is_scaled, sources=("Higham, chapter 10",)),
    FormulaRule("matrix-exponential", "Differential of a matrix exponential", "with jacexpm(A) = ∫₀¹ expm(r A)ᵀ ⊗ expm((1 − r) A) dr: vec d expm(A) = jacexpm(A) vec dA", b.matrix_exponential(X), _matrix_exponential, sources=("Higham, chapter 10",)),
    FormulaRule("matrix-root", "Differential of a matrix square root", "from R R = A: dR R + R dR = dA, which is solved for the stacked columns of dR", b.matrix_root(Xi), _root, domain="where no eigenvalue of the matrix is 0 or a negative number", sources=("Higham, chapter 6",)),
    FormulaRule("matrix-logarithm", "Differential of a matrix logarithm", "from expm(L) = A: jacexpm(L) vec dL = vec dA, which is solved for dL", b.matrix_logarithm(Xi), _logarithm, domain="where no eigenvalue of the matrix is 0 or a negative number", sources=("Higham, chapter 11",)),
    FormulaRule("pseudoinverse", "Differential of a pseudoinverse", "the formula of Golub and Pereyra, where the rank does not change", b.pseudoinverse(A), _pseudoinverse, domain="where the rank of the matrix is the same at all nearby points", sources=("Golub and Pereyra (1973)", "MN, chapter 8")),
    FormulaRule("cholesky", "Differential of a Cholesky factor", "from L Lᵀ = A: L⁻¹ dL is the lower triangle of L⁻¹ dA L⁻ᵀ, with half of its diagonal", b.cholesky(Xp), _cholesky, domain="where the matrix is positive definite", sources=("Murray (2016)",)),
    FormulaRule("largest-eigenvalue", "Differential of the largest eigenvalue", "with the unit eigenvector v: dλ = vᵀ dA v", b.largest_eigenvalue(S), _largest_eigenvalue, domain="for a symmetric matrix whose largest eigenvalue is simple", sources=("MN, chapter 9",)),
    FormulaRule("leading-eigenvector", "Differential of the eigenvector of the largest eigenvalue", "dv = (λI − A)⁺ dA v, and (λI − A)⁺ = (λI − A + v vᵀ)⁻¹ − v vᵀ", b.leading_eigenvector(S), _leading_eigenvector, domain="for a symmetric matrix whose largest eigenvalue is simple", sources=("MN, chapter 9",)),
    FormulaRule("eigenvalues", "Differential of the eigenvalues", "for each unit eigenvector v: dλ = vᵀ dA v", b.eigenvalues(S), _eigenvalues, domain="for a symmetric matrix without repeated eigenvalues", sources=("MN, chapter 9",)),
    FormulaRule("eigenvectors", "Differential of the eigenvectors", "v_j turns towards every other eigenvector v_k by v_kᵀ dA v_j/(λ_j − λ_k)", b.eigenvectors(S), _eigenvectors, domain="for a symmetric matrix without repeated eigenvalues", sources=("MN, chapter 9",)),
    FormulaRule("nuclear-norm", "Differential of the nuclear norm", "with the singular value decomposition A = U S Vᵀ: d‖A‖ = tr((U Vᵀ)ᵀ dA)", b.nuclear_norm(A), lambda u: b.trace(b.polar_factor(u).T * d(u)), domain="where no singular value is 0", sources=("Watson (1992)",)),
    FormulaRule("largest-entry", "Differential of the largest entry", "under a small change the largest entry stays in its place", b.largest(x), lambda u: b.entry_sum(b.hadamard(b.largest_place(u), d(u))), domain="where one entry is larger than all others", sources=("BV, section 3.1.5",)),
    FormulaRule("largest-place", "The place of the largest entry", "under a small change the largest entry stays in its place", b.largest_place(x), lambda u: b.zero(u.shape), domain="where one entry is larger than all others", sources=("BV, section 3.1.5",)),
    FormulaRule("largest-of-rows", "Differential of the largest entry of every row", "under a small change the largest entry of every row stays in its place", b.largest_of_rows(A), lambda u: b.hadamard(b.largest_place_of_rows(u), d(u)) * b.fill(b.ONE, vector(u.shape.columns)), domain="where in every row one entry is larger than all others", sources=("BV, section 3.1.5",)),
    FormulaRule("largest-place-of-rows", "The places of the largest entries of the rows", "under a small change the largest entry of every row stays in its place", b.largest_place_of_rows(A), lambda u: b.zero(u.shape), domain="where in every row one entry is larger than all others", sources=("BV, section 3.1.5",)),
    FormulaRule("arctan2", "Differential of the angle of a point", "with r² = x² + y²: dφ = (x dy − y dx)/r²", b.arctan2(y, x), _arctan2, domain="where the point is not on the half-line of the negative x, and not 0", sources=("MML, section 5.1",)),
    TotalDifferentialRule("unspecified-function", "Total differential of an unspecified function", "total differential: each partial derivative times the change of its argument", b.function_value(p, x, y), domain="where the function is differentiable", sources=("MML (5.48)", "MN, chapter 5")),
)

FUNCTION_RULES: tuple[DifferentialRule, ...] = tuple(
    FormulaRule(row.slug, f"Derivative of {row.noun}", "entry by entry: multiply by the derivative", b.apply(row.name, s), lambda u, name=row.name: b.hadamard(derivative_at(name, u), d(u)), domain=row.applies, sources=("MML (5.32)",))
    for row in ELEMENTWISE.values()
    if row.derivative
)

ALGEBRA: tuple[Rule, ...] = (
    StepRule("definition", "Definition", "the definition of {0}", about="a name"),
    StepRule("decompose", "Naming the inner functions", "name the inner functions, from the inside out"),
    EqualityRule("constant-factor", "Constant factors", "constant factors stay where they are", d(s * A), s * d(A)),
    EqualityRule("constant", "A constant has no differential", "{0} does not depend on the variable", b.partial(s, t), b.ZERO),
    EqualityRule("scalar-transpose", "A scalar equals its transpose", "a scalar equals its transpose", x.T * X * y, y.T * X.T * x),
    EqualityRule("inner-product", "Moving factors across an inner product", "a linear map moves to the other side of an inner product as its transpose", x.T * b.hadamard(y, ONES), b.hadamard(x, y).T * ONES, sources=("MN, chapter 8",)),
    EqualityRule("cyclic-trace", "Cyclic shift inside a trace", "cyclic property of the trace", b.trace(A * B * F), b.trace(B * F * A), sources=("MML (4.19)",)),
    EqualityRule("entry-product", "An entry as an inner product", "an entry is the inner product with a unit vector", b.entry(x, TWO), b.unit_vector(2, "N").T * x, sources=("MML, section 2.6",)),
    EqualityRule("block-product", "Product of arrays of blocks", "what is put together from blocks is multiplied block by block", b.block_array([[A, B2], [C2, D3]]) * b.block_array([[u], [z]]), b.block_array([[A * u + B2 * z], [C2 * u + D3 * z]]), sources=("MML, section 2.2", "MN, chapter 1")),
    EqualityRule("written-entries", "Entry by entry", "the coefficient of the i-th unit vector is entry i", s * b.unit_vector(1, 2) + t * b.unit_vector(2, 2), b.literal((s, t), vector(2)), sources=("MML, section 2.6",)),
    EqualityRule("trace-outer", "Trace of an outer product", "the trace of an outer product is the inner product", b.trace(x * y.T), y.T * x, sources=("MML (4.19)",)),
    EqualityRule("squared-norm", "A squared norm is an inner product", "a squared norm is an inner product", b.power(b.norm2(x), b.TWO), x.T * x),
    EqualityRule("cross-swap", "A cross product turned round", "a cross product changes its sign when its factors change places", b.skew(p3) * q3, -(b.skew(q3) * p3), sources=("Solà, Deray and Atchuthan (2018)",)),
    EqualityRule("hadamard-diag", "Entry-wise product as a diagonal matrix", "an entry-wise product with {0} is a product with its diagonal matrix", b.hadamard(x, y), b.diag(x) * y),
    EqualityRule("vec-product", "vec of a product", "vec(A V B) = (Bᵀ ⊗ A) vec V", b.vec(C * X * B), b.kronecker(B.T, C) * b.vec(X), sources=("MN, chapter 2",)),
    EqualityRule("vec-transpose", "vec of a transpose", "vec(Vᵀ) = K vec V with the commutation matrix K", b.vec(A.T), b.commutation("M", "N") * b.vec(A), sources=("MN, chapter 3",)),
    EqualityRule("elimination", "vech of a matrix", "vech(X) = L vec X with the elimination matrix L", b.vech(X), b.elimination("N") * b.vec(X), sources=("MN, chapter 3", "Magnus and Neudecker (1980)")),
    EqualityRule("duplication", "vec of a symmetric matrix", "vec S = D vech(S) with the duplication matrix D, since {0} is symmetric", b.vec(S), b.duplication("N") * b.vech(S), domain="for a symmetric matrix", sources=("MN, chapter 3", "Magnus and Neudecker (1980)")),
    EqualityRule("vec-hadamard", "vec of an entry-wise product", "vec(H ⊙ V) = diag(vec H) vec V", b.vec(b.hadamard(A, C)), b.diag(b.vec(A)) * b.vec(C)),
    EqualityRule("vec-diag", "vec of a diagonal matrix", "vec(diag v) = (I ∗ I) v, with ∗ the column-wise Kronecker product", b.vec(b.diag(x)), b.khatri_rao(b.identity("N"), b.identity("N")) * x),
    EqualityRule("vec-kronecker", "vec of a Kronecker product", "vec(A ⊗ B) = (I ⊗ K ⊗ I)(vec A ⊗ vec B)", b.vec(b.kronecker(A, B)), b.kronecker(b.identity("N"), b.kronecker(b.commutation("P", "M"), b.identity("N"))) * b.kronecker(b.vec(A), b.vec(B)), sources=("MN, chapter 3",)),
    StepRule("collect", "Collecting terms", "collect the terms"),
    StepRule("tidy", "Simplification", "simplify"),
    StepRule("read-off", "Reading off the derivative", "read off the coefficient of the differential", sources=("MN, chapter 9", "MML (5.52)")),
    StepRule("chain", "Chain rule", "chain rule: outermost derivative on the left", sources=("MML (5.48)",)),
    StepRule("sum-over-paths", "Sum over paths", "add one product for each path from the function to the variable", sources=("MML (5.48)",)),
    StepRule("implicit-function", "Implicit-function step", "differentiate both sides, and solve for the differential of the unknown", domain="where the linear map that multiplies the differential of the unknown is invertible", sources=("Krantz and Parks (2002)",)),
    StepRule("adjoint-equation", "Adjoint equation", "with the solution of the adjoint equation, df needs no differential of the unknown", domain="where the linear map that multiplies the differential of the unknown is invertible", sources=("Griewank and Walther (2008), chapter 15",)),
    EqualityRule("adjoint", "Pulling a derivative back through a link", "⟨G, L dV⟩ = ⟨L* G, dV⟩, with L* the adjoint of L", b.trace(C.T * (D * V)), b.trace((D.T * C).T * V), sources=("MN, chapter 5",)),
    StepRule("hessian-symmetry", "A Hessian is symmetric", "mixed partial derivatives do not depend on their order", sources=("MML, section 5.7",)),
    StepRule("higher-derivative", "Higher derivatives", "differentiate once more", sources=("MML, section 5.1.1",)),
    StepRule("value-at-point", "Value at a point", "set the variable to the point and evaluate exactly"),
    StepRule("taylor", "Taylor polynomial", "the coefficient of (x − a)ⁿ is the derivative of order n at a, divided by n!", sources=("MML (5.7)",)),
    EqualityRule("determinant-power", "Determinant of a power", "the determinant of a product is the product of the determinants", b.determinant(b.power(X, whole)), b.power(b.determinant(X), whole), sources=("MML, section 4.1", "MC (22)")),
    EqualityRule("equal-terms", "Equal terms of a sum", "every term of the sum is the same", b.bounded_sum(r, A), whole * A),
    EqualityRule("sum-over-places", "A sum over samples as a product of matrices", "a sum of products of rows is a product of matrices", b.bounded_sum(sample, (A.T * e_sample) * (e_sample.T * C)), A.T * C, sources=("MML, section 2.2",)),
    EqualityRule("log-softmax", "Logarithm of a softmax", "log softmax(z) = z − logsumexp(z) · 1", b.apply("log", b.softmax(x)), x - b.fill(b.log_sum_exp(x), x.shape)),
    StepRule("normalised", "A vector whose entries add up to 1", "the entries of {0} add up to 1", about="a softmax"),
    EqualityRule("power-of-root", "Power of a root", "a power undoes the root of the same degree", b.power(b.power(sp, b.ONE / cp), cp), sp),
    EqualityRule("trace-kronecker", "Trace of a Kronecker product", "the trace of a Kronecker product is the product of the traces", b.trace(b.kronecker(X, Y)), b.trace(X) * b.trace(Y), sources=("MN, chapter 2",)),
    EqualityRule("determinant-kronecker", "Determinant of a Kronecker product", "the determinant of a Kronecker product is that of each factor to the power of the other factor's size", b.determinant(b.kronecker(X, Y)), b.power(b.determinant(X), b.size_of(Y.shape.rows)) * b.power(b.determinant(Y), b.size_of(X.shape.rows)), sources=("MN, chapter 2",)),
    EqualityRule("inverse-kronecker", "Inverse of a Kronecker product", "the inverse of a Kronecker product is the product of the inverses", b.inverse(b.kronecker(Xi, Yi)), b.kronecker(b.inverse(Xi), b.inverse(Yi)), sources=("MN, chapter 2",)),
    StepRule("insert-partials", "Substituting the partial derivatives", "substitute the partial derivatives"),
    StepRule("substitution", "Substitution", "substitute {0}", about="what a name stands for"),
    EqualityRule("identity-factor", "The identity drops out", "multiplying by the identity changes nothing", A * b.identity("N"), A),
    EqualityRule("denominator-layout", "Denominator layout", "transpose: the factors come in reverse order", (A * B).T, B.T * A.T),
    EqualityRule("symmetric", "A symmetric matrix equals its transpose", "{0} is symmetric", S.T, S),
    EqualityRule("diagonal-commute", "Diagonal matrices commute", "diagonal matrices commute", D2 * D1, D1 * D2, sources=("MN, chapter 1",)),
    EqualityRule("independent-entries", "Derivative with respect to independent entries", "the entries of {0} are treated as independent", b.partial(b.trace(C.T * A), A, total=True), C, about="the variable", sources=("MC, chapter 2",)),
    _restricted("symmetric-entries", "Derivative with respect to the free entries of a symmetric matrix", "an entry and its mirror image are one variable; a diagonal entry occurs only once", sources=("MC (138)",)),
    _restricted("symmetric-gradient", "Gradient within the symmetric matrices", "the orthogonal projection of the derivative onto the symmetric matrices"),
    _restricted("diagonal-entries", "Derivative with respect to the free entries of a diagonal matrix", "only the diagonal entries vary", sources=("MC (142)",)),
    _restricted("diagonal-gradient", "Gradient within the diagonal matrices", "the orthogonal projection of the derivative onto the diagonal matrices"),
    _restricted("lower-triangular-entries", "Derivative with respect to the free entries of a lower triangular matrix", "only the entries on and below the diagonal vary"),
    _restricted("lower-triangular-gradient", "Gradient within the lower triangular matrices", "the orthogonal projection of the derivative onto the lower triangular matrices"),
    _restricted("upper-triangular-entries", "Derivative with respect to the free entries of an upper triangular matrix", "only the entries on and above the diagonal vary"),
    _restricted("upper-triangular-gradient", "Gradient within the upper triangular matrices", "the orthogonal projection of the derivative onto the upper triangular matrices"),
    _restricted("skew-symmetric-entries", "Derivative with respect to the free entries of a skew-symmetric matrix", "an entry and its mirror image are one variable with opposite signs", sources=("MN, chapter 3",)),
    _restricted("skew-symmetric-gradient", "Gradient within the skew-symmetric matrices", "the orthogonal projection of the derivative onto the skew-symmetric matrices", sources=("MN, chapter 3",)),
    _restricted("correlation-entries", "Derivative with respect to the correlations", "an entry and its mirror image are one variable; the diagonal stays 1", sources=("MC (138)",)),
    _restricted("correlation-gradient", "Gradient within the correlation matrices", "the orthogonal projection of the derivative onto the symmetric matrices with zeros on the diagonal"),
    _restricted("orthogonal-gradient", "Gradient within the orthogonal matrices", "an orthogonal matrix turns: dQ = QΩ with a skew-symmetric Ω", sources=("Edelman, Arias and Smith (1998)", "Absil, Mahony and Sepulchre (2008), section 3.6.1")),
    _restricted("symmetric-orthogonal-gradient", "Gradient within the symmetric orthogonal matrices", "Q² = I stays, so that a change V is symmetric with QV + VQ = 0", sources=("Absil, Mahony and Sepulchre (2008), section 3.6.1",)),
    _restricted("unit-norm-gradient", "Gradient on the unit sphere", "the projection of the derivative onto the directions at right angles to the vector", sources=("Absil, Mahony and Sepulchre (2008), section 3.6.1",)),
    _restricted("probability-gradient", "Gradient within the vectors whose entries add up to 1", "the projection of the derivative onto the directions whose entries add up to 0", sources=("BV, section 4.2.3",)),
    EqualityRule("orthogonal", "An orthogonal matrix has its transpose as inverse", "{0} is orthogonal", Q.T * Q, b.identity(Q.shape.rows)),
    EqualityRule("skew-symmetric", "A skew-symmetric matrix is the negative of its transpose", "{0} is skew-symmetric", Skew.T, -Skew),
    EqualityRule("unit-norm", "The square of a vector of unit norm", "{0} is of unit norm", Unit.T * Unit, b.ONE),
    EqualityRule("triangular", "A triangular matrix and its triangle", "{0} is triangular", b.triangle_of(Lower, lower=True), Lower),
    EqualityRule("mask", "A mask is its own square, entry by entry", "{0} holds zeros and ones", b.hadamard(Mask, Mask), Mask),
    EqualityRule("one-hot", "The logarithm of the entry that a one-hot vector picks", "{0} is one-hot", b.apply("log", Hot.T * Picked), Hot.T * b.apply("log", Picked), domain="where every entry of the vector is positive"),
    EqualityRule("correlation", "The diagonal of a correlation matrix", "{0} is a correlation matrix", b.diag(Corr), b.fill(b.ONE, x.shape)),
    EqualityRule("structure-matrix", "Derivative of a symmetric matrix with respect to a free entry", "the matrix with a 1 in both positions of the entry", *_structure_matrix(), sources=("MC (134)",)),
)

COMPONENTS: tuple[Rule, ...] = (
    StepRule("entries", "Entries", "written in entries", sources=("MML, section 2.2",)),
    StepRule("written-out", "Written out", "write out every entry from the formula above"),
    StepRule("trace-entries", "Trace in entries", "the trace adds the diagonal entries", sources=("MML (4.18)",)),
    StepRule("delta", "Derivative of an entry", "differentiate entry by entry; the derivative of one entry of the variable with respect to another is a Kronecker delta", sources=("MC (73)",)),
    StepRule("own-entry", "An entry that depends on one entry alone", "each entry of the function depends on a single entry of the argument"),
    StepRule("sifting", "The delta keeps one term", "a Kronecker delta keeps only the term in which its indices agree"),
    StepRule("assemble", "Back to matrices", "put the entries back together"),
    StepRule("entry-formula", "Entry formula", "one entry of the result"),
)
# fmt: on

RULES: dict[str, Rule] = {rule.slug: rule for rule in (*DIFFERENTIALS, *FUNCTION_RULES, *ALGEBRA, *COMPONENTS)}


def _key(node: Node) -> type[Node] | str:
    """Return what decides on the rows to look at: the class of the node, or the name of an element-wise function."""
    return node.function if isinstance(node, n.Apply) else type(node)


_BY_KEY: dict[type[Node] | str, tuple[DifferentialRule, ...]] = {}
for _rule in (*DIFFERENTIALS, *FUNCTION_RULES):
    _BY_KEY[_key(_rule.pattern)] = (*_BY_KEY.get(_key(_rule.pattern), ()), _rule)


@contextmanager
def replaced(row: DifferentialRule, by: DifferentialRule) -> Iterator[None]:
    """Put another row into the place of a row, for as long as the context lasts: how planted mistakes are tried."""
    before = dict(_BY_KEY)
    try:
        RULES[row.slug] = by
        for key, found in before.items():
            _BY_KEY[key] = tuple(by if other is row else other for other in found)
        yield
    finally:
        RULES[row.slug] = row
        _BY_KEY.update(before)


def rule_for(node: Node) -> DifferentialRule | None:
    """Return the row that gives the differential of this node, None where the table has none."""
    return next((rule for rule in _BY_KEY.get(_key(node), ()) if rule.when(node)), None)
