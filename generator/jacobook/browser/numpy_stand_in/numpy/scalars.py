"""What is done to one number, or to two: as in IEEE arithmetic, where Python raises an exception.

Every operation has a quick function, mostly one of Python's, and one for the numbers at which that raises. Where NumPy
has a complex number that is not finite, there is one here that is not a number in either part.
"""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

RAISED = (ZeroDivisionError, OverflowError, ValueError)
"""What Python raises where IEEE arithmetic goes on with inf or nan."""
NOT_A_NUMBER = complex(math.nan, math.nan)
RANK = {bool: 0, int: 1, float: 2, complex: 3}
Kind = type
"""The type of all entries: bool, int, float or complex."""


def joined(*kinds: Kind) -> Kind:
    """Return the type that holds the entries of all these."""
    return _joined(kinds)


@cache
def _joined(kinds: tuple[Any, ...]) -> Kind:
    found: Kind = max(kinds, key=RANK.__getitem__)
    return found


@dataclass(frozen=True, slots=True)
class Unary:
    """A function of one number."""

    name: str
    real: Callable[[Any], Any]
    safe: Callable[[Any], Any]
    """The same for the real numbers at which `real` raises."""
    complex: Callable[[Any], Any] | None = None
    result: Callable[[Kind], Kind] = lambda kind: joined(kind, float)


@dataclass(frozen=True, slots=True)
class Binary:
    """A function of two numbers."""

    name: str
    quick: Callable[[Any, Any], Any]
    safe: Callable[[Any, Any], Any]
    result: Callable[[Kind, Kind], Kind]
    """The type of the result. Raises NotImplementedError for operands that are not covered."""
    casts: bool = False
    """Whether the operands must be of the type of the result before."""


# -- of two numbers ---------------------------------------------------------------------------------------------------


def _arithmetic(name: str) -> Callable[[Kind, Kind], Kind]:
    @cache
    def result(first: Kind, second: Kind) -> Kind:
        if first is second is bool:
            raise NotImplementedError(f"numpy.{name} of two arrays of bool")
        return joined(first, second)

    return result


def _quotient(first: Any, second: Any) -> Any:
    if second:
        return first / second
    if isinstance(first, complex):
        return complex(_quotient(first.real, 0.0), _quotient(first.imag, 0.0))
    if isinstance(second, complex):
        return complex(_quotient(first, 0.0), math.nan)
    return math.nan if first == 0 or first != first else math.copysign(math.inf, first) * math.copysign(1.0, second)


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, complex):
        try:
            return base**exponent
        except RAISED:
            return NOT_A_NUMBER
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        if base != 0:
            return math.nan
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf


def _quick_power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int):
        if exponent < 0:
            raise NotImplementedError("numpy.power of a whole number to a negative exponent")
        return base**exponent
    return base**exponent if isinstance(base, complex) else math.pow(base, exponent)


def _power_kind(first: Kind, second: Kind) -> Kind:
    if second is complex or first is bool:
        raise NotImplementedError(f"numpy.power of {first.__name__} to {second.__name__}")
    return joined(first, second)


def _order(name: str) -> Callable[[Kind, Kind], Kind]:
    def result(first: Kind, second: Kind) -> Kind:
        if complex in (first, second):
            raise NotImplementedError(f"numpy.{name} of complex numbers")
        return bool

    return result


def _logical(name: str) -> Callable[[Kind, Kind], Kind]:
    def result(first: Kind, second: Kind) -> Kind:
        if not first is second is bool:
            raise NotImplementedError(f"numpy.{name} of {first.__name__} and {second.__name__}")
        return bool

    return result


def _extreme(name: str) -> Callable[[Kind, Kind], Kind]:
    def result(first: Kind, second: Kind) -> Kind:
        _order(name)(first, second)
        return joined(first, second)

    return result


def _larger(first: Any, second: Any) -> Any:
    return first if first > second or first != first else second


def _smaller(first: Any, second: Any) -> Any:
    return first if first < second or first != first else second


def _plain(name: str, function: Callable[[Any, Any], Any], result: Callable[[Kind, Kind], Kind]) -> Binary:
    return Binary(name, function, function, result)


