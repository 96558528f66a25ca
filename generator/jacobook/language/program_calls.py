"""Calls that programs write otherwise: `clamp(x, min=0)`, `np.clip(x, 0, None)`, `sum(abs2, x)`, `slogdet(X)[1]`."""

from __future__ import annotations

from jacobook.language import syntax
from jacobook.language.programs import of_module
from jacobook.language.syntax import Call, Component, Keyword, Name, Number, Syntax

_LOWEST, _HIGHEST = ("min", "a_min"), ("max", "a_max")
_MAPPED = ("sum", "mean", "prod")
_ONLY_HERE = {"ddof": "0", "correction": "0", "unbiased": "False"}


def bounded(call: Call, text: str) -> Call | None:
    """Return `max(x, 0)` for `clamp(x, min=0)` and `np.clip(x, 0, None)`; None for a call that is none of these.

    Two arguments are a value and its lower bound where the function is one of a module, `torch.clamp(x, 0)`.
    """
    plain = [one for one in call.arguments if not isinstance(one, Keyword)]
    low, high = plain[1:2], plain[2:3]
    for one in call.arguments:
        if isinstance(one, Keyword):
            side = low if one.name in _LOWEST else high if one.name in _HIGHEST else None
            if side is None or side:
                return None
            side.append(one.value)
    named = len(plain) < len(call.arguments)
    alone = len(plain) == 2 and not named and not of_module(text, call.name_end, call.name)
    low, high = ([one for one in side if not _is_word(one, "None")] for side in (low, high))
    if len(plain) > 3 or not plain or alone or not (low or high):
        return None
    which = "clip" if low and high else "max" if low else "min"
    return Call(call.start, call.end, which, call.name_end, (plain[0], *low, *high), depth=call.depth)


def of_every_entry(call: Call) -> Call | None:
    """Return `sum(abs2(x))` for Julia's `sum(abs2, x)`; None for another call."""
    if call.name not in _MAPPED or len(call.arguments) != 2 or not isinstance(call.arguments[0], Name):
        return None
    function, array = call.arguments
    assert isinstance(function, Name)
    inner = Call(function.start, array.end, function.name, function.end, (array,), depth=call.depth)
    return Call(call.start, call.end, call.name, call.name_end, (inner,), depth=call.depth + 1)


def logarithm_of_determinant(tree: Component) -> Call | None:
    """Return `logdet(X)` for `slogdet(X)[1]`, where places are counted from 0; None for anything else."""
    inside, places = tree.operand, tree.places
    if not isinstance(inside, Call) or inside.name != "slogdet" or len(inside.arguments) != 1:
        return None
    second = len(places) == 1 and isinstance(places[0], Number) and places[0].value == 1
    return Call(tree.start, tree.end, "logdet", inside.name_end, inside.arguments, depth=tree.depth) if second else None


def divides_by_all(argument: Syntax) -> bool:
    """Return whether an argument of `var` or `std` says that it divides by N: `ddof=0`, `unbiased=False`."""
    if not isinstance(argument, Keyword) or argument.name not in _ONLY_HERE:
        return False
    value = argument.value
    wanted = _ONLY_HERE[argument.name]
    return _is_word(value, wanted) or (isinstance(value, Number) and str(value.value) == wanted)


def _is_word(tree: Syntax, word: str) -> bool:
    return isinstance(tree, syntax.Name) and tree.name == word
