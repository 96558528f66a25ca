"""One partial derivative by the component route: entries, deltas, sifting, and matrices put back together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.arrays import written_out
from jacobook.algebra.build import reshaped
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.entry_lookup import same_place
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.nodes import Index, Node, Pair, Position, Symbol, indices_in
from jacobook.algebra.shapes import Dimension, Shape, derivative_shape, vector
from jacobook.algebra.traverse import contains, names_within, substitute, substitute_indices, transform, walk
from jacobook.calculus.component_route.assembly import assemble
from jacobook.calculus.component_route.entries import Components, bound_before
from jacobook.calculus.component_route.monomials import Monomial, along_paths, joined_monomials, sum_node
from jacobook.calculus.component_route.put_together import why_assembled
from jacobook.calculus.component_route.shown_entries import BOUND, OUTPUT, VARIABLE, Lettering, letters, shown
from jacobook.calculus.component_route.stacking import stack
from jacobook.calculus.component_route.stated_derivatives import stated_derivatives
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.properties import uses_of_properties, with_symmetry
from jacobook.calculus.reasons import argument_letter, enumerate_prose, enumerate_values, joined_prose, sentence
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.derivatives import derivative_at
from jacobook.calculus.rules.table import RULES

_DELTA = Node.mask_of(n.Delta)


def differentiate(
    of: Symbol,
    expression: Node,
    wrt: Symbol,
    names: frozenset[str] = frozenset(),
    held: frozenset[Symbol] = frozenset(),
) -> tuple[Node | None, tuple[Claim, ...]]:
    """Return ∂of/∂wrt in the Jacobian layout, and the claims in entries that lead to it.

    Beyond two indices the value is the vec Jacobian. It is None where the entries are not those of a product of
    matrices. Running indices take other names than `names`; `held` are names of a chain that may depend on each other,
    and the reasons say that they are fixed here. Raises Refusal where no index rule applies.
    """
    if isinstance(expression, n.Solution) and expression.shape.is_scalar:
        raise Refusal("the solution of an equation has no formula; the matrix route differentiates the equation")
    if isinstance(expression, n.Solution):
        raise Refusal("the entries of a solution solve an equation together; the matrix route differentiates it as one")
    expression = _with_sum_of_squares(expression, wrt)
    names_here = {symbol.name for symbol in names_within(expression)}
    rows = _indices(OUTPUT, names_here, of)
    columns = _indices(VARIABLE, names_here | {index.name for index in rows}, wrt)
    components = Components(wrt, columns)
    diagonal = _trace_sum(components, expression)
    places, written = _written(components, expression, rows, diagonal)
    taken = names_here | {index.name for index in columns}.union(*({i.name for i in indices_in(p)} for p in places))
    taken |= names
    lettering = Lettering(taken)
    slope = build.partial_entry(of, wrt, places, columns)

    # The entry of the function, its derivative with Kronecker deltas, and the same after the deltas are used.
    claims = _outer_products(expression, wrt, components, taken)
    claims += _entry_claims(of, expression, places, diagonal, written, lettering, components)
    raw = joined_monomials(components.derivative(written))
    sifted = joined_monomials(monomial.sifted() for monomial in raw)
    sifted = [along_paths(monomial, rows + columns) for monomial in sifted]
    used = lettering.used
    unsifted_node, sifted_node = lettering.shown(sum_node(raw)), lettering.shown(sum_node(sifted))
    rule, why, origin = _why_deltas(of, wrt, written, raw, places, columns, lettering, used, names | names_here, held)
    differentiated = [Claim(slope, unsifted_node, rule, why, steps=origin)]
    if sifted_node is not unsifted_node:
        differentiated.append(Claim(slope, sifted_node, "sifting", sentence([_why_sifted(unsifted_node, sifted_node)])))
    value, more = _back_to_matrices(of, wrt, places, rows, columns, sifted, sifted_node)
    if value is None:
        return None, (*claims, *differentiated, *more)
    partial = build.partial(of, wrt)
    lines = [*claims, *differentiated]
    most = max(_sums_in_a_term(claim.right) for claim in lines)
    if most > MOST_SUMS:
        claims = [claim for claim in claims if _sums_in_a_term(claim.right) <= MOST_SUMS]
        words = "In entries, a term is a sum over {0} indices: too long to print. As matrices, the result is this."
        reason = Prose(words, (str(most),))
    elif derivative_shape(of.shape, wrt.shape) is not None:
        claims += [*differentiated, *more]
        reason = why_assembled(sifted, rows + columns, value, lettering)
    else:
        claims += [*differentiated, *more]
        reason = Prose("Stack the columns of both sides.")
    value, concluded = _concluded(partial, lettering.lettered(value), claims, reason, held)
    return value, (*concluded, *_stacked_written_out(partial, value, places, columns, sifted_node))


def _stacked_written_out(
    partial: Node, value: Node, places: tuple[Position, ...], columns: tuple[Index, ...], entry: Node
) -> list[Claim]:
    """Return a Jacobian of stacked entries with all its numbers, where it has few: one row for every entry."""
    rows = [place for place in places if isinstance(place, Index)]
    sizes = [index.dimension for index in (*rows, *columns)]
    if derivative_shape(*(side.shape for side in partial.operands)) is not None or len(rows) < len(places):
        return []
    if any(size.names for size in sizes) or prod(size.coefficient for size in sizes) > MOST_STACKED:
        return []
    if isinstance(value, n.Literal) or not _is_short(entry):
        return []
    in_rows, in_columns = (list(_stacked_places(indices)) for indices in (rows, columns))
    numbers = (substitute_indices(entry, {**row, **column}) for row in in_rows for column in in_columns)
    entries = tuple(tidy(transform(number, _known_delta)) for number in numbers)
    written = build.literal(entries, partial.shape)
    return [Claim(partial, written, "written-out", Prose("Every entry, written out; columns are stacked."))]


def _known_delta(node: Node) -> Node | None:
    """Return 1 or 0 for a Kronecker delta of two places that are known."""
    same = same_place(*node.positions) if isinstance(node, n.Delta) else None
    return None if same is None else build.ONE if same else build.ZERO


def _stacked_places(indices: Sequence[Index]) -> Iterator[dict[Index, Position]]:
    """Yield the places of an array in the order of its stacked columns: the first index runs fastest."""
    counts = [range(1, index.dimension.coefficient + 1) for index in reversed(indices)]
    for numbers in itertools.product(*counts):
        yield {index: Dimension(k) for index, k in zip(indices, reversed(numbers), strict=True)}


def _back_to_matrices(
    of: Symbol,
    wrt: Symbol,
    places: tuple[Position, ...],
    rows: tuple[Index, ...],
    columns: tuple[Index, ...],
    sifted: list[Monomial],
    entry: Node,
) -> tuple[Node | None, list[Claim]]:
    """Return the derivative from its entries, None where they are no product of matrices, and the array of entries.

    Beyond two indices it is the vec Jacobian, else the array over the named indices of both sides.
    """
    shape, partial = derivative_shape(of.shape, wrt.shape), build.partial(of, wrt)
    claims: list[Claim] = []
    value = None
    if shape is None:
        claims += _slices(of, wrt, places, columns, entry)
        value = _stacked(sifted, _stacking_order(places), columns, partial)
    elif places == rows:
        value = _assembled(sifted, rows + columns, shape)
        if value is not None and of.shape.is_scalar and wrt.shape.is_matrix:  # tr(1 1′ dX) is the sum of all entries
            ones = [build.fill(build.ONE, vector(size)) for size in wrt.shape.axes]
            value = substitute(value, {build.product(ones[0], ones[1].T): build.fill(build.ONE, wrt.shape)})
    value = None if value is None else written_out(value)
    shown_whole = shape is not None and places == rows and bool(partial.shape.axes) and not isinstance(value, n.Literal)
    names_parts = contains(entry, n.Blocks)  # its entries depend on where blocks begin, which dots do not show
    if shown_whole and not names_parts and _is_short(entry) and _shows_places(entry, partial.shape):
        array = build.array_of(entry, *rows, *columns, shape=partial.shape)
        claims.append(Claim(partial, array, "written-out", Prose("Every entry, written out.")))
    return value, claims


def _concluded(
    partial: Node, value: Node, claims: list[Claim], reason: Prose, held: frozenset[Symbol]
) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value without superfluous transposes, and the claims with those that state it, for this reason."""
    of, wrt = partial.operands
    whole = derivative_shape(of.shape, wrt.shape) is not None
    if whole and isinstance(value, n.Literal):  # every entry is shown
        claims.append(Claim(partial, value, "written-out", Prose("Every entry, written out.")))
    elif not claims or claims[-1].right is not value:
        claims.append(Claim(partial, value, "assemble", reason))
    value, symmetric = uses_of_properties(partial, value, held)
    if claims[-1].rule == "assemble" and len(symmetric) == 1 and symmetric[0].rule == "symmetric":
        used = tuple(a.node for a in symmetric[0].assumptions if isinstance(a.node, Symbol))
        if wrt not in used:  # where it is put together the symmetry can be used at once
            return value, (*claims[:-1], with_symmetry(claims[-1], value, symmetric[0], used))
    return value, (*claims, *symmetric)


