"""The formulas of the element-wise functions, read from their rows once a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.operations import uncounted
from jacobook.algebra.traverse import walk
from jacobook.language.reading import parse_expression

Value = TypeVar("Value")
ARGUMENT = n.symbol("u")
"""What the formulas are written in."""


@cache
def read(formula: str) -> Node:
    """Return a formula of a row."""
    with uncounted():
        return parse_expression(formula, (ARGUMENT,))


def fold(formula: Node, argument: Value, operation: Callable[[Node, list[Value]], Value]) -> Value:
    """Return the value of a formula in u at the argument; `operation` computes a node from the values of its operands.

    Numbers are nodes without operands.
    """
    if formula is ARGUMENT:
        return argument
    return operation(formula, [fold(operand, argument, operation) for operand in formula.operands])


@cache
def has_kink(function: str) -> bool:
    """Return whether the function has a kink or a jump: by its row, or by the functions that define it."""
    row = ELEMENTWISE[function]
    inside = walk(read(row.formula)) if row.formula else ()
    return bool(row.kink) or any(isinstance(node, n.Apply) and has_kink(node.function) for node in inside)
