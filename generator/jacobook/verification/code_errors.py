"""What is wrong with generated code."""

from __future__ import annotations


class CodeError(ValueError):
    """Generated code that does not run, or returns or prints something else than the evaluator."""
