"""The pages of the course: each lesson with its examples and exercises, derived and verified, and the map of all."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from jacobook.algebra.shapes import derivative_shape
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.proofs.arguments import DeclaredNames, declared_names
from jacobook.language import LanguageError, parse_expression
from jacobook.language.printer import text_declarations, text_functions
from jacobook.rendering.pictures.chain_data import TypeRun, partial_label
from jacobook.rendering.pictures.shape_svg import Factor, drawn_cells, product_svg, shape_svg
from jacobook.rendering.shape_words import derivative_left, shape_text
from jacobook.rendering.statement_address import statement_address
from jacobook.rendering.statement_lines import latex_link
from jacobook.site.course.lesson_files import FOLDER, LESSON_FILES, LessonError, lesson_source, read_lesson
from jacobook.site.course.lesson_model import Lesson, LessonExample, LessonExercise
from jacobook.site.course.lesson_text import Block, Blocks, filled_paragraph, lesson_blocks
from jacobook.site.course.map_picture import map_picture
from jacobook.site.entry_model import CollectionEntry, Source
from jacobook.site.pages.asked import answer_box, asked
from jacobook.site.pages.citations import Citations
from jacobook.site.pages.entry_page import entry_page
from jacobook.site.pages.glossary_page import introduced
from jacobook.site.pages.markup import inline, maths, without_mistakes, words
from jacobook.site.pages.shape_gallery import factor
from jacobook.site.pages.small_changes import small_changes
from jacobook.site.worked_entry import WorkedEntry
from jacobook.site.working_out import work_out

COURSE = "course/"
"""The folder of the course below `docs/`; its map is the index of it."""
Record = dict[str, Any]


def lesson_data(slug: str) -> Record:
    """Return everything that the page of a lesson shows, with its derivations verified.

    Raises LessonError where its file cannot be used, and Unproved where a check fails.
    """
    name = LESSON_FILES[slug].name
    try:
        return worked_lesson(read_lesson(lesson_source(slug), name), slug)
    except (LessonError, LanguageError) as error:
        raise LessonError(f"{name}: {error}") from error


def worked_lesson(lesson: Lesson, slug: str) -> Record:
    """Return what the page of this lesson shows."""
    examples = {name: _Worked(lesson, one, f"{slug}-{name}") for name, one in lesson.examples.items()}
    names = declared_names(lesson.given)
    results = {name: one.results() for name, one in examples.items()}
    return {
        "slug": slug,
        "title": lesson.title,
        "idea": lesson.idea,
        "needs": list(lesson.needs),
        "blocks": lesson_blocks(lesson.body, names, results, _blocks(examples, names)),
        "exercises": [
            _exercise(lesson, one, names, f"{slug}-exercise-{number}") for number, one in enumerate(lesson.exercises, 1)
        ],
    }


def course_pages(lessons: Sequence[Record], terms: Sequence[Record]) -> dict[str, Record]:
    """Return the page of every lesson, with its place in the line and its words, by its file below `docs/`."""
    titles = {lesson["slug"]: lesson["title"] for lesson in lessons}
    return {
        f"{COURSE}{lesson['slug']}.md": {
            **lesson,
            "number": number,
            "count": len(lessons),
            "needed": [{"page": f"{one}.md", "title": words(titles[one])} for one in lesson["needs"]],
            "leads": [
                {"page": f"{one['slug']}.md", "title": words(one["title"])}
                for one in lessons
                if lesson["slug"] in one["needs"]
            ],
            "terms": introduced(terms, f"{COURSE}{lesson['slug']}.md"),
            "exercises": [{**one, "asked": answer_box(one["asked"])} for one in lesson["exercises"]],
        }
        for number, lesson in enumerate(lessons, 1)
    }


def course_map(lessons: Sequence[Record]) -> Record:
    """Return the list of all lessons, and the picture of which needs which."""
    titles = {lesson["slug"]: lesson["title"] for lesson in lessons}
    return {
        "picture": map_picture(titles, {lesson["slug"]: lesson["needs"] for lesson in lessons}),
        "lessons": [
            {"page": f"{one['slug']}.md", "title": words(one["title"]), "idea": words(one["idea"])} for one in lessons
        ],
    }


# --- Examples and exercises --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Worked:
    """An example with its derivations."""

    lesson: Lesson
    example: LessonExample
    name: str

    @cached_property
    def given(self) -> tuple[str, ...]:
        """Return the declarations of the lesson that the example uses."""
        return used(self.lesson.given, self.example.expression)

    @cached_property
    def worked(self) -> WorkedEntry:
        entry = CollectionEntry(
            slug=self.name,
            group="exercise",
            title=self.lesson.title,
            sources=(Source(name=self.lesson.title),),
            question=self.lesson.idea,
            given=self.given,
            expression=self.example.expression,
            wrt=self.example.wrt,
            differential=self.example.differential,
        )
        return work_out(entry, FOLDER / self.name, self.name)

    @cached_property
    def page(self) -> Record:
        """Return the page that the example would have as an entry."""
        return entry_page(self.worked, Citations({}))

    @property
    def part(self) -> Record:
        found: Record = self.page["differential"] or self.page["main"]
        return found

    @property
    def derivation(self) -> Derivation:
        return self.worked.main.derivation

    def results(self) -> dict[str, str]:
        """Return what sentences say of the example: formulas and shapes, as Markdown."""
        statement = self.worked.statement
        found = {
            "statement": ", ".join(inline(latex_link(link)) for link in statement.links),
            "function": maths(statement.in_variables),
            "shape": _shape(self.part["shape"]),
        }
        if self.example.differential:
            return found | {"result": inline(self.part["result_latex"])}
        found |= {
            "result": maths(self.derivation.value),
            "left": maths(derivative_left(statement.function, statement.wrt)),
        }
        if self.derivation.denominator:
            turned = self.derivation.denominator[-1].right
            found |= {"turned": maths(turned), "turned_shape": _shape(shape_text(turned.shape))}
        for partial in self.derivation.partials:
            found[f"{partial.of.name}_by_{partial.wrt.name}".lower()] = maths(partial.value)
        return found


def used(given: Sequence[str], expressions: Sequence[str]) -> tuple[str, ...]:
    """Return the declarations of the names that stand in the expressions and are not defined there."""
    names = declared_names(given)
    defined = {name for line in expressions if "=" in line for name in re.findall(r"^\s*(\w+)", line)}
    written = set(re.findall(r"[^\W\d]\w*", " ".join(expressions))) - defined
    return (
        *text_declarations(tuple(symbol for symbol in names.symbols if symbol.name in written)),
        *text_functions(tuple(function for function in names.functions if function.name in written)),
    )


def _exercise(lesson: Lesson, exercise: LessonExercise, names: DeclaredNames, name: str) -> Record:
    """Return a question, what it asks for the answer box, and its answer with the address of every step."""
    worked = _Worked(lesson, exercise, name)
    lines, derivation = exercise.expression, worked.derivation
    address = statement_address(lines, worked.given, derivation.statement.wrt.name)
    return {
        "question": filled_paragraph(exercise.question, names, {}),
        "hint": filled_paragraph(exercise.hint, names, {}),
        "statement": worked.part["statement"],
        "given": [row["member"] for row in worked.part["given"]],
        "wanted": maths(derivative_left(derivation.statement.function, derivation.statement.wrt)),
        "asked": asked(worked.given, lines, derivation),
        "result": worked.part["result"],
        "shape": worked.part["shape"],
        "address": html.escape(address),
    }


def _shape(shape: str) -> str:
    return f'<span class="shape">{shape}</span>'


# --- Blocks ------------------------------------------------------------------------------------------------------


def _blocks(examples: Mapping[str, _Worked], names: DeclaredNames) -> Blocks:
    """Return what makes each kind of block."""

    def of(make: Callable[[_Worked], Block]) -> Callable[[str], Block]:
        def made(about: str) -> Block:
            if about not in examples:
                raise LessonError(f"{about}: there is no such example")
            return {"name": examples[about].name, **make(examples[about])}

        return made

    def changes(about: str) -> Block:
        name, _, point = about.partition(" at ")
        return of(lambda one: small_changes(one.derivation, parse_expression(point, ())))(name)

    return {
        "result": of(lambda one: {"formula": one.part["result"], "shape": one.part["shape"]}),
        "lines": of(lambda one: {"lines": _route(one, "matrix")}),
        "entries": of(lambda one: {"lines": _route(one, "component")}),
        "together": of(lambda one: {"lines": without_mistakes(one.part["together"][0]["lines"])}),
        "ending": of(lambda one: {"lines": _last_stage(one.part["together"][0]["lines"])}),
        "partials": of(_partials),
        "chain": of(lambda one: {"picture": _without_links(one.part["chain"])}),
        "shapes": of(lambda one: {"picture": _chain_shapes(one.derivation)}),
        "numbers": of(lambda one: one.part["example"]),
        "layouts": of(_layouts),
        "pattern": of(lambda one: {"plots": one.page["plots"]}),
        "changes": changes,
        "picture": lambda about: {"picture": _product(about, names)},
    }


def _route(worked: _Worked, route: str) -> list[Record]:
    """Return the lines of an example that is derived in one piece."""
    if worked.example.differential:
        return without_mistakes(worked.part["lines"])
    tabs = {tab["slug"]: tab["lines"] for tab in worked.part["partials"][0]["tabs"]}
    return without_mistakes(tabs[route])


def _last_stage(lines: Sequence[Record]) -> list[Record]:
    """Return the lines of the last stage, as a derivation of its own; all of them where there are no stages."""
    start = max((place for place, line in enumerate(lines) if line["stage"]), default=0)
    return [{**line, "stage": None} for line in without_mistakes(lines[start:])]


def _partials(worked: _Worked) -> Block:
    return {"partials": [{"formula": one["claim"], "shape": one["shape"]} for one in worked.part["partials"]]}


def _layouts(worked: _Worked) -> Block:
    """Return a derivative in both layouts, with a picture of each shape."""
    derivation = worked.derivation
    turned = derivation.denominator[-1].right
    cells = drawn_cells([derivation.value.shape])
    return {
        "function": maths(derivation.statement.in_variables),
        "variable": maths(derivation.statement.wrt),
        "sides": [
            {
                "layout": layout,
                "value": maths(value),
                "shape": shape_text(value.shape),
                "picture": shape_svg(value.shape, cells),
            }
            for layout, value in (("Jacobian layout", derivation.value), ("Denominator layout", turned))
        ],
    }


def _without_links(figure: str) -> str:
    """Return the picture of a chain for a page that has no sections to which its arrows could lead."""
    return re.sub(r'<a class="chain-link"[^>]*></a>| id="[\w-]*chain"', "", figure)


def _chain_shapes(derivation: Derivation) -> str:
    """Return the factors of the chain rule as boxes, in the order in which they are multiplied."""
    names = [derivation.statement.function, *(partial.wrt for partial in derivation.partials)]
    factors = []
    for of, wrt in pairwise(names):
        shape = derivative_shape(of.shape, wrt.shape)
        if shape is None:
            raise LessonError(f"∂{of.name}/∂{wrt.name} has more than two indices and cannot be drawn")
        factors.append(Factor(shape, partial_label(of, wrt)))
    return product_svg(factors, None, partial_label(names[0], names[-1], total=True))


def _product(text: str, names: DeclaredNames) -> str:
    """Return a product of names, such as `A*x`, `x'*y` or `dy = A*dx`, as boxes side by side."""
    left, _, product = text.rpartition(" = ")
    result = _factor(left, names).label if left else ()
    return product_svg([_factor(operand.strip(), names) for operand in product.split("*")], None, result)


def _factor(operand: str, names: DeclaredNames) -> Factor:
    """Return a name, a transposed one, or the differential of one, as it is drawn."""
    known = {symbol.name for symbol in names.symbols}
    name = operand.removesuffix("'")
    if name not in known and name.removeprefix("d") in known:
        found = factor(operand.removeprefix("d"), names.symbols)
        return replace(found, label=(TypeRun("d"), *found.label))
    if name not in known:
        raise LessonError(f"{operand}: a picture shows names that are declared under `given`")
    return factor(operand, names.symbols)