def _indices(candidates: tuple[str, ...], taken: set[str], symbol: Symbol) -> tuple[Index, ...]:
    return tuple(Index(*pair) for pair in zip(letters(candidates, taken), symbol.shape.axes, strict=False))


@dataclass(frozen=True, slots=True)
class _TraceSum:
    """What a trace adds: the entry at (index, index), as monomials."""

    index: Index
    summand: list[Monomial]


def _trace_sum(components: Components, expression: Node) -> _TraceSum | None:
    """Return the diagonal entry that the expression, if it is a trace, is the sum of."""
    if not isinstance(expression, n.Trace):
        return None
    inside = expression.operands[0]
    i = components.fresh(inside.shape.rows)
    return _TraceSum(i, joined_monomials(components.entry(inside, i, i)))


def _written(
    components: Components, expression: Node, rows: tuple[Index, ...], diagonal: _TraceSum | None
) -> tuple[tuple[Position, ...], list[Monomial]]:
    """Return the entry of the expression and its place; Kronecker products number their entries by pairs."""
    names = components.names_beside(rows)
    places: list[Position] = list(rows)
    entries = (
        components.entry(expression, *rows) if diagonal is None else bound_before(diagonal.summand, diagonal.index)
    )
    written = [monomial.sifted() for monomial in entries]
    for at, row in enumerate(rows):
        pairs = {pair for m in written for delta in m.deltas for pair in _pair_of(delta, row)}
        sizes = {pair.sizes for pair in pairs}
        if len(sizes) == 1 and all(any(_pair_of(delta, row) for delta in m.deltas) for m in written):
            major, minor = (Index(next(names), size) for size in sizes.pop())
            places[at] = Pair(major, minor)
            written = [m.replaced(row, places[at]).sifted() for m in written]
    return tuple(places), joined_monomials(written)


