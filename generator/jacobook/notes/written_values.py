"""Where the characters of a value are written in YAML: behind quotes, in blocks, folded over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

Place = tuple[int, int]
"""Line and column, from 1."""
Written = Iterator[tuple[str, int]]
"""Characters of a value, each with the place in the text where it is written."""
_FOLD = r"[ \t]*\n\s*"
_PLAIN = re.compile(rf"(?P<fold>{_FOLD})|.", re.DOTALL)
_SINGLE = re.compile(rf"(?P<fold>{_FOLD})|(?P<escape>'')|.", re.DOTALL)
_DOUBLE = re.compile(
    rf"(?P<fold>{_FOLD})|(?P<escape>\\(?:\n\s*|x[\da-fA-F]{{2}}|u[\da-fA-F]{{4}}|U[\da-fA-F]{{8}}|.))|.", re.DOTALL
)
_COMMAND = re.compile(r"(?<!\\)(?:\\\\)*\\(?P<name>[A-Za-z]{2,})")


def places_of_value(text: str, node: yaml.Node) -> list[Place]:
    """Return the place of each character of a value, and of its end; of its beginning alone where that is not known."""
    start, stop = node.start_mark.index, node.end_mark.index
    if not isinstance(node, yaml.ScalarNode):
        return [(node.start_mark.line + 1, node.start_mark.column + 1)]
    written = list(_written(text, start, stop, node.style))
    found = [place for _, place in written]
    if "".join(character for character, _ in written) != node.value:
        found = []
    end = found[-1] + 1 if found else start
    return [_place(text, place) for place in (*found, end)]


def _written(text: str, start: int, stop: int, style: str | None) -> Written:
    match style:
        case "'":
            return _flow(_SINGLE, text, start + 1, stop - 1)
        case '"':
            return _flow(_DOUBLE, text, start + 1, stop - 1)
        case "|" | ">":
            return _block(text, start, stop, style)
    return _flow(_PLAIN, text, start, stop)


def _flow(pattern: re.Pattern[str], text: str, start: int, stop: int) -> Written:
    for found in pattern.finditer(text, start, stop):
        groups = found.groupdict()
        if groups.get("fold"):
            breaks = found[0].count("\n")
            yield from ((character, found.start()) for character in (" " if breaks == 1 else "\n" * (breaks - 1)))
        elif groups.get("escape"):
            yield from ((character, found.start()) for character in _meant(found[0]))
        else:
            yield found[0], found.start()


def _meant(escape: str) -> str:
    if escape == "''":
        return "'"
    return "" if escape[1] == "\n" else str(yaml.safe_load(f'"{escape}"'))


def _block(text: str, start: int, stop: int, style: str) -> Written:
    """Yield the characters of `|` and `>`: their lines without what stands in front of all of them."""
    header, _, _ = text[start:stop].partition("\n")
    at = start + len(header) + 1
    lines = text[at:stop].split("\n")
    width = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    rows: list[list[tuple[str, int]]] = []
    for line in lines:
        rows.append([(character, at + width + k) for k, character in enumerate(line[width:])])
        at += len(line) + 1
    while rows and not rows[-1]:
        rows.pop()
    for number, row in enumerate(rows):
        yield from row
        last = number == len(rows) - 1
        if not last or "-" not in header:
            yield "\n" if last or style == "|" else " ", (row[-1][1] if row else at) + 1


def _place(text: str, offset: int) -> Place:
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def misread_commands(text: str, root: yaml.Node | None) -> Iterator[tuple[Place, str]]:
    r"""Yield commands of LaTeX in double quotes, where YAML reads `\n` as an end of line, with their places."""
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            yield from misread_commands(text, key)
            yield from misread_commands(text, value)
    elif isinstance(root, yaml.SequenceNode):
        for value in root.value:
            yield from misread_commands(text, value)
    elif isinstance(root, yaml.ScalarNode) and root.style == '"':
        found = _COMMAND.search(text, root.start_mark.index, root.end_mark.index)
        if found:
            yield _place(text, found.start("name") - 1), f"\\{found['name']}"
