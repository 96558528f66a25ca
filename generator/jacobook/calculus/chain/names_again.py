"""A derivative in the declared variables, written with the names of its chain again: x − x̄ as c, c/s as z."""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.scaled_lines import with_common_scale
from jacobook.algebra.display.thin_sums import with_thin_sums_opened
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Link
from jacobook.algebra.terms import Term, term_node, terms_of
from jacobook.algebra.traverse import substitute
from jacobook.calculus.chain.graph import Chain


def with_names_again(chain: Chain, value: Node) -> Node:
    """Return the value with the names of the chain for what they stand for, also where that is in another form."""
    inner = chain.links[1:]
    exact = collect(substitute(value, {chain.in_variables[link.symbol]: link.symbol for link in inner}))
    return min(exact, collect(substitute(exact, _other_forms(chain, inner))), key=attrgetter("size"))


def with_quotients(chain: Chain, value: Node) -> Node:
    """Return the value with z for c/s where a link is z = c/s, also by rows or columns of a matrix: c c′/s³ is z z′/s.

    What stands for c is s z. In z a derivative of a normalisation is short, and its scale comes before the bracket.
    """
    for link in chain.varying():
        found = _quotient(link)
        if found is None:
            continue
        inside, instead, scales = found
        # A scale such as √(c′c) is written with c itself.
        known = {scale: scale for scale in scales}
        known |= {inside: instead, build.transpose(inside): build.transpose(instead)}
        known |= {form: known[name] for form, name in _forms_of(substitute(inside, chain.in_variables), inside).items()}
        changed = with_common_scale(collect(substitute(value, known)))
        value = min(value, changed, collect(with_thin_sums_opened(changed)), key=attrgetter("size"))
    return value


def _other_forms(chain: Chain, links: tuple[Link, ...]) -> dict[Node, Node]:
    forms: dict[Node, Node] = {}
    for link in reversed(links):
        forms |= _forms_of(chain.in_variables[link.symbol], link.symbol)
    return forms


def _forms_of(meaning: Node, name: Node) -> dict[Node, Node]:
    """Return the forms in which results show a meaning and its transpose, with what stands for each."""
    turned = build.transpose(meaning)
    return {collect(turned): build.transpose(name), collect(meaning): name} if meaning.operands else {}


def _quotient(link: Link) -> tuple[Node, Node, tuple[Node, ...]] | None:
    """Return c, s z for it, and what s is made of, for a link z = c/s; for Z = diag(1/s) C or C diag(1/s) too.

    None for another link.
    """
    terms = terms_of(tidy(link.expression))
    if len(terms) != 1 or link.symbol.shape.is_row:
        return None
    (term,) = terms
    front = term_node(Term(1 / term.coefficient, tuple((b, -e) for b, e in term.scalars), ()), build.ONE.shape)
    match term.word:
        case (inside,) if term.scalars and (inside.shape.is_vector or inside.shape.is_matrix):
            return inside, build.product(front, link.symbol), tuple(base for base, _ in term.scalars)
        case (n.Diag() as scale, inside) if inside.shape.is_matrix and _is_divisor(scale):
            return inside, build.product(front, _reciprocal(scale), link.symbol), _reciprocal(scale).operands
        case (inside, n.Diag() as scale) if inside.shape.is_matrix and _is_divisor(scale):
            return inside, build.product(front, link.symbol, _reciprocal(scale)), _reciprocal(scale).operands
    return None


def _is_divisor(scale: Node) -> bool:
    """Return whether a diagonal matrix is diag(1/s)."""
    inside = scale.operands[0]
    if isinstance(inside, n.HadamardPower):
        exponent = inside.operands[1]
        return isinstance(exponent, n.Number) and exponent.value == Fraction(-1)
    ones = (build.ONE, build.fill(build.ONE, inside.shape))
    return isinstance(inside, n.HadamardDivide) and inside.operands[0] in ones


def _reciprocal(scale: Node) -> Node:
    inside = scale.operands[0]
    return build.diag(inside.operands[0 if isinstance(inside, n.HadamardPower) else 1])
