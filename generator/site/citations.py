"""Sources as they are named on pages: a numbered place in a work, or a page on the web."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.site.entries import Source, Work
from generator.site.markup import words

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
            return f"[{name}]({source.link})" if source.link else name
        work = self.works[source.book]
        link = source.link or work.link
        book = f"*{words(work.title)}*"
        book = f"[{book}]({link})" if link else book
        return f"{words(source.number)} of {book}" if source.number else book

    def plain(self, source: Source) -> str:
        """Return a short name in plain words: `The Matrix Cookbook (51)`."""
        if source.book is None:
            return source.name or ""
        return " ".join(filter(None, (self.works[source.book].title, source.number)))


def place_of_row(cited: str) -> tuple[str, str] | None:
    """Return key and number for a row's source such as `MC (51)`; None for a source without a number."""
    found = re.fullmatch(r"([A-Z]+) (\([0-9.]+\))", cited)
    return (ABBREVIATIONS[found[1]], found[2]) if found and found[1] in ABBREVIATIONS else None
