"""axe-core finds nothing on any kind of page, Material's own parts included; what it cannot see is tried by keys."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.reading import DESKTOP, PHONE, Reader
from tests.conftest import EVERY_PAGE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

CONTRAST = ("color-contrast",)
"""All that a dark page may break when the light one is right."""


@pytest.fixture(scope="module")
def axe(root):
    return (root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


FORMULAS = "mjx-container"
"""Nine in ten elements of a page, and of one making everywhere: one page is looked at with them."""


THINNED = """() => {
    const seen = new Set()
    for (const token of document.querySelectorAll(".highlight span[class]:not(:has(*))")) {
        if (seen.has(token.className)) token.replaceWith(...token.childNodes)
        seen.add(token.className)
    }
    document.querySelectorAll(":is(.step, tbody > tr):nth-child(n + 4)").forEach(one => one.remove())
}"""
"""Leaves the first of what is made alike, and is half of a long page: lines of a derivation, rows of a table, words of
code in one colour. All is looked at where all pages are."""


def violations(
    reader: Reader, axe: str, rules: tuple[str, ...] = RULES, without: str = FORMULAS, within: str = "html"
) -> list[str]:
    """What breaks a rule, and which; what the selector `without` finds is emptied, in its size, and left out.

    Where `within` is given, only this part is looked at: every kind of page is looked at as a whole, as it opens.
    """
    reader.page.add_style_tag(content="* { transition: none !important; animation: none !important }")
    if reader.page.evaluate("!window.axe"):
        reader.page.evaluate(axe)
    if not EVERY_PAGE:
        reader.page.evaluate(THINNED)
    found = reader.page.evaluate(
        """async ([rules, without, within]) => {
            const left = without ? [...document.querySelectorAll(without)] : []
            const sizes = left.map(one => [one.offsetWidth, one.offsetHeight, getComputedStyle(one).display])
            left.forEach((one, number) => {
                const [width, height, display] = sizes[number]
                if (one.childElementCount) one.replaceChildren(one.textContent)
                if (!width) return
                const kind = display === "inline" ? "inline-block" : display
                one.style.cssText += `; display: ${kind}; width: ${width}px; height: ${height}px; overflow: hidden`
            })
            return (await axe.run({ include: [[within]], exclude: without ? [[without]] : [] }, {
                runOnly: rules, resultTypes: ["violations"], rules: { "target-size": { enabled: true } },
            })).violations.flatMap(
                rule => rule.nodes.map(node => `${rule.id}: ${node.target.flat().join(" ")}: ${node.html}`))
        }""",
        [list(rules), without, within],
    )
    return [" ".join(one.split())[:240] for one in sorted(found)]


LONGEST = "exercises/mml-5-8-a/"
"""The page with parts of every kind."""
WITH_FORMULAS = "rules/product/"
"""The page that is looked at with its formulas; they are made alike everywhere."""
LIGHT, FEWER = {"", LONGEST, WITH_FORMULAS}, {"", LONGEST}
"""The pages that are looked at, and the fewer on a phone and in the dark, unless it is all of them."""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page(new_reader, site, axe, viewport):
    reader = new_reader(viewport, lingers=True)
    faults = []
    paths = {*site.paths(), "404.html"}
    assert paths >= LIGHT
    fewer = paths if EVERY_PAGE else FEWER
    for path in sorted(paths if EVERY_PAGE else LIGHT if viewport == DESKTOP else fewer):
        reader.page.emulate_media(color_scheme="light")
        reader.open(path)
        reader.unfold()
        without = "" if path == WITH_FORMULAS and viewport == DESKTOP else FORMULAS
        faults += [f"{path}: {fault}" for fault in violations(reader, axe, without=without)]
        if viewport == DESKTOP and path in fewer:
            reader.page.emulate_media(color_scheme="dark")
            reader.page.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
            faults += [f"{path}, dark: {fault}" for fault in violations(reader, axe, CONTRAST)]
    assert not faults, "\n".join(faults)


def test_axe_is_asked_and_the_dark_colours_are_looked_at(new_reader, axe):
    reader = new_reader(color_scheme="dark")
    reader.open("rules/product/")
    reader.page.evaluate("document.querySelector('h1').style.color = '#333'")
    reader.page.evaluate("document.querySelector('.md-content').insertAdjacentHTML('beforeend', '<button></button>')")
    found = violations(reader, axe)
    assert {fault.partition(":")[0] for fault in found} == {"button-name", "color-contrast"}
    part = violations(reader, axe, within="h1")
    assert {fault.partition(":")[0] for fault in part} == {"color-contrast"}


@pytest.mark.parametrize(("viewport", "color_scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_open_search(new_reader, axe, viewport, color_scheme):
    reader = new_reader(viewport, color_scheme)
    reader.open("rules/product/?q=norm")
    reader.page.locator(".md-search-result__item").first.wait_for()
    assert not violations(reader, axe, within=".md-header")


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_open_menu_of_a_phone(new_reader, axe, color_scheme):
    reader = new_reader(PHONE, color_scheme)
    reader.open("rules/product/")
    reader.page.get_by_role("button", name="Menu", exact=True).click()
    reader.page.wait_for_timeout(400)
    assert reader.page.locator(".md-sidebar--primary").is_visible()
    assert not violations(reader, axe, RULES if color_scheme == "light" else CONTRAST)


def focus(reader: Reader) -> dict[str, Any]:
    """What has the focus, and whether it can be seen to have it."""
    return reader.page.evaluate(
        """() => {
            const box = document.activeElement.getBoundingClientRect()
            const style = getComputedStyle(document.activeElement)
            return {
                name: document.activeElement.getAttribute("aria-label") || document.activeElement.textContent.trim(),
                inside: box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
                shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
            }
        }"""
    )


def test_the_first_stop_skips_to_the_content(new_reader):
    reader = new_reader()
    reader.open("rules/product/")
    reader.page.keyboard.press("Tab")
    first = focus(reader)
    assert first["name"] == "Skip to content"
    assert first["inside"]
    assert first["shown"]
    reader.page.keyboard.press("Enter")
    # The address follows the reader, and loses the anchor again at the top of the page.
    reader.page.wait_for_function("location.hash && document.querySelector(location.hash).closest('main')")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_focus_is_always_seen(new_reader, viewport):
    reader = new_reader(viewport)
    reader.open("exercises/mml-5-8-a/")
    reader.page.add_style_tag(content="* { transition: none !important }")
    seen = []
    for _ in range(25):
        reader.page.keyboard.press("Tab")
        reader.page.wait_for_timeout(20)
        seen.append(focus(reader))
    assert all(stop["inside"] for stop in seen), [stop for stop in seen if not stop["inside"]]
    unseen = [stop["name"] for stop in seen if not stop["shown"]]
    # The choice of colours shows its focus on its icon; the search opens when it has the focus.
    assert not [name for name in unseen if not name.startswith(("Switch to", "Follow the system", "Search"))], seen


def test_the_menu_of_a_phone_by_keyboard(new_reader):
    reader = new_reader(PHONE)
    reader.open("rules/product/")
    menu = reader.page.get_by_role("button", name="Menu", exact=True)
    assert menu.get_attribute("aria-expanded") == "false"
    assert not reader.page.locator(".md-sidebar--primary").is_visible()
    menu.focus()
    reader.page.keyboard.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    reader.page.wait_for_function(
        "getComputedStyle(document.querySelector('.md-sidebar--primary')).visibility === 'visible'"
    )
    reader.page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert focus(reader)["name"] == "Menu"


def test_sections_of_the_navigation_open_by_keyboard(new_reader):
    reader = new_reader()
    reader.open("identities/norm/")
    button = reader.page.get_by_role("button", name="Pages of Norms", exact=True)
    before = button.get_attribute("aria-expanded")
    button.focus()
    reader.page.keyboard.press("Space")
    assert {before, button.get_attribute("aria-expanded")} == {"true", "false"}


SHORT = "identities/trace/trace/"
"""A page of an entry that is soon looked through."""


def test_less_motion_for_those_who_ask(new_reader):
    reader = new_reader()
    reader.page.emulate_media(reduced_motion="reduce")
    reader.open("")
    moving = reader.page.evaluate(
        """[...document.querySelectorAll("*")].filter(
            one => parseFloat(getComputedStyle(one).transitionDuration) > 0.001).length"""
    )
    assert moving == 0


def test_more_contrast_for_those_who_ask(new_reader):
    reader = new_reader()
    reader.open(SHORT)

    def quiet(contrast: str) -> str:
        reader.page.emulate_media(contrast=contrast)
        return reader.page.evaluate("getComputedStyle(document.querySelector('.source')).color")

    assert quiet("more") == "rgb(32, 40, 58)"
    assert quiet("no-preference") != "rgb(32, 40, 58)"


def test_colours_of_the_reader(new_reader, axe):
    reader = new_reader()
    reader.page.emulate_media(forced_colors="active")
    reader.open(SHORT)
    edge = reader.page.evaluate("getComputedStyle(document.querySelector('.result')).borderTopStyle")
    assert edge == "solid"
    assert not violations(reader, axe)
