"""A chain with matrices in it, put together from the function back to the variable.

Links of matrices do not multiply as matrices. For a scalar f with df = ⟨∂f/∂u, du⟩ and du = L(dv) the derivative
with respect to v is the adjoint of L at ∂f/∂u, since ⟨∂f/∂u, L(dv)⟩ = ⟨L*(∂f/∂u), dv⟩. (Magnus and Neudecker,
chapter 5; in machine learning, backpropagation.)
"""

from __future__ import annotations

from collections import Counter

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import derivative_shape
from jacobook.algebra.solutions import equation_of
from jacobook.algebra.terms import terms_of
from jacobook.algebra.traverse import substitute
from jacobook.calculus.chain.combination import finish, grouped
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.chain.naming import Naming
from jacobook.calculus.chain.own_names import with_own_name
from jacobook.calculus.derivation import Claim, PartialDerivation, Prose
from jacobook.calculus.matrix_route import (
    LinearMap,
    adjoint_steps,
    adjoint_words,
    differential_of,
    inner_product,
    linear_map,
    linearized,
    moved_across,
)
from jacobook.calculus.reasons import numeral
from jacobook.calculus.simplifying import collected

Maps = dict[tuple[Symbol, Symbol], tuple[Node, LinearMap]]
"""du in terms of dv for the links u and their arguments v, as an expression and as a linear map."""


def has_matrices(chain: Chain) -> bool:
    """Return whether the variable, or a link between the function and the variable, is a matrix."""
    symbols = [chain.wrt, *(link.symbol for link in chain.varying())]
    return any(symbol.shape.is_matrix for symbol in symbols)


def combine_backward(
    chain: Chain,
    partials: dict[tuple[Symbol, Symbol], PartialDerivation],
    naming: Naming,
    names: frozenset[str] = frozenset(),
) -> tuple[Node, Node, tuple[Claim, ...]]:
    """Return the derivative in the declared variables, the same in the names of the chain, and the claims.

    `names` are those in use, for running indices to avoid. Where names are kept, both are in names.
    Raises TooLongError.
    """
    f = chain.links[0].symbol
    links = [link.symbol for link in chain.varying()]
    totals: dict[Symbol, Node] = {f: build.ONE}
    uses: Counter[Symbol] = Counter()
    maps: Maps = {}
    implicit = _implicit_links(chain)
    multipliers: dict[Symbol, Symbol] = {}
    for link, argument in chain.edges():
        if build.is_zero(partials[link.symbol, argument].value):
            continue
        if link.symbol in implicit:
            by_argument = linearized(link.symbol, implicit[link.symbol], (argument,), names).in_variables
            maps[link.symbol, argument] = by_argument, linear_map(by_argument, argument)
        elif not _multiplies(link.symbol, argument) and link.symbol is not f:
            found_map = differential_of(link.expression, argument, names)
            named = with_own_name(link, found_map[0])
            maps[link.symbol, argument] = (
                (named, linear_map(named, argument)) if named is not found_map[0] else found_map
            )
        found = maps.get((link.symbol, argument))
        uses[link.symbol] += 1 if found is None else len(found[1].chains)
    claims: list[Claim] = []
    own_names: dict[Node, Symbol] = {
        link.expression: link.symbol for link in chain.links[1:] if isinstance(link.expression, _OF_THEMSELVES)
    }
    for v in (*[symbol for symbol in links if symbol is not f], chain.wrt):
        left = build.partial(f, v, total=True)
        users = [link.symbol for link in chain.users.get(v, ())]
        unevaluated, values, reasons = [], [], []
        for u in users:
            if build.is_zero(partials[u, v].value) or build.is_zero(totals[u]):
                continue
            if u in multipliers:
                symbols, inserted, whys = _by_multiplier(u, v, multipliers[u], maps[u, v])
            else:
                symbols, inserted, whys = _contribution(f, u, v, totals[u], partials[u, v].value, maps.get((u, v)))
            unevaluated.append(symbols)
            values.append(inserted)
            reasons += whys
        if not values:
            totals[v] = build.zero(left.shape)
            claims.append(Claim(left, totals[v], "constant", Prose("{0} does not change with {1}.", (f, v))))
            continue
        slug, reason = _why(f, v, users, reasons)
        naming.check(build.add(*values))
        inserted, why = _in_own_names(build.add(*values), own_names)
        if users == [f]:  # there is nothing to put together
            reason = Prose("{0} depends on {1} directly: this is {2}.", (f, v, build.partial(f, v)))
            totals[v], lines = collected(left, inserted, "chain", reason)
        else:
            simplified = build.add(*map(tidy, unevaluated))
            shaped = all(map(_is_product, unevaluated))
            steps = _steps_across(f, users[0], v, maps, multipliers.get(users[0])) if slug == "adjoint" else ()
            claims.append(Claim(left, simplified, slug, reason, steps=steps, show_shapes=shaped))
            why = _with_signs(why, simplified, [totals[u] for u in users])
            totals[v], lines = collected(left, inserted, "insert-partials", why)
        claims += [line for line in lines if not claims or line.right is not claims[-1].right]
        if v in implicit and not build.is_zero(totals[v]):
            multipliers[v], equation = _adjoint_equation(f, v, implicit[v], totals[v], naming, names)
            claims.append(equation)
            continue
        name = None if v is chain.wrt else naming.name("delta", v, totals[v], uses[v])
        if name is not None:
            claims.append(Claim(left, name, "definition", Prose("Call it {0}.", (name,))))
            totals[v] = name
    left = build.partial(f, chain.wrt, total=True)
    value, more = finish(chain, left, totals[chain.wrt], naming)
    return value, totals[chain.wrt], (*claims, *more)


