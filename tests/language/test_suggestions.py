"""What is proposed in place of an unknown name means the same; else nothing is proposed, and all names are listed."""

from __future__ import annotations

import pytest

from jacobook.language import LanguageError, guess, parse_declarations, parse_statement
from jacobook.language.declarations import PROPERTIES
from jacobook.language.function_table import CALLABLE, ELSEWHERE, SYNONYMS
from jacobook.language.names import misspelt

GIVEN = ["x, y in R^N", "A, B in R^(N x N)", "t in R"]
DIFFERENT = """
cov rank slogdet selu celu arccot cbrt rsqrt norm3 norm0 ceil
floor round mod median nansum eig svd cond null orth trig sincos argmax hardtanh polygamma
beta int diff grad dia vector3 matrix2 tri"""
SLIPS = {
    "sigmiod": "sigmoid",
    "sigmod": "sigmoid",
    "sigmoi": "sigmoid",
    "loget": "logdet",
    "logdett": "logdet",
    "epx": "exp",
    "expp": "exp",
    "EXP": "exp",
    "sotfmax": "softmax",
    "softmx": "softmax",
    "arctna": "arctan",
    "tahn": "tanh",
    "isgn": "sign",
    "logsumxep": "logsumexp",
    "log_sumexp": "logsumexp",
    "norn2": "norm2",
    "softplsu": "softplus",
    "vetcor": "vector",
    "matrxi": "matrix",
    "kroneker": "kron",
    "tarce": "tr",
    "determinat": "det",
}
SAME = {
    "vector(N)": "vector(1, N)",
    "matrix(N, N)": "matrix(1, N, N)",
    "ones": "vector(1)",
}


def refused(text: str) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        parse_statement(GIVEN, [text], "x")
    return caught.value


@pytest.mark.parametrize("name", DIFFERENT.split())
def test_another_function_is_not_proposed(name: str) -> None:
    error = refused(f"{name}(A)")
    assert error.suggestion is None
    assert f"there is no function `{name}`" in error.message
    assert ELSEWHERE.get(name, ", ".join((*CALLABLE,)[:16])) in error.message


@pytest.mark.parametrize("name", SLIPS)
def test_a_misspelling_is_recognised(name: str) -> None:
    assert refused(f"{name}(A)").suggestion == SLIPS[name]


def test_a_word_between_two_functions_is_neither() -> None:
    assert misspelt("normdf", CALLABLE) is None
    assert misspelt("normxdf", CALLABLE) is None
    assert misspelt("norm_cdf", CALLABLE) == "normcdf"


@pytest.mark.parametrize("text", SAME)
def test_what_others_write(text: str) -> None:
    error = refused(text)
    assert error.suggestion == SAME[text]
    assert f"`{SAME[text]}`" in error.message


PAIRS = {"normcdf": "normpdf", "normpdf": "normcdf"}
"""Both are known by these names elsewhere; of a word between them nothing is proposed."""


def test_no_function_is_a_misspelling_of_another() -> None:
    for name in (*CALLABLE, *ELSEWHERE):
        apart = (name, f"{name}h", PAIRS.get(name))  # sin and sinh are both known
        others = [other for other in CALLABLE if other not in apart]
        assert name in ELSEWHERE or misspelt(name, others) is None, name
    assert not set(ELSEWHERE) & ({*CALLABLE} | SYNONYMS.keys())


OTHER_PROPERTIES = """
asymmetric unsymmetric negative nonnegative semidefinite positive-semidefinite
psd noninvertible singular bidiagonal tridiagonal"""
SPELLINGS = {
    "symetric": "symmetric",
    "invertable": "invertible",
    "positve": "positive",
    "dignoal": None,
}


@pytest.mark.parametrize("given", OTHER_PROPERTIES.split())
def test_another_property_is_not_proposed(given: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_declarations([f"A in R^(N x N) {given}"])
    assert caught.value.suggestion is None
    assert f"`{given}`" in caught.value.message
    assert ", ".join(PROPERTIES) in caught.value.message


@pytest.mark.parametrize(("given", "meant"), SPELLINGS.items())
def test_a_misspelt_property(given: str, meant: str | None) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_declarations([f"A in R^(N x N) {given}"])
    assert caught.value.suggestion == meant


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("log x^2", None),
        ("log x*x", None),
        ("gelu x", "gelu(x)"),
        ("x[0] + x[1]", None),
        ("A^(-1/3)", "A.^(-1/3)"),
        ("A^(1/4)", "A.^(1/4)"),
    ],
)
def test_what_has_two_meanings_gets_no_suggestion(typed: str, suggestion: str | None) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_statement(GIVEN, [typed], "x")
    assert caught.value.suggestion == suggestion


def test_parentheses_say_what_a_slash_divides_by() -> None:
    written = parse_statement(GIVEN, ["1/(2t)"], "t")
    assert written.in_variables is parse_statement(GIVEN, ["1/(2*t)"], "t").in_variables


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("x^TAx", "x^T*A*x"),
        ("x^TA", "x^T*A"),
        ("2*D_KL(x || y)", "2*sum(x.*log(x./y))"),
        ("KL(x‖y)", "sum(x.*log(x./y))"),
    ],
)
def test_the_suggestion_makes_a_statement_of_what_was_typed(typed: str, instead: str) -> None:
    error = refused(typed)
    assert error.suggestion is not None
    applied = typed[: error.column - 1] + error.suggestion + typed[error.end_column - 1 :]
    assert applied == instead
    parse_statement(GIVEN, [applied], "x")


@pytest.mark.parametrize(
    ("typed", "transpose", "power"),
    [
        ("A^t", "A'", "`t in N`"),
        ("x^t*A*x", "x'", "`t in R`"),
        ("(A*B)^t*x", "(A*B)'", "`t in N`"),
        ("tr(C^t*C)", "C'", "`t in N`"),
        ("norm(C^t*y - x)", "C'", "`t in N`"),
    ],
)
def test_an_exponent_t_that_is_not_declared_may_be_a_transpose(typed, transpose, power):
    given = ["x in R^N", "y in R^M", "A, B in R^(N x N)", "C in R^(M x N)"]
    with pytest.raises(LanguageError, match="did you mean the transpose") as found:
        parse_statement(given, [typed], None)
    assert found.value.suggestion == transpose
    assert power in found.value.message
    with pytest.raises(LanguageError, match="did you mean the transpose"):
        guess([typed], given)


def test_elsewhere_a_t_that_is_not_declared_is_a_variable():
    for typed in ("s^t", "x.^t", "(x'*x)^t", "A**t"):
        with pytest.raises(LanguageError, match="every variable needs a declaration"):
            parse_statement(["s in R", "x in R^N", "A in R^(N x N)"], [typed], None)
    assert [row.declaration for row in guess(["A^t*x + t*x"], ["x in R^N"]).rows] == ["A in R^(N x N)", "t in N"]
