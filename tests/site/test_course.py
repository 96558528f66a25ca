"""The course: its formulas are right, its exercises can be answered, its pages stand in an order that works."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jacobook.browser.entry import answered
from jacobook.browser.protocol import PROTOCOL
from jacobook.calculus.derive import derive
from jacobook.calculus.proofs.arguments import declared_names
from jacobook.language import parse_expression, parse_statement
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.site.course.lesson_files import LESSON_FILES, LessonError, lesson_source, read_lesson
from jacobook.site.course.lesson_model import Lesson
from jacobook.site.course.lesson_text import lesson_blocks
from jacobook.site.course.map_picture import map_picture
from jacobook.site.pages.lesson_pages import course_pages, used, worked_lesson
from jacobook.site.pages.small_changes import small_changes

# Worked out by hand, before the engine was asked: of every lesson the answers to both exercises.
ANSWERS = {
    "slope": ("10*x - 3", "-x*exp(-x^2/2)"),
    "differentials": ("2*y*x + 1", "(1 + x)*exp(x)"),
    "shapes": ("a'", "2*A"),
    "layouts": ("b'", "B*A"),
    "transposes": ("b'*A'", "2*x'"),
    "trace": ("a*b'", "2*X"),
    "chain": ("exp(a'*x)*a'", "2*x'*A'*B'*B*A"),
    "element-wise": ("2*diag(x)", "diag(exp(A*x))*A"),
    "matrix-variables": ("2*X'*(X*W - Y)", "(a.*(1 - tanh(W*x).^2))*x'"),
    "network": ("(V*tanh(W*x + b) - y)*tanh(W*x + b)'", "e'*V*diag(1 - tanh(z).^2)*W"),
}
MISTAKES = {
    "slope": ("10*x", "exp(-x^2/2)"),
    "differentials": ("2*y*x", "exp(x)"),
    "shapes": ("a' + x'", "A"),
    "layouts": ("x'", "2*B*A"),
    "transposes": ("x'*A", "x'"),
    "trace": ("2*a*b'", "X"),
    "chain": ("a'", "2*x'*A'*A"),
    "element-wise": ("diag(x)", "diag(exp(A*x))*A*2"),
    "matrix-variables": ("X'*(X*W - Y)", "a*x'"),
    "network": ("e*x'", "e'*V*W"),
}
"""What a student might answer instead: a factor, a term or a link of the chain is missing."""


def lesson(slug: str) -> Lesson:
    return read_lesson(lesson_source(slug), slug)


def checked(one: Lesson, number: int, answer: str) -> dict[str, Any]:
    exercise = one.exercises[number]
    request = {
        "protocol": PROTOCOL,
        "ask": "check",
        "lines": list(exercise.expression),
        "given": list(used(one.given, exercise.expression)),
        "wrt": exercise.wrt,
        "order": 1,
        "answer": answer,
        "target": None,
    }
    found = answered(request)
    assert found["ok"], found
    return found


def test_every_lesson_has_its_answers_here():
    assert list(ANSWERS) == list(MISTAKES) == list(LESSON_FILES)
    assert len(LESSON_FILES) == 10


@pytest.mark.parametrize("slug", ANSWERS)
@pytest.mark.parametrize("number", [0, 1])
def test_both_exercises_can_be_answered(slug, number):
    one = lesson(slug)
    assert checked(one, number, ANSWERS[slug][number])["right"]
    assert not checked(one, number, MISTAKES[slug][number])["right"]


# --- The examples, against differences of functions written in NumPy -----------------------------------------------

SIZES = {"M": 3, "N": 4, "P": 2}
Function = Callable[[dict[str, Any]], Any]
EXAMPLES: dict[tuple[str, str], Function] = {
    ("slope", "cube"): lambda v: v["x"] ** 3,
    ("differentials", "mixed"): lambda v: v["x"] ** 2 * v["y"],
    ("shapes", "linear"): lambda v: v["A"] @ v["x"],
    ("shapes", "form"): lambda v: v["a"] @ v["x"],
    ("transposes", "quadratic"): lambda v: v["x"] @ v["A"] @ v["x"],
    ("trace", "inner"): lambda v: np.trace(v["C"] @ v["X"]),
    ("trace", "middle"): lambda v: np.trace(v["A"] @ v["X"] @ v["B"]),
    ("chain", "least"): lambda v: np.sum((v["A"] @ v["x"] - v["b"]) ** 2),
    ("element-wise", "tanh"): lambda v: np.tanh(v["x"]),
    ("element-wise", "layer"): lambda v: np.tanh(v["A"] @ v["x"]),
    ("matrix-variables", "fit"): lambda v: 0.5 * np.sum((v["W"] @ v["x"] - v["y"]) ** 2),
    ("network", "bias"): lambda v: 0.5 * np.sum((v["V"] @ np.tanh(v["W"] @ v["x"] + v["b"]) - v["y"]) ** 2),
    ("network", "weights"): lambda v: 0.5 * np.sum((v["V"] @ np.tanh(v["W"] @ v["x"] + v["b"]) - v["y"]) ** 2),
}


def differences(function: Function, values: dict[str, Any], name: str) -> Any:
    """Return all slopes by central differences: the shape of the value, then that of the variable."""
    step, start = 1e-5, values[name]
    found = []
    for place in np.ndindex(start.shape):
        move = np.zeros(start.shape)
        move[place] = step
        up, down = function(values | {name: start + move}), function(values | {name: start - move})
        found.append((np.asarray(up) - np.asarray(down)) / (2 * step))
    return np.moveaxis(np.array(found), 0, -1).reshape((*np.shape(found[0]), *start.shape))


@pytest.mark.parametrize(("slug", "name"), EXAMPLES)
def test_an_example_is_what_differences_say(slug, name):
    one = lesson(slug)
    example = one.examples[name]
    statement = parse_statement(used(one.given, example.expression), example.expression, example.wrt)
    space: dict[str, Any] = {"np": np}
    exec(numpy_source(derive(statement)), space)
    random = np.random.default_rng(7)
    values = {
        symbol.name: 0.7 + 0.5 * random.normal(size=[size.value(SIZES) for size in symbol.shape.axes])
        for symbol in statement.declarations
    }
    expected = differences(EXAMPLES[slug, name], values, statement.wrt.name)
    assert np.allclose(space["derivative"](**values), expected, rtol=1e-6, atol=1e-8)


def test_every_example_of_one_variable_is_among_them():
    # The two of the page on layouts are those of the page on shapes.
    own = {(slug, name) for slug in LESSON_FILES for name, one in lesson(slug).examples.items() if one.wrt}
    assert own - EXAMPLES.keys() == {("layouts", "form"), ("layouts", "linear"), ("differentials", "cube")}


def test_what_is_left_over_vanishes_faster_than_the_step():
    # 2.1^3 - 8 = 1.261, and the slope at 2 is 12.
    derivation = derive(parse_statement(["x in R"], ["x^3"], "x"))
    found = small_changes(derivation, parse_expression("2", ()))
    assert found["rows"][0] == {"step": "0.1", "predicted": "1.2", "change": "1.261", "rest": "0.061"}
    assert found["rows"][1] == {"step": "0.01", "predicted": "0.12", "change": "0.120601", "rest": "0.000601"}
    assert found["slope"] == r"\(12\){data-search-exclude}"


# --- The texts ------------------------------------------------------------------------------------------------------

HEAD = """---
title: A title
idea: An idea.
given: ["x, y in R^N", "A, B in R^(N x N)"]
examples: {form: {expression: ["f = x'*x"], wrt: x}}
exercises:
  - {question: Q, hint: "Not `y'*x`", expression: ["f = x'*y"], wrt: x}
  - {question: Q, hint: H, expression: ["f = y'*x"], wrt: y}
