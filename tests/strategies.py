"""Random well-typed expressions over the whole language, for Hypothesis and for long seeded runs.

`ExpressionMaker` makes them from a source of choices: Hypothesis draws them (`expressions`, so that it can shrink
what it finds), or a seeded generator does (`random_expression`, fast, and every case has a number). Domains are
respected by construction: `log`, roots and divisors get positive operands, `inv` and `logdet` declared invertible
matrices or C C' + c I. Exponentials of exponentials, and powers of those, are damped, so that values stay moderate.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import total
from jacobook.algebra.nodes import Node, Symbol, symbol
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import SCALAR, Dimension, Shape, ShapeError, matrix, product_shape, row, vector
from jacobook.algebra.traverse import contains, substitute
from jacobook.verification.points.instances import size_names

T = TypeVar("T")
POSITIVE, INVERTIBLE = frozenset({"positive"}), frozenset({"invertible"})
SYMMETRIC, DEFINITE = frozenset({"symmetric"}), frozenset({"positive-definite"})
M, N, K = (Dimension.of(name) for name in "MNK")

VARIABLES: tuple[Symbol, ...] = (
    symbol("s"),
    symbol("t"),
    symbol("c", SCALAR, POSITIVE),
    *(symbol(name, vector(N)) for name in "xy"),
    *(symbol(name, vector(M)) for name in "uv"),
    symbol("p", vector(N), POSITIVE),
    symbol("q", vector(M), POSITIVE),
    symbol("h", vector(K)),
    *(symbol(name, matrix(M, N)) for name in "AB"),
    symbol("C", matrix(N, M)),
    symbol("E", matrix(N, K)),
    *(symbol(name, matrix(N, N)) for name in "XY"),
    symbol("G", matrix(M, M)),
    symbol("P", matrix(M, N), POSITIVE),
    symbol("Z", matrix(N, N), INVERTIBLE),
    symbol("W", matrix(M, M), INVERTIBLE),
    symbol("S", matrix(N, N), SYMMETRIC),
    symbol("Q", matrix(N, N), DEFINITE),
    symbol("o", matrix(N, 1)),
    symbol("r", matrix(1, N)),
    symbol("z", vector(2)),
)
Sizes = tuple[Dimension, Dimension, Dimension]
"""What M, N and K stand for."""
WHOLE: tuple[Symbol, ...] = tuple(symbol(name, properties=frozenset({"whole"})) for name in ("k", "n"))
"""Declared whole numbers, which stand in exponents and in the bounds of sums."""
BY_NAME = {variable.name: variable for variable in VARIABLES}
RESULTS: tuple[Shape, ...] = (
    *(SCALAR,) * 6,
    *(vector(N), vector(M)) * 2,
    row(N),
    matrix(M, N),
    matrix(N, N),
    vector(2),
)
"""Shapes of results; scalars, which every textbook asks for, most often."""
FIXED = (1, 1, 2, 3, "N", "M")
"""What a size may be where sizes are drawn: 1 most often, a number, or a name, so that two sizes may be one."""
GROWING = (n.Power, n.BoundedSum, n.HadamardPower, n.Inverse, n.Determinant, n.Kronecker)
NUMBERS = (Fraction(2), Fraction(-1), Fraction(1, 2), Fraction(3), Fraction(-3, 2), Fraction(1))


class Choices(Protocol):
    """A source of choices."""

    def below(self, bound: int) -> int:
        """Return one of 0 … bound − 1."""


class Seeded:
    """Choices from a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def below(self, bound: int) -> int:
        return self.random.randrange(bound)


