"""What a page says of where its derivation holds."""

from __future__ import annotations

import pytest

from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.rendering.sentences import prose_text
from jacobook.rendering.statement_lines import where_rules_apply


@pytest.mark.parametrize(
    ("given", "expression", "said"),
    [
        ("X in R^(M x N)", "logdet(X'*X)", ["The derivation holds where X'*X is invertible."]),
        ("X in R^(N x N)", "inv(X)", ["The derivation holds where X is invertible."]),
        ("X in R^(N x N) invertible", "inv(X)", []),
        ("X in R^(N x N) invertible", "logdet(X'*X)", []),
        ("X in R^(N x N)", "tr(X)", []),
    ],
)
def test_a_condition_that_a_step_adds_is_said(given: str, expression: str, said: list[str]) -> None:
    derivation = derive(parse_statement([given], [expression], "X"))
    assert [prose_text(sentence) for sentence in where_rules_apply(derivation)] == said
