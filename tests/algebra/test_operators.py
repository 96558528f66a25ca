"""The code of an operator is a call with its operands as arguments: it can be put anywhere, and anything into it."""

from __future__ import annotations

import ast

import pytest

from jacobook.algebra.operators import OPERATORS, Operator

WITH_CODE = [row for row in OPERATORS.values() if row.numpy]


def needs_parentheses(row: Operator) -> bool:
    """Whether the code, or an operand in it, would be taken apart by what stands around it."""
    whole = ast.parse(row.numpy.format("FIRST", "SECOND"), mode="eval").body
    arguments = {id(one) for node in ast.walk(whole) if isinstance(node, ast.Call) for one in node.args}
    operands = [one for one in ast.walk(whole) if isinstance(one, ast.Name) and one.id in ("FIRST", "SECOND")]
    outermost = whole.value if isinstance(whole, ast.Subscript) else whole
    return not isinstance(outermost, ast.Call) or not operands or any(id(one) not in arguments for one in operands)


def test_no_row_needs_parentheses():
    assert len(WITH_CODE) > 10
    assert [row.name for row in WITH_CODE if needs_parentheses(row)] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("np.sum({0}**4)**0.25", True),
        ("np.sum({0}**4)", True),
        ("-np.trace({0})", True),
        ("{0}.sum()", True),
        ("np.linalg.slogdet({0})[1]", False),
    ],
)
def test_what_would_be_taken_apart_is_found(code, expected):
    assert needs_parentheses(Operator(WITH_CODE[0].node, "new", numpy=code)) is expected
