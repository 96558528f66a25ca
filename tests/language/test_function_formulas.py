"""What follows from the formulas of the element-wise functions."""

from __future__ import annotations

import pytest

from jacobook.algebra import elementwise
from jacobook.algebra.elementwise import ELEMENTWISE, ElementwiseFunction
from jacobook.language import function_formulas
from jacobook.language.function_formulas import has_kink

KINKED = {"abs", "sign", "relu", "step", "leakyrelu"}


def test_which_functions_have_a_kink():
    assert {name for name in ELEMENTWISE if has_kink(name)} == KINKED


@pytest.mark.parametrize(("definition", "expected"), [("u/(1 + abs(u))", True), ("u*tanh(softplus(u))", False)])
def test_a_function_has_the_kinks_of_those_that_define_it(monkeypatch, definition, expected):
    """A complex step through |u| would be silently wrong, also where the row does not say that there is one."""
    monkeypatch.setitem(elementwise.ELEMENTWISE, "new", ElementwiseFunction("new", "1", definition))
    function_formulas.has_kink.cache_clear()
    assert has_kink("new") is expected
    function_formulas.has_kink.cache_clear()
