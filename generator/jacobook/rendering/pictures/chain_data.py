"""The chain of a derivation as plain data: names with their spaces, arrows with partials and shapes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from jacobook.algebra.dimensions import size_text
from jacobook.algebra.nodes import Symbol
from jacobook.algebra.shapes import Dimension, Shape
from jacobook.calculus.derivation import Derivation
from jacobook.rendering.letters import is_one_letter, split_name, unicode_letter
from jacobook.rendering.shape_words import jacobian_shape_text


class Face(Enum):
    """How a run of characters is set."""

    ROMAN = "roman"
    ITALIC = "italic"
    BOLD = "bold"


@dataclass(frozen=True, slots=True)
class TypeRun:
    """Characters of one face; `shift` is 1 for a superscript, -1 for a subscript."""

    text: str
    face: Face = Face.ROMAN
    shift: int = 0


Label = tuple[TypeRun, ...]


@dataclass(frozen=True, slots=True)
class ChainNode:
    """A name of the chain and the space it lives in."""

    key: str
    label: Label
    space: Label
    is_variable: bool = False
    is_constant: bool = False


@dataclass(frozen=True, slots=True)
class ChainEdge:
    """An arrow from a name to one that uses it, with the partial derivative and its shape."""

    source: str
    target: str
    label: Label = ()
    shape: str = ""


@dataclass(frozen=True, slots=True)
class DrawnChain:
    """The names of a chain and its arrows."""

    nodes: tuple[ChainNode, ...]
    edges: tuple[ChainEdge, ...]

    @property
    def is_linear(self) -> bool:
        """Return whether every name has at most one arrow in and one arrow out."""
        sources = [edge.source for edge in self.edges]
        targets = [edge.target for edge in self.edges]
        return len(set(sources)) == len(sources) and len(set(targets)) == len(targets)


def plain(label: Label) -> str:
    """Return a label as words for a reader who does not see it: `∂z/∂y`, `R^D`."""
    signs = {1: "^", -1: "_", 0: ""}
    result, shift = "", 0
    for run in label:
        result += (signs[run.shift] if run.shift != shift else "") + run.text
        shift = run.shift
    return result.replace("ℝ", "R")


def symbol_label(symbol: Symbol) -> Label:
    """Return a name as it is set: scalars italic, arrays bold, digits below."""
    base, parts = split_name(symbol.name)
    face = Face.BOLD if not symbol.shape.is_scalar else Face.ITALIC if is_one_letter(base) else Face.ROMAN
    runs = [TypeRun(unicode_letter(base), face)]
    if parts:
        runs.append(TypeRun(",".join(unicode_letter(part) for part in parts), Face.ROMAN, -1))
    return tuple(runs)


def dimension_words(dimension: Dimension) -> str:
    """Return a dimension as plain characters: `D`, `2MN`, `n+1`."""
    if dimension.is_sum:
        return size_text(dimension, unicode_letter, "").replace(" - ", "−").replace(" ", "")
    coefficient = "" if dimension.coefficient == 1 and dimension.names else str(dimension.coefficient)
    return coefficient + "".join(unicode_letter(name) for name in dimension.names)


def space_label(shape: Shape) -> Label:
    """Return ℝ, ℝᴰ or ℝᴹˣᴺ as it is set."""
    if shape.is_scalar:
        return (TypeRun("ℝ"),)
    rows, columns = dimension_words(shape.rows), dimension_words(shape.columns)
    return TypeRun("ℝ"), TypeRun(rows if shape.is_vector else f"{rows}×{columns}", Face.ITALIC, 1)


def partial_label(of: Symbol, wrt: Symbol, total: bool = False) -> Label:
    """Return ∂z/∂y as it is set in one line."""
    sign = TypeRun("d" if total else "∂")
    return sign, *symbol_label(of), TypeRun("/"), sign, *symbol_label(wrt)


def chain_of(derivation: Derivation) -> DrawnChain:
    """Return the chain of a derivation, the variable first."""
    nodes: dict[str, ChainNode] = {}
    edges = []
    wrt = derivation.statement.wrt
    symbols = [wrt, *(link.symbol for link in reversed(derivation.links))]
    used = {wrt, derivation.statement.function}
    for partial in derivation.partials:
        used |= {partial.of, partial.wrt}
    for symbol in symbols:
        if symbol in used and symbol.name not in nodes:
            space = space_label(symbol.shape)
            nodes[symbol.name] = ChainNode(symbol.name, symbol_label(symbol), space, is_variable=symbol is wrt)
    numbers = all(symbol.shape.is_scalar for symbol in used)  # then no shape is worth a word
    for partial in reversed(derivation.partials):
        edges.append(
            ChainEdge(
                partial.wrt.name,
                partial.of.name,
                partial_label(partial.of, partial.wrt),
                "" if numbers else jacobian_shape_text(partial.of.shape, partial.wrt.shape),
            )
        )
    return DrawnChain(tuple(nodes.values()), tuple(edges))
