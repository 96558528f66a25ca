"""Declarations: `x, mu in R^D`, `S in R^(D x D) symmetric, invertible`, `s ∈ ℝ positive`, `k in N`.

declaration: name ("," name)* ("in" | "∈") (space | "N" | "ℕ") properties
family:      name "[" index "]" ("," …)* ("in" | "∈") space properties "for" index "in" "1.." size
space:       ("R" | "ℝ") ["^" (size | "(" size ["x" size] ")")]
properties:  [property ("," property)*]
function:    name ("," name)* ":" space (("x" | "×") space)* ("->" | "→") space properties
property:    a name in algebra/declared_properties.py: "invertible", "symmetric", "one-hot", …
size:        a name or a whole number ≥ 1, or sums, products and halves of such: 2n, p+1, n(n+1)/2; sizes have their own
             namespace

Above the line a shape may stand without "^": ℝ², ℝᴰ, ℝᴹˣᴺ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import NoReturn

from jacobook.algebra.declared_functions import UnspecifiedFunction, unspecified
from jacobook.algebra.declared_properties import CHOICES, ROWS, SPELLINGS, WRITTEN_OUT, conflict
from jacobook.algebra.dimensions import why_impossible
from jacobook.algebra.nodes import FAMILY, Symbol, symbol
from jacobook.algebra.shapes import SCALAR, Dimension, Shape, matrix, vector
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import CALLABLE
from jacobook.language.latex_notation.commands import FONTS
from jacobook.language.names import NAME, canonical_name, is_name, misspelt
from jacobook.language.parser import check_limits

PROPERTIES: dict[str, str] = {row.name: row.of for row in ROWS.values()}
"""The properties and what each belongs to."""
_LONG = [spelling for spelling in SPELLINGS if len(spelling) > 5]
LARGEST_SIZE = 10**6
MOST_FACTORS = 8
"""How many factors a size may have."""
MOST_TERMS = 64

FONT_NAMES = "|".join(sorted(FONTS))
_TOKEN = re.compile(
    rf"(?P<space>\s+|~|\$|\\[,;! ])|(?P<blackboard>\\mathbb\s*(?:\{{\s*[RN]\s*\}}|[RN]))"
    rf"|(?P<font>\\(?:{FONT_NAMES})\s*\{{\s*\\?(?P<letters>[A-Za-z]+)\s*\}}(?:_\{{?(?P<below>\w+)\}}?)?)"
    rf"|(?P<command>\\[A-Za-z]+(?:_\{{?(?P<under>\w+)\}}?)?)|(?P<word>{NAME.pattern}(?:(?<=_)\{{\w+\}})?)|(?P<number>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<superscript>[⁰¹²³⁴-⁹⁺⁻ᴬ-ᵂⱽᵃ-ᶻˣʰʲʳˢʷʸˡⁿⁱᶜᶠ]+)|(?P<mark>.)",
    re.DOTALL,
)
_SECOND_WORD = re.compile(r"[\s-]+([A-Za-z]+)")
_PROPERTY = re.compile(r"[A-Za-z]+(?:[-_][A-Za-z]+)*")
_JOINED_SIZES = re.compile(
    r"([A-Z0-9]\w*?)x([A-Z0-9]\w*)|([A-Za-z][0-9]*|[0-9]+)[xX]([A-Za-z][0-9]*|[0-9]+)|(\w+)x(\5)"
)
"""Two sizes with nothing between them but an `x`: MxN, nxn, dimxdim, 2xn."""
_JOINED_TO_NUMBER = re.compile(r"[xX](\w+)")
_ONE_NAME = rf"(?:{NAME.pattern}|\\[A-Za-z]+(?:\s*\{{\s*\\?\w+\s*\}})?)"
_ONE_MEMBER = rf"{_ONE_NAME}(?:\[\s*[A-Za-z]\w*\s*\])?"
_NEXT_DECLARATION = re.compile(
    rf"(?:(?:and\b|\\text\s*\{{\s*and\s*\}})\s*)?(?P<first>{_ONE_MEMBER})(?P<others>(?:\s*,\s*{_ONE_MEMBER})*)"
    r"(?:\s+be\b)?(?:\s|\\[,;! ]|\$)*(?:\\?in\b|∈|:|>\s*0(?![\w.]))"
)
_OPENINGS = ("let", "given", "where", "with")
"""Words before a declaration, as people write them in a sentence."""
_BELOW = re.compile(r"\s*(?:_\s*\{?\s*(?P<sign>\+\+|>\s*0|\+|\\ge(?:q)?\s*0)\s*\}?|(?P<sub>₊₊|₊|\+))")
"""What stands below a space: R_{++} and R_{>0} are the positive numbers, R_+ has 0 too."""
_SYMMETRIC = re.compile(
    r"(?:S|𝕊|\\mathbb\s*\{?\s*S\s*\}?)\s*(?P<first>_\s*\{?\s*\+\+\s*\}?)?"
    r"\s*\^\s*\{?\s*(?P<size>\w+?)\s*\}?(?P<last>_\s*\{?\s*\+\+\s*\}?)?(?=[\s,.;$]|\Z)"
)
"""The space of symmetric matrices, S^n, and that of positive definite ones, S_{++}^n."""
_SIGNS = ("+", "-", "−")
_ABOVE_ZERO = re.compile(r"\s*(?P<sign>>|≻|\\succ)\s*0(?![\w.])")
_OF_NUMBERS = re.compile(r"R([0-9]+)(?:x([0-9]+))?")
_DOTS = r"(?:\.\.\.?|…|⋯|\\[lc]?dots)"
_UP_TO = re.compile(rf"{_DOTS}\s*,\s*(?P<base>\\?[A-Za-zΑ-ω]+)_?\{{?(?P<size>[A-Za-z]|(?<=_)\w+|(?<=\{{)\w+)\}}?")
"""What follows `x_1,` in x_1, …, x_N."""
_MEMBER = re.compile(r"\[\s*(?P<index>[A-Za-z]\w*)\s*\]")
_RANGE = re.compile(
    r"\(?\s*(?:for(?:\s+(?:all|each|every))?\s+|with\s+|\\quad\s*)?(?P<index>[A-Za-z]\w*)\s*(?:=|∈|in\b|\\in\b)\s*"
    rf"(?:\\?\{{|\[)?\s*1\s*,?\s*(?:{_DOTS}|:|to\b)\s*,?\s*(?P<size>\w+)\s*(?:\\?\}}|\])?\s*\)?"
)
"""How many members a family has: for i in 1..N, i = 1, …, N, for all i ∈ {1, …, N}."""
_ARROW = re.compile(r"->|→")
_FORM = "a declaration reads `x in R^N`, `A in R^(M x N) symmetric` or `t in R`"
_FUNCTION_FORM = "a function is declared as in `p : R^M x R^N -> R positive`"
MOST_ARGUMENTS = 16
"""How many arguments a declared function may have."""


_COMMANDS = {"in": "∈", "times": "×", "to": "→", "rightarrow": "→", "colon": ":", "reals": "ℝ", "R": "ℝ", "N": "ℕ"}
_BRACES = {"{": "(", "}": ")"}


_TEXT_MARK = re.compile(r"(?P<before>\\(?:text|textrm|mathrm)\s*\{)(?P<words>[A-Za-z ,_-]+)\}")


def _bare_words(found: re.Match[str]) -> str:
    r"""Return `\text{lower triangular}` with spaces for what is no word, if its words are properties."""
    known = {word for name in (*PROPERTIES, *SPELLINGS) for word in (name, *name.split("-"))}
    words = re.split(r"[\s,]+", found["words"].strip(" ,").replace("_", "-").lower())
    return f"{' ' * len(found['before'])}{found['words']} " if known.issuperset(words) else found[0]


def _read_token(found: re.Match[str]) -> tuple[str, str]:
    r"""Return the kind of a token and its text; LaTeX as what it means: `\mathbb{R}` is ℝ, `\bm{\mu}_1` is mu1."""
    text = found.group()
    if found["blackboard"]:
        return "mark", "ℝ" if "R" in text.removeprefix("\\mathbb") else "ℕ"
    if found["font"]:
        return "word", found["letters"] + (found["below"] or "")
    if found["command"]:
        name = re.split(r"[\\_]", text)[1]
        meant = _COMMANDS.get(name, name)
        return ("mark" if name in _COMMANDS else "word"), meant + (found["under"] or "")
    if found["word"]:
        return "word", re.sub(r"_\{(\w+)\}", r"\1", text)
    if text in _BRACES:
        return "mark", _BRACES[text]
    return str(found.lastgroup), text


class _DeclarationReader:
    """Reads one declaration from left to right."""

    def __init__(self, text: str) -> None:
        self.text = _TEXT_MARK.sub(_bare_words, text)
        self.position = 0
        self.kind = self.value = self._last_word = ""
        self.start = self.end = 0
        self.whole = False
        """Whether what is declared is a whole number."""
        self.implied: frozenset[str] = frozenset()
        """The properties that the space says."""
        self.form = _FORM
        self.members: dict[str, str] = {}
        """The names of families, `x` in `x[i] in R^D for i in 1..N`, with the index of each."""
        self.count: Dimension | None = None
        self.index: str | None = None
        self.advance()

    def advance(self) -> None:
        """Go to the next token; its kind is empty at the end."""
        found = _TOKEN.match(self.text, self.position)
        while found is not None and found.lastgroup == "space":
            found = _TOKEN.match(self.text, found.end())
        if found is None:
            self.kind, self.value = "", ""
            self.start = self.position = self.end = len(self.text)
            return
        self.kind, self.value = _read_token(found)
        self.start, self.position = found.span()
        self.end = self.position

    def fail(self, message: str, fit: str | None = None, start: int | None = None) -> NoReturn:
        raise LanguageError(message, self.text, self.start if start is None else start, self.end, fit)

    def take(self, *values: str) -> bool:
        if self.value in values:
            self.advance()
            return True
        return False

    def names(self) -> list[tuple[str, int, int]]:
        found: list[tuple[str, int, int]] = []
        while True:
            if found and (last := _UP_TO.match(self.text, self.start)) is not None:  # x_1, …, x_N
                name, start, _ = found.pop()
                base = name.rstrip("1").rstrip("_")
                if not name.endswith("1") or canonical_name(last["base"]) != base:
                    self.fail(f"`{last['base']}` was expected to go on from `{name}`: x_1, …, x_N")
                self.count, self.members[base] = self._size_of_family(last["size"]), last["size"]
                self.position = last.end()
                self.advance()
                return [*found, (base, start, last.end())]
            if self.kind != "word":
                self.fail(f"a name was expected{self._instead()}: {_FORM}")
            name = canonical_name(self.value)
            if not is_name(name):
                self.fail(f"`{self.value}` is not a name: names use the letters a–z, A–Z and Greek")
            found.append((name, self.start, self.end))
            self._last_word = name
            self.advance()
            if self.value == "[" and (member := _MEMBER.match(self.text, self.start)) is not None:
                self.members[name] = member["index"]
                self.position = member.end()
                self.advance()
            if not self.take(","):
                return found

    def _size_of_family(self, written: str) -> Dimension:
        if written.isdigit():
            return Dimension(self._whole(written, self.start))
        return Dimension.of(canonical_name(written))

    def _takes_range(self) -> bool:
        """Return whether `for i in 1..N` comes next, how many members a family has; if so, it is read."""
        found = _RANGE.match(self.text, self.start)
        if found is None:
            return False
        self.count, self.index = self._size_of_family(found["size"]), found["index"]
        self.position = found.end()
        self.advance()
        return True

    def family(self, name: str, shape: Shape, properties: frozenset[str]) -> tuple[str, Shape, frozenset[str]]:
        """Return the array that holds the members of a family: scalars make a vector, vectors the rows of a matrix."""
        if name not in self.members and self.index is not None and name.endswith(self.index):  # x_i in …, i = 1..N
            name = name.removesuffix(self.index).rstrip("_") or name
            self.members[name] = self.index
        if self.count is None and name in self.members:
            index = self.members[name]
            self.fail(f"how many are there? `{name}[{index}] in {shape.space} for {index} in 1..N`")
        if self.count is None or name not in self.members:
            return name, shape, properties
        if shape.is_matrix:
            sizes = f"{shape.rows}, {shape.columns}"
            held = f"`{name} in R^({self.count} x {shape.rows}*{shape.columns})`, whose rows hold their stacked columns"
            said = f"or, for members without names of their own, {held}, and write `unvec({name}[i,:]', {sizes})`"
            self.fail(f"a family of matrices is not read: declare `{name}1, {name}2 in {shape.space}`, {said}")
        if shape.is_scalar:
            return name, vector(self.count), properties
        return name, matrix(self.count, shape.length), properties | {FAMILY}

    def _instead(self) -> str:
        return f" instead of `{self.value}`" if self.value.isprintable() and self.value else ""

    def shape(self) -> Shape:
        if self.value == ":" and "=>" in self.text:
            self.start = self.text.index("=>")
            self.end = self.start + 2
            self.fail(f"the arrow of a function is `->`: {_FUNCTION_FORM}", "->")
        self.take("be")
        if (above := _ABOVE_ZERO.match(self.text, self.start)) is not None:
            if above["sign"] != ">":
                self.fail("a positive definite matrix needs its size: `S in R^(N x N) positive-definite`")
            self._go_behind(_ABOVE_ZERO)
            self.implied = frozenset({"positive"})
            return SCALAR
        if not self.take("in", "∈", ":"):
            if self.kind == "word" and self._last_word in PROPERTIES:
                self.fail(f"properties come at the end: `{self.value} in R^(N x N) {self._last_word}`")
            if self.value in ("=", "is"):
                self.fail(f"`{self.value}` does not declare: {_FORM}", "in")
            self.fail(f"`in` was expected after the name{self._instead()}: {_FORM}", "in")
        if self.take("N", "ℕ"):
            if self.value in ("^", "(", "_", "₊", "[", "{", "0") or self.kind in ("number", "superscript"):
                self.fail("`N` declares a whole number, 1, 2, 3, …, and is declared alone: `k in N`")
            self.whole = True
            return SCALAR
        return self.space("`in`")

    def space(self, after: str) -> Shape:
        """Return the shape of a space: `R`, `R^N`, `R^(M x N)`; `after` says what stands before it."""
        if (found := self._go_behind(_SYMMETRIC)) is not None:
            definite = found["first"] or found["last"]
            self.implied = frozenset({"positive-definite" if definite else "symmetric"})
            size = int(found["size"]) if found["size"].isdigit() else canonical_name(found["size"])
            return matrix(size, size)
        if self.kind == "word" and (numbers := _OF_NUMBERS.fullmatch(self.value)):
            sizes = [Dimension.of(self._whole(number, self.start)) for number in numbers.groups() if number]
            self.advance()
            return self._of_sizes(sizes)
        shape = self._space(after)
        self._sign_below()
        return shape

    def _space(self, after: str) -> Shape:
        if self.value == "R_":  # R_{++}
            self.value, self.position = "R", self.position - 1
        if not self.take("R", "ℝ"):
            if self.value == "RxR":
                self.fail("put spaces around the `x` between two spaces", "R x R")
            self.fail(f"`R` was expected after {after}{self._instead()}: everything is real, {self.form}", "R")
        if self.kind == "superscript":
            return self._superscripts()
        self._sign_below()
        if not self.take("^"):
            if self.value in ("(", "_", "₊", "[", "{") or self.kind == "number":
                self.fail(f"`^` was expected after `R`: {self.form}", "^")
            return SCALAR
        if not self.take("("):
            sizes = self.joined_sizes(inside=False)
            if len(sizes) == 1 and self.value in ("x", "×") and not self._before_space():
                if self.form is _FUNCTION_FORM:
                    self.fail(f"put the two sizes of a matrix in parentheses: {_FORM}", "R^(M x N)")
                self.advance()
                sizes += self.joined_sizes(inside=False)
            return self._of_sizes(sizes)
        sizes = self.joined_sizes()
        while self.take("x", "×", "X", ",", "by"):
            sizes += self.joined_sizes()
        if self.value != ")":
            self.fail(f"`)` was expected after the size{self._instead()}")
        shape = self._of_sizes(sizes)
        self.advance()
        return shape

    def _go_behind(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Go to the token behind what matches here; nothing changes where nothing does."""
        found = pattern.match(self.text, self.start)
        if found is not None:
            self.position = found.end()
            self.advance()
        return found

    def _sign_below(self) -> None:
        """Read the signs below a space, R_{++}; those that allow 0 are refused. Raises LanguageError."""
        start = self.start
        if self.form is not _FORM or (found := self._go_behind(_BELOW)) is None:
            return
        if (found["sign"] or found["sub"]).replace(" ", "") not in ("++", "₊₊", ">0"):
            self.end = found.end()
            self.fail("this may be 0, too; positive numbers are declared `t in R positive`", start=start)
        self.implied |= {"positive"}

    def _of_sizes(self, sizes: Sequence[Dimension]) -> Shape:
        if len(sizes) > 2:
            self.fail("arrays have at most two indices: a scalar, a vector `R^N` or a matrix `R^(M x N)`")
        return vector(sizes[0]) if len(sizes) == 1 else matrix(*sizes)

    def joined_sizes(self, inside: bool = True) -> list[Dimension]:
        """Return one size, a product such as `2n`, `k*n` or `K^2`, or the two of `MxN`, where no space is typed.

        Outside of parentheses a product has no spaces: what follows one is a property.
        """
        if self.kind == "word" and self.form is _FUNCTION_FORM and self.value.endswith("xR") and len(self.value) > 2:
            self.fail("put spaces around the `x` between two spaces", f"{self.value[:-2]} x R")
        if self.kind == "word" and (joined := _JOINED_SIZES.fullmatch(self.value)):
            self.advance()
            return [Dimension.of(int(part) if part.isdigit() else part) for part in joined.groups() if part]
        if self.kind == "number" and (following := _JOINED_TO_NUMBER.match(self.text, self.end)):
            first = self._whole(self.value, self.start)
            self.position = following.end()
            self.advance()
            second = following[1]
            return [Dimension.of(first), Dimension.of(int(second) if second.isdigit() else second)]
        begin = self.start
        if inside:
            return [self._checked_size(self.sum_of_sizes(), begin)]
        found = self.factor_of_size()
        while self._joins(begin, inside):
            found = found * self.factor_of_size()
        if self.value in _SIGNS and self.form is _FORM and not self.text[begin : self.start][-1:].isspace():
            self.advance()
            end = self.end if self.kind in ("word", "number") else self.start
            written = self.text[begin:end].strip()
            self.start = begin
            self.fail(f"put a sum of sizes in parentheses: `R^({written})`", f"R^({written})")
        return [found]

    def sum_of_sizes(self) -> Dimension:
        """Return a size in parentheses: terms such as p, 2n, n(n+1)/2 with plus and minus between them."""
        found = self.product_of_sizes()
        while self.value in _SIGNS:
            sign = self.value
            self.advance()
            term = self.product_of_sizes()
            found = found + term if sign == "+" else found - term
        return found

    def product_of_sizes(self) -> Dimension:
        """Return a product of sizes, which a whole number may divide."""
        begin = self.start
        found = self._fraction_of_sizes() if self.value in ("frac", "tfrac", "dfrac") else self.factor_of_size()
        while self.value == "/" or self._joins(begin, inside=True):
            if self.take("/"):
                found = found.over(self._divisor())
            else:
                found = found * self.factor_of_size()
            if found.degree > MOST_FACTORS or len(found.monomials) > MOST_TERMS:
                self.fail(f"a size has at most {MOST_FACTORS} factors", start=begin)
        return found

    def _fraction_of_sizes(self) -> Dimension:
        r"""Return \frac{n(n+1)}{2}."""
        self.advance()
        above = self._in_parentheses()
        if not self.take("("):
            self.fail("a fraction has two parts: `\\frac{n(n+1)}{2}`")
        below = self._divisor()
        if not self.take(")"):
            self.fail(f"`}}` was expected after the divisor{self._instead()}")
        return above.over(below)

    def _divisor(self) -> int:
        if self.kind != "number":
            self.fail(f"a size is divided by a whole number{self._instead()}, as in `n*(n+1)/2`")
        found = self._whole(self.value, self.start)
        self.advance()
        return found

    def _in_parentheses(self) -> Dimension:
        if not self.take("("):
            self.fail(f"`(` was expected{self._instead()}")
        found = self.sum_of_sizes()
        if not self.take(")"):
            self.fail(f"`)` was expected after the size{self._instead()}")
        return found

    def _checked_size(self, size: Dimension, begin: int) -> Dimension:
        """Return the size, if there are arrays of it for some values of its names. Raises LanguageError."""
        if (why := why_impossible(size)) is not None:
            self.end = self.start
            self.fail(f"{why}: a size is a whole number, 1 or more", start=begin)
        return size

    def _joins(self, begin: int, inside: bool) -> bool:
        """Return whether another factor of a size follows; a sign of multiplication before it is taken."""
        before = self.text[begin : self.start]
        if inside and self.take("*", "·", "⋅"):
            return True
        if inside and self.value == "(":
            return True
        if self.kind not in ("word", "number") or self.value in ("x", "X", "by"):
            return False
        return inside or not before[-1:].isspace()

    def factor_of_size(self) -> Dimension:
        """Return a name, a number or a sum in parentheses, with a whole power: K^2."""
        base = self._in_parentheses() if self.value == "(" else Dimension.of(self.size())
        if self.value != "^":
            return base
        self.advance()
        power = self._whole(self.value, self.start) if self.kind == "number" else 0
        if not 1 <= power <= MOST_FACTORS:
            self.fail(f"the power of a size is a whole number from 1 to {MOST_FACTORS}")
        self.advance()
        return reduce(mul, [base] * power)

    def _before_space(self) -> bool:
        """Return whether a cross stands between two spaces, `R^M x R^N`."""
        following = _TOKEN.match(self.text, self.position)
        if following is not None and following.lastgroup == "space":
            following = _TOKEN.match(self.text, following.end())
        return self.form is _FUNCTION_FORM and following is not None and following.group() in ("R", "ℝ")

    def signature(self) -> tuple[list[Shape], Shape]:
        """Return the shapes of the arguments and of the value of a function, what stands behind the colon."""
        self.form = _FUNCTION_FORM
        self.advance()
        arguments = [self.space("`:`")]
        while self.take("x", "×"):
            arguments.append(self.space("`x`"))
            if len(arguments) > MOST_ARGUMENTS:
                self.fail(f"a function of more than {MOST_ARGUMENTS} arguments: collect some in a vector")
        if self.take("-"):
            self.take(">")
        elif not self.take("→"):
            if self.value in ("*", ",", "and", "X"):
                self.fail(f"the spaces of the arguments are joined by `x`, not by `{self.value}`", "x")
            self.fail(f"`->` was expected after the space of the arguments{self._instead()}: {_FUNCTION_FORM}", "->")
        return arguments, self.space("`->`")

    def size(self) -> str | int:
        if self.kind == "number":
            value, start = self.value, self.start
            found = self._whole(value, start)
            self.advance()
            return found
        if self.kind != "word":
            what = "" if not self.value else f", not `{self.value}`" if self.value.isprintable() else ""
            self.fail(f"a size is a name or a whole number{what}: {self.form}")
        if self.value.endswith("_") and _BELOW.match(self.text, self.end - 1):  # R^n_{++}
            self.value, self.position = self.value[:-1], self.end - 1
        name = canonical_name(self.value)
        if not is_name(name):
            self.fail(f"`{self.value}` is not a name: names use the letters a–z, A–Z and Greek")
        self.advance()
        return name

    def _whole(self, value: str, start: int) -> int:
        if "." in value or not 1 <= int(value) <= LARGEST_SIZE:
            end = start + len(value)
            message = f"a size is a name or a whole number from 1 to {LARGEST_SIZE}, not {value[:20]}"
            raise LanguageError(message, self.text, start, end)
        return int(value)

    def _superscripts(self) -> Shape:
        """Return the shape written above the line: ℝᴰ, ℝ², ℝᴹˣᴺ."""
        start = self.start
        parts = [unicodedata.normalize("NFKC", part) for part in self.value.split("ˣ")]
        sizes: list[Dimension] = []
        for part in parts:
            size = self._above_the_line(part, start)
            if size is None:
                self.fail(f"`{self.value}` is not a size: {self.form}")
            sizes.append(size)
        if len(sizes) > 2:
            self.fail("arrays have at most two indices: a scalar, a vector `R^N` or a matrix `R^(M x N)`")
        self.advance()
        return vector(sizes[0]) if len(sizes) == 1 else matrix(*sizes)

    def _above_the_line(self, part: str, start: int) -> Dimension | None:
        """Return a size written in small letters: a name, a number, a sum of such; None for anything else."""
        found: Dimension | None = None
        for sign, term in re.findall(r"([+−]?)([^+−]*)", part.replace("-", "−"))[:-1]:
            if not (term.isdigit() or is_name(term)) or bool(sign) != (found is not None):
                return None
            size = Dimension.of(self._whole(term, start) if term.isdigit() else term)
            found = size if found is None else found + size if sign == "+" else found - size
        return None if found is None else self._checked_size(found, start)

    def properties(self, name: str, shape: Shape) -> frozenset[str]:
        found: set[str] = {*self.implied, *({"whole"} if self.whole else ())}
        comma = self.take(",", ";")
        if self.form is _FORM and _ARROW.match(self.text, self.start):
            self.fail(f"this is no variable: {_FUNCTION_FORM}", ":")
        while self.kind:
            if self._takes_range():
                comma = self.take(",", ";")
                continue
            if self.value == "for" and self.members:
                self.fail("the members are counted from 1, as in `x[i] in R^D for i in 1..N`")
            word = _PROPERTY.match(self.text, self.start)
            if self.take("(", ")") or (self.value == "." and not self.text[self.end :].strip(" $")):
                if self.value == ".":
                    self.advance()
                continue
            if self._is_above_zero(name):
                self.advance()
                above = self._go_behind(_ABOVE_ZERO)
                assert above is not None
                found.add("positive" if above["sign"] == ">" else "positive-definite")
                self._check_property("positive" if above["sign"] == ">" else "positive-definite", name, name, shape)
                comma = self.take(",", ";")
                continue
            if self._begins_declaration():
                if self.take("and") or comma or self._begins_line():
                    break
                message = "a second declaration begins here: give it separately, or put a comma before it"
                self.fail(message, f", {self.text[self.start :]}" if len(self.text) - self.start < 60 else None)
            if word is None:
                self.fail(f"a property was expected{self._instead()}: {', '.join(PROPERTIES)}")
            self.end = self.position = word.end()
            written, given = self._named_property(word.group())
            if given == "real":  # as everything is
                self.advance()
                comma = self.take(",", ";")
                continue
            self._check_property(given, written, name, shape)
            found.add(given)
            if (clash := conflict(found)) is not None:
                first, second, why, fit = clash
                hint = f"; did you mean `{fit}`?" if fit else ""
                self.fail(f"`{first}` and `{second}` do not go together: {why}{hint}", fit)
            self.advance()
            comma = self.take(",", ";")
            if comma and not self.kind:
                self.fail(f"a property was expected after the comma: {', '.join(PROPERTIES)}")
        return frozenset(found)

    def _named_property(self, word: str) -> tuple[str, str]:
        """Return a property as it is written and its name here, of two words where they are one: `lower triangular`."""
        if (second := _SECOND_WORD.match(self.text, self.end)) is not None:
            both = f"{word}-{second[1]}".replace("_", "-").lower()
            if both in PROPERTIES or both in SPELLINGS:
                written = self.text[self.start : second.end()]
                self.end = self.position = second.end()
                return written, SPELLINGS.get(both, both)
        given = word.replace("_", "-").lower()
        return word, SPELLINGS.get(given, given)

    def _begins_line(self) -> bool:
        """Return whether the token stands on another line than the one before it."""
        before = self.text[: self.start]
        return "\n" in before[len(before.rstrip()) :]

    def _is_above_zero(self, name: str) -> bool:
        """Return whether the declared name comes again with a sign, as in `S in R^(n x n), S ≻ 0`."""
        return canonical_name(self.value) == name and _ABOVE_ZERO.match(self.text, self.end) is not None

    def _begins_declaration(self) -> bool:
        """Return whether names and `in`, or a colon, follow: `A in …`, `y, z in …`, `and A in …`, `p : …`, `s > 0`."""
        following = _NEXT_DECLARATION.match(self.text, self.start)
        if following is None:
            return False
        first = following["first"].replace("_", "-").lower()
        return following["others"] == "" or not (first in PROPERTIES or first in SPELLINGS)

    def _check_property(self, given: str, written: str, name: str, shape: Shape) -> None:
        if given in ("whole", "integer", "natural"):
            self.fail(f"a whole number is declared `{name} in N`", f"{name} in N")
        if given in CHOICES:
            self.fail(f"`{written}` may mean two properties: `{'` or `'.join(CHOICES[given])}`")
        if given in WRITTEN_OUT:
            self.fail(f"`{written}` is no property here: {WRITTEN_OUT[given]}")
        if given not in PROPERTIES:
            fit = misspelt(given, PROPERTIES) or SPELLINGS.get(misspelt(given, _LONG) or "")
            hint = f"; did you mean `{fit}`?" if fit else f": the properties are {', '.join(PROPERTIES)}"
            self.fail(f"there is no property `{written[:40]}`{hint}", fit)
        if self.form is _FUNCTION_FORM and not ROWS[given].of_functions:
            able = [row.name for row in ROWS.values() if row.of_functions]
            self.fail(f"`{given}` is declared of variables; the value of a function may be {', '.join(able)}")
        if not ROWS[given].fits(shape):
            self.fail(f"`{given}` belongs to {PROPERTIES[given]}, and `{name}` is {shape.describe()}")