def _pair_of(delta: tuple[Position, Position], row: Index) -> list[Pair]:
    """Return the pair that a delta equates with the index."""
    a, b = delta
    return [p for p, q in ((a, b), (b, a)) if isinstance(p, Pair) and q == row]


def _slices(
    of: Symbol, wrt: Symbol, places: tuple[Position, ...], columns: tuple[Index, ...], entry: Node
) -> list[Claim]:
    """Return slices of the derivative of a matrix with respect to a vector: all if they are few, else the first."""
    rows = tuple(place for place in places if isinstance(place, Index))
    if len(rows) != 2 or len(columns) != 1 or not _is_short(entry):
        return []
    size = columns[0].dimension
    count = size.coefficient if not size.names and size.coefficient <= FULL else 1
    claims = []
    for k in map(Dimension, range(1, count + 1)):
        left = build.array_of(build.partial_entry(of, wrt, rows, (k,)), *rows, shape=of.shape)
        right = build.array_of(substitute_indices(entry, {columns[0]: k}), *rows, shape=of.shape)
        said = "One slice, for {0} = {1}: the derivative of the whole matrix with respect to {2}."
        if count > 1:
            said = "The slice for {0} = {1}: the derivative of the whole matrix with respect to {2}."
        reason = Prose(said, (columns[0], build.size_of(k), build.entry(wrt, k)))
        claims.append(Claim(left, right, "written-out", reason))
    return claims


def _assembled(sifted: list[Monomial], indices: tuple[Index, ...], shape: Shape) -> Node | None:
    try:
        return reshaped(collect(assemble(sifted, indices, shape)), shape)
    except Refusal:  # the entries are known, but they are not those of a product of matrices
        return None


