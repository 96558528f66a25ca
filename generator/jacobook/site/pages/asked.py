"""What a page asks of its reader, as data for the scripts: a statement, and the derivatives that can be answered."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.algebra.nodes import Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import derivative_shape
from jacobook.calculus.derivation import Derivation
from jacobook.language.printer import text
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.letters import with_letters
from jacobook.rendering.shape_words import derivative_left, dimension_text, shape_text
from jacobook.rendering.statement_address import statement_address
from jacobook.rendering.statement_lines import latex_declarations, latex_functions, latex_link
from jacobook.site.pages.filters import type_key


def asked(given: Sequence[str], lines: Sequence[str], derivation: Derivation) -> dict[str, Any]:
    """Return the statement as the engine takes it, and its derivatives: the whole one, and those of its chain."""
    statement = derivation.statement
    targets = [_target(None, statement.function, statement.wrt)]
    if len(derivation.partials) > 1:
        split = [link for link in derivation.links if link not in statement.links]
        targets += [_target(f"partial {p.of.name} by {p.wrt.name}", p.of, p.wrt, split) for p in derivation.partials]
    return {
        "lines": list(lines),
        "given": list(given),
        "wrt": statement.wrt.name,
        "order": 1,
        "targets": targets,
    }


def answer_box(data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what the box under a question shows before its script comes, as HTML; None where nothing is asked.

    `data` for an attribute in quotes, `names` of the derivatives that can be answered, `has_shape`: whether the first
    one is asked for its shape, `address` of the page on which the statement can be changed.
    """
    if data is None:
        return None
    return {
        "data": html.escape(json.dumps(data, ensure_ascii=False, separators=(",", ":")), quote=True),
        "names": [html.escape(target["name"]) for target in data["targets"]],
        "has_shape": "shape" in data["targets"][0],
        "address": html.escape(statement_address(data["lines"], data["given"], data["wrt"])),
    }


def exercise(derivation: Derivation) -> dict[str, Any]:
    """Return what a page of exercises shows of a question, and by what it is chosen there; formulas are LaTeX."""
    statement = derivation.statement
    return {
        "statement": [latex_link(link) for link in statement.links],
        "where": [*latex_declarations(statement.declarations), *latex_functions(statement.functions)],
        "wanted": latex(derivative_left(statement.function, statement.wrt)),
        "kind": type_key(statement.function.shape, statement.wrt.shape),
        "chain": len(statement.links) > 1,
    }


def _target(name: str | None, of: Symbol, wrt: Symbol, split: Sequence[Link] = ()) -> dict[str, Any]:
    """Return a derivative that can be answered; beyond two indices, and for a number, its shape is not asked for.

    A derivative with respect to a name that the statement does not have comes with what that name stands for.
    """
    shape = derivative_shape(of.shape, wrt.shape)
    sign = "∂" if name else "d"
    found: dict[str, Any] = {"target": name, "name": _derivative_name(sign, *_letters(of, wrt), stacked=shape is None)}
    if shape is not None and not shape.is_scalar:
        found |= {"shape": shape_text(shape), "rule": _shape_rule(of, wrt)}
        if not of.shape.is_matrix and not wrt.shape.is_matrix:
            found["turned"] = shape_text(shape.transposed)
    if any(link.symbol in (of, wrt) for link in split):
        found["where"] = [with_letters(f"{link.symbol.name} = {text(link.expression)}") for link in split]
    return found


def _letters(*symbols: Symbol) -> list[str]:
    return [with_letters(symbol.name) for symbol in symbols]


def _derivative_name(sign: str, of: str, wrt: str, *, stacked: bool) -> str:
    """Return the name of a derivative as plain characters; beyond two indices it is that of the stacked entries."""
    return f"{sign} vec({of})/{sign} vec({wrt})'" if stacked else f"{sign}{of}/{sign}{wrt}"


def _shape_rule(of: Symbol, wrt: Symbol) -> str:
    """Return where the shape of a derivative comes from, for a reader who had another one in mind."""
    first, second = _letters(of, wrt)
    if wrt.shape.is_scalar:
        return f"With respect to a scalar, the derivative has the shape of {first}."
    if of.shape.is_scalar and wrt.shape.is_matrix:
        return f"The derivative of a scalar with respect to a matrix has the shape of {second}."
    rows = "one row" if of.shape.is_scalar else f"a row for every entry of {first} ({dimension_text(of.shape.length)})"
    return f"It has {rows}, and a column for every entry of {second} ({dimension_text(wrt.shape.length)})."
