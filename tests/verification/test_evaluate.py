"""Every node's evaluator, by three witnesses: the complex step, central differences, SymPy in components."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import unspecified
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import ONE, SCALAR, Dimension, matrix, row, vector
from jacobook.algebra.solutions import solution_for
from jacobook.algebra.traverse import walk
from jacobook.verification import check_equation, evaluate
from jacobook.verification.numeric import array_operations as operations
from jacobook.verification.numeric.array_operations import DomainError
from jacobook.verification.numeric.dependence import smooth
from jacobook.verification.numeric.evaluate import Evaluator
from jacobook.verification.points.instances import draw_direction, draw_value
from jacobook.verification.symbolic.components import WITHOUT_FORMULAS, SymbolicComponents
from jacobook.verification.symbolic.grids import Grid
from tests.function_oracles import SYMPY

SIZES = {"M": 2, "N": 3}
M, N = Dimension.of("M"), Dimension.of("N")
s = n.symbol("s", properties=frozenset({"positive"}))
t = n.symbol("t")
x, y = n.symbol("x", vector("N")), n.symbol("y", vector("N"))
p = n.symbol("p", vector("N"), frozenset({"positive"}))
r = n.symbol("r", row("N"))
A, B = n.symbol("A", matrix("M", "N")), n.symbol("B", matrix("N", "M"))
C = n.symbol("C", matrix("M", "N"))
X = n.symbol("X", matrix("N", "N"), frozenset({"invertible"}))
u = n.symbol("u", vector("N"))
i, j = Index("i", N), Index("j", N)
k = n.symbol("k", properties=frozenset({"whole"}))
each = b.running_index("each", b.ZERO, k)
place = b.running_index("place", b.ONE, b.size_of(Dimension.of("N")))

v3 = n.symbol("v", vector(3))
SYM = n.symbol("S", X.shape, frozenset({"symmetric"}))
DIA = n.symbol("D", X.shape, frozenset({"diagonal"}))
SAMPLES: dict[type[Node], list[Node]] = {
    n.FunctionValue: [
        b.function_value(unspecified("p", (x.shape, A.shape), SCALAR, frozenset({"positive"})), x, A),
        b.function_value(unspecified("p", (x.shape, A.shape), SCALAR), x, A, slots=(1,)),
        b.function_value(unspecified("p", (x.shape, A.shape), SCALAR), x, A, slots=(2,)),
        b.function_value(unspecified("p", (x.shape, y.shape), SCALAR), x, y, slots=(1, 2)),
        b.function_value(unspecified("h", (x.shape, SCALAR), y.shape), x, t, slots=(1,)),
        b.function_value(unspecified("h", (x.shape,), y.shape), x, slots=(1, 1)),
        b.function_value(unspecified("F", (SCALAR,), A.shape), t, slots=(1, 1)),
        b.function_value(unspecified("F", (A.shape,), A.shape), A, slots=(1,)),
        b.function_value(unspecified("F", (x.shape,), matrix("M", "M"), frozenset({"symmetric"})), x, slots=(1,)),
    ],
    n.Number: [b.number(Fraction(-3, 7))],
    n.SizeOf: [b.size_of(Dimension(2, ("M", "N")))],
    n.Symbol: [t, x, r, A],
    n.Identity: [b.identity("N")],
    n.Triangle: [b.triangle(A.shape, lower=True) * x, b.triangle(B.shape, lower=False) * t],
    n.MatrixExponential: [b.matrix_exponential(X), b.matrix_exponential(t * X * X.T) * x],
    n.ExponentialJacobian: [b.exponential_jacobian(A * B)],
    n.MatrixRoot: [b.matrix_root(X.T * X), b.matrix_root(X.T * X + s * X * X.T)],
    n.MatrixLogarithm: [b.matrix_logarithm(X.T * X), b.matrix_logarithm(b.matrix_exponential(A * B))],
    n.Pseudoinverse: [b.pseudoinverse(A), b.pseudoinverse(B * s)],
    n.Cholesky: [b.cholesky(A * A.T + b.identity("M"))],
    n.LargestEigenvalue: [b.largest_eigenvalue(SYM), b.largest_eigenvalue(A.T * A)],
    n.LeadingEigenvector: [b.leading_eigenvector(SYM)],
    n.Eigenvalues: [b.eigenvalues(SYM)],
    n.Eigenvectors: [b.eigenvectors(SYM)],
    n.NuclearNorm: [b.nuclear_norm(A), b.nuclear_norm(B)],
    n.PolarFactor: [b.polar_factor(A), b.polar_factor(B)],
    n.Largest: [b.largest(x), b.largest(A)],
    n.LargestOfRows: [b.largest_of_rows(A)],
    n.LargestPlaceOfRows: [b.largest_place_of_rows(A) * x],
    n.LargestPlace: [b.largest_place(x), b.largest_place(A) * x],
    n.Arctan2: [b.arctan2(x, p), b.arctan2(s, t)],
    n.Fill: [b.fill(t * s, vector("N")), b.fill(t, matrix("M", "N")), b.zero(row("N"))],
    n.Add: [x + y - x, A + C],
    n.Negate: [-A],
    n.Product: [A * x, x.T * y, x * y.T, t * A * B, x.T * X, r * x, x * t * y.T * x, A * (B * A)],
    n.Divide: [A / s, t / s],
    n.Hadamard: [b.hadamard(A, C), b.hadamard(x, y)],
    n.HadamardDivide: [b.hadamard_divide(x, p), b.hadamard_divide(t, p)],
    n.HadamardPower: [b.hadamard_power(x, b.number(3)), b.hadamard_power(p, t), b.hadamard_power(p, y)],
    n.Power: [
        b.power(t, b.number(3)),
        b.power(t, b.number(-2)),
        b.power(s, t),
        b.power(s, b.number(Fraction(1, 3))),
        b.power(t, b.size_of(N)),
        b.power(X, b.number(3)),
        b.power(X, b.number(-2)),
        b.power(X, b.number(0)),
        b.power(X, k),
        b.power(X, -k),
        b.power(t, k),
    ],
    n.RunningUnit: [b.running_unit(b.number(2), "N"), b.bounded_sum(place, b.running_unit(place, "N") * place)],
    n.RunningIndex: [b.bounded_sum(each, each * t)],
    n.SolvedSymbol: [solution_for(n.symbol("z"), t * n.symbol("z") + s, n.symbol("z"))],
    n.Solution: [
        solution_for(n.symbol("z", x.shape), X * n.symbol("z", x.shape), x),
        solution_for(
            n.symbol("Z", (A * B).shape), n.symbol("Z", (A * B).shape), A * B * n.symbol("Z", (A * B).shape) + A * C.T
        ),
    ],
    n.BoundedSum: [
        b.bounded_sum(each, b.power(X, each) * x),
        b.bounded_sum(each, b.apply("sin", each * t) * x.T),
        b.bounded_sum(each, b.bounded_sum(b.running_index("e", b.ONE, each), A)),
        b.bounded_sum(b.running_index("e", b.TWO, b.ONE), A),
    ],
    n.Transpose: [A.T, x.T, (A * x).T],
    n.Inverse: [b.inverse(X)],
    n.Adjugate: [b.adjugate(X), b.adjugate(x * x.T)],
    n.Trace: [b.trace(A * B)],
    n.Determinant: [b.determinant(X)],
    n.LogDeterminant: [b.log_determinant(X)],
    n.EntrySum: [b.entry_sum(A), b.entry_sum(r)],
    n.Norm1: [b.norm1(A), b.norm1(x)],
    n.Norm2: [b.norm2(A), b.norm2(r)],
    n.Diag: [b.diag(x)],
    n.Diagonal: [b.diag(X)],
    n.Vec: [b.vec(A)],
    n.Vech: [b.vech(X), b.vech(x * x.T)],
    n.Duplication: [b.duplication("N") * b.vech(X)],
    n.Elimination: [b.elimination("N") * b.vec(X)],
    n.Blocks: [b.block_array(((A,), (C,))), b.block_array(((X, x), (r, t))), b.block_array(((x,), (b.vec(A),)))],
    n.Subarray: [b.subarray(X, matrix("M", "M"), ONE, ONE), b.subarray(x, vector("M"), ONE)],
    n.Skew: [b.skew(v3) * b.apply("sin", v3)],
    n.Unvec: [b.unvec(b.vec(A), matrix("N", "M")), b.unvec(b.kronecker(x, y), matrix("N", "N")) * x],
    n.Kronecker: [b.kronecker(A, B), b.kronecker(x, y), b.kronecker(x, y.T), b.kronecker(x.T, r), b.kronecker(A, x)],
    n.KhatriRao: [b.khatri_rao(A, X), b.khatri_rao(C, b.kronecker(A, r.T))],
    n.Commutation: [b.commutation("M", "N"), b.commutation("M", "N") * b.vec(A)],
    n.Softmax: [b.softmax(x)],
    n.LogSumExp: [b.log_sum_exp(x)],
    # The argument of arccosh is beyond 1.
    n.Apply: [
        b.apply(f, s + b.number(1) if f == "arccosh" else (s if row.domain else t) / b.number(2))
        for f, row in ELEMENTWISE.items()
    ]
    + [b.apply("tanh", A)],
    n.Differential: [
        b.differential(x.T * y),
        b.differential(X),
        b.differential(b.inverse(X)),
    ],
    n.Partial: [
        b.partial(x.T * X * x, x),
        b.partial(x * s, x),
        b.partial(r * t, t),
        b.partial(b.trace(A * B), A),
        b.partial(u, x),
        b.partial(b.norm2(u), x, total=True),
        b.partial(A * B, A),
        b.partial(X * u, X),
        b.partial(X * u, X, total=True),
        b.partial(x * x.T, x),
        b.partial(r * X, X),
    ],
    n.PartialEntry: [
        b.partial_entry(X * X, X, (i, j), (j, Dimension(1))),
        b.partial_entry(X * u, X, (i,), (j, N), total=True),
        b.partial_entry(x * x.T, x, (i, j), (j,)),
    ],
    n.StructuredPartial: [
        b.structured_partial(b.trace(X * SYM * X * SYM), SYM, "symmetric"),
        b.structured_partial(b.trace(X * SYM * X * SYM), SYM, "symmetric", gradient=True),
        b.structured_partial(x.T * X * DIA * DIA * x, DIA, "diagonal"),
        b.structured_partial(b.determinant(X + DIA), DIA, "diagonal", gradient=True),
        b.structured_partial(b.entry(SYM * X * SYM, i, j), SYM, "symmetric"),
    ],
    n.Entry: [
        b.entry(b.vec(X), n.Pair(i, j)),
        b.entry(b.kronecker(A, X), n.Pair(Dimension(2), i), n.Pair(j, i)),
        b.entry(A, Dimension(2), i),
        b.entry(x, N),
        b.entry(b.fill(b.entry(x, i), vector("N")) + y, i),
    ],
    n.UnitVector: [
        b.unit_vector(2, "N") * s,
        b.unit_vector(N, "N").T * X,
        b.unit_vector(i, "N").T * x,
    ],
    n.Literal: [
        b.literal((s, t * t, b.ONE, b.entry(x, Dimension(2))), matrix(2, 2)),
        b.literal((s * t, b.apply("sin", t)), row(2)) * b.literal((b.entry(x, i), t), vector(2)),
    ],
    n.Delta: [b.delta(i, j) * b.entry(x, i), b.delta(i, Dimension(2))],
    n.IndexSum: [
        b.index_sum(i, b.entry(X, i, j) * b.entry(x, i)),
        b.index_sum(i, t),
        b.index_sum(i, b.entry(x, i) * b.index_sum(i, b.entry(y, i))),
    ],
    n.ArrayOf: [
        b.array_of(b.entry(x, i) * b.entry(y, j), i, j, shape=matrix("N", "N")),
        b.array_of(t * s, i, j, shape=matrix("N", "N")),
        b.array_of(b.entry(X, i, j), i, shape=row("N")),
        b.array_of(b.index_sum(j, b.entry(X, i, j)), i, shape=vector("N")),
    ],
}
DEFINITIONS: dict[n.Symbol, Node] = {u: b.apply("sin", X * x)}
ALL = [(kind, sample) for kind, samples in SAMPLES.items() for sample in samples]


def classes(kind: type[Node]) -> Iterator[type[Node]]:
    for child in kind.__subclasses__():
        yield child
        yield from classes(child)


def test_every_class_of_nodes_has_a_sample() -> None:
    # Nodes of other rooms are forms for printing; what they stand for is evaluated.
    found = {
        one
        for one in classes(Node)
        if one.__module__.startswith("jacobook.algebra.") and ".display." not in one.__module__
    }
    lacking = sorted(one.__name__ for one in found - SAMPLES.keys())
    assert lacking == [], f"no sample in SAMPLES, at which values are compared: {', '.join(lacking)}"
    assert SAMPLES.keys() <= found


def base_values(attempt: int = 0) -> dict[n.Symbol, operations.Array]:
    symbols = {symbol for samples in SAMPLES.values() for sample in samples for symbol in sample.symbols}
    return {z: draw_value(z, SIZES, attempt) for z in symbols if z not in DEFINITIONS}


def point(attempt: int = 0) -> Evaluator:
    values = base_values(attempt)
    directions = {z: draw_direction(z, SIZES, attempt) for z in values}
    return Evaluator(values, SIZES, DEFINITIONS, directions=directions)


@pytest.mark.parametrize(("kind", "sample"), ALL, ids=lambda value: repr(value)[:50])
def test_step_and_differences_agree(kind: type[Node], sample: Node) -> None:
    """Each node's derivative along random directions of all its symbols, by both methods."""
    here = point()
    symbols = [z for z in here.values if z in sample.symbols]
    directions = {z: here.directions[z] for z in symbols}
    if not symbols:
        assert not np.any(here.derivative(sample, here.directions, True))
        return
    affected = here._reach(sample, symbols, True)[0]
    here.value(sample)
    slow = here._differences(sample, directions, affected)
    fast = here.derivative(sample, directions, True)
    assert fast.shape[-2:] == operations.side_lengths(sample.shape, SIZES)
    np.testing.assert_allclose(fast, slow, rtol=1e-8, atol=1e-9)
    rough = any(
        isinstance(part, n.Norm1 | n.Partial | n.PartialEntry | n.Differential | n.StructuredPartial)
        for part in walk(sample)
    )
    rough |= isinstance(sample, n.Apply) and bool(ELEMENTWISE[sample.function].kink)
    rough |= any(
        isinstance(part, n.Largest | n.LargestPlace | n.LargestOfRows | n.LargestPlaceOfRows) for part in walk(sample)
    )
    assert smooth(sample) is not rough


