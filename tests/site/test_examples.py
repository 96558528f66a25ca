"""The code of a page, pasted into a fresh Python, prints what the page shows."""

from __future__ import annotations

import contextlib
import html
import io
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from jacobook.algebra.messages import JacobookError
from jacobook.algebra.question import Statement
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import parse_statement
from jacobook.rendering.numpy_code.example_source import ExampleScript
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.numpy_code.printed_arrays import array_text
from jacobook.site.pages.executed_example import executed_output
from jacobook.site.pages.worked_example import output_by_evaluator, worked_example
from jacobook.verification import CodeError
from jacobook.verification.example_differences import differences_agree
from jacobook.verification.points.example_points import example_point
from tests.conftest import one_in
from tests.site.conftest import NewWorkshop, entry

ENTRIES = {
    "quadratic": ("f = x'*A*x", "x in R^N", "A in R^(N x N)"),
    "gaussian": ("f = exp(-1/2*(x - mu)'*inv(S)*(x - mu))", "x, mu in R^D", "S in R^(D x D) positive-definite"),
    "scalar": ("f = log(x^4)*sin(x^3)", "x in R positive"),
    "linear-map": ("f = A*x", "x in R^N", "A in R^(M x N)"),
    "trace": ("f = tr(A*X*B)", "X in R^(M x N)", "A in R^(P x M)", "B in R^(N x P)"),
    "outer": ("f = x*x'", "x in R^N"),
    "product": ("f = A*X", "X in R^(M x N)", "A in R^(P x M)"),
    "log-determinant": ("f = logdet(X)", "X in R^(N x N) invertible"),
    "kinked": ("f = norm1(x) + sum(relu(x))", "x in R^N"),
    "power": ("f = tr(X^n)", "X in R^(D x D)", "n in N"),
    "by-a-number": ("f = exp(t)*a", "t in R", "a in R^N"),
    "reserved": ("f = lambda*x'*x", "x in R^N", "lambda in R positive"),
}
WRT = {"quadratic": "x", "gaussian": "x", "linear-map": "x", "by-a-number": "t", "reserved": "x"}


@pytest.fixture(scope="module")
def examples(new_workshop: NewWorkshop) -> dict[str, str]:
    """The pages of a dozen entries of different kinds."""
    made = new_workshop()
    texts = {}
    for slug, (expression, *given) in ENTRIES.items():
        wrt = WRT.get(slug) or ("X" if any(line.startswith("X") for line in given) else "x")
        texts[slug] = entry(slug, expression, *given, wrt=wrt)
    made.only(**texts)
    assert made.run() == 0
    return {slug: made.page(f"exercises/{slug}.md") for slug in ENTRIES}


def blocks(page: str) -> tuple[str, str, str]:
    """Return the formulas of the example, its code and its output."""
    found = re.search(r"In numbers, let(.*?)```python\n(.*?)```\n\nThis prints\n\n```text\n(.*?)```", page, re.S)
    assert found
    return html.unescape(found[1]), found[2], found[3]


def numbers(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)]


@pytest.mark.parametrize("slug", ENTRIES)
def test_the_code_prints_what_the_page_shows(examples: dict[str, str], slug: str) -> None:
    _, code, output = blocks(examples[slug])
    printed = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("error")
        exec(code, {"__name__": "__main__"})
    assert printed.getvalue() == output
    assert output.endswith("True\n")
    assert "-0 " not in output
    assert "nan" not in output


def test_the_code_can_be_pasted_into_a_file(examples: dict[str, str], tmp_path: Path) -> None:
    _, code, output = blocks(examples["quadratic"])
    script = tmp_path / "pasted.py"
    script.write_text(code, "utf-8")
    ran = subprocess.run([sys.executable, "-W", "error", script], capture_output=True, text=True, check=True)
    assert ran.stdout == output


@pytest.mark.parametrize("slug", ENTRIES)
def test_the_formulas_hold_the_same_numbers(examples: dict[str, str], slug: str) -> None:
    formulas, _, output = blocks(examples[slug])
    shown = [part for part in re.findall(r"\\\[(.*?)\\\]</div>", formulas, re.S) if r"\mathbb{R}" not in part]
    right = [number for part in shown for number in numbers(part.rpartition("=")[2])]
    lines = [line for line in output.splitlines()[:-1] if not line.startswith("(")]
    assert right == numbers(" ".join(lines))
    assert any(right)


def test_an_array_beyond_two_indices_tells_its_shape_and_an_entry(examples: dict[str, str]) -> None:
    formulas, code, output = blocks(examples["product"])
    shape = re.search(r"^\((.*)\)$", output, re.M)
    assert shape
    assert shape[1].count(",") == 3
    space = shape[1].replace(", ", r" \times ")
    assert rf"\mathbb{{R}}^{{{space}}}" in formulas
    assert "vec" not in formulas
    entry = re.search(r"np\.round\((df_dX\[[\d, ]+\])", code)
    assert entry
    namespace: dict[str, object] = {}
    exec(code, namespace)
    assert float(output.splitlines()[-2]) == pytest.approx(eval(entry[1], namespace), rel=1e-3)


