"""Functions that mean several things to several people: norms, and the softmax of a matrix."""

from __future__ import annotations

from jacobook.algebra import build
from jacobook.algebra.shapes import Kind
from jacobook.language import syntax
from jacobook.language.composed_functions import (
    norm_of_largest,
    of_columns,
    power_norm,
    spectral_norm,
)
from jacobook.language.elaborate.context import Context
from jacobook.language.elaborate.scope import Typed
from jacobook.language.errors import repairs
from jacobook.language.programs import is_of_torch, is_program
from jacobook.language.size_inference import SCALAR
from jacobook.language.syntax import Call, Syntax, Transposed


def infer_named_form(context: Context, tree: Call) -> Typed | None:
    """Return a norm, or the softmax of a row or a matrix; None for any other call. Raises LanguageError."""
    if tree.name in ("norm", *MARKED_NORMS):
        return _norm(context, tree)
    if (product := _product_of_matrices(context, tree)) is not None:
        return context.infer(product)
    if tree.name == "softmax":
        return _softmax(context, tree)
    return None


MARKED_NORMS = {"‖1": "1", "‖2": "2"}
"""What ‖x‖₁ and ‖x‖₂ are called in the tree; of a matrix these are other norms than those of its entries."""


def _product_of_matrices(context: Context, tree: Call) -> Syntax | None:
    """Return what `np.dot(A, x)` is, which takes matrices where `dot` takes two vectors elsewhere; None if it does not.

    An array with one index stands on the left as a row and has one index again afterwards: `x.dot(A)` is (x'*A)'.
    """
    if tree.name != "dot" or len(tree.arguments) != 2 or not is_program(context.source):
        return None
    left, right = tree.arguments
    of_left, of_right = (context.infer(one).type.kind for one in tree.arguments)
    if of_left is Kind.MATRIX:
        return _matmul(tree, left, right)
    if of_left is Kind.VECTOR and of_right is Kind.MATRIX:
        row = Transposed(left.start, left.end, left, depth=left.depth + 1)
        return Transposed(tree.start, tree.end, _matmul(tree, row, right), depth=tree.depth + 2)
    return None


def _matmul(tree: Call, left: Syntax, right: Syntax) -> Call:
    depth = max(left.depth, right.depth) + 1
    return Call(tree.start, tree.end, "matmul", tree.name_end, (left, right), depth=depth)


def check_transposed(context: Context, operand: Typed) -> None:
    """Raise LanguageError for `norm(X)'`: who transposes it does not mean the norm of the whole matrix."""
    call = operand.syntax
    if isinstance(call, Call) and call.name == "norm" and operand.operands[0].type.kind is Kind.MATRIX:
        text = repairs.piece(context.source, call.arguments[0])
        rows = f"sqrt(rowSums(({text}).^2))"
        message = f"{context.quoted(call)} is a scalar, the Frobenius norm of the whole matrix"
        raise context.error(f"{message}, which has no transpose; the norms of its rows are `{rows}`", call)


def _norm(context: Context, tree: Call) -> Typed:
    """Return `norm(x)`, `norm(x, 1)`, `norm(W, 'fro')`; 1 and 2 are other norms for matrices than the entries'."""
    inside, *which = tree.arguments
    operand = context.infer(inside)
    text, of_matrix = repairs.piece(context.source, inside), operand.type.kind is Kind.MATRIX
    kind = _word(which[0]) if len(which) == 1 else MARKED_NORMS.get(tree.name, "")
    if (not which and not kind) or kind in ("fro", "f") or (kind == "2" and not of_matrix):
        return Typed(tree, SCALAR, build.norm2, (operand,))
    if kind == "1" and not of_matrix:
        return Typed(tree, SCALAR, build.norm1, (operand,))
    if kind == "2" and which and is_of_torch(context.source, tree.name_end, tree.name):
        return Typed(tree, SCALAR, build.norm2, (operand,))
    if kind == "2" and which and is_program(context.source):
        return Typed(tree, SCALAR, spectral_norm, (operand,))
    if kind == "nuc" and of_matrix:
        return Typed(tree, SCALAR, build.nuclear_norm, (operand,))
    if kind in ("inf", "infinity") and not of_matrix:
        return Typed(tree, SCALAR, norm_of_largest, (operand,))
    if kind in ("1", "2"):
        other = "largest sum of a column, which is not in the language"
        other = other if kind == "1" else f"largest singular value, `spectralnorm({text})`"
        said = "sum of the absolute entries" if kind == "1" else "root of the sum of the squares of the entries"
        message = f"{context.quoted(tree)} of a matrix: the {other}, or the {said}"
        fit = f"norm{kind}({text})"
        raise context.error(f"{message}, `{fit}`?", tree, fit)
    if len(which) == 1 and not of_matrix and (power := _of_power(context, tree, operand, which[0])) is not None:
        return power
    message = f"of norms there are `norm({text})`, `norm({text}, 'fro')`, and `norm(x, 1)` `norm(x, p)` of a vector"
    raise context.error(message, tree)


def _of_power(context: Context, tree: Call, operand: Typed, which: Syntax) -> Typed | None:
    """Return (Σ |xᵢ|^p)^(1/p), or None where p is no scalar."""
    if isinstance(which, syntax.Text):
        return None
    exponent = context.infer(which)
    if not exponent.type.is_scalar or (isinstance(which, syntax.Number) and which.value < 1):
        return None
    return Typed(tree, SCALAR, power_norm, (operand, exponent))


def _softmax(context: Context, tree: Call) -> Typed | None:
    inside, *which = tree.arguments
    operand = context.infer(inside)
    if operand.type.kind is Kind.ROW and not which:
        return Typed(tree, operand.type, lambda x: build.transpose(build.softmax(build.transpose(x))), (operand,))
    if operand.type.kind is not Kind.MATRIX:
        return None
    kind, text = _word(which[0]) if len(which) == 1 else "", repairs.piece(context.source, inside)
    if kind in ("columns", "rows"):
        return Typed(tree, operand.type, of_columns(build.softmax) if kind == "columns" else build.softmax, (operand,))
    message = f"{context.quoted(tree)} of a matrix: `softmax({text}, 'columns')`, in which every column adds up to 1"
    raise context.error(f"{message}, or `softmax({text}, 'rows')`?", tree)


def _word(tree: syntax.Syntax) -> str:
    match tree:
        case syntax.Text():
            return tree.word.lower()
        case syntax.Number():
            return str(tree.value)
    return "?"
