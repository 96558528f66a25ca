"""One partial derivative by the matrix route: the differential, its linear map, the derivative read off it."""

from __future__ import annotations

from generator.algebra import build
from generator.algebra import nodes as n
from generator.algebra.nodes import Node, Symbol
from generator.algebra.shapes import derivative_shape
from generator.algebra.terms import terms_of
from generator.algebra.tidy import collect, tidy
from generator.algebra.traverse import walk
from generator.calculus.derivation import Assumption, Claim, Prose
from generator.calculus.functions import FUNCTIONS
from generator.calculus.matrix_route.expansion import Line, expand
from generator.calculus.matrix_route.jacobian import gradient_of_chain, jacobian_of_chain
from generator.calculus.matrix_route.linear_maps import (
    HadamardWith,
    InnerWith,
    LinearMap,
    Stage,
    inner_product,
)
from generator.calculus.matrix_route.reading import linear_map
from generator.calculus.properties import uses_of_symmetry
from generator.calculus.prose import sentence
from generator.calculus.refusal import Refusal
from generator.calculus.rewriting import rewrite
from generator.calculus.rules import RULES


def differentiate(of: Symbol, expression: Node, wrt: Symbol) -> tuple[Node, tuple[Claim, ...]]:
    """Return ∂of/∂wrt in the Jacobian layout, and the claims that lead to it; of stands for the expression.

    Raises Refusal where no rule applies, or where the derivative has more than two indices.
    """
    if derivative_shape(of.shape, wrt.shape) is None:
        raise Refusal(
            f"the derivative of {of.shape.describe()} by {wrt.shape.describe()} has more than two indices, "
            "which is not covered yet"
        )
    rewritten, claims = rewrite(of, expression)
    lines = expand(rewritten, wrt)
    left = build.differential(of)
    claims.extend(Claim(left, line.expression, line.rule, line.reason, *_extras(line)) for line in lines)
    final = lines[-1].expression
    found = linear_map(final, wrt)
    factors = [_factor(chain, found) for chain in found.chains]
    value, reading = _read(of, wrt, final, found, factors)
    claims.extend(reading)
    value, symmetric = uses_of_symmetry(build.partial(of, wrt), value)
    return value, (*claims, *symmetric)


def _factor(chain: tuple[Stage, ...], found: LinearMap) -> Node:
    """Return what stands with the differential: a row or a Jacobian before it, or a gradient beside it."""
    if found.target.is_scalar and not found.source.is_scalar:
        gradient = gradient_of_chain(chain)
        return gradient if gradient.shape.is_matrix else tidy(build.transpose(gradient))
    return jacobian_of_chain(chain, found.source, found.target)


def _read(of: Symbol, wrt: Symbol, last: Node, found: LinearMap, factors: list[Node]) -> tuple[Node, list[Claim]]:
    """Return the derivative and the lines from the expanded differential to it."""
    left, dx = build.differential(of), build.differential(wrt)
    partial = build.partial(of, wrt)
    if not factors:
        value = build.zero(partial.shape)
        return value, [
            Claim(partial, value, "read-off", sentence([Prose("nothing in {0} varies with {1}", (of, wrt))]))
        ]
    separate = build.add(*(_beside(factor, dx, of) for factor in factors))
    value = collect(build.add(*factors))
    joined = _beside(value, dx, of)
    claims = []
    current = last
    if len(factors) > 1 and tidy(separate) is not tidy(last) and separate is not joined:
        claims.append(Claim(left, separate, *_moves(found)))
        current = separate
    if joined is not current:
        slug, reason = _moves(found) if current is last and len(factors) == 1 else _collecting(current, last, found)
        claims.append(Claim(left, joined, slug, reason))
    reason = Prose("What stands before {0} is the derivative.", (dx,))
    if value.shape.is_matrix and of.shape.is_scalar:
        reason = Prose("From {0} the derivative is G, in the shape of {1}.", (_named_form(dx), wrt))
    claims.append(Claim(partial, value, "read-off", reason))
    return value, claims


