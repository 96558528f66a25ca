"""Derives random expressions by both routes, checks every answer numerically, and prints the score.

    python -m tests.random_expressions --count 20000 [--first 0] [--depth 4] [--jobs 2] [--code] [--powers] [--fixed]
                                       [--wider] [--chains] [--links] [--clashing] [--torch]

Case number n is the same in every run. An outcome is *right* (every claim and the result verified numerically, and
the two routes agree), *refused* for a named reason, *wrong*, *crashed*, or *unchecked* (no random point at which the
function has a usable value). Exit status 1 if any case is wrong or crashed. `--route` chooses the route whose answer
is taken; the other one is worked out beside it. What takes long is listed as slow.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jacobook.algebra import nodes as n
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import ONE
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, parse_expression
from jacobook.language.printer import text, text_link
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.verification import check_code, verify
from jacobook.verification.numeric.equations import relative_error
from tests.strategies import random_chain, random_expression, random_links, statement_of, with_clashing_names

SLOW = 5.0
"""A case that takes more seconds than this, with checking, is listed."""


@dataclass(frozen=True)
class Outcome:
    """What came of one case."""

    number: int
    kind: str
    """`right`, `refused`, `wrong`, `crashed`, `unchecked`."""
    statement: str
    reason: str = ""
    other_refused: str = ""
    """Why the other route has no answer, where it has none."""
    seconds: float = 0.0
    """Of deriving, by both routes, as the processor counts them."""
    checking: float = 0.0
    """The seconds of checking."""


def outcome_of(
    number: int,
    *,
    depth: int = 4,
    route: str = "matrix",
    code: bool = False,
    powers: bool = False,
    wider: bool = False,
    fixed: bool = False,
    chains: bool = False,
    links: bool = False,
    clashing: bool = False,
    torch: bool = False,
) -> Outcome:
    """Return what comes of the random expression, or chain of links that are used twice, with this number."""
    if chains or links:
        statement = random_chain(number) if chains else random_links(number, fixed=fixed)
    else:
        statement = statement_of(*random_expression(number, depth, powers, fixed, wider=wider))
    if clashing:
        statement = with_clashing_names(statement, number)
    said = f"d/d{statement.wrt.name} of {'; '.join(map(text_link, statement.links))}"
    begin = time.process_time()
    try:
        derivation = derive(statement, route)
        seconds = time.process_time() - begin
        evidence = verify(derivation, symbolic=False)
        failures = list(evidence.failures)
        failures += read_back(statement) if clashing or links else []
        nowhere = evidence.verdict == "unchecked"
        if not failures and not nowhere and code:
            error = check_code(numpy_source(derivation), derivation)
            failures += [f"the code is off by {error:.2g}"] if error > 1e-6 else []
        if not failures and not nowhere and torch:
            failures += differences_of_autograd(derivation)
    except Refusal as refused:
        return Outcome(number, "refused", said, str(refused))
    except Exception as error:  # what this program looks for
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno} ({last.name})"
        return Outcome(number, "crashed", said, f"{type(error).__name__}: {error} at {where}")
    others = next((p.refusal for p in derivation.partials if p.refusal), "")
    if failures:
        return Outcome(number, "wrong", said, failures[0], others, seconds)
    checking = time.process_time() - begin - seconds
    kind = "unchecked" if nowhere else "right"
    return Outcome(number, kind, said, str(evidence.why) if nowhere else "", others, seconds, checking)


def differences_of_autograd(derivation: Derivation) -> list[str]:
    """Return what PyTorch's own derivative of our code of the function finds wrong with our code of the derivative."""
    from tests.autodiff.torch_witness import jacobians

    found = ((relative_error(own, other), point) for own, other, point in jacobians(derivation))
    return [f"PyTorch differs by {error:.2g} for {point.sizes}" for error, point in found if error > 1e-6][:1]


