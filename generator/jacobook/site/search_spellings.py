"""How people spell what a page is about, for the search: formulas in plain text, places in books, other names.

The spellings of an entry are made from its function and its sources; the other names of an entry stand in its YAML
file, those of other pages in `templates/other_names.yaml`. What an entry is looked for by without being called so
(`searched_as`) is not shown. The search script (`search-worker.js`) reads both paragraphs
from the index and knows a formula by its structure; any other search finds the spellings as words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from jacobook.algebra.elementwise import ElementwiseFunction
from jacobook.site.entry_model import Work

Record = Mapping[str, Any]

OTHER_NAMES = Path(__file__).resolve().parent / "templates" / "other_names.yaml"
"""What people call pages, and sections of pages, that are no entries."""


@cache
def names_of_pages() -> dict[str, list[str]]:
    """Return the other names of pages by their addresses below the site, of sections with their anchors."""
    found: dict[str, list[str]] = yaml.safe_load(OTHER_NAMES.read_text("utf-8"))
    return found


def other_names(place: str, more: Iterable[str] = ()) -> str:
    """Return the paragraph with the other names of a page or of one of its sections: for the search, not shown."""
    names = list(dict.fromkeys([*names_of_pages().get(place, ()), *more]))
    return _unseen(f"Also known as: {'; '.join(names)}.") if names else ""


def formula_paragraph(formula: str) -> str:
    """Return the paragraph with the spellings of the formula that a rule is about: for the search, not shown."""
    return _unseen(f"Spelled: {' · '.join(formula_spellings(formula, ''))}") if formula else ""


def names_of_function(function: ElementwiseFunction) -> list[str]:
    """Return what people call an element-wise function: by its name here, by what it is called, by other notations.

    Every name comes alone and as that of its derivative, since either is typed: "lgamma", "lgamma derivative".
    """
    names = dict.fromkeys([function.name, function.noun.removeprefix("the "), *function.synonyms])
    return [name + more for name in names for more in ("", " derivative")]


def spellings_of(record: Record, works: Mapping[str, Work]) -> str:
    """Return the paragraphs with the spellings of an entry, and with the key of its formula: for the search, not shown.

    The engine, where a page has loaded it, gives the same key to what a reader types (`algebra/formula_key.py`).
    """
    places = place_spellings(record["sources"], works)
    spelled = _unseen(f"Spelled: {' · '.join([*formula_spellings(record['whole'], record['by']), *places])}")
    return "\n\n".join([spelled, *([_unseen(f"Key: {record['key']}")] if record["key"] else ())])


def _unseen(text: str) -> str:
    return f'<p class="spellings" hidden>{html.escape(text, quote=False)}</p>'


def formula_spellings(formula: str, variable: str) -> list[str]:
    """Return the spellings of a formula of the language, the one that says by what it is differentiated first.

    `x'*A*x` by x: `d/dx x'Ax`, `x'Ax`, `x'*A*x`, `x^T A x`, `xTAx`.
    """
    powers = with_powers(formula)
    close = side_by_side(powers, "")
    spread = _TURNED.sub(lambda found: found[0] if len(found[0]) > 1 else "^T", side_by_side(powers, " "))
    letters = re.sub(r"(?<=[A-Za-z])'(?=[A-Za-z])", "T", close) if re.search(r"[A-Za-z]'[A-Za-z]", close) else close
    found = [f"d/d{variable} {close}" if variable else close, close, formula, spread, letters]
    return list(dict.fromkeys(found))


_TURNED = re.compile(r"(?<=, )'\w+'|'")
"""A transpose, or a word in quotes behind a comma, `softmax(A, 'rows')`, which is none."""


def with_powers(formula: str) -> str:
    """Return a formula with inverses as powers: `inv(X)` is `X^-1`, `inv(X + A)` is `(X + A)^-1`."""
    while found := re.search(r"\binv\(", formula):
        start = end = found.end()
        depth = 1
        while depth and end < len(formula):
            depth += {"(": 1, ")": -1}.get(formula[end], 0)
            end += 1
        inner = formula[start : end - 1]
        base = inner if re.fullmatch(r"(?!inv\()\w+(\(\w+\))?", inner) else f"({inner})"
        formula = f"{formula[: found.start()]}{base}^-1{formula[end:]}"
    return formula


def side_by_side(formula: str, between: str) -> str:
    """Return a formula without stars; names of several letters, which would run into each other, keep a space."""

    def joint(found: re.Match[str]) -> str:
        left, right = found[1], found[2]
        is_long = len(right) > 1 or (left[:1].isalpha() and len(left) > 1) or left[:1] == "-"
        return left + (" " if is_long and right else between)

    # What stands before a star: a name or number, with its power; after it: a name, or nothing before a bracket.
    return re.sub(r"(\^?-?\w+|[^\w.\s]|)(?<!\.)\*(?=(\w*))", joint, formula)


def place_spellings(sources: Iterable[Mapping[str, Any]], works: Mapping[str, Work]) -> list[str]:
    """Return the spellings of the places in books: `MC 81`, `MC81`; of an exercise `5.8a` too."""
    found: list[str] = []
    for source in sources:
        work = works.get(source["book"] or "")
        if work is None or not source["number"]:
            continue
        name = work.short or work.title
        for number in numbers(source["number"]):
            found += [f"{name} {number}", f"{name}{number}"]
            if source["number"].startswith("Exercise"):
                found.append(number)
    return list(dict.fromkeys(found))


def numbers(place: str) -> Sequence[str]:
    """Return the numbers in the name of a place, each with its letter: `Exercise 5.8 a` is 5.8a."""
    if place.startswith("Chapter"):
        return []
    return [number + letter for number, letter in re.findall(r"(\d+(?:\.\d+)*)(?: ([a-z])(?![a-z]))?", place)]
