"""Cross products with [x]ₓ as a symbol: results as books on rigid bodies print them, written down before ours."""

from __future__ import annotations

import inspect
from typing import Literal

import numpy as np
import pytest

from jacobook import derive
from jacobook.algebra import build as b
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.language import parse_declarations, parse_expression
from jacobook.language.printer import text
from tests.numeric_truth import difference

GIVEN = ["x, y, a, b, p in R^3", "u in R^3 unit-norm", "R, G, H in R^(3 x 3)", "k in R"]
RESULTS = {  # ∂/∂x, rows as in the Jacobian layout
    "cross(a, x)": "skew(a)",
    "cross(x, y)": "-skew(y)",
    "skew(x)*y": "-skew(y)",
    "skew(x)'*y": "skew(y)",
    "cross(x, x)": "matrix(0)",
    "cross(x, R*x)": "skew(x)*R - skew(R*x)",
    "cross(R*x, a)": "-skew(a)*R",
    "cross(x, k*(p - x))": "-k*skew(p)",
    "a'*cross(x, b)": "-a'*skew(b)",
    "norm2(cross(a, x))^2": "-2*x'*skew(a)^2",
    "R*cross(a, x)": "R*skew(a)",
    "norm2(skew(x))^2": "4*x'",
    "tr(skew(x)'*skew(a))": "2*a'",
    "sum(skew(x).*skew(a))": "2*a'",
    "norm2(skew(x) - k*skew(a))^2": "4*(x - k*a)'",
}


def read(written: str, shape: object = None) -> Node:
    return parse_expression(written, list(parse_declarations(GIVEN)), shape)  # type: ignore[arg-type]


@pytest.mark.parametrize("function", RESULTS)
@pytest.mark.parametrize("route", ["matrix", "component"])
def test_results_hold_the_cross_product_as_a_matrix(function: str, route: Literal["matrix", "component"]) -> None:
    found = derive(function, given=GIVEN, wrt="x", route=route)
    assert found.passed
    if route == "matrix":
        assert found.result == RESULTS[function]
    else:  # in entries
        wanted = read(RESULTS[function], found.derivation.value.shape)
        assert difference(found.derivation.value, wanted) < 1e-9


MORE = [
    "(skew(x) + R)*y",
    "a'*(skew(x)*k + R)*G",
    "tr(G'*skew(x))",
    "tr(skew(x)*G*skew(x)*H)",
    "G*skew(x)*H",
    "x'*skew(a)*R*x",
    "norm2(cross(x - p, u))",
]


@pytest.mark.parametrize("function", [*MORE, "cross(x, cross(x, y))", "a'*skew(x)*R*skew(x)*b", "skew(R*x)*R"])
def test_any_place_of_such_a_matrix_is_differentiated(function: str) -> None:
    assert derive(function, given=GIVEN, wrt="x").passed


def test_the_swap_of_the_factors_is_a_line_with_its_reason() -> None:
    steps = derive("cross(x, y)", given=GIVEN, wrt="x", verify=False).steps
    assert any(step.rule == "cross-swap" for step in steps)


IDENTITIES = [
    ("skew(x)*x", "vector(0, 3)"),
    ("skew(x)'", "-skew(x)"),
    ("x'*skew(x)", "vector(0, 3)'"),
    ("skew(x)*y", "-skew(y)*x"),
    ("skew(x)*skew(y)", "y*x' - x'*y*eye(3)"),
    ("skew(skew(x)*y)", "y*x' - x*y'"),
    ("norm2(cross(x, y))^2", "x'*x*(y'*y) - (x'*y)^2"),  # Lagrange
    ("a'*cross(x, y)", "x'*cross(y, a)"),
    ("skew(x) + skew(y)", "skew(x + y)"),
]


@pytest.mark.parametrize(("one", "other"), [IDENTITIES[0], IDENTITIES[1], IDENTITIES[3], IDENTITIES[7]])
def test_the_normal_form_knows_signs_and_zeros(one: str, other: str) -> None:
    assert equal(read(one), read(other))


@pytest.mark.parametrize(("one", "other"), IDENTITIES)
def test_the_values_obey_the_identities_of_cross_products(one: str, other: str) -> None:
    first = read(one)
    assert difference(first, read(other, first.shape)) < 1e-9


@pytest.mark.parametrize(
    ("one", "shown"),
    [("skew(x)*x", "vector(0)"), ("skew(2*x)", "2*skew(x)"), ("skew(x)'", "-skew(x)"), ("x'*skew(x)*y", "0")],
)
def test_what_is_plain_is_simplified_in_what_is_shown(one: str, shown: str) -> None:
    assert text(tidy(read(one))) == shown


def test_latex_is_that_of_books_and_reads_back() -> None:
    found = derive("cross(x, y)", given=GIVEN, wrt="x", verify=False)
    assert found.latex == r"-[\boldsymbol{y}]_{\times}"
    for written in (r"-[y]_{\times} x", r"-[y]_\times x"):
        assert derive(written, given=GIVEN, wrt="x", verify=False).result == "-skew(y)"


def test_code_computes_the_matrix() -> None:
    found = derive("cross(x, R*x)", given=GIVEN, wrt="x", verify=False)
    space: dict[str, object] = {"np": np}
    exec(found.python, space)
    x, matrix = np.array([1.0, -2.0, 0.5]), np.arange(9.0).reshape(3, 3) ** 1.5
    unused = {name: np.ones(3) for name in "yabpu"} | {"G": np.eye(3), "H": np.eye(3), "k": 1.0}
    names = inspect.signature(space["derivative"]).parameters  # type: ignore[arg-type]
    values = {name: value for name, value in {**unused, "x": x, "R": matrix}.items() if name in names}
    wanted = np.array([np.cross(x, matrix @ e) + np.cross(e, matrix @ x) for e in np.eye(3)]).T
    np.testing.assert_allclose(space["derivative"](**values), wanted, rtol=1e-12)  # type: ignore[operator]


def test_a_vector_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"R\^3"):
        b.skew(parse_expression("x", list(parse_declarations(["x in R^4"]))))
