"""Formulas are typeset when the site is built: every one, the same way each time, breakable where a reader would."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from jacobook.site import typesetting
from jacobook.site.typesetting import FormulaError, NoTypesetter, Typesetter, formulas_of

from .conftest import built_project

LONG = (
    r"\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}} = \exp\left((\boldsymbol{x} - \boldsymbol{\mu})^{\top}"
    r"\boldsymbol{S}^{-1}\right)(\boldsymbol{A}\boldsymbol{x} + \boldsymbol{b})\boldsymbol{c}"
)
BRACKET = r"f = \left(a_{1} + a_{2} + a_{3} + a_{4} + a_{5} + a_{6} + a_{7} + a_{8} + a_{9} + a_{10}\right)^{\top} b"


def inline(tex: str) -> str:
    return f'<p>so <span class="arithmatex" data-search-exclude="">\\({tex}\\)</span> holds</p>'


def display(tex: str) -> str:
    return f'<div class="arithmatex" data-search-exclude>\\[{tex}\\]</div>'


@pytest.fixture
def typesetter(root, tmp_path) -> Typesetter:
    return Typesetter(root / "node_modules", tmp_path / "memory.json")


def typeset(typesetter: Typesetter, page: str) -> str:
    typesetter.prepare([page])
    return typesetter.typeset_page(page)


def test_every_formula_is_found_as_it_was_written():
    page = inline("a &lt; b") + display("c &amp; d") + "<code>\\(no\\)</code>"
    assert formulas_of(page) == [("a < b", False), ("c & d", True)]


def test_a_page_has_every_formula_typeset_with_mathml_beside_it(typesetter):
    page = typeset(
        typesetter, inline(r"\boldsymbol{x} &lt; \boldsymbol{y}") + display(r"\frac{\partial f}{\partial x} = 2x")
    )
    assert page.count("<mjx-container") == 2
    assert "\\(" not in page
    assert "\\[" not in page
    assert page.startswith("<p>so <span")
    maths = [ET.fromstring(one) for one in re.findall(r"<math.*?</math>", page)]
    assert ["".join(one.itertext()) for one in maths] == ["x<y", "∂f∂x=2x"]
    assert [one.get("display") for one in maths] == [None, "block"]
    assert page.count('aria-hidden="true"') == 2, "what is seen is not read aloud a second time"


def test_what_only_keeps_a_place_is_not_read_aloud(typesetter):
    page = typeset(typesetter, display(r"\hphantom{\mathrm{d}f} = 2x"))
    (maths,) = re.findall(r"<math.*?</math>", page)
    assert "".join(ET.fromstring(maths).itertext()) == "=2x"


def test_a_formula_that_is_not_understood_is_named(typesetter):
    with pytest.raises(FormulaError, match=r"\\frobnicate"):
        typesetter.prepare([inline("x"), inline(r"\frobnicate{x}")])


def test_what_was_typeset_is_kept(typesetter, root, monkeypatch):
    first = typeset(typesetter, inline("x"))
    monkeypatch.setattr("shutil.which", lambda name: None)
    again = Typesetter(root / "node_modules", typesetter.memory)
    assert typeset(again, inline("x")) == first
    with pytest.raises(NoTypesetter, match="Node"):
        again.prepare([inline("y")])


def test_without_mathjax_it_says_what_is_missing(tmp_path):
    with pytest.raises(NoTypesetter, match="mathjax"):
        Typesetter(tmp_path, tmp_path / "memory.json").prepare([inline("x")])


def test_where_nothing_can_be_kept_it_is_typeset_all_the_same(tmp_path):
    (tmp_path / "file").touch()
    typesetter = Typesetter(tmp_path, tmp_path / "file" / "formulas.json")
    typesetter.markup = {"of another page": "…"}
    typesetter.prepare([])
    assert typesetter.markup == {}


def test_a_damaged_memory_is_made_anew(typesetter):
    typesetter.memory.write_text('{"version": "old"}', "utf-8")
    assert "<mjx-container" in typeset(typesetter, inline("x"))


def test_the_style_sheet_depends_on_the_formulas_alone(root, tmp_path):
    direct = Typesetter(root / "node_modules", tmp_path / "one.json")
    direct.prepare([inline("a+b")])
    roundabout = Typesetter(root / "node_modules", tmp_path / "two.json")
    roundabout.prepare([inline(r"\int_0^1 \mathbb{R}\sqrt{x}")])
    roundabout.prepare([inline("a+b")])
    assert roundabout.style_sheets() == direct.style_sheets()


def test_the_style_sheet_has_a_rule_for_every_character_and_font(typesetter):
    page = typeset(
        typesetter, display(LONG) + display(r"\sum_{i=1}^{N} \left(\frac{\frac{a}{b}}{c}\right) \in \mathbb{R}")
    )
    faces, sheet, files = typesetter.style_sheets()
    for character in set(re.findall(r'class="(mjx-c[0-9A-F]+)', page)):
        assert f".{character}" in sheet, character
    for family in set(re.findall(r"NCM-[A-Z0-9]+", page)):
        assert f"font-family: MJX-{family};" in faces, family
    assert "@font-face" not in sheet, "faces that share a sheet with rules for paper are lost when a page is printed"
    fonts = re.findall(r'url\("([^"]+)"\)', faces)
    assert fonts
    assert [font.removeprefix(typesetting.FONTS) for font in fonts] == list(files)


def pieces(markup: str) -> list[str]:
    """The characters between the places where a line may end."""
    seen = markup.split("<mjx-assistive-mml>")[0]
    return [re.sub(r"<[^>]+>", "", piece).strip() for piece in re.split(r"<mjx-break[^>]*> </mjx-break>", seen)]


def test_a_short_formula_stays_whole(typesetter):
    assert len(pieces(typeset(typesetter, inline("u = x + y")))) == 1


def test_a_long_formula_ends_its_lines_before_signs_and_between_factors(typesetter):
    found = pieces(typeset(typesetter, display(LONG)))
    assert found[1].startswith("=")
    assert "(𝑨𝒙+𝒃)" in found, "a short bracket stays whole"
    assert "=exp\N{FUNCTION APPLICATION}((𝒙−𝝁)⊤𝑺−1)" in found, "a function keeps its argument"


def test_a_long_bracket_may_be_broken(typesetter):
    found = pieces(typeset(typesetter, display(BRACKET)))
    assert len(found) > 8
    assert not any(piece.endswith(("+", "(")) for piece in found), found


def test_a_long_bracket_around_a_sum_may_be_broken(typesetter):
    inside = r"\sum_{i=1}^{N} \boldsymbol{A}\boldsymbol{B}(\boldsymbol{x}_{i} - \boldsymbol{\mu})"
    inside += r" - N\boldsymbol{S}^{-1} + c\boldsymbol{B} - d\boldsymbol{C}"
    found = pieces(typeset(typesetter, display(rf"f = a\left({inside}\right)")))
    assert [piece[:1] for piece in found if piece[:1] in "+−"] == ["−", "+", "−"]


def test_a_long_bracket_within_a_long_bracket_may_be_broken(typesetter):
    terms = " + ".join("abcdefghijklmnopq")
    found = pieces(typeset(typesetter, display(rf"f = \left(\left({terms}\right)^{{2}} - \frac{{x}}{{y}}\right)")))
    assert len(found) > 17


def test_a_number_stays_with_what_it_multiplies(typesetter):
    terms = " + ".join("abcdefghijklmnopq")
    factors = (rf"\left({terms}\right)", rf"({terms})", rf"\boldsymbol{{A}}\boldsymbol{{B}} - {terms}")
    numbers = ("2", r"\tfrac{1}{2}", r"\frac{1}{2}", "0.5")
    pages = [display(f"= x + {number}{factor}") for number in numbers for factor in factors]
    typesetter.prepare(pages)  # all of them by one process
    for page in pages:
        found = pieces(typesetter.typeset_page(page))
        assert len(found) > 15, page
        assert not [piece for piece in found if re.fullmatch(r"[+−=]?[\d./]+", piece)], found


def shaped(factor: str) -> str:
    return rf"\class{{shaped}}{{\underbrace{{{factor}}}_{{N\times N}}}}"


def test_lines_end_between_factors_with_shapes_and_before_the_signs_between_them(typesetter):
    found = pieces(
        typeset(typesetter, display(f"= {shaped('A')}{shaped('B')}{shaped('C')} + {shaped('D')}{shaped('E')}"))
    )
    assert [re.sub(r"[^=+𝐴-𝐸]", "", piece) for piece in found] == ["=𝐴", "𝐵", "𝐶", "+𝐷", "𝐸"]


def test_a_short_mark_stays_whole_and_a_long_one_may_be_broken(typesetter):
    short = pieces(typeset(typesetter, display(r"= x + y + z + \class{changed}{(a + b)c} + d + e + f + g")))
    assert "(𝑎+𝑏)𝑐" in "|".join(short)
    terms = " + ".join("abcdefghijklmnopq")
    long = typeset(typesetter, display(rf"= x + \class{{changed}}{{{terms}}} + y"))
    assert len(pieces(long)) > 15
    assert len(re.findall('class="changed"', long)) == 2 * 17 - 1, "every part has the mark"


@pytest.mark.slow
def test_a_strict_build_of_the_project_does_not_pass_without_node(workshop, root):
    """Elsewhere, with the hook alone, formulas are left to the reader's browser (as in `built_project`)."""
    assert workshop.run() == 0
    (workshop.docs.parent / "package.json").write_text("{}", "utf-8")
    with pytest.raises(AssertionError) as raised:
        built_project(workshop, root, "https://example.org/")
    said = str(raised.value)
    assert "is missing: formulas are left to the reader's browser." in said
    assert "assert 1 == 0" in said, "the exit status of the builder"
