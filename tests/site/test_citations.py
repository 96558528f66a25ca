"""Sources in words: what an entry says of them is on its page."""

from __future__ import annotations

import pytest

from jacobook.site.entry_model import Source, Work
from jacobook.site.pages.citations import Citations

WORKS = {"book": Work(title="A book", link="https://a.example/")}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (Source(book="book", number="Exercise 1"), "Exercise 1 of [*A book*](https://a.example/)"),
        (Source(name="A page"), "A page"),
        (Source(name="A page", number="(3)"), "(3) of A page"),
        (Source(name="A page", number="(3)", link="https://b.example/"), "(3) of [A page](https://b.example/)"),
    ],
)
def test_sources_in_words(source, said):
    assert Citations(WORKS).markdown(source) == said
