"""The home page: one derivation, without the notes on common mistakes that its own page has."""

from __future__ import annotations

from .conftest import entry


def test_the_derivation_has_every_line_and_no_warning(workshop):
    workshop.only(form=entry("form", "x'*A*x", "x in R^N", "A in R^(N x N)", wrt="x", featured=True))
    assert workshop.run() == 0
    own, home = workshop.page("exercises/form.md"), workshop.page("index.md")
    assert "Common mistake" in own
    assert "Common mistake" not in home
    assert own.count('id="f-by-x-matrix-') == home.count('id="sample-matrix-') == 4
    assert "# Matrix calculus, step by step\n" in home
