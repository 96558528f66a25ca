"""Rewriting a function before it is differentiated, where another form is the usual one to start from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import reduce
from itertools import groupby

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.block_arrays import Way, by_blocks
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.shapes import ShapeError, vector
from jacobook.algebra.terms import Term, reduce_word, term_node, terms_of
from jacobook.algebra.traverse import contains, transform, walk
from jacobook.algebra.whole_arrays import ones, row_sums, with_what_works
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.domains import is_positive
from jacobook.calculus.reasons import sentence
from jacobook.calculus.rules.table import FUNCTIONS_OF_MATRICES


def log_softmax(node: Node) -> Node:
    """Return the expression with log(softmax(z)) written as z − logsumexp(z) in every entry."""

    def change(current: Node) -> Node | None:
        if isinstance(current, n.Apply) and current.function == "log" and isinstance(current.operands[0], n.Softmax):
            z = transform(current.operands[0].operands[0], change)
            return minus_log_sum_exp(z)
        return None

    return transform(node, change)


def log_of_picked(node: Node, variable: Symbol) -> tuple[Node, list[Symbol]]:
    """Return the expression with log(y′v) written as y′log(v), and the one-hot constants y for which that holds."""
    used: list[Symbol] = []

    def change(current: Node) -> Node | None:
        if not (isinstance(current, n.Apply) and current.function == "log" and current.shape.is_scalar):
            return None
        found = _picked_entry(current.operands[0])
        if found is None or found[0] is variable or not is_positive(found[1]):
            return None  # of an entry that is not picked the logarithm need not exist
        hot, picked = found
        used.append(hot)
        inside, more = log_of_picked(picked, variable)
        used.extend(more)
        return build.product(build.transpose(hot), build.apply("log", inside))

    return transform(node, change), list(dict.fromkeys(used))


def _picked_entry(node: Node) -> tuple[Symbol, Node] | None:
    """Return y and v of y′v, or of v′y, with a one-hot y; None for anything else."""
    if not isinstance(node, n.Product) or len(node.operands) != 2 or not node.operands[1].shape.is_vector:
        return None
    first, second = build.transpose(node.operands[0]), node.operands[1]
    for hot, picked in ((first, second), (second, first)):
        if isinstance(hot, Symbol) and "one-hot" in hot.properties:
            return hot, picked
    return None


def minus_log_sum_exp(z: Node) -> Node:
    """Return z − logsumexp(z) in every entry; for a matrix, that of its row."""
    total = build.log_sum_exp(z)
    if not z.shape.is_matrix:
        return z - build.fill(total, z.shape)
    return z - build.product(total, build.transpose(build.fill(build.ONE, vector(z.shape.columns))))


MANY = 8
"""As many equal factors, or divisors in a row, are written as one power, or one divisor."""


def gathered(node: Node) -> Node:
    """Return the expression with many equal factors as a power, and many divisors in a row as one divisor.

    The product rule would have a term for each factor, and each term would hold all of the others.
    """

    def change(current: Node) -> Node | None:
        match current:
            case n.Product() if len(current.operands) >= MANY:
                factors = tuple(transform(factor, change) for factor in current.operands)
                return build.product(*_with_powers(factors))
            case n.Divide() | n.Hadamard() if current.depth > MANY:
                first, others = _nested(current)
                if len(others) + 1 < MANY:
                    return None
                parts = [transform(part, change) for part in (first, *others)]
                if isinstance(current, n.Divide):
                    return build.divide(parts[0], build.product(*_with_powers(tuple(parts[1:]))))
                return reduce(build.hadamard, _equal_as_powers(tuple(parts), build.hadamard_power))
        return None

    return transform(node, change)


def _nested(node: Node) -> tuple[Node, list[Node]]:
    """Return a and b, c, d of ((a / b) / c) / d, and so for entry-wise products."""
    others: list[Node] = []
    current = node
    while type(current) is type(node):
        others.append(current.operands[1])
        current = current.operands[0]
    return current, others[::-1]


def _with_powers(factors: tuple[Node, ...]) -> list[Node]:
    """Return the factors with many equal scalars, or many equal matrices side by side, as powers."""
    result: list[Node] = []
    scalars = tuple(factor for factor in factors if factor.shape.is_scalar)
    powers = iter(_equal_as_powers(scalars, build.power))
    many = {factor for factor, times in Counter(scalars).items() if times >= MANY}
    written: set[Node] = set()
    for factor, run in groupby(factors):
        length = len(list(run))
        if factor in many:
            result += [] if factor in written else [next(powers)]
            written.add(factor)
        elif factor.shape.is_scalar:
            result += [next(powers) for _ in range(length)]
        elif factor.shape.is_square and length >= MANY:
            result.append(build.power(factor, build.number(length)))
        else:
            result += [factor] * length
    return result


def _equal_as_powers(factors: tuple[Node, ...], power: Callable[[Node, Node], Node]) -> list[Node]:
    """Return the factors with many equal ones as one power, in the place of the first of them."""
    counts = Counter(factors)
    result: dict[int, Node] = {}
    for place, factor in enumerate(factors):
        if counts[factor] < MANY:
            result[place] = factor
        elif factor not in factors[:place]:
            result[place] = power(factor, build.number(counts[factor]))
    return list(result.values())


def determinant_of_power(node: Node, variable: Symbol) -> Node:
    """Return the expression with det(X^k) written as det(X)^k where X varies, for a known k where X may be singular.

    So that what is left to differentiate is the determinant itself, and adj(X^k) does not occur.
    """

    def change(current: Node) -> Node | None:
        if isinstance(current, n.Determinant) and isinstance(current.operands[0], n.Power):
            base, exponent = current.operands[0].operands
            opens = is_symbolic_power(current.operands[0]) or not is_invertible(base)
            return build.power(build.determinant(base), exponent) if opens and base.depends_on(variable) else None
        return None

    return transform(node, change)


def _is_degree(power: Node) -> bool:
    """Return whether this is a whole number from 2 on, or a letter."""
    if isinstance(power, n.Number):
        return power.value.denominator == 1 and power.value > 1
    return isinstance(power, Symbol)


def power_of_root(node: Node) -> Node:
    """Return the expression with u for (u^(1/p))^p; of (u^p)^(1/p), only |u| would be right for an even p."""

    def change(current: Node) -> Node | None:
        if not isinstance(current, n.Power) or not isinstance(current.operands[0], n.Power):
            return None
        (inside, root), power = current.operands[0].operands, current.operands[1]
        if not inside.shape.is_scalar or not _is_degree(power):
            return None
        return transform(inside, change) if tidy(root) is tidy(build.divide(build.ONE, power)) else None

    return transform(node, change)


def logistic(node: Node) -> Node:
    """Return the expression with 1/(1 + exp(−u)) written as σ(u), whose derivative needs nothing but itself."""

    def change(current: Node) -> Node | None:
        if not isinstance(current, n.Divide | n.HadamardDivide) or not _is_one(current.operands[0]):
            return None
        below = current.operands[1]
        if not isinstance(below, n.Add) or len(below.operands) != 2 or sum(map(_is_one, below.operands)) != 1:
            return None
        exponential = next(operand for operand in below.operands if not _is_one(operand))
        if not (isinstance(exponential, n.Apply) and exponential.function == "exp"):
            return None
        return build.apply("sigmoid", tidy(build.negate(transform(exponential.operands[0], change))))

    return transform(node, change)


def log_of_quotient(node: Node) -> Node:
    """Return the expression with log(exp(a)/Σ exp(u)) written as a − log Σ exp(u)."""

    def change(current: Node) -> Node | None:
        if not (isinstance(current, n.Apply) and current.function == "log" and current.shape.is_scalar):
            return None
        match current.operands[0]:
            case n.Divide(operands=(above, below)) if _is_exponential(above) and _is_sum_of_exponentials(below):
                return build.add(above.operands[0], build.negate(build.apply("log", below)))
        return None

    return transform(node, change)


def _is_sum_of_exponentials(node: Node) -> bool:
    match tidy(node):
        case n.EntrySum(operands=(inside,)):
            return _is_exponential(inside)
        case n.BoundedSum(operands=(inside, *_)):
            return _is_exponential(inside)
    return False


def exponential_sums(node: Node) -> Node:
    """Return the expression with log Σ exp(u) as logsumexp(u), by rows too, and exp(u)/Σ exp(u) as softmax(u).

    A mean is a sum over its number: the logarithm of one is logsumexp(u) minus the logarithm of the number.
    """
    return transform(node, _exponential_sum)


def _exponential_sum(node: Node) -> Node | None:
    match node:
        case n.Apply(function="log"):
            return _log_of_sum(with_what_works(node.operands[0]))
        case n.Divide() if _is_exponential(node.operands[0]) and node.shape.is_vector:
            above, below = node.operands
            return build.softmax(above.operands[0]) if tidy(below) is build.entry_sum(above) else None
        case n.Product() if len(node.operands) == 2 and isinstance(node.operands[0], n.Diag):
            scale, inside = node.operands
            if _is_exponential(inside) and tidy(_reciprocal(scale.operands[0])) is row_sums(inside):
                return build.softmax(inside.operands[0])
    return None


def _reciprocal(node: Node) -> Node:
    """Return s for 1/s, entry by entry."""
    match node:
        case n.HadamardDivide() if _is_one(node.operands[0]):
            return node.operands[1]
        case n.HadamardPower() if build.is_number(node.operands[1], -1):
            return node.operands[0]
    return node


def _is_exponential(node: Node) -> bool:
    return isinstance(node, n.Apply) and node.function == "exp"


def _log_of_sum(inside: Node) -> Node | None:
    """Return log of Σ exp(u), or of a vector or a row of such sums, over a number of terms; None for another one."""
    terms = terms_of(tidy(inside))
    if len(terms) != 1:
        return None
    sums = [(base, exponent) for base, exponent in terms[0].scalars if isinstance(base, n.EntrySum)]
    others = Term(terms[0].coefficient, tuple(pair for pair in terms[0].scalars if pair not in sums), ())
    if others.coefficient <= 0 or any(not isinstance(base, n.SizeOf) for base, _ in others.scalars):
        return None
    found: Node | None = None
    match sums, terms[0].word:
        case [(base, exponent)], () if exponent == 1 and _is_exponential(base.operands[0]):
            found = build.log_sum_exp(base.operands[0].operands[0]) if base.operands[0].shape.is_vector else None
        case [], (first, last) if _is_exponential(first) and last is ones(first.shape.columns):
            found = build.log_sum_exp(first.operands[0])
        case [], (n.Transpose(operands=(first,)), last) if _is_exponential(first) and last is ones(first.shape.rows):
            found = build.log_sum_exp(build.transpose(first.operands[0]))
        case [], (first, last) if _is_exponential(last) and first is build.transpose(ones(last.shape.rows)):
            found = build.transpose(build.log_sum_exp(build.transpose(last.operands[0])))
    if found is None:
        return None
    number, below = (term_node(term, build.ONE.shape) for term in (others, _reciprocal_term(others)))
    if number is build.ONE:
        return found
    shift = build.apply("log", number)
    if below.size < number.size:  # a mean: minus the logarithm of the number of terms
        shift = build.negate(build.apply("log", below))
    return build.add(found, build.fill(shift, found.shape) if found.shape.axes else shift)


def _reciprocal_term(term: Term) -> Term:
    return Term(1 / term.coefficient, tuple((base, -exponent) for base, exponent in term.scalars), ())


def _is_one(node: Node) -> bool:
    return node is build.ONE or (isinstance(node, n.Fill) and node.operands[0] is build.ONE)


def rewrite(of: Symbol, expression: Node, variables: tuple[Symbol, ...]) -> tuple[Node, list[Claim]]:
    """Return the function in the form that is differentiated, and the claims that it is the same function.

    A squared norm becomes an inner product (no square root is left to divide by), and the trace of an outer product
    becomes an inner product; what does not depend on the variables stays as it is.
    """
    claims: list[Claim] = []
    divided = by_blocks(expression, Way.FUNCTION) if _varies_in_blocks(expression, variables) else expression
    if divided is not expression:
        claims.append(Claim(of, divided, "block-product", sentence([Prose("multiply and add block by block")])))
        expression = divided
    squared = transform(expression, lambda node: _squared_norm(node) if node.symbols & set(variables) else None)
    if squared is not expression:
        claims.append(Claim(of, squared, "squared-norm", sentence([Prose("a squared norm is an inner product")])))
    used: list[Prose] = []
    opened = transform(squared, lambda node: _opened_trace(node, used))
    if opened is not squared:
        claims.append(Claim(of, opened, "trace-outer", sentence(used)))
    factored = opened
    for slug, opens, reason in _KRONECKER:
        before, factored = factored, transform(factored, opens)
        if factored is not before:
            claims.append(Claim(of, factored, slug, sentence([Prose(reason)])))
    return factored, claims


def _varies_in_blocks(expression: Node, variables: tuple[Symbol, ...]) -> bool:
    """Return whether an array of blocks varies; a product with one that does not is differentiated as it is."""
    return any(isinstance(part, n.Blocks) and part.symbols & set(variables) for part in walk(expression))


def without_blocks(node: Node) -> Node:
    """Return a function of blocks worked out block by block, if it holds fewer arrays put together from blocks then.

    Norms, sums and products go to the blocks: ‖[A; c I] x − [y; 0]‖² is ‖A x − y‖² + c² ‖x‖².
    """
    found = by_blocks(node, Way.FUNCTION)
    return found if _number_of_blocks(found) < _number_of_blocks(node) and not contains(found, n.Blocks) else node


def _number_of_blocks(node: Node) -> int:
    return sum(isinstance(part, n.Blocks) for part in walk(node))


def _square_factors(node: Node) -> tuple[Node, ...]:
    """Return A and B of A ⊗ B where both are square, else nothing."""
    if isinstance(node, n.Kronecker) and all(factor.shape.is_square for factor in node.operands):
        return node.operands
    return ()


def _kronecker_trace(node: Node) -> Node | None:
    factors = _square_factors(node.operands[0]) if isinstance(node, n.Trace) else ()
    return build.product(*map(build.trace, factors)) if factors else None


def _kronecker_determinant(node: Node) -> Node | None:
    """Return det(A)^n det(B)^m for det(A ⊗ B) of A m×m and B n×n, and the same of logarithms."""
    factors = _square_factors(node.operands[0]) if isinstance(node, n.Determinant | n.LogDeterminant) else ()
    if not factors:
        return None
    sizes = [build.size_of(other.shape.rows) for other in reversed(factors)]
    if isinstance(node, n.LogDeterminant):
        return build.add(*map(build.product, sizes, map(build.log_determinant, factors)))
    return build.product(*map(build.power, map(build.determinant, factors), sizes))


def _kronecker_inverse(node: Node) -> Node | None:
    factors = _square_factors(node.operands[0]) if isinstance(node, n.Inverse) else ()
    return build.kronecker(*map(build.inverse, factors)) if factors else None


_KRONECKER = (
    ("trace-kronecker", _kronecker_trace, "the trace of a Kronecker product is the product of the traces"),
    (
        "determinant-kronecker",
        _kronecker_determinant,
        "the determinant of a Kronecker product is that of each factor to the power of the other factor's size",
    ),
    ("inverse-kronecker", _kronecker_inverse, "the inverse of a Kronecker product is the product of the inverses"),
)


def _squared_norm(node: Node) -> Node | None:
    if isinstance(node, n.Power) and isinstance(node.operands[0], n.Norm2) and build.is_number(node.operands[1], 2):
        inside = transform(node.operands[0].operands[0], _squared_norm)
        if inside.shape.is_matrix:
            return build.trace(build.product(build.transpose(inside), inside))
        left, right = (inside, build.transpose(inside)) if inside.shape.is_row else (build.transpose(inside), inside)
        return build.product(left, right)
    return None


def _opened_trace(node: Node, used: list[Prose]) -> Node | None:
    """Return tr(u v′ + c I + …) as v′u + n c + tr(…), None where no term of the trace gets simpler."""
    if not isinstance(node, n.Trace):
        return None
    inside = _multiplied_out(node.operands[0])
    terms = terms_of(inside)
    if not any(_is_simple(term) for term in terms) or not all(map(_has_trace, terms)):
        return None
    if len(terms) > 1:
        used.append(Prose("the trace of a sum is the sum of the traces"))
    return build.add(*(_trace_of(term, inside, used) for term in terms))


def _multiplied_out(product: Node) -> Node:
    """Return A B + A C for A (B + C) where B or C is a function of a whole matrix."""
    factors = product.operands if isinstance(product, n.Product) else ()
    for place, factor in enumerate(factors):
        if isinstance(factor, n.Add) and any(isinstance(part, FUNCTIONS_OF_MATRICES) for part in walk(factor)):
            before, behind = factors[:place], factors[place + 1 :]
            return build.add(*(build.product(*before, term, *behind) for term in factor.operands))
    return product


def _is_simple(term: Term) -> bool:
    if any(factor.shape.is_row for factor in term.word) or isinstance(term.word[0], n.Identity):
        return True
    return any(isinstance(factor, FUNCTIONS_OF_MATRICES) for factor in term.word)


def _has_trace(term: Term) -> bool:
    """Return whether the inner product of an outer product is a scalar (with matrices of one column it may not be)."""
    start = next((place for place, factor in enumerate(term.word) if factor.shape.is_row), None)
    try:
        return start is None or build.product(*term.word[start:], *term.word[:start]).shape.is_scalar
    except ShapeError:
        return False


def _trace_of(term: Term, inside: Node, used: list[Prose]) -> Node:
    word = reduce_word(term.word)
    start = next((k for k, factor in enumerate(word) if factor.shape.is_row), None)
    if start is not None:
        inner = build.product(*word[start:], *word[:start])
        outer = build.trace(build.product(*word))
        used.append(Prose("{0} = {1}, the trace of an outer product is the inner product", (outer, inner)))
        return tidy(term_node(Term(term.coefficient, (*term.scalars, (inner, _ONE)), ()), inner.shape))
    if isinstance(word[0], n.Identity):
        size = build.size_of(inside.shape.rows)
        used.append(Prose("{0} = {1}, one for each of the {1} diagonal entries", (build.trace(word[0]), size)))
        return term_node(Term(term.coefficient, ((size, _ONE), *term.scalars), ()), build.ONE.shape)
    return tidy(build.trace(term_node(term, inside.shape)))


_ONE = build.ONE.value
