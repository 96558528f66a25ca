"""What is marked as new in a line, over the derivations of many functions and on lines of our own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from jacobook.rendering.latex.changes import MERGING_RULES, MOVING_RULES, with_changes
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.lines import LatexLine, shaped_right
from jacobook.rendering.latex.parse import Factor, Row, parse

MARK = r"\class{changed}{"


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


def every_factor(row: Row) -> Iterator[Factor]:
    for term in row:
        for factor in term.factors:
            yield factor
            yield from factor.inner()


def names(source: str) -> set[str]:
    """Return every factor at every depth, and the names of functions."""
    found = {factor.text for factor in every_factor(parse(source))}
    return found | {f.text[: f.name_end - f.start] for f in every_factor(parse(source)) if f.name_end}


def leaves(source: str) -> list[str]:
    return [factor.text for factor in every_factor(parse(source)) if not factor.rows]


def words_of_terms(source: str) -> list[list[str]]:
    """Return, term by term, every factor at every depth, with its scripts, and the names of functions."""
    found = []
    for term in parse(source):
        factors = list(every_factor([term]))
        found.append([f.text for f in factors] + [f.text[: f.name_end - f.start] for f in factors if f.name_end])
    return found


def is_more(part: str, was: str, is_now: str) -> bool:
    """Return whether something in the part stands more often than before: in a term, or, of other terms, in all."""
    before, now = words_of_terms(was), words_of_terms(is_now)
    if len(before) != len(now):
        before, now = ([[word for term in terms for word in term]] for terms in (before, now))
    words = [word for term in words_of_terms(part) for word in term]
    return any(new.count(word) > old.count(word) for old, new in zip(before, now, strict=True) for word in words)


def clean(line: LatexLine) -> str:
    return latex(line.claim.right, line.claim.mark_diagonal)


def test_without_its_marks_a_line_is_the_line(printed: list[LatexLine]) -> None:
    marked = [line for line in printed if MARK in line.annotated]
    assert len(marked) > 80
    for line in printed:
        assert opened(line.annotated, MARK)[0] == shaped_right(line.claim)
        assert r"\class" not in line.formula


def test_the_first_line_of_a_block_has_no_mark(printed: list[LatexLine]) -> None:
    first = [line for line in printed if line.left]
    assert first
    assert all(MARK not in line.annotated for line in first)


def test_what_is_marked_was_not_in_the_line_before(printed: list[LatexLine]) -> None:
    tried = 0
    for line in printed:
        if line.before is None or line.claim.rule in MOVING_RULES:
            continue
        was, is_now = latex(line.before.right), clean(line)
        known = names(was)
        for inside in opened(line.annotated, MARK)[1]:
            part = opened(inside, MARK)[0]
            if part in ("+", "-"):  # of a term that stayed: every line has signs, so nothing can be said of one alone
                continue
            new = [factor for factor in parse(part)[0].factors if factor.text not in known]
            assert new or is_more(part, was, is_now), f"{part} is in {was}, and no more often in {is_now}"
            tried += 1
    assert tried > 80


def test_what_is_not_marked_was_in_the_line_before(printed: list[LatexLine]) -> None:
    tried = 0
    for line in printed:
        marks = opened(line.annotated, MARK)[1]
        if line.before is None or not marks:
            continue
        known = set(leaves(latex(line.before.right)))
        rest = line.annotated
        for inside in marks:
            rest = rest.replace(f"{MARK}{inside}}}", r" \Box " if inside != "-" else "-")
        for leaf in leaves(rest):
            if leaf != r"\Box":
                assert leaf in known, f"{leaf} of {line.annotated} is new"
                tried += 1
    assert tried > 200


@pytest.mark.parametrize(
    ("before", "line", "rule", "marked"),
    [
        ("x + y", "x + y", "tidy", []),
        ("xAy", "xAz", "tidy", ["z"]),
        ("AB", "BA", "tidy", []),
        ("ABC", "CAB", "cyclic-trace", ["C"]),
        ("caAx + cbBx", "c(aA + bB)x", "collect", ["(aA + bB)"]),
        ("(a + b)x", "(a + c)x", "tidy", ["c"]),
        (r"c\mathrm{d}(AXB)", r"cA\,\mathrm{d}X\,B", "product", [r"\mathrm{d}X"]),
        (r"a\exp(z)", r"a\exp(uv)", "substitution", ["uv"]),
        (r"a - \operatorname{f}(u)", r"a - \operatorname{g}(u)", "tidy", [r"\operatorname{g}"]),
        ("a + b", "a - b", "tidy", ["-"]),
        ("a + b", "c - d", "tidy", []),
        (r"x\frac{a}{b}", r"x\frac{a}{c}", "tidy", ["c"]),
        (r"A^{-1}bx", r"A^{-\top}bx", "tidy", [r"A^{-\top}"]),
    ],
)
def test_the_part_that_a_rule_changed(before: str, line: str, rule: str, marked: list[str]) -> None:
    found, inside = opened(with_changes(before, line, rule), MARK)
    assert found == line
    assert inside == marked


def test_neighbours_share_a_mark_but_not_across_a_brace() -> None:
    assert with_changes("AB", "AxyB") == r"A\class{changed}{xy}B"
    braced = r"\class{shaped}{\underbrace{x}_{1}}\,\class{shaped}{\underbrace{y}_{2}}\,B"
    assert with_changes("CAB", braced.replace("B", "AB")).count(MARK) == 2


def test_rules_that_move_or_merge_exist() -> None:
    from jacobook.calculus.rules.table import RULES

    assert RULES.keys() >= MOVING_RULES | MERGING_RULES


def test_every_pair_of_lines_of_one_block_is_compared(printed: list[LatexLine]) -> None:
    for first, second in pairwise(printed):
        if not second.left:
            assert second.before is first.claim
