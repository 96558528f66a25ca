"""A sum over the places of arrays, Σ_n (y_n − x_n′w)², as an expression in the whole arrays, sum((y − Xw).^2).

What depends on n is put together for all n at once: scalars s_n become the vector s, vectors v_n (and rows v_n′) the
matrix V with the rows v_n′, and v_n w_n′ the pair V, W. Then A v_n is V A′, v_n′ w_n is (V ∘ W) 1, and the sums over n
are 1′s, V′1 and V′W.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.block_arrays import selection
from jacobook.algebra.dimensions import is_natural, why_impossible
from jacobook.algebra.exponents import runs_alike, size_of_number, times, total
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import Dimension, Kind, ShapeError, matrix, vector
from jacobook.algebra.traverse import contains, rebuild, substitute, transform, walk

_DEFINED_EVERYWHERE = (
    n.Number, n.SizeOf, n.Symbol, n.RunningUnit, n.UnitVector, n.Identity, n.Fill, n.Add, n.Negate, n.Product,
    n.Hadamard, n.Transpose, n.BoundedSum, n.Trace, n.EntrySum, n.Diag, n.Diagonal,
)  # fmt: skip
"""Of these a summand has a value, and a derivative, also where it is left out of the sum."""


def ones(length: Dimension) -> Node:
    """Return the vector of ones."""
    return build.fill(build.ONE, vector(length))


def row_sums(x: Node) -> Node:
    """Return X 1."""
    return build.product(x, ones(x.shape.columns))


def number_of_places(index: n.RunningIndex) -> Dimension | None:
    """Return how many places an index runs over, if it runs from 1 to a size and leaves nothing out."""
    if index.lower is not build.ONE or index.excluded:
        return None
    return _size(index.upper)


def _size(upper: Node) -> Dimension | None:
    match upper:
        case n.SizeOf():
            return upper.dimension
        case n.Number() if upper.value.denominator == 1 and upper.value >= 1:
            return Dimension(int(upper.value))
    return None


def in_whole_arrays(node: Node) -> Node | None:
    """Return the expression with every sum over places written with whole arrays, None where one of them cannot be."""
    try:
        return transform(node, lambda part: whole_sum(part) if isinstance(part, n.BoundedSum) else None)
    except (CannotBatch, ShapeError):
        return None


def with_what_works(node: Node) -> Node:
    """Return the expression with sums over places in whole arrays where that can be."""

    def change(part: Node) -> Node | None:
        if not isinstance(part, n.BoundedSum):
            return None
        try:
            return whole_sum(part)
        except (CannotBatch, ShapeError):
            return None

    return transform(node, change) if contains(node, n.BoundedSum) else node


def whole_sum(node: n.BoundedSum) -> Node:
    """Return a sum over places in whole arrays. Raises CannotBatch, ShapeError."""
    if node.index.excluded:
        everywhere = without_exclusion(node)
        if everywhere is None:
            raise CannotBatch(node)
        return _whole(everywhere)
    found = over_places(node, f"#{node.index.name}") or over_some_places(node, f"#{node.index.name}")
    if found is None:
        raise CannotBatch(node)
    place, body = found
    return sum_over(place, _whole(body))


def without_exclusion(node: n.BoundedSum) -> Node | None:
    """Return Σ_{j≠i} s_j as Σ_j s_j − s_i, None where s_i may have no value, or i may be none of the numbers."""
    body, index = node.operands[0], node.index
    known = len(index.excluded) == 1 and runs_alike(index, index.excluded[0])
    if not known or any(not isinstance(part, _DEFINED_EVERYWHERE) and not _is_square(part) for part in walk(body)):
        return None
    everywhere = build.running_index(index.name, index.lower, index.upper)
    rest = build.bounded_sum(everywhere, substitute(body, {index: everywhere}))
    return build.add(rest, build.negate(substitute(body, {index: index.excluded[0]})))


def over_places(node: n.BoundedSum, name: str) -> tuple[Index, Node] | None:
    """Return a sum over all places of arrays as its index, under a name, and its body; None for any other sum."""
    size = number_of_places(node.index)
    if size is None:
        return None
    place = Index(name, size)
    body = substitute(node.operands[0], {build.running_unit(node.index, size): build.unit_vector(place, size)})
    return None if body.depends_on(node.index) else (place, body)


def over_some_places(node: n.BoundedSum, name: str) -> tuple[Index, Node] | None:
    """Return a sum over i from a to b as one over all places of parts of arrays; None for another sum.

    Its index counts from 1 to b − a + 1, and e_(i+k) is [0; I; 0] e_place, so that x_(i+k) is an entry of x[a+k : b+k].
    """
    index = node.index
    first, last = size_of_number(index.lower), size_of_number(index.upper)
    if first is None or last is None or index.excluded or why_impossible(last - first + Dimension(1)) is not None:
        return None
    place = Index(name, last - first + Dimension(1))
    found: dict[Node, Node] = {}
    for unit in walk(node.operands[0]):
        if isinstance(unit, n.RunningUnit) and unit.depends_on(index):
            number = size_of_number(total((unit.operands[0], times(index, -1))))
            above = None if number is None else first + number - Dimension(1)
            length = unit.shape.length
            if above is None or not is_natural(above):
                return None
            if why_impossible(length - above - place.dimension + Dimension(1)) is not None:
                return None
            columns = selection(length, above, place.dimension, of_rows=False)
            found[unit] = _times(columns, build.unit_vector(place, place.dimension))
    body = substitute(node.operands[0], found)
    return None if body.depends_on(index) or not found else (place, body)


def _is_square(node: Node) -> bool:
    exponent = node.operands[1] if isinstance(node, n.Power | n.HadamardPower) else None
    return isinstance(exponent, n.Number) and exponent.value.denominator == 1 and exponent.value > 0


def _whole(node: Node) -> Node:
    if not contains(node, n.BoundedSum):
        return node
    return transform(node, lambda part: whole_sum(part) if isinstance(part, n.BoundedSum) else None)


class CannotBatch(Exception):
    """A piece that depends on the index and has no counterpart in whole arrays."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.node = node


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same for every place."""

    node: Node

    @property
    def kind(self) -> Kind:
        """Return the kind of the value."""
        return self.node.shape.kind


@dataclass(frozen=True, slots=True)
class Batch:
    """The values for all places: a vector of scalars, or a matrix whose rows are vectors or rows."""

    array: Node
    kind: Kind


@dataclass(frozen=True, slots=True)
class Outer:
    """The matrices v_n w_n′ for all places, as the matrices with the rows v_n′ and w_n′."""

    left: Node
    right: Node

    @property
    def kind(self) -> Kind:
        """Return the kind of the value at one place."""
        return Kind.MATRIX


Value = Constant | Batch | Outer


def sum_over(index: Index, body: Node) -> Node:
    """Return the sum of the body over the index in whole arrays. Raises CannotBatch, ShapeError."""
    return _Batching(index).total(body)


def _times(left: Node, right: Node) -> Node:
    """Return the product of two matrices, or of a matrix and a vector; the identity is left out."""
    if isinstance(left, n.Identity):
        return right
    return left if isinstance(right, n.Identity) else build.product(left, right)


def _dots(left: Node, right: Node) -> Node:
    """Return the vector of the products v_n′ w_n."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, n.Identity):
            return build.diag(other)
    return row_sums(build.hadamard(left, right))


