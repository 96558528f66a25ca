"""Expressions as code: vectors and rows are arrays of one axis, matrices of two, scalars numbers or arrays of none."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.parentheses import PI, factors, rows_of, terms, with_pi, without_minus
from jacobook.algebra.display.picked_parts import PickedPart
from jacobook.algebra.display.triangles import triangle_name, triangle_part
from jacobook.algebra.elementwise import ELEMENTWISE, ElementwiseFunction
from jacobook.algebra.exponents import is_nonnegative, is_symbolic, plain_exponent
from jacobook.algebra.nodes import Node, Position, Symbol
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.predicates import decimal, scientific
from jacobook.algebra.shapes import NOTHING, Dimension, Kind, Shape
from jacobook.rendering.numpy_code.code_nodes import Choice, LengthOrOne, NewtonSolution
from jacobook.rendering.numpy_code.dialects import NUMPY, Dialect
from jacobook.rendering.numpy_code.helper_functions import ROWS as HELPER_ROWS
from jacobook.rendering.numpy_code.helper_functions import Helper
from jacobook.rendering.numpy_code.told_sizes import code_of


class Binding(IntEnum):
    """How tightly Python reads an expression, loosest first."""

    SUM = 0
    PRODUCT = 1
    UNARY = 2
    POWER = 3
    ATOM = 4


class Code(NamedTuple):
    """A Python expression and how tightly it is read."""

    text: str
    binding: Binding

    def within(self, least: Binding) -> str:
        """Return the expression, in parentheses where it is looser than `least`."""
        return self.text if self.binding >= least else f"({self.text})"


_OF_SYMMETRIC_PART = (n.Cholesky, n.LargestEigenvalue, n.Eigenvalues, n.Eigenvectors)


def function_key(node: n.FunctionValue) -> str:
    """Return the key under which the name of a callable is kept: of a function, or of a partial derivative of it."""
    return f"function {node.function.name} {node.slots}"


class CodeWriter:
    """Writes expressions as code for one library.

    `names` says what Python name a symbol has, `sizes` what Python expression gives a size, `known` what name
    already holds the value of an expression, `adjugate` what function computes an adjugate, `like` the argument
    that new arrays take their type from.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        sizes: Mapping[str, str],
        known: Mapping[Node, str] | None = None,
        adjugate: str = "adjugate",
        dialect: Dialect = NUMPY,
        like: str = "",
    ) -> None:
        self.names, self.sizes, self.known, self.adjugate = names, sizes, dict(known or {}), adjugate
        self.dialect, self.like = dialect, like

    def made(self, what: str, *operands: str) -> str:
        """Return the code that does something, by its key in the table of the dialect."""
        return self.dialect.calls[what].format(*operands, like=self.like)

    def _helper(self, node: Node) -> Helper | None:
        """Return the function that the code defines for a node itself, None where the library has one."""
        return None if type(node) in self.dialect.operators else HELPER_ROWS.get(type(node))

    def _with_names(self, names: Mapping[str, str]) -> CodeWriter:
        return CodeWriter(names, self.sizes, self.known, self.adjugate, self.dialect, self.like)

    def is_number(self, node: Node) -> bool:
        """Return whether the value is a number of Python, rather than an array without axes, where these differ."""
        if self.dialect.takes_numbers or node.shape.axes or node in self.known:
            return False
        if isinstance(node, Symbol):
            return node is PI or "whole" in node.properties or isinstance(node, n.RunningIndex)
        if isinstance(node, n.FunctionValue):
            return False
        return all(map(self.is_number, node.operands))

    def as_array(self, node: Node, code: Code) -> Code:
        """Return the code of a scalar where the library takes no number of Python."""
        return Code(self.made("number", code.text), Binding.ATOM) if self.is_number(node) else code

    def write(self, node: Node) -> Code:
        """Return the code of an expression. Raises ValueError for what has no value (a differential)."""
        if node in self.known:
            return Code(self.known[node], Binding.ATOM)
        match node:
            case n.Number():
                return _number(node.value)
            case n.SizeOf():
                return self._dimension(node.dimension)
            case n.Symbol():
                return Code(self._name(node), Binding.ATOM)
            case n.Identity():
                return Code(self.made("eye", self._dimension(node.shape.rows).text), Binding.ATOM)
            case n.Triangle():
                return Code(self.made(triangle_name(node), self.made("ones", self.axes(node.shape.axes))), Binding.ATOM)
            case n.Hadamard() if (side := triangle_part(node)) is not None and side[1].shape.is_matrix:
                return Code(self.made(triangle_name(side[0]), self.write(side[1]).text), Binding.ATOM)
            case n.Fill():
                return self._full(node)
            case n.Apply() if (accurate := self._near_one(node)) is not None:
                return accurate
            case n.Apply():
                return self._apply(node)
            case n.FunctionValue():
                return self._function(node)
            case n.Adjugate():
                return Code(f"{self.adjugate}({self.write(node.operands[0]).text})", Binding.ATOM)
            case n.Entry():
                return self._entry(node)
            case n.UnitVector():
                place, count = self._position(node.position), self._dimension(node.shape.length).text
                return Code(self.made("unit", count, place), Binding.ATOM)
            case n.RunningUnit():
                count = self._dimension(node.shape.length).text
                return Code(self.made("unit", count, self._running_place(node.operands[0])), Binding.ATOM)
            case PickedPart():
                return self._picked_part(node)
            case n.Literal():
                return self._literal(node)
            case n.Skew():
                return self.write(build.skew_written_out(node.operands[0]))
            case n.Blocks():
                return self._blocks(node)
            case n.Subarray():
                return self._part(node)
            case n.Delta():
                first, second = map(self._position, node.positions)
                return Code(f"1.0 * ({first} == {second})", Binding.PRODUCT)
            case n.IndexSum():
                return Code(self.made("sum-of-list", self._loop(node.operands[0], (node.index,))), Binding.ATOM)
            case n.BoundedSum():
                return self._bounded_sum(node)
            case n.ArrayOf():
                return self._array(node)
            case n.Duplication() | n.Elimination():
                what = "duplication" if isinstance(node, n.Duplication) else "elimination"
                sizes = (node.side, build.half(node.side), node.side * node.side)
                written = (self._dimension(size).within(Binding.ATOM) for size in sizes)
                return Code(self.made(what, *written), Binding.ATOM)
            case n.Vech():
                rows = self._dimension(node.operands[0].shape.rows).within(Binding.ATOM)
                return Code(self.made("vech", self.write(node.operands[0]).within(Binding.ATOM), rows), Binding.ATOM)
            case n.Commutation():
                return self._commutation(node)
            case n.Norm2():
                return self._norm(node)
            case NewtonSolution():
                return self._solution(node)
            case Choice():
                return self._choice(node)
            case _ if (helper := self._helper(node)) is not None:
                called = self.names.get(f"helper {helper.name}", helper.name)
                return Code(f"{called}({self.write(node.operands[0]).text})", Binding.ATOM)
            case LengthOrOne():
                return Code(self.made("length-or-one", self.write(node.operands[0]).text), Binding.ATOM)
        if isinstance(node, _OF_SYMMETRIC_PART) and isinstance(node.operands[0], n.Symbol):
            symbol = self.write(node.operands[0]).within(Binding.ATOM)  # libraries read one triangle alone
            return Code(
                self.dialect.operators[type(node)].format(f"({symbol} + {symbol}{self.dialect.transposed}) / 2"),
                Binding.ATOM,
            )
        if type(node) in self.dialect.operators:
            return self._operator(node, self.dialect.operators[type(node)])
        writer = self._WRITERS.get(type(node))
        if writer is None:
            raise ValueError(f"{type(node).__name__} has no value to compute")
        return writer(self, node)

    def _operator(self, node: Node, template: str) -> Code:
        some_array = any(not isinstance(operand, n.Fill) for operand in node.operands)
        spreads = type(node) not in OPERATORS and len(node.operands) > 1 and some_array
        arguments = []
        for operand in node.operands:
            alone = operand.operands[0] if spreads and isinstance(operand, n.Fill) else operand
            arguments.append(self.as_array(alone, self.write(alone)).text)
        return Code(template.format(*arguments, like=self.like), Binding.ATOM)

    def _apply(self, node: n.Apply) -> Code:
        operand = node.operands[0]
        inside = self.write(operand)
        if self.is_number(operand) and node.function in self.dialect.on_numbers:
            return Code(self.dialect.on_numbers[node.function].format(inside.text), Binding.ATOM)
        minus, positive = without_minus(operand)
        negative = self.write(positive).text if minus else f"-{inside.within(Binding.ATOM)}"
        written = self._template(ELEMENTWISE[node.function])
        if self.is_number(operand):
            inside, negative = self.as_array(operand, inside), self.made("number", negative)
        return Code(written.format(inside.text, negative), Binding.ATOM)

    def _template(self, row: ElementwiseFunction) -> str:
        """Return the code of a function; that of a definition stands in the expression already (see `with_code`)."""
        if row.name in self.dialect.functions:
            return self.dialect.functions[row.name]
        if row.written:
            return row.written.replace("np.", f"{self.dialect.prefix}.")
        if (made := self.names.get(f"helper {row.name}" if row.helped else f"math {row.python}")) is None:
            raise ValueError(f"{row.name} has no code: see `with_code` and `vectorized_functions`")
        return f"{made}({{0}})"

    def call(self, node: n.FunctionValue) -> str:
        """Return the call of a function, or of a partial derivative: an array as code holds it."""
        key = function_key(node)
        if key not in self.names:
            raise ValueError(f"{node.function.name} is not an argument")
        return f"{self.names[key]}({', '.join(self.write(operand).text for operand in node.operands)})"

    def _function(self, node: n.FunctionValue) -> Code:
        called = self.call(node)
        if node.stacked:
            count = len(node.function.value.axes) + sum(len(node.function.arguments[k - 1].axes) for k in node.slots)
            called = self.by_columns(called, count, node.shape.axes)
        return Code(called, Binding.ATOM)

    def by_columns(self, text: str, count: int, dimensions: tuple[Dimension, ...]) -> str:
        """Return an array of so many axes reshaped column by column."""
        if self.dialect.reshapes_by_columns:
            return self.made("by-columns", text, self.axes(dimensions))
        turned = f"torch.t({text})" if count <= 2 else f"({text}).permute({_backwards(count)})"
        reshaped = f"{turned}.reshape({self.axes(dimensions[::-1])})"
        return reshaped if len(dimensions) < 2 else f"{reshaped}.permute({_backwards(len(dimensions))})"

    def axes(self, dimensions: tuple[Dimension, ...]) -> str:
        """Return the shape of an array as a Python expression: `(M, N)`, one number for one axis."""
        written = [self._dimension(dimension).text for dimension in dimensions]
        return written[0] if len(written) == 1 else f"({', '.join(written)})"

    def _name(self, symbol: Symbol) -> str:
        if symbol is PI:
            return self.made("pi")
        if symbol.name not in self.names:
            raise ValueError(f"{symbol.name} is not an argument")
        return self.names[symbol.name]

    def _dimension(self, dimension: Dimension) -> Code:
        if dimension.is_sum:
            try:
                factors = code_of(dimension, self.sizes, self.dialect.whole_quotient)
            except KeyError as missing:
                raise ValueError(f"no argument has the size {missing.args[0]}") from None
            return Code(" * ".join(factors), Binding.PRODUCT if len(factors) > 1 else Binding.SUM)
        parts = []
        for name in dimension.names:
            try:
                parts.append(self.sizes[name])
            except KeyError:
                raise ValueError(f"no argument has the size {name}") from None
        if dimension.coefficient != 1 or not parts:
            parts.insert(0, str(dimension.coefficient))
        return Code(" * ".join(parts), Binding.ATOM if len(parts) == 1 else Binding.PRODUCT)

    def _full(self, node: n.Fill) -> Code:
        value, axes = node.operands[0], self.axes(node.shape.axes)
        if build.is_number(value, 0):
            return Code(self.made("zeros", axes), Binding.ATOM)
        if build.is_number(value, 1):
            return Code(self.made("ones", axes), Binding.ATOM)
        written = self.made("full", axes, self.write(value).text)
        return Code(written, Binding.ATOM if self.dialect.takes_numbers else Binding.PRODUCT)

    def _near_one(self, node: n.Apply) -> Code | None:
        """Return log(1 + x) with the function of NumPy that keeps the digits of a small x; None for other functions."""
        inside = node.operands[0]
        if node.function != "log" or not isinstance(inside, n.Add) or inside in self.known:
            return None
        rest = _without_one(inside)
        return None if rest is None else self._called("log1p", rest)

    def _called(self, function: str, operand: Node) -> Code:
        """Return a function of the library at an operand that may be a number of Python."""
        if self.is_number(operand):
            return Code(self.dialect.on_numbers[function].format(self.write(operand).text), Binding.ATOM)
        return Code(self.made(function, self.write(operand).text), Binding.ATOM)

    def _spread(self, node: Node, enough: bool) -> Code:
        """Return the code of an operand; a filled array is one number where another gives the shape."""
        return self.write(node.operands[0] if enough and isinstance(node, n.Fill) else node)

    def _add(self, node: Node) -> Code:
        if (exponent := _exponential_minus_one(node)) is not None:
            return self._called("expm1", exponent)
        named = any(operand in self.known for operand in node.operands)
        summands = list(node.operands) if named else terms(node)
        enough = any(not isinstance(without_minus(term)[1], n.Fill) for term in summands)
        written = ""
        for term in summands:
            minus, inside = without_minus(term)
            code = self._spread(inside, enough)
            part = f"-{code.within(Binding.PRODUCT)}" if minus else code.within(Binding.PRODUCT)
            if minus and part.startswith("--"):
                part = f"-({code.text})"
            if written:
                part = f" - {part[1:]}" if part.startswith("-") else f" + {part}"
            written += part
        return Code(written, Binding.SUM)

    def _negate(self, node: Node) -> Code:
        inside = self.write(node.operands[0])
        text = inside.within(Binding.PRODUCT)
        return Code(f"-({inside.text})" if text.startswith("-") else f"-{text}", Binding.PRODUCT)

    def _product(self, node: Node) -> Code:
        named = any(operand in self.known for operand in node.operands)
        parts = self._behind_inverses(with_pi(list(node.operands) if named else factors(node)))
        code, shape, whole = self.write(parts[0]), parts[0].shape, parts[0]
        for factor in parts[1:]:
            code = self._times(code, shape, whole, factor)
            whole = build.product(whole, factor)
            shape = whole.shape
        return code

    def _behind_inverses(self, parts: list[Node]) -> list[Node]:
        """Return the factors with a scalar behind an inverse joined to the array that follows: A⁻¹(2y) is one solve."""
        joined: list[Node] = []
        for place, part in enumerate(parts):
            behind = place > 1 and self._inverted(parts[place - 2]) is not None and parts[place - 1].shape.is_scalar
            joined.append(build.product(joined.pop(), part) if behind and not part.shape.is_scalar else part)
        return joined

    def _times(self, left: Code, shape: Shape, node: Node, factor: Node) -> Code:
        """Return what was multiplied so far, times one more factor, by the kinds of both."""
        right = self.write(factor)
        if shape.is_scalar or factor.shape.is_scalar:
            if build.is_number(node, -1):
                return Code(f"-{right.within(Binding.UNARY)}", Binding.PRODUCT)
            return Code(f"{left.within(Binding.PRODUCT)} * {right.within(Binding.UNARY)}", Binding.PRODUCT)
        if (shape.is_vector or factor.shape.is_row) and build.product(node, factor).shape.is_matrix:
            return Code(self.made("outer", left.text, right.text), Binding.ATOM)
        if isinstance(factor, n.Diag) and factor not in self.known:
            scale = self.write(factor.operands[0])
            return Code(f"{left.within(Binding.PRODUCT)} * {scale.within(Binding.UNARY)}", Binding.PRODUCT)
        if isinstance(node, n.Diag) and node not in self.known:
            scale = self.write(node.operands[0])
            column = f"{scale.within(Binding.ATOM)}[:, None]"
            text = column if factor.shape.is_matrix else scale.within(Binding.PRODUCT)
            return Code(f"{text} * {right.within(Binding.UNARY)}", Binding.PRODUCT)
        # Definite matrices, too: NumPy has no triangular solve, so that a Cholesky factor would save nothing.
        if (matrix := self._inverted(node)) is not None:
            return Code(self.made("solve", self.write(matrix).text, right.text), Binding.ATOM)
        if shape.is_row and (matrix := self._inverted(factor)) is not None:
            turned = self.write(build.transpose(matrix)).text
            return Code(self.made("solve", turned, left.text), Binding.ATOM)
        return Code(f"{left.within(Binding.PRODUCT)} @ {right.within(Binding.UNARY)}", Binding.PRODUCT)

    def _inverted(self, node: Node) -> Node | None:
        """Return the matrix whose inverse the node is, None for another node and for an inverse that is known."""
        turned = isinstance(node, n.Transpose)
        inverse = node.operands[0] if turned else node
        if not isinstance(inverse, n.Inverse) or {node, inverse} & self.known.keys():
            return None
        return build.transpose(inverse.operands[0]) if turned else inverse.operands[0]

    def _binary(self, node: Node) -> Code:
        first, second = node.operands
        sign = "*" if isinstance(node, n.Hadamard) else "/"
        left = self._spread(first, not isinstance(second, n.Fill) and not second.shape.is_scalar)
        right = self._spread(second, not isinstance(first, n.Fill) and not first.shape.is_scalar)
        return Code(f"{left.within(Binding.PRODUCT)} {sign} {right.within(Binding.UNARY)}", Binding.PRODUCT)

    def _power(self, node: Node) -> Code:
        base, exponent = node.operands
        if node.shape.is_matrix and isinstance(node, n.Power):
            inside, times = self.write(base).text, self.write(exponent).text
            return Code(self.made("matrix-power", inside, times), Binding.ATOM)
        above = self._spread(exponent, not isinstance(base, n.Fill) and not base.shape.is_scalar)
        below = self._spread(base, not isinstance(exponent, n.Fill) and not exponent.shape.is_scalar)
        text = above.within(Binding.ATOM)
        if is_symbolic(exponent) and not is_nonnegative(exponent):
            template = self.dialect.calls["as-float"]
            below = below if template == "{0}" else Code(template.format(below.text), Binding.ATOM)
        if isinstance(exponent, n.Number) and exponent.value.denominator == 1:
            # Integers have no negative powers in NumPy.
            text = str(exponent.value) if exponent.value >= 0 else f"{exponent.value}.0"
        return Code(f"{below.within(Binding.ATOM)}**{text}", Binding.POWER)

    def _transpose(self, node: Node) -> Code:
        inside = self.write(node.operands[0])
        if not node.shape.is_matrix:
            return inside
        return Code(f"{inside.within(Binding.ATOM)}.T", Binding.ATOM)

    def _softmax(self, node: Node) -> Code:
        inside = self.write(node.operands[0])
        what = "softmax-of-rows" if node.shape.is_matrix else "softmax"
        return Code(self.made(what, inside.text, inside.within(Binding.SUM)), Binding.ATOM)

    def _log_sum_exp(self, node: Node) -> Code:
        what = "logsumexp-of-rows" if node.shape.axes else "logsumexp"
        return Code(self.made(what, self.write(node.operands[0]).text), Binding.ATOM)

    def _norm(self, node: n.Norm2) -> Code:
        """Return a norm whose squares cannot overflow; the initial 0 makes the norm of one entry its absolute value."""
        (inside,) = node.operands
        what = "norm-of-matrix" if inside.shape.is_matrix else "norm"
        return Code(self.made(what, self.write(inside).text), Binding.ATOM)

    def _position(self, position: Position) -> str:
        if isinstance(position, n.Index):
            return self.names[f"index {position.name}"]
        if isinstance(position, n.Pair):
            count = self._dimension(position.minor_size).within(Binding.UNARY)
            return f"({self._position(position.major)}) * {count} + {self._position(position.minor)}"
        if position.is_sum:
            return self._dimension(position - Dimension(1)).text
        if position.names:
            return f"{self._dimension(position).text} - 1"
        return str(position.coefficient - 1)

    def _entry(self, node: n.Entry) -> Code:
        inside = self.write(node.operands[0]).within(Binding.ATOM)
        return Code(f"{inside}[{', '.join(map(self._position, node.positions))}]", Binding.ATOM)

    def _running_place(self, number: Node) -> str:
        """Return the place of a number that counts from 1, as code counts."""
        if isinstance(number, Symbol) and not isinstance(number, n.RunningIndex):  # a fixed place of a family
            known = self.names.get(f"index {number.name}")
            return known or self._position(Dimension.of(int(number.name) if number.name.isdigit() else number.name))
        return self.write(plain_exponent(number - build.ONE)).text

    def _picked_part(self, node: PickedPart) -> Code:
        array, *numbers = node.operands
        places = [*map(self._running_place, numbers)]
        if isinstance(array, n.RunningUnit):
            return Code(f"1.0 * ({places[0]} == {self._running_place(array.operands[0])})", Binding.PRODUCT)
        if node.is_column:
            places.insert(0, ":")
        return Code(f"{self.write(array).within(Binding.ATOM)}[{', '.join(places)}]", Binding.ATOM)

    def _loop(self, body: Node, indices: tuple[n.Index, ...]) -> str:
        """Return the inside of a comprehension over the indices, the last one innermost."""
        index = indices[0]
        used = self._used()
        variable = next(name for name in (index.name, *(f"{index.name}{k}" for k in range(1, 99))) if name not in used)
        writer = self._with_names({**self.names, f"index {index.name}": variable})
        if len(indices) > 1:
            inside = self.made("inner-list", writer._loop(body, indices[1:]))
        else:
            inside = writer.as_array(body, writer.write(body)).text
        return f"{inside} for {variable} in {self.made('range', self._dimension(index.dimension).text)}"

    def _bounded_sum(self, node: n.BoundedSum) -> Code:
        """Return a sum that begins with a zero of its shape, so that it also has one without any term."""
        variable = next(
            name
            for name in (node.index.name, *(f"{node.index.name}{k}" for k in range(1, 99)))
            if name not in self._used() and not keyword.iskeyword(name)
        )
        writer = self._with_names({**self.names, node.index.name: variable})
        lower, stop = self.write(node.index.lower).text, self.write(plain_exponent(node.index.upper + build.ONE)).text
        numbers = f"range({stop})" if build.is_number(node.index.lower, 0) else f"range({lower}, {stop})"
        start = self.made("zeros", self.axes(node.shape.axes)) if node.shape.axes else self.made("no-axes")
        body = writer.write(node.operands[0]).text
        left_out = "".join(f" if {variable} != {self.write(number).text}" for number in node.index.excluded)
        return Code(f"sum(({body} for {variable} in {numbers}{left_out}), {start})", Binding.ATOM)

    def _choice(self, node: Choice) -> Code:
        """Return the code of a choice; one number stands for all entries where another operand gives the shape."""
        condition, *branches = node.operands
        enough = condition.shape is node.shape
        if isinstance(condition, n.Transpose) and not node.shape.is_matrix:
            condition = condition.operands[0]
        if self.is_number(condition):
            taken, other = (self.write(branch).within(Binding.SUM) for branch in branches)
            return Code(f"({taken} if {self._comparison(condition)} else {other})", Binding.ATOM)
        written = [self._branch(branch, enough or branches[1 - k].shape.axes) for k, branch in enumerate(branches)]
        return Code(self.made("choice", self._comparison(condition), *written), Binding.ATOM)

    def _branch(self, branch: Node, enough: object) -> str:
        return self._spread(branch, bool(enough)).text

    def _comparison(self, node: Node) -> str:
        """Return that the value of the node is positive: `x > y` for x − y."""
        minus, inside = without_minus(node)
        if node in self.known or not (minus or isinstance(node, n.Add)):
            return self.made("greater", self.write(node).text, "0")
        if minus:
            return self.made("less", self.write(inside).text, "0")
        *_, last = node.operands
        minus, right = without_minus(last)
        left = build.add(*node.operands[:-1])
        if not minus or without_minus(left)[0]:
            return self.made("greater", self.write(node).text, "0")
        sides = self._spread(left, not isinstance(right, n.Fill)), self._spread(right, not isinstance(left, n.Fill))
        return self.made("greater", *(side.text for side in sides))

    def _solution(self, node: NewtonSolution) -> Code:
        """Return the call that solves an equation; inside, its unknown has the name that holds the result."""
        helper, unknown = HELPER_ROWS[NewtonSolution].name, node.unknown.name
        writer = self._with_names({**self.names, unknown: self.names.get(unknown, unknown)})
        difference, slopes = (
            f"lambda {writer.names[unknown]}: {writer.write(part).text}" for part in node.operands[:2]
        )
        start = self.write(node.operands[2]).text
        return Code(f"{self.names.get(f'helper {helper}', helper)}({difference}, {slopes}, {start})", Binding.ATOM)

    def _used(self) -> set[str]:
        """Return the names that mean something in the code already."""
        sizes = {name.split(".")[0] for name in self.sizes.values()}
        return {*self.dialect.names, "sum", "range", *self.names.values(), *self.known.values(), self.adjugate} | sizes

    def _array(self, node: n.ArrayOf) -> Code:
        return Code(self.made("list", self._loop(node.operands[0], node.indices)), Binding.ATOM)

    def _literal(self, node: n.Literal) -> Code:
        written = [[self.as_array(entry, self.write(entry)).text for entry in row] for row in rows_of(node)]
        lines = [", ".join(row) for row in written]
        inner = [self.made("inner-list", line) for line in lines] if node.shape.is_matrix else lines
        return Code(self.made("literal", ", ".join(inner)), Binding.ATOM)

    def _blocks(self, node: n.Blocks) -> Code:
        if not node.shape.is_matrix:  # one axis
            pieces = [
                self.made("one-entry", self.as_array(block, self.write(block)).within(Binding.ATOM))
                if block.shape.is_scalar
                else self.write(block).text
                for block in node.operands
            ]
            return Code(self.made("joined", ", ".join(pieces)), Binding.ATOM)
        lines = [[self._two_axes(block) for block in row] for row in node.grid]
        return Code(self._block_matrix(lines), Binding.ATOM)

    def _block_matrix(self, lines: list[list[str]]) -> str:
        inner = [self.made("block-row", ", ".join(line)) if len(line) > 1 else line[0] for line in lines]
        return self.made("block-rows", ", ".join(inner)) if len(inner) > 1 else inner[0]

    def _two_axes(self, block: Node) -> str:
        """Return a block as an array of two axes."""
        code = self.as_array(block, self.write(block))
        if block.shape.is_matrix:
            return code.text
        if block.shape.is_scalar:
            return self.made("one-by-one", code.within(Binding.ATOM))
        return self.made("as-column" if block.shape.is_vector else "as-row", code.within(Binding.ATOM))

    def _part(self, node: n.Subarray) -> Code:
        inside, shape = node.operands[0], node.shape
        ranges = [(node.above, shape.rows, inside.shape.rows), (node.before, shape.columns, inside.shape.columns)]
        if not shape.is_matrix:
            ranges = ranges[1:] if shape.is_row else ranges[:1]
        written = [
            ":" if count is whole else self._range(before, before + count, whole) for before, count, whole in ranges
        ]
        return Code(f"{self.write(inside).within(Binding.ATOM)}[{', '.join(written)}]", Binding.ATOM)

    def _range(self, before: Dimension, end: Dimension, whole: Dimension) -> str:
        """Return the range of the places behind so many, up to the end."""
        first = "" if before is NOTHING else self._dimension(before).text
        return f"{first}:{'' if end is whole else self._dimension(end).text}"

    def _kronecker(self, node: Node) -> Code:
        first, second = node.operands
        left, right = self.write(first), self.write(second)
        if {first.shape.kind, second.shape.kind} == {Kind.VECTOR, Kind.ROW}:
            column, line = (left, right) if first.shape.is_vector else (right, left)
            return Code(self.made("outer", column.text, line.text), Binding.ATOM)
        if node.shape.is_matrix:  # beside a matrix, an array of one axis would be read as a row
            left, right = (
                Code(f"{code.within(Binding.ATOM)}[:, None]", Binding.ATOM) if operand.shape.is_vector else code
                for operand, code in ((first, left), (second, right))
            )
        atoms = (code.within(Binding.ATOM) for code in (left, right))
        return Code(self.made("kron", left.text, right.text, *atoms), Binding.ATOM)

    def _khatri_rao(self, node: Node) -> Code:
        left, right = (self.write(operand).text for operand in node.operands)
        axes = self.axes(node.shape.axes)
        return Code(f"{self.made('khatrirao', left, right)}.reshape({axes})", Binding.ATOM)

    def _unvec(self, node: Node) -> Code:
        return Code(self.by_columns(self.write(node.operands[0]).text, 1, node.shape.axes), Binding.ATOM)

    def _commutation(self, node: n.Commutation) -> Code:
        rows, columns = node.sizes
        count = self._dimension(rows * columns).text
        return Code(self.made("commutation", count, self.axes((columns, rows))), Binding.ATOM)

    _WRITERS: Mapping[type[Node], Callable[[CodeWriter, Node], Code]] = {
        n.Add: _add,
        n.Negate: _negate,
        n.Product: _product,
        n.Divide: _binary,
        n.Hadamard: _binary,
        n.HadamardDivide: _binary,
        n.HadamardPower: _power,
        n.Power: _power,
        n.Transpose: _transpose,
        n.Softmax: _softmax,
        n.LogSumExp: _log_sum_exp,
        n.Kronecker: _kronecker,
        n.KhatriRao: _khatri_rao,
        n.Unvec: _unvec,
    }


