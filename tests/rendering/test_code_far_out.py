"""The printed code at ±40, ±800 and 0: wherever the derivative is an ordinary number, the code gives it.

What the derivative is there is decided by a hundred-digit evaluation of the function itself (`tests.high_precision`).
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.algebra import nodes as n
from generator.algebra.entries import least_sizes
from generator.algebra.nodes import Symbol
from generator.algebra.shapes import Shape
from generator.algebra.statement import Statement
from generator.algebra.traverse import contains, substitute
from generator.calculus.derivation import Derivation
from generator.calculus.derive import derive
from generator.calculus.second import derive_second
from generator.language import parse_statement
from generator.rendering.numpy_code import numpy_source
from generator.site.entry_files import read_entry
from generator.verification.evaluate import outward
from generator.verification.instances import draw_value, size_names
from tests.calculus.derived import CASES
from tests.high_precision import derivative

SCALES = (0.0, 40.0, -40.0, 800.0, -800.0)
COLLECTION = Path(__file__).parents[2] / "generator/collection"
ENTRIES = sorted(path for path in COLLECTION.rglob("*.yaml") if path.name != "sources.yaml")
RELATIVE, ABSOLUTE = 1e-6, 1e-12
"""Against the largest entry; and against 1, since 1 − p is 0 for a p that is rounded to 1."""


def values_at(statement: Statement, scale: float, sizes: dict[str, int]) -> dict[Symbol, Any]:
    """Values whose largest entry is the scale, as far as the declared properties let it be."""
    found = {}
    for symbol in statement.declarations:
        drawn = draw_value(symbol, sizes, 0)
        fixed = {"positive", "invertible", "positive-definite", "normalised"} & symbol.properties
        if "whole" not in symbol.properties and "normalised" not in symbol.properties:
            factor = abs(scale) if {"positive", "positive-definite"} & symbol.properties else scale
            factor = 1.0 if fixed and not scale else factor
            drawn = factor * drawn / np.abs(drawn).max()
        found[symbol] = drawn[0]
    return found


def sizes_of(statement: Statement) -> dict[str, int]:
    """Sizes that are small and equal: with fewer rows than columns X′X would have no inverse anywhere."""
    everything = [*statement.declarations, statement.function, *statement.definitions.values()]
    least = least_sizes(everything)
    names = size_names(everything)
    return {name: max(2, *least.values()) if least else 2 for name in names}


def expanded(statement: Statement) -> n.Node:
    """The function in the declared variables."""
    known: dict[n.Node, n.Node] = {}
    for link in reversed(statement.links):
        known[link.symbol] = substitute(link.expression, known)
    return known[statement.links[0].symbol]


def run(derivation: Derivation, values: dict[Symbol, Any]) -> Any:
    """What the printed code returns, for scalars as Python floats."""
    namespace: dict[str, Any] = {"np": np}
    exec(compile(numpy_source(derivation), "<derivative>", "exec"), namespace)
    plain = {s.name: outward(value[None], s.shape) for s, value in values.items()}
    arguments = {
        symbol.name: (
            int(plain[symbol.name])
            if "whole" in symbol.properties
            else plain[symbol.name].item()
            if symbol.shape.is_scalar
            else plain[symbol.name]
        )
        for symbol in values
    }
    parameters = inspect.signature(namespace["derivative"]).parameters.values()
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        arguments = {p.name: arguments[p.name] for p in parameters}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(namespace["derivative"](**arguments), dtype=float)


def _as_tensor(found: Any, of: Shape, wrt: Shape, shape: tuple[int, ...]) -> Any:
    return found.reshape([size for size, axis in zip(shape, _axes(of) + _axes(wrt), strict=True) if axis])


def _axes(shape: Shape) -> list[bool]:
    return [shape.is_matrix or shape.is_vector, shape.is_matrix or shape.is_row]


def complaints(derivation: Derivation, scales: Sequence[float] = SCALES) -> Iterator[tuple[float, str | None]]:
    """What is wrong with the code at every scale at which the derivative has ordinary entries (None: nothing)."""
    statement = derivation.statement
    sizes, function = sizes_of(statement), expanded(statement)
    for scale in scales:
        values = values_at(statement, scale, sizes)
        wanted = derivative(function, statement.wrt, values, sizes)
        if wanted is None or np.isnan(wanted).all():
            continue
        wanted = _as_tensor(wanted, function.shape, statement.wrt.shape, wanted.shape)
        try:
            found = run(derivation, values)
        except (ArithmeticError, np.linalg.LinAlgError) as error:
            yield scale, f"{type(error).__name__}: {error}"
            continue
        ordinary = ~np.isnan(wanted)
        tolerance = RELATIVE * np.abs(wanted[ordinary]).max() + ABSOLUTE
        wrong = ~(np.abs(found - wanted)[ordinary] <= tolerance)
        yield scale, f"{found} instead of {wanted}" if wrong.any() else None


def assert_right(derivation: Derivation) -> int:
    """Fail with what is wrong; return at how many scales there was something to compare."""
    found = list(complaints(derivation))
    assert not [item for item in found if item[1] is not None], numpy_source(derivation)
    return len(found)


@cache
def derivations_of(path: Path) -> tuple[Derivation, ...]:
    """The main derivation of an entry, its cases, and its second derivative."""
    entry = read_entry(path)
    if entry.differential:
        return ()
    main = parse_statement(entry.given, entry.expression, entry.wrt)
    found = []
    if entry.order == 1:
        found.append(derive(main, both=False))
    else:
        pair = derive_second(main, both=False)
        found += [pair.first, pair.second]
    for case in entry.cases:
        parts = case.given or entry.given, case.expression or entry.expression, case.wrt or entry.wrt
        found.append(derive(parse_statement(*parts), both=False))
    return tuple(found)


def _is_concrete(derivation: Derivation) -> bool:
    """Whether the function is an expression, not a declared function of which nothing is known."""
    return not any(contains(link.expression, n.FunctionValue) for link in derivation.statement.links)


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_entries_of_the_collection(path: Path) -> None:
    for derivation in filter(_is_concrete, derivations_of(path)):
        assert_right(derivation)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_cases_of_the_benchmark(case: dict[str, Any]) -> None:
    expressions = [case["expr"]] if isinstance(case["expr"], str) else case["expr"]
    assert_right(derive(parse_statement(case["given"], expressions, case["wrt"]), both=False))
