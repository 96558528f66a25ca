"""The extension for Sphinx: a directive `jacobook` with a fence as its content, and a role `jb` for a claim.

A fault is a warning of Sphinx with file, line and column, so that `sphinx-build -W` fails; `jacobook.wrong`,
`jacobook.input`, `jacobook.refused` and `jacobook.unchecked` are their kinds (`suppress_warnings`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import ENUM
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.fileutil import copy_asset_file

from jacobook.notes.documents.marked import Marked, SourceLine
from jacobook.notes.fences import AuthorLayout, NoteDefaults
from jacobook.notes.kept_fragments import KeptFragments
from jacobook.notes.noted_page import NotedPage

STYLE = Path(__file__).resolve().parent / "assets" / "jacobook.css"
LAYOUTS = get_args(AuthorLayout)
WITHOUT_IT = ("html", "text", "man", "texinfo")
log = logging.getLogger(__name__)


class MarkInPrint(nodes.math):
    """A mark as LaTeX prints it; in HTML it shows nothing, and says that the page needs what typesets formulas."""


class NotedPages:
    """The pages that are read, each with what holds on it."""

    def __init__(self) -> None:
        self.at_hand: tuple[str, NotedPage] | None = None

    def page(self, env: BuildEnvironment) -> NotedPage:
        """Return what is known of the page that is read now."""
        if self.at_hand is None or self.at_hand[0] != env.docname:
            folder = env.config.jacobook_cache
            kept = KeptFragments(Path(env.app.confdir, folder) if folder else None)
            defaults = NoteDefaults(layout=env.config.jacobook_layout)
            self.at_hand = env.docname, NotedPage(kept, Path(env.doc2path(env.docname)), defaults)
        return self.at_hand[1]

    def say(self, app: Sphinx, doctree: nodes.document) -> None:
        """Say the faults of a page when it has been read."""
        if self.at_hand is None or self.at_hand[0] != app.env.docname:
            return
        for fault, where in self.at_hand[1].said():
            log.warning(fault.message, location=where, type="jacobook", subtype=fault.kind)
        self.at_hand = None


PAGES: WeakKeyDictionary[Sphinx, NotedPages] = WeakKeyDictionary()


class JacobookDirective(SphinxDirective):
    """A fence: `.. jacobook::`, and its YAML below."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        page = PAGES[self.env.app].page(self.env)
        lines = [
            SourceLine(text, (number or 0) + 1)
            for text, (_, number) in zip(self.content, self.content.items, strict=True)
        ]
        marked = Marked("fence", tuple(lines) or (SourceLine("", self.lineno),))
        source = str(self.content.items[0][0]) if self.content.items else None
        return as_nodes(page, marked, source)


class ClaimRole(SphinxRole):
    """An inline claim: an equation about a derivative, between backquotes."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        page = PAGES[self.env.app].page(self.env)
        between = re.search(r"`(.*)`", self.rawtext, re.DOTALL)
        source, line = self.get_source_info()
        claim = SourceLine(" ".join((between[1] if between else self.text).split()), line)
        marked = Marked("claim", (claim,))
        return as_nodes(page, marked, source), []


def as_nodes(page: NotedPage, marked: Marked, source: str | None) -> list[nodes.Node]:
    """Return a mark worked out, as nodes. Where only marked elements are searched for formulas, these are marked."""
    said = page.defaults.model_dump(mode="json")
    html = page.html(marked, page.turn(marked), elsewhere=source)
    if not html:
        return []
    shown = html.replace('class="arithmatex"', 'class="arithmatex mathjax_process"')
    return [nodes.raw("", shown, format="html"), MarkInPrint("", "", kind=marked.kind, said=marked.text, page=said)]


def _print(translator: Any, node: nodes.Element) -> None:
    """Write a mark in LaTeX. It is worked out again: what a page keeps of it is HTML."""
    from jacobook.notes.latex_output import mark_latex

    translator.body.append(mark_latex(node["kind"], node["said"], NoteDefaults.model_validate(node["page"])))
    raise nodes.SkipNode


def _skip(_: Any, node: nodes.Node) -> None:
    raise nodes.SkipNode


def _copy_style(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        copy_asset_file(STYLE, Path(app.outdir, "_static"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive and the role."""
    app.setup_extension("sphinx.ext.mathjax")
    app.add_config_value("jacobook_layout", "any", "env", ENUM(*LAYOUTS))
    app.add_config_value("jacobook_cache", ".cache/jacobook", "", str)
    PAGES[app] = NotedPages()
    visitors: dict[str, Any] = dict.fromkeys(WITHOUT_IT, (_skip, None))
    app.add_node(MarkInPrint, latex=(_print, None), **visitors)
    app.add_directive("jacobook", JacobookDirective)
    app.add_role("jb", ClaimRole())
    app.add_css_file(STYLE.name)
    app.connect("doctree-read", PAGES[app].say)
    app.connect("build-finished", _copy_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
