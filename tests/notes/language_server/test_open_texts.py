"""What is wrong in texts that are open: the same as the gate says, for every kind of text, each mark once."""

from __future__ import annotations

import json

import pytest

from jacobook.notes import marked_work
from jacobook.notes.faults import Fault
from jacobook.notes.language_server import open_texts
from jacobook.notes.language_server.open_texts import CELL, ENTRY, TextWorker, kind_of_text, quoted_like

FENCE = "given: [x in R^N]\nexpression: x'*y\nwrt: x"
ENTRY_TEXT = """\
slug: squared-length
group: exercise
title: Squared length
sources: [{name: My notes}]
question: Differentiate.
given: [x in R^N, A in R^(M x N)]
expression:
  - f(z) = exp(z)
  - z = x'*A'*A*x
wrt: x
"""


def faults(kind, text):
    found = TextWorker().faults(kind, text, lambda: False)
    assert found is not None
    return found


def indented(text, by):
    return "\n".join(by + line for line in text.split("\n"))


@pytest.mark.parametrize(
    ("path", "language", "text", "kind"),
    [
        ("/a/b.md", "markdown", "", ".md"),
        ("/a/b.QMD", "quarto", "", ".qmd"),
        ("Untitled-1", "markdown", "", ".md"),
        ("Untitled-1", "latex", "", ".tex"),
        ("/a/b.ipynb", "markdown", "", ".md"),
        ("/a/b.ipynb", "python", "", CELL),
        ("/a/b.ipynb", "json", "", ".ipynb"),
        ("/a/collection/b.yaml", "yaml", "", ENTRY),
        ("/a/collection/mml/b.yml", "yaml", "", ENTRY),
        ("/a/collection/sources.yaml", "yaml", "", None),
        ("/a/mkdocs.yml", "yaml", "site_name: x", None),
        ("/a/b.yaml", "yaml", "# yaml-language-server: $schema=../entry.schema.json\nslug: b", ENTRY),
        ("/a/b.c", "c", "", None),
    ],
)
def test_kinds_of_texts(path, language, text, kind):
    assert kind_of_text(path, language, text) == kind


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        (".md", f"```jacobook\n{FENCE}\n```\n", (3, 16)),
        (".tex", "%jb given x in R^N\n%jb\n\\[ \\nabla_x x^\\top y = y \\]\n", (3, 20)),
        (".rst", f".. jacobook::\n\n{indented(FENCE, '   ')}\n", (4, 19)),
        (".py", f'"""Text.\n\n```jacobook\n{FENCE}\n```\n"""\n', (5, 16)),
        (CELL, f"%%jacobook\n{FENCE}", (3, 16)),
        (ENTRY, ENTRY_TEXT.replace("A'*A*x", "A*x"), (9, 9)),
    ],
)
def test_a_fault_stands_at_its_place(kind, text, place):
    (fault,) = faults(kind, text)
    assert (fault.line, fault.column) == place, fault


def test_a_fault_in_the_text_of_a_notebook():
    cells = [{"cell_type": "markdown", "source": [f"{line}\n" for line in ("```jacobook", *FENCE.split("\n"), "```")]}]
    text = json.dumps({"cells": cells}, indent=1)
    (fault,) = faults(".ipynb", text)
    assert text.split("\n")[fault.line - 1][fault.column - 1] == "y"


@pytest.mark.parametrize(
    "text", ["", "\0", "```jacobook\n", "```jacobook\n[[[[\n```", "`#!jb d(`", "```jacobook\n" + "[" * 50_000 + "\n```"]
)
@pytest.mark.parametrize("kind", [".md", ".tex", ".rst", ".py", ".ipynb", CELL, ENTRY])
def test_nothing_kills_it(kind, text):
    assert all(isinstance(fault, Fault) for fault in faults(kind, text))


def test_half_typed_python_is_for_others_to_complain_of():
    assert faults(".py", "def f(:") == []


def test_an_entry_is_read_with_its_cases_and_claims():
    assert faults(ENTRY, ENTRY_TEXT) == []
    more = "cases:\n  - {title: Another, expression: [A*w]}\nclaims:\n  - {formula: 2*q, source: {name: a}}\n"
    assert [(one.line, one.column) for one in faults(ENTRY, ENTRY_TEXT + more)] == [(12, 37), (14, 17)]
    assert [one.message for one in faults(ENTRY, ENTRY_TEXT + "titel: x\n")] == [
        "titel: is not a field; did you mean title?"
    ]
    assert faults(ENTRY, ENTRY_TEXT.replace("wrt: x", "wrt: x\norder: 2")) == []


def test_a_mark_is_worked_out_once(monkeypatch):
    worked = []

    def counted(kind, text, page):
        worked.append(text)
        return marked_work.work_out_mark(kind, text, page)

    monkeypatch.setattr(open_texts, "work_out_mark", counted)
    worker = TextWorker()
    text = "```jacobook\ngiven: [x in R^N]\n```\n\n`#!jb d(x'*x)/dx = 2*x'`\n"
    assert worker.faults(".md", text, lambda: False) == []
    assert len(worked) == 2
    assert worker.faults(".md", f"A line.\n\n{text}\n`#!jb d(x'*x)/dx = x'`", lambda: False) != []
    assert len(worked) == 3


def test_what_has_changed_meanwhile_is_given_up():
    assert TextWorker().faults(".md", f"```jacobook\n{FENCE}\n```\n", lambda: True) is None


def test_a_mistake_of_ours_is_one_fault_beside_the_others(monkeypatch):
    def failing(kind, text, page):
        if kind == "claim":
            raise ZeroDivisionError("oh")
        return marked_work.work_out_mark(kind, text, page)

    monkeypatch.setattr(open_texts, "work_out_mark", failing)
    found = faults(".md", f"`#!jb d(x)/dx = 1`\n\n```jacobook\n{FENCE}\n```\n")
    assert "ZeroDivisionError" in found[0].message
    assert "not declared" in found[1].message


@pytest.mark.parametrize(
    ("fence", "column", "written"),
    [("expression: a'*b", 15, "a'"), ("expression: 'a''*b'", 16, "a''"), ('expression: "a\'*b"', 15, "a'")],
)
def test_a_suggestion_is_quoted_as_the_text_is(fence, column, written):
    assert quoted_like(fence, Fault(1, column, "input", ""), "a'") == written


def test_a_suggestion_stands_in_the_place_of_what_is_wrong():
    text = "```jacobook\ngiven: [x in R^N]\nexpression: 'x''*tanhh(x)'\n```"
    (fault,) = faults(".md", text)
    row = text.split("\n")[fault.line - 1]
    assert fault.end is not None
    assert row[: fault.column - 1] + str(fault.suggestion) + row[fault.end - 1 :] == "expression: 'x''*tanh(x)'"


def test_what_comes_before_a_mark_is_declared():
    document = open_texts.read_text(".md", "```jacobook\ngiven: [x in R^N]\n```\n`#!jb d(x)/dx = 1`")
    assert open_texts.defaults_before(document, document.marked[1]).given == ("x in R^N",)
    assert open_texts.defaults_before(document, document.marked[0]).given == ()
