r"""Names in LaTeX: `\boldsymbol{\mu}_{1}`, `\hat{y}`, `W^{(2)}`, `\mathrm{lam}`, and the spelling in the language.

Fonts say nothing about a name: x, \mathbf{x} and \boldsymbol{x} are one.
"""

from __future__ import annotations

from collections.abc import Container, Iterable


def spellings(base: str, marks: Iterable[str]) -> tuple[str, ...]:
    """Return how a letter with marks (subscripts, accents) may be spelled in the language: x1, x_1."""
    parts = [part for part in marks if part]
    joined = "".join(parts)
    found = (base + joined, "_".join([base, *parts]), f"{base}_{joined}") if parts else (base,)
    return tuple(dict.fromkeys(found))


def declared_spelling(base: str, marks: Iterable[str], known: Container[str]) -> str | None:
    """Return the known name that the letter with these marks is, or None."""
    return next((spelling for spelling in spellings(base, marks) if spelling in known), None)
