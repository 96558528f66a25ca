"""What is marked as new in a line, over the derivations of many functions and on lines of our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Node
from jacobook.language import parse_declarations, parse_expression
from jacobook.rendering.latex.changes import MERGING_RULES, MOVING_RULES, changes, with_changes
from jacobook.rendering.latex.formulas import printed as printed_node
from jacobook.rendering.latex.formulas import printed_line
from jacobook.rendering.latex.lines import LatexLine, shaped_right
from jacobook.rendering.latex.printed import Marks, Printed, PrintedFactor, PrintedTerm
from jacobook.rendering.latex.shape_braces import printed_with_shapes_of_factors

MARK = r"\class{changed}{"
SYMBOLS = parse_declarations(["A, B, C, X in R^(N x N) invertible", "x, y, z in R^N", "a, b, c, d, s, t in R"])


def expression(text: str) -> Node:
    return parse_expression(text, SYMBOLS)


def opened(text: str, command: str) -> tuple[str, list[str]]:
    """Return the text without a command around its argument, and the arguments."""
    inside: list[str] = []
    while (start := text.find(command)) >= 0:
        depth, end = 1, start + len(command)
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        inside.append(text[start + len(command) : end - 1])
        text = text[:start] + inside[-1] + text[end:]
    return text, inside


def every_factor(term: PrintedTerm) -> Iterator[PrintedFactor]:
    for factor in term.factors:
        yield factor
        yield from factor.inner()


def words_of_terms(line: Printed) -> list[Counter[str]]:
    """Return, term by term, how often every factor stands there, at every depth, and every name of a function."""
    return [Counter(text for f in every_factor(term) for text in (f.text, f.name) if text) for term in line.terms]


def is_more(word: str, was: Printed, now: Printed) -> bool:
    """Return whether a word stands more often than before: in a term, or, of other terms, in all."""
    before, after = words_of_terms(was), words_of_terms(now)
    if len(before) != len(after):
        before, after = [sum(before, Counter[str]())], [sum(after, Counter[str]())]
    return any(new[word] > old[word] for old, new in zip(before, after, strict=True))


def compared(lines: list[LatexLine]) -> Iterator[tuple[Printed, Printed, Marks]]:
    """Yield each line with the one before it and its marks, where the rule does not move what was there."""
    for line in lines:
        if line.before is not None and line.claim.rule not in MOVING_RULES:
            was = printed_line(line.before.right, line.before.mark_diagonal).copy()
            now = shaped_right(line.claim).copy()
            yield was, now, changes(was, now, line.claim.rule)


def test_without_its_marks_a_line_is_the_line(printed: list[LatexLine]) -> None:
    marked = [line for line in printed if MARK in line.annotated]
    assert len(marked) > 80
    for line in printed:
        assert opened(line.annotated, MARK)[0] == shaped_right(line.claim).text
        assert r"\class" not in line.formula


def test_the_first_line_of_a_block_has_no_mark(printed: list[LatexLine]) -> None:
    first = [line for line in printed if line.left]
    assert first
    assert all(MARK not in line.annotated for line in first)


def test_what_is_marked_was_not_in_the_line_before(printed: list[LatexLine]) -> None:
    tried = 0
    for was, now, marks in compared(printed):
        words = [(factor.text, [factor, *factor.inner()]) for factor in marks.factors]
        words += [(factor.name, [factor]) for factor in marks.names]
        for text, parts in words:
            assert any(is_more(part.text, was, now) for part in parts), f"{text} is in {was.text}, as often"
            tried += 1
    assert tried > 80


def test_what_is_not_marked_was_in_the_line_before(printed: list[LatexLine]) -> None:
    def unmarked(line: Printed, marks: Marks) -> Iterator[str]:
        for factor in line.factors():
            if factor not in marks.factors:
                yield from [] if factor.rows else [factor.text]
                for row in factor.rows:
                    yield from unmarked(row, marks)

    tried = 0
    for was, now, marks in compared(printed):
        if marks.factors:
            known = {factor.text for term in was.terms for factor in every_factor(term)}
            for leaf in unmarked(now, marks):
                assert leaf in known, f"{leaf} of {now.text} is new"
                tried += 1
    assert tried > 200


@pytest.mark.parametrize(
    ("before", "line", "rule", "marked"),
    [
        ("x + y", "x + y", "tidy", []),
        ("x'*A*y", "x'*A*z", "tidy", ["*z*"]),
        ("A*B", "B*A", "tidy", []),
        ("A*B*C", "C*A*B", "cyclic-trace", ["*C*"]),
        ("c*a*A*x + c*b*B*x", "c*(a*A + b*B)*x", "collect", ["(a*A* + b*B*)"]),
        ("(A + B)*x", "(A + C)*x", "tidy", ["*C*"]),
        ("a*exp(s)", "a*exp(c*d)", "substitution", ["cd"]),
        ("a - sin(s)", "a - cos(s)", "tidy", [r"\cos"]),
        ("a - softplus(s)", "a - sigmoid(s)", "tidy", [r"\operatorname{sigmoid}"]),
        ("a + b", "a - b", "tidy", ["-"]),
        ("a + b", "c - d", "tidy", []),
        ("t*(a/b)", "t*(a/c)", "tidy", ["c"]),
        ("inv(A)*B*x", "inv(A)'*B*x", "tidy", [r"*A*^{-\top}"]),
    ],
)
def test_the_part_that_a_rule_changed(before: str, line: str, rule: str, marked: list[str]) -> None:
    was, now = printed_node(expression(before)), printed_node(expression(line))
    text, inside = opened(with_changes(was, now, rule), MARK)
    assert text == now.text
    assert [starred(part) for part in inside] == marked


def starred(text: str) -> str:
    for letter in "ABCXxyz":
        text = text.replace(rf"\boldsymbol{{{letter}}}", f"*{letter}*")
    return text


def test_the_differential_that_a_product_rule_brings() -> None:
    A, B, X, c = (next(symbol for symbol in SYMBOLS if symbol.name == name) for name in "ABXc")
    before = b.product(c, b.differential(b.product(A, X, B)))
    after = b.product(c, A, b.differential(X), B)
    assert opened(with_changes(printed_node(before), printed_node(after), "product"), MARK)[1] == [
        r"\mathrm{d}\boldsymbol{X}"
    ]


def test_neighbours_share_a_mark_but_not_across_a_brace() -> None:
    before, line = expression("A*B"), expression("A*C*X*B")
    marked = with_changes(printed_node(before), printed_node(line))
    assert starred(marked) == r"*A*\class{changed}{*C**X*}*B*"
    assert with_changes(printed_node(before), printed_with_shapes_of_factors(line, hideable=True)).count(MARK) == 2


def test_rules_that_move_or_merge_exist() -> None:
    from jacobook.calculus.rules.table import RULES

    assert RULES.keys() >= MOVING_RULES | MERGING_RULES


def test_every_pair_of_lines_of_one_block_is_compared(printed: list[LatexLine]) -> None:
    for first, second in pairwise(printed):
        if not second.left:
            assert second.before is first.claim
