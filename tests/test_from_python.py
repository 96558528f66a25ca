"""`from jacobook import derive`: light to import, and at home in a notebook."""

from __future__ import annotations

import dataclasses
import doctest
import json
import pydoc
import subprocess
import sys
from typing import Any

import pytest

import jacobook
from jacobook import OptionError, check, derive, facade
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError


def test_the_import_loads_no_engine():
    code = "import sys, generator; from jacobook import derive; print(*{'sympy', 'numpy', 'lark'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_what_is_public():
    errors = {"JacobookError", "LanguageError", "OptionError", "Refusal", "UnsoundError"}
    errors |= {"CodeFormError", "NoGradientError", "NoPointsError", "ReaderCodeError"}
    assert set(jacobook.__all__) == errors | {
        "Backward",
        "Checked",
        "CheckedCode",
        "Higher",
        "Partial",
        "Step",
        "Worked",
        "__version__",
        "check",
        "check_file",
        "derive",
    }
    assert jacobook.LanguageError is LanguageError
    assert jacobook.Refusal is Refusal
    assert all(issubclass(getattr(jacobook, name), jacobook.JacobookError) for name in errors)
    assert set(jacobook.__all__) <= set(dir(jacobook))
    with pytest.raises(AttributeError):
        _ = jacobook.nothing


@pytest.mark.parametrize(("module", "least"), [(jacobook, 5), (facade, 8)])
def test_the_examples_in_docstrings(module, least):
    found = doctest.testmod(module)
    assert found.failed == 0
    assert found.attempted >= least


def test_help_shows_what_is_public():
    said = pydoc.plain(pydoc.render_doc(jacobook))
    assert ">>> worked.result, worked.shape" in said
    for name in ("    derive(*expressions", "    check(*expressions", "    class Worked", "    class Refusal"):
        assert f"\n{name}" in said
    assert "import_module" not in said


def test_a_derivation_shows_itself():
    worked = derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x")
    assert worked.report("markdown").startswith("## ")
    assert "$" in worked.report("markdown")
    assert worked._repr_markdown_() == worked.report("markdown")
    assert "Verified" in worked.report()
    assert repr(worked) == worked.report("text") == worked.report()
    assert r"\section*" in worked.report("latex")
    assert worked.evidence is not None
    assert worked.evidence["passed"]


def test_one_word_means_one_thing():
    """What a property and a key of the JSON are both called is the same."""
    for layout in ("jacobian", "denominator"):
        worked = derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", layout=layout, verify=False)
        data = json.loads(worked.report("json"))
        assert data == worked.as_json()
        assert data["text"] == worked.result
        assert data["latex"] == worked.latex
        assert data["python"] == worked.python == worked.report("python")
        for of_json, own in ((data["partials"], worked.partials), (data["steps"], worked.steps)):
            assert json.loads(json.dumps([dataclasses.asdict(one) for one in own])) == of_json
    assert worked.latex == r"(\boldsymbol{A} + \boldsymbol{A}^{\top})\,\boldsymbol{x}"
    assert "def derivative(x, A):" in worked.python


@pytest.mark.parametrize(
    ("expression", "given", "layout", "shape"),
    [
        ("x'*x", "x in R^N", "jacobian", ("1", "N")),
        ("x'*x", "x in R^N", "denominator", ("N", "1")),
        ("A*x", ["x in R^N", "A in R^(M x N)"], "jacobian", ("M", "N")),
        ("A*x", ["x in R^N", "A in R^(M x N)"], "denominator", ("N", "M")),
        ("tr(X'*X)", "X in R^(M x N)", "denominator", ("M", "N")),
        ("x^2", "x in R", "jacobian", ("1", "1")),
        ("X*X'", "X in R^(M x N)", "jacobian", (("M", "M"), ("M", "N"))),
    ],
)
def test_the_shape(expression, given, layout, shape):
    wrt = "X" if "X" in expression else "x"
    assert derive(expression, given=given, wrt=wrt, layout=layout, verify=False).shape == shape


@pytest.mark.parametrize("lines", [["x'*x"], ["f = exp(z)", "z = y'*y", "y = x - a"]])
def test_the_function_reads_back(lines):
    given = ["x, a in R^N"]
    worked = derive(lines, given=given, wrt="x", verify=False)
    assert worked.function == "\n".join(lines)
    assert derive(worked.function.splitlines(), given=given, wrt="x", verify=False).result == worked.result
    if len(lines) == 1:
        assert derive(lines, given=given, wrt="x", order=2, verify=False).function == lines[0]


def test_the_parts_of_a_chain():
    worked = derive("f = exp(z)", "z = x'*x", given="x in R^N", verify=False)
    assert [(one.of, one.wrt, one.shape, one.text) for one in worked.partials] == [
        ("f", "z", ("1", "1"), "exp(z)"),
        ("z", "x", ("1", "N"), "2*x'"),
    ]
    assert worked.definitions == {}
    assert any(step.rule == "chain" and step.text == "df/dx = ∂f/∂z · ∂z/∂x" for step in worked.steps)


def test_names_in_a_result_are_explained():
    lines = [f"h{k} = h{k - 1}*h{k - 1} + h{k - 1}" for k in range(14, 0, -1)]
    worked = derive(lines, given="h0 in R", wrt="h0", verify=False)
    data = worked.as_json()["definitions"]
    assert worked.definitions == {one["name"]: one["text"] for one in data}
    assert "h1" in worked.definitions


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
        ("order", 4, "order=4: the order is 1 or 2 or 3"),
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


def test_a_format_that_does_not_exist_is_one_clear_error():
    worked = derive("x'*x", given="x in R^N", verify=False)
    with pytest.raises(OptionError, match=r"the format is 'text' or 'latex' or .*; did you mean 'markdown'\?"):
        worked.report("Markdown")  # type: ignore[arg-type]


