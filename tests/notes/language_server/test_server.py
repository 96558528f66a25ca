"""`jacobook lsp`, spoken to over its standard input and output as an editor does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from queue import Queue
from typing import Any

import pytest

from jacobook import cli
from tests.commands import in_process

NOTE = """\
---
jacobook: {given: [x in R^N]}
---
# 𝒟 is one character, and two of UTF-16

𝒟 `#!jb d(x'*x)/dx = x'`

```jacobook
expression: x'*tanhh(x)
```
"""


class Editor:
    """A server, and what an editor does with it."""

    def __init__(self, root):
        environment = os.environ | {"PYTHONPATH": str(root / "generator")}
        command = [sys.executable, "-m", "jacobook", "lsp"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=environment, **pipes)  # type: ignore[call-overload]
        self.answers: Queue[dict[str, Any]] = Queue()
        self.number = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        output = self.process.stdout
        while head := output.readline():
            length = 0
            while head.strip():
                name, _, value = head.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
                head = output.readline()
            self.answers.put(json.loads(output.read(length)))

    def send(self, method, params, **more):
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        self.send(method, params, id=self.number)
        return self.until(lambda said: said.get("id") == self.number)["result"]

    def until(self, fits):
        while True:
            said = self.answers.get(timeout=60)
            assert "error" not in said, said
            if fits(said):
                return said

    def diagnostics(self, version=None):
        said = self.until(
            lambda said: (
                said.get("method") == "textDocument/publishDiagnostics" and said["params"].get("version") == version
            )
        )
        return said["params"]["diagnostics"]

    def open(self, text, uri="file:///notes/a.md", language="markdown"):
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})

    def at(self, line, character, uri="file:///notes/a.md"):
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


@pytest.fixture
def editor(root):
    one = Editor(root)
    one.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    one.send("initialized", {})
    yield one
    one.process.kill()
    one.process.wait()


def test_an_editor_writes_a_note(editor):
    editor.open(NOTE)
    wrong, unknown = editor.diagnostics(1)
    assert wrong["range"]["start"] == {"line": 5, "character": NOTE.split("\n")[5].rindex("x'") + 1}
    assert wrong["code"] == "wrong"
    assert unknown["range"] == {"start": {"line": 8, "character": 15}, "end": {"line": 8, "character": 20}}

    (action,) = editor.ask(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": "file:///notes/a.md"},
            "range": unknown["range"],
            "context": {"diagnostics": [wrong, unknown]},
        },
    )
    assert action["kind"] == "quickfix"
    assert action["title"] == "Replace with tanh"
    (edit,) = action["edit"]["changes"]["file:///notes/a.md"]
    assert edit == {"range": unknown["range"], "newText": "tanh"}

    for version, change in enumerate(("tan", "tanh"), 2):  # quickly, one after the other
        changes = {
            "range": {**unknown["range"], "end": {"line": 8, "character": 20 if version == 2 else 18}},
            "text": change,
        }
        document = {"uri": "file:///notes/a.md", "version": version}
        editor.send("textDocument/didChange", {"textDocument": document, "contentChanges": [changes]})
    (left,) = editor.diagnostics(3)
    assert left["code"] == "wrong"

    hover = editor.ask("textDocument/hover", editor.at(8, 14))
    assert hover["contents"]["value"] == "`x'`: 1×N, a row"
    assert editor.ask("textDocument/hover", editor.at(3, 3)) is None
    offered = editor.ask("textDocument/completion", editor.at(8, 0))["items"]
    assert "expression" in [one["label"] for one in offered]

    editor.send("textDocument/didClose", {"textDocument": {"uri": "file:///notes/a.md"}})
    assert editor.diagnostics() == []
    editor.ask("shutdown", None)
    editor.send("exit", None)
    assert editor.process.wait(60) == 0
    assert b"Traceback" not in editor.process.stderr.read()


def test_cells_of_a_notebook_know_what_those_above_declare(editor):
    declaring, claiming = "%%jacobook\ngiven: [x in R^N]", "So `#!jb d(x'*x)/dx = 2*x'` holds"
    texts = [declaring, claiming, "x = 1", "%%jacobook\nexpression: x'*y"]
    languages = ["python", "markdown", "python", "python"]
    cells = [f"vscode-notebook-cell:/n/a.ipynb#{place}" for place in "YAZM"]
    opened = [
        {"uri": uri, "languageId": language, "version": 1, "text": text}
        for uri, language, text in zip(cells, languages, texts, strict=True)
    ]
    listed = [{"kind": 2, "document": uri} for uri in cells]
    notebook = {"uri": "file:///n/a.ipynb", "notebookType": "jupyter-notebook", "version": 1, "cells": listed}
    editor.send("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": opened})
    found = [editor.diagnostics(1) for _ in cells]
    assert [[one["message"][:9] for one in of_cell] for of_cell in found] == [[], [], [], ["`y` is no"]]
    shown = editor.ask("textDocument/hover", editor.at(0, 12, cells[1]))
    assert shown["contents"]["value"].startswith("`x in R^N`: N×1")
    names = editor.ask("textDocument/completion", editor.at(1, 14, cells[3]))["items"]
    assert "x" in {one["label"] for one in names}
    name = {"start": {"line": 1, "character": 8}, "end": {"line": 1, "character": 9}}
    edited = [{"document": {"uri": cells[0], "version": 2}, "changes": [{"range": name, "text": "y"}]}]
    changed = {"notebookDocument": {"uri": notebook["uri"], "version": 2}, "change": {"cells": {"textContent": edited}}}
    editor.send("notebookDocument/didChange", changed)
    editor.diagnostics(2)
    assert editor.diagnostics(1)[0]["message"].startswith("`x` is not declared")


def test_bad_input_does_not_end_it(editor):
    editor.open("```jacobook\n" + "[" * 50_000 + "\n```")
    assert editor.diagnostics(1) != []
    editor.open("\0\ud83d", "untitled:Untitled-1", "plaintext")
    editor.open("{", "file:///notes/b.ipynb", "json")
    assert "is no notebook" in editor.diagnostics(1)[0]["message"]
    assert editor.ask("textDocument/hover", editor.at(10**6, 10**6)) is None
    assert editor.ask("textDocument/hover", editor.at(0, 0, "file:///nowhere.md")) is None
    editor.open(NOTE, "file:///notes/c.md")
    assert len(editor.diagnostics(1)) == 2


def test_it_ends_with_its_input(root):
    editor = Editor(root)
    editor.process.stdin.close()
    assert editor.process.wait(60) == 0
    assert b"Traceback" not in editor.process.stderr.read()


def test_without_its_package_it_is_one_sentence(monkeypatch):
    monkeypatch.setattr(cli, "find_spec", lambda name: None)
    ran = in_process("lsp")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == 'The language server needs pygls: python -m pip install "jacobook[lsp]"\n'
