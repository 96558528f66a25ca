"""Names of variables as mathematics: the letter, what stands below it; Greek letters and ℓ."""

from __future__ import annotations

import re

_LETTERS = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Upsilon": "Υ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
    "ell": "ℓ",
}
_WORDS = r"(?:beta|gamma)\s+(?:function|distribution|density)"
"""Greek names that are written out, since they are no variables."""
_SPELLED = re.compile(rf"(?<![\w-])(?!{_WORDS})(?:{'|'.join(_LETTERS)})(?![\w-])")
_DERIVATIVE = re.compile(r"(.+?)([′″‴]|⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾)")
_PRIMES = {"′": "'", "″": "''", "‴": "'''"}
_FROM_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾", "0123456789()")
_SPLIT = re.compile(r"([A-Za-z]+)(?:_?([A-Za-z0-9]+(?:_[A-Za-z0-9]+)*))?")


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the letters of a name and its subscripts: `W1` is ("W", ("1",)), `x_new` ("x", ("new",))."""
    found = _SPLIT.fullmatch(name)
    if not found:
        return name, ()
    base, rest = found.groups()
    return base, tuple(rest.split("_")) if rest else ()


def unicode_letter(base: str) -> str:
    """Return the letter of a spelled-out name, and any other name as it is."""
    return _LETTERS.get(base, base)


def with_letters(sentence: str) -> str:
    """Return a sentence in which whole words that name a letter are that letter: `sigma lifts it` is σ lifts it."""
    return _SPELLED.sub(lambda found: _LETTERS[found[0]], sentence)


def is_one_letter(base: str) -> bool:
    """Return whether the base of a name is set as one letter, Latin, Greek or ℓ."""
    return len(base) == 1 or base in _LETTERS


def _plain(text: str) -> str:
    return text.replace("_", r"\_")


def latex_subscript(part: str) -> str:
    """Return a subscript as LaTeX: numbers and single letters as they are, named letters, words upright."""
    if part in _LETTERS:
        return "\\" + part
    return part if part.isdigit() or len(part) == 1 else rf"\mathrm{{{_plain(part)}}}"


def latex_name(name: str, bold: bool = False, below: tuple[str, ...] = ()) -> str:
    """Return a name as LaTeX, bold for an array; `below` holds further subscripts, set as they are."""
    if derivative := _DERIVATIVE.fullmatch(name):  # of a Taylor polynomial: f′, f⁽⁴⁾
        mark = _PRIMES.get(derivative[2]) or f"^{{{derivative[2].translate(_FROM_SUPERSCRIPTS)}}}"
        return latex_name(derivative[1], bold, below) + mark
    base, parts = split_name(name)
    if base in _LETTERS:
        letter = rf"\boldsymbol{{\{base}}}" if bold else f"\\{base}"
    elif len(base) == 1:
        letter = rf"\boldsymbol{{{base}}}" if bold else base
    else:
        letter = (r"\mathbf{%s}" if bold else r"\mathrm{%s}") % _plain(base)
    subscripts = [latex_subscript(part) for part in parts] + list(below)
    return f"{letter}_{{{','.join(subscripts)}}}" if subscripts else letter
