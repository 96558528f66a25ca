"""What a letter is likely to be where nothing declares it: conventions of books, and where a name stands.

Everything here is a matter of likelihood, not of meaning: a likelihood only decides in which order readings are tried.
It is counted in points of surprise, so that 0 is what a reader expects.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise

from jacobook.algebra.shapes import Kind
from jacobook.language import syntax
from jacobook.language.chain_lines import pieces_of
from jacobook.language.latex_notation.tokens import Token, TokenKind, tokens
from jacobook.language.names import GREEK_LETTERS
from jacobook.language.syntax import Syntax

Surprise = Mapping[Kind, int]
"""How surprising each kind of a name would be."""

SCALAR_STYLE_AMONG_ARRAYS = 6
VECTOR_STYLE_AMONG_NUMBERS = 2


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OF_ARRAYS = _words(
    """sum norm norm1 norm2 mean var std softmax logsumexp diag dot outer inner vector matrix ones zeros eye tr det
    logdet inv adj vec unvec kron khatrirao solve rowsums colsums rowmeans colmeans triu
    tril cumsum prod expm sqrtm logm pinv chol eigmax eigmin eigvals normnuc spectralnorm norminf polar"""
)
"""Functions that nobody needs who calculates with numbers alone."""
_FUNCTION_LETTERS = _words("f g h k p q r u v F G H phi psi kappa rho")
_LATEX_FUNCTIONS = ("f", "g", "h", "p", "F", "G", "phi", "psi")
"""Of these, those that a formula in LaTeX, where a product is not written, does not mean as factors."""
_SCALAR_LETTERS = _words("i j k n t c")
_SCALAR_WORDS = _words("lam lmbda lamb eps eta gam sig tau rho reg lr")
_SCALARS_BESIDE = _SCALAR_LETTERS | _SCALAR_WORDS | frozenset(GREEK_LETTERS)
_CAPITAL_NUMBERS = _words("C D E K L M N T Delta")
"""Capitals that also stand for numbers: constants, losses, sizes. No other capital is ever taken for one."""
_ENTRIES = _words("u v w x y z")
"""Letters that are unknowns everywhere: numbers among numbers, vectors among vectors."""

_BOLD = re.compile(r"\\(?:mathbf|boldsymbol|bm|pmb|symbf|symbfit|textbf|vec)\s*\{?\s*\\?([A-Za-z]+)")

_PARAMETERS = ("w", "theta", "W", "Theta", "beta")
_UNKNOWNS = ("x", *_PARAMETERS, "X", "z", "Z", "u", "U", "v", "V", "Y", "y", "mu", "Sigma", "s", "S", "t")
_TARGETS = ("y", "Y")
_CONSTANTS = ("a", "A", "b", "B", "c", "C", "lambda", "lam", "I")


def letter_of(name: str) -> str:
    """Return the letter or word of a name without what stands below it or above it: W of W1 and W_out, y of yhat."""
    base = re.split(r"_|[0-9]", name)[0] or name
    return re.sub(r"(?<=.)(?:hat|bar|tilde)$", "", base)


def may_be_function(name: str) -> bool:
    """Return whether a name before parentheses is one that books give to a function."""
    return letter_of(name) in _FUNCTION_LETTERS


def is_parameter(name: str) -> bool:
    """Return whether a matrix of this name is rather the map than what it is applied to."""
    return letter_of(name) in ("W", "A", "U", "Theta")


def glued_product(name: str) -> str | None:
    """Return `A*x` for `Ax`, `A*X*B` for `AXB` and `x'*A*x` for `xTAx`; None for Wq, Sb, dx, which are names."""
    if not (re.fullmatch(r"[ABMW]x|X(w|b|beta)|[ABCDWXYZ]{2,5}", name) or re.fullmatch(_WITH_TRANSPOSES, name)):
        return None
    return "*".join(factor.replace("T", "'") for factor in re.findall(r"beta|[A-Za-z]T?", name))


_WITH_TRANSPOSES = r"[abuvwxyz]T([ABCDMSWXZ]?[abuvwxyz]|[ABCDMSWXZ])|[ABCDWXYZ]T[ABCDWXYZbwxy]|[ABCDWXYZ]{2}T"
"""Products in which a T behind a letter is a transpose: xTy, xTAx, XTX, ATb, AAT."""


def functions_in_latex(text: str) -> list[str]:
    r"""Return the letters of functions that stand before parentheses wherever they stand: `w^\top \phi(x)`."""
    found = tokens(text)
    after = [(one.text, _is_mark(following, "(")) for one, following in pairwise(found) if one.text in _LATEX_FUNCTIONS]
    return [letter for letter in _LATEX_FUNCTIONS if (letter, True) in after and (letter, False) not in after]


def _is_mark(token: Token, mark: str) -> bool:
    """Return whether a token of LaTeX is this mark."""
    return token.kind is TokenKind.MARK and token.text == mark


def is_about_arrays(trees: Iterable[Syntax]) -> bool:
    """Return whether anything in the expressions says that there are vectors or matrices in them."""
    pieces = [piece for tree in trees for piece in pieces_of(tree)]
    if any(says_arrays(piece) for piece in pieces):
        return True
    return not divides_by_capitals(pieces) and any(isinstance(one, syntax.Name) and _is_capital(one) for one in pieces)


def is_about_numbers(trees: Iterable[Syntax]) -> bool:
    """Return whether the capitals are numbers, as in R*T/(V - b): nothing else is an array, and one divides.

    So are they in G M m/r^2 and K/(1 + a e^(-b t)), and where they only scale functions of numbers, A sin(omega t).
    """
    pieces = [piece for tree in trees for piece in pieces_of(tree)]
    if any(map(says_arrays, pieces)):
        return False
    return divides_by_capitals(pieces) or any(map(_divides_by_square, pieces)) or _are_amplitudes(pieces)


def _divides_by_square(piece: Syntax) -> bool:
    """Return whether a product with a capital is divided by a power of a small letter, as laws of physics are."""
    if not isinstance(piece, syntax.Product):
        return False
    bases = (one.base if isinstance(one, syntax.Powered) else one for one in piece.operands)
    if not any(map(_is_capital_name, bases)):
        return False
    divisors = [one for sign, one in zip(piece.operators, piece.operands[1:], strict=True) if sign == "/"]
    powers = (inner for one in divisors for inner in (one, *one.children) if isinstance(inner, syntax.Powered))
    return any(isinstance(one.base, syntax.Name) and isinstance(one.exponent, syntax.Number) for one in powers)


_OF_NUMBERS = _words("exp sin cos tan log ln")


def _are_amplitudes(pieces: Iterable[Syntax]) -> bool:
    """Return whether every capital is a factor of functions of numbers, or is divided by a sum with a number in it."""
    pieces = list(pieces)
    capitals = {id(piece) for piece in pieces if _is_capital_name(piece)}
    for piece in pieces:
        if isinstance(piece, syntax.Product) and _scales(piece):
            capitals -= {id(one) for one in piece.operands}
    return not capitals and any(_is_capital_name(piece) for piece in pieces)


def _scales(product: syntax.Product) -> bool:
    """Return whether a product is of one capital, numbers and Greek letters with a function of numbers."""
    signs = ("*", *product.operators)
    rest = [(sign, one) for sign, one in zip(signs, product.operands, strict=True) if not _is_capital_name(one)]
    if len(rest) + 1 != len(product.operands):
        return False
    functions = [one for sign, one in rest if _is_of_numbers(one) or (sign == "/" and _is_sum_with_number(one))]
    others = [one for _, one in rest if one not in functions and not isinstance(one, syntax.Number)]
    letters = all(isinstance(one, syntax.Name) and letter_of(one.name) in _SCALARS_BESIDE for one in others)
    return bool(functions) and letters


def _is_of_numbers(tree: Syntax) -> bool:
    """Return whether a piece is a function such as exp(-t/tau), of letters that are no vectors elsewhere."""
    if any(isinstance(one, syntax.Name) and letter_of(one.name) in _ENTRIES for one in pieces_of(tree)):
        return False
    if isinstance(tree, syntax.Powered):
        return isinstance(tree.base, syntax.Name) and tree.base.name == "e"
    return isinstance(tree, syntax.Call) and tree.name in _OF_NUMBERS


def _is_sum_with_number(tree: Syntax) -> bool:
    return isinstance(tree, syntax.Sum) and any(isinstance(one, syntax.Number) for one in tree.operands)


def _is_capital_name(tree: Syntax) -> bool:
    return isinstance(tree, syntax.Name) and _is_capital(tree) and tree.name not in ("I", "T")


def divides_by_capitals(pieces: Iterable[Syntax]) -> bool:
    """Return whether a capital stands in a denominator as it is, or under a root there; books divide by no matrix.

    Other functions are taken of arrays entry by entry, 1/(1 + exp(-X)).
    """
    for piece in pieces:
        if isinstance(piece, syntax.Product):
            divisors = [one for sign, one in zip(piece.operators, piece.operands[1:], strict=True) if sign == "/"]
            if any(_is_capital(name) for one in divisors for name in plain_names(one)):
                return True
    return False


def plain_names(tree: Syntax) -> Iterator[syntax.Name]:
    """Yield the names in an expression that are arguments of no function but the root."""
    if isinstance(tree, syntax.Name):
        yield tree
    elif not isinstance(tree, syntax.Call) or tree.name == "sqrt":
        for child in tree.children:
            yield from plain_names(child)


def _is_capital(tree: syntax.Name) -> bool:
    return tree.name[0].isupper()


def says_arrays(piece: Syntax) -> bool:
    """Return whether a piece says that there are arrays."""
    match piece:
        case syntax.Name():
            return piece.name == "eye"
        case syntax.Call():
            return piece.name.lower() in _OF_ARRAYS or piece.name.startswith("‖")
        case syntax.Product():
            return any(operator in (".*", "./", "\\") for operator in piece.operators)
        case syntax.Powered():
            return piece.elementwise is True or (isinstance(piece.exponent, syntax.Name) and piece.exponent.name == "T")
        case syntax.Transposed() | syntax.Component():
            return True
    return False


def bold_letters(text: str) -> set[str]:
    r"""Return the letters that a formula in LaTeX sets in bold: vectors and matrices, `\boldsymbol{\mu}`."""
    return {found[1] for found in _BOLD.finditer(text)}


def surprise_of_kinds(
    name: str, numbers: bool, samples: Collection[str], bold: Collection[str], capitals: bool = False
) -> Surprise:
    """Return how surprising each kind is for a name.

    `numbers` tells the style in which lower-case letters are numbers, as in calculus, from that in which they are
    vectors; `samples` are names of which a running index picks one, so that they may be a matrix of samples; `bold`
    are the letters in bold, and where there are any, the others are numbers. `capitals` says that these are numbers.
    """
    letter = letter_of(name)
    if name == "I":  # a letter such as others only where it is no identity matrix
        return {Kind.SCALAR: 0}
    if letter[0].isupper() and capitals:
        return {Kind.SCALAR: 0, Kind.MATRIX: 6}
    if letter[0].isupper():
        return {Kind.MATRIX: 0} | ({Kind.SCALAR: 6} if letter in _CAPITAL_NUMBERS else {})
    if letter in bold:
        return {Kind.VECTOR: 0, Kind.MATRIX: 3 if name in samples else 6, Kind.SCALAR: 8}
    if bold:
        return {Kind.SCALAR: 0, Kind.VECTOR: 4}
    if letter in GREEK_LETTERS:
        return {Kind.SCALAR: 0, Kind.VECTOR: 2} | ({Kind.MATRIX: 3} if name in samples else {})
    matrix = 3 if name in samples else 5 if letter in _ENTRIES else 10
    if letter in _SCALAR_LETTERS or letter in _SCALAR_WORDS:
        return {Kind.SCALAR: 0, Kind.VECTOR: 2, Kind.MATRIX: matrix}
    if numbers:
        return {Kind.SCALAR: 0, Kind.VECTOR: 4, Kind.MATRIX: matrix}
    return {Kind.SCALAR: 6 if letter in _ENTRIES else 3 if len(letter) == 1 else 1, Kind.VECTOR: 0, Kind.MATRIX: matrix}


def surprise_of_function() -> Surprise:
    """Return how surprising each kind is for the value of a function."""
    return {Kind.SCALAR: 0, Kind.VECTOR: 4, Kind.MATRIX: 8}


def likely_variables(names: Iterable[str], arguments: Collection[str]) -> tuple[str, ...]:
    """Return the names in the order in which they are likely to be what to differentiate with respect to.

    The arguments that the author has listed come first. Where something is fitted to data y, the parameters come
    before the data x.
    """
    given = list(dict.fromkeys(names))
    letters = {letter_of(name) for name in given}
    order: tuple[str, ...] = _UNKNOWNS
    if letters & {*_TARGETS} and letters & {*_PARAMETERS}:
        order = (*_PARAMETERS, *(letter for letter in _UNKNOWNS if letter not in _PARAMETERS))

    def rank(name: str) -> tuple[bool, int, int]:
        letter = letter_of(name)
        place = order.index(letter) if letter in order else len(order) + (letter in _CONSTANTS)
        return name not in arguments, place, int("".join(re.findall(r"[0-9]", name)) or 0)

    return tuple(sorted(given, key=rank))
