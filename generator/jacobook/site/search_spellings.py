"""How people spell what a page is about, for the search: formulas in plain text, places in books, other names.

The spellings of an entry are made from its function and its sources; the other names of an entry stand in its YAML
file. Pages that are no entries have theirs here. The search script (`search-worker.js`) reads both paragraphs from the
index and knows a formula by its structure; any other search finds the spellings as words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jacobook.site.entry_model import Work

Record = Mapping[str, Any]

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "exercises": (
        "Solutions to Mathematics for Machine Learning",
        "MML exercises and solutions",
        "Chapter 5 vector calculus solutions",
        "exercise sheet",
    ),
    "identities": (
        "formula sheet",
        "table of matrix derivatives",
        "list of matrix calculus identities",
        "Matrix Cookbook",
        "reference card to print",
    ),
    "rules": ("list of rules", "differentiation rules", "rules of matrix calculus"),
    "rules/chain": ("chain rule dimensions", "shapes in the chain rule", "order of the factors in the chain rule"),
    "rules/product": ("Leibniz rule",),
    "rules/sum": ("sum rule", "linearity of the differential"),
    "rules/inverse": ("inverse rule",),
    "errata": (
        "misprints and typos in books",
        "mistakes in the Matrix Cookbook",
        "mistakes in Mathematics for Machine Learning",
        "errors in the Matrix Cookbook",
        "errors in Mathematics for Machine Learning",
        "wrong formulas and wrong solutions",
        "is the book wrong",
    ),
    "verification": (
        "how derivations are checked",
        "can I trust these derivations",
        "are the formulas correct",
        "evidence and numerical checks",
        "gradient check",
    ),
    "conventions": (
        "convention",
        "layout convention",
        "numerator layout",
        "denominator layout",
        "why transpose",
        "why is the derivative transposed",
        "notation and conventions",
        "row or column",
        "is the gradient a row or a column vector",
        "how to read a derivation",
    ),
    "conventions#shapes": ("dimensions of a derivative", "shape of the gradient", "shape of the Jacobian"),
    "conventions#what-fits": ("dimension mismatch", "shapes do not match", "conformable matrices"),
    "conventions#four-things-that-look-alike": ("scalar or 1×1 matrix", "row vector or column vector"),
    "conventions#layouts": (
        "numerator layout",
        "denominator layout",
        "numerator or denominator layout",
        "layout convention",
        "row vector or column vector gradient",
    ),
    "conventions#which-book-uses-which": ("which layout does the Matrix Cookbook use", "layout of the book"),
    "conventions#from-one-to-the-other": ("convert between layouts", "transpose a gradient", "why transpose"),
    "conventions#beyond-two-indices": (
        "derivative of a matrix by a matrix",
        "derivative of a matrix by a vector",
        "tensor derivative",
        "vectorisation",
        "commutation matrix",
    ),
    "conventions#notation": ("symbols and notation", "meaning of the symbols"),
    "conventions#the-command-line": (
        "command line",
        "derive your own function",
        "usage from Python",
        "syntax of the language",
        "supported functions",
    ),
}
"""What people call pages, and sections of pages, that are no entries."""


def other_names(place: str) -> str:
    """Return the paragraph with the other names of a page or of one of its sections: for the search, not shown."""
    names = OTHER_NAMES.get(place, ())
    return _unseen(f"Also known as: {'; '.join(names)}.") if names else ""


def spelled(record: Record, works: Mapping[str, Work]) -> str:
    """Return the paragraph with the spellings of an entry: for the search, not shown."""
    places = place_spellings(record["sources"], works)
    return _unseen(f"Spelled: {' · '.join([*formula_spellings(record['whole'], record['by']), *places])}")


def _unseen(text: str) -> str:
    return f'<p class="spellings" hidden>{html.escape(text, quote=False)}</p>'


def formula_spellings(formula: str, variable: str) -> list[str]:
    """Return the spellings of a formula of the language, the one that says by what it is differentiated first.

    `x'*A*x` by x: `d/dx x'Ax`, `x'Ax`, `x'*A*x`, `x^T A x`, `xTAx`.
    """
    powers = with_powers(formula)
    close = juxtaposed(powers, "")
    spread = juxtaposed(powers, " ").replace("'", "^T")
    letters = re.sub(r"(?<=[A-Za-z])'(?=[A-Za-z])", "T", close) if re.search(r"[A-Za-z]'[A-Za-z]", close) else close
    found = [f"d/d{variable} {close}" if variable else close, close, formula, spread, letters]
    return list(dict.fromkeys(found))


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


def juxtaposed(formula: str, between: str) -> str:
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
