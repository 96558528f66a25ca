r"""The commands of LaTeX that formulas are written with, by what they are for."""

from __future__ import annotations

from jacobook.language.composed_functions import COMPOSED
from jacobook.language.function_table import CALLABLE, OF_SEVERAL_READINGS, PARTIAL, SYNONYMS
from jacobook.language.names import GREEK_LETTERS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SPACES = frozenset((",", ";", ":", "!", " ", "\n")) | _words("quad qquad thinspace enspace hspace space")
"""Commands that set nothing but space."""
SIZES = _words(
    """left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle
    scriptstyle limits nolimits nonumber"""
)
"""Commands that say how large something is set, and nothing else."""
FONTS = _words(
    """mathbf boldsymbol bm mathrm mathit mathsf mathtt mathcal mathfrak pmb symbf symbfit text textbf textrm textit
    operatorname mathop vec underline"""
)
"""Commands that only set a letter in a font, or under an arrow."""
SWITCHES = {"bf": "mathbf", "rm": "mathrm", "it": "mathit", "sf": "mathsf", "tt": "mathtt", "cal": "mathcal"}
"""Commands that set all that follows in a font, and those that do so with what stands in braces: `{\\bf x}`."""
FONTS_OF_WORDS = _words("mathrm mathtt text textrm textit operatorname mathop")
"""In these a word is one name; in others, letters that are declared one by one are a product: `\\mathbf{Ax}`."""
ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde"} | {
    "dot": "dot",
    "ddot": "ddot",
}
"""Accents, and what is said behind the letter: \\hat{y} is `yhat` or `y_hat`."""
VARIANTS = {f"var{letter}": letter for letter in ("epsilon", "theta", "phi", "rho", "sigma", "pi", "kappa")}
COMMANDS = {
    letter: letter for letter in (*GREEK_LETTERS, *(letter.capitalize() for letter in GREEK_LETTERS), "ell")
} | VARIANTS
"""Commands that set a letter, and its name in the language."""


FUNCTIONS = frozenset(
    (
        *(name for name in CALLABLE if name != PARTIAL),
        *(name for name, own in SYNONYMS.items() if own in CALLABLE and name not in COMMANDS),
        *COMPOSED,
        *OF_SEVERAL_READINGS,
        "norm",
    )
)
"""Commands and upright words that are functions; `other_spellings` puts those of other notations in our own words."""
LETTERS_CALLED = {"sigma": "sigmoid", "Gamma": "gammafn", "psi": "digamma"}
"""Letters that are functions where parentheses follow and no variable has the name."""
REACHING = frozenset(("tr", "det", "sum", "vec", "diag", "adj", "inv"))
"""Functions of arrays, whose argument without parentheses is a whole product: tr AB."""
ENTRYWISE = {"odot": ".*", "circ": ".*", "oslash": "./"}
PRODUCTS = {"cdot": "*", "times": "*"}
TRANSPOSES = frozenset(("top", "intercal", "transpose", "prime"))
OPENING_BARS = {"lVert": "rVert", "lvert": "rvert", "Vert": "Vert", "|": "|", "vert": "vert"}
MATRICES = frozenset(("matrix", "pmatrix", "bmatrix", "smallmatrix", "array"))
FRACTIONS = _words("frac dfrac tfrac")
_DERIVATIVE = (
    "derivatives are not read within a formula: write the function, with the variable named beside it, or all of the "
    "answer"
)
NOT_READ = {
    "partial": _DERIVATIVE,
    "nabla": _DERIVATIVE,
    "int": "integrals are not read",
    "mathbb": "a space belongs to a declaration, where an expression was expected",
    "in": "this is a declaration, where an expression was expected",
    "to": "limits are not read",
    "lim": "limits are not read",
    "dots": "what the dots stand for is not known: write all of it, or a sum",
    "cdots": "what the dots stand for is not known: write all of it, or a sum",
    "ldots": "what the dots stand for is not known: write all of it, or a sum",
    "dagger": "the pseudoinverse is written `^+`, and the transpose `^\\top`",
    "infty": "there is no infinity here",
}
"""Commands that mean something that cannot be asked here, and what is said about them."""
READ = frozenset(
    (
        *SIZES,
        *FONTS,
        *SWITCHES,
        *ACCENTS,
        *COMMANDS,
        *FUNCTIONS,
        *ENTRYWISE,
        *PRODUCTS,
        *TRANSPOSES,
        *OPENING_BARS,
        *FRACTIONS,
        *NOT_READ,
    )
) | _words("sqrt sum otimes ast begin langle rangle quad qquad boxed")
"""The commands by which a text is known to be LaTeX."""
