"""Calls as other notations write them, put in the words of this one: `trace(A)` is `tr(A)`, `ones(N)` `vector(1, N)`.

A name that is declared or defined keeps its own meaning.
"""

from __future__ import annotations

import re
from collections.abc import Container
from fractions import Fraction

from jacobook.language import syntax
from jacobook.language.composed_functions import ALIASES, is_composed
from jacobook.language.contractions import in_matrix_products
from jacobook.language.function_table import CALLABLE, OF_SIZES, POLYGAMMAS, SYNONYMS
from jacobook.language.program_calls import bounded, logarithm_of_determinant, of_every_entry
from jacobook.language.programs import of_module
from jacobook.language.syntax import Call, Component, Name, Number, Syntax

_CONSTANT_ARRAYS = {"ones": 1, "zeros": 0}
_POWERS = {"pow": None, "power": None, "matrix_power": False}
"""Whether the power is one of every entry; None: of every entry of an array."""
_OF_ONE = {"t": "transpose", "solve": "inv", "sigma": "sigmoid"}
"""What these are of one argument: the first two in R, σ(x) in books."""
_EXTREMES_OF_PROGRAMS = ("max", "min", "amax", "amin")
_STACKING = {**dict.fromkeys(("vcat", "concatenate", "concat"), True), **dict.fromkeys(("hcat", "cbind"), False)}
"""What programs call putting arrays below (True) or beside one another; the same of vectors and of matrices."""
_MOST = {"max": False, "min": True}
"""The larger and the smaller of two; of a value and 0 they are relu(x) and −relu(−x)."""


_SUBSCRIPTED = re.compile(r"(?P<array>[A-Za-z]\w*?)_(?P<place>[1-9]|[a-z])")


def in_own_words(tree: Syntax, declared: Container[str], text: str) -> Syntax:
    """Return an expression of a text in the names of this language, and with entries for `x_1`, `x_i`."""
    if isinstance(tree, Name) and tree.name not in declared:
        return _entry(tree, declared) or tree
    if isinstance(tree, Component) and "slogdet" not in declared:
        tree = logarithm_of_determinant(tree) or tree
    if isinstance(tree, Call) and tree.name not in declared:
        tree = _rearranged(tree, declared, text)
    if isinstance(tree, syntax.Product) and "e" not in declared:
        tree.operands = _with_euler(tree.operands, declared)
    own = syntax.with_children(tree, lambda child: in_own_words(child, declared, text))
    return _in_own_words(own, text) if isinstance(own, Call) and own.name not in declared else own


def _with_euler(factors: tuple[Syntax, ...], declared: Container[str]) -> tuple[Syntax, ...]:
    """Return the factors of 2πe with e, the number, as exp(1)."""
    names = [one.name for one in factors if isinstance(one, Name)]
    if "e" not in names or "pi" not in names or "pi" in declared:
        return factors
    return tuple(
        Call(one.start, one.end, "exp", one.end, (Number(one.start, one.end, Fraction(1)),), depth=1)
        if isinstance(one, Name) and one.name == "e"
        else one
        for one in factors
    )


def _rearranged(call: Call, declared: Container[str], text: str) -> Syntax:
    """Return a call with arguments that are no values, such as one of einsum, as another piece; others as they are."""
    if call.name == "einsum":
        return in_matrix_products(call) or call
    if call.name in ("clip", "clamp"):
        return bounded(call, text) or call
    function = call.arguments[0] if call.arguments else None
    if isinstance(function, Name) and function.name not in declared and _is_function(function.name):
        return of_every_entry(call) or call
    return call


def _is_function(name: str) -> bool:
    return SYNONYMS.get(name, name) in CALLABLE or is_composed(name)


def _entry(tree: Name, declared: Container[str]) -> Component | None:
    """Return x[1] for `x_1`, where only x has a meaning; None for any other name."""
    found = _SUBSCRIPTED.fullmatch(tree.name)
    if found is None or found["array"] not in declared:
        return None
    below, last = found["place"], tree.end - 1
    place = Number(last, tree.end, Fraction(below)) if below.isdecimal() else Name(last, tree.end, below)
    return Component(tree.start, tree.end, Name(tree.start, last - 1, found["array"]), (place,), depth=2)


