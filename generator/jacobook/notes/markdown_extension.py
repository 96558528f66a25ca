"""The Python-Markdown extension: `markdown_extensions: [jacobook]` puts derivations into any site that uses it.

Fences are found before any other extension sees them, so that the order of extensions does not matter. A fault is shown
in the page and ends the build (`strict: false` only logs it), with the file and the line where the builder says which
file it is at.
"""

from __future__ import annotations

import hashlib
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from jacobook.notes.documents.markdown_notes import FoundFence, fences_in, read_markdown
from jacobook.notes.documents.marked import Marked, MarkedKind, source_lines
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.gate import with_defaults
from jacobook.notes.kept_fragments import KeptFragments

BEFORE_FENCES = 27
"""After white space is made uniform (30), before anything that reads fences (25)."""
BEFORE_CODE = 195
"""Before code spans (190)."""
LAST = -10
log = logging.getLogger("mkdocs.plugins.jacobook")


class NoteError(Exception):
    """Faults in a page, one a line: `page.md:12:9: …`."""


class Page:
    """What the extension knows of the page at hand while it is converted."""

    def __init__(self, fragments: KeptFragments, path: Path | None) -> None:
        self.fragments, self.path = fragments, path
        self.defaults = NoteDefaults()
        self.sources: dict[str, str] = {}
        """What stood where a placeholder stands now."""
        self.faults: list[tuple[Marked, Fault]] = []
        self.prefixes: dict[str, int] = {}

    def prefix(self, text: str) -> str:
        """Return what the ids of a fence begin with: different for each on a page, the same in every run."""
        name = f"jb-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        self.prefixes[name] = self.prefixes.get(name, 0) + 1
        return name if self.prefixes[name] == 1 else f"{name}-{self.prefixes[name]}"

    def html(self, kind: MarkedKind, marked: Marked) -> str:
        """Return a mark worked out, as HTML; its faults are kept for the end of the page."""
        prefix = self.prefix(marked.text) if kind == "fence" else ""
        found = self.fragments.of(kind, marked.text, self.defaults, prefix)
        self.defaults = with_defaults(self.defaults, found.defaults)
        self.faults += [(marked, fault) for fault in found.faults]
        return found.html


