"""JAX: our code is run, compared with differences of the function, with jax.jacobian, and given to check_grads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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
from tests.derivations import STATEMENTS

pytestmark = pytest.mark.autodiff
jax.config.update("jax_enable_x64", True)


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_code_of_every_form(name: str) -> None:
    derivation = derive(STATEMENTS[name], both=False)
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
        upstream, tangent = jnp.asarray(probe.upstream), jnp.asarray(probe.tangent)
        close(call_with(jacobian, derivation, at), point.jacobian)
        close(call_with(vjp["vjp"], derivation, at, upstream), probe.vjp)
        close(call_with(jvp["jvp"], derivation, at, tangent), probe.jvp)
        if module is None:
            continue
        place = [symbol.name for symbol in declared].index(wrt.name)
        close(jax.jacobian(module["function"], argnums=place)(*values.values()), point.jacobian)
        batch = replace(at, values={**values, wrt.name: jnp.stack([values[wrt.name], values[wrt.name] * 0.9])})
        both = jnp.stack([upstream, 2 * upstream])
        close(call_with(vjp["vjp_batched"], derivation, batch, both)[0], probe.vjp)
        check_grads(module["operation"], tuple(values.values()), order=1, modes=["rev"], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("value", "verdict"), [("p * g - p @ g * p", "right"), ("p * g", "term")])
def test_a_function_of_a_reader(tmp_path: Path, value: str, verdict: str) -> None:
    source = f"import jax\ndef backward(x, g):\n    p = jax.nn.softmax(x)\n    return {value}\n"
    (tmp_path / "kernel.py").write_text(source, "utf-8")
    code = f"{tmp_path / 'kernel.py'}:backward"
    checked = check_file("softmax(x)", given="x in R^N", form="vjp", code=code)
    assert checked.verdict == verdict, checked