def read_back(statement: Statement) -> list[str]:
    """Return what is wrong with the texts of the links, read as expressions in what is declared and defined."""
    known = {*statement.declarations, *(link.symbol for link in statement.links)}
    found = []
    for link in statement.links:
        if any(
            isinstance(one, n.Literal) and one.shape.is_matrix and ONE in one.shape.axes
            for one in walk(link.expression)
        ):
            continue  # [a, b] is a row and no matrix: such a node has no text
        written = text(link.expression)
        try:
            back = parse_expression(written, known, link.expression.shape)
        except LanguageError as error:
            found.append(f"{written} does not read back: {error.message}")
            continue
        if not equal(back, link.expression):
            found.append(f"{written} reads back as {text(back)}")
    return found


def outcomes(numbers: Iterable[int], jobs: int = 1, **options: object) -> Iterator[Outcome]:
    """Yield the outcomes of the cases in order."""
    work = partial(outcome_of, **options)  # type: ignore[arg-type]
    if jobs == 1:
        yield from map(work, numbers)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(work, numbers, chunksize=16)


def score(found: list[Outcome]) -> str:
    """Return the score as a table, with the refusals by reason."""
    kinds = Counter(outcome.kind for outcome in found)
    lines = [f"{len(found)} random expressions"]
    for kind in ("right", "refused", "unchecked", "wrong", "crashed"):
        lines.append(f"{kind:>10} {kinds[kind]:6}  {100 * kinds[kind] / max(len(found), 1):5.1f} %")
    for title, reasons in (
        ("refused", Counter(_general(o.reason) for o in found if o.kind == "refused")),
        ("the other route alone refused", Counter(_general(o.other_refused) for o in found if o.other_refused)),
    ):
        lines += [f"{title}:"] * bool(reasons) + [f"{count:10}  {reason}" for reason, count in reasons.most_common()]
    times = sorted(o.seconds for o in found if o.seconds)
    if times:
        median, late = times[len(times) // 2], times[int(0.95 * len(times))]
        lines.append(f"deriving, both routes: median {1000 * median:.1f} ms, 95th percentile {1000 * late:.1f} ms")
        whole = sorted(o.seconds + o.checking for o in found)
        slow = sum(seconds > SLOW for seconds in whole)
        lines.append(f"deriving and checking: the slowest {whole[-1]:.2f} s; {slow} over {SLOW:g} s")
    return "\n".join(lines)


def _general(reason: str) -> str:
    """Return the reason without its sizes."""
    return " ".join("…" if "×" in word or word in "MNK" else word for word in reason.split())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--depth", type=int, default=4, help="at most this deep (leaves are 0; up to 6)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--route", choices=("matrix", "component"), default="matrix")
    parser.add_argument("--code", action="store_true", help="check the generated NumPy code too")
    parser.add_argument("--wider", action="store_true", help="with functions of whole matrices and largest entries")
    parser.add_argument("--powers", action="store_true", help="with symbolic exponents and sums over an index")
    parser.add_argument("--fixed", action="store_true", help="with sizes drawn as well: 1, 2, 3 or equal to another")
    parser.add_argument("--chains", action="store_true", help="chains whose links are used twice")
    parser.add_argument("--links", action="store_true", help="chains of random links of all shapes")
    parser.add_argument(
        "--clashing", action="store_true", help="names that are also those of sizes, constants, functions"
    )
    parser.add_argument("--torch", action="store_true", help="compare with PyTorch's own derivatives (`make autodiff`)")
    options = parser.parse_args()
    found = []
    numbers = range(options.first, options.first + options.count)
    chosen = {
        name: getattr(options, name)
        for name in ("depth", "route", "code", "powers", "wider", "fixed", "chains", "links", "clashing", "torch")
    }
    for outcome in outcomes(numbers, options.jobs, **chosen):
        found.append(outcome)
        if outcome.kind in ("wrong", "crashed"):
            print(f"{outcome.kind}: case {outcome.number}: {outcome.statement}\n    {outcome.reason}", flush=True)
        elif (whole := outcome.seconds + outcome.checking) > SLOW:
            print(f"slow: case {outcome.number}: {outcome.statement}\n    {whole:.1f} s", flush=True)
    print(score(found))
    return int(any(outcome.kind in ("wrong", "crashed") for outcome in found))


if __name__ == "__main__":
    sys.exit(main())
