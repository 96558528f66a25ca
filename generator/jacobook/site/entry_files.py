"""Files of the collection, read and validated, with errors that say the file, the line and the column."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from jacobook.site.entry_model import ADDRESS, SLUG, CollectionEntry, Work

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fast reader where PyYAML has it; both build plain data only."""


DEEPEST = 32
"""No field of an entry is nested so deeply."""
LARGEST = 20_000
"""No entry has so many values, and no list of works."""
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
    root, data = _mapping_of(path, f"an entry is a mapping with {', '.join(CollectionEntry.model_fields)}")
    try:
        return CollectionEntry.model_validate(data)
    except ValidationError as error:
        said = (_sentence(path, root, item, CollectionEntry) for item in _telling(error.errors(), CollectionEntry))
        raise EntryError("\n".join(said)) from error


def read_works(path: Path) -> dict[str, Work]:
    """Return the works that entries may cite, by key; none where there is no such file. Raises EntryError."""
    if not path.is_file():
        return {}
    root, data = _mapping_of(path, "the works are a mapping from keys to title, authors, edition and link")
    try:
        return TypeAdapter(dict[str, Work]).validate_python(data)
    except ValidationError as error:
        raise EntryError(
            "\n".join(_sentence(path, root, item, Work) for item in _telling(error.errors(), Work))
        ) from error


def _mapping_of(path: Path, form: str) -> tuple[yaml.Node | None, dict[str, Any]]:
    """Return the tree of a file, with its places, and its data. Raises EntryError unless it is a mapping."""
    text = _text_of(path)
    try:
        _check_bounds(path, text)
        root = yaml.compose(text, Loader=LOADER)
        data: Any = yaml.load(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise EntryError(f"{path}{place}: is not YAML: {_cause(error)}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise EntryError(f"{path}:1:1: is not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise EntryError(f"{path}:1:1: is nested too deeply") from error
    if not isinstance(data, dict):
        raise EntryError(f"{path}:1:1: {form}")
    for key in _repeated_keys(root):
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        raise EntryError(f"{path}:{line}:{column}: {key.value}: appears a second time")
    return root, data


def _check_bounds(path: Path, text: str) -> None:
    """Raise EntryError for what is nested too deeply, or grows too large because aliases repeat it.

    It looks at one event after another, since readers recurse into what is nested (the fast one without a limit), and
    everything after them visits what an alias stands for as often as it stands there.
    """
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, Loader=LOADER):
        mark: Any = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            if len(open_nodes) > DEEPEST:
                raise EntryError(f"{path}:{line}:{column}: is nested too deeply: an entry needs no such lists in lists")
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_nodes):
                raise EntryError(f"{path}:{line}:{column}: *{event.anchor}: is inside what it repeats")
            total += sizes.get(str(event.anchor), 0)
        elif isinstance(event, yaml.NodeEvent):
            total += 1
        if isinstance(event, yaml.ScalarEvent) and event.anchor is not None:
            sizes[event.anchor] = 1
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor is not None:
                sizes[anchor] = total - before
        if total > LARGEST:
            raise EntryError(f"{path}:{line}:{column}: is too large: over {LARGEST} values, repeated ones counted")


def _cause(error: yaml.MarkedYAMLError) -> str:
    """Return what the reader says, and what it means where that is known."""
    problem = str(error.problem or error.context)
    if "mapping values are not allowed" in problem:
        return f"{problem}; a text with a colon in it has to stand in quotes"
    if problem.startswith(("did not find expected ',' or", "expected ',' or")):
        return f"{problem}; between {{ }} or [ ], a text with a comma, colon or bracket in it has to stand in quotes"
    return problem


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


def _telling(items: list[Any], model: type[BaseModel]) -> list[Any]:
    """Return the complaints without those that follow from another one, which says it already.

    Where a field is mistyped, that it is missing; where the items of a list are wrong, that it has none.
    """
    mistyped = {_meant(item, model) for item in items if item["type"] == "extra_forbidden"}
    above = {item["loc"][:depth] for item in items for depth in range(len(item["loc"]))}
    said = {"missing": mistyped, "too_short": above}
    return [item for item in items if item["loc"] not in said.get(item["type"], ())]


