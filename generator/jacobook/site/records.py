"""What is kept of an entry once it is worked out: plain data, from which all pages are made.

A record is written to the cache as JSON, so that a page is made anew without deriving anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jacobook.algebra import build
from jacobook.algebra.formula_key import formula_key
from jacobook.algebra.nodes import Node
from jacobook.calculus.derivation import Claim, Derivation
from jacobook.calculus.free_entries import by_free_entries, said_of
from jacobook.calculus.properties import with_inverse
from jacobook.language.printer import text
from jacobook.rendering.shape_words import jacobian_shape_text, shape_text
from jacobook.site.pages.asked import asked, exercise
from jacobook.site.pages.citations import Citations
from jacobook.site.pages.conditions import conditions_of
from jacobook.site.pages.difficulty import level_of, level_of_differential
from jacobook.site.pages.entry_page import entry_page, page_name, short_number
from jacobook.site.pages.filters import DIFFERENTIAL, derivative_shape_key, search_words, shape_key, type_key
from jacobook.site.pages.markup import maths, words
from jacobook.site.worked_entry import WorkedEntry, anchor_of_order

Record = dict[str, Any]


def record_of(worked: WorkedEntry, citations: Citations) -> Record:
    """Return the record of an entry: its page, and what the pages that list entries say about it."""
    entry = worked.entry
    return {
        "slug": entry.slug,
        "group": entry.group,
        "title": entry.title,
        "path": worked.path,
        "file": page_name(entry),
        "number": words(short_number(entry)),
        "sources": [source.model_dump() for source in entry.sources],
        "cited": words(citations.short(entry.sources)),
        "featured": entry.featured,
        "related": list(entry.related),
        "redirects": list(entry.redirects),
        "stated": list(entry.expression),
        "whole": text(_function(worked)),
        "by": worked.statement.wrt.name if worked.differential is None else "",
        "key": formula_key(_function(worked), worked.statement.wrt) if worked.differential is None else "",
        **_formula(worked),
        "facets": _facets(worked),
        "rules": sorted({claim.rule for claim in _claims(worked)}),
        "evidence": [_evidence(title, found) for title, found in _evidences(worked)],
        **_practice(worked),
        "level": _level(worked),
        "place": entry.place,
        "page": entry_page(worked, citations),
    }


def _formula(worked: WorkedEntry) -> Record:
    """Return function, variable, derivative, conditions and shape, as the tables show them."""
    if worked.differential is not None:
        derivation = worked.differential.derivation
        return {
            "function": maths(derivation.function),
            "variable": ", ".join(maths(variable) for variable in derivation.variables),
            "result": f"{maths(build.differential(derivation.statement.function))} = {maths(derivation.value)}",
            "result_text": text(derivation.value),
            "conditions": conditions_of(derivation.statement),
            "shape": shape_text(derivation.value.shape),
            "turned": None,
        }
    statement, value = worked.main.statement, worked.main.derivation.value
    return {
        "function": maths(worked.main.derivation.statement.in_variables),
        "variable": maths(statement.wrt),
        "result": maths(worked.taylor.expansion.polynomial if worked.taylor else value),
        "result_text": text(worked.taylor.expansion.polynomial if worked.taylor else value),
        "conditions": conditions_of(statement),
        **_restricted(worked.main.derivation),
        "shape": jacobian_shape_text(statement.function.shape, statement.wrt.shape),
        "turned": None if worked.taylor else _turned(worked.main.derivation),
    }


def _turned(derivation: Derivation) -> dict[str, str] | None:
    """Return the derivative in the denominator layout, if it is written otherwise or has another shape."""
    if not derivation.denominator:
        return None
    value, turned = derivation.value, derivation.denominator[-1].right
    if turned is value:
        return None
    return {"result": maths(turned), "result_text": text(turned), "shape": shape_text(turned.shape)}


def _practice(worked: WorkedEntry) -> Record:
    """Return what a reader can be asked: nothing for a differential, which has several variables."""
    if worked.differential is not None:
        return {"asked": None, "exercise": None}
    entry, derivation = worked.entry, worked.main.derivation
    return {"asked": asked(entry.given, entry.expression, derivation), "exercise": exercise(derivation)}


def _level(worked: WorkedEntry) -> int:
    """Return the difficulty of an entry: what it says itself, or what the hardest derivative that it asks for takes."""
    stated = worked.entry.difficulty
    if stated is not None:
        return stated
    if worked.differential is not None:
        return level_of_differential(worked.differential.derivation)
    orders = {anchor_of_order(order) for order in range(1, worked.entry.order + 1)}
    return max(level_of(part.derivation) for part in worked.parts if part.anchor in orders)


def _restricted(derivation: Derivation) -> dict[str, str]:
    """Return a second formula for a row of the cheat sheet, with the cases of both.

    It is the derivative with respect to the free entries of a variable, or that with an inverse instead of an adjugate.
    """
    claim = by_free_entries(derivation)
    if claim is not None:
        wrt = derivation.statement.wrt
        structure = f"{maths(wrt)} {said_of(wrt)}"
        return {"general": "independent entries", "structure": structure, "restricted": maths(claim.right)}
    for claim in with_inverse(build.partial(derivation.statement.function, derivation.statement.wrt), derivation.value):
        (assumption,) = claim.assumptions
        structure = f"{maths(assumption.node)} invertible"
        return {"general": "always", "structure": structure, "restricted": maths(claim.right)}
    return {}


def _facets(worked: WorkedEntry) -> dict[str, str]:
    """Return by what the entry is found on the cheat sheet: type, kind of shape, words."""
    entry = worked.entry
    if worked.differential is not None:
        kind, shape = DIFFERENTIAL, shape_key(worked.differential.derivation.value.shape)
    else:
        of, wrt = worked.statement.function.shape, worked.statement.wrt.shape
        kind, shape = type_key(of, wrt), derivative_shape_key(of, wrt)
    words_of_entry = search_words((entry.title, *entry.synonyms), (text(_function(worked)), *entry.expression))
    return {"type": kind, "shape": shape, "words": words_of_entry}


def _claims(worked: WorkedEntry) -> Iterator[Claim]:
    """Yield every line of the page."""
    for part in worked.parts:
        yield from part.derivation.claims()
    if worked.differential is not None:
        yield from worked.differential.derivation.walk()
    if worked.taylor is not None:
        for term in worked.taylor.expansion.terms:
            if term.derivation is not None:
                yield from term.derivation.claims()
        for claim in worked.taylor.expansion.claims:
            yield from claim.walk()


def _evidences(worked: WorkedEntry) -> Iterator[tuple[str, Record]]:
    """Yield the evidence of every derivation of the page, each with its title; that of the main one is empty."""
    for part in worked.parts:
        assert part.evidence is not None  # an entry without it has no page
        yield part.title, part.evidence
    if worked.differential is not None:
        yield "", worked.differential.evidence
    if worked.taylor is not None:
        yield "Taylor polynomials", worked.taylor.evidence


def _function(worked: WorkedEntry) -> Node:
    """Return what is differentiated, in the declared variables."""
    if worked.differential is not None:
        return worked.differential.derivation.function
    return worked.main.derivation.statement.in_variables


def _evidence(title: str, found: Record) -> Record:
    """Return the figures of a derivation for the verification report."""
    return {
        "title": title,
        "claims": found["claims"],
        "instances": found["instances"],
        "tolerance": found["tolerance"],
        "symbolic": found["symbolic"],
        "symbolic_counts": found["symbolic_counts"],
        "symbolic_sizes": found["symbolic_sizes"],
        "sizes": found["sizes"],
        "not_applicable": sum(len(claim["skipped_sizes"]) > 0 for claim in found["claim_details"]),
        "failures": found["failures"],
    }
