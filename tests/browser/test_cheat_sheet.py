"""The cheat sheet: its filter by every control and by keyboard, what the address keeps, the phone, the paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.reading import PHONE
from tests.conftest import one_in

# Two workers drive a browser each: one for these, one for what needs the engine, and for paper.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

SHEET = "identities/"
ROWS = "[...document.querySelectorAll('.sheet-group .sheet-row')]"
SHOWN = f"{ROWS}.filter(row => row.checkVisibility()).map(row => ({{ ...row.dataset }}))"


@pytest.fixture
def open_sheet(new_reader, site):
    """A function that opens the sheet, perhaps with a query; formulas need not be typeset for what is tested here."""

    def opened(query: str = "", **options):
        reader = new_reader(**options)
        reader.page.goto(f"{site.address}{SHEET}{query}")
        expect(reader.page.locator(".sheet-filter.works")).to_be_visible()
        return reader

    return opened


def shown(page) -> list[dict[str, str]]:
    return page.evaluate(SHOWN)


def said(page) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+) of (\d+) shown", page.locator(".sheet-status [role=status]").inner_text())
    assert found
    return int(found[1]), int(found[2])


def query(page) -> str:
    return page.evaluate("decodeURIComponent(location.search)")


def test_the_whole_sheet_first(open_sheet):
    reader = open_sheet()
    rows = reader.page.evaluate(f"{ROWS}.length")
    assert rows > 0
    assert said(reader.page) == (rows, rows)
    assert len(shown(reader.page)) == rows
    assert not reader.complaints


CHOSEN = f"""([name, values]) => values.map(value => {{
    const control = document.querySelector(`.sheet-filter [name=${{name}}]`)
    control.value = value
    for (const said of ["input", "change"]) control.dispatchEvent(new Event(said, {{ bubbles: true }}))
    return [{SHOWN}, document.querySelector(".sheet-status [role=status]").textContent, location.search]
}})"""
"""What is shown, what is said, and the address, after one choice after the other."""


def test_every_option_shows_exactly_the_rows_that_have_it(open_sheet):
    page = open_sheet().page
    rows = page.evaluate(f"{ROWS}.map(row => ({{ ...row.dataset }}))")
    for name in ("type", "shape", "source", "group"):
        control = page.get_by_label(name.capitalize(), exact=True)
        options = control.locator("option").evaluate_all("boxes => boxes.map(box => [box.value, box.text])")
        assert len(options) > 2
        for value, text in options[1:]:
            assert text.endswith(f"({sum(value in row[name].split() for row in rows)})")
        values = [value for value, _ in options[1 :: one_in(3)]]
        having = [[row for row in rows if value in row[name].split()] for value in values]
        for value, wanted, found in zip(values, having, page.evaluate(CHOSEN, [name, values]), strict=True):
            assert found == [wanted, f"{len(wanted)} of {len(rows)} shown", f"?{name}={value}"]
        # As a reader chooses, other than by the script.
        control.select_option(values[0])
        assert shown(page) == having[0]
        control.select_option("")


WAITING = "document.querySelectorAll('.sheet-row.later:has(noscript)').length"
MOST_ELEMENTS = 16_700 // 3


def test_the_twelve_come_first_and_further_formulas_when_they_come_into_view(open_sheet):
    page = open_sheet().page
    first = page.locator(".sheet-first .sheet-row")
    assert first.count() == 12
    assert first.locator("mjx-math").count() > 24
    assert page.evaluate("document.querySelectorAll('*').length") < MOST_ELEMENTS
    last = page.locator(".sheet-group .sheet-row").last
    assert last.locator("mjx-math").count() == 0
    assert last.locator(".sheet-plain").first.text_content().strip()
    last.scroll_into_view_if_needed()
    expect(last.locator("mjx-math").first).to_be_visible()
    expect(last.locator(".sheet-plain")).to_have_count(0)
    assert page.evaluate(WAITING) > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(WAITING) == 0
    page.get_by_label("Formula or word").fill("trace")
    expect(page.locator(".sheet-first")).to_be_hidden()


def test_without_scripts_the_sheet_is_whole_and_drawn_and_has_no_filter(browser, site):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.address}{SHEET}")
    expect(page.locator(".sheet-filter")).to_be_hidden()
    rows = page.locator(".sheet-row")
    assert rows.count() == page.locator(".sheet-row:visible").count()
    assert rows.count() == page.locator(".sheet-row:has(.sheet-derivative mjx-math)").count() > 100
    assert page.locator(".sheet-plain:visible").count() == 0
    page.context.close()


def test_controls_narrow_together_and_empty_groups_vanish(open_sheet):
    page = open_sheet().page
    page.get_by_label("Type", exact=True).select_option("scalar-by-matrix")
    page.get_by_label("Shape", exact=True).select_option("square")
    page.get_by_label("Formula or word").fill("trace")
    rows = shown(page)
    assert rows
    assert all((row["type"], row["shape"]) == ("scalar-by-matrix", "square") for row in rows)
    assert all("trace" in row["words"] for row in rows)
    groups = {row["group"] for row in rows}
    headings = page.locator(".sheet-group h2").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.id)"
    )
    assert set(headings) == groups
    contents = page.locator(".md-sidebar--secondary .md-nav__link:visible").evaluate_all(
        "all => all.map(one => one.hash?.slice(1)).filter(Boolean)"
    )
    assert set(contents) == groups


FOUND_BY = {
    "tr(AX)": "trace-ax-symmetric",
    "tr(A * X)": "trace-ax-symmetric",
    "TRACE": "trace",
    "log det": "logdet",
    "logdet(X)": "logdet",
    "aᵀX⁻¹b": "bilinear-inverse",
    "MC (81)": "quadratic-form",
    "1xN quadratic": "quadratic-form",
}


def test_words_and_formulas_find_their_row(open_sheet):
    page = open_sheet().page
    for words, slug in FOUND_BY.items():
        page.get_by_label("Formula or word").fill(words)
        expect(page.locator(f".sheet-group .sheet-title a[href$='/{slug}/']")).to_be_visible()
        count, whole = said(page)
        assert 0 < count < whole, words


def test_clear_brings_everything_back(open_sheet):
    page = open_sheet("?group=trace&words=symmetric&type=scalar-by-matrix").page
    page.locator(".sheet-filter").get_by_role("button", name="Clear").click()
    count, whole = said(page)
    assert count == whole == len(shown(page))
    assert query(page) == ""
    expect(page.get_by_label("Formula or word")).to_be_focused()
    expect(page.get_by_label("Formula or word")).to_have_value("")


def test_the_address_keeps_the_choice_over_reload_and_back(open_sheet, site):
    reader = open_sheet()
    page = reader.page
    group, words = page.get_by_label("Group", exact=True), page.get_by_label("Formula or word")
    group.select_option("inverse")
    words.press_sequentially("trace")
    assert query(page) == "?group=inverse&words=trace"
    both = shown(page)

    page.reload()
    expect(page.locator(".sheet-filter.works")).to_be_visible()
    assert shown(page) == both
    expect(group).to_have_value("inverse")
    expect(words).to_have_value("trace")

    # A word is one step, however many letters it has.
    page.go_back()
    expect(words).to_have_value("")
    assert {row["group"] for row in shown(page)} == {"inverse"}
    page.go_back()
    expect(group).to_have_value("")
    count, whole = said(page)
    assert count == whole
    page.go_forward()
    expect(group).to_have_value("inverse")
    assert not reader.complaints


def test_what_is_typed_while_the_next_page_is_on_the_way_leaves_its_address_alone(open_sheet):
    reader = open_sheet()
    held: list[Route] = []
    reader.page.route("**/notation/", lambda route: held.append(route))
    reader.click_on("notation/")
    while not held:
        reader.page.wait_for_timeout(20)
    reader.page.get_by_label("Formula or word").fill("trace")
    held[0].continue_()
    reader.page.wait_for_function("!document.querySelector('.sheet-filter')")
    assert reader.page.url == reader.site.address + "notation/"


def test_the_choice_outlives_a_visit_to_a_row(open_sheet):
    reader = open_sheet("?group=norm")
    page = reader.page
    page.evaluate("window.same = true")
    before = shown(page)
    page.locator(".sheet-title a:visible").first.click()
    page.wait_for_url("**/identities/norm/*/")
    expect(page.locator(".sheet-filter")).to_have_count(0)
    page.go_back()
    expect(page.locator(".sheet-filter.works")).to_be_visible()
    assert page.evaluate("window.same"), "instant navigation did not bring the page"
    expect(page.get_by_label("Group", exact=True)).to_have_value("norm")
    assert shown(page) == before
    assert not reader.complaints


def test_nothing_found_says_what_to_do(open_sheet):
    page = open_sheet().page
    page.get_by_label("Formula or word").fill("no such thing")
    assert said(page)[0] == 0
    expect(page.locator(".sheet-nothing")).to_be_visible()
    expect(page.locator(".sheet-group:visible")).to_have_count(0)
    page.get_by_label("Formula or word").fill("")
    expect(page.locator(".sheet-nothing")).to_be_hidden()


def test_an_address_that_asks_for_what_is_not_there(open_sheet):
    reader = open_sheet("?group=nowhere&colour=red")
    count, whole = said(reader.page)
    assert count == whole
    assert not reader.complaints


def test_by_keyboard_alone(open_sheet):
    page = open_sheet().page
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.textContent.trim() === 'Formula or word'"):
            break
    page.keyboard.type("det")
    narrowed = said(page)[0]
    page.keyboard.press("Enter")
    assert query(page) == "?words=det"
    page.keyboard.press("Tab")
    page.keyboard.type("scalar by m")
    assert query(page) == "?type=scalar-by-matrix&words=det"
    assert 0 < said(page)[0] < narrowed
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert query(page) == ""
    count, whole = said(page)
    assert count == whole


TARGETS = """() => [...document.querySelectorAll(".sheet-filter :is(input, select, button), .sheet-title a")]
    .filter(box => box.checkVisibility()).map(box => box.getBoundingClientRect())
    .filter(box => box.height < 24 || box.width < 24).length"""
SCROLLING = """() => [...document.querySelectorAll(".sheet-function, .sheet-derivative")]
    .filter(box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1)
    .filter(box => box.tabIndex !== 0 || !box.ariaLabel.includes("scrolls")).length"""


def test_a_phone_shows_cards_without_sideways_scrolling(new_reader):
    reader = new_reader(PHONE)
    reader.open(SHEET)
    page = reader.page
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    title, function, derivative = (
        page.locator(f".sheet-row .sheet-{part}").first.bounding_box() for part in ("title", "function", "derivative")
    )
    assert title["y"] < function["y"] < derivative["y"]
    assert page.evaluate(TARGETS) == 0
    page.wait_for_function(f"({SCROLLING})() === 0")
    assert not reader.complaints


def test_a_formula_that_does_not_fit_scrolls_by_keyboard_and_says_so(open_sheet):
    page = open_sheet(viewport=PHONE).page
    box = page.locator(".sheet-derivative").first
    box.evaluate("""box => {
        box.append(Object.assign(document.createElement("b"), { style: "display: inline-block; width: 60rem" }))
        box.style.width = "99%"
    }""")
    expect(box).to_have_attribute("tabindex", "0")
    expect(box).to_have_attribute("aria-label", "Formula, scrolls sideways")
    assert "scrolls" in box.evaluate("box => getComputedStyle(box, '::after').content")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")


def test_paper_has_two_columns_of_the_rows_that_are_shown(open_sheet):
    page = open_sheet("?group=trace").page
    page.emulate_media(media="print")
    rows = shown(page)
    assert {row["group"] for row in rows} == {"trace"}
    lefts = page.locator(".sheet-row:visible").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().left)")
    assert len({round(left) for left in lefts}) == 2
    for gone in (".sheet-filter", ".md-header", ".md-tabs", ".md-footer", ".md-sidebar", ".headerlink"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    expect(page.locator(".sheet-imprint")).to_contain_text("Jacobian layout")
    expect(page.locator(".sheet-imprint")).to_contain_text("/identities/")
    assert (
        page.locator(".sheet-title a:visible").first.evaluate("a => getComputedStyle(a).textDecorationLine") == "none"
    )


def test_the_sheet_fits_on_a_few_pages_of_a4(open_sheet, tmp_path):
    page = open_sheet().page
    file = tmp_path / "sheet.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    whole = file.read_bytes()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", whole)
    assert 1 <= len(boxes) <= 6
    for width, height in boxes:
        assert (float(width), float(height)) == pytest.approx((595.28, 841.89), abs=1)
