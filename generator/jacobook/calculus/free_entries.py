"""The derivative with respect to a variable that keeps a declared property: symmetric, triangular, orthogonal, …

The result of a derivation treats all entries as independent. Here it is turned into the derivatives with respect to
the free entries, where there are any, and into the gradient within what has the property; then what is declared is
used to simplify.
Sources: The Matrix Cookbook, section 2.8; Magnus and Neudecker, chapter 9; Absil, Mahony and Sepulchre, chapter 3.
"""

from __future__ import annotations

from dataclasses import replace

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import REFLECTION, ROWS, Freedom, structure_of
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.display.transposing import with_fewer_transposes
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.terms import node_of, terms_of
from jacobook.algebra.traverse import substitute_indices, transform, walk
from jacobook.calculus.declared_identities import declared_identities, identity_claims
from jacobook.calculus.derivation import Assumption, Claim, Derivation, Prose
from jacobook.calculus.properties import as_symmetric, square_symbols
from jacobook.calculus.reasons import sentence
from jacobook.calculus.rules.table import RULES, FreeEntriesRule

_SAME_ENTRIES = "the entries are the same, so it serves for descent too."
_REASONS = {
    "symmetric-entries": (
        "{x} is symmetric, so {x_ij} and {x_ji} are the same variable and contribute two terms; a diagonal entry "
        "contributes one. Use this derivative for a function written in the free entries of {x}."
    ),
    "symmetric-gradient": (
        "Project onto the symmetric matrices: the only symmetric matrix whose inner product with every symmetric "
        "change {dx} is {df}. Use this gradient for steepest descent."
    ),
    "diagonal-entries": "{x} is diagonal, so only the entries {x_ii} vary.",
    "diagonal-gradient": f"Project onto the diagonal matrices: {_SAME_ENTRIES}",
    "lower-triangular-entries": "{x} is lower triangular, so only the entries {x_ij} with i ≥ j vary.",
    "lower-triangular-gradient": f"Project onto the lower triangular matrices: {_SAME_ENTRIES}",
    "upper-triangular-entries": "{x} is upper triangular, so only the entries {x_ij} with i ≤ j vary.",
    "upper-triangular-gradient": f"Project onto the upper triangular matrices: {_SAME_ENTRIES}",
    "skew-symmetric-entries": (
        "{x} is skew-symmetric, so {x_ji} is −{x_ij}: the two contribute with opposite signs, and the diagonal is 0. "
        "Entry (i, j) is the derivative with respect to {x_ij}."
    ),
    "skew-symmetric-gradient": (
        "Project onto the skew-symmetric matrices: the only skew-symmetric matrix whose inner product with every "
        "skew-symmetric change {dx} is {df}. Use this gradient for steepest descent."
    ),
    "correlation-entries": (
        "{x_ij} and {x_ji} are the same correlation and contribute two terms; the diagonal stays 1, so it has none."
    ),
    "correlation-gradient": (
        "Project onto the symmetric matrices with zeros on the diagonal: along these {x} can vary. Use this gradient "
        "for steepest descent."
    ),
    "orthogonal-gradient": (
        "{x} stays orthogonal if {dx} = {x}Ω with a skew-symmetric Ω, from {dxtx} = 0. So {df} is the inner product of "
        "{xtg} with Ω, to which only its skew-symmetric part contributes. Multiply that part by {x}."
    ),
    "symmetric-orthogonal-gradient": (
        "{x} is its own inverse: {dxx} = 0, and {dx} is symmetric. Project onto these directions: take the symmetric "
        "part of the derivative, and of that the part that changes its sign when it is multiplied by {x} from both "
        "sides."
    ),
    "unit-norm-gradient": (
        "{x} keeps its length if {dx} is at right angles to it, from {dxtx} = 0. Project onto these directions: "
        "subtract the part along {x}."
    ),
    "probability-gradient": (
        "The entries of {x} add up to 1, so those of {dx} add up to 0. Project onto these directions: subtract "
        "the mean. This holds where no entry of {x} is 0."
    ),
}


