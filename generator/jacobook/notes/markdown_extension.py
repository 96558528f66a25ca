"""The Python-Markdown extension: `markdown_extensions: [jacobook]` puts derivations into any site that uses it.

Fences are found before any other extension sees them, so that the order of extensions does not matter. A fault is shown
in the page and ends the build (`strict: false` only logs it), with the file and the line where the builder says which
file it is at.
"""

from __future__ import annotations

import html
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, get_args
from weakref import WeakKeyDictionary
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from jacobook.notes.documents.markdown_notes import FoundMark, marks_in
from jacobook.notes.documents.marked import source_lines
from jacobook.notes.faults import Fault
from jacobook.notes.fences import AuthorLayout, NoteDefaults
from jacobook.notes.kept_fragments import KeptFragments
from jacobook.notes.noted_page import NotedPage, WaitingClaim, mark_key

BEFORE_FENCES = 27
"""After white space is made uniform (30), before anything that reads fences (25)."""
BEFORE_HIGHLIGHTING = 35
"""After blocks are found, before blocks of code become HTML (30)."""
BEFORE_CODE = 195
"""Before code spans (190)."""
LAST = -10
TOKEN = re.compile("`\u2063jb(\\d+)\u2063`")
"""Stands in a page for an inline claim: a code span with invisible characters that nobody types."""
LAYOUTS = get_args(AuthorLayout)
log = logging.getLogger("mkdocs.plugins.jacobook")


class NoteError(Exception):
    """Faults in a page, one a line: `page.md:12:9: …`."""


class _Marks(Preprocessor):
    """Puts a placeholder where a fence stands, and a token where an inline claim stands."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        page = self.extension.begin(self.md)
        faults: list[Fault] = []
        marks = marks_in(source_lines("\n".join(lines)), faults)
        if page.path is None:
            page.placed += faults
        # In their order: one may declare what the next ones use.
        replacements = [self._replacement(mark, lines, page) for mark in marks]
        for mark, new in reversed([*zip(marks, replacements, strict=True)]):
            if new is not None:
                (first, start), (last, end) = mark.begin, mark.end
                text = lines[first][:start] + new + lines[last][end:]
                lines[first : last + 1] = text.split("\n")
        return lines

    def _replacement(self, mark: FoundMark, lines: list[str], page: NotedPage) -> str | None:
        """Return what stands in the page instead of a mark, None if it stays."""
        turn = page.turn(mark.marked)
        if mark.is_formula:
            page.html(mark.marked, turn)
            return None
        (first, start), (last, end) = mark.begin, mark.end
        if mark.marked.kind == "claim":
            source = " ".join([*lines[first:last], lines[last][:end]])[start:]
            page.claims.append(WaitingClaim(mark.marked, turn, page.defaults, source))
            return f"`\u2063jb{len(page.claims) - 1}\u2063`"
        placeholder: str = self.md.htmlStash.store(page.html(mark.marked, turn))
        source = "\n".join(line[len(mark.prefix) :] for line in lines[first : last + 1])
        page.fences[placeholder] = source, (mark_key(mark.marked), turn)
        before, behind = mark.prefix.rstrip(" \t"), re.sub(r"[^\s>]", " ", mark.prefix).rstrip(" \t")
        if before != behind:  # it begins an item of a list
            return f"{mark.prefix}{placeholder}\n{behind}"
        return f"{before}\n{mark.prefix}{placeholder}\n{behind}"


class _Claims(InlineProcessor):
    r"""Code spans that begin with `#!jb`."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(TOKEN.pattern, md)
        self.extension = extension

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int, int]:
        page = self.extension.pages[self.md]
        claim = page.claims[int(m[1])]
        html = page.html(claim.marked, claim.turn, claim.defaults)
        return self.md.htmlStash.store(html), m.start(0), m.end(0)


class _Restored(Treeprocessor):
    """Puts a mark back where it turned out to stand in a block of code."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        page = self.extension.pages[self.md]
        for code in root.iter("code"):
            if not code.text:
                continue
            for placeholder, (source, which) in page.fences.items():
                if placeholder in code.text:
                    code.text = AtomicString(code.text.replace(placeholder, source))
                    page.forget(which)
            code.text = AtomicString(TOKEN.sub(lambda token: page.claims[int(token[1])].source, code.text))


class _Ended(Treeprocessor):
    """Says the faults of the page when all of it has been read."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: Element) -> None:
        self.extension.end(self.md)