class Drawn:
    """Choices that Hypothesis draws; smaller numbers are simpler."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw

    def below(self, bound: int) -> int:
        return 0 if bound == 1 else int(self.draw(st.integers(0, bound - 1)))


class ExpressionMaker:
    """Makes expressions; `favoured` variables stand in a third of the leaves that they fit."""

    def __init__(
        self,
        choices: Choices,
        favoured: Iterable[Symbol] = (),
        variables: Iterable[Symbol] = VARIABLES,
        powers: bool = False,
        sizes: Sizes | None = None,
        entries_above: bool = False,
        wider: bool = False,
    ):
        """With `powers` also make powers with symbolic exponents and sums over an index.

        `sizes` are those that M, N and K stand for. With them the maker also multiplies what has a side of 1 with what
        lacks that side. With `wider` it also makes functions of whole matrices, triangles and largest entries.
        With `entries_above` entries of arrays stand in exponents: `p.^(w[1])`, `c^(B[1,2] - 1)`.
        """
        self.choices, self.powers, self.entries_above, self.sums = choices, powers, entries_above, 0
        self.wider = wider
        self.favoured = tuple(favoured)
        self.variables = tuple(variables)
        self.joins_single_sides = sizes is not None
        self.M, self.N, self.K = sizes or (M, N, K)
        self.by_name = BY_NAME | {variable.name: variable for variable in self.variables}

    def one_of(self, options: Sequence[T]) -> T:
        """Return one of the options; the first is the simplest."""
        return options[self.choices.below(len(options))]

    def chance(self, of: int) -> bool:
        """Return True once in `of` times."""
        return self.choices.below(of) == of - 1

    # -- leaves --------------------------------------------------------------------------------------------------

    def leaf(self, shape: Shape) -> Node:
        """Return a variable of this shape, a transposed one, or the simplest thing that has the shape."""
        if self.powers and shape.is_square and self.chance(2):
            square = self._fitting(self.favoured, shape) or self._fitting(self.variables, shape)
            if square:
                return b.power(self.one_of(square), self.one_of(WHOLE))
        favoured = self._fitting(self.favoured, shape) or self._bent(shape)
        if favoured and not self.chance(3):
            return self.one_of(favoured)
        found = self._fitting(self.variables, shape)
        if shape.is_scalar and self.chance(4):
            return b.number(self.one_of(NUMBERS))
        if shape.is_square and self.chance(6):
            return b.identity(shape.rows)
        if found:
            return self.one_of(found)
        if shape.is_matrix:
            return b.fill(self.one_of(self._fitting(self.variables, SCALAR)), shape)
        return b.fill(b.number(self.one_of(NUMBERS)), shape)

    def _bent(self, shape: Shape) -> list[Node]:
        """Return the simplest expressions of this shape in the favoured variables: x'*y, A*x, sum(X), s*B."""
        found: list[Node] = []
        for v in self.favoured:
            if shape.is_scalar:
                found += [b.entry_sum(v), b.power(b.norm2(v), b.TWO)] if v.shape.axes else []
                found += [b.trace(v)] if v.shape.is_square else []
            for w in self.variables if self.chance(2) else ():
                pairs = ((v, w), (w, v), (v.T, w), (w.T, v), (v, w.T), (w, v.T))
                found += [b.product(a, c) for a, c in pairs if _product(a.shape, c.shape) == shape]
        return found

    @staticmethod
    def _fitting(variables: Iterable[Symbol], shape: Shape) -> list[Node]:
        plain: list[Node] = [variable for variable in variables if variable.shape == shape]
        if shape.is_scalar:
            return plain
        return plain + [b.transpose(v) for v in variables if v.shape == shape.transposed and v.shape != shape]

    # -- all shapes ------------------------------------------------------------------------------------------------

    def make(self, shape: Shape, depth: int) -> Node:
        """Return an expression of this shape, at most about `depth` deep."""
        if depth <= 0:
            return self.leaf(shape)

        def some(wanted: Shape = shape, less: int = 1) -> Node:
            return self.make(wanted, depth - less - (self.choices.below(2)))

        rows, columns = shape.rows, shape.columns
        between = self.one_of((self.N, self.M, self.N, self.M, self.K))
        options: list[Callable[[], Node]] = [
            lambda: self.leaf(shape),
            lambda: some() + some(),
            lambda: some() - some(),
            lambda: -some(),
            lambda: b.product(some(SCALAR), some()),
            lambda: b.product(b.number(self.one_of(NUMBERS)), some()),
            lambda: b.divide(some(), self.positive(SCALAR, depth - 1)),
            lambda: self.function(some()),
            lambda: self.function(some()),
            lambda: b.hadamard(some(), some()),
        ]
        if self.powers:
            options += [lambda: self.summed(shape, depth - 1)] * 4
            options += [lambda: self.symbolic_power(some, shape, depth)] * 8 if shape.is_square else []
            options += [lambda: b.power(self.bounded(some()), self.one_of(WHOLE))] if shape.is_scalar else []
        if self.wider:
            options += self.wider_options(some, shape, depth) * 3
        if self.entries_above:
            options += [lambda: self.power_by_entry(shape, depth)] * 12
        if shape.is_scalar:
            options += [
                lambda: b.product(some(row(between)), some(vector(between))),
                lambda: b.product(some(row(between)), some(matrix(between, self.M)), some(vector(self.M), 2)),
                lambda: b.trace(some(matrix(between, between))),
                lambda: b.trace(b.product(some(matrix(self.M, self.N)), some(matrix(self.N, self.M)))),
                lambda: b.entry_sum(some(self.one_of((vector(self.N), matrix(self.M, self.N), row(self.M))))),
                lambda: b.norm2(some(self.one_of((vector(between), matrix(self.M, self.N))))),
                lambda: b.power(b.norm2(some(self.one_of((vector(between), matrix(self.N, self.M))))), b.TWO),
                lambda: b.norm1(some(self.one_of((vector(between), matrix(self.M, self.N))))),
                lambda: b.log_sum_exp(some(vector(between))),
                lambda: b.determinant(self.damped(some(matrix(self.N, self.N)))),
                lambda: b.determinant(self.invertible(self.N, depth - 1)),
                lambda: b.log_determinant(self.invertible(self.N, depth - 1)),
                lambda: b.power(self.damped(some()), b.number(self.one_of((2, 3)))),
                lambda: b.power(self.positive(SCALAR, depth - 1), self.exponent(depth)),
                lambda: self.component(some(self.one_of((vector(between), vector(2), row(self.M))))),
                lambda: self.component(some(self.one_of((matrix(between, self.N), matrix(self.M, self.N))))),
                lambda: b.product(self.written(row(2), depth), some(vector(2))),
                lambda: b.determinant(self.bounded(self.written(matrix(2, 2), depth))),
            ]
            return self.one_of(options)()
        if not (rows.names or columns.names) and 1 < rows.coefficient * columns.coefficient <= 4:
            options += [lambda: self.written(shape, depth)] * 4
        options += [
            lambda: b.product(some(), some(SCALAR)),
            lambda: b.hadamard_divide(some(), self.positive(shape, depth - 1)),
            lambda: b.hadamard_divide(some(SCALAR), self.positive(shape, depth - 1)),
            lambda: b.hadamard_power(self.damped(some()), b.number(self.one_of((2, 3)))),
            lambda: b.hadamard_power(self.positive(shape, depth - 1), self.exponent(depth)),
            lambda: b.hadamard_power(self.positive(shape, depth - 1), self.bounded(some())),
            lambda: some() + b.fill(some(SCALAR), shape),
        ]
        if shape.is_vector:
            options += [
                lambda: b.product(some(matrix(rows, between)), some(vector(between))),
                lambda: b.product(some(matrix(rows, between)), some(vector(between))),
                lambda: b.product(b.inverse(self.invertible(rows, depth - 1)), some()),
                lambda: b.softmax(some()),
                lambda: b.product(b.diag(some()), some()),
                lambda: b.diag(some(matrix(rows, rows))),
                lambda: b.transpose(b.product(some(row(between)), some(matrix(between, rows)))),
                lambda: b.divide(some(), b.norm2(some(shape))),
            ]
        elif shape.is_row:
            options += [
                lambda: b.transpose(some(shape.transposed)),
                lambda: b.product(some(row(between)), some(matrix(between, columns))),
            ]
        else:
            options += [
                lambda: b.product(some(matrix(rows, between)), some(matrix(between, columns))),
                lambda: b.product(some(matrix(rows, between)), some(matrix(between, columns))),
                lambda: b.product(some(vector(rows)), some(row(columns))),
                lambda: b.transpose(some(shape.transposed)),
            ]
            if self.joins_single_sides:
                options += [
                    lambda: b.product(some(vector(rows)), some(matrix(1, columns))),
                    lambda: b.product(some(matrix(rows, 1)), some(row(columns))),
                ] * 2
        if shape.is_square:
            options += [
                lambda: b.inverse(self.invertible(rows, depth - 1)),
                lambda: b.diag(some(vector(rows))),
                lambda: b.diag(b.diag(some())),
                lambda: some() + b.identity(rows),
                lambda: b.power(self.damped(some()), b.number(self.one_of((2, 3, 0)))),
                lambda: b.power(self.invertible(rows, depth - 1), b.number(-2)),
            ]
        return self.one_of(options)()

    def wider_options(self, some: Callable[..., Node], shape: Shape, depth: int) -> list[Callable[[], Node]]:
        """Return functions of whole matrices, triangles, largest entries, angles."""
        M, N = self.M, self.N
        less = max(depth - 1, 0)

        def definite(size: Dimension) -> Node:
            wide = b.apply("tanh", self.make(matrix(size, M), less - 1))
            return b.product(wide, wide.T) + b.identity(size)

        options: list[Callable[[], Node]] = [lambda: b.arctan2(some(), self.positive(shape, less))]
        if shape.is_scalar:
            options += [
                lambda: b.trace(b.matrix_exponential(self.bounded(some(matrix(N, N))))),
                lambda: b.trace(b.matrix_logarithm(definite(N))),
                lambda: b.largest_eigenvalue(definite(N)),
                lambda: b.entry_sum(b.eigenvalues(definite(M))),
                lambda: b.apply("sqrt", b.largest_eigenvalue(definite(N))),
                lambda: b.nuclear_norm(some(matrix(M, N))),
                lambda: b.largest(some(self.one_of((vector(N), matrix(M, N))))),
                lambda: b.determinant(b.diag(some(vector(N)))),
            ]
        elif shape.is_vector:
            options += [
                lambda: b.product(b.triangle(matrix(shape.rows, shape.rows), lower=True), some()),
                lambda: b.eigenvalues(definite(shape.rows)),
            ]
        elif shape.is_matrix:
            options += [
                lambda: b.triangle_of(some(), self.one_of((True, False))),
                lambda: b.pseudoinverse(some(shape.transposed)),
            ]
        if shape.is_square:
            options += [
                lambda: b.matrix_exponential(self.bounded(some())),
                lambda: b.matrix_root(definite(shape.rows)),
                lambda: b.inverse(b.matrix_root(definite(shape.rows))),
                lambda: b.matrix_logarithm(definite(shape.rows)),
                lambda: b.cholesky(definite(shape.rows)),
            ]
        return options

    def symbolic_power(self, some: Callable[[], Node], shape: Shape, depth: int) -> Node:
        """Return a power of a square expression whose exponent is symbolic; a negative one of an invertible matrix."""
        exponent = self.one_of((*WHOLE, total((WHOLE[0], b.number(-1))), total(WHOLE)))
        if self.chance(3):
            declared = [v for v in self.variables if v.shape == shape and "invertible" in v.properties]
            base = self.one_of(declared) if declared else None
            if base is not None:
                return b.power(base, -self.one_of(WHOLE))
        return b.power(self.damped(some()), exponent)

    def power_by_entry(self, shape: Shape, depth: int) -> Node:
        """Return a power of every entry of something positive; the exponent is an entry, or holds one."""
        arrays = [v for v in (*self.favoured, *self.variables) if v.shape.axes and Dimension(1) not in v.shape.axes]
        inside: Node = self.one_of(arrays)
        if self.chance(3):
            inside = self.one_of((inside + inside, b.transpose(inside), b.apply("tanh", inside)))
        exponent = self.component(inside)
        if self.chance(3):
            exponent = self.one_of((exponent - b.ONE, -exponent, b.product(b.TWO, exponent), b.transpose(exponent)))
        base = self.positive(shape, depth - 1)
        return b.power(base, exponent) if shape.is_scalar else b.hadamard_power(base, exponent)

    def summed(self, shape: Shape, depth: int) -> Node:
        """Return a sum over an index, of powers with that index as exponent where the shape takes them."""
        self.sums += 1
        index = b.running_index(f"e{self.sums}", b.number(self.one_of((0, 1))), self.one_of(WHOLE))
        whole = matrix(self.N, self.N)
        square = self._fitting(self.favoured, whole) or self._fitting(self.variables, whole)
        power = b.power(self.one_of(square), self.one_of((index, total((index.upper, -index)))))
        less = max(depth - 1, 0)
        if shape.is_scalar:
            body = self.one_of((b.trace(power), b.product(self.by_name["x"].T, power, self.by_name["y"])))
        elif shape.rows == self.N and not shape.is_row:
            body = b.product(power, self.make(shape, less))
        elif shape.columns == self.N and not shape.is_vector:
            body = b.product(self.make(shape, less), power)
        else:
            body = b.product(index, self.make(shape, less))
        return b.bounded_sum(index, body)

    def whole(self, shape: Shape, depth: int) -> Node:
        """Return an expression of this shape; sometimes one of those that only stand outside (vec, kron)."""
        if self.chance(12):
            a, c = self.make(matrix(self.M, self.N), depth - 2), self.make(matrix(self.N, self.N), depth - 2)
            if shape.is_scalar:
                return self.one_of(
                    (
                        lambda: b.entry_sum(b.kronecker(a, c)),
                        lambda: b.trace(b.kronecker(c, self.make(matrix(self.M, self.M), depth - 2))),
                        lambda: b.product(b.vec(a).T, b.vec(self.make(matrix(self.M, self.N), depth - 2))),
                        lambda: b.norm2(b.vec(c)),
                    )
                )()
            if shape.is_vector and shape.length == N:
                other = self.make(matrix(self.N, self.N), depth - 2)
                return b.product(b.kronecker(c, b.fill(b.ONE, row(self.N))), b.vec(other))
        return self.make(shape, depth)

    def component(self, x: Node) -> Node:
        """Return an entry of an array: the first, the second or the last."""

        def places(axis: Dimension) -> tuple[Dimension, ...]:
            return (axis,) if axis == Dimension(1) else (Dimension(1), Dimension(2), axis)

        return b.entry(x, *(self.one_of(places(axis)) for axis in x.shape.axes))

    def written(self, shape: Shape, depth: int) -> Node:
        """Return an array of this shape written entry by entry."""
        count = shape.rows.coefficient * shape.columns.coefficient
        return b.literal([self.make(SCALAR, min(depth - 1, 2)) for _ in range(count)], shape)

    # -- operands that a domain asks for ---------------------------------------------------------------------------

    def exponent(self, depth: int) -> Node:
        """Return an exponent for a positive base."""
        if self.chance(4):
            return self.bounded(self.make(SCALAR, min(depth - 2, 1)))
        return b.number(Fraction(self.one_of(("2", "1/2", "-1", "-1/2", "3", "-2"))))

    def positive(self, shape: Shape, depth: int) -> Node:
        """Return an expression that is positive in every entry."""
        declared = [v for v in self._fitting(self.variables, shape) if _root(v).properties & POSITIVE]
        ones = b.fill(b.ONE, shape)

        def some() -> Node:
            return self.make(shape, depth - 1)

        options: list[Callable[[], Node]] = [
            lambda: b.hadamard(x := self.damped(some()), x) + ones,
            lambda: b.apply("exp", self.bounded(some())),
            lambda: ones + b.apply("exp", -self.bounded(some())),
            lambda: b.apply("softplus", some()) + ones,
            lambda: b.apply("sigmoid", self.bounded(some())),
        ]
        if declared:
            options = [lambda: self.one_of(declared)] * 2 + options
        elif depth <= 0:
            return b.fill(self.one_of((self.by_name["c"], b.TWO)), shape)
        if depth <= 0:
            return self.one_of(declared)
        if shape.is_scalar:
            options.append(lambda: b.ONE + b.product(b.transpose(x := self.make(vector(self.N), depth - 1)), x))
            options.append(lambda: b.power(b.norm2(self.make(vector(self.M), depth - 1)), b.TWO) + self.by_name["c"])
        return self.one_of(options)()

    def invertible(self, size: Dimension, depth: int) -> Node:
        """Return a square expression that is invertible: a declared one, or one with c I added."""
        shape = matrix(size, size)
        declared: list[Node] = [v for v in self.variables if v.shape == shape and "invertible" in v.properties]
        ridge = b.product(self.one_of((self.by_name["c"], b.number(4))), b.identity(size))
        gram = self.make(matrix(size, self.one_of((self.N, self.M))), min(depth - 1, 1))
        options: list[Callable[[], Node]] = [
            lambda: b.product(gram, gram.T) + ridge,
            lambda: b.apply("tanh", self.make(shape, depth - 1)) + b.product(b.number(9), b.identity(size)),
            lambda: b.diag(self.positive(vector(size), depth - 1)),
        ]
        if declared:
            options = [lambda: self.one_of(declared)] * 3 + options
            if depth <= 0:
                return self.one_of(declared)
        return self.one_of(options)()

    def damped(self, x: Node) -> Node:
        """Return the expression, bounded where it may be large already."""
        return self.bounded(x) if contains(x, GROWING) or _has_exponential(x) else x

    def bounded(self, x: Node) -> Node:
        """Return the expression in a bounded function, unless it is simple."""
        if not x.operands or isinstance(x, n.Transpose | n.Fill):
            return x
        return b.apply(self.one_of(("tanh", "sin", "sigmoid", "arctan")), x)

    def function(self, x: Node) -> Node:
        """Return an element-wise function of the expression, within its domain."""
        name = self.one_of(
            (
                "exp", "log", "sin", "tanh", "sigmoid", "cos", "sqrt", "softplus", "relu", "abs",
                "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "sign",
            )
        )  # fmt: skip
        if name in ("log", "sqrt"):
            return b.apply(name, self.positive(x.shape, 2))
        if name in ("exp", "sinh", "cosh"):
            return b.apply(name, self.damped(x) if not isinstance(x, n.Product) else self.bounded(x))
        if name in ("tan", "arcsin", "arccos"):
            return b.apply(name, b.product(b.number(Fraction(1, 2)), b.apply("tanh", x)))
        return b.apply(name, x)


