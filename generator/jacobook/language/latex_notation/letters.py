r"""Names in LaTeX: `\boldsymbol{\mu}_{1}`, `\hat{y}`, `W^{(2)}`, `\mathrm{lam}`, and the spelling in the language.

Fonts say nothing about a name: x, \mathbf{x} and \boldsymbol{x} are one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from jacobook.language.names import _LETTERS as GREEK

FONTS = frozenset(
    [
        "mathbf",
        "boldsymbol",
        "bm",
        "mathrm",
        "mathit",
        "mathsf",
        "mathtt",
        "mathcal",
        "mathfrak",
        "pmb",
        "symbf",
        "symbfit",
        "text",
        "textbf",
        "textrm",
        "textit",
        "operatorname",
        "mathop",
        "vec",
        "underline",
    ]
)
"""Commands that only set a letter in a font, or under an arrow."""
ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde"}
"""Accents, and what is said behind the letter: \\hat{y} is `yhat` or `y_hat`."""
VARIANTS = {f"var{letter}": letter for letter in ("epsilon", "theta", "phi", "rho", "sigma", "pi", "kappa")}
COMMANDS = {letter: letter for letter in (*GREEK, *(letter.capitalize() for letter in GREEK), "ell")} | VARIANTS
"""Commands that set a letter, and its name in the language."""


def spellings(base: str, marks: Iterable[str]) -> tuple[str, ...]:
    """Return how a letter with marks (subscripts, accents) may be spelled in the language: x1, x_1."""
    parts = [part for part in marks if part]
    joined = "".join(parts)
    found = (base + joined, "_".join([base, *parts]), f"{base}_{joined}") if parts else (base,)
    return tuple(dict.fromkeys(found))


def declared_spelling(base: str, marks: Iterable[str], known: Collection[str]) -> str | None:
    """Return the known name that the letter with these marks is, or None."""
    return next((spelling for spelling in spellings(base, marks) if spelling in known), None)
