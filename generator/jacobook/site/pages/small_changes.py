"""What a derivative says of small changes, in numbers: the change that it predicts beside the one that happens."""

from __future__ import annotations

from typing import Any

from jacobook.algebra.nodes import Node
from jacobook.calculus.derivation import Derivation
from jacobook.site.pages.markup import inline, maths
from jacobook.verification.numeric.evaluate import evaluate

STEPS = (0.1, 0.01, 0.001)


def small_changes(derivation: Derivation, point: Node) -> dict[str, Any]:
    """Return, for a function of one number and ever smaller steps, the change, the prediction, and what is left."""
    statement = derivation.statement
    at = float(evaluate(point, {}, {}))

    def value(node: Node, place: float) -> float:
        return float(evaluate(node, {statement.wrt: place}, {}))

    slope, start = value(derivation.value, at), value(statement.in_variables, at)
    rows = []
    for step in STEPS:
        change = value(statement.in_variables, at + step) - start
        predicted = slope * step
        numbers = {"step": step, "predicted": predicted, "change": change, "rest": change - predicted}
        rows.append({key: _number(one) for key, one in numbers.items()})
    return {"point": f"{maths(statement.wrt)} = {maths(point)}", "slope": inline(_number(slope)), "rows": rows}


def _number(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")
