"""Unevaluated derivatives, entries, sums over an index and written-out arrays as LaTeX.

Every function takes `write`, which prints the expressions inside.
"""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.dotted_arrays import cells
from jacobook.algebra.display.parentheses import Level, Piece, is_flattened, positions_of_partial, rows_of
from jacobook.algebra.nodes import Node, Position
from jacobook.rendering.latex import unspecified_functions as functions
from jacobook.rendering.latex.pieces import latex_dimension, parenthesised, positions_below, wrapped
from jacobook.rendering.letters import latex_name

Write = Callable[[Node], Piece]
_DOTS = {"⋯": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots"}


def derivative(
    node: n.Partial, write: Write, above: tuple[Position, ...] = (), below: tuple[Position, ...] = ()
) -> Piece:
    """Return ∂of/∂wrt, or the derivative of the entry `above` by the entry `below`.

    With more than two indices it is ∂vec(of)/∂vec(wrt)ᵀ, where a vector is its own vec.
    """
    of, wrt = node.operands
    sign = _sign(node.total)
    if is_flattened(node):
        numerator, denominator = _flat(of, write), _flat(wrt, write)
        return Piece(rf"\frac{{{sign}{numerator}}}{{{sign}{denominator}^{{\top}}}}", Level.SCRIPTED)
    denominator = sign + (_at(wrt, below, write) if below else write(wrt).text)
    if isinstance(of, n.Symbol) or (isinstance(of, n.Entry) and is_bare(of)):
        numerator = _at(of, above, write) if above else write(of).text
        return Piece(rf"\frac{{{sign}{numerator}}}{{{denominator}}}", Level.SCRIPTED)
    operator = rf"\frac{{{sign.strip()}}}{{{denominator}}}"
    inside = write(build.entry(of, *above) if above else of)
    if isinstance(of, n.IndexSum | n.BoundedSum):
        return Piece(operator + inside.text, Level.OPEN)
    bare = inside.level is Level.ATOM and not inside.text.startswith(r"\begin")
    return Piece(operator + (inside.text if bare else parenthesised(inside.text)), Level.SCRIPTED)


def structured(node: n.StructuredPartial, write: Write, below: tuple[Position, ...] = ()) -> Piece:
    """Return df/dX marked `free`, the derivatives by the free entries, or the gradient ∇_X f with its structure."""
    of, wrt = node.operands
    if node.is_gradient:
        inside = rf"\nabla_{{\!{write(wrt).text}}}\,{wrapped(write(of), Level.PREFIX)}"
    else:
        plain = n.Partial((of, wrt), node.shape, (True,))
        inside = derivative(plain, write, below=below).text
    mark = node.structure if node.is_gradient else "free"
    return Piece(rf"\left.{inside}\right|_{{\text{{{mark}}}}}", Level.SCRIPTED)


def derivative_of_entry(node: n.PartialEntry, write: Write) -> Piece:
    """Return ∂f_ij/∂X_kl."""
    of, wrt = node.operands
    sign = _sign(node.total)
    numerator, denominator = _at(of, node.of_positions, write), _at(wrt, node.wrt_positions, write)
    return Piece(rf"\frac{{{sign}{numerator}}}{{{sign}{denominator}}}", Level.SCRIPTED)


def _sign(total: bool) -> str:
    return r"\mathrm{d}" if total else r"\partial "


def _flat(node: Node, write: Write) -> str:
    text = write(node).text
    if node.shape.is_matrix:
        return rf"\operatorname{{vec}}{parenthesised(text)}"
    return text if isinstance(node, n.Symbol) else parenthesised(text)


def is_bare(node: n.Entry) -> bool:
    """Return whether it is the entry of a name."""
    return isinstance(node.operands[0], n.Symbol)


def _at(node: Node, positions: tuple[Position, ...], write: Write) -> str:
    if not positions:
        return write(node).text
    below = positions_below(positions)
    if isinstance(node, n.Symbol):
        return latex_name(node.name, below=below)
    return f"{parenthesised(write(node).text)}_{{{below[0]}}}"


def entry(node: n.Entry, write: Write) -> Piece:
    """Return x_i, A_ij, (xxᵀ)_ij or ∂f_i/∂z_j."""
    inside = node.operands[0]
    if isinstance(inside, n.FunctionValue) and (written := functions.entry(inside, node.positions)) is not None:
        return written
    if isinstance(inside, n.StructuredPartial) and not inside.is_gradient:
        return structured(inside, write, below=node.positions)
    split = positions_of_partial(node)
    if split is not None and isinstance(node.operands[0], n.Partial):
        return derivative(node.operands[0], write, *split)
    return Piece(_at(node.operands[0], node.positions, write), Level.ATOM)


def index_sum(node: n.IndexSum, write: Write) -> Piece:
    """Return a sum over an index; a sum inside it takes parentheses."""
    text = wrapped(write(node.operands[0]), Level.OPEN, minus=False)
    index, last = latex_name(node.index.name), latex_dimension(node.index.dimension)
    return Piece(rf"\sum_{{{index}=1}}^{{{last}}} {text}", Level.OPEN)


def literal(node: n.Literal, write: Write) -> Piece:
    """Return an array written entry by entry."""
    lines = [" & ".join(write(entry).text for entry in row) for row in rows_of(node)]
    return Piece(r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}", Level.ATOM)


def bounded_sum(node: n.BoundedSum, write: Write) -> Piece:
    """Return a sum over a running index; a sum of terms inside it takes parentheses."""
    body, lower, upper = map(write, node.operands)
    text = wrapped(body, Level.OPEN, minus=False)
    return Piece(rf"\sum_{{{latex_name(node.index.name)}={lower.text}}}^{{{upper.text}}} {text}", Level.OPEN)


def array(node: n.ArrayOf, write: Write, mark_diagonal: bool = False) -> Piece:
    """Return an array written out with dots, its diagonal boxed with `mark_diagonal`."""
    lines = []
    for row in cells(node):
        written = []
        for cell in row:
            text = _DOTS[cell.dots] if cell.entry is None else write(cell.entry).text
            written.append(rf"\boxed{{{text}}}" if mark_diagonal and cell.diagonal else text)
        lines.append(" & ".join(written))
    return Piece(r"\begin{bmatrix} " + r" \\ ".join(lines) + r" \end{bmatrix}", Level.ATOM)
