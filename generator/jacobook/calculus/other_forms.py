"""The same derivative in another form that books print: with the function itself, or under one trace."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.terms import Term, merge_scalars, node_of, term_node, terms_of
from jacobook.algebra.traverse import reads_alike, substitute
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.properties import uses_of_properties
from jacobook.calculus.sums_over_places import SUM_OVER_PLACES, in_matrices


def other_forms(total: Node, value: Node, chain: Chain) -> tuple[Claim, ...]:
    """Return lines from the result to other forms of it; none where there is no such form."""
    matrices = in_matrices(total, value)
    if matrices:
        return matrices
    if not total.shape.is_scalar or build.is_zero(value) or isinstance(value, n.Number):
        return ()
    return (*_with_the_function(total, value, chain), *_under_one_trace(total, value))


def in_denominator_layout(forms: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Return the line that transposes the last form, where a sum was written with matrices and it is a row."""
    if not (forms and forms[0].rule == SUM_OVER_PLACES and forms[-1].right.shape.is_row):
        return ()
    left, turned = build.transpose(forms[-1].left), tidy(build.transpose(forms[-1].right))
    symmetric = uses_of_properties(left, turned)[1]
    return (Claim(left, turned, "denominator-layout", Prose("In the denominator layout.")), *symmetric)


# --- A derivative that depends on the variable only through the function: f′ = f (1 − f) -----------------------------


def _with_the_function(total: Node, value: Node, chain: Chain) -> tuple[Claim, ...]:
    """Return the derivative written with f itself, where that leaves nothing else that varies."""
    f = chain.links[0].symbol
    whole = chain.in_variables[f]
    if not value.depends_on(chain.wrt):
        return ()
    direct = substitute(value, {whole: f})
    if not direct.depends_on(chain.wrt):
        return (Claim(total, direct, "definition", Prose("{0} is {1} itself.", (whole, f))),)
    return _with_a_power(total, value, chain)


def _with_a_power(total: Node, value: Node, chain: Chain) -> tuple[Claim, ...]:
    """Return the same for f = c/u or f = c u, where u is a constant plus one term that varies: 1/(1 + exp(−x))."""
    f = chain.links[0].symbol
    known = _number_times_power(chain)
    if known is None:
        return ()
    number, u, exponent = known
    inside = chain.in_variables[u]
    solved = _solved(inside, u, chain.wrt)
    if solved is None:
        return ()
    part, instead = solved
    in_u = tidy(substitute(substitute(value, {inside: u}), {part: instead}))
    terms = [_in_powers_of(term, u) for term in terms_of(normal_form(in_u))]
    if in_u.depends_on(chain.wrt) or None in terms or any(inside.depends_on(s) for s in in_u.symbols - {u}):
        return ()
    # u = (f/c)^p, where p is 1 or −1.
    found = [(c / number ** int(power * exponent), power * exponent) for c, power in filter(None, terms)]
    powers = sorted(found, key=lambda pair: pair[1])
    claims = [Claim(total, in_u, "substitution", Prose("With {0} = {1}, {2} is {3}.", (u, inside, part, instead)))]
    reason = Prose("Multiply out; {0} is {1}.", (chain.links[0].expression, f))
    claims.append(Claim(total, _sum_of_powers(f, powers), "definition", reason))
    least = powers[0][1]
    if len(powers) > 1 and least > 0:
        rest = _sum_of_powers(f, [(c, power - least) for c, power in powers])
        factored = build.product(build.power(f, build.number(least)) if least != 1 else f, rest)
        claims.append(Claim(total, factored, "collect", Prose("Factor out {0}.", (f,))))
    return tuple(claims)


def _number_times_power(chain: Chain) -> tuple[Fraction, Symbol, int] | None:
    """Return c, u and p of a function f = c u^p with a link u of the chain and p = ±1."""
    terms = terms_of(tidy(chain.links[0].expression))
    if len(terms) != 1 or terms[0].word or len(terms[0].scalars) != 1:
        return None
    (base, exponent), number = terms[0].scalars[0], terms[0].coefficient
    names = {link.symbol for link in chain.links[1:]}
    if abs(exponent) != 1 or not isinstance(base, Symbol) or base not in names:
        return None
    return number, base, int(exponent)


def _solved(inside: Node, u: Symbol, wrt: Symbol) -> tuple[Node, Node] | None:
    """Return g and (u − a)/b for u = a + b g, where g is the one part that varies and a, b are numbers."""
    terms = terms_of(inside)
    varying = [term for term in terms if any(base.depends_on(wrt) for base, _ in term.scalars)]
    if len(varying) != 1 or len(terms) < 2 or len(varying[0].scalars) != 1 or varying[0].scalars[0][1] != 1:
        return None
    others = [term for term in terms if term is not varying[0]]
    if any(term.scalars or term.word for term in others):
        return None
    scale = varying[0].coefficient
    parts = [(Fraction(1), Fraction(1)), *((-term.coefficient, Fraction(0)) for term in others)]
    if abs(scale) == 1:
        return varying[0].scalars[0][0], _sum_of_powers(u, [(c * scale, power) for c, power in parts])
    return varying[0].scalars[0][0], build.divide(_sum_of_powers(u, parts), build.number(scale))


