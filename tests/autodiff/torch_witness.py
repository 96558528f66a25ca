"""PyTorch as a third witness: it differentiates our code of a function, and knows none of our rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import torch

from jacobook.calculus.derivation import Derivation
from jacobook.rendering.numpy_code.derivative_forms import code_source
from jacobook.verification.code_check import call_with
from jacobook.verification.code_points import CodePoint, code_points
from tests.autodiff.forms import MOST_POINTS, defined, is_whole, operation_of


def jacobians(derivation: Derivation) -> Iterator[tuple[Any, Any, CodePoint]]:
    """Yield our derivative and PyTorch's at a few points; nothing where the function has no code for it."""
    module = operation_of(derivation, "torch")
    if module is None or derivation.statement.functions:
        return
    ours = defined(code_source(derivation, "torch"))["derivative"]
    declared, wrt = derivation.statement.declarations, derivation.statement.wrt
    for point in islice(code_points(derivation), MOST_POINTS):
        values = {
            s.name: int(point.values[s.name])
            if is_whole(s)
            else torch.tensor(np.asarray(point.values[s.name], dtype=float))
            for s in declared
        }

        def alone(x: Any, values: dict[str, Any] = values) -> Any:
            return module["function"](*{**values, wrt.name: x}.values())

        own = call_with(ours, derivation, replace(point, values=values))
        other = torch.autograd.functional.jacobian(alone, values[wrt.name])
        yield own.numpy(), other.numpy(), point