def _named_form(dx: Node) -> Node:
    return inner_product(n.symbol("G", dx.shape), dx)


def _collecting(current: Node, last: Node, found: LinearMap) -> tuple[str, Prose]:
    if current is not last:
        return "collect", sentence([Prose("collect the terms")])
    slug, reason = _moves(found)
    return slug, Prose(reason.template[:-1] + "; collect the terms.", reason.values)


def _beside(factor: Node, dx: Node, of: Symbol) -> Node:
    """Return the differential of one term in its standard form: row · dx, J dx, tr(G′dX), or value · dt."""
    if dx.shape.is_matrix:
        return inner_product(factor, dx)
    if of.shape.is_row and not dx.shape.is_scalar:
        return build.transpose(build.product(factor, dx))
    product = build.product(factor, dx)
    word = terms_of(factor)[0].word
    return product if word and word[-1].shape.is_row and factor.shape.is_matrix else tidy(product)


def _moves(found: LinearMap) -> tuple[str, Prose]:
    """Return the rule and the reason for bringing the terms into their standard form."""
    scalar = found.target.is_scalar and not found.source.is_scalar
    parts: list[Prose] = []
    slugs: list[str] = []
    for chain in found.chains:
        for stage in chain:
            slug = stage.rule
            if isinstance(stage, HadamardWith) and not scalar:
                slug = "hadamard-diag"
            elif not scalar or (slug == "cyclic-trace" and not _through_trace(chain)):
                continue
            if slug in slugs:
                continue
            slugs.append(slug)
            values = (stage.weight,) if isinstance(stage, HadamardWith) and "{0}" in RULES[slug].reason else ()
            if slug != "tidy":
                parts.append(Prose(RULES[slug].reason, values))
    if not parts:
        return "tidy", sentence([Prose("scalar factors in front")])
    return next(slug for slug in slugs if slug != "tidy"), sentence(parts)


def _through_trace(chain: tuple[Stage, ...]) -> bool:
    return any(isinstance(stage, InnerWith) and stage.rule == "cyclic-trace" for stage in chain)


def _extras(line: Line) -> tuple[tuple[Assumption, ...], tuple[Claim, ...]]:
    """Return the assumptions of a line's rules, and the derivations one level down of the functions it used."""
    assumptions = []
    steps: list[Claim] = []
    for node in line.touched:
        if isinstance(node, n.Inverse):
            assumptions.append(Assumption(node.operands[0], "invertible", declared=True))
        if isinstance(node, n.Apply):
            steps.extend(function_derivation(node.function))
    return tuple(assumptions), tuple(steps)


def function_derivation(name: str) -> tuple[Claim, ...]:
    """Return how the derivative of a named function follows from its definition; nothing for the basic ones."""
    row = FUNCTIONS[name]
    if row.definition is None:
        return ()
    u = n.symbol("u", properties=frozenset({"positive"}) if row.domain == "positive" else frozenset())
    definition, known = row.definition(u), build.apply(name, u)
    left = build.partial(known, u)
    claims = [
        Claim(
            known,
            definition,
            "definition",
            sentence([Prose("{0} is defined by simpler functions", (known,))]),
        )
    ]
    inner = [node for node in walk(definition) if isinstance(node, n.Apply)]
    lines = expand(definition, u)
    du = build.differential(u)
    for line in lines:
        claims.append(Claim(build.differential(known), line.expression, line.rule, line.reason))
    found = linear_map(lines[-1].expression, u)
    value = collect(build.add(*(jacobian_of_chain(c, found.source, found.target) for c in found.chains)))
    if build.product(value, du) is not lines[-1].expression:
        claims.append(Claim(left, value, "read-off", Prose("What stands before {0} is the derivative.", (du,))))
    result = row.derivative(u)
    if value is not result:
        names = tuple(dict.fromkeys(build.apply(node.function, u) for node in inner))
        reason = Prose("Simplify, and write it with {0} again.", (known,)) if names else Prose("Simplify.")
        claims.append(Claim(left, result, row.slug, reason))
    return tuple(claims)