# A formal function has no numbers; test_stand_ins.py holds the two witnesses against each other.
WITH_NUMBERS = [(kind, sample) for kind, sample in ALL if kind not in (n.FunctionValue, *WITHOUT_FORMULAS)]


@pytest.mark.parametrize(("kind", "sample"), WITH_NUMBERS, ids=lambda value: repr(value)[:50])
def test_the_components_have_the_same_values(kind: type[Node], sample: Node) -> None:
    here = point()

    def grid(array: operations.Array) -> Grid:
        return tuple(tuple(sympy.Rational(float(entry)) for entry in line) for line in array[0])

    values = {symbol: grid(value) for symbol, value in here.values.items()}
    directions = {symbol: grid(value) for symbol, value in here.directions.items()}
    written = SymbolicComponents(values, SIZES, DEFINITIONS, directions, through=True)
    for first in range(1, 4):
        for second in range(1, 4):
            expected = written.value(sample, {i: first, j: second})
            found = here.value(sample)
            for index, number in ((i, first), (j, second)):
                axis = here.axis(index)
                if found.ndim >= -axis and found.shape[axis] > 1:
                    found = found.take([number - 1], axis=axis)
            numbers = np.array([[float(entry) for entry in line] for line in expected])
            np.testing.assert_allclose(found.reshape(numbers.shape), numbers, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", [name for name, row in ELEMENTWISE.items() if not row.kink and row.derivative])
@pytest.mark.parametrize("value", [-3.0, -0.4, 0.3, 0.9, 4.0])
def test_functions_at_many_points(name: str, value: float) -> None:
    inside = {"log": value > 0, "sqrt": value > 0, "log1p": value > -1, "arcsin": abs(value) < 0.95}
    inside |= dict.fromkeys(("lgamma", "gammafn", "digamma", "trigamma", "tetragamma"), value > 0)
    inside |= {"arccos": inside["arcsin"], "arctanh": abs(value) < 1, "arccosh": value > 1}
    if not inside.get(name, True):
        with pytest.raises(DomainError):
            evaluate(b.apply(name, t), {t: value}, {})
        return
    found = evaluate(b.partial(b.apply(name, t), t), {t: value}, {})
    variable = sympy.Symbol("v", real=True)
    function = SYMPY[name](variable)
    expected = float(function.diff(variable).subs(variable, sympy.Rational(value)))
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("make", "reference"),
    [
        (lambda: b.inverse(X), lambda e: np.linalg.inv(e)),
        (lambda: b.determinant(X), lambda e: np.linalg.det(e)),
        (lambda: b.log_determinant(X), lambda e: np.linalg.slogdet(e)[1]),
        (lambda: b.adjugate(X), lambda e: np.linalg.det(e) * np.linalg.inv(e)),
        (lambda: b.norm2(X), lambda e: np.linalg.norm(e)),
        (lambda: b.vec(X), lambda e: e.flatten(order="F")),
        (lambda: b.kronecker(X, X), lambda e: np.kron(e, e)),
        (lambda: b.unvec(b.vec(X), X.shape), lambda e: e),
        (lambda: b.commutation("N", "N") * b.vec(X), lambda e: e.flatten()),
        (lambda: b.khatri_rao(X, X * X), lambda e: np.array([np.kron(*c) for c in zip(e.T, (e @ e).T, strict=True)]).T),
        (lambda: b.trace(X), lambda e: np.trace(e)),
        (lambda: b.power(X, b.number(4)), lambda e: np.linalg.matrix_power(e, 4)),
        (lambda: b.power(X, b.number(-3)), lambda e: np.linalg.matrix_power(e, -3)),
    ],
)
@pytest.mark.parametrize("attempt", [0, 1, 2])
def test_values_agree_with_numpy(
    make: Callable[[], Node], reference: Callable[[operations.Array], operations.Array], attempt: int
) -> None:
    value = draw_value(X, SIZES, attempt)[0]
    np.testing.assert_allclose(evaluate(make(), {X: value}, SIZES), reference(value), rtol=1e-10)


