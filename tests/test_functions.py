"""The registry of element-wise functions: no row lacks what a room needs, and every row is right in every room."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import sympy
from mpmath import mp

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ABOVE_ONE, ELEMENTWISE, OPEN_UNIT, UNIT, ElementwiseFunction
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import vector
from jacobook.calculus.domains import notes_on
from jacobook.calculus.exact_values import exact_value
from jacobook.calculus.proofs.function_derivatives import BASIC, INVERSES
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.table import DIFFERENTIALS, RULES
from jacobook.facade import derive
from jacobook.language import LanguageError, parse_expression
from jacobook.language.composed_functions import composed
from jacobook.language.function_formulas import ARGUMENT, read
from jacobook.language.function_table import FUNCTIONS, SYNONYMS
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.sentences import prose_text
from jacobook.verification.code_check import check_code
from jacobook.verification.numeric.array_operations import EVALUATORS, OPERATIONS
from jacobook.verification.numeric.evaluate import evaluate
from jacobook.verification.symbolic.components import WITHOUT_FORMULAS
from jacobook.verification.symbolic.grids import OPERATIONS as GRIDS
from jacobook.verification.symbolic.grids import OWN_FORMS
from tests.function_oracles import MPMATH, SYMPY
from tests.high_precision import derivative

ALL_ROWS = list(ELEMENTWISE.values())
ROWS = [row for row in ALL_ROWS if row.derivative]
NAMES = [row.name for row in ROWS]
TWICE = [
    row
    for row in ROWS
    if all(ELEMENTWISE[word].derivative for word in re.findall(r"[a-z]\w*", row.derivative) if word in ELEMENTWISE)
]
"""The rows whose derivatives have derivatives."""
ORDERS = {"lgamma": 0, "digamma": 1, "trigamma": 2}
"""The orders of the derivatives of log Γ that these have as derivatives."""
NAMES_TO_GO_FAR = [name for name in NAMES if name not in ORDERS and name != "gammafn"]
x = n.symbol("x")


def lacking(row: ElementwiseFunction) -> Iterator[str]:
    """Yield what the rooms miss in a row, one sentence for each thing."""
    for column in ("derivative", "definition", "value"):
        formula = getattr(row, column)
        try:
            if formula and not read(formula).shape.is_scalar:
                yield f"the {column} of {row.name} is no scalar"
        except LanguageError as error:
            yield f"the {column} of {row.name} cannot be read: {error}"
            return
    for name, library in ((row.numpy, np), (row.sympy, sympy), (row.python, math)):
        if name and not hasattr(library, name):
            yield f"{row.name}: there is no {library.__name__}.{name}"
    if not (row.numpy or row.formula or row.name in EVALUATORS):
        yield f"{row.name} has no value in numbers: its row needs `numpy` or `definition`, or EVALUATORS an entry"
    if not (row.sympy or row.formula or row.name in OWN_FORMS):
        yield f"{row.name} has no SymPy form: its row needs `sympy` or `definition`"
    if not (row.has_code or row.definition):
        yield f"{row.name} has no NumPy code: its row needs `numpy`, `python`, `code` or `definition`"
    if row.derivative and not (row.definition or row.name in BASIC or row.name in INVERSES):
        yield f"the derivative of {row.name} has no proof: its row needs `definition`, or proofs an argument of its own"
    if row.formula and not (row.domain or row.pole or row.kink):
        for note in restrictions(row):
            yield f"{row.name} has a definition that does not hold everywhere ({note}): `domain`, `pole` or `kink`?"


def restrictions(row: ElementwiseFunction) -> list[str]:
    """Return where the definition is not smooth, in words."""
    notes = notes_on((Link(n.symbol("f"), read(row.formula)),), ARGUMENT)
    values = [[value for value in note.values if isinstance(value, n.Node)] for note in notes]
    return [prose_text(note) for note, inside in zip(notes, values, strict=True) if any(v.symbols for v in inside)]


def test_no_row_lacks_anything() -> None:
    assert [sentence for row in ALL_ROWS for sentence in lacking(row)] == []
    for row in ALL_ROWS:
        assert (f"derivative-of-{row.name}" in RULES) is bool(row.derivative)
        assert row.name in FUNCTIONS
        assert callable(SYMPY[row.name])
        assert callable(MPMATH[row.name])


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        (ElementwiseFunction("half", "1/2", "u/2"), []),
        (ElementwiseFunction("new", "1"), ["no value in numbers", "no SymPy form", "no NumPy code", "no proof"]),
        (ElementwiseFunction("new", "1", numpy="sin", sympy="nothing"), ["no sympy.nothing", "no proof"]),
        (ElementwiseFunction("ramp", "2*step(u)", "2*relu(u)"), ["does not hold everywhere"]),
        (ElementwiseFunction("log2p", "1/(2 + u)", "log(2 + u)"), ["does not hold everywhere"]),
        (ElementwiseFunction("inverse", "-1/u^2", "1/u"), ["does not hold everywhere"]),
        (ElementwiseFunction("bad", "1 +", "u"), ["the derivative of bad cannot be read"]),
    ],
    ids=lambda value: value.name if isinstance(value, ElementwiseFunction) else "",
)
def test_what_a_row_lacks_is_named(row: ElementwiseFunction, missing: list[str]) -> None:
    found = list(lacking(row))
    assert len(found) == len(missing)
    assert all(words in sentence for words, sentence in zip(missing, found, strict=True))
    assert all(row.name in sentence for sentence in found)


ONE_ROW = """
from jacobook.algebra import elementwise
slope = "tanh(softplus(u)) + u*(1 - tanh(softplus(u))^2)*sigmoid(u)"
row = elementwise.ElementwiseFunction("mish", slope, "u*tanh(softplus(u))")
elementwise.ELEMENTWISE[row.name] = row
from jacobook.facade import derive
from jacobook.calculus.proofs.rule_proofs import proof_of
from jacobook.calculus.rules.table import DIFFERENTIALS, RULES
import numpy as np
for route in ("matrix", "component"):
    worked = derive("a'*mish(A*x)", given=["a in R^M", "x in R^N", "A in R^(M x N)"], wrt="x", route=route)
    assert worked.passed and worked.evidence["symbolic"] == "proved", worked.evidence
    assert "operatorname{mish}" in worked.report("latex")
