"""The functions of the language: what each takes, what it gives, and how its node is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import isqrt
from typing import Protocol

from jacobook.algebra import build
from jacobook.algebra.dimensions import size_factors
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import ONE, Dimension, Kind, ShapeError, matrix
from jacobook.algebra.symmetry import is_symmetric
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.size_inference import (
    SCALAR,
    Size,
    Type,
    fresh_size,
    matrix_type,
    parts_of,
    resolve,
    size_product,
    vector_type,
)
from jacobook.language.syntax import Call, Syntax

Maker = Callable[..., Node]
LARGEST_SIDE = 10**18
MOST_NAMES = 32


def is_usable_size(size: Size) -> bool:
    """Return whether a size is of any use: what is written may multiply sizes over and over."""
    found = resolve(size)
    known = parts_of(found)
    return all(
        part.degree <= MOST_NAMES and all(abs(number) <= LARGEST_SIDE for _, number in part.monomials) for part in known
    )


class Checker(Protocol):
    """What a function may ask while it is checked."""

    def equate(self, left: Size, right: Size, where: Call) -> bool:
        """Return whether the sizes can be equal, and make them so."""

    def refuse(self, call: Call, needs: str, types: Sequence[Type]) -> LanguageError:
        """Return the error that the function needs something else than it was given."""

    def remarking(self, make: Maker, *readings: Reading) -> Maker:
        """Return the maker, which then also remarks on how its node is read."""

    def open_array(self, call: Call, result: Type, make: Maker) -> Maker:
        """Return the maker of an array from its operand, to which the shape is given when its sizes are known."""


Rule = Callable[[Checker, Call, Sequence[Type]], tuple[Type, Maker]]


def _elementwise(make: Maker) -> Rule:
    return lambda checker, call, types: (types[0], make)


def _to_scalar(make: Maker) -> Rule:
    return lambda checker, call, types: (SCALAR, make)


def _of_square(make: Maker, gives_matrix: bool, of_scalar: Maker | None = None) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        (given,) = types
        if given.is_scalar and of_scalar is not None:
            return SCALAR, of_scalar
        if given.kind is not Kind.MATRIX or not checker.equate(given.rows, given.columns, call):
            raise checker.refuse(call, "a square matrix", types)
        return (given if gives_matrix else SCALAR), make

    return rule


def _of_vector(make: Maker, gives_vector: bool) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if types[0].kind is not Kind.VECTOR:
            raise checker.refuse(call, "a vector", types)
        return (types[0] if gives_vector else SCALAR), make

    return rule


def _diag(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    (given,) = types
    if given.kind is Kind.VECTOR:
        return matrix_type(given.rows, given.rows), build.diag
    if given.kind is not Kind.MATRIX or not checker.equate(given.rows, given.columns, call):
        raise checker.refuse(call, "a vector or a square matrix", types)
    return vector_type(given.rows), build.diag


def _bounded(checker: Checker, call: Call, types: Sequence[Type], size: Size) -> Size:
    """Return the product of sizes, unless it has grown beyond all use."""
    found = resolve(size)
    if not is_usable_size(found):
        raise checker.refuse(call, "smaller matrices: the result is too large", types)
    return found


def _vec(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    (given,) = types
    if given.kind is not Kind.MATRIX:
        raise checker.refuse(call, "a matrix", types)
    return vector_type(_bounded(checker, call, types, size_product(given.rows, given.columns))), build.vec


def _vech(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    (given,) = types
    if given.kind is not Kind.MATRIX or not checker.equate(given.rows, given.columns, call):
        raise checker.refuse(call, "a square matrix", types)
    side = resolve(given.rows)
    if not isinstance(side, Dimension):
        raise checker.refuse(call, "a square matrix of known size", types)
    _bounded(checker, call, types, side * side)
    return vector_type(build.half(side)), build.vech


def _unvech(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    (given,) = types
    length = resolve(given.length)
    side = side_of_half(length) if given.kind is Kind.VECTOR and isinstance(length, Dimension) else None
    if side is None:
        raise checker.refuse(call, "a vector with N*(N + 1)/2 entries", types)
    return matrix_type(side, side), lambda x: build.unvec(build.duplication(side) * x, matrix(side, side))


def side_of_half(length: Dimension) -> Dimension | None:
    """Return the N of N (N + 1)/2, None for what is no such number."""
    if length.number is not None:
        side = (isqrt(8 * length.number + 1) - 1) // 2
        candidates = [Dimension(side)]
    else:
        candidates = [factor for factor, _ in size_factors(length)[1]]
        candidates += [factor - ONE for factor in candidates]
    return next((side for side in candidates if build.half(side) is length), None)


def _kron(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    left, right = types
    if left.is_scalar or right.is_scalar:
        raise checker.refuse(call, "two vectors, rows or matrices", types)
    kind = left.kind if left.kind is right.kind else Kind.MATRIX
    rows = _bounded(checker, call, types, size_product(left.rows, right.rows))
    columns = _bounded(checker, call, types, size_product(left.columns, right.columns))
    return Type(kind, rows, columns), build.kronecker


def _khatri_rao(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    left, right = types
    matrices = left.kind is Kind.MATRIX and right.kind is Kind.MATRIX
    if not matrices or not checker.equate(left.columns, right.columns, call):
        raise checker.refuse(call, "two matrices with as many columns", types)
    return matrix_type(
        _bounded(checker, call, types, size_product(left.rows, right.rows)), left.columns
    ), build.khatri_rao


def _unvec(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    (given,) = types
    if given.kind is not Kind.VECTOR:
        raise checker.refuse(call, "a vector", types)
    result = matrix_type(fresh_size(), fresh_size())
    if not checker.equate(size_product(result.rows, result.columns), given.length, call):
        raise checker.refuse(call, "a vector", types)
    return result, checker.open_array(call, result, build.unvec)


def _exponential_jacobian(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    (given,) = types
    if given.kind is not Kind.MATRIX or not checker.equate(given.rows, given.columns, call):
        raise checker.refuse(call, "a square matrix", types)
    size = _bounded(checker, call, types, size_product(given.rows, given.rows))
    return matrix_type(size, size), build.exponential_jacobian


def _of_matrix(make: Maker, gives: Callable[[Type], Type]) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if types[0].kind is not Kind.MATRIX:
            raise checker.refuse(call, "a matrix", types)
        return gives(types[0]), make

    return rule


def _pseudoinverse(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    return _of_matrix(build.pseudoinverse, lambda given: given.transposed)(checker, call, types)


def _of_matrix_to_scalar(make: Maker) -> Rule:
    return _of_matrix(make, lambda given: SCALAR)


def _of_matrix_to_matrix(make: Maker) -> Rule:
    return _of_matrix(make, lambda given: given)


def _symmetric(name: str, make: Maker) -> Maker:
    """Return the maker, which raises ShapeError for a matrix that is not known to be symmetric."""

    def made(x: Node) -> Node:
        if not is_symmetric(x):
            raise ShapeError(f"{name} takes a symmetric matrix: declared symmetric, or of such a form as X'*X")
        return make(x)

    return made


def _of_symmetric_to_vector(name: str, make: Maker) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        _, maker = _of_square(_symmetric(name, make), True)(checker, call, types)
        return vector_type(types[0].rows), maker

    return rule


def _arctan2(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
    above, below = types
    same = above.kind is below.kind and checker.equate(above.rows, below.rows, call)
    if not same or not checker.equate(above.columns, below.columns, call):
        raise checker.refuse(call, "two arrays of one shape", types)
    return above, build.arctan2


def _triangle(lower: bool) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if types[0].kind is not Kind.MATRIX:
            raise checker.refuse(call, "a matrix", types)
        return types[0], partial(build.triangle_of, lower=lower)

    return rule


def _fill(make_type: Callable[[], Type]) -> Rule:
    def rule(checker: Checker, call: Call, types: Sequence[Type]) -> tuple[Type, Maker]:
        if not types[0].is_scalar:
            raise checker.refuse(call, "a scalar", types)
        result = make_type()
        return result, checker.open_array(call, result, build.fill)

    return rule


FUNCTIONS: dict[str, tuple[int, Rule]] = {
    **{name: (1, _elementwise(partial(build.apply, name))) for name in ELEMENTWISE},
    "tr": (1, _of_square(build.trace, False, lambda x: x)),
    "det": (1, _of_square(build.determinant, False)),
    "logdet": (1, _of_square(build.log_determinant, False)),
    "inv": (1, _of_square(build.inverse, True, partial(build.divide, build.ONE))),
    "adj": (1, _of_square(build.adjugate, True)),
    "sum": (1, _to_scalar(build.entry_sum)),
    "norm1": (1, _to_scalar(build.norm1)),
    "norm2": (1, _to_scalar(build.norm2)),
    "diag": (1, _diag),
    "vec": (1, _vec),
    "vech": (1, _vech),
    "expm": (1, _of_square(build.matrix_exponential, True, partial(build.apply, "exp"))),
    "sqrtm": (1, _of_square(build.matrix_root, True, partial(build.apply, "sqrt"))),
    "logm": (1, _of_square(build.matrix_logarithm, True, partial(build.apply, "log"))),
    "jacexpm": (1, _exponential_jacobian),
    "pinv": (1, _pseudoinverse),
    "chol": (1, _of_square(_symmetric("chol", build.cholesky), True)),
    "eigmax": (1, _of_square(_symmetric("eigmax", build.largest_eigenvalue), False)),
    "eigvals": (1, _of_symmetric_to_vector("eigvals", build.eigenvalues)),
    "eigvecmax": (1, _of_symmetric_to_vector("eigvecmax", build.leading_eigenvector)),
    "eigvecs": (1, _of_square(_symmetric("eigvecs", build.eigenvectors), True)),
    "normnuc": (1, _of_matrix_to_scalar(build.nuclear_norm)),
    "polar": (1, _of_matrix_to_matrix(build.polar_factor)),
    "rowmax": (1, _of_matrix(build.largest_of_rows, lambda given: vector_type(given.rows))),
    "rowismax": (1, _of_matrix_to_matrix(build.largest_place_of_rows)),
    "ismax": (1, _elementwise(build.largest_place)),
    "arctan2": (2, _arctan2),
    "triu": (1, _triangle(lower=False)),
    "tril": (1, _triangle(lower=True)),
    "kron": (2, _kron),
    "khatrirao": (2, _khatri_rao),
    "unvec": (1, _unvec),
    "unvech": (1, _unvech),
    "softmax": (1, _of_vector(build.softmax, True)),
    "logsumexp": (1, _of_vector(build.log_sum_exp, False)),
    "vector": (1, _fill(lambda: vector_type(fresh_size()))),
    "matrix": (1, _fill(lambda: matrix_type(fresh_size(), fresh_size()))),
}
"""Every function: how many arguments it takes, and its rule."""

OF_SIZES: dict[str, int] = {"dim": 1, "commutation": 2, "eye": 1, "duplication": 1, "elimination": 1}
"""The functions of sizes, and how many they take: `dim(D)`, `commutation(M, N)`, `eye(N)`. (`eye` is also a name.)"""

OF_PLACES: tuple[str, ...] = ("unit", "delta")
"""The functions of places: `unit(1, N)` and, in formulas written in indices, `delta(i, j)`."""

POLYGAMMAS: tuple[str, ...] = ("digamma", "trigamma", "tetragamma")
"""The derivatives of log Γ by their order, from ψ⁽⁰⁾ on."""

OF_SEVERAL_READINGS: tuple[str, ...] = ("where", "ifelse", "sinc")
"""What elaborate/choices.py reads: a choice between two values by a comparison, and sinc."""

SIZED: dict[str, str] = {"vector": "vector(c, N)", "matrix": "matrix(c, M, N)", "unvec": "unvec(v, M, N)"}
"""The functions whose sizes are inferred, or stand behind their argument; and how they are written then."""


PARTIAL = "partial"
"""A partial derivative of a declared function: `partial(p(x, z), 2)`, by its second argument."""


def values_of(call: Call) -> tuple[Syntax, ...]:
    """Return the arguments that are expressions: all but sizes, as in `vector(c, N)`, and the slots in `partial`."""
    if call.name in OF_SIZES or call.name in OF_PLACES:
        return ()
    return call.arguments[:1] if call.name in SIZED or call.name == PARTIAL else call.arguments


def bounded_sum_parts(tree: Syntax) -> tuple[Syntax, ...] | None:
    """Return index, lower bound, upper bound and body of `sum(r, 0, k-1, …)`, None for anything else."""
    return tree.arguments if isinstance(tree, Call) and tree.name == "sum" and len(tree.arguments) == 4 else None


CALLABLE: tuple[str, ...] = (*FUNCTIONS, "dim", "commutation", "duplication", "elimination", "unit", PARTIAL)
"""The names that are functions when a parenthesis follows."""

SYNONYMS: dict[str, str] = {
    **{synonym: row.name for row in ELEMENTWISE.values() for synonym in row.synonyms},
    **dict.fromkeys(("rowMax", "rowMaxs", "rowmaxs", "row_max"), "rowmax"),
    "trace": "tr",
    "Diag": "diag",
    "Tr": "tr",
    "Trace": "tr",
    "Det": "det",
    "log_det": "logdet",
    "determinant": "det",
    "inverse": "inv",
    "norm_2": "norm2",
    "norm_1": "norm1",
    "frobenius": "norm2",
    "norm_F": "norm2",
    "normF": "norm2",
    "log_sum_exp": "logsumexp",
    "logabsdet": "logdet",
    "adjugate": "adj",
    "lse": "logsumexp",
    "basis": "unit",
    "onehot": "unit",
    "constant": "vector",
    "identity": "eye",
    "I": "eye",
    "size": "dim",
    "kronecker": "kron",
    "khatri_rao": "khatrirao",
    "KhatriRao": "khatrirao",
    "commutation_matrix": "commutation",
    "unvectorize": "unvec",
    "duplication_matrix": "duplication",
    "elimination_matrix": "elimination",
    **dict.fromkeys(("lambda_max", "maxeig"), "eigmax"),
    **dict.fromkeys(("eigvalsh", "eigenvalues"), "eigvals"),
    **dict.fromkeys(("nucnorm", "nuclearnorm", "nuclear_norm"), "normnuc"),
    "cholesky": "chol",
    "atan2": "arctan2",
    "mul": ".*",
    "reduce_sum": "sum",
    "reduce_mean": "mean",
    "absolute": "abs",
    "vectorize": "vec",
}
"""What other notations call the functions of this one."""

ELSEWHERE: dict[str, str] = {
    "reshape": "row by row to some and column by column to others; `unvec(v, M, N)` goes by columns",
    "slogdet": "sign and logarithm of a determinant; the logarithm of its absolute value is `logdet(X)`",
    "einsum": "sums of products of arrays; read where none has more than two axes, `einsum('ij,j->i', A, x)`",
    "diff": "differences of neighbours, `x[2:N] - x[1:N-1]`",
    "rank": "the rank of a matrix",
    **dict.fromkeys(("eig", "eigh"), "eigenvalues with eigenvectors; the eigenvalues are `eigvals(S)`"),
    "svd": "singular values with their vectors; the singular values are `svdvals(X)`",
    **dict.fromkeys(("vstack", "hstack", "rbind", "stack"), "arrays put together: `[A; B]` or `[A, B]`"),
    **dict.fromkeys(("vcat", "concatenate", "concat"), "arrays below one another, `[A; B]`"),
    **dict.fromkeys(("hcat", "cbind"), "arrays beside one another, `[A, B]`"),
    "cov": "a covariance",
    **dict.fromkeys(
        ("argmax", "argmin"),
        "a place, which jumps, and has no other derivative than 0; `ismax(x)` is 1 at the place of the largest entry, "
        "`rowismax(X)` in every row, and `softmax(x)` is smooth",
    ),
    "floor": "rounding down",
    "ceil": "rounding up",
    "round": "rounding",
    "mod": "a remainder",
    "polygamma": "derivatives of log Γ; here are `digamma(x)`, `trigamma(x)` and `tetragamma(x)`, of orders 0, 1 and 2",
    "median": "the middle one of the entries",
    "cbrt": "the cube root, `x^(1/3)`",
    "arccot": "the inverse of the cotangent",
    "arcsec": "the inverse of the secant",
    "arccsc": "the inverse of the cosecant",
    "selu": "the scaled exponential linear unit",
}
"""Functions of other notations that this one does not have: what they are and, where there is a way, how to write it.

None of them is a misspelling of anything."""
