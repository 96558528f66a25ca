"""Expressions and statements as plain text, in the language of statements: what it prints can be read back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import lru_cache
from itertools import groupby

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.build import is_unvech, is_zero, product
from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.declared_properties import IMPLIED
from jacobook.algebra.display.dotted_arrays import cells
from jacobook.algebra.display.parentheses import (
    PI,
    SUPERSCRIPTS,
    Level,
    Piece,
    factors,
    hessian_of,
    is_flattened,
    negated_level,
    part_ranges,
    positions_of_partial,
    power_of_d,
    rows_of,
    softmax_of_columns,
    terms,
    with_pi,
    without_minus,
)
from jacobook.algebra.display.picked_parts import PickedPart, is_member, turned_part
from jacobook.algebra.display.triangles import triangle_name, triangle_part
from jacobook.algebra.nodes import FAMILY, Node, Position, Symbol
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.predicates import decimal, scientific
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import ONE, vector
from jacobook.algebra.solutions import sides_of
from jacobook.algebra.terms import QUARTER_OF_PI
from jacobook.language.open_sizes import SizedPlace, open_sizes


def text(node: Node) -> str:
    """Return the expression as text: `-1/2*exp(-1/2*z)`, `y'*(inv(S) + inv(S)')`.

    Expressions of the language read back to an expression with the same normal form, given the shape where
    it stands. What the language cannot say (differentials, unevaluated derivatives, entries at an index,
    sums over one, arrays with dots) is written readably: `dz`, `∂z/∂y`, `x[i]`, `sum_i x[i]^2`.
    """
    return _text(node, pi_is_a_variable=_PI_IS_A_VARIABLE.get() or any(symbol.name == "pi" for symbol in node.symbols))


_PI_IS_A_VARIABLE: ContextVar[bool] = ContextVar("_PI_IS_A_VARIABLE", default=False)


@lru_cache(maxsize=10_000)
def _text(node: Node, pi_is_a_variable: bool) -> str:
    place = open_sizes(node)
    with printing_beside(("pi",) if pi_is_a_variable else ()):
        return _inside(node if place is None else _with_sizes(place))


@contextmanager
def printing_beside(names: Collection[str]) -> Iterator[None]:
    """Print inside as beside variables of these names: where one is called pi, the number π is 4*arctan(1)."""
    token = _PI_IS_A_VARIABLE.set(_PI_IS_A_VARIABLE.get() or "pi" in names)
    try:
        yield
    finally:
        _PI_IS_A_VARIABLE.reset(token)


def short_text(node: Node, limit: int = 160) -> str:
    """Return the expression as text for a sentence, cut off after so many characters."""
    written = text(node)
    return written if len(written) <= limit else written[: limit - 1] + "…"


def text_position(position: Position) -> str:
    """Return an index, a fixed place or a pair of them as text."""
    return position.name if isinstance(position, n.Index) else str(position)


def _inside(node: Node) -> str:
    """Return a part of an expression as text, its sizes being looked after."""
    return _piece(node).text


def _with_sizes(place: SizedPlace) -> Node:
    """Return the expression with a name, such as `vector(1, N)`, for every array whose sizes must be said."""
    operands = tuple([_with_sizes(operand) for operand in place.operands]) or place.node.operands
    kept = operands == place.node.operands
    node = place.node if kept else type(place.node)(operands, place.node.shape, place.node.parameters)
    if not place.sized:
        return node
    shape = node.shape.transposed if node.shape.is_row else node.shape
    if isinstance(node, n.Identity):
        written = f"eye({shape.rows})"
    else:
        name = "unvec" if isinstance(node, n.Unvec) else shape.kind.value
        written = f"{name}({', '.join([_inside(operands[0]), *map(str, shape.dimensions)])})"
    named = n.Symbol((), shape, (written, frozenset()))
    return n.Transpose((named,), node.shape) if node.shape.is_row else named


def _wrapped(node: Node, least: Level, minus: bool = True) -> str:
    piece = _piece(node)
    if piece.level < least or (piece.text.startswith("-") and not minus):
        return f"({piece.text})"
    return piece.text


def _number(node: n.Number) -> Piece:
    value, minus = abs(node.value), "-" * (node.value < 0)
    if (found := scientific(value)) is not None:
        power = _power_of_ten(*found)
        return Piece(f"{minus}{power.text}", Level.PRODUCT if minus else power.level)
    if (written := decimal(value)) is not None:
        return Piece(f"{minus}{written}", Level.PRODUCT if minus else Level.ATOM)
    whole = value.denominator == 1 and not minus
    parts = [value.numerator] if value.denominator == 1 else [value.numerator, value.denominator]
    written = "/".join(_whole(part) for part in parts)
    return Piece(f"{minus}{written}", Level.ATOM if whole else Level.PRODUCT)


def _power_of_ten(mantissa: str, exponent: int) -> Piece:
    """Return 10^k, or 6.02e23: as a product it would read back as one, and not as a number."""
    if mantissa == "1" and abs(exponent) <= build.LARGEST_POWER_OF_TEN:
        return Piece(f"10^{exponent}", Level.SCRIPTED)
    return Piece(f"{mantissa}e{exponent}", Level.ATOM)


def _whole(value: int) -> str:
    found = scientific(Fraction(value))
    return str(value) if found is None else _power_of_ten(*found).text


def _size(node: n.SizeOf) -> Piece:
    dimension = node.dimension
    parts = [f"dim({name})" for name in dimension.names]
    if dimension.coefficient != 1:
        parts.insert(0, str(dimension.coefficient))
    return Piece("*".join(parts), Level.ATOM if len(parts) == 1 else Level.PRODUCT)


def _fill(node: n.Fill) -> Piece:
    inside = _inside(node.operands[0])
    if node.shape.is_matrix:
        return Piece(f"matrix({inside})", Level.ATOM)
    turned = "'" if node.shape.is_row else ""
    return Piece(f"vector({inside}){turned}", Level.SCRIPTED if turned else Level.ATOM)


def _add(node: Node) -> Piece:
    result = ""
    for term in terms(node):
        minus, inside = without_minus(term)
        part = "-" + _wrapped(inside, Level.OPEN, minus=False) if minus else _wrapped(inside, Level.OPEN)
        if result:
            part = f" - {part[1:]}" if part.startswith("-") else f" + {part}"
        result += part
    return Piece(result, Level.SUM)


def _negate(node: Node) -> Piece:
    inside = _piece(node.operands[0])
    written = _wrapped(node.operands[0], Level.OPEN, minus=False)
    return Piece(f"-{written}", negated_level(inside.level))


def _product(node: Node) -> Piece:
    parts = factors(node) if _PI_IS_A_VARIABLE.get() else with_pi(factors(node))
    if len(parts) == 1:
        return _piece(parts[0])
    written = []
    for place, factor in enumerate(parts):
        if place == 0:
            entrywise = isinstance(factor, n.Hadamard | n.HadamardDivide)
            mixed = entrywise and not all(other.shape.is_scalar for other in parts[1:])
            loose = not mixed and not isinstance(factor, n.Product)
            written.append(_wrapped(factor, Level.PRODUCT if loose else Level.PREFIX))
        elif isinstance(factor, n.IndexSum) and place == len(parts) - 1:
            written.append(_wrapped(factor, Level.OPEN, minus=False))
        else:
            written.append(_wrapped(factor, Level.PREFIX, minus=False))
    if written[0] == "-1":
        written[:2] = ["-" + written[1]]
    spaced = any(_is_derivative(factor) for factor in parts)
    return Piece((" · " if spaced else "*").join(written), Level.PRODUCT)


def _is_derivative(node: Node) -> bool:
    if isinstance(node, n.Transpose | n.Entry):
        return _is_derivative(node.operands[0])
    return isinstance(node, n.Partial | n.PartialEntry | n.StructuredPartial)


def _binary(sign: str) -> Callable[[Node], Piece]:
    def write(node: Node) -> Piece:
        first, second = node.operands
        if sign == "./" and isinstance(first, n.Fill) and first.shape == second.shape:
            first = first.operands[0]  # 1./x: a number acts on every entry
        entrywise = sign.startswith(".") and isinstance(first, n.Partial)
        left = _wrapped(first, Level.SCRIPTED if entrywise else Level.PRODUCT)
        # The divisor of a quotient of derivatives would run into it.
        least = Level.SCRIPTED if isinstance(second, n.Partial) else Level.PREFIX
        return Piece(f"{left}{sign}{_wrapped(second, least, minus=False)}", Level.PRODUCT)

    return write


def _power(node: Node) -> Piece:
    base, exponent = node.operands
    sign = ".^" if isinstance(node, n.HadamardPower) else "^"
    if isinstance(exponent, n.Number) and exponent.value.denominator == 1:
        above = str(exponent.value) if scientific(abs(exponent.value)) is None else f"({_piece(exponent).text})"
    else:
        above = _wrapped(exponent, Level.ATOM, minus=False)
        if isinstance(exponent, n.Entry) and _piece(exponent).level >= Level.ATOM:
            above = f"({above})"  # brackets bind as `^` does, from left to right: x.^w[1] is an entry of x.^w
    return Piece(f"{_wrapped(base, Level.ATOM, minus=False)}{sign}{above}", Level.SCRIPTED)


def _differential(node: Node) -> Piece:
    order, inside = power_of_d(node)
    d = "d" if order == 1 else f"d{str(order).translate(SUPERSCRIPTS)}"
    bare = isinstance(inside, Symbol) or (isinstance(inside, n.Entry) and isinstance(inside.operands[0], Symbol))
    return Piece(f"{d}{_inside(inside)}" if bare else f"{d}({_inside(inside)})", Level.ATOM)


def _derivative(node: n.Partial | n.PartialEntry, above: str = "", below: str = "") -> Piece:
    of, wrt = node.operands
    sign = "d" if node.total else "∂"
    if isinstance(node, n.Partial) and (twice := hessian_of(node)) is not None and not above and not below:
        d = f"{sign}{_inside(wrt)}"
        return Piece(f"{sign}²{_wrapped(twice, Level.ATOM)}/{d} {d}'", Level.PREFIX)
    if isinstance(node, n.Partial) and is_flattened(node):
        numerator, denominator = (f"vec({_inside(x)})" if x.shape.is_matrix else _inside(x) for x in (of, wrt))
        return Piece(f"{sign}{numerator}/{sign}{denominator}'", Level.PREFIX)
    bare = isinstance(of, Symbol | n.Entry)
    numerator = _inside(of) if bare else f"({_inside(of)})"
    return Piece(f"{sign}{numerator}{above}/{sign}{_inside(wrt)}{below}", Level.PREFIX)


def _structured(node: n.StructuredPartial, below: str = "") -> Piece:
    """Return `df/dX|free`, the derivatives with respect to the free entries, or `∇_X f|symmetric`, the gradient."""
    of, wrt = node.operands
    if node.is_gradient:
        return Piece(f"∇_{_inside(wrt)} {_wrapped(of, Level.PREFIX)}|{node.structure}", Level.PREFIX)
    numerator = _inside(of) if isinstance(of, Symbol | n.Entry) else f"({_inside(of)})"
    return Piece(f"d{numerator}/d{_inside(wrt)}{below}|free", Level.PREFIX)


def _places(positions: tuple[Position, ...]) -> str:
    return f"[{','.join(map(text_position, positions))}]" if positions else ""


def _entry(node: n.Entry) -> Piece:
    inside = node.operands[0]
    split = positions_of_partial(node)
    if isinstance(inside, n.StructuredPartial) and not inside.is_gradient:
        return _structured(inside, _places(node.positions))
    if split is not None and isinstance(inside, n.Partial):
        return _derivative(inside, _places(split[0]), _places(split[1]))
    written = _wrapped(inside, Level.ATOM, minus=False)
    return Piece(written + _places(node.positions), Level.ATOM)


def _place(number: Node) -> str:
    return _inside(number).replace(" ", "")


def _part(node: PickedPart) -> Piece:
    """Return `y[i]`, `X[i,j]`, `X[i,:]` or `X[:,i]`."""
    array, *numbers = node.operands
    if isinstance(array, n.RunningUnit):
        return Piece(f"delta({', '.join(map(_place, (*numbers, array.operands[0])))})", Level.ATOM)
    places = [*map(_place, numbers)]
    if is_member(node):
        return Piece(f"{_inside(array)}[{places[0]}]'", Level.SCRIPTED)
    if not node.is_entry:
        places.insert(0 if node.is_column else 1, ":")
    return Piece(f"{_wrapped(array, Level.ATOM, minus=False)}[{','.join(places)}]", Level.ATOM)


def _array(node: n.ArrayOf) -> Piece:
    rows = []
    for row in cells(node):
        written = [cell.dots if cell.entry is None else _inside(cell.entry) for cell in row]
        rows.append("⋮" if all(part in ("⋮", "⋱") for part in written) else ", ".join(written))
    return Piece(f"[{'; '.join(rows)}]", Level.ATOM)


def _piece(node: Node) -> Piece:
    """Return the text of a node and how tightly it holds together."""
    match node:
        case n.Number():
            return _number(node)
        case n.SizeOf():
            return _size(node)
        case n.Symbol():
            return Piece("pi" if node is PI else node.name, Level.ATOM)
        case n.Identity():
            return Piece("eye", Level.ATOM)
        case n.Triangle():
            return Piece(f"{triangle_name(node)}(matrix(1, {node.shape.rows}, {node.shape.columns}))", Level.ATOM)
        case n.Hadamard() if (side := triangle_part(node)) is not None:
            return Piece(f"{triangle_name(side[0])}({_inside(side[1])})", Level.ATOM)
        case n.Fill():
            return _fill(node)
        case n.FunctionValue():
            called = f"{node.function.name}({', '.join(map(_inside, node.operands))})"
            places = ", ".join(map(str, node.slots))
            return Piece(f"partial({called}, {places})" if places else called, Level.ATOM)
        case n.Apply() if node is QUARTER_OF_PI and not _PI_IS_A_VARIABLE.get():
            return Piece("pi/4", Level.PRODUCT)
        case n.Apply():
            return Piece(f"{node.function}({_inside(node.operands[0])})", Level.ATOM)
        case n.Transpose() if (part := turned_part(node)) is not None and is_member(part):
            return Piece(_part(part).text.removesuffix("'"), Level.ATOM)
        case n.Transpose() if (of_columns := softmax_of_columns(node)) is not None:
            return Piece(f"softmax({_inside(of_columns)}, 'columns')", Level.ATOM)
        case n.Transpose():
            return Piece(_wrapped(node.operands[0], Level.ATOM, minus=False) + "'", Level.SCRIPTED)
        case n.Partial():
            return _derivative(node)
        case n.StructuredPartial():
            return _structured(node)
        case n.PartialEntry():
            return _derivative(node, _places(node.of_positions), _places(node.wrt_positions))
        case n.Unvec() if is_unvech(node):
            return Piece(f"unvech({_inside(product(*node.operands[0].operands[1:]))})", Level.ATOM)
        case n.Duplication():
            return Piece(f"duplication({node.side})", Level.ATOM)
        case n.Elimination():
            return Piece(f"elimination({node.side})", Level.ATOM)
        case n.Commutation():
            return Piece(f"commutation({', '.join(map(str, node.sizes))})", Level.ATOM)
        case n.Entry():
            return _entry(node)
        case n.UnitVector():
            return Piece(f"unit({text_position(node.position)}, {node.shape.length})", Level.ATOM)
        case n.Literal():
            return _literal(node)
        case n.Blocks():
            rows = [", ".join(map(_inside, row)) for row in node.grid]
            return Piece(f"[{'; '.join(rows)}]", Level.ATOM)
        case n.Subarray():
            return Piece(f"{_wrapped(node.operands[0], Level.ATOM)}[{', '.join(part_ranges(node))}]", Level.ATOM)
        case n.Delta():
            return Piece("δ" + _places(node.positions), Level.ATOM)
        case n.IndexSum():
            body = _wrapped(node.operands[0], Level.OPEN, minus=False)
            return Piece(f"sum_{node.index.name} {body}", Level.OPEN)
        case n.BoundedSum():
            bounds = ", ".join(map(_inside, node.operands[1:3]))
            index = " != ".join([node.index.name, *map(_inside, node.index.excluded)])
            return Piece(f"sum({index}, {bounds}, {_inside(node.operands[0])})", Level.ATOM)
        case n.RunningUnit():
            return Piece(f"unit({_place(node.operands[0])}, {node.shape.length})", Level.ATOM)
        case PickedPart():
            return _part(node)
        case n.ArrayOf():
            return _array(node)
        case n.Solution():  # under its name only its equation is printed: see `text_link`
            left, right = map(_inside, node.operands)
            return Piece(f"solution({node.unknown.name}, {left} = {right})", Level.ATOM)
    if isinstance(node, n.Softmax | n.LogSumExp) and node.operands[0].shape.is_matrix:
        return Piece(f"{OPERATORS[type(node)].name}({_inside(node.operands[0])}, 'rows')", Level.ATOM)
    if (operator := OPERATORS.get(type(node))) is not None:
        return Piece(f"{operator.name}({', '.join(map(_inside, node.operands))})", Level.ATOM)
    return _WRITERS[type(node)](node)


def _literal(node: n.Literal) -> Piece:
    """Return an array written entry by entry; a matrix of one row or column would be read as a row or a vector."""
    if node.shape.is_matrix and len(node.operands) == 1:
        return Piece(f"matrix({_inside(node.operands[0])}, 1, 1)", Level.ATOM)
    if node.shape.is_matrix and ONE in node.shape.dimensions:
        stacked, sizes = "; ".join(map(_inside, node.operands)), ", ".join(map(str, node.shape.dimensions))
        return Piece(f"unvec([{stacked}], {sizes})", Level.ATOM)
    rows = [", ".join(map(_inside, row)) for row in rows_of(node)]
    return Piece(f"[{'; '.join(rows)}]", Level.ATOM)


_WRITERS: dict[type[Node], Callable[[Node], Piece]] = {
    n.Add: _add,
    n.Negate: _negate,
    n.Product: _product,
    n.Divide: _binary("/"),
    n.Hadamard: _binary(".*"),
    n.HadamardDivide: _binary("./"),
    n.HadamardPower: _power,
    n.Power: _power,
    n.Differential: _differential,
}


# -- statements --------------------------------------------------------------------------------------------------------


def _set(symbol: Symbol) -> str:
    return "N" if "whole" in symbol.properties else symbol.shape.space


def declared_properties(symbol: Symbol | UnspecifiedFunction) -> list[str]:
    """Return the properties that stand behind the space: not those that others, or the space, imply."""
    implied = (IMPLIED[name] for name in IMPLIED.keys() & symbol.properties)
    return sorted(symbol.properties.difference({"whole", FAMILY}, *implied))


def in_groups(symbols: tuple[Symbol, ...]) -> list[list[Symbol]]:
    """Return the symbols in groups of neighbours with one shape and the same properties."""
    return [list(group) for _, group in groupby(symbols, lambda symbol: (symbol.shape, symbol.properties))]


def text_declarations(symbols: tuple[Symbol, ...]) -> list[str]:
    """Return declarations of the symbols, neighbours of one kind together: `x, mu in R^D`."""
    lines = []
    for group in in_groups(symbols):
        first, names = group[0], [symbol.name for symbol in group]
        said = [", ".join(declared_properties(first))]
        space = _set(first)
        if FAMILY in first.properties:
            names, space = [f"{name}[i]" for name in names], vector(first.shape.columns).space
            said.append(f"for i in 1..{first.shape.rows}")
        lines.append(" ".join(filter(None, [f"{', '.join(names)} in {space}", *said])))
    return lines


def text_functions(functions: tuple[UnspecifiedFunction, ...]) -> list[str]:
    """Return declarations of functions: `p : R^D x R^E -> R positive`."""
    return [f"{function.signature} {', '.join(declared_properties(function))}".rstrip() for function in functions]


def text_link(link: Link) -> str:
    """Return a line of the chain as it would be typed: `z = g(y) = y'*inv(S)*y`, or an equation."""
    if isinstance(link.expression, n.Solution):
        return text_definition(link)
    arguments = f"({', '.join(argument.name for argument in link.arguments)})" if link.arguments else ""
    head = link.symbol.name
    if link.function is not None and link.function != link.symbol.name:
        head += f" = {link.function}"
    return f"{head}{arguments} = {text(link.expression)}"


def text_definition(link: Link) -> str:
    """Return what a name stands for, without the arguments that the author may have given it, or its equation."""
    return " = ".join("0" if is_zero(side) else text(side) for side in sides_of(link))
