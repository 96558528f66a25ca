"""Gradients, vector–Jacobian and Jacobian–vector products as code: run, and compared with differences of the function.

Here NumPy is run. PyTorch and JAX are run in `tests/autodiff/`.
"""

from __future__ import annotations

import ast
import builtins
import math
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.numpy_code.derivative_forms import CODE_FORMS, code_source
from jacobook.rendering.numpy_code.dialects import DIALECTS, CodeFormError
from jacobook.verification.code_check import call_with
from jacobook.verification.code_points import code_points
from tests.conftest import one_in
from tests.derivations import ONLY_NUMPY, STATEMENTS


def defined(source: str) -> dict[str, Any]:
    """The names that the source defines."""
    namespace: dict[str, Any] = {}
    exec(compile(source, "<code>", "exec"), namespace)
    return namespace


@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", STATEMENTS)
def test_what_is_passed_on_is_the_product_with_the_jacobian(name: str) -> None:
    derivation = derive(STATEMENTS[name], both=False)
    vjp, jvp = (defined(code_source(derivation, "numpy", form))[form] for form in ("vjp", "jvp"))
    for number, point in enumerate(code_points(derivation)):
        random = np.random.default_rng(number)
        value = point.values[derivation.statement.wrt.name]
        of = point.jacobian.ndim - value.ndim
        upstream = random.uniform(-1, 1, point.jacobian.shape[:of])
        tangent = random.uniform(-1, 1, value.shape)
        expected = np.tensordot(upstream, point.jacobian, of)
        found = np.asarray(call_with(vjp, derivation, point, upstream))
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * (1 + abs(expected).max()))
        expected = np.tensordot(point.jacobian, tangent, value.ndim)
        found = np.asarray(call_with(jvp, derivation, point, tangent))
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6 * (1 + abs(expected).max()))


NETWORK = ["f = A*h", "h = tanh(z)", "z = B*x"], ["A in R^(M x N)", "x in R^K", "B in R^(N x K)"]


def code(lines: str | list[str], given: list[str], wrt: str, *arguments: Any, **options: Any) -> str:
    """The code of a statement, in one of the dialects and forms."""
    statement = parse_statement(given, [lines] if isinstance(lines, str) else lines, wrt)
    return code_source(derive(statement, both=False), *arguments, **options)


def test_no_kronecker_product_is_formed_to_pass_a_gradient_on() -> None:
    found = code("X*W", ["X in R^(M x N)", "W in R^(N x K)"], "W", "torch", "vjp")
    assert found.endswith("    return X.T @ G\n")
    assert "kron" not in found
    assert code("A*x", ["A in R^(M x N)", "x in R^N"], "x", "jax", "vjp").endswith("    return A.T @ g\n")


def test_a_softmax_passes_vectors_on() -> None:
    found = code("softmax(x)", ["x in R^N"], "x", "torch", "vjp")
    assert found.endswith("    f = torch.softmax(x, 0)\n    return g * f - f @ g * f\n")


def test_a_chain_is_followed_link_by_link() -> None:
    found = code(*NETWORK, "x", "torch", "vjp")
    lines = ["z = B @ x", "g_h = A.T @ g", "g_z = g_h * (1 / torch.cosh(z)**2)", "return B.T @ g_z"]
    assert found.splitlines()[-4:] == [f"    {line}" for line in lines]
    found = code(*NETWORK, "x", "torch", "jvp")
    lines = ["z = B @ x", "v_z = B @ v", "v_h = v_z * (1 / torch.cosh(z)**2)", "return A @ v_h"]
    assert found.splitlines()[-4:] == [f"    {line}" for line in lines]