_OF_THEMSELVES = (n.Softmax, n.Apply)
"""Functions in whose derivatives they stand again."""


def _in_own_names(inserted: Node, own_names: dict[Node, Symbol]) -> tuple[Node, Prose]:
    """Return the derivative inserted so far with P for softmax(S) where P = softmax(S) is a link, and why."""
    substituted = substitute(inserted, own_names)
    if substituted is inserted:
        return inserted, Prose("Substitute the derivatives found so far.")
    used = next(pair for pair in own_names.items() if substitute(inserted, dict([pair])) is not inserted)
    return substituted, Prose("Substitute the derivatives found so far; {0} is {1}.", used)


def _implicit_links(chain: Chain) -> dict[Symbol, n.Solution]:
    """Return the links inside that are solutions of equations, but for scalars, which are divided by a number."""
    links = [link for link in chain.varying()[1:] if not link.symbol.shape.is_scalar]
    return {link.symbol: link.expression for link in links if isinstance(link.expression, n.Solution)}


def _adjoint_equation(
    f: Symbol, v: Symbol, solution: n.Solution, gradient: Node, naming: Naming, names: frozenset[str]
) -> tuple[Symbol, Claim]:
    """Return the name P of the solution of the adjoint equation for df/dv, and that equation."""
    found = linearized(v, solution, (), names)
    multiplier = naming.multiplier(v.shape)
    adjoint = found.adjoint_equation(multiplier, _natural(gradient, v))
    naming.links.append(Link(multiplier, adjoint, given=False))
    reason = adjoint_words(found, multiplier, f)
    steps = adjoint_steps(found, multiplier, _natural(build.partial(f, v, total=True), v))
    return multiplier, Claim(*equation_of(adjoint, multiplier), "adjoint-equation", reason, found.conditions, steps)


def _by_multiplier(
    u: Symbol, v: Symbol, multiplier: Symbol, found: tuple[Node, LinearMap]
) -> tuple[Node, Node, list[Prose]]:
    """Return the same as `_contribution` where df = ⟨P, L(dv)⟩ with the solution P of an adjoint equation for u."""
    expanded, linear = found
    gradient = _displayed(linear.adjoint().apply(multiplier), v)
    words = "by the equation between the differentials, that is {0}; read off the coefficient of {1}"
    return gradient, gradient, [Prose(words, (inner_product(multiplier, expanded), build.differential(v)))]


