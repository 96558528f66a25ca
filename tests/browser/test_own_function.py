"""A reader asks for a function of their own: it is read, derived and checked in the page, and its address holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.browsing import LITTLE_MEMORY
from tests.browser.reading import DESKTOP, PHONE, Reader, Site, serve
from tests.browser.test_accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("engine in a browser")]

PAGE = "your-own-function/"
LONG = 60_000
PAST = ["sum(exp(x)) by x", "sum(x.^2) by x"]
CHECKED = "[data-own=derivation][data-state=checked][data-complete]"
"""Checked, and all that follows from the check is there."""


@pytest.fixture
def reader(engine_reader) -> Iterator[Reader]:
    yield engine_reader
    assert not engine_reader.complaints  # no request to elsewhere among them


def type_function(reader: Reader, text: str) -> None:
    reader.page.locator("#own-text").fill(text)


def derive(reader: Reader) -> None:
    reader.page.get_by_role("button", name="Derive").click()
    reader.page.locator(CHECKED).wait_for()


def shown_text(reader: Reader, place: str) -> str:
    return reader.page.locator(place).inner_text()


def test_nothing_is_loaded_before_the_reader_comes_near(fresh_window):
    loaded: list[str] = []
    fresh_window.page.on("request", lambda request: loaded.append(request.url))
    fresh_window.open(PAGE)
    fresh_window.page.wait_for_load_state("networkidle")
    assert not [address for address in loaded if "/runtime/" in address or "/mathjax/startup" in address]
    own = [address for address in loaded if address.endswith(("own-function.js", "engine.js"))]
    assert len(own) == 2
    with fresh_window.page.expect_event("worker"):
        fresh_window.page.locator("#own-text").focus()
    assert not fresh_window.complaints


ELSEWHERE = "rules/product/"
HEADING = "document.querySelector('h1')?.firstChild.textContent.trim()"


def go_elsewhere(reader: Reader) -> None:
    """Go to another page while a script of this one still works, so that nothing waits for its end."""
    reader.click_on(ELSEWHERE)
    reader.page.wait_for_function(f"{HEADING} === 'Product rule'")


def test_the_page_may_be_left_while_its_script_is_on_the_way(fresh_window):
    held: list[Route] = []
    fresh_window.page.route("**/own-function.js", lambda route: held.append(route))
    fresh_window.open(PAGE)
    while not held:
        fresh_window.page.wait_for_timeout(20)
    go_elsewhere(fresh_window)
    held[0].continue_()
    fresh_window.page.evaluate("Promise.resolve(window.jacobook.mounted).then(() => true)")
    fresh_window.page.wait_for_timeout(500)  # a fault that nobody waits for is told of, too
    assert not fresh_window.complaints


def test_the_page_may_be_left_while_a_function_is_derived(reader):
    reader.open(PAGE)
    type_function(reader, "sum(log(1 + exp(A*x)))")
    reader.page.locator(".own-row").first.wait_for()
    reader.page.get_by_role("button", name="Derive").click()
    stop = reader.page.locator("[data-own=stop]").element_handle()
    reader.page.wait_for_function("stop => !stop.hidden", arg=stop)
    go_elsewhere(reader)
    address, title = reader.page.url, reader.page.title()
    reader.page.wait_for_function("stop => stop.hidden", arg=stop)  # it is derived
    assert reader.page.url == address
    assert reader.page.title() == title
    reader.page.go_back()
    reader.page.wait_for_function(f"{HEADING} === 'Your own function'")
    type_function(reader, "x'*x")
    derive(reader)


def test_a_function_that_is_derived_while_the_next_page_is_on_the_way_leaves_its_address_alone(reader):
    held: list[Route] = []
    reader.page.route(f"**/{ELSEWHERE}", lambda route: held.append(route))
    reader.open(PAGE)
    type_function(reader, "sum(log(1 + exp(A*x)))")
    reader.page.locator(".own-row").first.wait_for()
    reader.page.get_by_role("button", name="Derive").click()
    reader.click_on(ELSEWHERE)
    while not held:
        reader.page.wait_for_timeout(20)
    reader.page.locator("[data-own=stop]").wait_for(state="hidden")  # it is derived
    assert reader.page.url == reader.site.address + ELSEWHERE
    held[0].continue_()
    reader.page.wait_for_function(f"{HEADING} === 'Product rule'")
    reader.page.go_back()
    reader.page.wait_for_function(f"{HEADING} === 'Your own function'")


def text_at_rest(page: Page) -> str:
    """What the derivation says when all its formulas are typeset, those far from the view too."""
    page.evaluate("MathJax.whenReady(() => MathJax.startup.document.lazyTypesetAll())")
    return page.locator(".own-derivation").text_content() or ""


def test_a_function_is_typed_derived_and_checked(reader):
    reader.open(PAGE)
    type_function(reader, "f = exp(-z)\nz = x'*A*x")
    reader.page.locator(".own-formula mjx-container").nth(1).wait_for()
    rows = reader.page.locator(".own-row")
    assert rows.locator(".own-name").all_inner_texts() == ["x", "A"]
    reader.page.get_by_label("Property of A").select_option("symmetric")
    reader.page.wait_for_function("document.querySelectorAll('.own-row').length === 2")
    derive(reader)
    assert "hold in all" in shown_text(reader, ".own-status")
    assert "Checked: " in shown_text(reader, "details.evidence summary")
    assert "proved" not in shown_text(reader, "details.evidence")
    code = reader.page.locator(".reader-code .language-python").all_text_contents()
    assert any("def derivative(x, A):" in one for one in code)
    assert "In numbers" in shown_text(reader, ".example-given")
    # In another window the address alone brings the same page.
    address, derivation = reader.page.url, text_at_rest(reader.page)
    assert "symmetric" in address
    again = reader.page.context.new_page()
    again.set_default_timeout(2 * LONG)
    again.goto(address)
    again.locator(CHECKED).wait_for()
    assert text_at_rest(again) == derivation
    again.close()
    # On paper stands the derivation, and nothing to click.
    reader.page.emulate_media(media="print")
    assert reader.page.locator(".own-derivation .result").is_visible()
    others = reader.page.locator(".own-function, .lead, .own-label, .own-links, .own-history")
    assert not others.filter(visible=True).count()


def test_no_tick_stands_beside_another_function(reader):
    reader.open(PAGE)
    type_function(reader, "x'*x")
    derive(reader)
    status = reader.page.locator(".own-status")
    type_function(reader, "x'*A*")
    expect(status).to_have_attribute("data-kind", "former")
    expect(status).to_have_text("Below is the answer to the previous question.")
    reader.page.locator(".own-error pre").first.wait_for()
    reader.page.get_by_role("button", name="Derive").click()
    expect(status).to_have_attribute("data-kind", "former")
    type_function(reader, "x'*A*x")
    derive(reader)
    reader.page.get_by_label("Property of A").select_option("symmetric")
    expect(status).to_have_attribute("data-kind", "former")


def test_the_policy_lets_the_engine_run_and_nothing_else(new_reader):
    reader = new_reader(policy=True)
    reader.page.set_default_timeout(LONG)
    reader.page.goto(f"{reader.site.address}{PAGE}#f=sum(exp(x))&given=x+in+R%5EN&wrt=x")
    reader.page.locator(CHECKED).wait_for()
    reader.page.locator(".own-derivation .result mjx-container").first.wait_for()
    assert not reader.complaints
    # A script that somebody would get into the page does not run.
    reader.page.evaluate(
        """() => document.body.append(Object.assign(document.createElement("script"), { text: "window.ran = 1" }))"""
    )
    assert reader.page.evaluate("() => window.ran") is None
    assert "Content Security Policy" in " ".join(reader.complaints)


def test_back_and_forward(reader):
    reader.open(PAGE)
    for text in ("sum(x.^2)", "sum(exp(x))"):
        type_function(reader, text)
        derive(reader)
    last = reader.page.url
    reader.page.go_back()
    expect(reader.page.locator("#own-text")).to_have_value("sum(x.^2)")
    reader.page.locator(CHECKED).wait_for()
    reader.page.go_forward()
    expect(reader.page.locator("#own-text")).to_have_value("sum(exp(x))")
    assert reader.page.url == last
    # A place in the derivation does not cost the statement its address.
    reader.page.locator(CHECKED).wait_for()
    reader.page.locator(".own-derivation a.permalink").first.click()
    assert reader.page.url == last


def test_an_error_stands_where_it_is_and_its_suggestion_applies(reader):
    reader.open(PAGE)
    type_function(reader, "sum(sigmod(x))")
    message = reader.page.locator(".own-error")
    expect(message).to_contain_text("sigmod", timeout=LONG)
    assert message.locator("p").inner_text() == "There is no function sigmod; did you mean sigmoid?"
    assert message.locator("p code").all_inner_texts() == ["sigmod", "sigmoid"]
    assert message.locator("pre").inner_text() == "sum(sigmod(x))\n    ^^^^^^"
    message.get_by_role("button").click()
    expect(reader.page.locator("#own-text")).to_have_value("sum(sigmoid(x))")
    expect(message).to_be_empty(timeout=LONG)


def declarations(reader: Reader) -> list[str]:
    found: list[str] = reader.page.evaluate("[...document.querySelectorAll('.own-row')].map(row => row.read())")
    return found


def wait_for_declarations(reader: Reader, *wanted: str) -> None:
    for _ in range(LONG // 100):
        if declarations(reader) == [*wanted]:
            return
        reader.page.wait_for_timeout(100)
    pytest.fail(f"{declarations(reader)} is declared")


def test_a_size_that_is_changed_changes_where_it_must_be_the_same(reader):
    reader.open(PAGE)
    type_function(reader, "x'*A*x")
    wait_for_declarations(reader, "x in R^N", "A in R^(N x N)")
    reader.page.get_by_label("Property of A").select_option("symmetric")
    wait_for_declarations(reader, "x in R^N", "A in R^(N x N) symmetric")
    reader.page.get_by_label("Length of x").fill("3")
    reader.page.get_by_label("Length of x").blur()
    wait_for_declarations(reader, "x in R^3", "A in R^(3 x 3) symmetric")
    # What does not fit is said, and nothing else is changed for it.
    reader.page.get_by_label("Kind of x").select_option("matrix")
    wait_for_declarations(reader, "x in R^(3 x 3)", "A in R^(3 x 3) symmetric")


def test_a_row_that_is_changed_keeps_the_focus_and_another_one_what_is_typed_into_it(reader):
    reader.open(PAGE)
    type_function(reader, "x'*A*x")
    wait_for_declarations(reader, "x in R^N", "A in R^(N x N)")
    reader.page.evaluate("window.former = document.querySelectorAll('.own-row')")
    length, kept = reader.page.get_by_label("Length of x"), reader.page.get_by_label("Property of A")
    kept.focus()
    kept.select_option("symmetric")
    reader.page.wait_for_function("!window.former[1].isConnected")  # it was read, and the row made anew
    expect(kept).to_be_focused()
    kept.select_option("no property")
    length.fill("n")
    reader.page.wait_for_function(
        "document.querySelectorAll('.own-row')[1].data.includes('\"properties\": []')"
        " || document.querySelectorAll('.own-row')[1].data.includes('\"properties\":[]')"
    )
    expect(length).to_have_value("n")
    length.press("Enter")
    wait_for_declarations(reader, "x in R^n", "A in R^(n x n)")


def test_what_an_address_declares_does_not_stand_in_the_way_of_another_function(reader):
    reader.open(f"{PAGE}#f=sum(exp(x))&given=x+in+R%5E3&wrt=x")
    wait_for_declarations(reader, "x in R^3")
    type_function(reader, "sum(x)")
    reader.page.wait_for_timeout(500)
    wait_for_declarations(reader, "x in R^3")
    type_function(reader, "x'*y")
    wait_for_declarations(reader, "x in R^3", "y in R^3")
    type_function(reader, "sin(x)*cos(x)")
    wait_for_declarations(reader, "x in R")


def test_a_line_that_is_broken_where_it_goes_on_is_one(reader):
    reader.open(PAGE)
    type_function(reader, "f =\n  sum(exp(z)\n  + z)\nz = A*x +\r\n  b")
    wait_for_declarations(reader, "A in R^(M x N)", "x in R^N", "b in R^M")
    assert reader.page.locator(".own-formula .arithmatex").count() == 2
    reader.page.get_by_label("Variable of differentiation").select_option("x")
    derive(reader)
    text = reader.page.locator("#own-text").input_value()
    reader.page.reload()
    reader.page.locator(CHECKED).wait_for()
    expect(reader.page.locator("#own-text")).to_have_value(text)


def test_the_rows_of_a_system_in_latex_are_lines(reader):
    reader.open(PAGE)
    type_function(reader, r"$$\begin{aligned} f &= \exp(z), \\ z &= \mathbf{x}^\top A \mathbf{x} \end{aligned}$$")
    wait_for_declarations(reader, "x in R^N", "A in R^(N x N)")
    assert reader.page.locator("[data-own=formula] > div").count() == 2


RUNAWAY = "*".join(f"sin(u + {k})" for k in range(60))


def test_a_derivation_that_nobody_waits_for_any_more_is_given_up(reader):
    reader.open(PAGE)
    type_function(reader, RUNAWAY)
    wait_for_declarations(reader, "u in R")
    reader.page.get_by_label("Order of the derivative").select_option("2")
    reader.page.get_by_role("button", name="Derive").click()
    reader.page.locator("[data-own=stop]").wait_for()
    type_function(reader, "tr(A*X)")
    wait_for_declarations(reader, "A in R^(M x N)", "X in R^(N x M)")
    assert not reader.page.locator("[data-own=stop]").is_visible()
    expect(reader.page.locator("[data-own=status]")).to_be_empty()
    expect(reader.page.locator("[data-own=derivation]")).to_be_empty()
    assert reader.page.evaluate("location.hash") == ""


def test_what_is_typed_while_a_function_is_derived_has_no_tick_beside_it(reader):
    reader.open(PAGE)
    type_function(reader, RUNAWAY)  # one that takes longer than to type another
    wait_for_declarations(reader, "u in R")
    reader.page.get_by_role("button", name="Derive").click()
    reader.page.locator("[data-own=stop]").wait_for()
    type_function(reader, "b'*x")
    wait_for_declarations(reader, "b in R^N", "x in R^N")
    reader.page.locator("[data-own=stop]").wait_for(state="hidden")
    expect(reader.page.locator("[data-own=derivation]")).to_be_empty()
    expect(reader.page.locator("[data-own=status]")).to_be_empty()


@pytest.mark.rare
def test_beside_a_text_that_cannot_be_read_stands_nothing_of_another_one(reader):
    reader.open(PAGE)
    type_function(reader, "x'*A*x")
    wait_for_declarations(reader, "x in R^N", "A in R^(N x N)")
    type_function(reader, "x'*A*")
    expect(reader.page.locator(".own-error")).not_to_be_empty(timeout=LONG)
    assert declarations(reader) == ["x in R^N", "A in R^(N x N)"]
    type_function(reader, "qqqqqq(z)")
    expect(reader.page.locator(".own-error")).to_contain_text("qqqqqq", timeout=LONG)
    assert declarations(reader) == []
    assert reader.page.locator(".own-formula").inner_text() == ""


def test_what_can_be_copied_comes_with_the_check(reader):
    reader.open(PAGE)
    type_function(reader, "x'*A*x")
    derive(reader)
    labels = reader.page.locator(".reader-code .tabbed-labels label").all_text_contents()
    assert labels == ["NumPy", "PyTorch", "JAX", "LaTeX", "Command line"]
    ids = reader.page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.rare
def test_a_long_name_does_not_widen_the_page(reader):
    reader.open(PAGE)
    type_function(reader, "z" * 200 + "'*x")
    reader.page.locator(".own-row").nth(1).wait_for()
    for viewport in (DESKTOP, PHONE):
        reader.page.set_viewport_size(viewport)
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        box = reader.page.locator("[data-own=wrt]").bounding_box()
        assert box
        assert box["x"] + box["width"] <= viewport["width"]
    reader.page.set_viewport_size(DESKTOP)


def test_what_is_typed_is_never_markup(reader):
    reader.open(PAGE)
    for text in ("<img src=x onerror=alert(1)>", "sum(x)<script>alert(1)</script>"):
        type_function(reader, text)
        expect(reader.page.locator(".own-error p")).not_to_be_empty(timeout=LONG)
        assert reader.page.locator(".own-function img, .own-function script, .own-derivation img").count() == 0
    fields = "f=x%27*x&given=x%20in%20R%5EN%3Cimg%20src%3Dx%3E&wrt=%3Cimg%20src%3Dx%3E"
    reader.page.goto(f"{reader.site.address}{PAGE}#{fields}")
    expect(reader.page.locator(".own-error p")).not_to_be_empty(timeout=LONG)
    assert reader.page.locator("main img").count() == 0


def test_latex_is_read_as_well(reader):
    reader.open(PAGE)
    type_function(reader, r"\frac{1}{2}\|y - Xw\|_2^2")
    reader.page.locator(".own-formula mjx-container").wait_for()
    reader.page.get_by_label("Variable of differentiation").select_option("w")
    derive(reader)
    assert "wrt=w" in reader.page.url


def broken_script(route: Any) -> None:
    route.fulfill(body="this is no script", content_type="text/javascript")


def missing(route: Any) -> None:
    route.fulfill(status=404)


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("file", "answer", "says"),
    [
        ("engine-worker.js", broken_script, "its worker cannot be started"),
        ("runtime.json", missing, "this site was built without it"),
        ("engine.pack", missing, "engine.pack: status 404"),
        ("library.zip", missing, "library.zip: status 404"),
        ("pyodide.asm.wasm", missing, "pyodide.asm.wasm: status 404"),
    ],
)
def test_without_its_engine_the_page_gives_the_command(new_reader, file, answer, says):
    reader = new_reader()
    reader.page.route(f"**/{file}", answer)
    reader.open(PAGE)
    type_function(reader, "x'*x")
    command = reader.page.locator(".own-command")
    command.wait_for(timeout=LONG)
    assert command.inner_text().replace("\\\n", " ").split() == ["jacobook", "derive", "'x'\"'\"'*x'"]
    sentence = r"The engine could not be loaded \(([^()]+)\)\. The same derivation in a terminal:"
    found = re.fullmatch(sentence, shown_text(reader, ".own-status"))
    assert found
    assert says in found[1]
    # Asked again, the page says the same: nothing waits for ever.
    reader.page.get_by_role("button", name="Derive").click()
    expect(reader.page.locator(".own-status")).to_contain_text("could not be loaded", timeout=LONG)
    assert not reader.page.get_by_role("button", name="Stop").is_visible()


def test_two_tabs_keep_one_history(reader):
    tabs = [reader, Reader(reader.page.context.new_page(), reader.site)]
    tabs[1].page.set_default_timeout(LONG)
    for tab, text in zip(tabs, ("sum(x.^2)", "sum(exp(x))"), strict=True):
        tab.open(PAGE)
        type_function(tab, text)
    for tab in tabs:  # neither waits for the other
        tab.page.get_by_role("button", name="Derive").click()
    for tab in tabs:
        tab.page.locator(CHECKED).wait_for()
    past = [tab.page.locator("[data-own=past] a") for tab in tabs]
    for links in past:
        expect(links).to_have_count(len(PAST))
        assert sorted(links.evaluate_all("links => links.map(link => link.textContent)")) == PAST
    # Each shows its own statement still, and after a reload nothing is lost.
    for tab, text in zip(tabs, ("sum(x.^2)", "sum(exp(x))"), strict=True):
        expect(tab.page.locator("#own-text")).to_have_value(text)
    tabs[1].page.reload()
    tabs[1].page.locator(CHECKED).wait_for()
    expect(tabs[1].page.locator("#own-text")).to_have_value("sum(exp(x))")
    found = tabs[1].page.locator("[data-own=past] a").evaluate_all("links => links.map(link => link.textContent)")
    assert sorted(found) == PAST
    assert not tabs[1].complaints


def test_what_is_typed_before_the_script_is_there_is_read(fresh_window):
    held: list[Any] = []
    fresh_window.page.route("**/own-function.js", lambda route: held.append(route))
    fresh_window.open(PAGE)
    type_function(fresh_window, "x'*x")
    while not held:
        fresh_window.page.wait_for_timeout(50)
    held[0].continue_()
    fresh_window.page.locator(".own-row").wait_for()
    assert not fresh_window.complaints


def test_keys_alone(reader):
    reader.open(PAGE)
    reader.page.locator("#own-text").focus()
    reader.page.keyboard.type("norm2(x)^2")
    reader.page.locator(".own-row").wait_for()
    reader.page.keyboard.press("Control+Enter")
    reader.page.locator(CHECKED).wait_for()
    assert reader.page.locator(".own-derivation .result").is_visible()


def test_axe_finds_nothing_and_nothing_is_cut_off(reader, root):
    axe = (root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
    reader.open(PAGE)
    type_function(reader, "f = exp(-z)\nz = x'*A*x")
    derive(reader)
    for viewport in (DESKTOP, PHONE):
        reader.page.set_viewport_size(viewport)
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    faults = violations(reader, axe)
    reader.page.set_viewport_size(DESKTOP)
    faults += violations(reader, axe, within=".own-function")
    assert not faults, "\n".join(faults)


@contextmanager
def visited(browser: Any, site: Site) -> Iterator[tuple[Any, Any]]:
    """A page with a service worker, at a server that can be stopped."""
    server, address = serve(site.folder)
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(LONG)
    context.add_init_script(LITTLE_MEMORY)

    def cut() -> None:
        context.set_offline(True)
        server.shutdown()
        server.server_close()

    yield Reader(context.new_page(), Site(site.folder, address)), cut
    context.close()


def test_it_works_without_a_network_once_it_was_used(browser, site):
    with visited(browser, site) as (reader, cut):
        reader.page.goto(reader.site.address + PAGE)
        reader.page.wait_for_function("navigator.serviceWorker.controller !== null")
        type_function(reader, "sum(x.^2)")
        derive(reader)
        reader.page.wait_for_load_state("networkidle")
        cut()
        reader.page.reload()
        reader.page.locator(CHECKED).wait_for()
        type_function(reader, "sum(tanh(x))")
        derive(reader)
