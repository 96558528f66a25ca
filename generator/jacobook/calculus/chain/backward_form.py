"""The backward form of a derivative beyond two indices: from ∂L/∂F to ∂L/∂X.

For a scalar L that depends on F, and F on X, let G = ∂L/∂F, in the shape of F. Then dL = ⟨G, dF⟩, and with dF = D(dX)
the gradient with respect to X is the adjoint, D*(G): for F = A X B it is A′ G B′, with no Kronecker product. (Magnus
and Neudecker, chapter 9; in machine learning, the vector–Jacobian product.)
"""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import SCALAR, derivative_shape
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.chain.backpropagation import combine_backward
from jacobook.calculus.chain.graph import Chain
from jacobook.calculus.chain.naming import Naming, TooLongError, definitions_within, longest_for
from jacobook.calculus.derivation import BackwardForm, Claim, PartialDerivation, Prose
from jacobook.calculus.matrix_route import adjoint_claims, differential_claims, differentiate, inner_product
from jacobook.calculus.reasons import enumerate_values

LOSSES = ("L", "ell", "loss", *(f"L{k}" for k in range(1, 100)))
"""Names for the scalar at the end; those in use are passed over."""
SHORT = 3
"""A function of so few nodes, such as inv(X), is repeated in its own derivative; a longer one is called by its name."""
Value = tuple[Node, tuple[Claim, ...], tuple[Link, ...]]


def backward_form(
    chain: Chain, lines: tuple[Claim, ...], given: tuple[Link, ...], names: frozenset[str], always: bool = False
) -> BackwardForm | None:
    """Return the backward form of the derivative of a chain, None where it is 0.

    None as well, unless it is wanted `always`, where it has at most two indices.

    `lines` are those of the matrix route for a chain of one link, if there are any; `given` are the lines of the
    statement; `names` are in use. Raises Refusal where no rule applies.
    """
    f = chain.links[0].symbol
    if not chain.varying() or not (always or derivative_shape(f.shape, chain.wrt.shape) is None):
        return None
    upstream = n.symbol(upstream_name(f, names), f.shape)
    loss = n.symbol(next(name for name in LOSSES if name not in {*names, upstream.name}), SCALAR)
    taken = names | {upstream.name, loss.name}
    outer = Link(loss, inner_product(upstream, f), given=False)
    left = build.partial(loss, chain.wrt, total=True)
    differential: Node | None = None
    named: tuple[Link, ...] = ()
    if len(chain.varying()) == 1 and not chain.is_implicit:
        differential = _differential(chain, lines, taken)
        value, claims = adjoint_claims(loss, upstream, f, differential, chain.wrt)
    else:
        value, claims, named = _along_links(Chain((outer, *chain.links), chain.wrt), upstream, taken)
    known = [link for link in given if link.symbol is not chain.wrt]
    written = _with_names(value, known, chain)
    if written is not value:
        listed = enumerate_values([link.symbol for link in known if link.symbol in written.symbols])
        reason = Prose(f"Written with {listed.template} again.", listed.values)
        value, claims = written, (*claims, Claim(left, written, "definition", reason))
    if differential is not None:
        differential = _with_names(differential, known, chain)
    shown = [value] if differential is None else [value, differential]
    meaning = {link.symbol: link for link in (*chain.links, *given, *named) if link.symbol is not chain.wrt}
    return BackwardForm(
        loss, upstream, outer.expression, differential, value, claims, definitions_within(shown, meaning)
    )


def _differential(chain: Chain, lines: tuple[Claim, ...], names: frozenset[str]) -> Node:
    """Return the differential of the one link, fully expanded: from the lines that have found it, or anew."""
    link = chain.links[0]
    stacks = build.stacked(build.differential(chain.wrt)) if chain.wrt.shape.is_matrix else None
    for claim in reversed(lines):
        is_plain = stacks is None or stacks not in walk(claim.right)
        if claim.left is build.differential(link.symbol) and is_plain and _is_expanded(claim.right, chain.wrt):
            return claim.right
    return differential_claims(link.symbol, link.expression, (chain.wrt,), names)[0]


def _is_expanded(differential: Node, wrt: Symbol) -> bool:
    """Return whether no differential is left in it but that of the variable: d(expm(A)) b is not, by A."""
    found = (node for node in walk(differential) if isinstance(node, n.Differential))
    return all(node is build.differential(wrt) for node in found)


def upstream_name(f: Symbol, names: frozenset[str]) -> str:
    """Return a name for the gradient with respect to the function that is not in use: G, or g for what is no matrix."""
    letter = "G" if f.shape.is_matrix else "g"
    return next(name for name in (letter, f"{letter}_{f.name}", *_numbered(letter)) if name not in names)


def _numbered(letter: str) -> list[str]:
    return [f"{letter}{k}" for k in range(1, 100)]


def _with_names(node: Node, links: list[Link], chain: Chain) -> Node:
    """Return the node with the names of the lines for what they stand for, the outermost first."""
    for link in links:
        inside = substitute(link.expression, {other.symbol: other.expression for other in reversed(links)})
        if inside.size > SHORT and inside.depends_on(chain.wrt):
            node = substitute(node, {inside: link.symbol})
    return node


def _along_links(chain: Chain, upstream: Symbol, names: frozenset[str]) -> Value:
    """Return the gradient, the claims, and the names given on the way: link by link from the function backward."""
    partials = {}
    for link, argument in chain.edges():
        value, lines = differentiate(link.symbol, link.expression, argument, names)
        partials[link.symbol, argument] = PartialDerivation(link.symbol, argument, value, lines, ())
    naming = Naming(chain.is_implicit, names, longest_for(chain.links))
    try:
        value, _, claims = combine_backward(chain, partials, naming, names)
    except TooLongError:
        naming = Naming(True, names)
        value, _, claims = combine_backward(chain, partials, naming, names)
    return value, claims, tuple(naming.links)
