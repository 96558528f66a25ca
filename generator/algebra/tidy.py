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
from generator.algebra.shapes import Shape
from generator.algebra.terms import Term, merge_scalars, node_of, term_node, terms_of
from generator.algebra.traverse import rebuild


@lru_cache(maxsize=20_000)
def tidy(node: Node) -> Node:
    """Return an equal expression with like terms joined, zeros, ones and identities dropped, scalars in front."""
    match node:
        case n.Number() | n.Symbol() | n.Identity() | n.SizeOf() | n.Delta() | n.Partial():
            return node
    terms = terms_of(node, _tidy_operands)
    return node_of(join(terms, node.shape), node.shape)


def _tidy_operands(node: Node) -> Node:
    """Return the opaque node with tidied operands and the simplest equal form of the node itself."""
    node = rebuild(node, tuple(tidy(operand) for operand in node.operands))
    match node:
        case n.Hadamard():
            a, b = node.operands
            if build.is_zero(a) or build.is_zero(b):
                return build.zero(node.shape)
            if _is_ones(a):
                return b
            if _is_ones(b):
                return a
        case n.HadamardPower() if build.is_number(node.operands[1], 1):
            return node.operands[0]
        case n.Trace() if isinstance(node.operands[0], n.Identity):
            return build.size_of(node.operands[0].shape.rows)
        case n.Trace() | n.EntrySum() | n.Diag() | n.Diagonal() if build.is_zero(node.operands[0]):
            return build.zero(node.shape)
        case n.Diagonal(operands=(n.Product() as word,)) if _is_outer(word):
            u, v = word.operands
            return tidy(build.hadamard(u, build.transpose(v)))
        case n.Diag() if _is_ones(node.operands[0]):
            return build.identity(node.shape.rows)
        case n.Inverse() | n.Determinant() if isinstance(node.operands[0], n.Identity):
            return node.operands[0] if isinstance(node, n.Inverse) else build.ONE
        case n.Inverse() if isinstance(node.operands[0], n.Inverse):
            return node.operands[0].operands[0]
        case n.Inverse() if isinstance(node.operands[0], n.Transpose):
            return build.transpose(build.inverse(node.operands[0].operands[0]))
        case n.Power() if build.is_number(node.operands[1], 1):
            return node.operands[0]
        case n.Power() if build.is_number(node.operands[1], 0) and node.shape.is_matrix:
            return build.identity(node.shape.rows)
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
        groups: dict[Node, list[Term]] = {}
        for term in terms:
            groups.setdefault(term.word[end] if term.word else build.ONE, []).append(term)
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
        if filler is None:
            left, right, rests = 0, 0, words
        else:
            rests = [rest or filler for rest in rests]
    number = Fraction(
        gcd(*(t.coefficient.numerator for t in terms)),
        max(t.coefficient.denominator for t in terms) if len({t.coefficient.denominator for t in terms}) == 1 else 1,
    )
    if all(t.coefficient < 0 for t in terms):
        number = -number
    if not (scalars or left or right or number not in (1,)):
        return None
    if not (scalars or left or right) and (number.denominator != 1 or not all(rests)):
        return None
    inside = []
    for term, rest in zip(terms, rests, strict=True):
        mine = merge_scalars([*term.scalars, *((b, -e) for b, e in scalars.items())])
        inside.append(Term(term.coefficient / number, mine, rest))
    before, after = words[0][:left], words[0][len(words[0]) - right :]
    if not any(rests):
        bracket = node_of(inside, build.ONE.shape)
        return Term(number, merge_scalars([*scalars.items(), (bracket, Fraction(1))]), before + after)
    middle = [build.product(*rest) for rest in rests]
    bracket = node_of(inside, middle[0].shape)
    if bracket.shape.is_scalar:
        return None
    return Term(number, merge_scalars(scalars.items()), (*before, bracket, *after))


def _common(a: Fraction, b: Fraction) -> Fraction:
    if a > 0 and b > 0:
        return min(a, b)
    return a if a == b else Fraction(0)


def _identity_for(words: list[tuple[Node, ...]], left: int, right: int) -> tuple[Node, ...] | None:
    """Return the identity that stands for an empty bracket beside square ones, as in x′(I + A)."""
    rest = next(word[left : len(word) - right] for word in words if len(word) > left + right)
    shape = build.product(*rest).shape
    return (build.identity(shape.rows),) if shape.is_square else None
