"""The glossary: what each word means, and which lesson or rule introduces it. It is data, in `glossary.yaml` here."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import Field, TypeAdapter, ValidationError

from jacobook.site.course.lesson_files import LessonError
from jacobook.site.entry_model import Slug
from jacobook.statement_model import Sentence, Strict, Words

GLOSSARY = Path(__file__).with_suffix(".yaml")


class GlossaryTerm(Strict):
    """A word with its meaning."""

    term: Words
    lesson: Slug | None = Field(default=None, description="The page of the course that introduces the word.")
    rule: Slug | None = Field(default=None, description="Its rule, where no page of the course introduces it.")
    given: tuple[Words, ...] = Field(min_length=1, description="Declarations of the names in its formulas.")
    text: Sentence

    @property
    def anchor(self) -> str:
        """Return where the term stands on the page of the glossary."""
        return self.term.lower().replace(" ", "-").replace("–", "-")


def read_glossary(text: str) -> tuple[GlossaryTerm, ...]:
    """Return the terms in the text of the file. Raises LessonError; terms stand in order, each once."""
    try:
        terms = TypeAdapter(tuple[GlossaryTerm, ...]).validate_python(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise LessonError(f"{GLOSSARY.name}: {error}") from error
    for one in terms:
        if (one.lesson is None) is (one.rule is None):
            raise LessonError(f"{GLOSSARY.name}: {one.term}: name either its lesson or its rule")
    anchors = [one.anchor for one in terms]
    if anchors != sorted(set(anchors)):
        late = next(after for before, after in pairwise(anchors) if before >= after)
        raise LessonError(f"{GLOSSARY.name}: {late} is not in alphabetical order, or stands twice")
    return terms