def _contribution(
    f: Symbol, u: Symbol, v: Symbol, total: Node, partial: Node, found: tuple[Node, LinearMap] | None
) -> tuple[Node, Node, list[Prose]]:
    """Return what u contributes to df/dv: in symbols, with values, and why, where it is by an adjoint.

    `total` is the value of df/du, `partial` that of ∂u/∂v; `found` is du in terms of dv, as an expression and as a map.
    """
    if u is f:  # ∂f/∂v
        return build.partial(f, v), partial, []
    through = build.partial(f, u, total=True)
    if found is None:  # df/du · ∂u/∂v, a product of matrices
        return grouped([through, build.partial(u, v)]), grouped([total, partial]), []
    expanded, linear = found  # with du = L(dv): df = ⟨df/du, L(dv)⟩ = ⟨L*(df/du), dv⟩
    symbols, inserted = (_displayed(linear.adjoint().apply(_natural(g, u)), v) for g in (through, total))
    du, dv = build.differential(u), build.differential(v)
    df = build.product(through, du) if u.shape.is_vector else inner_product(through, du)
    words = "substitute {0} = {1} into {2} = {3} and read off the coefficient of {4}"
    return symbols, inserted, [Prose(words, (du, expanded, build.differential(f), df, dv))]


def _steps_across(
    f: Symbol,
    u: Symbol,
    v: Symbol,
    maps: dict[tuple[Symbol, Symbol], tuple[Node, LinearMap]],
    multiplier: Symbol | None,
) -> tuple[Claim, ...]:
    """Return the lines from ⟨df/du, du⟩ to the same with dv, where du depends on v alone and takes several moves.

    With the solution P of an adjoint equation for u, from ⟨P, L(dv)⟩.
    """
    if [pair for pair in maps if pair[0] is u] != [(u, v)] or not v.shape.is_matrix:
        return ()
    expanded, linear = maps[u, v]
    if multiplier is not None:
        left = inner_product(multiplier, expanded)
        return moved_across(left, multiplier, linear, build.differential(v))
    through = _natural(build.partial(f, u, total=True), u)
    left = inner_product(through, build.differential(u))
    moves = moved_across(left, through, linear, build.differential(v))
    if not moves:
        return ()
    reason = Prose("Substitute the differential of {0}.", (u,))
    return (Claim(left, inner_product(through, expanded), "substitution", reason), *moves)


def _multiplies(u: Symbol, v: Symbol) -> bool:
    """Return whether ∂f/∂u times ∂u/∂v, as matrices, is the derivative through u."""
    if u.shape.is_matrix:
        return False
    return derivative_shape(u.shape, v.shape) is not None and not (v.shape.is_matrix and not u.shape.is_scalar)


def _natural(derivative: Node, of: Symbol) -> Node:
    """Return the gradient with respect to a vector as a column; with respect to a matrix or a scalar as it is."""
    return build.transpose(derivative) if of.shape.is_vector else derivative


def _displayed(gradient: Node, v: Symbol) -> Node:
    return tidy(build.transpose(gradient)) if v.shape.is_vector else tidy(gradient)


def _with_signs(why: Prose, symbols: Node, inserted: list[Node]) -> Prose:
    """Return why the derivatives found so far were substituted, and that their minus met one in the line before."""
    if not (any(map(_begins_with_minus, inserted)) and any(term.coefficient < 0 for term in terms_of(symbols))):
        return why
    return Prose(f"{why.template.removesuffix('.')}; minus times minus is plus.", why.values)


def _begins_with_minus(node: Node) -> bool:
    return any(term.coefficient < 0 for term in terms_of(node)[:1])


def _is_product(node: Node) -> bool:
    return len(node.operands) == 2 and all(operand.operands for operand in node.operands)


def _why(f: Symbol, v: Symbol, users: list[Symbol], reasons: list[Prose]) -> tuple[str, Prose]:
    if reasons and len(users) == 1:
        return "adjoint", Prose(f"{reasons[0].template[:1].upper()}{reasons[0].template[1:]}.", reasons[0].values)
    if len(users) == 1:
        return "chain", Prose("Chain rule: {0} depends on {1} through {2}.", (f, v, users[0]))
    return "sum-over-paths", Prose(
        "{0} depends on {1} in {2} ways; add the contributions.", (f, v, numeral(len(users)))
    )
