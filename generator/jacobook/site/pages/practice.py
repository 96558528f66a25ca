"""The page of exercises: what it offers to choose from, and the exercises themselves, which its script fetches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.site.pages.difficulty import LEVELS
from jacobook.site.pages.filters import TYPES

PRACTICE = "practice.md"
"""The file of the page below `docs/`."""
EXERCISES = "assets/generated/practice.json"
CHAIN = "chain"
Record = Mapping[str, Any]


def practice_page(records: Sequence[Record]) -> dict[str, Any]:
    """Return what can be chosen, with how many exercises there are of each."""
    found = [record["exercise"] for record in records if record["exercise"]]
    kinds = Counter(one["kind"] for one in found) + Counter({CHAIN: sum(one["chain"] for one in found)})
    levels = Counter(record["level"] for record in records if record["exercise"])
    titles = {**TYPES, CHAIN: "a chain of functions"}
    return {
        "exercises": EXERCISES,
        "count": len(found),
        "kinds": [{"key": key, "title": title, "count": kinds[key]} for key, title in titles.items() if kinds[key]],
        "levels": [
            {"key": level, "title": title, "count": levels[level]} for level, title in LEVELS.items() if levels[level]
        ],
    }


def practice_data(records: Sequence[Record]) -> bytes:
    """Return the exercises as JSON: what is asked, what is shown of it, and the page that derives it."""
    found = [
        {
            "slug": record["slug"],
            "title": record["title"],
            "page": record["file"].removesuffix(".md") + "/",
            "asked": record["asked"],
            "level": record["level"],
            **record["exercise"],
        }
        for record in records
        if record["exercise"]
    ]
    return (json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