def _product(left: Shape, right: Shape) -> Shape | None:
    try:
        return product_shape(left, right)
    except ShapeError:
        return None


def _root(node: Node) -> Symbol:
    inside = node.operands[0] if isinstance(node, n.Transpose) else node
    assert isinstance(inside, Symbol)
    return inside


def _has_exponential(node: Node) -> bool:
    def grows(current: Node) -> bool:
        if isinstance(current, n.Apply) and current.function in ("exp", "sinh", "cosh", "tan"):
            return True
        return any(map(grows, current.operands))

    return grows(node)


# -- what tests ask for --------------------------------------------------------------------------------------------


@st.composite
def expressions(
    draw: Any,
    shapes: Sequence[Shape] = RESULTS,
    depth: int = 4,
    containing: Sequence[str] = (),
    variables: Sequence[Symbol] = VARIABLES,
) -> Node:
    """Draw an expression of one of the shapes; every variable named in `containing` occurs in it."""
    maker = ExpressionMaker(Drawn(draw), [BY_NAME[name] for name in containing], variables)
    shape = maker.one_of(tuple(dict.fromkeys(shapes)))
    return _with_variables(maker, maker.whole(shape, depth), containing)


def _with_variables(maker: ExpressionMaker, node: Node, containing: Sequence[str]) -> Node:
    """Return the expression times a scalar function of each variable that it should hold and does not."""
    missing = [maker.by_name[name] for name in containing if maker.by_name[name] not in node.symbols]
    return reduce(lambda whole, variable: b.product(_scalar_of(maker, variable), whole), missing, node)