def cofactor(x: operations.Array, row: int, column: int) -> complex:
    minor = np.delete(np.delete(x, row, axis=0), column, axis=1)
    return complex((-1) ** (row + column) * np.linalg.det(minor))


@pytest.mark.parametrize("rank", ["full", "one less", "almost one less", "two less"])
def test_the_adjugate_of_a_large_matrix_has_its_cofactors(rank: str) -> None:
    random = np.random.default_rng(5)
    value = random.normal(size=(8, 8))
    less = {"full": 0, "two less": 2}.get(rank, 1)
    value[:less] = value[less : 2 * less] * 1.5 + (1e-9 * random.normal(size=8) if rank == "almost one less" else 0)
    moved = value + 1j * 1e-20 * random.normal(size=(8, 8))
    found = operations.adjugate(moved[None])[0]
    expected = np.array([[cofactor(moved, j, i) for j in range(8)] for i in range(8)])
    largest = np.abs(expected.real).max()
    np.testing.assert_allclose(found.real, expected.real, rtol=0, atol=1e-10 * max(largest, 1e-3))
    # A complex step comes through.
    np.testing.assert_allclose(found.imag, expected.imag, rtol=0, atol=1e-10 * np.abs(expected.imag).max())


def test_the_vec_jacobian_stacks_columns_on_both_sides() -> None:
    values = {A: draw_value(A, SIZES, 0)[0], C: draw_value(C, SIZES, 0)[0], B: draw_value(B, SIZES, 0)[0]}
    found = evaluate(b.partial(B * A * B, A), values, SIZES)
    np.testing.assert_allclose(found, np.kron(values[B].T, values[B]), rtol=1e-12)
    turned = evaluate(b.partial(b.transpose(A), A), values, SIZES)
    np.testing.assert_array_equal(turned, evaluate(b.commutation("M", "N"), {}, SIZES))
    entry = b.partial_entry(B * A * B, A, (i, Dimension(1)), (Dimension(2), j))
    one = evaluate(entry, values, SIZES, indices={i: 3, j: 1})
    assert one == pytest.approx(values[B][2, 1] * values[B][0, 0])
    with pytest.raises(ValueError, match="runs to N"):
        evaluate(b.partial_entry(B * A * B, A, (i, Dimension(1)), (j, i)), values, SIZES)


