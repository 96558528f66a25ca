"""The layout that a reader chose: on every page, after a reload, in every tab, on paper, and without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reading import PHONE, Reader
from tests.browser.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ENTRY, SHEET, LIST, GROUP = "exercises/mml-5-8-a/", "identities/", "exercises/", "identities/losses/"
TAYLOR = "exercises/mml-5-4/"
BEYOND = "exercises/mml-5-5-f3/"
SAME = "identities/trace/trace/"


@pytest.fixture(scope="module")
def axe(root):
    return (root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def choose(reader: Reader, layout: str) -> None:
    reader.page.get_by_role("button", name=f"{layout} layout").first.click()


def shapes(reader: Reader, box: str) -> list[str]:
    """Return the shapes that are shown, in a box."""
    return reader.page.locator(f"{box} .shape").evaluate_all(
        "shapes => shapes.filter(one => one.checkVisibility()).map(one => one.textContent)"
    )


def test_the_choice_turns_everything_on_the_page(entry):
    reader = entry
    assert shapes(reader, "#result > .result-title") == ["1×D"]
    assert shapes(reader, ":is(#y-by-x-value, #z-by-y-value)") == ["1×D", "D×D"]
    assert "(1×1)(1×D)(D×D) = 1×D" in shapes(reader, ".plan")
    choose(reader, "Denominator")
    assert shapes(reader, "#result > .result-title") == ["D×1"]
    assert shapes(reader, ":is(#y-by-x-value, #z-by-y-value)") == ["D×1", "D×D"]
    assert "(D×D)(D×1)(1×1) = D×1" in shapes(reader, ".plan")
    expect(reader.page.locator(".plan .in-denominator").first).to_contain_text("innermost on the left")
    pressed = reader.page.get_by_role("group", name="Layout of derivatives").get_by_role("button", pressed=True)
    expect(pressed).to_have_text("Denominator layout")


def test_the_choice_is_kept_over_pages_reloads_and_tabs(new_reader):
    reader = new_reader()
    reader.open(SAME)
    other = reader.page.context.new_page()
    other.goto(reader.site.address + LIST)
    other.locator(".sort-button").first.wait_for()
    choose(reader, "Denominator")
    reader.follow("identities/quadratic/quadratic-form/")
    assert shapes(reader, "#result > .result-title") == ["N×1"]
    expect(reader.page.get_by_role("button", name="Denominator layout")).to_have_attribute("aria-pressed", "true")
    reader.page.reload()
    reader.wait_for_formulas()
    assert shapes(reader, "#result > .result-title") == ["N×1"]
    expect(other.locator("html")).to_have_attribute("data-layout", "denominator")
    expect(other.get_by_role("button", name="Denominator layout")).to_have_attribute("aria-pressed", "true")
    choose(reader, "Jacobian")
    expect(other.locator("html")).not_to_have_attribute("data-layout", re.compile("."))
    reader.page.reload()
    reader.wait_for_formulas()
    assert shapes(reader, "#result > .result-title") == ["1×N"]


def test_the_wrong_layout_is_never_painted(new_reader):
    """The root has the choice before the body is there, under the policy of the pages."""
    reader = new_reader(policy=True, fresh=True)
    reader.page.goto(reader.site.address + SAME)
    reader.page.evaluate("localStorage.setItem('jacobook.layout', 'denominator')")
    reader.page.add_init_script(
        "new MutationObserver((_, watch) => { if (document.body) {"
        "window.atFirst = document.documentElement.dataset.layout; watch.disconnect() } })"
        ".observe(document, { childList: true, subtree: true })"
    )
    reader.page.reload()
    assert reader.page.evaluate("window.atFirst") == "denominator"
    assert not reader.complaints


@pytest.mark.one_in(2)
@pytest.mark.parametrize("path", [SHEET, LIST, GROUP])
def test_tables_are_turned(new_reader, path):
    reader = new_reader()
    reader.open(path)
    before = shapes(reader, ".md-content")
    assert any(re.fullmatch(r"1×[A-Z]", shape) for shape in before)
    choose(reader, "Denominator")
    after = shapes(reader, ".md-content")
    assert len(after) == len(before)
    for one, other in zip(before, after, strict=True):
        assert other in (one, "×".join(reversed(one.split("×"))))
        if re.fullmatch(r"1×[A-Z]", one):
            assert other == f"{one[2]}×1"


def test_a_row_of_the_sheet_that_waits_is_drawn_in_both_layouts(new_reader):
    reader = new_reader()
    reader.open(SHEET)
    choose(reader, "Denominator")
    row = (
        reader.page.locator(".sheet-group .sheet-row", has_text="Quadratic form")
        .filter(has=reader.page.locator(".in-denominator"))
        .first
    )
    plain = row.locator(".sheet-derivative > .sheet-plain")
    assert plain.get_attribute("data-turned") != plain.inner_text()
    row.scroll_into_view_if_needed()
    drawn = row.locator(".sheet-derivative .in-denominator mjx-container")
    expect(drawn).to_be_visible()
    expect(row.locator(".sheet-derivative .in-jacobian")).to_be_hidden()


@pytest.mark.parametrize(
    ("path", "said"),
    [(BEYOND, "more than two indices: there is no denominator layout"), (SAME, "the same in both layouts")],
)
def test_where_there_is_nothing_to_turn_the_result_says_so(new_reader, path, said):
    reader = new_reader()
    reader.open(path)
    before = reader.page.locator("#answer").inner_text()
    choose(reader, "Denominator")
    expect(reader.page.locator("#result > .result-title")).to_contain_text(said)
    assert reader.page.locator("#answer").inner_text() == before


@pytest.mark.parametrize("path", [ENTRY, "exercises/mml-5-8-c/"])
def test_what_is_not_turned_says_so(new_reader, path):
    reader = new_reader()
    reader.open(path)
    note = reader.page.get_by_text("The numbers and the code here are in the Jacobian layout.").and_(
        reader.page.locator("#in-code ~ .tabbed-set *")
    )
    expect(note).to_be_hidden()
    choose(reader, "Denominator")
    expect(note).to_be_visible()
    reader.open(SAME)
    expect(note).to_have_count(0)


def test_keyboard_and_phone(new_reader, axe):
    reader = new_reader(PHONE)
    reader.open(SAME)
    button = reader.page.get_by_role("button", name="Denominator layout")
    button.focus()
    reader.page.keyboard.press("Enter")
    expect(reader.page.locator("html")).to_have_attribute("data-layout", "denominator")
    expect(button).to_be_focused()
    assert reader.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    box = button.bounding_box()
    assert box
    assert box["height"] >= 24
    assert box["x"] + box["width"] <= PHONE["width"]
    assert not violations(reader, axe, within="#result")


def test_what_is_copied_is_what_is_shown(entry):
    reader = entry
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    texts = []
    for layout in ("Jacobian", "Denominator"):
        choose(reader, layout)
        reader.page.get_by_role("button", name="Copy LaTeX").first.click()
        reader.page.get_by_text("Copied").first.wait_for()
        texts.append(reader.page.evaluate("navigator.clipboard.readText()"))
    assert texts[0].startswith(r"\frac{\mathrm{d}f}")
    assert texts[1] != texts[0]
    assert texts[1].startswith(r"\left(\frac{\mathrm{d}f}")


def test_the_shape_is_asked_for_in_the_layout_that_is_shown(new_reader):
    reader = new_reader()
    reader.open("identities/quadratic/quadratic-form/")
    reader.without_engine()
    choose(reader, "Denominator")
    box = reader.page.locator(".check-answer")
    box.get_by_role("button").first.click()
    box.get_by_label("Rows").fill("1")
    box.get_by_label("Columns").fill("N")
    box.get_by_label("Columns").press("Enter")
    expect(box.locator(".answer-verdict")).to_contain_text("In the Jacobian layout, yes.")
    box.get_by_label("Rows").fill("N")
    box.get_by_label("Columns").fill("1")
    box.get_by_label("Columns").press("Enter")
    expect(box.locator(".answer-verdict")).to_have_text("Right: N×1.")


def test_paper_has_the_layout_that_was_chosen(new_reader):
    reader = new_reader()
    reader.open(ENTRY)
    choose(reader, "Denominator")
    reader.page.emulate_media(media="print")
    assert shapes(reader, "#result > .result-title") == ["D×1"]
    names = reader.page.locator("#result .layout-button:visible").all_inner_texts()
    assert names == ["Denominator layout"]
    reader.page.goto(f"{reader.site.address}{SHEET}?group=trace")
    reader.page.emulate_media(media="print")
    expect(reader.page.locator(".sheet-imprint")).to_contain_text(
        "Denominator layout: a scalar by a vector is a column"
    )


@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", [ENTRY, SHEET, LIST])
def test_without_a_script_both_are_there(browser, site, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + path)
    assert page.locator(".layout-choice:visible").count() == 0
    first, second = (
        page.locator(".md-content .in-jacobian:visible"),
        page.locator(".md-content .in-denominator:visible"),
    )
    assert first.count() == second.count() > 0
    marks = second.evaluate_all("all => all.map(one => getComputedStyle(one, '::before').content)")
    assert '"Denominator layout: "' in marks
    context.close()


@pytest.mark.parametrize(
    ("anchor", "place"),
    [
        ("", "layouts/"),
        ("#layouts", "layouts/#layouts"),
        ("#the-command-line", "notation/#the-command-line"),
        ("#how-to-read-a-page", "how-to-read/#how-to-read-a-page"),
    ],
)
def test_former_sections_of_the_conventions_are_found(new_reader, site, anchor, place):
    reader = new_reader(policy=True)
    reader.page.goto(f"{site.address}conventions/{anchor}")
    reader.page.wait_for_url(site.address + place)
    assert not reader.complaints


def test_exercises_are_put_in_order_by_level(new_reader):
    reader = new_reader()
    reader.open(LIST)
    levels = "rows => rows.map(row => Number(row.querySelector('.level').className.match(/level-(.)/)[1]))"
    rows = reader.page.locator(".exercise-table tbody tr")
    before = rows.evaluate_all(levels)
    assert before != sorted(before)
    reader.page.get_by_role("button", name="Level").click()
    assert rows.evaluate_all(levels) == sorted(before)
    expect(reader.page.get_by_role("columnheader", name="Level")).to_have_attribute("aria-sort", "ascending")
    reader.page.get_by_role("button", name="Number").click()
    assert rows.evaluate_all(levels) == before
