"""Powers: `^` of scalars and square matrices, `.^` of every entry, and what is said where neither fits."""

from __future__ import annotations

from functools import partial

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.exponents import is_nonnegative, is_symbolic, least, times
from jacobook.algebra.nodes import Node
from jacobook.algebra.predicates import is_invertible, is_whole
from jacobook.algebra.question import Reading
from jacobook.algebra.shapes import Kind
from jacobook.language import syntax
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.errors import unknown_names as unknown
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.function_table import Maker
from jacobook.language.programs import is_program
from jacobook.language.size_inference import SCALAR, Type, compatible
from jacobook.language.syntax import Powered

MOST_BITS = 4096
"""How long the numerator and the denominator of a number may become."""


def infer_power(context: Context, tree: Powered) -> Typed:
    """Return the power with its type. Raises LanguageError."""
    if _is_exponential(context, tree):
        return _exponential(context, tree)
    if (of_determinant := _power_of_determinant(context, tree)) is not None:
        return of_determinant
    base = context.infer(tree.base)
    if _is_transpose(context, tree):
        return Typed(tree, base.type.transposed, build.transpose, (base,))
    if _may_be_transpose(context, tree, base.type):
        raise unknown.perhaps_transpose(context.source, tree, base.type.kind)
    exponent = context.infer(tree.exponent)
    if base.type.kind is Kind.MATRIX and "**" in context.source[tree.base.end : tree.exponent.start]:
        _decide_stars(context, tree, base.type)
    if tree.elementwise or (tree.elementwise is None and not base.type.is_scalar):
        result, raise_to = _entrywise_type(context, tree, base.type, exponent.type), build.hadamard_power
        return Typed(tree, result, _maker(context, tree, raise_to), (base, exponent))
    if not exponent.type.is_scalar:
        message = f"{context.quoted(tree)}: the exponent {context.told(tree.exponent, exponent.type)}"
        fit = _entrywise(context, tree)
        raise _proposing(context, message, tree, fit)
    whole = not base.type.is_scalar
    if whole and not (base.type.kind is Kind.MATRIX and context.equate(base.type.rows, base.type.columns, tree)):
        if not (base.type.kind is Kind.MATRIX and isinstance(tree.exponent, syntax.Negative)):
            make = context.remarking(_maker(context, tree, build.hadamard_power), Reading.ENTRY_BY_ENTRY)
            return Typed(tree, base.type, make, (base, exponent))
        told = context.told(tree.base, base.type)
        message = f"{context.quoted(tree)}: {told}; only scalars and square matrices have powers"
        raise _proposing(context, message, tree, _entrywise(context, tree))
    return Typed(tree, base.type, _maker(context, tree, build.power, whole), (base, exponent))


def _is_exponential(context: Context, tree: Powered) -> bool:
    """Return whether the base is e, the number, no variable."""
    base = tree.base
    return (
        isinstance(base, syntax.Name) and base.name == "e" and "e" not in {*context.scope.types, *context.scope.sizes}
    )


def _exponential(context: Context, tree: Powered) -> Typed:
    """Return e^t as exp(t), of every entry of a vector; the exponential of a matrix is another function."""
    exponent = context.infer(tree.exponent)
    if exponent.type.kind is Kind.MATRIX and not tree.elementwise:
        fit = f"exp({repairs.piece(context.source, tree.exponent)})"
        whole = f"expm{fit.removeprefix('exp')}"
        message = f"{context.quoted(tree)}: the exponential of the matrix, `{whole}`, or entry by entry `{fit}`?"
        raise context.error(message, tree)
    return Typed(tree, exponent.type, partial(build.apply, "exp"), (exponent,))


def _decide_stars(context: Context, tree: Powered, base: Type) -> None:
    """Take `A**2` of a program entry by entry. Raises LanguageError where nothing tells what it means."""
    if is_program(context.source):
        tree.elementwise = True
    elif compatible(base.rows, base.columns):
        text, above = repairs.piece(context.source, tree.base), repairs.piece(context.source, tree.exponent)
        fits = f"the power of the matrix, `{text}^{above}`, or of every entry, `{text}.^{above}`"
        raise context.error(f"{context.quoted(tree)}: {fits}?", tree)


def _proposing(context: Context, message: str, tree: Powered, fit: str) -> LanguageError:
    """Return the error with the proposal, if that fits."""
    if context.fitting(fit) is None:
        return context.error(message, tree)
    return context.error(f"{message}; did you mean {repairs.named(fit)}?", tree, fit)


