"""What the page of an entry does: the answer that waits, the chain that leads, previews, copies, paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reading import PHONE

# Two workers drive a browser each: one for these, one for what needs the engine, and for paper.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGE = "exercises/mml-5-8-a/"
OTHER = "exercises/mml-5-8-c/"
SHORT, SHORT_TOO = "identities/trace/trace/", "identities/quadratic/quadratic-form/"
CHOSEN = """[...document.querySelectorAll(".tabbed-set > input:checked")].map(
    input => document.querySelector(`label[for=${input.id}]`).textContent.trim())"""
SHOWN = """[...document.querySelectorAll(".live .step")].filter(
    step => step.checkVisibility({ visibilityProperty: true })).length"""
IN_WINDOW = """(() => {
    const steps = [...document.querySelectorAll(".live .step")].filter(step => step.checkVisibility())
    const box = steps.at(-1).getBoundingClientRect()
    return box.top >= 0 && box.bottom <= innerHeight
})()"""
EMPTY = """(() => {
    const steps = [...document.querySelectorAll(".live .step")].filter(
        step => step.checkVisibility({ visibilityProperty: true }))
    const after = document.querySelector(".live .evidence").getBoundingClientRect()
    return after.top - steps.at(-1).getBoundingClientRect().bottom
})()"""
"""The room between the last line that is shown and what comes after the lines."""
WIDE = """[...document.querySelectorAll(".arithmatex")].filter(
    box => box.checkVisibility() && box.scrollWidth > box.clientWidth + 1).length"""


def test_the_answer_waits_if_the_reader_likes_and_the_choice_is_remembered(new_reader):
    reader = new_reader()
    reader.open(SHORT)
    answer, toggle = reader.page.locator("#answer"), reader.page.locator("#result .answer-toggle")
    assert answer.is_visible()
    toggle.click()
    assert not answer.is_visible()
    assert toggle.get_attribute("aria-expanded") == "false"
    assert toggle.inner_text() == "Show the answer"
    reader.follow(SHORT_TOO)
    assert not answer.is_visible(), "the choice holds for the next page"
    reader.page.reload()
    reader.wait_for_formulas()
    assert not answer.is_visible(), "and when the reader comes again"
    toggle.focus()
    reader.page.keyboard.press("Enter")
    assert answer.is_visible()
    reader.open(SHORT)
    assert answer.is_visible()
    assert not reader.complaints


def test_the_arrows_of_the_chain_lead_to_the_steps(new_reader):
    for viewport in ({"width": 1280, "height": 900}, PHONE):
        reader = new_reader(viewport)
        reader.open(PAGE)
        links = reader.page.locator(".chain-link:visible")
        targets = [link.get_attribute("href").rpartition("#")[2] for link in links.all()]
        assert len(set(targets)) == len(targets) == 3
        box = links.first.bounding_box()
        assert box["width"] >= 24
        assert box["height"] >= 24
        reader.page.evaluate("window.content = document.querySelector('.md-content__inner')")
        links.nth(1).focus()
        reader.page.keyboard.press("Enter")
        heading = reader.page.locator(f"h2#{targets[1]}")
        reader.page.wait_for_function(
            "id => Math.abs(document.getElementById(id).getBoundingClientRect().top) < innerHeight / 2",
            arg=targets[1],
        )
        assert heading.inner_text().startswith("Derivative of")
        assert reader.page.evaluate("location.hash") == f"#{targets[1]}"
        assert reader.page.evaluate("window.content.isConnected"), "the page was loaded anew"
        assert not reader.complaints


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_rule_shows_itself_before_it_is_followed(entry, how):
    reader = entry
    expect(reader.page.locator(".md-tooltip2:visible")).to_have_count(0)
    rule = reader.page.locator("a.rule:visible").first
    rule.scroll_into_view_if_needed()
    getattr(rule, how)()
    preview = reader.page.locator(".md-tooltip2--active, .md-tooltip2:visible").first
    preview.wait_for()
    assert preview.locator("mjx-container").count() >= 1, "with its statement, typeset"
    assert "exp" in preview.inner_text().lower()


def test_ways_are_chosen_for_the_whole_page_and_remembered(new_reader):
    reader = new_reader()
    reader.open(PAGE)
    names = reader.page.locator(".tabbed-labels").first.locator("label").all_text_contents()
    assert [name.strip() for name in names] == ["Matrix route", "Component route", "Denominator layout"]
    reader.page.locator(".tabbed-labels label:visible").filter(has_text="Denominator layout").last.click()
    reader.page.wait_for_function(f"{CHOSEN}.filter(name => name === 'Denominator layout').length >= 3")
    reader.open(OTHER)
    # The next page shows the same way, as soon as its scripts have run.
    reader.page.wait_for_function(f"{CHOSEN}.filter(name => name === 'Denominator layout').length >= 2")


def test_the_source_is_copied_and_that_is_said(entry):
    reader = entry
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for words, source in (("Copy LaTeX", "latex-result"), ("Copy the whole derivation", "latex-derivation")):
        reader.page.get_by_role("button", name=words, exact=True).click()
        expect(reader.page.locator(f"[data-source={source}]")).to_have_text("Copied ✓")
        copied = reader.page.evaluate("navigator.clipboard.readText()")
        assert copied == reader.page.locator(f"#{source}").evaluate("box => box.textContent.trim()")
        assert r"\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}}" in copied
        assert r"\class" not in copied


def test_every_step_has_an_address_of_its_own_and_the_page_can_be_cited(entry, site):
    reader = entry
    addresses, steps, ids = reader.page.evaluate(
        """() => [
            [...document.querySelectorAll(".step a.permalink")].map(link => link.hash.slice(1)),
            document.querySelectorAll(".step").length,
            [...document.querySelectorAll("[id]")].map(box => box.id),
        ]"""
    )
    assert len(addresses) == steps > 20
    assert len(set(addresses)) == len(addresses)
    assert all(ids.count(address) == 1 for address in addresses)
    reader.page.locator("details.cite > summary").click()
    text = reader.page.locator("details.cite pre").text_content()  # seen or not yet
    assert text.startswith("@misc{jacobook-mml-5-8-a,")
    assert f"{site.address}{PAGE}" in text
    assert text.count("{") == text.count("}")


def test_without_javascript_the_page_is_whole(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + PAGE)
    assert page.locator("#answer mjx-container").first.is_visible()
    assert not page.locator(".quiet-button:visible").count(), "no button that does nothing"
    assert page.locator(".step:visible").count() > 8
    context.close()


def test_formulas_that_the_builder_left_are_typeset_by_the_browser(new_reader):
    reader = new_reader()

    def give_back_the_source(route):
        response = route.fetch()
        body = re.sub(
            r'(<div class="arithmatex"[^>]*>)<mjx-container.*?</mjx-container>',
            r"\1\\[x^2\\]",
            response.text(),
            flags=re.DOTALL,
        )
        route.fulfill(response=response, body=body)

    reader.page.route(re.compile(r"/mml-5-8-c/$"), give_back_the_source)
    reader.open(OTHER)
    reader.page.wait_for_function("document.querySelector('#answer .arithmatex > mjx-container mjx-msup')")
    assert not reader.complaints


def test_nothing_moves_while_the_page_appears(new_reader):
    for viewport in ({"width": 1280, "height": 900}, PHONE):
        reader = new_reader(viewport, fresh=True)
        reader.page.add_init_script(
            """window.shifted = 0
            new PerformanceObserver(list => list.getEntries().forEach(entry => { window.shifted += entry.value }))
                .observe({ type: "layout-shift", buffered: true })"""
        )
        for path in ("", PAGE) if viewport != PHONE else (PAGE, "exercises/mml-5-4/"):
            # As a reader sees it: nothing is laid out ahead of its time.
            reader.page.goto(reader.site.address + path)
            reader.page.wait_for_function("document.querySelector('.toggle-button')")
            reader.page.wait_for_timeout(300)
            assert reader.page.evaluate("window.shifted") < 0.1, path


def test_on_paper_a_page_is_a_handout(new_reader):
    reader = new_reader()
    reader.open(PAGE)
    reader.page.locator("#result .answer-toggle").click()
    reader.page.emulate_media(media="print")
    reader.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page = reader.page
    for gone in (
        ".md-header",
        ".md-sidebar",
        ".md-footer",
        ".quiet-button:not(.layout-button)",
        ".headerlink",
        "#claims",
        ".claim",
    ):
        assert not page.locator(f"{gone}:visible").count(), gone
    assert page.locator("#answer").is_visible(), "an answer that waits on the screen stands on the paper"
    assert page.locator(".every-step .step:visible").count() > 5, "what is folded is open"
    labels = page.locator(".tabbed-labels label:visible").all_inner_texts()
    assert set(labels) == {"Matrix route"}, "of several ways the chosen one"
    assert page.evaluate(WIDE) == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not page.locator(".every-step[open]").count()


def test_the_derivation_on_the_home_page_can_be_stepped_through(new_reader):
    for viewport in ({"width": 1280, "height": 900}, PHONE):
        step_through(new_reader(viewport))


def step_through(reader):
    reader.open("")
    live = reader.page.locator(".live")
    lines = reader.page.evaluate(SHOWN)
    assert lines >= 3
    button = live.locator(".live-next")
    for number in range(1, lines + 1):
        button.click()
        assert reader.page.evaluate(SHOWN) == (number if number < lines else lines)
        assert live.locator(".live-place").inner_text() == f"Line {number} of {lines}"
        # Some browsers scroll smoothly.
        reader.page.wait_for_function(IN_WINDOW)
        assert reader.page.evaluate(EMPTY) < 40, "an empty card"
    assert button.inner_text() == "Step through it again"
    button.click()
    assert reader.page.evaluate(SHOWN) == 1
    live.get_by_text("Component route").click()
    assert reader.page.evaluate(SHOWN) >= 2, "another route is shown whole"
    assert not reader.complaints


def test_the_search_field_of_the_home_page_opens_the_search(new_reader):
    reader = new_reader()
    reader.open("")
    reader.page.locator(".search-button").click()
    reader.page.keyboard.type("quadratic form", delay=5)
    reader.page.locator(".md-search-result__item > a").first.wait_for()
    assert not reader.complaints


def test_common_mistakes_are_folded_and_one_is_open_at_most(entry):
    reader = entry
    marks = reader.page.locator("details.mistake > summary:visible")
    assert marks.count() > 1
    opened = reader.page.locator("details.mistake[open]")
    assert opened.count() == 0
    for place in (0, 1):
        marks.nth(place).focus()
        reader.page.keyboard.press("Enter")
        expect(opened).to_have_count(1)
    reader.page.emulate_media(media="print")
    assert reader.page.locator("details.mistake:visible").count() == 0
