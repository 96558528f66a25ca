"""What is said of a reader's function: one short paragraph, and the same as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jacobook.language.printer import text

if TYPE_CHECKING:  # evidence comes as plain data: nothing of that room is used here
    from jacobook.verification.code_answers import CodeVerdict, WrongEntry


def code_verdict_sentence(verdict: CodeVerdict) -> str:
    """Return the verdict in words: `Nearly: backward gives the transpose of what is asked for.`"""
    changed = f" It changes {' and '.join(verdict.changed)} in place, which others may still need."
    return _sentence(verdict) + (changed if verdict.changed else "")


def _sentence(verdict: CodeVerdict) -> str:
    f = verdict.function
    if verdict.slug == "right":
        rough = "" if verdict.precision == "float64" else f", as far as {verdict.precision} can tell"
        return f"Right: {f} agrees with the derivative at {verdict.points} points of different sizes{rough}."
    said = {
        "shape": _shape,
        "squeezed": _squeezed,
        "no-numbers": _no_numbers,
        "transpose": _transpose,
        "factor": _factor,
        "term": _term,
        "entries": _entries,
        "wrong": _entries,
    }[verdict.slug]
    return said(verdict)


def _shape(verdict: CodeVerdict) -> str:
    found, expected = map(_axes, verdict.shapes)
    return f"Not right: {verdict.function} returns the shape {found} instead of {expected}{_at(verdict)}."


def _squeezed(verdict: CodeVerdict) -> str:
    found, expected = map(_axes, verdict.shapes)
    return (
        f"Nearly: the numbers are right, but {verdict.function} returns the shape {found} "
        f"instead of {expected}{_at(verdict)}."
    )


def _no_numbers(verdict: CodeVerdict) -> str:
    return f"Not right: {verdict.function} returns NaN or an infinity{_at(verdict)}, where the derivative has a value."


def _transpose(verdict: CodeVerdict) -> str:
    return f"Nearly: {verdict.function} returns the transpose of {_what(verdict)}."


def _factor(verdict: CodeVerdict) -> str:
    what = _what(verdict)
    if verdict.factor == "-1":
        return f"Nearly: {verdict.function} has the wrong sign; it returns -1 times {what}."
    return (
        f"Nearly: {verdict.function} is off by the factor {verdict.factor}; it returns {verdict.factor} times {what}."
    )


def _term(verdict: CodeVerdict) -> str:
    assert verdict.term is not None
    term = text(verdict.term)
    if verdict.times == 0:
        return f"Nearly: {verdict.function} lacks the term {term}; everything else is right."
    if verdict.times == -1:
        return f"Nearly: {verdict.function} has the term {term} with the wrong sign; everything else is right."
    return (
        f"Nearly: {verdict.function} has {verdict.times} times the term {term} where it should stand once; "
        "everything else is right."
    )


def _entries(verdict: CodeVerdict) -> str:
    begin = "Not right"
    if verdict.where:
        begin = f"Nearly: {verdict.function} is wrong only {verdict.where}"
    elif verdict.slug == "entries":
        begin = f"Not right: {verdict.function} is wrong in some entries and right in others"
    listed = "; ".join(_entry(verdict, entry) for entry in verdict.entries)
    at = f"F{_at(verdict)[2:]}, " if verdict.sizes else ""
    return f"{begin}. {at}{listed}."


def _entry(verdict: CodeVerdict, entry: WrongEntry) -> str:
    place = f"[{', '.join(map(str, entry.place))}]" if entry.place else ""
    return f"{verdict.function}(…){place} is {entry.found:.6g} and should be {entry.expected:.6g}"


def _what(verdict: CodeVerdict) -> str:
    return {"vjp": "the vjp", "jvp": "the jvp", "gradient": "the gradient"}.get(verdict.form, "the derivative")


def _at(verdict: CodeVerdict) -> str:
    sizes = ", ".join(f"{name} = {size}" for name, size in (verdict.sizes or {}).items())
    return f" for {sizes}" if sizes else ""


def _axes(shape: tuple[int, ...]) -> str:
    return str(tuple(shape))


def code_verdict_json(verdict: CodeVerdict) -> dict[str, Any]:
    """Return the verdict as plain data."""
    found, expected = verdict.shapes
    return {
        "ok": True,
        "error": None,
        "error_kind": None,
        "verdict": verdict.slug,
        "right": verdict.right,
        "sentence": code_verdict_sentence(verdict),
        "form": verdict.form,
        "library": verdict.library,
        "points": verdict.points,
        "changed": list(verdict.changed),
        "factor": verdict.factor or None,
        "term": None if verdict.term is None else {"text": text(verdict.term), "times": str(verdict.times)},
        "where": verdict.where or None,
        "entries": [{"place": list(e.place), "found": e.found, "expected": e.expected} for e in verdict.entries],
        "shapes": {"found": list(found), "expected": list(expected)},
        "sizes": dict(verdict.sizes or {}),
    }