def structured_claims(total: Node, value: Node, expression: Node, entries: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Return the claims for a variable that keeps a declared property; none for any other, and none for a zero.

    `total` is the unevaluated derivative, `value` the result for independent entries. A function that is not a scalar
    has the index formula alone, made from that of the result (`entries`); `expression` is the function.
    """
    of, wrt = total.operands
    assert isinstance(wrt, Symbol)
    structure = structure_of(wrt.properties)
    if structure is None or build.is_zero(value):
        return ()
    if not of.shape.is_scalar:
        return _index_formula(of, wrt, structure, expression, entries)
    words = f"Treat the entries of {{0}} as independent, although {{0}} is {ROWS[structure].said}. "
    words += "This is the result above, the one to use in differentials and chain rules."
    claims = [Claim(total, value, "independent-entries", Prose(words, (wrt,)))]
    turned = tidy(build.transpose(value))  # the formulas are the same for G and for G′
    shorter = turned if _transposes(turned) < _transposes(value) else value
    for slug in (f"{structure}-entries", f"{structure}-gradient"):
        rule = RULES.get(slug)
        if rule is None:
            continue
        assert isinstance(rule, FreeEntriesRule)
        left = build.structured_partial(of, wrt, structure, gradient=slug.endswith("gradient"))
        claims.append(Claim(left, rule.restricted(total, wrt), slug, _reason(slug, total)))
        known = shorter if structure in _SAME_FOR_TRANSPOSES else value
        claims.append(_inserted(left, rule.restricted(known, wrt), wrt))
        claims += _by_own_property(left, claims[-1].right)
    return tuple(claims)


_SAME_FOR_TRANSPOSES = ("symmetric", "diagonal", "correlation", REFLECTION)
"""The structures for which G and G′ give the same."""


def _inserted(left: Node, value: Node, wrt: Symbol) -> Claim:
    """Return the claim of the value in its simplest form, with the declared properties that this takes."""
    simplest, used = _with_structure(value)
    named = [(symbol, structure_of(symbol.properties) or "symmetric") for symbol in used]
    shortest, more = declared_identities(simplest, {wrt} if not has_free_entries(wrt) else ())
    named += [pair for pair in more if pair not in named]
    said = [Prose(f"{{0}} is {ROWS[name].said}", (symbol,)) for symbol, name in named]
    assumptions = tuple(Assumption(symbol, name, declared=True) for symbol, name in named)
    reason = sentence([Prose("substitute the derivative"), *said])
    return Claim(left, shortest, "insert-partials", reason, assumptions)


def _by_own_property(left: Node, value: Node) -> list[Claim]:
    """Return the claims that the property of the variable itself makes the value shorter, if it does."""
    simpler, claims = identity_claims(build.ZERO, value, ())
    return [replace(claim, left=left) for claim in claims] if simpler.size <= value.size else []


def _reason(slug: str, total: Node) -> Prose:
    """Return why the derivative takes this form, with the formulas of this variable in the words."""
    of, wrt = total.operands
    assert isinstance(wrt, Symbol)
    formulas: dict[str, Node] = {"x": wrt, "dx": build.differential(wrt), "df": build.differential(of)}
    formulas["dxtx"] = build.differential(build.product(build.transpose(wrt), wrt))
    if wrt.shape.is_square:
        formulas["dxx"] = build.differential(build.product(wrt, wrt))
        i, j = (n.Index(name, wrt.shape.rows) for name in "ij")
        formulas["xtg"] = build.product(build.transpose(wrt), total)
        places = {"x_ij": (i, j), "x_ji": (j, i), "x_ii": (i, i)}
        formulas |= {name: build.entry(wrt, *place) for name, place in places.items()}
    used = [name for name in formulas if f"{{{name}}}" in _REASONS[slug]]
    template = _REASONS[slug].format_map({name: f"{{{place}}}" for place, name in enumerate(used)})
    return Prose(template, tuple(formulas[name] for name in used))


def by_free_entries(derivation: Derivation) -> Claim | None:
    """Return the line with the derivative with respect to the free entries of a structured variable, if it is one.

    Where no entry is free by itself it is the line with the gradient.
    """

    def is_it(claim: Claim) -> bool:
        left = claim.left.operands[0] if isinstance(claim.left, n.Entry) else claim.left
        return isinstance(left, n.StructuredPartial) and not (
            left.is_gradient and ROWS[left.structure].freedom is Freedom.ENTRIES
        )

    return next((claim for claim in reversed(derivation.structured) if is_it(claim)), None)


def said_of(wrt: Symbol) -> str:
    """Return what is declared of a structured variable, as it stands behind `is`."""
    structure = structure_of(wrt.properties)
    assert structure is not None
    return ROWS[structure].said


def has_free_entries(wrt: Symbol) -> bool:
    """Return whether some entries of a structured variable are free, and all others follow from them."""
    return ROWS[structure_of(wrt.properties) or "orthogonal"].freedom is Freedom.ENTRIES


def how_it_varies(wrt: Symbol) -> str:
    """Return in words what the derivative within the declared property of the variable is taken with respect to."""
    return "with respect to its free entries" if has_free_entries(wrt) else "along the directions that keep it so"


_ON_DIAGONAL = {
    "symmetric": "{0} is symmetric: {1} and {2} are the same variable; on the diagonal there is one term.",
    "skew-symmetric": "{0} is skew-symmetric: {2} is the negative of {1}, and the diagonal is 0.",
    "correlation": "{1} and {2} are the same correlation; the diagonal stays 1, and has no term.",
}


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
    if structure not in ("symmetric", "skew-symmetric", "correlation"):
        return ()
    mirrored = substitute_indices(value, {i: j, j: i})
    right = build.add(value, mirrored, build.negate(on_diagonal))
    slug, words = f"{structure}-entries", _ON_DIAGONAL[structure]
    if structure == "skew-symmetric":
        right = build.add(value, build.negate(mirrored))
    elif structure == "correlation":
        right = build.add(right, build.negate(on_diagonal))
    elif expression is wrt:
        slug = "structure-matrix"
    return (Claim(left, tidy(right), slug, Prose(words, (wrt, x_ij, x_ji))),)


def _with_structure(node: Node) -> tuple[Node, list[Symbol]]:
    """Return the expression as short as declared symmetry allows, and the matrices that are used for it."""
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
