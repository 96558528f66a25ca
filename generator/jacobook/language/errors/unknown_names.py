"""What is said about a name that means nothing: the nearest one that does, or that it must be declared."""

from __future__ import annotations

import re
from collections.abc import Collection

from jacobook.algebra.shapes import Kind
from jacobook.language.composed_functions import COMPOSED
from jacobook.language.elaborate.scope import Scope
from jacobook.language.errors.diagnosis import DERIVATIVE, NOT_ITS_DERIVATIVE
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.errors.repairs import named
from jacobook.language.function_table import CALLABLE, ELSEWHERE, SYNONYMS
from jacobook.language.names import as_product, is_name, misspelt, nearest
from jacobook.language.syntax import Call, Name, Number, Powered, Syntax

_ENTRY = re.compile(r"([A-Za-z]\w*?)_(\d+|[a-z])")
_CONSTANTS = {
    "e": "`e` is not known as a number: write `exp(1)`",
    "i": "`i` is not declared, and there are no complex numbers",
}


def name(source: str, tree: Name, scope: Scope) -> LanguageError:
    """Return the error about a name that is neither declared nor defined."""
    word, known = tree.name, list(scope.types)
    message, fit = f"`{word}` is not declared", None
    if word == "d" and DERIVATIVE.search(source):
        message = NOT_ITS_DERIVATIVE
    elif not is_name(word):
        message = f"`{source[tree.start : tree.end]}` is not a name: names use the letters a–z, A–Z and Greek"
    elif word in scope.maps:
        fit = scope.maps[word]
        message = f"`{word}` is the map that gives `{fit}`: write `{fit}`"
    elif word in scope.functions:
        function = scope.functions[word]
        places = ", ".join("…" for _ in function.arguments)
        message = f"`{word}` is a declared function, `{function.signature}`: write `{word}({places})`"
    elif word in CALLABLE:
        message, fit = f"`{word}` is a function: write `{word}(…)`", None
    elif word in scope.sizes:
        fit = f"dim({word})"
        message = f"`{word}` is a size, and the identity matrix to many: write `{fit}`, or `eye`"
    elif (product := as_product(word, known)) is not None:
        fit = "*".join(product)
        message = f"`{word}` is not declared; a product is written with `*`: `{fit}`"
    elif (behind := _behind_transpose(source, tree, known)) is not None:  # x^TAx
        fit = f"T*{behind}"
        message = f"a product is always written with `*`, also behind a transpose: `^{fit}`"
    elif (entry := _ENTRY.fullmatch(word)) is not None and entry[1] in scope.types:
        places = ", ".join(entry[2]) if scope.types[entry[1]].kind is Kind.MATRIX else entry[2]
        fit = f"{entry[1]}[{places}]" if entry[2].isdigit() else None
        written = f"`{fit}`" if fit else f"`{entry[1]}[1]`"
        message = f"`{word}` is not declared; an entry of `{entry[1]}` is written {written}"
    elif word in _CONSTANT_ARRAYS:
        fit = f"vector({_CONSTANT_ARRAYS[word]})"
        message = f"`{word}` is written `{fit}` here, or with its size `{fit[:-1]}, N)`"
    elif (close := nearest(word, [*known, "eye"])) is not None:
        message, fit = f"`{word}` is not declared; did you mean `{close}`?", close
    elif word in _CONSTANTS:
        message = _CONSTANTS[word]
    else:
        example = f"{word} in R^(M x N)" if word[0].isupper() else f"{word} in R^N"
        message = f"`{word}` is not declared: every variable needs a declaration, such as `{example}`"
    return LanguageError(message, source, tree.start, tree.end, fit)


TRANSPOSING = "t"
"""The letter that stands for a transpose in some books, as in X^t."""


def may_transpose(source: str, tree: Syntax) -> bool:
    """Return whether a piece is written like X^t, which is a transpose to many; X**t is a power in every program."""
    if not isinstance(tree, Powered) or tree.elementwise or "**" in source[tree.base.end : tree.exponent.start]:
        return False
    return isinstance(tree.exponent, Name) and tree.exponent.name == TRANSPOSING


def perhaps_transpose(source: str, tree: Powered, kind: Kind) -> LanguageError:
    """Return the error about X^t with an array X of this kind and no t declared: the transpose, or a power?"""
    base, whole = source[tree.base.start : tree.base.end], source[tree.start : tree.end]
    turned, other = f"{base}'", f"{base}^T"
    power = "a power, declare `t in N`" if kind is Kind.MATRIX else "a power of every entry, declare `t in R`"
    message = f"`{TRANSPOSING}` is not declared; did you mean the transpose, {named(turned)} or {named(other)}?"
    return LanguageError(f"{named(whole)}: {message} For {power}", source, tree.start, tree.end, turned)


