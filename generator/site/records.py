"""What is kept of an entry once it is worked out: plain data, from which all pages are made.

A record is written to the cache as JSON, so that a page is made anew without deriving anything.
"""

from __future__ import annotations

from typing import Any

from generator.algebra.nodes import Node
from generator.algebra.traverse import substitute
from generator.calculus.derivation import Derivation
from generator.rendering.shapes import jacobian_shape_text
from generator.site.citations import Citations
from generator.site.markup import maths, words
from generator.site.pages import entry_page, page_name, short_number
from generator.site.work import Part, Worked

Record = dict[str, Any]


def record_of(worked: Worked, citations: Citations) -> Record:
    """Return the record of an entry: its page, and what the pages that list entries say about it."""
    entry, main = worked.entry, worked.main
    statement = main.statement
    return {
        "slug": entry.slug,
        "group": entry.group,
        "title": entry.title,
        "path": worked.path,
        "file": page_name(entry),
        "number": words(short_number(entry)),
        "sources": [source.model_dump() for source in entry.sources],
        "cited": ", ".join(words(citations.plain(source)) for source in entry.sources),
        "related": list(entry.related),
        "redirects": list(entry.redirects),
        "function": maths(_whole(main.derivation)),
        "variable": maths(statement.wrt),
        "result": maths(main.derivation.value),
        "shape": jacobian_shape_text(statement.function.shape, statement.wrt.shape),
        "rules": sorted({rule for part in worked.parts for rule in _rules(part)}),
        "evidence": [_evidence(part) for part in worked.parts],
        "page": entry_page(worked, citations),
    }


def _whole(derivation: Derivation) -> Node:
    """Return the function in the declared variables."""
    statement = derivation.statement
    values: dict[Node, Node] = dict(statement.definitions.items())
    node = statement.definitions[statement.function]
    while not node.symbols.isdisjoint(values):
        node = substitute(node, values)
    return node


def _rules(part: Part) -> set[str]:
    return {claim.rule for claim in part.derivation.claims()}


def _evidence(part: Part) -> Record:
    """Return the figures of a derivation for the verification report."""
    found = part.evidence
    return {
        "title": part.title,
        "claims": found["claims"],
        "instances": found["instances"],
        "max_relative_error": found["max_relative_error"],
        "symbolic": found["symbolic"],
        "symbolic_counts": found["symbolic_counts"],
        "symbolic_sizes": found["symbolic_sizes"],
        "sizes": found["sizes"],
        "not_applicable": sum(len(claim["skipped_sizes"]) > 0 for claim in found["claim_details"]),
        "failures": found["failures"],
    }