def _backwards(count: int) -> str:
    return ", ".join(map(str, reversed(range(count))))


def _number(value: Fraction) -> Code:
    binding = Binding.ATOM if value >= 0 else Binding.UNARY
    if scientific(abs(value)) is not None or value.denominator == 1:
        return Code(_literal(value), binding)
    if value.denominator in (2, 4, 5, 8, 10, 20, 25, 40, 50, 100) and abs(value) >= Fraction(1, 1000):
        return Code(repr(float(value)), binding)
    if abs(value) >= Fraction(1, 1000) and (written := decimal(value)) is not None:
        return Code(written, binding)
    return Code(f"{_literal(value.numerator)} / {_literal(value.denominator)}", Binding.PRODUCT)


def _literal(value: Fraction | int) -> str:
    """Return 6.02e23, since a whole number as large is none of NumPy's, or the number as it is."""
    found = scientific(abs(Fraction(value)))
    return str(value) if found is None else f"{'-' * (value < 0)}{found[0]}e{found[1]}"


def _without_one(node: n.Add) -> Node | None:
    """Return x of 1 + x, None for a sum without a 1."""
    for place, operand in enumerate(node.operands):
        if operand is build.ONE or (isinstance(operand, n.Fill) and operand.operands[0] is build.ONE):
            return build.add(*node.operands[:place], *node.operands[place + 1 :])
    return None


def _exponential_minus_one(node: Node) -> Node | None:
    """Return x of exp(x) − 1, None for another sum."""
    if len(node.operands) != 2:
        return None
    one = build.fill(build.ONE, node.shape) if node.shape.axes else build.ONE
    first, second = node.operands
    if second in (build.negate(one), build.number(-1)) and isinstance(first, n.Apply) and first.function == "exp":
        return first.operands[0]
    return None