def _scaled(scalars: Node, rows: Node) -> Node:
    """Return the matrix with the rows s_n v_n′."""
    return _times(build.diag(scalars), rows)


class _Batching:
    def __init__(self, index: Index) -> None:
        self.index, self.count = index, index.dimension
        self.ones = ones(self.count)

    # -- sums -----------------------------------------------------------------------

    def total(self, body: Node) -> Node:
        if isinstance(body, n.Add | n.Negate) and body.shape.is_matrix:
            parts = [self.total(term) for term in body.operands]
            return build.negate(parts[0]) if isinstance(body, n.Negate) else build.add(*parts)
        varying = [operand for operand in body.operands if self.depends(operand)]
        if isinstance(body, n.Product) and len(varying) == 1 and varying[0].shape.is_matrix:  # Σ_n A V_n = A Σ_n V_n
            return rebuild(body, tuple(self.total(part) if part in varying else part for part in body.operands))
        if isinstance(body, n.Diag):  # Σ_n diag(v_n) = diag(Σ_n v_n)
            return build.diag(self.total(body.operands[0]))
        value = self.of(body)
        match value:
            case Constant():
                return build.product(build.size_of(self.count), value.node)
            case Outer():
                return _times(build.transpose(value.left), value.right)
            case Batch(n.Diagonal() as diagonal, Kind.SCALAR):
                return build.trace(diagonal.operands[0])
            case Batch(array, Kind.SCALAR):
                return build.entry_sum(_summands(array))
            case Batch(array, Kind.VECTOR):
                return build.transpose(self.sum_of_rows(array))
        return self.sum_of_rows(value.array)

    def sum_of_rows(self, array: Node) -> Node:
        """Return 1′V; it is s′V for the matrix diag(s) V."""
        factors = _factors(array)
        scalars = [factor for factor in factors if factor.shape.is_scalar]
        first, *rest = [factor for factor in factors if not factor.shape.is_scalar]
        if isinstance(first, n.Diag):
            return build.product(*scalars, build.transpose(first.operands[0]), *rest)
        return _times(build.transpose(self.ones), array)

    # -- pieces ---------------------------------------------------------------------

    def of(self, node: Node) -> Value:
        if not self.depends(node):
            return Constant(node)
        match node:
            case n.UnitVector():
                return Batch(build.identity(self.count), Kind.VECTOR)
            case n.Entry():
                return self.entry(node)
            case n.Product():
                return self.product(node)
            case n.Transpose():
                return _turned(self.of(node.operands[0]))
            case n.Negate():
                return self.scale(Constant(build.number(-1)), self.of(node.operands[0]), build.negate)
            case n.Add():
                return self.entrywise(node, lambda *terms: build.add(*terms))
            case n.Hadamard():
                return self.entrywise(node, build.hadamard)
            case n.HadamardDivide():
                return self.entrywise(node, build.hadamard_divide)
            case n.HadamardPower():
                return self.entrywise(node, build.hadamard_power)
            case n.Apply():
                return self.entrywise(node, lambda x: build.apply(node.function, x))
            case n.Divide():
                return self.quotient(node)
            case n.Power() if node.shape.is_scalar:
                return self.power(node)
            case n.Fill():
                return self.fill(node)
            case n.EntrySum(operands=(n.Hadamard(operands=(left, right)) as both,)) if both.shape.is_vector:
                return self.product(build.product(build.transpose(left), right))
            case n.Trace() if isinstance(inside := self.of(node.operands[0]), Outer):
                return Batch(_dots(inside.left, inside.right), Kind.SCALAR)
        return self.of_rows(node)

    def depends(self, node: Node) -> bool:
        return any(
            any(self.index in n.indices_in(place) for place in places)
            for piece in walk(node)
            if (places := piece.positions if isinstance(piece, n.Entry) else _place_of(piece))
        )

    def entry(self, node: n.Entry) -> Value:
        """Return the entries x_n, X_nk, X_kn, X_nn of one array, or a fixed entry of vectors v_n."""
        array, places = node.operands[0], node.positions
        if self.depends(array):
            inside = self.of(array)
            if not isinstance(inside, Batch) or self.index in places:
                raise CannotBatch(node)
            return Batch(_times(inside.array, build.unit_vector(places[0], array.shape.length)), Kind.SCALAR)
        if places == (self.index,):
            return Batch(build.transpose(array) if array.shape.is_row else array, Kind.SCALAR)
        if places == (self.index, self.index):
            return Batch(build.diag(array), Kind.SCALAR)
        if places[0] == self.index:
            return Batch(build.product(array, build.unit_vector(places[1], array.shape.columns)), Kind.SCALAR)
        if places[1] == self.index:
            unit = build.unit_vector(places[0], array.shape.rows)
            return Batch(build.product(build.transpose(array), unit), Kind.SCALAR)
        raise CannotBatch(node)

    def of_rows(self, node: Node) -> Value:
        """Return norms, sums and the softmax of vectors v_n, row by row."""
        function = _OF_ROWS.get(type(node))
        inside = self.of(node.operands[0]) if len(node.operands) == 1 else None
        if function is None or not isinstance(inside, Batch) or inside.kind is Kind.SCALAR:
            raise CannotBatch(node)
        return Batch(function(inside.array), node.shape.kind)

    def fill(self, node: n.Fill) -> Value:
        value = self.of(node.operands[0])
        if node.shape.is_matrix or not isinstance(value, Batch):
            raise CannotBatch(node)
        return Batch(build.product(value.array, build.transpose(ones(node.shape.length))), node.shape.kind)

    # -- operations -----------------------------------------------------------------

    def entrywise(self, node: Node, make: Callable[..., Node]) -> Value:
        """Return an operation that goes entry by entry; constants are repeated for every place."""
        values = [self.of(operand) for operand in node.operands]
        kind, whole = node.shape.kind, not node.shape.is_scalar
        if kind is Kind.MATRIX:
            raise CannotBatch(node)
        arrays = []
        for value in values:
            if isinstance(value, Outer):
                raise CannotBatch(node)
            alone = isinstance(value, Constant) and value.kind is Kind.SCALAR and not isinstance(node, n.Add)
            if alone and isinstance(value, Constant):
                arrays.append(value.node)
            elif value.kind is Kind.SCALAR and whole:
                arrays.append(build.product(self.rows(value), build.transpose(ones(node.shape.length))))
            else:
                arrays.append(self.rows(value))
        return Batch(make(*arrays), kind)

    def rows(self, value: Constant | Batch) -> Node:
        """Return a value for all places: a constant in every row."""
        if isinstance(value, Batch):
            return value.array
        constant = value.node
        if isinstance(constant, n.Negate):
            return build.negate(self.rows(Constant(constant.operands[0])))
        if constant.shape.is_scalar:
            return build.fill(constant, vector(self.count))
        if isinstance(constant, n.Fill):
            return build.fill(constant.operands[0], matrix(self.count, constant.shape.length))
        return build.product(self.ones, constant if constant.shape.is_row else build.transpose(constant))

    def quotient(self, node: n.Divide) -> Value:
        above, below = (self.of(operand) for operand in node.operands)
        if isinstance(below, Constant):
            return self.scale(below, above, lambda x: build.divide(x, below.node))
        if isinstance(below, Outer):
            raise CannotBatch(node)
        if above.kind is Kind.SCALAR and not isinstance(above, Outer):
            top = above.node if isinstance(above, Constant) else above.array
            return Batch(build.hadamard_divide(top, below.array), Kind.SCALAR)
        return self.scale(Batch(build.hadamard_divide(build.ONE, below.array), Kind.SCALAR), above)

    def power(self, node: n.Power) -> Value:
        base, exponent = node.operands
        if isinstance(base, n.Norm2) and build.is_number(exponent, 2):
            inside = self.of(base.operands[0])
            if isinstance(inside, Batch) and inside.kind is not Kind.SCALAR:
                return Batch(_dots(inside.array, inside.array), Kind.SCALAR)
        return self.entrywise(node, build.hadamard_power)

    def scale(self, scalar: Value, value: Value, apply: Callable[[Node], Node] | None = None) -> Value:
        """Return a value times a scalar; `apply` does it to an array where the scalar is the same for all places."""
        if isinstance(scalar, Constant):
            by = apply or (lambda x: build.product(scalar.node, x))
            match value:
                case Constant():
                    return Constant(by(value.node))
                case Batch():
                    return Batch(by(value.array), value.kind)
            return Outer(by(value.left), value.right)
        assert isinstance(scalar, Batch)
        match value:
            case Outer():
                return Outer(_scaled(scalar.array, value.left), value.right)
            case Batch(array, Kind.SCALAR):
                return Batch(build.hadamard(scalar.array, array), Kind.SCALAR)
            case Batch():
                return Batch(_scaled(scalar.array, value.array), value.kind)
            case Constant(node) if node.shape.is_scalar:
                return Batch(build.product(node, scalar.array), Kind.SCALAR)
            case Constant(node) if not node.shape.is_matrix:
                row = node if node.shape.is_row else build.transpose(node)
                return Batch(build.product(scalar.array, row), value.kind)
        raise CannotBatch(value.node)

    def product(self, node: Node) -> Value:
        scalars: list[Value] = []
        others: list[Value] = []
        for factor in node.operands:
            value = self.of(factor)
            if value.kind is Kind.SCALAR:
                scalars.append(value)
                continue
            others = [*others[:-1], self.joined(node, others[-1], value)] if others else [value]
            if others[0].kind is Kind.SCALAR:  # a row has met its vector
                scalars.append(others.pop())
        if not others:
            return reduce(lambda left, right: self.scale(left, right), scalars)
        return reduce(lambda value, scalar: self.scale(scalar, value), reversed(scalars), others[0])

    def joined(self, node: Node, left: Value, right: Value) -> Value:
        """Return the product of two values that are no scalars, or of what a run of them has become."""
        if left.kind is Kind.SCALAR:
            return self.scale(left, right)
        match left, right:
            case Constant(), Constant():
                return Constant(build.product(left.node, right.node))
            case Constant(), Batch() if left.kind is Kind.MATRIX and right.kind is Kind.VECTOR:
                return Batch(_times(right.array, build.transpose(left.node)), Kind.VECTOR)
            case Constant(), Batch() if left.kind is Kind.ROW and right.kind is Kind.VECTOR:
                return Batch(_times(right.array, build.transpose(left.node)), Kind.SCALAR)
            case Batch(), Constant() if left.kind is Kind.ROW and right.kind is not Kind.ROW:
                kind = Kind.ROW if right.kind is Kind.MATRIX else Kind.SCALAR
                return Batch(_times(left.array, right.node), kind)
            case Batch(), Batch() if left.kind is Kind.ROW and right.kind is Kind.VECTOR:
                return Batch(_dots(left.array, right.array), Kind.SCALAR)
            case Constant(), Outer() if left.kind is Kind.MATRIX:
                return Outer(_times(right.left, build.transpose(left.node)), right.right)
            case Outer(), Constant() if right.kind is Kind.MATRIX:
                return Outer(left.left, _times(left.right, right.node))
            case Outer(), Constant():
                return Batch(_scaled(_times(left.right, right.node), left.left), Kind.VECTOR)
            case Outer(), Batch():
                return Batch(_scaled(_dots(left.right, right.array), left.left), Kind.VECTOR)
            case Outer(), Outer():
                return Outer(_scaled(_dots(left.right, right.left), left.left), right.right)
            case (Constant() | Batch(), Constant() | Batch()) if left.kind is Kind.VECTOR and right.kind is Kind.ROW:
                return Outer(self.rows(left), self.rows(right))
            case (Constant() | Batch(), Outer()) if left.kind is Kind.ROW:
                return Batch(_scaled(_dots(self.rows(left), right.left), right.right), Kind.ROW)
        raise CannotBatch(node)


