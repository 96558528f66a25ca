r"""From LaTeX to the syntax tree: sums of entry-wise products of products of factors with scripts.

LaTeX leaves multiplication unwritten, so what a letter may be decides how a formula is read: `\sigma(z)` is a product
where σ is declared, and the sigmoid where it is not. Binding, tightest first: scripts; functions without parentheses
and products (`xy`, `x \cdot y`, `x/y`); `\odot`, `\oslash`, `\otimes`; sums. What has two readings is not guessed at.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import NoReturn

from jacobook.language import syntax
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import POLYGAMMAS
from jacobook.language.latex_notation.commands import (
    ACCENTS,
    COMMANDS,
    ENTRYWISE,
    FONTS,
    FONTS_OF_WORDS,
    FRACTIONS,
    FUNCTIONS,
    LETTERS_CALLED,
    MATRICES,
    NOT_READ,
    OPENING_BARS,
    PRODUCTS,
    REACHING,
    TRANSPOSES,
)
from jacobook.language.latex_notation.spelled_names import declared_spelling, spellings
from jacobook.language.latex_notation.tokens import Token, TokenKind, matching, tokens
from jacobook.language.names import as_product
from jacobook.language.syntax import Syntax

MOST_OF_A_SIZE = 4
"""A size is multiplied by itself at most so often."""
LARGEST_FACTORIAL = 20
"""Of larger numbers n, n! is not worked out."""
_COLUMNWISE = {"otimes": "kron", "ast": "khatrirao"}


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean where the formula stands: variables, declared functions."""

    variables: Collection[str] = ()
    functions: Collection[str] = ()
    sizes: Collection[str] = ()
    """Names of sizes, which are no products of variables."""
    maps: Collection[str] = ()
    """Of the variables, those that a line defines with arguments, `f(z) = …`."""

    def __contains__(self, name: object) -> bool:
        """Return whether the name is a variable or a declared function."""
        return name in self.variables or name in self.functions


def read_expression(text: str, names: Names) -> Syntax:
    """Return the syntax tree of a formula in LaTeX. Raises LanguageError, which points into it."""
    reader = _Reader(text, names)
    tree = reader.sum()
    reader.expect_end()
    return tree


def read_line(text: str, names: Names) -> tuple[Syntax, ...]:
    """Return what stands between the signs of equality of a line of a chain. Raises LanguageError."""
    reader = _Reader(text, names)
    pieces: list[Syntax] = []
    while (head := reader.head()) is not None:
        pieces.append(head)
    pieces.append(reader.sum())
    if reader.take("="):  # an equation with a formula on its left
        pieces.append(reader.sum())
    reader.expect_end()
    return tuple(pieces)


def defined_name(text: str) -> str | None:
    """Return the name that a line of a chain in LaTeX defines, the `z` in `z = g(y) = …`; None for an expression."""
    head = _Reader(text, Names()).head()
    return head.name if isinstance(head, syntax.Name | syntax.Call) else None


_NO_BOUNDS = r"a sum needs its index and both bounds: `\sum_{i=1}^{N}`; over all samples `\sum_{i}` will do"


