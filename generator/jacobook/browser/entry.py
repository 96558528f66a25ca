"""What a page asks the engine, and what it gets back: JSON in, JSON out, one request at a time.

A request is an object with `ask` and what belongs to it; an answer has `ok`, and `error` where it is false:

| ask | takes | gives |
|---|---|---|
| `read` | `lines`, `given`, `wrt` | `given`: a row for every name, guessed where it is not declared; `formula` |
| `derive` | `lines`, `given`, `wrt`, `order` | `html` of the derivation, not checked yet; `result` and `latex` |
| `code` | the same | `html` of what can be copied of it, for which it has a place |
| `verify` | the same | `verdict`, `sentence` |
| `complete` | the same, after `verify` | `html` of the derivation with its evidence, mistakes and numbers |
| `check` | the same, `answer`, `target` | the verdict on a reader's answer, as `jacobook check --format json` has it |
| `fresh` | `lines`, `given`, `wrt`, `seed` | another function of this kind: `asked`, and what is shown of it |
| `find` | `formula`, `wrt` | `keys` of the formula, one for each variable that may be meant, as the search has them |
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import Solution, Symbol
from jacobook.algebra.question import Link
from jacobook.algebra.traverse import walk
from jacobook.browser.protocol import PROTOCOL
from jacobook.browser.reader_page import ReaderQuestion, reader_code, reader_page
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.higher_derivatives import ORDERS, derive_to_order, has_order
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, parse_statement
from jacobook.language.guessed_declarations import guess
from jacobook.language.printer import declared_properties, text, text_declarations, text_functions
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.shape_braces import printed_with_shapes_of_factors, shows_shapes
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.remark_words import remarks_text
from jacobook.rendering.statement_lines import latex_head, latex_link
from jacobook.site.worked_entry import Part, heading_of_order

if TYPE_CHECKING:
    from jacobook.verification.examination import Evidence

Request = Mapping[str, Any]
Response = dict[str, Any]


def answer(request: str) -> str:
    """Return the answer to a request. It never raises: what goes wrong is an answer of its own."""
    return json.dumps(answered(json.loads(request)), ensure_ascii=False)


def answered(request: Request) -> Response:
    """Return the answer to a request, both as plain data."""
    if request.get("protocol") != PROTOCOL:
        return _failure("internal", "This page is older than the engine, or newer: load it again.")
    try:
        return {"ok": True, **_HANDLERS[request["ask"]](request)}
    except LanguageError as error:
        return _failure("input", error.message, **error_place(error))
    except Refusal as refused:
        return _failure("refused", str(refused))
    except RecursionError:
        return _failure("input", "this is nested too deeply")
    except Exception as error:  # the page says so, and the engine goes on
        return _failure("internal", f"{type(error).__name__}: {error}")


def _failure(kind: str, message: str, **more: Any) -> Response:
    return {"ok": False, "error_kind": kind, "error": message, **more}


def error_place(error: LanguageError) -> Response:
    """Return where an error is, counted from 0, and what would stand there instead.

    `origin` is the text in which it is: `expr[1]`, `given[0]`, `wrt`, `answer`, or nothing.
    """
    start = sum(len(line) + 1 for line in error.source.split("\n")[: error.line - 1]) + error.column - 1
    return {
        "origin": error.origin,
        "source": error.source,
        "start": start,
        "end": start + error.end_column - error.column,
        "suggestion": error.suggestion,
    }


# -- reading ----------------------------------------------------------------------------------------------------------


def _read(request: Request) -> Response:
    """Return the declarations, those guessed that the reader did not make, and the formula with its shapes."""
    lines = request["lines"]
    found = guess(lines, request["given"])
    wrt = request["wrt"] if request["wrt"] in found.wrt else next(iter(found.wrt), None)
    statement = parse_statement(found.declarations, lines, wrt)
    expressions = [link.expression for link in statement.links]
    used = {node for expression in expressions for node in walk(expression) if isinstance(node, Symbol)}
    rows = [_variable(one) for one in statement.declarations if one in used]
    rows += [_function(one) for one in statement.functions]
    return {
        "given": sorted(rows, key=lambda row: _first_place(row["name"], lines)),
        "wrt": statement.wrt.name,
        "candidates": [name for name in found.wrt if any(name == one.name for one in used)],
        "formula": [_with_shapes(link) for link in statement.links],
        "notes": remarks_text(statement.remarks),
        "orders": [order for order in ORDERS if has_order(statement.function.shape, statement.wrt.shape, order)],
    }


def _variable(symbol: Symbol) -> Response:
    """Return the row of a variable."""
    sizes = [str(size) for size in symbol.shape.dimensions]
    return {
        "name": symbol.name,
        "kind": ("scalar", "vector", "matrix")[len(sizes)],
        "sizes": sizes,
        "properties": declared_properties(symbol),
        "declaration": text_declarations((symbol,))[0],
    }


def _function(function: UnspecifiedFunction) -> Response:
    """Return the row of a function that is not specified further."""
    declaration = text_functions((function,))[0]
    return {"name": function.name, "kind": "function", "sizes": [], "properties": [], "declaration": declaration}


def _first_place(name: str, lines: Sequence[str]) -> int:
    """Return where a name stands first, so that rows keep their order; what is spelled otherwise comes last."""
    found = re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", "\n".join(lines))
    return found.start() if found else sys.maxsize


def _with_shapes(link: Link) -> str:
    """Return a line of the chain as LaTeX, with the shape under every factor where arrays are multiplied."""
    if isinstance(link.expression, Solution):
        return latex_link(link)
    shaped = shows_shapes(link.symbol, link.expression)
    right = printed_with_shapes_of_factors(link.expression).text if shaped else latex(link.expression)
    return f"{latex_head(link)} = {right}"


# -- deriving ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _derivations(given: tuple[str, ...], lines: tuple[str, ...], wrt: str | None, order: int) -> tuple[Derivation, ...]:
    """Return the derivation, and that of the second derivative where it is asked for."""
    return derive_to_order(parse_statement(given, lines, wrt), order)


def forget_derivations() -> None:
    """Forget what was derived: an engine that is kept for later holds nobody's function."""
    _derivations.cache_clear()
    _evidence.cache_clear()


