"""Arguments in words for symbolic powers, unspecified functions, Taylor polynomials and structured matrices.

Sources: those of the rows.
"""

from __future__ import annotations

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import unspecified
from jacobook.algebra.nodes import Index
from jacobook.algebra.shapes import matrix, vector
from jacobook.calculus.derivation import Prose
from jacobook.calculus.proofs.arguments import Argument

d = b.differential

s, t, f, a = (n.symbol(name) for name in "stfa")
k, r = (n.symbol(name, properties=frozenset({"whole"})) for name in "kr")
x, y = n.symbol("x", vector("N")), n.symbol("y", vector("N"))
A, X = n.symbol("A", matrix("M", "N")), n.symbol("X", matrix("N", "N"))
G, V, P = (n.symbol(name, X.shape) for name in "GVP")
Xi = n.symbol("X", X.shape, frozenset({"invertible"}))
p = unspecified("p", (x.shape, y.shape), s.shape)
i, j = Index("i", X.shape.rows), Index("j", X.shape.rows)
_x_ij, _x_ji, _x_ii = b.entry(X, i, j), b.entry(X, j, i), b.entry(X, i, i)
_g_ij, _g_ji, _g_ii = b.entry(G, i, j), b.entry(G, j, i), b.entry(G, i, i)
_VALUE = b.function_value(p, x, y)
_before, _after = b.power(X, r), b.power(X, k - b.ONE - r)

SPECIAL: dict[str, Argument] = {
    "matrix-power-symbolic": Argument(
        words=(
            Prose("{0} is the product of {1} equal factors, so the product rule gives {1} terms.", (b.power(X, k), k)),
            Prose(
                "In the term in which factor number {0} changes, {1} factors stand before {2}, and the others behind "
                "it: {3}. The number {4} of factors before it runs from 0 to {5}.",
                (r + b.ONE, r, d(X), _before * d(X) * _after, r, k - b.ONE),
            ),
            Prose(
                "For {0} = 1 only the term {1} is left, and for {0} = 0 none: the identity does not change.", (k, d(X))
            ),
        ),
        alone=True,
    ),
    "matrix-power-negative": Argument(
        words=(
            Prose(
                "A negative power is the inverse of the positive one, and the rule of the inverse holds for every "
                "invertible matrix, so also for {0}: its inverse changes by {1}.",
                (b.power(Xi, k), -(b.inverse(b.power(Xi, k)) * d(b.power(Xi, k)) * b.inverse(b.power(Xi, k)))),
            ),
            Prose("What {0} is, the rule of the positive power says.", (d(b.power(Xi, k)),)),
        ),
        alone=True,
    ),
    "bounded-sum": Argument(
        words=(
            Prose(
                "A sum over an index is a sum of finitely many terms, so its differential is the sum of their "
                "differentials: the rule of sums, used once for every value of the index."
            ),
        ),
        alone=True,
    ),
    "unspecified-function": Argument(
        words=(
            Prose(
                "That {0} is differentiable means: its change is linear in the changes of its arguments together, up "
                "to a remainder that is small against them.",
                (_VALUE,),
            ),
            Prose(
                "The linear part with {0} held fixed is {1} times {2}; this is what the partial derivative is. "
                "Likewise with {3} held fixed. A linear function of two changes is the sum of what each contributes "
                "alone.",
                (y, b.function_value(p, x, y, slots=(1,)), d(x), x),
            ),
            Prose(
                "If the arguments depend on something themselves, their differentials are inserted: that is the chain "
                "rule, and {0} is never asked for more than its partial derivatives.",
                (_VALUE,),
            ),
        ),
        alone=True,
    ),
    "higher-derivative": Argument(
        words=(
            Prose(
                "The derivative of a function is a function again, and may be differentiated like any other. The order "
                "counts how often that was done; each time the rules are the same."
            ),
        ),
    ),
    "value-at-point": Argument(
        words=(
            Prose(
                "A derivative is a formula in the variable. Its value at a point is what the formula gives with the "
                "point inserted, worked out exactly: no decimals are rounded."
            ),
        ),
    ),
    "taylor": Argument(
        words=(
            Prose(
                "A polynomial in powers of {0} has at the point {1} all the derivatives that it should have, if each "
                "power carries the right number: the derivative of order n of the nth power is n!, the lower powers "
                "have vanished by then, and the higher ones are 0 at the point.",
                (t - a, a),
            ),
            Prose(
                "So the coefficient of the nth power is the derivative of order n at the point, divided by n!. It is "
                "the only polynomial of its degree that agrees with the function in all these derivatives."
            ),
        ),
    ),
    "determinant-power": Argument(
        words=(
            Prose(
                "The determinant of a product of square matrices is the product of their determinants. {0} is a "
                "product of {1} equal factors, so {2} appears {1} times.",
                (b.power(X, k), k, b.determinant(X)),
            ),
        ),
        alone=True,
    ),
    "equal-terms": Argument(
        words=(
            Prose("A sum of {0} terms that are all equal to {1} is {0} times {1}.", (k, A)),
            Prose("So before a sum is replaced by a product, no term may depend on the index."),
        ),
        alone=True,
    ),
    "independent-entries": Argument(
        words=(
            Prose(
                "{0} is the sum of all products of an entry of {1} with the entry of {2} at the same place. If the "
                "entries of {2} may move one by one, the derivative by one of them is what stands beside it.",
                (b.trace(G.T * X), G, X),
            ),
        ),
        alone=True,
    ),
    "symmetric-entries": Argument(
        words=(
            Prose(
                "Let {0} be the derivative by independent entries. In a symmetric matrix {1} and {2} are one number. "
                "When it moves, both places move, and each passes on its own part: {3} + {4}.",
                (G, _x_ij, _x_ji, _g_ij, _g_ji),
            ),
            Prose("An entry {0} on the diagonal stands in one place only, so there it is {1} once.", (_x_ii, _g_ii)),
            Prose(
                "As a matrix: {0} has twice the diagonal entries, and {1} takes them away once.",
                (G + G.T, b.hadamard(G, b.identity("N"))),
            ),
        ),
        alone=True,
    ),
    "symmetric-gradient": Argument(
        words=(
            Prose(
                "Along a symmetric change {0} the function changes by {1}. Since {0} equals its transpose, this is "
                "also {2}, and so it is half the sum of both.",
                (V, b.trace(G.T * V), b.trace(G * V)),
            ),
            Prose(
                "So {0} = {1} gives the same number for every symmetric change, and it is symmetric itself. It is the "
                "only such matrix: the difference of two would be symmetric, and its inner product with itself 0.",
                (P, (G + G.T) / b.TWO),
            ),
        ),
        alone=True,
    ),
    "diagonal-entries": Argument(
        words=(
            Prose(
                "In a diagonal matrix the entries off the diagonal are 0 and stay 0, so there is nothing to "
                "differentiate by. {0} moves alone, and its derivative is {1}.",
                (_x_ii, _g_ii),
            ),
        ),
        alone=True,
    ),
    "diagonal-gradient": Argument(
        words=(
            Prose(
                "Along a diagonal change only the diagonal entries of the derivative matter. The matrix that has them "
                "on its diagonal and 0 elsewhere is diagonal itself and gives the same inner products; no other does."
            ),
        ),
        alone=True,
    ),
    "structure-matrix": Argument(
        words=(
            Prose(
                "The number that stands at {0} stands at {1} too. If it moves by one, both entries of the matrix move "
                "by one and no other: two ones, or a single one where the place is on the diagonal.",
                (_x_ij, _x_ji),
            ),
        ),
        alone=True,
    ),
}
"""The arguments of these rows, by slug."""