def test_arrays_come_out_as_code_holds_them() -> None:
    values: dict[n.Symbol, Any] = {x: np.ones(3), A: np.ones((2, 3)), t: 2.0}
    assert evaluate(x.T, values, SIZES).shape == (3,)
    assert evaluate(A * x, values, SIZES).shape == (2,)
    assert evaluate(t * t, values, SIZES).shape == ()
    assert evaluate(b.fill(t, matrix("N", 1)), values, SIZES).shape == (3, 1)
    assert evaluate(b.entry(A, Dimension(1), i), values, SIZES, indices={i: 2}) == 1.0
    with pytest.raises(ValueError, match="dimensions"):
        evaluate(x, {x: np.ones((3, 1))}, SIZES)
    with pytest.raises(KeyError, match="no value for y"):
        evaluate(y, values, SIZES)


def test_partial_and_total_derivatives_differ_where_there_are_two_paths() -> None:
    """z = w·q with w = 2q: ∂z/∂q = w holds w fixed, dz/dq = 4q does not."""
    q, w, z = n.symbol("q"), n.symbol("w"), n.symbol("z")
    definitions: dict[n.Symbol, Node] = {z: w * q, w: b.TWO * q}
    apart = evaluate(b.partial(z, q), {q: 3.0}, {}, definitions=definitions)
    whole = evaluate(b.partial(z, q, total=True), {q: 3.0}, {}, definitions=definitions)
    assert (float(apart), float(whole)) == (6.0, 12.0)


