"""How each array library is called: one table for each, from which one writer (`array_expressions.py`) writes code.

In a template, {0} and {1} stand for the operands, {like} for an argument whose type and device new arrays take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from jacobook.algebra import nodes as n
from jacobook.algebra.messages import JacobookError
from jacobook.algebra.nodes import Node
from jacobook.algebra.operators import OPERATORS
from jacobook.rendering.numpy_code.code_nodes import Hypotenuse, LogAddExp, LogDeterminantOfDefinite


class CodeFormError(JacobookError, ValueError):
    """A form that a derivative does not have in code, and why."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One library. What a table does not name is written as in NumPy, with the library's own prefix."""

    name: str
    title: str
    prefix: str
    imports: tuple[str, ...]
    array: str
    """What the library calls an array."""
    number: str
    """What it calls a value without axes."""
    calls: Mapping[str, str]
    """Code by what it does."""
    operators: Mapping[type[Node], str]
    """Code of the operators that are written as calls."""
    functions: Mapping[str, str] = field(default_factory=dict)
    """Code of functions of scalars: {0} the argument, {1} its negative."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What a comment says of a form; see `code_nodes`."""
    preamble: tuple[str, ...] = ()
    """Comments above the function."""
    on_numbers: Mapping[str, str] = field(default_factory=dict)
    """Functions for numbers of Python, where the library's own take its arrays alone; empty where they take both."""
    reshapes_by_columns: bool = True
    """Whether it reshapes column by column (`order="F"`)."""
    transposed: str = ".T"
    """What is written behind a matrix for its transpose."""
    adjugate: str = ""
    whole_quotient: str = "{0} // {1}"
    """How a whole number is divided by one that divides it."""

    @property
    def takes_numbers(self) -> bool:
        """Return whether the functions of the library take numbers of Python."""
        return not self.on_numbers

    @property
    def names(self) -> frozenset[str]:
        """Return the names that the imports define."""
        return frozenset(line.split()[-1] for line in self.imports)


_ADJUGATE = """\
def {name}(matrix):
    # From the singular values, so that it also holds where the matrix has no inverse.
    left, values, right = np.linalg.svd(matrix)
    minors = np.array([np.prod(np.delete(values, k)) for k in np.arange(values.size)])
    return np.linalg.det(left) * np.linalg.det(right) * (right.T * minors) @ left.T
"""

_NUMPY_CALLS = {
    "pi": "np.pi",
    "eye": "np.eye({0})",
    "unit": "np.eye(1, {0}, {1})[0]",
    "zeros": "np.zeros({0})",
    "ones": "np.ones({0})",
    "full": "np.full({0}, {1})",
    "no-axes": "0.0",
    "number": "{0}",
    "sum-of-list": "np.sum([{0}])",
    "list": "np.array([{0}])",
    "inner-list": "[{0}]",
    "literal": "np.array([{0}], dtype=float)",
    "joined": "np.concatenate([{0}])",
    "one-entry": "np.reshape({0}, 1)",
    "one-by-one": "np.reshape({0}, (1, 1))",
    "as-column": "{0}[:, None]",
    "as-row": "{0}[None, :]",
    "block-row": "np.hstack([{0}])",
    "block-rows": "np.vstack([{0}])",
    "range": "np.arange({0})",
    "as-float": "np.asarray({0}, dtype=float)",
    "choice": "np.where({0}, {1}, {2})",
    "greater": "{0} > {1}",
    "less": "{0} < {1}",
    "log1p": "np.log1p({0})",
    "expm1": "np.expm1({0})",
    "tril": "np.tril({0})",
    "triu": "np.triu({0})",
    "outer": "np.outer({0}, {1})",
    "kron": "np.kron({0}, {1})",
    "khatrirao": 'np.einsum("ik,jk->ijk", {0}, {1})',
    "solve": "np.linalg.solve({0}, {1})",
    "matrix-power": "np.linalg.matrix_power({0}, {1})",
    "softmax": "np.exp({1} - np.logaddexp.reduce({0}))",
    "softmax-of-rows": "np.exp({1} - np.logaddexp.reduce({0}, axis=1, keepdims=True))",
    "logsumexp": "np.logaddexp.reduce({0})",
    "logsumexp-of-rows": "np.logaddexp.reduce({0}, axis=1)",
    "norm": "np.hypot.reduce({0}, initial=0.0)",
    "norm-of-matrix": "np.hypot.reduce({0}, axis=None, initial=0.0)",
    "length-or-one": "({0} or 1.0)",
    "by-columns": 'np.reshape({0}, {1}, order="F")',
    "vech": "{0}.T[np.triu_indices({1})]",
    "duplication": (
        "np.eye({1})[np.array([min(i, j) * (2 * {0} - min(i, j) - 1) // 2 + max(i, j)"
        " for j in range({0}) for i in range({0})])]"
    ),
    "elimination": "np.eye({2})[np.array([i + {0} * j for j in range({0}) for i in range(j, {0})])]",
    "commutation": "np.eye({0})[np.arange({0}).reshape({1}).T.ravel()]",
}
_NUMPY_OPERATORS: dict[type[Node], str] = {
    **{row.node: row.numpy for row in OPERATORS.values() if row.numpy},
    LogAddExp: "np.logaddexp({0}, {1})",
    Hypotenuse: "np.hypot({0}, {1})",
    LogDeterminantOfDefinite: "(2 * np.log(np.diag(np.linalg.cholesky({0}))).sum())",
}
NUMPY = Dialect(
    name="numpy",
    title="NumPy",
    prefix="np",
    imports=("import numpy as np",),
    array="an array",
    number="a number",
    calls=_NUMPY_CALLS,
    operators=_NUMPY_OPERATORS,
    adjugate=_ADJUGATE,
    notes={
        "sigmoid": "np.exp(-np.logaddexp(0.0, -u)) is 1/(1 + exp(-u)), without overflow.",
        "softplus": "np.logaddexp(0.0, u) is log(1 + exp(u)), without overflow.",
        "logaddexp": "np.logaddexp(a, b) is log(exp(a) + exp(b)), without overflow.",
        "softmax": "np.exp(u - np.logaddexp.reduce(u)) is softmax(u), without overflow.",
        "logsumexp": "np.logaddexp.reduce(u) is log(sum(exp(u))), without overflow.",
        "hypot": "np.hypot(a, b) is sqrt(a**2 + b**2), without overflow.",
        "norm": "np.hypot.reduce(…) is the square root of the sum of squares, without overflow.",
        "cholesky": "np.linalg.cholesky raises LinAlgError for a matrix that is not positive definite.",
        "expm1": "np.expm1(u) is exp(u) - 1, with all digits for a small u.",
    },
)