def _asked(request: Request) -> tuple[Derivation, ...]:
    return _derivations(tuple(request["given"]), tuple(request["lines"]), request["wrt"], request.get("order", 1))


def _derive(request: Request) -> Response:
    """Return the derivation, as it is before anything is checked."""
    found = _asked(request)
    main = found[-1]
    return {
        "html": _page(request, _unchecked(found), with_code=False),
        "result": text(main.value),
        "latex": latex(main.value),
    }


def _code(request: Request) -> Response:
    """Return what can be copied of a derivation: most of it stands in tabs that are closed, and is not waited for."""
    main = _asked(request)[0]
    return {"html": reader_code(_question(request, [_part(0, main, None)]))}


def _unchecked(found: Sequence[Derivation]) -> list[Part]:
    """Return the parts of a page that has no code for the first of them."""
    return [_part(place, derivation, None, with_code=place > 0) for place, derivation in enumerate(found)]


def _part(place: int, derivation: Derivation, evidence: dict[str, Any] | None, with_code: bool = True) -> Part:
    code = numpy_source(derivation) if with_code else ""
    return Part(*heading_of_order(place + 1, derivation), derivation, evidence, code, None, None, {})


def _page(request: Request, parts: Sequence[Part], with_code: bool = True) -> str:
    return reader_page(_question(request, parts), request.get("root", ""), with_code)


def _question(request: Request, parts: Sequence[Part]) -> ReaderQuestion:
    return ReaderQuestion(tuple(request["given"]), tuple(request["lines"]), tuple(parts))


# -- checking ---------------------------------------------------------------------------------------------------------
# What follows needs NumPy, or its stand-in, and more of the engine: it is loaded when the first derivation stands.


