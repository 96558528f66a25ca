"""Equations that hold by what is declared of constants: Q′Q = I, x′x = 1, W ⊙ W = W, …; each use is a cited step.

What is declared of the variable of differentiation is used in no value that may be differentiated again: x′x is 1 on
the unit sphere, and yet its derivative is 2x′.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import REFLECTION, ROWS
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.traverse import contains, rebuild, transform, walk
from jacobook.calculus.derivation import Assumption, Claim, Prose
from jacobook.calculus.reasons import sentence

LONGEST_TO_OPEN = 60
"""An expression of more nodes is not multiplied out to see whether a declared property makes it shorter then."""
MOST_ROUNDS = 4
MOST_TOLD = 2
"""A reason holds no more equations than this for one variable."""
_UNEVALUATED = (n.Differential, n.Partial, n.PartialEntry, n.StructuredPartial)


@dataclass(slots=True)
class _Uses:
    """The equations that were used, for each symbol whose property they rest on."""

    symbols: frozenset[Symbol]
    """Those that have the property and are constant."""
    found: dict[Symbol, dict[Node, Node]] = field(default_factory=dict)

    def replaced(self, symbol: Symbol, before: Node, after: Node) -> Node:
        self.found.setdefault(symbol, {})[before] = after
        return after

    def bare(self, node: Node) -> Symbol | None:
        """Return the symbol that this is, or is the transpose of, if it has the property."""
        inside = node.operands[0] if isinstance(node, n.Transpose) else node
        return inside if isinstance(inside, Symbol) and inside in self.symbols else None


Rewrite = Callable[[Node, _Uses], Node]
"""From a node whose operands are rewritten to what it is by the property; the node itself where nothing applies."""


def declared_identities(node: Node, held: Collection[Symbol] = frozenset()) -> tuple[Node, list[tuple[Symbol, str]]]:
    """Return the expression as declared properties let it be written, and what they are, by variable."""
    simpler, steps = _steps(node, held)
    used = [(symbol, _declared(symbol, name)) for name, uses, *_ in steps for symbol in uses.found]
    return simpler, list(dict.fromkeys(used))


def _opened(node: Node) -> Node:
    """Return the expression multiplied out, if it is short and made of sums and products alone."""
    if node.size > LONGEST_TO_OPEN or not contains(node, n.Add) or contains(node, (n.Apply, n.Power, n.Divide)):
        return node
    return tidy(transform(normal_form(node), _as_inner_product))


def _as_inner_product(node: Node) -> Node | None:
    """Return x′y for sum(x .* y), which is the normal form of it."""
    if not isinstance(node, n.EntrySum) or not node.operands[0].shape.is_vector:
        return None
    match node.operands[0]:
        case n.Hadamard(operands=(first, second)):
            return build.product(build.transpose(first), second)
        case n.HadamardPower(operands=(base, exponent)) if build.is_number(exponent, 2):
            return build.product(build.transpose(base), base)
    return None


def identity_claims(left: Node, value: Node, held: Collection[Symbol]) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value as what is declared of its constants lets it be written, with a claim for each property.

    No property is used of the symbols that are held, nor of the variables in `left`.
    """
    partials = [part for part in walk(left) if isinstance(part, n.Partial | n.PartialEntry)]
    variables = [part.operands[1] for part in partials if isinstance(part.operands[1], Symbol)]
    simpler, steps = _steps(value, {*held, *variables})
    claims = []
    for name, uses, result, opens in steps:
        parts = [Prose("multiply out")] if opens else []
        parts += [
            Prose(f"{{0}} is {ROWS[_declared(s, name)].said}: {_equations(told)}", _values(s, told))
            for s, told in uses.found.items()
        ]
        assumptions = tuple(Assumption(symbol, _declared(symbol, name), declared=True) for symbol in uses.found)
        claims.append(Claim(left, result, _RULES[name], sentence(parts), assumptions))
    return simpler, tuple(claims)


def _multiplied_out(node: Node, held: Collection[Symbol]) -> tuple[Node, list[_Step]]:
    """Return the expression multiplied out and the steps after that, where these make it shorter; else nothing."""
    shortest, steps = _steps_as_written(_opened(node), held)
    return (shortest, steps) if steps and shortest.size <= node.size else (node, [])


