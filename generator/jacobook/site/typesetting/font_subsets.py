"""Fonts with the characters that the formulas of a site use, and no others: a quarter of what is loaded otherwise."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools import subset

SMALL = 2_000
"""Fonts of fewer bytes stay whole: MathJax has two that only set heights and line breaks."""

_TAGS = re.compile(r"<[^>]*>")
_FONT = re.compile(r'url\("[^"]*/([^"/]+)\.woff2"\)')


def characters_of(markup: str) -> frozenset[int]:
    """Return the code points of all text in some HTML, whichever font shows them."""
    return frozenset(map(ord, _TAGS.sub("", markup)))


def with_subsets(faces: str, fonts: Path, characters: frozenset[int], folder: str) -> tuple[str, dict[str, bytes]]:
    """Return font faces that name files in `folder`, and these files by their names.

    A name goes on with a hash of what is in the file, so that it may be kept for ever.
    """
    files: dict[str, bytes] = {}

    def put(found: re.Match[str]) -> str:
        content = _subset(fonts / f"{found[1]}.woff2", characters)
        name = f"{found[1]}.{hashlib.sha256(content).hexdigest()[:8]}.woff2"
        files[name] = content
        return f'url("{folder}{name}")'

    return _FONT.sub(put, faces), files


@lru_cache(maxsize=64)
def _subset(font: Path, characters: frozenset[int]) -> bytes:
    whole = font.read_bytes()
    if len(whole) < SMALL:
        return whole
    # MathJax places every character itself, by its own tables: nothing in the font has to.
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, notdef_outline=True)
    options.drop_tables += ["ltag"]
    opened = subset.load_font(BytesIO(whole), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(characters))
    subsetter.subset(opened)
    smaller = BytesIO()
    subset.save_font(opened, smaller, options)
    return smaller.getvalue()
