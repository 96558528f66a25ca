"""What a published formula is said to be: the result, a partial derivative, an intermediate value, an entry, a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node, Symbol
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import Dimension, row, vector
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Derivation
from jacobook.language import LanguageError, parse_expression
from jacobook.verification.points.instances import sizes_of

_ENTRY = re.compile(r"entry\s*(?:\[(?P<above>[^\]]*)\])?\s*by\s*\[(?P<below>[^\]]*)\]")
_PARTIAL = re.compile(r"partial\s+(?P<of>\w+)\s+by\s+(?P<wrt>\w+)")


@dataclass(frozen=True, slots=True)
class Target:
    """What a formula is compared with: a derivation's result, or a value at random points."""

    kind: str
    derivation: Derivation
    """For `result` and `partial`, the derivation whose result it is; else the one whose names the formula may use."""
    value: Node | None = None
    """For the other kinds: the expression that the formula should equal, an unevaluated derivative for an entry."""
    indices: tuple[Index, ...] = ()
    """The index names that the formula may use."""
    said: Node | None = None
    """An expression in the derivative, as it was asked for: the derivative in it is not evaluated."""


def read_target(derivation: Derivation, text: str) -> Target:
    """Return the target that a text such as `partial z by y` names.

    Raises LanguageError, whose `origin` is `target`, for a text that names nothing in this derivation.
    """
    kind, _, rest = text.partition(" ")
    try:
        match kind:
            case "result":
                return Target(kind, derivation)
            case "partial":
                return Target(kind, _of_partial(derivation, text))
            case "value":
                return Target(kind, derivation, _read(derivation, rest))
            case "expression":
                return _expression(derivation, rest)
            case "row" | "column":
                return Target(kind, derivation, _line(derivation.value, kind, int(rest), text))
            case "entry":
                return _entry(derivation, text)
    except LanguageError as error:
        error.origin = "target"
        raise
    raise LanguageError(f"`{kind}` is no target", text, 0, len(kind), origin="target")


def _read(derivation: Derivation, text: str, *more: Symbol) -> Node:
    functions, sizes = derivation.statement.functions, sizes_of(derivation)
    return parse_expression(text, [*_names(derivation), *more], functions=functions, sizes=sizes)


def _names(derivation: Derivation) -> list[Symbol]:
    return list(dict.fromkeys([*derivation.statement.declarations, *derivation.all_definitions]))


def _of_partial(derivation: Derivation, text: str) -> Derivation:
    """Return the derivation whose result is one partial derivative: the other names are held fixed."""
    found = _PARTIAL.fullmatch(text)
    pair = (found["of"], found["wrt"]) if found else ("", "")
    partial = next((p for p in derivation.partials if (p.of.name, p.wrt.name) == pair), None)
    if partial is None:
        known = ", ".join(f"`partial {p.of.name} by {p.wrt.name}`" for p in derivation.partials)
        raise LanguageError(f"there is no such partial derivative; there are {known}", text, 0, len(text))
    links = {link.symbol: link for link in derivation.links}
    inner = _below(partial.wrt, links)
    kept = [links[partial.of], *(link for symbol, link in links.items() if symbol in inner)]
    # What varies with the variable of this partial, but is not on the way to it, keeps its value.
    declared = [s for s in links[partial.of].expression.symbols if s in links and s not in inner]
    declarations = (*derivation.statement.declarations, *sorted(declared, key=lambda symbol: symbol.name))
    statement = Statement(declarations, tuple(kept), partial.wrt, derivation.statement.functions)
    return replace(derivation, statement=statement, links=tuple(kept), partials=(partial,), value=partial.value)


def _below(symbol: Symbol, links: Mapping[Symbol, Link]) -> set[Symbol]:
    """Return the names of the chain that a name is made of, with the name itself."""
    found: set[Symbol] = set()
    waiting = [symbol]
    while waiting:
        current = waiting.pop()
        link = links.get(current)
        if link is not None and current not in found:
            found.add(current)
            waiting += link.expression.symbols
    return found


def _expression(derivation: Derivation, text: str) -> Target:
    """Return the target `expression result*X'`: an expression in which `result` is the derivative."""
    names = _names(derivation)
    if any(symbol.name == "result" for symbol in names):
        raise LanguageError("`result` is a variable here, so the derivative has no name", text, 0, len(text))
    result = n.symbol("result", derivation.value.shape)
    asked = _read(derivation, text, result)
    statement = derivation.statement
    unevaluated = build.partial(statement.function, statement.wrt, total=True)
    said = substitute(asked, {result: unevaluated}) if unevaluated.shape == result.shape else None
    return Target("expression", derivation, substitute(asked, {result: derivation.value}), said=said)


def _line(value: Node, kind: str, number: int, text: str) -> Node:
    """Return a row or a column of the derivative, as a row or a vector."""
    shape, place = value.shape, Dimension(number)
    length = shape.rows if kind == "row" else shape.columns
    if number < 1 or (not length.names and number > length.coefficient):
        raise LanguageError(f"the derivative is {shape.describe()}: there is no {kind} {number}", text, 0, len(text))
    if not shape.is_matrix:
        alone = shape.is_scalar or (shape.is_row and kind == "row") or (shape.is_vector and kind == "column")
        return value if alone else build.entry(value, place)
    taken = {symbol.name for symbol in value.symbols}
    name = next(name for name in ("i", "j", "m", *(f"i{k}" for k in range(1, 99))) if name not in taken)
    index = Index(name, shape.columns if kind == "row" else shape.rows)
    places = (place, index) if kind == "row" else (index, place)
    whole = row(shape.columns) if kind == "row" else vector(shape.rows)
    return build.array_of(build.entry(value, *places), index, shape=whole)


def _entry(derivation: Derivation, text: str) -> Target:
    """Return the target `entry [k, l] by [i, j]`: an entry of the derivative, at named indices."""
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise LanguageError("an entry is named as in `entry [k, l] by [i, j]`", text, 0, len(text))
    of, wrt = derivation.statement.function, derivation.statement.wrt
    above = _indices(found["above"] or "", of, text)
    below = _indices(found["below"], wrt, text)
    return Target("entry", derivation, build.partial_entry(of, wrt, above, below, total=True), (*above, *below))


def _indices(names: str, symbol: Symbol, text: str) -> tuple[Index, ...]:
    listed = [name.strip() for name in names.split(",") if name.strip()]
    axes = symbol.shape.axes
    if len(listed) != len(axes):
        message = f"`{symbol.name}` takes {len(axes)} indices, not {len(listed)}"
        raise LanguageError(message, text, 0, len(text))
    return tuple(Index(name, axis) for name, axis in zip(listed, axes, strict=True))
