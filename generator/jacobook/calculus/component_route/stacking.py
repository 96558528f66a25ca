"""The vec Jacobian put together from entries with three or four indices.

The derivative T of F (indices i, j) by X (indices k, l) is seen as a graph: weights on the indices, and a matrix on
every pair that an entry or a delta joins. With A over (i, k) and B over (j, l), stacking columns gives B ⊗ A; the
crossed pairs (i, l), (j, k) bring in the commutation matrix; matrices within (i, j) or (k, l) become diagonal factors.
"""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Index, Node
from jacobook.algebra.shapes import vector
from jacobook.calculus.component_route.assembly import Graph, summed_graph
from jacobook.calculus.component_route.monomials import Monomial, over
from jacobook.calculus.refusal import Refusal


def stack(monomials: list[Monomial], rows: tuple[Index, ...], columns: tuple[Index, ...], zero: Node) -> Node:
    """Return the vec Jacobian with these entries (`zero` for none). Raises Refusal where the graph has no such form."""
    if not monomials:
        return zero
    return tidy(build.add(*(tidy(over(m.ranges, _stacked(m, rows, columns))) for m in monomials)))


def _stacked(monomial: Monomial, rows: tuple[Index, ...], columns: tuple[Index, ...]) -> Node:
    graph = summed_graph(monomial, rows + columns)
    within_rows = _within(graph, rows)
    within_columns = _within(graph, columns)
    jacobian = _across(graph, rows, columns)
    factors = [build.number(monomial.coefficient), *graph.scalars]
    if jacobian is None:
        left = within_rows if within_rows is not None else _ones(rows)
        right = within_columns if within_columns is not None else _ones(columns)
        return tidy(build.product(*factors, left, build.transpose(right)))
    if within_rows is not None:
        jacobian = build.product(build.diag(within_rows), jacobian)
    if within_columns is not None:
        jacobian = build.product(jacobian, build.diag(within_columns))
    return tidy(build.product(*factors, jacobian))


def _ones(indices: tuple[Index, ...]) -> Node:
    size = indices[0].dimension
    for index in indices[1:]:
        size = size * index.dimension
    return build.fill(build.ONE, vector(size))


def _within(graph: Graph, indices: tuple[Index, ...]) -> Node | None:
    """Return the stacked entries of the matrix that joins two indices of one side, and take it from the graph."""
    if len(indices) != 2:
        return None
    first, second = indices
    found: Node | None = None
    for edge in [edge for edge in graph.edges if {edge.start, edge.end} == {first, second}]:
        graph.edges.remove(edge)
        matrix = edge.from_(first)
        found = matrix if found is None else build.hadamard(found, matrix)
    return None if found is None else build.vec(found)


def _across(graph: Graph, rows: tuple[Index, ...], columns: tuple[Index, ...]) -> Node | None:
    """Return the matrix from the entries of X to those of F that the cross pairs and the weights make; None without."""
    cross: dict[tuple[Index, Index], Node] = {}
    for edge in graph.edges:  # A_ik B_ik = (A ∘ B)_ik
        pair = (edge.start, edge.end) if edge.start in rows else (edge.end, edge.start)
        if pair[0] not in rows or pair[1] not in columns:
            raise Refusal("this contraction has no matrix form")
        matrix = edge.from_(pair[0])
        old = cross.get(pair)
        cross[pair] = matrix if old is None else build.hadamard(old, matrix)
    if not cross and not graph.weights:
        return None
    if not cross:  # f_ij x_kl: an outer product of the stacked entries
        return build.product(_weights(graph, rows), build.transpose(_weights(graph, columns)))
    if len(rows) == 1 or len(columns) == 1:
        return _three(graph, cross, rows, columns)
    # A_ik B_jl is the entry of B ⊗ A in row (j, i) and column (l, k), columns stacked; A_il B_jk is that of (B ⊗ A) K.
    (i, j), (near, far) = rows, columns
    crossed = not cross.keys() <= {(i, near), (j, far)}
    if crossed:
        near, far = far, near
        if not cross.keys() <= {(i, near), (j, far)}:
            raise Refusal("this contraction has no matrix form")
    a = _leg(graph, cross.get((i, near)), i, near)
    b = _leg(graph, cross.get((j, far)), j, far)
    product = build.kronecker(b, a)
    return build.product(product, build.commutation(far.dimension, near.dimension)) if crossed else product


def _three(
    graph: Graph, cross: dict[tuple[Index, Index], Node], rows: tuple[Index, ...], columns: tuple[Index, ...]
) -> Node:
    """Return the matrix of three indices: two of one side, one of the other."""
    if len(rows) == 1:
        turned = {(b, a): build.transpose(matrix) for (a, b), matrix in cross.items()}
        return build.transpose(_three(graph, turned, columns, rows))
    (i, j), (k,) = rows, columns
    if len(cross) == 2:  # A_ik B_jk: column k is the Kronecker product of column k of B and column k of A
        first = _weighted(cross[i, k], graph.weights.get(i), None)
        second = _weighted(cross[j, k], graph.weights.get(j), graph.weights.get(k))
        return build.khatri_rao(second, first)
    if (i, k) in cross:  # A_ik w_j = (w ⊗ A)_{(j,i),k}
        matrix = _weighted(cross[i, k], graph.weights.get(i), graph.weights.get(k))
        return build.kronecker(_weights(graph, (j,)), matrix)
    # B_jk w_i = (B ⊗ w)_{(j,i),k}
    matrix = _weighted(cross[j, k], graph.weights.get(j), graph.weights.get(k))
    return build.kronecker(matrix, _weights(graph, (i,)))


def _leg(graph: Graph, matrix: Node | None, row: Index, column: Index) -> Node:
    """Return the matrix over one pair of indices, weights included; an outer product where nothing joins them."""
    if matrix is None:
        return build.product(_weights(graph, (row,)), build.transpose(_weights(graph, (column,))))
    return _weighted(matrix, graph.weights.get(row), graph.weights.get(column))


def _weighted(matrix: Node, left: Node | None, right: Node | None) -> Node:
    factors = [matrix]
    if left is not None:
        factors.insert(0, build.diag(left))
    if right is not None:
        factors.append(build.diag(right))
    return build.product(*factors)


def _weights(graph: Graph, indices: tuple[Index, ...]) -> Node:
    """Return the weights of one or two indices as one stacked vector."""
    parts = [graph.weights.get(index, build.fill(build.ONE, vector(index.dimension))) for index in indices]
    if len(parts) == 1:
        return parts[0]
    return n.Kronecker((parts[1], parts[0]), _ones(indices).shape)