def _scalar_of(maker: ExpressionMaker, variable: Symbol) -> Node:
    if variable.shape.is_scalar:
        return maker.one_of((variable, b.apply("sin", variable)))
    if variable.shape.is_square:
        return maker.one_of((b.trace(variable), b.entry_sum(variable)))
    return maker.one_of((b.entry_sum(variable), b.power(b.norm2(variable), b.TWO)))


def random_expression(
    seed: int,
    depth: int = 4,
    powers: bool = False,
    fixed: bool = False,
    entries_above: bool = False,
    wider: bool = False,
) -> tuple[Node, Symbol]:
    """Return the expression with this number, and the variable to differentiate with respect to.

    One in twenty does not hold its variable. With `powers` there are symbolic exponents and sums over an index, with
    `entries_above` exponents that are entries of arrays, with `wider` functions of whole matrices; with `fixed` the
    sizes are drawn as well, most often 1.
    """
    choices = Seeded(seed)
    sizes, results = None, RESULTS
    variables = VARIABLES
    if fixed:
        drawn = [Dimension.of(FIXED[choices.below(len(FIXED))]) for _ in "MNK"]
        sizes = drawn[0], drawn[1], drawn[2]
        variables = tuple(symbol(v.name, resized(v.shape, sizes), v.properties) for v in VARIABLES)
        results = tuple(resized(shape, sizes) for shape in RESULTS)
    maker = ExpressionMaker(
        choices, variables=variables, powers=powers, sizes=sizes, entries_above=entries_above, wider=wider
    )
    wrt = maker.one_of(variables)
    if powers and not wrt.shape.is_scalar:
        wrt = maker.one_of([variable for variable in variables if variable.shape == matrix(maker.N, maker.N)])
    maker.favoured = (wrt,)
    node = maker.whole(maker.one_of(results), 1 + maker.choices.below(depth))
    return (node if maker.chance(20) else _with_variables(maker, node, (wrt.name,))), wrt


