"""The page of the glossary, and the words that each lesson introduces: links both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.calculus.proofs.arguments import declared_names
from jacobook.site.course.glossary import GLOSSARY, read_glossary
from jacobook.site.course.lesson_files import LESSON_FILES, LessonError
from jacobook.site.course.lesson_text import filled_paragraph
from jacobook.site.pages.markup import words

GLOSSARY_PAGE = "glossary.md"
"""The file of the page below `docs/`."""
Record = dict[str, Any]


def glossary_data() -> Record:
    """Return all terms, with their formulas set and their equations checked. Raises LessonError."""
    return {"terms": glossary_terms(GLOSSARY.read_text("utf-8"))}


def glossary_terms(text: str) -> list[Record]:
    """Return the terms in the text of a glossary. Raises LessonError."""
    found = []
    for one in read_glossary(text):
        if one.lesson not in LESSON_FILES:
            raise LessonError(f"{one.term}: there is no lesson {one.lesson}")
        meaning = filled_paragraph(one.text, declared_names(one.given), {})
        found.append({"term": words(one.term), "anchor": one.anchor, "lesson": one.lesson, "text": meaning})
    return found


def glossary_page(terms: Sequence[Mapping[str, Any]], lessons: Sequence[Mapping[str, Any]]) -> Record:
    """Return the page: every term with the lesson that introduces it."""
    titles = {lesson["slug"]: words(lesson["title"]) for lesson in lessons}
    return {"terms": [{**one, "title": titles[one["lesson"]]} for one in terms]}


def introduced(terms: Sequence[Mapping[str, Any]], slug: str) -> list[Mapping[str, Any]]:
    """Return the terms that a lesson introduces."""
    return [one for one in terms if one["lesson"] == slug]
