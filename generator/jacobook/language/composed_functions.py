"""Functions that people write and that are made of others: what each takes, what it gives, and its node.

None of these names is reserved: one that is declared or defined keeps its own meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_whole
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import ONE, Dimension, Kind, Shape, ShapeError, matrix
from jacobook.algebra.symmetry import is_symmetric
from jacobook.algebra.traverse import INDEX_NAMES, names_within
from jacobook.algebra.whole_arrays import ones, row_sums
from jacobook.language.function_table import Checker, Maker, Rule
from jacobook.language.size_inference import SCALAR, Type, product_type, vector_type
from jacobook.language.syntax import Call

# -- nodes -----------------------------------------------------------------------------------------------------------


def entries_of(shape: Shape) -> Node:
    """Return the number of entries."""
    return build.size_of(shape.rows * shape.columns)


def filled(value: Node, shape: Shape) -> Node:
    """Return a scalar as an array of this shape; an array as it is."""
    return build.fill(value, shape) if value.shape.is_scalar else value


def minus(left: Node, right: Node) -> Node:
    """Return left − right."""
    return build.add(left, build.negate(right))


def plus(left: Node, right: Node) -> Node:
    """Return left + right, without one that is 0."""
    if build.is_zero(left):
        return right
    return left if build.is_zero(right) else build.add(left, right)


def above(x: Node, bound: Node) -> Node:
    """Return relu(x − bound), by how much the entries of x exceed a bound; a number joins the one that x ends with."""
    limit = _value(bound)
    if limit is None:
        return build.apply("relu", minus(x, bound))
    *others, last = x.operands if isinstance(x, n.Add) else (x,)
    known = _value(last) if others else None
    rest = x if known is None else build.add(*others)
    shift = (known or Fraction(0)) - limit
    size = filled(build.number(abs(shift)), x.shape)
    return build.apply("relu", plus(rest, size) if shift >= 0 else minus(rest, size))


def _value(node: Node) -> Fraction | None:
    """Return the number that every entry is, None where it is none."""
    match node:
        case n.Number():
            return node.value
        case n.Fill():
            return _value(node.operands[0])
        case n.Negate():
            value = _value(node.operands[0])
            return None if value is None else -value
    return None


def mean(x: Node) -> Node:
    """Return the mean of all entries."""
    return build.divide(build.entry_sum(x), entries_of(x.shape))


def variance(x: Node) -> Node:
    """Return Σ (xᵢ − mean)² / N."""
    centred = minus(x, filled(mean(x), x.shape))
    return build.divide(build.power(build.norm2(centred), build.TWO), entries_of(x.shape))


def larger(left: Node, right: Node) -> Node:
    """Return the entry-wise maximum, a + relu(b − a)."""
    shape = left.shape if right.shape.is_scalar else right.shape
    left, right = filled(left, shape), filled(right, shape)
    if build.is_zero(right):
        left, right = right, left
    return plus(left, above(right, left))


def smaller(left: Node, right: Node) -> Node:
    """Return the entry-wise minimum, a − relu(a − b)."""
    shape = left.shape if right.shape.is_scalar else right.shape
    left, right = filled(left, shape), filled(right, shape)
    for zero, other in ((left, right), (right, left)):
        if build.is_zero(zero):
            return build.negate(build.apply("relu", build.negate(other)))
    return minus(left, above(left, right))


def clipped(x: Node, low: Node, high: Node) -> Node:
    """Return the entries of x, moved to the nearest number from low to high."""
    low, high = filled(low, x.shape), filled(high, x.shape)
    return minus(plus(low, above(x, low)), above(x, high))


def _log_to_base(base: int) -> Maker:
    return lambda x: build.divide(build.apply("log", x), build.apply("log", build.number(base)))


def _reciprocal_of(function: str) -> Maker:
    return lambda x: _quotient(build.ONE, build.apply(function, x))


def _quotient(above: Node, below: Node) -> Node:
    """Return a quotient entry by entry; a scalar above is in every entry."""
    return build.hadamard_divide(filled(above, below.shape), below) if below.shape.axes else build.divide(above, below)


def power_of_two(x: Node) -> Node:
    """Return 2 to the power of every entry."""
    return build.hadamard_power(build.TWO, x) if x.shape.axes else build.power(build.TWO, x)


def log_of_two(left: Node, right: Node) -> Node:
    """Return log(exp(a) + exp(b)), entry by entry, as a + softplus(b − a)."""
    shape = left.shape if right.shape.is_scalar else right.shape
    left, right = filled(left, shape), filled(right, shape)
    if build.is_zero(right):
        left, right = right, left
    return plus(left, build.apply("softplus", plus(right, build.negate(left)) if not build.is_zero(left) else right))


def softsign(x: Node) -> Node:
    """Return x / (1 + |x|), entry by entry."""
    return _quotient(x, build.add(filled(build.ONE, x.shape), build.apply("abs", x)))


def elu(x: Node) -> Node:
    """Return x where it is positive, exp(x) − 1 where it is negative, entry by entry."""
    negative_part = build.negate(build.apply("relu", build.negate(x)))
    return build.add(build.apply("relu", x), build.apply("expm1", negative_part))


def column_sums(x: Node) -> Node:
    """Return X′ 1."""
    return build.product(build.transpose(x), ones(x.shape.rows))


def _to_columns(values: Node, x: Node) -> Node:
    """Return the matrix with these values, one for each row, in every column of x."""
    return build.product(values, build.transpose(ones(x.shape.columns)))


def _centred(x: Node) -> Node:
    """Return every row of a matrix minus its mean."""
    return minus(x, _to_columns(build.divide(row_sums(x), build.size_of(x.shape.columns)), x))


def variances(x: Node) -> Node:
    """Return the variance of every row of a matrix, divided by the number of its entries."""
    squares = build.hadamard_power(_centred(x), build.TWO)
    return build.divide(row_sums(squares), build.size_of(x.shape.columns))


def deviations(x: Node) -> Node:
    """Return the standard deviation of every row of a matrix."""
    return build.apply("sqrt", variances(x))


def standardised(x: Node) -> Node:
    """Return every row of a matrix minus its mean, divided by its standard deviation."""
    return build.hadamard_divide(_centred(x), _to_columns(deviations(x), x))


def normalised(x: Node) -> Node:
    """Return every row of a matrix divided by its length."""
    lengths = build.apply("sqrt", row_sums(build.hadamard_power(x, build.TWO)))
    return build.hadamard_divide(x, _to_columns(lengths, x))


def of_columns(function: Maker) -> Maker:
    """Return the function of every column, from that of every row; an array of two indices stands as it was."""

    def make(x: Node) -> Node:
        found = function(build.transpose(x))
        return build.transpose(found) if found.shape.is_matrix else found

    return make


def running_sums(x: Node) -> Node:
    """Return x₁, x₁ + x₂, … as L x, with L the lower triangle of ones."""
    return build.product(build.triangle(matrix(x.shape.rows, x.shape.rows), lower=True), x)


def product_of_entries(x: Node) -> Node:
    """Return Π xᵢ as det(diag(x)), whose derivative exists where entries are 0 as well."""
    return build.determinant(build.diag(build.stacked(x))) if x.shape.axes else x


def power_norm(x: Node, p: Node) -> Node:
    """Return (Σ |xᵢ|^p)^(1/p); an even power needs no absolute values."""
    is_even = isinstance(p, n.Number) and p.value % 2 == 0
    sizes = x if is_even else build.apply("abs", x)
    total = build.entry_sum(build.hadamard_power(sizes, p)) if x.shape.axes else build.power(sizes, p)
    return build.power(total, build.divide(build.ONE, p))


def spectral_norm(x: Node) -> Node:
    """Return the largest singular value, √ of the largest eigenvalue of X′X."""
    if not x.shape.is_matrix:
        return build.norm2(x)
    return build.apply("sqrt", build.largest_eigenvalue(build.product(build.transpose(x), x)))


def smallest_eigenvalue(x: Node) -> Node:
    """Return −λmax(−S)."""
    if not is_symmetric(x):
        raise ShapeError("eigmin takes a symmetric matrix: declared symmetric, or of such a form as X'*X")
    return build.negate(build.largest_eigenvalue(build.negate(x)))


def smallest_entry(x: Node) -> Node:
    """Return −max(−x)."""
    return build.negate(build.largest(build.negate(x)))


def smallest_of_rows(x: Node) -> Node:
    """Return the smallest entry of every row of a matrix, −max(−row)."""
    return build.negate(build.largest_of_rows(build.negate(x)))


def norms_of_rows(x: Node) -> Node:
    """Return the length of every row of a matrix."""
    return build.apply("sqrt", row_sums(build.hadamard_power(x, build.TWO)))


def norm_of_largest(x: Node) -> Node:
    """Return the largest absolute value of an entry."""
    return build.largest(build.apply("abs", x))


def cross_product(x: Node, y: Node) -> Node:
    """Return x × y = [x]ₓ y."""
    return build.product(build.skew(x), y)


def huber(x: Node, threshold: Node) -> Node:
    """Return u²/2 where |u| ≤ δ, δ(|u| − δ/2) beyond, entry by entry: half of u² − relu(|u| − δ)²."""
    beyond = above(build.apply("abs", x), filled(threshold, x.shape))
    squares = minus(build.hadamard_power(x, build.TWO), build.hadamard_power(beyond, build.TWO))
    return build.product(build.number(Fraction(1, 2)), squares)


def singular_values(x: Node) -> Node:
    """Return the roots of the eigenvalues of X′X, the largest first as programs list them: √(−λ(−X′X))."""
    return build.apply("sqrt", build.negate(build.eigenvalues(build.negate(build.product(build.transpose(x), x)))))


def log_beta(x: Node, y: Node) -> Node:
    """Return log Γ(x) + log Γ(y) − log Γ(x + y), entry by entry."""
    shape = x.shape if x.shape.axes else y.shape
    x, y = filled(x, shape), filled(y, shape)
    return minus(build.add(build.apply("lgamma", x), build.apply("lgamma", y)), build.apply("lgamma", build.add(x, y)))


def log_multivariate_gamma(x: Node, p: Node) -> Node:
    """Return log Γ_p(x) = p(p − 1)/4 log π + Σ_{j=1}^p log Γ(x + (1 − j)/2), of a whole number p.

    Raises ShapeError for another p. (Muirhead, Aspects of Multivariate Statistical Theory, Theorem 2.1.12.)
    """
    if not is_whole(p) or (isinstance(p, n.Number) and p.value < 1):
        raise ShapeError("multigammaln takes a size or a whole number, 1 or more, as its second argument")
    taken = {symbol.name for symbol in names_within(x) | names_within(p)}
    index = build.running_index(next(name for name in ("j", "k", *INDEX_NAMES) if name not in taken), build.ONE, p)
    half = build.divide(minus(build.ONE, index), build.TWO)
    log_pi = build.apply("log", build.product(build.number(4), build.apply("arctan", build.ONE)))
    if p is build.ONE:
        return build.apply("lgamma", x)
    front: Node = build.divide(build.product(p, minus(p, build.ONE)), build.number(4))
    if isinstance(p, n.Number):
        front = build.number(p.value * (p.value - 1) / 4)
    summed = build.bounded_sum(index, build.apply("lgamma", build.add(x, half)))
    return build.add(build.product(front, log_pi), summed)


# -- rules -----------------------------------------------------------------------------------------------------------


def _of_all_entries(make: Maker, *readings: Reading) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        several = types[0].kind is Kind.MATRIX and ONE not in (types[0].rows, types[0].columns)
        said = [one for one in readings if one is not Reading.ALL_ENTRIES or several]
        return SCALAR, checker.remarking(make, *said)

    return rule


def _entry_by_entry(make: Maker) -> tuple[int, Rule]:
    return 1, lambda checker, call, types: (types[0], make)


def _of_vector(make: Maker) -> tuple[int, Rule]:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if types[0].kind is not Kind.VECTOR:
            raise checker.refuse(call, "a vector", types)
        return types[0], make

    return 1, rule


def _of_vector_to_scalar(make: Maker) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if types[0].kind not in (Kind.VECTOR, Kind.ROW):
            raise checker.refuse(call, "a vector", types)
        return SCALAR, make

    return rule


def _of_matrix(make: Maker, gives: Callable[[Type], Type]) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if types[0].kind is not Kind.MATRIX:
            raise checker.refuse(call, "a matrix", types)
        return gives(types[0]), make

    return rule


def _of_pair(kinds: Sequence[Kind], needs: str, make: Maker, gives: Callable[[Type, Type], Type], same: bool) -> Rule:
    """Return the rule of a function of two arrays of one kind, and with `same` of one shape."""

    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        left, right = types
        fits = left.kind is right.kind and left.kind in kinds
        if not fits or (same and not _same(checker, call, left, right)):
            raise checker.refuse(call, needs, types)
        return gives(left, right), make

    return rule


def _same(checker: Checker, call: Call, left: Type, right: Type) -> bool:
    sizes = checker.equate(left.rows, right.rows, call) and checker.equate(left.columns, right.columns, call)
    return left.kind is right.kind and sizes


def _of_vectors_of_space(make: Maker, gives: Type) -> Rule:
    """Return the rule of a function of vectors with three entries."""

    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if not all(given.kind is Kind.VECTOR and checker.equate(given.rows, THREE, call) for given in types):
            raise checker.refuse(call, "vectors with 3 entries" if len(types) > 1 else "a vector with 3 entries", types)
        return gives, make

    return rule


def _with_threshold(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    if not types[1].is_scalar:
        raise checker.refuse(call, "an array and a scalar", types)
    return types[0], huber


def _count(of_vector: bool, make: Maker) -> tuple[int, Rule]:
    """Return the rule of a number of entries, rows or columns; `length(X)` of a matrix is different things to many."""

    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if types[0].is_scalar or (of_vector and types[0].kind is Kind.MATRIX):
            raise checker.refuse(call, "a vector" if of_vector else "an array", types)
        return SCALAR, make

    return 1, rule


def _cross_product(transposed_first: bool) -> tuple[int, Rule]:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        turned = types[0].transposed if transposed_first else types[0]
        other = types[0] if transposed_first else types[0].transposed
        found = product_type(turned, other)
        if types[0].kind is not Kind.MATRIX or found is None:
            raise checker.refuse(call, "a matrix", types)
        if transposed_first:
            return found[0], lambda x: build.product(build.transpose(x), x)
        return found[0], lambda x: build.product(x, build.transpose(x))

    return 1, rule


def _beside(make: Maker, readings: Sequence[Reading] = (Reading.BY_RELU,)) -> Rule:
    """Return the rule of a function that compares, entry by entry, arrays of one shape, or with scalars."""

    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        result = next((given for given in types if not given.is_scalar), SCALAR)
        clipping = len(types) == 3 and types[0].is_scalar
        fits = all(given.is_scalar or _same(checker, call, result, given) for given in types)
        if not fits or (clipping and not result.is_scalar):
            raise checker.refuse(call, "scalars, or arrays of one shape", types)
        return result, checker.remarking(make, *readings)

    return rule


def _of_scalars(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    if not all(given.is_scalar for given in types):
        raise checker.refuse(call, "a scalar and a whole number", types)
    return SCALAR, log_multivariate_gamma


def _solve(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    matrix, right = types
    found = product_type(matrix, right)
    square = matrix.kind is Kind.MATRIX and checker.equate(matrix.rows, matrix.columns, call)
    if not square or found is None or found[1] is None or not checker.equate(*found[1], call):
        raise checker.refuse(call, "a square matrix and a right-hand side", types)
    return found[0], solution


def solution(matrix: Node, right: Node) -> Node:
    """Return the solution of a linear system, A⁻¹ b."""
    return build.product(build.inverse(matrix), right)


def _product(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    found = product_type(*types)
    if found is None or (found[1] is not None and not checker.equate(*found[1], call)):
        raise checker.refuse(call, "factors that fit", types)
    return found[0], build.product


def _frobenius_product(left: Node, right: Node) -> Node:
    joined = build.product(build.transpose(left), right)
    return build.trace(joined) if joined.shape.is_matrix else joined


THREE = Dimension(3)
_ARRAYS = (Kind.VECTOR, Kind.ROW, Kind.MATRIX)
_ENTRYWISE = _of_pair((Kind.SCALAR, *_ARRAYS), "two arrays of one shape", build.hadamard, lambda a, b: a, True)
_ROWS: Callable[[Type], Type] = lambda given: vector_type(given.rows)  # noqa: E731
_COLUMNS: Callable[[Type], Type] = lambda given: vector_type(given.columns)  # noqa: E731

COMPOSED: dict[str, tuple[int, Rule]] = {
    "mean": (1, _of_all_entries(mean, Reading.ALL_ENTRIES)),
    "var": (1, _of_all_entries(variance, Reading.POPULATION, Reading.ALL_ENTRIES)),
    "std": (
        1,
        _of_all_entries(lambda x: build.apply("sqrt", variance(x)), Reading.POPULATION, Reading.ALL_ENTRIES),
    ),
    "prod": (1, _of_all_entries(product_of_entries, Reading.BY_DETERMINANT, Reading.ALL_ENTRIES)),
    "cumsum": _of_vector(running_sums),
    "rowsums": (1, _of_matrix(row_sums, _ROWS)),
    "colsums": (1, _of_matrix(column_sums, _COLUMNS)),
    "rowmeans": (1, _of_matrix(lambda x: build.divide(row_sums(x), build.size_of(x.shape.columns)), _ROWS)),
    "colmeans": (1, _of_matrix(lambda x: build.divide(column_sums(x), build.size_of(x.shape.rows)), _COLUMNS)),
    "colmax": (1, _of_matrix(of_columns(build.largest_of_rows), _COLUMNS)),
    "rowmin": (1, _of_matrix(smallest_of_rows, _ROWS)),
    "colmin": (1, _of_matrix(of_columns(smallest_of_rows), _COLUMNS)),
    "rownorms": (1, _of_matrix(norms_of_rows, _ROWS)),
    "colnorms": (1, _of_matrix(of_columns(norms_of_rows), _COLUMNS)),
    "dot": (
        2,
        _of_pair(
            (Kind.VECTOR,), "two vectors", lambda x, y: build.product(build.transpose(x), y), lambda a, b: SCALAR, True
        ),
    ),
    "outer": (
        2,
        _of_pair(
            (Kind.VECTOR,),
            "two vectors",
            lambda x, y: build.product(x, build.transpose(y)),
            lambda a, b: Type(Kind.MATRIX, a.rows, b.rows),
            False,
        ),
    ),
    "inner": (
        2,
        _of_pair((Kind.VECTOR, Kind.MATRIX), "two arrays of one shape", _frobenius_product, lambda a, b: SCALAR, True),
    ),
    "solve": (2, _solve),
    "transpose": (1, lambda checker, call, types: (types[0].transposed, build.transpose)),
    "cofactor": (1, _of_matrix(lambda x: build.transpose(build.adjugate(x)), lambda given: given)),
    "square": (
        1,
        lambda checker, call, types: (types[0], lambda x: build.hadamard_power(x, build.TWO)),
    ),
    "log2": _entry_by_entry(_log_to_base(2)),
    "log10": _entry_by_entry(_log_to_base(10)),
    "exp2": _entry_by_entry(power_of_two),
    "sech": _entry_by_entry(_reciprocal_of("cosh")),
    "csch": _entry_by_entry(_reciprocal_of("sinh")),
    "coth": _entry_by_entry(_reciprocal_of("tanh")),
    "softsign": _entry_by_entry(softsign),
    "elu": _entry_by_entry(elu),
    "logsigmoid": _entry_by_entry(lambda x: build.apply("log", build.apply("sigmoid", x))),
    "logsoftmax": _of_vector(lambda x: build.apply("log", build.softmax(x))),
    "normalize": _of_vector(lambda x: build.divide(x, build.norm2(x))),
    "layernorm": _of_vector(
        lambda x: build.divide(minus(x, filled(mean(x), x.shape)), build.apply("sqrt", variance(x)))
    ),
    "softmin": _of_vector(lambda x: build.softmax(build.negate(x))),
    "numel": _count(False, lambda x: entries_of(x.shape)),
    "length": _count(True, lambda x: entries_of(x.shape)),
    "nrow": _count(False, lambda x: build.size_of(x.shape.rows)),
    "ncol": _count(False, lambda x: build.size_of(x.shape.columns)),
    "crossprod": _cross_product(True),
    "tcrossprod": _cross_product(False),
    "hadamard": (2, _ENTRYWISE),
    "multiply": (2, _ENTRYWISE),
    "matmul": (2, _product),
    "spectralnorm": (1, _of_matrix(spectral_norm, lambda given: SCALAR)),
    "eigmin": (1, _of_matrix(smallest_eigenvalue, lambda given: SCALAR)),
    "svdvals": (1, _of_matrix(singular_values, _COLUMNS)),
    "cross": (2, _of_vectors_of_space(cross_product, vector_type(THREE))),
    "skew": (1, _of_vectors_of_space(build.skew, Type(Kind.MATRIX, THREE, THREE))),
    "huber": (2, _with_threshold),
    "norminf": (1, _of_vector_to_scalar(norm_of_largest)),
    "max": (2, _beside(larger)),
    "min": (2, _beside(smaller)),
    "clip": (3, _beside(clipped)),
    "betaln": (2, _beside(log_beta, ())),
    "logaddexp": (2, _beside(log_of_two, ())),
    "multigammaln": (2, _of_scalars),
}
"""Every such function: how many arguments it takes, and its rule."""

OF_ONE: dict[str, tuple[int, Rule]] = {
    "max": (1, _of_all_entries(build.largest, Reading.ALL_ENTRIES)),
    "min": (1, _of_all_entries(smallest_entry, Reading.ALL_ENTRIES)),
    "huber": _entry_by_entry(lambda x: huber(x, build.ONE)),
}
"""What these names mean of one array."""

ALIASES = {
    **{name: name.replace("_", "").lower() for name in ("row_sums", "col_sums", "row_means", "col_means")},
    "log_softmax": "logsoftmax",
    "normalise": "normalize",
    "abs2": "square",
    "len": "length",
    "mm": "matmul",
    "mv": "matmul",
    "log_sigmoid": "logsigmoid",
    "opnorm": "spectralnorm",
    "spectral_norm": "spectralnorm",
    "lambda_min": "eigmin",
    "mineig": "eigmin",
    "maximum": "max",
    "fmax": "max",
    "minimum": "min",
    "fmin": "min",
    "clamp": "clip",
    "lbeta": "betaln",
    "logbeta": "betaln",
    "mvlgamma": "multigammaln",
    "lmvgamma": "multigammaln",
    "columnsums": "colsums",
    "columnmeans": "colmeans",
    "amax": "max",
    "amin": "min",
    **{f"{name}s": name for name in ("colmax", "rowmin", "colmin")},
    **{f"{axis}_{what}": f"{axis}{what}" for axis in ("row", "col") for what in ("min", "norms")},
    "col_max": "colmax",
}


_OF_LINES = ("sums", "means", "norms", "mins", "maxs", "rowmin", "colmin", "colmax")


def composed(name: str, arguments: int) -> tuple[int, Rule] | None:
    """Return arity and rule of a function that is made of others, or None; `rowSums` is written in any case."""
    plain = _plain_name(name)
    return OF_ONE[plain] if arguments == 1 and plain in OF_ONE else COMPOSED.get(plain)


def is_composed(name: str) -> bool:
    """Return whether a function of this name is made of others."""
    return _plain_name(name) in COMPOSED


def _plain_name(name: str) -> str:
    plain = name.lower() if name.lower().endswith(_OF_LINES) else name
    return ALIASES.get(plain, plain)