def test_the_variable_may_be_an_intermediate_name() -> None:
    """What stands before it is held fixed."""
    q, w, z = n.symbol("q"), n.symbol("w"), n.symbol("z")
    definitions: dict[n.Symbol, Node] = {z: w * w * q, w: b.TWO * q}
    assert evaluate(b.partial(z, w, total=True), {q: 3.0}, {}, definitions=definitions) == 36.0


def test_rectangular_gram_matrices_have_no_inverse() -> None:
    with pytest.raises(DomainError):
        evaluate(b.inverse(A.T * A), {A: draw_value(A, SIZES, 0)[0]}, SIZES)


@pytest.mark.parametrize("value", [0.01, -0.01])
def test_points_near_a_kink_are_refused(value: float) -> None:
    for name in sorted(name for name, function in ELEMENTWISE.items() if function.kink):
        with pytest.raises(DomainError):
            evaluate(b.apply(name, t), {t: value}, {})


def test_a_complex_step_never_meets_a_rough_function() -> None:
    """abs of a complex number is real: the step would give a silent 0."""
    here = evaluate(b.partial(b.apply("abs", b.apply("sin", t)), t), {t: -1.0}, {})
    assert here == pytest.approx(-np.cos(1.0), rel=1e-9)


@pytest.mark.parametrize("speed", [1, 100, 400, 600])
def test_differences_of_what_oscillates_fast_are_as_exact_as_others(speed: int) -> None:
    """d/dt sin³(ω|t|) = 3 ω sin²(ω|t|) cos(ω|t|) sign t, which differences have to find since |t| has a kink."""
    inside = b.product(b.number(speed), b.apply("abs", t))
    found = evaluate(b.partial(b.power(b.apply("sin", inside), b.number(3)), t), {t: -1.3}, {})
    angle = speed * 1.3
    expected = -3 * speed * np.sin(angle) ** 2 * np.cos(angle)
    assert abs(float(found) - expected) < 1e-8 * 3 * speed


def test_a_differential_in_a_sum_over_an_index() -> None:
    inside = b.bounded_sum(each, b.differential(b.power(X, each)))
    assert check_equation(b.differential(b.bounded_sum(each, b.power(X, each))), inside, varying=[X]).passed


def test_a_sum_without_terms_is_zero_of_its_shape() -> None:
    empty = b.bounded_sum(b.running_index("e", b.TWO, b.ONE), A)
    assert np.array_equal(evaluate(empty, {A: np.ones((2, 3))}, SIZES), np.zeros((2, 3)))
