"""The form in which results are shown: like terms joined, scalars in front, common factors collected.

`tidy` never multiplies brackets out; `collect` puts terms with a common factor into one bracket.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import gcd

from generator.algebra import build
from generator.algebra import nodes as n
from generator.algebra.nodes import Node
from generator.algebra.normal_form import normal_form
from generator.algebra.shapes import Shape, ShapeError
from generator.algebra.terms import Term, merge_scalars, node_of, reduce_word, term_node, terms_of, transpose_word
from generator.algebra.traverse import rebuild


@lru_cache(maxsize=20_000)
def tidy(node: Node) -> Node:
    """Return an equal expression with like terms joined, zeros, ones and identities dropped, scalars in front."""
    match node:
        case n.Number() | n.Symbol() | n.Identity() | n.SizeOf() | n.Delta() | n.Partial():
            return node
    try:
        terms = [_ordered(term) for term in terms_of(node, _simplest)]
        return node_of(_reading_order(join(terms, node.shape), node.shape), node.shape)
    except ShapeError:  # with matrices of one row or one column not every regrouping of a product has a type
        return node


def _ordered(term: Term) -> Term:
    """Return the term with plain scalars before sums, and functions last; diag(u) v as u ∘ v."""
    scalars = tuple(sorted(term.scalars, key=lambda item: _rank(item[0])))
    word = list(term.word)
    if len(word) > 1 and word[-1].shape.is_vector and not isinstance(word[-1], n.Differential):
        while len(word) > 1 and isinstance(word[-2], n.Diag):
            last = word.pop()
            word[-1] = _simplest(build.hadamard(word[-1].operands[0], last))
    if len(word) > 1 and isinstance(word[0], n.Transpose) and word[0].shape.is_row and isinstance(word[1], n.Diag):
        joined = _simplest(build.hadamard(word[1].operands[0], word[0].operands[0]))
        word[:2] = [build.transpose(joined)]
    return Term(term.coefficient, scalars, reduce_word(_mixed_products(tuple(word))))


def _mixed_products(word: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the word with (A ⊗ B)(C ⊗ D) written as AC ⊗ BD, where the inner sizes fit; so for Khatri-Rao products."""
    rest: list[Node] = []
    for factor in word:
        last = rest[-1] if rest else None
        if isinstance(last, n.Kronecker) and isinstance(factor, n.Kronecker | n.KhatriRao):
            (a, b), (c, d) = last.operands, factor.operands
            if (
                a.shape.is_matrix
                and b.shape.is_matrix
                and (a.shape.columns, b.shape.columns) == (c.shape.rows, d.shape.rows)
            ):
                make = build.kronecker if isinstance(factor, n.Kronecker) else build.khatri_rao
                rest[-1] = _simplest(make(build.product(a, c), build.product(b, d)))
                continue
        rest.append(factor)
    return tuple(rest)


def _rank(base: Node) -> int:
    if isinstance(base, n.SizeOf):
        return 0
    if isinstance(base, n.Symbol | n.Power | n.Entry):
        return 1
    if isinstance(base, n.Differential | n.Delta):
        return 4
    return 3 if isinstance(base, n.Apply | n.IndexSum) else 2


def _reading_order(terms: list[Term], shape: Shape) -> list[Term]:
    """Return X′ + X as X + X′, and a sum that begins with a minus and has a plus with the plus first."""
    if len(terms) > 1 and terms[0].coefficient < 0:
        positive = next((place for place, term in enumerate(terms) if term.coefficient > 0), None)
        if positive is not None:
            return [terms[positive], *terms[:positive], *terms[positive + 1 :]]
    if len(terms) == 2 and shape.is_matrix and terms[0].coefficient == terms[1].coefficient:
        first, second = (sum(isinstance(f, n.Transpose) for f in term.word) for term in terms)
        if first > second and normal_form(term_node(terms[0], shape)) is normal_form(term_node(terms[1], shape).T):
            return [terms[1], terms[0]]
    return terms


