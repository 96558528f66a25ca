"""How long deriving takes, and how it grows.

Not part of the test suite. `make benchmark`, or

    .venv/bin/python -m pytest tests/benchmarks --benchmark-only --benchmark-columns=min,median

prints a table: the seventy cases in a warm and in a cold process, the import of the engine, a product of 2 … 64 factors
that holds X once, a sum of as many terms, a chain of 2 … 256 links, each with SymPy's `diff` on the same beside it
where SymPy can do it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy

from generator.algebra import build as b
from generator.algebra import collect, normal_form, tidy
from generator.algebra import nodes as n
from generator.algebra.nodes import Node
from generator.algebra.shapes import SCALAR, matrix
from generator.algebra.statement import Link, Statement
from generator.calculus.derive import derive
from generator.calculus.refusal import Refusal
from generator.language import parse_expression, parse_statement
from generator.verification import verify
from tests.calculus.derived import CASES

ROOT = Path(__file__).resolve().parents[2]
SIZES = [2, 4, 8, 16, 32, 64]
LINKS = [2, 4, 8, 16, 32, 64, 128, 256]


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    """Skip in an ordinary run of the tests."""
    if not request.config.getoption("--benchmark-only"):
        pytest.skip("a benchmark: run with --benchmark-only")


def forget() -> None:
    """Empty the caches of the algebra, so that nothing is remembered from the round before."""
    for function in (tidy.tidy, collect.collect, normal_form.normal_form, normal_form._expand):
        function.cache_clear()


def answer(case: dict[str, Any]) -> bool:
    """Parse and derive one case by the matrix route, with all steps; False where it is refused."""
    lines = [case["expr"]] if isinstance(case["expr"], str) else case["expr"]
    try:
        derive(parse_statement(case["given"], lines, case["wrt"]), both=False)
    except Refusal:
        return False
    return True


def asked(node: Node, wrt: n.Symbol) -> Statement:
    declared = tuple(sorted({*node.symbols, wrt}, key=lambda symbol: symbol.name))
    return Statement(declared, (Link(n.symbol("f", node.shape), node),), wrt)


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.benchmark(group="reading")
def test_reading_the_cases(benchmark: Any) -> None:
    """Parse all cases in a warm process."""

    def read_all() -> int:
        return sum(
            parse_statement(c["given"], [c["expr"]] if isinstance(c["expr"], str) else c["expr"], c["wrt"]) is not None
            for c in CASES
        )

    assert benchmark(read_all) == len(CASES)


@pytest.mark.benchmark(group="reading")
@pytest.mark.parametrize("operator", ["+", "-", "*"])
@pytest.mark.parametrize("count", [500, 5_000])
def test_reading_a_long_flat_run(benchmark: Any, operator: str, count: int) -> None:
    """Parse `t + t + …` and the like."""
    text = operator.join(["t"] * count)
    assert len(benchmark(parse_expression, text, (n.symbol("t", SCALAR),)).operands) == count


# -- evidence ---------------------------------------------------------------------------------------------------------


@pytest.mark.benchmark(group="evidence")
def test_verifying_a_quadratic_form_in_an_exponential(benchmark: Any) -> None:
    """Check every claim of exercise 5.8 a, by numbers and by entries."""
    lines = ["f(z) = exp(-1/2*z)", "z = g(y) = y'*inv(S)*y", "y = h(x) = x - mu"]
    statement = parse_statement(["x, mu in R^D", "S in R^(D x D) invertible"], lines, "x")
    evidence = benchmark(verify, derive(statement))
    assert evidence.passed
    assert len(evidence.claims) >= 18


# -- the seventy cases ------------------------------------------------------------------------------------------------


@pytest.mark.benchmark(group="70 cases")
def test_the_cases_in_a_warm_process(benchmark: Any) -> None:
    """Distinct inputs: the caches are emptied before each round, the modules stay loaded."""

    def all_of_them() -> list[float]:
        times = []
        for case in CASES:
            begin = time.perf_counter()
            assert answer(case), case
            times.append(time.perf_counter() - begin)
        return times

    times = sorted(benchmark.pedantic(all_of_them, setup=forget, rounds=5, warmup_rounds=1))
    benchmark.extra_info["median_ms"] = round(1000 * times[len(times) // 2], 2)
    benchmark.extra_info["95th_percentile_ms"] = round(1000 * times[int(0.95 * len(times))], 2)
    print(f"\n70 cases, warm: {benchmark.extra_info}")


def _in_a_new_process(script: str) -> None:
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.benchmark(group="cold process")
@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("python alone", "pass"),
        ("import of the façade", "from generator import derive, check"),
        ("import of the engine", "import generator.calculus.derive, generator.language"),
        ("import of sympy", "import sympy"),
        ("import of numpy", "import numpy"),
        (
            "one derivation",
            "from generator import derive; derive(\"x'*x\", given='x in R^N', wrt='x', verify=False)",
        ),
    ],
)
def test_cold_process(benchmark: Any, name: str, script: str) -> None:
    benchmark.pedantic(_in_a_new_process, args=(script,), rounds=3, warmup_rounds=1)


@pytest.mark.benchmark(group="cold process")
def test_the_cases_in_a_cold_process(benchmark: Any) -> None:
    script = (
        "from tests.benchmarks.test_engine_speed import CASES, answer\nassert sum(map(answer, CASES)) == len(CASES)"
    )
    benchmark.pedantic(_in_a_new_process, args=(script,), rounds=3)


# -- growth -----------------------------------------------------------------------------------------------------------


def product_of(count: int) -> Statement:
    """tr(A_1 … X … A_count), which holds X once, in the middle."""
    shape = matrix("N", "N")
    X = n.symbol("X", shape)
    factors = [n.symbol(f"A{k}", shape) for k in range(count)]
    factors[count // 2] = X
    return asked(b.trace(b.product(*factors)), X)


def sum_of(count: int) -> Statement:
    """tr(A_1 X) + … + tr(A_count X)."""
    shape = matrix("N", "N")
    X = n.symbol("X", shape)
    return asked(b.add(*(b.trace(n.symbol(f"A{k}", shape) * X) for k in range(count))), X)


def chain_of(count: int) -> Statement:
    """z_0 = sin(z_1), …, z_count = sin(x)."""
    names = [n.symbol(f"z{k}") for k in range(count)] + [n.symbol("x")]
    links = tuple(Link(names[k], b.apply("sin", names[k + 1])) for k in range(count))
    return Statement((names[-1],), links, names[-1])


def sympy_product_of(count: int) -> Callable[[], Any]:
    size = sympy.Symbol("N", integer=True, positive=True)
    X = sympy.MatrixSymbol("X", size, size)
    factors = [sympy.MatrixSymbol(f"A{k}", size, size) for k in range(count)]
    factors[count // 2] = X
    return lambda: sympy.Trace(sympy.MatMul(*factors)).diff(X)


def sympy_sum_of(count: int) -> Callable[[], Any]:
    """One trace of a sum: SymPy silently differentiates a sum of traces to 0."""
    size = sympy.Symbol("N", integer=True, positive=True)
    X = sympy.MatrixSymbol("X", size, size)
    terms = [sympy.MatrixSymbol(f"A{k}", size, size) * X for k in range(count)]
    return lambda: sympy.Trace(sympy.MatAdd(*terms)).diff(X)


def sympy_chain_of(count: int) -> Callable[[], Any]:
    x = sympy.Symbol("x", real=True)
    f = x
    for _ in range(count):
        f = sympy.sin(f)
    return lambda: sympy.diff(f, x)


def _grow(benchmark: Any, statement: Statement, count: int) -> None:
    found = benchmark.pedantic(lambda: derive(statement, both=False), setup=forget, rounds=5, warmup_rounds=1)
    assert found.value.shape == statement.wrt.shape
    benchmark.extra_info["count"] = count


@pytest.mark.benchmark(group="product of factors")
@pytest.mark.parametrize("count", SIZES)
def test_product(benchmark: Any, count: int) -> None:
    _grow(benchmark, product_of(count), count)


@pytest.mark.benchmark(group="sum of terms")
@pytest.mark.parametrize("count", SIZES)
def test_sum(benchmark: Any, count: int) -> None:
    _grow(benchmark, sum_of(count), count)


@pytest.mark.benchmark(group="chain of links")
@pytest.mark.parametrize("count", LINKS)
def test_chain(benchmark: Any, count: int) -> None:
    _grow(benchmark, chain_of(count), count)


@pytest.mark.benchmark(group="product of factors")
@pytest.mark.parametrize("count", SIZES)
def test_product_by_sympy(benchmark: Any, count: int) -> None:
    _by_sympy(benchmark, sympy_product_of(count), count)


@pytest.mark.benchmark(group="sum of terms")
@pytest.mark.parametrize("count", SIZES)
def test_sum_by_sympy(benchmark: Any, count: int) -> None:
    _by_sympy(benchmark, sympy_sum_of(count), count)


@pytest.mark.benchmark(group="chain of links")
@pytest.mark.parametrize("count", LINKS)
def test_chain_by_sympy(benchmark: Any, count: int) -> None:
    _by_sympy(benchmark, sympy_chain_of(count), count)


def _by_sympy(benchmark: Any, work: Callable[[], Any], count: int) -> None:
    def setup() -> None:
        sympy.core.cache.clear_cache()

    assert benchmark.pedantic(work, setup=setup, rounds=3) != 0
    benchmark.extra_info["count"] = count
