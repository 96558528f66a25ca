"""Entries of the collection, as they stand in its YAML files: what is asked, the function, what others published.

An entry states a function. Its derivative is derived, never typed in; what others printed stands under `claims`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from jacobook.algebra.declared_properties import ROWS
from jacobook.statement_model import Address, Sentence, Strict, Target, Words, WrittenStatement


def _not_reserved(slug: str) -> str:
    if slug == "index":
        raise ValueError("`index` is the name of the pages that list the others")
    return slug


def _value(data: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    try:
        return validate(data)
    except ValidationError:
        raise ValueError("is neither a number, nor a list of numbers, nor a list of such lists") from None


SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Slug = Annotated[str, StringConstraints(pattern=SLUG), AfterValidator(_not_reserved)]
Number = Annotated[FiniteFloat, Field(strict=True)]
Value = Annotated[Number | list[Number] | list[list[Number]], WrapValidator(_value)]
"""The value of a constant: of a scalar, a vector or a matrix."""
Group = Literal[
    "exercise",
    "determinant",
    "inverse",
    "linear",
    "quadratic",
    "higher-order",
    "trace",
    "norm",
    "element-wise",
    "activation",
    "structured",
    "losses",
    "backward",
    "implicit",
]


class Work(Strict):
    """A book or an article that entries cite by its key in sources.yaml."""

    title: Words = Field(description="The title.")
    short: Words | None = Field(default=None, description="What tables call it, such as `MML`.")
    authors: Words | None = Field(default=None, description="Who wrote it.")
    edition: Words | None = Field(default=None, description="Edition, version or year.")
    link: Address | None = Field(default=None, description="A page about it, or the work itself.")


class Source(Strict):
    """Where an exercise or a formula comes from: a numbered place in a book, or a page of its own."""

    book: Words | None = Field(default=None, description="The key of a work in sources.yaml.")
    number: Words | None = Field(default=None, description="How the book numbers it, such as `Exercise 5.8 a`.")
    name: Words | None = Field(default=None, description="What to call a web page, an issue, a pull request.")
    link: Address | None = Field(default=None, description="Its address.")
    report: bool = Field(
        default=False, description="True for what a reader reports about a formula of others, as in an issue."
    )

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Source:
        if (self.book is None) == (self.name is None):
            raise ValueError("a source has either a book (and its number), or a name and a link")
        return self


def _declared_property(name: str) -> str:
    if name not in ROWS:
        raise ValueError(f"there is no property `{name}`: the properties are {', '.join(ROWS)}")
    return name


class Assumed(Strict):
    """A property that the source does not state and that we add, because the derivation needs it."""

    symbol: Words = Field(description="The name of a variable or function declared under `given`.")
    property: Annotated[str, AfterValidator(_declared_property)] = Field(
        description="The property that we add; it is declared under `given` too.",
        json_schema_extra={"enum": list(ROWS)},
    )
    reason: Sentence = Field(description="Why it is needed: one sentence, shown on the page.")


class Case(Strict):
    """A further derivation on the page: a special case, another variable, the easy case."""

    title: Words = Field(description="The heading: plain words, no mathematics.")
    text: Sentence | None = Field(default=None, description="Why this case is worth a look.")
    given: tuple[Words, ...] | None = Field(default=None, description="Declarations; those of the entry if left out.")
    expression: tuple[Words, ...] | None = Field(default=None, description="The function, if it is another one.")
    wrt: Words | None = Field(default=None, description="The variable, if it is another one.")


class Published(Strict):
    """A claim: what somebody published, as a formula of the language. Every build checks it."""

    formula: Words = Field(description="The formula, in the language of Jacobook.")
    source: Source = Field(description="Where it was published.")
    target: Target = Field(
        default="result",
        description=(
            "What the formula is said to be: `result`, `hessian`, `partial z by y`, `value x*x'`, "
            "`entry [k, l] by [i, j]`, `row 1`, `column 1`, `expression result*X'`."
        ),
    )
    case: int | None = Field(default=None, ge=1, description="Judge it against this case, counted from 1.")
    given: tuple[Words, ...] | None = Field(default=None, description="Declarations of its own, such as `x in R^3`.")
    expression: tuple[Words, ...] | None = Field(default=None, description="A function of its own.")
    wrt: Words | None = Field(default=None, description="A variable of its own.")
    reading: Literal["printed", "corrected"] = Field(
        default="printed", description="`corrected` for our correction of what was printed."
    )
    note: Sentence | None = Field(default=None, description="One sentence, shown beside the finding.")


class Taylor(Strict):
    """Taylor polynomials are asked for."""

    at: Words = Field(description="The point of expansion, a number.")
    degree: int = Field(ge=0, le=12, description="The highest degree.")

    @model_validator(mode="before")
    @classmethod
    def _number_as_text(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("at"), int | float):
            return {**data, "at": str(data["at"])}
        return data


class Plot(Strict):
    """A plot of a function of a scalar, with its derivative or Taylor polynomials, or contours of one of x in R^2."""

    start: FiniteFloat = Field(alias="from", description="The left end, and the lower end of contours.")
    end: FiniteFloat = Field(alias="to", description="The right end, and the upper end of contours.")
    values: dict[str, Value] = Field(
        default_factory=dict,
        alias="with",
        description="Values of the constants: a number, a list of numbers for a vector, a list of rows for a matrix.",
    )
    levels: tuple[FiniteFloat, ...] = Field(
        default=(), description="The values at which contour lines stand; at even steps if left out."
    )
    arrows: Literal["to scale", "equally long"] = Field(
        default="to scale",
        description="`equally long` for gradients whose lengths differ too much to be seen.",
    )
    note: Sentence | None = Field(default=None, description="What there is to see: a sentence under the picture.")


class CollectionEntry(WrittenStatement):
    """One page: what is asked, in our own words, and the function in the language of Jacobook."""

    slug: Slug = Field(description="The permanent name of the page, never changed once published.")
    group: Group = Field(description="`exercise`, or the group of identities to which it belongs.")
    title: Words = Field(description="The title of the page: plain words, no mathematics.")
    sources: tuple[Source, ...] = Field(min_length=1, description="Where it comes from, the main source first.")
    question: Sentence = Field(description="What is asked or stated, in our own words.")
    differential: tuple[Words, ...] = Field(
        default=(), description="Instead of `wrt`: the variables that vary in a differential."
    )
    taylor: Taylor | None = Field(default=None, description="Taylor polynomials of the function.")
    plot: Plot | None = Field(
        default=None, description="A plot of a function of a scalar, or of a vector with two components."
    )
    first_route: Literal["matrix", "component"] = Field(default="matrix", description="The route that is shown first.")
    assumed: tuple[Assumed, ...] = Field(default=(), description="Properties that we add to what the source states.")
    cases: tuple[Case, ...] = Field(default=(), description="Further derivations on the same page.")
    claims: tuple[Published, ...] = Field(default=(), description="What others published; checked on every build.")
    synonyms: tuple[Words, ...] = Field(default=(), description="Other names, for the search.")
    searched_as: tuple[Words, ...] = Field(
        default=(),
        description="What it is looked for by without being called so, such as a neighbour without a page. Not shown.",
    )
    tags: tuple[Words, ...] = Field(default=(), description="Subjects, for the page of tags.")
    related: tuple[Slug, ...] = Field(default=(), description="Slugs of entries to read next.")
    difficulty: Literal[1, 2, 3] | None = Field(
        default=None,
        description="1 warm-up, 2 standard, 3 challenging; found from the derivation if left out.",
    )
    place: int | None = Field(
        default=None,
        ge=1,
        description="The place in its group, where that is read in an order of its own, as a course would have it.",
    )
    featured: bool = Field(default=False, description="The derivation that the home page shows.")
    redirects: tuple[Slug, ...] = Field(default=(), description="Former slugs: their pages lead here.")

    @model_validator(mode="after")
    def _is_consistent(self) -> CollectionEntry:
        if self.differential and (self.wrt or self.order > 1 or self.taylor or self.cases):
            raise ValueError("an entry with `differential` has no wrt, order, taylor and cases")
        for position, claim in enumerate(self.claims):
            if claim.case is not None and claim.case > len(self.cases):
                raise ValueError(f"claim {position + 1} is about case {claim.case}, and there are {len(self.cases)}")
        return self
