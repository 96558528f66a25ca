"""Many cases from a file of JSON lines: one line out for each line in, in order, going on after a failure."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from generator.facade import Layout, Route, derive
from generator.files import replacing
from generator.terminal import BAD_INPUT, DONE, json_line, output_encoding
from generator.workers import in_order, with_progress

CHUNK = 8
"""Cases handed to a worker process at a time."""


def run_batch(cases: Path, output: Path | None, *, jobs: int, layout: Layout, route: Route, verify: bool) -> int:
    """Work on every case of the file and write a line of JSON for each; return the exit status.

    Results go to standard output as they come, or to `output`, which appears whole at the end.
    """
    try:
        lines = cases.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{cases}: cannot be read ({getattr(error, 'strerror', None) or error})", file=sys.stderr)
        return BAD_INPUT
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    encoding = output_encoding() if output is None else "utf-8"
    work = partial(answer_line, layout=layout, route=route, verify=verify, encoding=encoding)
    answers = in_order(work, numbered, jobs, partial(lost_line, encoding=encoding), CHUNK)
    if output is None:
        for answer in answers:
            print(answer, flush=True)
        return DONE
    try:
        with replacing(output) as file:
            for answer in with_progress(answers, len(numbered), "Deriving"):
                file.write(f"{answer}\n".encode())
    except OSError as error:
        print(f"{output}: cannot be written ({error.strerror})", file=sys.stderr)
        return BAD_INPUT
    return DONE


def answer_line(numbered: tuple[int, str], *, layout: Layout, route: Route, verify: bool, encoding: str) -> str:
    """Return the line of JSON that answers one numbered line of the file."""
    number, line = numbered
    return json_line(_answer(number, line, layout, route, verify), encoding)


def lost_line(numbered: tuple[int, str], *, encoding: str) -> str:
    """Return the line of JSON for a case over which two processes have died."""
    from generator.rendering.json_output import error_json

    number, line = numbered
    try:
        case = json.loads(line)
        identifier = case.get("id") if isinstance(case, dict) and isinstance(case.get("id"), str) else None
    except (ValueError, RecursionError):
        identifier = None
    said = f"line {number} of the batch: the process that worked on it died twice (killed, or out of memory)"
    return json_line(error_json(said, "internal", identifier), encoding)


def _answer(number: int, line: str, layout: Layout, route: Route, verify: bool) -> dict[str, Any]:
    from generator.calculus.refusal import Refusal
    from generator.language import LanguageError
    from generator.rendering.json_output import error_json

    identifier: str | None = None
    wrt: str | None = None
    try:
        case = json.loads(line)
        complaint = _complaint(case)
        if isinstance(case, dict):
            identifier = case.get("id") if isinstance(case.get("id"), str) else None
        if complaint:
            return error_json(f"line {number} of the batch: {complaint}", "input", identifier)
        wrt = case.get("wrt")
        expressions = [case["expr"]] if isinstance(case["expr"], str) else case["expr"]
        worked = derive(*expressions, given=case["given"], wrt=wrt, layout=layout, route=route, verify=verify)
        answer = worked.as_json(identifier)
        if worked.evidence is not None and not worked.evidence["passed"]:
            return error_json(
                "verification failed: " + " ".join(worked.evidence["failures"]), "internal", identifier, wrt=wrt
            )
        return answer
    except json.JSONDecodeError as error:
        return error_json(f"line {number} of the batch is not JSON: {error.msg}", "input", line=1, column=error.colno)
    except LanguageError as error:
        return error_json(error.message, "input", identifier, error.line, error.column, wrt=wrt)
    except Refusal as refused:
        return error_json(str(refused), "refused", identifier, wrt=wrt)
    except RecursionError:
        return error_json(f"line {number} of the batch is nested too deeply", "input", identifier, wrt=wrt)
    except Exception as error:  # one bad case must not end the batch; the line says so
        return error_json(f"{type(error).__name__}: {error}", "internal", identifier, wrt=wrt)


def _complaint(case: object) -> str | None:
    """Return what is wrong with the form of a case, None if nothing is."""
    if not isinstance(case, dict):
        return "a case is an object with id, given, expr and wrt"
    given, expr = case.get("given"), case.get("expr")
    if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
        return "`given` is a list of declarations"
    if not (isinstance(expr, str) or (isinstance(expr, list) and all(isinstance(item, str) for item in expr))):
        return "`expr` is an expression, or a list of the lines of a chain"
    if not isinstance(case.get("wrt"), str | None):
        return "`wrt` is a name"
    return None