def _simplest(node: Node) -> Node:
    """Return an opaque node in its simplest equal form; what stands inside functions is left as it was written."""
    if isinstance(node, n.Add):
        return tidy(node)
    if isinstance(node, _CLOSED):
        return node
    node = rebuild(node, tuple(tidy(operand) for operand in node.operands))
    if isinstance(node, _LINEAR):
        node = _scalars_outside(node)
    inside = node.operands[0] if node.operands else node
    match node:
        case n.Hadamard():
            return _simplest_hadamard(node)
        case n.HadamardDivide() if len(below := terms_of(node.operands[1])) == 1 and _has_scalars(below[0]):
            bottom = build.product(*below[0].word)
            scale = term_node(Term(below[0].coefficient, below[0].scalars, ()), build.ONE.shape)
            return tidy(build.divide(build.hadamard_divide(inside, bottom), scale))
        case n.HadamardDivide() if isinstance(node.operands[1], n.Fill) and not inside.shape.is_scalar:
            return tidy(build.divide(inside, node.operands[1].operands[0]))
        case n.HadamardPower() if build.is_number(node.operands[1], 1):
            return inside
        case n.HadamardPower() if isinstance(inside, n.Fill) and node.operands[1].shape.is_scalar:
            return build.fill(tidy(build.power(inside.operands[0], node.operands[1])), node.shape)
        case n.Kronecker() if all(isinstance(operand, n.Identity) for operand in node.operands):
            return build.identity(node.shape.rows)
        case n.Unvec() if isinstance(inside, n.Vec) and inside.operands[0].shape == node.shape:
            return inside.operands[0]
        case n.Vec() if isinstance(inside, n.Unvec):
            return inside.operands[0]
        case n.Vec() if isinstance(inside, n.Product) and _is_outer(inside):
            u, v = inside.operands
            return build.kronecker(build.transpose(v), u)
        case n.Vec() if isinstance(inside, n.Fill):
            return build.fill(inside.operands[0], node.shape)
        case n.Trace() if isinstance(inside, n.Identity):
            return build.size_of(inside.shape.rows)
        case n.Trace() | n.EntrySum() | n.Diag() | n.Diagonal() if build.is_zero(inside):
            return build.zero(node.shape)
        case n.Diagonal() if isinstance(inside, n.Product) and _is_outer(inside):
            u, v = inside.operands
            return tidy(build.hadamard(u, build.transpose(v)))
        case n.Diagonal() if isinstance(inside, n.Diag):
            return inside.operands[0]
        case n.Diagonal() if isinstance(inside, n.Identity):
            return build.fill(build.ONE, node.shape)
        case n.Diagonal() | n.Trace() if isinstance(inside, n.Transpose):
            return rebuild(node, (inside.operands[0],))
        case n.EntrySum() if isinstance(inside, n.Softmax):
            return build.ONE
        case n.Diag() if isinstance(inside, n.Fill):
            return tidy(build.product(inside.operands[0], build.identity(node.shape.rows)))
        case n.Power() if build.is_number(node.operands[1], 1):
            return inside
        case n.Power() if build.is_number(node.operands[1], 0) and node.shape.is_matrix:
            return build.identity(node.shape.rows)
    return node


_LINEAR = (n.Trace, n.EntrySum, n.Diag, n.Diagonal, n.Vec, n.Unvec, n.Hadamard, n.Kronecker, n.KhatriRao)
_CLOSED = (
    n.Apply, n.Softmax, n.LogSumExp, n.Norm1, n.Norm2, n.Determinant, n.LogDeterminant, n.Inverse, n.Adjugate,
    n.Partial, n.PartialEntry, n.Differential, n.Symbol, n.Identity, n.Commutation, n.SizeOf, n.Delta, n.ArrayOf,
)  # fmt: skip
"""Nodes whose operands the author wrote; a derivation changes what stands around them, not what is in them."""


def _has_scalars(term: Term) -> bool:
    return bool(term.word) and (term.coefficient != 1 or bool(term.scalars))


def _scalars_outside(node: Node) -> Node:
    """Return a linear function of c·X as c times the function of X."""
    front: list[Node] = []
    operands = []
    for operand in node.operands:
        terms = terms_of(operand)
        if len(terms) == 1 and terms[0].word and (terms[0].coefficient != 1 or terms[0].scalars):
            front.append(term_node(Term(terms[0].coefficient, terms[0].scalars, ()), build.ONE.shape))
            operand = build.product(*terms[0].word)
        operands.append(operand)
    return tidy(build.product(*front, rebuild(node, tuple(operands)))) if front else node


def _simplest_hadamard(node: Node) -> Node:
    a, b = node.operands
    for this, other in ((a, b), (b, a)):
        if build.is_zero(this):
            return build.zero(node.shape)
        if isinstance(this, n.Fill):
            return tidy(build.product(this.operands[0], other))
        if isinstance(this, n.HadamardDivide) and _is_ones(this.operands[0]):
            return build.hadamard_divide(other, this.operands[1])
    return node


def _is_outer(word: Node) -> bool:
    return len(word.operands) == 2 and word.operands[0].shape.is_vector and word.operands[1].shape.is_row


def _is_ones(node: Node) -> bool:
    return isinstance(node, n.Fill) and node.operands[0] is build.ONE


