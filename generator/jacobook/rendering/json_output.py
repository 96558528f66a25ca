"""The machine-readable answer: one JSON object a derivation, or an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jacobook.algebra import build
from jacobook.algebra.nodes import Node, Solution
from jacobook.algebra.question import Link
from jacobook.algebra.shapes import Shape
from jacobook.algebra.solutions import solved_form
from jacobook.calculus.derivation import Claim, Derivation, ForwardForm, HigherForm, PartialDerivation
from jacobook.calculus.family_members import by_member, member_asked_for
from jacobook.language.printer import text, text_definition
from jacobook.rendering.latex.formulas import latex
from jacobook.rendering.latex.lines import latex_claim
from jacobook.rendering.numpy_code.function_source import numpy_source
from jacobook.rendering.outline import verdict_of
from jacobook.rendering.remark_words import remarks_text
from jacobook.rendering.sentences import claim_text, prose_text
from jacobook.rendering.shape_words import jacobian_shape_lists, result
from jacobook.rendering.statement_lines import latex_definition

Identifier = str | int | float | bool | None
"""What a case of a batch may be called: anything in JSON but a list or an object."""
_EVIDENCE = ("passed", "max_relative_error", "instances", "symbolic", "sizes")


def derivation_json(
    derivation: Derivation,
    evidence: Mapping[str, Any] | None = None,
    seconds: float | None = None,
    identifier: Identifier = None,
    layout: str = "jacobian",
    notes: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return the answer as plain data; `seconds` is the time of parsing and deriving.

    `notes` are sentences to be read before the result: the remarks on the statement, unless others are given. `latex`
    and `text` give the result in the chosen layout; partials are in the Jacobian layout. Where the result would be long
    in the declared variables alone, it is in names, and there is one more key: `definitions` says what they stand for,
    each in the declared variables and the names before it. `name = text` of each is a line of a chain. What solves an
    equation also has it as it was written, `equation` and `equation_latex`; the name stands in its own `text`.

    With respect to a member of a family, as x[k], `text` and `latex` are its row, and `python` gives all of them.

    Beyond two indices there is the key `backward`: the same derivative without Kronecker products; see `backward_json`.
    So there is for a vjp that was asked for, and `forward` for a jvp. A second or third derivative beyond two indices
    has `higher` instead; see `higher_json`.
    """
    statement = derivation.statement
    _, value = result(derivation, layout)
    member, wrt, by_one = member_asked_for(derivation), statement.wrt.name, by_member(derivation)
    said = remarks_text(statement.remarks) if notes is None else list(notes)
    if member is not None and by_one is not None:
        value, wrt = by_one.right if layout == "jacobian" else build.transpose(by_one.right), text(member)
        said.append(f"`python` gives the derivatives with respect to all members of {statement.wrt.name}, one a row.")
    return {
        "id": identifier,
        "ok": True,
        "error": None,
        "error_kind": None,
        "line": None,
        "column": None,
        "notes": said,
        "seconds": seconds,
        "wrt": wrt,
        "output_shape": shape_list(statement.function.shape),
        "input_shape": shape_list(statement.wrt.shape if member is None or by_one is None else member.shape),
        "latex": latex(value),
        "text": text(value),
        **({"definitions": [_definition(link) for link in derivation.kept]} if derivation.kept else {}),
        **({"backward": backward_json(derivation)} if derivation.backward is not None else {}),
        **({"higher": higher_json(derivation.higher)} if derivation.higher is not None else {}),
        **({"forward": _forward_json(derivation.forward)} if derivation.forward is not None else {}),
        "python": numpy_source(derivation),
        "partials": [partial_json(partial) for partial in derivation.partials],
        "steps": [step_json(claim) for claim in derivation.claims()],
        "verification": None if evidence is None else _verification(evidence),
    }


def _verification(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found: `verdict` is `checked`, `unchecked` (`why` says why) or `failed`."""
    found = {"verdict": verdict_of(evidence), "why": evidence.get("why")}
    return found | {key: evidence[key] for key in _EVIDENCE}


def error_json(
    message: str,
    kind: str,
    identifier: Identifier = None,
    line: int | None = None,
    column: int | None = None,
    seconds: float | None = None,
    wrt: str | None = None,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return an error (kind `input`, `refused` or `internal`) with the same keys as an answer."""
    return {
        "id": identifier,
        "ok": False,
        "error": message,
        "error_kind": kind,
        "line": line,
        "column": column,
        "notes": list(notes),
        "seconds": seconds,
        "wrt": wrt,
        "output_shape": None,
        "input_shape": None,
        "latex": None,
        "text": None,
        "python": None,
        "partials": [],
        "steps": [],
        "verification": None,
    }


def shape_list(shape: Shape) -> list[str]:
    """Return a shape as data: scalar `[]`, vector `["D"]`, row `["1", "D"]`, matrix `["M", "N"]`."""
    return [str(dimension) for dimension in shape.dimensions]


def _definition(link: Link) -> dict[str, Any]:
    if isinstance(link.expression, Solution):
        value = solved_form(link)
        return {**_named(link, value), "equation": text_definition(link), "equation_latex": latex_definition(link)}
    return _named(link, link.expression)


def _named(link: Link, value: Node) -> dict[str, Any]:
    return {
        "name": link.symbol.name,
        "shape": shape_list(link.symbol.shape),
        "latex": latex(value),
        "text": text(value),
    }


def partial_json(partial: PartialDerivation) -> dict[str, Any]:
    """Return a partial derivative of the chain, in the Jacobian layout."""
    return {
        "of": partial.of.name,
        "wrt": partial.wrt.name,
        "shape": jacobian_shape_lists(partial.of.shape, partial.wrt.shape),
        "latex": latex(partial.value),
        "text": text(partial.value),
        "total": partial.total,
    }


def backward_json(derivation: Derivation) -> dict[str, Any] | None:
    """Return ∂L/∂X for a scalar L that depends on the function F, given ∂L/∂F; None for at most two indices.

    `upstream` is the name of ∂L/∂F in `text` and `latex` (it has the shape of F), `differential` is dF, null where the
    chain is followed link by link; `definitions` say what other names stand for, as those of the result.
    """
    backward = derivation.backward
    if backward is None:
        return None
    differential = backward.differential
    return {
        "upstream": backward.upstream.name,
        "shape": [str(backward.value.shape.rows), str(backward.value.shape.columns)],
        "latex": latex(backward.value),
        "text": text(backward.value),
        "differential": None if differential is None else text(differential),
        "definitions": [_definition(link) for link in backward.kept],
    }


def higher_json(higher: HigherForm) -> dict[str, Any]:
    """Return dᵏf[H, …, H], k being the `order` and H the `direction`, which has the shape of the variable."""
    return {
        "order": higher.order,
        "direction": higher.direction.name,
        "latex": latex(higher.value),
        "text": text(higher.value),
    }


def _forward_json(forward: ForwardForm) -> dict[str, Any]:
    """Return d of the function for a d of the variable, which `tangent` is the name of."""
    return {
        "tangent": forward.tangent.name,
        "latex": latex(forward.value),
        "text": text(forward.value),
        "definitions": [_definition(link) for link in forward.kept],
    }


def step_json(claim: Claim) -> dict[str, Any]:
    """Return one line of the derivation, with the rule and the reason."""
    return {
        "claim": claim.kind.value,
        "rule": claim.rule,
        "reason": prose_text(claim.reason),
        "latex": latex_claim(claim),
        "text": claim_text(claim.left, claim.right),
    }
