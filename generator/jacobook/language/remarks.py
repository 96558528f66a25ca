"""Remarks on a statement: what in it means something else here than many readers expect."""

from __future__ import annotations

from collections.abc import Iterable

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Reading, Remark, Statement
from jacobook.algebra.shapes import ONE
from jacobook.algebra.traverse import walk


def remarks_on(expressions: Iterable[Node]) -> tuple[Remark, ...]:
    """Return the remarks on these expressions, one for every function or operation that needs one."""
    found: dict[tuple[Reading, object], Remark] = {}
    for expression in expressions:
        for node in walk(expression):
            reading = _reading(node)
            if reading is not None:
                which = node.function if isinstance(node, n.Apply) else node.operands[1:]
                found.setdefault((reading, which), Remark(reading, node))
    return tuple(found.values())


def remarks_on_answer(statement: Statement, answer: Node) -> tuple[Remark, ...]:
    """Return the remarks on a statement and on an answer to it."""
    expressions = [link.expression for link in statement.links]
    of_nodes = remarks_on(expressions)
    spelled = [remark for remark in statement.remarks if remark not in of_nodes]
    return (*spelled, *remarks_on([*expressions, answer]))


def _reading(node: Node) -> Reading | None:
    """Return how a piece is read, if that may surprise; a matrix with one row or column surprises nobody."""
    match node:
        case n.Apply() if ELEMENTWISE[node.function].of_matrix and _is_square(node):
            return Reading.ENTRYWISE
        case n.Norm2() if _is_true_matrix(node.operands[0]):
            return Reading.FROBENIUS
        case n.Norm1() if _is_true_matrix(node.operands[0]):
            return Reading.SUM_OF_ENTRIES
        case n.MatrixRoot() if _is_square(node):
            return Reading.MATRIX_ROOT
        case n.Power() if _is_square(node):
            return Reading.MATRIX_POWER
        case n.Fill() if _holds_its_size(node):
            return Reading.OWN_SIZE
    return None


def _is_true_matrix(node: Node) -> bool:
    return node.shape.is_matrix and ONE not in (node.shape.rows, node.shape.columns)


def _is_square(node: Node) -> bool:
    return node.shape.is_square and _is_true_matrix(node)


def _holds_its_size(node: n.Fill) -> bool:
    """Return whether every entry is a size of the array itself, as in `vector(dim(N), N)`."""
    value = node.operands[0]
    if isinstance(value, n.SizeOf):
        return value.dimension in node.shape.axes
    fixed = (axis for axis in node.shape.axes if not axis.names and axis != ONE)
    return any(build.is_number(value, axis.coefficient) for axis in fixed)
