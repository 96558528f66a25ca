"""Constructors of expressions: they check shapes, fold numbers, and otherwise keep what was written.

Every constructor raises ShapeError where the operands do not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import UnspecifiedFunction, partial_shape
from jacobook.algebra.declared_properties import ROWS, STRUCTURES, Freedom
from jacobook.algebra.dimensions import size_factors
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_whole
from jacobook.algebra.shapes import (
    NOTHING,
    SCALAR,
    Dimension,
    Kind,
    Shape,
    ShapeError,
    derivative_shape,
    matrix,
    product_shape,
    vector,
)


def number(value: int | Fraction) -> n.Number:
    """Return the rational constant."""
    return n.Number((), SCALAR, (Fraction(value),))


ZERO, ONE, TWO = number(0), number(1), number(2)


def size_of(dimension: Dimension) -> Node:
    """Return the dimension as a scalar: a number where it is one, else `dim(D)`."""
    if dimension.is_sum:
        return _size_of_sum(dimension)
    return n.SizeOf((), SCALAR, (dimension,)) if dimension.names else number(dimension.coefficient)


def _size_of_sum(dimension: Dimension) -> Node:
    """Return N + 1, or N (N + 1)/2, of scalars: a sum of sizes is counted with as any other."""
    below, factors = size_factors(dimension)
    parts: list[Node] = []
    for factor, times in factors:
        if factor.is_sum:
            terms = [
                product(number(value), size_of(Dimension(1, names)))
                if names and value != 1
                else size_of(Dimension(1, names))
                if names
                else number(value)
                for names, value in factor.monomials
            ]
            parts += [add(*terms)] * times
        else:
            parts += [size_of(factor)] * times
    whole = product(*parts)
    return whole if below == 1 else divide(whole, number(below))


def identity(size: Dimension | str | int) -> n.Identity:
    """Return the identity matrix I of this size."""
    return n.Identity((), matrix(size, size))


def triangle(shape: Shape, lower: bool) -> n.Triangle:
    """Return the matrix of ones below the diagonal, or above it, and on it."""
    if not shape.is_matrix:
        raise ShapeError(f"a triangle is that of a matrix, not of {shape.describe()}")
    return n.Triangle((), shape, (lower,))


def triangle_of(x: Node, lower: bool) -> Node:
    """Return the matrix with zeros on the other side of its diagonal; of ones it is the constant triangle."""
    ones = triangle(x.shape, lower)
    return ones if x is fill(ONE, x.shape) else hadamard(ones, x)


def fill(value: Node, shape: Shape) -> Node:
    """Return the array of this shape with the scalar in every entry (the scalar itself for a scalar shape)."""
    if not value.shape.is_scalar:
        raise ShapeError(f"every entry must be a scalar, not {value.shape.describe()}")
    return value if shape.is_scalar else n.Fill((value,), shape)


def zero(shape: Shape) -> Node:
    """Return the zero of this shape."""
    return fill(ZERO, shape)


def is_zero(node: Node) -> bool:
    """Return whether the node is a zero, of whatever shape."""
    return node is ZERO or (isinstance(node, n.Fill) and node.operands[0] is ZERO)


def is_number(node: Node, value: int | Fraction | None = None) -> bool:
    """Return whether the node is a rational constant (and equals value, if one is given)."""
    return isinstance(node, n.Number) and (value is None or node.value == value)


def add(*terms: Node) -> Node:
    """Return the sum in the given order; nested sums at the left are joined."""
    shape = terms[0].shape
    flat: list[Node] = []
    for position, term in enumerate(terms):
        if term.shape != shape:
            raise ShapeError(f"{shape.describe()} and {term.shape.describe()} cannot be added")
        if position == 0 and isinstance(term, n.Add):
            flat.extend(term.operands)
        else:
            flat.append(term)
    return flat[0] if len(flat) == 1 else n.Add(tuple(flat), shape)


def negate(x: Node) -> Node:
    """Return −x; a negative number is a number."""
    return number(-x.value) if isinstance(x, n.Number) else n.Negate((x,), x.shape)


def product(*factors: Node) -> Node:
    """Return the product read from the left; a product standing first is joined, one standing later keeps its
    parentheses.
    """
    flat: list[Node] = []
    shape = factors[0].shape
    for position, factor in enumerate(factors):
        if position:
            shape = product_shape(shape, factor.shape)
        if position == 0 and isinstance(factor, n.Product):
            flat.extend(factor.operands)
        else:
            flat.append(factor)
    return flat[0] if len(flat) == 1 else n.Product(tuple(flat), shape)


def divide(x: Node, by: Node) -> Node:
    """Return x / by; the quotient of two numbers is a number."""
    if not by.shape.is_scalar:
        raise ShapeError(f"the divisor must be a scalar, not {by.shape.describe()}")
    if isinstance(x, n.Number) and isinstance(by, n.Number) and by.value:
        return number(x.value / by.value)
    return n.Divide((x, by), x.shape)


def _entrywise(cls: type[Node], x: Node, y: Node) -> Node:
    if x.shape != y.shape and not (x.shape.is_scalar or y.shape.is_scalar):
        raise ShapeError(f"{x.shape.describe()} and {y.shape.describe()} have different entries")
    return cls((x, y), y.shape if x.shape.is_scalar else x.shape)


def hadamard(x: Node, y: Node) -> Node:
    """Return the entry-wise product; with a scalar it is a scaling."""
    if x.shape.is_scalar or y.shape.is_scalar:
        return product(x, y)
    return _entrywise(n.Hadamard, x, y)


def hadamard_divide(x: Node, y: Node) -> Node:
    """Return the entry-wise quotient."""
    return divide(x, y) if y.shape.is_scalar else _entrywise(n.HadamardDivide, x, y)


def hadamard_power(x: Node, y: Node) -> Node:
    """Return the entry-wise power."""
    if x.shape.is_scalar and y.shape.is_scalar:
        return power(x, y)
    return _entrywise(n.HadamardPower, x, y)


LARGEST_POWER = 64
"""A number is raised to no higher power at once."""
LARGEST_POWER_OF_TEN = 1000
"""And so 10, whose powers are written as such (see `scientific` in predicates.py)."""


def power(x: Node, exponent: Node) -> Node:
    """Return x^exponent: scalars, or a square matrix and a whole number (−1 is the inverse)."""
    if not exponent.shape.is_scalar:
        raise ShapeError(f"the exponent must be a scalar, not {exponent.shape.describe()}")
    if x.shape.is_scalar:
        if isinstance(x, n.Number) and isinstance(exponent, n.Number):
            largest = LARGEST_POWER_OF_TEN if is_number(x, 10) else LARGEST_POWER
            whole = exponent.value.denominator == 1 and abs(exponent.value) <= largest
            if whole and (x.value or exponent.value >= 0):
                return number(x.value ** int(exponent.value))
        return n.Power((x, exponent), SCALAR)
    if not x.shape.is_square:
        raise ShapeError(f"only scalars and square matrices have powers, not {x.shape.describe()}")
    if not is_whole(exponent):
        raise ShapeError("the power of a matrix takes a whole number")
    return inverse(x) if is_number(exponent, -1) else n.Power((x, exponent), x.shape)


def running_index(name: str, lower: Node, upper: Node, *excluded: Node) -> n.RunningIndex:
    """Return the index of this name that runs from lower to upper, both whole, but for the excluded numbers."""
    for bound in (lower, upper, *excluded):
        if not is_whole(bound):
            raise ShapeError("the bounds of a sum are whole numbers")
    return n.RunningIndex((), SCALAR, (name, frozenset(), lower, upper, excluded))


def bounded_sum(index: n.RunningIndex, body: Node) -> n.BoundedSum:
    """Return the sum of the body over the running index."""
    return n.BoundedSum((body, index.lower, index.upper, *index.excluded), body.shape, (index,))


def running_unit(index: Node, length: Dimension | str | int) -> n.RunningUnit:
    """Return the standard basis vector of R^length with its 1 at the number that a running index stands for."""
    if not is_whole(index):
        raise ShapeError("a place is a whole number")
    return n.RunningUnit((index,), vector(length))


def solution_of(unknown: n.SolvedSymbol, left: Node, right: Node) -> n.Solution:
    """Return the value of the unknown, which stands in the sides, for which the sides are equal."""
    if not left.shape == right.shape == unknown.shape:
        sides = f"{left.shape.describe()} and {right.shape.describe()}"
        raise ShapeError(f"the sides of an equation for {unknown.shape.describe()} cannot be {sides}")
    return n.Solution((left, right), unknown.shape, (unknown,))


def transpose(x: Node) -> Node:
    """Return xᵀ; a scalar, the identity and a Hessian are their own, and two transposes undo each other."""
    if x.shape.is_scalar or isinstance(x, n.Identity):
        return x
    if isinstance(x, n.Transpose):
        return x.operands[0]
    if isinstance(x, n.Fill):
        return n.Fill(x.operands, x.shape.transposed)
    if isinstance(x, n.FunctionValue) and x.is_hessian:
        return x
    if isinstance(x, n.Triangle):
        return triangle(x.shape.transposed, not x.is_lower)
    if isinstance(x, n.Commutation):
        return commutation(x.sizes[1], x.sizes[0])
    if is_unvech(x):
        return x
    if isinstance(x, n.Literal):
        columns = x.shape.columns.coefficient
        return literal([entry for k in range(columns) for entry in x.operands[k::columns]], x.shape.transposed)
    return n.Transpose((x,), x.shape.transposed)


def is_unvech(x: Node) -> bool:
    """Return whether a matrix is unvec(D v): the symmetric one whose lower half is v."""
    if not (isinstance(x, n.Unvec) and isinstance(stacked_columns := x.operands[0], n.Product)):
        return False
    first = stacked_columns.operands[0]
    return isinstance(first, n.Duplication) and first.side is x.shape.rows


def _of_square(cls: type[Node], x: Node, what: str, shape: Shape | None = None) -> Node:
    if not x.shape.is_square:
        raise ShapeError(f"{what} needs a square matrix, not {x.shape.describe()}")
    return cls((x,), shape or x.shape)


def inverse(x: Node) -> Node:
    """Return the inverse of a square matrix."""
    return _of_square(n.Inverse, x, "inv")


def adjugate(x: Node) -> Node:
    """Return the adjugate of a square matrix."""
    return _of_square(n.Adjugate, x, "adj")


def trace(x: Node) -> Node:
    """Return the trace of a square matrix."""
    return _of_square(n.Trace, x, "tr", SCALAR)


def determinant(x: Node) -> Node:
    """Return the determinant of a square matrix."""
    return _of_square(n.Determinant, x, "det", SCALAR)


def log_determinant(x: Node) -> Node:
    """Return log |det x| of a square matrix."""
    return _of_square(n.LogDeterminant, x, "logdet", SCALAR)


def entry_sum(x: Node) -> Node:
    """Return the sum of all entries (a scalar is its own)."""
    return x if x.shape.is_scalar else n.EntrySum((x,), SCALAR)


def norm1(x: Node) -> Node:
    """Return the sum of the absolute entries."""
    return apply("abs", x) if x.shape.is_scalar else n.Norm1((x,), SCALAR)


def norm2(x: Node) -> Node:
    """Return the Euclidean or Frobenius norm."""
    return apply("abs", x) if x.shape.is_scalar else n.Norm2((x,), SCALAR)


def matrix_exponential(x: Node) -> Node:
    """Return the exponential of a square matrix."""
    return _of_square(n.MatrixExponential, x, "expm")


def exponential_jacobian(x: Node) -> Node:
    """Return K with vec(d expm(x)) = K vec(dx)."""
    return _of_square(n.ExponentialJacobian, x, "jacexpm", matrix(*(x.shape.rows * x.shape.rows,) * 2))


def matrix_root(x: Node) -> Node:
    """Return the principal square root of a square matrix."""
    return _of_square(n.MatrixRoot, x, "sqrtm")


def matrix_logarithm(x: Node) -> Node:
    """Return the principal logarithm of a square matrix."""
    return _of_square(n.MatrixLogarithm, x, "logm")


def cholesky(x: Node) -> Node:
    """Return the lower triangular factor of the symmetric part of a square matrix."""
    return _of_square(n.Cholesky, x, "chol")


def largest_eigenvalue(x: Node) -> Node:
    """Return the largest eigenvalue of the symmetric part of a square matrix."""
    return _of_square(n.LargestEigenvalue, x, "eigmax", SCALAR)


def leading_eigenvector(x: Node) -> Node:
    """Return the unit eigenvector of the largest eigenvalue of the symmetric part."""
    return _of_square(n.LeadingEigenvector, x, "eigvecmax", vector(x.shape.rows))


def eigenvalues(x: Node) -> Node:
    """Return the eigenvalues of the symmetric part of a square matrix, smallest first."""
    return _of_square(n.Eigenvalues, x, "eigvals", vector(x.shape.rows))


def eigenvectors(x: Node) -> Node:
    """Return the matrix of the unit eigenvectors of the symmetric part."""
    return _of_square(n.Eigenvectors, x, "eigvecs")


def _of_any_matrix(cls: type[Node], x: Node, what: str, shape: Shape) -> Node:
    if not x.shape.is_matrix:
        raise ShapeError(f"{what} takes a matrix, not {x.shape.describe()}")
    return cls((x,), shape)


def pseudoinverse(x: Node) -> Node:
    """Return the Moore-Penrose inverse of a matrix."""
    return _of_any_matrix(n.Pseudoinverse, x, "pinv", x.shape.transposed)


def nuclear_norm(x: Node) -> Node:
    """Return the sum of the singular values of a matrix."""
    return _of_any_matrix(n.NuclearNorm, x, "normnuc", SCALAR)


def polar_factor(x: Node) -> Node:
    """Return U V′ of the singular value decomposition U S V′ of a matrix."""
    return _of_any_matrix(n.PolarFactor, x, "polar", x.shape)


def largest(x: Node) -> Node:
    """Return the largest entry (a scalar is its own)."""
    return x if x.shape.is_scalar else n.Largest((x,), SCALAR)


def largest_place(x: Node) -> Node:
    """Return 1 at the place of the largest entry and 0 elsewhere."""
    return ONE if x.shape.is_scalar else n.LargestPlace((x,), x.shape)


def largest_of_rows(x: Node) -> Node:
    """Return the largest entry of every row of a matrix, as a vector."""
    return _of_any_matrix(n.LargestOfRows, x, "rowmax", vector(x.shape.rows))


def largest_place_of_rows(x: Node) -> Node:
    """Return 1 in every row at the place of its largest entry and 0 elsewhere."""
    return _of_any_matrix(n.LargestPlaceOfRows, x, "rowismax", x.shape)


def arctan2(y: Node, x: Node) -> Node:
    """Return the angle of the point (x, y), entry by entry."""
    if x.shape != y.shape:
        raise ShapeError(f"arctan2 takes two arrays of one shape, not {y.shape.describe()} and {x.shape.describe()}")
    return n.Arctan2((y, x), y.shape)


def diag(x: Node) -> Node:
    """Return the diagonal matrix of a vector, or the diagonal of a square matrix as a vector."""
    if x.shape.is_vector:
        return n.Diag((x,), matrix(x.shape.length, x.shape.length))
    return _of_square(n.Diagonal, x, "diag", vector(x.shape.rows))


def skew(x: Node) -> Node:
    """Return the matrix [x]ₓ with [x]ₓ y = x × y, of a vector of three entries."""
    if x.shape != vector(3):
        raise ShapeError(f"skew takes a vector of R^3, not {x.shape.describe()}")
    return n.Skew((x,), matrix(3, 3))


def skew_written_out(x: Node) -> Node:
    """Return [x]ₓ entry by entry."""
    first, second, third = (entry(x, Dimension(place)) for place in (1, 2, 3))
    return literal((ZERO, -third, second, third, ZERO, -first, -second, first, ZERO), matrix(3, 3))


def vec(x: Node) -> Node:
    """Return the stacked columns of a matrix."""
    if not x.shape.is_matrix:
        raise ShapeError(f"vec stacks the columns of a matrix, not of {x.shape.describe()}")
    return n.Vec((x,), vector(x.shape.rows * x.shape.columns))


def unvec(x: Node, shape: Shape) -> Node:
    """Return the matrix of this shape whose stacked columns are the vector.

    A vector written entry by entry becomes a matrix of one row or one column written entry by entry.
    """
    if not (x.shape.is_vector and shape.is_matrix and x.shape.length == shape.rows * shape.columns):
        raise ShapeError(f"{x.shape.describe()} cannot be arranged as {shape.describe()}")
    if isinstance(x, n.Literal) and Dimension(1) in (shape.rows, shape.columns):
        return literal(x.operands, shape)
    return n.Unvec((x,), shape)


def kronecker(x: Node, y: Node) -> Node:
    """Return the Kronecker product; of two vectors it is a vector, of two rows a row, else a matrix."""
    if x.shape.is_scalar or y.shape.is_scalar:
        raise ShapeError(f"kron takes two arrays, not {x.shape.describe()} and {y.shape.describe()}")
    kind = x.shape.kind if x.shape.kind is y.shape.kind else Kind.MATRIX
    return n.Kronecker((x, y), Shape(kind, x.shape.rows * y.shape.rows, x.shape.columns * y.shape.columns))


def _of_vector(cls: type[Node], x: Node, what: str, shape: Shape) -> Node:
    if not x.shape.is_vector:
        raise ShapeError(f"{what} takes a vector, not {x.shape.describe()}")
    return cls((x,), shape)


def khatri_rao(x: Node, y: Node) -> Node:
    """Return the column-wise Kronecker product of two matrices with the same number of columns."""
    if not (x.shape.is_matrix and y.shape.is_matrix and x.shape.columns == y.shape.columns):
        raise ShapeError(
            f"khatrirao takes two matrices with as many columns, not {x.shape.describe()} and {y.shape.describe()}"
        )
    return n.KhatriRao((x, y), matrix(x.shape.rows * y.shape.rows, x.shape.columns))


def commutation(rows: Dimension | str | int, columns: Dimension | str | int) -> Node:
    """Return the commutation matrix K with K vec(X) = vec(Xᵀ) for X of rows × columns (the identity for one of 1)."""
    m, k = Dimension.of(rows), Dimension.of(columns)
    if Dimension(1) in (m, k):
        return identity(m * k)
    return n.Commutation((), matrix(m * k, m * k), (m, k))


def half(size: Dimension) -> Dimension:
    """Return N (N + 1)/2, the number of entries on and below the diagonal of an N×N matrix."""
    return (size * (size + Dimension(1))).over(2)


def vech(x: Node) -> Node:
    """Return the stacked entries on and below the diagonal of a square matrix."""
    return _of_square(n.Vech, x, "vech", vector(half(x.shape.rows)))


def duplication(size: Dimension | str | int) -> Node:
    """Return the duplication matrix D with D vech(S) = vec(S) for symmetric S of N×N (the identity for N = 1)."""
    side = Dimension.of(size)
    if side is Dimension(1):
        return identity(side)
    return n.Duplication((), matrix(side * side, half(side)), (side,))


def elimination(size: Dimension | str | int) -> Node:
    """Return the elimination matrix L with L vec(X) = vech(X) for X of N×N (the identity for N = 1)."""
    side = Dimension.of(size)
    if side is Dimension(1):
        return identity(side)
    return n.Elimination((), matrix(half(side), side * side), (side,))


def softmax(x: Node) -> Node:
    """Return the softmax of a vector, or of every row of a matrix."""
    return n.Softmax((x,), x.shape) if x.shape.is_matrix else _of_vector(n.Softmax, x, "softmax", x.shape)


def log_sum_exp(x: Node) -> Node:
    """Return log Σ exp x_i of a vector, or the vector of those of the rows of a matrix."""
    if x.shape.is_matrix:
        return n.LogSumExp((x,), vector(x.shape.rows))
    return _of_vector(n.LogSumExp, x, "logsumexp", SCALAR)


def apply(function: str, x: Node) -> Node:
    """Return the named function of scalars applied to every entry of x."""
    if function not in ELEMENTWISE:
        raise ValueError(f"unknown function {function}")
    return n.Apply((x,), x.shape, (function,))


def function_value(function: UnspecifiedFunction, *arguments: Node, slots: tuple[int, ...] = ()) -> n.FunctionValue:
    """Return the value of a declared function, or of its partial derivative with respect to the slots (counted from 1).

    Raises ShapeError for arguments that do not fit, and for a partial derivative with too many indices.
    """
    name, wanted = function.name, function.arguments
    if len(arguments) != len(wanted):
        raise ShapeError(f"{name} does not take {len(arguments)} arguments")
    for place, (argument, shape) in enumerate(zip(arguments, wanted, strict=True), 1):
        if argument.shape != shape:
            raise ShapeError(f"argument {place} of {name} is {shape.describe()}, not {argument.shape.describe()}")
    if not all(1 <= slot <= len(wanted) for slot in slots):
        raise ShapeError(f"{name} has no partial derivative by an argument that it does not have")
    slots = tuple(sorted(slots))
    return n.FunctionValue(arguments, partial_shape(function, slots), (function, slots))


def differential(x: Node) -> Node:
    """Return d(x), unevaluated."""
    return n.Differential((x,), x.shape)


def partial(of: Node, wrt: n.Symbol, total: bool = False) -> Node:
    """Return the unevaluated derivative of `of` with respect to `wrt`, in the shape of the Jacobian layout.

    Beyond two indices it is the vec Jacobian ∂ vec(of) / ∂ vec(wrt)′.
    """
    shape = derivative_shape(of.shape, wrt.shape)
    if shape is None:
        shape = matrix(of.shape.rows * of.shape.columns, wrt.shape.rows * wrt.shape.columns)
    return n.Partial((of, wrt), shape, (total,))


def structured_partial(of: Node, wrt: n.Symbol, structure: str, gradient: bool = False) -> Node:
    """Return the unevaluated derivative with respect to the free entries of a variable of a declared structure.

    With `gradient` it is the gradient within what has that structure. See `StructuredPartial`.
    """
    if not of.shape.is_scalar:
        raise ShapeError(
            f"the derivative with respect to free entries is that of a scalar, not of {of.shape.describe()}"
        )
    if structure not in STRUCTURES or structure not in wrt.properties:
        raise ValueError(f"{wrt.name} is not declared {structure}")
    if not gradient and ROWS[structure].freedom is not Freedom.ENTRIES:
        raise ValueError(f"no entry of what is {ROWS[structure].said} is free by itself")
    return n.StructuredPartial((of, wrt), partial(of, wrt).shape, (structure, gradient))


def partial_entry(
    of: Node, wrt: n.Symbol, rows: tuple[n.Position, ...], columns: tuple[n.Position, ...], total: bool = False
) -> Node:
    """Return the derivative of the entry of `of` at `rows` with respect to the entry of `wrt` at `columns`.

    For a derivative of at most two indices it is an entry of the unevaluated derivative.
    """
    if derivative_shape(of.shape, wrt.shape) is not None:
        whole = partial(of, wrt, total)
        return entry(whole, *rows, *columns)
    return n.PartialEntry((of, wrt), SCALAR, (total, rows, columns))


def entry(x: Node, *positions: n.Position) -> Node:
    """Return the entry of x at the positions (none for a scalar, which is its own entry)."""
    if len(positions) != len(x.shape.axes):
        raise ShapeError(f"{x.shape.describe()} does not take {len(positions)} indices")
    return n.Entry((x,), SCALAR, positions) if positions else x


def unit_vector(position: n.Position | int, length: Dimension | str | int) -> Node:
    """Return the standard basis vector e_i of R^length, with its 1 at the position."""
    place = Dimension(position) if isinstance(position, int) else position
    shape = vector(length)
    last = shape.rows
    if isinstance(place, Dimension) and not (place.names or last.names) and place.coefficient > last.coefficient:
        raise ShapeError(f"there is no place {place} among {last}")
    return n.UnitVector((), shape, (place,))


def literal(entries: Sequence[Node], shape: Shape) -> Node:
    """Return the array of this shape, of whole numbers of rows and columns, with these scalars row by row."""
    if shape.is_scalar or shape.rows.names or shape.columns.names:
        raise ShapeError(f"{shape.describe()} cannot be written entry by entry")
    if len(entries) != shape.rows.coefficient * shape.columns.coefficient:
        raise ShapeError(f"{len(entries)} entries do not make {shape.describe()}")
    for value in entries:
        if not value.shape.is_scalar:
            raise ShapeError(f"every entry must be a scalar, not {value.shape.describe()}")
    return n.Literal(tuple(entries), shape)


def block_array(grid: Sequence[Sequence[Node]]) -> Node:
    """Return the array put together from these rows of blocks; one block is itself, zeros are a zero.

    It is a vector where all blocks are vectors or scalars below one another, a row where they are rows or scalars.
    """
    everything = [block for row in grid for block in row]
    if len(everything) == 1:
        return everything[0]
    for row in grid:
        if len(row) != len(grid[0]):
            raise ShapeError("the rows of blocks are not equally long")
        if any(block.shape.rows is not row[0].shape.rows for block in row):
            raise ShapeError(f"these blocks do not fit beside each other: {_described(row)}")
    for column in zip(*grid, strict=True):
        if any(block.shape.columns is not column[0].shape.columns for block in column):
            raise ShapeError(f"these blocks do not fit below each other: {_described(column)}")
    rows = reduce(lambda a, b: a + b, (row[0].shape.rows for row in grid))
    columns = reduce(lambda a, b: a + b, (block.shape.columns for block in grid[0]))
    kinds = {block.shape.kind for block in everything}
    kind = Kind.MATRIX
    if len(grid[0]) == 1 and kinds <= {Kind.VECTOR, Kind.SCALAR}:
        kind = Kind.VECTOR
    elif len(grid) == 1 and kinds <= {Kind.ROW, Kind.SCALAR}:
        kind = Kind.ROW
    shape = Shape(kind, rows, columns)
    if all(map(is_zero, everything)):
        return zero(shape)
    if kinds == {Kind.SCALAR}:
        return literal(everything, shape)
    return n.Blocks(tuple(everything), shape, (len(grid[0]),))


def _described(line: Sequence[Node]) -> str:
    return " and ".join(dict.fromkeys(block.shape.describe() for block in line))


def subarray(x: Node, shape: Shape, above: Dimension = NOTHING, before: Dimension = NOTHING) -> Node:
    """Return the part of this shape that stands behind so many rows and columns of an array; all of it is itself.

    Of an array of one scalar it is a smaller one, and the part of a part is one part.
    """
    if x.shape.kind is not shape.kind or shape.is_scalar:
        raise ShapeError(f"{shape.describe()} is no part of {x.shape.describe()}")
    if x.shape is shape and above is NOTHING and before is NOTHING:
        return x
    if isinstance(x, n.Fill):
        return fill(x.operands[0], shape)
    if isinstance(x, n.Subarray):
        return subarray(x.operands[0], shape, x.above + above, x.before + before)
    return n.Subarray((x,), shape, (above, before))


def delta(i: n.Position, j: n.Position) -> Node:
    """Return the Kronecker delta, 1 where both positions are certainly equal."""
    return ONE if i == j else n.Delta((), SCALAR, (i, j))


def index_sum(index: n.Index, body: Node) -> Node:
    """Return the sum of a scalar over the index."""
    return n.IndexSum((body,), SCALAR, (index,))


def index_sums(indices: Sequence[n.Index], body: Node) -> Node:
    """Return the sum of a scalar over the indices, the first outermost."""
    for index in reversed(indices):
        body = index_sum(index, body)
    return body


def array_of(entry: Node, *indices: n.Index, shape: Shape) -> Node:
    """Return the array of this shape whose entry at the indices is the given scalar."""
    return n.ArrayOf((entry,), shape, indices)


# -- the same entries in another arrangement --------------------------------------------------------------------------


def reshaped(value: Node, shape: Shape) -> Node:
    """Return a matrix of one row, of one column or of one entry as the row, vector or scalar of this shape."""
    if value.shape == shape or (value.shape.rows, value.shape.columns) != (shape.rows, shape.columns):
        return value
    if shape.is_scalar:
        return trace(value) if value.shape.is_matrix else entry_sum(value)
    if shape.is_matrix:
        return unvec(stacked(value), shape) if value.shape.axes else fill(value, shape)
    column = stacked(value) if value.shape.axes else fill(value, shape)
    return transpose(column) if shape.is_row and column.shape.is_vector else column


def stacked(array: Node) -> Node:
    """Return the stacked columns of an array: vec of a matrix, a vector itself, a row as a vector."""
    if array.shape.is_matrix:
        return vec(array)
    return transpose(array) if array.shape.is_row else array


n.Node.constructors.update(add=add, product=product, divide=divide, negate=negate, transpose=transpose)
