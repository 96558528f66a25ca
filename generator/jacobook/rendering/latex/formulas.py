"""Expressions as LaTeX: bold vectors and matrices, the author's order, few parentheses."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import (
    PI,
    Level,
    Piece,
    factors,
    needs_grouping,
    negated_level,
    terms,
    with_pi,
    without_minus,
)
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.nodes import Node
from jacobook.algebra.operators import OPERATORS
from jacobook.rendering.latex import unevaluated as entries
from jacobook.rendering.latex import unspecified_functions as functions
from jacobook.rendering.latex.pieces import (
    adjoin,
    fenced,
    fraction,
    latex_dimension,
    latex_shape,
    parenthesised,
    positions_below,
    wrapped,
)
from jacobook.rendering.letters import is_one_letter, latex_name, split_name

_TEX_FUNCTIONS = frozenset(row.name for row in ELEMENTWISE.values() if row.tex)
_NAMED = (r"\operatorname", r"\det", r"\sum", *(rf"\{name}" for name in sorted(_TEX_FUNCTIONS)))
_NO_POWER_ON_NAME = frozenset(("exp", "sqrt", "abs"))


def latex(node: Node, mark_diagonal: bool = False) -> str:
    """Return the expression as LaTeX.

    With `mark_diagonal`, the diagonal entries of a written-out matrix are boxed (a mark without colour).
    """
    if mark_diagonal and isinstance(node, n.ArrayOf):
        return entries.array(node, latex_piece, mark_diagonal=True).text
    return latex_piece(node).text


def _exponent(node: Node) -> str:
    return str(node.value) if isinstance(node, n.Number) else latex_piece(node).text


def _base(node: Node) -> str:
    piece = latex_piece(node)
    return wrapped(piece, Level.ATOM, minus=False)


def _number(node: n.Number) -> Piece:
    if node.value < 0:
        return Piece(fraction(node.value), Level.PRODUCT)
    return Piece(fraction(node.value), Level.ATOM if node.value.denominator == 1 else Level.SCRIPTED)


def _symbol(node: n.Symbol) -> Piece:
    if node is PI:
        return Piece(r"\pi", Level.ATOM)
    return Piece(latex_name(node.name, bold=not node.shape.is_scalar), Level.ATOM)


def _fill(node: n.Fill, sized: bool = True) -> Piece:
    """Return a bold number with its size below; without it where the terms beside it tell the size."""
    value = node.operands[0]
    size = ""
    if sized:
        size = latex_shape(node.shape) if node.shape.is_matrix else latex_dimension(node.shape.length)
        size = f"_{{{size}}}"
    turned = r"^{\top}" if node.shape.is_row else ""
    if build.is_number(value, 0) or build.is_number(value, 1):
        digit = latex_piece(value).text
        return Piece(rf"\boldsymbol{{{digit}}}{size}{turned}", Level.SCRIPTED if turned else Level.ATOM)
    return Piece(rf"{_scalar_in_front(value)}\boldsymbol{{1}}{size}{turned}", Level.PRODUCT)


def _scalar_in_front(value: Node) -> str:
    """Return a scalar as it stands before an array; x'y in parentheses, since x'y 1 would read as x' times y 1."""
    minus, inside = without_minus(value)
    if any(not factor.shape.is_scalar for factor in factors(inside)):
        return ("-" if minus else "") + parenthesised(latex_piece(inside).text) + r"\,"
    return wrapped(latex_piece(value), Level.PRODUCT)


def beside(node: Node, others: bool) -> Piece:
    """Return a term or factor; an array of equal numbers without its size, where others tell it."""
    return _fill(node, sized=not others) if isinstance(node, n.Fill) else latex_piece(node)


def _add(node: Node) -> Piece:
    summands = terms(node)
    sized_by_others = any(not isinstance(term, n.Fill) for term in summands)
    text = ""
    for term in summands:
        minus, inside = without_minus(term)
        piece = beside(inside, sized_by_others)
        if minus:
            part = "-" + wrapped(piece, Level.OPEN, minus=False)
        else:
            part = wrapped(piece, Level.OPEN)
        if text:
            part = f" - {part[1:]}" if part.startswith("-") else f" + {part}"
        text += part
    return Piece(text, Level.SUM)


def _negate(node: Node) -> Piece:
    inside = latex_piece(node.operands[0])
    return Piece("-" + wrapped(inside, Level.OPEN, minus=False), negated_level(inside.level))


def _is_long(node: Node) -> bool:
    """Return whether the node is a name of several letters, which needs space beside it."""
    if isinstance(node, n.Entry):
        return _is_long(node.operands[0])
    return isinstance(node, n.Symbol) and not is_one_letter(split_name(node.name)[0])