def _stacking_order(places: tuple[Position, ...]) -> tuple[Index, ...] | None:
    """Return the indices of the result in the order in which stacked columns run, None beyond two."""
    if len(places) == 1 and isinstance(places[0], Pair):
        places = (places[0].minor, places[0].major)
    named = tuple(place for place in places if isinstance(place, Index))
    return named if len(named) == len(places) else None


def _stacked(
    sifted: list[Monomial], rows: tuple[Index, ...] | None, columns: tuple[Index, ...], partial: Node
) -> Node | None:
    if rows is None:
        return None
    try:
        return collect(stack(sifted, rows, columns, build.zero(partial.shape)))
    except Refusal:
        return None


def _with_sum_of_squares(expression: Node, wrt: Symbol) -> Node:
    """Return the expression with the squared norm of the variable, an array, as the sum of the squared entries."""
    if not wrt.shape.axes:
        return expression
    squares = [
        node
        for node in walk(expression)
        if isinstance(node, n.Power) and node.operands[1] is build.TWO and isinstance(node.operands[0], n.Norm2)
    ]
    total = build.product(build.transpose(wrt), wrt) if wrt.shape.is_vector else _sum_of_squares(wrt)
    return substitute(expression, {node: total for node in squares if node.operands[0].operands[0] is wrt})


def _sum_of_squares(array: Node) -> Node:
    return build.entry_sum(build.hadamard_power(array, build.TWO))


def _outer_products(expression: Node, wrt: Symbol, components: Components, taken: set[str]) -> list[Claim]:
    """Return the outer products under a trace, entry by entry and written out with the diagonal marked."""
    claims: list[Claim] = []
    for trace in (node for node in walk(expression) if isinstance(node, n.Trace)):
        for product in walk(trace.operands[0]):
            if not (isinstance(product, n.Product) and product.shape.is_matrix and product.depends_on(wrt)):
                continue
            if not (product.operands[0].shape.is_vector and product.operands[-1].shape.is_row):
                continue
            i, j = (
                Index(name, size)
                for name, size in zip(letters(OUTPUT, taken - set(OUTPUT[:2])), product.shape.axes, strict=False)
            )
            entry = shown(sum_node(components.entry(product, i, j)), taken | {"i", "j"})
            reason = Prose(
                "An entry of an outer product is one product: entry {0} of the column times entry {1} of the row.",
                (i, j),
            )
            claims.append(Claim(build.entry(product, i, j), entry, "entries", reason))
            array = build.array_of(entry, i, j, shape=product.shape)
            claims.append(
                Claim(
                    product,
                    array,
                    "written-out",
                    Prose("Written out; the diagonal is what the trace adds."),
                    mark_diagonal=True,
                )
            )
    return claims


def _entry_claims(
    of: Symbol,
    expression: Node,
    rows: tuple[Position, ...],
    diagonal: _TraceSum | None,
    written: list[Monomial],
    lettering: Lettering,
    components: Components,
) -> list[Claim]:
    left = build.entry(of, *rows)
    if diagonal is not None:
        return _trace_claims(left, expression, diagonal, written, lettering)
    node = lettering.shown(sum_node(written))
    if node is expression and (sums := _sums_within(expression, components, set(lettering.taken))):
        return [Claim(left, substitute(expression, sums), "entries", Prose("Written in entries."))]
    if node is left or node is expression:
        return []
    if contains(node, n.Entry):
        multiplied = len(written) > _number_of_terms(expression) and _holds_a_bracket(expression)
        words = "Written in entries, and multiplied out." if multiplied else "Written in entries."
        return [Claim(left, node, "entries", Prose(words))]
    opened_up = isinstance(node, n.Add) and not isinstance(expression, n.Add)
    words = "Write out the definition and multiply out." if opened_up else "Write out the definition."
    return [Claim(left, node, "definition", Prose(words))]


