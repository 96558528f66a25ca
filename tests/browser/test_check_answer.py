"""A reader answers: the box under a question, lines that wait, and the page of exercises."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from jacobook.browser.entry import answered
from jacobook.browser.protocol import PROTOCOL
from tests.browser.reading import PHONE, Reader
from tests.browser.test_accessibility import CONTRAST, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("engine in a browser")]

PAGE = "exercises/mml-5-8-a/"
SHORT = "identities/trace/trace/"
PRACTICE = "practice/"
LONG = 60_000
RIGHT = "-1/2*exp(-z/2)*(x - mu)'*(inv(S) + inv(S)')"
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def axe(root):
    return (root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def reader(engine_reader) -> Iterator[Reader]:
    yield engine_reader
    # A font of an answer that was closed at once is not used; the browser remarks on that.
    assert not [one for one in engine_reader.complaints if "preloaded using link preload" not in one]


def box_of(reader: Reader) -> Locator:
    return reader.page.locator(".answer-box")


def answer(reader: Reader, text: str, kind: str) -> str:
    """Type an answer, press Enter, and return the verdict, which has to be of a kind."""
    box_of(reader).get_by_placeholder("formula or LaTeX").fill(text)
    reader.page.keyboard.press("Enter")
    verdict = box_of(reader).locator(f".answer-verdict[data-kind={kind}]")
    verdict.wait_for(timeout=LONG)
    return verdict.inner_text()


def test_nothing_is_loaded_before_the_box_is_touched(fresh_window):
    loaded: list[str] = []
    fresh_window.page.on("request", lambda request: loaded.append(request.url))
    fresh_window.open(PAGE)
    fresh_window.page.wait_for_load_state("networkidle")
    assert any(address.endswith("check-answer.js") for address in loaded)
    assert not [address for address in loaded if "/runtime/" in address or "/mathjax/startup" in address]
    assert fresh_window.page.locator("#answer").is_visible()
    with fresh_window.page.expect_request("**/runtime/runtime.json"):
        box_of(fresh_window).get_by_label("Rows").focus()
    assert not fresh_window.page.locator("#answer").is_visible(), "the answer waits while the reader tries"


def test_who_wants_to_see_answers_sees_them_while_trying(reader):
    reader.open(SHORT)
    toggle = reader.page.locator("#result .answer-toggle")
    toggle.click()
    toggle.click()
    box_of(reader).get_by_label("Rows").focus()
    assert reader.page.locator("#answer").is_visible()


def test_answers_to_the_whole_question(reader):
    reader.open(PAGE)
    box = box_of(reader)
    box.get_by_role("button", name="Skip").click()
    assert "factor 2" in answer(reader, f"2*({RIGHT})", "nearly")
    assert "other layout" in answer(reader, f"({RIGHT})'", "right")
    assert "the term x' of your answer should not be there" in answer(reader, f"{RIGHT} + x'", "nearly")
    wrong = answer(reader, "(x - mu)'*S", "wrong")
    assert "For D = 2 and x =" in wrong
    assert "it should be" in wrong
    assert "equal as expressions" in answer(reader, RIGHT, "right")
    assert reader.page.locator("#answer").is_visible(), "the answer is shown when it was found"
    latex = r"-\frac{1}{2} e^{-z/2} (x - \mu)^\top (S^{-1} + S^{-\top})"
    assert "Right" in answer(reader, latex, "right")
    # What cannot be read is shown, and what would fit is put in by a click.
    field = box.get_by_placeholder("formula or LaTeX")
    field.fill(RIGHT.replace("inv(S) +", "invv(S) +"))
    field.press("Enter")
    error = box.locator(".own-error")
    expect(error).to_contain_text("did you mean")
    assert error.locator("pre").inner_text().split("\n")[1].strip() == "^^^^"
    error.get_by_role("button").click()
    expect(field).to_have_value(RIGHT)
    expect(error).to_be_empty()


def test_the_shape_of_a_partial_derivative_comes_first(reader):
    reader.open(PAGE)
    box = box_of(reader)
    box.get_by_role("combobox").focus()
    box.get_by_role("combobox").select_option(label="∂z/∂y")
    rows, columns, said = box.get_by_label("Rows"), box.get_by_label("Columns"), box.locator(".answer-verdict")
    shapes = reader.page.locator(".chain-wide text[fill], .result-title > .shape")
    assert not [text for text in shapes.all() if text.is_visible()], "the page does not say what is asked"
    for typed, words in ((("D", "D"), "It has one row"), (("D", "1"), "In the denominator layout, yes")):
        rows.fill(typed[0])
        columns.fill(typed[1])
        columns.press("Enter")
        expect(said).to_contain_text(words)
    assert not box.get_by_placeholder("formula or LaTeX").is_visible()
    rows.fill("1")
    columns.press("Enter")  # holds 1, which is right for neither
    expect(said).to_contain_text("Not quite")
    columns.fill("D")
    columns.press("Enter")
    expect(said).to_contain_text("Right: 1×D")
    assert "Right only if" in answer(reader, "2*y'*inv(S)", "nearly")
    assert "Right" in answer(reader, "y'*(inv(S) + inv(S)')", "right")
    address = box.get_by_role("link", name="Change this function").get_attribute("href") or ""
    assert address.startswith(f"{reader.site.address}your-own-function/#f=")


@pytest.mark.one_in(3)
@pytest.mark.parametrize("right", ["N(N+1)/2", "(N^2 + N)/2", "1/2*(1+N)*N"])
def test_a_size_is_typed_as_one_likes(reader, right):
    reader.open("identities/structured/logdet-by-vech/")
    box = box_of(reader)
    box.get_by_label("Rows").fill("1")
    for typed, words in (("N^2", "Not quite"), ("(N+1)/2", "Not quite"), ("N(N+1", "Not quite"), (right, "Right")):
        box.get_by_label("Columns").fill(typed)
        box.locator(".answer-verdict").evaluate("verdict => verdict.replaceChildren()")
        box.get_by_label("Columns").press("Enter")
        expect(box.locator(".answer-verdict")).to_contain_text(words)


def test_lines_come_one_at_a_time(reader):
    reader.open(PAGE)
    page = reader.page
    toggle = page.get_by_role("button", name="Practise: hide the lines").first
    every = page.locator(".step").filter(visible=True).count()
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert not page.locator(".step").filter(visible=True).count()
    assert not page.locator(".partial .arithmatex").filter(visible=True).count(), "values wait, too"
    bar = page.locator(".tabbed-block:visible .next-line").nth(0)  # of the derivative of z by y, by matrices
    assert "Line 1 of 4" in bar.inner_text()
    bar.get_by_role("button", name="Hint").focus()
    page.keyboard.press("Enter")
    expect(bar.locator(".next-line-hint")).to_have_text("Product rule")
    page.keyboard.press("Tab")
    for line in range(1, 5):
        page.keyboard.press("Enter")
        assert page.locator(".step").filter(visible=True).count() == line
    assert "All 4 lines are shown" in bar.inner_text()
    assert page.locator(".partial .arithmatex").filter(visible=True).count() == 1
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "false")
    assert page.locator(".step").filter(visible=True).count() == every
    assert not page.locator(".next-line, .waits").count()


IN_SIGHT = """(id) => {
    const place = document.getElementById(id), { top, bottom } = place.getBoundingClientRect()
    return place.checkVisibility() && bottom > 0 && top < innerHeight
}"""


def follow_a_link(reader: Reader, place: str) -> None:
    """Click a link to a place on this page, and wait until the place is in sight."""
    reader.page.evaluate(
        """place => {
            const link = document.createElement("a")
            Object.assign(link, { id: "link", href: `#${place}`, textContent: "link" })
            document.getElementById("link")?.remove()
            document.querySelector("h1").append(link)
        }""",
        place,
    )
    reader.page.locator("#link").click()
    reader.page.wait_for_function(IN_SIGHT, arg=place)


def test_a_link_to_a_line_shows_it(reader):
    reader.open(PAGE)
    page = reader.page
    page.get_by_role("button", name="Practise: hide the lines").first.click()
    assert not page.locator("#z-by-y-matrix-1").is_visible()
    # Waiting: with the lines before it, and no more.
    follow_a_link(reader, "z-by-y-matrix-3")
    assert page.locator("#z-by-y-matrix-1").is_visible()
    assert not page.locator("#z-by-y-matrix-4").is_visible()
    assert "Line 4 of 4" in page.locator("ol:has(> #z-by-y-matrix-3) .next-line").inner_text()
    # Waiting in another tab.
    follow_a_link(reader, "z-by-y-component-2")
    assert not page.locator("#z-by-y-component-3").is_visible()
    # Waiting where it is folded.
    folded = page.locator(".md-content details:not([open]) .step").first.get_attribute("id")
    follow_a_link(reader, folded)
    # A value comes with all of its lines.
    follow_a_link(reader, "f-by-z-value")
    assert page.locator("#f-by-z-value > .arithmatex").is_visible()
    assert page.locator("#f-by-z-matrix-1").is_visible()
    # A section is shown, and what waits in it waits on.
    follow_a_link(reader, "y-by-x")
    assert not page.locator("#y-by-x-component-1").is_visible()
    page.get_by_role("button", name="Practise: hide the lines").first.click()
    assert page.locator("#y-by-x-component-1").is_visible()


def test_an_address_of_a_line_shows_it_in_whichever_tab_it_is(reader):
    for place in ("z-by-y-denominator-1", "z-by-y-matrix-4"):
        reader.page.goto(f"{reader.site.address}{PAGE}#{place}")
        reader.page.wait_for_function(IN_SIGHT, arg=place)


def test_exercises_fresh_functions_and_progress(reader, axe):
    reader.page.set_viewport_size(PHONE)
    reader.open(PRACTICE)
    page = reader.page
    assert not violations(reader, axe)
    page.get_by_label("Kind").select_option("scalar-by-matrix")
    page.get_by_role("button", name="Begin").click()
    page.locator(".practice .statement mjx-container").first.wait_for()
    before = page.locator(".check-answer").get_attribute("data-asked")
    page.get_by_role("button", name="A function like this one").click()
    expect(page.locator(".practice-from")).to_have_text("A fresh function", timeout=LONG)
    page.locator(".practice .statement mjx-container").first.wait_for()
    asked = json.loads(page.locator(".check-answer").get_attribute("data-asked") or "")
    assert asked != json.loads(before or "")
    assert not page.evaluate(SIDEWAYS)
    assert not violations(reader, axe, within=".practice")
    statement = {name: asked[name] for name in ("lines", "given", "wrt")}
    result = answered({"protocol": PROTOCOL, "ask": "derive", **statement})["result"]
    box_of(reader).get_by_role("button", name="Skip").click()
    answer(reader, f"2*({result})", "nearly")
    answer(reader, result, "right")
    assert not page.evaluate(SIDEWAYS)
    assert not violations(reader, axe, within=".practice")
    progress = page.locator(".practice-progress summary")
    expect(progress).to_have_text("1 answered, 0 right at the first try")
    page.reload()
    expect(progress).to_have_text("1 answered, 0 right at the first try")
    progress.click()
    page.get_by_role("button", name="Forget my progress").click()
    expect(progress).not_to_be_visible()
    assert page.evaluate("localStorage.getItem('jacobook.practice')") is None


def test_two_tabs_keep_one_progress(reader):
    reader.open(PRACTICE)
    other = reader.page.context.new_page()
    other.goto(reader.site.address + PRACTICE)
    progress = {"kinds": {"scalar-by-vector": [3, 2]}, "done": []}
    other.evaluate("text => localStorage.setItem('jacobook.practice', text)", json.dumps(progress))
    expect(reader.page.locator(".practice-progress summary")).to_have_text("3 answered, 2 right at the first try")
    reader.page.locator(".practice-progress summary").click()
    reader.page.get_by_role("button", name="Forget my progress").click()
    other.reload()
    expect(other.locator(".practice-progress summary")).not_to_be_visible()


def test_axe_finds_nothing_in_a_box_that_is_used(new_reader, axe):
    reader = new_reader(PHONE)
    reader.open(SHORT)
    reader.without_engine()
    box = box_of(reader)
    for typed in ("2", "1"):
        box.get_by_label("Columns").fill(typed)
    box.get_by_label("Rows").fill("7")
    box.get_by_label("Rows").press("Enter")
    expect(box.locator(".answer-verdict")).to_contain_text("Not quite")
    reader.page.locator(".lines-toggle").first.click()
    assert not reader.page.evaluate(SIDEWAYS)
    for part in (".check-answer", ".next-line"):
        assert not violations(reader, axe, within=part)
    reader.page.emulate_media(color_scheme="dark")
    assert not violations(reader, axe, CONTRAST, within=".check-answer")
