"""Entries at fixed places: what they are where that is plain to see, and how large sizes must be to have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import size_of_number, times, total
from jacobook.algebra.nodes import Node, Position
from jacobook.algebra.shapes import ONE, Dimension, ShapeError
from jacobook.algebra.traverse import walk


def same_place(first: Position, second: Position) -> bool | None:
    """Return whether two positions are the same place, None where that depends on sizes or indices."""
    if first == second:
        return True
    fixed = isinstance(first, Dimension) and isinstance(second, Dimension)
    return False if fixed and not (first.names or second.names) else None  # type: ignore[union-attr]


def are_fixed(positions: Iterable[Position]) -> bool:
    """Return whether all positions are fixed places."""
    return all(isinstance(position, Dimension) for position in positions)


def entry_at(node: Node, *places: Position, opens: Callable[[Node], bool] = lambda array: True) -> Node:
    """Return the entry at the places, opened where that is plain: (x + y)_1 is x_1 + y_1, (A′)_12 is A_21.

    What is left is the entry of a variable, of a product of matrices, of an inverse and their like, and of an array
    that `opens` leaves closed.
    """
    if node.shape.is_scalar:
        return node
    if not opens(node):
        return build.entry(node, *places)

    def at(operand: Node) -> Node:
        return entry_at(operand, *places, opens=opens)

    inside = [operand for operand in node.operands if not operand.shape.is_scalar]
    match node:
        case n.Transpose():
            return entry_at(node.operands[0], *reversed(places), opens=opens)
        case n.Fill():
            return node.operands[0]
        case n.Literal() if are_fixed(places) and not any(place.names for place in places):  # type: ignore[union-attr]
            row, column = _row_and_column(node, places)
            return node.operands[(row - 1) * node.shape.columns.coefficient + column - 1]
        case n.Skew() if are_fixed(places):
            return entry_at(build.skew_written_out(node.operands[0]), *places, opens=opens)
        case n.UnitVector() | n.Identity():
            positions = (node.position, *places) if isinstance(node, n.UnitVector) else places
            same = same_place(*positions)
            return build.entry(node, *places) if same is None else build.number(int(same))
        case n.Subarray() if are_fixed(places):
            both = (node.above, node.before) if node.shape.is_matrix else (node.above + node.before,)
            moved = [place + shift for place, shift in zip(places, both, strict=True)]  # type: ignore[operator]
            return entry_at(node.operands[0], *moved, opens=opens)
        case n.Add():
            return build.add(*map(at, node.operands))
        case n.Negate():
            return build.negate(at(node.operands[0]))
        case n.Divide():
            return build.divide(at(node.operands[0]), node.operands[1])
        case n.Apply():
            return build.apply(node.function, at(node.operands[0]))
        case n.BoundedSum():
            return build.bounded_sum(node.index, at(node.operands[0]))
        case n.Hadamard():
            return build.product(*map(at, node.operands))
        case n.HadamardDivide():
            return build.divide(*map(at, node.operands))
        case n.HadamardPower():
            return build.power(*map(at, node.operands))
        case n.Diagonal():
            return entry_at(node.operands[0], *places, *places, opens=opens)
        case n.Diag() if (same := same_place(*places)) is not None:
            return entry_at(node.operands[0], places[0], opens=opens) if same else build.ZERO
        case n.Product() if len(inside) == 1:
            return build.product(*map(at, node.operands))
        case n.Product() if len(inside) == 2 and inside[0].shape.is_vector and inside[1].shape.is_row:
            places_of = {inside[0]: places[:1], inside[1]: places[1:]}
            return build.product(*(entry_at(x, *places_of.get(x, ()), opens=opens) for x in node.operands))
    return build.entry(node, *places)


def _row_and_column(node: Node, places: tuple[Position, ...]) -> tuple[int, int]:
    numbers = [place.coefficient for place in places if isinstance(place, Dimension)]
    row = 1 if node.shape.is_row else numbers[0]
    column = 1 if node.shape.is_vector else numbers[-1]
    if row > node.shape.rows.coefficient or column > node.shape.columns.coefficient:
        raise ShapeError(f"there is no entry {', '.join(map(str, numbers))} in {node.shape.describe()}")
    return row, column


def numbered_places(node: Node) -> list[tuple[int, Dimension]]:
    """Return the places of an entry or a unit vector that are numbers, where the size beside each has a name."""
    pairs: list[tuple[Position, Dimension]] = []
    if isinstance(node, n.Entry):
        pairs = list(zip(node.positions, node.operands[0].shape.axes, strict=True))
    elif isinstance(node, n.UnitVector):
        pairs = [(node.position, node.shape.length)]
    return [
        (place.coefficient, size)
        for place, size in pairs
        if isinstance(place, Dimension) and not place.names and size.names
    ]


def ends_of_part(node: Node) -> list[tuple[Dimension, Dimension]]:
    """Return how many rows, and how many columns, an array has of which this is a part, and where the part ends.

    Of the unit vector e_i the part is that place, which the index i reaches at its upper bound.
    """
    if isinstance(node, n.RunningUnit):
        last = last_number(node.operands[0])
        return [] if last is None else [(node.shape.length, last)]
    if not isinstance(node, n.Subarray):
        return []
    whole, part = node.operands[0].shape, node.shape
    return [(whole.rows, node.above + part.rows), (whole.columns, node.before + part.columns)]


def last_number(number: Node) -> Dimension | None:
    """Return the largest value of i + k, as a size: that at the upper bound of its index; None for other numbers."""
    indices = [symbol for symbol in number.symbols if isinstance(symbol, n.RunningIndex)]
    if len(indices) != 1:
        return None
    rest = size_of_number(total((number, times(indices[0], -1))))
    last = size_of_number(indices[0].upper)
    return None if rest is None or last is None else last + rest


class LeastSizes(dict[str, int]):
    """Sizes from which on what stands in expressions exists; also what must be at least 1, such as N − M."""

    def __init__(self, sizes: Mapping[str, int], differences: frozenset[Dimension] = frozenset()) -> None:
        super().__init__(sizes)
        self.differences = sorted(differences, key=str)

    def enlarged(self, sizes: dict[str, int]) -> dict[str, int]:
        """Return the sizes with those made larger from which too much is taken away: N for N − M."""
        result = dict(sizes)
        for _ in range(MOST_ENLARGED):
            small = next((one for one in self.differences if one.value(result) < 1), None)
            if small is None:
                break
            name = next((names[0] for names, number in small.monomials if number > 0 and names), None)
            if name is None:
                break
            result[name] += 1
        return result


MOST_ENLARGED = 60


def _differences_in(value: object) -> Iterator[Dimension]:
    """Yield what may be 0 or negative among the dimensions of a shape or of the parameters of a node."""
    match value:
        case Dimension():
            if any(number < 0 for _, number in value.monomials):
                yield value
        case n.Index():
            yield from _differences_in(value.dimension)
        case n.Pair():
            yield from _differences_in((value.major, value.minor))
        case tuple():
            for part in value:
                yield from _differences_in(part)


def least_sizes(expressions: Iterable[Node]) -> LeastSizes:
    """Return sizes from which on the arrays, entries and unit vectors exist, those that are more than 1."""
    found: dict[str, int] = {}
    differences: set[Dimension] = set()
    for node in {node: None for expression in expressions for node in walk(expression)}:
        differences.update(_differences_in((node.shape.rows, node.shape.columns, *node.parameters)))
        differences.update(_differences_in(tuple(size - last + ONE for size, last in ends_of_part(node))))
        for place, size in numbered_places(node):
            name, least = size.names[0], found.get(size.names[0], 1)
            if size.is_sum:
                if size.name is None and len(size.names) == 1:
                    least = next((k for k in range(least, place + least + 1) if size.value({name: k}) >= place), place)
            else:
                least = max(least, place if len(size.names) > 1 else -(-place // size.coefficient))
            found[name] = max(found.get(name, 1), least)
    return LeastSizes({name: least for name, least in found.items() if least > 1}, frozenset(differences))
