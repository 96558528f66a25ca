"""Declared properties used as steps of their own, and what a result becomes if a property is assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_properties import ROWS, Freedom, structure_of
from jacobook.algebra.display.collect import collect
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.terms import contract, term_node, terms_of, transpose_factor
from jacobook.algebra.traverse import contains, rebuild, substitute, transform, walk
from jacobook.calculus.declared_identities import identity_claims
from jacobook.calculus.derivation import Assumption, Claim, Prose
from jacobook.calculus.reasons import enumerate_values, joined_prose


def as_symmetric(node: Node, *matrices: Symbol) -> Node:
    """Return the node without the transposes that the symmetry of the matrices makes superfluous."""

    def change(current: Node) -> Node | None:
        if not isinstance(current, n.Transpose) or current.symbols.isdisjoint(matrices):
            return None
        inside = current.operands[0]
        if _is_own_transpose(inside, matrices):
            return transform(inside, change)
        if isinstance(inside, n.Product) and any(_is_own_transpose(factor, matrices) for factor in inside.operands):
            return _turned_product(inside, matrices)
        if isinstance(inside, n.Add) and inside.shape.is_matrix:  # (B − B M A)′ = B − A M′ B
            opened = build.add(*(transform(term, change) for term in _turned_terms(inside)))
            return opened if _number_of_transposes(opened) < _number_of_transposes(current) else None
        return None

    return collect(transform(node, change))


def _turned_product(product: Node, matrices: tuple[Symbol, ...]) -> Node:
    """Return the transpose of a product, factor by factor: (x′y S B)′ is x′y B′ S, in which x′y is a number."""
    scalars = [factor for factor in product.operands if factor.shape.is_scalar]
    runs, rest = contract(tuple(factor for factor in product.operands if not factor.shape.is_scalar))
    turned_ones = (f if _is_own_transpose(f, matrices) else transpose_factor(f) for f in reversed(rest))
    return build.product(*scalars, *(build.product(*run) for run in runs), *turned_ones)


def _turned_terms(node: Node) -> list[Node]:
    """Return the terms of the transpose of a sum, each one transposed factor by factor."""
    return [term_node(term.transposed, node.shape.transposed) for term in terms_of(node)]


def _number_of_transposes(node: Node) -> int:
    return sum(isinstance(part, n.Transpose) for part in walk(node))


def _is_own_transpose(node: Node, matrices: tuple[Symbol, ...]) -> bool:
    return node.shape.is_square and not node.symbols.isdisjoint(matrices) and equal(turned(node, matrices), node)


def turned(node: Node, matrices: tuple[Symbol, ...]) -> Node:
    """Return the transpose of a square node, the transpose being moved to its symbols and dropped at these matrices."""
    match node:
        case (
            n.Inverse()
            | n.Adjugate()
            | n.Apply()
            | n.MatrixExponential()
            | n.MatrixRoot()
            | n.MatrixLogarithm()
            | n.Pseudoinverse()
        ):
            return rebuild(node, (turned(node.operands[0], matrices),))
        case n.Power() if node.shape.is_matrix:
            return rebuild(node, (turned(node.operands[0], matrices), node.operands[1]))
        case n.Add() | n.Negate() | n.Hadamard():
            return rebuild(node, tuple(turned(operand, matrices) for operand in node.operands))
        case n.Product() if not contract(word := tuple(f for f in node.operands if not f.shape.is_scalar))[0]:
            scalars = (factor for factor in node.operands if factor.shape.is_scalar)
            return build.product(*scalars, *(turned(factor, matrices) for factor in reversed(word)))
    return node if node in matrices else build.transpose(node)


def square_symbols(node: Node) -> list[Symbol]:
    """Return the names of square matrices in the expression, sorted."""
    return sorted((s for s in node.symbols if s.shape.is_square), key=lambda s: s.name)


def uses_of_properties(
    left: Node, value: Node, held: Collection[Symbol] = frozenset()
) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value as declared properties let it be written, with a claim for each property.

    Symmetric matrices without transposes; then factors that are diagonal in an order in which more can be collected;
    then equations of constants, which are neither in `left` nor held here (`declared_identities.py`).
    """
    value, claims = _without_transposes(left, value)
    value, arranged = _arranged_without_transposes(left, value)
    value, commuted = _diagonal_commuted(left, value)
    value, identities = identity_claims(left, value, held)
    return value, (*claims, *arranged, *commuted, *identities)


