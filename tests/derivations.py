"""All derivations that there are to try something on: those of the benchmark, and those of the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain
from pathlib import Path

from jacobook.algebra.question import Statement
from jacobook.language import parse_statement
from jacobook.site.entry_files import read_entry
from tests.calculus.derived import CASES

COLLECTION = Path(__file__).parents[1] / "generator/jacobook/collection"


Unread = Callable[[], Statement]


class Statements(Mapping[str, Statement]):
    """Statements by their names, each read when it is asked for: modules need the names of all, tests few of them."""

    def __init__(self, unread: Iterable[tuple[str, Unread]]) -> None:
        self._unread = {name: cache(read) for name, read in unread}

    def __getitem__(self, name: str) -> Statement:
        return self._unread[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._unread)

    def __len__(self) -> int:
        return len(self._unread)


def benchmark_statements() -> Iterator[tuple[str, Unread]]:
    """Every case of the benchmark, under its name."""
    for case in CASES:
        expression = case["expr"]
        lines = [expression] if isinstance(expression, str) else expression
        yield case["id"], partial(parse_statement, case["given"], lines, case["wrt"])


def collection_statements() -> Iterator[tuple[str, Unread]]:
    """Every derivative of the collection, cases included, under the name of its file."""
    for path in sorted(COLLECTION.rglob("*.yaml")):
        if path.name == "sources.yaml":
            continue
        entry = read_entry(path)
        if entry.differential:
            continue
        name = f"{path.parent.name}/{path.stem}"
        yield name, partial(parse_statement, entry.given, entry.expression, entry.wrt)
        for number, case in enumerate(entry.cases, 1):
            lines = case.expression or entry.expression
            given, wrt = case.given or entry.given, case.wrt or entry.wrt
            yield f"{name}#{number}", partial(parse_statement, given, lines, wrt)


STATEMENTS = Statements(chain(benchmark_statements(), collection_statements()))
_VECTORS = ["x in R^n", "y in R^p", "X in R^(n x m)"]
_SQUARE = ["A, B in R^(n x n)", "s in R^(n(n+1)/2)", "v in R^n"]
_CONSTRUCTS: dict[str, tuple[list[str], list[str]]] = {
    "norm2([x; y] - c)^2": ([*_VECTORS, "c in R^(n+p)"], ["x"]),
    "[x; 1]*[y; 2]'": (_VECTORS, ["x", "y"]),
    "[x', y']'.*c": ([*_VECTORS, "c in R^(n+p)"], ["y"]),
    "tr([A, B; C, D]*[A, B; C, D]')": (
        ["A in R^(n x m)", "B in R^(n x p)", "C in R^(q x m)", "D in R^(q x p)"],
        ["B", "C"],
    ),
    "norm2([X, vector(1)]*w - x)^2": ([*_VECTORS, "w in R^(m+1)"], ["w", "X", "x"]),
    "x[2:end] - x[1:end-1]": (["x in R^n"], ["x"]),
    "norm2(x[2:] - x[1:end-1])^2": (["x in R^n"], ["x"]),
    "exp(w[1:p])'*y + w[p+1]*sum(w)": (["w in R^(p+1)", "y in R^p"], ["w", "y"]),
    "sum(exp(Z[1:n, :]))": (["Z in R^((n+1) x m)"], ["Z"]),
    "b'*Z[1:n, end]": (["Z in R^((n+1) x m)", "b in R^n"], ["Z", "b"]),
    "sum(i, 1, n-1, (x[i+1] - x[i])^2)": (["x in R^n"], ["x"]),
    "sum(i, 2, n, (x[i] - a*x[i-1])^2)": (["x in R^n", "a in R"], ["x", "a"]),
    "vech(A*B)": (_SQUARE, ["A"]),
    "vech(A)'*s": (_SQUARE, ["A", "s"]),
    "tr(unvech(s)*A*unvech(s))": (_SQUARE, ["s", "A"]),
    "logdet(unvech(s)*unvech(s) + A*A')": (_SQUARE, ["s"]),
    "sum(lgamma(x)) - lgamma(sum(x))": (["x in R^n positive"], ["x"]),
    "sum(digamma(x).*c)": (["x in R^n positive", "c in R^n"], ["x"]),
    "sum(trigamma(x))": (["x in R^n positive"], ["x"]),
    "gammafn(t)*x": (["t in R positive", "x in R^n"], ["t", "x"]),
    "betaln(a, b)": (["a, b in R positive"], ["a"]),
    "sum(logaddexp(a, x))": (["a, x in R^n"], ["a", "x"]),
    "multigammaln(a, 3)": (["a in R positive"], ["a"]),
    "sum(erf(x)) + sum(gelu(x))": (["x in R^n"], ["x"]),
    "max(X, axis=1)": (_VECTORS, ["X"]),
    "sum(max(X, axis=1).^2)": (_VECTORS, ["X"]),
    "x'*min(X, axis=1)": (_VECTORS, ["X", "x"]),
    "sum(max(X, axis=0))": (_VECTORS, ["X"]),
    "max(x) - min(x)": (["x in R^n"], ["x"]),
    "norminf(x)": (["x in R^n"], ["x"]),
    "rowNorms(X)": (_VECTORS, ["X"]),
    "cross(a, b)": (["a, b in R^3"], ["a", "b"]),
    "skew(a)*B": (["a in R^3", "B in R^(3 x k)"], ["a", "B"]),
    "norm2(cross(a, R*b))^2": (["a, b in R^3", "R in R^(3 x 3)"], ["R", "b"]),
    "triu(A)*v": (_SQUARE, ["A"]),
    "cumsum(x)": (["x in R^n"], ["x"]),
    "prod(x)": (["x in R^n"], ["x"]),
    "norm(x, 3)": (["x in R^n"], ["x"]),
    "arctan2(a, b)": (["a, b in R"], ["a"]),
    "huber(x, d)": (["x in R^n", "d in R positive"], ["x"]),
    "softmax(X, axis=1)": (_VECTORS, ["X"]),
    "sum(svdvals(X).*c)": (["X in R^(3 x 2)", "c in R^2"], ["X"]),
    "eigvals(S)": (["S in R^(n x n) symmetric"], ["S"]),
    "tr(chol(S))": (["S in R^(n x n) positive-definite"], ["S"]),
    "where(x > c, x.*log(x.*x), exp(x))": (["x, c in R^n"], ["x"]),
    "sum(where(t > 0, x.^3, t*x))": (["x in R^n", "t in R"], ["x", "t"]),
}
"""Statements that use what the collection uses seldom, each with the variables of differentiation."""
CONSTRUCTS = Statements(
    (f"{function} by {wrt}", partial(parse_statement, given, [function], wrt))
    for function, (given, variables) in _CONSTRUCTS.items()
    for wrt in variables
)
ONLY_NUMPY = {"implicit/deep-equilibrium-layer", "implicit/deep-equilibrium-layer#1", "implicit/implicit-curve"}
"""Equations that are solved by Newton's method, for which there is code for NumPy alone."""