def _equations(told: dict[Node, Node]) -> str:
    count = min(len(told), MOST_TOLD)
    return " and ".join(f"{{{2 * k + 1}}} = {{{2 * k + 2}}}" for k in range(count))


def _values(symbol: Symbol, told: dict[Node, Node]) -> tuple[Node, ...]:
    return (symbol, *(side for pair in list(told.items())[:MOST_TOLD] for side in pair))


def _declared(symbol: Symbol, name: str) -> str:
    """Return the declared property from which this one follows, or itself: a one-hot vector is of unit norm."""
    return next((row for row in ROWS if row in symbol.properties and name in ROWS[row].implies), name)


_Step = tuple[str, _Uses, Node, bool]
"""The property, what was used of it, the expression after that, and whether it is multiplied out in the same line."""


def _steps(node: Node, held: Collection[Symbol]) -> tuple[Node, list[_Step]]:
    if not any(name in symbol.properties for symbol in node.symbols - frozenset(held) for name in _REWRITES):
        return node, []
    found, steps = _steps_as_written(node, held)
    shorter, more = _multiplied_out(found, held)
    if more:
        name, uses, result, _ = more[0]
        more[0] = (name, uses, result, True)
    return shorter, [*steps, *more]


def _steps_as_written(node: Node, held: Collection[Symbol]) -> tuple[Node, list[_Step]]:
    steps: list[_Step] = []
    if any(isinstance(part, _UNEVALUATED) for part in walk(node)):
        return node, steps
    for _ in range(MOST_ROUNDS):
        before = node
        for name, rewrite in _REWRITES.items():
            symbols = frozenset(s for s in node.symbols if name in s.properties and s not in held)
            uses = _Uses(symbols)
            try:
                changed = _rewritten(node, rewrite, uses) if symbols else node
                if changed is not node:
                    node = collect(changed)
                    steps.append((name, uses, node, False))
            except ShapeError:  # a regrouped product has no type here
                continue
        if node is before:
            break
    return node, steps


def _rewritten(node: Node, rewrite: Rewrite, uses: _Uses) -> Node:
    seen: dict[Node, Node] = {}

    def visit(current: Node) -> Node:
        if current.symbols.isdisjoint(uses.symbols):
            return current
        if current not in seen:
            inside = tuple(map(visit, current.operands))
            rebuilt = current if inside == current.operands else rebuild(current, inside)
            seen[current] = rewrite(rebuilt, uses)
        return seen[current]

    return visit(node)


def _factors(product: Node) -> list[Node]:
    """Return the factors of a product, those of products in it that are no scalars too."""
    parts = (_factors(f) if isinstance(f, n.Product) and not f.shape.is_scalar else [f] for f in product.operands)
    return [factor for part in parts for factor in part]


def _joined(node: Node, joins: Callable[[Node, Node], Node | None]) -> Node:
    """Return a product in which neighbours are replaced by what they join to; under a trace the ends are neighbours."""
    if isinstance(node, n.Trace) and isinstance(node.operands[0], n.Product):
        factors = _factors(node.operands[0])
        joined = joins(factors[-1], factors[0]) if len(factors) > 2 else None
        if joined is not None:
            return build.trace(build.product(joined, *factors[1:-1]))
        return node
    if not isinstance(node, n.Product):
        return node
    factors, place, changed = _factors(node), 0, False
    while place + 1 < len(factors):
        joined = joins(factors[place], factors[place + 1])
        if joined is None:
            place += 1
        else:
            factors[place : place + 2] = [joined]
            place, changed = max(place - 1, 0), True
    return build.product(*factors) if changed else node


