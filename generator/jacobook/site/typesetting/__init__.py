"""Formulas typeset when the site is built: MathJax runs in Node; pages hold the finished HTML and MathML beside it.

A browser that has to typeset a page itself shows its first formula after seconds on a slow machine; finished formulas
are there with the page, without JavaScript too, and nothing moves when they appear.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from jacobook.files import write_file
from jacobook.site.typesetting.deferred import out_of_sight
from jacobook.site.typesetting.font_subsets import characters_of, with_subsets

HERE = Path(__file__).resolve().parent
FONTS = "../fonts/"
"""The folder of the fonts, as seen from the style sheet of formulas."""
PER_PROCESS = 250
"""Node takes a quarter of a second to start, and a few milliseconds for a formula."""

Formula = tuple[str, bool]
"""TeX, and whether it stands on a line of its own."""

_PLACE = re.compile(r'(<(span|div) class="arithmatex"[^>]*>)\\([(\[])(.*?)\\[)\]](</\2>)', re.DOTALL)
_CHARACTER = re.compile(r"mjx-c[0-9A-F]+")
_FAMILY = re.compile(r"NCM-[A-Za-z0-9-]+|MJX-BRK")


class NoTypesetter(Exception):
    """Node or MathJax is not installed; the message says which. A browser can still typeset the pages."""


class FormulaError(Exception):
    """A formula that MathJax does not understand; the message holds it."""


class Typesetter:
    """MathJax with a memory: what it typeset before is kept in a file, by the version that did it."""

    def __init__(self, node_modules: Path, memory: Path) -> None:
        self.node_modules, self.memory = node_modules, memory
        self.version = self._version()
        self.markup: dict[str, str] = {}
        self.rules: dict[str, None] = {}
        try:
            kept = json.loads(memory.read_text(encoding="utf-8"))
            if kept["version"] == self.version:
                self.markup, self.rules = dict(kept["markup"]), dict.fromkeys(kept["rules"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # made anew

    def prepare(self, pages: Iterable[str]) -> None:
        """Typeset all formulas of the pages (as HTML), so that `typeset_page` finds them; forget all others.

        Raises NoTypesetter where MathJax cannot run, FormulaError for a formula that it does not understand.
        """
        wanted = dict.fromkeys(formula for page in pages for formula in formulas_of(page))
        missing = [formula for formula in wanted if _key(formula) not in self.markup]
        if missing:
            self._run(missing)
        used = {_key(formula) for formula in wanted}
        if missing or used != self.markup.keys():
            self.markup = {key: self.markup[key] for key in sorted(used)}
            kept = {"version": self.version, "markup": self.markup, "rules": list(self.rules)}
            with suppress(OSError):  # a read-only checkout is built into another folder
                write_file(self.memory, json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode())

    def typeset_page(self, page: str) -> str:
        """Return the HTML with every formula in it typeset; those that are out of sight at first are in `noscript`."""
        parts = out_of_sight(page)
        starts = [start for start, _ in parts]

        def typeset(found: re.Match[str]) -> str:
            markup = self.markup[_key(_formula(found))]
            part = bisect_right(starts, found.start()) - 1
            waits = part >= 0 and found.start() < parts[part][1]
            return found[1] + (f"<noscript>{markup}</noscript>" if waits else markup) + found[5]

        return _PLACE.sub(typeset, page)

    def style_sheets(self) -> tuple[str, str, dict[str, bytes]]:
        """Return the font faces and the other CSS that the prepared formulas need, and the fonts by their file names.

        They depend on nothing that was typeset before. Faces need a sheet of their own: a browser makes all faces of a
        sheet anew when one of its media rules begins to hold, and a page on paper would be drawn without them.
        """
        text = "".join(self.markup.values())
        faces, rules = style_sheets(self.rules, set(_CHARACTER.findall(text)), set(_FAMILY.findall(text)))
        whole = self._packages()[1].parent / "chtml" / "woff2"
        faces, fonts = with_subsets(faces, whole, characters_of(text), FONTS)
        return faces, rules, fonts

    def _version(self) -> str:
        found = hashlib.sha256()
        for path in (*sorted(HERE.glob("*.cjs")), *self._packages()):
            found.update(path.read_bytes() if path.is_file() else b"")
        return found.hexdigest()

    def _packages(self) -> tuple[Path, Path]:
        names = ("mathjax", "@mathjax/mathjax-newcm-font")
        first, second = (self.node_modules / name / "package.json" for name in names)
        return first, second

    def _run(self, formulas: list[Formula]) -> None:
        node = shutil.which("node")
        if node is None:
            raise NoTypesetter("Node is not installed")
        for package in self._packages():
            if not package.is_file():
                raise NoTypesetter(f"{package.parent} is missing")
        count = min(os.cpu_count() or 1, 1 + len(formulas) // PER_PROCESS)
        parts = [formulas[start::count] for start in range(count)]
        command = [node, str(HERE / "typeset.cjs"), str(self.node_modules.resolve())]
        with ThreadPoolExecutor(count) as pool:
            runs = list(pool.map(lambda part: _output(command, part), parts))
        for part, made in zip(parts, runs, strict=True):
            self.markup |= {_key(formula): markup for formula, markup in zip(part, made["markup"], strict=True)}
            self.rules |= dict.fromkeys(made["rules"])


def _output(command: list[str], formulas: list[Formula]) -> Any:
    run = subprocess.run(
        command, input=json.dumps(formulas), capture_output=True, text=True, encoding="utf-8", check=False
    )
    if run.returncode:
        raise FormulaError(run.stderr.strip())
    return json.loads(run.stdout)


def formulas_of(page: str) -> list[Formula]:
    """Return the formulas of a page (as HTML), in their order."""
    return [_formula(found) for found in _PLACE.finditer(page)]


def style_sheets(rules: Mapping[str, None], characters: set[str], families: set[str]) -> tuple[str, str]:
    """Return the font faces and the rules that these need, in an order that depends on nothing else."""
    fonts: list[str] = []
    common: list[str] = []
    own: list[str] = []
    for rule in rules:
        selector = rule.partition("{")[0]
        named = set(_CHARACTER.findall(selector))
        faces = set(_FAMILY.findall(rule)) - {"NCM-ZERO", "MJX-BRK", "NCM-N"}
        if named <= characters and faces <= families:
            (fonts if selector.startswith("@font-face") else own if named else common).append(rule)
    return _waiting("\n".join(fonts)) + "\n", "\n".join((*common, *sorted(own))) + "\n"


def _waiting(faces: str) -> str:
    """Return font faces whose characters are shown when the font is there, not in another one before."""
    return re.sub(r"(@font-face \{)", r"\1 font-display: block;", faces)


def _formula(found: re.Match[str]) -> Formula:
    return html.unescape(found[4]).strip(), found[3] == "["


def _key(formula: Formula) -> str:
    tex, display = formula
    return f"{'[' if display else '('}{tex}"
