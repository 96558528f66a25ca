"""What stands before a formula where programs define a function: `return …`, `lambda x: …`, `@(x) …`, `x -> …`."""

from __future__ import annotations

import re

_ARGUMENTS = r"[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*"
_HEAD = re.compile(
    rf"""(?:\A|(?<=[^<>=!:]=))\s*(?:
        (?:def\s+\w+\s*\(\s*(?:{_ARGUMENTS})?\s*\)\s*:\s*)?return(?=[\s(\[-])   # def f(x): return …
        | lambda\s+{_ARGUMENTS}\s*:                                             # lambda x: …
        | @\s*\(\s*{_ARGUMENTS}\s*\)                                            # MATLAB: @(x) …
        | (?:{_ARGUMENTS}|\(\s*{_ARGUMENTS}\s*\))\s*->                          # Julia: x -> …
    )""",
    re.VERBOSE,
)


def without_head(text: str) -> str:
    """Return the text with blanks in place of such words, so that every place in it stays what it was."""
    return _HEAD.sub(lambda found: " " * len(found[0]), text, count=1)
