"""What holds on a page: declarations, definitions and the layout; what is said later takes the place of the former.

Nothing here differentiates, so that a page whose work is kept needs no more than this.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import chain

from jacobook.language import LanguageError, parse_given
from jacobook.language.function_table import CALLABLE
from jacobook.language.latex_notation.commands import FONTS
from jacobook.language.names import as_product, canonical_name
from jacobook.language.printer import text_declarations, text_functions
from jacobook.notes.fences import NoteDefaults

WORD = r"(?:(?![\d¹²³⁰-ⁿᵀ])\w)(?:(?![¹²³⁰-ⁿᵀ])\w)*"
"""A word: a pattern without what stands above the line, which Python takes for letters (`x²`, `xᵀ`)."""
TURNED_IN_LATEX = re.compile(r"\^T(?=[A-Za-z])")
"""A transpose in LaTeX, with a letter of its own behind it: `x^TAx`."""
_BELOW = re.compile(r"_\{?(\w+)\}?")
_CALLED = re.compile(
    rf"(?<![\w\\])\\?(?P<name>{WORD})(?P<call>\s*(?:\\left\s*)?\((?P<arguments>[\s\w,\\{{}}]*?)(?:\\right\s*)?\))"
)
"""A name, and names behind it in parentheses."""
_ARGUMENT = re.compile(rf"\\(?:{'|'.join(sorted(FONTS))})(?![A-Za-z])|[{{}}\\\s]")
"""What stands about the name of an argument in LaTeX."""


def with_defaults(page: NoteDefaults, more: NoteDefaults | None) -> NoteDefaults:
    """Return what holds on a page after it has said more: a name that is declared anew is what was said last."""
    if more is None:
        return page
    return NoteDefaults(given=declared_last(page.given, more.given), layout=more.layout or page.layout)


def declared_last(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return declarations and definitions of a page; what is said later of a name takes the place of what was said."""
    said = list(before)
    for line in after:  # one by one: lines that are said together may speak of one name too
        names = set(_declared(line))
        said = [*(one for one in _one_by_one(said) if not names & set(_declared(one))), line]
    return tuple(said)


def _one_by_one(lines: Sequence[str]) -> Iterator[str]:
    """Yield declarations of one name each; what cannot be read, or has one name already, as it is."""
    for line in lines:
        try:
            symbols, functions = parse_given((line,))
        except LanguageError:
            yield line
            continue
        if len(symbols) + len(functions) == 1:
            yield line
            continue
        for symbol in symbols:
            yield from text_declarations((symbol,))
        yield from text_functions(functions)


def _declared(line: str) -> list[str]:
    if is_definition(line):
        return [name_defined_in(line)]
    try:
        return [one.name for kind in parse_given((line,)) for one in kind]
    except LanguageError:
        return []


def is_definition(line: str) -> bool:
    """Return whether a line of `given` says what a name stands for, as `f = x'*A*x` does."""
    return "=" in line


def said_twice(line: str, before: Sequence[str]) -> LanguageError | None:
    """Return what is wrong with a line of `given`, or None, if the lines before it say something of its name too."""
    try:
        if not is_definition(line):
            said = declared_last((), before)
            parse_given((*(one for one in said if not is_definition(one) and _can_be_read(one)), line))
            return None
    except LanguageError as error:
        return error
    name = name_defined_in(line)
    if name not in {name_defined_in(one) for one in before if is_definition(one)}:
        return None
    return LanguageError(f"`{name}` is defined twice", line, 0, len(name))


def name_defined_in(line: str) -> str:
    """Return the name that a line defines: f for `f(x) = x'*A*x`."""
    return canonical_name(re.split(r"[\s(=]", line.strip().lstrip("\\"), maxsplit=1)[0])


def names_in_text(text: str, known: Container[str]) -> set[str]:
    """Return which of the known names a text may use: also in products without a sign, and in LaTeX."""
    text = TURNED_IN_LATEX.sub("^ ", text)
    spellings = (text, _BELOW.sub(r"\1", text), _BELOW.sub(r"_\1", text))
    words = {word for spelling in spellings for word in re.findall(WORD, spelling)}
    products = (as_product(word, known) or () for word in words if word not in CALLABLE)
    found = {canonical_name(word) for word in (*words, *chain.from_iterable(products))}
    return {name for name in found if name in known}


def without_arguments(text: str, page: NoteDefaults) -> str:
    """Return the text, of the same length, with the functions that the page defines as a chain has them: f for f(x).

    A call names arguments that the definition has; anything else is a product, or a mistake.
    """
    defined = {name_defined_in(line): line for line in page.given if is_definition(line)}

    def shortened(called: re.Match[str]) -> str:
        line = defined.get(canonical_name(called["name"]))
        names = {canonical_name(_ARGUMENT.sub("", one)) for one in called["arguments"].split(",")} - {""}
        if line is None or not names <= names_in_text(line, names):
            return called[0]
        return called[0][: -len(called["call"])] + " " * len(called["call"])

    return _CALLED.sub(shortened, text) if defined else text


def used_definitions(texts: Sequence[str], page: NoteDefaults, declared: Container[str] = ()) -> list[str]:
    """Return those definitions of the page that texts need, each once; not of names that are `declared` beside them."""
    defined = {name_defined_in(line): line for line in page.given if is_definition(line)}
    defined = {name: line for name, line in defined.items() if name not in declared}
    found: list[str] = []
    waiting, seen = list(texts), {name_defined_in(text) for text in texts if is_definition(text)}
    while waiting:
        for name in sorted(names_in_text(waiting.pop(0), defined)):
            if name not in seen:
                seen.add(name)
                found.append(defined[name])
                waiting.append(defined[name])
    return found


def needed_declarations(page: NoteDefaults, own: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Return those declarations of the page that texts use and do not make themselves, as far as they can be read."""
    declarations = [line for line in page.given if not is_definition(line) and _can_be_read(line)]
    symbols, functions = parse_given(declarations)
    redeclared = {one.name for kind in parse_given(own) for one in kind}
    redeclared |= {name_defined_in(text) for text in texts if is_definition(text)}
    known = {one.name for kind in (symbols, functions) for one in kind}
    used = {name for text in texts for name in names_in_text(text, known)}
    wanted = tuple(symbol for symbol in symbols if symbol.name in used - redeclared)
    called = tuple(function for function in functions if function.name in used - redeclared)
    return (*text_declarations(wanted), *text_functions(called))


def _can_be_read(line: str) -> bool:
    try:
        parse_given((line,))
    except LanguageError:
        return False
    return True
