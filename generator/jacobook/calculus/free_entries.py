"""The derivative with respect to a symmetric or diagonal matrix if only the free entries of the matrix vary.

The result of a derivation treats all entries as independent. Here it is turned into the derivatives with
respect to the free entries, and into the gradient among the matrices of that structure; then the declared structure is
used to simplify.
Source: The Matrix Cookbook, section 2.8; Magnus and Neudecker, chapter 9.
"""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.display.transposing import with_fewer_transposes
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.terms import node_of, terms_of
from jacobook.algebra.traverse import substitute_indices, transform, walk
from jacobook.calculus.derivation import Assumption, Claim, Derivation, Prose
from jacobook.calculus.properties import as_symmetric, square_symbols
from jacobook.calculus.reasons import sentence
from jacobook.calculus.rules.table import RULES, FreeEntriesRule

_SYMMETRIC = (
    "{0} is symmetric, so {1} and {2} are the same variable and contribute two terms; a diagonal entry contributes "
)
_SYMMETRIC += "one. Use this derivative for a function written in the free entries of {0}."
_AMONG_SYMMETRIC = "Project onto the symmetric matrices: the only symmetric matrix whose inner product with every "
_AMONG_SYMMETRIC += "symmetric change {0} is {1}. Use this gradient for steepest descent."
_DIAGONAL = "{0} is diagonal, so only the entries {1} vary."
_AMONG_DIAGONAL = "Project onto the diagonal matrices: the entries are the same, so it serves for descent too."


