"""Mappings written in YAML, read and validated; complaints say the line, the column and what would fit."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The fast reader where PyYAML has it; both build plain data only."""
DEEPEST = 32
"""No field is nested so deeply."""
LARGEST = 20_000
"""No mapping has so many values."""
Keys = tuple[int | str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with a field, and where (from 1; line 0 for the text as a whole)."""

    line: int
    column: int
    message: str


class FieldError(Exception):
    """A text that holds no mapping, or a mapping whose fields do not fit."""

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__("\n".join(fault.message for fault in faults))
        self.faults = faults


def _fault(line: int, column: int, message: str) -> FieldError:
    return FieldError(FieldFault(line, column, message))


def fields_in(
    text: str, form: type[T] | TypeAdapter[T], model: type[BaseModel], says: str, patterns: Mapping[str, str]
) -> T:
    """Return what a text holds, in its form; `model` names the fields in messages, `says` what the mapping is.

    `patterns` say in words what a text has to look like, by its pattern. Raises FieldError.
    """
    root, data = mapping_in(text, says)
    try:
        return (form if isinstance(form, TypeAdapter) else TypeAdapter(form)).validate_python(data)
    except ValidationError as error:
        items = _telling(error.errors(), model)
        raise FieldError(*(_sentence(root, item, model, patterns) for item in items)) from error


def mapping_in(text: str, says: str) -> tuple[yaml.Node | None, dict[str, Any]]:
    """Return the tree of a text, with its places, and its data. Raises FieldError unless it is a mapping."""
    try:
        _check_bounds(text)
        root = yaml.compose(text, Loader=LOADER)
        data: Any = yaml.load(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise _fault(*_said_of(error, text)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _fault(1, 1, f"is not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise _fault(1, 1, "is nested too deeply") from error
    if not isinstance(data, dict):
        raise _fault(1, 1, says)
    for key in _repeated_keys(root):
        raise _fault(key.start_mark.line + 1, key.start_mark.column + 1, f"{key.value}: appears a second time")
    return root, data


def _said_of(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Return where the cause of an error is, and what it is; of a quote that is closed too late, where it opens."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 0, 0, f"is not YAML: {_cause(error, ())}"
    if "quoted scalar" in str(error.context) and "end of stream" in str(error.problem):
        return *_place(error.context_mark), f"is not YAML: the quote that opens here is never closed; {_QUOTES}"
    opened = _quote_over_lines(text, mark.line)
    if opened is not None:
        said = f"the quote that opens here is closed only in a line below; {_QUOTES}"
        return *_place(opened), f"is not YAML: {said}"
    return *_place(mark), f"is not YAML: {_cause(error, text.splitlines()[mark.line : mark.line + 1])}"


_QUOTES = "close it where its text ends, or put the whole text in other quotes"


def _place(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _quote_over_lines(text: str, line: int) -> Any:
    """Return where a quote opens that ends in this line (from 0) and begins above it; None if none does."""
    with suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=LOADER):
            is_quoted = isinstance(token, yaml.ScalarToken) and token.style in ("'", '"')
            if is_quoted and token.start_mark.line < line == token.end_mark.line:
                return token.start_mark
    return None


def _check_bounds(text: str) -> None:
    """Raise FieldError for what is nested too deeply, or grows too large because aliases repeat it.

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
                raise _fault(line, column, "is nested too deeply: nothing here needs such lists in lists")
        if isinstance(event, yaml.AliasEvent):
            if any(anchor == event.anchor for anchor, _ in open_nodes):
                raise _fault(line, column, f"*{event.anchor}: is inside what it repeats")
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
            raise _fault(line, column, f"is too large: over {LARGEST} values, repeated ones counted")


_QUOTED_TWICE = re.compile(r"(?:^|[:,\[-]\s*)'[^']*'(?!\s*(?:[,\]}:#]|$))")
"""A text in single quotes that ends too soon, as `'x'*A*x'` does."""


def _cause(error: yaml.MarkedYAMLError, line: Sequence[str]) -> str:
    """Return what the reader says, and what it means where that is known."""
    problem = str(error.problem or error.context)
    if "found another document" in problem:
        return "a line `---` begins a second document, and there is to be one"
    if any(_QUOTED_TWICE.search(one) for one in line):
        return f"{problem}; a text with ' in it stands without quotes, or in double ones"
    if "unknown escape" in problem:
        return f"{problem}; in double quotes a backslash begins an escape, in single ones it stands for itself"
    if "alias" in problem or "alphabetic or numeric" in problem:
        return f"{problem}; a text that begins with * or & has to stand in quotes"
    if "cannot start any token" in problem:
        return f"{problem}; a text that begins so has to stand in quotes, and lines are indented with spaces"
    if "mapping values are not allowed" in problem:
        return f"{problem}; a text with a colon in it has to stand in quotes"
    if problem.startswith(("did not find expected ',' or", "expected ',' or")):
        return f"{problem}; between {{ }} or [ ], a text with a comma, colon or bracket in it has to stand in quotes"
    return problem


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
    near = difflib.get_close_matches(str(keys[-1]), fields_at(keys[:-1], model), n=1)
    return (*keys[:-1], near[0]) if near else None


def _sentence(root: yaml.Node | None, item: Any, model: type[BaseModel], patterns: Mapping[str, str]) -> FieldFault:
    keys = item["loc"]
    line, column = place_of(root, keys, of_key=item["type"] == "extra_forbidden")
    said = str(keys[-1]) if item["type"] == "invalid_key" else field_words(keys)
    name = f"{said}: " if keys else ""
    return FieldFault(line, column, f"{name}{_complaint(item, model, root, patterns)}")


def field_words(keys: Keys) -> str:
    """Return where a field is, as people count: `claims, item 1, target`."""
    return ", ".join(f"item {key + 1}" if isinstance(key, int) else key for key in keys)


def _complaint(item: Any, model: type[BaseModel], root: yaml.Node | None, patterns: Mapping[str, str]) -> str:
    keys = item["loc"]
    match item["type"]:
        case "extra_forbidden":
            fields = fields_at(keys[:-1], model)
            near = difflib.get_close_matches(str(keys[-1]), fields, n=1)
            if near:
                return f"is not a field; did you mean {near[0]}?"
            found = f"is not a field; there are {', '.join(fields)}"
            if item["input"] is None and _is_on_one_line(node_at(root, keys[:-1])):
                return f"{found}. Between {{ }} a comma ends a text, unless the text stands in quotes"
            return found
        case "invalid_key":
            return f"is not the name of a field; there are {', '.join(fields_at(keys[:-1], model))}"
        case "missing":
            return "is missing"
        case "string_type" if item["input"] is None:
            return "is empty"
        case "string_type":
            return f"is not text but {_in_words(item['input'])}"
        case "tuple_type" if item["input"] is None:
            return "is empty"
        case "tuple_type" if not isinstance(item["input"], dict | list | str):
            return f"is not text but {_in_words(item['input'])}"
        case "tuple_type":
            return "is not a list; put each item on a line of its own, after a dash"
        case "model_type" | "dict_type":
            fields = fields_at(keys, model)
            such = f" ({', '.join(fields)})" if item["type"] == "model_type" else ""
            return f"has to hold fields{such}, each with its value, and is {_in_words(item['input'], advice=False)}"
        case "string_pattern_mismatch":
            return patterns[item["ctx"]["pattern"]]
        case "too_short":
            return "is an empty list"
        case "string_too_short":
            return "is empty"
        case "literal_error":
            near = difflib.get_close_matches(str(item["input"]), _literals(item), n=1)
            return f"{item['input']} is none of {', '.join(_literals(item))}" + (
                f"; did you mean {near[0]}?" if near else ""
            )
        case "value_error":
            return str(item["ctx"]["error"])
    return str(item["msg"][0].lower() + item["msg"][1:])


def _literals(item: Any) -> list[str]:
    """Return the values of which one was expected."""
    return re.findall(r"'?([\w-]+)'?(?:, | or |$)", item["ctx"]["expected"])


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


def fields_at(keys: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """Return the names of the fields that may stand below these keys."""
    for key in keys:
        field = model.model_fields.get(str(key))
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def model_at(keys: tuple[int | str, ...], model: type[BaseModel]) -> type[BaseModel] | None:
    """Return the model of what stands under the last of these keys; None where that holds no fields."""
    found: type[BaseModel] | None = model
    for key in keys:
        field = found.model_fields.get(str(key)) if found is not None else None
        found = next(_models_in(field.annotation), None) if field is not None else None
    return found


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
        if isinstance(key, int) and isinstance(node, yaml.MappingNode):
            continue  # one item, written without a list
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
