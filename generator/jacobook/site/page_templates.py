"""The templates of pages: for a site that is built, and for a derivation that is made in the browser."""

from __future__ import annotations

import pkgutil
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined


def templates_with(**names: Any) -> Environment:
    """Return the templates, in which each of `names` stands for its value; a name that the data lack is an error.

    Values are Markdown, escaped where they are made. `derivation` names the template that shows lines of derivations.
    """
    templates = Environment(
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, not HTML: jacobook.site.pages.markup escapes
    )
    templates.globals |= names
    return templates


def _source(name: str) -> tuple[str, str, None] | None:
    """Return a template and what a traceback calls it; it is read as modules are, which works in archives, too."""
    try:
        found = pkgutil.get_data("jacobook.site", f"templates/{name}")
    except FileNotFoundError:
        return None
    return None if found is None else (found.decode(), name, None)
