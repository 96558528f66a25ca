"""An expression that is linear in d(variable), read as a linear map."""

from __future__ import annotations

from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.block_arrays import offsets
from jacobook.algebra.nodes import Node, Position, Symbol
from jacobook.algebra.shapes import SCALAR, Dimension, Shape, ShapeError, matrix, product_shape, vector
from jacobook.algebra.traverse import walk
from jacobook.calculus.matrix_route.linear_maps import (
    CrossWith,
    HadamardWith,
    InnerWith,
    LinearMap,
    OuterBy,
    Sandwich,
    Scale,
    Stage,
    SumOver,
    TransposeOf,
    sum_of,
)
from jacobook.calculus.matrix_route.rearrangements import (
    DiagOf,
    DiagonalOf,
    KroneckerWith,
    PartOf,
    Placed,
    SkewOf,
    UnvecOf,
    VecOf,
)
from jacobook.calculus.refusal import Refusal

Chain = tuple[Stage, ...]


def linear_map(expression: Node, variable: Symbol) -> LinearMap:
    """Return the map that the expression, linear in d(variable), is of it: expression = map.apply(d(variable)).

    Raises Refusal where the expression is not linear in a differential.
    """
    chains = _chains(expression, build.differential(variable))
    return LinearMap(variable.shape, expression.shape, tuple(map(simplify_chain, chains)))


def _chains(node: Node, leaf: Node) -> list[Chain]:
    """Return the chains of stages from dX, the leaf, to the node: one for each term; the innermost stage is first."""
    if node is leaf:  # the identity map
        return [()]
    inside = node.operands[0] if node.operands else node
    match node:
        case n.Add():  # (L + M)(V) = L(V) + M(V)
            return [chain for operand in node.operands for chain in _chains(operand, leaf)]
        case n.Fill() if build.is_zero(node):  # the zero map has no chains
            return []
        case n.Number() if build.is_zero(node):
            return []
        case n.Product() if any(map(build.is_zero, node.operands)):  # ⟨g, 0⟩: what is passed on where du = 0
            return []
        case n.Negate():
            return _then(_chains(inside, leaf), Scale(node.shape, node.shape, build.number(-1)))
        case n.Divide() if not _holds(node.operands[1], leaf):
            factor = build.divide(build.ONE, node.operands[1])
            return _then(_chains(inside, leaf), Scale(node.shape, node.shape, factor))
        case n.Transpose() if isinstance(inside, n.Skew):  # [v]ₓ′ = [−v]ₓ
            return _chains(build.skew(build.negate(inside.operands[0])), leaf)
        case n.Transpose():
            return _then(_chains(inside, leaf), TransposeOf(inside.shape, node.shape))
        case n.BoundedSum():  # V ↦ Σ_r L_r V, one stage by itself
            inner = _chains(inside, leaf)
            return [(SumOver(leaf.shape, node.shape, node.index, chain),) for chain in inner]
        case n.Trace():  # tr V = ⟨I, V⟩
            stage = InnerWith(inside.shape, SCALAR, build.identity(inside.shape.rows), "cyclic-trace")
            return _then(_chains(inside, leaf), stage)
        case n.EntrySum():  # ⟨ones, V⟩
            return _then(_chains(inside, leaf), InnerWith(inside.shape, SCALAR, build.fill(build.ONE, inside.shape)))
        case n.Diag():
            return _then(_chains(inside, leaf), DiagOf(inside.shape, node.shape))
        case n.Skew():
            return _then(_chains(inside, leaf), SkewOf(inside.shape, node.shape))
        case n.Diagonal():
            return _then(_chains(inside, leaf), DiagonalOf(inside.shape, node.shape))
        case n.Vec():
            return _then(_chains(inside, leaf), VecOf(inside.shape, node.shape))
        case n.Vech():  # L vec V
            stacked = vector(inside.shape.rows * inside.shape.columns)
            chains = _then(_chains(inside, leaf), VecOf(inside.shape, stacked))
            return _then(chains, Sandwich(stacked, node.shape, build.elimination(inside.shape.rows), None))
        case n.Unvec():
            return _then(_chains(inside, leaf), UnvecOf(inside.shape, node.shape))
        case n.Fill():  # s ↦ s · ones
            return _then(_chains(inside, leaf), OuterBy(SCALAR, node.shape, build.fill(build.ONE, node.shape)))
        case n.Entry():  # V_ij = ⟨e_i e_j′, V⟩
            weight = unit_array(inside.shape, node.positions)
            return _then(_chains(inside, leaf), InnerWith(inside.shape, SCALAR, weight, "entry-product"))
        case n.Literal():
            return _literal_chains(node, leaf)
        case n.Blocks():
            return _block_chains(node, leaf)
        case n.Subarray():
            return _then(_chains(inside, leaf), PartOf(inside.shape, node.shape, node.above, node.before))
        case n.Product():
            return _product_chains(node, leaf)
        case n.Hadamard() | n.Kronecker() | n.KhatriRao():
            return _bilinear_chains(node, leaf)
        case n.HadamardDivide() if not _holds(node.operands[1], leaf):  # V ./ B = B.^(−1) ∘ V
            below = node.operands[1]
            above = inside
            if above.shape.is_scalar:
                above = build.fill(above, below.shape)
            weight = build.hadamard_power(below, build.number(-1))
            return _then(_chains(above, leaf), HadamardWith(above.shape, node.shape, weight))
    raise Refusal(f"the differential inside {type(node).__name__.lower()} is not covered yet")


