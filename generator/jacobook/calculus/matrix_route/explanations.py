"""Where the differentials of an inverse, a determinant, a softmax, a root … come from: lines one level down."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.traverse import rebuild
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.from_definitions import log_sum_exp_lines, softmax_lines
from jacobook.calculus.reasons import argument_letter, because, with_name

d = build.differential


LETTERS = ("Z", "Y", "M", *(f"Z{k}" for k in range(1, 99)))


def matrix_letter(taken: Collection[str]) -> str:
    """Return a letter for a matrix in a sentence about a rule, not among the names taken."""
    return next(letter for letter in LETTERS if letter not in taken)


def vector_letter(taken: Collection[str]) -> str:
    """Return a letter for a vector in a sentence about a rule, not among the names taken."""
    return next(letter for letter in ("z", "y", "v", *(f"z{k}" for k in range(1, 99))) if letter not in taken)


def explanation(node: Node, taken: frozenset[str] = frozenset()) -> tuple[Claim, ...]:
    """Return the derivation of the rule that was used on this node, empty where there is none.

    For a matrix that is an expression it is told of a matrix with a name of its own, not among those taken.
    """
    if isinstance(node, _EXPLAINED) and not isinstance(node.operands[0], n.Symbol):
        inside = node.operands[0]
        invertible = is_invertible(inside) or not isinstance(node, n.Determinant)
        letter = vector_letter(taken) if inside.shape.is_vector else matrix_letter(taken)
        matrix = n.symbol(
            letter, inside.shape, frozenset({"invertible"} if invertible and inside.shape.is_square else ())
        )
        found = _explained(rebuild(node, (matrix,)), taken)
        if not found:
            return ()
        first, *others = found
        return (replace(first, reason=with_name(matrix, inside, first.reason)), *others)
    return _explained(node, taken)


def _explained(node: Node, taken: frozenset[str]) -> tuple[Claim, ...]:
    match node:
        case n.Inverse():
            return _of_inverse(node.operands[0])
        case n.Determinant():
            return _of_determinant(node.operands[0], is_invertible(node.operands[0]))
        case n.LogDeterminant():
            return _of_log_determinant(node.operands[0], taken)
        case n.MatrixRoot():
            return _of_root(node)
        case n.Cholesky():
            return _of_cholesky(node)
        case n.Softmax() if node.shape.is_vector:
            return _of_softmax(node, taken)
        case n.LogSumExp() if node.shape.is_scalar:
            return _of_log_sum_exp(node, taken)
    return ()


_EXPLAINED = (n.Inverse, n.Determinant, n.LogDeterminant, n.MatrixRoot, n.Cholesky, n.Softmax, n.LogSumExp)


def _of_inverse(matrix: Node) -> tuple[Claim, ...]:
    """Return d(A⁻¹) = −A⁻¹ (dA) A⁻¹ from A A⁻¹ = I."""
    inverse = build.inverse(matrix)
    left = d(build.product(matrix, inverse))
    product_rule = build.product(d(matrix), inverse) + build.product(matrix, d(inverse))
    zero = build.zero(matrix.shape)
    solved = -build.product(inverse, d(matrix), inverse)
    return (
        Claim(left, product_rule, "product", Prose("Product rule on a matrix times its inverse.")),
        Claim(left, zero, "constant", Prose("That product is always the identity, so it does not change.")),
        Claim(
            d(inverse), solved, "inverse", Prose("Solve for {0}: multiply by {1} from the left.", (d(inverse), inverse))
        ),
    )


def _of_determinant(matrix: Node, invertible: bool) -> tuple[Claim, ...]:
    """Return Jacobi's formula from the expansion by cofactors, for an invertible matrix with its inverse as well."""
    left = d(build.determinant(matrix))
    rows = matrix.shape.rows
    i, j = (Index(name, rows) for name in ("i", "j"))
    adjugate = build.adjugate(matrix)
    body = build.product(build.entry(adjugate, j, i), build.entry(d(matrix), i, j))
    entries = build.index_sum(i, build.index_sum(j, body))
    traced = build.trace(build.product(adjugate, d(matrix)))
    expansion = Prose(
        "In the expansion along row {0}, entry ({0}, {1}) is multiplied by its cofactor, {2}, which does not depend on "
        "that row; the same holds for every row.",
        (i, j, build.entry(adjugate, j, i)),
    )
    claims = [
        Claim(left, entries, "determinant-adjugate", expansion),
        Claim(left, traced, "trace-entries", Prose("This double sum is a trace.")),
    ]
    if invertible:
        scaled = build.product(build.determinant(matrix), build.trace(build.product(build.inverse(matrix), d(matrix))))
        reason = Prose(
            "For an invertible matrix {0} = {1}.", (adjugate, build.determinant(matrix) * build.inverse(matrix))
        )
        claims.append(Claim(left, scaled, "determinant", reason))
    return tuple(claims)


