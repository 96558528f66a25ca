"""A worked example as a script: the function, the derivative, numbers, and what is printed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.traverse import contains
from jacobook.calculus.derivation import Derivation
from jacobook.rendering.numpy_code.array_expressions import CodeWriter
from jacobook.rendering.numpy_code.code_nodes import comments_on
from jacobook.rendering.numpy_code.dialects import NUMPY
from jacobook.rendering.numpy_code.function_source import (
    CountedSizes,
    arguments_of,
    as_numbers,
    fresh,
    helper_functions,
    name_sizes,
    size_sources,
    vectorized_functions,
)
from jacobook.rendering.numpy_code.printed_arrays import array_text
from jacobook.rendering.numpy_code.stable_forms import code_form

LARGEST_SHOWN = 16
"""An array with more than two indices and more entries is shown by its shape and one entry."""
LARGEST_TABLE = 48
"""The same for vectors and matrices."""
LONGEST_LINE = 79
LINE_WIDTH = 100
"""Of what is printed."""
Nested = Any
"""A number, or a list of nested lists."""


@dataclass(frozen=True, slots=True)
class ExampleScript:
    """A script that runs by itself, the names under which it keeps the value and the derivative, and how it prints."""

    source: str
    value: str
    derivative: str
    place: tuple[int, ...]
    """The entry that is shown of a derivative that is too large."""
    width: int
    """The number of characters of the longest number."""


def is_shown_whole(shape: Sequence[int]) -> bool:
    """Return whether an array of this shape is printed with all of its entries."""
    size = 1
    for length in shape:
        size *= length
    return size <= (LARGEST_TABLE if len(shape) <= 2 else LARGEST_SHOWN)


def example_script(
    derivation: Derivation,
    derivative_source: str,
    values: Mapping[str, Nested],
    shapes: tuple[Sequence[int], Sequence[int]],
    place: Sequence[int],
    width: int,
) -> ExampleScript:
    """Return the script for these values of the declared variables.

    `shapes` are those of the value and of the derivative, `place` is the entry to show (from 0) of a derivative that is
    too large, `width` the number of characters of the longest number.
    """
    statement = derivation.statement
    taken = {"np", "derivative", "variables", "print", "zip"}
    function = fresh(statement.function.name, taken)
    names = {symbol.name: fresh(symbol.name, taken) for symbol in statement.declarations}
    value = fresh("value", taken)
    slope = fresh(f"d{statement.function.name}_d{statement.wrt.name}", taken)
    lines = ["import numpy as np", "", "", derivative_source.rstrip(), "", ""]
    lines += [*function_source(statement, function), "", ""]
    lines += [f"{names[name]} = {_literal(found)}" for name, found in values.items()]
    lines += [
        f"{value} = {_call(function, statement, names, _body_builtins(statement))}",
        f"{slope} = {_call('derivative', statement, names, _builtins([derivation.value]))}",
        "",
    ]
    if any(shapes):
        form = "{:" + (f"{width}" if width > 1 else "") + ".4g}"
        lines.append(f'np.set_printoptions(formatter={{"float": "{form}".format}}, linewidth={LINE_WIDTH})')
    lines += [
        *_printed(value, shapes[0], ()),
        *_printed(slope, shapes[1], place, with_shape=True),
        "",
        *_check(statement, function, names, slope, taken),
    ]
    return ExampleScript("\n".join(lines) + "\n", value, slope, tuple(place), width)


NumberTexts = tuple[Sequence[int], Sequence[str]]
"""The shape of an array, and its numbers in four digits."""


def example_output(script: ExampleScript, value: NumberTexts, derivative: NumberTexts) -> str:
    """Return what the script prints of these numbers if its own check holds, as `_printed` says it."""
    lines = [*_output(value, (), script.width), *_output(derivative, script.place, script.width, with_shape=True)]
    return "\n".join([*lines, "True"])


def _output(array: NumberTexts, place: Sequence[int], width: int, with_shape: bool = False) -> list[str]:
    shape, texts = array
    if not shape:
        return [texts[0]]
    if is_shown_whole(shape):
        shown = [array_text(shape, [text.rjust(width) for text in texts], LINE_WIDTH)]
    else:
        shown = [texts[_number_of(place, shape)]] if place else []
        with_shape = True
    return [str(tuple(shape)), *shown] if with_shape else shown


def _number_of(place: Sequence[int], shape: Sequence[int]) -> int:
    """Return the place of an entry in the list of all, row by row."""
    number = 0
    for own, length in zip(place, shape, strict=True):
        number = number * length + own
    return number


def _builtins(nodes: Sequence[Node]) -> set[str]:
    return {"sum", "range"} if any(contains(node, n.BoundedSum) for node in nodes) else set()


def _body_builtins(statement: Statement) -> set[str]:
    return _builtins([link.expression for link in statement.links])


def function_source(statement: Statement, function: str) -> list[str]:
    """Return the chain as a function of the declared variables, innermost line first."""
    builtins = _body_builtins(statement)
    names, signature, prologue = arguments_of(statement.declarations, builtins)
    sizes = size_sources(statement.declarations, names)
    taken = {"np", "variables", *names.values(), *builtins}
    written = {link.symbol: code_form(link.expression, statement.wrt) for link in statement.links}
    prologue[:0] = comments_on(written.values(), NUMPY.notes)
    prologue += as_numbers(written.values(), {s.name: names[s.name] for s in statement.declarations})
    prologue += vectorized_functions(written.values(), names, taken)
    prologue += helper_functions(written.values(), names, taken)
    uses = CountedSizes(sizes, set(taken))
    trial = CodeWriter(names | {link.symbol.name: link.symbol.name for link in statement.links}, uses)
    for node in written.values():
        trial.write(node)
    # One that is read off an axis stays there; one that is worked out has a name.
    prologue += name_sizes([size for size in uses.counts if sizes.get(size, "").startswith("(")], sizes, taken)
    writer = CodeWriter(names, sizes)
    lines = [f"def {function}({signature}):", *(f"    {line}" for line in prologue)]
    for link in reversed(statement.links[1:]):
        if link.symbol != statement.wrt:
            code = writer.write(written[link.symbol]).text
            names[link.symbol.name] = fresh(link.symbol.name, taken)
            lines.append(f"    {names[link.symbol.name]} = {code}")
    return [*lines, f"    return {writer.write(written[statement.links[0].symbol]).text}"]


def _call(function: str, statement: Statement, names: Mapping[str, str], builtins: set[str], moved: str = "") -> str:
    """Return the call; `moved` is added to the variable of differentiation."""
    _, signature, _ = arguments_of(statement.declarations, builtins)
    arguments = {s.name: names[s.name] + (moved if s == statement.wrt else "") for s in statement.declarations}
    if signature == "**variables":
        inside = ", ".join(f'"{name}": {argument}' for name, argument in arguments.items())
        return f"{function}(**{{{inside}}})"
    return f"{function}({', '.join(arguments.values())})"


def _literal(value: Nested) -> str:
    return f"np.array({value})" if isinstance(value, list) else repr(value)


def _printed(name: str, shape: Sequence[int], place: Sequence[int], with_shape: bool = False) -> list[str]:
    """Return the lines that print an array: its shape, and its entries, or one of them where they are too many.

    Rounding makes a true zero of what floating point leaves of one, and `+ 0.0` makes 0 of -0.
    """
    if not shape:
        return [f'print(f"{{np.round({name}, 10) + 0.0:.4g}}")']
    if is_shown_whole(shape):
        shown = [f"print(np.round({name}, 10) + 0.0)"]
    else:
        entry = f"{name}[{', '.join(map(str, place))}]"
        shown = [f'print(f"{{np.round({entry}, 10) + 0.0:.4g}}")'] if place else []
        with_shape = True
    return [f"print({name}.shape)", *shown] if with_shape else shown


def _check(statement: Statement, function: str, names: Mapping[str, str], slope: str, taken: set[str]) -> list[str]:
    """Return the lines that compare the derivative with central differences."""
    wrt: Symbol = statement.wrt
    x, builtins = names[wrt.name], _body_builtins(statement)
    step, unit, slopes = fresh("h", taken), fresh("unit", taken), fresh("slopes", taken)

    def difference(by: str) -> str:
        ends = (_call(function, statement, names, builtins, f" {sign} {by}") for sign in "+-")
        return f"({' - '.join(ends)}) / (2 * {step})"

    lines = ["# The same by central differences", f"{step} = 1e-5"]
    if wrt.shape.is_scalar:
        return [*lines, f"{slopes} = {difference(step)}", f"print(np.allclose({slopes}, {slope}, atol=1e-5))"]
    units = f"np.eye({x}.size)" if not wrt.shape.is_matrix else f"np.eye({x}.size).reshape(-1, *{x}.shape)"
    quotient, loop = difference(f"{step} * {unit}"), f"for {unit} in {units}"
    together = f"{slopes} = [{quotient} {loop}]"
    lines += [together] if len(together) <= LONGEST_LINE else [f"{slopes} = [", f"    {quotient}", f"    {loop}", "]"]
    stacked = f"np.stack({slopes}, axis=-1)" + (f".reshape({slope}.shape)" if wrt.shape.is_matrix else "")
    return [*lines, f"print(np.allclose({stacked}, {slope}, atol=1e-5))"]