ADD = _plain("add", operator.add, _arithmetic("add"))
SUBTRACT = _plain("subtract", operator.sub, _arithmetic("subtract"))
MULTIPLY = _plain("multiply", operator.mul, _arithmetic("multiply"))
DIVIDE = Binary("divide", operator.truediv, _quotient, lambda first, second: joined(first, second, float))
POWER = Binary("power", _quick_power, _power, _power_kind, casts=True)
EQUAL = _plain("equal", operator.eq, lambda first, second: bool)
NOT_EQUAL = _plain("not_equal", operator.ne, lambda first, second: bool)
LESS, LESS_EQUAL = _plain("less", operator.lt, _order("less")), _plain("less_equal", operator.le, _order("less_equal"))
GREATER = _plain("greater", operator.gt, _order("greater"))
GREATER_EQUAL = _plain("greater_equal", operator.ge, _order("greater_equal"))
AND, OR = (
    _plain("bitwise_and", operator.and_, _logical("bitwise_and")),
    _plain("bitwise_or", operator.or_, _logical("bitwise_or")),
)
MAXIMUM = Binary("maximum", _larger, _larger, _extreme("maximum"), casts=True)
MINIMUM = Binary("minimum", _smaller, _smaller, _extreme("minimum"), casts=True)


# -- of one number ----------------------------------------------------------------------------------------------------


def _at_error(function: Callable[[Any], Any], otherwise: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the function with what it is where Python raises an exception."""

    def safe(x: Any) -> Any:
        try:
            return function(x)
        except RAISED:
            return otherwise(x)

    return safe


def _function(
    name: str,
    real: Callable[[Any], Any],
    otherwise: Callable[[Any], Any],
    of_complex: Callable[[Any], Any] | None = None,
) -> Unary:
    return Unary(name, real, _at_error(real, otherwise), of_complex)


def _nan(x: Any) -> float:
    return math.nan


def _infinite(x: Any) -> float:
    return math.inf


def _signed_infinite(x: Any) -> float:
    return math.copysign(math.inf, x)


def _at_end(end: float) -> Callable[[Any], float]:
    return lambda x: -math.inf if x == end else math.nan


def _log1p(z: Any) -> complex:
    return complex(math.log(math.hypot(z.real + 1.0, z.imag)), math.atan2(z.imag, z.real + 1.0))


def _expm1(z: Any) -> complex:
    half = math.sin(z.imag / 2)
    real = math.expm1(z.real) * math.cos(z.imag) - 2 * half * half
    return complex(real, math.exp(z.real) * math.sin(z.imag))


def _sign(x: Any) -> Any:
    return x if x != x else type(x)((x > 0) - (x < 0))


def _same(kind: Kind) -> Kind:
    return kind


EXP = _function("exp", math.exp, _infinite, cmath.exp)
LOG = _function("log", math.log, _at_end(0.0), cmath.log)
LOG10 = _function("log10", math.log10, _at_end(0.0))
LOG1P = _function("log1p", math.log1p, _at_end(-1.0), _log1p)
EXPM1 = _function("expm1", math.expm1, _infinite, _expm1)
SQRT = _function("sqrt", math.sqrt, _nan, cmath.sqrt)
SIN, COS = _function("sin", math.sin, _nan, cmath.sin), _function("cos", math.cos, _nan, cmath.cos)
TAN = _function("tan", math.tan, _nan, cmath.tan)
ARCSIN, ARCCOS = _function("arcsin", math.asin, _nan), _function("arccos", math.acos, _nan)
ARCTAN = _function("arctan", math.atan, _nan, cmath.atan)
SINH = _function("sinh", math.sinh, _signed_infinite, cmath.sinh)
COSH = _function("cosh", math.cosh, _infinite, cmath.cosh)
TANH = _function("tanh", math.tanh, _nan, cmath.tanh)
ABSOLUTE = Unary("abs", abs, abs, _at_error(abs, _infinite), lambda kind: float if kind is complex else kind)
SIGN = Unary("sign", _sign, _sign, None, _same)
NEGATIVE = Unary("negative", operator.neg, operator.neg, operator.neg, _same)
FLOOR = _function("floor", lambda x: float(math.floor(x)), lambda x: x)
ISFINITE = Unary("isfinite", math.isfinite, math.isfinite, cmath.isfinite, lambda kind: bool)


def rounded(x: float, decimals: int) -> float:
    """Return the number rounded half to even, by the way that NumPy takes: scaled, rounded, and scaled back."""
    if not math.isfinite(x):
        return x
    scale = 10.0**decimals
    return math.copysign(float(round(x * scale)), x) / scale if decimals else math.copysign(float(round(x)), x)
