"""What was checked, in words.

Pages state the bound that every comparison had to keep, not the largest error that was seen: its digits differ from
processor to processor, and so would the pages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from jacobook.calculus.rules.table import RULES
from jacobook.site.pages.markup import words


def evidence_sentence(found: Mapping[str, Any]) -> str:
    """Return the evidence of a derivation in one sentence."""
    said = (
        f"Checked: {found['claims']} claims, {found['instances']} comparisons at random points, every relative error "
        f"{bound(found['tolerance'])}"
    )
    if found["symbolic"] == "proved":
        sizes = [one for one in found["symbolic_sizes"] if one]
        said += f"; proved in entries for {sizes_text(sizes)}" if sizes else "; proved exactly"
    return f"{said}."


def evidence_paragraph(found: Mapping[str, Any], with_code: bool = True) -> str:
    """Return the evidence of a derivation, with its sizes and with what is checked by numbers only."""
    counts = found["symbolic_counts"]
    open_claims = counts["undecided"] + counts["skipped"]
    proved = "All of them are"
    if open_claims:
        proved = "One of them is" if counts["proved"] == 1 else f"{counts['proved']} of them are"
    proved_for = [one for one in found["symbolic_sizes"] if one]
    how = f", entry by entry, for {sizes_text(proved_for)}" if proved_for else ""
    said = (
        f"{found['claims']} claims were each evaluated at random points that respect the "
        f"declarations{for_sizes(found['sizes'])}. Every relative error is "
        f"{bound(found['tolerance'])}. "
    )
    if not counts["proved"]:
        said += "They are checked numerically only; none of them is proved"
    else:
        said += f"{proved} also proved exactly{how}"
        if open_claims:
            said += f"; {open_claims} {'is' if open_claims == 1 else 'are'} checked numerically only"
    said += f".{_mistakes(found.get('mistakes', {}))}"
    return f"{said} The code on this page was run at the same kind of points." if with_code else said


def _mistakes(counts: Mapping[str, int]) -> str:
    """Return how the common mistakes of a page were shown to be wrong, as a sentence; nothing if there are none."""
    number = sum(counts.values())
    if not number:
        return ""
    ways = {"value": "by its value at such points", "shape": "by its shape"}
    if number == 1:
        return f" The common mistake noted here is refuted {next(ways[w] for w in ways if counts[w])}."
    ways = {"value": "by their values at such points", "shape": "by their shapes"}
    how = [f"{counts[way]} {words}" for way, words in ways.items() if counts[way]]
    how = how if len(how) > 1 else [words for way, words in ways.items() if counts[way]]
    return f" The {number} common mistakes noted here are refuted, {' and '.join(how)}."


def for_sizes(assignments: list[dict[str, int]]) -> str:
    """Return the sizes as the end of half a sentence: `, for N = 1, 2`; nothing where there are none."""
    found = [assignment for assignment in assignments if assignment]
    return f", for {sizes_text(found)}" if found else ""


def evidence_row(row: Mapping[str, Any]) -> dict[str, str]:
    """Return one claim's evidence for the table."""
    rule = RULES.get(row["rule"])
    proof = sizes_text(row["symbolic_sizes"]) if row["symbolic"] == "proved" else row["symbolic"]
    return {
        "name": words(str(row["path"])),
        "rule": words(rule.name if rule else row["rule"]),
        "error": bound(row["tolerance"]),
        "proof": words(proof),
    }


def bound(tolerance: float) -> str:
    """Return what the errors stay below, as Markdown."""
    return f"below 10<sup>−{-round(math.log10(tolerance))}</sup>" if tolerance else "0"


def sizes_text(assignments: list[dict[str, int]]) -> str:
    """Return assignments of sizes: `D = 1, 2, 3`, `(M, N) = (2, 3), (3, 2)`, or `M = 2, N = 3` for a single one."""
    found = [assignment for assignment in assignments if assignment]
    if not found:
        return "numbers"
    names = list(found[0])
    if len(names) == 1:
        return f"{names[0]} = {', '.join(str(size) for size in sorted({one[names[0]] for one in found}))}"
    if len(found) == 1:
        return ", ".join(f"{name} = {size}" for name, size in found[0].items())
    tuples = sorted({tuple(one.values()) for one in found})
    return f"({', '.join(names)}) = {', '.join(str(sizes) for sizes in tuples)}"
