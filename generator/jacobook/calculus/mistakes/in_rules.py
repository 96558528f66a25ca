"""Finders of common mistakes in differentials: what is forgotten or exchanged where a rule is used."""

from __future__ import annotations

from collections import Counter
from functools import partial

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.traverse import substitute
from jacobook.calculus.derivation import Prose, Value
from jacobook.calculus.mistakes.formula_parts import (
    Found,
    LineInContext,
    bare_factors,
    moving,
    pieces,
    product_of,
    sums_of_differentials,
    varies,
)
from jacobook.calculus.reasons import argument_letter
from jacobook.calculus.rules.derivatives import derivative_at

ONE = Dimension(1)
COUNTS = {2: "two", 3: "three", 4: "four"}


def _instead(line: LineInContext, old: Node, new: Node) -> partial[Node]:
    """Return how the right side is built with another part."""
    return partial(substitute, line.right, {old: new})


def rows_and_columns(line: LineInContext) -> Found | None:
    """Return the sum of the factor of a transposed differential and that of a differential."""
    total = next(iter(sums_of_differentials(line.before)), None) if line.continues else None
    if total is None:
        return None
    left = next((found for term in total.operands if (found := _beside_transposed(term))), None)
    right = next((found for term in total.operands if (found := _beside(term))), None)
    if left is None or right is None or left[1] is not right[1]:
        return None
    (first, change), (second, _) = left, right
    if first.shape == second.shape or (first.shape.rows, first.shape.columns) == (ONE, ONE):
        return None
    values: tuple[Value, ...] = (first, change.T, second, change, first.shape, second.shape)
    said = "{0} multiplies {1}, but {2} multiplies {3}: {4} and {5} cannot be added. "
    turned = next(((old, new) for old in total.operands for new in _terms(line.right) if _turned(old, new)), None)
    if turned is None:
        said += "First bring both terms to {3}."
    else:
        said, values = said + "First turn {6} into {7}.", (*values, *turned)
    return Found(Prose(said, values), partial(b.add, first, second))


def unknown_held_fixed(line: LineInContext) -> Found | None:
    """Return the differential of the solution of y = φ(y, x) as if y stood still on the right side."""
    match line.right:
        case n.Product(operands=(n.Inverse(operands=(n.Add() as matrix,)) as inverse, change)):
            if not any(isinstance(term, n.Identity) for term in matrix.operands):
                return None
            change_of = line.claim.left.operands[0] if isinstance(line.claim.left, n.Vec) else line.claim.left
            said = "{0} stands on the right side as well, and moves there: without {1} it would be held fixed."
            return Found(Prose(said, (change_of.operands[0], inverse)), lambda: change)
    return None


def _terms(node: Node) -> tuple[Node, ...]:
    return node.operands if isinstance(node, n.Add) else (node,)


def _turned(old: Node, new: Node) -> bool:
    """Return whether the second scalar is the first, transposed so that it ends with the differential."""
    if not (old.shape.is_scalar and _beside_transposed(old) and _beside(new)):
        return False
    return equal(old, new)


def _beside_transposed(term: Node) -> tuple[Node, Node] | None:
    """Return the factor of (dx)′ in a term, a column like dx, and dx itself."""
    parts = bare_factors(term)
    at = [place for place, part in enumerate(parts) if varies(part)]
    if len(at) != 1 or not isinstance(parts[at[0]], n.Transpose):
        return None
    if not all(part.shape.is_scalar for part in parts[: at[0]]):
        return None
    inner = bare_factors(parts[at[0]].operands[0])
    if not isinstance(inner[-1], n.Differential) or any(map(varies, inner[:-1])):
        return None
    passed = [product_of(inner[:-1]).T] if inner[:-1] else []
    rest = parts[: at[0]] + passed + parts[at[0] + 1 :]
    return product_of(rest), inner[-1]


def _beside(term: Node) -> tuple[Node, Node] | None:
    """Return the factors before dx in a term that ends with it, and dx."""
    parts = bare_factors(term)
    if not isinstance(parts[-1], n.Differential) or any(map(varies, parts[:-1])):
        return None
    return product_of(parts[:-1]), parts[-1]


def one_term_of_product(line: LineInContext) -> Found | None:
    """Return the product rule with the last of its terms only, as if the variable occurred only once."""
    if line.partial is None:
        return None
    wrt = line.partial.wrt
    products = [node for node in pieces(line.before, n.Product) if len(moving(node, wrt)) > 1]
    for node in products + [node for node in pieces(line.before, n.Hadamard) if len(moving(node, wrt)) > 1]:
        for total in sums_of_differentials(line.right):
            terms = [term for term in total.operands if _comes_from(term, node)]
            if len(terms) != len(moving(node, wrt)):
                continue
            kept = [*(term for term in total.operands if term not in terms), terms[-1]]
            count = COUNTS.get(len(terms), str(len(terms)))
            said = f"{{0}} occurs in {count} factors of {{1}}, so there are {count} terms. {{2}} alone would hold the "
            said += "other factor fixed." if len(terms) == 2 else "other factors fixed."
            return Found(Prose(said, (wrt, node, terms[-1])), _instead(line, total, b.add(*kept)))
    return None


