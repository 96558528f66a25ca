"""What a reader does with a page before its scripts have come, or when they never do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from tests.browser.reading import DESKTOP, PHONE, Reader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("second browser")]

UNDRAWN = """() => [...document.querySelectorAll(".md-content .arithmatex")].filter(
    box => !box.querySelector("mjx-container") && box.checkVisibility()).length"""
FORMULAS = """() => [...document.querySelectorAll(".md-content mjx-container")].filter(
    box => box.checkVisibility()).length"""
HEADING = "document.querySelector('h1')?.firstChild.textContent.trim()"
NEXT_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def early(new_reader):
    """A reader to whom no script comes that stands in a file of its own."""
    reader = new_reader()
    reader.page.route("**/*.js", lambda route: route.abort())
    return reader


@pytest.mark.parametrize("path", ["", "exercises/mml-5-8-a/", "exercises/mml-5-8-c/"])
def test_what_is_opened_is_drawn(early, path):
    early.page.goto(early.site.address + path)
    assert early.page.evaluate(UNDRAWN) == 0
    assert early.page.evaluate(FORMULAS) > 3
    early.page.evaluate("document.querySelectorAll('.md-content details').forEach(box => { box.open = true })")
    early.page.evaluate(NEXT_FRAMES)
    assert early.page.evaluate(UNDRAWN) == 0
    for number in range(early.page.locator(".md-content .tabbed-set > input").count()):
        early.page.locator(".md-content .tabbed-set > input").nth(number).evaluate("input => input.click()")
        assert early.page.evaluate(UNDRAWN) == 0
    # Of some folded parts one is open at a time.
    assert early.page.locator(".md-content .arithmatex:not(details:not([open]) *) > noscript").count() == 0


@pytest.mark.parametrize(
    "path", ["exercises/mml-5-8-a/", "exercises/mml-5-8-c/", pytest.param("identities/", marks=pytest.mark.rare)]
)
def test_paper_has_all_that_it_has_later(early, new_reader, path):
    early.page.goto(early.site.address + path)
    later = new_reader()
    later.open(path)
    counts = []
    for reader in (early, later):
        reader.page.emulate_media(media="print")
        # Emulated paper has a window; to lay out one part after the other as it is looked at takes a minute.
        reader.page.evaluate("document.documentElement.classList.add('laid-out')")
        reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert reader.page.evaluate(UNDRAWN) == 0
        assert reader.page.locator(".md-content :is(.arithmatex, .sheet-row) noscript").count() == 0
        counts.append(reader.page.evaluate(FORMULAS))
    assert counts[0] == counts[1] > 20
    early.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert early.page.locator(".md-content details[open]").count() == 0


def test_a_place_opened_in_another_window_does_not_stop_the_way_back(new_reader):
    reader = new_reader()
    reader.open("rules/product/")
    link = ".md-sidebar--secondary a[href$='#pages-that-use-it']"
    reader.page.locator(link).click()
    with reader.page.context.expect_page() as other:
        reader.page.locator(link).click(modifiers=["Control"])
    other.value.close()
    # The theme may add the place that was read last to the address of the next page.
    reader.page.locator(".md-tabs a[href$='your-own-function/']").click()
    reader.page.wait_for_function(f"{HEADING} !== 'Product rule'")
    reader.page.go_back()
    reader.page.wait_for_function(f"{HEADING} === 'Product rule'")
    assert not reader.complaints


# --- The scripts come with the first sign of a reader, and what was done before they have come is done then ----------

ALIVE = "document.querySelector('.toggle-button') !== null"
COMING = "document.querySelector('head > script[src*=\"/bundle.\"]') !== null"
SOON = 7000
"""Milliseconds, fewer than a page is left alone."""
ENTRY, SHORT = "exercises/mml-5-8-a/", "identities/linear/inner-product-xta/"


class Waiting:
    """A reader whose scripts are on their way until they are let through."""

    def __init__(self, reader: Reader, path: str) -> None:
        self.reader, self.page = reader, reader.page
        self.held: list[Route] | None = []
        self.page.route("**/*.js", self.hold)
        self.page.goto(reader.site.address + path)

    def hold(self, route: Route) -> None:
        if self.held is None:
            route.continue_()
        else:
            self.held.append(route)

    def let_through(self, leaves: bool = False) -> None:
        assert self.held is not None
        assert not self.page.evaluate(ALIVE)
        self.page.evaluate("dispatchEvent(new Event('pointermove'))")
        held, self.held = self.held, None
        for route in held:
            route.continue_()
        if leaves:
            return
        self.reader.wait_for_formulas()
        self.page.evaluate("Promise.resolve(window.jacobook.mounted).then(() => true)")
        self.page.evaluate(NEXT_FRAMES)
        assert not self.reader.complaints

    def give_up(self) -> None:
        """Let nothing wait that is still held, as the reader goes."""
        for route in self.held or ():
            route.abort()


@pytest.fixture
def waiting(new_reader):
    """A function that returns a reader at a page whose scripts are on their way."""
    made: list[Waiting] = []

    def wait(path, **options):
        made.append(Waiting(new_reader(still=True, **options), path))
        return made[-1]

    yield wait
    for one in made:
        one.give_up()


def test_a_page_that_is_left_alone_is_not_disturbed_at_first(new_reader):
    reader = new_reader(still=True)
    reader.page.goto(reader.site.address + SHORT)
    reader.page.wait_for_timeout(2000)
    assert not reader.page.evaluate(COMING)
    reader.page.wait_for_function(ALIVE)
    assert not reader.complaints


@pytest.mark.parametrize(
    "act",
    [
        lambda page: (page.mouse.move(300, 300), page.mouse.move(320, 310)),
        lambda page: page.mouse.wheel(0, 200),
        lambda page: page.keyboard.press("Tab"),
        lambda page: page.evaluate("document.querySelector('h1').click()"),
    ],
    ids=["mouse", "wheel", "key", "a click without a pointer"],
)
def test_the_scripts_come_with_the_first_sign(new_reader, act):
    reader = new_reader(still=True)
    reader.page.goto(reader.site.address + "rules/product/")
    act(reader.page)
    reader.page.wait_for_function(COMING, timeout=SOON)


@pytest.mark.parametrize("path", ["rules/product/#proof", "identities/?words=trace"])
def test_an_address_that_asks_for_something_needs_no_sign(new_reader, path):
    reader = new_reader(still=True)
    reader.page.goto(reader.site.address + path)
    reader.page.wait_for_function(COMING, timeout=SOON)


@pytest.mark.parametrize("key", ["/", "s", "f"])
def test_the_search_takes_words_before_it_runs(waiting, key):
    early = waiting("rules/product/")
    early.page.keyboard.press(key)
    early.page.keyboard.type("trace")
    early.let_through()
    assert early.page.locator(".md-search__input").input_value() == "trace"
    assert early.page.evaluate("document.activeElement.matches('.md-search__input')")
    early.page.locator(".md-search-result__item > a").first.wait_for()


def test_the_search_opens_on_a_phone_before_it_runs(waiting):
    early = waiting("rules/product/", viewport=PHONE)
    early.page.locator("label.md-header__button[for=__search]").click()
    early.page.keyboard.type("trace")
    early.let_through()
    early.page.locator(".md-search-result__item > a").first.wait_for()


def test_letters_that_are_typed_are_no_commands(waiting):
    early = waiting("")
    before = early.page.evaluate(HEADING)
    field = early.page.locator(".home-ask [name=f]")
    field.click()
    early.page.keyboard.type("sum(f.*n)/p")
    early.let_through()
    assert field.input_value() == "sum(f.*n)/p"
    assert early.page.evaluate(HEADING) == before


def test_buttons_that_were_pressed_are_pressed_then(waiting):
    early = waiting(SHORT)
    early.page.locator(".layout-button[data-layout=denominator]").first.click()
    early.page.locator(".shapes-toggle").click()
    early.page.locator(".answer-toggle").first.click()
    early.let_through()
    assert early.page.evaluate("document.documentElement.dataset.layout") == "denominator"
    assert early.page.locator(".shapes-toggle").get_attribute("aria-pressed") == "false"
    assert early.page.locator(".result").first.get_attribute("data-open") == "false"


@pytest.mark.parametrize("by_key", [False, True])
def test_colours_that_were_chosen_are_there_then(waiting, by_key):
    early = waiting(SHORT, color_scheme="dark")
    button = early.page.locator(".md-header__option > label:not([hidden])")
    if by_key:
        button.evaluate("label => label.previousElementSibling.focus()")
        early.page.keyboard.press("Enter")
    else:
        button.click()
    early.let_through()
    assert early.page.evaluate("document.body.dataset.mdColorScheme") == "default"
    early.page.reload()
    early.page.evaluate("dispatchEvent(new Event('pointermove'))")
    early.reader.wait_for_formulas()
    assert early.page.evaluate("document.body.dataset.mdColorScheme") == "default"


def test_a_tab_that_was_chosen_stays_and_is_remembered(waiting):
    early = waiting(SHORT)
    labels = early.page.locator(".md-content .tabbed-set:visible").first.locator(":scope > .tabbed-labels > label")
    chosen = labels.nth(1).inner_text()
    early.page.evaluate("name => __md_set('__tabs', [name])", labels.nth(0).inner_text())
    labels.nth(1).click()
    early.let_through()
    assert early.page.evaluate(
        "label => document.getElementById(label.htmlFor).checked", labels.nth(1).element_handle()
    )
    assert early.page.evaluate("__md_get('__tabs')[0]") == chosen


def test_a_filter_that_was_typed_holds_then(waiting):
    early = waiting("identities/")
    early.page.locator(".sheet-filter [name=words]").click()
    early.page.keyboard.type("trace")
    early.let_through()
    early.page.wait_for_function("location.search === '?words=trace'")
    assert early.page.locator(".sheet-filter [name=words]").input_value() == "trace"
    rows = early.page.locator(".sheet-group .sheet-row")
    assert 0 < rows.and_(early.page.locator(":visible")).count() < rows.count()


def test_the_room_for_an_answer_is_not_printed(waiting):
    early = waiting(SHORT)
    room = early.page.locator(".check-answer").first
    assert room.is_visible()
    early.page.emulate_media(media="print")
    assert not room.is_visible()


def test_an_answer_that_was_begun_is_gone_on_with_then(waiting):
    early = waiting(ENTRY)
    early.reader.without_engine()
    box = early.page.locator(".answer-box")
    box.get_by_label("Rows").fill("1")
    box.get_by_label("Columns").fill("D")
    box.get_by_label("Columns").press("Enter")
    early.let_through()
    early.page.locator(".answer-verdict[data-kind=right]").wait_for()
    assert early.page.evaluate("document.activeElement.matches('[data-answer=text]')")
    assert not early.page.locator("#answer").is_visible(), "the answer waits while the reader tries"


def test_a_function_that_was_asked_for_is_derived_then(waiting):
    early = waiting("your-own-function/")
    early.page.locator("#own-text").click()
    early.page.keyboard.type("x'*A*x")
    early.page.keyboard.press("Control+Enter")
    early.let_through()
    early.page.locator(".own-derivation .result").wait_for(timeout=60_000)


def test_where_nothing_checks_an_answer_none_is_asked_for(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + SHORT)
    assert page.locator(".answer-box").count() == 1
    assert not page.locator(".answer-box").is_visible()
    assert page.locator("#answer").is_visible()
    context.close()


def test_the_next_page_is_turned_to_then(waiting):
    early = waiting("rules/product/")
    before = early.page.evaluate(HEADING)
    early.page.keyboard.press("n")
    early.let_through(leaves=True)
    early.page.wait_for_function(f"![undefined, '{before}'].includes({HEADING})")  # no heading: it comes


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", ["", ENTRY, "identities/", "rules/product/"])
def test_nothing_moves_when_the_scripts_come(waiting, path, viewport):
    places = """() => [...document.querySelectorAll(
        ".md-content :is(h1, h2, p, input, button, legend, .result, .sheet-filter), .md-nav__link--active")].filter(
        box => box.checkVisibility() && box.getBoundingClientRect().top < innerHeight).map(
        box => Math.round(box.getBoundingClientRect().top / 8))"""
    early = waiting(path, viewport=viewport, lingers=True)
    early.page.evaluate("document.fonts.ready.then(() => true)")
    early.page.evaluate(NEXT_FRAMES)
    before = early.page.evaluate(places)
    early.let_through()
    early.page.wait_for_timeout(500)
    assert early.page.evaluate(places) == before


BLOCKED = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
    configurable: true, get() { throw new DOMException("denied", "SecurityError") } })"""


def test_a_browser_that_keeps_nothing_has_all_the_buttons(new_reader):
    reader = new_reader(color_scheme="dark", fresh=True)
    reader.page.add_init_script(BLOCKED)
    reader.open(SHORT)
    reader.page.locator(".md-header__option > label:not([hidden])").click()
    assert reader.page.evaluate("document.body.dataset.mdColorScheme") == "default"
    reader.page.locator(".layout-button[data-layout=denominator]").first.click()
    assert reader.page.evaluate("document.documentElement.dataset.layout") == "denominator"
    assert not reader.complaints