def _sums_within(expression: Node, components: Components, taken: set[str]) -> dict[Node, Node]:
    """Return the scalars of arrays in an expression that are sums of products of entries, each with this sum.

    Squared norms, x′y and traces; what does not vary is left as it is, and so is what would be a sum over many indices.
    """
    found: dict[Node, Node] = {}
    for node in walk(expression):
        if not (node.shape.is_scalar and node.depends_on(components.variable)):
            continue
        if isinstance(node, n.Power) and node.operands[1] is build.TWO and isinstance(node.operands[0], n.Norm2):
            found[node] = _sum_of_squared_entries(node.operands[0].operands[0], taken)
        elif _is_of_arrays(node):
            monomials = joined_monomials(monomial.sifted() for monomial in components.entry(node))
            total = shown(sum_node(monomials), taken)
            if total is not node and _sums_in_a_term(total) <= MOST_SUMS_WITHIN and not contains(total, n.BoundedSum):
                found[node] = total
    return found


def _is_of_arrays(node: Node) -> bool:
    """Return whether a scalar is made of arrays by multiplying and adding alone."""
    match node:
        case n.Product():
            return any(operand.shape.axes for operand in node.operands)
        case n.Trace() | n.EntrySum():
            return True
    return False


def _sum_of_squared_entries(inside: Node, taken: set[str]) -> Node:
    indices = [Index(*pair) for pair in zip(letters(BOUND, taken), inside.shape.axes, strict=False)]
    entry = shown(build.entry(inside, *indices), taken | {index.name for index in indices})
    return build.index_sums(indices, build.power(entry, build.TWO))


def _number_of_terms(expression: Node) -> int:
    match expression:
        case n.Add():
            return sum(map(_number_of_terms, expression.operands))
        case n.Negate() | n.EntrySum() | n.Trace() | n.BoundedSum():
            return _number_of_terms(expression.operands[0])
    return 1


def _holds_a_bracket(expression: Node) -> bool:
    """Return whether a sum is a factor of something."""
    products = (node for node in walk(expression) if isinstance(node, n.Product | n.Hadamard))
    return any(isinstance(_bare(factor), n.Add) for node in products for factor in node.operands)


def _bare(factor: Node) -> Node:
    return _bare(factor.operands[0]) if isinstance(factor, n.Negate | n.Transpose) else factor


def _trace_claims(
    left: Node, trace: Node, diagonal: _TraceSum, written: list[Monomial], lettering: Lettering
) -> list[Claim]:
    """Return a trace as the sum over the diagonal, then with that sum carried into the terms where it changes them."""
    summand = tidy(sum_node([monomial.sifted() for monomial in diagonal.summand]))
    opened = lettering.shown(build.index_sum(diagonal.index, summand))
    node = lettering.shown(sum_node(written))
    claims = [Claim(left, opened, "trace-entries", _why_trace(trace))]
    if node is not opened:
        why = _why_summed(opened, node, diagonal.summand, written, diagonal.index)
        claims.append(Claim(left, node, "entries", why))
    return claims


def _why_summed(opened: Node, node: Node, summand: list[Monomial], written: list[Monomial], index: Index) -> Prose:
    """Return what leads from the sum over the diagonal, `opened`, to `node`: `summand` and `written` as monomials."""
    deltas = _deltas_used(opened, node)
    if deltas:
        return sentence([_why_sifted(opened, node)])
    if _unused([m.sifted() for m in summand]) < _unused(written):
        size = build.size_of(index.dimension)
        if len(written) == 1:
            return Prose("Every term is the same, and there are {0} of them.", (size,))
        return Prose("Sum term by term; a term without the index is added {0} times.", (size,))
    if len(written) > 1 or isinstance(node, n.Add):
        return Prose("Sum term by term.")
    return Prose("Move the factor without the index out of the sum.")


def _unused(monomials: list[Monomial]) -> int:
    """Return how often a monomial is summed over an index that does not occur in it."""
    return sum(index not in monomial.indices_of() for monomial in monomials for index in monomial.bound)


def _deltas_used(before: Node, after: Node) -> list[n.Delta]:
    """Return the Kronecker deltas that occur in the first line and not in the second."""
    left = {node for node in walk(after, holding=_DELTA) if isinstance(node, n.Delta)}
    return list(
        dict.fromkeys(node for node in walk(before, holding=_DELTA) if isinstance(node, n.Delta) and node not in left)
    )