def structured_claims(total: Node, value: Node, expression: Node, entries: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Return the claims for a variable declared symmetric or diagonal; none for any other, and none for a zero.

    `total` is the unevaluated derivative, `value` the result for independent entries. A function that is not a scalar
    has the index formula alone, made from that of the result (`entries`); `expression` is the function.
    """
    of, wrt = total.operands
    assert isinstance(wrt, Symbol)
    if "symmetric" not in wrt.properties or build.is_zero(value):
        return ()
    structure = structure_of(wrt)
    if not of.shape.is_scalar:
        return _index_formula(of, wrt, structure, expression, entries)
    words = f"Treat the entries of {{0}} as independent, although {{0}} is {structure}. "
    words += "This is the result above, the one to use in differentials and chain rules."
    claims = [Claim(total, value, "independent-entries", Prose(words, (wrt,)))]
    i, j = (n.Index(name, wrt.shape.rows) for name in "ij")
    x_ij, x_ji, x_ii = (build.entry(wrt, *places) for places in ((i, j), (j, i), (i, i)))
    dx, df = build.differential(wrt), build.differential(of)
    turned = tidy(build.transpose(value))  # the formulas are the same for G and for G′
    shorter = turned if _transposes(turned) < _transposes(value) else value
    reasons = {
        "symmetric-entries": Prose(_SYMMETRIC, (wrt, x_ij, x_ji)),
        "symmetric-gradient": Prose(_AMONG_SYMMETRIC, (dx, df)),
        "diagonal-entries": Prose(_DIAGONAL, (wrt, x_ii)),
        "diagonal-gradient": Prose(_AMONG_DIAGONAL),
    }
    for what in ("entries", "gradient"):
        left = build.structured_partial(of, wrt, structure, gradient=what == "gradient")
        slug = f"{structure}-{what}"
        rule = RULES[slug]
        assert isinstance(rule, FreeEntriesRule)
        claims.append(Claim(left, rule.restricted(total), slug, reasons[slug]))
        simpler, used = _with_declared(rule.restricted(shorter))
        reason = Prose("Substitute the derivative.")
        if used:
            said = [Prose(f"{{0}} is {structure_of(matrix)}", (matrix,)) for matrix in used]
            reason = sentence([Prose("substitute the derivative"), *said])
        assumptions = tuple(Assumption(matrix, structure_of(matrix), declared=True) for matrix in used)
        claims.append(Claim(left, simpler, "insert-partials", reason, assumptions))
    return tuple(claims)


def by_free_entries(derivation: Derivation) -> Claim | None:
    """Return the line with the derivative with respect to the free entries of a structured variable, if it is one."""

    def is_it(claim: Claim) -> bool:
        left = claim.left.operands[0] if isinstance(claim.left, n.Entry) else claim.left
        return isinstance(left, n.StructuredPartial) and not left.is_gradient

    return next((claim for claim in reversed(derivation.structured) if is_it(claim)), None)


def _index_formula(
    of: Node, wrt: Symbol, structure: str, expression: Node, entries: tuple[Claim, ...]
) -> tuple[Claim, ...]:
    """Return the derivative of one entry of the function with respect to one free entry of the variable."""
    if not entries or not isinstance(entries[-1].left, n.PartialEntry):
        return ()
    known, value = entries[-1].left, entries[-1].right
    i, j = known.wrt_positions
    assert isinstance(i, n.Index)
    assert isinstance(j, n.Index)
    left = build.entry(build.structured_partial(build.entry(of, *known.of_positions), wrt, structure), i, j)
    x_ij, x_ji = build.entry(wrt, i, j), build.entry(wrt, j, i)
    on_diagonal = build.product(build.delta(i, j), value)
    if structure == "diagonal":
        return (
            Claim(left, tidy(on_diagonal), "diagonal-entries", Prose("Only the diagonal entries of {0} vary.", (wrt,))),
        )
    mirrored = substitute_indices(value, {i: j, j: i})
    right = build.add(value, mirrored, build.negate(on_diagonal))
    slug = "structure-matrix" if expression is wrt else "symmetric-entries"
    words = "{0} is symmetric: {1} and {2} are the same variable; on the diagonal there is one term."
    return (Claim(left, tidy(right), slug, Prose(words, (wrt, x_ij, x_ji))),)


def structure_of(matrix: Symbol) -> str:
    """Return what the matrix is declared to be, in a word: `diagonal`, else `symmetric`."""
    return "diagonal" if "diagonal" in matrix.properties else "symmetric"


def _with_declared(node: Node) -> tuple[Node, list[Symbol]]:
    """Return the expression in its simplest form, and the matrices whose declared structure that takes."""
    declared = tuple(matrix for matrix in square_symbols(node) if "symmetric" in matrix.properties)
    simplest = _simplified(node, declared)
    if simplest is _simplified(node, ()):
        return simplest, []
    rests = {matrix: tuple(other for other in declared if other is not matrix) for matrix in declared}
    needed = [matrix for matrix, rest in rests.items() if _simplified(node, rest) is not simplest]
    return simplest, needed or list(declared)


def _simplified(node: Node, declared: tuple[Symbol, ...]) -> Node:
    """Return the expression as short as the declared structure of these matrices allows."""
    plain = as_symmetric(tidy(node), *declared)

    def change(current: Node) -> Node | None:
        if isinstance(current, n.Hadamard):
            inside = [operand for operand in current.operands if not isinstance(operand, n.Identity)]
            if len(inside) == 1:
                return _diagonal_part(inside[0], declared)
        return None

    return collect(transform(plain, change))


def _diagonal_part(node: Node, declared: tuple[Symbol, ...]) -> Node:
    """Return M ∘ I: M itself where it is diagonal; a matrix and its transpose have the same diagonal."""
    terms = terms_of(tidy(node))
    diagonal = [term for term in terms if all(_is_diagonal(factor, declared) for factor in term.word)]
    others = [with_fewer_transposes(term) for term in terms if term not in diagonal]
    parts = [node_of(diagonal, node.shape)] if diagonal else []
    if others:
        parts.append(build.hadamard(node_of(others, node.shape), build.identity(node.shape.rows)))
    return build.add(*parts) if parts else build.zero(node.shape)


def _is_diagonal(node: Node, declared: tuple[Symbol, ...]) -> bool:
    match node:
        case n.Symbol():
            return node in declared and "diagonal" in node.properties
        case n.Identity() | n.Diag():
            return True
        case n.Inverse() | n.Adjugate() | n.Transpose() | n.Negate() | n.Divide():
            return _is_diagonal(node.operands[0], declared)
        case n.Power() if node.shape.is_matrix:
            return _is_diagonal(node.operands[0], declared)
        case n.Add():
            return all(_is_diagonal(operand, declared) for operand in node.operands)
        case n.Product():
            return all(factor.shape.is_scalar or _is_diagonal(factor, declared) for factor in node.operands)
        case n.Hadamard():
            return any(_is_diagonal(operand, declared) for operand in node.operands)
    return False


def _transposes(node: Node) -> int:
    return sum(isinstance(current, n.Transpose) for current in walk(node))
