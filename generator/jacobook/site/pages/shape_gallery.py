"""Things that look alike: what may be added and multiplied, each verdict asked of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jacobook.algebra.nodes import Symbol
from jacobook.algebra.shapes import Kind, Shape
from jacobook.language import ShapeClash, parse_expression
from jacobook.language.declarations import parse_declarations
from jacobook.rendering.pictures.chain_data import Label, TypeRun, symbol_label
from jacobook.rendering.pictures.shape_svg import Cells, Factor, product_svg, shape_svg, sum_svg
from jacobook.rendering.shape_words import dimension_text, shape_text
from jacobook.site.pages.markup import maths, words

DECLARATIONS = (
    "t in R",
    "m in R^(1 x 1)",
    "v in R^1",
    "x in R^N",
    "C in R^(N x 1)",
    "A in R^(M x N)",
)
ONE_ENTRY = ("t", "m", "v", "v'")
ONE_COLUMN = ("t", "x", "x'", "C")
FITTING = ("x'*x", "x*x'", "A*x")
CLASHING = ("x + x'", "x*x", "A*A")
"""Products and sums that are drawn: what fits, and the mistakes that everybody makes once."""

CROSSINGS = (
    ("m", "m[1, 1]"),
    ("v", "v[1]"),
    ("v", "diag(v)"),
    ("m", "vec(m)"),
    ("t", "vector(t, 1)"),
    ("t", "matrix(t, 1, 1)"),
    ("C", "vec(C)"),
    ("x", "x'"),
)
"""What there is, and an expression that turns it into one of its look-alikes."""


@dataclass(frozen=True, slots=True)
class FitVerdict:
    """What the engine says of an expression: its shape, or why its operands do not fit."""

    expression: str
    shape: Shape | None
    message: str = ""


def verdict(expression: str, symbols: Sequence[Symbol]) -> FitVerdict:
    """Return whether an expression can be read, asked of the parser. Raises LanguageError for other faults of it."""
    try:
        return FitVerdict(expression, parse_expression(expression, symbols).shape)
    except ShapeClash as clash:
        return FitVerdict(expression, None, clash.message)


def verdicts(operands: Sequence[str], operator: str, symbols: Sequence[Symbol]) -> list[list[FitVerdict]]:
    """Return the verdict on each pair of operands: one row for each left operand."""
    return [[verdict(f"{left}{operator}{right}", symbols) for right in operands] for left in operands]


def lookalikes(cells: Cells) -> dict[str, Any]:
    """Return what the page says of things that look alike: their pictures, what fits, how to cross over."""
    symbols = parse_declarations(DECLARATIONS)
    declared = dict(zip((symbol.name for symbol in symbols), DECLARATIONS, strict=True))
    groups = []
    for operands in (ONE_ENTRY, ONE_COLUMN):
        sums, products = (verdicts(operands, operator, symbols) for operator in (" + ", "*"))
        refused = [one for table in (sums, products) for row in table for one in row if one.shape is None]
        groups.append(
            {
                "things": [_thing(operand, symbols, declared, cells) for operand in operands],
                "operands": [f"`{operand}`" for operand in operands],
                "tables": [
                    {"operator": "`+`", "rows": _rows(operands, sums)},
                    {"operator": "`*`", "rows": _rows(operands, products)},
                ],
                "refused": [one.message for one in refused],
            }
        )
    return {
        "groups": groups,
        "crossings": [_crossing(*crossing, symbols) for crossing in CROSSINGS],
        "fitting": [drawn(expression, symbols, cells) for expression in FITTING],
        "clashing": [drawn(expression, symbols, cells) for expression in CLASHING],
    }


def drawn(expression: str, symbols: Sequence[Symbol], cells: Cells) -> dict[str, str]:
    """Return the picture of a sum or a product with its operands side by side, and what the engine says of it."""
    operator, draw = ("+", sum_svg) if "+" in expression else ("*", product_svg)
    factors = [factor(operand.strip(), symbols) for operand in expression.split(operator)]
    said = verdict(expression, symbols)
    return {
        "picture": draw(factors, cells),
        "expression": f"`{expression}`",
        "said": in_words(said.shape) if said.shape else "does not fit",
        "verdict": "yes" if said.shape else "no",
        "message": said.message,
    }


def factor(operand: str, symbols: Sequence[Symbol]) -> Factor:
    """Return a symbol, or a transposed one as `x'`, as it is drawn."""
    name = operand.removesuffix("'")
    label: Label = symbol_label(next(symbol for symbol in symbols if symbol.name == name))
    if operand != name:
        label = (*label, TypeRun("⊤", shift=1))
    return Factor(parse_expression(operand, symbols).shape, label)


def in_words(shape: Shape) -> str:
    """Return a shape in words with an article: `a row with N entries`."""
    return words(shape.describe().replace("*", "·"))


def _thing(operand: str, symbols: Sequence[Symbol], declared: Mapping[str, str], cells: Cells) -> dict[str, str]:
    node = parse_expression(operand, symbols)
    axes = [dimension_text(size) for size in node.shape.axes]
    array = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
    return {
        "formula": maths(node),
        "words": in_words(node.shape),
        "picture": shape_svg(node.shape, cells),
        "declared": f"`{declared[operand.removesuffix(chr(39))]}`",
        "written": f"`{operand}`",
        "array": f"`{array}`",
    }


def _rows(operands: Sequence[str], table: Sequence[Sequence[FitVerdict]]) -> list[dict[str, Any]]:
    return [
        {"left": f"`{operand}`", "cells": [_cell(one) for one in row]}
        for operand, row in zip(operands, table, strict=True)
    ]


def _cell(one: FitVerdict) -> dict[str, Any]:
    return {"fits": one.shape is not None, "result": _short(one.shape) if one.shape else "no"}


def _short(shape: Shape) -> str:
    """Return a word, or, for a matrix, its shape."""
    return shape_text(shape) if shape.kind is Kind.MATRIX else shape.kind.value


def _crossing(operand: str, expression: str, symbols: Sequence[Symbol]) -> dict[str, str]:
    before, after = (parse_expression(text, symbols).shape for text in (operand, expression))
    return {"before": in_words(before), "expression": f"`{expression}`", "after": in_words(after)}
