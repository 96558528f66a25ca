"""What is said about a name that means nothing: the nearest one that does, or that it must be declared."""

from __future__ import annotations

from generator.language.errors import LanguageError
from generator.language.functions import CALLABLE, SYNONYMS
from generator.language.names import as_product, is_name, nearest
from generator.language.scope import Scope
from generator.language.syntax import Call, Name
from generator.language.unspecified import signature

_CONSTANTS = {
    "pi": "`pi` is not known as a number: declare it as a variable, `pi in R positive`",
    "e": "`e` is not known as a number: write `exp(1)`",
    "i": "`i` is not declared, and there are no complex numbers",
}


def name(source: str, tree: Name, scope: Scope) -> LanguageError:
    """Return the error about a name that is neither declared nor defined."""
    word, known = tree.name, list(scope.types)
    message, fit = f"`{word}` is not declared", None
    if not is_name(word):
        message = f"`{source[tree.start : tree.end]}` is no name: its letters are a–z, A–Z and Greek"
    elif word in scope.maps:
        fit = scope.maps[word]
        message = f"`{word}` is the map that gives `{fit}`: write `{fit}`"
    elif word in scope.functions:
        function = scope.functions[word]
        places = ", ".join("…" for _ in function.arguments)
        message = f"`{word}` is a declared function, `{signature(function)}`: write `{word}({places})`"
    elif word in CALLABLE:
        message, fit = f"`{word}` is a function: write `{word}(…)`", None
    elif word in scope.sizes:
        fit = f"dim({word})"
        message = f"`{word}` is a size; as a number it is written `{fit}`"
    elif (product := as_product(word, known)) is not None:
        message, fit = f"`{word}` is not declared; a product is written with `*`: `{product}`", product
    elif word == "I":
        message, fit = "the identity matrix is written `eye`; `I` is not declared", "eye"
    elif (close := nearest(word, [*known, "eye"])) is not None:
        message, fit = f"`{word}` is not declared; did you mean `{close}`?", close
    elif word in _CONSTANTS:
        message = _CONSTANTS[word]
    else:
        example = f"{word} in R^(M x N)" if word[0].isupper() else f"{word} in R^N"
        message = f"`{word}` is not declared: every variable takes a declaration, such as `{example}`"
    return LanguageError(message, source, tree.start, tree.end, fit)


def function(source: str, tree: Call, scope: Scope) -> LanguageError:
    """Return the error about a name that is used as a function and is none."""
    word, fit = tree.name, None
    if word in scope.maps:
        fit = scope.maps[word]
        message = f"`{word}` is the map that gives `{fit}`: write `{fit}`"
    elif word in scope.types:
        inside = source[tree.name_end : tree.end].strip()
        fit = f"{word}*{inside}" if len(inside) < 40 else f"{word}*(…)"
        message = f"`{word}` is a variable, not a function; a product is written with `*`: `{fit}`"
    elif word in SYNONYMS:
        fit = SYNONYMS[word]
        message = f"`{word}` is written `{fit}` here"
    elif (close := nearest(word, (*scope.functions, *CALLABLE))) is not None:
        message, fit = f"there is no function `{word}`; did you mean `{close}`?", close
    else:
        message = f"there is no function `{word}`; the functions are {', '.join(CALLABLE)}"
        message += f"; one of your own is declared, as in `{word} : R^N -> R`"
    return LanguageError(message, source, tree.start, tree.name_end, fit)


def size(source: str, tree: Name, scope: Scope) -> LanguageError:
    """Return the error about a name in dim(…) that is no size of a declaration."""
    fit = nearest(tree.name, sorted(scope.sizes))
    hint = f"; did you mean `{fit}`?" if fit else ""
    message = f"`{tree.name}` is not a size of any declaration{hint}"
    return LanguageError(message, source, tree.start, tree.end, fit)
