"""Files of the collection, read and validated, with errors that say the file, the line and the column."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from jacobook.files import NotText, text_in
from jacobook.site.entry_model import SLUG, CollectionEntry, Work
from jacobook.statement_model import ADDRESS
from jacobook.yaml_fields import LOADER, FieldError, fields_in, node_at, place_of

PATTERNS = {
    SLUG: "consists of small letters and digits, with single hyphens between them, such as `squared-length`",
    ADDRESS: "is no address: it begins with https:// or http://, and holds no spaces, quotes or brackets",
}
"""What a text has to look like, in words, by its pattern."""


class EntryError(Exception):
    """A file of the collection that cannot be used; the message says where and why."""


def read_entry(path: Path) -> CollectionEntry:
    """Return the entry of a file. Raises EntryError with file, line and column."""
    if path.suffix != path.suffix.lower():
        raise EntryError(f"{path}:1:1: the name of an entry's file ends in {path.suffix.lower()}, in small letters")
    says = f"an entry is a mapping with {', '.join(CollectionEntry.model_fields)}"
    try:
        return fields_in(_text_of(path), CollectionEntry, CollectionEntry, says, PATTERNS)
    except FieldError as error:
        raise _located(path, error) from error


def read_works(path: Path) -> dict[str, Work]:
    """Return the works that entries may cite, by key; none where there is no such file. Raises EntryError."""
    if not path.is_file():
        return {}
    says = "the works are a mapping from keys to title, authors, edition and link"
    try:
        return fields_in(_text_of(path), TypeAdapter(dict[str, Work]), Work, says, PATTERNS)
    except FieldError as error:
        raise _located(path, error) from error


def _located(path: Path, error: FieldError) -> EntryError:
    places = (f"{path}:{fault.line}:{fault.column}" if fault.line else f"{path}" for fault in error.faults)
    said = (f"{place}: {fault.message}" for place, fault in zip(places, error.faults, strict=True))
    return EntryError("\n".join(said))


def _text_of(path: Path) -> str:
    try:
        return text_in(path.read_bytes())
    except OSError as error:
        raise EntryError(f"{path}: cannot be read ({error.strerror})") from error
    except NotText as error:
        line, column = error.place
        raise EntryError(f"{path}:{line}:{column}: {error}") from error


def line_of(path: Path, keys: tuple[int | str, ...]) -> tuple[int, int]:
    """Return line and column of a value of the entry in this file."""
    return place_of(yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER), keys)


def comma_hint(path: Path, keys: tuple[int | str, ...]) -> str:
    """Return what to say besides of an item of a list in brackets, where a comma may have cut a text in two."""
    items = node_at(yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER), keys[:-1])
    if isinstance(items, yaml.SequenceNode) and items.flow_style and len(items.value) > 1:
        return " (between [ ] a comma ends a text, unless the text stands in quotes)"
    return ""


def check_cited(path: Path, entry: CollectionEntry, works: Mapping[str, Work]) -> None:
    """Raise EntryError if the entry cites a work that sources.yaml does not have."""
    places: list[tuple[tuple[int | str, ...], str | None]] = [
        (("sources", position, "book"), source.book) for position, source in enumerate(entry.sources)
    ]
    places += [
        (("claims", position, "source", "book"), claim.source.book) for position, claim in enumerate(entry.claims)
    ]
    for keys, book in places:
        if book is not None and book not in works:
            near = difflib.get_close_matches(book, works, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(works) or 'none'}"
            line, column = line_of(path, keys)
            raise EntryError(f"{path}:{line}:{column}: {'.'.join(map(str, keys))}: {book} is not in sources.yaml{hint}")