proof_of(RULES[row.slug])
names = {"np": np}
exec(derive("mish(x)", given=["x in R"], wrt="x").python, names)
np.seterr(over="ignore")
print(names["derivative"](800.0), names["derivative"](-800.0))
"""


def test_one_row_is_a_function_in_all_rooms() -> None:
    run = subprocess.run([sys.executable, "-c", ONE_ROW], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert [float(number) for number in run.stdout.split()] == [1.0, 0.0]


# -- every function, in every room ------------------------------------------------------------------------------------


def argument(row: ElementwiseFunction) -> tuple[str, str]:
    """Return an argument in x that lies in the domain, and the declaration of x."""
    if row.domain in (UNIT, OPEN_UNIT):
        return "tanh(x)/2", ""
    if row.domain is ABOVE_ONE:
        return "1 + x", " positive"
    return "x", " positive" if row.domain is not None else ""


@pytest.mark.parametrize("route", ["matrix", "component"])
@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_both_routes_arrive_and_are_verified(row: ElementwiseFunction, route: Any) -> None:
    inside, declared = argument(row)
    worked = derive(f"a'*{row.name}({inside})", given=["a in R^N", f"x in R^N{declared}"], wrt="x", route=route)
    assert worked.passed, worked.evidence
    assert worked.evidence is not None
    assert worked.evidence["symbolic"] == "proved"


@pytest.mark.one_in(2)
@pytest.mark.parametrize("row", TWICE, ids=lambda row: row.name)
def test_second_derivatives_are_verified(row: ElementwiseFunction) -> None:
    inside, declared = argument(row)
    worked = derive(f"sum({row.name}({inside}))", given=[f"x in R^N{declared}"], wrt="x", order=2)
    assert worked.passed, worked.evidence


@pytest.mark.parametrize(
    ("row", "order"),
    [(row, order) for order, rows in ((1, ROWS), (2, TWICE)) for row in rows],
    ids=lambda one: getattr(one, "name", one),
)
def test_code_of_arrays_is_that_of_the_derivative(row: ElementwiseFunction, order: int) -> None:
    inside, declared = argument(row)
    given = ["A in R^(N x N)", f"x in R^N{declared}"]
    found = derive(f"sum(A*{row.name}({inside}))", given=given, wrt="x", order=order, verify=False)
    assert check_code(found.python, found.derivation) < 1e-6


@pytest.mark.parametrize("row", [row for row in ROWS if not row.numpy], ids=lambda row: row.name)
def test_what_numpy_lacks_is_drawn(row: ElementwiseFunction) -> None:
    pytest.importorskip("matplotlib")
    from jacobook.site.plots.function_plots import function_plot

    worked = derive(f"{row.name}(x)", given=["x in R"], wrt="x", verify=False)
    assert function_plot(worked.derivation, -3, 3).svg.count("var(--jb-plot") >= 2


@pytest.mark.parametrize("name", list(ELEMENTWISE))
@pytest.mark.parametrize("value", [-2.7, -0.6, 0.6, 2.7])
def test_values_are_those_of_mpmath(name: str, value: float) -> None:
    row = ELEMENTWISE[name]
    inside = row.domain is None or row.domain.lower < value < (row.domain.upper or math.inf)
    if inside:
        expected = float(MPMATH[name](mp.mpf(value)))
        assert evaluate(b.apply(name, x), {x: value}, {}) == pytest.approx(expected, rel=1e-13)
        assert expected > 0 or not row.positive
        exact = exact_value(b.apply(name, x), {x: b.number(parse_number(value))})
        assert evaluate(exact, {}, {}) == pytest.approx(expected, rel=1e-13)


def parse_number(value: float) -> Any:
    found = parse_expression(str(value), ())
    return -found.operands[0].value if isinstance(found, n.Negate) else found.value  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES_TO_GO_FAR)
def test_code_is_right_far_out(name: str) -> None:
    """The printed derivative, wherever the truth is an ordinary number."""
    namespace: dict[str, Any] = {"np": np}
    exec(derive(f"{name}(x)", given=["x in R"], wrt="x", verify=False).python, namespace)
    for value in (0.7, -0.7, 5.0, -5.0, 40.0, -40.0, 800.0, -800.0):
        expected = derivative(b.apply(name, x), x, {x: value}, {})
        if expected is None or np.isnan(expected).any():
            continue
        with np.errstate(over="ignore", divide="raise", invalid="raise"):  # 1/cosh² may be 1/∞
            found = namespace["derivative"](value)
        np.testing.assert_allclose(
            np.asarray(found, float), expected.item(), rtol=1e-9, atol=1e-300, err_msg=f"{name} at {value}"
        )


@pytest.mark.parametrize("value", [1e-3, 0.3, 1.0, 1.4616321449683623, 5.0, 40.0, 800.0, 1e12])
@pytest.mark.parametrize("name", ORDERS)
def test_code_of_derivatives_of_log_gamma(name: str, value: float) -> None:
    """At 1.46… is the zero of digamma, near which digits are lost to the rounding of the argument alone."""
    namespace: dict[str, Any] = {"np": np}
    exec(derive(f"{name}(x)", given=["x in R"], wrt="x", verify=False).python, namespace)
    expected = float(mp.polygamma(ORDERS[name], mp.mpf(value)))
    assert namespace["derivative"](value) == pytest.approx(expected, rel=2e-14, abs=1e-14 if value < 2 else 0)
    arrays = namespace["derivative"](np.array([[value, 2.0]]))
    assert arrays.shape == (1, 2)
    assert arrays[0, 1] == pytest.approx(float(mp.polygamma(ORDERS[name], 2)), rel=1e-14)


def test_code_of_gamma_is_right_for_its_domain_and_silent_beyond() -> None:
    namespace: dict[str, Any] = {"np": np}
    exec(derive("gamma(x)", given=["x in R"], wrt="x", verify=False).python, namespace)
    for value in (0.01, 0.5, 1.0, 4.0, 33.0, 150.0):
        expected = mp.gamma(value) * mp.digamma(value)
        assert namespace["derivative"](value) == pytest.approx(float(expected), rel=1e-12)
    with np.errstate(invalid="ignore"):
        assert np.isnan(namespace["derivative"](-0.7))  # exp(log|Γ|) has the wrong sign there


def test_exact_values_of_gamma() -> None:
    def value(name: str, at: int) -> n.Node:
        return exact_value(b.apply(name, x), {x: b.number(at)})

    assert value("gammafn", 5) is b.number(24)
    assert evaluate(value("lgamma", 5), {}, {}) == pytest.approx(math.log(24), rel=1e-14)
    assert evaluate(value("digamma", 1), {}, {}) == pytest.approx(-0.5772156649015329, rel=1e-14)
    with pytest.raises(Refusal, match="has to be positive, and it is -1"):
        value("lgamma", -1)


@pytest.mark.parametrize("row", ALL_ROWS, ids=list(ELEMENTWISE))
def test_a_function_is_printed_and_read_back(row: ElementwiseFunction) -> None:
    node = b.apply(row.name, b.apply(row.name, n.symbol("x", vector("N"))))
    assert parse_expression(text(node), [n.symbol("x", vector("N"))]) is node
    if row.name != "sqrt":
        command = rf"\{row.name}" if row.tex else rf"\operatorname{{{row.name}}}"
        assert latex(node).startswith(row.latex or command)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_other_names_are_known(row: ElementwiseFunction) -> None:
    assert all(SYNONYMS[word] == row.name for word in row.synonyms)


def test_a_domain_is_said() -> None:
    def notes(expression: str, given: str) -> list[str]:
        derivation = derive(expression, given=[given], wrt="x", verify=False).derivation
        return [note.template for note in derivation.notes]

    assert notes("sum(log1p(x))", "x in R^N") == ["The derivation holds where every entry of {0} is greater than −1."]
    assert notes("csc(x)", "x in R") == ["The derivation does not hold where the sine of {0} is 0."]
    assert notes("leakyrelu(x)", "x in R") == ["The derivation does not hold where {0} is 0."]
    assert notes("log(erfc(x))", "x in R") == []
    assert notes("log1p(x)", "x in R positive") == []
    assert notes("sum(x)/(dim(N)*sqrt(2))", "x in R^N") == []  # numbers are not 0 at some points only
    with pytest.raises(Refusal, match="the argument of sec has to be where the cosine is not 0"):
        exact_value(b.apply("sec", b.apply("arccos", x)), {x: b.ZERO})


@pytest.mark.parametrize("value", [0.05, -1.2, 1.99, 2.01, 4.0, -7.0, 12.0])
def test_a_complex_step_through_erf_keeps_a_small_derivative(value: float) -> None:
    expected = float(2 / mp.sqrt(mp.pi) * mp.exp(-(mp.mpf(value) ** 2)))
    assert evaluate(b.partial(b.apply("erf", x), x), {x: value}, {}) == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gammaln(x)", "lgamma(x)"), ("scipy.special.loggamma(x)", "lgamma(x)"), ("log(gamma(x))", "lgamma(x)"),
        (r"\log\Gamma(x)", "lgamma(x)"), (r"\ln \Gamma(2x + 1)", "lgamma(2*x + 1)"), (r"\Gamma(x)", "gammafn(x)"),
        ("Γ(x)", "gammafn(x)"), ("gamma(x)", "gammafn(x)"), ("psi(x)", "digamma(x)"), ("ψ(x)", "digamma(x)"),
        (r"\psi(x)", "digamma(x)"), (r"\psi_1(x)", "trigamma(x)"), (r"\psi^{(1)}(x)", "trigamma(x)"),
        (r"\psi'(x)", "trigamma(x)"), (r"\psi''(x + 1)", "tetragamma(x + 1)"), (r"\psi^{\prime}(x)", "trigamma(x)"),
        (r"\psi^\prime(x)^2", "trigamma(x)^2"),
        (r"\psi_{2}(x)^2", "tetragamma(x)^2"), ("polygamma(1, x)", "trigamma(x)"), ("psi(x, 2)", "psi(x, 2)"),
    ],
)  # fmt: skip
def test_functions_of_gamma_in_other_spellings(typed: str, meant: str) -> None:
    if typed == meant:
        with pytest.raises(LanguageError, match="takes one argument, not 2"):
            parse_expression(typed, [x])
    else:
        assert parse_expression(typed, [x]) is parse_expression(meant, [x])


@pytest.mark.parametrize("name", ["gamma", "Gamma", "psi"])
def test_a_letter_that_is_declared_is_no_function(name: str) -> None:
    letter = n.symbol(name)
    assert parse_expression(f"{name}*x", [x, letter]) is b.product(letter, x)
    with pytest.raises(LanguageError, match=f"`{name}` is a variable, not a function"):
        parse_expression(f"{name}(x)", [x, letter])
    assert parse_expression(rf"\{name} (x + 1)", [x, letter]) is b.product(letter, b.add(x, b.ONE))
    assert derive(f"exp(-{name}*x)", given=[f"x, {name} in R"], wrt="x").passed


def test_beyond_the_second_derivative_of_digamma_is_refused() -> None:
    with pytest.raises(Refusal, match="no rule covers the differential of tetragamma: its derivative is not in the"):
        derive("trigamma(x)", given=["x in R positive"], wrt="x", order=2)
    with pytest.raises(Refusal, match="tetragamma"):
        derive("sum(tetragamma(x))", given=["x in R^N positive"], wrt="x", route="component")
    assert derive("lgamma(x)", given=["x in R positive"], wrt="x", order=3).passed


def test_pi_is_written_as_pi() -> None:
    worked = derive("erf(s*x)", given=["s, x in R"], wrt="x", verify=False)
    assert r"\sqrt{\pi}" in worked.latex
    assert "np.sqrt(np.pi)" in worked.python
    assert "sqrt(pi)" in worked.result  # which reads back
    assert latex(parse_expression("8*arctan(1)*t", [n.symbol("t")])) == r"2\pi t"
    assert latex(parse_expression("arctan(1)", ())) == r"\frac{\pi}{4}"


# -- operators --------------------------------------------------------------------------------------------------------


IN_RESULTS_ALONE = (n.ExponentialJacobian, n.PolarFactor)
"""What stands in derivatives, and is not differentiated itself: that is refused."""


@pytest.mark.parametrize("kind", OPERATORS, ids=lambda kind: kind.__name__)
def test_an_operator_is_in_every_room(kind: type[n.Node]) -> None:
    row = OPERATORS[kind]
    known = row.name in FUNCTIONS or composed(row.name, 1) is not None
    assert known, f"{row.name} has no entry in FUNCTIONS of language/function_table.py"
    assert kind in OPERATIONS, f"{row.name} has no value: OPERATIONS in verification/numeric/array_operations.py"
    by_sizes = kind is n.Unvec  # written out in components.py, which knows the sizes
    written = kind in GRIDS or by_sizes or kind in WITHOUT_FORMULAS
    assert written, f"{row.name} has no components: OPERATIONS in verification/symbolic/grids.py"
    has_rule = any(type(rule.pattern) is kind for rule in DIFFERENTIALS)
    assert has_rule is not (kind in IN_RESULTS_ALONE), f"{row.name} has no rule"