def _in_powers_of(term: Term, u: Symbol) -> tuple[Fraction, Fraction] | None:
    """Return the number and the exponent of a term that is a whole power of u; None for any other."""
    if term.word or any(base is not u or exponent.denominator != 1 for base, exponent in term.scalars):
        return None
    return term.coefficient, term.scalars[0][1] if term.scalars else Fraction(0)


def _sum_of_powers(base: Symbol, powers: Iterable[tuple[Fraction, Fraction]]) -> Node:
    """Return the sum of c base^e over the pairs c, e in their order, but begun with a term that has no minus."""
    terms = [Term(c, ((base, power),) if power else (), ()) for c, power in powers]
    return node_of(sorted(terms, key=lambda term: term.coefficient < 0), base.shape)


# --- Traces and inner products that hold the same matrix, under one trace ---------------------------------------------


def _under_one_trace(total: Node, value: Node) -> tuple[Claim, ...]:
    """Return x′A M B y + tr(C M) as tr((B y x′A + C) M), for a matrix M that occurs once in every term."""
    front, terms = _opened(value)
    found = [_cycle(term) for term in terms]
    cycles = [cycle for cycle in found if cycle is not None]
    kinds = {is_trace for _, _, is_trace in cycles}
    if len(cycles) < 2 or len(cycles) < len(terms) or len(kinds) < 2:
        return ()
    words = [word for _, word, _ in cycles]
    shared = [factor for factor in words[0] if factor.shape.is_matrix and all(w.count(factor) == 1 for w in words)]
    if len(shared) != 1:
        return ()
    last = shared[0]
    turned = [Term(rest.coefficient, rest.scalars, _before(word, last)) for rest, word, _ in cycles]
    size = last.shape.transposed
    apart = build.add(*(_scaled(term, build.trace(build.product(*term.word, last))) for term in turned))
    joined = build.trace(build.product(node_of(turned, size), last))
    reason = Prose("An inner product is the trace of an outer product; move {0} to the end of every trace.", (last,))
    claims = (
        Claim(total, _scaled(front, apart), "cyclic-trace", reason),
        Claim(total, _scaled(front, joined), "collect", Prose("A sum of traces is the trace of the sum.")),
    )
    return () if reads_alike(claims[-1].right, value) else claims


def _opened(value: Node) -> tuple[Term, list[Term]]:
    """Return the terms of a scalar and, if they are in a bracket, what is in front of it."""
    terms = terms_of(value)
    if len(terms) == 1:
        brackets = [base for base, exponent in terms[0].scalars if isinstance(base, n.Add) and exponent == 1]
        if len(brackets) == 1:
            rest = tuple(pair for pair in terms[0].scalars if pair[0] is not brackets[0])
            return Term(terms[0].coefficient, rest, ()), terms_of(brackets[0])
    return Term(Fraction(1), (), ()), terms


def _cycle(term: Term) -> tuple[Term, tuple[Node, ...], bool] | None:
    """Return the scalars of a term, the factors of its trace or inner product in cyclic order, and whether a trace."""
    held = [base for base, exponent in term.scalars if exponent == 1 and isinstance(base, n.Trace | n.Product)]
    if len(held) != 1 or term.word:
        return None
    rest = Term(term.coefficient, merge_scalars([*term.scalars, (held[0], Fraction(-1))]), ())
    if isinstance(held[0], n.Trace):
        inside = terms_of(held[0].operands[0])
        if len(inside) != 1 or inside[0].scalars or inside[0].coefficient != 1:
            return None
        return rest, inside[0].word, True
    factors = held[0].operands
    if not (factors[0].shape.is_row and factors[-1].shape.is_vector) or any(f.shape.is_scalar for f in factors):
        return None
    return rest, factors, False


def _before(word: tuple[Node, ...], last: Node) -> tuple[Node, ...]:
    """Return the factors before `last` once the cycle is turned so that it ends there."""
    place = word.index(last)
    turned = (*word[place + 1 :], *word[:place])
    return turned or (build.identity(last.shape.rows),)


def _scaled(front: Term, node: Node) -> Node:
    """Return a scalar with the number and the scalars of a term before it."""
    return term_node(Term(front.coefficient, merge_scalars([*front.scalars, (node, Fraction(1))]), ()), node.shape)
