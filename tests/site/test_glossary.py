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
    assert (found["term"], found["anchor"], found["lesson"]) == ("Trace", "trace", "trace")
    assert (
        r"\operatorname{tr}(\boldsymbol{A}\boldsymbol{B}) = \operatorname{tr}(\boldsymbol{B}\boldsymbol{A})"
        in (found["text"])
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE.replace("tr(B*A)", "tr(B*A')"), "not known to hold"),
        (ONE.replace("lesson: trace", "lesson: traces"), "no lesson traces"),
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
    assert all(introduced(terms, slug) for slug in LESSON_FILES)
    assert sum(len(introduced(terms, slug)) for slug in LESSON_FILES) == len(terms)


def test_a_term_names_its_lesson():
    page = glossary_page(glossary_terms(ONE), [{"slug": "trace", "title": "The trace"}])
    assert page["terms"][0]["title"] == "The trace"


def test_links_lead_both_ways(pages):
    glossary = (pages / "glossary.md").read_text("utf-8")
    for one in glossary_data()["terms"]:
        assert f"## {one['term']} {{#{one['anchor']}}}" in glossary
        lesson = (pages / f"course/{one['lesson']}.md").read_text("utf-8")
        assert f"](../glossary.md#{one['anchor']})" in lesson
    assert set(re.findall(r"\]\(course/([a-z-]+)\.md\)", glossary)) == set(LESSON_FILES)
