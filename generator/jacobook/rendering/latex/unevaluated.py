"""Unevaluated derivatives, entries, sums over an index and written-out arrays as LaTeX.

Every function takes `write`, which prints the expressions inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.dotted_arrays import cells
from jacobook.algebra.display.parentheses import (
    Level,
    hessian_of,
    is_flattened,
    part_ranges,
    positions_of_partial,
    rows_of,
)
from jacobook.algebra.display.picked_parts import PickedPart, is_member
from jacobook.algebra.exponents import runs_alike
from jacobook.algebra.nodes import Node, Position
from jacobook.rendering.latex import unspecified_functions as functions
from jacobook.rendering.latex.pieces import latex_dimension, positions_below
from jacobook.rendering.latex.printed import (
    Printed,
    joined,
    one,
    parenthesised,
    with_script,
    wrapped,
)
from jacobook.rendering.letters import latex_name

Write = Callable[[Node], Printed]
_DOTS = {"⋯": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots"}


def derivative(
    node: n.Partial, write: Write, above: tuple[Position, ...] = (), below: tuple[Position, ...] = ()
) -> Printed:
    """Return ∂of/∂wrt, or the derivative of the entry `above` with respect to the entry `below`.

    With more than two indices it is ∂vec(of)/∂vec(wrt)ᵀ, where a vector is its own vec.
    """
    of, wrt = node.operands
    sign = _sign(node.total)
    if (twice := hessian_of(node)) is not None and not above and not below:
        variable = sign + write(wrt).text
        return _ratio(f"{sign.strip()}^{{2}}{write(twice).text}", rf"{variable}\,{variable}^{{\top}}")
    if is_flattened(node):
        return _ratio(sign + _flat(of, write), rf"{sign}{_flat(wrt, write)}^{{\top}}")
    denominator = sign + _at(wrt, below, write).text
    if isinstance(of, n.Symbol) or (isinstance(of, n.Entry) and is_bare(of)):
        return _ratio(sign + _at(of, above, write).text, denominator)
    operator = _ratio(sign.strip(), denominator)
    argument = build.entry(of, *above) if above else of
    inside = write(argument)
    if isinstance(of, n.IndexSum | n.BoundedSum):
        return joined(Level.OPEN, ("", operator), ("", inside))
    bare = inside.level is Level.ATOM and not isinstance(argument, n.Literal | n.ArrayOf)
    return joined(Level.SCRIPTED, ("", operator), ("", inside if bare else parenthesised(inside)))


def _ratio(above: str, below: str) -> Printed:
    """Return a derivative in the form of a fraction, which is one name."""
    return one(Level.SCRIPTED, rf"\frac{{{above}}}{{{below}}}", grows=True)


def structured(node: n.StructuredPartial, write: Write, below: tuple[Position, ...] = ()) -> Printed:
    """Return df/dX marked `free`, for the free entries, or the gradient ∇_X f with its structure."""
    of, wrt = node.operands
    if node.is_gradient:
        nabla = one(Level.PREFIX, rf"\nabla_{{\!{write(wrt).text}}}")
        inside = joined(Level.PREFIX, ("", nabla), (r"\,", wrapped(write(of), Level.PREFIX)))
    else:
        plain = n.Partial((of, wrt), node.shape, (True,))
        inside = derivative(plain, write, below=below)
    mark = rf"_{{\text{{{node.structure if node.is_gradient else 'free'}}}}}"
    return one(Level.SCRIPTED, r"\left.", inside, r"\right|", kind=".", scripts=mark, grows=True)


def derivative_of_entry(node: n.PartialEntry, write: Write) -> Printed:
    """Return ∂f_ij/∂X_kl."""
    of, wrt = node.operands
    sign = _sign(node.total)
    return _ratio(sign + _at(of, node.of_positions, write).text, sign + _at(wrt, node.wrt_positions, write).text)


def _sign(total: bool) -> str:
    return r"\mathrm{d}" if total else r"\partial "


def _flat(node: Node, write: Write) -> str:
    inside = write(node)
    if node.shape.is_matrix:
        return parenthesised(inside, r"\operatorname{vec}").text
    return (inside if isinstance(node, n.Symbol) else parenthesised(inside)).text


def is_bare(node: n.Entry) -> bool:
    """Return whether it is the entry of a name."""
    return isinstance(node.operands[0], n.Symbol)


def _at(node: Node, positions: tuple[Position, ...], write: Write) -> Printed:
    if not positions:
        return write(node)
    below = positions_below(positions)
    if isinstance(node, n.Symbol):
        return one(Level.ATOM, latex_name(node.name, below=below))
    inside = write(node)
    if _is_held_together(inside):  # softmax(a)_k
        return with_script(inside, f"_{{{below[0]}}}")
    return parenthesised(inside, scripts=f"_{{{below[0]}}}")


def _is_held_together(inside: Printed) -> bool:
    """Return whether an array is a value of a function or stands in brackets, so that indices can go right below it."""
    (term, *others) = inside.terms
    (factor, *rest) = term.factors
    alone = not (others or rest or term.minus or factor.scripts)
    return alone and (factor.is_called or factor.text.startswith(r"\begin{bmatrix}")) and factor.text[-1] in ")}"


def entry(node: n.Entry, write: Write) -> Printed:
    """Return x_i, A_ij, (xxᵀ)_ij or ∂f_i/∂z_j."""
    inside = node.operands[0]
    if isinstance(inside, n.FunctionValue) and (written := functions.entry(inside, node.positions)) is not None:
        return written
    if isinstance(inside, n.StructuredPartial) and not inside.is_gradient:
        return structured(inside, write, below=node.positions)
    split = positions_of_partial(node)
    if split is not None and isinstance(node.operands[0], n.Partial):
        return derivative(node.operands[0], write, *split)
    return replace(_at(node.operands[0], node.positions, write), level=Level.ATOM)


def index_sum(node: n.IndexSum, write: Write) -> Printed:
    """Return a sum over an index; a sum inside it takes parentheses."""
    index, last = latex_name(node.index.name), latex_dimension(node.index.dimension)
    return _sum(rf"\sum_{{{index}=1}}^{{{last}}}", write(node.operands[0]))


def bounded_sum(node: n.BoundedSum, write: Write) -> Printed:
    """Return a sum over a running index; a sum of terms inside it takes parentheses."""
    body, lower, upper, *excluded = map(write, node.operands)
    index = latex_name(node.index.name)
    first = rf"{index}={lower.text}"
    if excluded:
        left_out = rf"{index} \ne {','.join(one.text for one in excluded)}"
        if all(runs_alike(node.index, number) for number in node.index.excluded):
            return _sum(rf"\sum_{{{left_out}}}", body)
        first += rf",\, {left_out}"
    return _sum(rf"\sum_{{{first}}}^{{{upper.text}}}", body)


def picked_part(node: PickedPart, write: Write) -> Printed:
    """Return y_i, X_ij, X_i,: or X_:,i; a row of an array with a small letter is a sample x_iᵀ."""
    array, *numbers = node.operands
    places = [write(number).text for number in numbers]
    if isinstance(array, n.RunningUnit):
        return one(Level.ATOM, rf"\delta_{{{_below([*places, write(array.operands[0]).text])}}}")
    if is_sample(node):
        return with_script(sample_vector(node, write), r"^{\top}")
    if not node.is_entry:
        places.insert(0 if node.is_column else 1, ":")
        return _with_places(array, ",".join(places), write, bold=True)
    return _with_places(array, _below(places), write)


def is_sample(node: PickedPart) -> bool:
    """Return whether it is a row of a matrix that is named as vectors are: one of the samples x_i."""
    array = node.operands[0]
    return is_member(node) or (
        node.shape.is_row and isinstance(array, n.Symbol) and array.shape.is_matrix and array.name[0].islower()
    )


def sample_vector(node: PickedPart, write: Write) -> Printed:
    """Return x_i, the row i of x as a vector."""
    return _with_places(node.operands[0], write(node.operands[1]).text, write, bold=True)


def _below(places: list[str]) -> str:
    return "".join(places) if all(len(place) == 1 for place in places) else ",".join(places)


def _with_places(array: Node, below: str, write: Write, bold: bool = False) -> Printed:
    inside = array.operands[0] if isinstance(array, n.Differential) else array
    if isinstance(inside, n.Symbol):
        name = latex_name(inside.name, bold, below=(below,))
        return one(Level.ATOM, name) if inside is array else one(Level.PREFIX, rf"\mathrm{{d}}{name}")
    return replace(parenthesised(write(array), scripts=f"_{{{below}}}"), level=Level.ATOM)


def _sum(sign: str, body: Printed) -> Printed:
    written = one(Level.OPEN, sign, grows=True)
    return joined(Level.OPEN, ("", written), (" ", wrapped(body, Level.OPEN, minus=False)))


def solution_with_equation(node: n.Solution, write: Write) -> Printed:
    """Return what an equation is solved for, and the equation."""
    left, right = map(write, node.operands)
    unknown = write(node.unknown)
    return one(Level.ATOM, r"\left( ", unknown, r" \ \text{with}\ ", left, " = ", right, r" \right)", grows=True)


def literal(node: n.Literal, write: Write) -> Printed:
    """Return an array written entry by entry."""
    return array_of_cells([[write(entry) for entry in row] for row in rows_of(node)])


def array(node: n.ArrayOf, write: Write, mark_diagonal: bool = False) -> Printed:
    """Return an array written out with dots, its diagonal boxed with `mark_diagonal`."""
    rows = []
    for row in cells(node):
        written = []
        for cell in row:
            inside = one(Level.ATOM, _DOTS[cell.dots]) if cell.entry is None else write(cell.entry)
            boxed = mark_diagonal and cell.diagonal
            written.append(one(Level.ATOM, r"\boxed{", inside, "}", kind=r"\boxed") if boxed else inside)
        rows.append(written)
    return array_of_cells(rows)


def subarray_text(node: n.Subarray, write: Write) -> Printed:
    """Return x_{1:p} or A_{1:p,:}, the part of an array."""
    below = ",".join(part_ranges(node, latex_dimension))
    inside = node.operands[0]
    if isinstance(inside, n.Symbol):
        return one(Level.ATOM, f"{latex_name(inside.name, bold=True)}_{{{below}}}")
    return replace(parenthesised(write(inside), scripts=f"_{{{below}}}"), level=Level.ATOM)


def array_of_cells(rows: list[list[Printed]]) -> Printed:
    r"""Return the cells between `\begin{bmatrix}` and its end; two arrays of the same size are of one kind."""
    cells = [part for row in rows for k, cell in enumerate(row) for part in (" & " if k else r" \\ ", cell)]
    size = f"{len(rows)}×{len(rows[0])}"
    return one(Level.ATOM, r"\begin{bmatrix} ", *cells[1:], r" \end{bmatrix}", kind=size, grows=True)
