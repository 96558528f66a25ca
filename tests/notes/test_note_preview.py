"""`jacobook notes serve`: a note as it is now, its faults in the page, and nothing else of the machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest

from jacobook.notes.kept_fragments import KeptFragments
from jacobook.notes.note_preview import WITHOUT_MATHJAX, Preview, PreviewServer, find_mathjax
from tests.commands import in_process
from tests.processes import heed_interrupts, wait_until

NOTE = """\
---
jacobook: {given: [x in R^N]}
---
# A note

`#!jb d(x'*x)/dx = x'`

```jacobook
expression: x'*x
```
"""


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "a" / "note.md"
    path.parent.mkdir()
    path.write_text(NOTE, "utf-8")
    return path


@pytest.fixture
def served(note):
    """A function that asks the server of the note."""
    server = PreviewServer(Preview(note, KeptFragments(None), "any"), 0, ())
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def ask(path, **headers):
        request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}{path}", headers=headers)
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    yield ask
    server.shutdown()
    server.server_close()


def shown(served, known=""):
    return json.loads(served(f"/note?known={known}"))


def test_the_note_with_its_faults(served):
    found = shown(served)
    assert "<h1" in found["html"]
    assert r"2\boldsymbol{x}^{\top}" in found["html"]
    assert "jacobook:" not in found["html"]
    (fault,) = found["faults"]
    assert fault.startswith("6:20: ")


def test_a_save_is_shown_and_nothing_is_sent_otherwise(served, note):
    first = shown(served)
    assert shown(served, first["state"]) == {"state": first["state"]}
    note.write_text(NOTE.replace("= x'", "= 2*x'"), "utf-8")
    second = shown(served, first["state"])
    assert second["state"] != first["state"]
    assert second["faults"] == []


@pytest.mark.parametrize(
    "text", ["", "\0", "```jacobook\n", "```jacobook\n" + "[" * 50_000 + "\n```", "---\n", "<b", "`#!jb d(`"]
)
def test_any_text_is_shown(served, note, text):
    note.write_text(text, "utf-8")
    assert set(shown(served)) == {"state", "html", "faults"}


def test_what_cannot_be_read_is_a_fault(served, note):
    note.write_bytes(b"\xff")
    assert shown(served)["faults"] == ["note.md is not UTF-8 text"]
    note.unlink()
    assert shown(served)["faults"] == ["note.md cannot be read (No such file or directory)"]
    note.write_text(NOTE, "utf-8")
    assert "<h1" in shown(served)["html"]


def test_a_notebook(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": "%%jacobook\ngiven: x in R^N\nexpression: x'*x\n"},
        {"cell_type": "code", "source": "print(1)"},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    found = Preview(path, KeptFragments(None), "any").current()
    assert found["faults"] == []
    assert all(part in found["html"] for part in ("<h1", r"2\boldsymbol{x}^{\top}", "print(1)"))
    path.write_text("{", "utf-8")
    assert "is no notebook" in Preview(path, KeptFragments(None), "any").current()["faults"][0]


def test_pictures_beside_the_note_are_given_out_and_nothing_else(served, note):
    (note.parent / "dot.svg").write_text("<svg/>", "utf-8")
    (note.parent / "secret.txt").write_text("no", "utf-8")
    (note.parent.parent / "up.svg").write_text("no", "utf-8")
    assert served("/dot.svg") == "<svg/>"
    for path in ("/secret.txt", "/note.md", "/../up.svg", "/%2e%2e/up.svg", "/nothing.svg", "/mathjax/startup.js"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            served(path)


def test_another_name_is_not_answered(served):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        served("/note", Host="example.org")


def test_without_mathjax_a_sentence_says_so(served):
    assert WITHOUT_MATHJAX in served("/")


def test_mathjax_is_found_above(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("node_modules/mathjax", "node_modules/@mathjax/mathjax-newcm-font"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "node_modules" / "mathjax" / "startup.js").touch()
    assert find_mathjax(tmp_path / "a" / "b")[1] == ("/mathjax/", tmp_path / "node_modules" / "mathjax")
    copied = tmp_path / "a" / "docs" / "assets" / "mathjax"
    copied.mkdir(parents=True)
    (copied / "startup.js").touch()
    assert find_mathjax(tmp_path / "a" / "b") == (("/mathjax/", copied),)


def test_a_taken_port_is_one_sentence(note):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = in_process("notes", "serve", str(note), "--port", str(port))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"http://127.0.0.1:{port}/ cannot be served (")
    assert ran.stderr.count("\n") == 1


def test_what_is_not_shown_is_one_sentence(tmp_path):
    for name, said in (("a.tex", "what is shown ends in .md,"), ("a.md", "there is no such file")):
        ran = in_process("notes", "serve", str(tmp_path / name))
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr


def test_ctrl_c_ends_it_in_silence(note, root):
    command = [sys.executable, "-m", "jacobook", "notes", "serve", str(note), "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=note.parent,
        env=os.environ | {"PYTHONPATH": str(root / "generator")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    ) as server:
        assert server.stdout is not None
        assert "is shown on http://127.0.0.1:" in server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert wait_until(lambda: server.poll() is not None, 20)
        assert (server.returncode, *server.communicate()) == (0, "", "")
