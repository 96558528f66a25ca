"""The parser that is kept in a file reads as the one that is made; a file of another grammar is not used."""

from __future__ import annotations

import json
from pathlib import Path

import lark
import pytest

from jacobook.language import parser
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.parser import parse_line

BENCHMARK = Path(__file__).resolve().parents[1] / "data" / "benchmark"
ROWS = [
    json.loads(row)["expr"]
    for name in ("cases", "spellings")
    for row in (BENCHMARK / f"{name}.jsonl").read_text("utf-8").splitlines()
]
LINES = [line for row in ROWS for line in ([row] if isinstance(row, str) else row)]


def read(line: str) -> str:
    try:
        return str(parse_line(line))
    except LanguageError as error:
        return f"{error.message} {error.suggestion} {error.column}"


@pytest.fixture
def table(tmp_path, monkeypatch) -> Path:
    """A file with the parser, which the parser is read from now."""
    path = tmp_path / "grammar.table"
    parser.parser_with_table(str(path))
    monkeypatch.setattr(parser, "grammar", lambda: parser.parser_with_table(str(path)))
    return path


def made(*_: object, **__: object) -> None:
    raise AssertionError("the parser is made of the grammar")


def test_it_reads_the_same(table, monkeypatch):
    monkeypatch.undo()
    expected = [read(line) for line in LINES[::5]]
    monkeypatch.setattr(lark.lark, "load_grammar", made)
    kept = parser.parser_with_table(str(table))
    monkeypatch.setattr(parser, "grammar", lambda: kept)
    assert [read(line) for line in LINES[::5]] == expected


def test_one_of_another_grammar_is_made_anew(table):
    digest, rest = table.read_bytes().split(b"\n", 1)
    table.write_bytes(b"0" * len(digest) + b"\n" + rest)
    parser.grammar()
    assert table.read_bytes().startswith(digest)
