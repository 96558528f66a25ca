"""The normal form: one representative for expressions that the algebra can tell to be equal.

Sums are multiplied out and sorted; a term is a rational number, powers of scalars and an ordered word of matrices;
contracted runs (x′Ay, traces) are scalars, canonical under transposition and cyclic shift; entry-wise products are
sorted. Equality by it is sound, not complete: two different normal forms may still have equal values.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b
from itertools import product as pairs
from math import prod

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.block_arrays import Way, by_blocks
from jacobook.algebra.bounded_sums import from_zero, reversed_sum
from jacobook.algebra.entry_lookup import are_fixed, entry_at
from jacobook.algebra.entrywise import entrywise_node, entrywise_parts
from jacobook.algebra.exponents import count, is_symbolic, plain_exponent, times
from jacobook.algebra.matrix_powers import is_symbolic_power, joined_powers, power_of, power_parts
from jacobook.algebra.nodes import Node
from jacobook.algebra.operations import remembered
from jacobook.algebra.scalar_powers import joined_scalar_powers
from jacobook.algebra.shapes import Shape, ShapeError
from jacobook.algebra.terms import (
    Scalars,
    Term,
    bridges,
    contract,
    merge_scalars,
    node_of,
    picked_entry,
    product_of_terms,
    reduce_word,
)
from jacobook.algebra.traverse import contains, rebuild
from jacobook.algebra.whole_arrays import CannotBatch, whole_sum

LARGEST = 200
"""A product of sums with more terms than this stays closed: bracketed sums are then atoms, which is sound."""
LARGEST_LITERAL = 36
"""An array written entry by entry with more entries than this is an atom."""
LARGEST_SIZE = 20_000
"""An expression that is longer than this when it is written out is an atom."""
LONGEST_KEY = 4_096
"""Of a longer key, the beginning and a digest of the whole are kept."""


def sort_key(node: Node) -> str:
    """Return a text that orders nodes the same way in every process."""
    key = node.order
    if key is None:
        if isinstance(node, n.Symbol):
            key = node.name
        else:
            parameters = [str(parameter) for parameter in node.parameters]
            inside = ",".join([*parameters, *map(sort_key, node.operands)])
            key = f"{type(node).__name__}({inside}){node.shape if not node.operands else ''}"
        if len(key) > LONGEST_KEY:
            key = f"{key[: LONGEST_KEY // 2]}…{blake2b(key.encode()).hexdigest()}"
        node.order = key
    return key


@remembered(50_000)
def normal_form(node: Node) -> Node:
    """Return the representative of all expressions that are known to be equal to this one, of the same shape."""
    node = by_blocks(node, Way.COMPARED)
    try:
        return node_of(list(_expand(node)), node.shape)
    except ShapeError:  # with matrices of one row or one column not every regrouping of a product has a type
        return node


def normal_terms(node: Node) -> tuple[Term, ...]:
    """Return the terms of the normal form, in its order; none for 0."""
    return _expand(normal_form(node))


def equal(left: Node, right: Node) -> bool:
    """Return whether both have the same shape and the same normal form (True is certain, False is not)."""
    return left.shape == right.shape and normal_form(left) is normal_form(right)


def _sorted(terms: list[Term]) -> tuple[Term, ...]:
    """Return the terms with equal ones joined, in canonical order."""
    found: dict[tuple[Scalars, tuple[Node, ...]], Fraction] = {}
    for term in terms:
        scalars = tuple(sorted(joined_scalar_powers(term.scalars), key=lambda item: (sort_key(item[0]), item[1])))
        key = (scalars, term.word)
        found[key] = found.get(key, Fraction(0)) + term.coefficient
    result = [Term(coefficient, *key) for key, coefficient in found.items() if coefficient]
    result.sort(key=lambda t: ([(sort_key(b), e) for b, e in t.scalars], [sort_key(f) for f in t.word]))
    return tuple(result)


def _atom(node: Node) -> tuple[Term, ...]:
    if node.shape.is_scalar:
        return (Term(Fraction(1), ((node, Fraction(1)),), ()),)
    return (Term(Fraction(1), (), (node,)),)


def _scaled(terms: tuple[Term, ...], by: Term) -> list[Term]:
    return [Term(t.coefficient * by.coefficient, merge_scalars(by.scalars + t.scalars), t.word) for t in terms]


def _times(left: tuple[Term, ...], right: tuple[Term, ...]) -> tuple[Term, ...]:
    return _sorted([a.times(b) for a, b in pairs(left, right)])


@remembered(50_000)
def _expand(node: Node) -> tuple[Term, ...]:
    """Return the terms of the node: coefficient × scalars × word of matrices. What no case covers is an atom."""
    if node.size > LARGEST_SIZE:
        return _atom(node)
    match node:
        case n.Number():  # 0 has no terms
            return (Term(node.value, (), ()),) if node.value else ()
        case n.Fill():  # the array of the scalar c is c · ones
            ones = _atom(build.fill(build.ONE, node.shape))
            return _times(_expand(node.operands[0]), ones)
        case n.Add():
            return _sorted([term for operand in node.operands for term in _expand(operand)])
        case n.Negate():
            return tuple(_scaled(_expand(node.operands[0]), Term(Fraction(-1), (), ())))
        case n.Product():  # distributed over sums
            return _product(node.operands)
        case n.Divide():  # A / s = s⁻¹ A
            above, below = node.operands
            return _sorted(_scaled(_expand(above), _scalar_power(below, Fraction(-1))[0]))
        case n.Power():
            return _power(node)
        case n.BoundedSum() if (whole := _in_whole_arrays(node)) is not None:
            return whole
        case n.BoundedSum():  # Σ_r (A + B) = Σ_r A + Σ_r B, constants in front
            return _sorted([term for part in _expand(node.operands[0]) for term in _summed(node, part)])
        case n.Transpose():  # (A B)′ = B′ A′, term by term
            return _sorted([_transposed(term) for term in _expand(node.operands[0])])
        case (
            n.Trace() | n.EntrySum() | n.Diag() | n.Diagonal() | n.Vec() | n.Vech()
        ):  # linear: L(c A + B) = c L(A) + L(B)
            inner = _expand(node.operands[0])
            return _sorted([t for term in inner for t in _linear(node, term)])
        case n.Hadamard() | n.Kronecker():  # bilinear, unless there would be too many terms
            left, right = (_expand(operand) for operand in node.operands)
            if len(left) * len(right) > LARGEST:
                return _opaque(node)
            return _sorted([t for a, b in pairs(left, right) for t in _bilinear(node, a, b)])
        case n.HadamardDivide():  # A ./ B = A ∘ B.^(−1)
            above, below = node.operands
            if above.shape.is_scalar:
                above = build.fill(above, node.shape)
            return _expand(build.hadamard(above, build.hadamard_power(below, build.number(-1))))
        case n.HadamardPower() if isinstance(node.operands[1], n.Number):
            return _entrywise_power(node.operands[0], node.operands[1].value)
        case n.Apply() if node.function == "sqrt":  # s^(1/2)
            root = build.number(Fraction(1, 2))
            if node.shape.is_scalar:
                return _scalar_power(node.operands[0], root.value)
            return _entrywise_power(node.operands[0], root.value)
        case n.Inverse():
            return _inverse(node)
        case n.Skew():  # in entries, where x × y = −y × x and (x × y)′x = 0 are seen
            return _expand(build.skew_written_out(node.operands[0]))
        case n.Literal() if len(node.operands) <= LARGEST_LITERAL:
            return _literal(node)
        case n.Entry() if are_fixed(node.positions):
            return _entry(node)
        case n.Norm2():  # ‖x‖ = (x′x)^(1/2), ‖X‖ = tr(X′X)^(1/2)
            x = node.operands[0]
            square = build.trace(x.T * x) if x.shape.is_matrix else build.entry_sum(build.hadamard(x, x))
            return _scalar_power(square, Fraction(1, 2))
        case n.Determinant() if is_symbolic_power(node.operands[0]):  # det(X^k) = det(X)^k
            base, exponent = node.operands[0].operands
            return _expand(build.power(build.determinant(base), exponent))
        # det(A B) = det(A) det(B) for square A and B
        case n.Determinant() if factors := _square_factors(_expand(node.operands[0])):
            return _product(tuple(build.determinant(factor) for factor in factors))
    return _opaque(node)


def _literal(node: Node) -> tuple[Term, ...]:
    """Return an array written entry by entry as the sum of its entries times unit vectors."""
    columns = node.shape.columns.coefficient
    parts: list[Term] = []
    for number, value in enumerate(node.operands):
        row = build.unit_vector(number // columns + 1, node.shape.rows)
        column = build.transpose(build.unit_vector(number % columns + 1, node.shape.columns))
        word = (column,) if node.shape.is_row else (row,) if node.shape.is_vector else (row, column)
        parts += _times(_expand(value), (Term(Fraction(1), (), word),))
    return _sorted(parts)


def _entry(node: n.Entry) -> tuple[Term, ...]:
    """Return an entry at fixed places: e_i′ v, or e_i′ M e_j, for every term of the array."""
    array, places = node.operands[0], node.positions
    left: tuple[Node, ...] = ()
    right: tuple[Node, ...] = ()
    if not array.shape.is_row:
        left = (build.transpose(build.unit_vector(places[0], array.shape.rows)),)
    if not array.shape.is_vector:
        right = (build.unit_vector(places[-1], array.shape.columns),)
    found: list[Term] = []
    for term in _expand(array):
        picked = _contracted(Term(term.coefficient, term.scalars, (*left, *term.word, *right)))
        if picked.word:
            return _opaque(node)
        found.append(picked)
    return _sorted(found)


def _square_factors(terms: tuple[Term, ...]) -> tuple[Node, ...]:
    """Return the factors of a plain product of two or more square matrices, else nothing."""
    if len(terms) != 1 or terms[0].coefficient != 1 or terms[0].scalars or len(terms[0].word) < 2:
        return ()
    return terms[0].word if all(factor.shape.is_square for factor in terms[0].word) else ()


_WITH_TRANSPOSE = (
    n.Apply, n.Adjugate, n.HadamardPower, n.Inverse, n.MatrixExponential, n.MatrixRoot, n.MatrixLogarithm,
    n.Pseudoinverse, n.PolarFactor, n.LargestPlace, n.Arctan2,
)  # fmt: skip
"""Functions whose value at the transpose is the transpose of their value."""
_OF_TRANSPOSE = (
    n.Determinant, n.LogDeterminant, n.Norm1, n.NuclearNorm, n.Largest, n.LargestEigenvalue, n.LeadingEigenvector,
    n.Eigenvalues, n.Eigenvectors, n.Cholesky,
)  # fmt: skip
"""Functions that have the same value at the transpose; some of them look at the symmetric part of a matrix alone."""


def _opaque(node: Node) -> tuple[Term, ...]:
    """Return the node as an atom over normal operands; or over the operand's transpose where that is smaller."""
    if isinstance(node, n.Partial | n.StructuredPartial):
        return _atom(node)
    operands = tuple(normal_form(operand) for operand in node.operands)
    if isinstance(node, _WITH_TRANSPOSE) and not node.shape.is_scalar:
        flipped = tuple(normal_form(build.transpose(operand)) for operand in operands)
        if node.shape.is_row or (node.shape.is_matrix and [*map(sort_key, flipped)] < [*map(sort_key, operands)]):
            return _atom(build.transpose(rebuild(node, flipped)))
    if isinstance(node, _OF_TRANSPOSE):
        flipped = tuple(normal_form(build.transpose(operand)) for operand in operands)
        operands = min(operands, flipped, key=lambda found: [*map(sort_key, found)])
    return _atom(rebuild(node, operands))