def _arranged_without_transposes(left: Node, value: Node) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value with X for X′ where X = unvec(B vec S) is symmetric, as one claim.

    With K the commutation matrix, vec X′ = K vec X. If S is symmetric, K vec S = vec S, and if B is made of products
    M ⊗ M, then K B = B K, so that X′ = X. So the solution X of X − A′X A = S is symmetric.
    """
    if not contains(value, n.Unvec):
        return value, ()
    found = [node for node in walk(value) if isinstance(node, n.Unvec) and _is_arranged_symmetric(node)]
    simpler = collect(substitute(value, {build.transpose(node): node for node in found})) if found else value
    if simpler is value or simpler.size >= value.size:
        return value, ()
    listed = enumerate_values(found)
    words = (
        "is symmetric, since its transpose solves" if len(found) == 1 else "are symmetric, since their transposes solve"
    )
    reason = Prose(f"{listed.template} {words} the same equation.", listed.values)
    symbols = sorted({s for node in found for s in node.symbols if "symmetric" in s.properties}, key=lambda s: s.name)
    assumptions = tuple(Assumption(matrix, "symmetric", declared=True) for matrix in symbols)
    return simpler, (Claim(left, simpler, "symmetric", reason, assumptions),)


def _is_arranged_symmetric(node: Node) -> bool:
    return node.shape.is_square and _is_stacked_symmetric(node.operands[0], node.shape.rows)


def _is_stacked_symmetric(node: Node, size: Dimension) -> bool:
    """Return whether the vector is vec X of a symmetric X of that size, by its form."""
    match node:
        case n.Vec():
            inside = node.operands[0]
            return inside.shape.is_square and (
                isinstance(inside, n.Identity) or (isinstance(inside, Symbol) and "symmetric" in inside.properties)
            )
        case n.Product():
            *front, last = flattened(node)
            return _is_stacked_symmetric(last, size) and all(_commutes_with_swapping(f, size) for f in front)
        case n.Add() | n.Negate():
            return all(_is_stacked_symmetric(operand, size) for operand in node.operands)
    return False


def _commutes_with_swapping(node: Node, size: Dimension) -> bool:
    """Return whether K B = B K, with K the commutation matrix of that size: for I, M ⊗ M and what is made of such."""
    match node:
        case n.Identity():
            return True
        case n.Kronecker():
            first, second = node.operands
            return first is second and first.shape.rows == first.shape.columns == size
        case n.Add() | n.Negate() | n.Inverse() | n.Transpose() | n.Product():
            return all(_commutes_with_swapping(operand, size) for operand in node.operands)
    return node.shape.is_scalar


def _diagonal_commuted(left: Node, value: Node) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value with neighbouring diagonal factors in one order, D₂D₁ as D₁D₂, where that makes it shorter."""
    matrices = sorted((s for s in value.symbols if "diagonal" in s.properties), key=lambda symbol: symbol.name)
    if not matrices:
        return value, ()

    def change(current: Node) -> Node | None:
        if not isinstance(current, n.Product):
            return None
        runs = groupby(flattened(current), _is_diagonal)
        sorted_runs = [sorted(run, key=_name_within) if diagonal else list(run) for diagonal, run in runs]
        ordered = build.product(*(transform(factor, change) for run in sorted_runs for factor in run))
        return ordered if ordered.shape == current.shape else None

    simpler = collect(transform(value, change))
    if simpler.size >= value.size:
        return value, ()
    used = [matrix for matrix in matrices if matrix in value.symbols]
    listed = enumerate_values(used)
    reason = Prose(
        f"{listed.template} {'is' if len(used) == 1 else 'are'} diagonal, and diagonal matrices commute.", listed.values
    )
    assumptions = tuple(Assumption(matrix, "diagonal", declared=True) for matrix in used)
    return simpler, (Claim(left, simpler, "diagonal-commute", reason, assumptions),)


def flattened(product: Node) -> list[Node]:
    """Return the factors of a product, those of products in it too."""
    parts = (flattened(x) if isinstance(x, n.Product) else [x] for x in product.operands)
    return [factor for part in parts for factor in part]


