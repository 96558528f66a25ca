"""What NumPy, PyTorch and R mean otherwise than books do: `*` goes entry by entry, a vector before `@` is a row."""

from __future__ import annotations

import re
from functools import lru_cache

from jacobook.language.program_heads import without_head

_OF_NETWORKS = (
    r"F\.(?:(?:log_)?soft(?:max|plus|sign)|(?:leaky_)?relu|[gs]elu|silu|elu|(?:log)?sigmoid|tanh|normalize)\("
)
_MODULES = ("np", "numpy", "jnp", "jax", "torch", "tf", "cp", "scipy")
_SIGNS = re.compile(rf"@|%\*%|(?<![\w.])(?:(?:{'|'.join(_MODULES)})\.[A-Za-z]|{_OF_NETWORKS})")
_METHOD = re.compile(r"[\w)\]]\.(?!T\b)[A-Za-z_]\w*\(")
_MODULE = re.compile(r"(?<![\w.])([A-Za-z]\w*)(?:\.\w+)*\.\Z")

_NUMPY, _OTHER_MODULES = (re.compile(rf"(?<![\w.])(?:{one})\.[A-Za-z]") for one in ("np|numpy|jnp", "torch|tf|F|nn"))

_BY_ONE_LESS = "divides by N − 1 there and by N here"
_OTHERWISE = {
    ("torch", "var"): _BY_ONE_LESS,
    ("torch", "std"): _BY_ONE_LESS,
    ("jax", "gelu"): "is by default an approximation by tanh there",
    ("tf", "leaky_relu"): "has the slope 0.2 there and 0.01 here",
    ("np", "inner"): "of two matrices is A @ B.T there",
}
"""Functions that are not what is called so here, by the first name of the module."""


@lru_cache(maxsize=256)
def is_program(text: str) -> bool:
    """Return whether a text is in the notation of array programs, by `@`, `%*%`, `np.` or a method."""
    return tells_products_apart(text) or _METHOD.search(text) is not None


def tells_products_apart(text: str) -> bool:
    """Return whether `*` must go entry by entry in a text; methods alone may be SymPy's, where it does not."""
    return _SIGNS.search(without_head(text)) is not None


def counts_from_zero(text: str) -> bool:
    """Return whether the first place of an array is 0 where a text comes from: everywhere but in R."""
    return is_program(text) and "%*%" not in text


def of_module(text: str, name_end: int, name: str) -> bool:
    """Return whether the function whose name ends here is one of a module or a method: `np.max(X, 0)`, `X.max(0)`."""
    return text[: max(0, name_end - len(name))].endswith(".")


def is_of_torch(text: str, name_end: int, name: str) -> bool:
    """Return whether the function whose name ends here is PyTorch's own, or a method: `torch.norm(X, 2)`, `X.norm(2)`.

    Only PyTorch has such methods. Their `p` is of all entries, also of a matrix; that of `torch.linalg` is NumPy's.
    """
    before = text[: max(0, name_end - len(name))]
    found = _MODULE.search(before)
    is_method = found is None or found[1] not in _MODULES
    return before.endswith(".") and (is_method or before.endswith("torch."))


def means_otherwise(text: str, start: int, name: str, is_method: bool) -> str:
    """Return what a function that is called at this place of the text is there, where that differs; else nothing."""
    if is_method and name in ("var", "std"):
        if _NUMPY.search(text) and not _OTHER_MODULES.search(text):
            return ""
        return "divides by N in NumPy and here, by N − 1 in PyTorch"
    found = _MODULE.search(text[:start])
    module = {"numpy": "np", "jnp": "jax", "F": "torch", "cp": "np"}.get(found[1], found[1]) if found else ""
    return _OTHERWISE.get((module, name), "")
