"""How long deriving takes, and how it grows.

Not part of the test suite. `make benchmark`, or

    .venv/bin/python -m pytest tests/benchmarks --benchmark-only --benchmark-columns=min,median

prints a table: the seventy cases in a warm and in a cold process, the import of the engine, a product of 2 … 64 factors
that holds X once, a sum of as many terms, a chain of 2 … 256 links, each with SymPy's `diff` on the same beside it
where SymPy can do it; then what grows fastest, with all that is printed: powers, equal and different factors, divisors,
chains whose links are used twice, residual nets, literals.
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

from jacobook import derive as derive_worked
from jacobook.algebra import build as b
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.operations import forget
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import SCALAR, matrix
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_expression, parse_statement
from jacobook.verification import verify
from tests.calculus.derived import CASES

ROOT = Path(__file__).resolve().parents[2]
SIZES = [2, 4, 8, 16, 32, 64]
LINKS = [2, 4, 8, 16, 32, 64, 128, 256]
REUSED = [2, 4, 8, 16, 32]


@pytest.fixture(autouse=True)
def only_when_asked(request: pytest.FixtureRequest) -> None:
    """Skip in an ordinary run of the tests."""
    if not request.config.getoption("--benchmark-only"):
        pytest.skip("a benchmark: run with --benchmark-only")


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
        ("import of the façade", "from jacobook import derive, check"),
        ("import of the engine", "import jacobook.calculus.derive, jacobook.language"),
        ("import of sympy", "import sympy"),
        ("import of numpy", "import numpy"),
        (
            "one derivation",
            "from jacobook import derive; derive(\"x'*x\", given='x in R^N', wrt='x', verify=False)",
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


def power_of(count: int) -> tuple[list[str], list[str], str]:
    """tr(X^count)."""
    return ["X in R^(N x N)"], [f"tr(X^{count})"], "X"


def equal_factors(count: int) -> tuple[list[str], list[str], str]:
    """sin(x) sin(x) …."""
    return ["x in R"], ["*".join(["sin(x)"] * count)], "x"


def different_factors(count: int) -> tuple[list[str], list[str], str]:
    """(x + a1)(x + a2) …."""
    return ["x in R", *(f"a{k} in R" for k in range(count))], ["*".join(f"(x + a{k})" for k in range(count))], "x"


def divisors(count: int) -> tuple[list[str], list[str], str]:
    """x / x / x …."""
    return ["x in R"], ["/".join(["x"] * count)], "x"


def squares_of(count: int) -> tuple[list[str], list[str], str]:
    """h_k = h_{k-1}^2 + h_{k-1}."""
    return ["h0 in R"], [f"h{k} = h{k - 1}*h{k - 1} + h{k - 1}" for k in range(1, count + 1)], "h0"


def residual_net(count: int) -> tuple[list[str], list[str], str]:
    """h_k = h_{k-1} + tanh(W h_{k-1}), and a loss, by W."""
    lines = [f"h{k} = h{k - 1} + tanh(W*h{k - 1})" for k in range(1, count + 1)] + [f"L = norm2(h{count} - y)^2"]
    return ["W in R^(N x N)", "h0, y in R^N"], lines, "W"


def literals_of(count: int) -> tuple[list[str], list[str], str]:
    """A chain of rotations written entry by entry: each link is a pair that uses the one before four times."""
    lines = [f"h{k} = [h{k - 1}[2], h{k - 1}[1]; 1/3, 1]*(h{k - 1}.*h{k - 1})" for k in range(1, count + 1)]
    return ["h0 in R^2"], lines, "h0"


def _print(benchmark: Any, asked_for: tuple[list[str], list[str], str], count: int) -> None:
    """Derive, and write the result, its code and the whole derivation."""
    given, lines, wrt = asked_for

    def work() -> int:
        worked = derive_worked(*lines, given=given, wrt=wrt, verify=False)
        return len(worked.as_json()["text"]) + len(worked.python) + len(worked.report())

    length = benchmark.pedantic(work, setup=forget, rounds=3, warmup_rounds=1)
    benchmark.extra_info |= {"count": count, "characters": length}


@pytest.mark.benchmark(group="what grows")
@pytest.mark.parametrize("count", [8, 32, 128, 512])
def test_power(benchmark: Any, count: int) -> None:
    _print(benchmark, power_of(count), count)


@pytest.mark.benchmark(group="what grows")
@pytest.mark.parametrize("count", [8, 32, 128])
@pytest.mark.parametrize("made", [equal_factors, divisors])
def test_equal(benchmark: Any, made: Callable[[int], Any], count: int) -> None:
    _print(benchmark, made(min(count, 90) if made is divisors else count), count)


@pytest.mark.benchmark(group="what grows")
@pytest.mark.parametrize("count", [4, 8, 16, 24])
def test_different_factors(benchmark: Any, count: int) -> None:
    _print(benchmark, different_factors(count), count)


@pytest.mark.benchmark(group="what grows")
@pytest.mark.parametrize("count", REUSED)
@pytest.mark.parametrize("made", [squares_of, residual_net])
def test_links_used_twice(benchmark: Any, made: Callable[[int], Any], count: int) -> None:
    _print(benchmark, made(count), count)


@pytest.mark.benchmark(group="what grows")
@pytest.mark.parametrize("count", [2, 4, 8, 16])
def test_literals(benchmark: Any, count: int) -> None:
    _print(benchmark, literals_of(count), count)


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