def test_a_planted_mistake_in_the_code_is_refused() -> None:
    derivation = derive(parse_statement(["x in R^N", "A in R^(N x N)"], ["f = x'*A*x"], "x"))
    source = numpy_source(derivation)
    assert worked_example(derivation, source, executed_output) is not None
    for wrong in ("return 2 * x @ A", "return x @ (A - A.T)", "return 0.5 * x @ (A + A.T)", "return x"):
        planted = re.sub(r"return x @ .*", wrong, source)
        assert planted != source
        with pytest.raises(CodeError, match="df_dx of the example is off"):
            worked_example(derivation, planted, executed_output)
    with pytest.raises(CodeError, match="has shape"):
        worked_example(derivation, re.sub(r"return x @ .*", "return np.outer(x, x)", source), executed_output)
    with pytest.raises(CodeError, match="does not run"):
        worked_example(derivation, re.sub(r"return x @ .*", "return missing", source), executed_output)


def test_a_mistake_in_the_printing_is_refused() -> None:
    derivation = derive(parse_statement(["x in R^N"], ["f = log(1 + x'*x)"], "x"))
    with pytest.raises(CodeError, match="prints 1 3 4 instead of"):
        worked_example(derivation, numpy_source(derivation), lambda *_: "1\n(2,)\n[3 4]\nTrue")


def test_the_same_statement_has_the_same_example_and_print_options_stay() -> None:
    derivation = derive(parse_statement(["x in R^N", "A in R^(N x N)"], ["f = exp(x'*A*x)"], "x"))
    before = np.get_printoptions()
    examples = [worked_example(derivation, numpy_source(derivation), executed_output) for _ in range(2)]
    assert examples[0] is not None
    assert examples[0] == examples[1]
    assert np.get_printoptions() == before


@pytest.mark.parametrize("expression", ["f = a'*a", "f = g(x)"])
def test_nothing_is_shown_where_there_is_nothing_to_tell(expression: str) -> None:
    given = ["x, a in R^N"] + (["g : R^N -> R"] if "g" in expression else [])
    derivation = derive(parse_statement(given, [expression], "x"))
    assert worked_example(derivation, numpy_source(derivation), executed_output) is None


# -- without running anything --------------------------------------------------------------------------------------


def statements_of_all_kinds(root: Path) -> Iterator[Statement]:
    """Yield the statements of the benchmark and of every exercise of the collection."""
    for line in (root / "tests/data/benchmark/cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        lines = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
        yield parse_statement(case["given"], lines, case["wrt"])
    for path in sorted((root / "generator/jacobook/collection").rglob("*.yaml")):
        written = yaml.safe_load(path.read_text("utf-8"))
        if isinstance(written, dict) and {"given", "expression"} <= written.keys():
            given, lines = (
                own if isinstance(own, list) else [own] for own in (written["given"], written["expression"])
            )
            try:
                yield parse_statement(given, lines, written.get("wrt"))
            except JacobookError:
                continue  # an entry of another kind


@pytest.mark.slow
def test_the_evaluator_says_what_running_prints(root: Path) -> None:
    compared = shapes = 0
    step = one_in(6)
    for statement in [*statements_of_all_kinds(root)][::step]:
        try:
            derivation = derive(statement, both=False)
        except Refusal:
            continue
        source = numpy_source(derivation)
        ran = worked_example(derivation, source, executed_output)
        assert worked_example(derivation, source, output_by_evaluator) == ran, derivation.statement
        compared += ran is not None
        shapes += ran is not None and len(ran.output.splitlines()) > 4
    assert compared > 100 / step
    assert shapes > 20 / step


@pytest.mark.parametrize(
    "shape", [(1,), (3,), (40,), (2, 3), (1, 1), (3, 12), (2, 24), (2, 2, 2), (1, 3, 4), (2, 2, 2, 2)]
)
@pytest.mark.parametrize("width", [1, 4, 9, 49, 98, 99, 120])
def test_arrays_are_set_as_numpy_sets_them(shape: tuple[int, ...], width: int) -> None:
    numbers = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    form = "{:" + str(width) + ".4g}"
    with np.printoptions(formatter={"float": form.format}, linewidth=100):
        expected = str(numbers)
    assert array_text(shape, [form.format(x) for x in numbers.flat], 100) == expected


def test_differences_that_do_not_agree_are_refused() -> None:
    derivation = derive(parse_statement(["x in R^N", "A in R^(N x N)"], ["f = x'*A*x"], "x"))
    point = example_point(derivation)
    assert point is not None
    assert differences_agree(derivation, point)
    wrong = replace(point, derivative=point.derivative * (1 + 1e-4))
    assert not differences_agree(derivation, wrong)
    with pytest.raises(CodeError, match="would not print True"):
        output_by_evaluator(derivation, wrong, ExampleScript("", "", "", (), 1))
