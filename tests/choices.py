"""Choices of which a branch has no value where the other one is taken, with their derivatives as NumPy has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jacobook.algebra.question import Statement
from jacobook.language import parse_statement

_where = np.where
POINT = np.array([-1.5, 0.3, 2.0, 0.5, 1.7, -0.3])
WEIGHTS = np.array([1.0, -1.0, 0.5, 2.0, -0.2, 0.0])
CHOICES: dict[str, Callable[[Any], Any]] = {
    "sum(where(x > 0, log(x), 0))": lambda x: _where(x > 0, 1 / _where(x > 0, x, 1), 0),
    "sum(where(x > 0, sqrt(x), -x))": lambda x: _where(x > 0, 0.5 / np.sqrt(_where(x > 0, x, 1)), -1),
    "sum(where(x >= 0, x, log(1 - x)))": lambda x: _where(x >= 0, 1, -1 / (1 - _where(x < 0, x, 0))),
    "where(x > 0, log(x), 0)": lambda x: np.diag(_where(x > 0, 1 / _where(x > 0, x, 1), 0)),
    "sum(where(x > 0, x.*log(x), x^2))": lambda x: _where(x > 0, 1 + np.log(_where(x > 0, x, 1)), 2 * x),
    "sum(where(x > 1, sqrt(x - 1), 1./(2 - x)))": lambda x: _where(
        x > 1, 0.5 / np.sqrt(_where(x > 1, x - 1, 1)), 1 / (2 - _where(x > 1, 0, x)) ** 2
    ),
    "sum(where(x > 0, x.^(3/2), 0))": lambda x: _where(x > 0, 1.5 * np.sqrt(_where(x > 0, x, 0)), 0),
    "sum(where(x > 0, exp(-1./x), 0))": lambda x: _where(
        x > 0, np.exp(-1 / _where(x > 0, x, 1)) / _where(x > 0, x, 1) ** 2, 0
    ),
    "sum(where(abs(x) < 1, arcsin(x), x))": lambda x: _where(
        abs(x) < 1, 1 / np.sqrt(1 - _where(abs(x) < 1, x, 0) ** 2), 1
    ),
    "sum(where(x > 0, where(x > 1, 1 + log(x), sqrt(x)), -x^2))": lambda x: _where(
        x > 0, _where(x > 1, 1 / _where(x > 1, x, 1), 0.5 / np.sqrt(_where(x > 0, x, 1))), -2 * x
    ),
    "sum(where(w > 0, w.*log(x.^3), 0))": lambda x: _where(WEIGHTS > 0, 3 * WEIGHTS / x, 0),
    "sum(where(w > 0, sqrt(w.*x), x^2))": lambda x: _where(
        WEIGHTS > 0, 0.5 * np.sqrt(_where(WEIGHTS > 0, WEIGHTS, 1) * _where(x > 0, 1 / x, np.nan)), 2 * x
    ),
    "where(x[2] > 1, sqrt(x[2] - 1), x[2]^2)*sum(x)": lambda x: 0.09 + 0.6 * np.sum(x) * np.eye(6)[1],
}
"""Derivatives by x, or where that is a vector of values the Jacobian."""


def choice_statement(function: str) -> Statement:
    """The statement of one of the choices."""
    return parse_statement(["x, w in R^N"], [function], "x")
