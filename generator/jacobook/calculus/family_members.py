"""The derivative with respect to one member of a family: its row of the derivative with respect to all of them."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import vector
from jacobook.algebra.traverse import contains, fresh_index_name, names_within, renamed_index, substitute, transform
from jacobook.calculus.derivation import Claim, Derivation, Prose
from jacobook.calculus.sums_over_places import rows_in_sum


def member_asked_for(derivation: Derivation) -> Node | None:
    """Return x[k], as which the variable was named; None where it is no member of a family."""
    remarks = derivation.statement.remarks
    return next((remark.node for remark in remarks if remark.reading is Reading.MEMBER), None)


def place_asked_for(derivation: Derivation) -> str | None:
    """Return the place as it was named, the k of x[k]; None where the variable is no member of a family."""
    member = member_asked_for(derivation)
    return None if member is None else _word(member.operands[1].operands[0])


def by_member(derivation: Derivation) -> Claim | None:
    """Return the derivative of a scalar with respect to the member that was asked for, as a row; else None."""
    statement, member = derivation.statement, member_asked_for(derivation)
    if member is None or not statement.function.shape.is_scalar or derivation.kept:
        return None
    place = member.operands[1].operands[0]
    wrt = n.symbol(f"{statement.wrt.name}_{_word(place)}", vector(statement.wrt.shape.columns))
    row = _row(derivation, place)
    if row is None:
        return None
    words = "Row {0} of the derivative with respect to all members."
    return Claim(build.partial(statement.function, wrt, total=True), row, "sifting", Prose(words, (place,)))


def _word(place: Node) -> str:
    return str(place.value) if isinstance(place, n.Number) else next(iter(place.symbols)).name


def _row(derivation: Derivation, place: Node) -> Node | None:
    """Return the row, from a line in which the rows stand by themselves in a sum, or else from the result."""
    lines = [claim for partial in derivation.partials for claim in partial.matrix_route]
    partials = [claim.right for claim in reversed(lines) if isinstance(claim.left, n.Partial)]
    values = [_beside(value, place) for value in (derivation.value, *partials)]
    length = derivation.statement.wrt.shape.rows
    for value in values:
        if value.shape == derivation.value.shape and contains(value, n.RunningUnit) and len(derivation.partials) == 1:
            found = rows_in_sum(value)
            if found is not None:
                index, row = found
                return collect(substitute(_beside(row, place), {index: place}))
    if not isinstance(place, n.Number):
        return collect(tidy(build.product(build.transpose(build.running_unit(place, length)), values[0])))
    unit = build.transpose(build.unit_vector(int(place.value), length))
    return collect(normal_form(build.product(unit, values[0])))


def _beside(value: Node, place: Node) -> Node:
    """Return the value with other letters for the sums in it whose index has the name of the place."""
    if isinstance(place, n.Number):
        return value
    taken = {_word(place), *(symbol.name for symbol in names_within(value))}
    taken |= {name for symbol in names_within(value) for size in symbol.shape.dimensions for name in size.names}

    def change(node: Node) -> Node | None:
        if isinstance(node, n.BoundedSum) and node.index.name == _word(place):
            return renamed_index(node, fresh_index_name(taken))
        return None

    return transform(value, change)
