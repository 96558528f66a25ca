"""The language server protocol: `jacobook lsp` speaks it on standard input and output.

Everything that needs the engine runs in one thread beside the one that reads requests; diagnostics wait until typing
has paused.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from importlib.metadata import version
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from jacobook.notes.faults import Fault
from jacobook.notes.language_server.completions import CompletionKind, Offered, offered_at
from jacobook.notes.language_server.cursor_places import place_at
from jacobook.notes.language_server.open_texts import TextWorker, defaults_of_cells, kind_of_text
from jacobook.notes.language_server.shapes_at_cursor import shape_at

PAUSE = 0.25
"""Seconds without a change after which a text is looked at."""
SOURCE = "Jacobook"
T = TypeVar("T")
_NOTEBOOKS = types.NotebookDocumentFilterWithNotebook(
    "jupyter-notebook", [types.NotebookCellLanguage("python"), types.NotebookCellLanguage("markdown")]
)
_KINDS: dict[CompletionKind, types.CompletionItemKind] = {
    "field": types.CompletionItemKind.Field,
    "value": types.CompletionItemKind.EnumMember,
    "function": types.CompletionItemKind.Function,
    "variable": types.CompletionItemKind.Variable,
    "rule": types.CompletionItemKind.Reference,
}


class NotesServer(LanguageServer):
    """The server, with what it knows of the texts that are open."""

    def __init__(self) -> None:
        super().__init__(
            "jacobook",
            version("jacobook"),
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=types.NotebookDocumentSyncOptions([_NOTEBOOKS]),
        )
        self.worker = TextWorker()
        self.engine = ThreadPoolExecutor(1)
        self.waiting: dict[str, asyncio.Task[None]] = {}

    async def in_thread(self, work: Callable[[], T], otherwise: T) -> T:
        """Return what the engine says; `otherwise` where it fails, so that the server goes on."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self.engine, work)
        except Exception as error:
            said = f"A mistake of Jacobook's own, please report it: {type(error).__name__}: {error}"
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, said))
            return otherwise

    def look_at(self, uri: str, pause: float) -> None:
        """Look at a text once typing has paused; what was waiting for that is given up."""
        if uri in self.waiting:
            self.waiting[uri].cancel()
        self.waiting[uri] = asyncio.ensure_future(self._look(uri, pause))

    def forget(self, uri: str) -> None:
        """Look no more at a text that was closed, and take its diagnostics away."""
        if uri in self.waiting:
            self.waiting.pop(uri).cancel()
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    async def _look(self, uri: str, pause: float) -> None:
        await asyncio.sleep(pause)
        found = open_document(self, uri)
        if found is None:
            return
        document, kind = found
        text, number, cells = text_of(document), document.version, self.cells_above(uri)

        def is_stale() -> bool:
            current = self.workspace.text_documents.get(uri)
            return current is None or current.version != number

        faults = await self.in_thread(lambda: self.worker.faults(kind, text, is_stale, defaults_of_cells(cells)), None)
        if faults is None or is_stale():
            return
        lines = text.split("\n")
        shown = [diagnostic(document, lines, fault) for fault in faults]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown, number))

    def cells_above(self, uri: str) -> list[tuple[str, str]]:
        """Return kind and text of the cells above one in its notebook; none for what is no cell."""
        notebook = self.workspace.get_notebook_document(cell_uri=uri)
        found: list[tuple[str, str]] = []
        for cell in notebook.cells if notebook is not None else ():
            if cell.document == uri:
                return found
            opened = open_document(self, cell.document)
            found += [(opened[1], text_of(opened[0]))] if opened is not None else []
        return []


def open_document(ls: NotesServer, uri: str) -> tuple[TextDocument, str] | None:
    """Return a document that is open, and of which kind its text is; None for one that is not, or is not ours."""
    document = ls.workspace.text_documents.get(uri)
    kind = kind_of(document) if document is not None else None
    return None if document is None or kind is None else (document, kind)


def text_of(document: TextDocument) -> str:
    """Return the text of a document; in the protocol, each of three ends a line."""
    return document.source.replace("\r\n", "\n").replace("\r", "\n")


def kind_of(document: TextDocument) -> str | None:
    """Return of which kind the text of a document is."""
    return kind_of_text(unquote(urlsplit(document.uri).path), document.language_id or "", text_of(document))


