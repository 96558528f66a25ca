"""Matrices recovered from indices: a contraction that is a path, a star of paths or a trace becomes a product.

A monomial is seen as a graph: indices are its vertices, matrix entries M_ij its edges, vector entries v_i weights on
a vertex. A bound index is removed by carrying out its sum; what is left between the free indices is the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.entry_lookup import are_fixed
from jacobook.algebra.nodes import Index, Node, Pair
from jacobook.algebra.shapes import ONE, Dimension, Shape, vector
from jacobook.algebra.traverse import free_indices
from jacobook.calculus.component_route.monomials import Monomial, over
from jacobook.calculus.refusal import Refusal


@dataclass(slots=True)
class Edge:
    """A matrix entry M_ij: an edge between two indices."""

    start: Index
    end: Index
    matrix: Node
    """rows run over `start`, columns over `end`"""

    def from_(self, index: Index) -> Node:
        """Return the matrix with its rows running over this index."""
        return self.matrix if self.start == index else build.transpose(self.matrix)

    def other(self, index: Index) -> Index:
        return self.end if self.start == index else self.start


@dataclass(slots=True)
class Graph:
    """A monomial: scalar factors, weights on indices, and edges between them."""

    scalars: list[Node] = field(default_factory=list)
    weights: dict[Index, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def weigh(self, index: Index, weight: Node) -> None:
        """Multiply the weight at the index, if there is one already, by this one, entry by entry."""
        old = self.weights.get(index)
        self.weights[index] = weight if old is None else build.hadamard(old, weight)

    def at(self, index: Index) -> list[Edge]:
        return [edge for edge in self.edges if index in (edge.start, edge.end)]


def assemble(monomials: list[Monomial], free: tuple[Index, ...], shape: Shape) -> Node:
    """Return the array of this shape whose entry at the free indices is the sum of the monomials.

    One free index: a vector or a row, as the shape says; two: a matrix, the first index its rows. Raises Refusal
    where a contraction is not a path.
    """
    if not monomials:
        return build.zero(shape)
    return tidy(build.add(*(_assembled(monomial, free, shape) for monomial in monomials)))


def _assembled(monomial: Monomial, free: tuple[Index, ...], shape: Shape) -> Node:
    monomial, merged = _merged(monomial, free)
    graph = summed_graph(monomial, free)
    array = _between(graph, free, merged, shape)
    factors = [build.number(monomial.coefficient), *graph.scalars]
    product = build.product(*factors, array) if array is not None else build.product(*factors)
    return tidy(over(monomial.ranges, tidy(product)))


def _merged(monomial: Monomial, free: tuple[Index, ...]) -> tuple[Monomial, bool]:
    """Return the monomial with its two free indices made one where a delta joins them, and whether it does."""
    for a, b in monomial.deltas:
        if len(free) == 2 and {a, b} == set(free):
            return monomial.replaced(free[1], free[0]), True
    return monomial, False


def summed_graph(monomial: Monomial, free: tuple[Index, ...]) -> Graph:
    """Return the graph over the free indices alone, every sum carried out; a sum over nothing is a size."""
    graph = _graph_of(monomial, free)
    present = monomial.indices_of()
    for index in monomial.bound:
        if index in present:
            _sum_out(graph, index)
        else:
            graph.scalars.append(build.size_of(index.dimension))
    return graph


def _graph_of(monomial: Monomial, free: tuple[Index, ...]) -> Graph:
    """Return the graph of a monomial; a delta that is left between free indices is an identity matrix."""
    graph = Graph()
    for base, exponent in monomial.factors:
        if not isinstance(base, n.Entry):  # a scalar factor s^e
            if free_indices(base):
                raise Refusal("a function of several entries has no matrix form")
            graph.scalars.append(base if exponent == 1 else build.power(base, build.number(exponent)))
            continue
        if base.positions and are_fixed(base.positions):  # an entry such as A_12 is a scalar too
            scalar = base if not _is_single(base) else _without_ones(base.operands[0], base.positions)
            graph.scalars.append(scalar if exponent == 1 else build.power(scalar, build.number(exponent)))
            continue
        array = base.operands[0]
        if free_indices(array):
            raise Refusal("an array that depends on an index has no matrix form")
        raised = array if exponent == 1 else build.hadamard_power(array, build.number(exponent))
        places = tuple(place for place in base.positions if isinstance(place, Index))
        if len(places) < len(base.positions):  # A_i2 = (A e_2)_i
            if any(isinstance(place, Pair) for place in base.positions):
                raise Refusal("an entry at a pair of places has no matrix form")
            raised = array = _line(raised, base.positions)
        if len(places) == 1:  # v_i is a weight on i
            column = raised if array.shape.is_vector else build.transpose(raised)
            graph.weigh(places[0], column)
        elif places[0] == places[1]:  # A_ii, the diagonal of A, too
            graph.weigh(places[0], build.diag(raised))
        else:  # A_ij
            graph.edges.append(Edge(places[0], places[1], raised))
    for a, b in monomial.deltas:
        if a == b:  # δ_ii = 1
            continue
        fixed, index = (a, b) if isinstance(a, Dimension) else (b, a)
        if isinstance(fixed, Dimension) and index in free and isinstance(index, Index):  # δ_2i = (e_2)_i
            graph.weigh(index, build.unit_vector(fixed, index.dimension))
            continue
        if not (isinstance(a, Index) and isinstance(b, Index)) or not {a, b} <= set(free):
            raise Refusal("a Kronecker delta of pairs or of two fixed places has no matrix form")
        # δ_ij = I_ij
        graph.edges.append(Edge(a, b, build.identity(a.dimension)))
    return graph


def _is_single(base: n.Entry) -> bool:
    """Return whether it is the only entry of an array."""
    return all(axis == ONE for axis in base.operands[0].shape.axes)


def _line(matrix: Node, positions: tuple[n.Position, ...]) -> Node:
    """Return the row or the column of a matrix at the fixed one of two positions, as a vector."""
    row, column = positions
    fixed, size = (row, matrix.shape.rows) if isinstance(row, Dimension) else (column, matrix.shape.columns)
    if size == ONE:
        return _without_ones(matrix, positions)
    assert isinstance(fixed, Dimension)
    turned = build.transpose(matrix) if fixed is row else matrix
    return build.product(turned, build.unit_vector(fixed, size))


def _without_ones(array: Node, positions: tuple[n.Position, ...]) -> Node:
    """Return a matrix of one row or column as a vector, and an array of one entry as a scalar."""
    named = [place for place in positions if isinstance(place, Index)]
    if named:
        return build.vec(array)
    return build.trace(array) if array.shape.is_matrix else build.entry_sum(array)


def _sum_out(graph: Graph, index: Index) -> None:
    """Carry out the sum over a bound index. Raises Refusal where three matrices share it."""
    edges = graph.at(index)
    weight = graph.weights.pop(index, None)
    if len(edges) > 2:  # A_ij B_ij = (A ∘ B)_ij
        edges = _merge_parallel(graph, index)
    if len(edges) > 2:
        raise Refusal("an index that three matrices share has no matrix form")
    if not edges:  # Σ_i w_i
        graph.scalars.append(_total(weight))
        return
    for edge in edges:
        graph.edges.remove(edge)
    if len(edges) == 1:  # Σ_i A_ki w_i = (A w)_k, with w = 1 where there is no weight
        edge = edges[0]
        column = weight if weight is not None else build.fill(build.ONE, vector(index.dimension))
        graph.weigh(edge.other(index), build.product(build.transpose(edge.from_(index)), column))
        return
    first, second = edges  # Σ_i A_ki w_i B_il = (A diag(w) B)_kl
    left = build.transpose(first.from_(index))
    middle = (left,) if weight is None else (left, build.diag(weight))
    joined = build.product(*middle, second.from_(index))
    start, end = first.other(index), second.other(index)
    if start == end:  # k = l: the diagonal of the product is a weight on k
        graph.weigh(start, build.diag(joined))
        return
    graph.edges.append(Edge(start, end, joined))


def _total(weight: Node | None) -> Node:
    """Return Σ_i w_i as it is usually written: a trace, an inner product, or a plain sum."""
    assert weight is not None
    if isinstance(weight, n.Diagonal):
        return build.trace(weight.operands[0])
    if isinstance(weight, n.Hadamard):
        left, right = weight.operands
        return build.product(build.transpose(left), right)
    if isinstance(weight, n.HadamardPower) and build.is_number(weight.operands[1], 2):
        return build.product(build.transpose(weight.operands[0]), weight.operands[0])
    return build.entry_sum(weight)


def _merge_parallel(graph: Graph, index: Index) -> list[Edge]:
    """Join edges between the same two indices entry by entry; return the edges that are left at the index."""
    found: dict[Index, Edge] = {}
    for edge in graph.at(index):
        graph.edges.remove(edge)
        other = edge.other(index)
        old = found.get(other)
        joined = edge.from_(index) if old is None else build.hadamard(old.matrix, edge.from_(index))
        found[other] = Edge(index, other, joined)
    graph.edges.extend(found.values())
    return list(found.values())


def _between(graph: Graph, free: tuple[Index, ...], merged: bool, shape: Shape) -> Node | None:
    """Return the array over the free indices, None for a scalar; scalars that fall out go to the graph's."""
    if not free:
        return None
    if len(free) == 1 or merged:
        if graph.edges:
            raise Refusal("this contraction has no matrix form")
        weight = graph.weights.get(free[0])
        length = free[0].dimension
        if merged:  # both free indices are one: δ_ij w_i = diag(w)_ij
            return build.identity(length) if weight is None else build.diag(weight)
        column = build.fill(build.ONE, vector(length)) if weight is None else weight
        return build.transpose(column) if shape.is_row else column
    row, column_index = free
    edges = _merge_parallel(graph, row) if graph.at(row) else []
    left, right = graph.weights.get(row), graph.weights.get(column_index)
    if not edges:  # u_i v_j
        u = left if left is not None else build.fill(build.ONE, vector(row.dimension))
        v = right if right is not None else build.fill(build.ONE, vector(column_index.dimension))
        return build.product(u, build.transpose(v))
    if len(edges) > 1 or edges[0].other(row) != column_index:
        raise Refusal("this contraction has no matrix form")
    factors = [edges[0].from_(row)]  # u_i A_ij v_j = (diag(u) A diag(v))_ij
    if left is not None:
        factors.insert(0, build.diag(left))
    if right is not None:
        factors.append(build.diag(right))
    return build.product(*factors)
