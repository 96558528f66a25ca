"""What the engine finds with the `numpy` that it is given, as JSON lines: with NumPy and with the stand-in.

`python stand_in_run.py CASES` needs neither SymPy nor what only pages need; with `--blocked` it makes sure that they
cannot be imported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

BLOCKED = frozenset(
    ("sympy", "mpmath", "pydantic", "pydantic_core", "yaml", "jinja2", "matplotlib", "click", "rich", "mkdocs")
)
ANSWERS = 6
"""So many answers are checked of every case."""
NUMBERS = 3
"""Every third case is worked out in numbers."""


class Blocked:
    """Refuses packages that a browser does not get."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} is not there")


def evidence_rows(derivation: Any) -> list[Any]:
    """Return everything that was found about every claim, but the last digits of errors."""
    examination = import_module("jacobook.verification.examination")
    found = examination.evidence_for(derivation)
    details = [
        claim.as_dict() | {"error": claim.error <= claim.tolerance, "unchecked": claim.unchecked, "sizes": claim.sizes}
        for claim in found.claims
    ]
    return [found.verdict, found.why, found.failures, found.sizes, found.instances, *details]


def wrong_values(value: Any) -> Iterator[Any]:
    """Yield the derivative with a wrong sign or factor, transposed, and with a term dropped or of the wrong sign."""
    b = import_module("jacobook.algebra.build")
    nodes = import_module("jacobook.algebra.nodes")
    yield -value
    yield b.TWO * value
    if not value.shape.is_scalar:
        yield b.transpose(value)
    terms = value.operands if isinstance(value, nodes.Add) else ()
    for k in range(min(len(terms), 2)):
        yield b.add(*terms[:k], *terms[k + 1 :])
        yield b.add(*terms[:k], -terms[k], *terms[k + 1 :])
    yield value - value
    yield b.hadamard(value, value) if not value.shape.is_scalar else value * value


def answers_to(derivation: Any, others: list[str]) -> list[str]:
    """Return texts that a reader may give as the derivative: right, nearly right, wrong, and of other questions."""
    text = import_module("jacobook.language.printer").text
    value = derivation.value_without_names
    own = [text(value), *map(text, wrong_values(value))]
    wrt = derivation.statement.wrt.name
    return [*own, f"{own[0]} + {wrt}", f"({own[0]}).*({own[0]})", *others][:ANSWERS]


def judged_rows(derivation: Any, others: list[str]) -> list[Any]:
    """Return the verdict on every answer as the JSON of `jacobook check`, or the refusal."""
    judge = import_module("jacobook.verification.answers.judge").judge
    as_json = import_module("jacobook.rendering.verdict_words").verdict_json
    error = import_module("jacobook.algebra.messages").JacobookError
    found: list[Any] = []
    for answer in answers_to(derivation, others):
        try:
            found.append([answer, as_json(judge(derivation, answer), ())])
        except error as refused:
            found.append([answer, type(refused).__name__, str(refused)])
    return found


def planted_rows(derivation: Any) -> list[Any]:
    """Return what is said of wrong results, each compared with the derivative of the function."""
    b = import_module("jacobook.algebra.build")
    examination = import_module("jacobook.verification.examination")
    equal = import_module("jacobook.algebra.normal_form").equal
    function = import_module("jacobook.algebra.question").without_names(
        derivation.statement.function, derivation.all_definitions
    )
    value, left = derivation.value_without_names, b.partial(function, derivation.statement.wrt, total=True)
    found = []
    for wrong in wrong_values(value):
        if wrong.shape == value.shape and not equal(wrong, value):
            claim = examination.evidence_for_equation(left, wrong)
            found.append([claim.verdict, claim.failure])
    return found


def mistake_rows(derivation: Any) -> list[Any]:
    """Return the common mistakes that are shown, and by what each is refuted."""
    refuted = import_module("jacobook.verification.refuted_mistakes")
    return [[one.mistake.slug, one.by] for one in refuted.each(refuted.refuted_mistakes(derivation))]


def number_rows(derivation: Any) -> Any:
    """Return the worked example with all its texts, made without running it, and the pattern of the derivative."""
    source = import_module("jacobook.rendering.numpy_code.function_source").numpy_source(derivation)
    page = import_module("jacobook.site.pages.worked_example")
    example = page.worked_example(derivation, source, page.output_by_evaluator)
    pattern = import_module("jacobook.site.plots.patterns").pattern_of(derivation)
    drawn = pattern and [pattern.sizes, pattern.kinds.tolist(), pattern.fixed, pattern.is_diagonal, pattern.filled]
    return [example and asdict(example), drawn]


def rows(cases: Path, step: int) -> Iterator[Any]:
    """Yield what is found about every case, or about every third one, say."""
    parse = import_module("jacobook.language").parse_statement
    derive = import_module("jacobook.calculus.derive").derive
    others: list[str] = []
    for number, line in enumerate(cases.read_text(encoding="utf-8").splitlines()[::step]):
        case = json.loads(line)
        lines = case["expr"] if isinstance(case["expr"], list) else [case["expr"]]
        derivation = derive(parse(case["given"], lines, case["wrt"]))
        yield {
            "id": case["id"],
            "evidence": evidence_rows(derivation),
            "answers": judged_rows(derivation, others),
            "planted": planted_rows(derivation),
            "mistakes": mistake_rows(derivation),
            "numbers": None if number % NUMBERS else number_rows(derivation),
        }
        others = [import_module("jacobook.language.printer").text(derivation.value_without_names)]


def main() -> None:
    """Print the rows, and first which `numpy` they are of."""
    if "--blocked" in sys.argv:
        sys.meta_path.insert(0, Blocked())
    print(json.dumps(import_module("numpy").__file__))
    for row in rows(Path(sys.argv[1]), int(sys.argv[2])):
        print(json.dumps(row))


if __name__ == "__main__":
    main()