def _is_transpose(context: Context, tree: Powered) -> bool:
    """Return whether somebody wrote x^T for a transpose."""
    exponent = tree.exponent
    if not isinstance(exponent, syntax.Name) or exponent.name != "T" or tree.elementwise:
        return False
    known = context.scope.types.get("T")
    return known is None or not known.is_scalar  # an array T is no exponent: x^T T x


def _power_of_determinant(context: Context, tree: Powered) -> Typed | None:
    """Return |Σ|^(-1/2) of a square matrix as a power of its determinant; None for any other power.

    Nor for |X|², in which the bars are those of a norm to many.
    """
    squared = isinstance(tree.exponent, syntax.Number) and tree.exponent.value == 2
    if not isinstance(tree.base, syntax.Bars) or tree.elementwise or squared:
        return None
    inside = context.infer(tree.base.operand)
    if inside.type.kind is not Kind.MATRIX or not context.equate(inside.type.rows, inside.type.columns, tree):
        return None
    exponent = context.infer(tree.exponent)
    if not exponent.type.is_scalar:
        return None
    determinant = Typed(tree.base, SCALAR, build.determinant, (inside,))
    return Typed(tree, SCALAR, _maker(context, tree, build.power), (determinant, exponent))


def _may_be_transpose(context: Context, tree: Powered, base: Type) -> bool:
    """Return whether somebody wrote X^t, with no t declared."""
    scope, letter = context.scope, unknown.TRANSPOSING
    if base.is_scalar or not unknown.may_transpose(context.source, tree):
        return False
    return not scope.defines(letter) and letter not in {*scope.sizes, *scope.indices}


def _entrywise_type(context: Context, tree: Powered, base: Type, exponent: Type) -> Type:
    if base.is_scalar:
        return exponent
    if exponent.is_scalar or context.equations.equate_types(base, exponent, (context, tree)):
        return base
    told = f"{context.told(tree.base, base)}, {context.told(tree.exponent, exponent)}"
    raise context.error(f"{context.quoted(tree)}: {told}, and `.^` goes entry by entry", tree)


def _entrywise(context: Context, tree: Powered) -> str:
    """Return the power as it is written entry by entry."""
    source, exponent = context.source, tree.exponent
    base, text = repairs.piece(source, tree.base), repairs.piece(source, exponent)
    if "^" not in source[tree.base.end : exponent.start]:  # a superscript
        inside = exponent.operand if isinstance(exponent, syntax.Negative) else exponent
        text = inside.name if isinstance(inside, syntax.Name) else str(getattr(inside, "value", "…"))
        text = text if inside is exponent or text.startswith("-") else f"-{text}"
    inside = exponent.operand if isinstance(exponent, syntax.Negative) else exponent
    if not isinstance(inside, syntax.Name | syntax.Number) and not text.startswith("("):  # X^{-1/2} in LaTeX
        text = f"({text})"
    return f"{base}.^{text}"


def half_power(base: Node, halves: int) -> Node:
    """Return the power of a square matrix with half a whole number as exponent, by the square root of the matrix."""
    root = build.matrix_root(base)
    return root if halves == 1 else build.power(root, build.number(halves))


def _maker(context: Context, tree: Powered, raise_to: Maker, whole: bool = False) -> Maker:
    """Return the maker of a power, which refuses numbers that grow too large.

    `whole` refuses every exponent but a whole number, for the power of a matrix.
    """

    def make(base: Node, exponent: Node) -> Node:
        if isinstance(exponent, n.Number) and isinstance(base, n.Number):
            bits = max(base.value.numerator.bit_length(), base.value.denominator.bit_length())
            if bits > 1 and bits * abs(exponent.value) > MOST_BITS:
                raise context.error(f"{context.quoted(tree)} is too large a number", tree)
            if not base.value and exponent.value < 0:
                raise context.error("division by zero", tree)
        if whole and isinstance(exponent, n.Number) and exponent.value.denominator == 2:
            return half_power(base, exponent.value.numerator)
        if whole and not is_whole(exponent):
            fit = _entrywise(context, tree)
            message = f"the power of a matrix takes a whole number, or half of one; entry by entry it is `{fit}`"
            if isinstance(exponent, n.Symbol):
                message += f", and a whole number is declared `{exponent.name} in N`"
            raise context.error(message, tree.exponent, fit)
        if whole and is_symbolic(exponent) and not (is_nonnegative(exponent) or is_invertible(base)):
            told, name = context.quoted(tree.base), context.quoted(tree.exponent)
            may_be = "is" if (smallest := least(times(exponent, -1))) is not None and smallest > 0 else "may be"
            message = f"{name} {may_be} negative, so {told} must be invertible: declare it so"
            raise context.error(message, tree.exponent)
        return raise_to(base, exponent)

    return make
