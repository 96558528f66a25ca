"""The lines of a chain, `z = g(y) = y'*inv(S)*y`: what each defines, what it uses, and in what order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jacobook.language import syntax
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import CALLABLE, bounded_sum_parts, values_of
from jacobook.language.latex_notation.reader import Names, defined_name
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.names import in_backquotes, is_name
from jacobook.language.parser import parse_line
from jacobook.language.syntax import Syntax

MAX_LINES = 512
_FUNCTION_NAMES = ("f", "g", "h", "F", "G", "H")
_LOGARITHM = re.compile(r"\s*(\\?(?:log|ln)\b[^=]*?)\s*=")
"""The left side of `log p(x) = …`, as densities and likelihoods have it."""


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One line of a statement: the name it defines, the name of the map, its arguments, its expression."""

    position: int
    text: str
    name: str
    where: Syntax
    map_name: str | None
    arguments: tuple[syntax.Name, ...]
    annotated: bool
    expression: Syntax

    @property
    def is_implicit(self) -> bool:
        """Return whether the line is an equation that its name solves."""
        return isinstance(self.expression, syntax.Equation)

    def error(self, message: str, where: Syntax | None = None, fit: str | None = None) -> LanguageError:
        """Return an error in this line, at the name it defines if nothing else is given."""
        at = where or self.where
        return LanguageError(message, self.text, at.start, at.end, fit, self.origin)

    @property
    def origin(self) -> str:
        """Return which part of the statement the line is."""
        return f"expr[{self.position}]"


