"""What stands in a fence of a note: a statement, what is to be shown of it, and formulas to be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from jacobook.statement_model import ADDRESS, Address, Lines, Strict, Target, Words, WrittenStatement
from jacobook.yaml_fields import fields_in

Shown = Literal["result", "chain", "steps", "components", "code", "evidence", "picture"]
AuthorLayout = Literal["any", "jacobian", "denominator"]
SHOWN: tuple[str, ...] = get_args(Shown)
PATTERNS = {ADDRESS: "is no address: it begins with https:// or http://, and holds no spaces, quotes or brackets"}


def _formula(data: object) -> object:
    return {"formula": data} if isinstance(data, str) else data


def _several(data: object) -> object:
    return [data] if isinstance(data, str | dict) else data


class OwnClaim(Strict):
    """A formula of the author's: it must hold."""

    formula: Words = Field(description="The formula, in the language of Jacobook or in LaTeX.")
    target: Target = Field(default="result", description="What it is said to be, such as `result` or `partial z by y`.")


class OthersFormula(OwnClaim):
    """A formula that others published: what is found about it is shown, and no build fails."""

    source: Words | None = Field(default=None, description="Who published it, and where.")
    link: Address | None = Field(default=None, description="Its address.")


_Own = Annotated[OwnClaim, BeforeValidator(_formula, json_schema_input_type=str | OwnClaim)]
_Others = Annotated[OthersFormula, BeforeValidator(_formula, json_schema_input_type=str | OthersFormula)]
Claims = Annotated[
    tuple[_Own, ...], BeforeValidator(_several, json_schema_input_type=str | OwnClaim | list[str | OwnClaim])
]
Published = Annotated[
    tuple[_Others, ...],
    BeforeValidator(_several, json_schema_input_type=str | OthersFormula | list[str | OthersFormula]),
]
ShownParts = Annotated[tuple[Shown, ...], BeforeValidator(_several, json_schema_input_type=Shown | list[Shown])]


_NAME_ALONE = re.compile(r"\\?\w+")


def joined_declarations(given: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the items that make up each declaration, and the number of its first one.

    A comma between two names ends an item of a list: `[x, mu in R^D]` has two.
    """
    first = 0
    for number, item in enumerate(given):
        if not _NAME_ALONE.fullmatch(item) or number == len(given) - 1:
            yield first, tuple(given[first : number + 1])
            first = number + 1


class NoteDefaults(Strict):
    """What holds on a page, or below a fence without an expression: declarations, and the author's layout."""

    given: Lines = Field(default=(), description="Declarations that hold from here on.")
    layout: AuthorLayout | None = Field(default=None, description="The layout in which the author writes derivatives.")


class Fence(WrittenStatement):
    """A derivation in a note."""

    given: Lines = Field(default=(), description="Declarations; those of the page hold too.")
    layout: AuthorLayout | None = Field(
        default=None, description="The author's layout: a claim in the other one is a fault. Without it any will do."
    )
    show: ShownParts = Field(default=("result", "steps"), description=f"What is shown: {', '.join(SHOWN)}.")
    claims: Claims = Field(default=(), description="The author's own formulas: they must hold.")
    published: Published = Field(default=(), description="Formulas of others: what is found about them is shown.")


def read_fence(text: str) -> Fence:
    """Return the fence that a text describes. Raises FieldError."""
    says = f"a fence is a mapping with {', '.join(Fence.model_fields)}, such as `expression: x'*A*x`"
    return fields_in(text, Fence, Fence, says, PATTERNS)


def read_defaults(text: str) -> NoteDefaults:
    """Return what a fence without an expression says for those below it. Raises FieldError."""
    return fields_in(text, NoteDefaults, NoteDefaults, "declarations are written `given: [x in R^N]`", PATTERNS)
