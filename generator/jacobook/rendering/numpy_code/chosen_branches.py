"""Choices in code: step(u) ⊙ a + (1 − step(u)) ⊙ b as a where u > 0 and b elsewhere, none asked for where not taken.

An expression that acts entry by entry is what it becomes with 1 for step(u) where u > 0, and what it becomes with 0
elsewhere. What has no value everywhere, such as a logarithm, gets a harmless argument where it is not taken: neither a
value nor a gradient is NaN there, and NumPy has nothing to warn of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.elementwise import ELEMENTWISE, ElementwiseFunction
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.traverse import rebuild, transform, walk
from jacobook.rendering.numpy_code.code_nodes import Choice, is_function

_APPLY = Node.mask_of(n.Apply)
_BY_ENTRIES = (n.Add, n.Negate, n.Divide, n.Hadamard, n.HadamardDivide, n.HadamardPower, n.Apply, n.Power, n.Fill)
_GROWING = ("exp", "expm1", "sinh", "cosh")
_WITHOUT_ZERO = ("sqrt", "exp", "gammafn")
"""Functions that are not 0 at the harmless argument."""


def with_choices(node: Node, improved: Callable[[Node], Node]) -> Node:
    """Return the expression with choices where it holds a step and something that may have no value.

    `improved` returns the form of a branch in which it is computed.
    """
    if not node.kinds & _APPLY or not any(map(_is_step, walk(node, holding=_APPLY))):
        return node

    def change(current: Node) -> Node | None:
        step = None if _is_step(current) else next(_steps_within(current, turned=False), None)
        if step is None or not any(_lacks_values(part) for part in walk(current)):
            return None
        found = _chosen(current, *step, improved)
        return found if found is not None and found.shape is current.shape else None

    return transform(node, change)


def _is_step(node: Node) -> bool:
    return is_function(node, "step")


def _steps_within(node: Node, turned: bool) -> Iterator[tuple[Node, bool]]:
    """Yield the steps that an expression holds entry by entry, and whether they stand below a transpose."""
    seen: set[tuple[Node, bool]] = set()
    stack = [(node, turned)]
    while stack:
        current, is_turned = stack.pop()
        if (current, is_turned) in seen or not current.kinds & _APPLY:
            continue
        seen.add((current, is_turned))
        if _is_step(current):
            if current.operands[0].symbols:
                yield current, is_turned
            continue
        stack += [(child, turns != is_turned) for child, turns in reversed(_entries_from(current))]


def _entries_from(node: Node) -> list[tuple[Node, bool]]:
    """Return the operands from whose entries those of the node are computed one by one, and which it transposes."""
    if isinstance(node, n.Transpose):
        return [(node.operands[0], True)]
    if isinstance(node, n.Product):
        arrays = [operand for operand in node.operands if not operand.shape.is_scalar]
        return [(operand, False) for operand in node.operands if operand.shape.is_scalar or len(arrays) == 1]
    if isinstance(node, Choice) or (isinstance(node, _BY_ENTRIES) and not _is_matrix_power(node)):
        return [(operand, False) for operand in node.operands]
    return []


def _is_matrix_power(node: Node) -> bool:
    return isinstance(node, n.Power) and node.shape.is_matrix


def _chosen(node: Node, step: Node, turned: bool, improved: Callable[[Node], Node]) -> Node | None:
    """Return the choice that the expression is by this step. Terms of a sum that have no part in it stay outside."""
    condition = build.transpose(step.operands[0]) if turned else step.operands[0]
    left_out: list[Node] = []
    if isinstance(node, n.Add):
        held, left_out = _divided(node, step)
        node = build.add(*held)
    try:
        branches = [
            _guarded(with_choices(improved(tidy(_with_value(node, step, value))), improved), condition, taken)
            for value, taken in ((build.ONE, True), (build.ZERO, False))
        ]
    except ShapeError:  # a regrouped product without a type
        return None
    if any(_is_step(part) and part is step for branch in branches for part in walk(branch, holding=_APPLY)):
        return None
    return build.add(Choice((condition, *branches), node.shape), *left_out)


def _divided(node: Node, step: Node) -> tuple[list[Node], list[Node]]:
    """Return the terms of a sum that hold the step or share with them what may have no value, and all others."""
    own = {term for term in node.operands if any(part is step for part in walk(term, holding=_APPLY))}
    shared = {part for term in own for part in walk(term) if _lacks_values(part)}
    own.update(term for term in node.operands if any(part in shared for part in walk(term)))
    return [term for term in node.operands if term in own], [term for term in node.operands if term not in own]


def _with_value(node: Node, step: Node, value: Node) -> Node:
    """Return the expression with a number for the step wherever it stands entry by entry."""
    if node is step:
        return build.fill(value, node.shape) if node.shape.axes else value
    if not node.kinds & _APPLY or _is_step(node):
        return node
    inside = {child for child, _ in _entries_from(node)}
    operands = tuple([_with_value(child, step, value) if child in inside else child for child in node.operands])
    return rebuild(node, operands)


# -- harmless arguments -----------------------------------------------------------------------------------------------


def _guarded(node: Node, condition: Node, taken: bool) -> Node:
    """Return a branch in which what may have no value has a harmless argument where the branch is not taken."""
    inside = {child for child, _ in _entries_from(node)}
    operands = tuple([_guarded(child, condition, taken) if child in inside else child for child in node.operands])
    place = _place_of_argument(node)
    if place is not None and not _is_never_zero(node, operands[place]):
        safe = _or_number(operands[place], build.number(_harmless(node)), condition, taken)
        operands = (*operands[:place], safe, *operands[place + 1 :])
    return rebuild(node, operands)


def _or_number(argument: Node, number: Node, condition: Node, taken: bool) -> Node:
    """Return the argument where the condition says that it is taken, else the number.

    It is returned as it is if the condition has no entry for each of its own.
    """
    for one in (condition, build.transpose(condition)):
        if one.shape.is_scalar or one.shape is argument.shape:
            return Choice((one, *((argument, number) if taken else (number, argument))), argument.shape)
    return argument


def _place_of_argument(node: Node) -> int | None:
    """Return which operand of the node itself may be where it has no value, None where it has one everywhere."""
    if not _lacks_values(node) or isinstance(node, n.Inverse | n.LogDeterminant) or _is_matrix_power(node):
        return None
    return 1 if isinstance(node, n.Divide | n.HadamardDivide) else 0


def _is_never_zero(node: Node, divisor: Node) -> bool:
    """Return whether a divisor is the value of a function that is not 0 at its harmless argument."""
    return isinstance(node, n.Divide | n.HadamardDivide) and is_function(divisor, *_WITHOUT_ZERO)


def _harmless(node: Node) -> Fraction:
    """Return an argument at which the node has an ordinary value."""
    if not isinstance(node, n.Apply):
        return Fraction(1)
    row: ElementwiseFunction = ELEMENTWISE[node.function]
    if row.domain is not None:
        lower, upper = row.domain.lower, row.domain.upper
        return Fraction(lower + 1) if upper is None else Fraction(lower + upper, 2)
    return Fraction(int(row.pole is not None and row.pole.of == "sin"))


@lru_cache(maxsize=20_000)
def _lacks_values(node: Node) -> bool:
    """Return whether the node itself may have no value, or ∞, where its operands have ordinary ones."""
    match node:
        case n.Apply():
            row = ELEMENTWISE[node.function]
            return row.domain is not None or row.pole is not None or node.function in _GROWING
        case n.Divide() | n.HadamardDivide():
            return bool(node.operands[1].symbols)
        case n.Power() | n.HadamardPower():
            base, exponent = node.operands
            natural = isinstance(exponent, n.Number) and exponent.value >= 0 and exponent.value.denominator == 1
            return bool(base.symbols) and not natural
        case n.Inverse() | n.LogDeterminant():
            return True
    return False
