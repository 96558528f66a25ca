"""Pages are printed, to PDF, by a browser that has never been here: what stands on the sheets, and how it is broken."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from pypdf import PdfReader

from tests.browser.browsing import fresh_profile

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

PARTS = ["exercises/mml-5-8-a/", "exercises/mml-5-8-b/", "exercises/mml-5-8-c/"]
KINDS = [*PARTS, "identities/", "identities/determinant/", "rules/product/", "layouts/"]
GLYPHS = """() => {
    dispatchEvent(new Event("beforeprint"))  // what waits until it comes into view is drawn
    document.querySelectorAll(".md-content details:not(.evidence, .agreeing)").forEach(box => { box.open = true })
    return [...document.querySelectorAll(".md-content mjx-c")].filter(
        glyph => glyph.checkVisibility() && /[\\p{L}\\p{N}]/u.test(glyph.textContent)).length
}"""
"""Letters and digits; a brace or a root may be drawn in any number of pieces."""
WIDTH = round((210 - 17 - 17) / 25.4 * 96)
"""What the margins leave of a sheet, in pixels."""
WIDE = """() => {
    document.querySelectorAll(".md-content details:not(.evidence, .agreeing)").forEach(box => { box.open = true })
    const boxes = [...document.querySelectorAll(".md-content .arithmatex")].filter(box => box.checkVisibility())
    const wide = boxes.filter(box => {
        const whole = box.closest(".step > .arithmatex") ?? box.closest("p, li, td, div")
        const right = Math.max(...[...box.querySelectorAll("mjx-c")].map(glyph => glyph.getBoundingClientRect().right))
        return right > whole.getBoundingClientRect().right + 2 || right > innerWidth + 1
    })
    return [boxes.length, wide.map(box => box.querySelector("math").textContent.slice(0, 60))]
}"""
HEADINGS = """() => [...document.querySelectorAll(".md-content :is(h2, h3), .tabbed-labels > label")].map(
    heading => heading.textContent.replace("\u00b6", "").trim()).filter(words => words)"""
REASONS = """() => [...document.querySelectorAll(".step > .reason > p:first-child > a.rule")].map(
    rule => rule.textContent.trim()).filter(words => words.length > 12)"""


TRUETYPE = """() => document.documentElement.style.setProperty(
    "--jb-serif", '"Liberation Serif", "DejaVu Serif", "Times New Roman"')"""
"""Text in a font with quadratic outlines: the first one of the page that a machine has may have cubic ones."""


@dataclass
class Sheet:
    """What stands on a sheet: words with their height above its lower edge, letters and digits of formulas."""

    height: float
    words: list[tuple[float, str]] = field(default_factory=list)
    glyphs: int = 0
    fonts: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        return " ".join("".join(words for _, words in self.words).split())

    @property
    def filled(self) -> float:
        """The part of the sheet down to its last words."""
        return 1 - min(place for place, _ in self.words) / self.height


@dataclass(frozen=True)
class Printed:
    """The sheets of a page, and the texts of its headings and reasons."""

    sheets: list[Sheet]
    headings: list[str]
    reasons: list[str]


@pytest.fixture(scope="session")
def printed(driver, chromium, site, tmp_path_factory) -> Callable[[str], Printed]:
    """Prints a page as the menu and the button of the page do: the browser itself changes the medium."""

    @functools.cache
    def of(path: str) -> Printed:
        with fresh_profile(driver, chromium, tmp_path_factory.mktemp("profile")) as context:
            page = context.pages[0]
            page.goto(site.address + path)
            page.wait_for_function("navigator.serviceWorker.controller !== null")
            page.wait_for_function("document.querySelector('.toggle-button')")
            page.wait_for_load_state("networkidle")
            page.evaluate(TRUETYPE)
            session = context.new_cdp_session(page)
            data = base64.b64decode(session.send("Page.printToPDF", {"preferCSSPageSize": True})["data"])
            sheets = [sheet_of(sheet) for sheet in PdfReader(io.BytesIO(data)).pages]
            return Printed(sheets, page.evaluate(HEADINGS), page.evaluate(REASONS))

    return of


def sheet_of(page) -> Sheet:
    sheet = Sheet(float(page.mediabox.height))

    def read(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        if not text.strip():
            if sheet.words:
                sheet.words.append((sheet.words[-1][0], " "))
            return
        # The fonts of formulas come without a name, as web fonts with cubic outlines do; other text is in the system's.
        if font is not None and font["/Subtype"] == "/Type3":
            sheet.glyphs += sum(character.isalnum() for character in text)
        else:
            sheet.words.append((tm[4] * cm[1] + tm[5] * cm[3] + cm[5], text))

    page.extract_text(visitor_text=read)
    return sheet


@pytest.mark.parametrize("path", KINDS)
def test_every_formula_is_on_the_first_print(new_reader, printed, path):
    found = printed(path)
    # How many glyphs there are is seen in another browser, in which nothing is printed.
    reader = new_reader()
    reader.open(path)
    reader.page.emulate_media(media="print")
    wanted = reader.page.evaluate(GLYPHS)
    assert wanted > 20
    # A few more come from the numbers at contour lines, which are outlined.
    assert wanted <= sum(sheet.glyphs for sheet in found.sheets) <= 1.05 * wanted
    for number, sheet in enumerate(found.sheets, 1):
        has_steps = any(reason in sheet.text for reason in found.reasons)
        assert sheet.glyphs > 10 or not has_steps, f"no formulas on sheet {number}"


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    "path", [*PARTS, "identities/losses/attention-backward/", "identities/quadratic/", "rules/product/"]
)
def test_no_formula_runs_over_its_reason_or_off_the_sheet(new_reader, path):
    reader = new_reader({"width": WIDTH, "height": 1000})
    reader.open(path)
    reader.page.emulate_media(media="print")
    formulas, wide = reader.page.evaluate(WIDE)
    assert formulas > 3
    assert wide == []


@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", PARTS)
def test_sheets_are_filled(printed, path):
    assert [sheet.filled for sheet in printed(path).sheets[:-1] if sheet.filled < 0.72] == []


@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", PARTS)
def test_headings_stay_with_what_follows(printed, path):
    found = printed(path)
    assert len(found.headings) > 3
    for number, sheet in enumerate(found.sheets, 1):
        text = sheet.text
        last = max((text.rfind(heading) + len(heading) for heading in found.headings if heading in text), default=0)
        rest = text[last:]
        follows = len(rest.split()) > 8 or "derived as above" in rest or any(reason in rest for reason in found.reasons)
        assert follows, f"nothing but {rest!r} comes after the last heading on sheet {number}"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", PARTS)
def test_the_code_of_the_page_is_printed_and_that_of_special_cases_is_not(printed, path):
    # The words of highlighted code stand apart in a PDF.
    text = "".join(sheet.text for sheet in printed(path).sheets).replace(" ", "")
    assert "Incode" in text
    assert text.count("importnumpyasnp") == 1
    assert text.count("defderivative(") == 1
    assert "generatorderive" not in text


@pytest.mark.parametrize("path", ["notation/", "exercises/mml-5-8-a/"])
def test_tables_are_as_white_as_the_paper(new_reader, path):
    reader = new_reader()
    reader.open(path)
    reader.page.emulate_media(media="print")
    backgrounds = reader.page.evaluate(
        """() => [...document.querySelectorAll(".md-content :is(table:not([class]), th, td)")].map(
            cell => getComputedStyle(cell).backgroundColor)"""
    )
    assert backgrounds
    assert set(backgrounds) <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}


def test_lines_one_level_down_are_introduced(printed):
    words = " ".join(sheet.text for sheet in printed("identities/backward/softmax-backward/").sheets)
    assert "Where this comes from" in words
