"""What is said about an entry whose YAML means something else than its author thinks: the cause, and what would fit."""

from __future__ import annotations

import pytest

from jacobook.site.entry_files import EntryError, read_entry

from .conftest import GOOD

TITLE, SOURCE = "title: Squared length", "  - book: reader\n    number: Exercise 1.1\n"
MISTAKES = {
    "slug": ("slug: good", "slug: Squared Length", "slug: consists of small letters and digits"),
    "address": (SOURCE, "  - {name: A page, link: example.org/a b}\n", "begins with https://"),
    "source": (SOURCE, "  - reader\n", "sources, item 1: has to hold fields (book, number, name, link, report)"),
    "date": (TITLE, "title: 2024-02-01", "title: is not text but 2024-02-01, a date; put it in quotes"),
    "colon": (TITLE, "title: Squares: a length", "a text with a colon in it has to stand in quotes"),
    "colon in a list": ("  - x in R^N", "  - x in R^N: real", "a colon makes it that; put it in quotes"),
    "comma": (
        SOURCE,
        "  - {book: reader, number: Exercise 1.1, part a}\n",
        "Between { } a comma ends a text, unless the text stands in quotes",
    ),
    "number": (TITLE, "title: 5.8", "title: is not text but 5.8, a number; put it in quotes"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_the_cause_is_named(name, tmp_path):
    right, wrong, said = MISTAKES[name]
    assert right in GOOD
    path = tmp_path / "good.yaml"
    path.write_text(GOOD.replace(right, wrong), "utf-8")
    with pytest.raises(EntryError) as caught:
        read_entry(path)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert message.startswith(f"{path}:")
    for raw in ("pattern", "instance of", "datetime", "Input should"):
        assert raw not in message
