"""The partial derivatives of a chain put together: chain rule, substitutions, layouts, and the result in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect, with_brackets_opened
from jacobook.algebra.display.thin_sums import without_thin_sums
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link
from jacobook.algebra.terms import terms_of, transpose_factor
from jacobook.algebra.traverse import contains, reads_alike, substitute, walk
from jacobook.calculus.chain.error_signals import network_layers, with_error_signals
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.chain.names_again import with_names_again, with_quotients
from jacobook.calculus.chain.naming import Naming
from jacobook.calculus.chain.projections import without_projections
from jacobook.calculus.declared_identities import identity_claims
from jacobook.calculus.derivation import Claim, PartialDerivation, Prose
from jacobook.calculus.named_parts import recurring_function
from jacobook.calculus.properties import uses_of_properties, with_symmetry
from jacobook.calculus.reasons import enumerate_prose, enumerate_values, numeral, sentence
from jacobook.calculus.simplifying import (
    TURNED,
    cancelling,
    collected,
    entry_by_entry,
    has_numbers_to_multiply,
    has_turned_diagonals,
    numbers_cancel,
    takes_transpose_out,
    why_signs,
    why_simplified,
)
from jacobook.calculus.sums_over_places import without_mixture

Edge = tuple[Symbol, Symbol]
Path = tuple[Edge, ...]
MOST_PATHS = 8
"""With more paths than this the total derivatives of the intermediate values are computed one after the other."""
LONGEST_COMPARED = 200
"""The most nodes of a line that is compared with the next."""
MOST_SUBSTITUTIONS = 4
"""More intermediate values than this are substituted all at once."""
MOST_NAMES_TOLD = 2
"""Of so many names that are put back their definitions are said."""


def grouped(factors: list[Node]) -> Node:
    """Return the product with every factor kept as one operand, so that each can carry its shape."""
    if len(factors) == 1:
        return factors[0]
    shape = build.product(*factors).shape
    return n.Product(tuple(factors), shape)


def combine(
    chain: Chain, partials: dict[Edge, PartialDerivation], naming: Naming
) -> tuple[Node, Node, tuple[Claim, ...]]:
    """Return the total derivative in the declared variables, the same in the names of the chain, and the claims.

    Where names are kept, both are in names. Raises TooLongError.
    """
    f = chain.links[0].symbol
    left = build.partial(f, chain.wrt, total=True)
    paths = chain.paths(MOST_PATHS)
    if paths is None:
        return _combine_stepwise(chain, partials, naming)
    alive = [path for path in paths if not any(build.is_zero(partials[edge].value) for edge in path)]
    if not alive:
        value = build.zero(left.shape)
        reason = Prose("Every path from {0} to {1} contains a derivative that is 0.", (f, chain.wrt))
        return value, value, (Claim(left, value, "constant", reason),)
    paths = _in_order(alive, partials)
    unevaluated = [grouped([build.partial(*edge) for edge in path]) for path in paths]
    inserted = [grouped([partials[edge].value for edge in path]) for path in paths]
    slug = "chain" if len(paths) == 1 else "sum-over-paths"
    reason = Prose("Chain rule: outermost derivative on the left.")
    if len(paths) > 1:
        reason = Prose(
            "{0} depends on {1} along {2} paths; add one product for each.",
            (f, chain.wrt, numeral(len(paths))),
        )
    claims = [Claim(left, build.add(*unevaluated), slug, reason, show_shapes=True)]
    claims.append(
        Claim(
            left,
            build.add(*inserted),
            "insert-partials",
            Prose("Substitute the partial derivatives."),
            show_shapes=True,
        )
    )
    simplified = tidy(build.add(*inserted))
    if not reads_alike(simplified, claims[-1].right):
        claims.append(Claim(left, simplified, *_why_tidied(inserted, simplified)))
    in_names = simplified
    final, more = finish(chain, left, simplified, naming)
    return final, in_names, (*claims, *more)


def _in_order(paths: list[Path], partials: dict[Edge, PartialDerivation]) -> list[Path]:
    """Return the paths with those last whose product begins with a minus, as a sum of them is written."""

    def is_negative(path: Path) -> bool:
        return any(
            term.coefficient < 0 for term in terms_of(tidy(grouped([partials[edge].value for edge in path])))[:1]
        )

    return sorted(paths, key=is_negative)


def finish(chain: Chain, left: Node, in_names: Node, naming: Naming) -> tuple[Node, list[Claim]]:
    """Return the derivative, from that in the names of the chain, and the claims between.

    It is in the declared variables where that is short, and else in the names, which are then kept.
    Raises TooLongError.
    """
    in_names, projected = without_projections(chain, left, in_names)
    final, claims = _finished(chain, left, in_names, naming)
    return final, [*projected, *claims]


def _finished(chain: Chain, left: Node, in_names: Node, naming: Naming) -> tuple[Node, list[Claim]]:
    if naming.keep:
        return _simplified(left, in_names, [])
    naming.check(substitute(in_names, chain.in_variables))
    layers = network_layers(chain)
    final, claims = _simplified(left, *_substituted(chain, left, in_names))
    given = any(link.given for link in chain.links[1:])
    named_function = given and _holds_a_named_function(chain, final)
    if not (layers or named_function or naming.may_keep(final, given)):
        return final, claims
    named, lines = _in_own_names(chain, left, in_names)
    again = with_quotients(chain, with_names_again(chain, final))
    if not (layers or named_function or naming.prefers(min(named, again, key=attrgetter("size")), final, given)):
        return final, claims
    naming.keep = True
    if again.size < named.size:
        named, lines = _shortest_way(chain, left, in_names, again) or (
            again,
            [*claims, _names_again(chain, left, claims[-1].right, again)],
        )
    value, errors = with_error_signals(chain, layers, left, named, naming)
    return value, [*lines, *errors]


def _holds_a_named_function(chain: Chain, value: Node) -> bool:
    """Return whether a function that recurs in a result, such as a softmax, has a name that the author gave it."""
    function = recurring_function(value)
    return any(chain.in_variables[link.symbol] is function for link in chain.links[1:] if link.given)


def _names_again(chain: Chain, left: Node, before: Node, value: Node) -> Claim:
    """Return the line that puts names in place of their definitions, and says which where these are few."""
    named = [link for link in chain.links[1:] if link.symbol in value.symbols - before.symbols]
    told = Prose("write it with the names of the chain again")
    if 0 < len(named) <= MOST_NAMES_TOLD:
        links = enumerate_prose([Prose("{0} = {1}", (link.symbol, link.expression)) for link in named])
        told = Prose(f"substitute back {links.template}", links.values)
    parts = [told, Prose(TURNED)] if takes_transpose_out(before, value) else [told]
    return Claim(left, value, "definition", sentence(parts))


def _shortest_way(chain: Chain, left: Node, in_names: Node, wanted: Node) -> tuple[Node, list[Claim]] | None:
    """Return the wanted form in names with lines to it in which no name, or one alone, was replaced before.

    None where all of them have to be: then what simplifies is seen in the declared variables only.
    """
    for link in (None, *reversed(chain.links[1:])):
        lines, value = list[Claim](), in_names
        if link is not None:
            if link.symbol not in in_names.symbols:
                continue
            value = substitute(in_names, {link.symbol: link.expression})
            reason = Prose("Substitute {0} = {1}.", (link.symbol, link.expression))
            lines.append(Claim(left, value, "substitution", reason))
        value, lines = _simplified(left, value, lines)
        again = with_quotients(chain, with_names_again(chain, value))
        if again is wanted or (again.size <= wanted.size and equal(again, wanted)):
            return again, [*lines, _written_in_names(chain, left, lines[-1].right if lines else value, again)]
    return None


def _written_in_names(chain: Chain, left: Node, before: Node, value: Node) -> Claim:
    """Return the line to a form in names, which may have been there before and only stand in another order."""
    if value.symbols - before.symbols:
        return _names_again(chain, left, before, value)
    if isinstance(before, n.Add) and isinstance(value, n.Transpose):
        return Claim(left, value, "collect", sentence([Prose(TURNED)]))
    return Claim(left, value, "collect", sentence([why_simplified(before, value)]))


def _in_own_names(chain: Chain, left: Node, in_names: Node) -> tuple[Node, list[Claim]]:
    """Return the derivative in the names of the chain, also for what the derivative of a link repeats of it."""
    named, lines = _simplified(left, in_names, [])
    renamed = collect(substitute(named, {link.expression: link.symbol for link in chain.links[1:]}))
    if renamed.size < named.size:
        return renamed, [*lines, _written_in_names(chain, left, named, renamed)]
    return named, lines


def _simplified(left: Node, value: Node, claims: list[Claim]) -> tuple[Node, list[Claim]]:
    """Return the value with what cancels cancelled, and collected, and the claims up to it after those given."""
    claims = list(claims)
    short = collect(value)
    shorter, cancels = cancelling(left, value)
    claims += cancels
    final, symmetric = uses_of_properties(left, short)
    simplified = not symmetric and final is not shorter
    if simplified and not cancels and claims and claims[-1].left is left and _is_reordered(claims[-1].right, final):
        claims[-1] = replace(claims[-1], right=final)
        simplified = False
    elif simplified:
        multiplied_out = (cancels and collect(shorter) is not final) or with_brackets_opened(shorter) is not shorter
        multiplied_out = multiplied_out and not has_turned_diagonals(shorter, final)
        why = Prose("multiply out; collect the terms") if multiplied_out else why_simplified(shorter, final)
        if why.template == "rearrange":
            why = Prose(_REVERSED if _turns_a_product(shorter, final) else "collect the terms")
        claims.append(Claim(left, final, "collect", sentence(_with_turned_sums(why, shorter, final))))
    elif symmetric and cancels and short is not shorter:
        claims.append(Claim(left, short, "collect", Prose("Collect the terms.")))
    claims += symmetric
    opened = without_thin_sums(final)
    if not reads_alike(opened, final):
        sums = contains(opened, n.EntrySum) and not contains(final, n.EntrySum)
        final = opened
        claims.append(Claim(left, final, "collect", Prose(_WITHOUT_MATRICES + _SUMS if sums else _WITHOUT_MATRICES)))
    final, written = entry_by_entry(left, final)
    if written and simplified:
        claims.pop()  # one line for both
    claims += written
    final, written = without_mixture(left, final)
    claims += written
    return final, claims


_WITHOUT_MATRICES = "Multiply out, so that no matrix has to be formed."
_SUMS = " A product with ones is a sum of entries."


_REVERSED = "transpose the product: its factors reverse their order"


def _turns_a_product(before: Node, after: Node) -> bool:
    """Return whether a transposed product was written factor by factor: (A x)′ = x′A′."""

    def turned(node: Node) -> int:
        return sum(isinstance(part, n.Transpose) and isinstance(part.operands[0], n.Product) for part in walk(node))

    return turned(after) < turned(before)


def _with_turned_sums(why: Prose, before: Node, after: Node) -> list[Prose]:
    """Return the reason, with the transpose that was taken out of a sum if one was: a′ + b′ = (a + b)′."""
    if not takes_transpose_out(before, after):
        return [why]
    turned = Prose(TURNED)
    return [turned] if len(terms_of(transpose_factor(after))) == len(terms_of(before)) else [why, turned]


def _is_reordered(before: Node, after: Node) -> bool:
    """Return whether two equal expressions have the same symbols and operations at as many places."""
    if max(before.size, after.size) > LONGEST_COMPARED or before.size != after.size:
        return False
    return Counter(_leaves(before)) == Counter(_leaves(after)) and equal(before, after)


def _why_tidied(inserted: list[Node], simplified: Node) -> tuple[str, Prose]:
    factors = [factor for node in inserted for factor in node.operands if isinstance(node, n.Product)]
    factors = [factor.operands[0] if isinstance(factor, n.Negate) else factor for factor in factors]
    identity = next((factor for factor in factors if isinstance(factor, n.Identity)), None)
    if identity is not None:
        told = [Prose("multiplying by {0} changes nothing", (identity,))]
        if any(map(has_numbers_to_multiply, inserted)):
            told.append(Prose("multiply the numbers"))
        elif numbers_cancel(build.add(*inserted), simplified):
            told.append(Prose("cancel common factors"))
        minus = why_signs(build.add(*inserted), simplified)
        return "identity-factor", sentence(told if minus is None else [*told, minus])
    if any(build.ONE in node.operands for node in inserted if isinstance(node, n.Product)):
        told = [Prose("multiplying by {0} changes nothing", (build.ONE,))]
        if numbers_cancel(build.add(*inserted), simplified):
            told.append(Prose("cancel common factors"))
        return "tidy", sentence(told)
    return "tidy", sentence([why_simplified(build.add(*inserted), simplified)])


def _substituted(chain: Chain, left: Node, node: Node) -> tuple[Node, list[Claim]]:
    """Return the node with every name of the chain replaced by its definition.

    One claim for each name, or for several that do not use each other.
    """
    inner = chain.links[1:]
    used = [link for link in inner if link.symbol in node.symbols]
    claims: list[Claim] = []
    if len(used) > MOST_SUBSTITUTIONS:
        listed = enumerate_values([link.symbol for link in inner])
        value = substitute(node, chain.in_variables)
        claims.append(Claim(left, value, "substitution", Prose(f"Substitute {listed.template}.", listed.values)))
        return value, claims
    uses = _uses(inner)
    while present := [link for link in inner if link.symbol in node.symbols]:
        within = frozenset[Symbol]().union(*(uses[link.symbol] for link in present))
        outermost = [link for link in present if link.symbol not in within]
        node = substitute(node, {link.symbol: link.expression for link in outermost})
        told = enumerate_prose([Prose("{0} = {1}", (link.symbol, link.expression)) for link in outermost])
        claims.append(Claim(left, node, "substitution", Prose(f"Substitute {told.template}.", told.values)))
    return node, claims


def _uses(links: tuple[Link, ...]) -> dict[Symbol, frozenset[Symbol]]:
    """Return what every name stands for in the end: the names in its definition, and those in theirs."""
    found: dict[Symbol, frozenset[Symbol]] = {}
    for link in reversed(links):
        found[link.symbol] = link.expression.symbols.union(*(found.get(s, ()) for s in link.expression.symbols))
    return found


def _combine_stepwise(
    chain: Chain, partials: dict[Edge, PartialDerivation], naming: Naming
) -> tuple[Node, Node, tuple[Claim, ...]]:
    """Return the same for a graph with many paths: the total derivative of every name, from the inside out."""
    totals: dict[Symbol, Node] = {}
    claims: list[Claim] = []
    for link in reversed(chain.varying()):
        left = build.partial(link.symbol, chain.wrt, total=True)
        terms, values = [], []
        for argument in chain.arguments(link):
            direct = partials[link.symbol, argument]
            if argument is chain.wrt:
                terms.append(build.partial(link.symbol, argument))
                values.append(direct.value)
            else:
                terms.append(grouped([build.partial(link.symbol, argument), build.partial(argument, chain.wrt, True)]))
                values.append(grouped([direct.value, totals[argument]]))
        reason = Prose("Chain rule for {0}: what it depends on directly, and through its arguments.", (link.symbol,))
        claims.append(Claim(left, build.add(*terms), "sum-over-paths", reason, show_shapes=True))
        naming.check(build.add(*values))
        reason = Prose("Substitute the derivatives found so far.")
        totals[link.symbol], more = collected(left, build.add(*values), "insert-partials", reason)
        claims += more
        if link is chain.links[0]:
            break
        name = naming.name("J", link.symbol, totals[link.symbol], len(chain.users.get(link.symbol, ())))
        if name is not None:
            claims.append(Claim(left, name, "definition", Prose("Call it {0}.", (name,))))
            totals[link.symbol] = name
    left = build.partial(chain.links[0].symbol, chain.wrt, total=True)
    in_names = totals[chain.links[0].symbol]
    final, more = finish(chain, left, in_names, naming)
    return final, in_names, (*claims, *more)


def partial_turned(of: Symbol, wrt: Symbol, value: Node) -> tuple[Claim, ...]:
    """Return one partial derivative in the denominator layout: (∂z/∂y)′ = value′.

    Empty where that layout is undefined (more than two indices) or shows the same (scalars, matrix variables).
    """
    left = build.partial(of, wrt)
    if left.shape.is_scalar or of.shape.is_matrix or wrt.shape.is_matrix:
        return ()
    return _turned_claims(build.transpose(left), value, Prose("Transpose the derivative."))


def _turned(value: Node) -> Node:
    parts = value.operands if isinstance(value, n.Add) else (value,)
    return collect(build.add(*map(transpose_factor, parts)))


def _turned_claims(left: Node, value: Node, reason: Prose) -> tuple[Claim, ...]:
    """Return the transpose of a value, and then without the transposes of matrices that are declared symmetric."""
    turned = _turned(value)
    claim, symmetric = Claim(left, turned, "denominator-layout", reason), uses_of_properties(left, turned)[1]
    if len(symmetric) == 1 and symmetric[0].rule == "symmetric":
        used = tuple(a.node for a in symmetric[0].assumptions if isinstance(a.node, Symbol))
        return (with_symmetry(claim, symmetric[0].right, symmetric[0], used),)
    return (claim, *symmetric)


def denominator_layout(
    chain: Chain, partials: dict[Edge, PartialDerivation], value: Node, total: Node
) -> tuple[Claim, ...]:
    """Return the derivative in the denominator layout, the transpose; a chain's factors in reverse order.

    Empty where that layout is undefined (more than two indices) or shows the same (scalars, matrix variables).
    """
    of, wrt = total.operands[0].shape, total.operands[1].shape
    if total.shape.is_scalar or of.is_matrix or wrt.is_matrix:
        return ()
    left = build.transpose(total)
    claims: list[Claim] = []
    paths = chain.paths(MOST_PATHS)
    dead = any(build.is_zero(partial.value) for partial in partials.values())
    # A chain of vectors: (∂f/∂u ∂u/∂v ∂v/∂x)′ = (∂v/∂x)′ (∂u/∂v)′ (∂f/∂u)′, for every path.
    if paths is not None and not dead and not _has_matrix_link(chain) and any(len(path) > 1 for path in paths):
        paths = _in_order(paths, partials)
        turned = [grouped([build.transpose(build.partial(*edge)) for edge in reversed(path)]) for path in paths]
        values = [grouped([_turned_partial(partials[edge]) for edge in reversed(path)]) for path in paths]
        reason = Prose("Transpose the chain rule: the factors reverse their order.")
        claims.append(Claim(left, build.add(*turned), "denominator-layout", reason, show_shapes=True))
        reason = Prose("Transpose each partial derivative.")
        claims.append(Claim(left, build.add(*values), "insert-partials", reason, show_shapes=True))
        simplified = tidy(build.add(*values))
        if not reads_alike(simplified, claims[-1].right):
            claims.append(Claim(left, simplified, *_why_tidied(values, simplified)))
    # Then the names of inner links are replaced by what they are, which gives the transpose of the result.
    reason = Prose("Transpose the result.")
    names = claims[-1].right.symbols - value.symbols if claims else frozenset()
    named_anew = value.symbols - chain.in_variables[chain.links[0].symbol].symbols - {x.symbol for x in chain.links}
    inner = [link for link in chain.links[1:] if link.symbol in names and not named_anew]
    result = _turned_claims(left, value, reason)
    if not claims:
        return result
    reason = Prose("This is the transpose of the result in the Jacobian layout.")
    result = (replace(result[0], reason=reason), *result[1:]) if result[0].rule == "denominator-layout" else result
    known = {claim.right for claim in claims}
    last = result[-1]
    if not inner and not last.assumptions and _differs_in_transposes(claims[-1].right, last.right):
        return tuple(claims)
    if last.right in known:  # nothing is left to say
        return tuple(claims)
    if inner:
        substituting = "substitution", _substituting(inner)
        written = collect(substitute(claims[-1].right, chain.in_variables))
        _, told = identity_claims(left, written, ())
        if told and equal(told[-1].right, last.right):
            return (*claims, Claim(left, written, *substituting), *told)
        # Where more is done than that, the line is what it is: the result in the other layout, transposed.
        put = substitute(claims[-1].right, chain.in_variables)
        why = substituting if _differs_in_transposes(put, last.right) else ("denominator-layout", reason)
        if why is substituting or last.assumptions:
            # The partial derivatives are free of such transposes already, so substituting them leads straight there.
            return (*claims, Claim(left, last.right, *why, last.assumptions))
    return (*claims, *result)


def _substituting(inner: list[Link]) -> Prose:
    """Return that names of a chain are replaced by what they stand for: one with its definition, several as a list."""
    if len(inner) == 1:
        return Prose("Substitute {0} = {1}.", (inner[0].symbol, inner[0].expression))
    listed = enumerate_values([link.symbol for link in inner])
    return Prose(f"Substitute {listed.template}.", listed.values)


def _differs_in_transposes(shown: Node, turned: Node) -> bool:
    """Return whether two equal expressions differ only in how far transposes are carried: another line says nothing.

    The partial derivatives come transposed, (a′ − b′), and the result as a whole, (a − b)′.
    """
    if max(shown.size, turned.size) > LONGEST_COMPARED:
        return False
    written = [sum(1 for node in _leaves(side)) for side in (shown, turned)]
    return written[0] == written[1] and equal(shown, turned)


def _leaves(node: Node) -> Iterator[Node]:
    """Yield every symbol and number at every place at which it is written."""
    if not node.operands:
        yield node
    for operand in node.operands:
        yield from _leaves(operand)


def _turned_partial(partial: PartialDerivation) -> Node:
    """Return a partial derivative transposed, as its own section gives it."""
    return partial.denominator[-1].right if partial.denominator else collect(transpose_factor(partial.value))


def _has_matrix_link(chain: Chain) -> bool:
    return any(link.symbol.shape.is_matrix for link in chain.varying()[1:])


def is_scaled(value: Node) -> bool:
    """Return whether the value is a matrix times a diagonal matrix, on either side."""
    if not isinstance(value, n.Product) or len(value.operands) != 2:
        return False
    return any(isinstance(factor, n.Diag) for factor in value.operands) and all(
        f.shape.is_matrix for f in value.operands
    )


def what_it_says(left: Node, value: Node, entry: Node, places: tuple[n.Index, n.Index]) -> Claim | None:
    """Return the entry formula of a matrix that is scaled by rows or columns, and in words what that means."""
    if contains(entry, (n.IndexSum, n.BoundedSum)):
        return None
    first, second = value.operands
    i, k = places
    if isinstance(first, n.Diag):
        reason = Prose("Row {0} of the Jacobian is row {0} of {1}, scaled by its own factor.", (i, second))
    else:
        reason = Prose("Column {0} of the Jacobian is column {0} of {1}, scaled by its own factor.", (k, first))
    return Claim(build.entry(left, i, k), entry, "entry-formula", reason)