STEPS: dict[str, tuple[list[str], list[str], str]] = {
    "of two choices": (["t in R"], ["where(t > 0, t, 0)*where(t >= 1, 2, 3)"], "t"),
    "of a scalar": (["t in R"], ["f = t*step(u)", "u = 1 - t"], "t"),
    "of a vector": (["x, y in R^N"], ["where(x > y, x .* y, exp(x))"], "x"),
    "of a row": (["x in R^N", "t in R"], ["f = t*step(u)'", "u = t*x"], "t"),
    "of a matrix": (["X in R^(M x N)", "t in R"], ["f = t*sign(U)", "U = t*X"], "t"),
    "of a slope": (["x in R^N", "d in R"], ["sum(where(abs(x) <= d, x^2/2, d*(abs(x) - d/2)))"], "d"),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_link_that_is_used_inside_a_step_alone_passes_nothing_on(name: str) -> None:
    given, lines, wrt = STEPS[name]
    derivation = derive(parse_statement(given, lines, wrt), both=False)
    vjp = defined(code_source(derivation, "numpy", "vjp"))["vjp"]
    for point in code_points(derivation):
        value = point.values[wrt]
        of = point.jacobian.ndim - np.ndim(value)
        upstream = np.random.default_rng(0).uniform(-1, 1, point.jacobian.shape[:of])
        found = np.asarray(call_with(vjp, derivation, point, upstream))
        np.testing.assert_allclose(found, np.tensordot(upstream, point.jacobian, of), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("language", DIALECTS)
@pytest.mark.parametrize("form", CODE_FORMS)
def test_all_names_are_defined(language: str, form: str) -> None:
    """The code is Python, and every name in it is an argument, an import, a builtin, or assigned."""
    for name, statement in list(STATEMENTS.items())[:: one_in(9)]:
        if form == "gradient" and not statement.function.shape.is_scalar:
            continue
        if name in ONLY_NUMPY and language != "numpy":
            continue
        tree = ast.parse(code_source(derive(statement, both=False), language, form, batched=True))
        nodes = list(ast.walk(tree))
        known = {argument.arg for node in nodes if isinstance(node, ast.arguments) for argument in node.args}
        known |= {alias.asname or alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        known |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        known |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        assert used <= known | set(dir(builtins)), (name, used - known)


@pytest.mark.parametrize("name", sorted(ONLY_NUMPY))
@pytest.mark.parametrize("library", ["jax", "torch"])
def test_what_newton_solves_has_code_for_numpy_alone(name: str, library: str) -> None:
    with pytest.raises(CodeFormError, match="written for NumPy"):
        code_source(derive(STATEMENTS[name], both=False), library)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("name", [name for name in STATEMENTS if name not in ONLY_NUMPY])
def test_jax_code_is_numpy_code_where_both_have_the_same_functions(name: str) -> None:
    derivation = derive(STATEMENTS[name], both=False)
    source = code_source(derivation, "jax")
    source = source.replace("jax.nn.", "jnp.").replace("jax.scipy.special.", "jnp.")
    body = source[source.index("def derivative") :]
    namespace: dict[str, Any] = {"jnp": numpy_as_jax(), "jax": SimpleNamespace(scipy=OF_MATRICES)}
    exec(compile(body, "<code>", "exec"), namespace)
    for point in code_points(derivation):
        found = np.asarray(call_with(namespace["derivative"], derivation, point))
        assert found.shape == point.jacobian.shape
        np.testing.assert_allclose(found, point.jacobian, rtol=1e-6, atol=1e-6 * (1 + abs(point.jacobian).max()))


def _exponential(matrix: Any) -> Any:
    """By eigenvalues, which random matrices have apart."""
    values, vectors = np.linalg.eig(matrix)
    return np.real((vectors * np.exp(values)) @ np.linalg.inv(vectors))


OF_MATRICES = SimpleNamespace(linalg=SimpleNamespace(expm=_exponential))


def numpy_as_jax() -> SimpleNamespace:
    """NumPy, and mpmath's functions, under the names of jax.numpy, jax.nn and jax.scipy.special."""
    own = {
        "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
        "softplus": lambda u: np.logaddexp(0, u),
        "softmax": lambda u, axis=-1: np.exp(u - np.logaddexp.reduce(u, axis=axis, keepdims=True)),
        "logsumexp": lambda u, axis=-1: np.logaddexp.reduce(u, axis=axis),
        "erf": np.vectorize(math.erf, otypes=[float]),
        "erfc": np.vectorize(math.erfc, otypes=[float]),
        "gammaln": np.vectorize(math.lgamma, otypes=[float]),
        "digamma": np.vectorize(lambda u: float(mpmath.digamma(u)), otypes=[float]),
        "polygamma": np.vectorize(lambda k, u: float(mpmath.polygamma(k, u)), otypes=[float]),
    }
    return SimpleNamespace(**{**vars(np), **own})


@pytest.mark.parametrize(
    ("given", "lines", "arguments", "said"),
    [
        (["A in R^(M x N)", "x in R^N"], "A*x", ("numpy", "gradient"), "f is no scalar"),
        (["x in R^N"], "x'*x", ("numpy", "vjp", "operation"), "NumPy does not differentiate"),
        (["x in R^N"], "x'*x", ("torch", "jvp", "operation"), "has no other form"),
        (["x, ctx in R^N"], "x'*ctx", ("torch", "vjp", "operation"), "ctx has a meaning of its own"),
        (["x in R^N", "p: R^N -> R"], "p(x)", ("torch", "vjp", "operation"), "takes arrays alone"),
    ],
)
def test_what_there_is_no_code_for(given: list[str], lines: str, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        code(lines, given, "x", *arguments)


def test_a_name_that_python_keeps_gets_another() -> None:
    found = code("lambda*x", ["lambda in R", "x in R^N"], "x", "torch", "vjp")
    assert "def vjp(lambda_, x, g):" in found
    assert "lambda_: the variable lambda." in found


def test_a_leading_axis_is_of_the_variable_and_of_what_is_passed_in() -> None:
    found = defined(code("A*x", ["A in R^(M x N)", "x in R^N"], "x", "numpy", "vjp", batched=True))
    a, x, g = np.arange(6.0).reshape(2, 3), np.ones((4, 3)), np.arange(8.0).reshape(4, 2)
    np.testing.assert_allclose(found["vjp_batched"](a, x, g), g @ a)