def _product(factors: tuple[Node, ...]) -> tuple[Term, ...]:
    """Return the product distributed over the terms of its factors, unless there would be too many terms."""
    before = bridges([factor.shape for factor in factors])
    expanded = [_expand(factor) for factor in factors]
    if prod(len(terms) for terms in expanded) > LARGEST:
        closed = zip(expanded, factors, strict=True)
        expanded = [terms if len(terms) < 2 else _atom(normal_form(factor)) for terms, factor in closed]
    result = [
        product_of_terms([one for both in zip(before, chosen, strict=True) for one in both])
        for chosen in pairs(*expanded)
    ]
    if any(_single_sum(term.word) is not None for term in result):  # A (Σ_r B_r) C = Σ_r A B_r C
        return _sorted([inside for term in result for inside in _into_sum(term)])
    contracted = [_contracted(term) for term in result]
    if any(term.word for term in contracted) and build.product(*factors).shape.is_scalar:
        return _atom(build.product(*factors))  # a row times a matrix of one column is not a scalar
    return _sorted(contracted)


def _single_sum(word: tuple[Node, ...]) -> int | None:
    """Return the place of the only sum over an index among other matrices, None if there is none or more than one."""
    places = [place for place, factor in enumerate(word) if isinstance(factor, n.BoundedSum)]
    return places[0] if len(places) == 1 and len(word) > 1 else None