def _separator(left: Node, before: str, right: Node, after: str) -> str:
    if isinstance(right, n.Number) or after[0].isdigit() or build.is_number(left, 1):
        return r" \cdot "
    opens = after.startswith(("(", r"\left"))
    if opens:
        called = isinstance(left, n.Symbol | n.SizeOf) or (isinstance(left, n.Entry) and entries.is_bare(left))
        return r"\," if called else ""
    if before.endswith(r"\right)") or after.startswith(_NAMED):
        return ""  # TeX sets space there
    thin = before.endswith((")", r"\rvert")) or _is_long(left) or _is_long(right)
    spaced = (n.Differential, n.Partial, n.PartialEntry, n.StructuredPartial)
    return r"\," if thin or isinstance(right, spaced) or isinstance(left, spaced) else ""


def _product(node: Node) -> Piece:
    return Piece(juxtaposed(with_pi(factors(node))), Level.PRODUCT)


def juxtaposed(parts: list[Node], minus: bool = True) -> str:
    """Return factors side by side, with space where it helps; the first may carry a minus, if `minus`."""
    return adjoin([text for written in written_factors(parts, minus) for text in written])


def written_factors(parts: list[Node], minus: bool = True) -> list[tuple[str, str]]:
    """Return what stands before every factor (a space, a sign) and the factor, in parentheses where it needs them."""
    if minus and len(parts) > 1 and build.is_number(parts[0], -1):
        (_, first), *others = written_factors(parts[1:], minus=False)
        return [("-", first), *others]
    if minus and len(parts) > 1 and isinstance(parts[0], n.Negate) and needs_grouping(parts[0].operands[0], parts[1:]):
        (_, first), *others = written_factors([parts[0].operands[0], *parts[1:]], minus=False)
        return [("-", first), *others]
    written: list[tuple[str, str]] = []
    for place, factor in enumerate(parts):
        last = place == len(parts) - 1
        least = Level.OPEN if last and isinstance(factor, n.IndexSum | n.BoundedSum) else Level.PRODUCT
        least = Level.PREFIX if isinstance(factor, n.Product) else least
        text = wrapped(latex_piece(factor), least, minus=minus and place == 0)
        before = _separator(parts[place - 1], written[-1][1], factor, text) if place else ""
        written.append((before, text))
    return written


def _divide(node: Node) -> Piece:
    above, below = (latex_piece(operand) for operand in node.operands)
    sign, numerator = ("-", above.text[1:]) if above.negative else ("", above.text)
    return Piece(rf"{sign}\frac{{{numerator}}}{{{below.text}}}", Level.PRODUCT if sign else Level.SCRIPTED)


_OWN_SIZES = (r"\otimes", r"\ast")


def _entrywise(sign: str) -> Callable[[Node], Piece]:
    def write(node: Node) -> Piece:
        first, second = node.operands
        # One operand tells the size of the other, except in a product of Kronecker's.
        both = sign in _OWN_SIZES or (isinstance(first, n.Fill) and isinstance(second, n.Fill))
        associative = type(first) is type(node) and not isinstance(node, n.HadamardDivide)
        left = wrapped(beside(first, not both), Level.ENTRYWISE if associative else Level.PRODUCT)
        right = wrapped(beside(second, not both), Level.PRODUCT, minus=False)
        return Piece(rf"{left} {sign} {right}", Level.ENTRYWISE)

    return write


def _power(node: Node) -> Piece:
    base, exponent = node.operands
    mark = r"\odot " if isinstance(node, n.HadamardPower) else ""
    if is_symbolic_power(node) and isinstance(base, n.Inverse):
        below = wrapped(latex_piece(exponent), Level.PRODUCT, minus=False)
        return Piece(rf"{_base(base.operands[0])}^{{-{below}}}", Level.SCRIPTED)
    whole = isinstance(exponent, n.Number) and exponent.value.denominator == 1 and exponent.value > 1
    if isinstance(base, n.Apply) and whole and base.function not in _NO_POWER_ON_NAME:
        return Piece(_call(base, rf"^{{{_exponent(exponent)}}}"), Level.SCRIPTED)
    return Piece(rf"{_base(base)}^{{{mark}{_exponent(exponent)}}}", Level.SCRIPTED)


def _transpose(node: Node) -> Piece:
    inside = node.operands[0]
    if isinstance(inside, n.Inverse):
        return Piece(rf"{_base(inside.operands[0])}^{{-\top}}", Level.SCRIPTED)
    return Piece(rf"{_base(inside)}^{{\top}}", Level.SCRIPTED)


def _inverse(node: Node) -> Piece:
    return Piece(rf"{_base(node.operands[0])}^{{-1}}", Level.SCRIPTED)


def _call(node: n.Apply, superscript: str = "") -> str:
    name = f"\\{node.function}" if node.function in _TEX_FUNCTIONS else rf"\operatorname{{{node.function}}}"
    return name + superscript + parenthesised(latex_piece(node.operands[0]).text)


