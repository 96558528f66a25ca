"""The names in a statement that nothing declares or defines, and what they must be by where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from jacobook.language import syntax
from jacobook.language.chain_lines import ChainLine, pieces_of, read_lines
from jacobook.language.elaborate.bound_sums import runs_over_places
from jacobook.language.elaborate.entry_literals import LARGEST_PLACE
from jacobook.language.function_table import CALLABLE, OF_SIZES, SIZED, bounded_sum_parts
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.likely_kinds import (
    functions_in_latex,
    is_about_arrays,
    may_be_function,
    plain_names,
    says_arrays,
)
from jacobook.language.names import GREEK_LETTERS, is_name
from jacobook.language.reading import maps_of
from jacobook.language.syntax import Call, Syntax, pieces_within

_CONSTANTS = frozenset(("eye", "I", "pi", "ones", "zeros", "i"))
"""Names that mean something undeclared, here or elsewhere; what elsewhere, the language says."""
_COUNTS = ("N", "n")
"""Letters for a number of entries or samples, where something is divided by them."""


class UndeclaredNames:
    """The names by what they must be; `known` are those that are declared, sizes among them.

    With `counting`, an N that only divides is the number of what is added up, as in `sum(x)/N`, and no variable.
    """

    def __init__(self, lines: Sequence[ChainLine], known: Collection[str], counting: bool) -> None:
        defined = [line.name for line in lines if line.where is not line.expression and not line.is_implicit]
        pieces = [piece for line in lines for piece in pieces_of(line.expression)]
        self._meant = {*known, *defined, *maps_of(lines), *_CONSTANTS, *CALLABLE}
        if "I" not in known and identity_is_number(lines):
            self._meant.discard("I")
        if any(isinstance(one, syntax.Powered) and _is(one.base, "e") for one in pieces):
            self._meant.add("e")
        self.counts = [name for name in _COUNTS if counting and self._is_new(name) and _only_divides(name, pieces)]
        self.sizes = [name for name in _sizes_in(pieces) if self._is_new(name)] + self.counts
        self.samples = {name for piece in pieces for name in _samples(piece)}
        """Arrays of which a running index picks something, as in x_n."""
        self.appearance = self._in_order(pieces)
        """The variables and functions in order of appearance."""
        variables = {piece.name for piece in pieces if isinstance(piece, syntax.Name)}
        self.called = [name for name in self.appearance if name not in variables]
        self.variables = [name for name in self.appearance if name in variables]
        self.picked = {name: places for name in self.variables if (places := _picked_places(name, pieces))}
        """The places of the entries of arrays that are used in no other way."""

    def _is_new(self, name: str) -> bool:
        return name not in self._meant and is_name(name) and not name.startswith("I_")

    def _in_order(self, pieces: Sequence[Syntax]) -> list[str]:
        powers = {id(one.exponent) for one in pieces if isinstance(one, syntax.Powered)}
        found = []
        for piece in pieces:
            variable = isinstance(piece, syntax.Name) and not (piece.name == "T" and id(piece) in powers)
            function = isinstance(piece, Call) and may_be_function(piece.name)
            if (variable or function) and isinstance(piece, syntax.Name | Call):
                found.append(piece.name)
        return [name for name in dict.fromkeys(found) if self._is_new(name) and name not in self.sizes]


def read_undeclared(
    expressions: Sequence[str],
    variables: Sequence[str],
    functions: Sequence[str],
    sizes: Collection[str],
    counting: bool,
) -> tuple[list[ChainLine], UndeclaredNames]:
    """Return the lines and the names in them that nothing declares. Raises LanguageError."""
    known = (*variables, *functions, *sizes)
    lines = read_lines(expressions, variables, [*functions, *_latex_functions(expressions, known)])
    found = UndeclaredNames(lines, known, counting)
    latex = any(is_latex(text) for text in expressions)
    if latex and "I" not in known and identity_is_number(lines):
        variables = (*variables, "I")
        lines = read_lines(expressions, variables, [*functions, *_latex_functions(expressions, known)])
        found = UndeclaredNames(lines, [name for name in known if name != "I"], counting)
        variables = variables[:-1]
        more_letters = ["I"]
    else:
        more_letters = []
    if not latex and (factors := _called_factors(lines, variables, {*functions, *sizes})):
        # Read again as products: the N of `r N (1 - N/K)`.
        lines = read_lines(expressions, [*variables, *found.variables, *factors], functions)
        found = UndeclaredNames(lines, known, counting)
    taken = any(line.name in found.variables for line in lines)
    if latex or found.called or taken:
        # Read again when it is known which letters stand for something: in LaTeX x_i is then an entry of x, and an
        # expression with f in it gets another name.
        more = [*(_latex_names(lines, found.variables) if latex else found.variables), *more_letters]
        lines = read_lines(expressions, [*variables, *more], [*functions, *found.called])
        found = UndeclaredNames(lines, known, counting)
    return lines, found


_RATES = frozenset(("r", "k", "p", "q"))
"""Letters of functions that are factors where a number begins the parentheses behind them: r(1 - N/K)."""


def _called_factors(lines: Sequence[ChainLine], declared: Collection[str], others: Collection[str]) -> list[str]:
    """Return the names before parentheses that are factors there: also used as a variable, or no name of a function."""
    pieces = [piece for line in lines for piece in pieces_of(line.expression)]
    taken = {*others, *CALLABLE, *maps_of(lines), *(line.name for line in lines if line.where is not line.expression)}
    variables = {*declared, *(piece.name for piece in pieces if isinstance(piece, syntax.Name))}
    found = []
    for piece in pieces:
        if not isinstance(piece, Call) or piece.name in taken or not is_name(piece.name) or len(piece.arguments) != 1:
            continue
        if not isinstance(inside := piece.arguments[0], syntax.Sum):
            continue
        rate = piece.name in _RATES and isinstance(inside.operands[0], syntax.Number)
        is_letter = len(piece.name) == 1 or piece.name in GREEK_LETTERS
        letter = is_letter and not may_be_function(piece.name)
        if piece.name in variables or rate or letter:
            found.append(piece.name)
    return list(dict.fromkeys(found))


def identity_is_number(lines: Sequence[ChainLine]) -> bool:
    """Return whether an undeclared I is a letter such as others: one that divides, has a power, or is only a factor.

    Nobody divides by an identity matrix, P L³/(3 E I), nor multiplies numbers by one, ½ I ω².
    """
    pieces = [(line.text, piece) for line in lines for piece in pieces_of(line.expression)]
    named = [piece for text, piece in pieces if _is_plain_identity(text, piece)]
    if not named or len(named) < sum(_is(piece, "I", "eye") for _, piece in pieces):
        return False  # in bold, or written `eye`
    trees = [piece for _, piece in pieces]
    below = {id(name) for piece in trees for name in _raised_or_dividing(piece)}
    if any(id(one) in below for one in named):
        return True
    others = (piece for piece in trees if not _is(piece, "I", "eye"))
    inside = [inner for piece in trees if isinstance(piece, syntax.Sum | Call) for inner in pieces_within(piece)]
    alone = any(line.expression in named for line in lines)
    return not alone and not any(map(says_arrays, others)) and not any(one in inside for one in named)


def _is_plain_identity(text: str, piece: Syntax) -> bool:
    return _is(piece, "I", "eye") and text[piece.start : piece.end].strip() == "I"


def _raised_or_dividing(piece: Syntax) -> Iterator[syntax.Name]:
    """Yield the names that a piece divides by as they are, and the one that it is a power of."""
    if isinstance(piece, syntax.Powered) and isinstance(piece.base, syntax.Name) and not _is(piece.exponent, "T"):
        yield piece.base
    if isinstance(piece, syntax.Product):
        for sign, factor in zip(piece.operators, piece.operands[1:], strict=True):
            if sign == "/":
                yield from plain_names(factor)


def _is(tree: Syntax, *names: str) -> bool:
    return isinstance(tree, syntax.Name) and tree.name in names


def variable_names(tree: Syntax) -> list[str]:
    """Return the variables of an expression from left to right."""
    return [piece.name for piece in pieces_of(tree) if isinstance(piece, syntax.Name)]


# -- sizes and places ------------------------------------------------------------------------------------------------


def _sizes_in(pieces: Sequence[Syntax]) -> list[str]:
    """Return the names of sizes in `vector(1, N)`, `dim(N)`, `sum(i, 1, N, x[i])`, `x[1:N]` and `I_N`."""
    found = []
    for piece in pieces:
        found += [name for place in _size_places(piece) for name in variable_names(place)]
        if isinstance(piece, syntax.Name) and piece.name.startswith("I_") and is_name(piece.name[2:]):
            found.append(piece.name[2:])
    return list(dict.fromkeys(found))


def _size_places(piece: Syntax) -> tuple[Syntax, ...]:
    """Return what stands in a piece where a size must stand."""
    if (running := _running(piece)) is not None:
        return (running[1],)
    match piece:
        case Call() if piece.name in OF_SIZES:
            return piece.arguments
        case Call() if piece.name in SIZED or piece.name == "unit":
            return piece.arguments[1:]
        case syntax.Component():
            return tuple(one.last for one in piece.places if isinstance(one, syntax.Slice) and one.last is not None)
    return ()


def _running(piece: Syntax) -> tuple[str, Syntax, Syntax] | None:
    """Return index, last place and body of a sum over the places of arrays, None for anything else."""
    parts = bounded_sum_parts(piece)
    if parts is None or not isinstance(parts[0], syntax.Name | syntax.IndexRelation):
        return None
    if isinstance(parts[2], syntax.Slice) or not runs_over_places(parts[3], parts[0].name):
        return None
    return parts[0].name, parts[2], parts[3]


def _samples(piece: Syntax) -> Iterator[str]:
    """Yield the arrays of which the index of a sum alone picks something, as in x_n."""
    running = _running(piece)
    if running is None:
        return
    index, _, body = running
    for inside in pieces_of(body):
        if isinstance(inside, syntax.Component) and len(inside.places) == 1 and _is(inside.places[0], index):
            yield from variable_names(inside.operand)


def _picked_places(name: str, pieces: Sequence[Syntax]) -> list[tuple[int, ...]]:
    """Return the places of the entries of an array, if entries at fixed places are all that is used of it."""
    entries = [one for one in pieces if isinstance(one, syntax.Component) and _is(one.operand, name)]
    found = [tuple(_whole(place) for place in one.places) for one in entries]
    alone = len(found) == sum(_is(piece, name) for piece in pieces)
    return found if alone and all(all(places) for places in found) else []


def _whole(place: Syntax) -> int:
    """Return the number of a place, 0 for what is no fixed place."""
    if isinstance(place, syntax.Number) and place.value.denominator == 1 and 1 <= place.value <= LARGEST_PLACE:
        return int(place.value)
    return 0


def _only_divides(name: str, pieces: Sequence[Syntax]) -> bool:
    """Return whether the name stands below the line of quotients and nowhere else, and something is added up."""
    below = [
        inside
        for piece in pieces
        if isinstance(piece, syntax.Product)
        for operator, factor in zip(piece.operators, piece.operands[1:], strict=True)
        if operator == "/"
        for inside in (factor.operands if isinstance(factor, syntax.Product) else (factor,))
        if _is(inside, name)
    ]
    return bool(below) and len(below) == sum(_is(piece, name) for piece in pieces) and is_about_arrays(pieces)


# -- LaTeX -----------------------------------------------------------------------------------------------------------


def _latex_functions(expressions: Sequence[str], known: Collection[str]) -> list[str]:
    heads = {head.partition("(")[0].strip() for text in expressions for head in text.split("=")[:-1]}
    found = [name for text in expressions if is_latex(text) for name in functions_in_latex(text)]
    return [name for name in found if name not in known and name not in heads]


def _latex_names(lines: Sequence[ChainLine], names: Sequence[str]) -> list[str]:
    """Return the names to read LaTeX with: x for the x_i of a sum over i, or where x stands alone, W1 for W^{(1)}."""
    pieces = [piece for line in lines for piece in pieces_of(line.expression)]
    sums = [parts for piece in pieces if (parts := bounded_sum_parts(piece)) is not None]
    indices = {index for parts in sums for index in variable_names(parts[0])}
    numbered: dict[str, list[str]] = {}
    for piece in pieces:
        if isinstance(piece, syntax.Powered) and isinstance(piece.base, syntax.Name):
            name, exponent = piece.base.name, piece.exponent
            if isinstance(exponent, syntax.Number) and exponent.wrapped:
                numbered.setdefault(name, []).append(f"{name}{exponent.value}")
    found: list[str] = []
    for name in names:
        base, _, below = name.partition("_")
        is_entry = bool(below) and ({*below} & indices or base in names)
        found += numbered.get(name, [base if is_entry else name])
    return list(dict.fromkeys(found))
