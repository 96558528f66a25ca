"""The templates of pages are found, and say what they lack."""

from __future__ import annotations

import traceback

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from jacobook.site.page_templates import templates_with


def test_names_that_are_given_stand_in_every_template():
    templates = templates_with(derivation="_derivation.md.j2", other_names=lambda place: f"Also: {place}")
    assert "Also: tags" in templates.from_string("{{ other_names('tags') }}").render()
    assert templates.globals["derivation"] == "_derivation.md.j2"


def test_a_name_that_the_data_lack_is_an_error_that_says_where():
    with pytest.raises(UndefinedError, match="'title' is undefined") as caught:
        templates_with().get_template("redirect.md.j2").render(root="", new="elsewhere")
    assert "redirect.md.j2" in "".join(traceback.format_exception(caught.value))


def test_a_template_that_is_not_there_is_named():
    with pytest.raises(TemplateNotFound, match=r"nothing\.md\.j2"):
        templates_with().get_template("nothing.md.j2")
