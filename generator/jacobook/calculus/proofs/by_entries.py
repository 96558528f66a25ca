"""Generated proofs: both sides of a rule written in entries, where only numbers are left."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node, Pair, Position
from jacobook.algebra.traverse import contains
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.proofs.entry_grids import Side, WrittenOut, places_of, same, side, unsifted, varying_in
from jacobook.calculus.reasons import sentence
from jacobook.calculus.refusal import Refusal
from jacobook.calculus.rules.derivatives import derivative_at
from jacobook.calculus.rules.table import DifferentialRule, Rule

d = build.differential


def entry_proof(rule: Rule) -> tuple[Claim, ...]:
    """Return the proof in entries of a rule that has a statement; its last claim is the statement.

    Raises Refusal where the two sides do not have the same entries, or where they are not sums of products.
    """
    statement = rule.statement
    if statement is None:
        raise Refusal(f"the rule {rule.slug} has no formula to write in entries")
    left, right = statement
    places = places_of(left)
    writing = WrittenOut(left.symbols if isinstance(rule, DifferentialRule) else varying_in(left, right))
    if isinstance(left, n.Differential):
        claims, first = _differentiated(left.operands[0], places, writing)
    else:
        claims, first = _written(left, places, writing, _why(left, places))
    told, second = _written(right, places, writing, _why_other_side(right, places))
    if not same(first, second):
        raise Refusal(f"the two sides of the rule {rule.slug} do not have the same entries")
    claims += told
    if first.node is not second.node:
        words = "Reorder the factors, which are numbers"
        words += ", and rename the indices of the sums." if contains(first.node, n.IndexSum) else "."
        claims.append(Claim(build.entry(right, *places), first.node, "entries", Prose(words)))
    if claims[-1].left is not left or claims[-1].right is not right:
        sums = contains(first.node, n.IndexSum)
        final = "Every entry agrees." if places else "Both sides are the same sum." if sums else "Both sides agree."
        claims.append(Claim(left, right, rule.slug, Prose(final)))
    return tuple(claims)


def _written(node: Node, places: tuple[Position, ...], writing: WrittenOut, reason: Prose) -> tuple[list[Claim], Side]:
    """Return the entry of the node written out, with its Kronecker deltas and then without those that sums sift."""
    monomials = writing.entry(node, *places)
    left, whole, written = build.entry(node, *places), unsifted(monomials), side(monomials)
    steps = [] if left is written.node else [Claim(left, written.node, "entries", reason)]
    if whole is not None:
        survives = Prose("A Kronecker delta keeps only the term in which its indices agree.")
        steps = [Claim(left, whole.node, "entries", reason), Claim(left, written.node, "sifting", survives)]
    return steps, written


def _differentiated(function: Node, places: tuple[Position, ...], writing: WrittenOut) -> tuple[list[Claim], Side]:
    """Return the entry of the function, then its differential by the rules for numbers."""
    claims, before = _written(function, places, writing, _why(function, places))
    after = side(writing.differential(list(before.monomials)))
    left = d(build.entry(function, *places))
    claims.append(Claim(left, after.node, *_why_differential(before, writing)))
    return claims, after


def _why_other_side(right: Node, places: tuple[Position, ...]) -> Prose:
    if not places:
        return Prose("The right-hand side, written out.")
    if contains(right, n.Commutation):
        words = "The same entry of the right-hand side; the commutation matrix exchanges the two indices of a pair."
        return Prose(words)
    if contains(right, n.Diag) and not isinstance(right, n.Diag):
        return Prose("The same entry of the right-hand side; a diagonal matrix scales each entry by its own number.")
    if contains(right, n.Kronecker) and not contains(right, n.Differential):
        return Prose("The same entry of the right-hand side; an entry of a Kronecker product is one product.")
    return Prose("The same entry of the right-hand side.")


def _why(node: Node, places: tuple[Position, ...]) -> Prose:
    """Return what an entry of such a node is, in words; with what is inside a stack of columns."""
    parts = [_reason(node, places)]
    inner = node.operands[0] if node.operands else node
    if isinstance(node, n.Vec) and inner.operands and isinstance(places[0], Pair):
        parts.append(_reason(inner, (places[0].minor, places[0].major)))
    return sentence(parts)


def _reason(node: Node, places: tuple[Position, ...]) -> Prose:
    inner = node.operands[0] if node.operands else node
    match node:
        case n.Add():
            return Prose("arrays are added entry by entry")
        case n.Negate():
            return Prose("every entry changes its sign")
        case n.Transpose() if isinstance(inner, n.Product):
            return Prose("transposing exchanges the two indices, and an entry of a product is row times column")
        case n.Transpose():
            return Prose("transposing exchanges the two indices")
        case n.Product() if node.shape.is_scalar:
            return Prose("multiplied out, it is a sum of products of numbers")
        case n.Product() if inner.shape.is_scalar:
            return Prose("a scalar multiplies every entry")
        case n.Product() if len(node.operands) == 2 and len(places) == 2:
            return Prose("row {0} of {1} times column {2} of {3}", (places[0], inner, places[1], node.operands[1]))
        case n.Product() if len(places) == 2:
            return Prose("row {0} of {1}, then row by column, up to column {2}", (places[0], inner, places[1]))
        case n.Hadamard():
            return Prose("entry times entry")
        case n.HadamardDivide():
            return Prose("entry divided by entry")
        case n.HadamardPower():
            return Prose("every entry is raised to the power")
        case n.Trace() if isinstance(inner, n.Kronecker):
            words = "the diagonal entries are numbered by pairs, and a sum over all pairs of products is the product "
            return Prose(words + "of the two sums")
        case n.Trace() if isinstance(inner, n.Symbol):
            return Prose("the trace adds the diagonal entries")
        case n.Trace():
            return Prose("the trace adds the diagonal entries of the product, each of them row times column")
        case n.EntrySum():
            return Prose("all entries are added")
        case n.Norm1():
            return Prose("the 1-norm adds the absolute values of the entries")
        case n.Diag():
            words = "the entries of {0} stand on the diagonal and zeros elsewhere, which is what {1} says"
            return Prose(words, (inner, build.delta(places[0], places[1])))
        case n.Diagonal():
            return Prose("entry {0} of the diagonal stands in row {0} and column {0}", (places[0],))
        case n.Vec() if isinstance(places[0], Pair):
            pair = (places[0].major, places[0].minor)
            return Prose("the columns are stacked: a pair says which column, {0}, and which row in it, {1}", pair)
        case n.Unvec():
            return Prose("the stacked columns stand side by side again")
        case n.Fill():
            return Prose("every entry is the same scalar")
        case n.Kronecker():
            words = "the Kronecker product consists of blocks, each an entry of {0} times the whole {1}; "
            words += "a pair of indices says which block, then which entry in it"
            return Prose(words, (inner, node.operands[1]))
        case n.KhatriRao():
            words = "column {0} is the Kronecker product of the two columns {0}; its entries are numbered by pairs"
            return Prose(words, (places[1],))
    return Prose("written in entries")


def _why_differential(before: Side, writing: WrittenOut) -> tuple[str, Prose]:
    """Return the leading rule and the reason of the line that differentiates sums of products of numbers."""
    u = n.symbol("u")
    # The exponents of the factors that vary, term by term: two of them take the product rule, a power the power rule.
    factors = [[e for base, e in monomial.factors if base.symbols & writing.varying] for monomial in before.monomials]
    exponents = {e for of_one in factors for e in of_one}
    parts: list[Prose] = []
    slugs: list[str] = []
    if len(before.monomials) > 1 or any(monomial.bound for monomial in before.monomials):
        parts.append(Prose("differentiate the sum term by term"))
        slugs.append("sum")
    if exponents and min(exponents) < 0:
        parts.append(Prose("quotient rule for numbers"))
        slugs.insert(0, "quotient")
    else:
        if any(len(of_one) > 1 for of_one in factors):
            parts.append(Prose("product rule for numbers, one term for each factor"))
            slugs.insert(0, "product")
        if exponents - {1}:
            parts.append(Prose("power rule for numbers"))
            slugs.insert(0, "power")
    for name in writing.functions:
        pair = (build.apply(name, u), derivative_at(name, u))
        parts.append(Prose("the derivative of {0} is {1}", pair))
        slugs.insert(0, f"derivative-of-{name}")
    everything = [base for monomial in before.monomials for base, _ in monomial.factors]
    parts += [Prose("{0} does not vary", (x,)) for x in dict.fromkeys(everything) if not x.symbols & writing.varying]
    if any(m.deltas for m in before.monomials):
        parts.append(Prose("the zeros and ones do not vary"))
    if any(m.coefficient < 0 for m in before.monomials):
        parts.append(Prose("the minus sign stays in front"))
    parts = parts or [Prose("the differential of an array consists of the differentials of its entries")]
    return (slugs or ["entries"])[0], sentence(parts)