class _Reader:
    """Reads the tokens of one formula from left to right; every method leaves off behind what it has read."""

    def __init__(self, text: str, names: Names) -> None:
        self.text, self.names = text, names
        self.tokens = tokens(text)
        self.place = 0
        self.bars: list[str] = []
        """The bars that are open, so that the next one of the kind closes."""

    # -- tokens ---------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def next(self) -> Token:
        token = self.token
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def is_mark(self, *marks: str) -> bool:
        return self.token.kind is TokenKind.MARK and self.token.text in marks

    def is_command(self, *commands: str) -> bool:
        return self.token.kind is TokenKind.COMMAND and self.token.text in commands

    def take(self, *marks: str) -> bool:
        if self.is_mark(*marks):
            self.next()
            return True
        return False

    def fail(self, message: str, first: Token | None = None, last: Token | None = None) -> NoReturn:
        begin = first or self.token
        end = (last or begin).end
        raise LanguageError(message, self.text, begin.start, max(end, begin.start + 1))

    def expect(self, mark: str, opened: Token) -> Token:
        if not self.is_mark(mark):
            self.unexpected(f"`{mark}` was expected")
        return self.next()

    def unexpected(self, expected: str) -> NoReturn:
        token = self.token
        if token.kind is TokenKind.END:
            self.fail(f"{expected} at the end of the formula", token)
        if token.kind is TokenKind.COMMAND and token.text in NOT_READ:
            self.fail(f"`{self.text[token.start : token.end]}`: {NOT_READ[token.text]}", token)
        shown = "\\" + token.text if token.kind is TokenKind.COMMAND else token.text
        self.fail(f"{expected} instead of `{shown}`", token)

    def expect_end(self) -> None:
        if self.token.kind is not TokenKind.END:
            self.unexpected("an operator was expected")

    def head(self) -> Syntax | None:
        """Return what stands before the next sign of equality, `z` or `g(y)`; None if nothing of the kind comes."""
        begin = self.place
        try:
            first = self.token
            found: Syntax = self.defined()
            if self.is_mark("("):
                end, arguments = found.end, self.arguments()
                if isinstance(found, syntax.Name) and arguments:
                    found = _called(first.start, found.name, end, arguments, self.tokens[self.place - 1].end)
        except LanguageError:
            self.place = begin
            return None
        if self.take("="):
            return found
        self.place = begin
        return None

    def defined(self) -> syntax.Name:
        """Return a name that need not be known, with what stands below it."""
        first = self.token
        base, marks = self.base()
        if self.is_mark("_"):
            marks = [*marks, *self.marks_below()]
        known = declared_spelling(base, marks, self.names)
        return syntax.Name(first.start, self.tokens[self.place - 1].end, known or spellings(base, marks)[0])

    # -- operators ------------------------------------------------------------------

    def sum(self) -> Syntax:
        operands, operators = [self.entrywise()], []
        while self.is_mark("+", "-"):
            operators.append(self.next().text)
            operands.append(self.entrywise())
        if not operators:
            return operands[0]
        depth = 1 + max(operand.depth for operand in operands)
        return syntax.Sum(operands[0].start, operands[-1].end, tuple(operands), tuple(operators), depth=depth)

    def entrywise(self) -> Syntax:
        left = self.product()
        while self.is_command(*ENTRYWISE, *_COLUMNWISE):
            operator = self.next().text
            right = self.product()
            called = _COLUMNWISE.get(operator)
            left = _call(called, left, right) if called else _product(left, ENTRYWISE[operator], right)
        return left

    def product(self) -> Syntax:
        left = self.signed()
        while True:
            if self.is_command(*PRODUCTS) or self.is_mark("*"):
                self.next()
                left = _product(left, "*", self.signed())
            elif self.is_mark("/"):
                left = self.quotient(left)
            elif self.begins_factor():
                self.check_number()
                left = _product(left, "*", self.factor())
            else:
                return left

    def quotient(self, left: Syntax) -> Syntax:
        """Return `a/b`; what follows b without an operator may belong to the denominator, but λ/2 is a coefficient."""
        slash = self.next()
        divisor = self.signed()
        is_coefficient = (
            isinstance(divisor, syntax.Number) and syntax.is_coefficient(left) and not self.is_command("pi")
        )
        if self.begins_factor() and not is_coefficient:
            self.fail(
                "what stands behind the slash, one factor or all of them? Write a `\\frac`, or parentheses",
                slash,
                self.token,
            )
        return _product(left, "/", divisor)

    def check_number(self) -> None:
        """Raise LanguageError for a number behind a factor, which may be a subscript or a product."""
        if self.token.kind is TokenKind.NUMBER:
            self.fail(f"a number behind a factor: write `\\cdot {self.token.text}`, or `_{self.token.text}` below it")

    def signed(self) -> Syntax:
        if self.is_mark("-", "+"):
            sign = self.next()
            operand = self.signed()
            if sign.text == "+":
                return operand
            return syntax.Negative(sign.start, operand.end, operand, depth=operand.depth + 1)
        return self.factor()

    def begins_factor(self) -> bool:
        token = self.token
        match token.kind:
            case TokenKind.LETTER | TokenKind.NUMBER:
                return True
            case TokenKind.MARK:
                return token.text in "([{" or (token.text == "|" and "|" not in self.bars)
            case TokenKind.COMMAND:
                name = token.text
                if name in OPENING_BARS:
                    return OPENING_BARS[name] not in self.bars or name in ("lVert", "lvert")
                known = (*FONTS, *ACCENTS, *COMMANDS, *FUNCTIONS)
                return (
                    name in known
                    or name in FRACTIONS
                    or name in ("sqrt", "begin", "{", "langle", "sum", "prod", "boxed")
                )
            case _:
                return False

    # -- factors --------------------------------------------------------------------

    def factor(self) -> Syntax:
        return self.scripts(self.atom())

    def atom(self) -> Syntax:
        token = self.token
        match token.kind:
            case TokenKind.NUMBER:
                self.next()
                if self.is_mark("!") and token.text.isdecimal() and int(token.text) <= LARGEST_FACTORIAL:
                    return syntax.Number(token.start, self.next().end, Fraction(factorial(int(token.text))))
                return syntax.Number(token.start, token.end, Fraction(token.text))
            case TokenKind.LETTER:
                return self.letters()
            case TokenKind.MARK if token.text in "([":
                group = self.group(")" if token.text == "(" else "]")
                return self.of_cross_product(group) if token.text == "[" and self._is_cross_product() else group
            case TokenKind.MARK if token.text == "{":
                return self.braces()
            case TokenKind.MARK if token.text == "|":
                return self.double_bars() if self.is_double_bar() else self.between_bars("|")
            case TokenKind.COMMAND:
                return self.command()
        return self.unexpected("a variable, a number or a function was expected")

    def command(self) -> Syntax:
        token = self.token
        name = token.text
        if name in OPENING_BARS:
            return self.norm(OPENING_BARS[name]) if name in ("lVert", "Vert", "|") else self.between_bars(name)
        if name in FRACTIONS:
            self.next()
            above, below = self.argument(), self.argument()
            result = _product(above, "/", below)
            result.start, result.wrapped = token.start, True
            return result
        if name == "sqrt":
            return self.root()
        if name == "{":
            return self.curly()
        if name == "boxed":
            self.next()
            return self.argument()
        if name == "begin":
            return self.array()
        if name == "langle":
            return self.inner_product()
        if name in ("sum", "prod"):
            return self.running_sum(name)
        if name in FONTS and name not in FONTS_OF_WORDS and self.is_formula_in_font():
            return self.formula_in_font()
        if name in FONTS or name in ACCENTS or name in COMMANDS or name in FUNCTIONS:
            return self.named()
        return self.unexpected("a variable, a number or a function was expected")

    def group(self, closing: str) -> Syntax:
        """Return what stands in parentheses or brackets; in brackets it may be an array, [1, X] or [A, B; C, D]."""
        opening = self.next()
        open_bars, self.bars = self.bars, []
        rows = [[inside := self.sum()]]
        while closing == "]" and self.is_mark(",", ";"):
            if self.next().text == ";":
                rows.append([])
            rows[-1].append(self.sum())
        self.bars = open_bars
        end = self.expect(closing, opening)
        if len(rows) > 1 or len(rows[0]) > 1:
            depth = 1 + max(entry.depth for row in rows for entry in row)
            return syntax.Literal(opening.start, end.end, tuple(map(tuple, rows)), depth=depth)
        inside.start, inside.end, inside.wrapped = opening.start, end.end, True
        return inside

    def of_cross_product(self, inside: Syntax) -> Syntax:
        r"""Return `[x]_\times` as the matrix of the cross product with x."""
        self.next()
        if in_braces := self.is_mark("{"):
            self.next()
        end = self.next().end
        if in_braces:
            end = self.next().end
        return syntax.Call(inside.start, end, "skew", inside.start + 1, (inside,), depth=inside.depth + 1)

    def _is_cross_product(self) -> bool:
        r"""Return whether `_\times` or `_{\times}` follows."""
        behind = [token.text for token in self.tokens[self.place : self.place + 4]]
        return behind[:2] == ["_", "times"] or behind == ["_", "{", "times", "}"]

    def curly(self) -> Syntax:
        opening = self.next()
        inside = self.sum()
        if not self.is_command("}"):
            self.unexpected("`\\}` was expected")
        inside.start, inside.end, inside.wrapped = opening.start, self.next().end, True
        return inside

    def braces(self) -> Syntax:
        opening = self.next()
        inside = self.sum()
        end = self.expect("}", opening)
        inside.start, inside.end = opening.start, end.end
        return inside

    def argument(self) -> Syntax:
        """Return the argument of a command: a group in braces, or the next single character."""
        if self.is_mark("{"):
            return self.braces()
        token = self.token
        if token.kind is TokenKind.NUMBER and len(token.text) > 1 and "." not in token.text:
            # \frac12: LaTeX takes one digit at a time
            first = Token(TokenKind.NUMBER, token.text[0], token.start, token.start + 1)
            rest = Token(TokenKind.NUMBER, token.text[1:], token.start + 1, token.end)
            self.tokens[self.place : self.place + 1] = [first, rest]
            self.next()
            return syntax.Number(first.start, first.end, Fraction(first.text))
        return self.atom()

    def root(self) -> Syntax:
        token = self.next()
        if self.is_mark("["):
            self.fail("roots other than square roots are written as powers: `x^{1/3}`")
        inside = self.argument()
        return syntax.Call(token.start, inside.end, "sqrt", token.end, (inside,), depth=inside.depth + 1)

    # -- names and functions ----------------------------------------------------------

    def letters(self) -> Syntax:
        """Return a letter, or the longest known word that letters without space spell."""
        begin = self.place
        word, best = "", None
        for number in range(begin, len(self.tokens)):
            token = self.tokens[number]
            if token.kind not in (TokenKind.LETTER, TokenKind.NUMBER) or (
                number > begin and token.start != self.tokens[number - 1].end
            ):
                break
            word += token.text
            following = self.tokens[number + 1]
            called = following.kind is TokenKind.MARK and following.text == "("
            if word in self.names or (called and len(word) > 1 and word in FUNCTIONS):
                best = number
        if best is None or best == begin:
            return self.named()
        first = self.token
        word = "".join(token.text for token in self.tokens[begin : best + 1])
        self.place = best + 1
        return self.with_marks(first, word, [])

    def is_formula_in_font(self) -> bool:
        r"""Return whether more than one name stands in the braces of a font: `\mathbf{Ax}`, `\boldsymbol{x^T A}`."""
        opening = self.tokens[self.place + 1]
        if opening.kind is not TokenKind.MARK or opening.text != "{":
            return False
        inside = self.tokens[self.place + 2 : matching(self.tokens, self.place + 1, self.text)]
        if all(token.kind in (TokenKind.LETTER, TokenKind.NUMBER) for token in inside):
            word = "".join(token.text for token in inside)
            return word not in self.names and word not in FUNCTIONS and as_product(word, self.names) is not None
        marks = {token.text for token in inside if token.kind is TokenKind.MARK}
        return "^" in marks and not marks & {"_", "+"} and inside[0].text != "-"

    def formula_in_font(self) -> Syntax:
        r"""Return what stands in the braces of a font. Raises where what stands above may belong to its last letter."""
        command = self.next()
        inside = self.braces()
        inside.start = command.start
        if self.is_mark("^") or self.is_mark("'") or self.is_mark("_"):
            self.fail(
                "this may belong to the last letter in the braces, or to all of them: put it into them, or write "
                "parentheses",
                command,
                self.token,
            )
        return inside

    def named(self) -> Syntax:
        first = self.token
        base, marks = self.base()
        return self.with_marks(first, base, marks)

    def base(self) -> tuple[str, list[str]]:
        r"""Return the letter or word of `\hat{\mathbf{x}}` and what its accents say."""
        token = self.next()
        if token.kind in (TokenKind.LETTER, TokenKind.NUMBER):
            return token.text, []
        if token.text in ACCENTS:
            base, marks = self.inside_of_command(token)
            return base, [*marks, ACCENTS[token.text]]
        if token.text in FONTS:
            return self.inside_of_command(token)
        return COMMANDS.get(token.text, token.text), []

    def inside_of_command(self, command: Token) -> tuple[str, list[str]]:
        if not self.is_mark("{"):
            return self.base()
        end = matching(self.tokens, self.place, self.text)
        self.next()
        word = self.tokens[self.place : end]
        if word and all(token.kind in (TokenKind.LETTER, TokenKind.NUMBER) for token in word):
            base, marks = "".join(token.text for token in word), list[str]()
            self.place = end
        else:
            base, marks = self.base()
            if self.is_mark("_"):
                marks += self.marks_below()
        if self.place != end:
            self.fail("one letter or one word was expected here", command, self.tokens[end])
        self.next()
        return base, marks

    def with_marks(self, first: Token, base: str, marks: list[str]) -> Syntax:
        """Return what a letter with its accents means, together with what stands below and behind it."""
        before = self.place
        if self.is_mark("_"):
            below = [*marks, *self.marks_below()]
            if (spelled := declared_spelling(base, below, self.names)) is not None:
                return self.known(first, spelled)
            self.place = before
        if self.is_mark("^"):
            above = self.number_above()
            if above and (spelled := declared_spelling(base, [*marks, above], self.names)) is not None:
                return self.known(first, spelled)
            self.place = before
        if (spelled := declared_spelling(base, marks, self.names)) is not None:
            return self.known(first, spelled)
        if not marks and (special := self.special(first, base) or self.spectral(first, base)) is not None:
            return special
        if base in LETTERS_CALLED and self.is_mark("("):
            return self.function(first, LETTERS_CALLED[base])
        if base in FUNCTIONS:
            return self.function(first, base)
        if self.is_mark("_"):
            marks = [*marks, *self.marks_below()]
        return syntax.Name(first.start, self.tokens[self.place - 1].end, spellings(base, marks)[-1])

    def known(self, first: Token, name: str) -> Syntax:
        end = self.tokens[self.place - 1].end
        if name in self.names.functions and self.is_mark("("):
            arguments = self.arguments()
            return _called(first.start, name, end, arguments, self.tokens[self.place - 1].end)
        return syntax.Name(first.start, end, name)

    def spectral(self, first: Token, base: str) -> Syntax | None:
        r"""Return `\lambda_{\max}(S)`, `\boldsymbol{v}_{\max}(S)`, `\sigma_{\max}(A)`, `\psi_1(x)`; else None."""
        before = self.place
        if base in ("lambda", "sigma", "v") and self.is_mark("_"):
            name = _SPECTRAL.get((base, self.words_below()))
            if name is not None:
                return self.function(first, name)
        elif base == "psi" and self.is_mark("_", "^", "'"):
            order = self.words_below() if self.is_mark("_") else self.primes() or self.number_above()
            name = _POLYGAMMA.get(order or "")
            if name is not None and self.is_mark("("):
                return self.function(first, name)
        self.place = before
        return None

    def special(self, first: Token, base: str) -> Syntax | None:
        """Return what a letter means that is not declared: e^x, the identity, the arrays of ones and zeros."""
        last = self.tokens[self.place - 1]
        if base == "I":
            sizes = self.sizes_below()
            end = self.tokens[self.place - 1].end
            return _called(first.start, "eye", last.end, sizes, end) if sizes else syntax.Name(first.start, end, "eye")
        if base in ("0", "1"):
            value = syntax.Number(first.start, last.end, Fraction(base))
            sizes = self.sizes_below()
            name = "matrix" if len(sizes) == 2 else "vector"
            return _called(first.start, name, last.end, (value, *sizes), self.tokens[self.place - 1].end)
        if base == "K" and self.is_mark("_"):
            before, sizes = self.place, self.sizes_below()
            if len(sizes) == 2:
                return _called(first.start, "commutation", last.end, sizes, self.tokens[self.place - 1].end)
            self.place = before
        if base in _HALVES and self.is_mark("_"):
            before, sizes = self.place, self.sizes_below()
            if len(sizes) == 1 and isinstance(sizes[0], syntax.Name) and sizes[0].name in self.names.sizes:
                return _called(first.start, _HALVES[base], last.end, sizes, self.tokens[self.place - 1].end)
            self.place = before
        return None

    def function(self, first: Token, name: str) -> Syntax:
        r"""Return a call: `\log(x)`, `\log\det X`, `\tanh^{2}(x)`, `\operatorname{tr} AB`."""
        name_end = self.tokens[self.place - 1].end
        axis: tuple[Syntax, ...] = ()
        if name == "unvec":  # \operatorname{unvec}_{M\times N}(v)
            axis = self.sizes_below()
        elif self.is_mark("_"):
            below = self.token
            which = self.words_below()
            if name == "log" and which in _LOGARITHMS:
                return self.function(first, _LOGARITHMS[which])
            if which not in ("rows", "columns"):
                self.fail(f"`{name}` with something below it is not read here", below)
            axis = (syntax.Text(below.start, self.tokens[self.place - 1].end, which),)
        power = None
        if self.is_mark("^"):
            self.next()
            power = self.argument()
            if isinstance(power, syntax.Negative):
                self.fail("the inverse function, or one divided by it? Write `\\arcsin(x)` or `1/\\sin(x)`", first)
        arguments = (*self.function_arguments(first, name), *axis)
        end = self.tokens[self.place - 1].end
        call = _called(first.start, name, name_end, arguments, end)
        if power is None:
            return call
        return syntax.Powered(first.start, end, call, power, None, depth=1 + max(call.depth, power.depth))

    def function_arguments(self, first: Token, name: str) -> tuple[Syntax, ...]:
        if self.is_mark("(", "["):
            return self.arguments()
        if self.is_command("{"):
            return (self.curly(),)
        if not self.begins_factor():
            self.unexpected(f"the argument of `{name}` was expected")
        if self.is_function():
            return (self.factor(),)
        argument = self.factor()
        several = False
        while self.begins_factor() and not self.is_mark("(", "[") and not self.is_function():
            several = several or not isinstance(argument, syntax.Number)
            argument = _product(argument, "*", self.factor())
        ambiguous = self.is_mark("(", "[") or (several and name not in REACHING)
        if ambiguous:
            self.fail(f"how far does `{name}` reach? Put its argument in parentheses", first, self.token)
        return (argument,)

    def is_function(self) -> bool:
        token = self.token
        return token.kind is TokenKind.COMMAND and token.text in FUNCTIONS and token.text not in self.names

    def arguments(self) -> tuple[Syntax, ...]:
        opening = self.next()
        found = [self.sum()]
        while self.take(","):
            found.append(self.sum())
        self.expect(")" if opening.text == "(" else "]", opening)
        return tuple(found)

    # -- scripts --------------------------------------------------------------------

    def scripts(self, base: Syntax) -> Syntax:
        """Return the base with what stands behind it above and below: entries, transposes, powers."""
        while True:
            if self.is_mark("'"):
                end = self.next().end
                base = syntax.Transposed(base.start, end, base, depth=base.depth + 1)
            elif self.is_mark("_"):
                base = self.entry(base)
            elif self.is_mark("^"):
                base = self.raised(base)
            else:
                return base

    def entry(self, base: Syntax) -> Syntax:
        self.next()
        places = self.places()
        end = self.tokens[self.place - 1].end
        depth = 1 + max([base.depth, *(place.depth for place in places)])
        return syntax.Component(base.start, end, base, places, depth=depth)

    def places(self) -> tuple[Syntax, ...]:
        """Return the places below an array: `i`, `ij`, `i,j`, `t-1`."""
        if not self.is_mark("{"):
            return (self.atom(),)
        end = matching(self.tokens, self.place, self.text)
        self.next()
        inside = self.tokens[self.place : end]
        if len(inside) == 2 and inside[0].kind is TokenKind.LETTER and inside[1].kind in _LETTER_OR_NUMBER:
            self.place = end + 1
            return tuple(_place(token) for token in inside)
        if len(inside) == 1 and inside[0].kind is TokenKind.NUMBER and len(inside[0].text) == 2:
            token = inside[0]  # A_{12} is the entry in row 1, column 2
            self.place = end + 1
            return tuple(
                syntax.Number(token.start + k, token.start + k + 1, Fraction(digit))
                for k, digit in enumerate(token.text)
            )
        found_places = [self.one_place()]
        while self.take(","):
            found_places.append(self.one_place())
        if self.place != end:
            self.unexpected("`}` was expected")
        self.next()
        return tuple(found_places)

    def one_place(self) -> Syntax:
        """Return a place, all of them, the colon in `X_{i,:}`, or those of `w_{1:p}`."""
        token = self.token
        if self.take(":"):
            if self.is_mark(",") or self.is_mark("}"):
                return syntax.Slice(token.start, token.end)
            return syntax.slice_to(token.start, self.sum())
        first = self.sum()
        colon = self.token
        if not self.take(":"):
            return first
        if self.is_mark(",") or self.is_mark("}"):
            return syntax.slice_from(first, colon.end)
        last = self.sum()
        return syntax.Slice(first.start, last.end, first, last, depth=1 + max(first.depth, last.depth))

    def raised(self, base: Syntax) -> Syntax:
        caret = self.next()
        group = self.is_mark("{")
        end = matching(self.tokens, self.place, self.text) if group else self.place
        inside = self.tokens[self.place + 1 : end] if group else [self.token]
        words = [_word(token) for token in inside]
        if words and self.is_transpose(words):
            self.place = end + 1
            last = self.tokens[end].end
            if words[0] == "-":
                one = syntax.Number(caret.start, last, Fraction(-1))
                base = syntax.Powered(base.start, last, base, one, False, depth=base.depth + 1)
            return syntax.Transposed(base.start, last, base, depth=base.depth + 1)
        if words in (["*"], ["H"], ["\\ast"]) and words[0] not in self.names:
            self.fail("everything is real: the transpose is `^\\top`", caret, self.tokens[end])
        if words == ["\\dagger"]:  # in physics the one, in numerics the other
            self.fail(NOT_READ["dagger"], caret, self.tokens[end])
        if words == ["+"]:
            self.place = end + 1
            return _called(base.start, "pinv", base.end, (base,), self.tokens[end].end)
        elementwise = bool(words) and words[0] in ("\\odot", "\\circ")
        if group:
            self.next()
            if elementwise:
                self.next()
            exponent = self.sum()
            if self.place != end:
                self.unexpected("`}` was expected")
            self.next()
        else:
            exponent = self.argument()
        last = self.tokens[self.place - 1].end
        depth = 1 + max(base.depth, exponent.depth)
        return syntax.Powered(base.start, last, base, exponent, elementwise, depth=depth)

    def is_transpose(self, words: list[str]) -> bool:
        r"""Return whether what stands above is ⊤, T, −⊤ or the like; T only where no variable has the name."""
        if words[0] == "-":
            words = words[1:]
        if len(words) > 1 and words[0].removeprefix("\\") in FONTS:
            words = [word for word in words[1:] if word not in "{}"]
        if len(words) != 1:
            return bool(words) and all(word == "\\prime" for word in words)
        word = words[0]
        return word.removeprefix("\\") in TRANSPOSES or (word in ("T", "t") and word not in self.names)

    def marks_below(self) -> list[str]:
        """Return what stands below a letter, as parts of its name; empty if it is no part of a name."""
        self.next()
        group = self.is_mark("{")
        end = matching(self.tokens, self.place, self.text) if group else self.place
        inside = self.tokens[self.place + 1 : end] if group else [self.token]
        if not group and inside[0].kind is TokenKind.COMMAND and inside[0].text in FONTS:
            end = matching(self.tokens, self.place + 1, self.text)
            inside = self.tokens[self.place : end + 1]
        self.place = end + 1
        parts = [""]
        for token in inside:
            if token.kind is TokenKind.MARK and token.text == ",":
                parts.append("")
            elif token.kind is TokenKind.COMMAND and token.text in COMMANDS:
                parts[-1] += COMMANDS[token.text]
            elif token.kind in (TokenKind.LETTER, TokenKind.NUMBER):
                parts[-1] += token.text
        return parts

    def words_below(self) -> str:
        r"""Return what stands below, without braces and fonts: `max` of `_{\max}` and of `_{\text{max}}`."""
        begin = self.place + 1
        self.marks_below()
        subscript = self.tokens[begin : self.place]
        return "".join(token.text for token in subscript if token.text not in ("{", "}", *FONTS))

    def primes(self) -> str | None:
        r"""Return how many strokes follow, as in `\psi'(x)` and `\psi^{\prime\prime}(x)`; None where none do."""
        before, count = self.place, 0
        while self.take("'"):
            count += 1
        if not count and self.take("^"):
            group = self.take("{")
            while self.is_command("prime"):
                self.next()
                count += 1
            if group and not self.take("}"):
                count = 0
        self.place = self.place if count else before
        return str(count) if count else None

    def number_above(self) -> str | None:
        r"""Return the number in `W^{(2)}`, which belongs to the name; None for any other superscript."""
        self.next()
        words = [_word(token) for token in self.tokens[self.place : self.place + 5]]
        if len(words) == 5 and words[0] == "{" and words[1] == "(" and words[3:] == [")", "}"]:
            self.place += 5
            return words[2]
        return None

    def sizes_below(self) -> tuple[Syntax, ...]:
        r"""Return the sizes below an array: `\boldsymbol{I}_{N}`, `\boldsymbol{1}_{M\times N}`."""
        if not self.is_mark("_"):
            return ()
        self.next()
        group = self.is_mark("{")
        if not group:
            return (self.atom(),)
        self.next()
        found = [self.size()]
        while self.is_command("times") or self.is_mark(","):
            self.next()
            found.append(self.size())
        self.expect("}", self.token)
        return tuple(found)

    def size(self) -> Syntax:
        """Return a size, or a sum of products of sizes such as 2MN + 1."""
        terms, signs = [self.product_of_sizes()], []
        while self.is_mark("+", "-"):
            signs.append(self.next().text)
            terms.append(self.product_of_sizes())
        if not signs:
            return terms[0]
        depth = 1 + max(term.depth for term in terms)
        return syntax.Sum(terms[0].start, terms[-1].end, tuple(terms), tuple(signs), depth=depth)

    def product_of_sizes(self) -> Syntax:
        found = self.power_of_size()
        while self.begins_factor():
            found = _product(found, "*", self.power_of_size())
        return found

    def power_of_size(self) -> Syntax:
        r"""Return a size, or its power with a small whole exponent, as in `\boldsymbol{I}_{N^{2}}`, as a product."""
        base = self.atom()
        if not self.take("^"):
            return base
        opened = self.token
        braced = self.take("{")
        exponent = self.atom()
        if braced:
            self.expect("}", opened)
        times = exponent.value if isinstance(exponent, syntax.Number) else Fraction(0)
        if times not in range(1, MOST_OF_A_SIZE + 1):
            self.fail("a power of a size was expected to have a small whole number as its exponent", opened, opened)
        found = base
        for _ in range(int(times) - 1):
            found = _product(found, "*", base)
        return found

    # -- bars, brackets, arrays ---------------------------------------------------------

    def is_double_bar(self) -> bool:
        following = self.tokens[self.place + 1]
        return following.kind is TokenKind.MARK and following.text == "|" and following.start == self.token.end

    def double_bars(self) -> Syntax:
        first = self.next()
        self.next()
        self.bars.append("|")
        inside = self.sum()
        self.bars.pop()
        for _ in range(2):
            self.expect("|", first)
        return self.norm_of(first, inside)

    def norm(self, closing: str) -> Syntax:
        first = self.next()
        self.bars.append(closing)
        inside = self.sum()
        self.bars.pop()
        if not self.is_command(closing):
            self.unexpected("the bars that close the norm were expected")
        self.next()
        return self.norm_of(first, inside)

    def norm_of(self, first: Token, inside: Syntax) -> Syntax:
        name, power = "norm2", tuple[Syntax, ...]()
        if self.is_mark("_"):
            below = self.tokens[self.place]
            which = self.words_below()
            last = self.tokens[self.place - 1]
            name = _NORMS.get(which, "")
            if not name and which.isidentifier() and which in self.names:
                name, power = "norm", (syntax.Name(last.start, last.end, which),)
            elif not name and which.isdecimal():
                name, power = "norm", (syntax.Number(last.start, last.end, Fraction(which)),)
            elif not name:
                self.fail("of norms, `_1`, `_2`, `_p`, `_\\infty`, `_F`, `_*` and `_{op}` are read", below, last)
        end = self.tokens[self.place - 1].end
        return _called(first.start, name, first.end, (inside, *power), end)

    def between_bars(self, opening: str) -> Syntax:
        first = self.next()
        closing = OPENING_BARS[opening]
        self.bars.append(closing)
        inside = self.sum()
        self.bars.pop()
        if not (self.is_command(closing) or (opening == "|" and self.is_mark("|"))):
            self.unexpected("the bar that closes was expected")
        end = self.next().end
        return syntax.Bars(first.start, end, inside, depth=inside.depth + 1)

    def inner_product(self) -> Syntax:
        first = self.next()
        left = self.sum()
        if not (self.take(",") or self.take("|") or self.is_command("mid")):
            self.unexpected("`,` was expected in an inner product")
        right = self.sum()
        if not self.is_command("rangle"):
            self.unexpected("`\\rangle` was expected")
        end = self.next().end
        behind = self.place
        if self.is_mark("_"):  # of matrices, the product of Frobenius
            if self.words_below() in ("F", "Fro"):
                end = self.tokens[self.place - 1].end
            else:
                self.place = behind
        return _called(first.start, "inner", first.end, (left, right), end)

    def running_sum(self, name: str = "sum") -> Syntax:
        r"""Return `\sum_{r=0}^{k-1} …`, `\sum_{i \ne j} …` or `\prod_i …`; it reaches over the product behind it."""
        first = self.next()
        if not self.is_mark("_"):
            self.fail(_NO_BOUNDS, first)
        self.next()
        opening = self.token
        group = self.take("{")
        index = self.named()
        other: Syntax | None = None
        sign = ""
        if not isinstance(index, syntax.Name):
            self.fail(_NO_BOUNDS, first)
        more = self.more_indices() if group else ()
        lower: Syntax = syntax.Number(index.start, index.end, Fraction(1))
        if group and self.take("="):
            lower = self.sum()
        elif group and not more and (self.is_command("ne", "neq", "lt") or self.is_mark("<", "≠")):
            sign = "<" if self.next().text in ("<", "lt") else "!="
            other = self.named()
        if group:
            self.expect("}", opening)
        upper: Syntax = syntax.Slice(index.start, index.end)
        if self.is_mark("^"):
            self.next()
            upper = self.argument()
        elif not isinstance(lower, syntax.Number) or lower.value != 1 or lower.start != index.start:
            self.fail(_NO_BOUNDS, first)
        own, self.names = self.names, _with_variable(self.names, index)
        for one in more:
            self.names = _with_variable(self.names, one)
        if isinstance(other, syntax.Name):
            self.names = _with_variable(self.names, other)
        body = self.entrywise()
        self.names = own
        if other is None:
            for one in (*reversed(more), index):
                body = _called(first.start, name, first.end, (one, lower, upper, body), body.end)
            return body
        pair = syntax.IndexRelation(index.start, other.end, index.name, sign, other, depth=1)
        return _called(first.start, name, first.end, (pair, body), body.end)

    def more_indices(self) -> tuple[syntax.Name, ...]:
        r"""Return the indices behind the first one in `\sum_{i,j}` and `\sum_{ij}`."""
        found: list[syntax.Name] = []
        while self.take(",") or (self.token.kind is TokenKind.LETTER and len(found) < _MOST_INDICES):
            index = self.named()
            if not isinstance(index, syntax.Name):
                self.fail(_NO_BOUNDS)
            found.append(index)
        return tuple(found)

    def array(self) -> Syntax:
        first = self.next()
        environment = self.environment()
        if environment == "array" and self.is_mark("{"):
            self.place = matching(self.tokens, self.place, self.text) + 1
        rows: list[list[Syntax]] = [[self.sum()]]
        while not self.is_command("end"):
            if self.is_mark("&"):
                self.next()
                rows[-1].append(self.sum())
            elif self.is_command("\\"):
                self.next()
                if not self.is_command("end"):
                    rows.append([self.sum()])
            else:
                self.unexpected("`&`, `\\\\` or the end of the array was expected")
        self.next()
        self.environment()
        end = self.tokens[self.place - 1].end
        depth = 1 + max(entry.depth for row in rows for entry in row)
        return syntax.Literal(first.start, end, tuple(map(tuple, rows)), depth=depth)

    def environment(self) -> str:
        if not self.is_mark("{"):
            self.unexpected("the name of an environment was expected")
        end = matching(self.tokens, self.place, self.text)
        name = "".join(token.text for token in self.tokens[self.place + 1 : end])
        if name not in MATRICES:
            self.fail(f"`{name}`: of environments, only matrices are read", self.token, self.tokens[end])
        self.place = end + 1
        return name