_Key = TypeVar("_Key")


def _renamed(templates: Mapping[_Key, str], prefix: str) -> dict[_Key, str]:
    return {key: template.replace("np.", f"{prefix}.") for key, template in templates.items()}


_STABLE_NOTES = {
    "logaddexp": "logaddexp(a, b) is log(exp(a) + exp(b)), without overflow.",
    "hypot": "hypot(a, b) is sqrt(a**2 + b**2), without overflow.",
    "expm1": "expm1(u) is exp(u) - 1, with all digits for a small u.",
}
JAX = Dialect(
    name="jax",
    title="JAX",
    prefix="jnp",
    imports=("import jax", "import jax.numpy as jnp"),
    array="an array",
    number="an array without axes",
    calls={
        **_renamed(_NUMPY_CALLS, "jnp"),
        "no-axes": "jnp.zeros(())",
        "number": "jnp.asarray({0}, dtype=float)",
        "sum-of-list": "jnp.sum(jnp.array([{0}]))",
        "range": "range({0})",
        "softmax": "jax.nn.softmax({0})",
        "softmax-of-rows": "jax.nn.softmax({0}, axis=1)",
        "logsumexp": "jax.nn.logsumexp({0})",
        "logsumexp-of-rows": "jax.nn.logsumexp({0}, axis=1)",
        "norm": "jnp.linalg.norm({0})",
        "norm-of-matrix": "jnp.linalg.norm({0})",
        "length-or-one": "jnp.where({0} == 0, 1.0, {0})",
    },
    operators={
        **_renamed(_NUMPY_OPERATORS, "jnp"),
        n.MatrixExponential: "jax.scipy.linalg.expm({0})",
    },
    functions={
        "sigmoid": "jax.nn.sigmoid({0})",
        "softplus": "jax.nn.softplus({0})",
        "erf": "jax.scipy.special.erf({0})",
        "erfc": "jax.scipy.special.erfc({0})",
        "lgamma": "jax.scipy.special.gammaln({0})",
        "gammafn": "jax.scipy.special.gamma({0})",
        "digamma": "jax.scipy.special.digamma({0})",
        "trigamma": "jax.scipy.special.polygamma(1, {0})",
        "tetragamma": "jax.scipy.special.polygamma(2, {0})",
    },
    notes={
        **_STABLE_NOTES,
        "norm": "jnp.linalg.norm squares: beyond the root of the largest float (1e19 in float32) it overflows.",
        "cholesky": "jnp.linalg.cholesky gives NaN for a matrix that is not positive definite.",
    },
    preamble=('# In float32, unless jax.config.update("jax_enable_x64", True) comes before the first array.',),
    adjugate="""\
def {name}(matrix):
    # From the singular values, so that it also holds where the matrix has no inverse.
    left, values, right = jnp.linalg.svd(matrix)
    minors = jnp.array([jnp.prod(jnp.delete(values, k)) for k in range(values.size)])
    return jnp.linalg.det(left) * jnp.linalg.det(right) * (right.T * minors) @ left.T
""",
)
_MATH = ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "erf", "erfc", "lgamma", "log1p", "expm1")
_ARCS = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
TORCH = Dialect(
    name="torch",
    title="PyTorch",
    prefix="torch",
    imports=("import math", "import torch"),
    array="a tensor",
    number="a tensor without axes",
    calls={
        **_renamed(_NUMPY_CALLS, "torch"),
        "pi": "math.pi",
        "eye": "torch.eye({0}, dtype={like}.dtype, device={like}.device)",
        "unit": "torch.eye({0}, dtype={like}.dtype, device={like}.device)[{1}]",
        "zeros": "{like}.new_zeros({0})",
        "ones": "{like}.new_ones({0})",
        # It fails for some arrays that are transposed in memory (as of 2.14).
        "kron": "torch.kron({2}.contiguous(), {3}.contiguous())",
        "full": "({1}) * {like}.new_ones({0})",
        "no-axes": "{like}.new_zeros(())",
        "number": "{like}.new_tensor({0})",
        "sum-of-list": "torch.sum(torch.stack([{0}]))",
        "list": "torch.stack([{0}])",
        "inner-list": "torch.stack([{0}])",
        "literal": "torch.stack([{0}])",
        "joined": "torch.cat([{0}])",
        "one-entry": "{0}.reshape(1)",
        "one-by-one": "{0}.reshape(1, 1)",
        "block-row": "torch.cat([{0}], dim=1)",
        "block-rows": "torch.cat([{0}], dim=0)",
        "range": "range({0})",
        "as-float": "{0}",
        "softmax": "torch.softmax({0}, 0)",
        "softmax-of-rows": "torch.softmax({0}, 1)",
        "logsumexp": "torch.logsumexp({0}, 0)",
        "logsumexp-of-rows": "torch.logsumexp({0}, 1)",
        "norm": "torch.linalg.vector_norm({0})",
        "norm-of-matrix": "torch.linalg.vector_norm({0})",
        "length-or-one": "torch.where({0} == 0, 1.0, {0})",
        "vech": "{0}.T[torch.triu_indices({1}, {1}).unbind()]",
        "duplication": (
            "torch.eye({1}, dtype={like}.dtype, device={like}.device)[torch.tensor([min(i, j) *"
            " (2 * {0} - min(i, j) - 1) // 2 + max(i, j) for j in range({0}) for i in range({0})])]"
        ),
        "elimination": (
            "torch.eye({2}, dtype={like}.dtype, device={like}.device)[torch.tensor([i + {0} * j"
            " for j in range({0}) for i in range(j, {0})])]"
        ),
        "commutation": (
            "torch.eye({0}, dtype={like}.dtype, device={like}.device)[torch.arange({0}).reshape({1}).T.reshape(-1)]"
        ),
    },
    operators={
        **_renamed(_NUMPY_OPERATORS, "torch"),
        n.MatrixExponential: "torch.linalg.matrix_exp({0})",
        n.LargestOfRows: "torch.amax({0}, 1)",
        n.Vec: "torch.t({0}).reshape(-1)",
    },
    functions={
        "sigmoid": "torch.sigmoid({0})",
        # torch.nn.functional.softplus is linear from 20 on.
        "softplus": "(-torch.nn.functional.logsigmoid({1}))",
        "relu": "torch.relu({0})",
        "step": "torch.relu(torch.sign({0}))",
        "erf": "torch.erf({0})",
        "erfc": "torch.erfc({0})",
        "lgamma": "torch.lgamma({0})",
        # The value of exp(lgamma(x)) at a negative x is that of |Γ|.
        "gammafn": "torch.exp(torch.lgamma(torch.where({0} > 0, {0}, torch.nan)))",
        "digamma": "torch.digamma({0})",
        "trigamma": "torch.polygamma(1, {0})",
        "tetragamma": "torch.polygamma(2, {0})",
    },
    notes={
        **_STABLE_NOTES,
        "softplus": "-logsigmoid(-u) is log(1 + exp(u)), without overflow, and exact beyond 20 too.",
        "step": "relu(sign(u)) is 1 for a positive u, else 0.",
        "norm": "vector_norm squares: beyond the root of the largest float (1e19 in float32) it overflows.",
        "cholesky": "torch.linalg.cholesky raises LinAlgError for a matrix that is not positive definite.",
    },
    preamble=("# Every argument is a tensor, all of one dtype; a scalar is a tensor without axes.",),
    on_numbers={
        **{name: f"math.{name}({{0}})" for name in _MATH},
        **{f"arc{name}": f"math.a{name}({{0}})" for name in _ARCS},
        "abs": "abs({0})",
    },
    reshapes_by_columns=False,
    adjugate="""\
def {name}(matrix):
    # From the singular values, so that it also holds where the matrix has no inverse.
    left, values, right = torch.linalg.svd(matrix)
    minors = torch.stack([torch.prod(torch.cat((values[:k], values[k + 1 :]))) for k in range(len(values))])
    return torch.linalg.det(left) * torch.linalg.det(right) * (right.T * minors) @ left.T
""",
)
DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (NUMPY, TORCH, JAX)}
