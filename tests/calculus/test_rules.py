"""The rule table: complete, permanent, right. (Each row is also proved in `tests/verification/test_rules.py`.)"""

from __future__ import annotations

import re
from collections import Counter

import pytest
import sympy

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import matrix, vector
from jacobook.calculus.matrix_route import function_derivation
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.derivatives import definition_at, derivative_at, lift
from jacobook.calculus.rules.identities import IDENTITIES, ListedDerivative, recognise
from jacobook.calculus.rules.table import (
    ALGEBRA,
    COMPONENTS,
    DIFFERENTIALS,
    FUNCTION_RULES,
    RULES,
    EqualityRule,
    rule_for,
)
from jacobook.language.printer import text
from jacobook.verification import check_equation
from tests.function_oracles import SYMPY
from tests.strategies import random_expression

# fmt: off
SLUGS = [
    "sum", "negative", "transpose", "trace", "entry-sum", "diag", "diagonal", "vec", "product", "quotient",
    "hadamard", "hadamard-quotient", "kronecker", "power", "matrix-power", "entry-power", "inverse",
    "determinant", "determinant-adjugate", "log-determinant", "norm1", "norm2", "softmax", "log-sum-exp",
    "derivative-of-exp", "derivative-of-log", "derivative-of-sin", "derivative-of-cos", "derivative-of-tan",
    "derivative-of-arcsin", "derivative-of-arccos", "derivative-of-arctan", "derivative-of-sinh",
    "derivative-of-cosh", "derivative-of-tanh", "derivative-of-sqrt", "derivative-of-abs", "derivative-of-sign",
    "derivative-of-relu", "derivative-of-step", "derivative-of-sigmoid", "derivative-of-softplus", "definition",
    "decompose", "constant-factor", "constant", "scalar-transpose", "inner-product", "cyclic-trace",
    "trace-outer", "squared-norm", "hadamard-diag", "collect", "tidy", "read-off", "chain", "sum-over-paths",
    "insert-partials", "substitution", "identity-factor", "denominator-layout", "symmetric", "entries",
    "written-out", "trace-entries", "delta", "own-entry", "sifting", "assemble", "entry-formula",
    "independent-entries", "symmetric-entries", "symmetric-gradient", "diagonal-entries", "diagonal-gradient",
    "structure-matrix",
    "lower-triangular-entries", "lower-triangular-gradient", "upper-triangular-entries", "upper-triangular-gradient",
    "skew-symmetric-entries", "skew-symmetric-gradient", "correlation-entries", "correlation-gradient",
    "orthogonal-gradient", "symmetric-orthogonal-gradient", "unit-norm-gradient", "probability-gradient",
    "orthogonal", "skew-symmetric", "unit-norm", "triangular", "mask", "correlation",
    "entry", "literal", "entry-product", "written-entries",
    "higher-derivative", "value-at-point", "taylor", "adjugate", "adjugate-by-itself", "adjugate-of-two",
    "adjugate-of-three", "diagonal-commute", "implicit-function", "adjoint-equation",
]
# fmt: on
"""Slugs are permanent: pages and other sites link to them. A new row is added here; none is ever taken away."""

ROWS = (*DIFFERENTIALS, *FUNCTION_RULES, *ALGEBRA, *COMPONENTS)


def test_no_slug_disappears() -> None:
    assert set(SLUGS) <= RULES.keys()


def test_slugs_are_unique_and_can_stand_in_an_address() -> None:
    assert Counter(row.slug for row in ROWS).most_common(1)[0][1] == 1
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.slug) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.slug)
def test_every_row_has_a_name_and_a_reason(row: object) -> None:
    rule = RULES[row.slug]  # type: ignore[attr-defined]
    assert rule is row
    assert rule.name.strip()
    assert rule.reason.strip()
    assert set(re.findall(r"\{(\d+)\}", rule.reason)) <= {"0"}


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(row.name for row in ROWS).items() if count > 1] == []


STATED = [slug for slug, row in RULES.items() if row.statement is not None]


@pytest.mark.parametrize("slug", STATED)
def test_every_statement_holds_numerically(slug: str) -> None:
    rule = RULES[slug]
    assert rule.statement is not None
    left, right = rule.statement
    assert left.shape == right.shape
    varying = frozenset() if isinstance(rule, EqualityRule) else left.symbols | right.symbols
    found = check_equation(left, right, varying=varying, symbolic=False)
    assert found.failure is None
    assert found.instances > 0


def test_every_differential_rule_has_a_statement_and_a_source() -> None:
    for row in DIFFERENTIALS:
        assert row.statement is not None
        assert row.sources


def test_every_class_of_nodes_of_the_language_has_a_rule() -> None:
    """What has none is refused by name; here is the whole list of what has none."""
    leaves = {n.Symbol, n.Number, n.Identity, n.SizeOf}
    seen: dict[type[Node], Node] = {}
    for number in range(600):
        stack = [random_expression(number, 5)[0]]
        while stack:
            node = stack.pop()
            seen.setdefault(type(node), node)
            stack.extend(node.operands)
    assert len(seen) > 25
    without = {kind for kind, node in seen.items() if kind not in leaves and rule_for(node) is None}
    assert without <= {n.Fill}


