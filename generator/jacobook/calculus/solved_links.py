"""What the equations of a chain say about their solutions: where they determine them, and which are symmetric."""

from __future__ import annotations

from collections.abc import Iterable

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link
from jacobook.algebra.solutions import equation_of
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Assumption, Claim, Prose
from jacobook.calculus.matrix_route import slopes_of, without_number
from jacobook.calculus.properties import as_symmetric, turned
from jacobook.calculus.reasons import enumerate_values


def conditions_on(links: Iterable[Link]) -> tuple[Prose, ...]:
    """Return where the equations among these links determine their unknowns."""
    found = []
    for link in links:
        if not isinstance(link.expression, n.Solution):
            continue
        slopes = slopes_of(link.expression)
        linear = link.expression.unknown not in slopes.symbols
        matrix = substitute(without_number(slopes), {link.expression.unknown: link.symbol})
        what = "not 0" if link.symbol.shape.is_scalar else "invertible"
        words = f"The equation has one solution {{0}} where {{1}} is {what}."
        if not linear:
            words = (
                f"{{0}} is any solution of its equation at which {{1}} is {what}; "
                "near such a solution it depends smoothly on the rest."
            )
        if matrix.symbols:
            found.append(Prose(words, (link.symbol, matrix)))
    return tuple(found)


def without_transposed_solutions(left: Node, value: Node, links: Iterable[Link]) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value with X for X′ where X solves a linear equation that is its own transpose, as one claim.

    The equation determines X, so that X′, which solves it too, is X. The links stand after those that they use.
    """
    declared: set[Symbol] = set()
    found: list[Symbol] = []
    for link in links:
        declared |= {symbol for symbol in link.expression.symbols if "symmetric" in symbol.properties}
        if isinstance(link.expression, n.Solution) and _is_symmetric(link, (*declared, *found)):
            found.append(link.symbol)
    simpler = as_symmetric(value, *found) if found else value
    if simpler is value or simpler.size >= value.size:
        return value, ()
    used = [symbol for symbol in found if symbol in value.symbols]
    listed = enumerate_values(used)
    verb = (
        "is symmetric, since its transpose solves" if len(used) == 1 else "are symmetric, since their transposes solve"
    )
    reason = Prose(f"{listed.template} {verb} the same equation, which has one solution.", listed.values)
    assumptions = tuple(Assumption(s, "symmetric", declared=True) for s in sorted(declared, key=lambda s: s.name))
    return simpler, (Claim(left, simpler, "symmetric", reason, assumptions),)


def _is_symmetric(link: Link, symmetric: tuple[Symbol, ...]) -> bool:
    solution = link.expression
    if not (isinstance(solution, n.Solution) and solution.shape.is_square):
        return False
    if solution.unknown in slopes_of(solution).symbols:  # not linear: there may be other solutions
        return False
    sides = equation_of(solution, link.symbol)
    return all(equal(turned(side, (*symmetric, link.symbol)), side) for side in sides)
