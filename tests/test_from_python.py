"""`from jacobook import derive`: light to import, and at home in a notebook."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import jacobook
from jacobook import OptionError, check, derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError


def test_the_import_loads_no_engine():
    code = "import sys, generator; from jacobook import derive; print(*{'sympy', 'numpy', 'lark'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_what_is_public():
    assert set(jacobook.__all__) == {
        *("Checked", "LanguageError", "OptionError", "Refusal", "Worked", "__version__", "check", "derive")
    }
    assert jacobook.LanguageError is LanguageError
    assert jacobook.Refusal is Refusal
    assert all(hasattr(jacobook, name) for name in jacobook.__all__)
    assert set(jacobook.__all__) <= set(dir(jacobook))
    with pytest.raises(AttributeError):
        _ = jacobook.nothing


def test_a_derivation_shows_itself():
    worked = derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x")
    assert worked.as_json()["text"] == "x'*(A + A')"
    assert worked._repr_markdown_().startswith("## ")
    assert "$" in worked._repr_markdown_()
    assert "Verified" in repr(worked)
    assert "def derivative(x, A):" in worked.python
    assert worked.evidence is not None
    assert worked.evidence["passed"]


def test_one_declaration_may_be_a_text():
    assert derive("x'*x", given="x in R^N", verify=False).evidence is None


def test_a_variable_of_the_chain():
    worked = derive("f = exp(z)", "z = x'*x", given="x in R^N", wrt="z", verify=False)
    assert worked.as_json()["text"] == "exp(z)"


def test_errors():
    with pytest.raises(LanguageError):
        derive("x'*y", given="x in R^N")
    assert issubclass(Refusal, Exception)


def test_a_list_of_lines():
    given = ["x in R^N"]
    lines = ["f = exp(z)", "z = x'*x"]
    several = derive(*lines, given=given, wrt="x", verify=False)
    sequences: list[Any] = [lines, tuple(lines), iter(lines)]
    for listed in sequences:
        assert derive(listed, given=given, wrt="x", verify=False).result == several.result
    once: Any = iter(given)
    assert derive("x'*x", given=once, verify=False).result == "2*x'"
    assert check(lines, given=given, wrt="x", answer="2*f*x'")


def test_the_result():
    given = ["x in R^N", "A in R^(N x N)"]
    assert derive("x'*A*x", given=given, wrt="x", verify=False).result == "x'*(A + A')"
    turned = derive("x'*A*x", given=given, wrt="x", layout="denominator", verify=False)
    assert turned.result == "(A + A')*x" == turned.as_json()["text"]
    assert derive("x'*A*x", given=given, wrt="x", order=2, verify=False).result == "A + A'"


def test_a_wrong_answer_is_false():
    assert check("x'*x", given="x in R^N", answer="2*x'")
    assert check("x'*x", given="x in R^N", answer="2*x")
    wrong = [check("x'*x", given="x in R^N", answer=answer) for answer in ("x'", "3*x'", "x'*x", "2*x' + x'/1000")]
    assert not any(wrong)
    with pytest.raises(AssertionError):
        assert check("relu(x)", given="x in R", answer="1")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("layout", "foo", "layout='foo': the layout is 'jacobian' or 'denominator'"),
        ("layout", "Jacobian", "did you mean 'jacobian'?"),
        ("layout", None, "the layout is 'jacobian' or 'denominator'"),
        ("route", "foo", "route='foo': the route is 'matrix' or 'component'"),
        ("route", "components", "did you mean 'component'?"),
        ("route", ["matrix"], "the route is"),
        ("order", 3, "order=3: the order is 1 or 2"),
        ("order", 0, "the order is 1 or 2"),
        ("order", "2", "the order is 1 or 2"),
        ("order", True, "the order is 1 or 2"),
        ("wrt", 3, "the name of one variable"),
        ("wrt", ["x", "y"], "the name of one variable"),
    ],
)
def test_an_option_that_does_not_exist_is_one_clear_error(option, value, said):
    with pytest.raises(ValueError, match="=") as caught:
        derive("x'*x", given="x in R^N", **{option: value})
    assert isinstance(caught.value, OptionError)
    assert said in str(caught.value)


@pytest.mark.parametrize("texts", [(3,), (None,), ([1],), (b"x",), ([["x"]],)])
def test_an_expression_that_is_no_text(texts):
    with pytest.raises(OptionError, match="a text was expected"):
        derive(*texts, given="x in R^N")
    with pytest.raises(OptionError, match="a text was expected"):
        derive("x'*x", given=texts)
    with pytest.raises(OptionError, match="a text was expected"):
        check(*texts, given="x in R^N", answer="x")


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (
            lambda: derive("x'*y", given="x in R^N"),
            "LanguageError: expr[0], line 1, column 4: `y` is not declared: every variable takes a declaration, such "
            "as `y in R^N`\n    x'*y\n       ^",
        ),
        (
            lambda: derive("x", given="x in R", route="foo"),  # type: ignore[arg-type]
            "OptionError: route='foo': the route is 'matrix' or 'component'",
        ),
        (
            lambda: derive("A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", order=2),
            "Refusal: a Hessian is that of",
        ),
    ],
)
def test_a_notebook_shows_the_message_and_no_traceback(call, shown):
    """IPython prints what `_render_traceback_` returns in place of a traceback."""
    with pytest.raises((LanguageError, Refusal, OptionError)) as caught:
        call()
    lines = caught.value._render_traceback_()
    assert all(isinstance(line, str) for line in lines)
    assert "\n".join(lines).startswith(shown)


def test_notes():
    worked = derive("tr(exp(X))", given="X in R^(N x N)", verify=False)
    assert worked.notes == ["exp(X) acts entry by entry; the matrix exponential is not in the language."]
    assert worked.notes[0] in worked.text
    assert derive("x'*x", given="x in R^N", verify=False).notes == []
    checked = check("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", answer="x'*A^2")
    assert list(checked.notes) == ["A^2 is the matrix product A*A; the power of every entry is A.^2."]
    assert repr(checked).startswith(f"Note: {checked.notes[0]}\n")
    assert checked.sentence in repr(checked)
