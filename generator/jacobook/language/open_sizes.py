"""Which constant arrays need their sizes said: those whose sizes a reader of the text could not infer."""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.entry_lookup import are_fixed
from jacobook.algebra.nodes import Node
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.shapes import Kind
from jacobook.algebra.traverse import contains, walk
from jacobook.language.size_inference import (
    SCALAR,
    Equations,
    Type,
    fresh_size,
    matrix_type,
    product_type,
    size_product,
    size_sum,
    type_of,
    vector_type,
)

OPEN = (n.Identity, n.Fill, n.Unvec)
"""The nodes that are written without their sizes."""


@dataclass(slots=True, eq=False)
class SizedPlace:
    """A node where it stands: what is known of its type there, and whether its sizes must be said."""

    node: Node
    operands: tuple[SizedPlace, ...]
    type: Type
    sized: bool = False


class SizeReader:
    """Infers the sizes in an expression as the language does, from the equations between them."""

    def __init__(self, whole: Node) -> None:
        """Read the expression; its own shape is known to whoever reads the text."""
        self._equations = Equations()
        self._open: list[SizedPlace] = []
        self._holding: set[Node] = set()
        for node in walk(whole):
            if _is_open(node) or any(operand in self._holding for operand in node.operands):
                self._holding.add(node)
        self.anything_said = False
        self.whole = self._read(whole)
        self._equate(self.whole.type, type_of(whole.shape))
        self._equations.finish()
        for place in self._open:
            if place.type.shape() is None:
                self._say(place)
                self._equations.finish()

    def _say(self, place: SizedPlace) -> None:
        place.sized = self.anything_said = True
        self._equate(place.type, type_of(place.node.shape))

    def _equate(self, left: Type, right: Type) -> None:
        self._equations.equate_types(left, right)

    def _read(self, node: Node, alone: bool = False) -> SizedPlace:
        """Return the node with its type; what holds no open size is of its own shape.

        `alone` is True in an argument of a function in which no array tells a size: its identities always say theirs,
        as in `kron(x, eye(N))`.
        """
        if node not in self._holding:
            return SizedPlace(node, (), type_of(node.shape))
        calls, before = type(node) in OPERATORS, len(self._open)
        operands = tuple([self._read(o, alone or (calls and _is_alone(o))) for o in node.operands])
        place = SizedPlace(node, operands, self._type(node, [operand.type for operand in operands]))
        if alone and isinstance(node, n.Identity):
            self._say(place)
        elif _is_open(node):
            self._open.insert(before, place)
        return place

    def _type(self, node: Node, given: list[Type]) -> Type:
        """Return the type that the operands give, with the equations that the node needs."""
        match node:
            case n.Identity():
                size = fresh_size()
                return matrix_type(size, size)
            case n.Fill():
                if node.shape.is_matrix:
                    return matrix_type(fresh_size(), fresh_size())
                result = vector_type(fresh_size())
                return result.transposed if node.shape.is_row else result
            case n.Unvec() if build.is_unvech(node):
                self._equate(given[0], type_of(node.operands[0].shape))
                return type_of(node.shape)
            case n.Unvec():
                result = matrix_type(fresh_size(), fresh_size())
                self._equations.equate(size_product(result.rows, result.columns), given[0].length)
                return result
            case n.Add():
                for other in given[1:]:
                    self._equate(given[0], other)
                return given[0]
            case n.Product():
                return self._product(given)
            case n.Hadamard() | n.HadamardDivide() | n.HadamardPower():
                left, right = given
                if not (left.is_scalar or right.is_scalar):
                    self._equate(left, right)
                return right if left.is_scalar else left
            case (
                n.Power()
                | n.Inverse()
                | n.Adjugate()
                | n.MatrixExponential()
                | n.MatrixRoot()
                | n.MatrixLogarithm()
                | n.Cholesky()
                | n.Eigenvectors()
            ):
                return self._square(given[0])
            case n.ExponentialJacobian():
                side = size_product(given[0].rows, self._square(given[0]).columns)
                return matrix_type(side, side)
            case n.Eigenvalues() | n.LeadingEigenvector():
                return vector_type(self._square(given[0]).rows)
            case n.LargestEigenvalue():
                self._square(given[0])
                return SCALAR
            case n.Pseudoinverse():
                return given[0].transposed
            case n.LargestOfRows():
                return vector_type(given[0].rows)
            case n.PolarFactor() | n.LargestPlace() | n.LargestPlaceOfRows():
                return given[0]
            case n.Arctan2():
                self._equate(*given)
                return given[0]
            case n.NuclearNorm() | n.Largest():
                return SCALAR
            case n.Trace() | n.Determinant() | n.LogDeterminant():
                self._square(given[0])
                return SCALAR
            case n.Entry() if are_fixed(node.positions):
                return SCALAR
            case n.LogSumExp() if given[0].kind is Kind.MATRIX:
                return vector_type(given[0].rows)
            case n.EntrySum() | n.Norm1() | n.Norm2() | n.LogSumExp():
                return SCALAR
            case n.Negate() | n.Divide() | n.Apply() | n.Softmax() | n.BoundedSum():
                return given[0]
            case n.Transpose():
                return given[0].transposed
            case n.Diag():
                return matrix_type(given[0].rows, given[0].rows)
            case n.Skew():
                self._equate(given[0], type_of(node.operands[0].shape))
                return type_of(node.shape)
            case n.Diagonal():
                return vector_type(self._square(given[0]).rows)
            case n.Vec():
                return vector_type(size_product(given[0].rows, given[0].columns))
            case n.Vech():
                self._equate(given[0], type_of(node.operands[0].shape))
                return type_of(node.shape)
            case n.Kronecker():
                left, right = given
                kind = left.kind if left.kind is right.kind else Kind.MATRIX
                return Type(kind, size_product(left.rows, right.rows), size_product(left.columns, right.columns))
            case n.Blocks():
                return self._blocks(node, given)
            case n.KhatriRao():
                left, right = given
                self._equations.equate(left.columns, right.columns)
                return matrix_type(size_product(left.rows, right.rows), left.columns)
        # What the language cannot say is not read back: the sizes in it are taken for known.
        for operand, known in zip(given, node.operands, strict=True):
            self._equate(operand, type_of(known.shape))
        return type_of(node.shape)

    def _blocks(self, node: n.Blocks, given: list[Type]) -> Type:
        lines = [given[start : start + node.width] for start in range(0, len(given), node.width)]
        for line in lines:
            for block in line[1:]:
                self._equations.equate(line[0].rows, block.rows)
        for column in zip(*lines, strict=True):
            for block in column[1:]:
                self._equations.equate(column[0].columns, block.columns)
        rows = size_sum(line[0].rows for line in lines)
        return Type(node.shape.kind, rows, size_sum(block.columns for block in lines[0]))

    def _square(self, given: Type) -> Type:
        self._equations.equate(given.rows, given.columns)
        return given

    def _product(self, given: list[Type]) -> Type:
        result = given[0]
        for factor in given[1:]:
            found = product_type(result, factor)
            if found is None:
                raise TypeError("the factors of a product have no shape")
            result, inner = found
            if inner is not None:
                self._equations.equate(*inner)
        return result


def _is_open(node: Node) -> bool:
    """Return whether a node is written without its sizes; those of unvech(v) follow from the length of v."""
    return isinstance(node, OPEN) and not build.is_unvech(node)


def _is_alone(node: Node) -> bool:
    return all(symbol.shape.is_scalar for symbol in node.symbols)


def open_sizes(node: Node) -> SizedPlace | None:
    """Return the expression with the places whose sizes must be said, or None where there are none.

    The rule is the reader's own: the sizes of `eye`, `vector(c)`, `matrix(c)` and `unvec(v)` are unknowns, every
    operation is an equation, and so is the shape of the whole. What stays open is said, from left to right, until
    nothing is.
    """
    if not contains(node, OPEN):
        return None
    reader = SizeReader(node)
    return reader.whole if reader.anything_said else None