def resized(shape: Shape, sizes: Sizes) -> Shape:
    """Return the shape with these sizes for M, N and K."""
    known = dict(zip("MNK", sizes, strict=True))

    def of(side: Dimension) -> Dimension:
        return reduce(Dimension.__mul__, (known[name] for name in side.names), Dimension(side.coefficient))

    return Shape(shape.kind, of(shape.rows), of(shape.columns))


_x, _h, _W, _t = symbol("x", vector(N)), symbol("y", vector(N)), symbol("W", matrix(N, N)), symbol("t")
_TWICE: tuple[Callable[[Node], Node], ...] = (
    lambda h: h + b.apply("tanh", _W * h),
    lambda h: b.hadamard(h, b.apply("sigmoid", h)),
    lambda h: h - b.apply("tanh", h.T * h) * _h,
    lambda h: _t * h + b.softmax(h),
    lambda h: b.apply("sin", _W.T * h) + b.apply("sin", b.entry_sum(h)) * h,
    lambda h: b.diag(b.apply("tanh", h)) * (_W * b.apply("cos", h)),
)
"""Links from a vector to a vector that use it twice."""
_ENDS: tuple[Callable[[Node, Node], Node], ...] = (
    lambda h, before: h.T * h,
    lambda h, before: b.entry_sum(b.hadamard(h, before)),
    lambda h, before: h + before,
    lambda h, before: b.log_sum_exp(h) + b.power(b.norm2(before), b.TWO),
    lambda h, before: b.trace(_W * h * before.T),
)


