"""The derivation of one statement: both routes for every partial of its chain, then their combination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.nodes import Node, PartialEntry, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.operations import TooManyOperationsError, attempt, counted, during
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import ShapeError, derivative_shape
from jacobook.algebra.terms import terms_of
from jacobook.algebra.traverse import names_within, substitute
from jacobook.calculus import component_route, matrix_route
from jacobook.calculus.chain.backpropagation import combine_backward, has_matrices
from jacobook.calculus.chain.backward_form import backward_form
from jacobook.calculus.chain.combination import combine, denominator_layout, is_scaled, partial_turned, what_it_says
from jacobook.calculus.chain.graph import Chain, decompose
from jacobook.calculus.chain.in_entries import chain_in_entries
from jacobook.calculus.chain.naming import Naming, TooLongError, definitions_within, longest_for, repeats_itself
from jacobook.calculus.chain.own_names import claims_with_own_name, with_own_name
from jacobook.calculus.declared_identities import IDENTITY_RULES
from jacobook.calculus.derivation import Assumption, BackwardForm, Claim, Derivation, PartialDerivation, Prose
from jacobook.calculus.domains import assumptions_of, notes_on
from jacobook.calculus.free_entries import structured_claims
from jacobook.calculus.named_parts import with_named_part
from jacobook.calculus.other_forms import in_denominator_layout, other_forms
from jacobook.calculus.properties import special_cases, structured_variable
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rewriting import (
    determinant_of_power,
    exponential_sums,
    gathered,
    log_of_picked,
    log_of_quotient,
    log_softmax,
    logistic,
    power_of_root,
    without_blocks,
)
from jacobook.calculus.rules.identities import recognise
from jacobook.calculus.solved_links import conditions_on, without_transposed_solutions

ROUTES = ("matrix", "component")
MOST_BESIDE = 200_000
"""The operations that may be spent on the route whose value is not taken."""
MOST_FOR_ENTRIES = 50_000
"""The operations that may be spent on the entry formula of a result, which a derivation can do without."""
Route = Callable[[Symbol, Node, Symbol], tuple[Node | None, tuple[Claim, ...]]]


def derive(statement: Statement, route: str = "matrix", both: bool = True) -> Derivation:
    """Return the worked derivative of the statement's function with respect to its variable.

    `route` is the one whose value is taken; with `both` the other one is worked out as well, and where it has no answer
    its refusal is kept. Raises Refusal where the chosen route has no answer.
    """
    try:
        with counted(), during(f"the derivative of {statement.function.name} with respect to {statement.wrt.name}"):
            return _derive(statement, route, both)
    except TooManyOperationsError as error:
        raise Refusal(str(error)) from None
    except RecursionError:
        raise Refusal("too large: the operations are nested too deeply to follow") from None
    except ShapeError as error:  # a matrix of one row or column in a place where only a row or a vector has a type
        raise Refusal(f"a regrouped product has no type here: {error}") from error


def _derive(statement: Statement, route: str, both: bool) -> Derivation:
    if "whole" in statement.wrt.properties:
        raise Refusal(f"{statement.wrt.name} is a whole number: there is no derivative with respect to it")
    started, rewritten = _rewritten(statement)
    chain = decompose(started)
    names = _names(statement, chain)
    partials = tuple(_partial(chain, link, argument, route, both, names) for link, argument in chain.edges())
    table = {(partial.of, partial.wrt): partial for partial in partials}
    of = chain.links[0].symbol
    total = build.partial(of, chain.wrt, total=True)
    combination: tuple[Claim, ...] = ()
    longest = longest_for(chain.links)
    naming = Naming(chain.is_implicit, names, longest)
    if not partials:
        value: Node = build.zero(total.shape)
        in_names = value
        reason = Prose("{0} does not depend on {1}.", (chain.links[0].symbol, chain.wrt))
        combination = (Claim(total, value, "constant", reason),)
    elif len(chain.varying()) == 1:
        in_names = partials[0].value
        value = _free_of_names(chain, in_names)
        given = any(link.given for link in chain.links[1:])
        if chain.is_implicit or repeats_itself(value, longest) or naming.prefers(in_names, value, given):
            value, naming = in_names, Naming(True, names)
        elif value is not in_names:
            combination = (Claim(total, value, "substitution", Prose("Substitute the constants of the chain.")),)
    else:
        try:
            value, in_names, combination = _combined(chain, table, names, naming)
        except TooLongError:
            naming = Naming(True, names)
            value, in_names, combination = _combined(chain, table, names, naming)
    if chain.is_implicit:
        value, symmetric = without_transposed_solutions(total, value, (*reversed(chain.links), *naming.links))
        combination = (*combination, *symmetric)
    entries = _entries(chain, table, total, in_names)
    denominator = denominator_layout(chain, table, value, total)
    shown = [value, *(claim.right for claim in denominator[-1:])]
    meaning = {link.symbol: link for link in (*chain.links, *naming.links) if link.symbol is not chain.wrt}
    kept = definitions_within(shown, meaning) if naming.keep else ()
    forms = () if kept else other_forms(total, value, chain)
    last = forms[-1].right if forms else value
    known = {chain.in_variables[link.symbol]: link for link in chain.links[1:] if link.given}
    named, definitions = with_named_part(total, last, names | {link.symbol.name for link in naming.links}, known)
    return Derivation(
        statement=statement,
        links=chain.links,
        decomposition=(*rewritten, *_decomposition(started, chain)),
        partials=partials,
        combination=combination,
        value=value,
        denominator=denominator,
        special_cases=() if kept else special_cases(total, value),
        entries=entries,
        assumptions=assumptions_of(chain.links, (chain.wrt,)),
        notes=(*conditions_on(chain.links), *notes_on(chain.links, chain.wrt), *structured_variable(chain.wrt)),
        structured=structured_claims(total, value, chain.in_variables[of], entries),
        forms=(*forms, *named, *in_denominator_layout((*forms, *named))),
        kept=kept,
        named=(*naming.links, *definitions),
        backward=_backward(chain, partials, started, names | {link.symbol.name for link in naming.links}),
    )


def _combined(
    chain: Chain,
    table: dict[tuple[Symbol, Symbol], PartialDerivation],
    names: frozenset[str],
    naming: Naming,
) -> tuple[Node, Node, tuple[Claim, ...]]:
    """Return the derivative, the same in the names of the chain, and the claims. Raises TooLongError."""
    if chain.links[0].symbol.shape.is_scalar and has_matrices(chain):
        return combine_backward(chain, table, naming, names)
    return combine(chain, table, naming)


def _rewritten(statement: Statement) -> tuple[Statement, tuple[Claim, ...]]:
    """Return the statement in the form that is differentiated, and the claims that it is the same function."""
    links, claims = [], []
    for link in statement.links:
        expression = without_blocks(link.expression)
        if expression is not link.expression:
            claims.append(Claim(link.expression, expression, "block-product", Prose("Work block by block.")))
        picked, chosen = log_of_picked(expression, statement.wrt)
        if picked is not expression:
            told = tuple(Assumption(symbol, "one-hot", declared=True) for symbol in chosen)
            reason = Prose("The logarithm of the entry that {0} picks is the entry of the logarithms.", (chosen[0],))
            claims.append(Claim(expression, picked, "one-hot", reason, told))
            expression = picked
        shorter = log_softmax(expression)
        if shorter is not expression:
            reason = Prose("The logarithm of a softmax is the vector minus its log-sum-exp, entry by entry.")
            claims.append(Claim(expression, shorter, "log-softmax", reason))
            expression = shorter
        undone = power_of_root(expression)
        if undone is not expression:
            claims.append(
                Claim(expression, undone, "power-of-root", Prose("A power undoes the root of the same degree."))
            )
            expression = undone
        opened = determinant_of_power(expression, statement.wrt)
        if opened is not expression:
            reason = Prose("The determinant of a product is the product of the determinants, so also of a power.")
            claims.append(Claim(expression, opened, "determinant-power", reason))
            expression = opened
        if link is not statement.links[0] or not isinstance(expression, n.Divide):
            shorter = logistic(expression)
            if shorter is not expression:
                reason = Prose("1/(1 + exp(−u)) is the logistic function of u.")
                claims.append(Claim(expression, shorter, "tidy", reason))
                expression = shorter
        apart = log_of_quotient(expression)
        if apart is not expression:
            words = "The logarithm of a quotient is a difference, and it undoes the exponential."
            claims.append(Claim(expression, apart, "tidy", Prose(words)))
            expression = apart
        summed = exponential_sums(expression)
        if summed is not expression:
            words = "The logarithm of a sum of exponentials is logsumexp; exponentials over their sum are the softmax."
            claims.append(Claim(expression, summed, "tidy", Prose(words)))
            expression = summed
        shorter = gathered(expression)
        if shorter is not expression:
            reason = Prose("Equal factors are a power of one; dividing by one after the other is dividing by all.")
            claims.append(Claim(expression, shorter, "tidy", reason))
            expression = shorter
        links.append(replace(link, expression=expression))
    if not claims:
        return statement, ()
    return replace(statement, links=tuple(links)), tuple(claims)


def _names(statement: Statement, chain: Chain) -> frozenset[str]:
    """Return all names in use: declared, also of functions, of the chain, and of indices in sums."""
    inside = (symbol for link in chain.links for symbol in (link.symbol, *names_within(link.expression)))
    return statement.names.union(symbol.name for symbol in inside)


def _partial(
    chain: Chain, link: Link, argument: Symbol, route: str, both: bool, names: frozenset[str]
) -> PartialDerivation:
    """Return ∂(link)/∂(argument) by one route or by both; the other one is led to the form of the chosen one."""
    held = frozenset((*(link.symbol for link in chain.links), chain.wrt)) - {argument}
    routes: dict[str, Route] = {
        "matrix": partial(matrix_route.differentiate, names=names, held=held),
        "component": partial(component_route.differentiate, names=names, held=held),
    }
    found: dict[str, tuple[Node | None, tuple[Claim, ...]]] = {}
    refusal: str | None = None
    for name in ROUTES:
        if name != route and not both:
            continue
        doing = f"the derivative of {link.symbol.name} with respect to {argument.name} by the {name} route"
        try:
            with during(doing), attempt(None if name == route else MOST_BESIDE):
                found[name] = routes[name](link.symbol, link.expression, argument)
        except (Refusal, TooManyOperationsError) as refused:
            if name == route:
                raise
            refusal = str(refused)
    value = found[route][0]
    if value is None:  # entries without a matrix form: the value is the matrix route's
        if "matrix" not in found:
            found["matrix"] = routes["matrix"](link.symbol, link.expression, argument)
        value = found["matrix"][0]
    assert value is not None, "the matrix route has a value or refuses"
    claims = {name: found[name][1] if name in found else () for name in ROUTES}
    other = next((found[name][0] for name in found if name != route), None)
    if other is not None and other is not value and equal(other, value):
        name = next(name for name in found if name != route)
        claims[name] = _led_to(claims[name], other, value)
    if link is not chain.links[0] and with_own_name(link, value) is not value:
        value = collect(with_own_name(link, value))
        claims = {name: claims_with_own_name(link, lines) for name, lines in claims.items()}
        claims = {name: _ending_in(lines, value) for name, lines in claims.items()}
    identity = recognise(link.expression, argument)
    direct = argument is chain.wrt and chain.arguments(link) == (chain.wrt,)
    return PartialDerivation(
        of=link.symbol,
        wrt=argument,
        value=value,
        matrix_route=claims["matrix"],
        component_route=claims["component"],
        refusal=refusal,
        denominator=partial_turned(link.symbol, argument, value),
        total=direct,
        identity=identity.slug if identity else None,
    )


def _ending_in(claims: tuple[Claim, ...], value: Node) -> tuple[Claim, ...]:
    """Return the lines with their last one in this form, if it is the value at all."""
    if not claims or claims[-1].right is value or claims[-1].left.shape != value.shape:
        return claims
    return (*claims[:-1], replace(claims[-1], right=value)) if equal(claims[-1].right, value) else claims


def _led_to(claims: tuple[Claim, ...], found: Node, value: Node) -> tuple[Claim, ...]:
    """Return the claims of a route that found the same in another form, led to the form of the chosen route.

    The last line gives that form itself where only its factors are in another order, or transposed.
    """
    last = claims[-1]
    if last.rule == "written-out" and last.right is not found and len(claims) > 1:  # which shows it in numbers
        return (*_led_to(claims[:-1], found, value), last)
    if last.right is found and _terms_written(found) == _terms_written(value) and last.rule not in _OF_PROPERTIES:
        return (*claims[:-1], replace(last, right=value))
    reason = Prose("The same, in the form found by the other route.")
    return (*claims, Claim(last.left, value, "tidy", reason))


def _terms_written(node: Node) -> int:
    """Return how many terms an expression has, those of a sum that is transposed as a whole counted one by one."""
    count = 0
    for term in terms_of(node):
        inside = term.word[0] if len(term.word) == 1 else None
        inside = inside.operands[0] if isinstance(inside, n.Transpose) else inside
        count += len(terms_of(inside)) if isinstance(inside, n.Add) else 1
    return count


_OF_PROPERTIES = ("symmetric", "diagonal-commute", *IDENTITY_RULES)
"""The rules of lines that say what a declared property does to the line before."""


def _free_of_names(chain: Chain, node: Node) -> Node:
    return substitute(node, chain.in_variables)


def _decomposition(statement: Statement, chain: Chain) -> tuple[Claim, ...]:
    if all(link.given for link in chain.links):
        return ()
    reason = Prose("Name the inner functions, from the inside out.")
    return (Claim(statement.links[0].expression, chain.links[0].expression, "decompose", reason),)


def _entries(
    chain: Chain, table: dict[tuple[Symbol, Symbol], PartialDerivation], total: Node, in_names: Node
) -> tuple[Claim, ...]:
    """Return the entry formula of the result: always beyond two indices, else where it can be put in words."""
    of, wrt = total.operands
    if derivative_shape(of.shape, wrt.shape) is None:
        return _index_formula(chain)
    if len(of.shape.axes) != 1 or len(wrt.shape.axes) != 1 or not is_scaled(in_names):
        return ()
    entry, places = component_route.entry_formula(in_names)
    claim = what_it_says(total, in_names, entry, places)
    return () if claim is None else chain_in_entries(chain, table, claim)


def _backward(
    chain: Chain, partials: tuple[PartialDerivation, ...], statement: Statement, names: frozenset[str]
) -> BackwardForm | None:
    """Return the backward form of the derivative where it has one that is found with little work."""
    try:
        with attempt(MOST_BESIDE):
            return backward_form(chain, partials[0].matrix_route if partials else (), statement.links, names)
    except (Refusal, TooManyOperationsError, TooLongError, ShapeError):
        return None


def _index_formula(chain: Chain) -> tuple[Claim, ...]:
    """Return the derivative of one entry of the function with respect to one entry of the variable."""
    of = chain.links[0].symbol
    expression = chain.in_variables[of]
    if repeats_itself(expression):
        return ()
    try:
        with attempt(MOST_FOR_ENTRIES):
            _, claims = component_route.differentiate(of, expression, chain.wrt)
    except (Refusal, TooManyOperationsError):
        return ()
    for claim in reversed(claims):
        if isinstance(claim.left, PartialEntry):
            places = claim.left.of_positions, claim.left.wrt_positions
            left = build.partial_entry(of, chain.wrt, *places, total=True)
            named = {index.name for part in places for place in part for index in n.indices_in(place)}
            taken = named.union(symbol.name for symbol in names_within(claim.right))
            entry = component_route.Lettering(taken).lettered(claim.right)
            return (Claim(left, entry, "entry-formula", Prose("The same in entries.")),)
    return ()
