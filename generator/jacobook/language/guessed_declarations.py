"""Declarations that the reader left out, guessed: `x'*A*x` with `x in R^N` and `A in R^(N x N)`.

Kinds are supposed in the order of their likelihood (`likely_kinds`); under each supposition the sizes follow from the
language's own rules (`elaborate/guessed_shapes`), and are as general as these allow. The first reading that is not more
surprising than any other, and that the language reads, is the guess.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, count, islice

from jacobook.algebra.declared_functions import UnspecifiedFunction, unspecified
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import symbol
from jacobook.algebra.shapes import ONE, SCALAR, Dimension, Kind
from jacobook.language import syntax
from jacobook.language.chain_lines import ChainLine, order_lines, pieces_of
from jacobook.language.declarations import parse_given
from jacobook.language.elaborate.guessed_shapes import SIZE_NAMES, SupposedFunction, SupposingElaborator, open_type
from jacobook.language.elaborate.scope import Scope, scope_of
from jacobook.language.errors import unknown_names
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.latex_notation.commands import NOT_READ
from jacobook.language.latex_notation.systems import rows_of_systems, told_of
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.likely_kinds import (
    SCALAR_STYLE_AMONG_ARRAYS,
    VECTOR_STYLE_AMONG_NUMBERS,
    Surprise,
    bold_letters,
    glued_product,
    is_about_arrays,
    is_about_numbers,
    likely_variables,
    surprise_of_function,
    surprise_of_kinds,
)
from jacobook.language.reading import errors_about_names, maps_of, parse_statement
from jacobook.language.size_inference import Equations, Flexible, Size, Total, Type, Unknown, resolve, type_of
from jacobook.language.undeclared_names import read_undeclared, variable_names

MOST_SUPPOSITIONS = 200
"""How many suppositions about all kinds are looked at."""
MOST_PIECES = 8_000
"""How many pieces of the function are given a type, in all suppositions together."""
MOST_READINGS = 6
"""How many of them, the least surprising ones, are read as a statement."""
MOST_FAILURES = 40
FAR_FETCHED = 6
"""Where nothing fits, the error is that of kinds that are hardly more surprising than the likeliest ones."""
FORCED_ONE = 20
"""How surprising it is that a size can only be 1: nobody writes x*W for a vector x and a matrix W of one row."""


@dataclass(frozen=True, slots=True)
class GuessedRow:
    """One name with what it is taken for."""

    name: str
    kind: str
    """`scalar`, `vector`, `matrix` or `function`."""
    sizes: tuple[str, ...]
    properties: tuple[str, ...]
    """What the function needs: `whole` of a number of times that a matrix is multiplied."""
    declaration: str
    """As the language reads it: `A in R^(N x N)`."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Declarations with which the expressions can be read."""

    given: tuple[str, ...]
    """What the reader has declared, as it is written."""
    rows: tuple[GuessedRow, ...]
    """What is guessed, in order of appearance."""
    wrt: tuple[str, ...]
    """What to differentiate with respect to: all candidates, the likeliest first."""

    @property
    def declarations(self) -> tuple[str, ...]:
        """Return all declarations: the reader's, then the guessed ones."""
        return (*self.given, *(row.declaration for row in self.rows))


def guess(expressions: Sequence[str], given: Sequence[str] = ()) -> Guess:
    """Return declarations for all names that are used and not declared; those of the reader stay as they are.

    Raises LanguageError: where no declarations fit, it says what does not fit the likeliest ones.
    """
    rows = rows_of_systems(expressions)
    with told_of(expressions, rows):
        return _guess([row.text for row in rows], given)


def _guess(expressions: Sequence[str], given: Sequence[str]) -> Guess:
    question = _Question(expressions, given)
    if question.undeclared.counts:
        with suppress(LanguageError, _NothingCounted):
            return _answer(question)
        question = _Question(expressions, given, counting=False)
    return _answer(question)


class _NothingCounted(Exception):
    """An N that only divides, and no size that it could be."""


