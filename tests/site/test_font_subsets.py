"""Fonts hold every character of the formulas that they are for, drawn as in the whole font, and little else."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from jacobook.site.typesetting.font_subsets import characters_of, with_subsets

FACES = """@font-face { font-family: MJX-NCM-ZERO; src: url("js/output/mjx-ncm-zero.woff2") format("woff2"); }
@font-face { font-family: MJX-NCM-N; src: url("js/output/mjx-ncm-n.woff2") format("woff2"); }
@font-face { font-family: MJX-NCM-LO; src: url("js/output/mjx-ncm-lo.woff2") format("woff2"); }
"""
WRITTEN = "𝑨𝒙⊤∑=1"


@pytest.fixture(scope="module")
def fonts(root):
    return root / "node_modules" / "@mathjax" / "mathjax-newcm-font" / "chtml" / "woff2"


@pytest.fixture(scope="module")
def subsets(fonts) -> tuple[str, dict[str, bytes]]:
    return with_subsets(FACES, fonts, frozenset(map(ord, WRITTEN)), "../letters/")


def outline(font: TTFont, character: str) -> tuple[int, object]:
    glyphs, name = font.getGlyphSet(), font.getBestCmap()[ord(character)]
    pen = RecordingPen()
    glyphs[name].draw(pen)
    return glyphs[name].width, pen.value


def test_faces_name_the_files_by_what_is_in_them(subsets, fonts):
    faces, files = subsets
    named = re.findall(r'url\("\.\./letters/([^"]+)"\)', faces)
    assert named == list(files)
    assert [name.split(".")[0] for name in named] == ["mjx-ncm-zero", "mjx-ncm-n", "mjx-ncm-lo"]
    other = with_subsets(FACES, fonts, frozenset(map(ord, WRITTEN + "𝜕")), "../letters/")[1]
    assert [name in files for name in other] == [True, False, True], "only one font has another character"


def test_every_character_is_drawn_as_in_the_whole_font_and_no_other_is_there(subsets, fonts):
    content = next(content for name, content in subsets[1].items() if name.startswith("mjx-ncm-n."))
    smaller, whole = TTFont(BytesIO(content)), TTFont(fonts / "mjx-ncm-n.woff2")
    assert {chr(code) for code in smaller.getBestCmap()} == set(WRITTEN)
    for character in WRITTEN:
        assert outline(smaller, character) == outline(whole, character), character
    assert outline(smaller, "𝑨")[1], "a letter has an outline"
    for table, names in {"hhea": ("ascent", "descent", "lineGap"), "OS/2": ("sTypoAscender", "usWinDescent")}.items():
        for name in names:
            assert getattr(smaller[table], name) == getattr(whole[table], name), name
    assert len(content) < (fonts / "mjx-ncm-n.woff2").stat().st_size / 10


def test_a_font_that_only_sets_heights_stays_whole(subsets, fonts):
    content = next(content for name, content in subsets[1].items() if name.startswith("mjx-ncm-zero."))
    assert content == (fonts / "mjx-ncm-zero.woff2").read_bytes()


def test_characters_are_those_of_the_text():
    assert characters_of('<mjx-c class="mjx-c3D">=</mjx-c><mjx-c>∑</mjx-c>') == {ord("="), ord("∑")}