def _is_diagonal(factor: Node) -> bool:
    match factor:
        case Symbol():
            return "diagonal" in factor.properties
        case n.Diag() | n.Identity():
            return True
        case n.Inverse() | n.Transpose():
            return _is_diagonal(factor.operands[0])
        case n.Power():
            return factor.shape.is_matrix and _is_diagonal(factor.operands[0])
        case n.Product():
            return all(not inside.shape.is_scalar and _is_diagonal(inside) for inside in factor.operands)
    return False


def _name_within(factor: Node) -> tuple[str, ...]:
    """Return what a diagonal factor is ordered by: its symbols, so that D stands beside its inverse."""
    return tuple(sorted(symbol.name for symbol in factor.symbols))


def _without_transposes(left: Node, value: Node) -> tuple[Node, tuple[Claim, ...]]:
    """Return the value with the declared symmetric matrices written without transposes, as one claim."""
    declared = [matrix for matrix in square_symbols(value) if "symmetric" in matrix.properties]
    simpler = as_symmetric(value, *declared) if declared else value
    if simpler is value:
        return value, ()
    needed = [m for m in declared if as_symmetric(value, *(o for o in declared if o is not m)) is not simpler]
    used = needed or declared
    reason = _why_symmetric(value, tuple(used))
    assumptions = tuple(Assumption(matrix, "symmetric", declared=True) for matrix in used)
    return simpler, (Claim(left, simpler, "symmetric", reason, assumptions),)


def _why_symmetric(value: Node, used: tuple[Symbol, ...]) -> Prose:
    """Return which matrices are declared symmetric, and what is symmetric with them where that is transposed."""
    listed = enumerate_values(used)
    turned_ones = (node.operands[0] for node in walk(value) if isinstance(node, n.Transpose))
    with_them = [node for node in dict.fromkeys(turned_ones) if _is_own_transpose(node, used)]
    others = [node for node in with_them if node not in used]
    if len(used) == 1 and used[0] in with_them:
        return Prose("{0} is symmetric, so {1} = {0}.", (used[0], build.transpose(used[0])))
    verb = "is" if len(used) == 1 else "are"
    said = Prose(f"{listed.template} {verb} symmetric", listed.values)
    if len(others) == 1 and others[0].size <= LONGEST_TOLD:
        return joined_prose(said, Prose(", and so is {0}.", (others[0],)))
    return joined_prose(said, Prose("."))


LONGEST_TOLD = 12
"""A larger matrix than this, in nodes, is not repeated in a reason."""


def with_symmetry(claim: Claim, value: Node, told: Claim, matrices: Sequence[Symbol]) -> Claim:
    """Return the claim with the value that the symmetry of these matrices gives, as another claim tells, at once."""
    listed = enumerate_values(matrices)
    verb = "is" if len(matrices) == 1 else "are"
    reason = joined_prose(Prose(f"{claim.reason.template.removesuffix('.')}; ", claim.reason.values), listed)
    return replace(
        claim,
        right=value,
        reason=Prose(f"{reason.template} {verb} symmetric.", reason.values),
        assumptions=(*claim.assumptions, *told.assumptions),
    )


def special_cases(left: Node, value: Node) -> tuple[Claim, ...]:
    """Return what the value becomes where a matrix happens to be symmetric or invertible, or entries add up to 1."""
    claims = list(with_inverse(left, value))
    # A vector of weights beside a softmax; that the entries of the variable, or of data, add up to 1 nobody asks.
    weights = _summed_vectors(value) if contains(value, n.Softmax) else []
    for vector in (vector for vector in weights if vector is not left.operands[1]):
        simpler = collect(substitute(value, {build.entry_sum(vector): build.ONE}))
        reason = Prose("If {0} is normalised: its entries add up to 1.", (vector,))
        claims.append(Claim(left, simpler, "normalised", reason, (Assumption(vector, "normalised", declared=False),)))
    for matrix in _both_ways(value):
        simpler = as_symmetric(value, matrix)
        if _occurrences(simpler) < _occurrences(value):
            turned = build.transpose(matrix)
            words = "If {0} is symmetric, then {1} = {0}"
            words += ", and its inverse is symmetric too." if _inverted(value, matrix) else "."
            assumption = Assumption(matrix, "symmetric", declared=False)
            claims.append(Claim(left, simpler, "symmetric", Prose(words, (matrix, turned)), (assumption,)))
    return tuple(claims)


