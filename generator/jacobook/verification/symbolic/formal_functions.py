"""Functions that are not specified as formal functions of SymPy: exact for every smooth function."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sympy

from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import is_stacked
from jacobook.verification.symbolic.grids import Entry, Grid, stacked_entries


class FormalFunction(sympy.Function):  # type: ignore[misc]
    """An entry of a function, or of a partial derivative of it; `places` are the variables of differentiation.

    They are sorted, since mixed partial derivatives of a smooth function do not depend on their order.
    """

    is_real = True
    label: str
    positive: bool
    places: tuple[int, ...]

    def fdiff(self, argindex: int = 1) -> Entry:
        places = tuple(sorted((*self.places, argindex - 1)))
        return formal_function(self.label, self.positive, places)(*self.args)


@lru_cache(maxsize=4096)
def formal_function(label: str, positive: bool, places: tuple[int, ...]) -> Any:
    """Return the formal function of this label, differentiated with respect to its arguments at these places."""
    name = f"{label}_{'_'.join(map(str, places))}" if places else label
    members: dict[str, Any] = {"label": label, "positive": positive, "places": places}
    if positive and not places:
        members["is_positive"] = True
    return type(name, (FormalFunction,), members)


def grid_of_function(node: n.FunctionValue, arguments: Sequence[Grid], extents: tuple[int, int]) -> Grid:
    """Return the components of a function's value, or of its partial derivative; `extents` are those of the value."""
    function = node.function
    flat = [entry for grid in arguments for entry in stacked_entries(grid)]
    lengths = [len(stacked_entries(grid)) for grid in arguments]
    starts = [sum(lengths[:k]) for k in range(len(lengths))]
    rows, columns = extents
    positive, symmetric = "positive" in function.properties, "symmetric" in function.properties

    def entry(value: int, places: tuple[int, ...]) -> Entry:
        i, j = value % rows, value // rows
        i, j = (min(i, j), max(i, j)) if symmetric else (i, j)
        return formal_function(f"{function.name}_{i}_{j}", positive, tuple(sorted(places)))(*flat)

    # One axis for the value and one for each slot of an array: which argument of the formal function each place is.
    # A slot of a scalar has a single place, and no axis.
    axes: list[list[int]] = [list(range(rows * columns))] if function.value.axes else []
    fixed: list[int] = []
    for slot in node.slots:
        places = [starts[slot - 1] + k for k in range(lengths[slot - 1])]
        if function.arguments[slot - 1].axes:
            axes.append(places)
        else:
            fixed += places

    def at(*numbers: int) -> Entry:
        value, places = (numbers[0], numbers[1:]) if function.value.axes else (0, numbers)
        return entry(value, (*fixed, *places))

    return _arranged(node, axes, at, rows, arguments)


def _arranged(node: n.FunctionValue, axes: list[list[int]], at: Any, rows: int, arguments: Sequence[Grid]) -> Grid:
    """Return the entries in the shape of the Jacobian layout."""
    if is_stacked(node.function, node.slots):  # vec Jacobian: all but the last axis are stacked to rows
        *above, last = axes
        tops = [(a,) for a in above[0]] if len(above) == 1 else [(a, b) for b in above[1] for a in above[0]]
        return tuple(tuple(at(*top, c) for c in last) for top in tops)
    if not axes:
        return ((at(),),)
    if len(axes) == 2:  # a Jacobian, or the Hessian of a scalar
        return tuple(tuple(at(a, b) for b in axes[1]) for a in axes[0])
    (places,) = axes
    if node.shape.is_vector:
        return tuple((at(a),) for a in places)
    if node.shape.is_row:
        return (tuple(at(a) for a in places),)
    if not node.function.value.axes:  # the gradient with respect to a matrix, which has the rows of that matrix
        slot = next(s for s in node.slots if node.function.arguments[s - 1].axes)
        rows = len(arguments[slot - 1])
    return tuple(tuple(at(a) for a in places[i::rows]) for i in range(rows))
