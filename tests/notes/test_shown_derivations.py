"""A derivation in a notebook: HTML where that is typeset, else Markdown, with the picture of its chain."""

from __future__ import annotations

import base64
import re
import sys
from xml.etree import ElementTree

import pytest

from jacobook import derive
from jacobook.notes import shown_derivations


@pytest.fixture(autouse=True)
def at_home(monkeypatch):
    monkeypatch.delenv("VSCODE_PID", raising=False)


def as_html(worked) -> str:
    html = worked._repr_html_()
    assert isinstance(html, str)
    return html


def quadratic(**options):
    return derive("f(z) = exp(z)", "z = x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", **options)


def test_html_holds_the_picture_the_steps_and_the_evidence():
    html = as_html(quadratic())
    assert html.startswith("<style>")
    assert html.count('class="chain-picture"') == 1
    assert "Product rule" in html
    assert "Verified: " in html
    assert "\n\n" not in html[html.index("</style>") :]
    ElementTree.fromstring(html[html.index("<div") :].replace("&nbsp;", " "))


def test_one_function_alone_has_no_picture():
    worked = derive("x'*x", given="x in R^N")
    assert "<svg" not in as_html(worked)
    assert "data:image" not in worked._repr_markdown_()


def test_what_was_not_checked_says_so():
    html = as_html(quadratic(verify=False))
    assert "Not checked:" in html
    assert "Verified" not in html


def test_the_layout_and_the_route_are_those_that_were_asked_for():
    html = as_html(quadratic(layout="denominator", route="component"))
    assert "Denominator layout" in html
    assert " is entry " in html


def test_both_derivatives_are_shown():
    worked = derive("x'*A*x", given=["x in R^N", "A in R^(N x N)"], wrt="x", order=2)
    assert "The second derivative" in as_html(worked)
    assert worked._repr_markdown_() == worked.report("markdown")


def test_ids_differ_between_statements():
    first, second = (as_html(derive(text, given="x in R^N")) for text in ("x'*x", "2*x'*x"))
    ids = [set(re.findall(r' id="([^"]+)"', html)) for html in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_markdown_has_the_picture_as_an_image_that_needs_no_file():
    worked = quadratic()
    image, _, report = worked._repr_markdown_().partition("\n\n")
    assert report == worked.report("markdown")
    found = re.fullmatch(r"!\[The chain: x → z → f\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", image)
    assert found is not None
    svg = ElementTree.fromstring(base64.b64decode(found[1]))
    assert svg.tag.endswith("svg")
    assert "background: #fff" in svg.attrib["style"]


def test_without_the_packages_of_notes_markdown_is_shown(monkeypatch):
    monkeypatch.setattr(shown_derivations, "missing_for_notes", lambda: "notes need Jinja2")
    assert quadratic()._repr_html_() is None


def test_where_html_is_not_typeset_markdown_is_shown(monkeypatch):
    worked = quadratic()
    monkeypatch.setenv("VSCODE_PID", "1")
    assert worked._repr_html_() is None
    monkeypatch.delenv("VSCODE_PID")
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    assert worked._repr_html_() is None
