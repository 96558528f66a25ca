"""Gradients of networks with the error of every layer by name, as Bishop's section 5.3 writes them: δ x′, and δ.

What is expected was written down from the book: δ_k = y_k − t_k for linear outputs, δ_j = h′(a_j) Σ_k w_kj δ_k for
hidden units, and ∂E/∂w_ji = δ_j z_i.
"""

from __future__ import annotations

import pytest

from jacobook import check, derive
from jacobook.language.printer import text

LAYERS = ["x in R^D", "W1 in R^(H x D)", "b1 in R^H", "W2 in R^(K x H)", "b2, t in R^K"]
LINES = ["E = 1/2*norm2(y - t)^2", "y = W2*h + b2", "h = tanh(W1*x + b1)"]
ERROR = {"delta": "W2'*(y - t).*(vector(1) - h.^2)"}
DEEP = ["x in R^D", "W1 in R^(H x D)", "b1 in R^H", "W2 in R^(J x H)", "b2 in R^J", "W3 in R^(K x J)", "t in R^K"]
DEEP_LINES = ["E = 1/2*norm2(y - t)^2", "y = W3*h2", "h2 = tanh(W2*h1 + b2)", "h1 = tanh(W1*x + b1)"]
SECOND = {"delta2": "W3'*(y - t).*(vector(1) - h2.^2)"}
FIRST = SECOND | {"delta1": "W2'*delta2.*(vector(1) - h1.^2)"}
OUTPUTS = ["E = 1/2*norm2(y - t)^2", "y = sigmoid(W2*h + b2)", "h = sigmoid(W1*x + b1)"]
LAST = {"delta_y": "(y - t).*y.*(vector(1) - y)"}
BATCH = ["X in R^(n x D)", "W1 in R^(D x H)", "b in R^H", "W2 in R^(H x K)", "T in R^(n x K)"]
BATCH_LINES = ["E = 1/2*norm2(Y - T)^2", "Y = H*W2", "H = tanh(X*W1 + vector(1)*b')"]
BATCH_ERROR = {"Delta": "(Y - T)*W2'.*(matrix(1) - H.^2)"}

CASES = {
    "first weights": (LAYERS, LINES, "W1", "delta*x'", ERROR),
    "first bias": (LAYERS, LINES, "b1", "delta'", ERROR),
    "second weights": (LAYERS, LINES, "W2", "(y - t)*h'", {}),
    "second bias": (LAYERS, LINES, "b2", "(y - t)'", {}),
    "input": (LAYERS, LINES, "x", "delta'*W1", ERROR),
    "activations by name": (LAYERS, [*LINES[:2], "h = tanh(a)", "a = W1*x + b1"], "W1", "delta*x'", ERROR),
    "rectifier": (
        LAYERS, [*LINES[:2], "h = relu(W1*x + b1)"], "W1", "delta*x'", {"delta": "W2'*(y - t).*step(W1*x + b1)"}
    ),
    "cross-entropy": (
        LAYERS, ["E = -t'*log(p)", "p = softmax(W2*h + b2)", "h = sigmoid(W1*x + b1)"], "W1", "delta*x'",
        {"delta": "W2'*(sum(t)*p - t).*h.*(vector(1) - h)"},
    ),
    "three layers, first weights": (DEEP, DEEP_LINES, "W1", "delta1*x'", FIRST),
    "three layers, first bias": (DEEP, DEEP_LINES, "b1", "delta1'", FIRST),
    "three layers, second weights": (DEEP, DEEP_LINES, "W2", "delta2*h1'", SECOND),
    "outputs, last weights": (LAYERS, OUTPUTS, "W2", "delta_y*h'", LAST),
    "outputs, first weights": (
        LAYERS, OUTPUTS, "W1", "delta_h*x'", LAST | {"delta_h": "W2'*delta_y.*h.*(vector(1) - h)"}
    ),
    "batch": (BATCH, BATCH_LINES, "W1", "X'*Delta", BATCH_ERROR),
    "batch, bias": (BATCH, BATCH_LINES, "b", "vector(1)'*Delta", BATCH_ERROR),
    "name in use": (
        [*LAYERS, "delta in R^D"], [*LINES[:2], "h = tanh(W1*(x + delta) + b1)"], "b1", "delta_h'",
        {"delta_h": "W2'*(y - t).*(vector(1) - h.^2)"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_gradient_is_an_error_times_what_came_in(name: str) -> None:
    given, lines, wrt, result, errors = CASES[name]
    found = derive(*lines, given=given, wrt=wrt)
    assert found.result == result
    named = {name: meaning for name, meaning in found.definitions.items() if name.lower().startswith("delta")}
    assert named == errors
    assert found.passed


@pytest.mark.parametrize("wrt", ["W1", "b1", "x"])
def test_the_names_stand_for_the_whole_derivative(wrt: str) -> None:
    """The answer in the variables alone, as one line, is that of the function written as one line."""
    whole = "1/2*norm2(W2*tanh(W1*x + b1) + b2 - t)^2"
    found = derive(*LINES, given=LAYERS, wrt=wrt, verify=False)
    assert check(whole, given=LAYERS, wrt=wrt, answer=text(found.derivation.value_without_names)).right


def test_in_the_denominator_layout_the_error_is_a_column() -> None:
    found = derive(*LINES, given=LAYERS, wrt="b1", layout="denominator", verify=False)
    assert found.result == "delta"
    assert (
        found.derivation.denominator[-1].reason.template
        == "This is the transpose of the result in the Jacobian layout."
    )


def test_no_network_has_no_errors() -> None:
    """In a logistic regression nothing comes back through a layer."""
    found = derive("E = -t*log(y) - (1 - t)*log(1 - y)", "y = sigmoid(w'*x)", given=["x, w in R^D", "t in R"], wrt="w")
    assert not any(name.startswith("delta") for name in found.definitions)
