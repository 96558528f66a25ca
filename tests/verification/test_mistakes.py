"""Common mistakes: each is found where it is made, refuted, and kept quiet where it is none."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from jacobook.algebra import build as b
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import ShapeError
from jacobook.calculus.derivation import Derivation, Prose
from jacobook.calculus.derive import derive
from jacobook.calculus.mistakes import kinds as mistakes
from jacobook.calculus.mistakes.formula_parts import Found, LineInContext
from jacobook.calculus.mistakes.kinds import MISTAKES, CommonMistake, blocks, mistakes_of
from jacobook.calculus.rules.table import RULES
from jacobook.language import parse_statement
from jacobook.rendering.sentences import prose_text
from jacobook.verification.examination import setting_of
from jacobook.verification.numeric.array_operations import DomainError
from jacobook.verification.numeric.equations import NumericCheck
from jacobook.verification.points.instances import Instances, size_names
from jacobook.verification.refuted_mistakes import MOST, Refutation, each, refutations, refuted_mistakes
from tests.conftest import EVERY_CASE, one_in

ROOT = Path(__file__).parents[2]


@cache
def solved(given: str, expression: str, wrt: str) -> Derivation:
    return derive(parse_statement(given.split("; "), expression.split("; "), wrt))


def slugs(derivation: Derivation) -> set[str]:
    """Every kind of mistake that is refuted somewhere in the derivation, shown or crowded out."""
    check = Refutation(derivation)
    return {
        mistake.slug
        for block in blocks(derivation)
        for _, mistake in mistakes_of(block, derivation)
        if check.refuted(mistake, block)
    }


QUADRATIC = "x in R^N; B in R^(N x N)"
SYMMETRIC = "x in R^N; B in R^(N x N) symmetric"
SQUARE = "a, b in R^N; X in R^(N x N) invertible"
AFFINE = "x in R^N; A in R^(M x N); b in R^M"

SHOWN_AND_NOT: dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "unknown-held-fixed": (
        ("W in R^(N x N); b in R^N", "y = tanh(W*y + b)", "b"),
        ("A in R^(N x N); b in R^N", "A*y = b", "b"),
    ),
    "rows-plus-columns": ((QUADRATIC, "x'*B*x", "x"), ("a, x in R^N", "x'*a", "x")),
    "taken-for-symmetric": ((QUADRATIC, "x'*B*x", "x"), (SYMMETRIC, "x'*B*x", "x")),
    "vector-for-diagonal": ((AFFINE, "f = tanh(z); z = A*x + b", "x"), (AFFINE, "A*x + b", "x")),
    "softmax-by-entries": (("x in R^N", "softmax(x)", "x"), ("x in R^N", "exp(x)", "x")),
    "inverse-squared": ((SQUARE, "a'*inv(X)*b", "X"), ("X in R^(N x N) invertible", "tr(inv(X))", "X")),
    "power-of-matrix": ((SQUARE, "a'*X^2*b", "X"), ("X in R^(N x N)", "tr(X^2)", "X")),
    "trace-not-transposed": (
        ("X in R^(N x N)", "det(X)", "X"),
        ("X in R^(N x N); S in R^(N x N) symmetric", "tr(S*X)", "X"),
    ),
    "path-forgotten": (("x in R", "f = u*v; u = exp(x); v = sin(x)", "x"), (AFFINE, "f = tanh(z); z = A*x + b", "x")),
    "one-term-of-product": ((QUADRATIC, "x'*B*x", "x"), ("x, a in R^N", "a'*x", "x")),
    "order-inside-trace": (
        ("A, B in R^(N x N); X in R^(N x N)", "tr(A*X*B)", "X"),
        ("A in R^(N x N); X in R^(N x N)", "tr(X*A)", "X"),
    ),
    "chain-reversed": ((AFFINE, "f = tanh(z); z = A*x + b", "x"), ("x in R", "f = exp(z); z = -x", "x")),
    "transposed-without-reversing": ((AFFINE, "f = tanh(z); z = A*x + b", "x"), ("x in R^N", "tanh(x)", "x")),
    "diagonal-counted-twice": (
        ("A in R^(N x N); X in R^(N x N) symmetric", "tr(A*X)", "X"),
        ("A in R^(N x N); X in R^(N x N)", "tr(A*X)", "X"),
    ),
    "determinant-as-linear": (("X in R^(N x N)", "det(X)", "X"), ("X in R^(1 x 1)", "det(X)", "X")),
    "inner-derivative": (("x in R", "exp(-x)", "x"), ("x in R", "exp(x)", "x")),
    "entrywise-as-product": (("X in R^(N x N)", "exp(X)", "X"), ("x in R^N", "exp(x)", "x")),
    "norm-for-square": (("x in R^N", "norm2(x)", "x"), ("x in R^N", "norm2(x)^2", "x")),
    "weights-add-up": (("a, t in R^K", "-t'*log(softmax(a))", "a"), ("a in R^K", "softmax(a)", "a")),
    "index-reused": ((QUADRATIC, "x'*B*x", "x"), ("x in R^N", "tanh(x)", "x")),
    "delta-dropped": (("x in R^N", "tanh(x)", "x"), ("x in R", "tanh(x)", "x")),
    "trace-of-identity": (("x in R^N; s in R", "tr(x*x' + s*eye)", "x"), ("x in R^N", "tr(x*x')", "x")),
    "trace-of-product": (
        ("A, X in R^(N x N)", "tr(A*X)", "X"),
        ("A in R^(M x N); X in R^(N x M)", "tr(A*X)", "X"),
    ),
    "quotient-exchanged": (("x in R positive", "log(x)/x", "x"), ("x in R", "1/x", "x")),
    "sign-of-inner": (("x, m in R^N", "m - x", "x"), ("x, m in R^N", "x - m", "x")),
    "column-in-chain": ((AFFINE, "f = z'*z; z = A*x + b", "x"), (AFFINE, "f = tanh(z); z = A*x + b", "x")),
    "inverse-without-minus": ((SQUARE, "a'*inv(X)*b", "X"), ("a, b in R^N; X in R^(N x N)", "a'*X*b", "X")),
}


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row.slug)
def test_a_mistake_is_found_where_it_is_made_and_only_there(row: CommonMistake) -> None:
    """Also where the formula of the mistake stands but is right: a symmetric matrix, a trace of one factor, …"""
    made, not_made = SHOWN_AND_NOT[row.slug]
    assert row.slug in slugs(solved(*made))
    assert row.slug not in slugs(solved(*not_made))


def test_the_table_has_one_row_a_slug_and_names_in_words() -> None:
    assert len({row.slug for row in MISTAKES}) == len(MISTAKES) == len(SHOWN_AND_NOT)
    assert len({row.name for row in MISTAKES}) == len(MISTAKES)
    for row in MISTAKES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row.slug)
        assert row.at <= RULES.keys()


def entries() -> list[tuple[str, list[str], list[str], str]]:
    """The golden functions and the collection."""
    found = []
    for entry in yaml.safe_load((ROOT / "tests/calculus/golden/results.yaml").read_text("utf-8")):
        written = entry["expr"] if isinstance(entry["expr"], list) else [entry["expr"]]
        found.append((entry["id"], entry["given"], written, entry["wrt"]))
    for path in sorted((ROOT / "generator/jacobook/collection").glob("*/*.yaml")):
        entry = yaml.safe_load(path.read_text("utf-8"))
        if not entry.get("differential"):
            found.append((path.stem, entry["given"], entry["expression"], entry.get("wrt")))
    return found


@pytest.mark.slow
def test_what_is_shown_anywhere_is_wrong_and_said_in_full() -> None:
    """By other points than the build's: the last attempts at sizes of its own, evaluated here one by one."""
    kinds, number = set(), 0
    for name, given, written, wrt in entries()[:: one_in(3)]:
        derivation = derive(parse_statement(given, written, wrt))
        shown = refuted_mistakes(derivation)
        here = [refuted.mistake.slug for refuted in each(shown)]
        assert len(here) == len(set(here)), name
        for block in blocks(derivation):
            at = shown.get(block.claims, ())
            assert sum(refuted is not None for refuted in at) <= MOST
            for claim, refuted in zip(block.claims, at, strict=bool(at)):
                if refuted is None:
                    continue
                assert refuted.mistake.claim is claim
                assert is_wrong(derivation, refuted.mistake.wrong, claim.left, block), (name, refuted.mistake.slug)
                said = prose_text(refuted.mistake.said)
                assert not re.search(r"\{\d*\}|  |_\d", said), said
                assert said.endswith(".")
                assert len(said) < 420, said
                if refuted.mistake.slug == "taken-for-symmetric":
                    transposed, taken, _ = refuted.mistake.said.values[-3:]
                    assert isinstance(transposed, Node) and isinstance(taken, Node)  # noqa: PT018
                    assert not equal(transposed, taken), said
        kinds |= set(here)
        number += len(here)
    assert number > 400 // one_in(3)
    assert kinds == set(SHOWN_AND_NOT) if EVERY_CASE else kinds < set(SHOWN_AND_NOT)


