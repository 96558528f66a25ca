"""The element-wise functions written a second time, in SymPy and in mpmath, so that no test rests on the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from mpmath import mp, mpf

from jacobook.algebra.elementwise import ELEMENTWISE

Function = Callable[[Any], Any]

_SYMPY: dict[str, Function] = {
    "arcsinh": sympy.asinh, "arccosh": sympy.acosh, "arctanh": sympy.atanh,
    "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan, "abs": sympy.Abs,
    "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)), "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
    "relu": lambda u: (u + sympy.Abs(u)) / 2, "step": lambda u: (1 + sympy.sign(u)) / 2,
    "log1p": lambda u: sympy.log(1 + u), "expm1": lambda u: sympy.exp(u) - 1,
    "erfc": lambda u: 1 - sympy.erf(u),
    "gelu": lambda u: u * (1 + sympy.erf(u / sympy.sqrt(2))) / 2, "silu": lambda u: u / (1 + sympy.exp(-u)),
    "lgamma": sympy.loggamma, "gammafn": sympy.gamma, "digamma": lambda u: sympy.polygamma(0, u),
    "trigamma": lambda u: sympy.polygamma(1, u), "tetragamma": lambda u: sympy.polygamma(2, u),
    "normcdf": lambda u: (1 + sympy.erf(u / sympy.sqrt(2))) / 2,
    "normpdf": lambda u: sympy.exp(-(u**2) / 2) / sympy.sqrt(2 * sympy.pi),
    "leakyrelu": lambda u: sympy.Piecewise((u, u > 0), (u / 100, True)),
}  # fmt: skip
_MPMATH: dict[str, Function] = {
    "arcsinh": mp.asinh, "arccosh": mp.acosh, "arctanh": mp.atanh,
    "arcsin": mp.asin, "arccos": mp.acos, "arctan": mp.atan, "abs": abs,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)), "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "relu": lambda x: x if x > 0 else mpf(0), "step": lambda x: mpf(1) if x > 0 else mpf(0),
    "gelu": lambda x: x * mp.ncdf(x), "silu": lambda x: x / (1 + mp.exp(-x)),
    "lgamma": mp.loggamma, "gammafn": mp.gamma, "digamma": mp.digamma,
    "trigamma": lambda x: mp.polygamma(1, x), "tetragamma": lambda x: mp.polygamma(2, x),
    "normcdf": mp.ncdf, "normpdf": mp.npdf,
    "leakyrelu": lambda x: x if x > 0 else x / 100,
}  # fmt: skip


class _Oracles(dict[str, Function]):
    """The function of every row: written here, or the one that the library has under the same name."""

    def __init__(self, own: dict[str, Function], library: Any, table: str) -> None:
        found = {name: own.get(name) or getattr(library, name, None) for name in ELEMENTWISE}
        super().__init__({name: function for name, function in found.items() if function is not None})
        self.table = table

    def __missing__(self, name: str) -> Function:
        raise AssertionError(f"{name}: write it a second time, in {self.table} of tests/function_oracles.py")


SYMPY = _Oracles(_SYMPY, sympy, "_SYMPY")
MPMATH = _Oracles(_MPMATH, mp, "_MPMATH")