def _into_sum(term: Term) -> tuple[Term, ...]:
    """Return a term A (Σ B_r) C as Σ A B_r C."""
    place = _single_sum(term.word)
    if place is None:
        return (_contracted(term),)
    total = term.word[place]
    assert isinstance(total, n.BoundedSum)
    body = build.product(*term.word[:place], total.operands[0], *term.word[place + 1 :])
    return tuple(_scaled(_expand(build.bounded_sum(total.index, body)), Term(term.coefficient, term.scalars, ())))


def _in_whole_arrays(node: n.BoundedSum) -> tuple[Term, ...] | None:
    """Return a sum over the places of arrays in whole arrays, the one form of both; None for any other sum."""
    if not contains(node, n.RunningUnit):
        return None
    try:
        return _expand(whole_sum(node))
    except (CannotBatch, ShapeError):
        return None


def _summed(node: n.BoundedSum, term: Term) -> tuple[Term, ...]:
    """Return the sum of one term over the index: what is constant in front, from 0, in the smaller direction."""
    index = node.index
    outside = tuple((base, e) for base, e in term.scalars if not base.depends_on(index))
    inside = tuple((base, e) for base, e in term.scalars if base.depends_on(index))
    front = Term(term.coefficient, outside, ())
    if any(factor.depends_on(index) for factor in term.word):
        body, word = node_of([Term(Fraction(1), inside, term.word)], node.shape), term.word[:0]
    else:
        body, word = node_of([Term(Fraction(1), inside, ())], build.ONE.shape), term.word
    if not body.depends_on(index) and (number := count(index)) is not None:
        return tuple(_scaled(_times(_expand(number), (Term(Fraction(1), (), word),)), front))
    if (whole := _in_whole_arrays(build.bounded_sum(index, body))) is not None:
        return tuple(_scaled(_times(whole, (Term(Fraction(1), (), word),)), front))
    started = from_zero(build.bounded_sum(index, body))
    both = [build.bounded_sum(s.index, normal_form(s.operands[0])) for s in (started, reversed_sum(started))]
    chosen = _atom(min(both, key=sort_key))
    return tuple(_scaled(_times(chosen, (Term(Fraction(1), (), word),)), front))


