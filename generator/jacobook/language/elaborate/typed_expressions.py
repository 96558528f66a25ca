"""From the syntax tree to nodes: types are inferred first; then, all sizes being known, nodes are made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial, reduce
from operator import mul
from typing import NoReturn

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Reading, Remark
from jacobook.algebra.shapes import ONE, Dimension, Kind, Shape, ShapeError
from jacobook.language import syntax
from jacobook.language.composed_functions import composed, solution
from jacobook.language.elaborate import along_axes, choices, equation_sides, named_forms, parts, powers, widening
from jacobook.language.elaborate import bound_sums as bounded
from jacobook.language.elaborate import entry_literals as places
from jacobook.language.elaborate import function_values as unspecified
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.errors import unknown_names as unknown
from jacobook.language.errors.language_error import LanguageError, ShapeClash
from jacobook.language.function_table import (
    ELSEWHERE,
    FUNCTIONS,
    OF_SIZES,
    PARTIAL,
    SIZED,
    Maker,
    bounded_sum_parts,
    is_usable_size,
    values_of,
)
from jacobook.language.latex_notation.reader import Names
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.parser import parse_syntax
from jacobook.language.program_calls import divides_by_all
from jacobook.language.programs import is_program, means_otherwise, tells_products_apart
from jacobook.language.size_inference import (
    SCALAR,
    Equations,
    Type,
    compatible,
    compatible_types,
    fresh_size,
    matrix_type,
    product_type,
    resolve,
    type_of,
)
from jacobook.language.syntax import Call, Syntax


class Elaborator(Context):
    """Checks one text; several texts of one chain share the equations between sizes."""

    # -- errors ----------------------------------------------------------------------

    def refuse(self, call: Call, needs: str, types: Sequence[Type]) -> LanguageError:
        """Return the error that a function needs something else than it was given."""
        given = " and ".join(self.told(*pair) for pair in zip(values_of(call), types, strict=True))
        message, argument, fit = f"`{call.name}` needs {needs}; {given}", call.arguments[0], None
        if types[0].kind is Kind.ROW and needs.startswith("a vector"):
            rest = self.source[argument.end : call.end]
            fit = self.source[call.start : argument.start] + repairs.transposed(self.source, argument) + rest
        elif types[0].is_scalar and call.name == "tr":
            fit = repairs.piece(self.source, argument)
            message += ", and the trace of a scalar is the scalar"
        elif call.name == "kron" and any(given.is_scalar for given in types):
            return self._proposing(message, call, repairs.for_scaling(self.source, call))
        elif call.name == "khatrirao":
            return self._proposing(message, call, repairs.for_columns(self.source, call, types))
        return self.error(message + (f"; did you mean `{fit}`?" if fit else ""), call, fit)

    def _proposing(self, message: str, call: Call, proposals: Sequence[repairs.Fit]) -> LanguageError:
        """Return the error with those of the proposals that fit."""
        fits = repairs.checked(proposals, self.fitting)
        return self.error(message + repairs.question(fits), call, fits[0].text if fits else None)

    def fitting(self, text: str) -> Type | None:
        """Return the type of what is proposed in place of a piece of the text, or None if it does not fit either."""
        if self.is_trial:
            return None
        trial = Elaborator(text, self.scope, Equations())
        trial.is_trial = True
        try:
            typed = trial.infer(
                parse_syntax(text, Names(tuple(self.scope.types), tuple(self.scope.functions), self.scope.sizes))
            )
            trial.finish()
        except LanguageError:
            return None
        return typed.type

    # -- types ----------------------------------------------------------------------

    def infer(self, tree: Syntax) -> Typed:
        """Return the piece with its type; sizes may still be open. Raises LanguageError."""
        match tree:
            case syntax.Name():
                return self._name(tree)
            case syntax.Number():
                value = tree.value
                return Typed(tree, SCALAR, lambda: build.number(value))
            case syntax.Product():
                return self._product(tree)
            case syntax.Sum():
                return self._sum(tree)
            case syntax.Transposed():
                if isinstance(tree.operand, syntax.Number) and tree.operand.value == 1:
                    return self.infer(_ones_transposed(tree))
                operand = self.infer(tree.operand)
                named_forms.check_transposed(self, operand)
                return Typed(tree, operand.type.transposed, build.transpose, (operand,))
            case syntax.Negative():
                operand = self.infer(tree.operand)
                return Typed(tree, operand.type, build.negate, (operand,))
            case syntax.Powered():
                return powers.infer_power(self, tree)
            case syntax.Bars():
                return self._bars(tree)
            case syntax.Component():
                return self._component(tree)
            case syntax.Literal():
                return places.infer_literal(self, tree)
            case syntax.Call():
                return self._call(tree)
            case syntax.IndexRelation():
                raise choices.no_comparison(self, tree)
            case syntax.Equation():
                return equation_sides.infer_equation(self, tree)
            case syntax.Keyword():
                raise self.error(f"{self.quoted(tree)}: arguments have no names here", tree)
            case syntax.Text():
                raise self.error(f"{self.quoted(tree)}: there is no text in an expression", tree)
        raise TypeError(f"no piece of an expression: {tree}")

    def _component(self, tree: syntax.Component) -> Typed:
        """Return an entry of an array, or a row, a column or a slice."""
        if any(isinstance(place, syntax.Slice) for place in tree.places):
            operand = self.infer(tree.operand)
            return places.infer_entry(self, tree) if operand.type.is_scalar else parts.infer_part(self, tree, operand)
        if len(tree.places) == 1 and isinstance(tree.operand, syntax.Name) and self.scope.is_family(tree.operand.name):
            return parts.infer_member(self, tree, self.infer(tree.operand))
        if len(tree.places) == 1 and is_latex(self.source):
            operand = self.infer(tree.operand)
            (place,) = tree.places
            if operand.type.kind is Kind.MATRIX and isinstance(place, syntax.Product) and len(place.operands) == 2:
                tree.places = place.operands  # A_{1N}
            elif operand.type.kind is Kind.MATRIX:
                return parts.infer_sample(self, tree, operand)
        return places.infer_entry(self, tree)

    def _name(self, tree: syntax.Name) -> Typed:
        name, found = tree.name, self.scope.types.get(tree.name)
        if found is not None:
            symbol = self.scope.symbol
            return Typed(tree, found, lambda: symbol(name))
        if name in ("eye", "I") and name not in self.scope.sizes:
            size = fresh_size()
            result = matrix_type(size, size)
            return Typed(tree, result, lambda: build.identity(self._shape(tree, result).rows))
        if name in self.scope.indices:
            message = f"`{name}` runs over places here, as in `x[{name}]`, and is no number to calculate with"
            raise self.error(message, tree)
        if (constant := self.scope.constant(name)) is None:
            raise unknown.name(self.source, tree, self.scope)
        return Typed(tree, type_of(constant.shape), lambda: constant)

    def _bars(self, tree: syntax.Bars) -> Typed:
        """Return |t|, or det(X) as `|X|` under a logarithm; what else stands between bars has two readings.

        Of a matrix that is declared positive-definite, nobody means the absolute values of its entries.
        """
        operand = self.infer(tree.operand)
        if operand.type.is_scalar:
            return Typed(tree, SCALAR, partial(build.apply, "abs"), (operand,))
        name = tree.operand.name if isinstance(tree.operand, syntax.Name) else ""
        known = self.scope.symbol(name) if name in self.scope.types else None
        if isinstance(known, n.Symbol) and "positive-definite" in known.properties:
            return Typed(tree, SCALAR, build.determinant, (operand,))
        inside = self.quoted(tree.operand).strip("`")
        square = operand.type.kind is Kind.MATRIX
        other = f"the determinant `det({inside})`" if square else f"the length `norm2({inside})`"
        raise self.error(f"{self.quoted(tree)}: {other}, or entry by entry `abs({inside})`?", tree)

    def _log_of_bars(self, tree: Call, bars: syntax.Bars) -> Typed | None:
        """Return log|X| of a square matrix, or of its determinant, log|det X|; None for any other logarithm."""
        inside = bars.operand
        if isinstance(inside, Call) and inside.name == "det" and len(inside.arguments) == 1:
            inside = inside.arguments[0]
        operand = self.infer(inside)
        if operand.type.kind is not Kind.MATRIX:
            return None
        if not self.equate(operand.type.rows, operand.type.columns, tree):
            raise self.error(f"{self.quoted(tree)}: {self.told(inside, operand.type)}, which has no determinant", tree)
        return Typed(tree, SCALAR, build.log_determinant, (operand,))

    def _call(self, tree: Call) -> Typed:
        if tree.name == "log" and len(tree.arguments) == 1 and isinstance(bars := tree.arguments[0], syntax.Bars):
            found = self._log_of_bars(tree, bars)
            if found is not None:
                return found
        if bounded_sum_parts(tree) is not None:
            return bounded.infer_sum(self, tree)
        if not self.scope.defines(tree.name):
            self._check_meaning(tree)
            if (choice := choices.infer_choice(self, tree)) is not None:
                return choice
            if (along := along_axes.infer_along_axis(self, tree)) is not None:
                return along
        if tree.name in OF_SIZES:
            return self._of_sizes(tree)
        if tree.name == "unit" or (tree.name == "delta" and self.scope.indices):
            return places.infer_of_places(self, tree)
        if tree.name in self.scope.functions:
            return unspecified.infer_value(self, tree)
        if tree.name == PARTIAL:
            return unspecified.infer_partial(self, tree)
        if not self.scope.defines(tree.name) and (form := named_forms.infer_named_form(self, tree)) is not None:
            return form
        row = FUNCTIONS.get(tree.name)
        if row is None and not self.scope.defines(tree.name):
            row = composed(tree.name, len(tree.arguments))
        values = values_of(tree)
        if row is None or (len(values) != row[0] and tree.name in ELSEWHERE):
            raise unknown.function(self.source, tree, self.scope)
        arity, rule = row
        if len(values) != arity:
            takes = "one argument" if arity == 1 else f"{_NUMERALS[arity]} arguments"
            raise self.error(f"`{tree.name}` takes {takes}, not {len(values)}", tree)
        if (error := unknown.size_for_entry(self.source, tree, self.scope)) is not None:
            raise error
        operands = tuple([self.infer(value) for value in values])
        result, make = rule(self, tree, [operand.type for operand in operands])
        if sizes := tree.arguments[len(values) :]:
            self._give_sizes(tree, result, sizes, operands[0])
        return Typed(tree, result, make, operands)

    def _give_sizes(self, tree: Call, result: Type, sizes: Sequence[Syntax], operand: Typed) -> None:
        """Give an array the sizes that stand behind its argument, as in `vector(c, N)`. Raises LanguageError."""
        name, open_sizes = tree.name, (result.rows, result.columns)[: 1 if result.kind is Kind.VECTOR else 2]
        if len(sizes) != len(open_sizes):
            fit, wanted = None, "one size" if len(open_sizes) == 1 else "two sizes"
            if name == "vector" and len(sizes) == 2:
                fit = f"matrix{self.source[tree.name_end : tree.end]}" if not tree.wrapped else None
            hint = f"; did you mean {repairs.named(fit)}?" if fit else ""
            raise self.error(f"`{name}` takes no size or {wanted}, as in `{SIZED[name]}`{hint}", tree, fit)
        found = [self.dimension(name, size) for size in sizes]
        self._check_side(tree, *found)
        entries = reduce(mul, found)
        fits = all(self.equate(*pair, tree) for pair in zip(open_sizes, found, strict=True))
        if not fits or (name == "unvec" and not self.equate(entries, operand.type.length, tree)):
            message = f"{self.quoted(tree)} has {entries} entries, {self.told(operand.syntax, operand.type)}"
            raise self.error(message, tree)

    def open_array(self, call: Call, result: Type, make: Maker) -> Maker:
        """Return the maker of an array from its operand, to which the shape is given when its sizes are known."""
        return lambda value: make(value, self._shape(call, result))

    def _check_meaning(self, tree: Call) -> None:
        """Raise LanguageError for a function of a program that is another one than the one of its name here."""
        operand = tree.arguments[0]
        if isinstance(tree, syntax.DividedByAll) or any(map(divides_by_all, tree.arguments)):
            return
        is_method = operand.start == tree.start and operand.end <= tree.name_end and not isinstance(operand, syntax.Run)
        where = operand.end if is_method else tree.start
        if difference := means_otherwise(self.source, where, tree.name, is_method and operand.end < tree.name_end):
            of_matrices = tree.name != "inner" or self.infer(operand).type.kind is Kind.MATRIX
            if of_matrices:
                fit = f"{tree.name}({repairs.piece(self.source, operand)})"
                raise self.error(f"`{tree.name}` {difference}; the one here is written `{fit}`", tree)

    def _of_sizes(self, tree: Call) -> Typed:
        """Return dim(D), a scalar, or the matrix eye(N) or commutation(M, N)."""
        name, count = tree.name, OF_SIZES[tree.name]
        if len(tree.arguments) != count:
            takes = "one size" if count == 1 else "two sizes, such as `commutation(M, N)`"
            raise self.error(f"`{name}` takes {takes}", tree)
        sizes = [self.dimension(name, argument) for argument in tree.arguments]
        if name == "dim":
            return Typed(tree, SCALAR, lambda: build.size_of(sizes[0]))
        side = reduce(mul, sizes) if name in ("eye", "commutation") else sizes[0] * sizes[0]
        self._check_side(tree, side)
        if name in ("duplication", "elimination"):
            half = build.half(sizes[0])
            pair = (side, half) if name == "duplication" else (half, side)
            halves = build.duplication if name == "duplication" else build.elimination
            return Typed(tree, matrix_type(*pair), lambda: halves(sizes[0]))
        make = build.identity if name == "eye" else build.commutation
        return Typed(tree, matrix_type(side, side), lambda: make(*sizes))

    def _check_side(self, tree: Call, *sides: Dimension) -> None:
        """Raise LanguageError for an array that has grown beyond all use."""
        if not all(map(is_usable_size, sides)):
            what = "a vector" if tree.name == "vector" else "a matrix"
            raise self.error(f"`{tree.name}` is too large {what} here", tree)

    def _product(self, tree: syntax.Product) -> Typed:
        operands = [self.infer(tree.operands[0])]
        result = operands[0].type
        program = is_program(self.source)
        for position, operator in enumerate(tree.operators, 1):
            operand = self.infer(tree.operands[position])
            if operator == "*":
                operator = self._sign(tree, position, result, operand.type, program)
            if operator in (".*", "./") and position == 1:
                operands[0], operand = widening.ones_beside(self, [operands[0], operand])
                result = operands[0].type
            if operator in (".*", "./", "/"):
                if position == 1 and (widened := widening.widened_beside(self, operands[0], operand.type)) is not None:
                    operands[0], result = widened, widened.type
                operand = widening.widened_beside(self, operand, result) or operand
            operands.append(operand)
            divisor = tree.operands[position]
            if operator == "/" and isinstance(divisor, syntax.Multiple) and self.source[divisor.start] != "(":
                self._ambiguous_divisor(tree, position)
            self._check_reach_of_slash(tree, position)
            self._check_place(tree, position, operands[position - 1].type, operand.type)
            found = self._joined(operator, result, operand.type, tree)
            if found is None:
                self._product_clash(tree, [one.type for one in operands], result)
            result = found
        make = self._multiply(tree)
        sizes = [one for one in operands if isinstance(one.syntax, syntax.Name) and self._is_size(one.syntax.name)]
        if sizes and "*" in tree.operators and not all(one.type.is_scalar for one in operands):
            make = self._remarking_on_size(make, sizes[0])
        return Typed(tree, result, make, tuple(operands))

    def _sign(self, tree: syntax.Product, position: int, left: Type, right: Type, program: bool) -> str:
        """Return what the sign of a product means between these factors, and note it in the tree.

        A dot between two vectors is their inner product. In programs `*` goes entry by entry between arrays, and a
        vector on the left of `@` is a row.
        """
        sign, operator = self._written_sign(tree, position), "*"
        if left.kind is Kind.VECTOR and right.kind is Kind.ROW and sign == "@":
            before, behind = (repairs.piece(self.source, one) for one in tree.operands[position - 1 : position + 1])
            where = syntax.Syntax(tree.operands[position - 1].start, tree.operands[position].end)
            readings = "a number to NumPy, where a vector is its own transpose, and a matrix of columns"
            inner, outer = f"{before}'*({behind})'", f"{before}*{behind}"
            raise self.error(f"`{before} @ {behind}` is {readings}: write `{inner}` or `{outer}`", where)
        if (left.kind is Kind.VECTOR and right.kind is Kind.VECTOR and sign in ("·", "⋅", "\\cdot", "@", "%*%")) or (
            program and left.kind is Kind.VECTOR and right.kind is Kind.MATRIX and sign in ("@", "%*%")
        ):
            operator = "@"
        elif program and sign == "*" and not left.is_scalar and not right.is_scalar:
            if left.kind is right.kind is Kind.MATRIX and not tells_products_apart(self.source):
                before, behind = (repairs.piece(self.source, one) for one in tree.operands[position - 1 : position + 1])
                where = syntax.Syntax(tree.operands[position - 1].start, tree.operands[position].end)
                fits = f"the product of matrices, `{before} @ {behind}`, or entry by entry `{before}.*{behind}`"
                raise self.error(f"{self.quoted(where)}: {fits}?", where)
            operator = ".*"
        if operator != "*":
            tree.operators = (*tree.operators[: position - 1], operator, *tree.operators[position:])
        return operator

    def _is_size(self, name: str) -> bool:
        return name in self.scope.sizes and self.scope.constant(name) is not None

    def _remarking_on_size(self, make: Maker, size: Typed) -> Maker:
        """Return the maker of a product of an array and a size, which may have been meant for an array, too."""

        def made(*factors: Node) -> Node:
            self.remarks.append(Remark(Reading.SIZE, size.make()))
            return make(*factors)

        return made

    def _ambiguous_divisor(self, tree: syntax.Product, position: int) -> NoReturn:
        """Refuse `1/2x`, which is (1/2)x to some and 1/(2x) to others."""
        divisor = tree.operands[position]
        before = self.source[tree.operands[position - 1].start : tree.operands[position - 1].end]
        number, factor = (repairs.piece(self.source, one) for one in divisor.children)
        fits = f"`{before}/{number}*{factor}` or `{before}/({number}*{factor})`"
        raise self.error(f"`{before}/{number}{factor}` has two readings: write {fits}", tree)

    def _check_reach_of_slash(self, tree: syntax.Product, position: int) -> None:
        """Raise LanguageError for `1/x'y`: what stands behind the slash, x' or x'y? But t/2 y is (t/2) y."""
        if (
            position < 2
            or tree.operators[position - 2] not in ("/", "./", "\\")
            or not self._juxtaposed(tree, position)
        ):
            return
        first, second, third = tree.operands[position - 2 : position + 1]
        if self._ends_divisor(tree.operands[: position - 1], second, third):
            return
        slash = self.source[first.end : second.start].strip()
        above, below, factor = (repairs.piece(self.source, one) for one in (first, second, third))
        fits = f"`{above}{slash}{below}*{factor}` or `{above}{slash}({below}*{factor})`"
        where = syntax.Syntax(first.start, third.end)
        raise self.error(f"{self.quoted(where)} has two readings: write {fits}", where)

    def _ends_divisor(self, above: Sequence[Syntax], second: Syntax, third: Syntax) -> bool:
        """Return whether a factor without a sign cannot be meant to stand below the slash, too.

        t/2 y has a fraction in front, x^2/2 y need not; parentheses with a space behind them, R T/(z F) ln(a), end it.
        """
        if isinstance(second, syntax.Number):
            return all(map(syntax.is_coefficient, above)) and not (
                isinstance(third, syntax.Name) and third.name == "pi"
            )
        return second.wrapped and self.source[second.end : second.end + 1].isspace()

    def _check_place(self, tree: syntax.Product, position: int, left: Type, right: Type) -> None:
        """Raise LanguageError for `x(s - t)` of an array x and numbers, which is a product, and an entry to many."""
        before, behind = tree.operands[position - 1 : position + 1]
        before = before.operands[-1] if isinstance(before, syntax.Multiple) else before
        if left.is_scalar or not right.is_scalar or not behind.wrapped or not isinstance(before, syntax.Name):
            return
        begins = behind.operands[0] if isinstance(behind, syntax.Sum) else behind
        if is_latex(self.source) or not self._juxtaposed(tree, position) or isinstance(begins, syntax.Number):
            return
        name, inside = (repairs.piece(self.source, one) for one in (before, behind))
        place = self.source[behind.start + 1 : behind.end - 1]
        where = syntax.Syntax(before.start, behind.end)
        raise self.error(f"{self.quoted(where)}: the product `{name}*{inside}`, or an entry, `{name}[{place}]`?", where)

    def _juxtaposed(self, tree: syntax.Product, position: int) -> bool:
        """Return whether the factor stands behind the one before it without a sign."""
        return tree.operators[position - 1] == "*" and not self._written_sign(tree, position)

    def _written_sign(self, tree: syntax.Product, position: int) -> str:
        """Return the sign that stands before a factor; nothing where none is written (but a module may be)."""
        found = _SIGN.match(self.source, tree.operands[position - 1].end)
        return found[1] if found is not None else ""

    def _joined(self, operator: str, left: Type, right: Type, where: Syntax) -> Type | None:
        """Return the type of two factors joined by an operator, or None if they do not fit."""
        if operator == "\\":
            square = left.kind is Kind.MATRIX and self.equate(left.rows, left.columns, where)
            if not square or right.kind not in (Kind.MATRIX, Kind.VECTOR):
                return None
            operator = "*"
        if operator == "@":
            found = product_type(left.transposed, right)
            if found is None or found[1] is None or not self.equate(*found[1], where):
                return None
            return found[0] if found[0].is_scalar else found[0].transposed
        if operator == "*":
            found = product_type(left, right)
            if found is None or (found[1] is not None and not self.equate(*found[1], where)):
                return None
            return found[0]
        if right.is_scalar:
            return left
        if operator == "/" and right.kind is Kind.MATRIX and compatible(right.rows, right.columns):
            return None  # a quotient by a square matrix may be meant for its inverse
        if left.is_scalar:
            return right
        return left if self.equations.equate_types(left, right, (self, where)) else None

    def _product_clash(self, tree: syntax.Product, types: Sequence[Type], left: Type) -> NoReturn:
        index = len(types) - 1
        fits = repairs.checked(repairs.for_product(self.source, tree, types, index, left), self.fitting)
        right, start = tree.operands[index], tree.operands[0].start
        before = repairs.named(self.source[start : tree.operands[index - 1].end])
        whole = repairs.named(self.source[start : right.end])
        message = f"{whole}: {before} {left}, {self.told(right, types[index])}"
        if tree.operators[index - 1] == "/":
            if any(isinstance(one, syntax.Name) and one.name in ("I", "eye") for one in syntax.pieces_within(right)):
                raise ShapeClash(f"{message}; as a number, `I` is declared `I in R`", self.source, start, right.end)
            message += ", and a square matrix may be an inverse or go entry by entry" if fits else ""
        fit = fits[0].text if fits else None
        raise ShapeClash(message, self.source, start, right.end, fit, proposal=repairs.question(fits))

    def _multiply(self, tree: syntax.Product) -> Maker:
        """Return the maker of a product: runs of `*` are one product, other operators nodes of their own."""

        def make(*factors: Node) -> Node:
            run = [factors[0]]
            for operator, factor, where in zip(tree.operators, factors[1:], tree.operands[1:], strict=True):
                if operator == "*":
                    run.append(factor)
                    continue
                if operator != ".*" and build.is_number(factor, 0):
                    raise self.error("division by zero", where)
                left = build.product(*run) if len(run) > 1 else run[0]
                join = _JOIN[operator]
                if operator == "/" and not factor.shape.is_scalar:
                    readings = () if isinstance(left, n.Number) else (Reading.ENTRY_BY_ENTRY,)
                    join = self.remarking(build.hadamard_divide, *readings)
                run = [join(left, factor)]
            return build.product(*run) if len(run) > 1 else run[0]

        return make

    def _sum(self, tree: syntax.Sum) -> Typed:
        operands = widening.ones_beside(self, [self.infer(operand) for operand in tree.operands])
        types = [operand.type for operand in operands]
        widened = self.widenings(tree, types)
        place = widening.target_of(types) if widened is not None else 0
        result = types[place]
        for position, given in enumerate(types):
            same = widened is None or given.kind is result.kind
            if same and not self.equations.equate_types(result, given, (self, tree)):
                left = types[0] if widened is None else next(one for one in types if one.kind is result.kind)
                self._sum_clash(tree, position, left, given)
        signs = tree.operators

        def make(*terms: Node) -> Node:
            shape = terms[place].shape
            if widened is not None:
                terms = tuple([widen(term, shape) for widen, term in zip(widened, terms, strict=True)])
            later = zip(signs, terms[1:], strict=True)
            return build.add(terms[0], *[term if sign == "+" else build.negate(term) for sign, term in later])

        return Typed(tree, result, make, tuple(operands))

    def widenings(self, tree: syntax.Sum, types: Sequence[Type]) -> list[widening.Widening] | None:
        """Return how every term becomes an array of the shape of the sum; None where that is not clear."""
        return widening.widenings(self, types)

    def _sum_clash(self, tree: syntax.Sum, index: int, left: Type, right: Type) -> NoReturn:
        fits = repairs.checked(repairs.for_sum(self.source, tree, index, left, right), self.fitting)
        start, term = tree.operands[0].start, tree.operands[index]
        before = repairs.named(self.source[start : tree.operands[index - 1].end])
        whole = repairs.named(self.source[start : term.end])
        message = f"{whole}: {before} {left}, {self.told(term, right)}"
        fit = fits[0].text if fits else None
        raise ShapeClash(message, self.source, start, term.end, fit, proposal=repairs.question(fits))

    # -- nodes ----------------------------------------------------------------------

    def _shape(self, where: Syntax, open_type: Type) -> Shape:
        """Return the shape of `eye`, `vector(c)`, `matrix(c)` or `unvec(v)`, inferred by now."""
        by_letter = isinstance(where, syntax.Name) and where.name == "I" and open_type.shape() is None
        if by_letter and (size := self._only_size()) is not None:
            self.equate(open_type.rows, size, where)
            self.remarks.append(Remark(Reading.ONLY_SIZE, build.identity(size)))
        shape = open_type.shape()
        if shape is None:
            message = f"the size of {self.quoted(where)} cannot be inferred from the context"
            written = SIZED[where.name] if isinstance(where, Call) else "eye(N)"
            raise self.error(f"{message}: join it to something of known size, or write `{written}`", where)
        return shape

    def _only_size(self) -> Dimension | None:
        """Return the size that all declared arrays have, if it is one."""
        found = (resolve(size) for given in self.scope.types.values() for size in (given.rows, given.columns))
        sizes = {size for size in found if isinstance(size, Dimension)} - {ONE}
        return next(iter(sizes)) if len(sizes) == 1 else None

    def expect(self, typed: Typed, shape: Shape) -> None:
        """Raise LanguageError unless the whole expression has this shape; open sizes are inferred from it."""
        wanted = type_of(shape)
        given, where = typed.type, typed.syntax
        if self.equations.equate_types(given, wanted, (self, where)):
            return
        fit = None
        if compatible_types(given.transposed, wanted):
            fit = repairs.transposed(self.source, where)
        elif given.is_scalar:
            text = repairs.piece(self.source, where)
            fits = {Kind.VECTOR: f"vector({text})", Kind.ROW: f"vector({text})'"}
            fit = fits.get(shape.kind, f"matrix({text})")
        message = f"this is {given.describe()}, where {wanted.describe()} was expected"
        raise self.error(message + (f"; did you mean {repairs.named(fit)}?" if fit else ""), where, fit)

    def finish(self) -> None:
        """Raise LanguageError if the equations that had to wait have no solution."""
        wrong = self.equations.finish()
        if wrong is not None:
            left, right, where = wrong
            at, tree = where if isinstance(where, tuple) else (self, None)
            message = f"no sizes fit here: {left} and {right} would have to be equal"
            raise at.error(message, tree) if tree is not None else LanguageError(message, self.source, 0, 1)

    def construct(self, typed: Typed) -> Node:
        """Return the node of a piece whose sizes are all known. Raises LanguageError."""
        operands = [self.construct(operand) for operand in typed.operands]
        try:
            node = typed.make(*operands)
        except ShapeError as error:
            raise self.error(str(error), typed.syntax) from None
        if isinstance(node, n.Number) and operands:
            value = node.value
            if max(value.numerator.bit_length(), value.denominator.bit_length()) > powers.MOST_BITS:
                raise self.error("this is too large a number", typed.syntax)
        return node


def _ones_transposed(tree: syntax.Transposed) -> syntax.Transposed:
    """Return the row of ones that `1'x` begins with: a number needs no transpose."""
    one = tree.operand
    ones = Call(one.start, one.end, "vector", one.start, (one,), depth=1)
    return syntax.Transposed(tree.start, tree.end, ones, depth=2)


def _product_of_arrays(left: Node, right: Node) -> Node:
    """Return x′y or, as a vector like x, x′A, which programs write x @ y and x @ A."""
    product = build.product(build.transpose(left), right)
    return product if product.shape.is_scalar else build.transpose(product)


_SIGN = re.compile(r"\s*(%\*%|\\cdot\b|\\times\b|[*@·⋅∗])")
_NUMERALS = {2: "two", 3: "three"}
_JOIN: dict[str, Maker] = {
    "/": build.divide,
    ".*": build.hadamard,
    "./": build.hadamard_divide,
    "\\": solution,
    "@": _product_of_arrays,
}
