"""The course in a browser: an exercise is answered on its page, and the map is one on every screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.reading import PHONE
from tests.browser.test_accessibility import CONTRAST, violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("engine in a browser")]

LONG = 60_000
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
ROWS = """() => {
    const middle = box => (box.top + box.bottom) / 2
    const dots = [...document.querySelectorAll(".course-arcs circle")].map(dot => middle(dot.getBoundingClientRect()))
    const rows = [...document.querySelectorAll(".course-list > li")].map(row => middle(row.getBoundingClientRect()))
    const text = [...document.querySelectorAll(".course-list p")].map(one => one.getBoundingClientRect())
    const overlaps = text.some((one, k) => k && one.top < text[k - 1].bottom)
    return { distances: dots.map((dot, k) => Math.abs(dot - rows[k])), overlaps }
}"""


@pytest.fixture(scope="module")
def axe(root):
    return (root / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def test_an_exercise_is_answered_on_its_page(engine_reader, axe):
    reader = engine_reader
    reader.page.set_viewport_size(PHONE)
    reader.open("course/transposes/")
    exercise = reader.page.locator("#exercise-1")
    exercise.get_by_label("Rows").fill("1")
    exercise.get_by_label("Columns").fill("N")
    exercise.get_by_label("Columns").press("Enter")
    expect(exercise.locator(".answer-verdict")).to_have_text("Right: 1×N.")
    field = exercise.get_by_placeholder("formula or LaTeX")
    for typed, kind in (("2*b'*A'", "nearly"), ("x'*A", "wrong"), ("b'*A'", "right")):
        field.fill(typed)
        field.press("Enter")
        exercise.locator(f".answer-verdict[data-kind={kind}]").wait_for(timeout=LONG)
    exercise.get_by_text("Answer", exact=True).click()
    expect(exercise.locator(".lesson-answer .partial")).to_be_visible()
    assert not reader.page.evaluate(SIDEWAYS)
    assert not violations(reader, axe)
    reader.page.emulate_media(color_scheme="dark")
    assert not violations(reader, axe, CONTRAST)


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}])
def test_the_rows_of_the_list_are_those_of_the_map(new_reader, axe, size):
    reader = new_reader(size)
    reader.open("course/")
    found = reader.page.evaluate(ROWS)
    assert len(found["distances"]) == 10
    assert max(found["distances"]) < 2
    assert not found["overlaps"]
    assert not reader.page.evaluate(SIDEWAYS)
    assert not violations(reader, axe)


def test_the_line_leads_from_page_to_page(new_reader):
    reader = new_reader()
    reader.open("course/")
    for title in ("The slope", "Differentials", "Shapes"):
        reader.page.locator(".md-footer__link--next").click()
        expect(reader.page.locator("h1")).to_contain_text(title)
