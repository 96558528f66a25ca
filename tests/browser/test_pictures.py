"""A picture of a whole page shows the whole page, though what is far from the window waits to be drawn."""

from __future__ import annotations

import base64

import pytest

from tests.browser.reading import PHONE

# Two workers drive a browser each: one for these, one for what takes longest.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

UNSEEN = """() => [...document.querySelectorAll(".md-content__inner *")].filter(
    box => box.checkVisibility() && !box.checkVisibility({ contentVisibilityAuto: true })).length"""
"""What is shown, but not drawn because it is far from the window."""
INK = """async source => {
    const picture = Object.assign(new Image(), { src: `data:image/png;base64,${source}` })
    await picture.decode()
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height })
    const drawing = canvas.getContext("2d")
    drawing.drawImage(picture, 0, 0)
    const places = [...document.querySelectorAll(".md-content__inner > :is(.tabbed-set, .derivation, .sheet-group)")]
    return places.filter(place => place.checkVisibility()).map(place => {
        const box = place.getBoundingClientRect()
        const x = Math.max(0, Math.floor(box.left)), y = Math.floor(box.top + scrollY)
        const { data } = drawing.getImageData(x, y, Math.floor(box.width), Math.floor(box.height))
        let dark = 0
        for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 300) dark += 1
        return dark / (data.length / 4)
    })
}"""
"""The part of each block that is dark, in a picture of the page."""


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE])
@pytest.mark.parametrize("path", ["exercises/mml-5-8-a/", "exercises/mml-5-8-c/", "identities/"])
def test_a_picture_of_the_whole_page_holds_all_of_it(new_reader, site, path, viewport):
    page = new_reader(viewport, fresh=True).page
    page.goto(site.address + path)
    session = page.context.new_cdp_session(page)
    # The window is made as large as the page, which is what it takes for all of it to be drawn at once. What waited had
    # about its height: the page may have grown, so that it is done again.
    for _ in range(2):
        size = session.send("Page.getLayoutMetrics")["cssContentSize"]
        shape = {"width": viewport["width"], "height": round(size["height"])}
        session.send("Emulation.setDeviceMetricsOverride", shape | {"deviceScaleFactor": 1, "mobile": False})
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    page.wait_for_function("document.querySelector('.sheet-row noscript') === null")
    page.wait_for_timeout(1000)  # so large a window takes its time
    assert page.evaluate(UNSEEN) == 0
    picture = session.send("Page.captureScreenshot")
    ink = page.evaluate(INK, picture["data"])
    assert len(ink) > 3
    assert [part for part in ink if part < 0.002] == []


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE])
def test_so_does_a_picture_that_is_taken_as_the_page_opens(new_reader, site, viewport):
    page = new_reader(viewport, still=True, fresh=True).page
    page.goto(site.address + "exercises/mml-5-8-a/")
    assert_holds_the_page(page, page.screenshot(full_page=True))


def test_so_does_the_second_one_of_the_cheat_sheet(new_reader, site):
    """A script puts the formulas of its rows in, once the window is as high as the page; the first may be too soon."""
    page = new_reader({"width": 1280, "height": 900}, still=True, fresh=True).page
    page.goto(site.address + "identities/")
    page.screenshot(full_page=True)
    page.wait_for_function("document.querySelector('.sheet-row noscript') === null")
    assert_holds_the_page(page, page.screenshot(full_page=True))


def assert_holds_the_page(page, picture):
    ink = page.evaluate(INK, base64.b64encode(picture).decode())
    assert len(ink) > 3
    assert [part for part in ink if part < 0.002] == []


AS_IT_OPENS = f"""addEventListener("load", () => requestAnimationFrame(() => {{
    window.asItOpens = [({UNSEEN})(), document.documentElement.scrollHeight]
}}))"""


def test_as_the_page_opens_what_is_far_from_the_window_is_not_drawn(new_reader, site):
    page = new_reader(PHONE, fresh=True).page
    page.add_init_script(AS_IT_OPENS)
    page.goto(site.address + "exercises/mml-5-8-a/")
    page.wait_for_function("window.asItOpens")
    unseen, estimated = page.evaluate("window.asItOpens")
    assert unseen > 100
    page.evaluate("document.documentElement.classList.add('laid-out')")
    assert estimated == pytest.approx(page.evaluate("document.documentElement.scrollHeight"), rel=0.1)


@pytest.mark.parametrize("path", ["exercises/mml-5-8-a/", "identities/trace/trace-xtbx/", "rules/hadamard/"])
def test_once_a_reader_is_there_all_is_drawn_though_nobody_scrolls(new_reader, site, path):
    reader = new_reader(PHONE, lingers=True)
    page = reader.page
    page.goto(site.address + path)
    page.keyboard.press("Shift")
    page.wait_for_function(f"({UNSEEN})() === 0")
    # What is folded is drawn then, too, so that words in it are found.
    page.wait_for_function("document.querySelector('.md-content details .arithmatex > noscript') === null")
    assert page.evaluate("scrollY") == 0
    assert not reader.complaints


@pytest.mark.parametrize("to", ["a place on the page", "back to it"])
def test_where_exact_heights_count_everything_is_drawn(new_reader, site, to):
    page = new_reader(PHONE).page
    page.goto(site.address + "exercises/mml-5-8-a/" + ("#in-code" if to == "a place on the page" else ""))
    if to == "back to it":
        page.reload()
    assert page.evaluate(UNSEEN) == 0


def test_without_scripts_nothing_waits_for_them(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + "exercises/mml-5-8-a/")
    waiting = page.locator(".md-content__inner > *").evaluate_all(
        "all => all.filter(box => getComputedStyle(box).contentVisibility !== 'visible').map(box => box.outerHTML)"
    )
    assert page.locator(".tabbed-set").count() > 3
    assert waiting == []
    context.close()