def is_wrong(derivation: Derivation, wrong: object, left: Node, block: mistakes.Block) -> bool:
    """Whether left = wrong fails, at points of an oracle of its own: other sizes, later attempts."""
    try:
        right = wrong()  # type: ignore[operator]
    except ShapeError:
        return True
    if right.shape != left.shape:
        return True
    definitions = {**derivation.statement.definitions, **derivation.definitions}
    sides = [side for claim in derivation.claims() for side in (claim.left, claim.right)]
    instances = Instances({symbol for side in sides for symbol in side.symbols}, definitions)
    names = size_names([*sides, *definitions.values(), *definitions])
    claim = next(claim for claim in block.claims if claim.left is left)
    setting = replace(setting_of(derivation, block.partial), assumptions=claim.assumptions, free=frozenset())
    for start in (4, 6):
        sizes = {name: start + place for place, name in enumerate(names)}
        try:
            result = NumericCheck(instances, (sizes,)).check(left, right, setting)
        except DomainError:
            continue
        if result.failure is not None and "the left side is" in result.failure:
            return True
    return False


def test_a_mistake_that_is_right_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def right_after_all(line: LineInContext) -> Found:
        return Found(Prose("This is no mistake at all."), lambda: line.right)

    def right_in_other_words(line: LineInContext) -> Found:
        return Found(Prose("Nor is this."), lambda: b.TWO * line.right - line.right)

    every = frozenset().union(*(row.at for row in MISTAKES))
    planted = (
        CommonMistake("planted", "Planted", every, right_after_all),
        CommonMistake("in-other-words", "In other words", every, right_in_other_words),
    )
    monkeypatch.setattr(mistakes, "MISTAKES", (*planted, *MISTAKES))
    for made, _ in SHOWN_AND_NOT.values():
        shown = refuted_mistakes(solved(*made))
        tried = [m.slug for block in blocks(solved(*made)) for _, m in mistakes_of(block, solved(*made))]
        assert "planted" in tried
        assert not {"planted", "in-other-words"} & {refuted.mistake.slug for refuted in each(shown)}


