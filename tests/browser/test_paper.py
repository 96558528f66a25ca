"""Pages are printed, to PDF, by a browser that has never been here: what stands on the sheets, and how it is broken."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field

import pytest
from pypdf import PdfReader

# One worker runs all browser tests, so that the site is built once.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PARTS = ["exercises/mml-5-8-a/", "exercises/mml-5-8-b/", "exercises/mml-5-8-c/"]
KINDS = [*PARTS, "identities/", "identities/determinant/", "rules/product/", "conventions/"]
BOTTOM = 18 * 72 / 25.4
"""The margin at the bottom of a sheet, in pt."""
GLYPHS = """() => {
    document.querySelectorAll(".md-content details:not(.evidence, .agreeing)").forEach(box => { box.open = true })
    return [...document.querySelectorAll(".md-content mjx-c")].filter(glyph => glyph.checkVisibility()).length
}"""
REASONS = """() => [...document.querySelectorAll(".step > .reason > p:first-child > a.rule")].map(
    rule => rule.textContent.trim()).filter(words => words.length > 12)"""


@dataclass
class Sheet:
    """What stands on a sheet of paper: words with their height above its lower edge, and glyphs of formulas."""

    height: float
    words: list[tuple[float, str]] = field(default_factory=list)
    glyphs: int = 0
    fonts: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        return " ".join("".join(words for _, words in self.words).split())

    @property
    def lowest(self) -> float:
        return min(place for place, _ in self.words)

    def last_line(self) -> str:
        return "".join(words for place, words in self.words if place < self.lowest + 3).strip()


def printed(context, address: str) -> list[Sheet]:
    """Print a page as the menu and the button of the page do: the browser itself changes the medium."""
    page = context.pages[0]
    page.goto(address)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_function("document.querySelector('.toggle-button')")
    page.wait_for_load_state("networkidle")
    session = context.new_cdp_session(page)
    data = session.send("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    return [sheet_of(page) for page in PdfReader(io.BytesIO(base64.b64decode(data))).pages]


def sheet_of(page) -> Sheet:
    sheet = Sheet(float(page.mediabox.height))

    def read(text: str, cm: list[float], tm: list[float], font: dict | None, size: float) -> None:
        if not text.strip():
            if sheet.words:
                sheet.words.append((sheet.words[-1][0], " "))
            return
        # Web fonts with cubic outlines, as those of formulas are, come without a name; all other text is in the system's.
        if font is not None and font["/Subtype"] == "/Type3":
            sheet.glyphs += len("".join(text.split()))
        else:
            sheet.words.append((tm[4] * cm[1] + tm[5] * cm[3] + cm[5], text))

    page.extract_text(visitor_text=read)
    return sheet


@pytest.mark.parametrize("path", KINDS)
def test_every_formula_is_on_the_first_print(new_reader, fresh_profile, site, path):
    sheets = printed(fresh_profile, site.address + path)
    found = sum(sheet.glyphs for sheet in sheets)
    # How many there are is seen in another browser, in which nothing is printed.
    reader = new_reader()
    reader.open(path)
    reader.page.emulate_media(media="print")
    wanted = reader.page.evaluate(GLYPHS)
    reasons = set(reader.page.evaluate(REASONS))
    assert wanted > 20
    assert 0.97 * wanted <= found <= 1.1 * wanted
    for number, sheet in enumerate(sheets, 1):
        assert not any(reason in sheet.text for reason in reasons) or sheet.glyphs > 10, f"no formulas on sheet {number}"
