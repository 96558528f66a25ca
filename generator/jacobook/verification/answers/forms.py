"""The forms in which people write one derivative: layouts, transposes, stackings, symmetric directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jacobook.algebra import build
from jacobook.algebra.declared_properties import structure_of
from jacobook.algebra.nodes import Node, StructuredPartial
from jacobook.algebra.shapes import Dimension, Shape, derivative_shape
from jacobook.calculus.derivation import Derivation
from jacobook.verification.numeric.array_operations import Array, Sizes
from jacobook.verification.numeric.evaluate import Evaluator


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which people write one derivative."""

    slug: str
    """`jacobian`, `rows` (entries stacked by rows), `denominator`, `transpose`, `rows-transpose`,
    `symmetric-part`, `symmetric-entries` or `diagonal-entries`; of other structures their name with `-entries` or
    `-gradient`."""
    rows: Dimension
    columns: Dimension
    turn: Callable[[Array, Evaluator], Array]
    """From the value in the Jacobian layout, at a point, to this form."""
    node: Callable[[Node], Node] | None = None
    """The same for expressions, where it is known."""

    def fits(self, shape: Shape) -> bool:
        """Return whether a value of this shape may be the derivative in this form."""
        return (self.rows, self.columns) == (shape.rows, shape.columns)


def forms_of(derivation: Derivation) -> list[Form]:
    """Return the forms of the derivative, the Jacobian layout first."""
    of, wrt, shape = derivation.statement.function.shape, derivation.statement.wrt.shape, derivation.value.shape
    forms = [Form("jacobian", shape.rows, shape.columns, lambda value, point: value, lambda node: node)]
    if shape.is_scalar:
        return forms
    flattened = derivative_shape(of, wrt) is None

    def by_rows(value: Array, point: Evaluator) -> Array:
        return np.asarray(value[_by_rows(of, point.sizes)][:, _by_rows(wrt, point.sizes)])

    if flattened:
        forms.append(Form("rows", shape.rows, shape.columns, by_rows))
    slug = "transpose" if of.is_matrix or wrt.is_matrix else "denominator"
    forms.append(Form(slug, shape.columns, shape.rows, lambda value, point: value.T, build.transpose))
    if flattened:
        forms.append(Form("rows-transpose", shape.columns, shape.rows, lambda value, point: by_rows(value, point).T))
    return forms


def forms_of_the_sum(derivation: Derivation) -> list[Form]:
    """Return the forms of the derivative of the sum of all entries of the function; none where that is one number.

    The Jacobian of all entries is summed along those of the function: 1′J, what `backward` gives for a vector.
    """
    of, wrt = derivation.statement.function.shape, derivation.statement.wrt.shape
    if of.is_scalar:
        return []
    own = wrt.transposed if wrt.is_vector or wrt.is_row else wrt

    def summed(value: Array, point: Evaluator) -> Array:
        known = dict(point.sizes)
        if wrt.is_scalar:
            return np.asarray(value.sum()).reshape(1, 1)
        rows, columns = wrt.rows.value(known), wrt.columns.value(known)
        total = value.reshape(-1, rows * columns) if derivative_shape(of, wrt) is not None else value
        return np.asarray(total.sum(axis=0).reshape((rows, columns), order="F"))

    forms = [Form("summed", wrt.rows, wrt.columns, summed)]
    if own != wrt:
        forms.append(Form("summed", own.rows, own.columns, lambda value, point: summed(value, point).T))
    return forms


def forms_on_structured(derivation: Derivation) -> list[Form]:
    """Return what others call the derivative of a scalar with respect to a symmetric or diagonal matrix.

    (G + G′)/2 is the gradient among symmetric matrices; G + G′ − G ∘ I holds those with respect to the entries on and
    below the diagonal; for a diagonal matrix both are G ∘ I (Matrix Cookbook, section 2.8).
    """
    of, wrt = derivation.statement.function.shape, derivation.statement.wrt
    if not of.is_scalar or structure_of(wrt.properties) not in ("symmetric", "diagonal"):
        return _as_derived(derivation)
    size = wrt.shape.rows

    def part(node: Node) -> Node:
        return build.divide(build.add(node, build.transpose(node)), build.TWO)

    def on_diagonal(node: Node) -> Node:
        return build.hadamard(node, build.identity(size))

    if "diagonal" in wrt.properties:
        turn = lambda value, point: value * np.eye(len(value))  # noqa: E731
        return [Form("diagonal-entries", size, size, turn, on_diagonal)]

    def by_entries(node: Node) -> Node:
        return build.add(node, build.transpose(node), build.negate(on_diagonal(node)))

    return [
        Form("symmetric-part", size, size, lambda value, point: (value + value.T) / 2, part),
        Form(
            "symmetric-entries",
            size,
            size,
            lambda value, point: value + value.T - value * np.eye(len(value)),
            by_entries,
        ),
    ]


def _as_derived(derivation: Derivation) -> list[Form]:
    """Return the derivatives within the declared property of the variable, for a vector as columns too."""
    last = {claim.left: claim.right for claim in derivation.structured if isinstance(claim.left, StructuredPartial)}
    forms = []
    for left, right in last.items():
        slug = f"{left.structure}-{'gradient' if left.is_gradient else 'entries'}"
        forms += [_of_value(slug, node) for node in (right, *([build.transpose(right)] if right.shape.is_row else []))]
    return forms


def _of_value(slug: str, node: Node) -> Form:
    """Return the form that has this value, whatever the derivative is."""

    def at(value: Array, point: Evaluator) -> Array:
        found = point.value(node)
        return np.asarray(found.reshape(found.shape[-2:]))

    return Form(slug, node.shape.rows, node.shape.columns, at, lambda value: node)


def _by_rows(shape: Shape, sizes: Sizes) -> Array:
    """Return the places of the entries, numbered row by row, when columns are stacked."""
    rows, columns = shape.rows.value(dict(sizes)), shape.columns.value(dict(sizes))
    return np.arange(rows * columns).reshape(columns, rows).T.ravel()
