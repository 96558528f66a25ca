"""The groups in which entries stand, in reading order, and what each is about."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from jacobook.site.pages.conventions import LAYOUTS, NOTATION, READING
from jacobook.site.pages.difficulty import LEVELS
from jacobook.site.pages.filters import SHAPES, TYPES, search_words
from jacobook.site.pages.markup import words
from jacobook.site.pages.rule_graph import RULE_GRAPH

Record = Mapping[str, Any]

FIRST = Path(__file__).resolve().parents[1] / "templates" / "first_twelve.yaml"
"""The entries with which the cheat sheet starts."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of identities with its own index."""

    slug: str
    title: str
    about: str


GROUPS: tuple[Group, ...] = (
    Group("linear", "Linear functions", "The variable occurs once, so every derivative is constant."),
    Group(
        "quadratic", "Quadratic functions", "Quadratic forms, and bilinear forms in which the variable occurs twice."
    ),
    Group(
        "higher-order",
        "Higher powers",
        "Powers of a matrix, products in which the variable occurs several times, quotients.",
    ),
    Group("trace", "Traces", "Scalar functions of a matrix: the derivative has the shape of the matrix."),
    Group("determinant", "Determinants", "Determinants and their logarithms, from Jacobi's formula."),
    Group("inverse", "Inverses", "Functions of the inverse of a matrix: everything follows from one differential."),
    Group("norm", "Norms", "Euclidean and Frobenius norms, away from zero."),
    Group(
        "element-wise",
        "Element-wise functions and products",
        "Entry by entry: Hadamard products and related functions.",
    ),
    Group(
        "activation", "Activation functions", "Between the layers of a network: entry by entry, or all as one softmax."
    ),
    Group(
        "structured",
        "Structured matrices",
        "Matrices and vectors whose entries are not all free: symmetric, orthogonal, of length one.",
    ),
    Group(
        "losses",
        "Losses",
        "Functions that are minimised in practice, with their gradients and Hessians, in the order of a course.",
    ),
    Group(
        "backward",
        "Backward passes",
        "Layers of networks: from the gradient for the output to those for what goes in, as kernels compute them.",
    ),
    Group(
        "implicit",
        "Implicit equations",
        "What an equation defines: both sides differentiated, and solved for what it defines.",
    ),
)
"""Every group of identities, in the order of the navigation."""


SECTIONS_OF_THEIR_OWN = {"losses": "Losses", "activation": "Functions"}
"""Groups that readers look for by name: sections at the top, beside the identities."""


CONVENTIONS = (READING, LAYOUTS, NOTATION)
"""The pages that say how all others are to be read."""


@cache
def first_ones() -> tuple[str, ...]:
    """Return the slugs of the derivatives that everybody needs, in the order of the cheat sheet."""
    return tuple(yaml.safe_load(FIRST.read_text("utf-8")))


def ordered(records: Sequence[Record], books: Sequence[str]) -> list[Record]:
    """Return the records in reading order: by place where they have one, by book as in sources.yaml, by number."""

    def key(record: Record) -> tuple[Any, ...]:
        first = record["sources"][0]
        book = books.index(first["book"]) if first["book"] in books else len(books)
        place = record["place"] or sys.maxsize
        return place, book, natural((first["number"] or "").lstrip("≈ ")), record["title"]

    return sorted(records, key=key)


def natural(number: str) -> list[tuple[int, str]]:
    """Return a key that sorts 5.8 before 5.10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", number)]


def table_row(record: Record, folder: str) -> dict[str, Any]:
    """Return the row of an entry in a table; `folder` is that of the page with the table, below `docs/`."""
    file = str(record["file"])
    return {
        "number": record["number"],
        "title": words(record["title"]),
        "page": file.removeprefix(folder),
        "function": record["function"],
        "variable": record["variable"],
        "result": record["result"],
        "plain_function": words(record["whole"]),
        "plain_result": words(record["result_text"]),
        "conditions": record["conditions"],
        "structure": record.get("structure", ""),
        "restricted": record.get("restricted", ""),
        "general": record.get("general", ""),
        "shape": record["shape"],
        "turned": record["turned"],
        "level": LEVELS[record["level"]],
        "level_number": record["level"],
        "cited": record["cited"],
    }


def exercises_page(records: Sequence[Record], works: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tables of all exercises, by book."""
    exercises = [record for record in records if record["group"] == "exercise"]
    books = dict.fromkeys(record["sources"][0]["book"] for record in exercises)
    groups = []
    for book in books:
        title = works[book].title if book in works else "Elsewhere"
        rows = [table_row(record, "exercises/") for record in exercises if record["sources"][0]["book"] == book]
        groups.append({"book": words(title), "rows": rows})
    return {"groups": groups, "tagged": has_tags(records)}


