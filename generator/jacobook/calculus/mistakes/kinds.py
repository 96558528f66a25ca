"""The table of common mistakes: what students write at a line of a derivation, one kind each, most instructive first.

A row says at which rules the mistake is made, and finds it in a line: the sentence about it, and the wrong right side,
built from the line itself. Nothing here is shown before the verification has shown the wrong side to be wrong: it
cannot be built, or its shape or its value is not that of the left side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.nodes import Node
from jacobook.algebra.traverse import substitute, walk
from jacobook.calculus.derivation import Claim, Derivation, PartialDerivation, Prose
from jacobook.calculus.mistakes import in_forms as forms
from jacobook.calculus.mistakes import in_rules as rules
from jacobook.calculus.mistakes.formula_parts import Found, LineInContext
from jacobook.calculus.rules.table import FUNCTION_RULES


@dataclass(frozen=True, slots=True)
class CommonMistake:
    """One row of the table."""

    slug: str
    name: str
    at: frozenset[str]
    """The slugs of the rules at whose lines the mistake is made."""
    find: Callable[[LineInContext], Found | None]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A common mistake at a line: `left = wrong()` is what a student would write there."""

    slug: str
    name: str
    said: Prose
    claim: Claim
    wrong: Callable[[], Node]
    """Builds the wrong right side. Raises ShapeError where there is none."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, and the partial derivative that they find, if it is one."""

    claims: tuple[Claim, ...]
    partial: PartialDerivation | None = None


def _at(*slugs: str) -> frozenset[str]:
    return frozenset(slugs)


_FUNCTIONS = frozenset(rule.slug for rule in FUNCTION_RULES)
_INVERSES = _at("inverse", "log-determinant", "product", "trace", "constant-factor")
_TRACES = _at("cyclic-trace", "scalar-transpose")

# fmt: off
MISTAKES: tuple[CommonMistake, ...] = (
    CommonMistake("unknown-held-fixed", "The unknown of an equation held fixed", _at("implicit-function"), rules.unknown_held_fixed),
    CommonMistake("rows-plus-columns", "A row and a column added", _at("scalar-transpose"), rules.rows_and_columns),
    CommonMistake("taken-for-symmetric", "A matrix taken for symmetric", _at("collect", "read-off"), forms.taken_for_symmetric),
    CommonMistake("vector-for-diagonal", "A vector in the place of a diagonal matrix", _at("read-off"), forms.vector_for_diagonal),
    CommonMistake("softmax-by-entries", "A softmax differentiated entry by entry", _at("softmax", "log-sum-exp"), rules.softmax_by_entries),
    CommonMistake("inverse-squared", "The rule for 1/x used on an inverse", _INVERSES, rules.inverse_squared),
    CommonMistake("power-of-matrix", "The power rule for numbers used on a matrix", _at("matrix-power"), rules.power_of_matrix),
    CommonMistake("trace-not-transposed", "The transpose forgotten under a trace", _at("read-off"), forms.trace_read_without_transpose),
    CommonMistake("path-forgotten", "A path of the chain forgotten", _at("sum-over-paths"), forms.path_forgotten),
    CommonMistake("one-term-of-product", "A term of the product rule forgotten", _at("product", "hadamard"), rules.one_term_of_product),
    CommonMistake("order-inside-trace", "Factors exchanged inside a trace", _TRACES, rules.order_inside_trace),
    CommonMistake("chain-reversed", "The chain rule in the wrong order", _at("chain"), forms.chain_reversed),
    CommonMistake("transposed-without-reversing", "A product transposed without reversing it", _at("denominator-layout"), forms.transposed_without_reversing),
    CommonMistake("diagonal-counted-twice", "The diagonal of a symmetric matrix counted twice", _at("symmetric-entries"), forms.diagonal_counted_twice),
    CommonMistake("determinant-as-linear", "d moved inside a determinant", _at("determinant", "determinant-adjugate"), rules.determinant_as_linear),
    CommonMistake("inner-derivative", "The inner derivative forgotten", _FUNCTIONS, rules.inner_derivative),
    CommonMistake("entrywise-as-product", "A matrix product for an entry-wise product", _FUNCTIONS | {"hadamard"}, rules.entries_multiplied_as_matrices),
    CommonMistake("norm-for-square", "A norm taken for its square", _at("norm2"), rules.norm_taken_for_square),
    CommonMistake("weights-add-up", "Weights that are taken to add up to 1", _at("collect"), forms.weights_added_up),
    CommonMistake("index-reused", "An index used for two things", _at("delta"), forms.index_reused),
    CommonMistake("delta-dropped", "A Kronecker delta dropped", _at("own-entry"), forms.delta_dropped),
    CommonMistake("trace-of-identity", "The trace of the identity taken for 1", _at("trace-outer", "trace-entries", "entries"), forms.trace_of_identity),
    CommonMistake("trace-of-product", "The trace of a product split", _at("trace"), rules.trace_of_product),
    CommonMistake("quotient-exchanged", "The quotient rule the wrong way round", _at("quotient"), rules.quotient_exchanged),
    CommonMistake("sign-of-inner", "The sign of the inner function lost", _at("sum"), forms.sign_of_inner),
    CommonMistake("column-in-chain", "A column in the place of a row", _at("read-off"), forms.column_in_chain),
    CommonMistake("inverse-without-minus", "The minus sign of an inverse lost", _INVERSES, rules.inverse_without_minus),
)
# fmt: on


