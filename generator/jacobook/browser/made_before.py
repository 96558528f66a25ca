"""What Python makes from text while modules are imported, made when a site is built: most of what an import costs.

The methods of a dataclass are compiled from text that `dataclasses` writes, and a regular expression from its pattern.
Both depend on the text alone, and on the Python that compiles it: the one in the browser. This module imports nothing
of the engine, so that it can be there before it.
"""

from __future__ import annotations

import dataclasses
import marshal
import re
from collections.abc import Callable
from types import CodeType, SimpleNamespace
from typing import Any

RECORD = "made_before.record"
"""The file beside this one in which a browser finds it."""
METHODS: dict[str, CodeType] = {}
"""The code of texts that `dataclasses` executes."""
PATTERNS: dict[tuple[str | bytes, int], tuple[Any, ...]] = {}
"""By pattern and flags: what a regular expression is made of."""

_compiler: Any = re._compiler  # type: ignore[attr-defined]
_make = _compiler._sre.compile
_compiled_from_text = _compiler.compile
_dataclasses: Any = dataclasses


def _execute(text: str, names: dict[str, Any], found: dict[str, Any]) -> None:
    exec(METHODS.get(text) or _compiled(text), names, found)


def _compiled(text: str) -> CodeType:
    return compile(text, "<string>", "exec", dont_inherit=True)


def _expression(pattern: Any, flags: int = 0) -> Any:
    made = PATTERNS.get((pattern, flags)) if isinstance(pattern, str | bytes) else None
    return _compiled_from_text(pattern, flags) if made is None else _make(*made)


def take(data: bytes) -> None:
    """Use what `recorded` returned, from now on."""
    methods, patterns = marshal.loads(data)
    METHODS.update(methods)
    PATTERNS.update(patterns)
    _dataclasses.exec = _execute
    _compiler.compile = _expression


def record() -> None:
    """Keep what is made from now on."""
    _dataclasses.exec = _execute_and_keep
    _compiler.compile = _expression_to_keep


def recorded(shortened: Callable[[CodeType], CodeType]) -> bytes:
    """Return what was kept since `record`, with the code shortened; nothing is kept any more."""
    _dataclasses.exec = exec
    _compiler.compile = _compiled_from_text
    methods = {text: shortened(code) for text, code in sorted(METHODS.items())}
    return marshal.dumps((methods, dict(sorted(PATTERNS.items(), key=repr))))


def _execute_and_keep(text: str, names: dict[str, Any], found: dict[str, Any]) -> None:
    METHODS[text] = _compiled(text)
    exec(METHODS[text], names, found)


def _expression_to_keep(pattern: Any, flags: int = 0) -> Any:
    kept: list[tuple[Any, ...]] = []

    def make(pattern: Any, flags: int, code: list[int], groups: int, names: Any, indices: Any) -> Any:
        # The numbers of the code have names while it is made.
        kept.append((pattern, int(flags), [int(one) for one in code], groups, dict(names), indices))
        return _make(*kept[0])

    former, _compiler._sre = _compiler._sre, SimpleNamespace(**vars(_compiler._sre) | {"compile": make})
    try:
        return _compiled_from_text(pattern, flags)
    finally:
        _compiler._sre = former
        if isinstance(pattern, str | bytes) and kept:
            PATTERNS[pattern, int(flags)] = kept[0]  # `re` has an int of its own for no flags
