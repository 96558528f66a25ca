"""The page of exercises: what it offers to choose from, and the exercises themselves, which its script fetches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.site.pages.filters import TYPES

PRACTICE = "practice.md"
"""The file of the page below `docs/`."""
EXERCISES = "assets/generated/practice.json"
CHAIN = "chain"
LENGTHS = {"short": (1, 3), "middle": (4, 8), "long": (9, None)}
"""How many lines the shorter route takes, from and to."""
LENGTH_TITLES = {"short": "short: up to 3 lines", "middle": "4 to 8 lines", "long": "long: 9 lines and more"}
Record = Mapping[str, Any]


def practice_page(records: Sequence[Record]) -> dict[str, Any]:
    """Return what can be chosen, with how many exercises there are of each."""
    found = [record["exercise"] for record in records if record["exercise"]]
    kinds = Counter(one["kind"] for one in found) + Counter({CHAIN: sum(one["chain"] for one in found)})
    lengths = Counter(length_key(one["length"]) for one in found)
    titles = {**TYPES, CHAIN: "a chain of functions"}
    return {
        "exercises": EXERCISES,
        "count": len(found),
        "kinds": [{"key": key, "title": title, "count": kinds[key]} for key, title in titles.items() if kinds[key]],
        "lengths": [
            {"key": key, "title": title, "count": lengths[key], "from": LENGTHS[key][0], "to": LENGTHS[key][1] or ""}
            for key, title in LENGTH_TITLES.items()
            if lengths[key]
        ],
    }


def length_key(lines: int) -> str:
    """Return how long an exercise is, by its number of lines."""
    return next(key for key, (_, last) in LENGTHS.items() if last is None or lines <= last)


def practice_data(records: Sequence[Record]) -> bytes:
    """Return the exercises as JSON: what is asked, what is shown of it, and the page that derives it."""
    found = [
        {
            "slug": record["slug"],
            "title": record["title"],
            "page": record["file"].removesuffix(".md") + "/",
            "asked": record["asked"],
            **record["exercise"],
        }
        for record in records
        if record["exercise"]
    ]
    return (json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
