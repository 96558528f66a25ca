"""What a worked example prints, by running it as a reader would."""

from __future__ import annotations

from jacobook.calculus.derivation import Derivation
from jacobook.rendering.numpy_code.example_source import ExampleScript
from jacobook.verification.example_run import run_example
from jacobook.verification.points.example_points import ExamplePoint


def executed_output(derivation: Derivation, point: ExamplePoint, script: ExampleScript) -> str:
    """Return what the script prints. Raises CodeError where it does not run, or differs from the evaluator."""
    return run_example(script.source, point, script.value, script.derivative)
