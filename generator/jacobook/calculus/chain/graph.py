"""Chains as graphs: which links depend on the variable, how an expression splits into links, which links join again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link, Statement, meanings
from jacobook.algebra.shapes import derivative_shape
from jacobook.algebra.traverse import names_within, substitute, transform, walk
from jacobook.calculus.chain.naming import repeats_itself
from jacobook.calculus.refusal import Refusal

NAMES = ("u", "v", "w", "p", "q", "r", "g", "h", *(f"u{k}" for k in range(1, 100)))
"""Names for links that are split off, from the inside out; those in use are passed over."""


@dataclass(frozen=True)
class Chain:
    """Links, outermost first, and the variable; every link is a vertex of the graph of dependence."""

    links: tuple[Link, ...]
    wrt: Symbol

    @cached_property
    def in_variables(self) -> dict[Node, Node]:
        """Return the meaning of every name in the declared variables alone."""
        return meanings({link.symbol: link.expression for link in self.links})

    @property
    def is_implicit(self) -> bool:
        """Return whether a link is the solution of an equation, which stands in results under its name."""
        return any(isinstance(link.expression, n.Solution) for link in self.links)

    @cached_property
    def _arguments(self) -> dict[Link, tuple[Symbol, ...]]:
        """Return what every link that varies, and that the function depends on, depends on; outermost link first."""
        places = {link.symbol: place for place, link in enumerate(self.links)}
        found: dict[Link, tuple[Symbol, ...]] = {}
        varying: set[Symbol] = {self.wrt}
        for link in reversed(self.links):
            names = [symbol for symbol in link.expression.symbols if symbol in varying]
            if names and not build.is_zero(tidy(link.expression)):
                varying.add(link.symbol)
                found[link] = tuple(sorted(names, key=lambda symbol: places.get(symbol, len(places))))
        reached = {self.links[0].symbol}
        kept: dict[Link, tuple[Symbol, ...]] = {}
        for link, used in reversed(found.items()):  # outermost first: only what the function reaches counts
            if link.symbol in reached:
                kept[link] = used
                reached.update(used)
        return kept

    def varying(self) -> tuple[Link, ...]:
        """Return the links that depend on the variable, outermost first."""
        return tuple(self._arguments)

    def arguments(self, link: Link) -> tuple[Symbol, ...]:
        """Return what a link depends on directly and that varies: names of inner links first, the variable last."""
        return self._arguments.get(link, ())

    def edges(self) -> tuple[tuple[Link, Symbol], ...]:
        """Return every pair of a link and something it varies with, outermost first."""
        return tuple((link, argument) for link in self.varying() for argument in self.arguments(link))

    @cached_property
    def users(self) -> dict[Symbol, tuple[Link, ...]]:
        """Return the links that use a name directly, outermost first."""
        found: dict[Symbol, list[Link]] = {}
        for link, argument in self.edges():
            found.setdefault(argument, []).append(link)
        return {symbol: tuple(links) for symbol, links in found.items()}

    def paths(self, limit: int) -> list[tuple[tuple[Symbol, Symbol], ...]] | None:
        """Return all paths from the function to the variable as sequences of edges, None if more than the limit."""
        inner = {link.symbol: self.arguments(link) for link in self.varying()}
        complete: list[tuple[tuple[Symbol, Symbol], ...]] = []
        open_paths: list[tuple[Symbol, tuple[tuple[Symbol, Symbol], ...]]] = [(self.links[0].symbol, ())]
        while open_paths:
            end, path = open_paths.pop(0)
            for argument in inner.get(end, ()):
                longer = (*path, (end, argument))
                if argument is self.wrt:
                    complete.append(longer)
                else:
                    open_paths.append((argument, longer))
            if len(complete) + len(open_paths) > limit:
                return None
        return complete


def decompose(statement: Statement) -> Chain:
    """Return the chain to differentiate: the given one or, for a single expression, one split at its inner functions.

    Inner functions are arguments of non-linear functions, bases of powers and divisors that are more than the variable
    times a constant; then expressions that occur more than once.
    """
    chain = Chain(statement.links, statement.wrt)
    if len(statement.links) > 1:
        return rejoined(chain)
    if isinstance(statement.links[0].expression, n.Solution):
        return chain
    link = statement.links[0]
    taken = statement.names.union(symbol.name for symbol in names_within(link.expression))
    names = (name for name in NAMES if name not in taken)
    cuts: dict[Node, Symbol] = {}
    expression = _cut(link.expression, statement.wrt, cuts)
    repeated = True
    while repeated:
        repeated = _cut_repeated([*cuts, expression], statement.wrt, cuts)
    ordered = _inside_out(cuts, expression)
    labels = {old: n.symbol(next(names), old.shape) for old in ordered}
    found = {old: part for part, old in cuts.items()}
    outside_in = sorted(ordered, key=lambda old: -_parts_within(found[old], cuts))  # equal ones as they are read
    inner = [Link(labels[old], _replace(found[old], cuts, labels, whole=False), given=False) for old in outside_in]
    outer = Link(link.symbol, _replace(link.expression, cuts, labels, whole=True), link.function, link.arguments)
    return rejoined(Chain((outer, *_outermost_first(inner)), statement.wrt))


def _outermost_first(links: list[Link]) -> list[Link]:
    """Return the links, each before all that it uses, and in their order where that leaves a choice.

    A part of a product that has a name, the u in 3 · u, is no expression within it: only the links tell.
    """
    found, left = list[Link](), links
    while left:
        used = frozenset[Symbol]().union(*(one.expression.symbols for one in left))
        first = next(one for one in left if one.symbol not in used)
        found.append(first)
        left = [one for one in left if one is not first]
    return found


def _varies(node: Node, wrt: Symbol) -> bool:
    return node.depends_on(wrt)


def _is_simple(node: Node, wrt: Symbol) -> bool:
    """Return whether the node is the variable, or a constant multiple of it."""
    match node:
        case n.Symbol():
            return True
        case n.Negate() | n.Transpose() | n.Entry():
            return _is_simple(node.operands[0], wrt)
        case n.Product():
            varying = [factor for factor in node.operands if _varies(factor, wrt)]
            constant = all(f.shape.is_scalar for f in node.operands if not _varies(f, wrt))
            return constant and len(varying) == 1 and _is_simple(varying[0], wrt)
        case n.Divide():
            return not _varies(node.operands[1], wrt) and _is_simple(node.operands[0], wrt)
        case n.HadamardDivide():  # by one number in every entry
            above, below = node.operands
            return isinstance(below, n.Fill) and not _varies(below, wrt) and _is_simple(above, wrt)
    return False


def _inner_functions(node: Node) -> tuple[Node, ...]:
    """Return the operands that this node is a non-linear function of."""
    match node:
        case n.Apply() | n.LogSumExp() | n.Softmax() | n.Norm1() | n.Norm2():
            return node.operands
        case n.Power() if isinstance(node.operands[0], n.Norm2) and build.is_number(node.operands[1], 2):
            return ()  # a squared norm is an inner product, not a power of a root
        case n.Power() | n.HadamardPower() if not node.shape.is_matrix:
            return (node.operands[0],)
        case n.Divide() | n.HadamardDivide():
            return (node.operands[1],)
    return ()


def _core(node: Node, wrt: Symbol) -> Node:
    """Return the node without constant scalar factors and minus signs: what is worth a name."""
    match node:
        case n.Negate():
            return _core(node.operands[0], wrt)
        case n.Divide() if not _varies(node.operands[1], wrt):
            return _core(node.operands[0], wrt)
        case n.Product():
            front = 0
            while front < len(node.operands) - 1 and _constant_scalar(node.operands[front], wrt):
                front += 1
            if front:
                rest = build.product(*node.operands[front:])
                return _core(rest, wrt)
    return node


def _in_a_sum(node: Node) -> bool:
    """Return whether the node depends on a running index, so that it has no value outside of its sum."""
    return any(isinstance(symbol, n.RunningIndex) for symbol in node.symbols)


def _constant_scalar(node: Node, wrt: Symbol) -> bool:
    return node.shape.is_scalar and not _varies(node, wrt)


def _cut(node: Node, wrt: Symbol, cuts: dict[Node, Symbol]) -> Node:
    """Note every inner function of the node in `cuts` (with a placeholder for its name); return the node."""
    for current in walk(node):
        for operand in _inner_functions(current):
            if not _varies(operand, wrt) or operand.shape.is_matrix or _in_a_sum(operand):
                continue
            core = _core(operand, wrt)
            if not _is_simple(core, wrt) and not core.shape.is_row:
                cuts.setdefault(core, _placeholder(core, cuts))
    return node


def _cut_repeated(expressions: list[Node], wrt: Symbol, cuts: dict[Node, Symbol]) -> bool:
    """Note one expression that occurs twice in an inner function or outside of them; return whether there is one."""
    for expression in expressions:
        seen = Counter[Node]()
        _count_places(expression, wrt, cuts, seen, top=True)
        again = [node for node, times in seen.items() if times > 1 and node not in cuts]
        if again:
            largest = max(again, key=lambda node: (sum(1 for _ in walk(node)), repr(node)))
            cuts[largest] = _placeholder(largest, cuts)
            return True
    return False


def _count_places(node: Node, wrt: Symbol, cuts: dict[Node, Symbol], seen: Counter[Node], top: bool) -> None:
    if not _varies(node, wrt) or (not top and node in cuts):
        return
    if isinstance(node, n.Add) and not node.shape.is_matrix and not node.shape.is_row and not _in_a_sum(node):
        seen[node] += 1
    for operand in node.operands:
        _count_places(operand, wrt, cuts, seen, top=False)


def _placeholder(node: Node, cuts: dict[Node, Symbol]) -> Symbol:
    return n.symbol(f"#{len(cuts)}", node.shape)


def _replace(node: Node, cuts: dict[Node, Symbol], labels: dict[Symbol, Symbol], whole: bool) -> Node:
    """Return the node with every noted part inside it replaced by its name."""

    def change(current: Node) -> Node | None:
        if current in cuts and (whole or current is not node):
            return labels[cuts[current]]
        if isinstance(current, n.Product):
            for front in range(1, len(current.operands)):
                rest = build.product(*current.operands[front:]) if _fits(current.operands[front:]) else None
                if rest is not None and rest in cuts and all(f.shape.is_scalar for f in current.operands[:front]):
                    return build.product(*current.operands[:front], labels[cuts[rest]])
        return None

    return transform(node, change)


def _fits(factors: tuple[Node, ...]) -> bool:
    try:
        build.product(*factors)
    except ValueError:
        return False
    return True


def _inside_out(cuts: dict[Node, Symbol], expression: Node) -> list[Symbol]:
    """Return the placeholders so that every part comes after the parts inside it."""
    parts = sorted(cuts, key=lambda node: _depth(node))
    position = {node: k for k, node in enumerate(walk(expression))}
    parts.sort(key=lambda node: (_parts_within(node, cuts), position.get(node, 0)))
    return [cuts[node] for node in parts]


def _parts_within(part: Node, cuts: Collection[Node]) -> int:
    """Return how many of the parts an expression holds, itself included: more than any part inside it."""
    inside = set(walk(part))
    return sum(other in inside for other in cuts)


def _depth(node: Node) -> int:
    return 1 + max((_depth(operand) for operand in node.operands), default=0)


def rejoined(chain: Chain) -> Chain:
    """Return the chain with those links put back through which derivatives cannot be passed on.

    For a scalar function that are rows alone: everything else goes by adjoints. For other functions the product of the
    partial derivatives must exist. Where links put back make a long expression out of a short chain, and all of them
    are vectors and matrices, the chain is kept: then the Jacobians of the stacked entries multiply.
    """
    given = chain
    while True:
        bad = next((link for link in chain.links[1:] if _must_join(chain, link)), None)
        if bad is None:
            return given if _is_better_stacked(given, chain) else chain
        if isinstance(bad.expression, n.Solution):  # which has no value apart from its name
            if _is_stackable(given):
                return given
            of, wrt, inner = chain.links[0].symbol, chain.wrt, bad.symbol
            raise Refusal(
                f"the derivative of {of.name}, {of.shape.describe()}, with respect to {wrt.name}, "
                f"{wrt.shape.describe()}, does not go through {inner.name}, {inner.shape.describe()}: "
                f"ask for that of {inner.name}"
            )
        links = tuple(
            Link(link.symbol, substitute(link.expression, {bad.symbol: bad.expression}), link.function, (), link.given)
            for link in chain.links
            if link is not bad
        )
        chain = Chain(links, chain.wrt)


def _is_stackable(chain: Chain) -> bool:
    """Return whether everything is a vector or a matrix, so that the Jacobians of the stacked entries multiply."""
    shapes = [chain.wrt.shape, *(link.symbol.shape for link in chain.varying())]
    return all(shape.is_vector or shape.is_matrix for shape in shapes)


def _is_better_stacked(given: Chain, joined: Chain) -> bool:
    return _is_stackable(given) and any(repeats_itself(link.expression) for link in joined.links)


def _must_join(chain: Chain, link: Link) -> bool:
    """Return whether no derivative can be passed on through the link; see `rejoined`."""
    if not chain.arguments(link):  # it does not vary
        return False
    function = chain.links[0].symbol.shape
    if link.symbol.shape.is_row or function.is_row:  # the derivative of a row is laid out like that of its transpose
        return True
    if function.is_scalar:  # adjoints pass through everything else
        return False
    # For any other function the factors ∂above/∂link and ∂link/∂below must be matrices that multiply.
    below = [argument.shape for argument in chain.arguments(link)]
    above = [outer.symbol.shape for outer in chain.users.get(link.symbol, ())]
    if link.symbol.shape.is_matrix:  # between scalars too: for z(U(s)), dz/ds is ⟨∂z/∂U, ∂U/∂s⟩, and no product
        return True
    if link.symbol.shape.is_scalar and any(shape.is_matrix for shape in (*above, *below)):
        return not chain.wrt.shape.is_scalar
    if function.is_matrix and chain.wrt.shape.is_scalar and not link.symbol.shape.is_scalar:
        return True
    return any(derivative_shape(link.symbol.shape, shape) is None for shape in below)