def _orthogonal(node: Node, uses: _Uses) -> Node:
    def joins(first: Node, second: Node) -> Node | None:
        symbol = uses.bare(first)
        own = symbol is not None and first is second and REFLECTION in symbol.properties
        if symbol is None or not (own or second is build.transpose(first)):
            return None
        return uses.replaced(symbol, build.product(first, second), build.identity(symbol.shape.rows))

    inside = node.operands[0] if node.operands else node
    symbol = uses.bare(inside)
    match node:
        case n.Inverse() if symbol is not None:
            return uses.replaced(symbol, node, build.transpose(inside))
        case n.LogDeterminant() if symbol is not None:
            return uses.replaced(symbol, node, build.ZERO)
        case n.Power(operands=(_, n.Number() as exponent)) if symbol is not None and REFLECTION in symbol.properties:
            even = exponent.value % 2 == 0
            return uses.replaced(symbol, node, build.identity(symbol.shape.rows) if even else symbol)
        case n.Norm2() if isinstance(inside, n.Product):
            first, *rest = _factors(inside)
            symbol = uses.bare(first)
            if symbol is not None and rest:
                return uses.replaced(symbol, node, build.norm2(build.product(*rest)))
    return _joined(node, joins)


def _unit_norm(node: Node, uses: _Uses) -> Node:
    def joins(first: Node, second: Node) -> Node | None:
        symbol = uses.bare(second)
        if symbol is not second or first is not build.transpose(second):
            return None
        return uses.replaced(symbol, build.product(first, second), build.ONE)

    if isinstance(node, n.Norm2) and (symbol := uses.bare(node.operands[0])) is not None:
        return uses.replaced(symbol, node, build.ONE)
    return _joined(node, joins)


def _probability(node: Node, uses: _Uses) -> Node:
    def is_row_of_ones(one: Node) -> bool:
        return one is build.transpose(build.fill(build.ONE, one.shape.transposed)) and one.shape.is_row

    def joins(first: Node, second: Node) -> Node | None:
        for symbol, ones in ((uses.bare(second), first), (uses.bare(first), build.transpose(second))):
            if symbol is not None and is_row_of_ones(ones) and second.shape.is_vector:
                return uses.replaced(symbol, build.product(first, second), build.ONE)
        return None

    if isinstance(node, n.EntrySum | n.Norm1) and (symbol := uses.bare(node.operands[0])) is not None:
        return uses.replaced(symbol, node, build.ONE)
    return _joined(node, joins)


def _mask(node: Node, uses: _Uses) -> Node:
    def joins(first: Node, second: Node) -> Node | None:
        """diag(w) diag(w) = diag(w), diag(w) w = w, w′ diag(w) = w′."""
        symbols = {one.operands[0] if isinstance(one, n.Diag) else uses.bare(one) for one in (first, second)}
        symbol = next(iter(symbols))
        if len(symbols) > 1 or not isinstance(symbol, Symbol) or symbol not in uses.symbols or symbol.shape.is_square:
            return None
        kept = second if isinstance(first, n.Diag) else first if isinstance(second, n.Diag) else None
        return None if kept is None else uses.replaced(symbol, build.product(first, second), kept)

    inside = node.operands[0] if node.operands else node
    symbol = uses.bare(inside)
    if isinstance(node, n.HadamardPower) and symbol is not None:
        exponent = node.operands[1]
        if isinstance(exponent, n.Number) and exponent.value > 0:
            return uses.replaced(symbol, node, inside)
    if isinstance(node, n.Hadamard):
        factors = _entry_factors(node)
        kept = list(dict.fromkeys(f for f in factors if uses.bare(f) is not None))
        rest = [f for f in factors if uses.bare(f) is None]
        if len(kept) + len(rest) < len(factors):
            for factor in kept:
                symbol = uses.bare(factor)
                if symbol is not None and factors.count(factor) > 1:
                    uses.replaced(symbol, build.hadamard(factor, factor), factor)
            return _entry_product([*kept, *rest])
    return _joined(node, joins)


def _entry_factors(node: Node) -> list[Node]:
    if not isinstance(node, n.Hadamard):
        return [node]
    return [factor for operand in node.operands for factor in _entry_factors(operand)]


def _entry_product(factors: list[Node]) -> Node:
    result = factors[0]
    for factor in factors[1:]:
        result = build.hadamard(result, factor)
    return result


