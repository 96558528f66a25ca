"""Values of functions that are not specified, and their partial derivatives, as LaTeX."""

from __future__ import annotations

from collections.abc import Callable

from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import Level, Piece
from jacobook.algebra.nodes import Node, Pair, Position
from jacobook.rendering.latex.pieces import parenthesised, positions_below
from jacobook.rendering.letters import latex_name

Write = Callable[[Node], Piece]


def value(node: n.FunctionValue, write: Write) -> Piece:
    """Return p(x, z), F′(t) for a curve, ∂p/∂z where the arguments have names, and ∂₂p(x, Az) where they have none."""
    function = node.function
    name = latex_name(function.name, bold=bool(function.value.axes))
    arguments = parenthesised(", ".join(write(operand).text for operand in node.operands))
    if not node.slots:
        return Piece(name + arguments, Level.ATOM)
    count = len(node.slots)
    if function.is_curve:
        primes = "'" * count if count < 4 else f"^{{({count})}}"
        return Piece(name + primes + arguments, Level.ATOM)
    if _are_named(node):
        above = rf"\operatorname{{vec}}({name})" if node.stacked and function.value.is_matrix else name
        below = [_below(node, slot, write) for slot in node.slots]
        order = "" if count == 1 else f"^{{{count}}}"
        last = rf"{below[-1]}^{{\top}}" if node.stacked else below[-1]
        denominator = r"\,".join(rf"\partial {part}" for part in (*below[:-1], last))
        return Piece(rf"\frac{{\partial{order} {above}}}{{{denominator}}}", Level.SCRIPTED)
    if len(function.arguments) == 1:
        return Piece(name + "'" * count + arguments, Level.ATOM)
    return Piece(rf"\partial_{{{','.join(map(str, node.slots))}}} {name}{arguments}", Level.PREFIX)


def _are_named(node: n.FunctionValue) -> bool:
    """Return whether every argument is a name of its own, so that ∂p/∂z says all."""
    names = [operand for operand in node.operands if isinstance(operand, n.Symbol)]
    return len(names) == len(node.operands) == len(set(names))


def _below(node: n.FunctionValue, slot: int, write: Write) -> str:
    operand = node.operands[slot - 1]
    text = write(operand).text
    return rf"\operatorname{{vec}}({text})" if node.stacked and operand.shape.is_matrix else text


def entry(node: n.FunctionValue, positions: tuple[Position, ...]) -> Piece | None:
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
    return Piece(rf"\frac{{\partial{order} {name}}}{{{denominator}}}", Level.SCRIPTED)


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
