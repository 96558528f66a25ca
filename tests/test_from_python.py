"""`from generator import derive`: light to import, and at home in a notebook."""

from __future__ import annotations

import subprocess
import sys

import pytest

import generator
from generator import derive
from generator.calculus.refusal import Refusal
from generator.language import LanguageError


def test_the_import_loads_no_engine():
    code = "import sys, generator; from generator import derive; print(*{'sympy', 'numpy', 'lark'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_what_is_public():
    assert set(generator.__all__) == {"Checked", "Worked", "__version__", "check", "derive"}
    assert all(hasattr(generator, name) for name in generator.__all__)
    assert set(generator.__all__) <= set(dir(generator))
    with pytest.raises(AttributeError):
        _ = generator.nothing


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
