"""The home page: one short derivation, and how much there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def home_page(records: Sequence[Mapping[str, Any]], rules: int) -> dict[str, Any]:
    """Return what the home page shows: the shortest exercise of one link, and the numbers of pages."""
    exercises = [record for record in records if record["group"] == "exercise"]
    short = [record for record in exercises if _is_short(record)]
    short.sort(key=lambda record: (_lines(record), record["slug"]))
    return {
        "sample": _sample(short[0]) if short else None,
        "count": len(exercises),
        "identities": len(records) - len(exercises),
        "rules": rules,
    }


def _is_short(record: Mapping[str, Any]) -> bool:
    if record["page"]["main"] is None or record["page"]["taylor"]:
        return False
    partials = record["page"]["main"]["partials"]
    return len(partials) == 1 and all(tab["lines"] for tab in partials[0]["tabs"]) and not record["page"]["parts"]


def _lines(record: Mapping[str, Any]) -> int:
    return sum(len(tab["lines"]) for tab in record["page"]["main"]["partials"][0]["tabs"])


def _sample(record: Mapping[str, Any]) -> dict[str, Any]:
    main = record["page"]["main"]
    return {
        "question": record["page"]["question"],
        "statement": main["statement"],
        "partial": main["partials"][0],
        "evidence": main["evidence"],
        "page": record["file"],
    }
