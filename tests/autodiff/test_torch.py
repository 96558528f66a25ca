"""PyTorch: our code is run, compared with differences of the function, with autograd, and given to gradcheck."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from jacobook.calculus.derive import derive
from jacobook.facade import check_file
from jacobook.rendering.numpy_code.derivative_forms import code_source
from jacobook.verification.code_check import call_with
from tests.autodiff.forms import close, defined, is_whole, operation_of, probes, with_arrays
from tests.choices import CHOICES, POINT, WEIGHTS, choice_statement
from tests.derivations import CONSTRUCTS, ONLY_NUMPY, STATEMENTS

EVERY = {**CONSTRUCTS, **{name: one for name, one in STATEMENTS.items() if name not in ONLY_NUMPY}}

pytestmark = pytest.mark.autodiff


def tensor(value: Any) -> Any:
    return torch.tensor(np.asarray(value, dtype=float), dtype=torch.float64)


def plain(value: Any) -> Any:
    return value.detach().numpy() if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize("name", EVERY)
def test_the_code_of_every_form(name: str) -> None:
    derivation = derive(EVERY[name], both=False)
    wrt, declared = derivation.statement.wrt, derivation.statement.declarations
    jacobian = defined(code_source(derivation, "torch"))["derivative"]
    vjp, jvp = (defined(code_source(derivation, "torch", form, batched=True)) for form in ("vjp", "jvp"))
    module = operation_of(derivation, "torch")
    for probe in probes(derivation):
        point = probe.point
        values = {
            symbol.name: int(point.values[symbol.name]) if is_whole(symbol) else tensor(point.values[symbol.name])
            for symbol in declared
        }
        at = replace(point, values=values, callables=with_arrays(point, tensor, plain))
        upstream, tangent = tensor(probe.upstream), tensor(probe.tangent)
        close(call_with(jacobian, derivation, at), point.jacobian)
        close(call_with(vjp["vjp"], derivation, at, upstream), probe.vjp)
        close(call_with(jvp["jvp"], derivation, at, tangent), probe.jvp)
        if module is None:
            continue
        function = module["function"]
        place = [symbol.name for symbol in declared].index(wrt.name)

        def alone(x: Any, place: int = place, function: Any = function, values: Any = values) -> Any:
            return function(*(x if k == place else value for k, value in enumerate(values.values())))

        close(torch.autograd.functional.jacobian(alone, values[wrt.name]), point.jacobian)
        _, pulled = torch.func.vjp(alone, values[wrt.name])
        close(call_with(vjp["vjp"], derivation, at, upstream), pulled(upstream)[0])
        _, pushed = torch.func.jvp(alone, (values[wrt.name],), (tangent,))
        close(call_with(jvp["jvp"], derivation, at, tangent), pushed)
        batch = replace(at, values={**values, wrt.name: torch.stack([values[wrt.name], values[wrt.name] * 0.9])})
        both = torch.stack([upstream, 2 * upstream])
        close(call_with(vjp["vjp_batched"], derivation, batch, both)[0], probe.vjp)
        wanted = [
            value.clone().requires_grad_() if isinstance(value, torch.Tensor) else value for value in values.values()
        ]
        assert torch.autograd.gradcheck(module["Operation"].apply, wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("function", CHOICES)
def test_gradients_pass_through_choices(function: str) -> None:
    with np.errstate(invalid="ignore"):
        expected = CHOICES[function](POINT)
    derivation = derive(choice_statement(function), both=False)
    x, w = tensor(POINT), tensor(WEIGHTS)
    np.testing.assert_allclose(defined(code_source(derivation, "torch"))["derivative"](x, w), expected)
    module = operation_of(derivation, "torch")
    assert module is not None
    found = torch.autograd.functional.jacobian(lambda x: module["function"](x, w), x)
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(("value", "verdict"), [("p * g - p @ g * p", "right"), ("p * g", "term")])
def test_a_function_of_a_reader(tmp_path: Path, value: str, verdict: str) -> None:
    source = f"import torch\ndef backward(x, g):\n    p = torch.softmax(x, 0)\n    return {value}\n"
    (tmp_path / "kernel.py").write_text(source, "utf-8")
    code = f"{tmp_path / 'kernel.py'}:backward"
    checked = check_file("softmax(x)", given="x in R^N", form="vjp", code=code)
    assert checked.verdict == verdict, checked


@pytest.mark.parametrize(("factor", "verdict"), [("", "right"), ("2 * ", "factor")])
def test_an_operation_of_a_reader(tmp_path: Path, factor: str, verdict: str) -> None:
    source = f"""import torch

class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, W):
        ctx.save_for_backward(X, W)
        return X @ W

    @staticmethod
    def backward(ctx, dY):
        X, W = ctx.saved_tensors
        return dY @ W.T, {factor}X.T @ dY
"""
    (tmp_path / "kernel.py").write_text(source, "utf-8")
    given = "X in R^(M x N), W in R^(N x K)"
    assert (
        check_file("X*W", given=given, wrt="W", form="vjp", code=f"{tmp_path / 'kernel.py'}:Linear").verdict == verdict
    )
