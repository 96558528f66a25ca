"""What may be typed next: fields and their values, functions, names that are declared, slugs of rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.calculus.rules.table import RULES
from jacobook.language import LanguageError, parse_given
from jacobook.language.function_table import CALLABLE, OF_SIZES
from jacobook.notes.documents.markdown_notes import open_fence
from jacobook.notes.documents.marked import DocumentError, SourceLine
from jacobook.notes.fences import Fence, NoteDefaults
from jacobook.notes.language_server.cursor_places import lines_before
from jacobook.notes.language_server.open_texts import CELL, ENTRY, NOTHING, defaults_before, read_text
from jacobook.site.entry_model import CollectionEntry
from jacobook.statement_model import TARGETS
from jacobook.yaml_fields import fields_at, model_at

CompletionKind = Literal["field", "value", "function", "variable", "rule"]
MATHEMATICS = frozenset(("expression", "claims", "published", "formula", "wrt", "differential", "given"))
"""Fields in which names and functions stand."""
_RULE = re.compile(r"\brules/[\w-]*$")
_CLAIM = re.compile(r"(?:`#!jb\s[^`]*|:jb:`[^`]*)$")
_KEY = re.compile(r"(?P<indent>[ ]*)(?P<dash>(?:- +)*)(?P<key>[A-Za-z_]+):(?:\s|$)")
_BEGUN = re.compile(r"\s*(?:- +)*[A-Za-z_]*$")
_LAST_KEY = re.compile(r"(?:^|[{,\s])(?P<key>[A-Za-z_]+):\s")


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that may be typed."""

    label: str
    kind: CompletionKind
    detail: str = ""
    inserted: str | None = None
    """What is typed, where that is more than the label."""


def offered_at(kind: str, text: str, line: int, column: int, page: NoteDefaults = NOTHING) -> list[Offered]:
    """Return what may be typed at a place of a document; `page` holds where it begins."""
    before = lines_before(text, line, column)
    if not before:
        return []
    if _RULE.search(before[-1].text):
        return [Offered(slug, "rule", rule.name) for slug, rule in RULES.items()]
    if kind == ENTRY:
        return _in_mapping(before, CollectionEntry, ())
    if _CLAIM.search(before[-1].text):
        return [*_functions(), *_names(_declared_before(kind, text, line, page))]
    inside = _fence_lines(kind, text, before)
    return [] if inside is None else _in_mapping(inside, Fence, _declared_before(kind, text, line, page))


def _fence_lines(kind: str, text: str, before: Sequence[SourceLine]) -> list[SourceLine] | None:
    """Return the lines of the fence in which the cursor is, up to the cursor; None outside of fences."""
    last = before[-1].line
    if kind in (".md", ".markdown", ".qmd"):
        opened = open_fence(before)
        return None if opened is None else [one.part(len(opened[1])) for one in before[opened[0] + 1 :]]
    if kind == CELL:
        return list(before[1:]) if before[0].text.startswith("%%") else None
    with suppress(DocumentError):
        for marked in read_text(kind, text).marked:
            if marked.kind == "fence" and marked.lines[0].line <= last <= marked.lines[-1].line:
                inside = [one for one in marked.lines if one.line < last]
                return [*inside, before[-1].part(max(one.column for one in marked.lines) - 1)]
    return None


def _declared_before(kind: str, text: str, line: int, page: NoteDefaults) -> tuple[str, ...]:
    """Return what the page has declared above a line."""
    with suppress(DocumentError):
        document = read_text(kind, text)
        here = next((one for one in document.marked if one.lines and one.lines[-1].line >= line), None)
        return defaults_before(document, here, page).given
    return ()


def _in_mapping(before: Sequence[SourceLine], model: type[BaseModel], given: Sequence[str]) -> list[Offered]:
    """Return what may be typed in a mapping of YAML, of which this is what stands before the cursor."""
    rows = [one.text for one in before]
    keys = _keys_above(rows)
    inside = model_at(keys, model)
    is_list_of_texts = bool(keys) and inside is None
    found = _LAST_KEY.findall(rows[-1])
    if _BEGUN.match(rows[-1]) and not found and not is_list_of_texts and "[" not in rows[-1]:
        return [*_fields(keys, model)]
    key = found[-1] if found else keys[-1] if keys else ""
    above = keys if found else keys[:-1]
    field = (model_at(above, model) or model).model_fields.get(key)
    values = [] if field is None else [Offered(str(one), "value") for one in _literals(field.annotation)]
    if key == "target":
        values += [Offered(one, "value") for one in TARGETS]
    if key not in MATHEMATICS:
        return values
    return [*values, *_functions(), *_names((*given, *_written_given(rows)))]


def _keys_above(rows: Sequence[str]) -> tuple[str, ...]:
    """Return the fields in which the last row stands, outermost first."""
    keys: list[str] = []
    limit = len(rows[-1]) - len(rows[-1].lstrip(" ")) if rows[-1].strip() else len(rows[-1])
    is_item = rows[-1].lstrip().startswith("-")
    for row in reversed(rows[:-1]):
        found = _KEY.match(row)
        if found is None:
            continue
        place = len(found["indent"]) + len(found["dash"])
        # Items of a list may stand as far left as the field that they belong to.
        if place < limit or (is_item and place == limit and not found["dash"]):
            keys.insert(0, found["key"])
            limit, is_item = (len(found["indent"]), True) if found["dash"] else (place, False)
    return tuple(keys)


def _fields(keys: tuple[str, ...], model: type[BaseModel]) -> Iterator[Offered]:
    inside = model_at(keys, model) or model
    described = {field.alias or name: field.description or "" for name, field in inside.model_fields.items()}
    for name in fields_at(keys, model):
        yield Offered(name, "field", described.get(name, ""), f"{name}: ")


def _literals(annotation: Any) -> list[Any]:
    """Return the texts and numbers of which a field takes one."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [one for inner in get_args(annotation) for one in _literals(inner)]


def _functions() -> Iterator[Offered]:
    for name in sorted({*CALLABLE, *OF_SIZES}):
        detail = "of every entry" if name in ELEMENTWISE else "of sizes" if name in OF_SIZES else ""
        yield Offered(name, "function", detail)


def _names(given: Sequence[str]) -> Iterator[Offered]:
    """Yield the names that are declared; lines that cannot be read declare none."""
    seen: dict[str, str] = {}
    for line in given:
        with suppress(LanguageError):
            for kind in parse_given((line,)):
                seen |= {one.name: line for one in kind}
    yield from (Offered(name, "variable", line) for name, line in seen.items())


def _written_given(rows: Sequence[str]) -> list[str]:
    """Return declarations that stand in rows of YAML, complete or not."""
    return [
        found.strip() for row in rows for found in re.findall(r"[^\[\]\"':{}]+ in [^\]\"',}]+(?:,[^\]\"'}]*)?", row)
    ]
