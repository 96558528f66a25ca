"""The templates of pages: for a site that is built, and for a derivation that is made in the browser."""

from __future__ import annotations

import pkgutil
from typing import Any

from jinja2 import BytecodeCache, Environment, FunctionLoader, StrictUndefined
from jinja2.bccache import Bucket

COMPILED = ".compiled"
"""What a browser loads has every template compiled beside it, in a file whose name ends with this."""


def templates_with(**names: Any) -> Environment:
    """Return the templates, in which each of `names` stands for its value; a name that the data lack is an error.

    Values are Markdown, escaped where they are made. `derivation` names the template that shows lines of derivations.
    """
    templates = Environment(
        loader=FunctionLoader(_source),
        bytecode_cache=_Compiled(),
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
    found = _file(name)
    return None if found is None else (found.decode(), name, None)


def _file(name: str) -> bytes | None:
    try:
        return pkgutil.get_data("jacobook.site", f"templates/{name}")
    except OSError:
        return None


class _Compiled(BytecodeCache):
    """Finds what was compiled when a browser's engine was packed; keeps nothing itself."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        found = _file(f"{bucket.key}{COMPILED}")
        if found is not None:
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        pass


def compiled(name: str) -> bytes:
    """Return a template as it is compiled by the Python that runs, for a file of its name and COMPILED."""
    templates = templates_with(derivation="")
    assert templates.loader is not None
    source, filename, _ = templates.loader.get_source(templates, name)
    bucket = Bucket(templates, name, _Compiled().get_source_checksum(source))
    bucket.code = templates.compile(source, name, filename)
    return bucket.bytecode_to_string()