def diagnostic(document: TextDocument, lines: list[str], fault: Fault) -> types.Diagnostic:
    """Return a fault as editors show it; what is suggested comes back to us with it."""
    number = min(fault.line, len(lines))
    row = lines[number - 1]
    start = min(fault.column - 1, len(row))
    end = fault.end - 1 if fault.end is not None else start + 1
    severity = types.DiagnosticSeverity.Warning if fault.kind == "unchecked" else types.DiagnosticSeverity.Error
    return types.Diagnostic(
        types.Range(_position(document, row, number, start), _position(document, row, number, min(end, len(row)))),
        fault.message,
        severity,
        fault.kind,
        source=SOURCE,
        data={"suggestion": fault.suggestion} if fault.suggestion is not None else None,
    )


def _position(document: TextDocument, row: str, number: int, place: int) -> types.Position:
    return types.Position(number - 1, document.position_codec.client_num_units(row[:place]))


def place_of_cursor(document: TextDocument, position: types.Position) -> tuple[int, int]:
    """Return line and column, counted from 1 in characters."""
    rows = text_of(document).split("\n")
    row = rows[position.line] if position.line < len(rows) else ""
    units = document.position_codec.client_num_units
    column = next((place for place in range(len(row) + 1) if units(row[:place]) >= position.character), len(row))
    return position.line + 1, column + 1


server = NotesServer()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
async def opened(ls: NotesServer, params: types.DidOpenTextDocumentParams) -> None:
    """Look at a text that was opened."""
    ls.look_at(params.text_document.uri, 0)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def changed(ls: NotesServer, params: types.DidChangeTextDocumentParams) -> None:
    """Look at a text that was changed."""
    ls.look_at(params.text_document.uri, PAUSE)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
async def closed(ls: NotesServer, params: types.DidCloseTextDocumentParams) -> None:
    """Take the diagnostics of a text away."""
    ls.forget(params.text_document.uri)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
async def opened_notebook(ls: NotesServer, params: types.DidOpenNotebookDocumentParams) -> None:
    """Look at the cells of a notebook that was opened."""
    for document in params.cell_text_documents:
        ls.look_at(document.uri, 0)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
async def changed_notebook(ls: NotesServer, params: types.DidChangeNotebookDocumentParams) -> None:
    """Look at the cells of a notebook: what one declares holds for those below it."""
    notebook = ls.workspace.get_notebook_document(notebook_uri=params.notebook_document.uri)
    for cell in notebook.cells if notebook is not None else ():
        ls.look_at(cell.document, PAUSE)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
async def closed_notebook(ls: NotesServer, params: types.DidCloseNotebookDocumentParams) -> None:
    """Take the diagnostics of the cells away."""
    for document in params.cell_text_documents:
        ls.forget(document.uri)


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def hovered(ls: NotesServer, params: types.HoverParams) -> types.Hover | None:
    """Say the shape of what the cursor is at."""
    at = open_document(ls, params.text_document.uri)
    if at is None:
        return None
    (document, kind), text, cells = at, text_of(at[0]), ls.cells_above(params.text_document.uri)
    line, column = place_of_cursor(document, params.position)

    def found() -> str | None:
        place = place_at(kind, text, line, column, defaults_of_cells(cells))
        said = shape_at(place) if place is not None else None
        return said.said if said is not None else None

    said = await ls.in_thread(found, None)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, said)) if said is not None else None


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[":", " ", "[", "/"]))
async def completed(ls: NotesServer, params: types.CompletionParams) -> types.CompletionList:
    """Say what may be typed next."""
    at = open_document(ls, params.text_document.uri)
    if at is None:
        return types.CompletionList(False, [])
    (document, kind), text, cells = at, text_of(at[0]), ls.cells_above(params.text_document.uri)
    line, column = place_of_cursor(document, params.position)
    nothing: list[Offered] = []
    offered = await ls.in_thread(lambda: offered_at(kind, text, line, column, defaults_of_cells(cells)), nothing)
    return types.CompletionList(False, [_item(one) for one in offered])


def _item(one: Offered) -> types.CompletionItem:
    return types.CompletionItem(one.label, kind=_KINDS[one.kind], detail=one.detail or None, insert_text=one.inserted)


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
async def repaired(ls: NotesServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer what a diagnostic suggests."""
    found = []
    for shown in params.context.diagnostics:
        suggestion = shown.data.get("suggestion") if isinstance(shown.data, dict) else None
        if shown.source == SOURCE and isinstance(suggestion, str):
            edit = types.WorkspaceEdit({params.text_document.uri: [types.TextEdit(shown.range, suggestion)]})
            title = f"Replace with {suggestion}"
            found.append(types.CodeAction(title, types.CodeActionKind.QuickFix, [shown], True, edit=edit))
    return found


def serve_editor() -> None:
    """Speak the protocol on standard input and output until it ends; what else is printed goes to standard error."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output, redirect_stdout(sys.stderr):
        server.start_io(stdout=output)
