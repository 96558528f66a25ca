"""What a page loads before it is shown: one style sheet for the theme and the site, where the theme's stood."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from mkdocs.theme import Theme

from jacobook.site import hooks

ICONS = "<style>:root{--md-admonition-icon--note:url()}</style>"


@pytest.mark.parametrize("up", ["", "../../", "/book/"])
@pytest.mark.parametrize("palette", [False, True])
def test_one_sheet_stands_where_the_themes_stood(up, palette):
    def link(name: str) -> str:
        return f'<link rel="stylesheet" href="{up}assets/stylesheets/{name}.css">'

    theme = link("main.57a0d79d.min") + ("\n    " + link("palette.fb2fffe2.min") if palette else "")
    own = link("fonts") + link("site") + link("mine")
    page = f"<head>{theme}{ICONS}{own}</head>"
    assert hooks.with_one_sheet(page) == f"<head>{link('site')}{ICONS}{link('fonts')}{link('mine')}</head>"


def test_a_page_of_another_theme_is_left_alone():
    page = "".join(f'<link rel="stylesheet" href="{name}.css">' for name in ("css/base", "assets/stylesheets/site"))
    assert hooks.with_one_sheet(page) == page


def test_the_sheets_of_the_theme_are_found_and_those_of_the_site_go_first(tmp_path):
    material = Theme(name="material", palette={"scheme": "default"})
    main, palette = hooks.theme_styles(material)
    assert ".md-typeset" in main
    assert "[data-md-color-scheme=" in palette
    own = tmp_path / "assets" / "stylesheets"
    own.mkdir(parents=True)
    (own / "main.12345678.min.css").write_text("a{}", encoding="utf-8")
    without = SimpleNamespace(dirs=[str(tmp_path), *material.dirs], get=lambda name: None)
    assert hooks.theme_styles(without) == ["a{}"]
    assert hooks.theme_styles(SimpleNamespace(dirs=[str(Path(__file__).parent)], get=material.get)) == []


def test_remarks_are_left_out_and_what_is_said_stays():
    style = """/* one */
a {
  color: red;
}

/* two
 * lines */
b::before { content: "/* \\" " }
b::after { content: ' */' }
"""
    assert (
        hooks.light(style)
        == """a {
color: red;
}
b::before { content: "/* \\" " }
b::after { content: ' */' }
"""
    )
