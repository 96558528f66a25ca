"""Differentials pushed inwards by the rule table, one line for each layer of the expression."""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.picked_parts import is_turned_unit
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.nodes import Differential, Node, Symbol
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.traverse import contains, fresh_index_name, names_within, rebuild, renamed_index, walk
from jacobook.calculus.derivation import Prose
from jacobook.calculus.matrix_route.told_reasons import told_reason
from jacobook.calculus.reasons import argument_letter, enumerate_prose, enumerate_values, joined_prose, sentence
from jacobook.calculus.refusal import UNKNOWN_SIGN, Refusal
from jacobook.calculus.rules.derivatives import derivative_at, without_derivative
from jacobook.calculus.rules.table import DifferentialRule, rule_for


@dataclass(frozen=True, slots=True)
class ExpansionLine:
    """One line: the expression after it, the slug of its leading rule, and the reason."""

    expression: Node
    rule: str
    reason: Prose
    touched: tuple[Node, ...]
    """The expressions that the rules were used on."""


class _Layer:
    """One pass over the outermost differentials; remembers which rules it used."""

    def __init__(
        self, variables: tuple[Symbol, ...], whole: Node, names: frozenset[str], held: frozenset[Symbol]
    ) -> None:
        self.variables, self.whole, self.names, self.held = variables, whole, names, held
        self.used: list[tuple[DifferentialRule, Node]] = []
        self.constants: list[Node] = []

    def varies(self, node: Node) -> bool:
        """Return whether the node depends on a variable; a constant is remembered for the reason."""
        if depends(node, self.variables):
            return True
        self._note_constant(node)
        return False

    def _note_constant(self, node: Node) -> None:
        known = n.Number | n.Identity | n.Fill | n.UnitVector | n.RunningUnit
        known |= n.SizeOf | n.Commutation | n.Duplication | n.Elimination
        if not isinstance(node, known) and not is_turned_unit(node):
            self.constants.append(node)

    def differential(self, node: Node, fresh: bool) -> Node:
        """Return d(node) after this layer; `fresh` is False once a rule that fills a line was used above it."""
        if not depends(node, self.variables):
            self._note_constant(node)
            return build.zero(node.shape)
        if node in self.variables:
            return build.differential(node)
        rule = rule_for(node)
        if rule is None and is_symbolic_power(node):
            raise Refusal(UNKNOWN_SIGN)
        if rule is None and isinstance(node, n.Apply):
            raise without_derivative(node.function)
        if rule is None:
            operator = OPERATORS.get(type(node))
            name = type(node).__name__.lower() if operator is None else operator.name
            raise Refusal(f"no rule covers the differential of {name}")
        if not (rule.routine or fresh) and not _only_scales(node, self.variables):
            return build.differential(node)
        if not _only_scales(node, self.variables):
            self.used.append((rule, node))
        one_layer = rule.differential_of(node, self.varies)
        if isinstance(one_layer, n.BoundedSum) and not isinstance(node, n.BoundedSum):
            taken = self.names.union(symbol.name for symbol in names_within(self.whole))
            one_layer = renamed_index(one_layer, fresh_index_name(taken))
        return self.inward(one_layer, fresh and rule.routine)

    def inward(self, node: Node, fresh: bool = True) -> Node:
        """Return the expression with each of its outermost differentials replaced, and without vanishing terms."""
        if isinstance(node, Differential):
            return self.differential(node.operands[0], fresh)
        if not _holds_differential(node):
            return node
        operands = tuple(self.inward(operand, fresh) for operand in node.operands)
        return prune(rebuild(node, operands))


def depends(node: Node, variables: tuple[Symbol, ...]) -> bool:
    """Return whether one of the variables occurs in the node."""
    return not node.symbols.isdisjoint(variables)


def _only_scales(node: Node, variables: tuple[Symbol, ...]) -> bool:
    """Return whether the node is a product or quotient in which one factor alone varies: linear, no rule to cite."""
    if isinstance(node, n.Divide):
        return not depends(node.operands[1], variables)
    if isinstance(node, n.HadamardDivide):
        return not depends(node.operands[1], variables)
    if isinstance(node, n.Product | n.Hadamard | n.Kronecker):
        return sum(depends(operand, variables) for operand in node.operands) == 1
    return False


def _holds_differential(node: Node) -> bool:
    return contains(node, Differential)


def prune(node: Node) -> Node:
    """Return the node without zero terms; a product with a zero factor is zero."""
    if isinstance(node, n.Add):
        rest = [operand for operand in node.operands if not build.is_zero(operand)]
        return build.add(*rest) if rest else build.zero(node.shape)
    if isinstance(node, n.Product | n.Hadamard | n.Kronecker):
        return build.zero(node.shape) if any(map(build.is_zero, node.operands)) else node
    if isinstance(node, n.Literal | n.Blocks):
        return build.zero(node.shape) if all(map(build.is_zero, node.operands)) else node
    if node.operands and build.is_zero(node.operands[0]) and not isinstance(node, n.Apply | n.Fill):
        return build.zero(node.shape)
    return node


