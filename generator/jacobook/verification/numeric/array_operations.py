"""The value of every node that needs nothing but the values of its operands, on NumPy arrays.

A value is an array of shape (…, rows, columns), whatever its kind: a scalar is 1×1, a vector n×1, a row 1×n.
Leading axes are broadcast. Except for the rough functions, every operation takes complex values and continues
its real function analytically, so that a complex step through it gives the derivative: there is no conjugate,
no `abs`, no `slogdet`, no `numpy.linalg.norm` and no shift by a maximum here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE, Domain
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_whole
from jacobook.algebra.shapes import Shape, product_shape
from jacobook.language.function_formulas import fold, has_kink, read
from jacobook.verification.numeric import spectral

Array = NDArray[Any]
Sizes = Mapping[str, int]

KINK_MARGIN = 0.05
NEAR_POLE = 1e-3
END_MARGIN = 0.02
"""How far from the end of its domain a function is used."""
ERF_SERIES_UP_TO, ERF_TERMS = 2.0, 60
LARGEST_CONDITION = 1e5
ROUNDED_ZERO = 1e-13
"""What is smaller than this is 0 but for rounding."""
LARGEST_COMMUTATION = 4_000_000
LARGEST_OF_MINORS = 6
"""The size of a matrix up to which its adjugate is made of minors in any case."""


class DomainError(ArithmeticError):
    """The expression has no value here (or see NoUseError)."""


class NoUseError(DomainError):
    """The expression has a value here, but so near to a pole or a kink that it proves nothing."""


class TooLargeArrayError(Exception):
    """An index formula with so many sums that it is not evaluated at these sizes."""


def side_lengths(shape: Shape, sizes: Sizes) -> tuple[int, int]:
    """Return the numbers of rows and columns of the shape under an assignment of sizes."""
    return shape.rows.value(sizes), shape.columns.value(sizes)


def swap(x: Array) -> Array:
    """Return the transpose."""
    return np.swapaxes(x, -1, -2)


def whole_power(x: Array, exponent: int, multiply: Callable[[Array, Array], Array], one: Array) -> Array:
    """Return x multiplied by itself. (A complex power of a negative base would go through its logarithm.)"""
    result, factor = one, x
    while exponent:
        if exponent & 1:
            result = multiply(result, factor)
        factor = multiply(factor, factor) if exponent > 1 else factor
        exponent >>= 1
    return result


def entry_power(base: Array, exponent: Array, constant: bool) -> Array:
    """Return base^exponent entry by entry; whole constant exponents also take negative bases."""
    real = exponent.real
    if constant and real.size and np.all(real == real.flat[0]) and float(real.flat[0]).is_integer():
        whole = int(real.flat[0])
        shape = np.broadcast_shapes(base.shape, exponent.shape)
        power = whole_power(np.broadcast_to(base, shape), abs(whole), np.multiply, np.ones(shape))
        return 1.0 / power if whole < 0 else power
    if constant and np.all(real == np.round(real)) and np.isrealobj(base):
        return np.asarray(np.power(base, real))
    return np.asarray(np.exp(exponent * np.log(base)))


def _arcsin(x: Array) -> Array:
    return np.asarray(np.arctan(x / np.sqrt(1.0 - x * x)))


def _erf(x: Array) -> Array:
    """Return erf of real or complex numbers, by analytic expressions, so that a complex step gives the derivative.

    Near 0 it is 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹/(1·3·…·(2n+1)), a sum without cancellation. Farther out that product loses
    the small derivative, and erfc(x) = exp(−x²)/√π / (x + ½/(x + 1/(x + 3⁄2/(x + …)))) keeps it.
    """
    far, sign = np.abs(x.real) > ERF_SERIES_UP_TO, np.sign(x.real)
    near = np.where(far, 0.0, x)
    term = total = near
    for odd in range(3, 2 * ERF_TERMS, 2):
        term = term * (2.0 * near * near / odd)
        total = total + term
    outside = np.where(far, sign * x, ERF_SERIES_UP_TO)
    below = outside
    for k in range(ERF_TERMS, 0, -1):
        below = outside + 0.5 * k / below
    complement = np.exp(-outside * outside) / (np.sqrt(np.pi) * below)
    return np.asarray(np.where(far, sign * (1.0 - complement), 2.0 / np.sqrt(np.pi) * np.exp(-near * near) * total))


STIRLING_FROM = 12
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
"""B₂, B₄, …: of Stirling's series."""


