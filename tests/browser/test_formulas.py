"""Every formula of every page is typeset when the reader comes by a click; by an address, `test_phone.py` sees it."""

from __future__ import annotations

import pytest

from tests.conftest import EVERY_PAGE, one_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

FAULTS = """() => {
    const faults = []
    const excerpt = box => box.textContent.trim().slice(0, 80)
    for (const box of document.querySelectorAll(".arithmatex")) {
        if (!box.checkVisibility()) continue
        const formula = box.querySelector("mjx-container")
        if (!formula || formula.querySelector("mjx-lazy")) faults.push(`not typeset: ${excerpt(box)}`)
        else if (!formula.getBoundingClientRect().width) faults.push(`empty: ${excerpt(box)}`)
        else if (!formula.querySelector("mjx-assistive-mml math")) faults.push(`no MathML: ${excerpt(box)}`)
    }
    for (const error of document.querySelectorAll("mjx-merror"))
        faults.push(`error: ${error.getAttribute("data-mjx-error") ?? error.textContent}`)
    for (const glyph of document.querySelectorAll("mjx-utext"))
        faults.push(`no glyph for ${glyph.textContent}`)
    const content = document.querySelector(".md-content").cloneNode(true)
    content.querySelectorAll("code, noscript, .arithmatex").forEach(part => part.remove())
    const raw = content.textContent.match(
        /.{0,30}(\\\\\\(|\\\\\\[|\\$\\$|\\\\[a-z]{3,}|data-search-exclude).{0,30}/)
    if (raw) faults.push(`raw TeX: ${raw[0]}`)
    return faults
}"""


STEP = 1 if EVERY_PAGE else one_in(2)
"""Of the kinds of pages, every other one is opened by its address, and the others by clicks."""


def test_after_instant_navigation(new_reader, site):
    reader = new_reader(lingers=True)
    faults = []
    reader.open("")
    reader.page.evaluate("window.sameDocument = true")
    for path in [*site.paths()[STEP - 1 :: STEP], ""]:
        if path == reader.page.url.removeprefix(site.address):
            continue
        reader.follow(path)
        assert reader.page.evaluate("window.sameDocument"), f"{path} was loaded anew"
        faults += [f"{path}: {fault}" for fault in reader.page.evaluate(FAULTS)]
        reader.unfold()
        faults += [f"{path}, unfolded: {fault}" for fault in reader.page.evaluate(FAULTS)]
    assert not faults, "\n".join(faults)
    assert not reader.complaints


def test_in_both_schemes_formulas_have_the_colour_of_the_text(new_reader, site):
    path = next(path for path in site.paths() if path.startswith("exercises/mml"))
    colours = {}
    reader = new_reader()
    reader.open(path)
    for scheme in ("dark", "light"):
        reader.page.emulate_media(color_scheme=scheme)
        wanted = "slate" if scheme == "dark" else "default"
        reader.page.wait_for_function(f"document.body.dataset.mdColorScheme === '{wanted}'")
        background, colour = reader.page.evaluate(
            """[getComputedStyle(document.body).backgroundColor,
                getComputedStyle(document.querySelector("mjx-container")).color]"""
        )
        colours[scheme] = (background, colour)
        assert background != colour
    assert colours["light"] != colours["dark"]