class _Question:
    """The lines of a statement, and the names in it that nothing declares."""

    def __init__(self, expressions: Sequence[str], given: Sequence[str], counting: bool = True) -> None:
        variables, functions = parse_given(given)
        if not expressions:
            raise LanguageError("there is no function to differentiate", "", 0, 1, origin="expr")
        self.declared = {one.name: one for one in variables}
        _check_words(expressions, self.declared)
        self.expressions, self.given = expressions, given
        self.bold = {letter for line in expressions if is_latex(line) for letter in bold_letters(line)}
        self.functions = {function.name: function for function in functions}
        sizes = scope_of(variables, functions=functions).sizes
        lines, self.undeclared = read_undeclared(expressions, [*self.declared], [*self.functions], sizes, counting)
        self.lines = order_lines(lines)
        """The function first."""
        arrays = bool(self.bold) or any(not one.shape.is_scalar for one in variables)
        number = "I" in (*self.undeclared.variables, *self.declared)
        self.numbers = not arrays and (number or is_about_numbers(self.trees))
        """Whether nothing is an array, capitals included."""
        self.check_names()

    @property
    def trees(self) -> list[syntax.Syntax]:
        return [line.expression for line in self.lines]

    def scope(self, types: dict[str, Type], functions: Mapping[str, UnspecifiedFunction]) -> Scope:
        """Return the scope in which undeclared names have these types."""
        base = scope_of(self.declared.values(), functions=self.functions.values())
        sizes = base.sizes | {*self.undeclared.sizes}
        return Scope({**base.types, **types}, symbol, sizes, maps_of(self.lines), functions=functions)

    def check_names(self) -> None:
        """Raise LanguageError for a name that no declaration could give a meaning."""
        names = (*self.undeclared.variables, *(line.name for line in self.lines))
        called = {name: unspecified(name, (), SCALAR) for name in self.undeclared.called}
        scope = self.scope({name: open_type(Kind.SCALAR) for name in names}, self.functions | called)
        for line in self.lines:
            self.check_glued(line)
            for error in errors_about_names(line, scope):
                error.origin = line.origin
                raise error

    def check_glued(self, line: ChainLine) -> None:
        """Raise LanguageError for `Ax`, unless it is a factor before others, as in `Wx*x`; for `AB` always."""
        pieces = [*pieces_of(line.expression)]
        before = [one for piece in pieces if isinstance(piece, syntax.Product) for one in piece.operands[:-1]]
        factors = {one.name for one in before if isinstance(one, syntax.Name)}
        for piece in pieces:
            if not isinstance(piece, syntax.Name) or piece.name not in self.undeclared.variables:
                continue
            if piece.name in _OPERATIONS:
                raise line.error(f"`{piece.name}`: {_OPERATIONS[piece.name]}", piece)
            may_be_name = piece.name in factors and not piece.name[-1].isupper()
            if not may_be_name and (fit := glued_product(piece.name)) is not None:
                message = f"`{piece.name}` is not declared; a product is written with `*`: `{fit}`"
                raise line.error(message, piece, fit)


_OPERATIONS = {name: NOT_READ[name] for name in ("int", "lim")}


def _check_transposes(question: _Question) -> None:
    """Raise LanguageError for `x^t*A*x` with no t declared: to take t for an exponent is to answer another question."""
    if unknown_names.TRANSPOSING not in question.undeclared.variables:
        return
    placed = [(line, piece) for line in question.lines for piece in pieces_of(line.expression)]
    written = [(line, piece) for line, piece in placed if isinstance(piece, syntax.Powered)]
    powers = [(line, piece) for line, piece in written if unknown_names.may_transpose(line.text, piece)]
    names = [piece for _, piece in placed if isinstance(piece, syntax.Name)]
    if len(powers) < sum(name.name == unknown_names.TRANSPOSING for name in names):
        return  # it is used in another place as well
    _, supposed = next(_kinds(question))
    kinds = supposed | {name: one.shape.kind for name, one in question.declared.items()}
    for line, piece in powers:
        inside = [one.name for one in pieces_of(piece.base) if isinstance(one, syntax.Name)]
        kind = next((kinds[name] for name in inside if kinds.get(name, Kind.SCALAR) is not Kind.SCALAR), None)
        if kind is not None:
            error = unknown_names.perhaps_transpose(line.text, piece, kind)
            error.origin = line.origin
            raise error