def expand(
    expression: Node,
    *variables: Symbol,
    names: frozenset[str] = frozenset(),
    held: frozenset[Symbol] = frozenset(),
) -> list[ExpansionLine]:
    """Return the lines from d(expression) to an expression in the d of the variables alone, at least one.

    Sums over an index that a rule brings in take other names than `names` for it. `held` are symbols that are fixed
    here although they may depend on a variable otherwise; the reasons say so.

    Each line uses one rule that fills a line on every outermost differential, and the bookkeeping rules above it.
    Raises Refusal where the table has no rule for a node.
    """
    lines: list[ExpansionLine] = []
    current: Node = build.differential(expression)
    while _pending(current, variables):
        layer = _Layer(variables, current, names, held)
        current = layer.inward(current)
        leading = next((rule for rule, _ in layer.used if not rule.routine), None)
        slug = leading.slug if leading else layer.used[0][0].slug if layer.used else "constant-factor"
        lines.append(ExpansionLine(current, slug, _reason(layer, current), tuple(node for _, node in layer.used)))
    if not lines:
        lines.append(ExpansionLine(current, "definition", sentence([Prose("the function is the variable itself")]), ()))
    return lines


def _pending(node: Node, variables: tuple[Symbol, ...]) -> bool:
    held = (current for current in walk(node, holding=_DIFFERENTIAL) if isinstance(current, Differential))
    return any(current.operands[0] not in variables for current in held)


_DIFFERENTIAL = Node.mask_of(Differential)


def _whys(loud: list[tuple[DifferentialRule, Node]], names: frozenset[str]) -> list[Prose]:
    """Return the reasons of rules as used on these nodes; of a named function once, with all its arguments."""
    taken = names.union(symbol.name for _, node in loud for symbol in node.symbols)
    calls: dict[tuple[str, bool], list[Node]] = {}
    for _, node in loud:
        if isinstance(node, n.Apply):
            calls.setdefault((node.function, node.shape.is_scalar), []).append(node.operands[0])
    parts: list[Prose] = []
    for rule, node in loud:
        if isinstance(node, n.Apply):
            key = node.function, node.shape.is_scalar
            parts.append(_why_named(*key, calls[key], taken))
        else:
            parts.append(told_reason(rule, node, taken))
    return parts


def _why_named(function: str, scalar: bool, arguments: list[Node], taken: frozenset[str]) -> Prose:
    """Return the derivative of a named function in words, and what it was used on where that is not a variable."""
    u = n.symbol(argument_letter(taken))
    pair = (build.apply(function, u), derivative_at(function, u))
    words = Prose(
        "the derivative of {0} is {1}" if scalar else "entry by entry, and the derivative of {0} is {1}", pair
    )
    if all(isinstance(argument, n.Symbol) for argument in arguments):
        return words
    used = enumerate_prose([Prose("{0} = {1}", (u, argument)) for argument in dict.fromkeys(arguments)])
    return joined_prose(Prose(f"{words.template}, here with ", words.values), used)


def _bare(node: Node) -> Node:
    return _bare(node.operands[0]) if isinstance(node, n.Negate | n.Transpose) else node


def _reason(layer: _Layer, after: Node) -> Prose:
    """Return the reason for the line `after`."""
    loud = [(rule, node) for rule, node in layer.used if not rule.routine]
    quiet = list(dict.fromkeys(rule for rule, _ in layer.used if rule.routine))
    if loud:
        parts = [Prose(rule.reason) for rule in quiet if rule.slug in ("trace", "entry-sum", "bounded-sum")]
        parts += _whys(loud, layer.names)
    elif len(quiet) > 1:
        under = "differentiate under the sum: " if any(rule.slug == "bounded-sum" for rule in quiet) else ""
        linear = "everything here is linear, so d moves inside"
        if _pending(after, layer.variables):  # up to a logarithm, an inverse …
            linear = "move d inside, past sums and constant factors"
        parts = [Prose(under + linear)]
    else:
        parts = [Prose(rule.reason) for rule in quiet]
    constants = list(dict.fromkeys(_bare(constant) for constant in layer.constants))
    fixed = [constant for constant in constants if depends(constant, tuple(layer.held))]
    free = [constant for constant in constants if constant not in fixed]
    if free:
        listed = enumerate_values(free)
        verb = "does" if len(free) == 1 else "do"
        on = enumerate_values(layer.variables, "or")
        parts += [joined_prose(Prose(f"{listed.template} {verb} not depend on ", listed.values), on)]
    if fixed:
        listed = enumerate_values(fixed)
        parts.append(Prose(f"{listed.template} {'is' if len(fixed) == 1 else 'are'} held fixed here", listed.values))
    return sentence(parts or [Prose("constant factors move to the front")])
