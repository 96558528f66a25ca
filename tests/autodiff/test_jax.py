"""JAX: our code is run, compared with differences of the function, with jax.jacobian, and given to check_grads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.test_util import check_grads

from jacobook.calculus.derive import derive
from jacobook.facade import check_file
from jacobook.rendering.numpy_code.derivative_forms import code_source
from jacobook.verification.code_check import call_with
from tests.autodiff.forms import close, defined, is_whole, operation_of, probes, with_arrays
from tests.choices import CHOICES, POINT, WEIGHTS, choice_statement
from tests.derivations import CONSTRUCTS, ONLY_NUMPY, STATEMENTS

EVERY = {**CONSTRUCTS, **{name: one for name, one in STATEMENTS.items() if name not in ONLY_NUMPY}}

pytestmark = pytest.mark.autodiff
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_disable_most_optimizations", True)  # what is compiled runs once


@pytest.fixture(autouse=True)
def _nothing_compiled_is_kept():
    """Compiled operations of every shape would fill the memory."""
    yield
    jax.clear_caches()


@pytest.mark.one_in(100)
@pytest.mark.parametrize("name", EVERY)
def test_the_code_of_every_form(name: str) -> None:
    derivation = derive(EVERY[name], both=False)
    wrt, declared = derivation.statement.wrt, derivation.statement.declarations
    jacobian = defined(code_source(derivation, "jax"))["derivative"]
    vjp, jvp = (defined(code_source(derivation, "jax", form, batched=True)) for form in ("vjp", "jvp"))
    module = operation_of(derivation, "jax")
    for probe in probes(derivation):
        point = probe.point
        values = {
            symbol.name: int(point.values[symbol.name]) if is_whole(symbol) else jnp.asarray(point.values[symbol.name])
            for symbol in declared
        }
        at = replace(point, values=values, callables=with_arrays(point, jnp.asarray, np.asarray))
        # Compiled as a whole, which is also how it is used; the stand-ins of functions are NumPy's.
        compiled = jax.jit if not point.callables else lambda function: function

        def called(function: Any, value: Any, *passed: Any, at: Any = at) -> Any:
            return call_with(function, derivation, replace(at, values={**at.values, wrt.name: value}), *passed)

        place = [symbol.name for symbol in declared].index(wrt.name)

        def every_form(value: Any, upstream: Any, tangent: Any, called: Any = called, place: int = place) -> Any:
            yield called(jacobian, value)
            yield called(vjp["vjp"], value, upstream)
            yield called(jvp["jvp"], value, tangent)
            if module is not None:
                one = list(values.values())  # noqa: B023
                one[place] = value
                yield jax.jacobian(module["function"], argnums=place)(*one)
                batch, both = jnp.stack([value, value * 0.9]), jnp.stack([upstream, 2 * upstream])
                yield called(vjp["vjp_batched"], batch, both)[0]

        given = values[wrt.name], jnp.asarray(probe.upstream), jnp.asarray(probe.tangent)
        found = compiled(lambda *given: tuple(every_form(*given)))(*given)
        expected = (point.jacobian, probe.vjp, probe.jvp, point.jacobian, probe.vjp)
        for one, other in zip(found, expected, strict=False):
            close(one, other)
        if module is not None:
            operation = compiled(module["operation"])
            check_grads(operation, tuple(values.values()), order=1, modes=["rev"], atol=1e-4, rtol=1e-4)


@pytest.mark.one_in(6)
@pytest.mark.parametrize("function", CHOICES)
def test_gradients_pass_through_choices(function: str) -> None:
    with np.errstate(invalid="ignore"):
        expected = CHOICES[function](POINT)
    derivation = derive(choice_statement(function), both=False)
    x, w = jnp.asarray(POINT), jnp.asarray(WEIGHTS)
    np.testing.assert_allclose(defined(code_source(derivation, "jax"))["derivative"](x, w), expected)
    module = operation_of(derivation, "jax")
    assert module is not None
    np.testing.assert_allclose(jax.jacrev(module["function"])(x, w), expected)


@pytest.mark.rare
@pytest.mark.parametrize(("value", "verdict"), [("p * g - p @ g * p", "right"), ("p * g", "term")])
def test_a_function_of_a_reader(tmp_path: Path, value: str, verdict: str) -> None:
    source = f"import jax\ndef backward(x, g):\n    p = jax.nn.softmax(x)\n    return {value}\n"
    (tmp_path / "kernel.py").write_text(source, "utf-8")
    code = f"{tmp_path / 'kernel.py'}:backward"
    checked = check_file("softmax(x)", given="x in R^N", form="vjp", code=code)
    assert checked.verdict == verdict, checked


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("sign", "verdict"), [("", "right"), ("-", "factor")])
def test_an_operation_of_a_reader(tmp_path: Path, sign: str, verdict: str) -> None:
    source = f"""import jax

@jax.custom_vjp
def linear(X, W):
    return X @ W

linear.defvjp(lambda X, W: (X @ W, (X, W)), lambda saved, g: (g @ saved[1].T, {sign}saved[0].T @ g))
"""
    (tmp_path / "kernel.py").write_text(source, "utf-8")
    given = "X in R^(M x N), W in R^(N x K)"
    assert (
        check_file("X*W", given=given, wrt="W", form="vjp", code=f"{tmp_path / 'kernel.py'}:linear").verdict == verdict
    )
