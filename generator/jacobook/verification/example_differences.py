"""The check that a worked example makes of itself, by the evaluator: the derivative against central differences."""

from __future__ import annotations

import numpy as np

from jacobook.calculus.derivation import Derivation
from jacobook.verification.numeric.array_operations import Array, DomainError
from jacobook.verification.numeric.evaluate import evaluate
from jacobook.verification.points.example_points import ExamplePoint

STEP, TOLERANCE = 1e-5, 1e-5


def differences_agree(derivation: Derivation, point: ExamplePoint) -> bool:
    """Return whether the derivative is what differences of the function with the step 1e-5 give, to five digits."""
    statement = derivation.statement
    x = point.values[statement.wrt.name]
    units = [unit.reshape(x.shape) for unit in np.eye(x.size)]
    try:
        ends = [[_moved(derivation, point, sign * STEP * unit) for sign in (1, -1)] for unit in units]
    except DomainError:
        return False
    slopes = np.stack([(ahead - behind) / (2 * STEP) for ahead, behind in ends], axis=-1)
    return bool(np.allclose(slopes.reshape(point.derivative.shape), point.derivative, atol=TOLERANCE))


def _moved(derivation: Derivation, point: ExamplePoint, step: Array) -> Array:
    """Return the function where the variable has moved by the step."""
    statement, definitions = derivation.statement, derivation.all_definitions
    definitions.pop(statement.wrt, None)
    values = {symbol: point.values[symbol.name] for symbol in statement.declarations}
    values[statement.wrt] = values[statement.wrt] + step
    return evaluate(statement.function, values, point.sizes, definitions=definitions)