def random_chain(seed: int, longest: int = 9) -> Statement:
    """Return the statement with this number about a chain of links that each use the one before twice."""
    choices = Seeded(seed)
    names: list[Symbol] = [_x]
    links: list[Link] = []
    for k in range(1, 3 + choices.below(longest - 2)):
        previous, h = names[-1], symbol(f"h{k}", vector(N))
        expression = _TWICE[choices.below(len(_TWICE))](previous)
        if k > 1 and choices.below(4) == 0:  # a way around the link before
            expression = expression + names[-2]
        links.insert(0, Link(h, expression))
        names.append(h)
    end = _ENDS[choices.below(len(_ENDS))](names[-1], names[-2])
    wrt = (_x, _W, _t, _h)[choices.below(4)]
    return Statement((_W, _t, _x, _h), (Link(symbol("f", end.shape), end), *links), wrt)


def random_links(seed: int, longest: int = 4, fixed: bool = False) -> Statement:
    """Return the statement with this number about a chain of random links of all shapes; each uses those before it.

    With `fixed` the sizes are drawn as well, and arrays are written entry by entry.
    """
    choices = Seeded(seed)
    sizes, variables, results = None, VARIABLES, RESULTS
    if fixed:
        drawn = [Dimension.of(FIXED[choices.below(len(FIXED))]) for _ in "MNK"]
        sizes = drawn[0], drawn[1], drawn[2]
        variables = tuple(symbol(v.name, resized(v.shape, sizes), v.properties) for v in VARIABLES)
        results = tuple(resized(shape, sizes) for shape in RESULTS)
    wrt = variables[choices.below(len(variables))]
    names: list[Symbol] = []
    links: list[Link] = []
    for k in range(1, 3 + choices.below(longest - 1)):
        favoured = names[-2:] or [wrt]
        maker = ExpressionMaker(choices, favoured, (*variables, *names), sizes=sizes)
        shape = results[choices.below(len(results))]
        node = _with_variables(maker, maker.make(shape, 1 + choices.below(2)), (favoured[-1].name,))
        names.append(symbol(f"z{k}", node.shape))
        links.insert(0, Link(names[-1], node))
    used, kept = {names[-1]}, list[Link]()
    for link in links:
        if link.symbol in used:
            used.update(link.expression.symbols)
            kept.append(link)
    return Statement(_declared([link.expression for link in kept], wrt, names), tuple(kept), wrt)


