"""What the engine uses of NumPy, in Python alone, for where NumPy cannot be had: in a reader's browser.

It goes by the name `numpy` where the folder above it is first on the path. An operation that it lacks raises
NotImplementedError with the operation's name; what it has gives what NumPy gives, up to rounding.
"""

from __future__ import annotations

import math
from types import TracebackType
from typing import Any

from . import linalg, random, typing
from .arrays import asarray, broadcast_to, lacking, ndarray
from .functions import (
    absolute,
    add,
    allclose,
    arange,
    arccos,
    arcsin,
    arctan,
    argmax,
    argwhere,
    array,
    array_equal,
    broadcast_arrays,
    broadcast_shapes,
    concatenate,
    cos,
    cosh,
    count_nonzero,
    cumsum,
    delete,
    diag,
    diagonal,
    divide,
    einsum,
    empty,
    exp,
    expm1,
    eye,
    floor,
    full,
    isfinite,
    isin,
    isrealobj,
    log,
    log1p,
    log10,
    matmul,
    maximum,
    mean,
    minimum,
    moveaxis,
    multiply,
    ndindex,
    negative,
    ones,
    ones_like,
    power,
    prod,
    sign,
    sin,
    sinh,
    sqrt,
    stack,
    swapaxes,
    take_along_axis,
    tan,
    tanh,
    trace,
    tril,
    triu,
    unique,
    unravel_index,
    where,
    zeros,
)
from .functions import (
    every as all,
)
from .functions import (
    largest as max,
)
from .functions import (
    rounded as round,
)
from .functions import (
    some as any,
)

__all__ = [
    "abs",
    "add",
    "all",
    "allclose",
    "any",
    "arange",
    "arccos",
    "arcsin",
    "arctan",
    "argmax",
    "argwhere",
    "array",
    "array_equal",
    "asarray",
    "broadcast_arrays",
    "broadcast_shapes",
    "broadcast_to",
    "concatenate",
    "cos",
    "cosh",
    "count_nonzero",
    "cumsum",
    "delete",
    "diag",
    "diagonal",
    "divide",
    "einsum",
    "empty",
    "errstate",
    "exp",
    "expm1",
    "eye",
    "finfo",
    "floor",
    "full",
    "inf",
    "isfinite",
    "isin",
    "isrealobj",
    "linalg",
    "log",
    "log1p",
    "log10",
    "matmul",
    "max",
    "maximum",
    "mean",
    "minimum",
    "moveaxis",
    "multiply",
    "nan",
    "ndarray",
    "ndindex",
    "negative",
    "ones",
    "ones_like",
    "pi",
    "power",
    "prod",
    "random",
    "round",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "stack",
    "swapaxes",
    "take_along_axis",
    "tan",
    "tanh",
    "trace",
    "tril",
    "triu",
    "typing",
    "unique",
    "unravel_index",
    "where",
    "zeros",
]

pi, inf, nan = math.pi, math.inf, math.nan
abs = absolute


class finfo:
    """What is to be known of floating point numbers."""

    def __init__(self, kind: type) -> None:
        if kind is not float:
            raise lacking(f"finfo({kind.__name__})")
        self.eps = math.ulp(1.0)


class errstate:
    """Warnings in a block of code: there are none here."""

    def __init__(self, **kinds: str) -> None:
        if kinds != {"all": "ignore"} and {*kinds.values()} - {"ignore"}:
            raise lacking("errstate with anything but 'ignore'")

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise lacking(f"numpy.{name}")
