"""Derivatives of the second and the third order: each is the derivative of the one before.

A derivative of order k is also a form: dᵏf is what it makes of k equal changes dx. With dx held fixed d(dx) = 0, so
df = ⟨G, dX⟩ becomes d²f = ⟨dG, dX⟩, and no Kronecker product is needed. (Magnus and Neudecker, chapters 6 and 10.)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import reduce

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.operations import TooManyOperationsError, attempt
from jacobook.algebra.question import Link, Statement, without_names
from jacobook.algebra.shapes import Shape, ShapeError, derivative_shape
from jacobook.algebra.terms import transpose_factor
from jacobook.algebra.traverse import substitute, transform
from jacobook.calculus.chain.naming import repeats_itself
from jacobook.calculus.derivation import Claim, Derivation, HigherForm, Prose
from jacobook.calculus.derive import derive
from jacobook.calculus.matrix_route import differential_claims, inner_product
from jacobook.calculus.properties import uses_of_properties
from jacobook.calculus.reasons import enumerate_values, sentence
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.simplifying import why_simplified

ORDINALS = {1: "first", 2: "second", 3: "third"}
ORDERS = tuple(ORDINALS)
"""The orders of the derivatives that are worked out."""
OF_ENTRIES = frozenset({"invertible", "positive"})
"""The properties that nearby matrices share, in whichever direction the entries are changed."""
MOST_FOR_FORMS = 50_000
"""The operations that may be spent on what stands beside the derivative itself: a form, the Hessian of an entry."""


def derive_to_order(
    statement: Statement, order: int, route: str = "matrix", both: bool = True
) -> tuple[Derivation, ...]:
    """Return the derivations of the derivatives of the first order, the second, … up to this one.

    The function of each is the derivative before it: the gradient as a column, G of the shape of a matrix, or the
    Jacobian. Raises Refusal where a derivative is refused, or would have more indices than two arrays have.
    """
    found = [derive(statement, route, both)]
    general = statement if order == 1 else _with_independent_entries(statement)
    before = found[0] if general is statement else derive(general, route, both)
    for current in range(2, order + 1):
        before = _next(general, before, current, route, both)
        found.append(before)
    if general is not statement:
        found[1:] = [_of_structured(one, statement.wrt) for one in found[1:]]
    return tuple(found)


def has_order(of: Shape, wrt: Shape, order: int) -> bool:
    """Return whether the derivative of this order has no more indices than a matrix by a matrix."""
    for _ in range(order - 1):
        step = derivative_shape(of, wrt)
        if step is None:
            return False
        of = step
    return True


def _next(statement: Statement, before: Derivation, order: int, route: str, both: bool) -> Derivation:
    """Return the derivation of the derivative of this order, from that of the order before."""
    f, wrt = statement.function, statement.wrt
    if not has_order(f.shape, wrt.shape, order):
        raise Refusal(_too_many_indices(f, wrt, order))
    gradient = f.shape.is_scalar and wrt.shape.is_vector and order == 2
    value = _as_column(before) if gradient else collect(before.value)
    if order > 2:
        value = min(value, collect(normal_form(value)), key=lambda form: form.size)
    taken = statement.names.union(link.symbol.name for link in before.kept)
    symbol = n.symbol(_free_name(_letter(f, value, order), taken), value.shape)
    links = (Link(symbol, value), *reversed(before.kept))
    found = derive(replace(statement, links=links, remarks=()), route, both)
    if gradient:
        reason = Prose("Mixed partial derivatives do not depend on their order, so a Hessian is its own transpose.")
        transposed = build.transpose(build.partial(symbol, wrt, total=True))
        return replace(found, denominator=(Claim(transposed, found.value, "hessian-symmetry", reason),))
    if derivative_shape(value.shape, wrt.shape) is not None:
        return replace(found, forms=(*found.forms, *_shorter(found))) if order > 2 else found
    form, entries = _form(statement, found, order), _of_function(statement, found.entries)
    return replace(found, backward=None, higher=form, entries=entries)


def _as_column(before: Derivation) -> Node:
    """Return the gradient as a column, as the derivation gives it in the denominator layout."""
    return before.denominator[-1].right if before.denominator else collect(transpose_factor(before.value))


def _shorter(found: Derivation) -> tuple[Claim, ...]:
    """Return the result in a shorter form, if there is one."""
    shorter = collect(normal_form(found.value))
    if found.kept or shorter.size >= found.value.size:
        return ()
    left = build.partial(found.statement.function, found.statement.wrt, total=True)
    return (Claim(left, shorter, "tidy", sentence([why_simplified(found.value, shorter)])),)


def _letter(f: Symbol, value: Node, order: int) -> str:
    """Return what the derivative that is differentiated is called: g, G or J, and h or H one order above."""
    letter = "g" if order == 2 else "h"
    if not value.shape.is_matrix:
        return letter
    if not f.shape.is_scalar:
        return "J"
    return "G" if order == 2 else "H"


def _free_name(letter: str, taken: Collection[str]) -> str:
    words = ("gradient",) if letter == "g" else ()
    names: list[str] = [letter, *words, *(f"{letter}{k}" for k in range(1, 100))]
    return next(name for name in names if name not in taken)


def _too_many_indices(f: Symbol, wrt: Symbol, order: int) -> str:
    which, number = ORDINALS[order], len(f.shape.axes) + order * len(wrt.shape.axes)
    said = (
        f"the {which} derivative of {f.shape.describe()} with respect to {wrt.shape.describe()} has {number} indices, "
        "more than there are formulas for"
    )
    if f.shape.is_scalar:
        return f"{said}; its value along a direction H is that of f({wrt.name} + t*H) with respect to t, at t = 0"
    return f"{said}; take an entry of {f.name}, or the inner product of {f.name} with a constant array"


def _with_independent_entries(statement: Statement) -> Statement:
    """Return the statement with a matrix variable of which no structure is known.

    The gradient of log det X is X⁻ᵀ. For a symmetric X that is X⁻¹, which is another function of entries that are
    independent and so has another derivative.
    """
    wrt = statement.wrt
    if wrt.properties <= OF_ENTRIES or not wrt.shape.is_matrix:
        return statement
    general = n.symbol(wrt.name, wrt.shape, wrt.properties & OF_ENTRIES)
    put: dict[Node, Node] = {wrt: general}
    return replace(
        statement,
        declarations=tuple(general if symbol is wrt else symbol for symbol in statement.declarations),
        links=tuple(replace(link, expression=substitute(link.expression, put)) for link in statement.links),
        wrt=general,
    )


def _of_structured(found: Derivation, declared: Symbol) -> Derivation:
    """Return the derivation by a matrix without structure, with what it says about the one that was declared."""
    words = "{0} stands for any matrix here. Where it keeps its structure, so do the directions."
    higher = None if found.higher is None else replace(found.higher, declared=declared)
    return replace(found, higher=higher, notes=(Prose(words, (found.statement.wrt,)), *found.notes))


# -- forms ------------------------------------------------------------------------------------------------------------


def _form(statement: Statement, found: Derivation, order: int) -> HigherForm | None:
    """Return dᵏf and the lines that lead to it, None where it would be long."""
    f, wrt, dx = statement.function, statement.wrt, build.differential(statement.wrt)
    before, link = build.differential(f), found.links[0]
    for _ in range(order - 2):
        before = build.differential(before)
    inside = without_names(link.symbol, found.statement.definitions)
    names = found.statement.names | {f.name}
    try:
        with attempt(MOST_FOR_FORMS):
            changed, lines = differential_claims(link.symbol, inside, (wrt,), names)
            inserted = _along(changed, dx, f, order)
            value = min(_forms(inserted, changed, dx), key=lambda form: form.size)
    except (Refusal, TooManyOperationsError, ShapeError):
        return None
    if repeats_itself(value):
        return None
    left, d = build.differential(before), build.differential(link.symbol)
    means = (
        Prose("That is what {0} is.", (link.symbol,)) if order == 2 else Prose("{0} is the Hessian.", (link.symbol,))
    )
    once_more = Prose("Differentiate once more. {0} stays the same, so that it has no differential.", (dx,))
    claims = [
        Claim(before, _along(link.symbol, dx, f, order), "definition", means),
        Claim(left, _along(d, dx, f, order), "higher-derivative", once_more),
    ]
    if len(found.partials) > 1 or found.decomposition:
        claims[1:1] = lines
    claims.append(Claim(left, inserted, "substitution", sentence([Prose("substitute {0}", (d,))])))
    if value is not inserted:
        claims.append(Claim(left, value, "tidy", sentence([why_simplified(inserted, value)])))
    value, symmetric = uses_of_properties(left, value, {wrt})
    letter = "H" if wrt.shape.is_matrix else "h"
    direction = n.symbol(_free_name(letter, names), wrt.shape)
    along = collect(substitute(value, {dx: direction}))
    definition = statement.in_variables
    return HigherForm(f, definition, order, direction, value, along, wrt, (*claims, *symmetric))


def _forms(inserted: Node, changed: Node, dx: Node) -> list[Node]:
    """Return forms of dᵏf: as it comes, multiplied out and, for an entry-wise product, as a sum of entries."""
    found = [collect(collect(inserted)), transform(collect(normal_form(inserted)), _inner_products)]
    factor = changed.operands[0] if isinstance(changed, n.Negate) else changed
    if inserted.shape.is_scalar and isinstance(factor, n.Hadamard | n.HadamardDivide):
        found.append(collect(build.entry_sum(build.hadamard(changed, dx))))
    return found


def _inner_products(node: Node) -> Node | None:
    """Return a sum of entries of vectors as it is usually written, u′v, and ‖u‖ for the root of Σ uᵢ²."""
    if isinstance(node, n.Power) and isinstance(node.operands[1], n.Number):
        squared = _squared(node.operands[0])
        return None if squared is None else build.power(build.norm2(squared), build.number(2 * node.operands[1].value))
    if (squared := _squared(node)) is not None:
        return inner_product(squared, squared)
    if not isinstance(node, n.EntrySum) or not isinstance(node.operands[0], n.Hadamard):
        return None
    first, *others = node.operands[0].operands
    rest = reduce(build.hadamard, others)
    return inner_product(first, rest) if rest.shape.is_vector else None


def _squared(node: Node) -> Node | None:
    """Return the vector u where this is Σ uᵢ²."""
    inside = node.operands[0] if isinstance(node, n.EntrySum) else None
    if isinstance(inside, n.HadamardPower) and inside.shape.is_vector and build.is_number(inside.operands[1], 2):
        return inside.operands[0]
    return None


def _along(derivative: Node, dx: Node, f: Symbol, order: int) -> Node:
    """Return what the derivative of the order before, or its change, makes of the changes dx."""
    if not f.shape.is_scalar:
        return build.product(derivative, dx)
    return inner_product(derivative, dx) if order == 2 else build.product(build.transpose(dx), derivative, dx)


# -- entries ----------------------------------------------------------------------------------------------------------


def _of_function(statement: Statement, entries: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Return the entry formula, said to be that of the function; of a vector, with the Hessian of an entry."""
    f, wrt = statement.function, statement.wrt
    if not entries or not isinstance(entries[0].left, n.PartialEntry):
        return entries
    left, own = entries[0].left, len(f.shape.axes)
    places = left.of_positions[own:]
    by = (places, left.wrt_positions) if wrt.shape.is_matrix else tuple((k,) for k in (*places, *left.wrt_positions))
    of = build.entry(f, *left.of_positions[:own]) if own else f
    variables = enumerate_values([build.entry(wrt, *place) for place in by])
    said = f"The derivative of {{{len(by)}}} with respect to {variables.template}, in entries."
    named = (replace(entries[0], reason=Prose(said, (*variables.values, of))), *entries[1:])
    return (*named, *_hessian_of_entry(statement, of)) if isinstance(of, n.Entry) else named


