"""The home page: one derivation, and how much there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.site.entry_model import Work
from jacobook.site.pages.markup import without_mistakes, words

Record = Mapping[str, Any]


NAMED_WORKS = 3
"""The works of most exercises are named on the home page, up to this number."""


def home_page(records: Sequence[Record], rules: int, works: Mapping[str, Work]) -> dict[str, Any]:
    """Return what the home page shows: the derivation of an entry that is featured, and how many there are."""
    exercises = [record for record in records if record["group"] == "exercise"]
    evidence = [found for record in records for found in record["evidence"]]
    featured = [record for record in records if record["featured"] and record["page"]["main"]]
    return {
        "sample": _sample(featured[0]) if featured else None,
        "exercises": _counted(exercises, works),
        "identities": len(records) - len(exercises),
        "rules": rules,
        "derivations": len(evidence),
        "claims": f"{sum(found['claims'] for found in evidence):,}",
        "failed": sum(len(found["failures"]) for found in evidence),
    }


def _counted(exercises: Sequence[Record], works: Mapping[str, Work]) -> str:
    """Return how many exercises there are, and of which works: their main sources, works with most of them first."""
    total = f"{len(exercises)} worked exercise{'' if len(exercises) == 1 else 's'}"
    books = Counter(record["sources"][0]["book"] for record in exercises)
    elsewhere = books.pop(None, 0)
    named = [(f"*{words(works[book].title)}*", count) for book, count in books.most_common(NAMED_WORKS)]
    elsewhere += books.total() - sum(count for _, count in named)
    if not elsewhere and len(named) == 1:
        return f"{total} of {named[0][0]}"
    parts = [f"{count} of {title}" for title, count in named]
    if not parts:
        return total
    return f"{total} ({', '.join([*parts, *([f'{elsewhere} from elsewhere'] if elsewhere else [])])})"


def _sample(record: Record) -> dict[str, Any]:
    main = record["page"]["main"]
    return {
        "title": record["page"]["title"],
        "statement": main["statement"],
        "given": ", ".join(row["member"] for row in main["given"]),
        "partial": without_warnings(main["partials"][-1]),
        "evidence": main["evidence"],
        "page": record["file"],
    }


def without_warnings(partial: Record) -> dict[str, Any]:
    """Return a partial derivative without the notes on common mistakes: a first derivation is read undisturbed."""
    tabs = [{**tab, "lines": without_mistakes(tab["lines"] or ())} for tab in partial["tabs"]]
    return {**partial, "tabs": tabs}