def _factors(array: Node) -> list[Node]:
    """Return the factors of a product, those of products among them."""
    if not isinstance(array, n.Product):
        return [array]
    return [factor for operand in array.operands for factor in _factors(operand)]


def _summands(array: Node) -> Node:
    """Return an array with the same sum of entries: (V ∘ W) 1 adds up to the sum of all entries of V ∘ W."""
    if isinstance(array, n.Product) and len(array.operands) == 2:
        first, last = array.operands
        if isinstance(first, n.Hadamard) and build.is_number(last.operands[0] if last.operands else last, 1):
            return first
    return array


def _place_of(node: Node) -> tuple[n.Position, ...]:
    return (node.position,) if isinstance(node, n.UnitVector) else ()


def _turned(value: Value) -> Value:
    match value:
        case Outer():
            return Outer(value.right, value.left)
        case Batch():
            return Batch(value.array, {Kind.VECTOR: Kind.ROW, Kind.ROW: Kind.VECTOR}.get(value.kind, value.kind))
    raise ShapeError("a constant has its own transpose")


def _length(rows: Node) -> Node:
    return build.apply("sqrt", _dots(rows, rows))


_OF_ROWS: dict[type[Node], Callable[[Node], Node]] = {
    n.Norm2: _length,
    n.Norm1: lambda rows: row_sums(build.apply("abs", rows)),
    n.EntrySum: row_sums,
    n.Softmax: build.softmax,
    n.LogSumExp: build.log_sum_exp,
    n.Largest: build.largest_of_rows,
    n.LargestPlace: build.largest_place_of_rows,
}