def _in_own_words(call: Call, text: str) -> Syntax:
    if call.name in _CONSTANT_ARRAYS and call.arguments:
        return _constant_array(call, _CONSTANT_ARRAYS[call.name])
    most = ALIASES.get(call.name, call.name)
    along_axis = call.name in _EXTREMES_OF_PROGRAMS and of_module(
        text, call.name_end, call.name
    )  # np.max(X, 0) goes along an axis
    if most in _MOST and len(call.arguments) == 2 and not along_axis:
        zero = next((k for k, one in enumerate(call.arguments) if _is_number(one, 0)), None)
        return call if zero is None else _rectified(call, call.arguments[1 - zero], _MOST[most])
    if call.name in _STACKING and (arrays := _stacked_arrays(call)):
        rows = tuple((array,) for array in arrays) if _STACKING[call.name] else (arrays,)
        return syntax.Literal(call.start, call.end, rows, depth=call.depth)
    if call.name in _POWERS and len(call.arguments) == 2:
        base, exponent = call.arguments
        kind = _POWERS[call.name]
        return syntax.Powered(call.start, call.end, base, exponent, kind, depth=call.depth, wrapped=True)
    if call.name in _OF_ONE and len(call.arguments) == 1:
        call.name = _OF_ONE[call.name]
    if call.name == "heaviside" and len(call.arguments) == 2 and isinstance(call.arguments[1], Number):
        call.arguments = call.arguments[:1]  # the second is the value at 0, where there is no derivative
    if call.name == "polygamma" and len(call.arguments) == 2:
        return _polygamma(call)
    if (inside := _in_log_gamma(call)) is not None:
        call.name, call.arguments = "lgamma", (inside,)
    written = SYNONYMS.get(call.name, "")
    if written in CALLABLE or written in OF_SIZES:
        call.name = written
    return call


def _polygamma(call: Call) -> Syntax:
    """Return `digamma(x)` for `polygamma(0, x)`, also with the order in the second place; others as they are."""
    for order, argument in (call.arguments, call.arguments[::-1]):
        if isinstance(order, Number) and order.value in range(len(POLYGAMMAS)) and not isinstance(argument, Number):
            call.name, call.arguments = POLYGAMMAS[int(order.value)], (argument,)
            return call
    return call


def _in_log_gamma(call: Call) -> Syntax | None:
    """Return x of `log(gamma(x))`, whose value is within reach where that of Γ is not; None for anything else."""
    if SYNONYMS.get(call.name, call.name) != "log" or len(call.arguments) != 1:
        return None
    inner = call.arguments[0]
    is_gamma = isinstance(inner, Call) and inner.name == "gammafn" and len(inner.arguments) == 1
    return inner.arguments[0] if isinstance(inner, Call) and is_gamma else None


def _stacked_arrays(call: Call) -> tuple[Syntax, ...]:
    """Return the arrays of `vcat(x, y)` or `concatenate([x, y])`, none for another form."""
    arrays = call.arguments
    if len(arrays) == 1 and isinstance(arrays[0], syntax.Literal) and len(arrays[0].rows) == 1:
        arrays = arrays[0].rows[0]
    return arrays if len(arrays) > 1 and not any(isinstance(one, syntax.Keyword) for one in arrays) else ()


def _constant_array(call: Call, value: int) -> Syntax:
    """Return `vector(1, N)` for `ones(N)` and `ones(N, 1)`, `vector(1, N)'` for `ones(1, N)`, else a matrix."""
    sizes = list(call.arguments)
    turned = len(sizes) == 2 and _is_number(sizes[0], 1)
    if turned or (len(sizes) == 2 and _is_number(sizes[1], 1)):
        del sizes[0 if turned else 1]
    entry = syntax.Number(call.start, call.name_end, Fraction(value))
    call.name, call.arguments = ("matrix" if len(sizes) == 2 else "vector"), (entry, *sizes)
    return syntax.Transposed(call.start, call.end, call, depth=call.depth + 1, wrapped=True) if turned else call


def _rectified(call: Call, operand: Syntax, negated: bool) -> Syntax:
    def negative(of: Syntax) -> Syntax:
        return syntax.Negative(call.start, call.end, of, depth=of.depth + 1, wrapped=True)

    call.name, call.arguments = "relu", (negative(operand) if negated else operand,)
    return negative(call) if negated else call


def _is_number(tree: Syntax, value: int) -> bool:
    return isinstance(tree, syntax.Number) and tree.value == value