def join(terms: list[Term], shape: Shape) -> list[Term]:
    """Return the terms with like ones added up, in order of first appearance; zeros vanish."""
    if len(terms) < 2:
        return [term for term in terms if term.coefficient]
    found: dict[Node, tuple[Term, Fraction]] = {}
    for term in terms:
        unit = normal_form(term_node(Term(Fraction(1), term.scalars, term.word), shape))
        parts = terms_of(unit)
        scale = parts[0].coefficient if len(parts) == 1 else Fraction(1)
        key = node_of([Term(t.coefficient / scale, t.scalars, t.word) for t in parts], shape)
        first, first_scale = found.get(key, (Term(Fraction(0), term.scalars, term.word), scale))
        total = first.coefficient + term.coefficient * scale / first_scale
        found[key] = (Term(total, first.scalars, first.word), first_scale)
    return [term for term, _ in found.values() if term.coefficient]


@lru_cache(maxsize=20_000)
def collect(node: Node) -> Node:
    """Return the tidied expression with a factor that terms have in common taken out of a bracket."""
    node = tidy(node)
    terms = join(terms_of(node), node.shape)
    if len(terms) < 2:
        return node
    return node_of(_collect(terms, node.shape), node.shape)


def _collect(terms: list[Term], shape: Shape) -> list[Term]:
    whole = _bracket(terms, shape)
    if whole is not None:
        return [whole]
    for end in (0, -1):
        groups: dict[tuple[object, ...], list[Term]] = {}
        for term in terms:
            key = (frozenset(term.scalars), term.word[end] if term.word else build.ONE)
            groups.setdefault(key, []).append(term)
        if 1 < max(map(len, groups.values())) < len(terms):
            result = []
            for group in groups.values():
                joined = _bracket(group, shape) if len(group) > 1 and group[0].word else None
                result += [joined] if joined is not None else group
            return result
    return terms


def _bracket(terms: list[Term], shape: Shape) -> Term | None:
    """Return the terms as one: the common factors times a bracket; None where nothing is common."""
    scalars = dict(terms[0].scalars)
    for term in terms[1:]:
        mine = dict(term.scalars)
        scalars = {b: _common(e, mine[b]) for b, e in scalars.items() if b in mine and _common(e, mine[b])}
    terms = sorted(terms, key=lambda term: sum(isinstance(factor, n.Transpose) for factor in term.word))
    words = [term.word for term in terms]
    shortest = min(map(len, words))
    left = 0
    while left < shortest and len({word[left] for word in words}) == 1:
        left += 1
    right = 0
    while right < shortest - left and len({word[-1 - right] for word in words}) == 1:
        right += 1
    rests = [word[left : len(word) - right] for word in words]
    if any(not rest for rest in rests) and any(rests):
        filler = _identity_for(words, left, right)
        if filler is None or any(dict(term.scalars) != scalars for term in terms):
            left, right, rests = 0, 0, words
        else:
            rests = [rest or filler for rest in rests]
    denominators = {t.coefficient.denominator for t in terms}
    number = Fraction(
        gcd(*(t.coefficient.numerator for t in terms)), denominators.pop() if len(denominators) == 1 else 1
    )
    if all(t.coefficient < 0 for t in terms):
        number = -number
    if not (scalars or left or right or number not in (1,)):
        return None
    if not (scalars or left or right) and (number.denominator != 1 or not all(rests)):
        return None
    inside = []
    for term, rest in zip(terms, rests, strict=True):
        left_over = merge_scalars([*term.scalars, *((b, -e) for b, e in scalars.items())])
        inside.append(Term(term.coefficient / number, left_over, rest))
    before, after = words[0][:left], words[0][len(words[0]) - right :]
    if not any(rests):
        bracket = node_of(inside, build.ONE.shape)
        return Term(number, merge_scalars([*scalars.items(), (bracket, Fraction(1))]), before + after)
    middle = [build.product(*rest) for rest in rests]
    bracket = _fewer_transposes(node_of(inside, middle[0].shape), inside)
    if bracket.shape.is_scalar:
        return None
    return Term(number, merge_scalars(scalars.items()), (*before, bracket, *after))


def _fewer_transposes(bracket: Node, terms: list[Term]) -> Node:
    """Return x′ − s′A′ as (x − A s)′, where that saves transposes."""
    turned = [Term(term.coefficient, term.scalars, transpose_word(term.word)) for term in terms]
    if sum(map(_transposes, turned)) + 1 < sum(map(_transposes, terms)):
        return build.transpose(node_of(turned, bracket.shape.transposed))
    return bracket


def _transposes(term: Term) -> int:
    return sum(isinstance(factor, n.Transpose) for factor in term.word)


def _common(a: Fraction, b: Fraction) -> Fraction:
    if a > 0 and b > 0:
        return min(a, b)
    return a if a == b else Fraction(0)


def _identity_for(words: list[tuple[Node, ...]], left: int, right: int) -> tuple[Node, ...] | None:
    """Return the identity that stands for an empty bracket beside square ones, as in x′(I + A)."""
    rest = next(word[left : len(word) - right] for word in words if len(word) > left + right)
    shape = build.product(*rest).shape
    return (build.identity(shape.rows),) if shape.is_square else None