CLASHING = (
    "N", "M", "K", "E", "I", "e", "T", "pi", "lambda", "Lambda", "mu", "sigma", "d", "dim", "R", "dx", "x1", "norm",
    "mean", "t", "i", "D", "x_1", "dN",
)  # fmt: skip
"""Names that are also those of sizes, constants, functions, marks or differentials, or Greek letters in English."""


def with_clashing_names(statement: Statement, seed: int) -> Statement:
    """Return the statement with its variables called by names that mean other things too."""
    choices, free = Seeded(seed), list(CLASHING)
    new: dict[Node, Node] = {}
    for variable in statement.declarations:
        name = free.pop(choices.below(len(free)))
        new[variable] = symbol(name, variable.shape, variable.properties)
    links = tuple(Link(link.symbol, substitute(link.expression, new)) for link in statement.links)
    declared = [one for one in new.values() if isinstance(one, Symbol)]
    wrt = new[statement.wrt]
    assert isinstance(wrt, Symbol)
    return Statement(tuple(sorted(declared, key=lambda one: one.name)), links, wrt)


def _declared(nodes: Sequence[Node], wrt: Symbol, defined: Sequence[Symbol] = ()) -> tuple[Symbol, ...]:
    """Return what must be declared: the variables, and one of every size that has none."""
    found = {wrt}.union(*(node.symbols for node in nodes)).difference(defined)
    for size, holder in (("M", "u"), ("N", "x"), ("K", "h")):
        if size in size_names(nodes) and not any(size in size_names([variable]) for variable in found):
            found.add(BY_NAME[holder])
    return tuple(sorted(found, key=lambda variable: variable.name))


def statement_of(node: Node, wrt: Symbol, name: str = "f") -> Statement:
    """Return the statement that asks for the derivative of an expression; a variable of every size is declared."""
    return Statement(_declared([node], wrt), (Link(symbol(name, node.shape), node),), wrt)


__all__ = [
    "BY_NAME",
    "RESULTS",
    "VARIABLES",
    "WHOLE",
    "ExpressionMaker",
    "expressions",
    "random_chain",
    "random_expression",
    "random_links",
    "statement_of",
    "with_clashing_names",
]
