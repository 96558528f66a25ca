"""One partial derivative by the matrix route: the differential, its linear map, the derivative read off it."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.traverse import contains, count_places, reads_alike, substitute, walk
from jacobook.calculus.derivation import Assumption, Claim, Prose
from jacobook.calculus.matrix_route.expansion import ExpansionLine, expand
from jacobook.calculus.matrix_route.explanations import explanation
from jacobook.calculus.matrix_route.identification import identify, passed_on
from jacobook.calculus.matrix_route.implicit import implicit_claims
from jacobook.calculus.matrix_route.jacobian import jacobian_of_chain
from jacobook.calculus.matrix_route.linear_maps import LinearMap, inner_product
from jacobook.calculus.matrix_route.linear_reading import linear_map
from jacobook.calculus.properties import uses_of_properties
from jacobook.calculus.reasons import argument_letter, sentence
from jacobook.calculus.rewriting import rewrite
from jacobook.calculus.rules.derivatives import definition_at, derivative_at
from jacobook.calculus.simplifying import entry_by_entry, has_negative_power, why_simplified
from jacobook.calculus.sums_over_places import with_places_filled, with_rows_collected


def differentiate(
    of: Symbol,
    expression: Node,
    wrt: Symbol,
    names: frozenset[str] = frozenset(),
    held: frozenset[Symbol] = frozenset(),
) -> tuple[Node, tuple[Claim, ...]]:
    """Return ∂of/∂wrt in the Jacobian layout, and the claims that lead to it; `of` names the expression.

    Beyond two indices the value is the vec Jacobian ∂ vec(of)/∂ vec(wrt)′. `names` are in use elsewhere: derivations
    one level down do not take them for their own variable. `held` are names of a chain that may depend on each other
    and are held fixed here. Raises Refusal where no rule applies.
    """
    final, claims = differential_claims(of, expression, (wrt,), names, held)
    value, reading = identify(of, wrt, final, linear_map(final, wrt), held, names)
    claims.extend(reading[1:] if claims and _says_the_same(reading[0], claims[-1]) else reading)
    value, written = entry_by_entry(build.partial(of, wrt), value)
    claims.extend(written)
    value, written = with_rows_collected(build.partial(of, wrt), value, names)
    claims.extend(written)
    value, written = with_places_filled(build.partial(of, wrt), value)
    claims.extend(written)
    return value, tuple(claims)


def _says_the_same(claim: Claim, before: Claim) -> bool:
    return claim.left is before.left and reads_alike(claim.right, before.right)


def differential_claims(
    of: Symbol,
    expression: Node,
    variables: tuple[Symbol, ...],
    names: frozenset[str] = frozenset(),
    held: frozenset[Symbol] = frozenset(),
) -> tuple[Node, list[Claim]]:
    """Return the differential of the expression (`of` is its name) in the d of the variables, and the claims up to it.

    `names` and `held` as in `differentiate`. Raises Refusal where no rule applies.
    """
    if isinstance(expression, n.Solution):
        return implicit_claims(of, expression, variables, names, held)
    rewritten, claims = rewrite(of, expression, variables)
    lines = expand(rewritten, *variables, names=names, held=held)
    left = build.differential(of)
    taken = names | {of.name, *(variable.name for variable in variables)}
    claims.extend(Claim(left, line.expression, line.rule, line.reason, *_extras(line, taken)) for line in lines)
    return lines[-1].expression, claims


def adjoint_claims(
    loss: Symbol, upstream: Symbol, of: Symbol, differential: Node, wrt: Symbol
) -> tuple[Node, tuple[Claim, ...]]:
    """Return ∂(loss)/∂(wrt), with `upstream` = ∂(loss)/∂(of) and d(of) given, and the claims that lead to it."""
    left, of_d = build.differential(loss), build.differential(of)
    value = build.partial(loss, wrt, total=True)
    beside, inserted = inner_product(upstream, of_d), inner_product(upstream, differential)
    claims = [
        Claim(left, beside, "adjoint", Prose("That is what {0} means.", (upstream,))),
        Claim(
            left,
            inserted,
            "substitution",
            sentence([Prose("substitute the differential of {0}", (of,))]),
        ),
    ]
    gradient, reading = passed_on(loss, wrt, inserted, linear_map(inserted, wrt))
    claims += reading
    gradient, written = entry_by_entry(value, gradient)
    gradient, symmetric = uses_of_properties(value, gradient)
    return gradient, (*claims, *written, *symmetric)


def differential_of(expression: Node, variable: Symbol, names: frozenset[str] = frozenset()) -> tuple[Node, LinearMap]:
    """Return the differential of an expression, fully expanded, and as a linear map of d(variable).

    `names` are in use elsewhere.
    """
    final = expand(expression, variable, names=names)[-1].expression
    return final, linear_map(final, variable)


def _extras(line: ExpansionLine, taken: frozenset[str]) -> tuple[tuple[Assumption, ...], tuple[Claim, ...]]:
    """Return the assumptions of a line's rules, and the derivations one level down of the functions it used."""
    assumptions = []
    steps: list[Claim] = []
    for node in line.touched:
        inside = node.operands[0] if isinstance(node, n.Inverse) else None
        if isinstance(inside, Symbol) and "invertible" in inside.properties:
            assumptions.append(Assumption(inside, "invertible", declared=True))
        if isinstance(node, n.Apply):
            steps.extend(function_derivation(node.function, taken | {symbol.name for symbol in node.symbols}))
        steps.extend(explanation(node, taken | {symbol.name for symbol in node.symbols}))
    return tuple(assumptions), tuple(steps)


