"""What stands under the cursor: an expression of a fence, of a claim or of an entry, with the statement around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from jacobook.language import LanguageError
from jacobook.notes.claim_lines import read_claim_line
from jacobook.notes.documents.marked import DocumentError, Marked, SourceLine, source_lines
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.language_server.open_texts import ENTRY, NOTHING, defaults_before, read_text
from jacobook.notes.marked_work import FencePlaces, lines_of_function
from jacobook.notes.page_declarations import needed_declarations
from jacobook.yaml_fields import FieldError, Keys, mapping_in

Role = Literal["expression", "declaration", "variable"]


@dataclass(frozen=True, slots=True)
class CursorPlace:
    """A text under the cursor, and the statement to which it belongs."""

    role: Role
    text: str
    offset: int
    """Where the cursor is in the text, from 0."""
    given: tuple[str, ...]
    lines: tuple[str, ...]
    wrt: str | None


def place_at(kind: str, text: str, line: int, column: int, page: NoteDefaults = NOTHING) -> CursorPlace | None:
    """Return what stands at a place of a document; None where nothing of ours does. `page` holds where it begins."""
    if kind == ENTRY:
        return _in_mapping(text, NoteDefaults(), line, column)
    try:
        document = read_text(kind, text)
    except DocumentError:
        return None
    for marked in document.marked:
        for number, source in enumerate(marked.lines, 1):
            if source.line == line and source.column <= column <= source.column + len(source.text):
                return _in_mark(defaults_before(document, marked, page), marked, number, column - source.column + 1)
    return None


def _in_mark(page: NoteDefaults, marked: Marked, line: int, column: int) -> CursorPlace | None:
    if marked.kind == "fence":
        return _in_mapping(marked.text, page, line, column)
    offset = sum(len(one.text) + 1 for one in marked.lines[: line - 1]) + column - 1
    if marked.kind == "given":
        given = tuple(one.strip() for one in marked.text.split(";") if one.strip())
        return CursorPlace("declaration", marked.text, offset, given, (), None)
    return _in_claim(marked.text, page, offset)


def _in_claim(line: str, page: NoteDefaults, offset: int) -> CursorPlace | None:
    try:
        said = read_claim_line(line)
        lines = tuple(lines_of_function(said.function.text, page))
        given = needed_declarations(page, (), [*lines, said.wrt.text])
    except LanguageError:
        return None
    for part in (said.function, *said.answers):
        if part.start <= offset <= part.start + len(part.text):
            return CursorPlace("expression", part.text, offset - part.start, given, lines, said.wrt.text)
    return None


def _in_mapping(text: str, page: NoteDefaults, line: int, column: int) -> CursorPlace | None:
    try:
        root, data = mapping_in(text, "")
    except FieldError:
        return None
    places = FencePlaces(text, root)
    for keys, role, value in _values(data):
        offset = _offset(places, keys, value, line, column)
        if offset is None:
            continue
        said = {**data, **_case(data, keys)}
        lines, given = _texts(said.get("expression")), _texts(said.get("given"))
        wrt = (
            said.get("wrt") if isinstance(said.get("wrt"), str) else next(iter(_texts(said.get("differential"))), None)
        )
        own = (", ".join(given),) if given else ()
        try:
            inherited = needed_declarations(page, own, lines)
        except LanguageError:
            inherited = ()
        return CursorPlace(role, value, offset, (*own, *inherited), lines, wrt)
    return None


def _values(data: dict[str, Any]) -> Iterator[tuple[Keys, Role, str]]:
    """Yield the texts of a mapping in which mathematics stands."""
    for position, value in enumerate(_texts(data.get("expression"))):
        yield ("expression", position), "expression", value
    for position, value in enumerate(_texts(data.get("given"))):
        yield ("given", position), "declaration", value
    if isinstance(data.get("wrt"), str):
        yield ("wrt",), "variable", data["wrt"]
    for name in ("claims", "published"):
        claims = data.get(name)
        for position, claim in enumerate(claims if isinstance(claims, list) else [claims]):
            formula = claim.get("formula") if isinstance(claim, dict) else claim
            if isinstance(formula, str):
                yield (name, position, "formula"), "expression", formula
    for position, case in enumerate(data["cases"] if isinstance(data.get("cases"), list) else ()):
        for keys, role, value in _values(case) if isinstance(case, dict) else ():
            yield ("cases", position, *keys), role, value


def _case(data: dict[str, Any], keys: Keys) -> dict[str, Any]:
    """Return what a case of an entry says instead of the entry, where the keys lead into one."""
    found = data["cases"][keys[1]] if keys[0] == "cases" else {}
    return found if isinstance(found, dict) else {}


def _texts(data: object) -> tuple[str, ...]:
    listed = data if isinstance(data, list) else [data]
    return tuple(one for one in listed if isinstance(one, str))


def _offset(places: FencePlaces, keys: Keys, value: str, line: int, column: int) -> int | None:
    """Return where a place of the text is in a value, from 0; None where it is outside of it."""
    start = 0
    for number, row in enumerate(value.split("\n"), 1):
        first, last = places.of(keys, number, 1), places.of(keys, number, len(row) + 1)
        if first[0] == line and first[1] <= column <= last[1]:
            return start + sum(places.of(keys, number, place)[1] < column for place in range(1, len(row) + 1))
        start += len(row) + 1
    return None


def lines_before(text: str, line: int, column: int) -> list[SourceLine]:
    """Return the lines of a text up to a place."""
    found = source_lines(text)[:line]
    return [*found[:-1], found[-1].part(0, column - 1)] if found else []
