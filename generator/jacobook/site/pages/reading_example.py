"""The derivation on which the conventions show how to read a page: worked out and checked as every entry is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jacobook.site.entry_model import CollectionEntry, Source
from jacobook.site.pages.citations import Citations
from jacobook.site.pages.entry_page import entry_page
from jacobook.site.working_out import work_out

EXAMPLE = CollectionEntry(
    slug="reading",
    group="exercise",
    title="How to read a page",
    sources=(Source(name="Conventions"),),
    question="Differentiate the function with respect to x.",
    given=("x in R^N", "A in R^(N x N)"),
    expression=("f(z) = exp(-z)", "z = x'*A*x"),
    wrt="x",
)


def reading_example() -> dict[str, Any]:
    """Return the main part of the example's page, as any entry's page has it. Raises Unproved where a check fails."""
    page = entry_page(work_out(EXAMPLE, Path(__file__), EXAMPLE.slug), Citations({}))
    return {"question": page["question"], "part": page["main"]}
