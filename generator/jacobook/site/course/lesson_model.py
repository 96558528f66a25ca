"""What a lesson of the course is: its head, as it stands in the file, and its text."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from jacobook.site.entry_model import Slug
from jacobook.statement_model import Sentence, Strict, Words


class LessonExample(Strict):
    """A function that a lesson differentiates."""

    expression: tuple[Words, ...] = Field(min_length=1, description="The function, or its chain, outermost first.")
    wrt: Words | None = Field(default=None, description="The variable of differentiation.")
    differential: tuple[Words, ...] = Field(default=(), description="Instead of `wrt`: the variables that vary.")


class LessonExercise(LessonExample):
    """A question to the reader, with a hint for whoever is stuck."""

    question: Sentence
    hint: Sentence


class Lesson(Strict):
    """One page of the course."""

    title: Words
    idea: Sentence = Field(description="The one idea of the page, in a sentence: what the map says of it.")
    needs: tuple[Slug, ...] = Field(default=(), description="The lessons without which this one is not understood.")
    given: tuple[Words, ...] = Field(min_length=1, description="Declarations, for formulas, examples and exercises.")
    examples: dict[str, LessonExample]
    exercises: Annotated[tuple[LessonExercise, ...], Field(min_length=2, max_length=2)]
    body: str

    @model_validator(mode="after")
    def _asks_for_a_derivative(self) -> Lesson:
        if any(one.differential for one in self.exercises):
            raise ValueError("an exercise asks for a derivative, not for a differential")
        return self