def blocks(derivation: Derivation) -> Iterator[Block]:
    """Yield the blocks of lines of a derivation in the order of its page."""
    yield Block(derivation.decomposition)
    for partial in derivation.partials:
        yield Block(partial.matrix_route, partial)
        yield Block(partial.component_route, partial)
    for claims in (derivation.combination, derivation.denominator, derivation.structured):
        yield Block(claims)


def mistakes_of(block: Block, derivation: Derivation) -> Iterator[tuple[int, Mistake]]:
    """Yield the mistakes that may be made at the lines of a block, each with the number of its line, best first."""
    lines = _lines(block, derivation)
    for row in MISTAKES:
        for number, line in enumerate(lines):
            if line.claim.rule not in row.at:
                continue
            written = _written_out(line, derivation)
            found = row.find(line) or (None if written is line else row.find(written))
            if found is not None:
                yield number, Mistake(row.slug, row.name, found.said, line.claim, found.wrong)


def _written_out(line: LineInContext, derivation: Derivation) -> LineInContext:
    """Return the line with the expression of its link for the name of it: A⁻¹ for W."""
    of = None if line.partial is None else line.partial.of
    if of is None or of not in line.right.symbols or isinstance(derivation.definitions[of], n.Solution):
        return line
    return replace(line, claim=replace(line.claim, right=substitute(line.right, {of: derivation.definitions[of]})))


def _lines(block: Block, derivation: Derivation) -> list[LineInContext]:
    found: list[LineInContext] = []
    partial = block.partial
    before, left = derivation.value, None
    if partial is not None:
        before = derivation.definitions[partial.of]
    following = None if partial is None else _following(partial, derivation)
    for claim in block.claims:
        continues = left is not None and (claim.left is left or claim.rule == "read-off")
        found.append(LineInContext(claim, before, continues, partial, following))
        before, left = claim.right, claim.left
    return found


def _following(partial: PartialDerivation, derivation: Derivation) -> n.Partial | None:
    """Return the factor after the partial derivative in the chain rule."""
    wanted = build.partial(partial.of, partial.wrt)
    for claim in derivation.combination[:1]:
        for product in walk(claim.right):
            parts = product.operands if isinstance(product, n.Product) else ()
            for first, second in pairwise(parts):
                if first is wanted and isinstance(second, n.Partial):
                    return second
    return None