_NORMS = {
    "1": "‖1",
    "2": "‖2",
    "F": "norm2",
    "infty": "norminf",
    "*": "normnuc",
    "nuc": "normnuc",
    "op": "spectralnorm",
}
"""The norms by what stands below the bars; a number, or the name of a scalar, is the power of a p-norm."""
_LOGARITHMS = {"2": "log2", "10": "log10", "e": "log"}
_SPECTRAL = {
    ("lambda", "max"): "eigmax",
    ("lambda", "min"): "eigmin",
    ("sigma", "max"): "spectralnorm",
    ("v", "max"): "eigvecmax",
}
_HALVES = {"D": "duplication", "L": "elimination"}
"""D_n and L_n, where n is a size."""
_POLYGAMMA = {str(order): name for order, name in enumerate(POLYGAMMAS)}
_MOST_INDICES = 4
_LETTER_OR_NUMBER = (TokenKind.LETTER, TokenKind.NUMBER)


def _place(token: Token) -> Syntax:
    if token.kind is TokenKind.NUMBER:
        return syntax.Number(token.start, token.end, Fraction(token.text))
    return syntax.Name(token.start, token.end, token.text)


def _word(token: Token) -> str:
    return "\\" + token.text if token.kind is TokenKind.COMMAND else token.text


def _with_variable(names: Names, index: Syntax) -> Names:
    more = {index.name} if isinstance(index, syntax.Name) else set()
    return Names({*names.variables, *more}, names.functions, names.sizes)


def _product(left: Syntax, operator: str, right: Syntax) -> syntax.Product:
    """Return a product; a run of one operator is flat, as it is in the language."""
    operands: tuple[Syntax, ...] = (left, right)
    operators: tuple[str, ...] = (operator,)
    if isinstance(left, syntax.Product) and not left.wrapped and set(left.operators) == {operator}:
        operands, operators = (*left.operands, right), (*left.operators, operator)
    depth = 1 + max(operand.depth for operand in operands)
    return syntax.Product(left.start, right.end, operands, operators, depth=depth)


def _call(name: str, *arguments: Syntax) -> syntax.Call:
    return _called(arguments[0].start, name, arguments[0].start, arguments, arguments[-1].end)


def _called(start: int, name: str, name_end: int, arguments: tuple[Syntax, ...], end: int) -> syntax.Call:
    depth = 1 + max(argument.depth for argument in arguments)
    return syntax.Call(start, end, name, name_end, arguments, depth=depth)