class _Fences(Preprocessor):
    """Puts a placeholder where a fence stands."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        page = self.extension.begin(self.md)
        found = fences_in(source_lines("\n".join(lines)))
        for fence, html in reversed(_worked(found, page)):
            placeholder = self.md.htmlStash.store(html)
            page.sources[placeholder] = "\n".join(line[len(fence.prefix) :] for line in lines[fence.start : fence.stop])
            lines[fence.start : fence.stop] = [fence.prefix.rstrip(), fence.prefix + placeholder, fence.prefix.rstrip()]
        return lines


def _worked(fences: list[FoundFence], page: Page) -> list[tuple[FoundFence, str]]:
    """Return the fences with their HTML, worked out in their order: one may declare what the next ones use."""
    return [(fence, page.html("fence", fence.marked)) for fence in fences if fence.closed]


class _Claims(InlineProcessor):
    r"""Code spans that begin with `#!jb`."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(r"(?<![\\`])(`+)(?!`)\s*#!jb\s+(.+?)\s*(?<!`)\1(?!`)", md)
        self.extension = extension

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int, int]:
        marked = Marked("claim", tuple(source_lines(m[2].replace("\n", " "))))
        return self.md.htmlStash.store(self.extension.page.html("claim", marked)), m.start(0), m.end(0)


class _Restored(Treeprocessor):
    """Puts a fence back where it turned out to stand in an indented block of code, and ends the page."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        for code in root.iter("code"):
            for placeholder, source in self.extension.page.sources.items():
                if code.text and placeholder in code.text:
                    code.text = AtomicString(code.text.replace(placeholder, source))
        self.extension.end()


class JacobookExtension(Extension):
    """Derivations in Markdown."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "strict": [True, "End the build at a fault, rather than only log it."],
            "cache": [".cache/jacobook", "The folder in which finished work is kept; empty for none."],
            "layout": ["any", "The layout in which derivatives are written: any, jacobian, denominator."],
        }
        super().__init__(**options)
        self.collect: Callable[[list[str]], None] | None = None
        """What takes the faults of a page instead of this extension: a plugin that ends the build at its end."""
        self.fragments: KeptFragments | None = None
        self.page: Page

    def extendMarkdown(self, md: Markdown) -> None:
        md.registerExtension(self)
        md.preprocessors.register(_Fences(md, self), "jacobook", BEFORE_FENCES)
        md.inlinePatterns.register(_Claims(md, self), "jacobook", BEFORE_CODE)
        md.treeprocessors.register(_Restored(md, self), "jacobook", LAST)

    def begin(self, md: Markdown) -> Page:
        """Return what is known of a new page."""
        if self.fragments is None:
            self.fragments = KeptFragments(self.getConfig("cache"))
        self.page = Page(self.fragments, page_path(md))
        self.page.defaults = NoteDefaults(layout=self.getConfig("layout"))
        if self.page.path is not None:
            document = read_markdown(self.page.path.read_text(encoding="utf-8-sig"))
            self.page.defaults = with_defaults(self.page.defaults, document.defaults)
            self.page.faults += [(Marked("fence", ()), fault) for fault in document.faults]
        return self.page

    def end(self) -> None:
        """Say the faults of the page. Raises NoteError, in a form that the builder prints without a traceback."""
        said = _located(self.page)
        self.page.faults = []
        if not said:
            return
        if self.collect is not None:
            self.collect(said)
        elif self.getConfig("strict"):
            raise _error_of_builder()("\n".join(said))
        else:
            for line in said:
                log.warning(line)


def _located(page: Page) -> list[str]:
    """Return the faults of a page with their places: in its file, where that is known, else in the fence."""
    marks: dict[tuple[str, str], list[Marked]] = {}
    if page.path is not None:
        for marked in read_markdown(page.path.read_text(encoding="utf-8-sig")).marked:
            marks.setdefault((marked.kind, marked.text), []).append(marked)
    said = []
    for marked, fault in page.faults:
        where = "a page"
        if page.path is not None:
            known = marks.get((marked.kind, marked.text))
            placed = known[0].located(fault) if known else fault
            where = f"{_shown(page.path)}:{placed.line}:{placed.column}"
        elif marked.lines:
            where = f"a {'fence' if marked.kind == 'fence' else 'claim'}, line {fault.line}, column {fault.column}"
        said.append(f"{where}: {fault.message}")
    return said


def _shown(path: Path) -> str:
    """Return a path as its author would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def page_path(md: Markdown) -> Path | None:
    """Return the file that is converted, as far as the builder says: MkDocs and its forks, Zensical."""
    for processor in [*md.treeprocessors, *md.preprocessors]:
        file = getattr(processor, "file", None)
        path = getattr(file, "abs_src_path", None)
        if path:
            return Path(path)
        path = getattr(getattr(processor, "page", None), "path", None)
        if isinstance(path, str):
            return _below_docs(path)
    return None


def _below_docs(path: str) -> Path | None:
    """Return a file that Zensical names below its folder of pages."""
    return next((found for found in (Path(path), Path("docs", path)) if found.is_file()), None)


def _error_of_builder() -> type[Exception]:
    """Return the error that the builder at hand prints as a message: MkDocs, ProperDocs, or none."""
    for name in ("mkdocs", "properdocs"):
        exceptions = sys.modules.get(f"{name}.exceptions")
        if exceptions is not None:
            return type("NoteError", (NoteError, exceptions.PluginError), {})
    return NoteError


def makeExtension(**options: Any) -> JacobookExtension:
    """Return the extension."""
    return JacobookExtension(**options)