def _hessian_of_entry(statement: Statement, entry: n.Entry) -> tuple[Claim, ...]:
    """Return the gradient and the Hessian of an entry of the function, in whole arrays; nothing where they are long."""
    f, wrt = statement.function, statement.wrt
    name = n.symbol(_free_name(f"{f.name}_i", statement.names))
    body = build.entry(statement.in_variables, *entry.positions)
    try:
        with attempt(MOST_FOR_FORMS):
            first = derive(replace(statement, links=(Link(name, body),), remarks=()), both=False)
            gradient = collect(transpose_factor(first.value_without_names))
            symbol = n.symbol(_free_name("g", statement.names), gradient.shape)
            second = derive(replace(statement, links=(Link(symbol, gradient),), remarks=()), both=False)
            hessian = second.value_without_names
    except (Refusal, TooManyOperationsError, ShapeError):
        return ()
    if repeats_itself(hessian):
        return ()
    row = build.partial(entry, wrt, total=True)
    column = build.transpose(row)
    left = build.partial(column, wrt, total=True)
    steps: tuple[Claim, ...] = ()
    if len(second.partials) == 1 and not second.decomposition:
        meant: dict[Node, Node] = {symbol: column}
        steps = tuple(
            replace(claim, left=substitute(claim.left, meant), steps=())
            for claim in second.partials[0].matrix_route
            if isinstance(claim.left, n.Differential)
        )
    return (
        Claim(
            row,
            first.value_without_names,
            "entry-formula",
            Prose("The row of the Jacobian that belongs to {0}.", (entry,)),
        ),
        Claim(
            left,
            hessian,
            "higher-derivative",
            Prose("The Hessian of {0}.", (entry,)),
            steps=steps,
        ),
    )