def _merge_diagonals(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the word with diag(u) v written as u ∘ v, and diag(u) diag(v) as diag(u ∘ v)."""
    rest: list[Node] = []
    for factor in word:
        last = rest[-1] if rest else None
        if isinstance(last, n.Diag) and (factor.shape.is_vector or isinstance(factor, n.Diag)):
            u = entrywise_parts(last.operands[0])
            v = entrywise_parts(factor.operands[0] if isinstance(factor, n.Diag) else factor)
            joined = entrywise_node(u + v, last.operands[0].shape, sort_key)
            rest.pop()
            rest.extend(_merge_diagonals((joined,)) if factor.shape.is_vector else (normal_form(build.diag(joined)),))
            if factor.shape.is_vector and len(rest) > 1 and isinstance(rest[-2], n.Diag):
                rest[:] = _merge_diagonals(tuple(rest))
        elif isinstance(factor, n.Diag) and last is not None and last.shape.is_row:
            parts = entrywise_parts(build.transpose(last)) + entrywise_parts(factor.operands[0])
            rest[-1] = build.transpose(entrywise_node(parts, factor.operands[0].shape, sort_key))
        else:
            rest.append(factor)
    return tuple(rest)


def _contracted(term: Term) -> Term:
    """Return the term with the scalar runs of its word among its scalars, each in its canonical direction."""
    found, word = _picked_from_diagonals(term)
    runs, rest = contract(word)
    for run in runs:
        found = found.times(_run_term(_canonical_word(run)))
    return Term(found.coefficient, found.scalars, _canonical_word(rest))


def _picked_from_diagonals(term: Term) -> tuple[Term, tuple[Node, ...]]:
    """Return the scalars and the word of a term, diag(u) e_i being u_i e_i."""
    found, word = Term(term.coefficient, term.scalars, ()), list(term.word)
    place = 0
    while place < len(word) - 1:
        pair = word[place], word[place + 1]
        diagonal = next((factor for factor in pair if isinstance(factor, n.Diag)), None)
        unit = next((inside for factor in pair if (inside := _unit_in(factor)) is not None), None)
        if diagonal is None or unit is None:
            place += 1
            continue
        word.remove(diagonal) if pair[0] is diagonal else word.pop(place + 1)
        found = found.times(_scalar_term(entry_at(diagonal.operands[0], unit.position)))
        place = max(place - 1, 0)
    return found, tuple(word)


def _scalar_term(node: Node) -> Term:
    """Return a scalar as one term: as it expands, or as one atom."""
    terms = _expand(node)
    if len(terms) == 1 and not terms[0].word:
        return terms[0]
    return Term(Fraction(1), ((normal_form(node), Fraction(1)),), ()) if terms else Term(Fraction(0), (), ())


def _run_term(word: tuple[Node, ...]) -> Term:
    """Return the scalar row … vector as a term; one that picks an entry as that entry."""
    units = [factor for factor in word if _unit_in(factor) is not None]
    picked = picked_entry(word) if units and len(word) - len(units) < 2 else None
    if picked is None:
        run = _run(word)
        if isinstance(run, n.EntrySum) and isinstance(ones := run.operands[0], n.Fill):  # 1′1 = N
            return _scalar_term(build.product(ones.operands[0], *map(build.size_of, ones.shape.axes)))
        return Term(Fraction(1), ((run, Fraction(1)),), ())
    if not isinstance(picked, n.Entry):
        return _scalar_term(picked)
    if isinstance(array := picked.operands[0], n.UnitVector):  # 1 or 0, as the sizes have it
        first, second = sorted((array.position, *picked.positions), key=str)
        picked = build.entry(build.unit_vector(first, array.shape.length), second)
    return Term(Fraction(1), ((picked, Fraction(1)),), ())


def _unit_in(factor: Node) -> n.UnitVector | None:
    """Return the unit vector that a factor is, or of which it is the transpose."""
    inside = factor.operands[0] if isinstance(factor, n.Transpose) else factor
    return inside if isinstance(inside, n.UnitVector) else None


def _canonical_word(word: tuple[Node, ...]) -> tuple[Node, ...]:
    return reduce_word(_merge_diagonals(reduce_word(word)))


def _run(word: tuple[Node, ...]) -> Node:
    """Return the scalar row … vector: a sum over entries if there is nothing between them."""
    if len(word) == 2:
        shape = word[1].shape
        parts = entrywise_parts(build.transpose(word[0])) + entrywise_parts(word[1])
        return build.entry_sum(entrywise_node(parts, shape, sort_key))
    backward = tuple(_transposed_factor(factor) for factor in reversed(word))
    return build.product(*min(word, backward, key=lambda found: [*map(sort_key, found)]))


def _transposed_factor(factor: Node) -> Node:
    if isinstance(factor, n.Diag):
        return factor
    if isinstance(factor, n.Symbol | n.Transpose | n.Differential | n.Identity | n.Fill):
        return build.transpose(factor)
    if isinstance(factor, n.Inverse) and isinstance(factor.operands[0], n.Symbol):
        return build.transpose(factor)
    return normal_form_of_transposed(factor)


def normal_form_of_transposed(factor: Node) -> Node:
    """Return the normal form of the transpose of a factor that is in normal form itself."""
    match factor:
        case n.Kronecker():
            a, b = (normal_form(build.transpose(operand)) for operand in factor.operands)
            return normal_form(rebuild(factor, (a, b)))
        case n.Hadamard() | n.HadamardPower() if factor.shape.is_matrix and _has_numbers(factor):
            parts = [(normal_form(build.transpose(base)), e) for base, e in entrywise_parts(factor)]
            return entrywise_node(parts, factor.shape.transposed, sort_key)
        case (
            n.Apply()
            | n.Adjugate()
            | n.HadamardPower()
            | n.Inverse()
            | n.MatrixExponential()
            | n.MatrixRoot()
            | n.MatrixLogarithm()
        ) if factor.shape.is_matrix:
            flipped = tuple(normal_form(build.transpose(operand)) for operand in factor.operands)
            if flipped == factor.operands:
                return factor
            if [*map(sort_key, flipped)] < [*map(sort_key, factor.operands)]:
                return rebuild(factor, flipped)
        case n.Power() if is_symbolic_power(factor):
            base = power_parts(factor)[0]
            return factor if normal_form(build.transpose(base)) is base else build.transpose(factor)
        case n.BoundedSum():
            return normal_form(build.bounded_sum(factor.index, build.transpose(factor.operands[0])))
    return build.transpose(factor)


def _has_numbers(factor: Node) -> bool:
    """Return whether every exponent of an entry-wise product is a number."""
    if isinstance(factor, n.Hadamard):
        return all(map(_has_numbers, factor.operands))
    return not isinstance(factor, n.HadamardPower) or isinstance(factor.operands[1], n.Number)


def _transposed(term: Term) -> Term:
    word = tuple(_transposed_factor(factor) for factor in reversed(term.word))
    return Term(term.coefficient, term.scalars, word)


def _scalar_power(base: Node, exponent: Fraction) -> tuple[Term, ...]:
    """Return the terms of base^exponent, for a scalar base and a rational exponent."""
    whole = exponent.denominator == 1
    # (a b)^(−n) = a^(−n) b^(−n); a product of sums is not multiplied out first
    if isinstance(base, n.Product) and whole and exponent < 0 and all(f.shape.is_scalar for f in base.operands):
        result: tuple[Term, ...] = (Term(Fraction(1), (), ()),)
        for factor in base.operands:
            result = _times(result, _scalar_power(factor, exponent))
        return result
    terms = _expand(base)
    if not terms and exponent > 0:  # 0^e = 0
        return ()
    if len(terms) == 1:  # (c a^p b^q)^e = c^e a^(pe) b^(qe), where that holds
        raised = terms[0].power(exponent)
        if raised is not None:
            return _opened(raised)
    if exponent.denominator == 1 and 1 < exponent <= 4 and len(terms) ** int(exponent) <= LARGEST:  # multiplied out
        result = terms
        for _ in range(int(exponent) - 1):
            result = _times(result, terms)
        return result
    if not terms:  # 0 to a power that is not positive: left as it is
        return _atom(build.power(normal_form(base), build.number(exponent)))
    if not whole:  # a root of a sum is an atom
        return (Term(Fraction(1), ((normal_form(base), exponent),), ()),)
    content = terms[0].coefficient  # (c₁ a + c₂ b)^n = c₁^n (a + (c₂/c₁) b)^n
    monic = node_of([Term(t.coefficient / content, t.scalars, t.word) for t in terms], base.shape)
    return (Term(content ** int(exponent), ((monic, exponent),), ()),)


def _opened(term: Term) -> tuple[Term, ...]:
    """Return the term with every sum that is raised to a small positive whole power multiplied out."""
    sums = [(b, e) for b, e in term.scalars if isinstance(b, n.Add) and e.denominator == 1 and 0 < e <= 4]
    if prod(len(_expand(base)) ** int(exponent) for base, exponent in sums) > LARGEST:
        return (term,)
    result: tuple[Term, ...] = (Term(term.coefficient, tuple(s for s in term.scalars if s not in sums), term.word),)
    for base, exponent in sums:
        for _ in range(int(exponent)):
            result = _times(result, _expand(base))
    return result


def _power(node: Node) -> tuple[Term, ...]:
    base, exponent = node.operands
    if is_symbolic(exponent):
        return _symbolic_power(node)
    if not isinstance(exponent, n.Number):
        return _opaque(node)
    if node.shape.is_scalar:
        return _scalar_power(base, exponent.value)
    whole = int(exponent.value)
    if abs(whole) > 8:
        return _opaque(node)
    if whole == 0:
        return _atom(build.identity(node.shape.rows))
    return _product((base if whole > 0 else build.inverse(base),) * abs(whole))


def _symbolic_power(node: Node) -> tuple[Term, ...]:
    """Return a power with a symbolic whole exponent: (X′)^k as (X^k)′, (X⁻¹)^k as X^(−k), x^k with x simplified."""
    base = normal_form(node.operands[0])
    if base.shape.is_scalar:
        return (Term(Fraction(1), ((build.power(base, plain_exponent(node.operands[1])), Fraction(1)),), ()),)
    base, exponent, turned = power_parts(build.power(base, node.operands[1]))
    if isinstance(base, n.Identity):
        return _atom(base)
    if not isinstance(base, n.Symbol):
        flipped = normal_form(build.transpose(base))
        if sort_key(flipped) < sort_key(base):
            base, turned = flipped, not turned
        elif flipped is base:
            turned = False
    found = power_of(base, exponent, turned)
    return _atom(
        build.power(normal_form(node.operands[0]), plain_exponent(node.operands[1])) if found is None else found
    )


def _inverse(node: Node) -> tuple[Term, ...]:
    """Return an inverse as one term; what cannot be taken apart is an atom."""
    inner = _expand(node.operands[0])
    # (X^k)⁻¹ = X^(−k) for a symbolic exponent
    if len(inner) == 1 and len(inner[0].word) == 1 and inner[0] == Term(Fraction(1), (), inner[0].word):
        base, exponent, turned = power_parts(inner[0].word[0])
        found = power_of(base, times(exponent, -1), turned) if is_symbolic(exponent) else None
        if found is not None:
            return _atom(found)
    if len(inner) != 1 or not all(factor.shape.is_square for factor in inner[0].word):
        if len(inner) > 1 and inner[0].coefficient != 1:  # (c₁ A + c₂ B)⁻¹ = c₁⁻¹ (A + (c₂/c₁) B)⁻¹
            lead = inner[0].coefficient
            rest = [Term(t.coefficient / lead, t.scalars, t.word) for t in inner]
            monic = build.inverse(node_of(rest, node.shape))
            return tuple(_scaled(_opaque(monic), Term(1 / lead, (), ())))
        return _opaque(node)
    # (c A B)⁻¹ = c⁻¹ B⁻¹ A⁻¹ for square A and B
    inverted = inner[0].power(Fraction(-1))
    if inverted is None:
        return _opaque(node)
    word: list[Node] = []
    for factor in reversed(inner[0].word):
        match factor:
            case n.Inverse():  # (A⁻¹)⁻¹ = A
                word.append(factor.operands[0])
            case n.Transpose(operands=(n.Inverse() as inner_inverse,)):
                word.append(build.transpose(inner_inverse.operands[0]))
            case n.Transpose():  # (A′)⁻¹ = (A⁻¹)′
                word.append(build.transpose(build.inverse(factor.operands[0])))
            case n.Identity():
                word.append(factor)
            case n.Diag():  # diag(u)⁻¹ = diag(u.^(−1))
                u = factor.operands[0]
                word.append(normal_form(build.diag(build.hadamard_power(u, build.number(-1)))))
            case _:
                word.append(build.inverse(factor))
    return (Term(inverted.coefficient, inverted.scalars, reduce_word(tuple(word))),)


def _linear(node: Node, term: Term) -> tuple[Term, ...]:
    """Return a linear function of one term: its scalars in front, the function of its word as an atom."""
    outside = Term(term.coefficient, term.scalars, ())
    word = term.word
    inside = build.product(*word)
    if isinstance(inside, n.BoundedSum):  # L(Σ_r A_r) = Σ_r L(A_r)
        moved = build.bounded_sum(inside.index, rebuild(node, (inside.operands[0],)))
        return tuple(_scaled(_expand(moved), outside))
    if isinstance(node, n.Trace) and len(word) > 1:
        word = _cyclically_reduced(word)
        inside = build.product(*word)
    match node:
        case n.Trace() if isinstance(inside, n.Identity):  # tr I = N
            return tuple(_scaled(_expand(build.size_of(inside.shape.rows)), outside))
        # tr(A ⊗ B) = tr(A) tr(B)
        case n.Trace() if isinstance(inside, n.Kronecker) and all(x.shape.is_square for x in inside.operands):
            return tuple(_scaled(_product(tuple(build.trace(x) for x in inside.operands)), outside))
        case n.Trace():
            start = next((k for k, factor in enumerate(word) if factor.shape.is_row), None)
            if start is not None:  # tr(A u v′ B) = v′ B A u, a scalar
                rotated = Term(Fraction(1), (), word[start:] + word[:start])
                return tuple(_scaled((_contracted(rotated),), outside))
            # tr(A B C) = tr(B C A) = tr(C′ B′ A′): the least of all shifts, in both directions
            backward = tuple(_transposed_factor(factor) for factor in reversed(word))
            turns = [w[k:] + w[:k] for w in (word, backward) for k in range(len(w))]
            best = min(turns, key=lambda found: [*map(sort_key, found)])
            atom: Node = build.trace(build.product(*best))
        case n.EntrySum() if inside.shape.is_matrix:  # sum(A B) = sum(B′ A′)
            backward = tuple(_transposed_factor(factor) for factor in reversed(word))
            best = min(word, backward, key=lambda found: [*map(sort_key, found)])
            atom = build.entry_sum(build.product(*best))
        case n.EntrySum():  # sum(v) = 1′ v
            column = inside if inside.shape.is_vector else normal_form(build.transpose(inside))
            ones = build.fill(build.ONE, column.shape.transposed)
            parts = column.operands if isinstance(column, n.Product) else (column,)
            return tuple(_scaled((_contracted(Term(Fraction(1), (), (ones, *parts))),), outside))
        case n.Diagonal():  # A B and its transpose B′ A′ have the same diagonal
            flipped = tuple(_transposed_factor(factor) for factor in reversed(word))
            atom = build.diag(build.product(*min(word, flipped, key=lambda found: [*map(sort_key, found)])))
        case n.Diag() if isinstance(inside, n.Fill):  # diag(1) = I: the scalar of a fill is in front already
            atom = build.identity(node.shape.rows)
        case n.Diag() if isinstance(inside, n.UnitVector):  # diag(e_k) = e_k e_k′
            return (Term(term.coefficient, term.scalars, (inside, build.transpose(inside))),)
        case _:
            atom = rebuild(node, (inside,))
    return tuple(_scaled(_atom(atom), outside))


def _cyclically_reduced(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the factors in a trace with its last and its first joined where they are powers of one matrix."""
    while len(word) > 1:
        joined = joined_powers(word[-1], word[0])
        if joined is None:
            return word
        word = reduce_word((joined, *word[1:-1]))
    return word


def _bilinear(node: Node, a: Term, b: Term) -> tuple[Term, ...]:
    """Return the entry-wise or Kronecker product of two terms: scalars in front, the words as an atom."""
    outside = Term(a.coefficient * b.coefficient, merge_scalars(a.scalars + b.scalars), ())
    left, right = build.product(*a.word), build.product(*b.word)
    if isinstance(left, n.BoundedSum) != isinstance(right, n.BoundedSum):  # (Σ_r A_r) ∘ B = Σ_r A_r ∘ B
        sides = [side.operands[0] if isinstance(side, n.BoundedSum) else side for side in (left, right)]
        index = next(side.index for side in (left, right) if isinstance(side, n.BoundedSum))
        return tuple(_scaled(_expand(build.bounded_sum(index, rebuild(node, tuple(sides)))), outside))
    if isinstance(node, n.Kronecker):
        return tuple(_scaled(_atom(build.kronecker(left, right)), outside))
    for outer, other in ((a.word, right), (b.word, left)):
        units = [unit for factor in outer if (unit := _unit_in(factor)) is not None]
        if units and len(units) == len(outer) == len(node.shape.axes):  # e_i ∘ v = v_i e_i
            picked = _expand(build.entry(other, *(unit.position for unit in units)))
            return tuple(_scaled(_times(picked, (Term(Fraction(1), (), outer),)), outside))
        if len(outer) == 2 and outer[0].shape.is_vector and outer[1].shape.is_row:  # (u v′) ∘ M = diag(u) M diag(v)
            u, v = build.diag(outer[0]), build.diag(build.transpose(outer[1]))
            return tuple(_scaled(_expand(build.product(u, other, v)), outside))
    parts = entrywise_parts(left) + entrywise_parts(right)
    return tuple(_scaled(_entrywise_atom(parts, node.shape), outside))


def _entrywise_atom(parts: list[tuple[Node, Fraction]], shape: Shape) -> tuple[Term, ...]:
    if shape.is_row:
        flipped = [(normal_form(build.transpose(base)), e) for base, e in parts]
        return _atom(build.transpose(entrywise_node(flipped, shape.transposed, sort_key)))
    found = entrywise_node(parts, shape, sort_key)
    return (_contracted(Term(Fraction(1), (), found.operands)),) if isinstance(found, n.Product) else _atom(found)


def _entrywise_power(base: Node, exponent: Fraction) -> tuple[Term, ...]:
    """Return base.^exponent: (c A ∘ B).^e as c^e (A.^e ∘ B.^e), a sum to a small whole power multiplied out."""
    terms = _expand(base)
    if len(terms) == 1 and (scalar := Term(terms[0].coefficient, terms[0].scalars, ()).power(exponent)):
        inside = build.product(*terms[0].word)
        factors = entrywise_parts(inside)
        parts = [(b, e * exponent) for b, e in factors]
        if exponent.denominator == 1 or (len(parts) == 1 and factors[0][1] == 1):  # the root of x² is |x|, not x
            return tuple(_scaled(_entrywise_atom(parts, base.shape), scalar))
    if exponent.denominator == 1 and 1 < exponent <= 4 and len(terms) ** int(exponent) <= LARGEST:
        result = base
        for _ in range(int(exponent) - 1):
            result = build.hadamard(result, base)
        return _expand(result)
    return _atom(build.hadamard_power(normal_form(base), build.number(exponent)))