def _log_gamma(x: Array) -> Array:
    """Return log Γ(x) for numbers with a positive real part, by Stirling's series for Γ(x + n)."""
    far = x + STIRLING_FROM
    product = reduce(np.multiply, (x + k for k in range(STIRLING_FROM)))
    series = sum(b / (2 * k * (2 * k - 1)) * far ** (1 - 2 * k) for k, b in enumerate(_BERNOULLI, 1))
    return np.asarray((far - 0.5) * np.log(far) - far + 0.5 * np.log(2 * np.pi) + series - np.log(product))


def _polygamma(order: int) -> Callable[[Array], Array]:
    """Return the derivative of log Γ of one order more, by the derivatives of Stirling's series and of log x."""

    def function(x: Array) -> Array:
        far, sign, factorial = x + STIRLING_FROM, (-1) ** order, math.factorial(order)
        first = np.log(far) if not order else -sign * math.factorial(order - 1) * far ** (-order)
        terms = [first, -0.5 * sign * factorial * far ** (-order - 1)]
        for k, b in enumerate(_BERNOULLI, 1):
            rising = math.factorial(2 * k + order - 1) / math.factorial(2 * k)
            terms.append(-sign * b * rising * far ** (-2 * k - order))
        terms += [-sign * factorial * (x + k) ** (-order - 1) for k in range(STIRLING_FROM)]
        return np.asarray(reduce(np.add, terms))

    return function


EVALUATORS: dict[str, Callable[[Array], Array]] = {
    "arcsin": _arcsin,
    "arccos": lambda x: np.asarray(np.pi / 2 - _arcsin(x)),
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "erf": _erf,
    "lgamma": _log_gamma,
    "digamma": _polygamma(0),
    "trigamma": _polygamma(1),
    "tetragamma": _polygamma(2),
}
"""The functions that NumPy lacks, and those that it does not continue analytically from where they are real."""


