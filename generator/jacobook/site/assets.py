"""MathJax from `node_modules/`, copied into `docs/` so that the site serves its formulas itself.

`python -m jacobook.site.assets` copies, in the folder that holds both; so does `make assets`, after `npm ci`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from jacobook.files import write_file

# Components that static/assets/javascripts/formulas.js loads, and what they load on demand.
COMPONENTS = (
    "LICENSE",
    "startup.js",
    "core.js",
    "input/tex.js",
    "output/chtml.js",
    "a11y/assistive-mml.js",
    "ui/lazy.js",
    "input/tex/extensions/bbox.js",
    "input/tex/extensions/boldsymbol.js",
    "input/tex/extensions/cancel.js",
    "input/tex/extensions/color.js",
    "input/tex/extensions/enclose.js",
    "input/tex/extensions/html.js",
    "input/tex/extensions/mathtools.js",
    "input/tex/extensions/unicode.js",
)

# Alphabets that no formula is written in.
UNUSED_ALPHABETS = re.compile(r"^(arabic|braille|cherokee|cyrillic|devanagari|hebrew|phonetics)")


class AssetError(Exception):
    """The assets cannot be copied; the message says what to do."""


def copy_mathjax(node_modules: Path, docs: Path) -> list[Path]:
    """The files written: MathJax and its font below `docs/assets/mathjax/`.

    A file is written only if its bytes change, and files of an earlier version are removed.
    Raises AssetError if MathJax is not installed in `node_modules`.
    """
    mathjax = node_modules / "mathjax"
    font = node_modules / "@mathjax" / "mathjax-newcm-font"
    for package in (mathjax, font):
        if not (package / "package.json").is_file():
            raise AssetError(f"{package} is missing. Run `make assets` (or `npm ci`) first.")

    target = docs / "assets" / "mathjax"
    copies = {target / name: mathjax / name for name in COMPONENTS}
    copies |= {target / "fonts" / font.name / source.relative_to(font): source for source in _font_files(font)}
    written = [copy for copy, source in sorted(copies.items()) if write_file(copy, source.read_bytes())]
    for old in sorted(target.rglob("*")):
        if old.is_file() and old not in copies:
            old.unlink()
    return written


def _font_files(font: Path) -> list[Path]:
    """The font's metrics, the parts it loads on demand, and the woff2 files that these name."""
    scripts = [font / "chtml.js"]
    scripts += [
        script
        for script in sorted((font / "chtml" / "dynamic").glob("*.js"))
        if not UNUSED_ALPHABETS.match(script.name)
    ]
    names: set[str] = set()
    unused: set[str] = set()
    for script in sorted((font / "chtml" / "dynamic").glob("*.js")):
        found = {name.lower() for name in re.findall(r"NCM-([A-Z0-9-]+)", script.read_text("utf-8"))}
        if script in scripts:
            names |= found
        else:
            unused |= found
    woff2 = [
        file
        for file in sorted((font / "chtml" / "woff2").glob("*.woff2"))
        if (code := file.stem.removeprefix("mjx-ncm-")) in names or code not in unused
    ]
    return scripts + woff2


def main() -> int:
    """Exit status 0, or 2 where MathJax is not installed, or cannot be copied."""
    try:
        copy_mathjax(Path("node_modules"), Path("docs"))
    except AssetError as error:
        print(f"Jacobook: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Jacobook: {error.filename or 'docs'}: cannot be written ({error.strerror})", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
