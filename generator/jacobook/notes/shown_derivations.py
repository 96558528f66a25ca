"""Derivations as notebooks show them: HTML where that is typeset, else Markdown, each with the picture of the chain."""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jacobook.calculus.derivation import Derivation
from jacobook.language.printer import printing_beside
from jacobook.notes import missing_for_notes
from jacobook.rendering.outline import Layout, Route
from jacobook.rendering.pictures.chain_data import chain_of, plain
from jacobook.rendering.pictures.chain_svg import chain_svg
from jacobook.rendering.report import report_markdown

NOT_ASKED = {"verdict": "unchecked", "why": "the checks were left out"}
"""What stands for the evidence where verification was left out."""
ON_WHITE = "max-width: 100%; height: auto; background: #fff; color: #1a1a1a"
"""An image takes no colours from its page."""


def shown_as_html(
    derivations: Sequence[Derivation], evidence: Sequence[Mapping[str, Any] | None], layout: Layout, route: Route
) -> str | None:
    """Return derivations as HTML with their style; None where HTML would not be typeset, so that Markdown is shown.

    That is where a package of the extra `notes` is missing, and in Visual Studio Code and Colab, which typeset formulas
    in Markdown alone.
    """
    if not is_html_typeset() or missing_for_notes():
        return None
    from jacobook.notes.fragment import derivations_html

    shown = ["result", "chain", "steps" if route == "matrix" else "components"]
    shown += ["picture"] if has_chain(derivations[0]) else []
    shown += ["evidence"] if None not in evidence else []
    found = [NOT_ASKED if one is None else one for one in evidence]
    with printing_beside(derivations[-1].statement.names):
        return with_style(derivations_html(derivations, found, layout, shown, unique_prefix(derivations)))


def is_html_typeset() -> bool:
    """Return whether the notebook at hand typesets formulas in HTML."""
    return "VSCODE_PID" not in os.environ and "google.colab" not in sys.modules


def with_style(html: str) -> str:
    """Return HTML with the style sheet of derivations before it."""
    return f"<style>{_style()}</style>\n{html}"


@cache
def _style() -> str:
    return (Path(__file__).resolve().parent / "assets" / "jacobook.css").read_text("utf-8")


def unique_prefix(derivations: Sequence[Derivation]) -> str:
    """Return what ids begin with: the same in every run, another one for another statement."""
    statement = derivations[0].statement
    said = repr((statement.links, statement.declarations, statement.wrt, len(derivations)))
    return f"jb-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def has_chain(derivation: Derivation) -> bool:
    """Return whether there is a chain to be drawn, rather than one function of a variable."""
    return len(derivation.links) > 1


def chain_image(derivation: Derivation) -> str:
    """Return the picture of the chain as an image of Markdown that needs no file; empty for one function alone."""
    if not has_chain(derivation):
        return ""
    chain = chain_of(derivation)
    svg = chain_svg(chain, "chain").replace("max-width: 100%; height: auto", ON_WHITE)
    data = base64.b64encode(svg.encode()).decode()
    return (
        f"![The chain: {' → '.join(plain(node.label) for node in chain.nodes)}](data:image/svg+xml;base64,{data})\n\n"
    )


def shown_as_markdown(
    derivations: Sequence[Derivation], evidence: Sequence[Mapping[str, Any] | None], layout: Layout, route: Route
) -> str:
    """Return derivations as Markdown, with the picture of the chain before them."""
    parts = [chain_image(derivations[0])]
    for place, (derivation, found) in enumerate(zip(derivations, evidence, strict=True)):
        with printing_beside(derivation.statement.names):
            written = report_markdown(derivation, found, layout, route)
        parts.append(f"\n## The second derivative\n\n{written}" if place else written)
    return "".join(parts)