def _product(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    result, shape = values[0], node.operands[0].shape
    for factor, operand in zip(values[1:], node.operands[1:], strict=True):
        scaling = shape.is_scalar or operand.shape.is_scalar
        result = result * factor if scaling else result @ factor
        shape = product_shape(shape, operand.shape)
    return result


def _is_constant(exponent: Node) -> bool:
    """Return whether nothing is ever differentiated with respect to the exponent."""
    return not exponent.symbols or is_whole(exponent)


def _power(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    base, exponent = values
    if node.shape.is_scalar:
        return entry_power(base, exponent, _is_constant(node.operands[1]))
    whole = round(float(exponent.real.flat[0]))
    base = np.linalg.inv(base) if whole < 0 else base
    return whole_power(base, abs(whole), np.matmul, np.eye(base.shape[-1])[None])


def _hadamard_power(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    return entry_power(values[0], values[1], _is_constant(node.operands[1]))


def _fill(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    return np.broadcast_to(values[0], values[0].shape[:-2] + side_lengths(node.shape, sizes))


def adjugate(x: Array) -> Array:
    """Return the transposed cofactors, which also exist where x is singular.

    Of a large matrix far from singular they are det(x) x⁻¹: its size² minors would take size⁵ operations.
    """
    size = x.shape[-1]
    if size > LARGEST_OF_MINORS:
        try:
            inverse = np.linalg.inv(x)
        except np.linalg.LinAlgError:
            pass
        else:
            # Frobenius norms: a bound for the condition number. Both factors keep a complex step apart.
            lengths = [np.sqrt((abs(part) ** 2).sum(axis=(-1, -2))) for part in (x, inverse)]
            if bool((lengths[0] * lengths[1] < LARGEST_CONDITION).all()):
                return np.asarray(np.linalg.det(x)[..., None, None] * inverse)
    result = np.empty(x.shape, dtype=x.dtype)
    for i in range(size):
        for j in range(size):
            minor = np.delete(np.delete(x, i, axis=-2), j, axis=-1)
            result[..., j, i] = (-1) ** (i + j) * (np.linalg.det(minor) if size > 1 else 1.0)
    return result


def _log_determinant(x: Array) -> Array:
    determinant = np.linalg.det(x)
    return np.asarray(0.5 * np.log(determinant * determinant))[..., None, None]


def _kronecker(x: Array, y: Array) -> Array:
    blocks = x[..., :, None, :, None] * y[..., None, :, None, :]
    rows, columns = blocks.shape[-4] * blocks.shape[-3], blocks.shape[-2] * blocks.shape[-1]
    return blocks.reshape((*blocks.shape[:-4], rows, columns))


def khatri_rao(x: Array, y: Array) -> Array:
    """Return the Kronecker products of corresponding columns."""
    blocks = x[..., :, None, :] * y[..., None, :, :]
    return blocks.reshape((*blocks.shape[:-3], blocks.shape[-3] * blocks.shape[-2], blocks.shape[-1]))


def commutation(rows: int, columns: int) -> Array:
    """Return K with K vec(X) = vec(Xᵀ) for X of rows × columns."""
    if (rows * columns) ** 2 > LARGEST_COMMUTATION:
        raise DomainError("too large a commutation matrix")
    # Stacked columns put the entry (i, j) of X at place i + rows·j, and that of X′ at place j + columns·i.
    places = np.arange(rows * columns).reshape(columns, rows).T.ravel()
    return np.eye(rows * columns)[places]


def _total(x: Array) -> Array:
    return np.asarray(x.sum(axis=(-1, -2), keepdims=True))


def _skew(x: Array) -> Array:
    first, second, third = (x[..., place, 0] for place in range(3))
    zero = np.zeros_like(first)
    rows = ((zero, -third, second), (third, zero, -first), (-second, first, zero))
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _vec(x: Array) -> Array:
    return swap(x).reshape((*x.shape[:-2], -1, 1))


def _unvec(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    rows, columns = side_lengths(node.shape, sizes)
    return swap(values[0].reshape((*values[0].shape[:-2], columns, rows)))


def _commutation(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Commutation)
    rows, columns = (dimension.value(sizes) for dimension in node.sizes)
    return commutation(rows, columns)[None]


def _vech(x: Array) -> Array:
    return np.concatenate([x[..., j:, j : j + 1] for j in range(x.shape[-1])], axis=-2)


def lower_numbers(side: int) -> dict[tuple[int, int], int]:
    """Return which entry of vech each place on or below the diagonal is, from 0. Raises DomainError for too many."""
    if side**3 * (side + 1) > 2 * LARGEST_COMMUTATION:
        raise DomainError("too large a matrix for vech")
    return {place: number for number, place in enumerate((i, j) for j in range(side) for i in range(j, side))}


def _duplication(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Duplication)
    side = node.side.value(sizes)
    numbers = lower_numbers(side)
    rows = [numbers[max(i, j), min(i, j)] for j in range(side) for i in range(side)]
    return np.asarray(np.eye(len(numbers))[np.array(rows)])[None]


def _elimination(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Elimination)
    side = node.side.value(sizes)
    return np.asarray(np.eye(side * side)[np.array([i + side * j for i, j in lower_numbers(side)])])[None]


def _triangle(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Triangle)
    side = np.tril if node.is_lower else np.triu
    return np.asarray(side(np.ones(side_lengths(node.shape, sizes))))[None]


def _literal(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    entries = np.stack(np.broadcast_arrays(*values), axis=-1)[..., 0, 0, :]
    return entries.reshape((*entries.shape[:-1], *side_lengths(node.shape, sizes)))


def _blocks(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Blocks)
    front = np.broadcast_shapes(*(value.shape[:-2] for value in values))
    same = [np.broadcast_to(value, front + value.shape[-2:]) for value in values]
    rows = [np.concatenate(same[start : start + node.width], axis=-1) for start in range(0, len(same), node.width)]
    return np.concatenate(rows, axis=-2)


def _part(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Subarray)
    above, before = node.above.value(sizes), node.before.value(sizes)
    rows, columns = side_lengths(node.shape, sizes)
    if above + rows > values[0].shape[-2] or before + columns > values[0].shape[-1] or min(rows, columns) < 1:
        raise DomainError("there is no such part")
    return values[0][..., above : above + rows, before : before + columns]


def _number(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Number)
    try:
        return np.array([[[float(node.value)]]])
    except OverflowError:
        raise NoUseError("a number that is too large for floating point") from None


def _size(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.SizeOf)
    return np.array([[[float(node.dimension.value(sizes))]]])


def _apply(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    assert isinstance(node, n.Apply)
    row = ELEMENTWISE[node.function]
    function = EVALUATORS.get(row.name) or (getattr(np, row.numpy) if row.numpy else None)
    if function is not None:
        return np.asarray(function(values[0]))
    if not row.formula:
        raise TypeError(f"{row.name} has no numeric value: no function of NumPy, no definition, none in EVALUATORS")
    return fold(read(row.formula), values[0], lambda part, inner: OPERATIONS[type(part)](part, inner, sizes))


Operation = Callable[[Node, Sequence[Array], Sizes], Array]


def _totals(node: Node, x: Array) -> Array:
    """Return the sum of all entries; for a function of the rows of a matrix, that of every row."""
    return np.asarray(x.sum(axis=-1, keepdims=True)) if node.operands[0].shape.is_matrix else _total(x)


def _plain(function: Callable[..., Any]) -> Operation:
    return lambda node, values, sizes: np.asarray(function(*values))


def _running_unit(node: Node, values: Sequence[Array], sizes: Sizes) -> Array:
    length = side_lengths(node.shape, sizes)[0]
    place = np.round(values[0].real)
    if np.any((place < 1) | (place > length)):
        raise DomainError("there is no such entry")
    return np.asarray(np.arange(1, length + 1).reshape(length, 1) == place, dtype=float)


OPERATIONS: dict[type[Node], Operation] = {
    n.RunningUnit: _running_unit,
    n.Number: _number,
    n.SizeOf: _size,
    n.Identity: lambda node, values, sizes: np.eye(side_lengths(node.shape, sizes)[0])[None],
    n.Triangle: _triangle,
    n.Fill: _fill,
    n.Add: lambda node, values, sizes: reduce(np.add, values),
    n.Negate: _plain(np.negative),
    n.Product: _product,
    n.Divide: _plain(np.divide),
    n.Hadamard: _plain(np.multiply),
    n.HadamardDivide: _plain(np.divide),
    n.HadamardPower: _hadamard_power,
    n.Power: _power,
    n.Transpose: _plain(swap),
    n.Inverse: _plain(np.linalg.inv),
    n.Adjugate: _plain(adjugate),
    n.Trace: _plain(lambda x: np.trace(x, axis1=-2, axis2=-1)[..., None, None]),
    n.Determinant: _plain(lambda x: np.linalg.det(x)[..., None, None]),
    n.LogDeterminant: _plain(_log_determinant),
    n.EntrySum: _plain(_total),
    n.Norm1: _plain(lambda x: _total(np.abs(x))),
    n.Norm2: _plain(lambda x: np.sqrt(_total(x * x))),
    n.MatrixExponential: _plain(spectral.exponential),
    n.ExponentialJacobian: _plain(spectral.jacobian_of_exponential),
    n.MatrixRoot: _plain(spectral.root),
    n.MatrixLogarithm: _plain(spectral.logarithm),
    n.Pseudoinverse: _plain(spectral.inverse_of_full_rank),
    n.Cholesky: _plain(spectral.cholesky_factor),
    n.LargestEigenvalue: _plain(lambda x: spectral.eigenpair(x, -1)[0]),
    n.LeadingEigenvector: _plain(lambda x: spectral.eigenpair(x, -1)[1]),
    n.Eigenvalues: _plain(lambda x: np.concatenate([pair[0] for pair in spectral.eigenpairs(x)], axis=-2)),
    n.Eigenvectors: _plain(lambda x: np.concatenate([pair[1] for pair in spectral.eigenpairs(x)], axis=-1)),
    n.NuclearNorm: _plain(spectral.sum_of_singular_values),
    n.PolarFactor: _plain(spectral.polar_value),
    n.Largest: _plain(lambda x: np.max(np.max(x.real, axis=-1), axis=-1)[..., None, None]),
    n.LargestPlace: _plain(spectral.marked_largest),
    n.LargestOfRows: _plain(lambda x: np.max(x.real, axis=-1, keepdims=True)),
    n.LargestPlaceOfRows: _plain(spectral.marked_largest_of_rows),
    n.Arctan2: _plain(spectral.angle),
    n.Diag: _plain(lambda x: x * np.eye(x.shape[-2])),
    n.Skew: _plain(_skew),
    n.Diagonal: _plain(lambda x: np.diagonal(x, axis1=-2, axis2=-1)[..., None]),
    n.Vec: _plain(_vec),
    n.Unvec: _unvec,
    n.Kronecker: _plain(_kronecker),
    n.KhatriRao: _plain(khatri_rao),
    n.Commutation: _commutation,
    n.Vech: _plain(_vech),
    n.Duplication: _duplication,
    n.Elimination: _elimination,
    n.Literal: _literal,
    n.Blocks: _blocks,
    n.Subarray: _part,
    n.Softmax: lambda node, values, sizes: np.exp(values[0]) / _totals(node, np.exp(values[0])),
    n.LogSumExp: lambda node, values, sizes: np.log(_totals(node, np.exp(values[0]))),
    n.Apply: _apply,
}


# -- where a value exists --------------------------------------------------------------------------------


NaturalSize = Callable[[Node], Array]
"""How large the value of an expression is where nothing cancels, at most 1 (see `natural_sizes`)."""


def _in_proportion(x: Array, near: float, natural: Callable[[], Array]) -> Array:
    """Return the values over their natural size, which is asked for only where one of them is near 0."""
    if not np.any(np.abs(x) < near):
        return x
    size = natural()
    return np.asarray(x / np.where(size > 0, size, 1.0))


def _divided_by(divisor: Array, natural: Callable[[], Array] | None = None) -> tuple[bool, bool]:
    """Return whether an entry is nearly 0, and whether one is 0."""
    size = np.abs(divisor if natural is None else _in_proportion(divisor, NEAR_POLE, natural))
    return bool(np.any(size < NEAR_POLE)), bool(np.any(size < ROUNDED_ZERO))


def _outside(domain: Domain, x: Array, natural: Callable[[], Array]) -> tuple[bool, bool]:
    """Return whether an entry is outside or near an end of the domain, and whether one is truly outside."""
    if domain.lower == 0:
        x = _in_proportion(x, END_MARGIN, natural)
    upper = np.inf if domain.upper is None else domain.upper
    near = np.any(x < domain.lower + END_MARGIN) or np.any(x > upper - END_MARGIN)
    at_end = not domain.ends and np.any((x == domain.lower) | (x == upper))
    return bool(near), bool(at_end or np.any((x < domain.lower) | (x > upper)))


def _near_zero(x: Array, margin: float, natural: Callable[[], Array]) -> bool:
    size = np.abs(_in_proportion(x, margin, natural))
    return bool(np.any((size > 0) & (size < margin)))  # an exact 0 is structural: the same at every nearby point


def _singular(x: Array) -> bool:
    return bool(np.any(np.linalg.cond(x) > 1 / ROUNDED_ZERO))


def _ill_conditioned(x: Array) -> bool:
    return bool(np.any(np.linalg.cond(x) > LARGEST_CONDITION))


def refuse(node: Node, values: Sequence[Array], natural: NaturalSize) -> None:
    """Raise DomainError where the node has no value at real values, NoUseError where it has no usable neighbourhood."""
    bad = undefined = False
    inside = node.operands
    match node:
        case n.Inverse() | n.LogDeterminant():
            bad = _ill_conditioned(values[0])
            undefined = bad and _singular(values[0])
        case n.Power() if not node.shape.is_scalar:
            bad = bool(values[1].flat[0] < 0) and _ill_conditioned(values[0])
            undefined = bad and _singular(values[0])
        case _ if isinstance(node, spectral.FUNCTIONS):
            bad, undefined = spectral.unusable(node, values)
        case n.Norm1():
            bad = _near_zero(values[0], KINK_MARGIN, lambda: natural(inside[0]))
        case n.Norm2():
            length = np.sqrt(_total(values[0] * values[0]))
            bad = bool(np.any(np.abs(_in_proportion(length, KINK_MARGIN, lambda: natural(node))) < KINK_MARGIN))
        case n.Divide() | n.HadamardDivide():
            bad, undefined = _divided_by(values[1], lambda: natural(inside[1]))
        case n.Apply():
            row, x = ELEMENTWISE[node.function], values[0]
            if has_kink(row.name):
                bad = _near_zero(x, KINK_MARGIN, lambda: natural(inside[0]))
            if row.domain is not None:
                bad, undefined = _outside(row.domain, x, lambda: natural(inside[0]))
            if row.pole is not None:
                bad, undefined = _divided_by(getattr(np, row.pole.of)(x))
    if undefined:
        raise DomainError(f"{type(node).__name__} has no value at this point")
    if bad:
        raise NoUseError(f"{type(node).__name__} has no usable value at this point")
