"""A single expression as NumPy code, in the names of its variables."""

from __future__ import annotations

from collections.abc import Sequence

from generator.algebra.nodes import Node, Symbol
from generator.rendering.numpy_code import size_sources
from generator.rendering.numpy_expression import NumpyWriter


def numpy_expression(node: Node, arguments: Sequence[Symbol]) -> str:
    names = {symbol.name: symbol.name for symbol in arguments}
    return NumpyWriter(names, size_sources(arguments, names)).write(node).text
