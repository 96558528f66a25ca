"""Where the differentials of an inverse, a determinant, a root and a Cholesky factor come from: one level down."""

from __future__ import annotations

from collections.abc import Collection

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.traverse import rebuild
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.reasons import argument_letter

d = build.differential


LETTERS = ("Z", "Y", "M", *(f"Z{k}" for k in range(1, 99)))


def matrix_letter(taken: Collection[str]) -> str:
    """Return a letter for a matrix in a sentence about a rule, not among the names taken."""
    return next(letter for letter in LETTERS if letter not in taken)


def explanation(node: Node, taken: frozenset[str] = frozenset()) -> tuple[Claim, ...]:
    """Return the derivation of the rule that was used on this node, empty where there is none.

    For a matrix that is an expression it is told of a matrix with a name of its own, not among those taken.
    """
    if isinstance(node, _EXPLAINED) and not isinstance(node.operands[0], n.Symbol):
        inside = node.operands[0]
        invertible = is_invertible(inside) or not isinstance(node, n.Determinant)
        matrix = n.symbol(matrix_letter(taken), inside.shape, frozenset({"invertible"} if invertible else ()))
        node = rebuild(node, (matrix,))
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
    return ()


_EXPLAINED = (n.Inverse, n.Determinant, n.LogDeterminant, n.MatrixRoot, n.Cholesky)


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
        "In the expansion along row {0}, entry ({0}, {1}) is multiplied by its cofactor, {2}.",
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
    square = _because("{0} is {1}.", build.product(root, root), matrix)
    front = build.kronecker(eye, root) + build.kronecker(build.transpose(root), eye)
    change, stacked = build.vec(d(root)), build.vec(d(matrix))
    eigenvalues = (
        "Its eigenvalues are sums of two eigenvalues of {0}, whose real parts are positive, so it is invertible."
    )
    return (
        Claim(both, product_rule, "product", Prose("Product rule: both factors vary.")),
        Claim(product_rule, d(matrix), "definition", square),
        Claim(build.product(front, change), stacked, "vec-product", Prose("Stack the columns of both sides.")),
        Claim(change, build.product(build.inverse(front), stacked), "matrix-root", _because(eigenvalues, root)),
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
    change = _because("The product is {0}, which stays symmetric: {1} is its own symmetric part.", matrix, d(matrix))
    beside = _because("Multiply by {0} from the left and by its transpose from the right.", inverse)
    triangular = _because(
        "{0} is lower triangular: below the diagonal it is that sum, on the diagonal half of it.", own
    )
    return (
        Claim(d(both), product_rule, "product", Prose("Product rule: both factors vary.")),
        Claim(product_rule, symmetric, "definition", change),
        Claim(own + build.transpose(own), inside, "tidy", beside),
        Claim(own, build.hadamard(half, inside), "cholesky", triangular),
    )


def _because(words: str, *values: Node) -> Prose:
    return Prose(words, values)
