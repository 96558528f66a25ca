"""What a command says to its caller: the exit status, streams that take every character, JSON that fits them."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

DONE, NO, BAD_INPUT, REFUSED, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 130, 143
"""Exit status: done; the answer is no (verification, stale pages); bad input; refused; Ctrl-C; ended by SIGTERM."""


def tolerate_every_character() -> None:
    """Let standard output and standard error write an escape for a character that their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def json_line(data: dict[str, Any], encoding: str | None = "utf-8") -> str:
    """Return the data as one line of JSON; characters that the encoding lacks are escaped as JSON does it."""
    line = json.dumps(data, ensure_ascii=False)
    try:
        line.encode(encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(data)
    return line


def output_encoding() -> str:
    """Return the encoding of standard output."""
    return sys.stdout.encoding or "ascii"
