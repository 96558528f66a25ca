"""Generated proofs: both sides of a rule written in entries, where only numbers are left."""

from __future__ import annotations

from generator.algebra import build
from generator.algebra import nodes as n
from generator.algebra.nodes import Node, Position
from generator.algebra.traverse import contains
from generator.calculus.derivation import Claim, Prose
from generator.calculus.functions import derivative_at
from generator.calculus.prose import sentence
from generator.calculus.refusal import Refusal
from generator.calculus.rules import Rule
from generator.calculus.written_out import Side, WrittenOut, places_of, same, side, varying_in

d = build.differential


def entry_proof(rule: Rule) -> tuple[Claim, ...]:
    """Return the proof in entries of a rule that has a statement; its last claim is the statement.

    Raises Refusal where the two sides do not have the same entries, or where they are no sums of products.
    """
    statement = rule.statement
    if statement is None:
        raise Refusal(f"the rule {rule.slug} has no formula to write in entries")
    left, right = statement
    places = places_of(left)
    writing = WrittenOut(varying_in(left, right))
    if isinstance(left, n.Differential):
        claims, first = _differentiated(left.operands[0], places, writing)
    else:
        first = side(writing.entry(left, *places))
        claims = _written(left, places, first, _why(left, places))
    second = side(writing.entry(right, *places))
    if not same(first, second):
        raise Refusal(f"the two sides of the rule {rule.slug} do not have the same entries")
    claims += _other_side(right, places, first, second)
    if claims[-1].left is not left or claims[-1].right is not right:
        final = "Every entry agrees." if places else "Both sides are the same sum."
        if not places and not contains(first.node, n.IndexSum):
            final = "Both sides agree."
        claims.append(Claim(left, right, rule.slug, Prose(final)))
    return tuple(claims)


def _written(node: Node, places: tuple[Position, ...], written: Side, reason: Prose) -> list[Claim]:
    left = build.entry(node, *places)
    return [] if left is written.node else [Claim(left, written.node, "entries", reason)]


def _differentiated(function: Node, places: tuple[Position, ...], writing: WrittenOut) -> tuple[list[Claim], Side]:
    """Return the entry of the function, then its differential by the rules for numbers."""
    monomials = [monomial.sifted() for monomial in writing.entry(function, *places)]
    before = side(monomials)
    after = side(writing.differential(monomials))
    claims = _written(function, places, before, _why(function, places))
    left = d(build.entry(function, *places))
    claims.append(Claim(left, after.node, *_why_differential(before, writing)))
    return claims, after


def _other_side(right: Node, places: tuple[Position, ...], first: Side, second: Side) -> list[Claim]:
    """Return the entry of the right-hand side, and the renaming that makes it look like the first."""
    left = build.entry(right, *places)
    reason = Prose("The same entry of the right-hand side." if places else "The right-hand side, written out.")
    claims = [] if left is second.node else [Claim(left, second.node, "entries", reason)]
    if first.node is not second.node:
        words = "Reorder the factors, which are numbers"
        words += ", and rename the indices of the sums." if contains(first.node, n.IndexSum) else "."
        claims.append(Claim(left, first.node, "entries", Prose(words)))
    return claims


def _why(node: Node, places: tuple[Position, ...]) -> Prose:
    """Return what an entry of such a node is, in words."""
    inner = node.operands[0] if node.operands else node
    match node:
        case n.Add():
            return Prose("A sum of arrays is added entry by entry.")
        case n.Negate():
            return Prose("Every entry changes its sign.")
        case n.Transpose():
            return Prose("Transposing exchanges the two indices.")
        case n.Product() if node.shape.is_scalar:
            return Prose("Multiplied out, the product is a sum of products of numbers.")
        case n.Product() if inner.shape.is_scalar:
            return Prose("A scalar multiplies every entry.")
        case n.Product() if places:
            return Prose("Row by column: row {0} of the first factor times the columns after it.", (places[0],))
        case n.Hadamard():
            return Prose("Entry times entry.")
        case n.HadamardDivide():
            return Prose("Entry by entry.")
        case n.HadamardPower():
            return Prose("Every entry is raised to the power.")
        case n.Trace():
            return Prose("The trace adds the diagonal entries.")
        case n.EntrySum():
            return Prose("All entries are added.")
        case n.Norm1():
            return Prose("The 1-norm adds the absolute values of the entries.")
        case n.Diag():
            words = "The entries of {0} stand on the diagonal and zeros elsewhere, which is what {1} says."
            return Prose(words, (inner, build.delta(places[0], places[1])))
        case n.Diagonal():
            return Prose("Entry {0} of the diagonal stands in row {0} and column {0}.", (places[0],))
        case n.Vec():
            words = "vec stacks the columns: a place in the stack is a pair, first the column, then the row in it."
            return Prose(words)
        case n.Unvec():
            return Prose("unvec puts the stacked columns side by side again.")
        case n.Fill():
            return Prose("Every entry is the same scalar.")
        case n.Kronecker() if node.shape.is_matrix:
            words = "The Kronecker product consists of blocks, an entry of {0} times the whole {1}; "
            words += "a pair of indices says which block, then which entry in it."
            return Prose(words, (inner, node.operands[1]))
        case n.KhatriRao():
            words = "Column {0} is the Kronecker product of the two columns {0}; its entries are numbered by pairs."
            return Prose(words, (places[1],))
        case n.Softmax():
            return Prose("The definition: the exponentials, divided by their sum.")
        case n.LogSumExp():
            return Prose("The definition.")
    return Prose("Written in entries.")


def _why_differential(before: Side, writing: WrittenOut) -> tuple[str, Prose]:
    """Return the leading rule and the reason of the line that differentiates sums of products of numbers."""
    u = n.symbol("u")
    several = [
        sum(not base.symbols.isdisjoint(writing.varying) for base, _ in monomial.factors)
        for monomial in before.monomials
    ]
    exponents = {e for m in before.monomials for base, e in m.factors if base.symbols & writing.varying}
    parts: list[Prose] = []
    slugs: list[str] = []
    if len(before.monomials) > 1 or any(monomial.bound for monomial in before.monomials):
        parts.append(Prose("differentiate the sum term by term"))
        slugs.append("sum")
    if exponents and min(exponents) < 0:
        parts.append(Prose("quotient rule for numbers"))
        slugs.insert(0, "quotient")
    else:
        if any(count > 1 for count in several):
            parts.append(Prose("product rule for numbers"))
            slugs.insert(0, "product")
        if exponents - {1}:
            parts.append(Prose("power rule for numbers"))
            slugs.insert(0, "power")
    for name in writing.functions:
        pair = (build.apply(name, u), derivative_at(name, u))
        parts.append(Prose("the derivative of {0} is {1}", pair))
        slugs.insert(0, f"derivative-of-{name}")
    fixed = dict.fromkeys(
        base
        for monomial in before.monomials
        for base, _ in monomial.factors
        if base.symbols and base.symbols.isdisjoint(writing.varying)
    )
    parts += [Prose("{0} does not vary", (base,)) for base in fixed]
    if any(m.deltas for m in before.monomials):
        parts.append(Prose("zeros and ones stay as they are"))
    if not parts:
        signed = any(m.coefficient < 0 for m in before.monomials)
        parts.append(Prose("the minus sign stays in front" if signed else "the entry is one number, and it varies"))
    return (slugs or ["entries"])[0], sentence(parts)
