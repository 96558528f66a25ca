"""The syntax tree: what was written and where, before anything is known about shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from jacobook.language.names import canonical_name


@dataclass(slots=True, eq=False)
class Syntax:
    """A piece of an expression: the range of characters it was read from and how deep it is nested."""

    start: int
    end: int
    depth: int = field(default=0, kw_only=True)
    wrapped: bool = field(default=False, kw_only=True)
    """True where the author put parentheses around it; they belong to the range."""

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the pieces inside, from left to right."""
        return ()


@dataclass(slots=True, eq=False)
class Number(Syntax):
    """A number, exact."""

    value: Fraction


@dataclass(slots=True, eq=False)
class Name(Syntax):
    """A name in its one spelling."""

    name: str


@dataclass(slots=True, eq=False)
class Call(Syntax):
    """A name followed by arguments in parentheses."""

    name: str
    name_end: int
    arguments: tuple[Syntax, ...]

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the arguments."""
        return self.arguments


class SumOfLogarithms(Call):
    """A sum over an index that was written as the logarithm of a product."""

    __slots__ = ()


class DividedByAll(Call):
    """A variance or a standard deviation that was written with `ddof=0` or `unbiased=False`."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Negative(Syntax):
    """Unary minus."""

    operand: Syntax

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the operand."""
        return (self.operand,)


@dataclass(slots=True, eq=False)
class Transposed(Syntax):
    """A transpose."""

    operand: Syntax

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the operand."""
        return (self.operand,)


@dataclass(slots=True, eq=False)
class Bars(Syntax):
    """What stands between single bars: an absolute value, or a determinant."""

    operand: Syntax

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the operand."""
        return (self.operand,)


@dataclass(slots=True, eq=False)
class Powered(Syntax):
    """A power, of the whole or (elementwise) of every entry; None: of every entry of an array, as in tanh²(x)."""

    base: Syntax
    exponent: Syntax
    elementwise: bool | None

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return base and exponent."""
        return (self.base, self.exponent)


@dataclass(slots=True, eq=False)
class Component(Syntax):
    """An entry of an array: `x[1]`, `A[1, D]`; the places are no expressions."""

    operand: Syntax
    places: tuple[Syntax, ...]

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the array."""
        return (self.operand,)


@dataclass(slots=True, eq=False)
class Literal(Syntax):
    """An array written entry by entry: `[a, b; c, d]`."""

    rows: tuple[tuple[Syntax, ...], ...]

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the entries, row by row."""
        return tuple([entry for row in self.rows for entry in row])


@dataclass(slots=True, eq=False)
class Run(Syntax):
    """Operands joined by operators of one level, read from the left: a sum or a product."""

    operands: tuple[Syntax, ...]
    operators: tuple[str, ...]
    """One of `+ - * / .* ./` between each two operands, in ASCII; `\\` where a matrix divides from the left."""

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return the operands."""
        return self.operands


@dataclass(slots=True, eq=False)
class Keyword(Syntax):
    """An argument with its name, as in `sum(X, axis=0)`."""

    name: str
    value: Syntax

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return nothing: the value is a word or a number that says how a function is meant."""
        return ()