def _check_bars(question: _Question) -> None:
    """Raise LanguageError for `u^T v/(|u| |v|)`: bars around what is transposed elsewhere are no absolute values."""
    placed = [(line, piece) for line in question.lines for piece in pieces_of(line.expression)]
    turned = {
        one.name
        for _, piece in placed
        if (inside := _transposed(piece)) is not None
        for one in pieces_of(inside)
        if isinstance(one, syntax.Name) and one.name in question.undeclared.variables
    }
    for line, piece in placed:
        if not isinstance(piece, syntax.Bars) or not isinstance(piece.operand, syntax.Name | syntax.Sum):
            continue
        names = [one.name for one in pieces_of(piece.operand) if isinstance(one, syntax.Name)]
        if names and {*names} <= turned and not any(name[0].isupper() for name in names):
            text = line.text[piece.operand.start : piece.operand.end]
            message = f"`|{text}|`: the length `norm2({text})`, or entry by entry `abs({text})`?"
            raise line.error(message, piece)


def _transposed(piece: syntax.Syntax) -> syntax.Syntax | None:
    match piece:
        case syntax.Transposed():
            return piece.operand
        case syntax.Powered(exponent=syntax.Name(name="T")):
            return piece.base
    return None


LONGEST_QUESTION = 300
"""In longer texts no words are looked for: the search takes the square of their length."""
_IN_WORDS = re.compile(
    r"\s*((?:(?:the|derivative|gradient|jacobian|hessian|differentiate|find|compute|what|is|of)\s+)+"
    r"|[d∂]\s*/\s*[d∂]\s*(?!im\b)\w+(?:\s+|(?=[(\[|‖])))?(.+?)(\s+(?:by|wrt|with\s+respect\s+to)\s+\w+)?\s*",
    re.IGNORECASE,
)
"""A question: the words before the function, the function, and the words behind it."""


def _check_words(expressions: Sequence[str], declared: Collection[str]) -> None:
    """Raise LanguageError for a question in words, or with d/dx before it: `the derivative of x^2 by x`."""
    for number, text in enumerate(expressions):
        asked = _IN_WORDS.fullmatch(text) if len(text) <= LONGEST_QUESTION else None
        if asked is None or not (asked[1] or asked[3]) or {*re.findall(r"\w+", asked[1] or asked[3])} & {*declared}:
            continue
        message = f"type the function alone, `{asked[2]}`; the variable is chosen apart from it"
        raise LanguageError(message, text, 0, len(text), asked[2], origin=f"expr[{number}]")


def _check_factors_of_sums(question: _Question) -> None:
    """Raise LanguageError for `sum(y*log(p))`, of which most mean the product entry by entry.

    To find a y of another kind, a scalar or even a matrix, that fits would be to answer another question.
    """
    _, kinds = next(_kinds(question))
    vectors = {name for name, kind in kinds.items() if kind is Kind.VECTOR}
    sums = [one for tree in question.trees for one in pieces_of(tree) if isinstance(one, syntax.Call)]
    arguments = [argument for one in sums if one.name in ("sum", "mean") for argument in one.arguments[:1]]
    products = [one for argument in arguments for one in pieces_of(argument) if isinstance(one, syntax.Product)]
    if any(
        operator == "*" and _is_vector(left, vectors) and _is_vector(right, vectors)
        for one in products
        for left, operator, right in zip(one.operands, one.operators, one.operands[1:], strict=False)
    ):
        supposed = _Supposition(question, kinds, 0)
        supposed.make_equal(supposed.open_sizes())
        supposed.name_sizes()
        rows = [supposed.row(name) for name in kinds]
        parse_statement([*question.given, *(row.declaration for row in rows)], question.expressions, None)


def _is_vector(tree: syntax.Syntax, vectors: Collection[str]) -> bool:
    """Return whether a factor is a vector wherever these names are: itself, or functions of entries of it."""
    match tree:
        case syntax.Name():
            return tree.name in vectors
        case syntax.Call():
            entry_by_entry = tree.name in ELEMENTWISE or tree.name == "softmax"
            return entry_by_entry and len(tree.arguments) == 1 and _is_vector(tree.arguments[0], vectors)
        case syntax.Sum():
            parts = [part for part in tree.operands if not isinstance(part, syntax.Number)]
            return bool(parts) and all(_is_vector(part, vectors) for part in parts)
        case syntax.Negative():
            return _is_vector(tree.operand, vectors)
        case syntax.Product():
            return all(_is_vector(part, vectors) for part in tree.operands)
    return False