def _comes_from(term: Node, product: Node) -> bool:
    """Return whether the term is the product with one factor differentiated."""
    if type(term) is not type(product) or len(term.operands) != len(product.operands):
        return False
    if all(factor.shape.is_scalar for factor in product.operands):  # of numbers the one that changes comes last
        *others, last = term.operands
        return varies(last) and not (Counter(others) - Counter(product.operands))
    changed = [new for new, old in zip(term.operands, product.operands, strict=True) if new is not old]
    return len(changed) == 1 and varies(changed[0])


def inverse_squared(line: LineInContext) -> Found | None:
    """Return −X⁻² dX, the rule for numbers, for the differential of an inverse."""
    for node, inverse, change in _inverse_rule(line):
        wrong = -(b.power(inverse, b.TWO) * change)
        said = "{0} is the rule for numbers. Matrices do not commute: {1} stays between the two inverses."
        shown = -(b.power(inverse.operands[0], b.number(-2)) * change)
        return Found(Prose(said, (shown, change)), _instead(line, node, wrong))
    return None


def inverse_without_minus(line: LineInContext) -> Found | None:
    """Return the differential of an inverse with the wrong sign."""
    for node, _, _ in _inverse_rule(line):
        said = "The minus sign is easily lost. It is that of the number {0}, whose derivative is {1}."
        number = n.symbol(argument_letter({symbol.name for symbol in line.right.symbols}))
        values = (b.ONE / number, -(b.ONE / b.power(number, b.TWO)))
        return Found(Prose(said, values), _instead(line, node, node.operands[0]))
    return None


def _inverse_rule(line: LineInContext) -> list[tuple[Node, Node, Node]]:
    """Return every −U⁻¹ (dU) U⁻¹ that is new in the line, with U⁻¹ and dU."""
    found: list[tuple[Node, Node, Node]] = []
    known = pieces(line.before, n.Negate)
    for node in pieces(line.right, n.Negate):
        parts = node.operands[0].operands if isinstance(node.operands[0], n.Product) else ()
        if node in known:
            continue
        if len(parts) == 3 and parts[0] is parts[2] and isinstance(parts[0], n.Inverse) and varies(parts[1]):
            found.append((node, parts[0], parts[1]))
    return found


def power_of_matrix(line: LineInContext) -> Found | None:
    """Return n Xⁿ⁻¹ dX, the rule for numbers, for the differential of a matrix power."""
    for power in pieces(line.before, n.Power):
        base, exponent = power.operands
        if not (base.shape.is_matrix and isinstance(exponent, n.Number) and exponent.value in COUNTS):
            continue
        count = int(exponent.value)
        total = next((s for s in sums_of_differentials(line.right) if len(s.operands) == count), None)
        if total is None or total.shape != power.shape:
            continue
        lower = base if count == 2 else b.power(base, b.number(count - 1))
        wrong = exponent * lower * b.differential(base)
        said = "{0} is the rule for numbers. Matrices do not commute: {1} takes the place of each factor in turn."
        return Found(Prose(said, (wrong, b.differential(base))), _instead(line, total, wrong))
    return None


def inner_derivative(line: LineInContext) -> Found | None:
    """Return the chain rule without the derivative of the inner function."""
    if line.partial is None or not line.partial.wrt.shape.is_scalar:
        return None
    wrt = line.partial.wrt
    for node in pieces(line.before, n.Apply):
        inside = node.operands[0]
        if not (isinstance(node, n.Apply) and node.shape.is_scalar and inside.depends_on(wrt)) or inside is wrt:
            continue
        outer = derivative_at(node.function, inside)
        for whole in pieces(line.right, n.Product):
            last = whole.operands[-1]
            if last is b.differential(wrt) or not varies(last) or b.product(*whole.operands[:-1]) is not outer:
                continue
            wrong = outer * b.differential(wrt)
            said = "Do not stop at {0}: the derivative of the inner function {1} is a factor too."
            return Found(Prose(said, (wrong, inside)), _instead(line, whole, wrong))
    return None


def entries_multiplied_as_matrices(line: LineInContext) -> Found | None:
    """Return the matrix product in the place of the entry-wise one, for functions that act on every entry."""
    for node in pieces(line.right, n.Hadamard):
        first, second = node.operands
        if not (node.shape.is_matrix and first.shape == second.shape and varies(node)):
            continue
        said = "The product is taken entry by entry, {0}, as the function acts on every entry by itself."
        if node.shape.is_square:
            said += " The matrix product of the same two factors is another matrix."
        else:
            said += " As matrices, {1} times {1}, they could not even be multiplied."
        return Found(Prose(said, (node, node.shape)), partial(_with_matrix_product, line.right, node))
    return None