@dataclass(slots=True, eq=False)
class IndexRelation(Syntax):
    """An index with what is asked of it, as in `sum(j != i, 1, N, …)`."""

    name: str
    sign: str
    """`!=` or `<`."""
    other: Syntax

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return what the index is compared with."""
        return (self.other,)


@dataclass(slots=True, eq=False)
class Text(Syntax):
    """A word in quotes, as in `norm(W, 'fro')`."""

    word: str


LAST = "end"
"""The word for the last place of an array, as in `x[2:end]`, where no variable and no size has this name."""


@dataclass(slots=True, eq=False)
class Slice(Syntax):
    """Some places of an array, as in `x[2:4]`; both ends are None for all of them, `X[i, :]`.

    One end that is left open is the first place, a number, or the last, `end`.
    """

    first: Syntax | None = None
    last: Syntax | None = None
    is_open_first: bool = False
    is_open_last: bool = False


@dataclass(slots=True, eq=False)
class Equation(Syntax):
    """Two sides of an equation, to be solved for a name that stands in them."""

    left: Syntax
    right: Syntax
    unknown: str

    @property
    def children(self) -> tuple[Syntax, ...]:
        """Return both sides."""
        return (self.left, self.right)


class Sum(Run):
    """Terms joined by `+` and `-`."""

    __slots__ = ()


class Product(Run):
    """Factors joined by `*`, `/`, `.*` and `./`."""

    __slots__ = ()


class Multiple(Product):
    """A number and what stands directly behind it: 2x."""

    __slots__ = ()


def slice_to(start: int, last: Syntax) -> Slice:
    """Return the slice `:4`, whose colon is at this place of the text."""
    first = Number(start, start, Fraction(1))
    return Slice(start, last.end, first, last, is_open_first=True, depth=1 + last.depth)


def slice_from(first: Syntax, end: int) -> Slice:
    """Return the slice `2:`, which ends at this place of the text."""
    return Slice(first.start, end, first, Name(end, end, LAST), is_open_last=True, depth=1 + first.depth)


def pieces_within(tree: Syntax) -> Iterator[Syntax]:
    """Yield a piece and all pieces inside it."""
    yield tree
    for child in tree.children:
        yield from pieces_within(child)


def is_coefficient(tree: Syntax) -> bool:
    """Return whether a piece is a number, a variable or a product of them, as before the slash of λ/2 ‖w‖²."""
    if isinstance(tree, Negative):
        return is_coefficient(tree.operand)
    if isinstance(tree, Product):
        return all(map(is_coefficient, tree.operands))
    return isinstance(tree, Number | Name)


def with_children(tree: Syntax, change: Callable[[Syntax], Syntax]) -> Syntax:
    """Return the piece itself with every piece directly inside it changed (places of entries are left alone)."""
    match tree:
        case Call():
            tree.arguments = tuple([change(argument) for argument in tree.arguments])
        case Negative() | Transposed() | Bars() | Component():
            tree.operand = change(tree.operand)
        case Powered():
            tree.base, tree.exponent = change(tree.base), change(tree.exponent)
        case Literal():
            tree.rows = tuple([tuple([change(entry) for entry in row]) for row in tree.rows])
        case Run():
            tree.operands = tuple([change(operand) for operand in tree.operands])
    return tree


_OPERATORS = {
    "PLUS": "+",
    "MINUS": "-",
    "TIMES": "*",
    "JUXTAPOSED": "*",
    "DIVIDE": "/",
    "DOT_TIMES": ".*",
    "DOT_DIVIDE": "./",
    "LEFT_DIVIDE": "\\",
}
_VULGAR = {sign: Fraction(above, below) for sign, above, below in (
    ("½", 1, 2), ("⅓", 1, 3), ("⅔", 2, 3), ("¼", 1, 4), ("¾", 3, 4), ("⅛", 1, 8),
)}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


_RELATIONS = {"≠": "!=", "<>": "!=", "≥": ">=", "≤": "<=", "⩾": ">=", "⩽": "<="}
COMPARISONS = ("<", ">", "<=", ">=")
"""What the calls are called that comparisons are in the tree."""
_SUMMED = ("sum", "prod", "mean")


def _compared(tree: Syntax) -> Syntax:
    """Return a comparison that looks like an index with a condition as what it is: `where(x < 0, …)`."""
    if not isinstance(tree, IndexRelation) or tree.sign not in COMPARISONS:
        return tree
    name = Name(tree.start, tree.start + len(tree.name), tree.name)
    return Call(tree.start, tree.end, tree.sign, name.end, (name, tree.other), depth=tree.depth)


class Builder:
    """Makes the syntax tree while lark parses: one method for each rule of grammar.lark."""

    def line(self, children: list[Any]) -> tuple[Syntax, ...]:
        """Return the pieces between the signs of equality."""
        return tuple(children[::2])

    def expression(self, children: list[Any]) -> Syntax:
        """Return the expression."""
        result: Syntax = children[0]
        return result

    def sum(self, children: list[Any]) -> Sum:
        """Return a sum; it is flat, however many terms it has."""
        operands = tuple(children[::2])
        depth = 1 + max([operand.depth for operand in operands])
        operators = tuple([_OPERATORS[token.type] for token in children[1::2]])
        return Sum(operands[0].start, operands[-1].end, operands, operators, depth=depth)

    def product(self, children: list[Any]) -> Product:
        """Return a product; a run of `*` is flat, every change of the operator nests."""
        operands = tuple(children[::2])
        operators = tuple([_OPERATORS[token.type] for token in children[1::2]])
        depth = 1 + max([operand.depth for operand in operands])
        depth += sum([operator != "*" for operator in operators[1:]])
        return Product(operands[0].start, operands[-1].end, operands, operators, depth=depth)

    def kronecker(self, children: list[Any]) -> Call:
        """Return the call that `A ⊗ B` is."""
        left, sign, right = children
        depth = 1 + max(left.depth, right.depth)
        word = "outer" if sign.value == "%o%" else "kron"
        return Call(left.start, right.end, word, left.start, (left, right), depth=depth)

    def inner(self, children: list[Any]) -> Call:
        """Return the call that `⟨x, y⟩` is."""
        opening, left, right, closing = children
        depth = 1 + max(left.depth, right.depth)
        return Call(opening.start_pos, closing.end_pos, "inner", opening.end_pos, (left, right), depth=depth)

    def multiple(self, children: list[Any]) -> Multiple:
        """Return the product that `2x` is."""
        factor, operand = self.number(children[:1]), children[-1]
        return Multiple(factor.start, operand.end, (factor, operand), ("*",), depth=operand.depth + 1)

    def norm(self, children: list[Any]) -> Call:
        """Return `||x||`, `||A||_F`, `||x||_1` as a call."""
        opening, inside, last = children[0], children[1], children[-1]
        mark = last.value.strip("_{}") if last.type == "NORM_MARK" else ""
        name = {"1": "‖1", "₁": "‖1", "2": "‖2", "₂": "‖2"}.get(mark, "norm2")
        return Call(opening.start_pos, last.end_pos, name, opening.end_pos, (inside,), depth=inside.depth + 1)

    def bars(self, children: list[Any]) -> Bars:
        """Return what stands between single bars."""
        opening, inside, closing = children
        return Bars(opening.start_pos, closing.end_pos, inside, depth=inside.depth + 1)

    def negative(self, children: list[Any]) -> Negative:
        """Return a negative."""
        token, operand = children
        return Negative(token.start_pos, operand.end, operand, depth=operand.depth + 1)

    def transposed(self, children: list[Any]) -> Transposed:
        """Return a transpose."""
        operand, token = children
        return Transposed(operand.start, token.end_pos, operand, depth=operand.depth + 1)

    def inverse_transposed(self, children: list[Any]) -> Transposed:
        """Return the transpose of the inverse, A⁻ᵀ."""
        operand, token = children
        minus_one = Number(token.start_pos, token.end_pos, Fraction(-1))
        power = Powered(operand.start, token.end_pos, operand, minus_one, False, depth=operand.depth + 1)
        return Transposed(operand.start, token.end_pos, power, depth=power.depth + 1)

    def powered(self, children: list[Any]) -> Powered:
        """Return a power."""
        base, token, exponent = children
        depth = 1 + max(base.depth, exponent.depth)
        return Powered(base.start, exponent.end, base, exponent, token.type == "DOT_POWER", depth=depth)

    def superscript(self, children: list[Any]) -> Powered:
        """Return a power whose exponent was written above the line: x², A⁻¹, xⁿ."""
        base, token = children
        text = token.value.removeprefix("⁻")
        exponent: Syntax
        if text == "ⁿ":
            exponent = Name(token.start_pos, token.end_pos, "n")
        else:
            exponent = Number(token.start_pos, token.end_pos, Fraction(int(text.translate(_SUPERSCRIPTS))))
        if text != token.value:
            exponent = Negative(token.start_pos, token.end_pos, exponent, depth=1)
        return Powered(base.start, token.end_pos, base, exponent, False, depth=base.depth + 2)

    def number(self, children: list[Any]) -> Number:
        """Return a number: 0.1 is one tenth."""
        token = children[0]
        text = token.value
        if text in _VULGAR:
            return Number(token.start_pos, token.end_pos, _VULGAR[text])
        value = Fraction(int(text)) if len(text) < 20 and text.isdigit() else Fraction(text)
        return Number(token.start_pos, token.end_pos, value)

    def name(self, children: list[Any]) -> Name:
        """Return a name."""
        token = children[0]
        return Name(token.start_pos, token.end_pos, canonical_name(token.value))

    def text(self, children: list[Any]) -> Text:
        """Return a word in quotes."""
        token = children[0]
        return Text(token.start_pos, token.end_pos, token.value.strip("'\" "))

    def every(self, children: list[Any]) -> Slice:
        """Return all places, the `:` in `X[1, :]`."""
        return Slice(children[0].start_pos, children[0].end_pos)

    def slice(self, children: list[Any]) -> Slice:
        """Return the places from one to another."""
        first, _, last = children
        return Slice(first.start, last.end, first, last, depth=1 + max(first.depth, last.depth))

    def slice_to(self, children: list[Any]) -> Slice:
        """Return the places from the first to another."""
        colon, last = children
        return slice_to(colon.start_pos, last)

    def slice_from(self, children: list[Any]) -> Slice:
        """Return the places from one to the last."""
        first, colon = children
        return slice_from(first, colon.end_pos)

    def call(self, children: list[Any]) -> Call:
        """Return a call of a function."""
        name, closing, arguments = children[0], children[-1], tuple(children[2:-1])
        depth = 1 + max([argument.depth for argument in arguments])
        word = "sqrt" if name.value == "√" else canonical_name(name.value)
        if arguments and word not in _SUMMED:
            arguments = (_compared(arguments[0]), *arguments[1:])
        return Call(name.start_pos, closing.end_pos, word, name.end_pos, arguments, depth=depth)

    def keyword(self, children: list[Any]) -> Keyword:
        """Return an argument with its name."""
        name, _, value = children
        return Keyword(name.start_pos, value.end, canonical_name(name.value), value, depth=value.depth)

    def relation(self, children: list[Any]) -> Syntax:
        """Return an index with its condition, or a comparison of two values as a call, of a function `>`."""
        left, sign, right = children
        word, depth = _RELATIONS.get(sign.value, sign.value), 1 + max(left.depth, right.depth)
        if isinstance(left, Name) and not left.wrapped and word in ("<", "!="):
            return IndexRelation(left.start, right.end, left.name, word, right, depth=depth)
        return Call(left.start, right.end, word, left.end, (left, right), depth=depth)

    def method(self, children: list[Any]) -> Call:
        """Return the call that `X.sum(axis=0)` is, of a function of X."""
        operand, name, _, *arguments, closing = children
        depth = 1 + max([operand.depth, *[argument.depth for argument in arguments]])
        word = name.value.removeprefix(".")
        return Call(operand.start, closing.end_pos, word, name.end_pos, (operand, *arguments), depth=depth)

    def count(self, children: list[Any]) -> Call:
        """Return the call that `X.shape[0]` and `x.size` are."""
        operand, token = children
        word = {".shape[0]": "nrow", ".shape[1]": "ncol"}.get(token.value, "numel")
        return Call(operand.start, token.end_pos, word, operand.end, (operand,), depth=operand.depth + 1)

    def applied(self, children: list[Any]) -> Call:
        """Return the call that `log det(X)` and `log|X|` are."""
        name, operand = children[0], children[-1]
        word = canonical_name(name.value)
        return Call(name.start_pos, operand.end, word, name.end_pos, (operand,), depth=operand.depth + 1)

    def component(self, children: list[Any]) -> Component:
        """Return an entry of an array."""
        operand, closing, places = children[0], children[-1], tuple(children[2:-1])
        depth = 1 + max([operand.depth, *[place.depth for place in places]])
        return Component(operand.start, closing.end_pos, operand, places, depth=depth)

    def literal_row(self, children: list[Any]) -> tuple[Syntax, ...]:
        """Return the entries of one row."""
        return tuple(children)

    def literal(self, children: list[Any]) -> Literal:
        """Return an array written entry by entry."""
        opening, closing, rows = children[0], children[-1], tuple(children[1:-1:2])
        depth = 1 + max([entry.depth for row in rows for entry in row])
        return Literal(opening.start_pos, closing.end_pos, rows, depth=depth)

    def group(self, children: list[Any]) -> Syntax:
        """Return what stands in the parentheses; they widen its range."""
        opening, inside, closing = children
        result: Syntax = inside
        result.start, result.end, result.wrapped = opening.start_pos, closing.end_pos, True
        return result