---
"""


def blocks(body: str) -> list[dict[str, Any]]:
    names = declared_names(["x, y in R^N", "A, B in R^(N x N)", "i from 1 to N"])
    results = {"form": {"result": "THE RESULT"}}
    return lesson_blocks(body, names, results, {"lines": lambda about: {"about": about}})


def test_a_text_is_words_and_blocks():
    found = blocks("Of `A*x`, `dx`, `x[i]` and `N`: {form.result}.\n\n[lines form]\n\nThe end [here](there.md).")
    assert [block["kind"] for block in found] == ["words", "lines", "words"]
    assert found[0]["markdown"] == (
        r"Of \(\boldsymbol{A}\boldsymbol{x}\){data-search-exclude}, \(\mathrm{d}\boldsymbol{x}\){data-search-exclude}, "
        r"\(x_{i}\){data-search-exclude} and \(N\){data-search-exclude}: THE RESULT."
    )
    assert found[1] == {"kind": "lines", "about": "form"}
    assert found[2]["markdown"] == "The end [here](there.md)."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("`(A*B)' = A'*B'`", "not known to hold"),
        ("`tr(A*B*A') = tr(B*A*A')`", "not known to hold"),
        ("`A*q`", "q"),
        ("{form.reslt}", "no such result"),
        ("{other.result}", "no such example"),
        ("[lnes form]", "no such block"),
    ],
)
def test_a_text_that_is_wrong_is_refused(body, said):
    with pytest.raises(LessonError, match=re.escape(said)):
        blocks(body)


def test_an_equation_that_holds_is_set():
    assert (
        r"(\boldsymbol{A}\boldsymbol{B})^{\top} = \boldsymbol{B}^{\top}\boldsymbol{A}^{\top}"
        in (blocks("`(A*B)' = B'*A'`")[0]["markdown"])
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No head.", "begins with its head"),
        ("---\n- a\n---\nText", "no mapping"),
        (HEAD.replace("idea: An idea.", ""), "idea: Field required"),
        (HEAD.replace("title:", "titel:"), "titel"),
        (HEAD.replace("  - {question: Q, hint: H,", "  # {"), "exercises"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_name(text, said):
    with pytest.raises(LessonError, match=r"^01-a\.md: ") as refused:
        read_lesson(text, "01-a.md")
    assert said in str(refused.value)


def test_only_what_an_expression_uses_is_declared():
    given = ["x, y in R^N", "A in R^(N x N) symmetric", "f in R", "i from 1 to N"]
    assert used(given, ["f = x'*A*x"]) == ("x in R^N", "A in R^(N x N) symmetric")
    assert used(given, ["x'*y"]) == ("x, y in R^N",)


def test_a_lesson_is_derived_and_its_exercises_are_asked():
    found = worked_lesson(read_lesson(HEAD + "Text.\n\n[result form]\n", "01-a.md"), "a")
    assert found["blocks"][1]["formula"] == (
        r'<div class="arithmatex" data-search-exclude>'
        r"\[\frac{\mathrm{d}f}{\mathrm{d}\boldsymbol{x}} = 2\boldsymbol{x}^{\top}\]</div>"
    )
    assert found["blocks"][1]["shape"] == "1×N"
    first, second = found["exercises"]
    assert first["hint"] == r"Not \(\boldsymbol{y}^{\top}\boldsymbol{x}\){data-search-exclude}"
    assert (first["asked"]["wrt"], second["asked"]["wrt"]) == ("x", "y")
    assert second["asked"]["targets"][0]["shape"] == "1×N"
    assert r"\boldsymbol{x}^{\top}" in second["result"]


# --- The order --------------------------------------------------------------------------------------------------


def test_every_lesson_needs_only_what_comes_before_it():
    before: set[str] = set()
    for slug in LESSON_FILES:
        needs = set(lesson(slug).needs)
        assert needs <= before
        assert needs or not before, f"{slug} stands by itself"
        before.add(slug)


def test_a_map_with_a_way_back_is_refused():
    titles = {"a": "First", "b": "Second"}
    assert map_picture(titles, {"a": [], "b": ["a"]}).count("<path") == 1
    with pytest.raises(ValueError, match="First needs Second"):
        map_picture(titles, {"a": ["b"], "b": []})


def test_a_page_says_where_it_stands():
    made = {"title": "", "idea": "", "blocks": [], "exercises": []}
    lessons = [{**made, "slug": "a", "title": "A", "needs": []}, {**made, "slug": "b", "title": "B", "needs": ["a"]}]
    pages = course_pages(lessons, [{"page": "course/a.md", "term": "Word", "anchor": "word"}])
    assert pages["course/a.md"]["leads"] == [{"page": "b.md", "title": "B"}]
    assert pages["course/b.md"]["needed"] == [{"page": "a.md", "title": "A"}]
    assert [len(page["terms"]) for page in pages.values()] == [1, 0]
    assert [page["number"] for page in pages.values()] == [1, 2]


# --- The pages of the site -----------------------------------------------------------------------------------------

COURSE = ["course/index.md", *(f"course/{slug}.md" for slug in LESSON_FILES)]


def test_the_course_comes_first_in_the_navigation(pages):
    sections = json.loads((pages / "assets/generated/navigation.json").read_text("utf-8"))["sections"]
    assert list(sections[1].items()) == [("Start here", [*COURSE, "glossary.md"])]


@pytest.mark.parametrize("name", COURSE)
def test_all_links_lead_somewhere(pages, name):
    text = (pages / name).read_text("utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^()\s]+)", text) if not link.startswith("#")]
    assert links
    for link in links:
        assert (pages / posixpath.normpath(f"course/{link}")).is_file(), link


@pytest.mark.parametrize("slug", LESSON_FILES)
def test_a_page_has_two_boxes_and_the_results_of_the_engine(pages, slug):
    text = (pages / f"course/{slug}.md").read_text("utf-8")
    assert text.count('class="check-answer"') == 2
    one = lesson(slug)
    for exercise in one.exercises:
        derivation = derive(parse_statement(used(one.given, exercise.expression), exercise.expression, exercise.wrt))
        assert f"= {latex(derivation.value)}\\]</div>" in text
    assert (pages / f"assets/generated/markdown/course/{slug}/index.md.txt").is_file()
    assert f"course/{slug}/index.md.txt" in (pages / "llms.txt").read_text("utf-8")
    assert (pages / f"assets/generated/cards/course-{slug}.png").is_file()


def test_the_home_page_leads_to_the_course(pages):
    assert "(course/index.md)" in (pages / "index.md").read_text("utf-8")