def with_inverse(left: Node, value: Node) -> tuple[Claim, ...]:
    """Return the value with det(M) M⁻¹ in the place of adj(M), where M is invertible: the form of most tables."""
    adjugates = [node for node in walk(value) if isinstance(node, n.Adjugate)]
    if len(adjugates) != 1:
        return ()
    (adjugate,) = adjugates
    matrix = adjugate.operands[0]
    if not _may_be_invertible(matrix):
        return ()
    known = build.determinant(matrix) * build.inverse(matrix)
    reason = Prose("If {0} is invertible, then {1} = {2}.", (matrix, adjugate, known))
    assumption = Assumption(matrix, "invertible", declared=False)
    return (Claim(left, collect(substitute(value, {adjugate: known})), "determinant", reason, (assumption,)),)


def _may_be_invertible(matrix: Node) -> bool:
    """Return whether nothing says that a square matrix is singular, as x y′ and most skew-symmetric matrices are."""
    skew = any(_is_skew(node) for node in walk(matrix))
    products = [node for node in walk(matrix) if isinstance(node, n.Product) and node.shape.is_square]
    return not skew and not any(map(_is_of_low_rank, products))


def _is_skew(node: Node) -> bool:
    return isinstance(node, n.Skew) or (isinstance(node, Symbol) and "skew-symmetric" in node.properties)


def _is_of_low_rank(product: Node) -> bool:
    """Return whether a product of matrices goes through a vector, or through fewer rows than it has itself."""
    factors = [factor for factor in product.operands if not factor.shape.is_scalar]
    inner = [factor.shape.rows for factor in factors[1:]]
    numbers = [size.coefficient for size in inner if not size.names]
    rows = product.shape.rows
    least = rows.coefficient if not rows.names else 2
    return any(not factor.shape.is_matrix for factor in factors) or any(number < least for number in numbers)


def structured_variable(wrt: Symbol) -> tuple[Prose, ...]:
    """Return the remark on a variable that does not vary freely: its entries count as independent in the result."""
    fixed = next(
        (name for name in reversed(ROWS) if name in wrt.properties and ROWS[name].freedom is Freedom.NONE), None
    )
    name = fixed or structure_of(wrt.properties)
    if name is None:
        return ()
    words = f"The entries of {{0}} count as independent here, although {{0}} is {ROWS[name].said}"
    words += " and cannot vary a little." if fixed else "."
    return (Prose(words, (wrt,)),)


def _summed_vectors(node: Node) -> list[Symbol]:
    sums = {current.operands[0] for current in walk(node) if isinstance(current, n.EntrySum)}
    return sorted((x for x in sums if isinstance(x, Symbol) and x.shape.is_vector), key=lambda symbol: symbol.name)


def _both_ways(node: Node) -> list[Symbol]:
    """Return the square matrices, not declared symmetric, of which the node holds a transpose and more."""
    turned: set[Symbol] = set()
    for current in walk(node):
        inside = current.operands[0] if isinstance(current, n.Transpose) else None
        inside = inside.operands[0] if isinstance(inside, n.Inverse) else inside
        if isinstance(inside, Symbol) and inside.shape.is_square and "symmetric" not in inside.properties:
            turned.add(inside)
    if not turned:
        return []
    places: Counter[Symbol] = Counter()
    for current in walk(node):
        for operand in current.operands:
            inner = operand.operands[0] if isinstance(operand, n.Inverse) else operand
            if isinstance(inner, Symbol) and not isinstance(current, n.Inverse):
                places[inner] += 1
    return sorted((symbol for symbol in turned if places[symbol] > 1), key=lambda symbol: symbol.name)


def _occurrences(node: Node) -> int:
    return 1 if isinstance(node, Symbol) else sum(map(_occurrences, node.operands))


def _inverted(node: Node, matrix: Symbol) -> bool:
    return any(isinstance(current, n.Inverse) and current.operands[0] is matrix for current in walk(node))
