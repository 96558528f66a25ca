"""Texts about differentials, such as `dX*Y + X*dY`: the letter d before a variable's name is its differential."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jacobook.algebra import build
from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import Index, Node, Symbol, symbol
from jacobook.algebra.shapes import Shape
from jacobook.algebra.traverse import substitute
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.names import differential_names
from jacobook.language.reading import parse_expression


def read_differential(
    text: str,
    symbols: Iterable[Symbol],
    variables: Iterable[Symbol],
    shape: Shape | None = None,
    indices: Mapping[str, Index] | None = None,
    functions: Iterable[UnspecifiedFunction] = (),
) -> Node:
    """Return the expression that the text denotes, `dX` being the differential of X for every one of the variables.

    `symbols` are the names that may occur besides, the variables among them; with an expected shape open sizes are
    inferred from it. Indices and functions are as in `parse_expression`. Raises LanguageError for what cannot be read,
    and where `dX` is declared as a name of its own.
    """
    table = {known.name: known for known in symbols}
    values: dict[Node, Node] = {}
    for variable in dict.fromkeys(variables):
        for name in differential_names(variable.name):
            if name in table:
                message = f"`{name}` is declared, so it cannot stand for the differential of `{variable.name}`"
                start = max(text.find(name), 0)
                raise LanguageError(f"{message}: rename one of them", text, start, start + len(name))
            values[symbol(name, variable.shape)] = build.differential(variable)
    known = [*table.values(), *(placeholder for placeholder in values if isinstance(placeholder, Symbol))]
    return substitute(parse_expression(text, known, shape, indices, functions), values)
