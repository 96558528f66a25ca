"""The home page: one derivation, and how much there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]


def home_page(records: Sequence[Record], rules: int) -> dict[str, Any]:
    """Return what the home page shows: the derivation of an entry that is featured, and how many there are."""
    exercises = [record for record in records if record["group"] == "exercise"]
    evidence = [found for record in records for found in record["evidence"]]
    featured = [record for record in records if record["featured"] and record["page"]["main"]]
    return {
        "sample": _sample(featured[0]) if featured else None,
        "count": len(exercises),
        "identities": len(records) - len(exercises),
        "rules": rules,
        "derivations": len(evidence),
        "claims": f"{sum(found['claims'] for found in evidence):,}",
        "failed": sum(len(found["failures"]) for found in evidence),
    }


def _sample(record: Record) -> dict[str, Any]:
    main = record["page"]["main"]
    return {
        "title": record["page"]["title"],
        "statement": main["statement"],
        "given": ", ".join(f"{row['symbol']} ∈ {row['space']}" for row in main["given"]),
        "partial": main["partials"][-1],
        "evidence": main["evidence"],
        "page": record["file"],
    }
