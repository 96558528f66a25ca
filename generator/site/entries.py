"""Entries of the collection: one YAML file each, validated, with errors that say the file, the line and the column."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError


def _printable(text: str) -> str:
    if not text.replace("\n", " ").isprintable():
        raise ValueError("holds a character that cannot be printed")
    return text


def _not_reserved(slug: str) -> str:
    if slug == "index":
        raise ValueError("`index` is the name of the page that lists the exercises")
    return slug


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$"), AfterValidator(_not_reserved)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Address = Annotated[str, StringConstraints(pattern=r"""^https?://[^\s<>()\[\]{}"'`|\\^]+$""")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where an exercise or a formula comes from."""

    book: Words = Field(description="The title of the book.")
    number: Words = Field(description="How the book numbers it, such as `Exercise 5.8 a`.")
    link: Address | None = Field(default=None, description="A page about the book, if there is one.")


class Assumed(_Strict):
    """A property that the source does not state and that we add, because the derivation needs it."""

    symbol: Words = Field(description="The name of a variable declared under `given`.")
    property: Literal["invertible", "symmetric", "positive-definite", "positive", "diagonal"] = Field(
        description="The property that we add; it is declared under `given` too."
    )
    reason: Words = Field(description="Why it is needed: one sentence, shown on the page.")


class Entry(_Strict):
    """One problem: what is asked, in our own words, and the function in the language of Jacobook."""

    slug: Slug = Field(description="The permanent name of the page, never changed once published.")
    title: Words = Field(description="The title of the page: plain words, no mathematics.")
    source: Source = Field(description="Where the problem comes from.")
    question: Words = Field(description="What is asked, in our own words.")
    given: tuple[Words, ...] = Field(min_length=1, description="Declarations, such as `x, mu in R^D`.")
    expression: tuple[Words, ...] = Field(min_length=1, description="The function, or its chain, outermost first.")
    wrt: Words | None = Field(
        default=None, description="The variable of differentiation; may be left out where there is only one."
    )
    first_route: Literal["matrix", "component"] = Field(default="matrix", description="The route that is shown first.")
    assumed: tuple[Assumed, ...] = Field(default=(), description="Properties that we add to what the source states.")
    synonyms: tuple[Words, ...] = Field(default=(), description="Other names, for the search.")
    tags: tuple[Words, ...] = Field(default=(), description="Subjects, for the page of tags.")
    related: tuple[Slug, ...] = Field(default=(), description="Slugs of entries to read next.")


class EntryError(Exception):
    """A file of the collection that cannot be used; the message says where and why."""


def read_entry(path: Path) -> Entry:
    """Return the entry of a file. Raises EntryError with file, line and column."""
    text = _text_of(path)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data: Any = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise EntryError(f"{path}{place}: is not YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise EntryError(f"{path}:1:1: is not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise EntryError(f"{path}:1:1: is nested too deeply") from error
    if not isinstance(data, dict):
        raise EntryError(f"{path}:1:1: an entry is a mapping with {', '.join(Entry.model_fields)}")
    for key in _repeated_keys(root):
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        raise EntryError(f"{path}:{line}:{column}: {key.value}: stands here a second time")
    try:
        return Entry.model_validate(data)
    except ValidationError as error:
        raise EntryError("\n".join(_sentence(path, root, item) for item in _telling(error.errors()))) from error


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
    """Return the complaints without that a field is missing where it is mistyped, which says it already."""
    mistyped = {_meant(item) for item in items if item["type"] == "extra_forbidden"}
    return [item for item in items if not (item["type"] == "missing" and item["loc"] in mistyped)]


def _meant(item: Any) -> tuple[int | str, ...] | None:
    """Return the field that a mistyped name may mean, None if none is near."""
    keys = item["loc"]
    near = difflib.get_close_matches(str(keys[-1]), _fields_at(keys[:-1]), n=1)
    return (*keys[:-1], near[0]) if near else None


def _sentence(path: Path, root: yaml.Node | None, item: Any) -> str:
    keys = item["loc"]
    line, column = place_of(root, keys, of_key=item["type"] == "extra_forbidden")
    name = ".".join(str(key) for key in keys)
    return f"{path}:{line}:{column}: {name}: {_complaint(item)}"


def _complaint(item: Any) -> str:
    match item["type"]:
        case "extra_forbidden":
            fields = _fields_at(item["loc"][:-1])
            near = difflib.get_close_matches(str(item["loc"][-1]), fields, n=1)
            return (
                f"is not a field; did you mean {near[0]}?" if near else f"is not a field; there are {', '.join(fields)}"
            )
        case "missing":
            return "is missing"
        case "string_type":
            return f"is not text but {item['input']!r}; put it in quotes"
        case "tuple_type":
            return "is not a list; put each item on a line of its own, after a dash"
        case "too_short":
            return "is an empty list"
        case "string_too_short":
            return "is empty"
        case "value_error":
            return str(item["ctx"]["error"])
    return str(item["msg"][0].lower() + item["msg"][1:])


def _fields_at(keys: tuple[int | str, ...]) -> list[str]:
    first = keys[0] if keys else None
    models: dict[str, type[_Strict]] = {"source": Source, "assumed": Assumed}
    return list(models.get(str(first), Entry).model_fields)


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
    return place_of(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), keys)
