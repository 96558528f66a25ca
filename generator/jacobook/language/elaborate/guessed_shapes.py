"""Types of an expression whose variables are not declared: kinds are supposed, all sizes are open, surprises counted.

The rules are the language's own. Where they ask for sizes that are known, which here none is, the general case is
supposed: a matrix beside a number is M×N, not N×N.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count

from jacobook.algebra import build
from jacobook.algebra.shapes import Dimension, Kind
from jacobook.language import syntax
from jacobook.language.elaborate import widening
from jacobook.language.elaborate.scope import Scope, Typed
from jacobook.language.elaborate.typed_expressions import Elaborator
from jacobook.language.elaborate.widening import Widening
from jacobook.language.function_table import bounded_sum_parts
from jacobook.language.likely_kinds import is_parameter
from jacobook.language.size_inference import (
    Equations,
    Size,
    Type,
    fresh_size,
    matrix_type,
    product_type,
    resolve,
    vector_type,
)
from jacobook.language.syntax import Call, Component, Powered, Syntax

_OF_SCALAR = {"tr": 2} | dict.fromkeys(
    ("sum", "norm", "norm1", "norm2", "norminf", "mean", "var", "std", "det", "inv", "max", "min", "prod", "softmax",
     "logsumexp"), 8
)  # fmt: skip
"""How surprising a scalar is as the argument of what also takes one; x'Ax = tr(x'Ax) is a well-known trick."""

SIZE_NAMES = tuple("MNKDPQLJHRSBCEFG")
"""What sizes are called that nothing names, in this order where there are several; one alone is N."""


def open_type(kind: Kind) -> Type:
    """Return the type of a value of this kind of which no size is known."""
    if kind is Kind.SCALAR:
        return Type(kind, Dimension(1), Dimension(1))
    return vector_type(fresh_size()) if kind is Kind.VECTOR else matrix_type(fresh_size(), fresh_size())


class SupposedFunction:
    """A function that is not declared: the type of its value, and those of its arguments once a call has told them."""

    def __init__(self, kind: Kind) -> None:
        self.value = open_type(kind)
        self.arguments: list[Type] | None = None


class SupposingElaborator(Elaborator):
    """Infers the types of one text under a supposition about the kinds of its names."""

    is_trial = True

    def __init__(self, source: str, scope: Scope, equations: Equations, supposed: dict[str, SupposedFunction]) -> None:
        super().__init__(source, scope, equations)
        self.supposed = supposed
        self.surprise = 0
        """How unusual the expression would be if the kinds were as supposed."""
        self.typed: set[Syntax] = set()
        """The pieces that have a type."""
        self.counts: set[str] = set()
        """Names that can only be whole numbers."""
        self.contracted: list[Size] = []
        """The sizes over which something is summed, from left to right."""
        self._entrywise: list[Syntax] = []
        self.named_sizes: list[str] = []
        """The sizes that had to have a name at once."""

    def infer(self, tree: Syntax) -> Typed:
        """Return the piece with its type, as the language reads it. Raises LanguageError."""
        if isinstance(tree, Call) and tree.name in self.supposed:
            return self._supposed_value(tree)
        if isinstance(tree, Call) and tree.name in ("sum", "mean") and len(tree.arguments) == 1:
            self._note_entrywise(tree.arguments[0])
        if isinstance(tree, Powered) and self._is_entrywise(tree) and not tree.elementwise:
            found = self._summed_power(tree)
        elif isinstance(tree, Component):
            found = self._component_of_open(tree)
        else:
            found = super().infer(tree)
        self._look_at(found)
        self.typed.add(tree)
        return found

    def _note_entrywise(self, tree: Syntax) -> None:
        """Note the powers and quotients of which all entries are added: they go entry by entry without saying so."""
        self._entrywise.append(tree)
        for child in tree.children if isinstance(tree, syntax.Product | syntax.Negative) else ():
            self._note_entrywise(child)

    def _is_entrywise(self, tree: Syntax) -> bool:
        return any(tree is one for one in self._entrywise)

    def widenings(self, tree: syntax.Sum, types: Sequence[Type]) -> list[Widening] | None:
        """Return how terms of different shapes fit, where the sizes that are open may be made to fit.

        The samples are the rows of X in X W + b, and its columns in W X + b.
        """
        found = super().widenings(tree, types)
        target = types[widening.target_of(types)]
        if found is not None or target.kind is not Kind.MATRIX:
            return found
        first = tree.operands[widening.target_of(types)].children[:1]
        by_columns = any(isinstance(one, syntax.Name) and is_parameter(one.name) for one in first)
        for given in types:
            fitting = target.rows if by_columns and given.kind is Kind.VECTOR else target.columns
            if given.kind in (Kind.VECTOR, Kind.ROW) and not self.equations.equate(given.length, fitting):
                return None
        return [widening.as_it_is for _ in types]

    def _joined(self, operator: str, left: Type, right: Type, where: Syntax) -> Type | None:
        """Return the type of two factors; a quotient by a matrix that need not be square goes entry by entry."""
        oblong = right.kind is Kind.MATRIX and resolve(right.rows) != resolve(right.columns)
        return super()._joined("./" if operator == "/" and oblong else operator, left, right, where)

    def _supposed_value(self, tree: Call) -> Typed:
        function = self.supposed[tree.name]
        operands = tuple([self.infer(argument) for argument in tree.arguments])
        types = [operand.type for operand in operands]
        if any(given.kind is Kind.ROW for given in types):
            raise self.error(f"`{tree.name}` of a row", tree)
        if function.arguments is None:
            function.arguments = types
        fits = len(types) == len(function.arguments) and all(
            self.equations.equate_types(*pair, (self, tree)) for pair in zip(function.arguments, types, strict=True)
        )
        if not fits:
            raise self.error(f"{self.quoted(tree)}: other arguments than elsewhere", tree)
        return Typed(tree, function.value, build.add, operands)

    def _summed_power(self, tree: Powered) -> Typed:
        """Return the power of which all entries are added: of a matrix, that of its entries, whatever its sizes."""
        base = self.infer(tree.base)
        if base.type.is_scalar or not isinstance(tree.exponent, syntax.Number):
            return super().infer(tree)
        return Typed(tree, base.type, build.hadamard_power, (base, self.infer(tree.exponent)))

    def _component_of_open(self, tree: Component) -> Typed:
        """Return an entry, a row, a column; a running index runs over all places, and so tells the size."""
        operand = self.infer(tree.operand)
        given = operand.type
        axes = (given.rows, given.columns) if given.kind is Kind.MATRIX else (given.length,)
        if len(tree.places) == 1 and given.kind is Kind.MATRIX:
            axes = (given.rows,)  # x_n is row n of the samples
        for place, size in zip(tree.places, axes, strict=False):
            last = self._last_place(place)
            if last is not None:
                self.equate(size, last, tree)
        return super().infer(tree)

    def number_along(self, axis: Size) -> Dimension:
        """Return the size of an axis; one that is open gets a name, as in a sum over i that does not say how far."""
        found = super().number_along(axis)
        if found is None:
            known = {*self.scope.types, *self.scope.sizes, *self.scope.functions, *self.named_sizes}
            numbered = (f"N{k}" for k in count(1))
            name = next(name for name in chain(("N", *SIZE_NAMES), numbered) if name not in known)
            self.named_sizes.append(name)
            found = Dimension.of(name)
            self.equations.equate(axis, found)
        return found

    def _last_place(self, place: Syntax) -> Dimension | None:
        if isinstance(place, syntax.Name) and place.name in self.scope.indices:
            return self.scope.indices[place.name].dimension
        last = place.last if isinstance(place, syntax.Slice) else None
        return Dimension.of(last.name) if isinstance(last, syntax.Name) and last.name in self.scope.sizes else None

    # -- surprises --------------------------------------------------------------------

    def _look_at(self, typed: Typed) -> None:
        """Count what nobody would write, such as the transpose of a number, its sum, or a number beside a vector."""
        tree, types = typed.syntax, [operand.type for operand in typed.operands]
        match tree:
            case syntax.Transposed():
                self.surprise += 8 * types[0].is_scalar
            case syntax.Call():
                if len(types) == 1 and types[0].is_scalar:
                    self.surprise += _OF_SCALAR.get(tree.name, 0)
                self._note_bounds(tree)
                if typed.type.is_scalar:
                    self.contracted += [size for given in types if not given.is_scalar for size in _sizes(given)]
            case syntax.Sum():
                self.surprise += sum(self._of_term(operand, typed.type) for operand in typed.operands)
            case syntax.Product():
                self._look_at_product(tree, types)
            case syntax.Powered() if types:
                self._look_at_power(tree, types[0])

    def _of_term(self, term: Typed, whole: Type) -> int:
        if term.type.kind is whole.kind:
            return 0
        if not term.type.is_scalar:
            return 6
        return 5 if isinstance(term.syntax, syntax.Number) else 8

    def _look_at_product(self, tree: syntax.Product, types: Sequence[Type]) -> None:
        """Count numbers behind arrays, x y' z, quotients by arrays, numbers entry by entry; note the inner sizes."""
        left, outer = types[0], False
        for operator, factor, right in zip(tree.operators, tree.operands[1:], types[1:], strict=True):
            if operator == "*":
                self.surprise += 4 * (right.is_scalar and not left.is_scalar)
                if not (left.is_scalar or right.is_scalar):
                    self.contracted.append(left.columns)
                    self.surprise += outer
            elif operator == "/":
                self.surprise += 6 * (not (right.is_scalar or self._is_entrywise(tree)))
            elif right.is_scalar and not isinstance(factor, syntax.Number):
                self.surprise += 8 if left.is_scalar else 6 if operator == ".*" else 3
            outer = operator == "*" and left.kind is Kind.VECTOR and right.kind is Kind.ROW
            found = product_type(left, right) if operator in ("*", "\\") else None
            left = found[0] if found is not None else right if left.is_scalar else left

    def _look_at_power(self, tree: Powered, base: Type) -> None:
        if base.kind is Kind.MATRIX and tree.elementwise is False:
            self.counts |= {piece.name for piece in _names(tree.exponent)}
        elif tree.elementwise is False and not (base.is_scalar or self._is_entrywise(tree)):
            self.surprise += 4

    def _note_bounds(self, tree: Call) -> None:
        """Note that the bounds of a sum over numbers are whole; bounds that are places are sizes."""
        if (parts := bounded_sum_parts(tree)) is not None:
            self.counts |= {piece.name for bound in parts[1:3] for piece in _names(bound)}


def _names(tree: Syntax) -> list[syntax.Name]:
    own = [tree] if isinstance(tree, syntax.Name) else []
    return own + [name for child in tree.children for name in _names(child)]


def _sizes(given: Type) -> list[Size]:
    return [size for size in (given.rows, given.columns) if resolve(size) != Dimension(1)]
