"""A page until it is written: front matter as data, and Markdown; text is made of both once, last."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page: `head` has plain text (title, description, tags) and plain data, `body` is Markdown."""

    head: Mapping[str, Any]
    body: str

    @property
    def is_former(self) -> bool:
        """Whether this is a former address, which leads on to the page's new one."""
        return "redirect" in self.head

    @property
    def is_searched(self) -> bool:
        """Whether readers may find it: a page that only a builder fills says nothing of its own."""
        return not self.head.get("search", {}).get("exclude", False)

    def markdown(self) -> bytes:
        """Return the file: one line of front matter for each field, in JSON, which is YAML too."""
        lines = (f"{key}: {_json(value if key in DATA else _escaped(value))}\n" for key, value in self.head.items())
        return f"---\n{''.join(lines)}---\n\n{self.body.strip()}\n".encode()


DATA = ("structured",)
"""Fields that a script reads; all others are printed by themes, which do not escape them."""


def _escaped(value: Any) -> Any:
    match value:
        case str():
            return html.escape(" ".join(value.split()), quote=True)
        case list():
            return [_escaped(one) for one in value]
    return value


def _json(value: Any) -> str:
    """Return a value without a bracket that opens a tag: a builder may print the front matter as it is."""
    return json.dumps(value, ensure_ascii=False).replace("<", r"\u003c")
