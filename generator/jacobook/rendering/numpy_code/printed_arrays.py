"""Arrays as NumPy prints them, once their numbers are texts of one width."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod


def array_text(shape: Sequence[int], texts: Sequence[str], line_width: int) -> str:
    """Return what `print` shows of an array: rows in brackets, broken where a line would be longer than this."""
    return _block(list(shape), list(texts), " ", line_width)


def _block(shape: list[int], texts: list[str], indent: str, room: int) -> str:
    """Return a part of an array; below its first line everything is indented, and `room` is left for its brackets."""
    if len(shape) == 1:
        return f"[{_row(texts, indent, room - 1)}]"
    step = prod(shape[1:])
    pieces = [texts[start : start + step] for start in range(0, len(texts), step)]
    between = "\n" * (len(shape) - 1) + indent
    return f"[{between.join(_block(shape[1:], piece, f'{indent} ', room - 1) for piece in pieces)}]"


def _row(texts: list[str], indent: str, room: int) -> str:
    """Return numbers with spaces between them, in as many lines as they need; one number fits in every line."""
    lines = [indent]
    for place, text in enumerate(texts):
        if len(lines[-1]) + len(text) > room and len(lines[-1]) > len(indent):
            lines[-1] = lines[-1].rstrip()
            lines.append(indent)
        lines[-1] += text if place == len(texts) - 1 else f"{text} "
    return "\n".join(lines)[len(indent) :]