def _meant(item: Any, model: type[BaseModel]) -> tuple[int | str, ...] | None:
    """Return the field that a mistyped name may mean, None if none is near."""
    keys = item["loc"]
    near = difflib.get_close_matches(str(keys[-1]), _fields_at(keys[:-1], model), n=1)
    return (*keys[:-1], near[0]) if near else None


def _sentence(path: Path, root: yaml.Node | None, item: Any, model: type[BaseModel]) -> str:
    keys = item["loc"]
    line, column = place_of(root, keys, of_key=item["type"] == "extra_forbidden")
    name = ".".join(map(str, keys)) + ": " if keys else ""
    return f"{path}:{line}:{column}: {name}{_complaint(item, model, root)}"


def _complaint(item: Any, model: type[BaseModel], root: yaml.Node | None) -> str:
    keys = item["loc"]
    match item["type"]:
        case "extra_forbidden":
            fields = _fields_at(keys[:-1], model)
            near = difflib.get_close_matches(str(keys[-1]), fields, n=1)
            if near:
                return f"is not a field; did you mean {near[0]}?"
            found = f"is not a field; there are {', '.join(fields)}"
            if item["input"] is None and _is_on_one_line(node_at(root, keys[:-1])):
                return f"{found}. Between {{ }} a comma ends a text, unless the text stands in quotes"
            return found
        case "missing":
            return "is missing"
        case "string_type" if item["input"] is None:
            return "is empty"
        case "string_type":
            return f"is not text but {_in_words(item['input'])}"
        case "tuple_type":
            return "is not a list; put each item on a line of its own, after a dash"
        case "model_type" | "dict_type":
            fields = _fields_at(keys, model)
            such = f" ({', '.join(fields)})" if item["type"] == "model_type" else ""
            return f"has to hold fields{such}, each with its value, and is {_in_words(item['input'], advice=False)}"
        case "string_pattern_mismatch":
            return PATTERNS[item["ctx"]["pattern"]]
        case "too_short":
            return "is an empty list"
        case "string_too_short":
            return "is empty"
        case "value_error":
            return str(item["ctx"]["error"])
    return str(item["msg"][0].lower() + item["msg"][1:])


def _in_words(value: object, advice: bool = True) -> str:
    """Return what YAML has read, and how to write a text that looks like it."""
    quoted = "; put it in quotes" if advice else ""
    match value:
        case bool():
            return f"{str(value).lower()}, a truth value (so YAML reads yes, no, on and off){quoted}"
        case int() | float():
            return f"{value!r}, a number{quoted}"
        case datetime.date():
            return f"{value.isoformat()}, a date{quoted}"
        case None:
            return "empty"
        case dict():
            return f"a name with a value: a colon makes it that{quoted}" if advice else "something else"
        case list():
            return "a list" + ("; brackets make it one, unless the text stands in quotes" if advice else "")
        case str():
            return f"the text {value!r}"
    return f"{value!r}{quoted}"


def _fields_at(keys: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """Return the names of the fields that may stand below these keys."""
    for key in keys:
        field = model.model_fields.get(str(key))
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _is_on_one_line(node: yaml.Node | None) -> bool:
    """Return whether a list or mapping stands in brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def place_of(root: yaml.Node | None, keys: tuple[int | str, ...], of_key: bool = False) -> tuple[int, int]:
    """Return line and column (from 1) of the value under these keys, or of the deepest part that exists.

    With `of_key`, the place of the last key itself.
    """
    node = node_at(root, keys, of_key)
    mark = node.start_mark if node is not None else None
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def node_at(root: yaml.Node | None, keys: tuple[int | str, ...], of_key: bool = False) -> yaml.Node | None:
    """Return the value under these keys, or the deepest part that exists; with `of_key`, the last key itself."""
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
    return node


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