class _LeftOver(Postprocessor):
    """Puts an inline claim back where nothing in a line is read, as in an element of HTML."""

    def __init__(self, md: Markdown, extension: JacobookExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, text: str) -> str:
        page = self.extension.pages.get(self.md)
        if page is None or "\u2063jb" not in text:
            return text
        return TOKEN.sub(lambda token: html.escape(page.claims[int(token[1])].source, quote=False), text)


class JacobookExtension(Extension):
    """Derivations in Markdown."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "strict": [True, "End the build at a fault, rather than only log it."],
            "cache": [".cache/jacobook", "The folder in which finished work is kept; empty for none."],
            "layout": ["any", "The layout in which derivatives are written: any, jacobian, denominator."],
        }
        super().__init__(**options)
        if self.getConfig("layout") not in LAYOUTS:
            raise ValueError(f"layout: {self.getConfig('layout')!r} is none of {', '.join(LAYOUTS)}")
        self.collect: Callable[[list[str], list[str]], None] | None = None
        """What takes the faults and the warnings of a page instead of this extension: a plugin that ends the build."""
        self.fragments: KeptFragments | None = None
        self.pages: WeakKeyDictionary[Markdown, NotedPage] = WeakKeyDictionary()
        """The page that each converter is at: one may convert a piece while another is at the page around it."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.registerExtension(self)
        md.preprocessors.register(_Marks(md, self), "jacobook", BEFORE_FENCES)
        md.inlinePatterns.register(_Claims(md, self), "jacobook", BEFORE_CODE)
        md.treeprocessors.register(_Restored(md, self), "jacobook", BEFORE_HIGHLIGHTING)
        md.treeprocessors.register(_Ended(md, self), "jacobook-end", LAST)
        md.postprocessors.register(_LeftOver(md, self), "jacobook", LAST)

    def begin(self, md: Markdown) -> NotedPage:
        """Return what is known of a new page."""
        if self.fragments is None:
            self.fragments = KeptFragments(self.getConfig("cache"))
        page = NotedPage(self.fragments, page_path(md), NoteDefaults(layout=self.getConfig("layout")))
        self.pages[md] = page
        return page

    def end(self, md: Markdown) -> None:
        """Say the faults of the page. Raises NoteError, in a form that the builder prints without a traceback."""
        said = self.pages[md].said()
        warnings = [f"{where}: {fault.message}" for fault, where in said if fault.kind == "unchecked"]
        faults = [f"{where}: {fault.message}" for fault, where in said if fault.kind != "unchecked"]
        if self.collect is not None:
            self.collect(faults, warnings)
            return
        is_strict = self.getConfig("strict") and not _is_shown_by_zensical()
        for line in warnings if is_strict else [*faults, *warnings]:
            log.warning(line)
        if faults and is_strict:
            raise _error_of_builder()("\n".join(faults))


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
    if "zensical" in sys.modules and sys.excepthook is not _say_faults:
        _HOOK_BEFORE.append(sys.excepthook)
        sys.excepthook = _say_faults
    return NoteError


def _is_shown_by_zensical() -> bool:
    """Return whether Zensical serves pages while they are written: there, an error would be kept from the author."""
    return "zensical" in sys.modules and "serve" in sys.argv[1:]


_HOOK_BEFORE: list[Callable[..., object]] = []
_PASSED_ON = re.compile(r"\bNoteError: (?P<faults>.*?)(?=\s*\nTraceback|\Z)", re.DOTALL)


def _say_faults(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the faults alone where Zensical ends with them: it passes an error on as the text of another one."""
    found = _PASSED_ON.search(str(error)) if kind is RuntimeError else None
    if found is None:
        _HOOK_BEFORE[-1](kind, error, trace)
    else:
        print(found["faults"].rstrip(), file=sys.stderr)


def makeExtension(**options: Any) -> JacobookExtension:
    """Return the extension."""
    return JacobookExtension(**options)
