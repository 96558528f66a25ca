"""Values of functions that are not specified, and their partial derivatives, as LaTeX."""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import Level
from jacobook.algebra.nodes import Node, Pair, Position
from jacobook.rendering.latex.pieces import positions_below
from jacobook.rendering.latex.printed import Printed, PrintedFactor, of_factors, one
from jacobook.rendering.letters import latex_name

Write = Callable[[Node], Printed]


def value(node: n.FunctionValue, write: Write) -> Printed:
    """Return p(x, z), F′(t) for a curve, ∂p/∂z where the arguments have names, and ∂₂p(x, Az) where they have none."""
    function = node.function
    name = latex_name(function.name, bold=bool(function.value.axes))
    arguments = _arguments([write(operand) for operand in node.operands])
    if not node.slots:
        return of_factors([PrintedFactor((name,)), arguments], Level.ATOM)
    count = len(node.slots)
    if function.is_curve:
        primes = "'" * count if count < 4 else f"^{{({count})}}"
        return of_factors([PrintedFactor((name + primes,)), arguments], Level.ATOM)
    if _are_named(node):
        above = rf"\operatorname{{vec}}({name})" if node.stacked and function.value.is_matrix else name
        below = [_below(node, slot, write) for slot in node.slots]
        order = "" if count == 1 else f"^{{{count}}}"
        last = rf"{below[-1]}^{{\top}}" if node.stacked else below[-1]
        denominator = r"\,".join(rf"\partial {part}" for part in (*below[:-1], last))
        return one(Level.SCRIPTED, rf"\frac{{\partial{order} {above}}}{{{denominator}}}", grows=True)
    if len(function.arguments) == 1:
        return of_factors([PrintedFactor((name + "'" * count,)), arguments], Level.ATOM)
    operator = rf"\partial_{{{','.join(map(str, node.slots))}}}"
    return of_factors([PrintedFactor((operator,)), PrintedFactor((name,), before=" "), arguments], Level.PREFIX)


def _arguments(operands: list[Printed]) -> PrintedFactor:
    """Return the arguments in parentheses, with commas between them."""
    grows = any(operand.is_tall for operand in operands)
    opening, closing = (r"\left(", r"\right)") if grows else ("(", ")")
    parts = [part for operand in operands for part in (", ", operand)][1:]
    return PrintedFactor((opening, *parts, closing), "(")


def _are_named(node: n.FunctionValue) -> bool:
    """Return whether every argument is a name of its own, so that ∂p/∂z says all."""
    names = [operand for operand in node.operands if isinstance(operand, n.Symbol)]
    return len(names) == len(node.operands) == len(set(names))


def _below(node: n.FunctionValue, slot: int, write: Write) -> str:
    operand = node.operands[slot - 1]
    text = write(operand).text
    return rf"\operatorname{{vec}}({text})" if node.stacked and operand.shape.is_matrix else text


def entry(node: n.FunctionValue, positions: tuple[Position, ...]) -> Printed | None:
    """Return F_ij(X), or ∂F_ij/∂X_kl for an entry of a partial derivative; None where the arguments have no names."""
    if not node.slots or not _are_named(node) or node.function.is_curve:
        return None
    found = _places(node, positions)
    if found is None:
        return None
    above, below = found
    name = latex_name(node.function.name, below=positions_below(above) if above else ())
    parts = []
    for slot, places in zip(node.slots, below, strict=True):
        operand = node.operands[slot - 1]
        assert isinstance(operand, n.Symbol)
        parts.append(rf"\partial {latex_name(operand.name, below=positions_below(places) if places else ())}")
    order = "" if len(parts) == 1 else f"^{{{len(parts)}}}"
    denominator = r"\,".join(parts)
    return one(Level.SCRIPTED, rf"\frac{{\partial{order} {name}}}{{{denominator}}}", grows=True)


def _places(
    node: n.FunctionValue, positions: tuple[Position, ...]
) -> tuple[tuple[Position, ...], list[tuple[Position, ...]]] | None:
    """Return where the entry stands in the value and in each argument, read off its place in the Jacobian layout."""
    shapes = [node.function.value, *(node.function.arguments[slot - 1] for slot in node.slots)]
    flat: list[Position] = list(positions)
    if node.stacked:
        groups = [shape for shape in shapes if shape.axes]
        rows, last = positions
        stacked: list[Position] = [rows, last]
        if len(groups) == 3:
            if not isinstance(rows, Pair):
                return None
            stacked = [rows.minor, rows.major, last]
        flat = []
        for shape, place in zip(groups, stacked, strict=True):
            if shape.is_matrix:
                if not isinstance(place, Pair):
                    return None
                flat += [place.minor, place.major]
            else:
                flat.append(place)
    found: list[tuple[Position, ...]] = []
    for shape in shapes:
        found.append(tuple(flat[: len(shape.axes)]))
        flat = flat[len(shape.axes) :]
    return found[0], found[1:]
