"""A single expression as NumPy code, in the names of its variables."""

from __future__ import annotations

from collections.abc import Sequence

from jacobook.algebra.nodes import Node, Symbol
from jacobook.rendering.numpy_code.array_expressions import CodeWriter
from jacobook.rendering.numpy_code.function_source import size_sources


def numpy_expression(node: Node, arguments: Sequence[Symbol]) -> str:
    names = {symbol.name: symbol.name for symbol in arguments}
    return CodeWriter(names, size_sources(arguments, names)).write(node).text
