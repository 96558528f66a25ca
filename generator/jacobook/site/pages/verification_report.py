"""The verification report and the list of errata: both made from what the checks found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jacobook.site.pages.evidence_words import bound, sizes_text
from jacobook.site.pages.markup import words

Record = Mapping[str, Any]


def report_page(records: Sequence[Record], planted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verification report: totals, then every derivation of every page."""
    rows = [row for record in records for row in _rows(record)]
    found = [part for record in records for part in record["evidence"]]
    counts = {status: sum(part["symbolic_counts"][status] for part in found) for status in _STATUSES}
    claims = [claim for record in records for claim in record["page"]["claims"] if claim["reading"] == "printed"]
    return {
        "rows": rows,
        "pages": len(records),
        "derivations": len(found),
        "claims": sum(part["claims"] for part in found),
        "instances": sum(part["instances"] for part in found),
        "failed": sum(len(part["failures"]) for part in found),
        "error": bound(max((part["tolerance"] for part in found), default=0.0)),
        **counts,
        "not_applicable": sum(part["not_applicable"] for part in found),
        "published": {
            "all": len(claims),
            **{status: sum(claim["status"] == status for claim in claims) for status in _FINDINGS},
        },
        "planted": planted,
    }


_STATUSES = ("proved", "undecided", "skipped")
_FINDINGS = ("agrees", "other-layout", "condition", "disagrees")


def _rows(record: Record) -> Iterator[dict[str, Any]]:
    for part in record["evidence"]:
        title = (
            f"{record['title']}: {part['title'][:1].lower()}{part['title'][1:]}" if part["title"] else record["title"]
        )
        counts = part["symbolic_counts"]
        yield {
            "title": words(title),
            "page": record["file"],
            "claims": part["claims"],
            "instances": part["instances"],
            "error": bound(part["tolerance"]),
            "proved": counts["proved"],
            "sizes": words(sizes_text(part["symbolic_sizes"])) if part["symbolic_sizes"] else "",
            "undecided": counts["undecided"] + counts["skipped"],
            "not_applicable": part["not_applicable"],
        }


ORIGINS = {"book": "Books", "solution": "Solutions and notes", "report": "Readers' reports that were mistaken"}
"""Where formulas that disagree stand, in the order of the page, with the headings of their sections."""


def errata_page(records: Sequence[Record]) -> dict[str, Any]:
    """Return what was published and does not hold, or holds only under a condition; with our corrections."""
    wrong: dict[str, list[dict[str, Any]]] = {origin: [] for origin in ORIGINS}
    conditional: list[dict[str, Any]] = []
    for record in records:
        claims = record["page"]["claims"]
        for claim in claims:
            if claim["reading"] == "printed" and claim["status"] in ("disagrees", "condition"):
                (wrong[claim["origin"]] if claim["status"] == "disagrees" else conditional).append(
                    {
                        **claim,
                        "title": words(record["title"]),
                        "page": record["file"],
                        "corrections": corrections(claim, claims),
                        "result": claim["right"] or (_result(record) if not claim["about"] else ""),
                    }
                )
    agreeing = sum(
        claim["status"] in ("agrees", "other-layout") and claim["reading"] == "printed"
        for record in records
        for claim in record["page"]["claims"]
    )
    sections = [{"title": title, "claims": wrong[origin]} for origin, title in ORIGINS.items() if wrong[origin]]
    return {"wrong": sections, "conditional": conditional, "agreeing": agreeing}


def corrections(claim: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return our corrections of a published formula: of the same source, and for the same case.

    One with the same declarations comes first; a correction may hold for more than what was printed.
    """
    ours = [one for one in claims if one["reading"] == "corrected" and one["source"] == claim["source"]]
    for parts in (3, 2):  # case, target, declarations
        found = [other["formula"] for other in ours if other["of"][:parts] == claim["of"][:parts]]
        if found:
            return list(dict.fromkeys(found))
    return []


def _result(record: Record) -> str:
    page = record["page"]
    return str((page["differential"] or page["main"])["result"])
