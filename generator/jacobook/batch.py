"""Many cases from a file of JSON lines: one line out for each line in, in order, going on after a failure."""

from __future__ import annotations

import difflib
import json
import math
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jacobook.facade import Layout, OptionError, Route, Worked, derive
from jacobook.files import NotText, replacing, text_in
from jacobook.rendering.json_output import Identifier, error_json
from jacobook.terminal import BAD_INPUT, DONE, NO, REFUSED, json_line, output_encoding
from jacobook.workers import in_order, with_progress

CHUNK = 8
"""Cases handed to a worker process at a time."""


KEYS = ("id", "given", "expr", "wrt", "order", "layout", "route")
"""The keys of a case. `given` and `expr` must be there; the last three go before the options of these names."""


@dataclass(frozen=True, slots=True)
class Options:
    """How cases are worked on that do not say it themselves."""

    layout: Layout = "jacobian"
    route: Route = "matrix"
    order: int = 1
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """The line of JSON that answers a case, and what the summary has to know about it."""

    line: str
    outcome: str
    """`derived`, `input`, `refused` or `internal`."""
    unknown: tuple[str, ...] = ()
    """The keys of the case that mean nothing."""


def run_batch(cases: Path, output: Path | None, options: Options, *, jobs: int) -> int:
    """Work on every case of the file and write a line of JSON for each; return the exit status.

    Results go to standard output as they come, or to `output`, which appears whole at the end. What was not derived
    is counted in a sentence on standard error.
    """
    try:
        lines = text_in(cases.read_bytes()).split("\n")
    except OSError as error:
        print(f"{cases}: cannot be read ({error.strerror})", file=sys.stderr)
        return BAD_INPUT
    except NotText as error:
        print(f"{cases}:{error.place[0]}:{error.place[1]}: {error}", file=sys.stderr)
        return BAD_INPUT
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    encoding = output_encoding() if output is None else "utf-8"
    work = partial(answer_line, options=options, encoding=encoding)
    answers = in_order(work, numbered, jobs, partial(lost_line, encoding=encoding), CHUNK)
    outcomes, unknown = Counter[str](), Counter[str]()

    def counted(answer: Answer) -> str:
        outcomes[answer.outcome] += 1
        unknown.update(answer.unknown)
        return answer.line

    if output is None:
        for answer in answers:
            print(counted(answer), flush=True)
    else:
        try:
            with replacing(output) as file:
                for answer in with_progress(answers, len(numbered), "Deriving"):
                    file.write(f"{counted(answer)}\n".encode())
        except OSError as error:
            print(f"{output}: cannot be written ({error.strerror})", file=sys.stderr)
            return BAD_INPUT
    for sentence in _summary(outcomes, unknown):
        print(sentence, file=sys.stderr)
    return next((status for outcome, (_, status) in _OUTCOMES.items() if outcomes[outcome]), DONE)


_OUTCOMES = {
    "internal": ("{} failed", NO),
    "input": ("{} could not be read", BAD_INPUT),
    "refused": ("{} refused: no rule covers the derivative", REFUSED),
}
"""What is said about cases that were not derived, and the exit status; the first that occurs decides."""


def _summary(outcomes: Counter[str], unknown: Counter[str]) -> list[str]:
    """Return what there is to say about the whole batch; nothing where every case was derived."""
    said = []
    if unknown:
        keys = ", ".join(f"`{key}` ({count})" for key, count in sorted(unknown.items()))
        said.append(f"Ignored, since a case holds {', '.join(KEYS)} and nothing else: {keys}")
    if set(outcomes) - {"derived"}:
        parts = [words.format(outcomes[outcome]) for outcome, (words, _) in _OUTCOMES.items() if outcomes[outcome]]
        said.append(f"{outcomes['derived']} of {outcomes.total()} cases derived; {', '.join(parts)}")
    return said


def answer_line(numbered: tuple[int, str], *, options: Options, encoding: str) -> Answer:
    """Return the line of JSON that answers one numbered line of the file."""
    answer, unknown = _answer(*numbered, options)
    outcome = "derived" if answer["ok"] else str(answer["error_kind"])
    return Answer(json_line(answer, encoding), outcome, unknown)