def _of_log_determinant(matrix: Node, taken: frozenset[str]) -> tuple[Claim, ...]:
    """Return d log |det X| = tr(X⁻¹ dX) by Jacobi's formula."""
    left = d(build.log_determinant(matrix))
    determinant = build.determinant(matrix)
    inner = build.trace(build.product(build.inverse(matrix), d(matrix)))
    u = n.symbol(argument_letter(taken.union(symbol.name for symbol in matrix.symbols)))
    pair = (build.apply("log", build.apply("abs", u)), build.divide(build.ONE, u), u)
    logarithm = Prose("The derivative of {0} is {1}, also where {2} is negative.", pair)
    cancelled = Prose("The determinant cancels; it is not 0, since the matrix is invertible.")
    expanded = build.divide(build.product(determinant, inner), determinant)
    return (
        Claim(left, build.divide(d(determinant), determinant), "derivative-of-log", logarithm),
        Claim(
            left, expanded, "determinant", Prose("Jacobi's formula."), steps=_of_determinant(matrix, invertible=True)
        ),
        Claim(left, inner, "tidy", cancelled),
    )


def _of_root(root: Node) -> tuple[Claim, ...]:
    """Return (I ⊗ R + R′ ⊗ I) vec dR = vec dA from R R = A, and its solution."""
    matrix, eye = root.operands[0], build.identity(root.shape.rows)
    both = d(build.product(root, root))
    product_rule = build.product(d(root), root) + build.product(root, d(root))
    square = because("{0} is {1}.", build.product(root, root), matrix)
    front = build.kronecker(eye, root) + build.kronecker(build.transpose(root), eye)
    change, stacked = build.vec(d(root)), build.vec(d(matrix))
    eigenvalues = "The matrix in front is invertible: its eigenvalues are sums of two of {0}, with positive real parts."
    return (
        Claim(both, product_rule, "product", Prose("Product rule: both factors vary.")),
        Claim(product_rule, d(matrix), "definition", square),
        Claim(build.product(front, change), stacked, "vec-product", Prose("Stack the columns of both sides.")),
        Claim(change, build.product(build.inverse(front), stacked), "matrix-root", because(eigenvalues, root)),
    )


def _of_cholesky(factor: Node) -> tuple[Claim, ...]:
    """Return L⁻¹ dL as the lower triangle of L⁻¹ dA L⁻ᵀ with half of its diagonal, from L L′ = A."""
    matrix, inverse, turned = factor.operands[0], build.inverse(factor), build.transpose(factor)
    both = build.product(factor, turned)
    product_rule = build.product(d(factor), turned) + build.product(factor, d(turned))
    symmetric = build.divide(d(matrix) + build.transpose(d(matrix)), build.TWO)
    inside = build.product(inverse, symmetric, build.transpose(inverse))
    own = build.product(inverse, d(factor))
    half = build.triangle(matrix.shape, lower=True) - build.divide(build.identity(matrix.shape.rows), build.TWO)
    change = because("The product is the symmetric part of {0}, of which {1} is the factor.", matrix, factor)
    beside = because("Multiply by {0} from the left and by its transpose from the right.", inverse)
    triangular = because(
        "{0} is lower triangular: below the diagonal it is that sum, on the diagonal half of it. In front stands 1 "
        "below the diagonal, ½ on it and 0 above.",
        own,
    )
    return (
        Claim(d(both), product_rule, "product", Prose("Product rule: both factors vary.")),
        Claim(product_rule, symmetric, "definition", change),
        Claim(own + build.transpose(own), inside, "tidy", beside),
        Claim(own, build.hadamard(half, inside), "cholesky", triangular),
    )


def _indices(vector: Node, taken: frozenset[str]) -> tuple[Index, ...]:
    """Return three indices for the entries of a vector, with letters that mean nothing yet."""
    free = (letter for letter in ("i", "k", "m", "j", "l", *(f"i{k}" for k in range(1, 9))) if letter not in taken)
    return tuple(Index(next(free), vector.shape.length) for _ in range(3))


def _of_softmax(softmax: Node, taken: frozenset[str]) -> tuple[Claim, ...]:
    """Return dp = p ⊙ dz − p p′dz from p_i = e^{z_i} / Σ e^{z_m}."""
    inner = softmax.operands[0]
    own, other, total = _indices(inner, taken)
    whole = build.hadamard(softmax, d(inner)) - softmax * (build.transpose(softmax) * d(inner))
    lines = softmax_lines(inner, (), own, other, total, n.symbol(argument_letter(taken)))
    together = Prose("These are the entries of an entry-wise product, and of a vector times an inner product.")
    return (*lines, Claim(d(softmax), whole, "softmax", together))


def _of_log_sum_exp(value: Node, taken: frozenset[str]) -> tuple[Claim, ...]:
    """Return d log Σ e^{z_m} = p′dz, with p = softmax(z)."""
    inner = value.operands[0]
    _, other, total = _indices(inner, taken)
    lines = log_sum_exp_lines(value, inner, (), other, total, n.symbol(argument_letter(taken)))
    inner_product = build.product(build.transpose(build.softmax(inner)), d(inner))
    return (*lines, Claim(d(value), inner_product, "log-sum-exp", Prose("Such a sum is an inner product.")))
