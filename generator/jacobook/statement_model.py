"""What is asked, as people write it in YAML: the part that an entry of a collection and a fence in a note share."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from jacobook.rendering.letters import with_letters


def _printable(text: str) -> str:
    if not text.replace("\n", " ").isprintable():
        raise ValueError("holds a character that cannot be printed")
    return text


def _one_by_one(lines: tuple[str, ...]) -> tuple[str, ...]:
    for line in lines:
        rows = [row for row in line.split("\n") if row.strip()]
        if len(rows) > 1 and all(map(_DEFINES.match, rows)):
            raise ValueError(f"lines of a chain are items of a list, the first one `- {rows[0].strip()}`")
    return lines


_DEFINES = re.compile(r"\s*\\?\w+\s*(?:\([^()]*\))?\s*=(?!=)")
"""Begins a line that says what a name stands for."""


def _listed(data: Any) -> Any:
    return [data] if isinstance(data, str) else data


def _target(text: str) -> str:
    first = text.split()[0]
    if first not in TARGETS:
        raise ValueError(f"is no target; a target begins with {', '.join(TARGETS)}")
    if first in ("row", "column") and not text.removeprefix(first).strip().isdigit():
        raise ValueError(f"reads `{first} 1`, with the number of the {first}")
    return text


TARGETS = ("result", "hessian", "partial", "value", "entry", "row", "column", "expression")
"""The first words of the targets of a claim: what its formula is said to be."""
ADDRESS = r"""^https?://[^\s<>()\[\]{}"'`|\\^]+$"""
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Sentence = Annotated[Words, AfterValidator(with_letters)]
"""Prose, in which letters may be spelled as in the language: `sigma` is σ."""
Lines = Annotated[tuple[Words, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
"""Several texts in a list, or one without a list."""
Address = Annotated[str, StringConstraints(pattern=ADDRESS)]
Target = Annotated[Words, AfterValidator(_target)]


class Strict(BaseModel):
    """A mapping in which unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenStatement(Strict):
    """A function and the variable with respect to which it is differentiated, in the language of Jacobook."""

    given: Annotated[Lines, Field(min_length=1)] = Field(description="Declarations, such as `x, mu in R^D`.")
    expression: Annotated[Lines, Field(min_length=1), AfterValidator(_one_by_one)] = Field(
        description="The function, or its chain, outermost first."
    )
    wrt: Words | None = Field(
        default=None, description="The variable of differentiation; may be left out where there is only one."
    )
    order: Literal[1, 2, 3] = Field(
        default=1, description="2 for the second derivative too, 3 for the second and the third."
    )
