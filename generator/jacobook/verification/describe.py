"""Expressions in one line of plain text, for sentences about claims that failed."""

from __future__ import annotations

from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.shapes import derivative_shape

_INFIX = {
    n.Add: " + ",
    n.Product: "*",
    n.Divide: "/",
    n.Hadamard: " .* ",
    n.HadamardDivide: " ./ ",
    n.HadamardPower: " .^ ",
    n.Power: "^",
}


def describe(node: Node, limit: int = 160) -> str:
    """Return the expression as text, cut off after so many characters."""
    text = _text(node)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _inner(node: Node) -> str:
    text = _text(node)
    plain = isinstance(node, n.Symbol | n.Transpose | n.Differential) or type(node) in OPERATORS or text.isalnum()
    plain = plain or isinstance(node, n.Literal | n.UnitVector | n.Entry)
    return text if plain else f"({text})"


def _text(node: Node) -> str:
    parts = node.operands
    match node:
        case n.Number():
            return str(node.value)
        case n.SizeOf():
            return str(node.dimension)
        case n.Symbol():
            return node.name
        case n.Identity():
            return "I"
        case n.Fill():
            return f"{node.shape.kind.value}({_text(parts[0])})"
        case n.Negate():
            return f"-{_inner(parts[0])}"
        case n.Transpose():
            return f"{_inner(parts[0])}'"
        case n.FunctionValue():
            called = f"{node.function.name}({', '.join(map(_text, parts))})"
            return f"partial({called}, {', '.join(map(str, node.slots))})" if node.slots else called
        case n.Apply():
            return f"{node.function}({_text(parts[0])})"
        case n.Commutation():
            return f"commutation({', '.join(map(str, node.sizes))})"
        case n.Partial():
            sign = "d" if node.total else "∂"
            above, below = _inner(parts[0]), _text(parts[1])
            if derivative_shape(parts[0].shape, parts[1].shape) is None:
                above, below = f"vec({_text(parts[0])})", f"vec({below})'"
            return f"{sign}{above}/{sign}{below}"
        case n.StructuredPartial():
            what = "gradient" if node.is_gradient else "free entries"
            return f"d{_inner(parts[0])}/d{_text(parts[1])}|{node.structure}, {what}"
        case n.PartialEntry():
            sign = "d" if node.total else "∂"
            above, below = (", ".join(map(str, places)) for places in (node.of_positions, node.wrt_positions))
            return f"{sign}{_inner(parts[0])}[{above}]/{sign}{_text(parts[1])}[{below}]"
        case n.Entry():
            return f"{_inner(parts[0])}[{', '.join(map(str, node.positions))}]"
        case n.UnitVector():
            return f"unit({node.position}, {node.shape.length})"
        case n.Literal():
            columns = node.shape.columns.coefficient
            rows = [parts[k : k + columns] for k in range(0, len(parts), columns)]
            return f"[{'; '.join(', '.join(map(_text, row)) for row in rows)}]"
        case n.Delta():
            return f"δ[{', '.join(map(str, node.positions))}]"
        case n.IndexSum():
            return f"Σ_{node.index} {_inner(parts[0])}"
        case n.BoundedSum():
            return f"sum({node.index.name}, {_text(parts[1])}, {_text(parts[2])}, {_text(parts[0])})"
        case n.ArrayOf():
            return f"[{_text(parts[0])}]_{','.join(map(str, node.indices))}"
    if isinstance(node, n.Power | n.HadamardPower) and isinstance(parts[1], n.Entry):
        # Brackets bind as `^` does: x.^w[1] would be an entry of x.^w.
        return f"{_inner(parts[0])}{_INFIX[type(node)]}({_text(parts[1])})"
    if type(node) in _INFIX:
        return _INFIX[type(node)].join(map(_inner, parts))
    operator = OPERATORS.get(type(node))
    name = operator.name if operator is not None else "d" if isinstance(node, n.Differential) else type(node).__name__
    return f"{name}({', '.join(map(_text, parts))})"