def _behind_transpose(source: str, tree: Name, known: Collection[str]) -> str | None:
    """Return what a transpose multiplies where both are written as one word, as in `x^TAx`; None if nothing does."""
    if not tree.name.startswith("T") or not source[: tree.start].rstrip().endswith("^"):
        return None
    rest = tree.name[1:]
    product = (rest,) if rest in known else as_product(rest, known)
    return "*".join(product) if product else None


def function(source: str, tree: Call, scope: Scope) -> LanguageError:
    """Return the error about a name that is used as a function and is none."""
    word, fit, end = tree.name, None, tree.name_end
    if word in scope.maps:
        fit = scope.maps[word]
        message = f"`{word}` is the map that gives `{fit}`: write `{fit}`"
    elif word in scope.types and all(isinstance(place, Number) for place in tree.arguments):
        fit, end = f"{word}[{source[tree.name_end : tree.end].strip()[1:-1]}]", tree.end
        message = f"`{word}` is a variable, not a function; an entry is written `{fit}`, counted from 1"
    elif word in scope.types:
        fit, end = f"{word}*{source[tree.name_end : tree.end].strip()}", tree.end
        message = f"`{word}` is a variable, not a function; a product is written with `*`: `{fit}`"
    elif word == "T" and source[: tree.start].rstrip().endswith("^"):  # (x - y)^T(x - y)
        fit, end = f"T*{source[tree.name_end : tree.end].strip()}", tree.end
        message = f"a product is always written with `*`, also behind a transpose: `^{fit}`"
    elif word in SYNONYMS:
        fit = SYNONYMS[word]
        message = f"`{word}` is written `{fit}` here"
    elif word == "d":
        message = NOT_ITS_DERIVATIVE
    elif (
        close := None if word in ELSEWHERE else misspelt(word, (*scope.functions, *CALLABLE, *COMPOSED, *_NAMED))
    ) is not None:
        fit = SYNONYMS.get(close, close)
        message = f"there is no function `{word}`; did you mean `{fit}`?"
    elif word in ELSEWHERE:
        message = f"there is no function `{word}` here ({ELSEWHERE[word]})"
    else:
        names = (*scope.functions, *CALLABLE, "norm", *COMPOSED)
        message = f"there is no function `{word}`; one of your own is declared, as in `{word} : R^N -> R`"
        message += f"; the functions are {', '.join(names[:_LISTED])}, and {len(names) - _LISTED} others"
        message += ", all in the tables of the page on the language"
    return LanguageError(message, source, tree.start, end, fit)


_NAMED = (*(word for word, written in SYNONYMS.items() if written.isidentifier()), *COMPOSED)
"""The words of other notations for what is a name here too, of which misspellings are recognised."""
_LISTED = 16
"""So many functions are named where none is like the one that was typed: more would hide what is said."""
_CONSTANT_ARRAYS = {"ones": "1", "zeros": "0"}


def size_for_entry(source: str, tree: Call, scope: Scope) -> LanguageError | None:
    """Return the error about `vector(N)`, where a size stands in place of the entry; None for any other call."""
    arguments = tree.arguments
    first = arguments[0] if arguments else None
    if not isinstance(first, Name) or first.name in scope.types or first.name not in scope.sizes:
        return None
    wanted = {"vector": 1, "matrix": 2}.get(tree.name)
    sizes = [source[argument.start : argument.end] for argument in arguments]
    if wanted is None:
        return None
    if len(sizes) != wanted:
        fit = f"dim({first.name})"
        message = f"`{first.name}` is a size; as an entry it is written `{fit}`, to be told from the size of the array"
        return LanguageError(message, source, first.start, first.end, fit)
    fit = f"{tree.name}(1, {', '.join(sizes)})"
    said = f"`{source[tree.start : tree.end]}`: the entry stands first, then the size, and `{first.name}` is a size"
    message = f"{said}; ones are written `{fit}`, the number {first.name} as an entry `dim({first.name})`"
    return LanguageError(message, source, tree.start, tree.end, fit)


def size(source: str, tree: Name, scope: Scope) -> LanguageError:
    """Return the error about a name in dim(…) that is no size of a declaration."""
    fit = nearest(tree.name, sorted(scope.sizes))
    hint = f"; did you mean `{fit}`?" if fit else ""
    message = f"`{tree.name}` is not a size of any declaration{hint}"
    return LanguageError(message, source, tree.start, tree.end, fit)
