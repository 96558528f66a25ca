"""Results with whole sizes, shown entry by entry."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.arrays import written_out
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.reasons import sentence


def entry_by_entry(left: Node, value: Node) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value with unit vectors and products of written-out arrays as one such array, as one claim."""
    written = written_out(value)
    if written is value:
        return value, ()
    reason = _of_units(value) or sentence([Prose("multiply and add entry by entry")])
    return written, (Claim(left, written, "written-entries", reason),)


def _of_units(value: Node) -> Prose | None:
    """Return where what stands with a unit vector of the value goes, None where it has none of whole size."""
    units = [node for node in walk(value) if isinstance(node, n.UnitVector) and not node.shape.length.names]
    if not units:
        return None
    for node in walk(value):
        arrays = [factor for factor in node.operands if not factor.shape.is_scalar]
        if isinstance(node, n.Product) and node.shape.is_matrix and len(arrays) == 2:
            column, row = arrays[0], arrays[1].operands[0] if isinstance(arrays[1], n.Transpose) else arrays[1]
            if isinstance(column, n.UnitVector) and isinstance(row, n.UnitVector):
                values = (build.product(*arrays), column.position, row.position)
                return Prose("What stands with {0} is the entry in row {1} and column {2}, and so on.", values)
    shown = units[0] if value.shape.is_vector else build.transpose(units[0])
    return Prose("What stands with {0} is entry {1}, and so on.", (shown, units[0].position))