def unit_array(shape: Shape, positions: tuple[Position, ...]) -> Node:
    """Return the array that is 1 at the positions and 0 elsewhere: e_i, e_j′, or e_i e_j′."""
    if shape.is_vector:
        return build.unit_vector(positions[0], shape.rows)
    row = build.transpose(build.unit_vector(positions[-1], shape.columns))
    return row if shape.is_row else build.product(build.unit_vector(positions[0], shape.rows), row)


def _literal_chains(node: Node, leaf: Node) -> list[Chain]:
    """Return [da; db] as da e_1 + db e_2."""
    columns = node.shape.columns.coefficient
    chains: list[Chain] = []
    for number, entry in enumerate(node.operands):
        if _holds(entry, leaf):
            places = Dimension(number // columns + 1), Dimension(number % columns + 1)
            at = unit_array(node.shape, places[:1] if node.shape.is_vector else places)
            chains += _then(_chains(entry, leaf), OuterBy(SCALAR, node.shape, at))
    return chains


def _block_chains(node: n.Blocks, leaf: Node) -> list[Chain]:
    """Return [dA, dB] as [dA, 0] + [0, dB]."""
    chains: list[Chain] = []
    for line, above in zip(node.grid, offsets(node.heights), strict=True):
        for block, before in zip(line, offsets(node.widths), strict=True):
            if _holds(block, leaf):
                chains += _then(_chains(block, leaf), Placed(block.shape, node.shape, above, before))
    return chains


def _holds(node: Node, leaf: Node) -> bool:
    return any(current is leaf for current in walk(node, holding=_DIFFERENTIAL))


_DIFFERENTIAL = Node.mask_of(n.Differential)


def _then(chains: list[Chain], stage: Stage) -> list[Chain]:
    return [_followed_by(chain, stage) for chain in chains]


def _followed_by(chain: Chain, stage: Stage) -> Chain:
    total = sum_of(chain)
    if total is None:
        return (*chain, stage)
    return (SumOver(total.source, stage.target, total.index, _followed_by(total.chain, stage)),)


def _product_chains(node: Node, leaf: Node) -> list[Chain]:
    place = next((position for position, factor in enumerate(node.operands) if _holds(factor, leaf)), None)
    if place is None:
        raise Refusal("a product without a differential is not linear in it")
    factor = node.operands[place]  # the product is A · factor · B · C: first A as a whole, then B, then C
    chains = _chains(factor, leaf)
    shape = factor.shape
    if place:
        before = build.product(*node.operands[:place])
        chains, shape = _multiplied(chains, shape, before, at_left=True)
    for after in node.operands[place + 1 :]:
        if _holds(after, leaf):
            raise Refusal("a product of two differentials is not linear")
        chains, shape = _multiplied(chains, shape, after, at_left=False)
    return chains


def _multiplied(chains: list[Chain], shape: Shape, factor: Node, at_left: bool) -> tuple[list[Chain], Shape]:
    if factor.shape.is_scalar:  # s V
        return _then(chains, Scale(shape, shape, factor, behind=not at_left)), shape
    if shape.is_scalar:  # the value is a scalar v: v A
        return _then(chains, OuterBy(shape, factor.shape, factor)), factor.shape
    pair = (factor.shape, shape) if at_left else (shape, factor.shape)
    target = product_shape(*pair)
    left, right = (factor, None) if at_left else (None, factor)
    stage = Sandwich(shape, target, left, right)
    return [_crossed(chain, stage) or _followed_by(chain, stage) for chain in chains], target


def _crossed(chain: Chain, last: Sandwich) -> Chain | None:
    """Return A [v]ₓ w as −A [w]ₓ v, and w′[v]ₓ B as ([w]ₓ v)′B; None where no vector meets the matrix of v."""
    place = max((place for place, stage in enumerate(chain) if isinstance(stage, SkewOf)), default=None)
    if place is None:
        return None
    skew, behind = chain[place], chain[place + 1 :]
    if last.target.is_vector and last.right is not None and all(_acts_on(stage, at_left=True) for stage in behind):
        cross = CrossWith(skew.source, skew.source, build.negate(build.skew(last.right)), None)
        return (*chain[:place], cross, *_upon(behind, skew.source))
    if last.target.is_row and last.left is not None and all(_acts_on(stage, at_left=False) for stage in behind):
        turned = skew.source.transposed
        cross = CrossWith(skew.source, skew.source, build.skew(build.transpose(last.left)), None)
        return (*chain[:place], cross, TransposeOf(skew.source, turned), *_upon(behind, turned))
    return None


def _acts_on(stage: Stage, at_left: bool) -> bool:
    """Return whether a stage multiplies by a number, or by a matrix at this side alone."""
    if isinstance(stage, Sandwich):
        return stage.right is None if at_left else stage.left is None
    return isinstance(stage, Scale)


def _upon(stages: Chain, shape: Shape) -> Chain:
    """Return the same stages for a vector, or for a row, instead of a matrix."""
    found: list[Stage] = []
    for stage in stages:
        if isinstance(stage, Sandwich):
            target = product_shape(stage.left.shape, shape) if stage.left else product_shape(shape, stage.right.shape)  # type: ignore[union-attr]
            found.append(Sandwich(shape, target, stage.left, stage.right))
            shape = target
        elif isinstance(stage, Scale):
            found.append(Scale(shape, shape, stage.factor))
    return tuple(found)


def _bilinear_chains(node: Node, leaf: Node) -> list[Chain]:
    a, b = node.operands
    if _holds(a, leaf) and _holds(b, leaf):
        raise Refusal("a product of two differentials is not linear")
    varying, other, other_first = (a, b, False) if _holds(a, leaf) else (b, a, True)
    chains = _chains(varying, leaf)
    if isinstance(node, n.Kronecker):
        return _then(chains, KroneckerWith(varying.shape, node.shape, other, other_first))
    if isinstance(node, n.KhatriRao):  # the columns k ⊗ k of the Kronecker product
        whole = build.kronecker(a, b).shape
        eye = build.identity(a.shape.columns)
        chains = _then(chains, KroneckerWith(varying.shape, whole, other, other_first))
        return _then(chains, Sandwich(whole, node.shape, None, build.khatri_rao(eye, eye)))
    return _then(chains, HadamardWith(node.shape, node.shape, other))


def simplify_chain(chain: Chain) -> Chain:
    """Return an equal chain: scalings first, neighbouring sandwiches merged, right factors merged before left ones."""
    total = sum_of(chain)
    if total is not None:
        return (SumOver(total.source, total.target, total.index, simplify_chain(total.chain)),)
    merged: list[Stage] = []
    for stage in (stage for stage in chain if not isinstance(stage, Scale)):
        last = merged[-1] if merged else None
        joined = _joined(last, stage) if isinstance(stage, Sandwich) and isinstance(last, Sandwich) else None
        if joined is not None:
            merged[-1:] = joined
        elif isinstance(stage, TransposeOf) and isinstance(last, TransposeOf):
            merged.pop()
        else:
            merged.append(stage)
    merged = _without_kronecker(merged)
    scales: list[Node] = []  # in the order in which they are written, the outer ones around the inner ones
    for stage in (stage for stage in (*chain, *merged) if isinstance(stage, Scale)):
        scales.insert(len(scales) if stage.behind else 0, stage.factor)
    merged = [stage for stage in merged if not isinstance(stage, Scale)]
    if scales:
        shape = chain[0].source
        merged.insert(0, Scale(shape, shape, build.product(*scales)))
    return tuple(merged)


def _without_kronecker(stages: list[Stage]) -> list[Stage]:
    """Return the stages with L (A ⊗ V) w as L vec(V W A′) and L (V ⊗ A) w as L vec(A W V′), where w = vec W."""
    for place, (product, after) in enumerate(pairwise(stages)):
        if not (isinstance(product, KroneckerWith) and isinstance(after, Sandwich)):
            continue
        v, factor, w = product.source, product.factor, after.right
        if w is None or not (w.shape.is_vector and v.is_matrix and factor.shape.is_matrix):
            continue
        if product.factor_first:
            arranged = build.unvec(w, matrix(v.columns, factor.shape.columns))
            image = matrix(v.rows, factor.shape.rows)
            inner: list[Stage] = [Sandwich(v, image, None, build.product(arranged, build.transpose(factor)))]
        else:
            arranged = build.unvec(w, matrix(factor.shape.columns, v.columns))
            image = matrix(factor.shape.rows, v.rows)
            inner = [TransposeOf(v, v.transposed), Sandwich(v.transposed, image, build.product(factor, arranged), None)]
        stacked = vector(image.rows * image.columns)
        outer: list[Stage] = [] if after.left is None else [Sandwich(stacked, after.target, after.left, None)]
        return [*stages[:place], *inner, VecOf(image, stacked), *outer, *_without_kronecker(stages[place + 2 :])]
    return stages


def _joined(first: Sandwich, second: Sandwich) -> list[Stage] | None:
    """Return two sandwiches as one, None where the types do not allow it (a matrix of one row is not a row)."""
    try:
        left = _join(second.left, first.left)
        right = _join(first.right, second.right)
        stages = _sandwich(first.source, second.target, left, right)
        shape = first.source
        for stage in stages:
            if isinstance(stage, Sandwich):
                shape = shape if stage.right is None else product_shape(shape, stage.right.shape)
                shape = shape if stage.left is None else product_shape(stage.left.shape, shape)
            elif isinstance(stage, OuterBy):
                shape = product_shape(shape, stage.array.shape)
    except ShapeError:
        return None
    return stages if shape == second.target else None


def _join(first: Node | None, second: Node | None) -> Node | None:
    if first is None or second is None:
        return second if first is None else first
    return build.product(first, second)


def _sandwich(source: Shape, target: Shape, left: Node | None, right: Node | None) -> list[Stage]:
    """Return the sandwich; one that contracts to a scalar on the right first, as (v′r) times the left factor."""
    if source.is_row and right is not None and right.shape.is_vector and left is not None:
        return [Sandwich(source, SCALAR, None, right), OuterBy(SCALAR, target, left)]
    if source.is_vector and left is not None and left.shape.is_row and right is not None:
        return [Sandwich(source, SCALAR, left, None), OuterBy(SCALAR, target, right)]
    if right is not None and right.shape.is_scalar:
        scaled: list[Stage] = [Scale(source, source, right)]
        return scaled if left is None else [*scaled, *_sandwich(source, target, left, None)]
    if left is not None and left.shape.is_scalar:
        return [Scale(source, source, left), *_sandwich(source, target, None, right)]
    return [Sandwich(source, target, left, right)]
