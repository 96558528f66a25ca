"""YAML that does harm, or says something else than its author thinks: one message, with the place and the cause."""

# ruff: noqa: E501

from __future__ import annotations

import subprocess
import sys

import pytest

from jacobook.site.entry_files import EntryError, read_entry, read_works

from .conftest import OTHER

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
SOURCE = "  - book: reader\n    number: Exercise 1.2"


def complaint(tmp_path, text: str, read=read_entry, name: str = "entry.yaml") -> str:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(EntryError) as raised:
        read(path)
    said = str(raised.value)
    assert "\n" not in said, "one message"
    return said.removeprefix(f"{path}:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 50_000, "1:33: is nested too deeply"),
        ("- " * 50_000, "1:65: is nested too deeply"),
        ("{a: " * 50_000, "1:129: is nested too deeply"),
        (OTHER.replace("Linear form", "[" * 50_000), "2:39: is nested too deeply"),
        (BOMB, "5:10: is too large: over 20000 values"),
        ("a: &a [*a]\n", "1:8: *a: is inside what it repeats"),
    ],
    ids=["lists", "lists on lines", "mappings", "in a field", "aliases of aliases", "alias of itself"],
)
def test_what_would_end_the_process_or_keep_it_busy(tmp_path, root, text, said):
    path = tmp_path / "entry.yaml"
    path.write_text(text, "utf-8")
    # In a process of its own, with bounded memory and processor time: a segmentation fault would end this one.
    code = (
        "import resource, sys; from pathlib import Path; from jacobook.site.entry_files import EntryError, read_entry\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (20, 20))\n"
        "try: read_entry(Path(sys.argv[1]))\n"
        "except EntryError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], cwd=root, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"{path}:{said}")
    assert run.stdout.count("\n") == 1


def test_an_alias_that_does_no_harm_is_read(tmp_path):
    path = tmp_path / "entry.yaml"
    path.write_text(OTHER.replace("    number: Exercise 1.2", "    number: &n Exercise 1.2") + "tags: [*n]\n", "utf-8")
    assert read_entry(path).tags == ("Exercise 1.2",)


@pytest.mark.parametrize("name", ["x.YAML", "x.Yml"])
def test_a_name_in_capitals(workshop, capsys, name):
    path = workshop.write(name, OTHER.replace("slug: other", "slug: more"))
    assert workshop.run() == 2
    suffix = path.suffix.lower()
    assert capsys.readouterr().err == f"{path}:1:1: the name of an entry's file ends in {suffix}, in small letters\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reader:\n  titel: A book\n", "2:3: reader, titel: is not a field; did you mean title?"),
        (
            "reader:\n  title: A\n  pages: 3\n",
            "3:3: reader, pages: is not a field; there are title, short, authors, edition, link",
        ),
        (
            "reader: A book\n",
            "1:9: reader: has to hold fields (title, short, authors, edition, link), each with its value, and is the "
            "text 'A book'",
        ),
    ],
)
def test_a_work_is_told_the_fields_of_a_work(tmp_path, text, said):
    assert complaint(tmp_path, text, read_works, "sources.yaml") == said


QUOTES = "put it in quotes"
MEANT = {
    "slug with a capital": (
        ("slug: other", "slug: Other_One"),
        "1:7: slug: consists of small letters and digits, with single hyphens between them, such as `squared-length`",
    ),
    "related with a capital": (("wrt: x", "related: [A_b]"), "12:11: related, item 1: consists of small letters"),
    "link without a scheme": ((SOURCE, "  - {name: A, link: a.org}"), "5:21: sources, item 1, link: is no address: it begins"),
    "date": (("Linear form", "2020-01-01"), f"2:8: title: is not text but 2020-01-01, a date; {QUOTES}"),
    "number": (("Linear form", "1.5"), f"2:8: title: is not text but 1.5, a number; {QUOTES}"),
    "yes": (("Linear form", "yes"), "2:8: title: is not text but true, a truth value (so YAML reads yes"),
    "nothing": (("Linear form", ""), "2:7: title: is empty"),
    "brackets": (("Linear form", "[a]"), "2:8: title: is not text but a list; brackets make it one, unless"),
    "colon": (("Linear form", "Chain: rule"), "2:13: is not YAML: mapping values are not allowed in this context; a text"),
    "colon in an item": (("- f = a'*x", "- f: a'*x"), f"11:5: expression, item 1: is not text but a name with a value: a colon makes it that; {QUOTES}"),
    "colon between braces": ((SOURCE, "  - {name: A: two}"), "5:13: is not YAML: did not find expected ',' or '}'; between { } or [ ], a text with a comma, colon"),
    "comma between braces": ((SOURCE, "  - {name: A, with more}"), "5:15: sources, item 1, with more: is not a field; there are book, number, name, link, report. Between { } a comma ends a text"),
    "text for fields": ((SOURCE, "  - a book"), "5:5: sources, item 1: has to hold fields (book, number, name, link, report), each with its value, and is the text 'a book'"),
    "number for fields": (("wrt: x", "plot: 3"), "12:7: plot: has to hold fields (from, to, with, levels, arrows, note), each with its value, and is 3, a number"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), MEANT.values(), ids=MEANT)
def test_what_was_meant_is_said(tmp_path, change, said):
    assert change[0] in OTHER
    found = complaint(tmp_path, OTHER.replace(*change))
    assert found.startswith(said), found
    assert "instance of" not in found
    assert "pattern" not in found


def test_a_comma_in_a_list_in_brackets(workshop, capsys):
    path = workshop.write("other.yaml", OTHER.replace("given:\n  - x, a in R^N", "given: [x, a in R^N]"))
    assert workshop.run() == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{path}:8:10: ")
    assert "(between [ ] a comma ends a text, unless the text stands in quotes)\n" in said