def test_a_kind_that_is_known_is_not_shown_again() -> None:
    derivation = solved(QUADRATIC, "x'*B*x", "x")
    first = refuted_mistakes(derivation)
    known = {refuted.mistake.slug for refuted in each(first)}
    assert {"rows-plus-columns", "taken-for-symmetric", "one-term-of-product"} <= known
    assert not list(each(refuted_mistakes(derivation, known)))


def test_the_ways_of_refuting_are_counted() -> None:
    shown = refuted_mistakes(solved(QUADRATIC, "x'*B*x", "x"))
    counts = refutations(shown)
    assert counts["shape"] + counts["value"] == len(list(each(shown)))
    ways = {refuted.mistake.slug: refuted.by for refuted in each(shown)}
    assert ways["rows-plus-columns"] == "shape"  # N×1 plus 1×N
    assert ways["taken-for-symmetric"] == "value"


def test_the_same_mistakes_are_found_again() -> None:
    statement = parse_statement(QUADRATIC.split("; "), ["x'*B*x"], "x")
    runs = [
        [(r.mistake.slug, prose_text(r.mistake.said)) for r in each(refuted_mistakes(derive(statement)))] for _ in "ab"
    ]
    assert runs[0] == runs[1]


def said_at(derivation: Derivation) -> list[str]:
    return [prose_text(refuted.mistake.said) for refuted in each(refuted_mistakes(derivation))]


@pytest.mark.parametrize("expression", ["tr(F(t))", "det(F(t))", "logdet(F(t))"])
def test_of_a_trace_with_a_number_as_variable_no_transpose_is_spoken_of(expression: str) -> None:
    """The derivative is a number: the trace is what is dropped there, and the differential of a number has no rows."""
    said = " ".join(said_at(solved("F : R -> R^(N x N) invertible; t in R", expression, "t")))
    assert "The trace stays" in said
    assert "transpose" not in said
    assert "row k" not in said


@pytest.mark.parametrize(
    ("given", "expression", "wrt", "said"),
    [
        ("y in R^N; X in R^(N x D); w in R^D", "y - X*w", "w", "Keep the minus sign: X*w is subtracted in y - X*w."),
        ("x in R", "f = u^2; u = 1 - x", "x", "Keep the minus sign: x is subtracted in 1 - x."),
        ("a, b, d, n in R positive", "a - b - n*log(d)", "d", "Keep the minus sign: n*log(d) is subtracted."),
    ],
)
def test_of_a_difference_the_term_that_is_subtracted_is_named(given: str, expression: str, wrt: str, said: str) -> None:
    assert said in said_at(solved(given, expression, wrt))