def function_derivation(name: str, taken: frozenset[str] = frozenset()) -> tuple[Claim, ...]:
    """Return how the derivative of a named function follows from its definition; nothing for the basic ones.

    The argument is called u, or another letter where u is taken.
    """
    row = ELEMENTWISE[name]
    positive = row.domain is not None and row.domain.lower == 0
    u = n.symbol(argument_letter(taken), properties=frozenset({"positive"}) if positive else frozenset())
    definition, known = definition_at(name, u), build.apply(name, u)
    if definition is None:
        return ()
    left = build.partial(known, u)
    claims = [
        Claim(
            known,
            definition,
            "definition",
            sentence([Prose("{0} is defined by simpler functions", (known,))]),
        )
    ]
    lines = expand(definition, u, names=taken)
    du = build.differential(u)
    for line in lines:
        claims.append(Claim(build.differential(known), line.expression, line.rule, line.reason))
    found = linear_map(lines[-1].expression, u)
    value = _coefficient_of(lines[-1].expression, du)
    if value is None:
        plain = build.add(*(jacobian_of_chain(c, found.source, found.target) for c in found.chains))
        value = collect(plain)
        if known in walk(value):  # the function comes back in the last line only
            value = tidy(plain)
        tidied = tidy(build.product(value, du))
        if _sign_first(tidied) is not _sign_first(lines[-1].expression):
            reason = sentence([_why_standard(lines[-1].expression, tidied, du)])
            claims.append(Claim(build.differential(known), tidied, "tidy", reason))
    result = derivative_at(name, u)
    value = result if tidy(value) is tidy(result) else value
    claims.append(Claim(left, value, "read-off", Prose("Read off the coefficient of {0}.", (du,))))
    if value is not result:
        is_definition = definition in walk(value) and tidy(substitute(value, {definition: known})) is result
        reason = Prose("{0} is {1}.", (definition, known)) if is_definition else _named_in(result, value, known)
        claims.append(Claim(left, result, row.slug, reason))
    return tuple(claims)


def _coefficient_of(last: Node, du: Node) -> Node | None:
    """Return what stands before du where the differential is one product that ends with it, and None elsewhere."""
    if isinstance(last, n.Negate):
        inside = _coefficient_of(last.operands[0], du)
        return None if inside is None else -inside
    if not isinstance(last, n.Product) or any(contains(factor, n.Differential) for factor in last.operands[:-1]):
        return None
    behind = last.operands[-1]
    inside = build.ONE if behind is du else _coefficient_of(behind, du)
    front = build.product(*last.operands[:-1])
    return None if inside is None else front if inside is build.ONE else front * inside


def _sign_first(node: Node) -> Node:
    """Return a fraction with the minus of its numerator in front of it, where it is printed, and others as they are."""
    if isinstance(node, n.Divide) and isinstance(node.operands[0], n.Negate):
        return -(node.operands[0].operands[0] / node.operands[1])
    return node


def _named_in(result: Node, value: Node, known: Node) -> Prose:
    """Return how the derivative is simplified: it may contain the function itself, or be one that has a name."""
    parts = set(walk(result))
    if known in parts:
        return Prose("Simplify, and write it with {0} again.", (known,))
    named = [node for node in parts - set(walk(value)) if isinstance(node, n.Apply)]
    return Prose("Simplify: this is {0}.", (result,)) if named == [result] else Prose("Simplify.")


def _why_standard(last: Node, standard: Node, du: Node) -> Prose:
    """Return what brings the differential of a function of u to the form (…) du."""
    known = {node.function for node in walk(last) if isinstance(node, n.Apply)}
    new = next((node for node in walk(standard) if isinstance(node, n.Apply) and node.function not in known), None)
    if new is not None:
        return Prose("write it with {0}", (new,))
    if count_places(du, last) > 1:
        cancels = "cancel, and " if any(map(_is_reducible, walk(last))) else ""
        return Prose(f"{cancels}collect the terms in {{0}}", (du,))
    why = why_simplified(last, standard)
    if why.template in ("rearrange", "rearrange the factors") and has_negative_power(last):
        return Prose("a negative power is a divisor")
    return why


def _is_reducible(node: Node) -> bool:
    """Return whether a quotient has a factor above that stands below, too."""
    if not isinstance(node, n.Divide):
        return False
    above, below = (part.operands if isinstance(part, n.Product) else (part,) for part in node.operands)
    return not set(above).isdisjoint(below)
