"""Derivatives with more than two indices, compared as vec Jacobians or as arrays."""

from __future__ import annotations

import numpy as np

from generator.algebra.nodes import Node, Symbol
from generator.verification.evaluate import Evaluator
from generator.verification.instances import Instances
from generator.verification.numeric import NumericResult, Setting, relative_error, say_sizes
from generator.verification.operations import Array, DomainError, extent


def derivative_array(point: Evaluator, of: Node, wrt: Symbol) -> Array:
    """Return the total derivative as an array of shape of.shape + wrt.shape (vectors and rows 1-D)."""
    flat = np.moveaxis(point.jacobian(of, wrt, total=True), -3, -1)
    sizes = dict(point.sizes)
    return np.asarray(flat.reshape([axis.value(sizes) for axis in (*of.shape.axes, *wrt.shape.axes)]))


def vec_jacobian(point: Evaluator, of: Node, wrt: Symbol) -> Array:
    """Return ∂vec(of)/∂vec(wrt)′, where vec stacks columns: as many rows as `of` has entries."""
    flat = point.jacobian(of, wrt, total=True)  # (entries of wrt row by row, rows, columns)
    rows, columns = extent(wrt.shape, point.sizes)
    cube = flat.reshape(rows, columns, *flat.shape[-2:])
    return np.asarray(cube.transpose(3, 2, 1, 0).reshape(flat.shape[-2] * flat.shape[-1], rows * columns))


def check_flattened(
    instances: Instances, assignments: tuple[dict[str, int], ...], of: Node, wrt: Symbol, value: Node
) -> NumericResult:
    """Return whether a matrix of one row for every entry of `of` is the vec Jacobian."""
    result, setting = NumericResult(tolerance=1e-6), Setting()
    for sizes in assignments:
        for _, point in instances.points(sizes, {}, setting.free):
            try:
                expected, actual = vec_jacobian(point, of, wrt), point.value(value)[0]
            except DomainError:
                continue
            if expected.shape != actual.shape:
                result.failure = f"the result is {actual.shape}, the vec Jacobian {expected.shape}"
                return result
            result.error = max(result.error, relative_error(expected, actual))
            result.instances += 1
            result.sizes.append(dict(sizes))
            if result.error > result.tolerance:
                result.failure = f"for {say_sizes(sizes)} the relative error is {result.error:.2g}"
                return result
            break
    if not result.instances:
        result.failure = "no point was found at which the derivative has a value"
    return result