def _declarations(text: str) -> list[tuple[Symbol | UnspecifiedFunction, int, int]]:
    """Return what a text declares: `x in R^N`, or several such separated by commas."""
    check_limits(text, "a declaration, such as `x in R^N`,")
    reader = _DeclarationReader(text)
    found = _declaration(reader)
    while reader.kind:
        found += _declaration(reader)
    return found


def _declaration(reader: _DeclarationReader) -> list[tuple[Symbol | UnspecifiedFunction, int, int]]:
    """Return what the next declaration of a text declares; each thing with its range."""
    text = reader.text
    reader.whole, reader.form, reader.implied = False, _FORM, frozenset()
    reader.members, reader.count, reader.index = {}, None, None
    if reader.value.lower() in _OPENINGS and _NEXT_DECLARATION.match(text[reader.end :].lstrip()):
        reader.advance()
    names = reader.names()
    if reader.value == ":" and _ARROW.search(text, reader.end):
        for name, start, end in names:
            if name in CALLABLE or name == "eye":
                message = f"`{name}` is a function of the language: choose another name"
                raise LanguageError(message, text, start, end)
        arguments, value = reader.signature()
        properties = reader.properties(f"{names[0][0]}(…)", value)
        return [(unspecified(name, arguments, value, properties), start, end) for name, start, end in names]
    for name, start, end in names:
        if name == "eye":  # it stands in results without a parenthesis, so that nothing tells the two apart
            raise LanguageError("`eye` is the identity matrix: choose another name", text, start, end)
    shape = reader.shape()
    properties = reader.properties(names[0][0], shape)
    return [(symbol(*reader.family(name, shape, properties)), start, end) for name, start, end in names]


def parse_given(lines: Sequence[str]) -> tuple[tuple[Symbol, ...], tuple[UnspecifiedFunction, ...]]:
    """Return the declared variables and the declared functions, each in the order of the lines.

    Raises LanguageError (its `origin` is `given[i]`) for a line that is no declaration, a repeated name, an
    unknown property, and a property that does not fit.
    """
    found: dict[str, Symbol | UnspecifiedFunction] = {}
    for position, text in enumerate(lines):
        try:
            for declared, start, end in _declarations(text):
                if declared.name in found:
                    raise LanguageError(f"`{declared.name}` is declared twice", text, start, end)
                found[declared.name] = declared
        except LanguageError as error:
            error.origin = f"given[{position}]"
            raise
    variables = tuple(declared for declared in found.values() if isinstance(declared, Symbol))
    return variables, tuple(declared for declared in found.values() if isinstance(declared, UnspecifiedFunction))


def parse_declarations(lines: Sequence[str]) -> tuple[Symbol, ...]:
    """Return the declared variables alone, in the order of the lines. Raises LanguageError as `parse_given` does."""
    return parse_given(lines)[0]
