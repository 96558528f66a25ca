"""What is said about a statement before its result: how it is read, where many readers expect something else."""

from __future__ import annotations

from collections.abc import Iterable

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node
from jacobook.algebra.question import Reading, Remark
from jacobook.calculus.derivation import Prose
from jacobook.rendering.sentences import prose_text

TITLE = Prose("How this is read")
"""The heading over the remarks."""
MOST_FACTORS = 3
_OF_WHOLE = {"exp": build.matrix_exponential, "log": build.matrix_logarithm, "sqrt": build.matrix_root}
"""What the functions of the same name are of a whole matrix."""


def remark_prose(remark: Remark) -> Prose:
    """Return a remark as a sentence with formulas."""
    node = remark.node
    match remark.reading:
        case Reading.ENTRYWISE:
            assert isinstance(node, n.Apply)
            whole = ELEMENTWISE[node.function].of_matrix
            if node.function in _OF_WHOLE:
                meant = _OF_WHOLE[node.function](node.operands[0])
                return Prose(f"{{0}} acts entry by entry; {whole} is {{1}}.", (node, meant))
            return Prose(f"{{0}} acts entry by entry; {whole} is not in the language.", (node,))
        case Reading.FROBENIUS:
            said = "{0} is the Frobenius norm, the root of the sum of the squares of all entries"
            return Prose(f"{said}; the spectral norm is another function, spectralnorm.", (node,))
        case Reading.SUM_OF_ENTRIES:
            said = "{0} is the sum of the absolute values of all entries"
            return Prose(f"{said}; the largest sum of a column is not in the language.", (node,))
        case Reading.MATRIX_ROOT:
            entrywise = build.apply("sqrt", node.operands[0])
            return Prose("{0} is the root of the whole matrix; entry by entry it would be {1}.", (node, entrywise))
        case Reading.MATRIX_POWER:
            return _matrix_power(node)
        case Reading.FILLED:
            said = "A scalar that is added to an array is added to every entry"
            return Prose(f"{said}: here {{1}} stands for {{0}}.", (node, *node.operands))
        case Reading.EVERY_ROW:
            return Prose("The row {1} goes to every row of the matrix, as {0}.", (node, node.operands[1]))
        case Reading.EVERY_COLUMN:
            term = build.product(*node.operands[:-1])
            return Prose("{1} goes to every column of the matrix, as {0}.", (node, term))
        case Reading.ENTRY_BY_ENTRY:
            return Prose("Arrays are divided, and raised to a power, entry by entry: here {0}.", (node,))
        case Reading.ONLY_SIZE:
            return Prose(
                "Nothing else fixes the size of {0}, so it is {1}, the only size in the declarations.",
                (node, build.size_of(node.shape.rows)),
            )
        case Reading.SLICE:
            return Prose("Places are counted from 1, and a slice includes both its ends.")
        case Reading.FROM_ZERO:
            said = "A slice is read as NumPy's, which counts from 0 and leaves out its end"
            return Prose(f"{said}: counted from 1, with both ends, it is {{0}}.", (node,))
        case Reading.LOG_OF_PRODUCT:
            return Prose("The logarithm of a product is the sum of the logarithms: here {0}.", (node,))
        case Reading.MEMBER:
            said = "The members of {0} are the rows of a matrix, and all of them vary"
            family = node.operands[0].operands[0]
            return Prose(f"{said}: the derivative with respect to one of them is its row of the result.", (family,))
        case Reading.SIZE:
            return Prose(
                "{0} is read as a number, the size in the declarations, since no variable has this name.", (node,)
            )
        case Reading.POPULATION:
            said = "Variances and standard deviations divide by the number of entries, without subtracting 1"
            return Prose(f"{said}: here {{0}}.", (node,))
        case Reading.ALL_ENTRIES:
            return Prose("{0} is taken over all entries of the matrix, not row by row or column by column.", (node,))
        case Reading.BY_RELU:
            return Prose("Maxima and minima are taken entry by entry, and written with relu: here {0}.", (node,))
        case Reading.BY_STEP:
            return Prose("A choice is made entry by entry, and written with step: here {0}.", (node,))
        case Reading.BY_DETERMINANT:
            said = "The product of all entries is written as the determinant of a diagonal matrix"
            return Prose(f"{said}, so that the derivative exists where entries are 0 as well: here {{0}}.", (node,))
        case Reading.OWN_SIZE:
            (value,) = node.operands
            return Prose(
                "Every entry of {0} is {1}; an array of ones is {2}.", (node, value, build.fill(build.ONE, node.shape))
            )


def _matrix_power(node: Node) -> Prose:
    base, exponent = node.operands
    every = build.hadamard_power(base, exponent)
    whole = exponent.value if isinstance(exponent, n.Number) else 0
    if 1 < whole <= MOST_FACTORS:
        product = build.product(*[base] * int(whole))
        return Prose("{0} is the matrix product {1}; entry by entry it would be {2}.", (node, product, every))
    return Prose("{0} is a power of the whole matrix; entry by entry it would be {1}.", (node, every))


def remarks_text(remarks: Iterable[Remark]) -> list[str]:
    """Return the remarks as plain text."""
    return [prose_text(remark_prose(remark)) for remark in remarks]