def _why_sifted(before: Node, after: Node) -> Prose:
    """Return which term the Kronecker deltas of the line keep of the sums: δ_ik that with i = k."""
    deltas = _deltas_used(before, after)
    if not deltas or len(deltas) > MOST_DELTAS:
        return Prose(RULES["sifting"].reason)
    named, kept = enumerate_values(deltas), enumerate_prose([Prose("{0} = {1}", delta.positions) for delta in deltas])
    keeps = "keeps only the term" if len(deltas) == 1 else "keep only the terms with"
    return joined_prose(Prose(f"{named.template} {keeps} ", named.values), kept)


def _why_deltas(
    of: Symbol,
    wrt: Symbol,
    written: list[Monomial],
    raw: list[Monomial],
    rows: tuple[Position, ...],
    columns: tuple[Index, ...],
    lettering: Lettering,
    used: set[str],
    names: frozenset[str],
    held: frozenset[Symbol],
) -> tuple[str, Prose, tuple[Claim, ...]]:
    """Return the rule and the reason for the derivative of the entries, and what the reason states line by line."""
    fixed = _why_constant(written, wrt, lettering, held)
    named_already = {value for part in fixed for value in part.values if isinstance(value, Symbol)}
    fixed += _why_held(written, wrt, held - named_already)
    if len(rows) == len(columns) == 1 and _has_own_entries(raw, rows[0], columns[0]):
        # f_i depends on x_i alone: ∂f_i/∂x_k = ∂f_i/∂x_i δ_ik, without a sum
        functions = _functions_in(written, wrt, names, at_once=True)
        return "own-entry", sentence([_why_own(of, wrt, rows[0], columns[0]), *functions, *fixed]), ()
    parts: list[Prose] = []
    line = lettering.shown(sum_node(raw))
    stated = stated_derivatives(written, wrt, line, lettering, used, names)
    told = _functions_in(written, wrt, names) + [part for derivative in stated for part in derivative.words]
    if columns and any(m.deltas for m in raw):  # ∂X_mp/∂X_kl = δ_mk δ_pl, after the rules for what is around X_mp
        places = _own_places(lettering.shown(sum_node(written)), wrt)
        places = places or _places_at_deltas(line, columns) or _example(used, columns)
        deltas = build.product(*(build.delta(a, b) for a, b in zip(places, columns, strict=True)))
        values = (build.entry(wrt, *places), build.entry(wrt, *columns), deltas)
        parts += _powers_in(written, wrt) + _rules_in(written, wrt) + told
        parts.append(Prose("the derivative of {0} with respect to {1} is {2}", values))
    else:  # a scalar variable, or entries of it that no delta is needed for
        parts += _powers_in(written, wrt)
        if len(written) > 1:
            parts.append(Prose("differentiate term by term"))
        parts += _rules_in(written, wrt) + told
    parts += fixed
    if not parts:
        parts.append(Prose("the derivative of {0} with respect to itself is 1, and constant factors stay", (wrt,)))
    return "delta", sentence(parts), tuple(claim for derivative in stated for claim in derivative.origin)


def _has_own_entries(raw: list[Monomial], row: Position, column: Index) -> bool:
    """Return whether every term is a multiple of δ_ik, without a sum."""
    return bool(raw) and all(
        m.deltas and not m.bound and all(set(pair) == {row, column} for pair in m.deltas) for m in raw
    )


def _why_own(of: Symbol, wrt: Symbol, row: Position, column: Index) -> Prose:
    f, own, other = build.entry(of, row), build.entry(wrt, row), build.entry(wrt, column)
    words = "{0} depends on {1} alone, so its derivative with respect to {2} is 0 for {4} ≠ {3}; "
    words += "{5} is 1 if its indices agree, and 0 otherwise"
    return Prose(words, (f, own, other, row, column, build.delta(row, column)))


def _why_constant(written: list[Monomial], wrt: Symbol, lettering: Lettering, held: frozenset[Symbol]) -> list[Prose]:
    """Return that the terms without the variable have the derivative 0, those with names that are held fixed apart."""
    parts: list[Prose] = []
    constants: list[Node] = []
    for monomial in written:
        if not any(base.depends_on(wrt) for base, _ in monomial.factors):
            sign = 1 if monomial.coefficient > 0 else -1
            constants.append(lettering.shown(monomial.scaled(Fraction(sign)).node()))
    fixed = [value for value in constants if not value.symbols.isdisjoint(held)]
    for these, what in ([value for value in constants if value not in fixed], "constant"), (fixed, "held fixed here"):
        if these:
            listed = enumerate_values(these)
            verb = "is" if len(these) == 1 else "are"
            parts.append(Prose(f"{listed.template} {verb} {what}, with derivative 0", listed.values))
    return parts