def sheet_row(record: Record, folder: str) -> dict[str, Any]:
    """Return the row of an identity: what a table shows, by what it is found, whether it is proved in entries."""
    facets = record["facets"]
    cited = [source["book"] for source in record["sources"] if source["book"]]
    shape = record["shape"]
    phrases = (facets["words"], TYPES[facets["type"]], record["group"], shape, shape.replace("×", "x"))
    return {
        **table_row(record, folder),
        "group": record["group"],
        "type": facets["type"],
        "shape_kind": facets["shape"],
        "books": list(dict.fromkeys(cited)),
        "words": words(f"{search_words(phrases, ())} {record['cited'].lower()}"),
        "proved": record["evidence"][0]["symbolic"] == "proved",
    }


def has_tags(records: Sequence[Record]) -> bool:
    """Return whether any entry has a subject, so that the page of tags is worth a link."""
    return any("tags" in record["page"]["head"] for record in records)


def group_pages(records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Return the index page of every group that has entries, by its file below `docs/`."""
    pages = {}
    for group in GROUPS:
        members = [record for record in records if record["group"] == group.slug]
        if members:
            folder = f"identities/{group.slug}/"
            rows = [sheet_row(record, folder) for record in members]
            about = {"title": group.title, "about": group.about, "tagged": has_tags(records)}
            pages[f"{folder}index.md"] = {**about, "rows": rows}
    return pages


def cheat_sheet(records: Sequence[Record], works: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page that lists every identity, with the choices of its filter."""
    found: list[dict[str, Any]] = []
    for group in GROUPS:
        rows = [sheet_row(record, "identities/") for record in records if record["group"] == group.slug]
        if rows:
            found.append({"slug": group.slug, "title": group.title, "about": group.about, "rows": rows})
    rows = [row for group in found for row in group["rows"]]
    named = {record["slug"]: record for record in records}
    first = [sheet_row(named[slug], "identities/") for slug in first_ones() if slug in named]
    titles = {key: work.title for key, work in works.items()}
    return {
        "groups": found,
        "first": first,
        "count": len(rows),
        "tagged": has_tags(records),
        "proved": sum(row["proved"] for row in rows),
        "choices": [
            _choice("type", "Type", "every type", TYPES, [[row["type"]] for row in rows]),
            _choice("shape", "Shape", "every shape", SHAPES, [[row["shape_kind"]] for row in rows]),
            _choice("source", "Source", "every source", titles, [row["books"] for row in rows]),
            _choice(
                "group", "Group", "every group", {g.slug: g.title for g in GROUPS}, [[row["group"]] for row in rows]
            ),
        ],
    }


def _choice(
    name: str, label: str, everything: str, titles: Mapping[str, str], keys: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """Return a control of the filter: only what some row has can be chosen, and each option says how many have it."""
    counts = Counter(key for row in keys for key in row)
    options = [
        {"key": key, "title": words(title), "count": counts[key]} for key, title in titles.items() if counts[key]
    ]
    return {"name": name, "label": label, "everything": everything, "options": options}


def navigation(
    records: Sequence[Record], rules: Sequence[tuple[str, Sequence[str]]], lessons: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the sections of the site with their pages, in reading order: what the MkDocs hook makes `nav` of.

    `rules` are the groups of the rule table: a title, and the slugs of its rows. `lessons` are the
    pages of the course, and its glossary.
    """
    pages = {group.slug: [record["file"] for record in records if record["group"] == group.slug] for group in GROUPS}
    with_index = {slug: [f"identities/{slug}/index.md", *members] for slug, members in pages.items() if members}
    own = [{title: with_index[slug]} for slug, title in SECTIONS_OF_THEIR_OWN.items() if slug in with_index]
    identities = [
        {group.title: with_index[group.slug]}
        for group in GROUPS
        if group.slug in with_index and group.slug not in SECTIONS_OF_THEIR_OWN
    ]
    exercises = [record["file"] for record in records if record["group"] == "exercise"]
    rule_pages = [{title: [f"rules/{slug}.md" for slug in slugs]} for title, slugs in rules]
    return [
        {"Home": "index.md"},
        {"Start here": ["course/index.md", *lessons]},
        {"Exercises": ["exercises/index.md", "practice.md", *exercises]},
        *([{"Identities": ["identities/index.md", *identities]}] if with_index else []),
        *own,
        {"Your own function": "your-own-function.md"},
        {"Rules": ["rules/index.md", RULE_GRAPH, *rule_pages]},
        {"Conventions": [*CONVENTIONS]},
        {"Checks": ["verification.md", "errata.md"]},
    ]
