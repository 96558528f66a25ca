"""Walks over expressions: rebuilding with other operands, substitution, the nodes inside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import zip_longest

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Index, Node, Pair, Position, indices_in
from jacobook.algebra.operations import METER

_BUILDERS: dict[type[Node], Callable[..., Node]] = {
    n.Add: build.add,
    n.Negate: build.negate,
    n.Product: build.product,
    n.Divide: build.divide,
    n.Hadamard: build.hadamard,
    n.HadamardDivide: build.hadamard_divide,
    n.HadamardPower: build.hadamard_power,
    n.Power: build.power,
    n.Transpose: build.transpose,
    n.Inverse: build.inverse,
    n.Adjugate: build.adjugate,
    n.Trace: build.trace,
    n.Determinant: build.determinant,
    n.LogDeterminant: build.log_determinant,
    n.EntrySum: build.entry_sum,
    n.Norm1: build.norm1,
    n.Norm2: build.norm2,
    n.Vec: build.vec,
    n.Vech: build.vech,
    n.Kronecker: build.kronecker,
    n.KhatriRao: build.khatri_rao,
    n.Softmax: build.softmax,
    n.LogSumExp: build.log_sum_exp,
    n.Diag: build.diag,
    n.Skew: build.skew,
    n.Diagonal: build.diag,
    n.Differential: build.differential,
    n.MatrixExponential: build.matrix_exponential,
    n.ExponentialJacobian: build.exponential_jacobian,
    n.MatrixRoot: build.matrix_root,
    n.MatrixLogarithm: build.matrix_logarithm,
    n.Pseudoinverse: build.pseudoinverse,
    n.Cholesky: build.cholesky,
    n.LargestEigenvalue: build.largest_eigenvalue,
    n.LeadingEigenvector: build.leading_eigenvector,
    n.Eigenvalues: build.eigenvalues,
    n.Eigenvectors: build.eigenvectors,
    n.NuclearNorm: build.nuclear_norm,
    n.PolarFactor: build.polar_factor,
    n.Largest: build.largest,
    n.LargestPlace: build.largest_place,
    n.LargestOfRows: build.largest_of_rows,
    n.LargestPlaceOfRows: build.largest_place_of_rows,
    n.Arctan2: build.arctan2,
}


def rebuild(node: Node, operands: tuple[Node, ...]) -> Node:
    """Return the node with other operands, through its constructor, so that shapes are checked anew."""
    if operands == node.operands:
        return node
    match node:
        case n.Apply():
            return build.apply(node.function, *operands)
        case n.Fill():
            return build.fill(operands[0], node.shape)
        case n.Unvec():
            return build.unvec(operands[0], node.shape)
        case n.Literal():
            return build.literal(operands, node.shape)
        case n.Blocks():
            starts = range(0, len(operands), node.width)
            return build.block_array([operands[start : start + node.width] for start in starts])
        case n.Subarray():
            return build.subarray(operands[0], node.shape, node.above, node.before)
        case n.FunctionValue():
            return build.function_value(node.function, *operands, slots=node.slots)
        case n.Entry():
            return build.entry(operands[0], *node.positions)
        case n.IndexSum():
            return build.index_sum(node.index, operands[0])
        case n.BoundedSum():
            body, *bounds = operands
            if tuple(bounds) == node.operands[1:]:
                return build.bounded_sum(node.index, body)
            index = build.running_index(node.index.name, *bounds)
            return build.bounded_sum(index, substitute(body, {node.index: index}))
        case n.RunningUnit():
            return build.running_unit(operands[0], node.shape.length)
        case n.Solution():
            return build.solution_of(node.unknown, *operands)
        case n.ArrayOf():
            return build.array_of(operands[0], *node.indices, shape=node.shape)
        case n.Partial() | n.PartialEntry() | n.StructuredPartial():
            of, wrt = operands
            if not isinstance(wrt, n.Symbol):
                raise TypeError("a derivative is taken with respect to a symbol")
            if isinstance(node, n.Partial):
                return build.partial(of, wrt, node.total)
            if isinstance(node, n.StructuredPartial):
                return build.structured_partial(of, wrt, node.structure, node.is_gradient)
            return build.partial_entry(of, wrt, node.of_positions, node.wrt_positions, node.total)
    if type(node) not in _BUILDERS:  # a node of a later room, of the same shape with other operands
        return type(node)(operands, node.shape, node.parameters)
    return _BUILDERS[type(node)](*operands)


def transform(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """Return the node rebuilt from the top: `change` gives a replacement, or None to go on into the operands."""
    seen: dict[Node, Node] = {}

    def visit(current: Node) -> Node:
        found = seen.get(current)
        if found is None:
            replacement = change(current)
            if replacement is None:
                operands = current.operands
                replacement = rebuild(current, tuple([visit(operand) for operand in operands])) if operands else current
            found = seen[current] = replacement
        return found

    return visit(node)


def substitute(node: Node, values: Mapping[Node, Node]) -> Node:
    """Return the node with every occurrence of a key replaced by its value, all at once.

    A running index is not replaced where an inner sum binds it; a sum whose index occurs in a value gets another one.
    """

    def change(current: Node) -> Node | None:
        found = values.get(current)
        if found is None and isinstance(current, n.BoundedSum):
            return _below_sum(current, values)
        return found

    return transform(node, change)


def _below_sum(node: n.BoundedSum, values: Mapping[Node, Node]) -> Node | None:
    """Return the sum with the values put in where its index is in the way, None where it is not."""
    index = node.index
    inner = {key: value for key, value in values.items() if index not in key.symbols}
    captured = any(index in value.symbols for key, value in inner.items() if not node.symbols.isdisjoint(key.symbols))
    if len(inner) == len(values) and not captured:
        return None
    bounds = (substitute(bound, values) for bound in node.operands[1:])
    body = node.operands[0]
    name = index.name
    if captured:
        name = fresh_index_name({symbol.name for part in (node, *values.values()) for symbol in names_within(part)})
    fresh = build.running_index(name, *bounds)
    return build.bounded_sum(fresh, substitute(substitute(body, {index: fresh}), inner))


INDEX_NAMES = ("r", "s", "q", "p", "m", *(f"r{k}" for k in range(1, 100)))
"""Names for running indices."""


def names_within(node: Node) -> set[n.Symbol]:
    """Return every symbol in the expression, running indices included."""
    return {current for current in walk(node) if isinstance(current, n.Symbol)}


def fresh_index_name(taken: Collection[str]) -> str:
    """Return a name for a running index that is not taken."""
    return next(name for name in INDEX_NAMES if name not in taken)


def renamed_index(node: n.BoundedSum, name: str) -> n.BoundedSum:
    """Return the same sum over an index of another name."""
    index = build.running_index(name, *node.operands[1:])
    return build.bounded_sum(index, substitute(node.operands[0], {node.index: index}))


def position_at(position: Position, values: Mapping[Index, Position]) -> Position:
    """Return the position with its named indices replaced."""
    if isinstance(position, Pair):
        return position.replaced(position_at(position.major, values), position_at(position.minor, values))
    return values.get(position, position) if isinstance(position, Index) else position


def substitute_indices(node: Node, values: Mapping[Index, Position]) -> Node:
    """Return the scalar with free indices replaced by positions, all at once; bound indices are left alone.

    A sum whose index occurs in a value gets another one.
    """
    entering = {index.name for value in values.values() for index in indices_in(value)}

    def at(position: Position) -> Position:
        return position_at(position, values)

    def binds(index: Index) -> bool:
        return index in values or index.name in entering

    def change(current: Node) -> Node | None:
        match current:
            case n.Entry() if isinstance(current.operands[0], n.Symbol):
                return build.entry(current.operands[0], *map(at, current.positions))
            case n.Entry():
                inside = substitute_indices(current.operands[0], values)
                return build.entry(inside, *map(at, current.positions))
            case n.Delta():
                return build.delta(*map(at, current.positions))
            case n.UnitVector():
                return build.unit_vector(at(current.position), current.shape.length)
            case n.PartialEntry():
                of, wrt = current.operands
                rows, columns = (tuple(map(at, p)) for p in (current.of_positions, current.wrt_positions))
                return n.PartialEntry((of, wrt), current.shape, (current.total, rows, columns))
            case n.IndexSum() if binds(current.index):
                (index,), inner = _below((current.index,), current, values)
                return build.index_sum(index, substitute_indices(current.operands[0], inner))
            case n.ArrayOf() if any(map(binds, current.indices)):
                indices, inner = _below(current.indices, current, values)
                body = substitute_indices(current.operands[0], inner)
                return build.array_of(body, *indices, shape=current.shape)
        return None

    return transform(node, change)


def _below(
    bound: tuple[Index, ...], node: Node, values: Mapping[Index, Position]
) -> tuple[tuple[Index, ...], dict[Index, Position]]:
    """Return the indices that the node binds, others where a value holds them, and what is replaced below."""
    free = free_indices(node)
    inner = {index: value for index, value in values.items() if index not in bound and index in free}
    entering = {index.name for value in inner.values() for index in indices_in(value)}
    taken = entering | {index.name for index in free} | {index.name for index in bound}
    renamed = []
    for index in bound:
        fresh = Index(fresh_index_name(taken), index.dimension) if index.name in entering else index
        taken.add(fresh.name)
        renamed.append(fresh)
        if fresh is not index:
            inner[index] = fresh
    return tuple(renamed), inner


def walk(node: Node, holding: int = -1) -> Iterator[Node]:
    """Yield every distinct node of the expression, operands before the node that holds them.

    With `holding`, bits of classes (see `Node.mask_of`), only nodes that are or hold one of these.
    """
    seen: set[Node] = set()
    stack = [(node, False)]
    while stack:
        current, ready = stack.pop()
        if ready:
            yield current
        elif current not in seen and current.kinds & holding:
            seen.add(current)
            stack.append((current, True))
            if current.operands:
                stack.extend([(operand, False) for operand in reversed(current.operands)])


def contains(node: Node, kinds: type[Node] | tuple[type[Node], ...]) -> bool:
    """Return whether a node of one of the classes occurs in the expression."""
    wanted = Node.mask_of(*kinds) if isinstance(kinds, tuple) else Node.mask_of(kinds)
    return bool(node.kinds & wanted)


def count_places(part: Node, node: Node) -> int:
    """Return at how many places of an expression a part is written."""
    return 1 if node is part else sum(count_places(part, operand) for operand in node.operands)


def free_indices(node: Node) -> set[Index]:
    """Return the named indices that no sum and no array binds."""
    known: dict[Node, set[Index]] = {}
    for current in walk(node, holding=_INDEXED):
        known[current] = _free_indices(current, known)
    return known.get(node, set())


_INDEXED = Node.mask_of(n.Entry, n.Delta, n.UnitVector, n.PartialEntry)


def _free_indices(node: Node, known: Mapping[Node, set[Index]]) -> set[Index]:
    found = set[Index]().union(*(known[operand] for operand in node.operands if operand in known))
    match node:
        case n.Entry() | n.Delta():
            found.update(*map(indices_in, node.positions))
        case n.UnitVector():
            found.update(indices_in(node.position))
        case n.PartialEntry():
            found.update(*map(indices_in, node.of_positions + node.wrt_positions))
        case n.IndexSum():
            found -= {node.index}
        case n.ArrayOf():
            found -= set(node.indices)
    return found


def reads_alike(left: Node, right: Node) -> bool:
    """Return whether two expressions differ in the grouping of products only, so that they are printed alike."""
    if left is right or left.shape != right.shape:
        return left is right
    first, second = map(_without_sign, (left, right))
    if first is not left and second is not right:  # a minus in front of each, as a sign or as that of a number
        return reads_alike(first, second)
    pairs = zip_longest(_reading(left, right), _reading(right, left), fillvalue=None)
    return all(first == second for first, second in pairs)


def _without_sign(node: Node) -> Node:
    """Return an expression without the minus that it begins with, and the same one where there is none."""
    if isinstance(node, n.Negate):
        return node.operands[0]
    match node:
        case n.Product(operands=(n.Number(value=value), *others)) if value < 0:
            return build.product(*(() if value == -1 else (build.number(-value),)), *others)
    return node


def _reading(node: Node, other: Node) -> Iterator[object]:
    """Yield the expression as it is read; a part that the other expression has as well is one piece.

    The end of what stands in a bracket is a piece too: tr(A dt) is not tr(A) dt.
    """
    shared = set(walk(other))
    stack: list[Node | None] = [node]
    while stack:
        METER.spend(1)
        current = stack.pop()
        if current is None:
            yield ")"
            continue
        if current in shared and not isinstance(current, n.Product | n.Negate):
            yield current
            continue
        if not isinstance(current, n.Product | n.Negate):
            yield (type(current), current.parameters)
            stack.append(None)
        stack.extend(reversed(current.operands))
