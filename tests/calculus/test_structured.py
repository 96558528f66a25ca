"""Derivatives in the free entries of a symmetric or diagonal matrix, against functions of those entries themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import equal
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Claim, ClaimKind, Derivation
from jacobook.calculus.rules.table import RULES
from jacobook.language.printer import text
from jacobook.verification import evaluate, verify
from tests.calculus.derived import expression, solve

A = "A in R^(N x N)"
SYMMETRIC, DIAGONAL = "X in R^(N x N) symmetric, invertible", "X in R^(N x N) diagonal, invertible"
# The free-entry derivative and the gradient, as published or worked out by hand.
PUBLISHED = [
    ("MC (139)", f"{A}; {SYMMETRIC}", "tr(A*X)", "A + A' - A.*eye", "(A + A')/2"),
    ("MC (140)", SYMMETRIC, "det(X)", "det(X)*(2*inv(X) - inv(X).*eye)", "det(X)*inv(X)"),
    ("MC (141)", SYMMETRIC, "logdet(X)", "2*inv(X) - inv(X).*eye", "inv(X)"),
    ("definite", "X in R^(N x N) positive-definite", "logdet(X)", "2*inv(X) - inv(X).*eye", "inv(X)"),
    ("singular", "X in R^(N x N) symmetric", "det(X)", "2*adj(X) - adj(X).*eye", "adj(X)"),
    ("entry by entry", "X in R^(N x N) symmetric", "sum(exp(X))", "2*exp(X) - exp(X).*eye", "exp(X)"),
    ("MC (142)", f"{A}; {DIAGONAL}", "tr(A*X)", "A.*eye", "A.*eye"),
    ("diagonal logdet", DIAGONAL, "logdet(X)", "inv(X)", "inv(X)"),
    ("diagonal det", DIAGONAL, "det(X)", "det(X)*inv(X)", "det(X)*inv(X)"),
    ("mixed", f"{A}; {DIAGONAL}", "tr(A*X*A*X) + logdet(X)", "inv(X) + 2*(A*X*A.*eye)", "inv(X) + 2*(A*X*A.*eye)"),
]
FUNCTIONS: list[tuple[str, Callable[[Any, Any, Any], Any]]] = [
    ("tr(A*X)", lambda x, a, v: np.trace(a @ x)),
    ("tr(A*X*A*X)", lambda x, a, v: np.trace(a @ x @ a @ x)),
    ("det(X)", lambda x, a, v: np.linalg.det(x)),
    ("v'*inv(X)*A*v", lambda x, a, v: v @ np.linalg.inv(x) @ a @ v),
    ("norm2(A*X)^2", lambda x, a, v: np.sum((a @ x) ** 2)),
    ("log(1 + (v'*X*A*v)^2)", lambda x, a, v: np.log(1 + (v @ x @ a @ v) ** 2)),
    ("sum(tanh(A*X))", lambda x, a, v: np.sum(np.tanh(a @ x))),
]


def parts(found: Derivation) -> tuple[Claim, Claim, Claim]:
    """The last lines of the three blocks: independent entries, free entries, gradient."""
    last = {claim.left: claim for claim in found.structured}
    free, gradient = (
        next(c for left, c in last.items() if isinstance(left, n.StructuredPartial) and left.is_gradient is wanted)
        for wanted in (False, True)
    )
    return found.structured[0], free, gradient


@pytest.mark.parametrize(("given", "written", "free", "gradient"), [case[1:] for case in PUBLISHED])
def test_published_results(given: str, written: str, free: str, gradient: str) -> None:
    found = solve(given, written, "X")
    independent, by_entries, among = parts(found)
    assert independent.right is found.value
    for claim, expected in ((by_entries, free), (among, gradient)):
        assert equal(claim.right, expression(given, expected, found.value.shape)), text(claim.right)
    evidence = verify(found)
    assert evidence.failures == ()
    assert evidence.symbolic == "proved"


@pytest.mark.parametrize("structure", ["symmetric", "diagonal"])
@pytest.mark.parametrize(("written", "function"), FUNCTIONS)
def test_free_entries_are_differentiated_by_themselves(
    structure: str, written: str, function: Callable[[Any, Any, Any], Any]
) -> None:
    """The function of the free entries alone, in plain NumPy, with central differences."""
    found = solve(f"{A}; v in R^N; X in R^(N x N) {structure}, invertible", written, "X")
    size, h = 3, 1e-6
    random = np.random.default_rng(2)
    a, v = random.uniform(-1, 1, (size, size)), random.uniform(0.5, 1, size)
    places = [(i, j) for i in range(size) for j in range(i, size) if structure == "symmetric" or i == j]
    entries = {place: random.uniform(-0.5, 0.5) + 2 * (place[0] == place[1]) for place in places}

    def build(numbers: dict[tuple[int, int], float]) -> np.ndarray:
        x = np.zeros((size, size))
        for (i, j), number in numbers.items():
            x[i, j] = x[j, i] = number
        return x

    expected = np.zeros((size, size))
    for i, j in places:
        up, down = (function(build({**entries, (i, j): entries[i, j] + s * h}), a, v) for s in (1, -1))
        expected[i, j] = expected[j, i] = (up - down) / (2 * h)
    x = build(entries)
    by_name = {"A": a, "v": v, "X": x}
    values = {symbol: by_name[symbol.name] for symbol in found.statement.declarations}
    _, free, gradient = parts(found)
    value, projected = (evaluate(claim.right, values, {"N": size}) for claim in (free, gradient))
    assert value == pytest.approx(expected, rel=1e-5, abs=1e-6)
    # The gradient has the structure; its inner product with a change of that structure is the slope along it.
    assert projected == pytest.approx(projected.T)
    if structure == "diagonal":
        assert projected == pytest.approx(np.diag(np.diag(projected)))
    for _ in range(4):
        change = build({place: random.uniform(-1, 1) for place in places})
        slope = (function(x + h * change, a, v) - function(x - h * change, a, v)) / (2 * h)
        assert np.sum(projected * change) == pytest.approx(slope, rel=1e-5, abs=1e-6)
    definitions = found.statement.definitions
    for claim in (free, gradient):  # the node itself means the same
        own = evaluate(claim.left, values, {"N": size}, definitions=definitions)
        assert own == pytest.approx(evaluate(claim.right, values, {"N": size}), rel=1e-8, abs=1e-10)


def test_against_sympy_with_one_symbol_for_both_places() -> None:
    found = solve(f"{A}; X in R^(N x N) symmetric", "tr(A*X*X*X)", "X")
    p, q, r = sympy.symbols("p q r")
    a = sympy.Matrix([[1, 2], [-3, 5]])
    x = sympy.Matrix([[p, q], [q, r]])
    f = (a * x**3).trace()
    point = {p: 2, q: -1, r: 3}
    expected = [[f.diff(p), f.diff(q)], [f.diff(q), f.diff(r)]]
    numbers = np.array([[float(entry.subs(point)) for entry in row] for row in expected])
    by_name = {"A": np.array(a.tolist(), float), "X": np.array(x.subs(point).tolist(), float)}
    values = {symbol: by_name[symbol.name] for symbol in found.statement.declarations}
    _, free, _ = parts(found)
    assert evaluate(free.right, values, {"N": 2}) == pytest.approx(numbers)


def test_each_claim_has_rule_reason_shape_and_kind() -> None:
    for given, names in ((SYMMETRIC, ("symmetric-entries", "symmetric-gradient")), (DIAGONAL, ("diagonal-entries",))):
        found = solve(given, "logdet(X)", "X")
        rules = [claim.rule for claim in found.structured]
        assert rules[0] == "independent-entries"
        assert set(names) <= set(rules) <= RULES.keys()
        for claim in found.structured:
            assert claim.kind is ClaimKind.TOTAL
            assert claim.left.shape == claim.right.shape == found.statement.wrt.shape
            assert claim.reason.template.endswith(".")
        assert set(found.structured) <= set(found.claims())


def test_declared_structure_that_was_used_is_cited() -> None:
    plain = solve(f"{A}; X in R^(N x N) symmetric", "tr(A*X)", "X")
    assert all(claim.assumptions == () for claim in plain.structured)
    for given, structure in ((SYMMETRIC, "symmetric"), (f"{A}; {DIAGONAL}", "diagonal")):
        found = solve(given, "logdet(X)", "X")
        used = {(a.node, a.property, a.declared) for claim in found.structured for a in claim.assumptions}
        assert used == {(found.statement.wrt, structure, True)}


@pytest.mark.parametrize("given", [f"{A}; {SYMMETRIC}", f"{A}; {DIAGONAL}"])
def test_planted_mistakes_in_every_claim_are_caught(given: str) -> None:
    found = solve(given, "tr(A*X) + det(X)", "X")
    assert verify(found, symbolic=False).passed
    value = found.value
    for place, claim in enumerate(found.structured):
        wrong = [-claim.right, b.divide(claim.right, b.TWO), b.add(claim.right, value)]
        if place:  # the three are different things
            wrong.append(found.structured[0].right)
        if isinstance(claim.right, n.Add):
            terms = claim.right.operands
            wrong += [b.add(*terms[:k], *terms[k + 1 :]) for k in range(len(terms))]
        for right in wrong:
            lines = (*found.structured[:place], replace(claim, right=right), *found.structured[place + 1 :])
            assert not verify(replace(found, structured=lines), symbolic=False).passed, text(right)


def test_the_free_derivative_and_the_gradient_are_told_apart() -> None:
    found = solve(f"{A}; X in R^(N x N) symmetric", "tr(A*X)", "X")
    _, free, gradient = parts(found)
    swapped = tuple(
        replace(claim, right=gradient.right if claim is free else claim.right) for claim in found.structured
    )
    assert not verify(replace(found, structured=swapped), symbolic=False).passed


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("X in R^(N x N)", "det(X)"),
        ("x in R^N; X in R^(N x N) symmetric", "x'*x"),
        ("X in R^(N x N) invertible", "logdet(X)"),
        ("A, X in R^(N x N); S in R^(N x N) symmetric", "tr(S*X)"),
    ],
)
def test_other_variables_and_zeros_have_no_such_block(given: str, written: str) -> None:
    assert solve(given, written, "X").structured == ()


def test_a_chain_has_the_block_for_its_variable() -> None:
    given = "x, mu in R^N; S in R^(N x N) positive-definite"
    found = solve(given, ["f(z) = exp(-1/2*z)", "z = y'*inv(S)*y", "y = x - mu"], "S")
    assert len(found.structured) == 5
    assert verify(found, symbolic=False).failures == ()
    assert solve(given, "x'*inv(S)*x", "x").structured == ()


# -- more than two indices --------------------------------------------------------------------------------


def index_formula(found: Derivation) -> Claim:
    (claim,) = found.structured
    assert isinstance(claim.left, n.Entry)
    return claim


def test_the_structure_matrix() -> None:
    """S^ij has entries δ_ki δ_lj + δ_kj δ_li − δ_ij δ_ki δ_lj: MC (134)."""
    found = solve("X in R^(N x N) symmetric", "X", "X")
    claim = index_formula(found)
    assert claim.rule == "structure-matrix"
    left = found.entries[-1].left
    assert isinstance(left, n.PartialEntry)
    (k, l), (i, j) = left.of_positions, left.wrt_positions  # noqa: E741
    for places in np.ndindex(3, 3, 3, 3):
        numbers: dict[Any, int] = dict(zip((i, j, k, l), (place + 1 for place in places), strict=True))
        a, c, row, column = places
        expected = float((row, column) in {(a, c), (c, a)})
        assert evaluate(claim.right, {}, {"N": 3}, indices=numbers) == expected
    assert text(claim.left) == "df[i,j]/dX[k,l]|free"
    assert verify(found).symbolic == "proved"


@pytest.mark.parametrize("structure", ["symmetric", "diagonal"])
@pytest.mark.parametrize("written", ["X*X", "A*X*A'", "X*v", "inv(X)"])
def test_functions_that_are_no_scalars_have_an_index_formula(structure: str, written: str) -> None:
    found = solve(f"{A}; v in R^N; X in R^(N x N) {structure}, invertible", written, "X")
    claim = index_formula(found)
    assert verify(found, symbolic=False).failures == ()
    doubled = replace(claim, right=b.product(b.TWO, claim.right))
    assert not verify(replace(found, structured=(doubled,)), symbolic=False).passed
    if structure == "symmetric":  # by independent entries it would be something else
        wrong = replace(claim, right=found.entries[-1].right)
        assert not verify(replace(found, structured=(wrong,)), symbolic=False).passed


# -- the node ---------------------------------------------------------------------------------------------


def test_the_node_asks_for_a_scalar_and_a_declared_structure() -> None:
    x = n.symbol("X", b.identity("N").shape)
    s = n.symbol("S", x.shape, frozenset({"symmetric"}))
    with pytest.raises(ValueError, match="not declared symmetric"):
        b.structured_partial(b.trace(x), x, "symmetric")
    with pytest.raises(ValueError, match="not declared diagonal"):
        b.structured_partial(b.trace(s), s, "diagonal")
    with pytest.raises(ValueError, match="with respect to free entries"):
        b.structured_partial(s, s, "symmetric")
    node = b.structured_partial(b.trace(x * s), s, "symmetric", gradient=True)
    assert node.shape == s.shape
    assert substitute(node, {x: b.transpose(x)}) is b.structured_partial(b.trace(x.T * s), s, "symmetric", True)
