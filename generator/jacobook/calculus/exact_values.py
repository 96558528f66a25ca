"""Exact values of scalar expressions at a point: sin 0 = 0, exp 0 = 1, by SymPy's exact arithmetic.

A value is given only where the function is smooth: inside the domain of every function used, away from kinks and poles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import sympy

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.elementwise import ELEMENTWISE, ElementwiseFunction
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import rebuild
from jacobook.calculus.refusal import Refusal
from jacobook.language.function_formulas import fold, has_kink, read

Expression = Any  # SymPy has no types


def _named(row: ElementwiseFunction) -> Callable[[Expression], Expression] | None:
    """Return the function of SymPy, None where the function is computed by others."""
    if row.name in _POLYGAMMA:
        return partial(sympy.polygamma, _POLYGAMMA.index(row.name))
    return getattr(sympy, row.sympy) if row.sympy else None


_POLYGAMMA = ("digamma", "trigamma", "tetragamma")
"""One function to SymPy, by its order."""
_BACK: dict[Any, str] = {
    _named(row): name for name, row in ELEMENTWISE.items() if isinstance(_named(row), type) and name != "sqrt"
}
_SLOW = 60
"""A value with more operations is not handed to SymPy's general simplification."""


def exact_value(node: Node, values: Mapping[Symbol, n.Number]) -> Node:
    """Return the scalar expression at a point, exactly: a number where it is rational, else in the functions it needs.

    `values` gives the coordinates of the point; other symbols stay as they are. Raises Refusal where the expression has
    no value there, or is not smooth in any neighbourhood (a kink, a pole, the edge of a domain), and for expressions
    that are not built of scalars.
    """
    found = _evaluated(node, values)
    if not found.is_Rational and sympy.count_ops(found) <= _SLOW:
        found = min(found, sympy.simplify(found), key=sympy.count_ops)
    named = {symbol.name: symbol for symbol in node.symbols if symbol not in values}
    written = _node(found, named)
    if written is not None:
        return written
    # A value without a name of its own stays as the function that it is a value of: π/4 as arctan(1).
    return tidy(rebuild(node, tuple(exact_value(operand, values) for operand in node.operands)))


def _evaluated(node: Node, values: Mapping[Symbol, n.Number]) -> Expression:
    match node:
        case n.Number():
            return sympy.Rational(node.value.numerator, node.value.denominator)
        case n.Symbol() if node in values:
            return _evaluated(values[node], {})
        case n.Symbol() if node.shape.is_scalar:
            return sympy.Symbol(node.name, real=True, positive=True if "positive" in node.properties else None)
    operation = _OPERATIONS.get(type(node))
    if operation is None or not all(operand.shape.is_scalar for operand in node.operands):
        what = node.name if isinstance(node, Symbol) else type(node).__name__
        raise Refusal(f"exact values are those of functions of numbers; {what} is made of {_kinds(node)}")
    return operation(node, *(_evaluated(operand, values) for operand in node.operands))


def _kinds(node: Node) -> str:
    arrays = next((part for part in (node, *node.operands) if not part.shape.is_scalar), None)
    return "sizes" if arrays is None else arrays.shape.describe()


def _divide(node: Node, above: Expression, below: Expression) -> Expression:
    _require(_is_nonzero(below), "a divisor", "a number that is not 0", below)
    return above / below


def _power(node: Node, base: Expression, exponent: Expression) -> Expression:
    if exponent.is_Integer:
        if exponent < 0:
            _require(_is_nonzero(base), "the base of a negative power", "not 0", base)
        return base**exponent
    _require(_is_positive(base), "the base of a power whose exponent is not a whole number", "positive", base)
    return base**exponent


