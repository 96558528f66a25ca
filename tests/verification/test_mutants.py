"""Planted mistakes in every line of real derivations."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import ShapeError
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.derivation import Claim, Derivation, PartialDerivation
from jacobook.calculus.derive import derive
from jacobook.language import parse_statement
from jacobook.verification import verify
from jacobook.verification.examination import evidence_for

STATEMENTS: dict[str, tuple[list[str], list[str], str]] = {
    "5.8 a": (
        ["x, mu in R^D", "S in R^(D x D) invertible"],
        ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"],
        "x",
    ),
    "5.8 b": (["x in R^D", "s in R"], ["tr(x*x' + s^2*eye)"], "x"),
    "5.8 c": (["x in R^N", "A in R^(M x N)", "b in R^M"], ["f = tanh(z)", "z = A*x + b"], "x"),
    "split": (["x, mu in R^D", "S in R^(D x D) invertible"], ["exp(-1/2*(x-mu)'*inv(S)*(x-mu))"], "x"),
    "two paths": (["x in R^N", "A in R^(N x N)"], ["(x'*A*x)*A*x + x/(1 + x'*x)"], "x"),
    "softmax": (["x, y in R^N"], ["y'*softmax(x) + logsumexp(x)"], "x"),
    "kinks": (["x in R^N", "A in R^(M x N)"], ["norm1(A*x) + sum(relu(x))"], "x"),
    "linear equation": (["A in R^(N x N)", "b, c in R^N"], ["f = c'*x", "A*x - b = 0"], "A"),
}
UNPROVED: dict[str, tuple[list[str], list[str], str]] = {
    "Stein equation": (["A, C, Q in R^(N x N)"], ["f = tr(C'*X)", "X = A'*X*A + Q"], "A"),
    "fixed point": (["W in R^(N x N)", "b, c in R^N"], ["f = c'*y", "y = tanh(W*y + b)"], "W"),
}
"""Those whose lines are compared in numbers alone."""
BLOCKS = ("decomposition", "combination", "denominator", "special_cases", "entries", "forms")


def derivation(name: str) -> Derivation:
    return derive(parse_statement(*{**STATEMENTS, **UNPROVED}[name]))


def mistakes(right: Node) -> Iterator[Node]:
    """Yield the right side with a wrong sign, a factor ½, a term dropped, two factors swapped."""
    yield -right
    yield b.number(Fraction(1, 2)) * right
    for part in walk(right):
        if isinstance(part, n.Add):
            for k in range(len(part.operands)):
                yield substitute(right, {part: b.add(*part.operands[:k], *part.operands[k + 1 :])})
        if isinstance(part, n.Product):
            for k in range(len(part.operands) - 1):
                swapped = list(part.operands)
                swapped[k : k + 2] = swapped[k + 1], swapped[k]
                try:
                    other = b.product(*swapped)
                except ShapeError:
                    continue
                if other.shape == part.shape:
                    yield substitute(right, {part: other})


def single_lines(whole: Derivation) -> Iterator[tuple[Claim, Callable[[Claim], Derivation]]]:
    """Yield every line, with a function from a line to a derivation that has just this line in the same place."""
    nothing: dict[str, Any] = dict.fromkeys(BLOCKS, ())
    for block in BLOCKS:
        for claim in (line for top in getattr(whole, block) for line in top.walk()):

            def in_block(line: Claim, block: str = block) -> Derivation:
                return replace(whole, partials=(), **{**nothing, block: (line,)})

            yield claim, in_block
    for partial in whole.partials:
        for claim in (line for top in partial.matrix_route + partial.component_route for line in top.walk()):

            def alone(line: Claim, partial: PartialDerivation = partial) -> Derivation:
                kept = replace(partial, matrix_route=(line,), component_route=())
                return replace(whole, partials=(kept,), **nothing)

            yield claim, alone


@pytest.mark.parametrize("name", STATEMENTS)
def test_real_derivations_pass(name: str) -> None:
    evidence = verify(derivation(name))
    assert evidence.failures == ()
    assert evidence.symbolic == "proved", [c for c in evidence.claims if c.symbolic != "proved"]


@pytest.mark.slow
@pytest.mark.one_in(4)
@pytest.mark.parametrize("name", [*STATEMENTS, *UNPROVED])
def test_mistakes_in_every_line_are_caught(name: str) -> None:
    whole = derivation(name)
    planted = 0
    for claim, alone in single_lines(whole):
        assert evidence_for(alone(claim)).passed
        for right in dict.fromkeys(mistakes(claim.right)):
            if right.shape != claim.right.shape or equal(right, claim.right):
                continue
            planted += 1
            spoilt = alone(replace(claim, right=right))
            assert not evidence_for(spoilt, to_first_failure=True).passed, (claim.left, right)
    assert planted > 20


@pytest.mark.parametrize("rule", ["implicit-function", "adjoint-equation"])
def test_mistakes_in_the_step_of_an_equation_are_caught(rule: str) -> None:
    whole = derivation("Stein equation")
    planted = 0
    for claim, alone in single_lines(whole):
        for right in dict.fromkeys(mistakes(claim.right)) if claim.rule == rule else ():
            planted += 1
            spoilt = replace(claim, right=right)
            assert equal(right, claim.right) or not evidence_for(alone(spoilt), quick=True).passed, (claim.left, right)
    assert planted > 3


@pytest.mark.slow
def test_the_evidence_is_the_same_in_every_process() -> None:
    """A rebuild writes the same bytes, whatever the order of sets."""
    given, expressions, wrt = STATEMENTS["5.8 a"]
    script = (
        "import json, sys\n"
        "from jacobook.calculus.derive import derive\n"
        "from jacobook.language import parse_statement\n"
        "from jacobook.verification import verify\n"
        "print(json.dumps(verify(derive(parse_statement(*json.loads(sys.argv[1])))).as_dict()))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script, json.dumps([given, expressions, wrt])],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert json.loads(runs.pop())["passed"] is True