@lru_cache(maxsize=2)
def _evidence(
    given: tuple[str, ...], lines: tuple[str, ...], wrt: str | None, order: int
) -> tuple[tuple[Derivation, Evidence], ...]:
    """Return the derivations with their evidence, at fewer sizes than pages are checked at, as the sentence says."""
    from jacobook.verification.examination import evidence_for

    return tuple((one, evidence_for(one, quick=True)) for one in _derivations(given, lines, wrt, order))


def _verified(request: Request) -> tuple[tuple[Derivation, Evidence], ...]:
    return _evidence(tuple(request["given"]), tuple(request["lines"]), request["wrt"], request.get("order", 1))


def _verify(request: Request) -> Response:
    """Return what was found about a derivation."""
    found = [evidence for _, evidence in _verified(request)]
    for one in found:
        if one.verdict == "failed":
            return {"verdict": "failed", "sentence": "; ".join(one.failures)}
        if one.verdict == "unchecked":
            return {"verdict": "unchecked", "sentence": one.why or "nothing could be compared"}
    return {"verdict": "checked", "sentence": _sentence([one.as_dict() for one in found])}


def _complete(request: Request) -> Response:
    """Return the derivation with all that needs evidence: the evidence, common mistakes, numbers."""
    from jacobook.site.pages.worked_example import output_by_evaluator, worked_example
    from jacobook.verification.refuted_mistakes import each, refutations, refuted_mistakes

    parts: list[Part] = []
    warned: set[str] = set()
    for place, (derivation, found) in enumerate(_verified(request)):
        mistakes = refuted_mistakes(derivation, warned)
        warned |= {refuted.mistake.slug for refuted in each(mistakes)}
        part = _part(place, derivation, found.as_dict() | {"mistakes": refutations(mistakes)})
        example = worked_example(derivation, part.code, output_by_evaluator)
        parts.append(replace(part, mistakes=mistakes, example=example))
    return {"html": _page(request, parts)}


def _sentence(evidences: Sequence[dict[str, Any]]) -> str:
    """Return what was checked here, and no more: nothing is proved in the browser."""
    claims, comparisons = (sum(found[key] for found in evidences) for key in ("claims", "instances"))
    return f"Checked here: {claims} claims hold in all {comparisons} comparisons at random points."


def _check(request: Request) -> Response:
    """Return the verdict on an answer: to the whole question, or to a partial derivative of its chain."""
    from jacobook.language.remarks import remarks_on_answer
    from jacobook.rendering.verdict_words import verdict_json
    from jacobook.verification.answers.judge import judge
    from jacobook.verification.answers.targets import read_target

    asked = _asked(request)[-1]
    target = request.get("target")
    derivation = read_target(asked, target).derivation if target else asked
    judgement = judge(derivation, request["answer"])
    return verdict_json(judgement, remarks_text(remarks_on_answer(derivation.statement, judgement.answer)))


def _fresh(request: Request) -> Response:
    """Return a fresh function of the kind of the statement, as the page of exercises shows one."""
    from jacobook.browser.fresh import fresh_function
    from jacobook.site.pages.asked import asked, exercise

    statement = parse_statement(tuple(request["given"]), tuple(request["lines"]), request["wrt"])
    found = fresh_function(statement, request["seed"])
    return {"asked": asked(found.given, found.lines, found.derivation), **exercise(found.derivation)}


def _find(request: Request) -> Response:
    """Return the keys under which the search has a formula, as one of the variable that is named or may be meant."""
    from jacobook.algebra.formula_key import formula_key
    from jacobook.language.typed_formulas import statements_typed

    found = statements_typed(request["formula"], request["wrt"])
    return {"keys": [formula_key(one.in_variables, one.wrt) for one in found]}


_HANDLERS: dict[str, Callable[[Request], Response]] = {
    "read": _read,
    "derive": _derive,
    "code": _code,
    "verify": _verify,
    "complete": _complete,
    "check": _check,
    "fresh": _fresh,
    "find": _find,
}