def _why_held(written: list[Monomial], wrt: Symbol, held: frozenset[Symbol]) -> list[Prose]:
    """Return which factors of terms with the variable are names that are held fixed here: r in w_i x_i / r."""
    bases = [[base for base, _ in monomial.factors] for monomial in written]
    varying = (of_one for of_one in bases if any(base.depends_on(wrt) for base in of_one))
    factors = dict.fromkeys(base for of_one in varying for base in of_one if not base.depends_on(wrt))
    names = sorted({symbol for base in factors for symbol in base.symbols & held}, key=lambda symbol: symbol.name)
    if not names:
        return []
    listed = enumerate_values(names)
    return [Prose(f"{listed.template} {'is' if len(names) == 1 else 'are'} held fixed here", listed.values)]


def _why_trace(trace: Node) -> Prose:
    eye = next((node for node in walk(trace) if isinstance(node, n.Identity)), None)
    if eye is None:
        return Prose("The trace adds the diagonal entries.")
    return Prose("The trace adds the diagonal entries; {0} has a 1 in each of them.", (eye,))


def _powers_in(written: list[Monomial], wrt: Symbol) -> list[Prose]:
    """Return how an entry of a power with a symbolic exponent is differentiated, where there is one."""
    arrays = (base.operands[0] for monomial in written for base, _ in monomial.factors if isinstance(base, n.Entry))
    power = next((array for array in arrays if is_symbolic_power(array) and array.depends_on(wrt)), None)
    if power is None:
        return []
    return [Prose("{0} is a product of equal factors: one term for each, with 0, 1, 2, … factors before it", (power,))]


def _rules_in(written: list[Monomial], wrt: Symbol) -> list[Prose]:
    """Return the names of the general rules by which the monomials are differentiated: product, power, chain."""
    rules: set[str] = set()
    for monomial in written:
        varying = [(base, exponent) for base, exponent in monomial.factors if base.depends_on(wrt)]
        if len(varying) > 1:  # x_i x_j
            rules.add("product")
        for base, exponent in varying:
            array = base.operands[0] if isinstance(base, n.Entry) else base
            in_entries = isinstance(base, n.Entry)
            if array is wrt and in_entries and exponent == 1:
                continue
            if exponent != 1 or _is_power(array, wrt):
                rules.add("power")
            told = isinstance(array, n.Apply) and not wrt.shape.axes  # with the derivative of the function
            told |= _is_power(array, wrt) and array.operands[0] is wrt and in_entries  # x_i²
            if array is not wrt and not told and not is_symbolic_power(array) and _is_composed(array, wrt):
                rules.add("chain")
    named = [name for name in ("product", "power", "chain") if name in rules]
    if not named and _powers_in(written, wrt):
        return []
    if not named:
        return [Prose("linear in the entries of {0}", (wrt,))] if wrt.shape.axes and _has_factors(written, wrt) else []
    what = " and ".join((*([", ".join(named[:-1])] if named[:-1] else []), named[-1]))
    return [Prose(f"{what} rule{' in entries' if wrt.shape.axes else ''}")]


def _has_factors(written: list[Monomial], wrt: Symbol) -> bool:
    """Return whether an entry of the variable has a factor beside it that stays."""
    return any(len(m.factors) > 1 for m in written if any(base.depends_on(wrt) for base, _ in m.factors))


def _is_power(array: Node, wrt: Symbol) -> bool:
    """Return whether the node is a power, of a scalar or entry by entry, with a constant exponent."""
    if not isinstance(array, n.Power | n.HadamardPower) or (array.shape.is_matrix and isinstance(array, n.Power)):
        return False
    return not array.operands[1].depends_on(wrt)


def _is_composed(array: Node, wrt: Symbol) -> bool:
    """Return whether the chain rule is needed: everywhere but for functions of the variable itself, a scalar."""
    return bool(wrt.shape.axes) or all(operand is not wrt for operand in array.operands)