def _apply(node: Node, argument: Expression) -> Expression:
    assert isinstance(node, n.Apply)
    row = ELEMENTWISE[node.function]
    what = f"the argument of {row.name}"
    if row.domain is not None:
        above = argument - row.domain.lower
        inside = above if row.domain.upper is None else sympy.expand(above * (row.domain.upper - argument))
        _require(_is_positive(inside), what, row.domain.adjective, argument)
    if row.pole is not None:
        zero = getattr(sympy, row.pole.of)(argument)
        _require(_is_nonzero(zero), what, f"where the {row.pole.noun} is not 0", argument)
    if has_kink(row.name):
        _require(_is_nonzero(argument), what, "different from 0", argument)
    if (named := _named(row)) is not None:
        return named(argument)
    return fold(
        read(row.formula),
        argument,
        lambda part, values: _OPERATIONS[type(part)](part, *values) if values else _evaluated(part, {}),
    )


_OPERATIONS: dict[type[Node], Callable[..., Expression]] = {
    n.Add: lambda node, *terms: sympy.Add(*terms),
    n.Negate: lambda node, x: -x,
    n.Product: lambda node, *factors: sympy.Mul(*factors),
    n.Divide: _divide,
    n.Power: _power,
    n.Apply: _apply,
}


def _require(holds: bool | None, what: str, wanted: str, value: Expression) -> None:
    if holds:
        return
    if holds is None:
        raise Refusal(f"{what} has to be {wanted}, and whether {value} is cannot be decided")
    raise Refusal(f"{what} has to be {wanted}, and it is {value}")


def _is_positive(value: Expression) -> bool | None:
    """Return whether the real number is positive, None where that is not known."""
    if value.is_positive is not None:
        return bool(value.is_positive)
    return None if value.free_symbols or value.equals(0) is None else bool(not value.equals(0) and value > 0)


def _is_nonzero(value: Expression) -> bool | None:
    """Return whether the number is not 0, None where that is not known."""
    if value.is_zero is not None:
        return not value.is_zero
    if value.free_symbols:
        return None
    same = value.equals(0)
    return None if same is None else not same


# -- back to the language ---------------------------------------------------------------------------------------------


def _node(value: Expression, symbols: Mapping[str, Symbol]) -> Node | None:
    """Return the number as an expression of the language, None where it has no name for a part of it."""
    if value.is_Rational:
        return build.number(Fraction(int(value.p), int(value.q)))
    if value.is_Symbol:
        return symbols[value.name]
    if value is sympy.E:
        return build.apply("exp", build.ONE)
    if value.is_Add:
        return _joined(value.as_ordered_terms(), symbols, build.add)
    below = [factor for factor in sympy.Mul.make_args(value) if _is_reciprocal(factor)]
    if below:
        divisor = 1 / sympy.Mul(*below)
        parts = _node(value * divisor, symbols), _node(divisor, symbols)
        return None if parts[0] is None or parts[1] is None else tidy(build.divide(parts[0], parts[1]))
    if value.is_Mul:
        return _joined(value.as_ordered_factors(), symbols, build.product)
    if value.is_Pow:
        return _node_of_power(value, symbols)
    if value is sympy.EulerGamma:
        return build.negate(build.apply("digamma", build.ONE))
    if value.func is sympy.polygamma and value.args[0] in range(len(_POLYGAMMA)):
        inside = _node(value.args[1], symbols)
        return None if inside is None else build.apply(_POLYGAMMA[int(value.args[0])], inside)
    if value.func in _BACK:
        inside = _node(value.args[0], symbols)
        return None if inside is None else build.apply(_BACK[value.func], inside)
    return None


def _is_reciprocal(factor: Expression) -> bool:
    return bool(factor.is_Pow and factor.exp.is_Rational and factor.exp < 0)


def _node_of_power(value: Expression, symbols: Mapping[str, Symbol]) -> Node | None:
    base, exponent = _node(value.base, symbols), value.exp
    if base is None:
        return None
    if exponent.is_Rational and exponent.q == 2:
        root = build.apply("sqrt", base)
        return root if exponent.p == 1 else build.power(root, build.number(int(exponent.p)))
    written = _node(exponent, symbols)
    return None if written is None else build.power(base, written)


def _joined(parts: list[Expression], symbols: Mapping[str, Symbol], join: Callable[..., Node]) -> Node | None:
    written = [node for node in (_node(part, symbols) for part in parts) if node is not None]
    return tidy(join(*written)) if len(written) == len(parts) else None
