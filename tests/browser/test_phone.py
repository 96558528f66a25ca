"""Nothing overflows, and no formula is cut off, on a phone 390 pixels wide."""

from __future__ import annotations

import pytest

from tests.browser.reading import DESKTOP, PHONE
from tests.browser.test_formulas import FAULTS as UNTYPESET
from tests.browser.test_formulas import STEP

# Two workers drive a browser each: one for these, one for what takes longest.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

# A display formula may scroll in its own box only where it cannot be broken into lines: where a matrix, an
# array or a brace is wider than the page.
FAULTS = """() => {
    const faults = []
    const width = document.scrollingElement.scrollWidth
    if (width > 390) {
        const scrolling = ".arithmatex, pre, .tabbed-labels, .md-typeset__table"
        const wide = [...document.querySelectorAll(".md-content *")].filter(
            box => box.getBoundingClientRect().right > 391 && !box.closest(scrolling))
        const excerpts = wide.slice(0, 3).map(box => box.outerHTML.slice(0, 80))
        faults.push(`the page is ${width} pixels wide: ${excerpts}`)
    }
    for (const formula of document.querySelectorAll("mjx-container")) {
        if (!formula.checkVisibility()) continue
        const box = formula.closest("div.arithmatex") ?? formula.closest("p, li, td, th, dd, summary, div")
        const excerpt = formula.querySelector("math")?.textContent.slice(0, 60)
        const scrolls = box.scrollWidth > box.clientWidth + 1
        const mayScroll = formula.querySelector("mjx-mtable, mjx-munder, mjx-munderover")
        const saysSo = box.matches(".scrolls[tabindex]")
        if (scrolls && !saysSo && !box.matches("div.arithmatex")) faults.push(`cut off: ${excerpt}`)
        const isWhole = saysSo && formula.querySelector("mjx-mfrac")
        // A box may hold several formulas: the one that is wider than it makes it scroll.
        const isWide = formula.getBoundingClientRect().width > box.clientWidth
        if (scrolls && isWide && !mayScroll && !isWhole) faults.push(`not broken into lines: ${excerpt}`)
        if (scrolls && getComputedStyle(box).overflowX !== "auto") faults.push(`out of reach: ${excerpt}`)
    }
    for (const text of document.querySelectorAll("svg.chain-picture text")) {
        if (!text.checkVisibility()) continue
        const inside = text.getBoundingClientRect(), picture = text.ownerSVGElement.getBoundingClientRect()
        const isOut = inside.right > picture.right + 1 || inside.left < picture.left - 1
        if (isOut) faults.push(`cut off in a picture: ${text.textContent}`)
    }
    return faults
}"""


def test_nothing_overflows_and_every_formula_is_typeset(new_reader, site):
    reader = new_reader(PHONE, lingers=True)
    faults = []
    formulas = 0
    for path in site.paths()[::STEP]:
        reader.open(path)
        faults += [f"{path}: {fault}" for look in (FAULTS, UNTYPESET) for fault in reader.page.evaluate(look)]
        reader.unfold()
        faults += [f"{path}, unfolded: {fault}" for look in (FAULTS, UNTYPESET) for fault in reader.page.evaluate(look)]
        formulas += reader.page.locator("mjx-container").count()
    assert not faults, "\n".join(faults)
    assert formulas >= 10, "hardly a formula on the whole site"
    assert not reader.complaints


def test_shapes_of_matrices_fit_beside_their_arrows(new_reader):
    reader = new_reader(PHONE)
    reader.open("identities/backward/attention-rows-backward/")
    assert reader.page.evaluate(FAULTS) == []


def test_the_shapes_of_a_long_product_wrap(new_reader):
    reader = new_reader(PHONE)
    reader.open("identities/backward/layer-norm-backward/")
    assert "; " in reader.page.locator(".plan .shape").first.inner_text()
    assert reader.page.evaluate(FAULTS) == []


CUT_OFF = """() => [...document.querySelectorAll("div.arithmatex")].filter(
    box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1).map(
    box => box.querySelector("math").textContent.slice(0, 60))"""
SIZES = """() => [...document.querySelectorAll("div.arithmatex > mjx-container")].filter(
    formula => formula.checkVisibility()).map(
    formula => parseFloat(getComputedStyle(formula).fontSize)
        / parseFloat(getComputedStyle(formula.parentElement).fontSize))"""


def test_a_formula_that_is_a_little_too_wide_is_set_smaller(new_reader):
    reader = new_reader(PHONE)
    reader.open("exercises/mml-5-8-c/")
    reader.unfold()
    assert reader.page.evaluate(CUT_OFF) == []
    sizes = reader.page.evaluate(SIZES)
    assert 0.7 < min(sizes) < 1, "a matrix of the component route does not fit in full size"
    assert sorted(sizes)[len(sizes) // 2] == pytest.approx(1.04, rel=1e-4), "all others have their size"
    reader.page.set_viewport_size({"width": 1280, "height": 900})
    reader.wait_for_formulas()
    assert min(reader.page.evaluate(SIZES)) == pytest.approx(1.04, rel=1e-4), (
        "where there is room again, so is the size"
    )


@pytest.mark.parametrize("path", ["identities/determinant/det/"])
def test_a_matrix_has_the_room_of_a_phone(new_reader, path):
    reader = new_reader(PHONE)
    reader.open(path)
    reader.unfold()
    assert reader.page.locator("div.arithmatex mjx-mtable:visible").count() > 0
    assert reader.page.evaluate(CUT_OFF) == []
    assert min(reader.page.evaluate(SIZES)) > 0.7


PLACES = """step => {
    const place = name => step.querySelector(name).getBoundingClientRect()
    return [place(".arithmatex").bottom, place(".reason").top, place(".reason").left]
}"""


def test_reasons_stand_beneath_their_formulas(new_reader, site):
    path = next(path for path in site.paths() if path.startswith("exercises/mml"))
    reader = new_reader(PHONE)
    reader.open(path)
    bottom, top, _ = reader.page.locator(".step:visible").first.evaluate(PLACES)
    assert top >= bottom

    reader.page.set_viewport_size(DESKTOP)
    bottom, top, left = reader.page.locator(".step:visible").first.evaluate(PLACES)
    assert top < bottom
    assert left > 390


def test_a_turned_phone_sets_its_formulas_anew(new_reader, site):
    path = next(path for path in site.paths() if path.endswith("mml-5-8-a/"))
    reader = new_reader({"width": 844, "height": 390})
    reader.open(path)
    reader.page.set_viewport_size(PHONE)
    reader.page.wait_for_timeout(800)
    reader.wait_for_formulas()
    assert reader.page.evaluate(FAULTS) == []