def pieces_of(tree: Syntax) -> Iterator[Syntax]:
    """Yield the pieces of an expression, outer ones first, from left to right.

    Not sizes in `dim(…)` and its like, and not the name that `sum(r, 0, k-1, …)` binds, where it is bound.
    """
    waiting: list[tuple[Syntax, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        current, bound = waiting.pop()
        if isinstance(current, syntax.Name) and current.name in bound:
            continue
        yield current
        if (parts := bounded_sum_parts(current)) is not None:
            index, *bounds, body = parts
            inner = bound | ({index.name} if isinstance(index, syntax.Name | syntax.IndexRelation) else set())
            others = (index.other,) if isinstance(index, syntax.IndexRelation) else ()
            waiting.extend([(body, inner), *((one, bound) for one in reversed((*others, *bounds)))])
            continue
        inside = values_of(current) if isinstance(current, syntax.Call) else current.children
        waiting.extend((one, bound) for one in reversed(inside))


def names_in(tree: Syntax) -> Iterator[syntax.Name]:
    """Yield the variables of an expression from left to right."""
    return (piece for piece in pieces_of(tree) if isinstance(piece, syntax.Name))


def read_lines(
    texts: Sequence[str],
    variables: Collection[str],
    functions: Collection[str] = (),
    sizes: Collection[str] = (),
    unknown: Collection[str] = (),
) -> list[ChainLine]:
    """Return the lines in the order given; a bare expression defines `f`, or the next name that is free.

    A line whose name stands on its right as well, or with a formula on its left, is an equation; `unknown` are the
    variables that are declared to be solved for.
    """
    if len(texts) > MAX_LINES:
        message = f"a chain of {len(texts)} lines: at most {MAX_LINES} are read"
        raise LanguageError(message, texts[MAX_LINES], 0, 1, origin=f"expr[{MAX_LINES}]")
    declared = {*variables, *functions}
    names = Names({*variables, *_heads(texts)}, {*functions}, {*sizes}, {*_maps(texts)})
    lines: list[ChainLine] = []
    bare: list[tuple[int, str, Syntax]] = []
    equations: list[tuple[int, str, tuple[Syntax, ...]]] = []
    for position, text in enumerate(texts):
        try:
            pieces = parse_line(text, names)
            if len(pieces) == 1:
                bare.append((position, text, pieces[0]))
            elif _is_equation(pieces, functions):
                equations.append((position, text, pieces))
            else:
                lines.append(_definition(position, text, pieces))
        except LanguageError as error:
            error = _logarithm_defined(text, _free_name({*declared, *_heads(texts)})) or error
            error.origin = f"expr[{position}]"
            raise error from None
    defined = {line.name for line in lines}
    for position, text, pieces in equations:
        try:
            lines.append(_equation(position, text, pieces, declared - {*unknown}, defined))
        except LanguageError as error:
            error.origin = f"expr[{position}]"
            raise
        defined.add(lines[-1].name)
    lines.sort(key=lambda line: line.position)
    for line in lines:
        if line.name in declared and not line.is_implicit:
            raise line.error(f"`{line.name}` is both declared and defined")
    by_name: dict[str, ChainLine] = {}
    for line in lines:
        if line.name in by_name:
            raise line.error(f"`{line.name}` is defined twice")
        by_name[line.name] = line
    if len(bare) > 1:
        position, text, tree = bare[1]
        message = "a second expression without a name: only one line can be the function"
        raise LanguageError(message, text, tree.start, tree.end, origin=f"expr[{position}]")
    for position, text, tree in bare:
        name = _free_name({*declared, *by_name})
        lines.insert(position, ChainLine(position, text, name, tree, None, (), False, tree))
    return lines


def _logarithm_defined(text: str, name: str) -> LanguageError | None:
    """Return the error about a line such as `log p(x | m) = …`, which cannot be read; None for other lines."""
    found = _LOGARITHM.match(text)
    if found is None:
        return None
    message = f"`{found[1]}` is no name: call the function `{name}`, say, as in `{name} = …`"
    return LanguageError(message, text, *found.span(1), name)


def _heads(texts: Sequence[str]) -> Iterator[str]:
    """Yield the names that lines in LaTeX define, which the others need to know before they are read."""
    for text in texts:
        if is_latex(text):
            if (name := defined_name(text)) is not None:
                yield name
        elif "=" in text:
            yield text.partition("=")[0].partition("(")[0].strip(" :")


def _maps(texts: Sequence[str]) -> Iterator[str]:
    """Yield the names before parentheses that lines define: `f` of `f(z) = …`, `z` and `g` of `z = g(y) = …`."""
    for text in texts:
        *heads, _ = text.split("=")
        yield from (head.partition("(")[0].strip(" :") for head in heads if "(" in head)


def _free_name(taken: Collection[str]) -> str:
    more = (f"f{number}" for number in range(1, len(taken) + 2))
    return next(name for name in (*_FUNCTION_NAMES, *more) if name not in taken)


def _definition(position: int, text: str, pieces: tuple[Syntax, ...]) -> ChainLine:
    """Return `f(z) = …`, `f = …` or `z = g(y) = …`. Raises LanguageError for any other left side."""
    *heads, expression = pieces
    first = heads[0]

    def error(message: str, where: Syntax) -> LanguageError:
        return LanguageError(message, text, where.start, where.end)

    for head in heads:
        plain = isinstance(head, syntax.Name | syntax.Call) and not head.wrapped
        if not plain or not all(isinstance(argument, syntax.Name) for argument in head.children):
            message = "before `=` comes a name, `z`, or a map with the names of its arguments, `f(z)`"
            raise error(message, head)
        if isinstance(head, syntax.Call) and head.name in CALLABLE:
            raise error(f"`{head.name}` is a function of the language: choose another name", head)
    if len(heads) > 2 or (len(heads) == 2 and not _is_value_and_map(heads)):
        raise error("a definition reads `z = …`, `f(z) = …` or `z = g(y) = …`", heads[1])
    name = first.name if isinstance(first, syntax.Name | syntax.Call) else ""
    if name == "eye":
        raise error("`eye` is the identity matrix: choose another name", first)
    if not is_name(name):
        raise error(f"`{name}` is not a name: names use the letters a–z, A–Z and Greek", first)
    last = heads[-1]
    map_name = last.name if len(heads) == 2 and isinstance(last, syntax.Call) else None
    arguments = tuple(child for child in last.children if isinstance(child, syntax.Name))
    return ChainLine(position, text, name, first, map_name, arguments, isinstance(last, syntax.Call), expression)


def _is_equation(pieces: Sequence[Syntax], functions: Collection[str]) -> bool:
    """Return whether a line is an equation to be solved: X = A′X A + Q, or with a formula or a number on its left."""
    if len(pieces) != 2:
        return False
    head, right = pieces
    if isinstance(head, syntax.Name) and not head.wrapped:
        return any(name.name == head.name for name in names_in(right))
    if isinstance(head, syntax.Call) and not head.wrapped and head.name not in CALLABLE:  # F(x, y) = 0, or a map
        return head.name in functions and isinstance(right, syntax.Number)
    return True


def _equation(
    position: int, text: str, pieces: Sequence[Syntax], declared: Collection[str], defined: Collection[str]
) -> ChainLine:
    """Return the line that an equation is, with the name that it is solved for.

    That is the one on the left, X = …, or the only one that is neither declared nor defined. Raises LanguageError.
    """
    left, right = pieces
    found = dict.fromkeys(name.name for side in pieces for name in names_in(side))
    if isinstance(left, syntax.Name):
        unknown = left.name
    else:
        candidates = [
            name for name in found if name not in (*declared, *defined, "eye", "I", "pi", "e") and is_name(name)
        ]
        if not candidates and isinstance(left, syntax.Call) and not left.wrapped:
            if (named := _logarithm_defined(text, _free_name({*declared, *defined}))) is not None:
                raise named
            return _definition(position, text, (left, right))  # which says that no function is defined anew
        if len(candidates) != 1:
            message = _no_unknown(candidates, [*found], declared)
            raise LanguageError(message, text, left.start, right.end)
        unknown = candidates[0]
    depth = 1 + max(left.depth, right.depth)
    equation = syntax.Equation(left.start, right.end, left, right, unknown, depth=depth)
    return ChainLine(position, text, unknown, left, None, (), False, equation)


def _no_unknown(candidates: Sequence[str], found: Sequence[str], declared: Collection[str]) -> str:
    """Return in words why an equation does not tell what it is to be solved for."""
    if candidates:
        return f"this equation may be solved for {in_backquotes(candidates, 'or')}: declare all but the unknown"
    if not found:
        return "there is no name in this equation that it could be solved for"
    possible = [name for name in found if name in declared] or list(found)
    last = possible[-1]
    return (
        f"this equation may be solved for {in_backquotes(possible, 'or')}: say for which by its declaration, as in "
        f"`{last} in R unknown`, or leave that one undeclared"
    )


def _is_value_and_map(heads: Sequence[Syntax]) -> bool:
    return isinstance(heads[0], syntax.Name) and isinstance(heads[1], syntax.Call)


def order_lines(lines: Sequence[ChainLine]) -> list[ChainLine]:
    """Return the lines so that each stands before those it uses, the function first, else in the order given.

    Raises LanguageError for a cycle, and where two names are used by no other line.
    """
    by_name = {line.name: line for line in lines}
    uses = {line.name: {used.name for used in names_in(line.expression) if used.name in by_name} for line in lines}
    for line in lines:
        if line.is_implicit:
            uses[line.name].discard(line.name)
    _check_cycles(by_name, uses)
    used = set().union(*uses.values())
    functions = [line for line in lines if line.name not in used]
    if len(functions) > 1:
        names = in_backquotes(line.name for line in functions)
        message = f"{names} are used by no other line: only one of them can be the function"
        raise functions[1].error(message)
    users = {name: {user for user, names in uses.items() if name in names} for name in by_name}
    ordered: list[ChainLine] = []
    waiting = list(lines)
    done: set[str] = set()
    while waiting:
        line = next(line for line in waiting if users[line.name] <= done)
        waiting.remove(line)
        ordered.append(line)
        done.add(line.name)
    return ordered


def _check_cycles(by_name: Mapping[str, ChainLine], uses: Mapping[str, set[str]]) -> None:
    finished: set[str] = set()
    for begin in by_name:
        path: list[str] = []
        branches: list[Iterator[str]] = [iter([begin])]
        while branches:
            name = next(branches[-1], None)
            if name is None:
                branches.pop()
                if path:
                    finished.add(path.pop())
            elif name in path:
                circle = [*path[path.index(name) :], name]
                message = f"the chain is circular: {' → '.join(f'`{one}`' for one in circle)}"
                message += "; only a name in its own line, as in `X = A*X + B`, is solved for"
                raise by_name[name].error(message)
            elif name not in finished:
                path.append(name)
                branches.append(iter(sorted(uses[name], key=list(by_name).index)))


def check_arguments(line: ChainLine, defined: Collection[str], known: Collection[str]) -> None:
    """Raise LanguageError unless every argument occurs, and every defined name that occurs is an argument."""
    occurring = {name.name: name for name in names_in(line.expression)}
    map_name = line.map_name or line.name
    seen: set[str] = set()
    for argument in line.arguments:
        name = argument.name
        if name in seen:
            raise line.error(f"`{name}` is listed twice", argument)
        seen.add(name)
        if name not in occurring:
            what = "does not occur in the expression" if name in known else "is not declared and does not occur"
            raise line.error(f"`{name}` is an argument of `{map_name}`, but {what}", argument)
    if line.annotated:
        for name, where in occurring.items():
            if name in defined and name not in seen:
                fit = f"{map_name}({', '.join([*(one.name for one in line.arguments), name])})"
                message = f"`{name}` is defined in this chain, but is no argument of `{map_name}`: write `{fit}`"
                raise line.error(message, where, fit)
