"""Solutions of equations as code: a closed form where they are linear in the unknown, else Newton's method."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import contains, substitute, walk
from jacobook.calculus.matrix_route import closed_form, slopes_of
from jacobook.rendering.numpy_code.code_nodes import NewtonSolution


def solved_in_code(node: Node) -> Node:
    """Return the expression with what computes them in the place of solutions of equations."""
    while contains(node, n.Solution):
        inner = next(part for part in walk(node) if isinstance(part, n.Solution))
        node = substitute(node, {inner: closed_form(inner) or _by_newton(inner)})
    return node


def _by_newton(solution: n.Solution) -> Node:
    left, right = solution.operands
    difference = build.add(left, build.negate(right))
    operands = (difference, slopes_of(solution), _start(solution.shape))
    return NewtonSolution(operands, solution.shape, (solution.unknown,))


def _start(shape: Shape) -> Node:
    return build.identity(shape.rows) if shape.is_square else build.fill(build.ONE, shape) if shape.axes else build.ONE
