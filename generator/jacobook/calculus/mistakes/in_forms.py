"""Finders of common mistakes in what is read off, put together and written in entries: transposes, shapes, indices."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node
from jacobook.algebra.shapes import Dimension
from jacobook.algebra.traverse import substitute, substitute_indices, transform
from jacobook.calculus.derivation import Prose, Value
from jacobook.calculus.mistakes.formula_parts import Found, LineInContext, bare_factors, is_long, pieces, product_of

ONE = Dimension(1)


def taken_for_symmetric(line: LineInContext) -> Found | None:
    """Return the right side with a matrix in the place of its transpose, as if it were symmetric."""
    for total in pieces(line.right, n.Add):
        for first in total.operands:
            mirrored = first.T is not first and first.T in total.operands
            if mirrored and not isinstance(first, n.Transpose):
                others = [term for term in total.operands if term not in (first, first.T)]
                wrong = substitute(line.right, {total: b.add(b.TWO * first, *others)})
                if isinstance(line.right, n.Trace):
                    said = "{0} is not {1}: {2} is {3} only if {4} is symmetric."
                    values = (b.add(first, first.T), b.TWO * first, first.T, first, _base(first))
                    return Found(Prose(said, values), partial(b.add, wrong))
                return _symmetric(wrong, first)
    for transposed in pieces(line.right, n.Transpose):
        inverse = transposed.operands[0]
        if isinstance(inverse, n.Inverse) and line.claim.rule == "read-off":
            return _symmetric(substitute(line.right, {transposed: inverse}), inverse)
    return None


def _symmetric(wrong: Node, taken: Node) -> Found:
    if is_long(wrong):
        said = "{0} is not {1}: that holds only if {2} is symmetric."
        return Found(Prose(said, (taken.T, taken, _base(taken))), partial(b.add, wrong))
    said = "Not {0}: {1} is {2} only if {3} is symmetric."
    return Found(Prose(said, (tidy(wrong), taken.T, taken, _base(taken))), partial(b.add, wrong))


def _base(taken: Node) -> Node:
    """Return the matrix that would have to be symmetric; an inverse is symmetric if and only if the matrix is."""
    return taken.operands[0] if isinstance(taken, n.Inverse) else taken


def trace_read_without_transpose(line: LineInContext) -> Found | None:
    """Return the factor of dX in the trace as the derivative, without transposing it."""
    before = line.before
    if not isinstance(line.claim.left, n.Partial):
        return None
    if line.claim.left.operands[1].shape.is_scalar:
        return _trace_dropped(before, line.claim.left)
    scalars, trace = _trace_and_scalars(before)
    if trace is None:
        return None
    parts = bare_factors(trace.operands[0])
    if parts[-1] is not b.differential(line.claim.left.operands[1]) or len(parts) < 2:
        return None
    if isinstance(product_of(parts[:-1]), n.Transpose):
        return None
    weight = product_of([*scalars, *parts[:-1]])
    said = (
        "The derivative is not {0} but its transpose: in {1} the entry in row k, column l of {2} meets the one in"
        " row l, column k of its coefficient."
    )
    if is_long(weight):
        said = (
            "The derivative is the transpose of the coefficient of {2} in the trace: there the entry in row k, column l"
            " of {2} meets the one in row l, column k."
        )
    return Found(Prose(said, (weight, before, parts[-1])), partial(b.product, weight))


def _trace_dropped(before: Node | None, left: n.Partial) -> Found | None:
    """Return A, for tr(A) dt, as the derivative with respect to t, as if that were a matrix."""
    of, wrt = left.operands
    if before is None or (factors := bare_factors(before))[-1] is not b.differential(wrt):
        return None
    traces = [factor for factor in factors if isinstance(factor, n.Trace)]
    if len(traces) != 1:
        return None
    weight = product_of([one.operands[0] if one in traces else one for one in factors[:-1]])
    said = "The trace stays: {0} is {1}, but the derivative of {2} with respect to {3} is a number."
    if is_long(weight):
        said = "The trace stays: the coefficient of {3} in it is {1}, but the derivative of {2} is a number."
    return Found(Prose(said, (weight, weight.shape, of, wrt)), partial(b.product, weight))


def _trace_and_scalars(node: Node | None) -> tuple[list[Node], Node | None]:
    """Return the trace that the expression is, with what stands before it; no trace for anything else."""
    if isinstance(node, n.Negate):
        scalars, trace = _trace_and_scalars(node.operands[0])
        return [b.number(-1), *scalars], trace
    if isinstance(node, n.Product) and isinstance(node.operands[-1], n.Trace):
        return list(node.operands[:-1]), node.operands[-1]
    return [], node if isinstance(node, n.Trace) else None


def vector_for_diagonal(line: LineInContext) -> Found | None:
    """Return the vector of the derivatives of an element-wise function for the diagonal matrix."""
    value = line.right.operands[0] if isinstance(line.right, n.Negate) else line.right
    if not isinstance(value, n.Diag) or value.shape.rows == ONE or not isinstance(line.claim.left, n.Partial):
        return None
    of, wrt = line.claim.left.operands
    said = (
        "The vector {0} is only the diagonal: the derivative of {1} with respect to {2} is {3}, with an entry for each"
        " pair of entries, and 0 off the diagonal."
    )
    return Found(Prose(said, (value.operands[0], of, wrt, value.shape)), partial(b.product, value.operands[0]))


def chain_reversed(line: LineInContext) -> Found | None:
    """Return the factors of the chain rule in the opposite order."""
    return _clash(
        list(reversed(_arrays(line.right))),
        "The outermost derivative goes on the left. The other way round, {0} before {1}, it would be {2} times {3}",
    )


def transposed_without_reversing(line: LineInContext) -> Found | None:
    """Return the transpose of a product with its factors transposed in their old order."""
    if not isinstance(line.claim.left, n.Transpose):
        return None
    return _clash(
        list(reversed(_arrays(line.right))),
        "Transposing reverses the order. In the old order, {0} before {1}, it would be {2} times {3}",
    )


def _arrays(node: Node) -> list[Node]:
    return [part for part in bare_factors(node) if not part.shape.is_scalar] if isinstance(node, n.Product) else []


def _clash(parts: list[Node], said: str) -> Found | None:
    """Return the product of the parts, with the first pair that cannot be multiplied."""
    if len(parts) < 2 or not all(isinstance(part, n.Partial | n.Transpose) or part.shape.is_vector for part in parts):
        return None
    for first, second in pairwise(parts):
        if first.shape.columns == second.shape.rows:
            continue
        values: tuple[Value, ...] = (first, second, first.shape, second.shape)
        return Found(Prose(f"{said}: these cannot be multiplied.", values), partial(b.product, *parts))
    if all(part.shape.is_matrix for part in parts):
        values = (parts[0], parts[1], parts[0].shape, parts[1].shape)
        return Found(Prose(f"{said}: that has a shape, but another value.", values), partial(b.product, *parts))
    return None


def path_forgotten(line: LineInContext) -> Found | None:
    """Return the sum over paths with one path only."""
    if not isinstance(line.right, n.Add) or not isinstance(line.claim.left, n.Partial):
        return None
    _, wrt = line.claim.left.operands
    direct = next((term for term in line.right.operands if isinstance(term, n.Partial)), None)
    if direct is not None:
        said = "{0} alone is not {1}: it holds the values in between fixed, though they depend on {2} too."
        return Found(Prose(said, (direct, line.claim.left, wrt)), partial(b.add, direct))
    kept = line.right.operands[-1]
    others = "along the other one" if len(line.right.operands) == 2 else "along others"
    said = f"{{0}} alone is one path only: {{1}} acts on {{2}} {others} too."
    return Found(Prose(said, (kept, wrt, line.claim.left.operands[0])), partial(b.add, kept))


def column_in_chain(line: LineInContext) -> Found | None:
    """Return the gradient as a column in the place of the row, which cannot be multiplied with the next factor."""
    left, following = line.claim.left, line.following
    if following is None or not isinstance(left, n.Partial) or not left.shape.is_row or left.shape.columns == ONE:
        return None
    if not following.shape.is_matrix:
        return None
    said = (
        "Keep it a row. Written as a column, {0}, it could not come before {1} in the chain rule: {2} times {3}"
        " cannot be multiplied."
    )
    column = tidy(line.right.T)
    values = (column.shape, following, column.shape, following.shape)
    return Found(Prose(said, values), partial(b.product, column, following))


def sign_of_inner(line: LineInContext) -> Found | None:
    """Return the derivative of a difference without the sign of the term that varies."""
    if not isinstance(line.right, n.Negate) or not isinstance(line.before, n.Add):
        return None
    if line.partial is None or line.before.operands[0].depends_on(line.partial.wrt):
        return None
    varying = [term for term in line.before.operands if term.depends_on(line.partial.wrt)]
    taken = [term.operands[0] for term in varying if isinstance(term, n.Negate)]
    if len(taken) != 1 or len(varying) != 1:
        return None
    said = "Keep the minus sign: {0} is subtracted" + (" in {1}." if len(line.before.operands) == 2 else ".")
    return Found(Prose(said, (taken[0], line.before)), partial(b.add, line.right.operands[0]))


def weights_added_up(line: LineInContext) -> Found | None:
    """Return a right side with softmax in which a sum of weights is replaced by 1."""
    if not pieces(line.right, n.Softmax):
        return None
    for total in pieces(line.right, n.EntrySum):
        if isinstance(total.operands[0], n.Symbol):
            wrong = substitute(line.right, {total: b.ONE})
            said = "{2} is {0} only if the entries of {1} add up to 1."
            return Found(
                Prose(said, (tidy(wrong), total.operands[0], line.claim.left)),
                partial(substitute, line.right, {total: b.ONE}),
            )
    return None


def trace_of_identity(line: LineInContext) -> Found | None:
    """Return 1 for the trace of the identity."""
    identities = [t for t in pieces(line.before, n.Identity) if pieces(line.before, n.Trace)]
    for size in pieces(line.right, n.SizeOf):
        eye = next((node for node in identities if node.shape.rows == size.parameters[0]), None)
        if eye is None:
            continue
        said = "{0} is {1}, not 1: there are {1} entries on the diagonal."
        return Found(Prose(said, (b.trace(eye), size)), partial(substitute, line.right, {size: b.ONE}))
    return None


def diagonal_counted_twice(line: LineInContext) -> Found | None:
    """Return the derivative with respect to the free entries of a symmetric matrix, the diagonal counted twice."""
    if not isinstance(line.right, n.Add) or len(line.right.operands) != 3:
        return None
    first, second, _ = line.right.operands
    said = "{0} counts the diagonal twice: an entry there is its own mirror image and occurs only once."
    return Found(Prose(said, (b.add(first, second),)), partial(b.add, first, second))


def index_reused(line: LineInContext) -> Found | None:
    """Return the derivative with respect to an entry whose index is summed over already."""
    deltas = [node for node in pieces(line.right, n.Delta) if isinstance(node, n.Delta)]
    sums = [node for node in pieces(line.right, n.IndexSum) if isinstance(node, n.IndexSum)]
    left = line.claim.left
    if line.partial is None or not isinstance(left, n.Entry) or not line.partial.wrt.shape.is_vector:
        return None
    free = left.positions[-1]
    for delta in deltas:
        bound, other = delta.positions
        if other != free or not isinstance(bound, n.Index) or not isinstance(free, n.Index):
            continue
        if bound == free or not any(node.index == bound for node in sums):
            continue
        said = (
            "{0} is summed over already, so the variable takes an index of its own, {1}. With {0} in both places"
            " the delta would be 1 in every term."
        )
        wrong = partial(_captured, line.right, bound, free)
        return Found(Prose(said, (bound, free)), wrong)
    return None


def _captured(node: Node, bound: n.Index, free: n.Index) -> Node:
    """Return the expression in which sums over `bound` take hold of the free index."""

    def change(inner: Node) -> Node | None:
        if isinstance(inner, n.IndexSum) and inner.index == bound:
            return b.index_sum(bound, substitute_indices(inner.operands[0], {free: bound}))
        return None

    return transform(node, change)


def delta_dropped(line: LineInContext) -> Found | None:
    """Return the derivative of an entry with respect to an entry without the Kronecker delta."""
    deltas = pieces(line.right, n.Delta)
    if len(deltas) != 1 or line.partial is None:
        return None
    wrong = tidy(substitute(line.right, {deltas[0]: b.ONE}))
    said = "Without {0} every entry of the derivative would be {1}, also where the indices differ."
    return Found(Prose(said, (deltas[0], wrong)), partial(substitute, line.right, {deltas[0]: b.ONE}))
