"""The glossary: its terms are right, in order, and linked with the pages of the course, both ways."""

from __future__ import annotations

import re

import pytest

from jacobook.site.course.lesson_files import LESSON_FILES, LessonError
from jacobook.site.pages.glossary_page import glossary_data, glossary_page, glossary_terms, introduced

ONE = """
- term: Trace
  lesson: trace
  given: ["A, B in R^(N x N)"]
  text: Cyclic, `tr(A*B) = tr(B*A)`.
"""


def test_a_term_is_set():
    (found,) = glossary_terms(ONE)
    assert (found["term"], found["anchor"], found["page"]) == ("Trace", "trace", "course/trace.md")
    assert (
        r"\operatorname{tr}(\boldsymbol{A}\boldsymbol{B}) = \operatorname{tr}(\boldsymbol{B}\boldsymbol{A})"
        in (found["text"])
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE.replace("tr(B*A)", "tr(B*A')"), "not known to hold"),
        (ONE.replace("lesson: trace", "lesson: traces"), "no lesson traces"),
        (ONE.replace("lesson: trace", "rule: traces"), "no rule traces"),
        (ONE.replace("lesson: trace", "lesson: trace\n  rule: trace"), "Trace: name either its lesson or its rule"),
        (ONE.replace("  lesson: trace\n", ""), "Trace: name either its lesson or its rule"),
        (ONE + ONE, "trace is not in alphabetical order, or stands twice"),
        (ONE + ONE.replace("Trace", "Slope"), "slope is not in alphabetical order"),
        (ONE.replace("text:", "txt:"), "txt"),
    ],
)
def test_a_term_that_is_wrong_is_refused(text, said):
    with pytest.raises(LessonError, match=re.escape(said)):
        glossary_terms(text)


def test_every_lesson_introduces_a_word():
    terms = glossary_data()["terms"]
    assert all(introduced(terms, f"course/{slug}.md") for slug in LESSON_FILES)


def test_the_words_that_others_use_are_in_it():
    terms = {one["term"]: one["text"] for one in glossary_data()["terms"]}
    assert terms.keys() >= {"Derivative", "Gradient", "Hadamard product", "Hessian", "Kronecker delta", "Vec"}
    assert "vjp" in terms["Vector–Jacobian product"]
    assert "jvp" in terms["Jacobian–vector product"]


def test_a_term_names_its_page():
    page = glossary_page(glossary_terms(ONE), [{"slug": "trace", "title": "The trace"}], {})
    assert page["terms"][0]["title"] == "The trace"
    terms = glossary_terms(ONE.replace("lesson: trace", "rule: trace"))
    assert (
        glossary_page(terms, [], {"trace": "Differential of a trace"})["terms"][0]["title"] == "Differential of a trace"
    )


def test_links_lead_both_ways(pages):
    glossary = (pages / "glossary.md").read_text("utf-8")
    for one in glossary_data()["terms"]:
        assert f"## {one['term']} {{#{one['anchor']}}}" in glossary
        assert f"]({one['page']})" in glossary
        assert f"](../glossary.md#{one['anchor']})" in (pages / one["page"]).read_text("utf-8")
    assert set(re.findall(r"\]\(course/([a-z-]+)\.md\)", glossary)) == set(LESSON_FILES)