def _apply(node: n.Apply) -> Piece:
    inside = latex_piece(node.operands[0]).text
    if node.function == "sqrt":
        return Piece(rf"\sqrt{{{inside}}}", Level.SCRIPTED)
    if node.function == "arctan" and node.operands[0] is build.ONE:
        return Piece(r"\frac{\pi}{4}", Level.SCRIPTED)  # see `with_pi`
    if node.function == "abs" and node.shape.is_scalar:
        return Piece(fenced(inside, r"\lvert", r"\rvert"), Level.ATOM)
    return Piece(_call(node), Level.ATOM)


def _norm(node: Node) -> Piece:
    inside, matrix = node.operands[0], node.operands[0].shape.is_matrix
    text, below = latex_piece(inside).text, "2"
    if isinstance(node, n.Norm1):
        # Of a matrix, ‖·‖₁ would be read as the greatest column sum.
        text, below = (rf"\operatorname{{vec}}{parenthesised(text)}" if matrix else text), "1"
    elif matrix:
        below = "F"
    return Piece(fenced(text, r"\lVert", r"\rVert") + f"_{{{below}}}", Level.ATOM)


def _log_determinant(node: Node) -> Piece:
    inside = node.operands[0]
    text = latex_piece(inside).text
    text = text if isinstance(inside, n.Symbol) else parenthesised(text)
    return Piece(r"\log" + fenced(rf"\det {text}", r"\lvert", r"\rvert"), Level.ATOM)


def _differential(node: Node) -> Piece:
    return Piece(r"\mathrm{d}" + _base(node.operands[0]), Level.PREFIX)


@lru_cache(maxsize=10_000)
def latex_piece(node: Node) -> Piece:
    """Return the LaTeX of a node and how tightly it holds together.

    Kept, since what stands around a node asks for it more than once (how tall it is, how it begins).
    """
    match node:
        case n.Number():
            return _number(node)
        case n.SizeOf():
            return Piece(
                latex_dimension(node.dimension),
                Level.ATOM if len(str(node.dimension)) == 1 else Level.PRODUCT,
            )
        case n.Symbol():
            return _symbol(node)
        case n.Identity():
            return Piece(rf"\boldsymbol{{I}}_{{{latex_dimension(node.shape.rows)}}}", Level.ATOM)
        case n.Fill():
            return _fill(node)
        case n.Apply():
            return _apply(node)
        case n.FunctionValue():
            return functions.value(node, latex_piece)
        case n.Partial():
            return entries.derivative(node, latex_piece)
        case n.StructuredPartial():
            return entries.structured(node, latex_piece)
        case n.PartialEntry():
            return entries.derivative_of_entry(node, latex_piece)
        case n.Entry():
            return entries.entry(node, latex_piece)
        case n.UnitVector():
            return Piece(rf"\boldsymbol{{e}}_{{{positions_below((node.position,))[0]}}}", Level.ATOM)
        case n.Literal():
            return entries.literal(node, latex_piece)
        case n.Delta():
            return Piece(rf"\delta_{{{positions_below(node.positions)[0]}}}", Level.ATOM)
        case n.IndexSum():
            return entries.index_sum(node, latex_piece)
        case n.BoundedSum():
            return entries.bounded_sum(node, latex_piece)
        case n.ArrayOf():
            return entries.array(node, latex_piece)
        case n.Commutation():
            sizes = ",".join(map(latex_dimension, node.sizes))
            return Piece(rf"\boldsymbol{{K}}_{{{sizes}}}", Level.ATOM)
        case n.Unvec():
            inside = parenthesised(latex_piece(node.operands[0]).text)
            return Piece(rf"\operatorname{{unvec}}_{{{latex_shape(node.shape)}}}{inside}", Level.ATOM)
    if (operator := OPERATORS.get(type(node))) is not None and operator.latex:
        return Piece(operator.latex + parenthesised(latex_piece(node.operands[0]).text), Level.ATOM)
    return _WRITERS[type(node)](node)


_WRITERS: dict[type[Node], Callable[[Node], Piece]] = {
    n.Add: _add,
    n.Negate: _negate,
    n.Product: _product,
    n.Divide: _divide,
    n.Hadamard: _entrywise(r"\odot"),
    n.HadamardDivide: _entrywise(r"\oslash"),
    n.Kronecker: _entrywise(r"\otimes"),
    n.KhatriRao: _entrywise(r"\ast"),
    n.HadamardPower: _power,
    n.Power: _power,
    n.Transpose: _transpose,
    n.Inverse: _inverse,
    n.Norm1: _norm,
    n.Norm2: _norm,
    n.LogDeterminant: _log_determinant,
    n.Differential: _differential,
}
