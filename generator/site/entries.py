"""Entries of the collection: one YAML file each, validated, with errors that say the file, the line and the column."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where an exercise or a formula comes from."""

    book: Line
    number: Line
    link: Annotated[str, StringConstraints(pattern=r"^https?://")] | None = None


class Assumed(_Strict):
    """A property that the source does not state and that we add, because the derivation needs it."""

    symbol: Line
    property: Literal["invertible", "symmetric", "positive-definite", "positive"]
    reason: Line


class Entry(_Strict):
    """One problem: what is asked, in our own words, and the function in the language of Jacobook."""

    slug: Slug = Field(description="permanent name of the page; never changed once published")
    title: Line = Field(description="plain words, no mathematics")
    source: Source
    question: Line
    given: tuple[Line, ...] = Field(min_length=1, description="declarations, such as `x, mu in R^D`")
    expression: tuple[Line, ...] = Field(min_length=1, description="the function, or its chain, outermost first")
    wrt: Line | None = Field(default=None, description="the variable of differentiation")
    first_route: Literal["matrix", "component"] = Field(default="matrix", description="the route shown first")
    assumed: tuple[Assumed, ...] = ()
    synonyms: tuple[Line, ...] = Field(default=(), description="what a reader may search for")
    tags: tuple[Line, ...] = ()
    related: tuple[Slug, ...] = ()


class EntryError(Exception):
    """A file of the collection that cannot be used; the message says where and why."""


def collection_folder() -> Path:
    """Return the folder of the collection."""
    return Path(__file__).resolve().parent.parent / "collection"


def entry_files(folder: Path) -> list[Path]:
    """Return the files of all entries, in the order of their paths."""
    return sorted(path for path in folder.rglob("*.y*ml") if path.suffix in (".yaml", ".yml"))


def read_entry(path: Path) -> Entry:
    """Return the entry of a file. Raises EntryError with file, line and column."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise EntryError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise EntryError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data: Any = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise EntryError(f"{path}{place}: is not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise EntryError(f"{path}: is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise EntryError(f"{path}:1:1: an entry is a mapping with slug, title, source, given, expression …")
    try:
        return Entry.model_validate(data)
    except ValidationError as error:
        raise EntryError("\n".join(_sentence(path, root, item) for item in error.errors())) from error


def _sentence(path: Path, root: yaml.Node | None, item: Any) -> str:
    keys = item["loc"]
    line, column = place_of(root, keys)
    name = ".".join(str(key) for key in keys)
    message = item["msg"]
    if item["type"] == "extra_forbidden":
        message = f"is not a field; the fields are {', '.join(Entry.model_fields)}"
    elif item["type"] == "missing":
        message = "is missing"
    return f"{path}:{line}:{column}: {name}: {message}"


def place_of(root: yaml.Node | None, keys: tuple[int | str, ...]) -> tuple[int, int]:
    """Return line and column (from 1) of the value under these keys, or of the deepest part that exists."""
    node = root
    for key in keys:
        inner = None
        if isinstance(node, yaml.MappingNode):
            inner = next((value for name, value in node.value if name.value == key), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            inner = node.value[key]
        if inner is None:
            break
        node = inner
    mark = node.start_mark if node is not None else None
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def line_of(path: Path, keys: tuple[int | str, ...]) -> tuple[int, int]:
    """Return line and column of a value of the entry in this file."""
    return place_of(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), keys)