def _with_matrix_product(whole: Node, node: Node) -> Node:
    return substitute(whole, {node: b.product(*node.operands)})


def softmax_by_entries(line: LineInContext) -> Found | None:
    """Return the differential of a softmax as if each entry depended on its own argument alone."""
    for total in pieces(line.right, n.Add):
        first, second = total.operands[0], total.operands[-1]
        if not (isinstance(first, n.Hadamard) and isinstance(first.operands[0], n.Softmax) and varies(second)):
            continue
        said = (
            "{0} alone is not enough: every entry of {1} depends on every entry of {2} through the common denominator,"
            " and the second term is what that adds. The Jacobian is not diagonal."
        )
        softmax = first.operands[0]
        return Found(Prose(said, (first, softmax, softmax.operands[0])), _instead(line, total, first))
    for filled in pieces(line.right, n.Fill):
        parts = bare_factors(filled.operands[0])
        weights = parts[0].operands[0] if isinstance(parts[0], n.Transpose) else None
        if len(parts) != 2 or not isinstance(weights, n.Softmax) or filled.shape != weights.shape:
            continue
        said = (
            "Every entry of {0} depends on every entry of {1} through the common denominator. Each entry"
            " depending on its own argument alone would give {2} in place of {3}."
        )
        own = b.hadamard(weights, parts[1])
        values = (b.apply("log", weights), weights.operands[0], own, filled)
        return Found(Prose(said, values), _instead(line, filled, own))
    return None


def norm_taken_for_square(line: LineInContext) -> Found | None:
    """Return the differential of a squared norm for that of the norm."""
    for node in pieces(line.right, n.Divide):
        above, norm = node.operands
        if not isinstance(norm, n.Norm2) or not varies(above):
            continue
        said = "{0} is the differential of {1}; the norm itself is its square root, hence the division by {2}."
        return Found(
            Prose(said, (tidy(b.TWO * above), b.power(norm, b.TWO), b.TWO * norm)), _instead(line, node, b.TWO * above)
        )
    return None


def trace_of_product(line: LineInContext) -> Found | None:
    """Return the product of the traces for the trace of a product."""
    for trace in pieces(line.right, n.Trace):
        parts = bare_factors(trace.operands[0])
        if len(parts) != 2 or not all(part.shape.is_square for part in parts) or not varies(trace):
            continue
        wrong = b.product(*map(b.trace, parts))
        said = "{0} is not {1}: the trace is additive, but the trace of a product is not the product of the traces."
        return Found(Prose(said, (trace, wrong)), _instead(line, trace, wrong))
    return None


def determinant_as_linear(line: LineInContext) -> Found | None:
    """Return d inside the determinant, which is not linear."""
    if not isinstance(line.before, n.Determinant):
        return None
    inside = line.before.operands[0]
    wrong = b.determinant(b.differential(inside))
    said = "d may not simply move inside, as it does with a trace: {0} is not {1}, for the determinant is not linear."
    return Found(Prose(said, (wrong, line.claim.left)), partial(b.determinant, b.differential(inside)))


def quotient_exchanged(line: LineInContext) -> Found | None:
    """Return the quotient rule with its two terms the wrong way round."""
    for total in pieces(line.right, n.Add):
        if (
            len(total.operands) != 2
            or not isinstance(total.operands[1], n.Negate)
            or not all(map(varies, total.operands))
        ):
            continue
        first, second = total.operands[0], total.operands[1].operands[0]
        if not (isinstance(first, n.Divide) and isinstance(second, n.Divide)):
            continue
        said = "The differential of the numerator comes first and is positive: {0} would be the negative."
        wrong = second - first
        return Found(Prose(said, (wrong,)), _instead(line, total, wrong))
    return None


def order_inside_trace(line: LineInContext) -> Found | None:
    """Return the trace in which the differential changed places with what follows it."""
    if not line.continues:
        return None
    for trace in pieces(line.before, n.Trace):
        parts = bare_factors(trace.operands[0])
        at = [place for place, part in enumerate(parts) if varies(part)]
        if len(at) != 1 or not isinstance(parts[at[0]], n.Differential) or at[0] == len(parts) - 1:
            continue
        before, change, after = parts[: at[0]], parts[at[0]], parts[at[0] + 1 :]
        if not [part for part in before if not part.shape.is_scalar]:
            continue
        said = "Cyclic means that {0} moves from the end to the front. {1} and {0} may not simply be swapped."
        if len(after) > 1:
            said = said.replace("moves", "moves as a whole")
        return Found(
            Prose(said, (product_of(after), change)),
            partial(_with_trace_of, line.before, trace, (*before, *after, change)),
        )
    return None


def _with_trace_of(whole: Node, trace: Node, parts: tuple[Node, ...]) -> Node:
    return substitute(whole, {trace: b.trace(b.product(*parts))})