def lost_line(numbered: tuple[int, str], *, encoding: str) -> Answer:
    """Return the line of JSON for a case over which two processes have died."""
    number, line = numbered
    try:
        case = json.loads(line)
        identifier = case.get("id") if isinstance(case, dict) and _may_be_id(case.get("id")) else None
    except (ValueError, RecursionError):
        identifier = None
    said = f"line {number} of the batch: the process that worked on it died twice (killed, or out of memory)"
    return Answer(json_line(error_json(said, "internal", identifier), encoding), "internal", ())


def _answer(number: int, line: str, options: Options) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the answer to a line of the file, and the keys in it that mean nothing."""
    try:
        case = json.loads(line)
    except json.JSONDecodeError as error:
        message = f"line {number} of the batch is not JSON: {error.msg}"
        return error_json(message, "input", line=1, column=error.colno), ()
    except RecursionError:
        return error_json(f"line {number} of the batch is nested too deeply", "input"), ()
    except ValueError as error:  # a number of more digits than Python reads
        return error_json(f"line {number} of the batch cannot be read: {error}", "input"), ()
    if not isinstance(case, dict):
        return error_json(f"line {number} of the batch: a case is an object with {', '.join(KEYS)}", "input"), ()
    unknown = tuple(key for key in case if key not in KEYS)
    notes = [_unknown_key(key) for key in unknown]
    identifier = case.get("id") if _may_be_id(case.get("id")) else None
    if complaint := _complaint(case):
        return error_json(f"line {number} of the batch: {complaint}", "input", identifier, notes=notes), unknown
    return _derived(number, case, identifier, options, notes), unknown


def _unknown_key(key: str) -> str:
    near = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.75)
    return f"The key `{key}` was ignored" + (f"; did you mean `{near[0]}`?" if near else ".")


def _derived(
    number: int, case: dict[str, Any], identifier: Identifier, options: Options, notes: list[str]
) -> dict[str, Any]:
    """Return the answer to a case whose form is right."""
    from jacobook.calculus.refusal import Refusal
    from jacobook.language import LanguageError

    wrt = case.get("wrt")
    fail = partial(error_json, identifier=identifier, wrt=wrt, notes=notes)
    try:
        worked = derive(
            case["expr"],
            given=case["given"],
            wrt=wrt,
            layout=case.get("layout", options.layout),
            route=case.get("route", options.route),
            order=case.get("order", options.order),
            verify=options.verify,
        )
        if worked.verdict == "failed":
            return fail("verification failed: " + " ".join(_failures(worked)), "internal")
        return worked.as_json(identifier, notes)
    except OptionError as error:
        return fail(f"line {number} of the batch: {error}", "input")
    except LanguageError as error:
        return fail(error.message, "input", line=error.line, column=error.column)
    except Refusal as refused:
        return fail(str(refused), "refused")
    except RecursionError:
        return fail(f"line {number} of the batch is nested too deeply", "input")
    except Exception as error:  # one bad case must not end the batch; the line says so
        return fail(f"{type(error).__name__}: {error}", "internal")


def _may_be_id(value: object) -> bool:
    """Return whether a case may have this `id`; JSON has no number for `1e999`, nor for the NaN that Python reads."""
    return isinstance(value, Identifier) and not (isinstance(value, float) and not math.isfinite(value))


def _failures(worked: Worked) -> list[str]:
    parts = [one.evidence for one in (worked.before, worked) if one is not None and one.evidence is not None]
    return [failure for evidence in parts for failure in evidence["failures"]]


def _complaint(case: dict[str, Any]) -> str | None:
    """Return what is wrong with the form of a case, None if nothing is."""
    given, expr = case.get("given"), case.get("expr")
    if not _may_be_id(case.get("id")):
        return "`id` is a text or a number"
    if not (isinstance(given, str) or (isinstance(given, list) and all(isinstance(item, str) for item in given))):
        return "`given` is a declaration, or a list of declarations"
    if not (isinstance(expr, str) or (isinstance(expr, list) and all(isinstance(item, str) for item in expr))):
        return "`expr` is an expression, or a list of the lines of a chain"
    if not isinstance(case.get("wrt"), str | None):
        return "`wrt` is a name"
    return None
