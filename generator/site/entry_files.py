"""Files of the collection, read and validated, with errors that say the file, the line and the column."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from generator.site.entries import Entry, Work

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fast reader where PyYAML has it; both build plain data only."""


class EntryError(Exception):
    """A file of the collection that cannot be used; the message says where and why."""


def read_entry(path: Path) -> Entry:
    """Return the entry of a file. Raises EntryError with file, line and column."""
    root, data = _mapping_of(path, f"an entry is a mapping with {', '.join(Entry.model_fields)}")
    try:
        return Entry.model_validate(data)
    except ValidationError as error:
        raise EntryError("\n".join(_sentence(path, root, item) for item in _telling(error.errors()))) from error


def read_works(path: Path) -> dict[str, Work]:
    """Return the works that entries may cite, by key; none where there is no such file. Raises EntryError."""
    if not path.is_file():
        return {}
    root, data = _mapping_of(path, "the works are a mapping from keys to title, authors, edition and link")
    try:
        return TypeAdapter(dict[str, Work]).validate_python(data)
    except ValidationError as error:
        raise EntryError("\n".join(_sentence(path, root, item) for item in error.errors())) from error


def _mapping_of(path: Path, form: str) -> tuple[yaml.Node | None, dict[str, Any]]:
    """Return the tree of a file, with its places, and its data. Raises EntryError unless it is a mapping."""
    text = _text_of(path)
    try:
        root = yaml.compose(text, Loader=LOADER)
        data: Any = yaml.load(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        colon = "mapping values are not allowed" in (error.problem or "")
        hint = "; a text that holds a colon and a space is put in quotes" if colon else ""
        raise EntryError(f"{path}{place}: is not YAML: {error.problem or error.context}{hint}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise EntryError(f"{path}:1:1: is not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise EntryError(f"{path}:1:1: is nested too deeply") from error
    if not isinstance(data, dict):
        raise EntryError(f"{path}:1:1: {form}")
    for key in _repeated_keys(root):
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        raise EntryError(f"{path}:{line}:{column}: {key.value}: stands here a second time")
    return root, data


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise EntryError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise EntryError(f"{path}:{line}:{column}: is not UTF-8 text") from error


def _repeated_keys(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                yield key
            seen.add(str(key.value))
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated_keys(value)


def _telling(items: list[Any]) -> list[Any]:
    """Return the complaints without those that follow from others.

    A field is not missing that is mistyped, and a list is not empty whose items cannot be read.
    """
    mistyped = {_meant(item) for item in items if item["type"] == "extra_forbidden"}
    inside = {item["loc"][:depth] for item in items for depth in range(1, len(item["loc"]))}
    follows = {"missing": mistyped, "too_short": inside}
    return [item for item in items if item["loc"] not in follows.get(item["type"], ())]


def _meant(item: Any) -> tuple[int | str, ...] | None:
    """Return the field that a mistyped name may mean, None if none is near."""
    keys = item["loc"]
    near = difflib.get_close_matches(str(keys[-1]), _fields_at(keys[:-1]), n=1)
    return (*keys[:-1], near[0]) if near else None


def _sentence(path: Path, root: yaml.Node | None, item: Any) -> str:
    keys = item["loc"]
    line, column = place_of(root, keys, of_key=item["type"] == "extra_forbidden")
    name = ".".join(map(str, keys)) + ": " if keys else ""
    return f"{path}:{line}:{column}: {name}{_complaint(item)}"


def _complaint(item: Any) -> str:
    match item["type"]:
        case "extra_forbidden":
            fields = _fields_at(item["loc"][:-1])
            near = difflib.get_close_matches(str(item["loc"][-1]), fields, n=1)
            if item["input"] is None:  # what YAML makes of the words behind a comma in braces
                return (
                    f"is not a field; a text with a comma that stands in braces is put in quotes ({', '.join(fields)})"
                )
            return (
                f"is not a field; did you mean {near[0]}?" if near else f"is not a field; there are {', '.join(fields)}"
            )
        case "missing":
            return "is missing"
        case "string_type":
            return f"is not text but {_as_written(item['input'])}; put it in quotes"
        case "string_pattern_mismatch" if item["loc"][-1] == "link":
            return f"{item['input']!r} is no address: it begins with https:// and holds no space"
        case "string_pattern_mismatch":
            return f"{item['input']!r} is no slug: lower-case letters and digits, with hyphens between: squared-length"
        case "model_type" | "dict_type":
            fields = [name for name in _fields_at(item["loc"]) if name]
            return f"is not a mapping but {_as_written(item['input'])}; its fields are {', '.join(fields)}"
        case "tuple_type":
            return "is not a list; put each item on a line of its own, after a dash"
        case "too_short":
            return "is an empty list"
        case "string_too_short":
            return "is empty"
        case "value_error":
            return str(item["ctx"]["error"])
    return str(item["msg"][0].lower() + item["msg"][1:])


def _as_written(value: Any) -> str:
    """Return what YAML has made of a value, in words where it is no plain number or text."""
    match value:
        case datetime.date():
            return f"the date {value}"
        case dict():
            key = next(iter(value), "")
            return f"a mapping with the key {key!r} (a text with a colon and a space is read so)"
        case None:
            return "nothing"
    return repr(value)


def _fields_at(keys: tuple[int | str, ...]) -> list[str]:
    """Return the names of the fields that may stand below these keys."""
    model: type[BaseModel] = Entry
    for key in keys:
        field = model.model_fields.get(str(key))
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def place_of(root: yaml.Node | None, keys: tuple[int | str, ...], of_key: bool = False) -> tuple[int, int]:
    """Return line and column (from 1) of the value under these keys, or of the deepest part that exists.

    With `of_key`, the place of the last key itself.
    """
    node = root
    for depth, key in enumerate(keys, 1):
        inner = None
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == key), None)
            inner = pair and pair[0 if of_key and depth == len(keys) else 1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            inner = node.value[key]
        if inner is None:
            break
        node = inner
    mark = node.start_mark if node is not None else None
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def line_of(path: Path, keys: tuple[int | str, ...]) -> tuple[int, int]:
    """Return line and column of a value of the entry in this file."""
    return place_of(yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER), keys)


def check_cited(path: Path, entry: Entry, works: Mapping[str, Work]) -> None:
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
