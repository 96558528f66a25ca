"""The page of the glossary, and the words that each lesson and each rule introduces: links both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.calculus.proofs.arguments import declared_names
from jacobook.calculus.rules.table import RULES
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
        if one.lesson is not None and one.lesson not in LESSON_FILES:
            raise LessonError(f"{one.term}: there is no lesson {one.lesson}")
        if one.rule is not None and one.rule not in RULES:
            raise LessonError(f"{one.term}: there is no rule {one.rule}")
        meaning = filled_paragraph(one.text, declared_names(one.given), {})
        found.append(
            {
                "term": words(one.term),
                "anchor": one.anchor,
                "page": f"rules/{one.rule}.md" if one.lesson is None else f"course/{one.lesson}.md",
                "text": meaning,
            }
        )
    return found


def glossary_page(
    terms: Sequence[Mapping[str, Any]], lessons: Sequence[Mapping[str, Any]], rules: Mapping[str, str]
) -> Record:
    """Return the page: every term with the title of the page that introduces it; of rules their names are given."""
    titles = {f"course/{lesson['slug']}.md": words(lesson["title"]) for lesson in lessons}
    titles |= {f"rules/{slug}.md": name for slug, name in rules.items()}
    return {"terms": [{**one, "title": titles[one["page"]]} for one in terms]}


def introduced(terms: Sequence[Mapping[str, Any]], page: str) -> list[Mapping[str, Any]]:
    """Return the terms that a page introduces, which is named as its file below `docs/`."""
    return [one for one in terms if one["page"] == page]
