"""What a running index picks, as it is printed: e_i′ y as y_i, e_i′ X as row i of X, X e_i as its column i."""

from __future__ import annotations

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Parameter
from jacobook.algebra.shapes import SCALAR, row, vector


class PickedPart(Node):
    """An entry, a row or a column of an array, for printing alone. Operands: the array, and the one or two places."""

    __slots__ = ()

    is_column = Parameter[bool](0)
    """True for a column of a matrix, picked by one place; a row otherwise."""

    @property
    def is_entry(self) -> bool:
        """Return whether it is a scalar."""
        return self.shape.is_scalar


def turned_part(node: Node) -> PickedPart | None:
    """Return the part of which a node is the transpose, (e_i′ X)′; None for any other node."""
    inside = node.operands[0] if isinstance(node, n.Transpose) else node
    if isinstance(inside, n.Product) and inside is not node and len(inside.operands) == 2:
        inside = with_parts(list(inside.operands))[0]
    return inside if isinstance(inside, PickedPart) and isinstance(node, n.Transpose) else None


def is_member(part: PickedPart) -> bool:
    """Return whether it is a row of a matrix whose rows are the members of a family: the transpose of x[i]."""
    array = part.operands[0]
    array = array.operands[0] if isinstance(array, n.Differential) else array
    return part.shape.is_row and isinstance(array, n.Symbol) and n.FAMILY in array.properties


def with_parts(factors: list[Node]) -> list[Node]:
    """Return the factors with what a running index picks as one of them, and the members of a family at any place."""
    found: list[Node] = []
    waiting: Node | None = None
    for factor in factors:
        last = found[-1] if found else None
        if waiting is not None and _may_pick(waiting, factor):
            found[-1] = _row(waiting, factor)
            waiting = None
            continue
        if last is not None and _is_place(factor) and _takes_column(last) and _may_pick(factor, last):
            found[-1] = _column(last, factor)
            waiting = None
            continue
        waiting = factor.operands[0] if isinstance(factor, n.Transpose) and _is_place(factor.operands[0]) else None
        found.append(factor)
    return found


def _is_place(node: Node) -> bool:
    return isinstance(node, n.RunningUnit) or (isinstance(node, n.UnitVector) and not isinstance(node.position, n.Pair))


def _may_pick(unit: Node, array: Node) -> bool:
    """Return whether a unit vector picks a part that has a notation: at a fixed place only the member of a family."""
    inside = array.operands[0] if isinstance(array, n.Transpose) else array
    family = isinstance(inside, n.Symbol) and n.FAMILY in inside.properties
    return isinstance(unit, n.RunningUnit) or (family and inside.shape.rows == unit.shape.length)


def _number(unit: Node) -> Node:
    """Return the place of the 1 in a unit vector, as it is printed."""
    if isinstance(unit, n.UnitVector):
        position = unit.position
        return n.symbol(position.name if isinstance(position, n.Index) else str(position))
    return unit.operands[0]


def is_turned_unit(factor: Node) -> bool:
    """Return whether a factor is e_i′, which picks a row of what follows."""
    return isinstance(factor, n.Transpose) and isinstance(factor.operands[0], n.RunningUnit)


def _row(unit: Node, array: Node) -> Node:
    """Return e_i′ a for an array a that stands behind it."""
    place = _number(unit)
    if array.shape.is_vector:
        return PickedPart((array, place), SCALAR, (False,))
    if isinstance(array, n.Transpose):  # e_i′ A′ = (A e_i)′
        return _transposed(PickedPart((array.operands[0], place), vector(array.operands[0].shape.rows), (True,)))
    return PickedPart((array, place), row(array.shape.columns), (False,))


def _takes_column(last: Node) -> bool:
    return last.shape.is_matrix or last.shape.is_row


def _column(array: Node, unit: Node) -> Node:
    """Return a e_i for what stands before it: a row of which one entry is picked, or a matrix."""
    place = _number(unit)
    if array.shape.is_row:
        inside = array.operands[0] if isinstance(array, n.Transpose) else array
        if isinstance(inside, PickedPart):  # X_ij
            places = (inside.operands[1], place)
            return PickedPart((inside.operands[0], *(places if inside is array else places[::-1])), SCALAR, (False,))
        return PickedPart((inside, place), SCALAR, (False,))
    if isinstance(array, n.Transpose):  # A′ e_i, the transpose of row i of A
        return _transposed(PickedPart((array.operands[0], place), row(array.operands[0].shape.columns), (False,)))
    return PickedPart((array, place), vector(array.shape.rows), (True,))


def _transposed(part: PickedPart) -> Node:
    return n.Transpose((part,), part.shape.transposed)
