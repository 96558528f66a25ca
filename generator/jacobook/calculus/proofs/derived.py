"""Proofs of rules from simpler rules, and from definitions: one function a rule, each ending in the rule's formula.

The rules for numbers start from the change of the function: what is linear in the differentials is the differential,
what is of second order is dropped. Sources: Magnus and Neudecker, Matrix Differential Calculus, chapters 5 and 8.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import matrix
from jacobook.calculus.derivation import Claim
from jacobook.calculus.matrix_route.explanations import explanation
from jacobook.calculus.proofs.by_entries import entry_proof
from jacobook.calculus.reasons import because
from jacobook.calculus.rules.table import D1, D2, X2, X3, DifferentialRule, Rule, X, Xi, k, s, t, x

d = b.differential
J, K = (n.symbol(name, matrix("M", "N")) for name in "JK")
L = n.symbol("L", matrix("P", "M"))
eye = b.identity("N")
Proof = Callable[[Rule], tuple[Claim, ...]]


def _sum(rule: Rule) -> tuple[Claim, ...]:
    change = (s + d(s)) + (t + d(t)) - (s + t)
    linear = d(s) + d(t)
    return (
        Claim(change, linear, "tidy", because("The change of the sum when {0} and {1} change a little.", s, t)),
        Claim(d(s + t), linear, "sum", because("It is linear in {0} and {1} already: nothing is dropped.", d(s), d(t))),
    )


def _product(rule: Rule) -> tuple[Claim, ...]:
    """Return the product rule for two numbers, from the change of the product; then the rule in entries."""
    change = (s + d(s)) * (t + d(t)) - s * t
    linear = d(s) * t + s * d(t)
    second = d(s) * d(t)
    return (
        Claim(change, linear + second, "tidy", because("Two numbers first: multiply out the change of {0}.", s * t)),
        Claim(
            d(s * t),
            linear,
            "product",
            because("The differential is the linear part; {0} is of second order and is dropped.", second),
        ),
        *entry_proof(rule),
    )


def _quotient(rule: Rule) -> tuple[Claim, ...]:
    ratio = s / t
    solved = (d(s) - ratio * d(t)) / t
    return (
        Claim(s, ratio * t, "definition", because("That is what the quotient {0} means.", ratio)),
        Claim(d(s), d(ratio) * t + ratio * d(t), "product", because("Product rule.")),
        Claim(d(ratio), solved, "tidy", because("Solve for {0}; {1} is not 0.", d(ratio), t)),
        Claim(d(ratio), d(s) / t - (s * d(t)) / b.power(t, b.TWO), rule.slug, because("Two fractions.")),
    )


def _power(rule: Rule) -> tuple[Claim, ...]:
    whole, exponent = b.power(s, k), k * b.apply("log", s)
    slope = d(k) * b.apply("log", s) + k * (d(s) / s)
    result = k * b.power(s, k - b.ONE) * d(s) + b.apply("log", s) * whole * d(k)
    return (
        Claim(whole, b.apply("exp", exponent), "definition", because("What a power means, for positive {0}.", s)),
        Claim(
            d(whole),
            b.apply("exp", exponent) * d(exponent),
            "derivative-of-exp",
            because("The exponential is its own derivative."),
        ),
        Claim(
            d(whole),
            whole * slope,
            "product",
            because("{0} is {1} again; in its exponent the product rule and {2}.", b.apply("exp", exponent), whole,
                     d(b.apply("log", s)) ),
        ),
        Claim(d(whole), result, rule.slug, because("{0} divided by {1} is {2}.", whole, s, b.power(s, k - b.ONE))),
    )  # fmt: skip


def _matrix_power(rule: Rule) -> tuple[Claim, ...]:
    assert isinstance(rule, DifferentialRule)
    base = rule.pattern.operands[0]
    square = base * base
    by_product = d(base) * base + base * d(base)
    return (
        Claim(rule.pattern, square, "definition", because("What the power means.")),
        Claim(d(rule.pattern), by_product, rule.slug, because("Product rule; the two factors keep their order.")),
    )


def _norm2(rule: Rule) -> tuple[Claim, ...]:
    assert isinstance(rule, DifferentialRule)
    norm, u = rule.pattern, rule.pattern.operands[0]
    squared = b.power(norm, b.TWO)
    left = d(squared)
    return (
        Claim(squared, u.T * u, "squared-norm", because("The squared norm is an inner product.")),
        Claim(left, b.TWO * norm * d(norm), "power", because("Power rule on the left-hand side.")),
        Claim(left, d(u).T * u + u.T * d(u), "product", because("Product rule on the right-hand side.")),
        Claim(left, b.TWO * (u.T * d(u)), "scalar-transpose", because("Both terms are the same number, transposed.")),
        Claim(d(norm), (u.T * d(u)) / norm, rule.slug, because("Set them equal and divide by {0}.", b.TWO * norm)),
    )


def _exponentials() -> tuple[Node, Index]:
    """Return the sum of the exponentials, and the index i."""
    i, of_all = (Index(name, x.shape.length) for name in "im")
    return b.index_sum(of_all, b.apply("exp", b.entry(x, of_all))), i


def _log_softmax(rule: Rule) -> tuple[Claim, ...]:
    total, i = _exponentials()
    left, right = b.apply("log", b.softmax(x)), x - b.fill(b.log_sum_exp(x), x.shape)
    own = b.apply("exp", b.entry(x, i))
    difference = b.entry(x, i) - b.apply("log", total)
    return (
        Claim(b.entry(left, i), b.apply("log", own / total), "definition", because("The definition of the softmax.")),
        Claim(
            b.entry(left, i),
            difference,
            "tidy",
            because("The logarithm of a quotient is a difference, and it undoes the exponential."),
        ),
        Claim(b.entry(right, i), difference, "definition", because("The same entry of the right-hand side.")),
        Claim(left, right, rule.slug, because("Every entry agrees.")),
    )


def _squared_norm(rule: Rule) -> tuple[Claim, ...]:
    i = Index("k", x.shape.length)
    norm, total = b.norm2(x), b.index_sum(i, b.power(b.entry(x, i), b.TWO))
    squared = b.power(norm, b.TWO)
    return (
        Claim(norm, b.apply("sqrt", total), "definition", because("The definition: Pythagoras in every dimension.")),
        Claim(squared, total, "tidy", because("The square undoes the root.")),
        Claim(x.T * x, total, "entries", because("The right-hand side, written out: entry times the same entry.")),
        Claim(squared, x.T * x, rule.slug, because("Both sides are the same sum.")),
    )


def _symmetric(rule: Rule) -> tuple[Claim, ...]:
    square = n.symbol("S", matrix("N", "N"), frozenset({"symmetric"}))
    i, j = (Index(name, square.shape.rows) for name in "ij")
    entry = b.entry(square.T, i, j)
    return (
        Claim(entry, b.entry(square, j, i), "transpose", because("Transposing exchanges the two indices.")),
        Claim(
            entry, b.entry(square, i, j), rule.slug, because("Symmetric means just that: mirrored entries are equal.")
        ),
        Claim(square.T, square, rule.slug, because("Every entry agrees.")),
    )


def _constant(rule: Rule) -> tuple[Claim, ...]:
    reason = because("{0} may change as it likes, {1} stays: the change of {1} is 0.", t, s)
    return (Claim(b.partial(s, t), b.ZERO, rule.slug, reason),)


def _explained(rule: Rule) -> tuple[Claim, ...]:
    assert isinstance(rule, DifferentialRule)
    return explanation(rule.pattern)


def _collect(rule: Rule) -> tuple[Claim, ...]:
    left = L * (J + K)
    reason = because("A product distributes over a sum, on either side; read backwards, a factor is taken out.")
    return (Claim(L * J + L * K, left, rule.slug, reason),)


def _tidy(rule: Rule) -> tuple[Claim, ...]:
    return (
        Claim(L * (s * J), s * L * J, rule.slug, because("A scalar moves to the front.")),
        Claim(J + J, b.TWO * J, rule.slug, because("Equal terms are added.")),
        Claim(J * b.identity("N"), J, "identity-factor", because("An identity drops out.")),
    )


def _normalised(rule: Rule) -> tuple[Claim, ...]:
    total, _ = _exponentials()
    whole = b.entry_sum(b.softmax(x))
    return (
        Claim(whole, total / total, "definition", because("Each entry is an exponential over the sum of all of them.")),
        Claim(whole, b.ONE, rule.slug, because("The sum is positive, so it cancels.")),
    )


# -- the component rules on the smallest example ----------------------------------------------------------------------


def _diagonal_commute(rule: Rule) -> tuple[Claim, ...]:
    first, second = b.diag(D1), b.diag(D2)
    on_diagonal = "Beside the diagonal every term of {0} has a factor 0; on it the entries multiply."
    turned = b.diag(b.hadamard(first, second))
    return (
        Claim(D2 * D1, b.diag(b.hadamard(second, first)), "entries", because(on_diagonal, D2 * D1)),
        Claim(D2 * D1, turned, "tidy", because("Entries are numbers, and these commute.")),
        Claim(D2 * D1, D1 * D2, rule.slug, because("{0} is the same diagonal matrix.", D1 * D2)),
    )


def _adjugate(rule: Rule) -> tuple[Claim, ...]:
    """Return the rule from adj(X) = det(X) X⁻¹, with the inverse or, at last, the adjugate over the determinant."""
    u = Xi if rule.slug == "adjugate" else X
    det, adj, inv = b.determinant(u), b.adjugate(u), b.inverse(u)
    change = det * b.trace(inv * d(u)) * inv - det * (inv * d(u) * inv)
    short = b.trace(inv * d(u)) * adj - adj * d(u) * inv
    lines = (
        Claim(adj, det * inv, "definition", because("{0} is {1}, and the matrix is invertible.", u * adj, det * eye)),
        Claim(d(adj), d(det) * inv + det * d(inv), "product", because("Product rule.")),
        Claim(d(adj), change, "determinant", because("Jacobi's formula, and the differential of the inverse.")),
        Claim(d(adj), short, "tidy" if rule.slug != "adjugate" else rule.slug, because("Write {0} again.", adj)),
    )
    if rule.slug == "adjugate":
        return lines
    by_itself = (b.trace(adj * d(u)) * adj - adj * d(u) * adj) / det
    return (*lines, Claim(d(adj), by_itself, rule.slug, because("Substitute {0} = {1}.", inv, adj / det)))


def _adjugate_of_two(rule: Rule) -> tuple[Claim, ...]:
    polynomial, linear = (b.trace(u) * b.identity(2) - u for u in (X2, d(X2)))
    return (
        Claim(
            b.adjugate(X2),
            polynomial,
            "definition",
            because("The cofactors of a 2×2 matrix are its entries, up to sign."),
        ),
        Claim(d(b.adjugate(X2)), linear, rule.slug, because("It is linear in {0}, so d moves inside.", X2)),
    )


def _adjugate_of_three(rule: Rule) -> tuple[Claim, ...]:
    square, trace, change = b.power(X3, b.TWO), b.trace(X3), b.trace(d(X3))
    half = b.number(Fraction(1, 2))
    polynomial = square - trace * X3 + half * (b.power(trace, b.TWO) - b.trace(square)) * b.identity(3)
    linear = d(X3) * X3 + X3 * d(X3) - (change * X3 + trace * d(X3))
    linear += (trace * change - b.trace(X3 * d(X3))) * b.identity(3)
    return (
        Claim(b.adjugate(X3), polynomial, "definition", because("By the Cayley–Hamilton theorem.")),
        Claim(d(b.adjugate(X3)), linear, rule.slug, because("Product rule, and traces may be shifted cyclically.")),
    )


def _trace_entries(rule: Rule) -> tuple[Claim, ...]:
    square = n.symbol("X", matrix("N", "N"))
    i = Index("i", square.shape.rows)
    total = b.index_sum(i, b.entry(square, i, i))
    return (Claim(b.trace(square), total, rule.slug, because("The definition of the trace.")),)


def _delta(rule: Rule) -> tuple[Claim, ...]:
    square = n.symbol("X", matrix("N", "N"))
    i, j, row, column = (Index(name, square.shape.rows) for name in "ijkl")
    left = b.partial_entry(square, square, (i, j), (row, column))
    right = b.delta(i, row) * b.delta(j, column)
    reason = because("1 if the two entries are the same one, in row and in column, and 0 otherwise.")
    return (Claim(left, right, rule.slug, reason),)


def _own_entry(rule: Rule) -> tuple[Claim, ...]:
    i, other = (Index(name, x.shape.length) for name in "ik")
    left = b.partial_entry(b.apply("exp", x), x, (i,), (other,))
    reason = because("For example: only {0} occurs in {1}.", b.entry(x, i), b.apply("exp", b.entry(x, i)))
    return (Claim(left, b.apply("exp", b.entry(x, i)) * b.delta(i, other), rule.slug, reason),)


def _sifting(rule: Rule) -> tuple[Claim, ...]:
    i, other = (Index(name, x.shape.length) for name in "ik")
    left = b.index_sum(other, b.delta(i, other) * b.entry(x, other))
    reason = because("Of the terms only the one with {0} = {1} is not 0, and there the delta is 1.", other, i)
    return (Claim(left, b.entry(x, i), rule.slug, reason),)


DERIVED: dict[str, Proof] = {
    "sum": _sum,
    "product": _product,
    "quotient": _quotient,
    "power": _power,
    "matrix-power": _matrix_power,
    "inverse": _explained,
    "determinant": _explained,
    "determinant-adjugate": _explained,
    "adjugate": _adjugate,
    "adjugate-by-itself": _adjugate,
    "adjugate-of-two": _adjugate_of_two,
    "adjugate-of-three": _adjugate_of_three,
    "log-determinant": _explained,
    "norm2": _norm2,
    "softmax": _explained,
    "log-sum-exp": _explained,
    "log-softmax": _log_softmax,
    "squared-norm": _squared_norm,
    "symmetric": _symmetric,
    "diagonal-commute": _diagonal_commute,
    "constant": _constant,
    "collect": _collect,
    "tidy": _tidy,
    "normalised": _normalised,
    "trace-entries": _trace_entries,
    "delta": _delta,
    "own-entry": _own_entry,
    "sifting": _sifting,
}
"""The proofs by the slugs of their rules."""
