"""Sources as they are named on pages: a numbered place in a work, or a page on the web."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jacobook.site.entry_model import Source, Work
from jacobook.site.pages.markup import words

ABBREVIATIONS = {"MML": "mml", "MC": "cookbook", "MN": "magnus-neudecker"}
"""The letters by which rows of the engine's tables cite works, with the works' keys."""


@dataclass(frozen=True, slots=True)
class Citations:
    """The works that may be cited, by key."""

    works: Mapping[str, Work]

    def markdown(self, source: Source) -> str:
        """Return `Exercise 5.8 a of *Mathematics for Machine Learning*`, linked where there is an address."""
        if source.book is None:
            name = words(source.name or "")
            name = f"[{name}]({source.link})" if source.link else name
            return f"{words(source.number)} of {name}" if source.number else name
        work = self.works[source.book]
        link = source.link or work.link
        book = f"*{words(work.title)}*"
        book = f"[{book}]({link})" if link else book
        return f"{words(source.number)} of {book}" if source.number else book

    def short(self, sources: Sequence[Source]) -> str:
        """Return the sources in a few words, each work once: `MML (5.107), MC (81)`."""
        found: dict[str, list[str]] = {}
        for source in sources:
            work = self.works[source.book] if source.book is not None else None
            name = (work.short or work.title) if work is not None else source.name or ""
            found.setdefault(name, []).append(source.number or "")
        return ", ".join(
            " ".join(filter(None, [name, ", ".join(filter(None, numbers))])) for name, numbers in found.items()
        )


def place_of_row(cited: str) -> tuple[str, str] | None:
    """Return key and number for a row's source such as `MC (51)`; None for a source without a number."""
    found = re.fullmatch(r"([A-Z]+) (\([0-9.]+\))", cited)
    return (ABBREVIATIONS[found[1]], found[2]) if found and found[1] in ABBREVIATIONS else None
