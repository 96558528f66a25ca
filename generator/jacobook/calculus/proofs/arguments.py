"""The arguments in words that belong to the proofs of the rules: what lines of formulas rest on, or cannot say.

Sources: those of the rows; for differentials as linear parts and for uniqueness Magnus and Neudecker, chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import matrix, vector
from jacobook.calculus.derivation import Prose, Value

d = b.differential


@dataclass(frozen=True, slots=True)
class Argument:
    """The words of one proof."""

    intro: Prose | None = None
    words: tuple[Prose, ...] = ()
    alone: bool = False
    """The words are the whole proof: the formula of the rule, if it has one, is not written out in entries."""


def _p(template: str, *values: Value) -> Prose:
    return Prose(template, values)


s, t, u, h = (n.symbol(name) for name in "stuh")
i, j, k = (Index(name, vector(size).rows) for name, size in zip("ijk", "MNN", strict=True))
x, y, z = n.symbol("x", vector("N")), n.symbol("y", vector("M")), n.symbol("z", vector("P"))
J, K = n.symbol("J", matrix("M", "N")), n.symbol("K", matrix("M", "N"))
L = n.symbol("L", matrix("P", "M"))
A, B = n.symbol("A", matrix("M", "N")), n.symbol("B", matrix("M", "N"))
C = n.symbol("C", matrix("P", "M"))
X = n.symbol("X", matrix("N", "N"))
H = n.symbol("H", matrix("N", "N"))
E = n.symbol("e_k", vector("N"))
f = n.symbol("f")


def _f(name: str, node: Node) -> Node:
    return b.apply(name, node)


_LINEAR_PART = _p(
    "The differential of a function is the part of its change that is linear in the change of the variable; what "
    "is left over is of second order, small even against a small change."
)
_SMALL_SINE = _p(
    "Why {0} is {1} in first order: for a small positive angle {1} the unit circle shows a triangle inside a "
    "sector inside a larger triangle, of areas {2}, {3} and {4}. So {5} lies between {6} and 1, and both tend to "
    "1.",
    _f("sin", h),
    h,
    _f("sin", h) / b.TWO,
    h / b.TWO,
    _f("tan", h) / b.TWO,
    _f("sin", h) / h,
    _f("cos", h),
)
_SMALL_COSINE = _p(
    "And {0} is of second order, since it equals {1}.",
    b.ONE - _f("cos", h),
    b.TWO * b.power(_f("sin", h / b.TWO), b.TWO),
)
_INVERSE_FUNCTION = (
    _p(
        "That the inverse has a derivative at all is the inverse function theorem: the function that it undoes "
        "has a derivative, continuous and nowhere 0 on the domain of this rule."
    ),
)
_KINK = _p("At 0 itself no straight line fits from both sides, so there the rule says nothing.")

_cofactor = b.entry(b.adjugate(X), Index("j", X.shape.rows), Index("i", X.shape.rows))
_row_i, _row_j = Index("i", X.shape.rows), Index("j", X.shape.rows)
_own = b.entry(X, _row_i, _row_j)
_second = n.symbol("B", matrix("N", "P"))
_whole = n.symbol("n")
_power = n.symbol("P", X.shape)

ARGUMENTS: dict[str, Argument] = {
    # -- differentials ------------------------------------------------------------------------------------------------
    "sum": Argument(
        _LINEAR_PART,
        (_p("With more than two terms the rule is used again and again; arrays are added entry by entry."),),
    ),
    "product": Argument(
        _LINEAR_PART,
        (
            _p(
                "The two factors of a term never change places: {0} and {1} stand where {2} and {3} stood.",
                d(A),
                d(n.symbol("B", matrix("N", "P"))),
                A,
                n.symbol("B", matrix("N", "P")),
            ),
            _p("A factor that does not depend on the variable has the differential 0, and its term is left out."),
        ),
    ),
    "quotient": Argument(
        words=(
            _p(
                "That the quotient has a differential at all: the change of {0} is {1}, which for a small {2} is "
                "{3} in first order, and the product rule does the rest.",
                b.ONE / t,
                -(d(t) / (t * (t + d(t)))),
                d(t),
                -(d(t) / b.power(t, b.TWO)),
            ),
        )
    ),
    "power": Argument(
        words=(
            _p(
                "For a whole exponent {0} no logarithm is needed, and {1} may be negative: {2} is a product of "
                "{0} equal factors, and each of the {0} terms of its product rule is {3}. For a negative whole "
                "exponent the quotient rule does the rest, where {1} is not 0.",
                _whole,
                s,
                b.power(s, _whole),
                b.power(s, _whole - b.ONE) * d(s),
            ),
            _p("If the exponent is constant, {0} = 0 and the second term is gone.", d(n.symbol("k"))),
        )
    ),
    "matrix-power": Argument(
        words=(
            _p(
                "Every further factor adds one term: {0} is {1}, and so on. The terms may be joined into one only "
                "if {2} and {3} may change places.",
                d(b.power(X, b.number(3))),
                d(X) * X * X + X * d(X) * X + X * X * d(X),
                d(X),
                X,
            ),
            _p(
                "A negative power is the inverse of a positive one, so the rule of the inverse comes on top: {0}, "
                "with {1} for the positive power.",
                -(b.inverse(_power) * d(_power) * b.inverse(_power)),
                _power,
            ),
        )
    ),
    "entry-power": Argument(
        words=(_p("Any other exponent, also one that varies, goes entry by entry by the power rule for numbers."),)
    ),
    "inverse": Argument(
        words=(
            _p(
                "That {0} has a differential at all: its entries are cofactors divided by the determinant, which "
                "are polynomials in the entries of {1}, and the determinant is not 0.",
                b.inverse(X),
                X,
            ),
        )
    ),
    "determinant": Argument(
        _p(
            "The determinant is a polynomial in the entries. The cofactor of {0} is made of the other rows and "
            "columns, so it does not depend on {0}.",
            _own,
        )
    ),
    "determinant-adjugate": Argument(
        _p(
            "The determinant is a polynomial in the entries. The cofactor of {0} is made of the other rows and "
            "columns, so it does not depend on {0}: the derivative of the determinant by {0} is that cofactor, "
            "{1}.",
            _own,
            _cofactor,
        )
    ),
    "norm1": Argument(words=(_p("An entry that is 0 has no sign, and |·| has a corner there."),)),
    "norm2": Argument(
        words=(
            _p(
                "Away from 0 the norm is a root of a positive number, so it has a differential. For a matrix the "
                "same lines hold with the sum of the squares of all entries, and the inner product is a trace."
            ),
        )
    ),
    # -- functions ----------------------------------------------------------------------------------------------------
    "derivative-of-exp": Argument(
        _p(
            "The exponential {0} is defined by its power series: 1, then {1}, {2}, {3}, and so on, all added.",
            _f("exp", s),
            s,
            b.power(s, b.TWO) / b.TWO,
            b.power(s, b.number(3)) / b.number(6),
        ),
        (
            _p(
                "Term by term the series says the same: each term has the one before it as its derivative, and "
                "nothing comes before 1."
            ),
        ),
    ),
    "derivative-of-log": Argument(words=_INVERSE_FUNCTION),
    "derivative-of-sin": Argument(words=(_SMALL_SINE, _SMALL_COSINE)),
    "derivative-of-cos": Argument(words=(_SMALL_SINE, _SMALL_COSINE)),
    "derivative-of-arcsin": Argument(words=_INVERSE_FUNCTION),
    "derivative-of-arccos": Argument(words=_INVERSE_FUNCTION),
    "derivative-of-arctan": Argument(words=_INVERSE_FUNCTION),
    "derivative-of-abs": Argument(words=(_KINK,)),
    "derivative-of-relu": Argument(words=(_KINK,)),
    "derivative-of-sign": Argument(words=(_p("At 0 itself the function jumps, so there the rule says nothing."),)),
    "derivative-of-step": Argument(words=(_p("At 0 itself the function jumps, so there the rule says nothing."),)),
    # -- algebra ------------------------------------------------------------------------------------------------------
    "definition": Argument(
        words=(
            _p(
                "A name and the expression that it was introduced for have the same value, so one may stand for "
                "the other wherever it occurs. There is nothing to prove; the line only says which definition was "
                "used."
            ),
        )
    ),
    "decompose": Argument(
        words=(
            _p(
                "Giving an inner expression a name changes no value: read from the inside out, every name stands "
                "for just the expression that it replaced. Putting all definitions back in gives the function as "
                "it was."
            ),
            _p("What is gained: every link of the chain is simple enough for a single rule."),
        )
    ),
    "constant": Argument(
        words=(
            _p(
                "The same for arrays: every entry stays as it is, so the differential is the array of zeros, in "
                "the shape of the constant."
            ),
        )
    ),
    "inner-product": Argument(
        words=(
            _p(
                "The lines show it for the map that multiplies entry by entry. In general the adjoint of a linear "
                "map L is defined by ⟨u, L v⟩ = ⟨L* u, v⟩ for all u and v, and for a matrix it is the transpose: "
                "{0} is a number, so it may be bracketed as {1}.",
                y.T * A * x,
                b.product(b.transpose(A.T * y), x),
            ),
        )
    ),
    "adjoint": Argument(
        words=(
            _p(
                "The lines show it for the link {0}, with {1} constant. Whatever the link is, it passes a small "
                "change on by a linear map L, and the adjoint L* is the map that may be moved to the other side "
                "of the inner product.",
                n.symbol("D", matrix("M", "P")) * n.symbol("V", matrix("P", "N")),
                n.symbol("D", matrix("M", "P")),
            ),
        )
    ),
    "cyclic-trace": Argument(
        words=(
            _p(
                "The indices of a trace run around in a ring, so it does not matter at which factor one starts. "
                "Only cyclic shifts are allowed: two neighbours may not change places."
            ),
        )
    ),
    "vec-product": Argument(
        words=(
            _p(
                "Why the Kronecker product has the factors in this order: the places are pairs, the column first. "
                "Its first factor belongs to the columns, where {0} acts from the right and is transposed; its "
                "second factor belongs to the rows, where {1} acts from the left.",
                n.symbol("B", matrix("N", "P")),
                n.symbol("C", matrix("M", "N")),
            ),
        )
    ),
    "vec-kronecker": Argument(
        words=(
            _p(
                "In detail: {0} has the entry {1} at the place (j,i), column first, and {2} has {3} at (q,p). "
                "Their Kronecker product has {4} at the place (j,i,q,p), while the left-hand side has it at "
                "(j,q,i,p). The two places differ in the order of the middle indices, and that is what the "
                "commutation matrix between the two identities exchanges.",
                b.vec(A),
                b.entry(A, i, j),
                b.vec(_second),
                b.entry(_second, Index("p", _second.shape.rows), Index("q", _second.shape.columns)),
                b.entry(A, i, j) * b.entry(_second, Index("p", _second.shape.rows), Index("q", _second.shape.columns)),
            ),
        )
    ),
    "collect": Argument(
        words=(
            _p(
                "Terms with the same factors are added by their coefficients. The order of matrix factors is "
                "kept, so only a factor at the same end of every term can be taken out."
            ),
        )
    ),
    "tidy": Argument(
        words=(
            _p(
                "These and their like keep the value: a factor 1 drops out, a product with 0 is 0, numbers are "
                "worked out, and a double transpose or a factor next to its inverse cancels."
            ),
        )
    ),
    "read-off": Argument(
        words=(
            _p(
                "The differential determines the derivative. Suppose {0} = {1} and also {0} = {2}, for every {3}. "
                "Take for {3} the unit vector {4}, with a 1 at place {5} and zeros elsewhere: then column {5} of "
                "{6} is column {5} of {7}. This holds for every {5}, so {6} = {7}.",
                d(y), J * d(x), K * d(x), d(x), E, k, J, K,
            ),
            _p(
                "And the matrix is the derivative: with {0} in that direction, entry {1} of {2} changes by {3} in "
                "first order, which is what the partial derivative by {4} means.",
                d(x), i, y, b.entry(J, i, k), b.entry(x, k),
            ),
            _p(
                "For a scalar function of a matrix the same holds entry by entry: {0} = {1} for every {2} leaves "
                "no choice for {3}.",
                d(f), b.trace(A.T * d(B)), d(B), A,
            ),
        )
    ),
    "chain": Argument(
        words=(
            _p(
                "Let {0} depend on {1}, and {2} on {0}. A small change {3} changes {0} by {4} = {5} and a "
                "remainder that is small against {3}. That change of {0} changes {2} by {6} = {7} and a remainder "
                "that is small against {4}.",
                y, x, z, d(x), d(y), J * d(x), d(z), L * d(y),
            ),
            _p(
                "Put one into the other: the linear part of the change of {0} is {1}. Both remainders stay small "
                "against {2}: the first is only multiplied by {3}, and the second is small against {4}, which is "
                "at most a constant times {2}.",
                z, L * (J * d(x)), d(x), L, d(y),
            ),
            _p(
                "So the derivative of the composition is {0}: the map that is used last, {1}, stands left.", L * J, L,
            ),
        )
    ),
    "sum-over-paths": Argument(
        words=(
            _p(
                "Let {0} depend on {1} and on {2}, and both of these on {3}. The differential of {0} is linear in "
                "the changes of its arguments together: it is the sum of what {4} contributes with {2} held "
                "fixed, and of what {5} contributes with {1} held fixed.",
                f, u, t, x, d(u), d(t),
            ),
            _p(
                "Insert for {0} and {1} what the chain rule says of each. Every way from {2} to {3} then "
                "contributes the product of the derivatives along it, and the contributions are added. With more "
                "links the argument is repeated at every name where ways part.",
                d(u), d(t), f, x,
            ),
        )
    ),
    "hessian-symmetry": Argument(
        words=(
            _p(
                "Take two entries {0} and {1} of {2}, and consider the double difference of {3}: its value at all "
                "four corners of a small rectangle, with the signs plus, minus, minus, plus. It does not matter "
                "whether one takes differences along {0} first or along {1} first: it is the same number.",
                b.entry(x, j), b.entry(x, k), x, f,
            ),
            _p(
                "Divide it by the area of the rectangle. By the mean value theorem, used once in each direction, "
                "the quotient is a second derivative, first by {0} and then by {1}, at some point of the "
                "rectangle; and in the other order it is the other second derivative, at another such point.",
                b.entry(x, j), b.entry(x, k),
            ),
            _p(
                "Let the rectangle shrink. Where the second derivatives are continuous, both tend to their values "
                "at the corner: the two are equal, {0} = {1} (theorem of Schwarz).",
                b.entry(H, j, Index("k", H.shape.rows)), b.entry(H, Index("k", H.shape.rows), j),
            ),
        )
    ),
    "normalised": Argument(
        words=(
            _p(
                "Of any other vector it has to be assumed, as of probabilities: then {0} may be replaced by 1, "
                "and the line says that it holds under this condition.",
                b.entry_sum(x),
            ),
        )
    ),
    "insert-partials": Argument(
        words=(
            _p(
                "The partial derivatives were found link by link, each with its own lines. A symbol such as {0} "
                "and the value that was found for it are the same matrix, so the value may be inserted.",
                b.partial(y, x),
            ),
        )
    ),
    "substitution": Argument(
        words=(
            _p(
                "Equal values may replace each other. The result is wanted in the declared variables, so every "
                "name of the chain is replaced by what it stands for, from the outside in."
            ),
        )
    ),
    "symmetric": Argument(
        words=(
            _p(
                "The property is used only after differentiating: before, every entry counts as a variable of its "
                "own, and mirrored entries may change differently."
            ),
        )
    ),
    # -- components ---------------------------------------------------------------------------------------------------
    "entries": Argument(
        words=(
            _p(
                "Two arrays of one shape are equal exactly if all their entries are. So nothing is lost by "
                "writing one entry at named places, such as {0} of {1}, and every operation on arrays says what "
                "its entries are.",
                b.entry(A, i, j), A,
            ),
        )
    ),
    "written-out": Argument(
        words=(
            _p(
                "The formula of one entry, {0}, holds for all values of its indices. Putting in 1, 2, and so on, "
                "row by row, gives every entry of {1}.",
                b.entry(A, i, j), A,
            ),
        )
    ),
    "delta": Argument(
        words=(
            _p(
                "Two different entries of the variable can be changed independently of each other, so the "
                "derivative of one by the other is 0; the derivative of an entry by itself is 1."
            ),
        )
    ),
    "own-entry": Argument(
        words=(
            _p(
                "In general: if entry {0} of the function depends on {1} alone, a change of any other entry "
                "leaves it as it is, and that derivative is 0. What is left stands where the two indices agree, "
                "on the diagonal.",
                k,
                b.entry(x, k),
            ),
        )
    ),
    "sifting": Argument(
        words=(_p("So a sum over a delta is carried out by putting one index in the place of the other."),)
    ),
    "assemble": Argument(
        words=(
            _p(
                "Two arrays with the same entries are the same array, so the way from arrays to entries may be "
                "gone back. What has to be recognised are the definitions: {0} is entry {1} of {2}, a sum over an "
                "index that stands side by side is a product, an index that stands twice in one matrix and is "
                "summed over is a trace.",
                b.index_sum(k, b.entry(J, i, k) * b.entry(x, k)), i, J * x,
            ),
        )
    ),
    "entry-formula": Argument(
        words=(
            _p(
                "The result is an array, and this line is its entry at named places, by the definition of the "
                "operations in it. It says the same as the result, for one pair of indices at a time."
            ),
        )
    ),
}  # fmt: skip
"""The words by the slugs of their rules; a row of the table that no lines prove needs an entry here."""