def _answer(question: _Question) -> Guess:
    _check_transposes(question)
    _check_bars(question)
    _check_factors_of_sums(question)
    refused: LanguageError | None = None
    for supposed in islice(_by_surprise(question), MOST_READINGS):
        try:
            return supposed.read()
        except LanguageError as error:
            refused = refused or error
        with suppress(LanguageError):
            return supposed.again().read(one_size=True)
    if refused is not None:
        raise refused
    return _furthest(question).read()  # raises the error in the words of the language


# -- suppositions ----------------------------------------------------------------------------------------------------


class _Supposition:
    """Kinds of all names, and the types that follow from them."""

    def __init__(self, question: _Question, kinds: Mapping[str, Kind], surprise: int) -> None:
        self.question, self.kinds, self.surprise = question, kinds, surprise
        self.types = {name: open_type(kinds[name]) for name in question.undeclared.variables}
        self.functions = {name: SupposedFunction(kinds[name]) for name in question.undeclared.called}
        self.equations = Equations()
        self.counts: set[str] = set()
        self.contracted: list[Size] = []
        self.pieces = 0
        """How many pieces have a type."""

    def infer(self) -> None:
        """Infer the types of all lines, with as little as possible said about sizes. Raises LanguageError."""
        question = self.question
        self.fix_picked()
        scope = question.scope(self.types, question.functions)
        types = {**scope.types}
        scope = replace(scope, types=types)
        for line in reversed(question.lines):
            reader = SupposingElaborator(line.text, scope, self.equations, self.functions)
            try:
                types[line.name] = reader.infer(line.expression).type
            finally:
                self.pieces += len(reader.typed)
            self.surprise += reader.surprise
            self.counts |= reader.counts
            self.contracted += reader.contracted
        reader.finish()
        self.surprise += not types[question.lines[0].name].is_scalar
        self.surprise += FORCED_ONE * self.forced_ones()

    def forced_ones(self) -> int:
        """Return how many sizes can only be 1, other than by the places that are used."""
        places = self.question.undeclared.picked
        types = [self.types[name] for name in self.question.undeclared.variables if name not in places]
        sizes = [size for one in types if not one.is_scalar for size in (one.rows, one.columns)]
        vectors = sum(one.kind is Kind.VECTOR for one in types)
        return sum(resolve(size) == ONE for size in sizes) - vectors

    def again(self) -> _Supposition:
        """Return the same supposition, as it was before its sizes had names."""
        found = _Supposition(self.question, self.kinds, self.surprise)
        found.infer()
        return found

    def fix_picked(self) -> None:
        """Give an array of which only entries at fixed places are used as many entries as are needed for them."""
        for name, places in self.question.undeclared.picked.items():
            given = self.types[name]
            axes = {Kind.VECTOR: (given.rows,), Kind.MATRIX: (given.rows, given.columns)}.get(given.kind, ())
            if all(len(one) == len(axes) for one in places):
                for axis, found in zip(axes, zip(*places, strict=True), strict=True):
                    self.equations.equate(axis, Dimension(max(found)))

    def read(self, one_size: bool = False) -> Guess:
        """Return the guess, once the language has read the statement with it. Raises LanguageError.

        With `one_size` everything that could have a size of its own has the same: then the size of `I` is clear.
        """
        question = self.question
        self.pair_factors()
        self.bind_used_names()
        if one_size:
            self.make_equal(self.open_sizes())
        self.name_sizes()
        solved_for = {line.name for line in question.lines if line.is_implicit}  # whose shapes their equations tell
        names = [name for name in question.undeclared.appearance if name not in solved_for]
        rows = tuple([self.row(name) for name in names])
        used = {name for tree in question.trees for name in variable_names(tree)}
        of_reader = [name for name, one in question.declared.items() if "whole" not in one.properties and name in used]
        own = [row.name for row in rows if row.kind != "function" and "whole" not in row.properties]
        arguments = {argument.name for line in question.lines for argument in line.arguments}
        wrt = likely_variables([*own, *of_reader], arguments)
        found = Guess(tuple(question.given), rows, wrt)
        parse_statement(found.declarations, question.expressions, wrt[0] if wrt else None)
        return found

    def row(self, name: str) -> GuessedRow:
        function = self.functions.get(name)
        if function is not None:
            spaces = " x ".join(_space(given) for given in function.arguments or [])
            value = function.value
            return GuessedRow(name, "function", _sizes(value), (), f"{name} : {spaces} -> {_space(value)}")
        given = self.types[name]
        whole = name in self.counts and given.is_scalar
        declaration = f"{name} in {'N' if whole else _space(given)}"
        return GuessedRow(name, given.kind.value, _sizes(given), ("whole",) if whole else (), declaration)

    # -- sizes ----------------------------------------------------------------------

    def name_sizes(self) -> None:
        """Give every open size a name: one that the statement has used for a size, or else M, N, K, …"""
        taken = self.taken_names()
        open_ones = self.open_sizes()
        names = [name for name in ("N", *SIZE_NAMES)[len(open_ones) > 1 :] if name not in taken]
        numbered = (name for k in count(1) if (name := f"N{k}") not in taken)
        for unknown, name in zip(open_ones, chain(names, numbered), strict=False):
            unknown.binding = Dimension.of(name)

    def pair_factors(self) -> None:
        """Solve what is left open, such as M N = K L of vec(X)' vec(Y), in the simplest way: factor by factor.

        So X and Y are of one shape there, and X is square in tr(kron(X, X)), where M² = N².
        """
        self.equations.finish()
        for left, right in self.equations.waiting():
            for pair in zip(self.factors(left), self.factors(right), strict=False):
                self.equations.equate(*pair)
        self.equations.finish()

    def factors(self, size: Size) -> list[Size]:
        """Return the factors of a size, those that are open in order of appearance."""
        found = resolve(size)
        if isinstance(found, Total):
            return []
        known = found if isinstance(found, Dimension) else found.known
        order = {unknown: place for place, unknown in enumerate(self.open_sizes())}
        unknowns = sorted(_unknowns(found), key=lambda one: order.get(one, len(order)))
        return [*map(Dimension.of, known.names), *(Flexible(ONE, (one,)) for one in unknowns)]

    @staticmethod
    def make_equal(unknowns: Sequence[Unknown]) -> None:
        """Give all of these open sizes one value."""
        for unknown in unknowns[1:]:
            unknown.binding = Flexible(ONE, (unknowns[0],))

    def bind_used_names(self) -> None:
        """Let a number such as the n in `sum(x)/n` count what is added up, else the entries of what comes first."""
        bound = {
            name for size in self.all_sizes() if isinstance(found := resolve(size), Dimension) for name in found.names
        }
        for name in self.question.undeclared.sizes:
            if name in bound:
                continue
            candidates = [unknown for size in self.contracted for unknown in _unknowns(size)]
            candidates = candidates[len(candidates) // 2 :] or self.open_sizes()
            if not candidates and name in self.question.undeclared.counts:
                raise _NothingCounted
            if candidates:
                candidates[0].binding = Dimension.of(name)

    def all_sizes(self) -> list[Size]:
        given = [type_of(one.shape) for one in self.question.declared.values()]
        given += [type for name in self.question.undeclared.appearance for type in self.types_of(name)]
        return [size for one in given for size in (one.rows, one.columns)]

    def types_of(self, name: str) -> list[Type]:
        function = self.functions.get(name)
        return [self.types[name]] if function is None else [*(function.arguments or []), function.value]

    def open_sizes(self) -> list[Unknown]:
        """Return the unknown sizes: first those of the first matrix that is not square, then in order of appearance."""
        matrices = [
            type
            for name in self.question.undeclared.appearance
            for type in self.types_of(name)
            if type.kind is Kind.MATRIX
        ]
        oblong = next((one for one in matrices if resolve(one.rows) != resolve(one.columns)), None)
        first = [oblong.rows, oblong.columns] if oblong is not None else []
        return list(dict.fromkeys(one for size in (*first, *self.all_sizes()) for one in _unknowns(size)))

    def taken_names(self) -> set[str]:
        """Return the names that no size may get: variables, functions, lines, sizes."""
        question = self.question
        sizes = {name for one in question.declared.values() for size in one.shape.dimensions for name in size.names}
        sizes |= {
            name
            for one in question.functions.values()
            for shape in (*one.arguments, one.value)
            for size in shape.dimensions
            for name in size.names
        }
        lines = {line.name for line in question.lines} | {*maps_of(question.lines)}
        named = [found for size in self.all_sizes() if isinstance(found := resolve(size), Dimension)]
        return {
            *(name for size in named for name in size.names),
            *question.undeclared.appearance,
            *question.declared,
            *question.functions,
            *question.undeclared.sizes,
            *sizes,
            *lines,
            "I",
            "T",
        }


def _unknowns(size: Size) -> tuple[Unknown, ...]:
    found = resolve(size)
    if isinstance(found, Total):
        return tuple(unknown for part in found.parts for unknown in _unknowns(part))
    return found.unknowns if isinstance(found, Flexible) else ()


def _space(given: Type) -> str:
    sizes = _sizes(given)
    if not sizes:
        return "R"
    if len(sizes) == 1:
        return f"R^{sizes[0]}" if sizes[0].isalnum() else f"R^({sizes[0]})"
    return f"R^({' x '.join(f'({size})' if ' ' in size else size for size in sizes)})"


def _sizes(given: Type) -> tuple[str, ...]:
    if given.is_scalar:
        return ()
    return tuple(
        str(resolve(size)) for size in ((given.rows,) if given.kind is Kind.VECTOR else (given.rows, given.columns))
    )


def _furthest(question: _Question) -> _Supposition:
    """Return the supposition, of the likely ones, under which most can be read before something does not fit."""
    best: _Supposition | None = None
    likeliest = 0
    for surprise, kinds in islice(_kinds(question), MOST_FAILURES):
        supposed = _Supposition(question, kinds, surprise)
        with suppress(LanguageError):
            supposed.infer()
        likeliest = surprise if best is None else likeliest
        if best is None or (surprise <= likeliest + FAR_FETCHED and supposed.pieces > best.pieces):
            best = supposed
    assert best is not None, "there is at least one way to choose kinds"
    return best


def _by_surprise(question: _Question) -> Iterator[_Supposition]:
    """Yield the suppositions under which types can be inferred, those first that surprise least."""
    found: list[tuple[int, int, _Supposition]] = []
    pieces = 0
    for number, (surprise, kinds) in enumerate(islice(_kinds(question), MOST_SUPPOSITIONS)):
        if pieces > MOST_PIECES:
            break
        while found and found[0][0] <= surprise:
            yield heapq.heappop(found)[2]
        supposed = _Supposition(question, kinds, surprise)
        with suppress(LanguageError):
            supposed.infer()
            heapq.heappush(found, (supposed.surprise, number, supposed))
        pieces += supposed.pieces
    while found:
        yield heapq.heappop(found)[2]


def _kinds(question: _Question) -> Iterator[tuple[int, dict[str, Kind]]]:
    """Yield kinds for all names, in the order of what they have of surprise in themselves."""
    arrays = not question.numbers and (
        bool(question.bold)
        or is_about_arrays(question.trees)
        or any(not one.shape.is_scalar for one in question.declared.values())
    )
    waiting: list[tuple[int, tuple[int, ...], int]] = []
    tables: list[list[list[tuple[int, Kind]]]] = []
    for numbers in (False, True):
        base = (
            (SCALAR_STYLE_AMONG_ARRAYS if arrays else 0) if numbers else (0 if arrays else VECTOR_STYLE_AMONG_NUMBERS)
        )
        tables.append([_ranked(_surprise(name, question, numbers)) for name in question.undeclared.appearance])
        waiting.append((base + sum(table[0][0] for table in tables[-1]), (0,) * len(tables[-1]), int(numbers)))
    heapq.heapify(waiting)
    seen: set[tuple[Kind, ...]] = set()
    while waiting:
        surprise, choice, style = heapq.heappop(waiting)
        kinds = tuple(table[k][1] for table, k in zip(tables[style], choice, strict=True))
        if kinds not in seen:
            seen.add(kinds)
            yield surprise, dict(zip(question.undeclared.appearance, kinds, strict=True))
        # every choice is reached once: by raising the last place that is raised already, or one behind it
        last = max((place for place, k in enumerate(choice) if k), default=0)
        for place in range(last, len(choice)):
            k, table = choice[place], tables[style][place]
            if k + 1 < len(table):
                raised = (*choice[:place], k + 1, *choice[place + 1 :])
                heapq.heappush(waiting, (surprise - table[k][0] + table[k + 1][0], raised, style))


def _surprise(name: str, question: _Question, numbers: bool) -> Surprise:
    if name in question.undeclared.called:
        return surprise_of_function()
    return surprise_of_kinds(name, numbers, question.undeclared.samples, question.bold, question.numbers)


def _ranked(surprise: Surprise) -> list[tuple[int, Kind]]:
    return sorted(((points, kind) for kind, points in surprise.items()), key=lambda pair: pair[0])