def _triangular(node: Node, uses: _Uses) -> Node:
    """Return L for tril(L), and L ∘ I for triu(L), with L made of lower triangular matrices."""
    if not isinstance(node, n.Hadamard):
        return node
    for ones, other in (node.operands, node.operands[::-1]):
        if not isinstance(ones, n.Triangle):
            continue
        for is_lower in (True, False):
            if not is_triangular(other, is_lower):
                continue
            symbol = min((s for s in other.symbols if s in uses.symbols), key=lambda s: s.name, default=None)
            if symbol is not None:
                diagonal = build.hadamard(other, build.identity(other.shape.rows))
                return uses.replaced(symbol, node, other if ones.is_lower == is_lower else diagonal)
    return node


def is_triangular(node: Node, is_lower: bool) -> bool:
    """Return whether a matrix is known to have zeros above its diagonal (below it): products and inverses keep them."""
    match node:
        case Symbol():
            return not node.properties.isdisjoint({"diagonal", "lower-triangular" if is_lower else "upper-triangular"})
        case n.Identity() | n.Diag():
            return True
        case n.Cholesky():
            return is_lower
        case n.Triangle():
            return node.is_lower == is_lower
        case n.Transpose():
            return is_triangular(node.operands[0], not is_lower)
        case n.Inverse() | n.Negate() | n.Divide() | n.Power() if node.shape.is_matrix:
            return is_triangular(node.operands[0], is_lower)
        case n.Add():
            return all(is_triangular(operand, is_lower) for operand in node.operands)
        case n.Product() if node.shape.is_square:
            return all(f.shape.is_scalar or (f.shape.is_square and is_triangular(f, is_lower)) for f in _factors(node))
        case n.Hadamard():
            return any(is_triangular(operand, is_lower) for operand in node.operands)
    return False


def _skew(node: Node, uses: _Uses) -> Node:
    inside = node.operands[0] if node.operands else node
    base = inside.operands[0] if isinstance(inside, n.Inverse) else inside
    symbol = base if isinstance(base, Symbol) and base in uses.symbols else None
    match node:
        case n.Transpose() if symbol is not None:
            return uses.replaced(symbol, node, build.negate(inside))
        case n.Trace() | n.Diagonal() if symbol is not None:
            return uses.replaced(symbol, node, build.zero(node.shape))
        case n.Hadamard() if any(isinstance(operand, n.Identity) for operand in node.operands):
            other = next((s for s in node.operands if isinstance(s, Symbol) and s in uses.symbols), None)
            return node if other is None else uses.replaced(other, node, build.zero(node.shape))
        case n.Product():
            factors = _factors(node)
            for (first, middle), last in zip(pairwise(factors), factors[2:], strict=False):
                base = middle.operands[0] if isinstance(middle, n.Inverse) else middle
                if base in uses.symbols and first is build.transpose(last) and last.shape.is_vector:
                    assert isinstance(base, Symbol)
                    uses.replaced(base, build.product(first, middle, last), build.ZERO)
                    return build.zero(node.shape)
    return node


def _correlation(node: Node, uses: _Uses) -> Node:
    symbol = uses.bare(node.operands[0]) if node.operands else None
    match node:
        case n.Diagonal() if symbol is not None:
            return uses.replaced(symbol, node, build.fill(build.ONE, node.shape))
        case n.Trace() if symbol is not None:
            return uses.replaced(symbol, node, build.size_of(symbol.shape.rows))
        case n.Hadamard() if any(isinstance(operand, n.Identity) for operand in node.operands):
            found = next((uses.bare(operand) for operand in node.operands if uses.bare(operand) is not None), None)
            return node if found is None else uses.replaced(found, node, build.identity(found.shape.rows))
    return node


_REWRITES: dict[str, Rewrite] = {
    "orthogonal": _orthogonal,
    "skew-symmetric": _skew,
    "mask": _mask,
    "unit-norm": _unit_norm,
    "probability": _probability,
    "lower-triangular": _triangular,
    "upper-triangular": _triangular,
    "correlation": _correlation,
}
_RULES = {name: name for name in _REWRITES} | {
    "probability": "normalised",
    "lower-triangular": "triangular",
    "upper-triangular": "triangular",
}
IDENTITY_RULES = tuple(dict.fromkeys(_RULES.values()))
"""The rules that these steps cite."""