@pytest.mark.parametrize("format", ["text", "markdown", "latex", "json", "python"])
def test_what_is_said_of_code_is_for_the_code_of_a_library(format):
    worked = derive("x'*x", given="x in R^N", verify=False)
    with pytest.raises(OptionError, match="kind='operation': this is for the formats 'numpy', 'torch'"):
        worked.report(format, kind="operation")
    with pytest.raises(OptionError, match="batched=True: this is for the formats"):
        worked.report(format, batched=True)
    assert worked.report(format, kind="function", batched=False)


@pytest.mark.parametrize("code", [None, 3, "kernel.py", "kernel.py:", ":f", "kernel.py:1f"])
def test_a_place_of_code_that_is_none(code):
    with pytest.raises(OptionError, match="a file and a function in it"):
        jacobook.check_file("x'*x", given="x in R^N", code=code)


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
            "LanguageError: expression 1, line 1, column 4: `y` is not declared: every variable needs a declaration, "
            "such as `y in R^N`\n    x'*y\n       ^",
        ),
        (
            lambda: derive("x", given="x in R", route="foo"),  # type: ignore[arg-type]
            "OptionError: route='foo': the route is 'matrix' or 'component'",
        ),
        (
            lambda: derive("X*X", given=["X in R^(N x N)"], wrt="X", order=2),
            "Refusal: the second derivative of a matrix",
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
    assert worked.notes == ["exp(X) acts entry by entry; the matrix exponential is expm(X)."]
    assert worked.notes[0] in worked.report()
    assert worked.report("python") == f"# {worked.notes[0]}\n{worked.python}"
    assert derive("x'*x", given="x in R^N", verify=False).notes == []
    checked = check("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", answer="x'*A^2")
    assert list(checked.notes) == ["A^2 is the matrix product A*A; entry by entry it would be A.^2."]
    assert repr(checked).startswith(f"Note: {checked.notes[0]}\n")
    assert checked.sentence in repr(checked)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"order": "2"}, "the order is 1 or 2"),
        ({"order": 2.0}, "the order is 1 or 2"),
        ({"verify": "no"}, "this is True or False"),
        ({"given": {"x": "R^N"}}, "is no declaration"),
        ({"given": b"x in R^N"}, "is no declaration"),
    ],
)
def test_arguments_of_another_type_are_one_clear_error(arguments, said):
    with pytest.raises(OptionError) as caught:
        derive("x'*x", **{"given": "x in R^N", **arguments})
    assert said in str(caught.value)
    assert "did you mean" not in str(caught.value)


PRODUCT: Any = {"given": "X in R^(M x N), W in R^(N x P)", "wrt": "W"}
NO_LANGUAGE: Any = "fortran"


def test_a_vjp_is_derived_with_its_steps():
    worked = derive("X*W", **PRODUCT, form="vjp")
    assert (worked.result, worked.shape, worked.passed) == ("X'*G", ("N", "P"), True)
    assert "tr(G'*df)     That is what G means." in worked.report()
    assert "kron" not in worked.report()
    assert worked.code("numpy").endswith("    return X.T @ G\n")
    assert worked.report("python").endswith("    return X.T @ G\n")


@pytest.mark.parametrize(
    ("expression", "given", "wrt", "result"),
    [
        ("A*x", "A in R^(M x N), x in R^N", "x", "g'*A"),
        ("x'*x", "x in R^N", "x", "2*g*x'"),
        ("t*x", "t in R, x in R^N", "t", "g'*x"),
        ("x*x'", "x in R^N", "x", "x'*(G + G')"),
        ("x'*A", "x in R^N, A in R^(N x M)", "A", "x*g"),
    ],
)
def test_a_vjp_of_every_shape(expression, given, wrt, result):
    worked = derive(expression, given=given, wrt=wrt, form="vjp")
    assert (worked.result, worked.passed) == (result, True)


def test_a_jvp_is_the_differential_at_a_tangent():
    worked = derive("f = A*h", "h = tanh(z)", "z = B*x", given="A, B in R^(N x N), x in R^N", wrt="x", form="jvp")
    assert worked.result == "A*v_h"
    assert worked.passed
    assert "for dx = v." in worked.report()
    assert set(worked.definitions) == {"z", "v_z", "v_h"}


def test_a_gradient_has_the_shape_of_the_variable():
    worked = derive("x'*A*x", given="A in R^(N x N), x in R^N", wrt="x", form="gradient")
    assert worked.shape == ("N", "1")
    assert "def gradient(A, x):" in worked.code("torch")
    with pytest.raises(jacobook.NoGradientError, match="f is no scalar"):
        derive("A*x", given="A in R^(N x N), x in R^N", wrt="x", form="gradient")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"form": "vjpp"}, "form='vjpp': the form is 'jacobian' or"),
        ({"form": "vjp", "order": 2}, "form='vjp' is for the first derivative"),
    ],
)
def test_forms_that_there_are_not(options, said):
    with pytest.raises(OptionError) as error:
        derive("x'*x", given="x in R^N", **options)
    assert said in str(error.value)


def test_languages_that_there_are_not():
    worked = derive("x'*x", given="x in R^N", verify=False)
    with pytest.raises(OptionError, match="language='fortran'"):
        worked.code(NO_LANGUAGE)
    with pytest.raises(jacobook.CodeFormError, match="NumPy does not differentiate"):
        worked.code("numpy", kind="operation")
    with pytest.raises(OptionError, match="batched='yes': this is True or False"):
        worked.code("torch", batched="yes")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="for the first derivative"):
        derive("x'*x", given="x in R^N", order=2, verify=False).code("torch")