def _functions_in(written: list[Monomial], wrt: Symbol, names: frozenset[str], at_once: bool = False) -> list[Prose]:
    """Return what the derivative of every named function in the monomials is.

    With `at_once` the derivative of the variable itself, 1, goes without saying.
    """
    u = n.symbol(argument_letter(names))
    found: dict[str, Prose] = {}
    for base, _ in (factor for monomial in written for factor in monomial.factors):
        array = base.operands[0] if isinstance(base, n.Entry) else base
        if isinstance(array, n.Apply) and array.depends_on(wrt):
            pair = (build.apply(array.function, u), derivative_at(array.function, u))
            words = "the derivative of {0} is {1}"
            if _is_composed(array, wrt) and not (at_once and array.operands[0] is wrt):
                words += ", times that of its argument"
            found[array.function] = Prose(words, pair)
    return list(found.values())


def _own_places(entries: Node, wrt: Symbol) -> tuple[Position, ...]:
    """Return the places of the first entry of the variable in the line, where these are all named."""
    found = (node for node in walk(entries) if isinstance(node, n.Entry) and node.operands[0] is wrt)
    named = (entry.positions for entry in found if all(isinstance(place, Index) for place in entry.positions))
    return next(named, ())


def _places_at_deltas(entries: Node, columns: tuple[Index, ...]) -> tuple[Position, ...]:
    """Return what the first Kronecker deltas of the line equate with the indices of the variable, if all occur."""
    deltas = [node.positions for node in walk(entries, holding=_DELTA) if isinstance(node, n.Delta)]
    found = [next((own for own, other in deltas if other == column), None) for column in columns]
    return () if None in found else tuple(place for place in found if place is not None)


def _example(taken: set[str], columns: tuple[Index, ...]) -> tuple[Index, ...]:
    """Return indices for an entry of the variable in a sentence, other than those of the result."""
    names = letters(BOUND, taken)
    return tuple(Index(name, column.dimension) for name, column in zip(names, columns, strict=False))


def _sums_in_a_term(node: Node) -> int:
    """Return over how many indices the longest term is summed."""
    if isinstance(node, n.Add):
        return max(map(_sums_in_a_term, node.operands))
    return sum(isinstance(inside, n.IndexSum) for inside in walk(node))


def _is_short(entry: Node) -> bool:
    """Return whether a matrix of such entries is still readable."""
    if build.is_zero(entry):
        return False
    return not contains(entry, (n.IndexSum, n.BoundedSum)) and sum(1 for _ in walk(entry)) <= LONGEST


def _shows_places(entry: Node, shape: Shape) -> bool:
    """Return whether the array of these entries, with dots, shows every fixed place at which they differ."""
    places = {
        p for node in walk(entry) if isinstance(node, n.Delta) for p in node.positions if isinstance(p, Dimension)
    }
    shown_always = {Dimension(1), Dimension(2), *shape.axes}
    return places <= shown_always or all(not side.names and side.coefficient <= FULL for side in shape.axes)


MOST_SUMS = 5
"""A term that is a sum over more indices than this is not printed where there is a matrix that says the same."""
MOST_SUMS_WITHIN = 2
"""Within a function, a scalar that is a sum over more indices than this stays as it is."""
MOST_DELTAS = 4
"""More deltas than this are not named in a reason."""
FULL = 4
"""Arrays with at most so many rows and columns are written in full."""
MOST_STACKED = 27
"""A Jacobian of stacked entries with more numbers than this is not written out."""
LONGEST = 16
"""An entry with more nodes than this is not written out with dots."""


def entry_formula(value: Node) -> tuple[Node, tuple[Index, Index]]:
    """Return the entry of a matrix at named indices as a scalar expression, and the two indices."""
    names = {symbol.name for symbol in value.symbols}
    i = Index(letters(OUTPUT, names)[0], value.shape.rows)
    k = Index(letters(OUTPUT, names | {i.name})[0], value.shape.columns)
    return matrix_entry(value, i, k), (i, k)


def matrix_entry(value: Node, row: Position, column: Position) -> Node:
    """Return the entry of a matrix at named indices as a scalar expression."""
    nothing = n.symbol("", build.ONE.shape)
    monomials = Components(nothing, ()).entry(value, row, column)
    summed = sum_node(joined_monomials(monomial.sifted() for monomial in monomials))
    named = {index.name for place in (row, column) for index in indices_in(place)}
    return shown(summed, named.union(symbol.name for symbol in value.symbols))