# -- functions of scalars ---------------------------------------------------------------------------------------------

KINKED = {"abs", "relu", "sign", "step", "leakyrelu"}
POSITIVE = sympy.Symbol("v", positive=True)
REAL = sympy.Symbol("v", real=True)


def as_sympy(node: Node, variable: sympy.Symbol) -> sympy.Expr:
    """The scalar formula in SymPy, written here so that it does not rest on the engine's own translation."""
    inner = [as_sympy(operand, variable) for operand in node.operands]
    match node:
        case n.Symbol():
            return variable
        case n.Number():
            return sympy.Rational(node.value.numerator, node.value.denominator)
        case n.Add():
            return sympy.Add(*inner)
        case n.Negate():
            return -inner[0]
        case n.Product():
            return sympy.Mul(*inner)
        case n.Divide():
            return inner[0] / inner[1]
        case n.Power():
            return inner[0] ** inner[1]
        case n.Apply():
            return SYMPY[node.function](inner[0])
    raise AssertionError(type(node))


u = n.symbol("u")


DIFFERENTIABLE = [name for name, row in ELEMENTWISE.items() if row.derivative]


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_derivatives_are_proved_by_sympy(name: str) -> None:
    row = ELEMENTWISE[name]
    ours, function = derivative_at(name, u), b.apply(name, u)
    if name in KINKED:  # on either side of the kink
        for variable in (POSITIVE, -POSITIVE):
            expected = sympy.diff(as_sympy(function, variable), POSITIVE) * (1 if variable is POSITIVE else -1)
            assert sympy.simplify(as_sympy(ours, variable) - expected) == 0
        assert row.kink
        return
    # Beyond 1, where it has values, SymPy sees that √(u − 1)√(u + 1) is √(u² − 1).
    place = 1 + POSITIVE if name == "arccosh" else REAL
    expected = sympy.diff(as_sympy(function, REAL), REAL).subs(REAL, place)
    assert sympy.simplify((as_sympy(ours, place) - expected).rewrite(sympy.exp)) == 0
    assert not row.kink


@pytest.mark.parametrize("name", [name for name, row in ELEMENTWISE.items() if row.definition])
def test_definitions_equal_their_functions(name: str) -> None:
    definition = definition_at(name, u)
    assert definition is not None
    left, right = as_sympy(b.apply(name, u), POSITIVE), as_sympy(definition, POSITIVE)
    right = right.replace(sympy.loggamma, lambda v: sympy.log(sympy.gamma(v)))  # which is so where v > 0
    assert sympy.simplify((left - right).rewrite(sympy.exp)) == 0
    claims = function_derivation(name)
    assert claims[0].right is definition or claims[0].rule == "definition"
    assert claims[-1].right is derivative_at(name, claims[-1].left.operands[1])
    for claim in claims:
        assert check_equation(claim.left, claim.right, symbolic=False).failure is None


def test_the_last_derivative_of_a_family_is_the_only_one_without_its_own() -> None:
    assert set(ELEMENTWISE) - set(DIFFERENTIABLE) == {"tetragamma"}
    with pytest.raises(Refusal, match="its derivative is not in the language"):
        derivative_at("tetragamma", u)


def test_basic_functions_have_no_derivation() -> None:
    assert function_derivation("exp") == ()


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_derivatives_of_arrays_are_those_of_their_entries(name: str) -> None:
    x = n.symbol("x", vector("N"), frozenset({"positive"}))
    inside = b.hadamard_divide(x, b.fill(b.number(2), x.shape))
    lifted = derivative_at(name, inside)
    i = n.Index("i", x.shape.length)
    alone = derivative_at(name, b.entry(x, i) / b.number(2))
    found = check_equation(b.entry(lifted, i), alone, symbolic=False)
    assert lifted.shape == x.shape
    assert found.failure is None


def test_what_is_no_scalar_formula_is_not_lifted() -> None:
    with pytest.raises(TypeError, match="Trace"):
        lift(b.trace(u * b.identity("N")), u, n.symbol("X", matrix("N", "N")))


# -- refusals and identities ----------------------------------------------------------------------------------------


def test_a_node_without_a_rule_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from jacobook.calculus.matrix_route import expansion

    x = n.symbol("x", vector("N"))
    monkeypatch.setattr(expansion, "rule_for", lambda node: None)
    with pytest.raises(Refusal, match="logsumexp"):
        expansion.expand(b.log_sum_exp(x), x)


@pytest.mark.parametrize("row", IDENTITIES, ids=lambda row: row.slug)
def test_identities_recognise_themselves(row: ListedDerivative) -> None:
    found = recognise(row.function, row.variable)
    assert found is not None
    assert found.variable.shape == row.variable.shape
    other = n.symbol("other", vector("N"))
    assert recognise(b.apply("tanh", other), other) is None
    assert text(row.function)
