"""Derivatives with more than two indices: vec Jacobians, Kronecker products, index formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Pair, symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import Dimension, matrix, vector
from jacobook.calculus.derivation import Derivation
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import text
from jacobook.rendering.json_output import derivation_json
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.pictures.chain_data import chain_of, plain
from jacobook.rendering.report import report_text
from tests.rendering.expression_code import numpy_expression

X, A = symbol("X", matrix("M", "N")), symbol("A", matrix("P", "N"))
x, v = symbol("x", vector("N")), symbol("v", vector(Dimension(1, ("M", "N"))))
F = symbol("F", matrix("M", "N"))
i, j, k, m = (Index(name, Dimension.of(size)) for name, size in zip("ijkl", "MNMN", strict=True))
RANDOM = np.random.default_rng(3)
VALUES = {"X": RANDOM.standard_normal((2, 3)), "A": RANDOM.standard_normal((4, 3)), "x": RANDOM.standard_normal(3)}


def evaluated(node: n.Node) -> Any:
    return eval(numpy_expression(node, [X, A, x]), {"np": np, **VALUES})


@pytest.mark.parametrize(
    ("node", "printed", "typed"),
    [
        (b.commutation("M", "N"), r"\boldsymbol{K}_{M,N}", "commutation(M, N)"),
        (b.khatri_rao(X, A), r"\boldsymbol{X} \ast \boldsymbol{A}", "khatrirao(X, A)"),
        (b.kronecker(x, b.identity("N")), r"\boldsymbol{x} \otimes \boldsymbol{I}_{N}", "kron(x, eye(N))"),
        (b.unvec(v, matrix("M", "N")), r"\operatorname{unvec}_{M\times N}(\boldsymbol{v})", "unvec(v)"),
        (
            b.partial(F, X),
            r"\frac{\partial \operatorname{vec}(\boldsymbol{F})}{\partial \operatorname{vec}(\boldsymbol{X})^{\top}}",
            "∂vec(F)/∂vec(X)'",
        ),
        (
            b.partial(x, X, total=True),
            r"\frac{\mathrm{d}\boldsymbol{x}}{\mathrm{d}\operatorname{vec}(\boldsymbol{X})^{\top}}",
            "dx/dvec(X)'",
        ),
        (
            b.kronecker(b.fill(b.ONE, vector("M")), X),
            r"\boldsymbol{1}_{M} \otimes \boldsymbol{X}",
            "kron(vector(1), X)",
        ),
        (
            b.partial_entry(F, X, (i, j), (k, m)),
            r"\frac{\partial F_{ij}}{\partial X_{kl}}",
            "∂F[i,j]/∂X[k,l]",
        ),
        (b.entry(v, Pair(j, i)), "v_{(ji)}", "v[(j,i)]"),
        (b.delta(Pair(i, j), Pair(k, m)), r"\delta_{(ij),(kl)}", "δ[(i,j),(k,l)]"),
    ],
)
def test_printed(node: n.Node, printed: str, typed: str) -> None:
    assert latex(node) == printed
    assert text(node) == typed


def test_commutation_matrix() -> None:
    found = evaluated(b.product(b.commutation("M", "N"), b.vec(X)))
    np.testing.assert_array_equal(found, VALUES["X"].ravel())


def test_column_by_column_products() -> None:
    columns = [np.kron(p, q) for p, q in zip(VALUES["X"].T, VALUES["A"].T, strict=True)]
    np.testing.assert_array_equal(evaluated(b.khatri_rao(X, A)), np.array(columns).T)


def test_kronecker_products_of_vectors_and_rows() -> None:
    value, eye = VALUES["x"], np.eye(3)
    cases = [
        (b.kronecker(x, b.identity("N")), np.kron(value[:, None], eye)),
        (b.kronecker(x.T, b.identity("N")), np.kron(value[None, :], eye)),
        (b.kronecker(b.identity("N"), x), np.kron(eye, value[:, None])),
        (b.kronecker(x, x), np.kron(value, value)),
        (b.kronecker(x, x.T * A.T * A), np.outer(value, value @ VALUES["A"].T @ VALUES["A"])),
        (b.kronecker(x.T * A.T * A, x), np.outer(value, value @ VALUES["A"].T @ VALUES["A"])),
    ]
    for node, expected in cases:
        found = evaluated(node)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected)


def test_unvec_undoes_vec() -> None:
    np.testing.assert_array_equal(evaluated(b.unvec(b.vec(X), X.shape)), VALUES["X"])


def test_entry_at_a_pair_of_places() -> None:
    """vec(X) numbers its entries column by column: X_ij is at (j − 1)·M + i."""
    total = b.index_sum(i, b.index_sum(j, b.entry(b.vec(X), Pair(j, i)) - b.entry(X, i, j)))
    assert evaluated(total) == 0.0


@pytest.mark.parametrize(
    ("given", "expression", "wrt", "arguments", "expected"),
    [
        (["x in R^N"], "x*x'", "x", {"x": VALUES["x"]}, None),
        (
            ["X in R^(M x N)", "a in R^N"],
            "X*a",
            "X",
            {"X": VALUES["X"], "a": VALUES["x"]},
            np.einsum("ik,l->ikl", np.eye(2), VALUES["x"]),
        ),
        (
            ["X in R^(M x N)"],
            "X'",
            "X",
            {"X": VALUES["X"]},
            np.einsum("il,jk->ijkl", np.eye(3), np.eye(2)),
        ),
        (["X, B in R^(M x N)"], "B", "X", {"X": VALUES["X"], "B": VALUES["X"]}, np.zeros((2, 3, 2, 3))),
    ],
)
def test_code_has_the_shape_of_the_entries(
    worked: Callable[..., Derivation],
    given: list[str],
    expression: str,
    wrt: str,
    arguments: dict[str, Any],
    expected: Any,
) -> None:
    derivation = worked(given, [expression], wrt)
    if expected is None:
        value, eye = arguments["x"], np.eye(3)
        expected = np.einsum("ik,j->ijk", eye, value) + np.einsum("i,jk->ijk", value, eye)
    namespace: dict[str, Any] = {"np": np}
    exec(numpy_source(derivation), namespace)
    found = namespace["derivative"](**arguments)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected)
    back = parse_expression(text(derivation.value), parse_declarations(given), derivation.value.shape)
    assert equal(back, derivation.value)


def test_shapes_are_never_flattened_silently(worked: Callable[..., Derivation]) -> None:
    derivation = worked(["X in R^(M x N)", "B in R^(N x P)"], ["X*B"], "X")
    answer = derivation_json(derivation)
    assert answer["partials"][0]["shape"] == [["M", "P"], ["M", "N"]]
    assert (answer["output_shape"], answer["input_shape"]) == (["M", "P"], ["M", "N"])
    said = " ".join(report_text(derivation).split())
    assert "Shape: (M×P)×(M×N); as the Jacobian of the stacked entries M·P×M·N (Jacobian layout)." in said
    assert said.count("as the Jacobian of the stacked entries") == 2
    edge = chain_of(derivation).edges[0]
    assert (plain(edge.label), edge.shape) == ("∂f/∂X", "(M×P)×(M×N)")
