"""Expressions as LaTeX: bold vectors and matrices, the author's order, few parentheses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import (
    PI,
    Level,
    factors,
    needs_grouping,
    negated_level,
    power_of_d,
    softmax_of_columns,
    terms,
    with_pi,
    without_minus,
)
from jacobook.algebra.display.picked_parts import PickedPart, turned_part
from jacobook.algebra.display.triangles import triangle_name, triangle_part
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.nodes import Node
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.predicates import decimal
from jacobook.rendering.latex import unevaluated as entries
from jacobook.rendering.latex import unspecified_functions as functions
from jacobook.rendering.latex.pieces import fraction, latex_dimension, latex_shape, positions_below, with_power_of_ten
from jacobook.rendering.latex.printed import (
    Printed,
    PrintedFactor,
    PrintedTerm,
    fenced,
    joined,
    of_factors,
    one,
    parenthesised,
    unfenced,
    with_script,
    with_sign,
    wrapped,
)
from jacobook.rendering.letters import is_one_letter, latex_name, split_name

_TEX_FUNCTIONS = frozenset(row.name for row in ELEMENTWISE.values() if row.tex)
_NAMED = (r"\operatorname", r"\det", r"\sum", *(rf"\{name}" for name in sorted(_TEX_FUNCTIONS)))
_BOLD_DIGITS = (r"\boldsymbol{0}", r"\boldsymbol{1}")
"""What would be read as one number with a number before it."""
_OF_SEVERAL_SIGNS = (row.name for row in ELEMENTWISE.values() if row.latex.count("\\") > 1 or "_" in row.latex)
_NO_POWER_ON_NAME = frozenset(("exp", "sqrt", "abs", *_OF_SEVERAL_SIGNS))


def latex(node: Node, mark_diagonal: bool = False) -> str:
    """Return the expression as LaTeX.

    With `mark_diagonal`, the diagonal entries of a written-out matrix are boxed (a mark without colour).
    """
    return printed_line(node, mark_diagonal).text


def printed_line(node: Node, mark_diagonal: bool = False) -> Printed:
    """Return the right side of a line before it is text; for `mark_diagonal` see `latex`."""
    if mark_diagonal and isinstance(node, n.ArrayOf):
        return entries.array(node, printed, mark_diagonal=True)
    return printed(node)


def _base(node: Node) -> Printed:
    return wrapped(printed(node), Level.ATOM, minus=False)


def _number(node: n.Number) -> Printed:
    if power := with_power_of_ten(abs(node.value)):
        number = one(Level.SCRIPTED if power.startswith("10") else Level.PRODUCT, power)
        return with_sign(number, True, Level.PRODUCT) if node.value < 0 else number
    written = decimal(abs(node.value))
    whole = node.value.denominator == 1 or written is not None
    number = one(Level.ATOM if whole else Level.SCRIPTED, written or fraction(abs(node.value)), grows=not whole)
    return with_sign(number, True, Level.PRODUCT) if node.value < 0 else number


def _symbol(node: n.Symbol) -> Printed:
    if node is PI:
        return one(Level.ATOM, r"\pi")
    return one(Level.ATOM, latex_name(node.name, bold=not node.shape.is_scalar))


def _size(node: n.SizeOf) -> Printed:
    """Return a size: a number and letters side by side, longer names apart."""
    names = node.dimension.names
    space = "" if all(is_one_letter(split_name(name)[0]) for name in names) else r"\,"
    parts = [] if node.dimension.coefficient == 1 and names else [str(node.dimension.coefficient)]
    factors = [PrintedFactor((part,)) for part in parts]
    factors += [PrintedFactor((latex_name(name),), before=space if place else "") for place, name in enumerate(names)]
    return of_factors(factors, Level.ATOM if len(str(node.dimension)) == 1 else Level.PRODUCT)


def _fill(node: n.Fill, sized: bool = True) -> Printed:
    """Return a bold number with its size below; without it where the terms beside it tell the size."""
    value = node.operands[0]
    size = ""
    if sized:
        size = latex_shape(node.shape) if node.shape.is_matrix else latex_dimension(node.shape.length)
        size = f"_{{{size}}}"
    turned = r"^{\top}" if node.shape.is_row else ""
    if build.is_number(value, 0) or build.is_number(value, 1):
        digit = printed(value).text
        return one(Level.SCRIPTED if turned else Level.ATOM, rf"\boldsymbol{{{digit}}}{size}{turned}")
    ones = one(Level.ATOM, rf"\boldsymbol{{1}}{size}{turned}")
    minus, inside = without_minus(value)
    if any(not factor.shape.is_scalar for factor in factors(inside)):
        # x'y in parentheses, since x'y 1 would read as x' times y 1.
        return joined(Level.PRODUCT, ("", parenthesised(printed(inside))), (r"\,", ones), minus=minus)
    front = wrapped(printed(value), Level.PRODUCT)
    return joined(Level.PRODUCT, ("", front), (r" \cdot " if front.text[-1].isdigit() else "", ones))


def beside(node: Node, others: bool) -> Printed:
    """Return a term or factor; an array of equal numbers without its size, where others tell it."""
    return _fill(node, sized=not others or node.shape.is_matrix) if isinstance(node, n.Fill) else printed(node)


def _add(node: Node) -> Printed:
    summands = terms(node)
    sized_by_others = any(not isinstance(term, n.Fill) for term in summands)
    written: list[PrintedTerm] = []
    for term in summands:
        minus, inside = without_minus(term)
        part = wrapped(beside(inside, sized_by_others), Level.OPEN, minus=not minus)
        written += (with_sign(part, True) if minus else part).terms
    return Printed(tuple(written), Level.SUM)


def _negate(node: Node) -> Printed:
    inside = printed(node.operands[0])
    return with_sign(wrapped(inside, Level.OPEN, minus=False), True, negated_level(inside.level))


def _is_long(node: Node) -> bool:
    """Return whether the node is a name of several letters, which needs space beside it."""
    if isinstance(node, n.Entry):
        return _is_long(node.operands[0])
    return isinstance(node, n.Symbol) and not is_one_letter(split_name(node.name)[0])


def _separator(left: Node, before: str, right: Node, after: str) -> str:
    """Return what stands between two neighbours, `before` and `after` as they are written."""
    if isinstance(right, n.Number) or after[0].isdigit() or build.is_number(left, 1):
        return r" \cdot "
    if before[-1].isdigit() and after.startswith(_BOLD_DIGITS):
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


def _product(node: Node) -> Printed:
    return juxtaposed(with_pi(factors(node)))


def juxtaposed(parts: list[Node], minus: bool = True) -> Printed:
    """Return factors side by side, with space where it helps; the first may carry a minus, if `minus`."""
    negative, written = printed_factors(parts, minus)
    return joined(Level.PRODUCT, *written, minus=negative)


def printed_factors(parts: list[Node], minus: bool = True) -> tuple[bool, list[tuple[str, Printed]]]:
    """Return whether the product has a minus, and its factors, each with the space before it.

    A factor −1 is printed as the minus, and left out.
    """
    if minus and len(parts) > 1:
        first, *others = parts
        if build.is_number(first, -1):
            return True, printed_factors(others, minus=False)[1]
        if isinstance(first, n.Negate) and needs_grouping(first.operands[0], others):
            return True, printed_factors([first.operands[0], *others], minus=False)[1]
    written: list[tuple[str, Printed]] = []
    for place, factor in enumerate(parts):
        last = place == len(parts) - 1
        least = Level.OPEN if last and isinstance(factor, n.IndexSum | n.BoundedSum) else Level.PRODUCT
        least = Level.PREFIX if isinstance(factor, n.Product) else least
        part = wrapped(printed(factor), least, minus=minus and place == 0)
        if not last and _is_of_function(factor):  # (d chol A) B, not d chol A B
            part = parenthesised(part)
        before = _separator(parts[place - 1], written[-1][1].text, factor, part.text) if place else ""
        written.append((before, part))
    negative = written[0][1].begins_with_minus
    if negative:
        written[0] = ("", with_sign(written[0][1], False))
    return negative, written


def _is_of_function(factor: Node) -> bool:
    """Return whether a factor is the differential of an array that is printed as a function of another."""
    return isinstance(factor, n.Differential) and isinstance(factor.operands[0], n.Cholesky | n.Pseudoinverse)


def _divide(node: Node) -> Printed:
    above, below = map(printed, node.operands)
    minus = above.is_negative
    above = unfenced(with_sign(above, False)) if minus else above
    ratio = one(Level.SCRIPTED, r"\frac{", above, "}{", below, "}", kind=r"\frac", grows=True)
    return with_sign(ratio, True, Level.PRODUCT) if minus else ratio


_OWN_SIZES = (r"\otimes", r"\ast")
_BRACKETS = ("(", r"\left(")


def _entrywise(sign: str) -> Callable[[Node], Printed]:
    def write(node: Node) -> Printed:
        first, second = node.operands
        # One operand tells the size of the other, except in a product of Kronecker's.
        both = sign in _OWN_SIZES or (isinstance(first, n.Fill) and isinstance(second, n.Fill))
        associative = type(first) is type(node) and not isinstance(node, n.HadamardDivide)
        left = wrapped(beside(first, not both), Level.ENTRYWISE if associative else Level.PRODUCT)
        right = wrapped(beside(second, not both), Level.PRODUCT, minus=False)
        if isinstance(second, n.Product) and right.text.startswith(_BRACKETS):  # P ⊙ ((A + B) 1), not P ⊙ (A + B) 1
            right = wrapped(right, Level.SCRIPTED, minus=False)
        return joined(Level.ENTRYWISE, ("", left), (f" {sign} ", right))

    return write


def _power(node: Node) -> Printed:
    base, exponent = node.operands
    mark = r"\odot " if isinstance(node, n.HadamardPower) else ""
    if is_symbolic_power(node) and isinstance(base, n.Inverse):
        below = wrapped(printed(exponent), Level.PRODUCT, minus=False)
        return with_script(_base(base.operands[0]), rf"^{{-{below.text}}}", below.is_tall)
    if isinstance(exponent, n.Number):
        power = with_power_of_ten(abs(exponent.value))
        above = printed(exponent).text if power else decimal(exponent.value) or str(exponent.value)
        is_tall = bool(power)
        whole = exponent.value.denominator == 1 and exponent.value > 1
        of_entries = base.shape.is_scalar or isinstance(node, n.HadamardPower)
        if isinstance(base, n.Apply) and whole and of_entries and base.function not in _NO_POWER_ON_NAME:
            return replace(_call(base, f"^{{{above}}}"), level=Level.SCRIPTED)
    else:
        above, is_tall = printed(exponent).text, printed(exponent).is_tall
    return with_script(_base(base), f"^{{{mark}{above}}}", is_tall)


def _transpose(node: Node) -> Printed:
    inside = node.operands[0]
    if (part := turned_part(node)) is not None and entries.is_sample(part):
        return entries.sample_vector(part, printed)
    if (of_columns := softmax_of_columns(node)) is not None:
        return parenthesised(printed(of_columns), r"\operatorname{softmax}_{\text{columns}}")
    if isinstance(inside, n.Inverse):
        return with_script(_base(inside.operands[0]), r"^{-\top}")
    return with_script(_base(inside), r"^{\top}")


def _inverse(node: Node) -> Printed:
    if isinstance(node.operands[0], n.MatrixRoot):
        return with_script(_base(node.operands[0].operands[0]), "^{-1/2}")
    return with_script(_base(node.operands[0]), "^{-1}")


def _root_of_matrix(node: Node) -> Printed:
    return with_script(_base(node.operands[0]), "^{1/2}")


def _angle(node: Node) -> Printed:
    first, second = map(printed, node.operands)
    return parenthesised(joined(Level.OPEN, ("", first), (", ", second)), r"\operatorname{arctan2}")


def _call(node: n.Apply, superscript: str = "") -> Printed:
    name = f"\\{node.function}" if node.function in _TEX_FUNCTIONS else rf"\operatorname{{{node.function}}}"
    name = ELEMENTWISE[node.function].latex or name
    return parenthesised(printed(node.operands[0]), name + superscript)


def _apply(node: n.Apply) -> Printed:
    inside = printed(node.operands[0])
    if node.function == "sqrt":
        return one(Level.SCRIPTED, r"\sqrt{", inside, "}", kind=r"\sqrt", grows=True)
    if node.function == "arctan" and node.operands[0] is build.ONE:
        return one(Level.SCRIPTED, r"\frac{\pi}{4}", grows=True)  # see `with_pi`
    if node.function == "abs" and node.shape.is_scalar:
        return fenced(inside, r"\lvert", r"\rvert")
    return _call(node)


def _triangle(node: n.Triangle) -> str:
    return rf"\operatorname{{{triangle_name(node)}}}"


def _norm(node: Node) -> Printed:
    inside, below = printed(node.operands[0]), "2"
    matrix = node.operands[0].shape.is_matrix
    if isinstance(node, n.NuclearNorm):
        below = "*"
    elif isinstance(node, n.Norm1):
        # Of a matrix, ‖·‖₁ would be read as the greatest column sum.
        inside, below = parenthesised(inside, r"\operatorname{vec}") if matrix else inside, "1"
    elif matrix:
        below = "F"
    return fenced(inside, r"\lVert", r"\rVert", scripts=f"_{{{below}}}")


def _log_determinant(node: Node) -> Printed:
    inside = node.operands[0]
    matrix = printed(inside) if isinstance(inside, n.Symbol) else parenthesised(printed(inside))
    determinant = joined(Level.PRODUCT, ("", one(Level.ATOM, r"\det")), (" ", matrix))
    return fenced(determinant, r"\lvert", r"\rvert", r"\log")


def _differential(node: Node) -> Printed:
    r"""Return d and what it is of: in front of a name it is part of that, before fences it is like a function."""
    order, inside = power_of_d(node)
    (term,) = _base(inside).terms
    first, *others = term.factors
    d = r"\mathrm{d}" if order == 1 else rf"\mathrm{{d}}^{{{order}}}"
    if not first.rows:
        first = replace(first, parts=(d, *first.parts))
    elif first.is_fenced:
        first = replace(first, parts=(d, *first.parts), is_called=True)
    else:
        first = PrintedFactor((d, of_factors([first], Level.ATOM)), d)
    return of_factors([first, *others], Level.PREFIX)


def _block(block: Node) -> Printed:
    """Return a block; zeros without their size, which the blocks beside them tell."""
    return _fill(block, sized=False) if isinstance(block, n.Fill) and build.is_zero(block) else printed(block)


@lru_cache(maxsize=10_000)
def printed(node: Node) -> Printed:
    """Return a node as it is printed.

    Kept, since what stands around a node asks for it more than once (how tall it is, how it begins).
    """
    match node:
        case n.Number():
            return _number(node)
        case n.SizeOf():
            return _size(node)
        case n.Symbol():
            return _symbol(node)
        case n.Identity():
            return one(Level.ATOM, rf"\boldsymbol{{I}}_{{{latex_dimension(node.shape.rows)}}}")
        case n.Triangle():
            return parenthesised(_fill(n.Fill((build.ONE,), node.shape)), _triangle(node))
        case n.Hadamard() if (side := triangle_part(node)) is not None:
            return parenthesised(printed(side[1]), _triangle(side[0]))
        case n.Fill():
            return _fill(node)
        case n.Apply():
            return _apply(node)
        case n.FunctionValue():
            return functions.value(node, printed)
        case n.Partial():
            return entries.derivative(node, printed)
        case n.StructuredPartial():
            return entries.structured(node, printed)
        case n.PartialEntry():
            return entries.derivative_of_entry(node, printed)
        case n.Entry():
            return entries.entry(node, printed)
        case n.UnitVector():
            return one(Level.ATOM, rf"\boldsymbol{{e}}_{{{positions_below((node.position,))[0]}}}")
        case n.Literal():
            return entries.literal(node, printed)
        case n.Blocks():
            return entries.array_of_cells([[_block(block) for block in row] for row in node.grid])
        case n.Subarray():
            return entries.subarray_text(node, printed)
        case n.Delta():
            return one(Level.ATOM, rf"\delta_{{{positions_below(node.positions)[0]}}}")
        case n.IndexSum():
            return entries.index_sum(node, printed)
        case n.BoundedSum():
            return entries.bounded_sum(node, printed)
        case n.RunningUnit():
            return one(Level.ATOM, rf"\boldsymbol{{e}}_{{{printed(node.operands[0]).text}}}")
        case PickedPart():
            return entries.picked_part(node, printed)
        case n.ArrayOf():
            return entries.array(node, printed)
        case n.Solution():
            return entries.solution_with_equation(node, printed)
        case n.Unvec() if build.is_unvech(node):
            return parenthesised(printed(build.product(*node.operands[0].operands[1:])), r"\operatorname{unvech}")
        case n.Duplication():
            return one(Level.ATOM, rf"\boldsymbol{{D}}_{{{latex_dimension(node.side)}}}")
        case n.Elimination():
            return one(Level.ATOM, rf"\boldsymbol{{L}}_{{{latex_dimension(node.side)}}}")
        case n.Commutation():
            sizes = ",".join(map(latex_dimension, node.sizes))
            return one(Level.ATOM, rf"\boldsymbol{{K}}_{{{sizes}}}")
        case n.Skew():
            return fenced(printed(node.operands[0]), "[", "]", scripts=r"_{\times}", space="")
        case n.Unvec():
            return parenthesised(printed(node.operands[0]), rf"\operatorname{{unvec}}_{{{latex_shape(node.shape)}}}")
    if isinstance(node, n.Softmax | n.LogSumExp) and node.operands[0].shape.is_matrix:
        return parenthesised(printed(node.operands[0]), rf"{OPERATORS[type(node)].latex}_{{\text{{rows}}}}")
    if (operator := OPERATORS.get(type(node))) is not None and operator.latex:
        return parenthesised(printed(node.operands[0]), operator.latex)
    return _WRITERS[type(node)](node)


_WRITERS: dict[type[Node], Callable[[Node], Printed]] = {
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
    n.MatrixRoot: _root_of_matrix,
    n.Arctan2: _angle,
    n.Norm1: _norm,
    n.Norm2: _norm,
    n.NuclearNorm: _norm,
    n.LogDeterminant: _log_determinant,
    n.Differential: _differential,
}
