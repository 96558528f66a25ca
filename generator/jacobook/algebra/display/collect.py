"""Sums with a factor in common, written with one bracket; matrices turned where that saves transposes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from itertools import combinations
from operator import and_

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.bounded_sums import join_sums, with_distinct_indices
from jacobook.algebra.display.cancelling import LONGEST_TO_OPEN, cancelled, multiplied_out, with_bars
from jacobook.algebra.display.entries_as_scalars import Entries
from jacobook.algebra.display.picked_parts import is_turned_unit
from jacobook.algebra.display.polynomials import divided
from jacobook.algebra.display.tidy import joined_terms, plus_first, tidy
from jacobook.algebra.display.transposing import turned_bracket, turned_outside
from jacobook.algebra.display.words import rank
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.operations import remembered
from jacobook.algebra.shapes import Shape, ShapeError
from jacobook.algebra.terms import (
    Term,
    common_number,
    contracted,
    merge_scalars,
    node_of,
    term_node,
    terms_of,
    word_node,
)
from jacobook.algebra.traverse import contains, rebuild, substitute, walk

LONGEST_TO_SHORTEN = 150
"""An expression of more nodes is not searched for brackets in which terms cancel."""


FEW_TERMS = 2
"""A product is not multiplied out to more terms, however short."""


@remembered(20_000)
def collect(node: Node) -> Node:
    """Return the tidied expression, what cancels cancelled, with a factor that terms have in common before a bracket.

    Where something cancelled it is multiplied out if that makes it shorter: (1 − y) ∘ s − y ∘ (1 − s) is s − y.
    """
    found = _collected_once(node)
    if found is node or found.size > LONGEST_TO_OPEN or not contains(found, n.Add):
        return found
    again = _collected_once(found)  # D − A + (D − A)′ may have come about just now
    return again if again.size < found.size else found


def _collected_once(node: Node) -> Node:
    tidied = _with_scalars_collected(tidy(node))
    try:
        rest = tidy(cancelled(tidied).node)
    except ShapeError:  # see tidy
        return _collected(tidied)
    found = _collected(rest)
    if rest is tidied or not contains(found, n.Add) or rest.size > LONGEST_TO_OPEN:
        return found
    if contains(rest, n.BoundedSum):  # in the normal form the index of a sum has a name that is never shown
        return found
    opened = _collected(tidy(_with_functions_of(rest, with_bars(tidy(normal_form(rest))))))
    if len(terms_of(opened)) > max(len(terms_of(found)), FEW_TERMS):
        return found  # s (1 − s) (1 − 2s) is not s − 3s² + 2s³
    return min(found, opened, key=lambda form: form.size)


def _with_scalars_collected(node: Node) -> Node:
    """Return a product of sums of scalars, each with the factor before it that its terms have in common."""
    if isinstance(node, n.Add) or not node.kinds & _POWERS or node.size > LONGEST_TO_SHORTEN:
        return node
    terms = terms_of(node)
    if len(terms) != 1 or not any(isinstance(base, n.Add) and base.kinds & _POWERS for base, _ in terms[0].scalars):
        return node
    scalars: list[tuple[Node, Fraction]] = []
    coefficient = terms[0].coefficient
    for base, exponent in terms[0].scalars:
        inside = terms_of(collect(base)) if exponent == 1 and isinstance(base, n.Add) else []
        if len(inside) == 1:
            coefficient *= inside[0].coefficient
            scalars += inside[0].scalars
        else:
            scalars.append((base, exponent))
    found = Term(coefficient, merge_scalars(scalars), terms[0].word)
    return node if found == terms[0] else tidy(term_node(found, node.shape))


_POWERS = Node.mask_of(n.Power)


def _with_functions_of(written: Node, normal: Node) -> Node:
    """Return the normal form with functions as they were written: √s, not s^(1/2), and exp(−x²/2), not exp(−½x²)."""
    functions = {current for current in walk(written, holding=_APPLY) if isinstance(current, n.Apply)}
    as_written = {normal_form(function): function for function in sorted(functions, key=lambda found: found.size)}
    return substitute(normal, {known: function for known, function in as_written.items() if known is not function})


_APPLY = Node.mask_of(n.Apply)


def _collected(node: Node) -> Node:
    try:
        node = with_brackets_opened(node)
        node = _with_collected_brackets(node)
        terms = [_with_factors_inside(t) for t in joined_terms(terms_of(node), node.shape)]
        terms = join_sums([_with_collected_sums(t) for t in terms], _collected_sum)
        node = node_of(terms, node.shape)
        if len(terms) > 1:
            node = _shortest_collected(terms, node.shape)
        elif len(terms) == 1 and len(terms[0].word) == 1 and isinstance(terms[0].word[0], n.Add):
            inside = factors_of(collect(terms[0].word[0]))  # 2 (A W − B W) is 2 (A − B) W
            node = tidy(term_node(Term(terms[0].coefficient, terms[0].scalars, inside), node.shape))
        node = _with_turned_bracket_collected(node)
        return with_distinct_indices(turned_outside(node))
    except ShapeError:  # see tidy
        return node


def _with_turned_bracket_collected(node: Node) -> Node:
    """Return ½ (1 + u − p/(p + q) − q/(p + q))′ with its bracket collected: ½ u′."""
    terms = terms_of(node)
    if len(terms) != 1 or len(terms[0].word) != 1 or not isinstance(terms[0].word[0], n.Transpose):
        return node
    (factor,) = terms[0].word
    if not _is_bracket(factor) or (found := _collected_bracket(factor)) is factor:
        return node
    return tidy(term_node(Term(terms[0].coefficient, terms[0].scalars, (found,)), node.shape))


def _shortest_collected(terms: list[Term], shape: Shape) -> Node:
    """Return the sum with what its terms have in common before a bracket, or with a lower power if that is shorter."""
    found = node_of(_collect(terms, shape), shape)
    lowered = _with_common_powers(terms, shape)
    if lowered is terms or (joined := _bracket(lowered, shape)) is None:
        return found
    other = tidy(term_node(joined, shape))
    return other if other.size < found.size else found


def with_brackets_opened(node: Node) -> Node:
    """Return the expression with one bracket of every term multiplied out, a − p − (a − n) as n − p, if it is shorter.

    That is where terms cancel. A bracket inside is opened first: x′(A − A′ + (A − A′)′) is 0.
    """
    if node.size > LONGEST_TO_SHORTEN or not contains(node, n.Add):
        return node
    if isinstance(node, n.Transpose):
        inside = with_brackets_opened(node.operands[0])
        return node if inside is node.operands[0] else tidy(build.transpose(inside))
    if isinstance(node, n.Negate | n.Product | n.Divide):
        operands = tuple(with_brackets_opened(x) if isinstance(x, n.Add) else x for x in node.operands)
        if operands != node.operands:
            return with_brackets_opened(tidy(rebuild(node, operands)))
    first = terms_of(node)
    if node.shape.is_scalar and any(term.scalars for term in first):
        return _scalars_multiplied_out(node, first)
    if not any(_is_bracket(factor) for term in first for factor in term.word):
        return node
    if len(first) == 1 and not _may_cancel(first[0]):
        return node
    terms = [_shorter_term(term, node.shape) for term in first]
    shortest = node if terms == first else min(node, tidy(node_of(terms, node.shape)), key=lambda form: form.size)
    for number in range(max(sum(map(_is_bracket, term.word)) for term in terms)):
        opened = [part for term in terms for part in _opened_term(term, number)]
        if not _may_have_like_terms(opened):
            continue
        shorter = [_shorter_term(part, node.shape) for part in opened]
        found = tidy(node_of(shorter, node.shape))
        cancels = shorter != opened or len(terms_of(found)) <= len(terms) < len(opened)
        if cancels and found.size < shortest.size:
            shortest = found
    return shortest


def _scalars_multiplied_out(node: Node, terms: list[Term]) -> Node:
    """Return s(1 − y) − y(1 − s) as s − y, and every other sum as it is that multiplying out does not make shorter."""
    brackets = [base for term in terms for base, exponent in term.scalars if exponent == 1 and isinstance(base, n.Add)]
    if not brackets or len(brackets) > MOST_BRACKETS:
        return node
    forms = [node]
    for nested in (True, False):
        opened = tidy(node_of([part for term in terms for part in multiplied_out(term, nested)], node.shape))
        more = 1 if 2 * opened.size <= node.size else 0  # half as long, it may have a term more
        if len(terms_of(opened)) <= max(len(terms), FEW_TERMS) + more:
            forms.append(opened)
    return min(forms, key=lambda form: form.size)


def _with_common_powers(terms: list[Term], shape: Shape) -> list[Term]:
    """Return terms in powers of one base with its lowest power before a bracket: x^(a−1) c + x^a is x^(a−1) (c + x).

    The exponents differ by whole numbers, and are no numbers themselves. Such a power has a value where the lowest has.
    """
    if not shape.is_scalar or len(terms) < 2:
        return terms
    for base in dict.fromkeys(power.operands[0] for power in _symbolic_powers(terms[0])):
        powers = [[one for one in _symbolic_powers(term) if one.operands[0] is base] for term in terms]
        if any(len(held) != 1 for held in powers):
            continue
        exponents = [held[0].operands[1] for held in powers]
        above = [normal_form(build.add(one, build.negate(exponents[0]))) for one in exponents]
        numbers = [one.value for one in above if isinstance(one, n.Number)]
        if len(numbers) == len(terms) and all(one.denominator == 1 for one in numbers) and len(set(numbers)) > 1:
            lowest = powers[numbers.index(min(numbers))][0]
            terms = [
                _over(term, held[0], lowest, base, number - min(numbers))
                for term, held, number in zip(terms, powers, numbers, strict=True)
            ]
    return terms


def _symbolic_powers(term: Term) -> list[n.Power]:
    """Return the factors of a term that are powers with another exponent than a number."""
    return [base for base, exponent in term.scalars if exponent == 1 and isinstance(base, n.Power)]


def _over(term: Term, power: Node, lowest: Node, base: Node, times: Fraction) -> Term:
    """Return the term with a power written as the lowest one and so many factors more."""
    scalars = [(lowest if factor is power else factor, exponent) for factor, exponent in term.scalars]
    return Term(term.coefficient, merge_scalars([*scalars, *([(base, times)] if times else [])]), term.word)


def _shorter_term(term: Term, shape: Shape) -> Term:
    """Return a term with a bracket multiplied out where but one term is left: (x − x̄)′(I − 11′/N) is (x − x̄)′."""
    if _may_cancel(term):
        for number in range(sum(map(_is_bracket, term.word))):
            found = tidy(node_of(_opened_term(term, number), shape))
            opened = terms_of(found)
            if len(opened) == 1 and (len(opened[0].word) < len(term.word) or found.size < term_node(term, shape).size):
                return _shorter_term(opened[0], shape)
    return term


def _may_cancel(term: Term) -> bool:
    """Return whether opening a bracket may leave fewer terms: where ones beside it add up what is in it."""
    brackets = [factor for factor in term.word if _is_bracket(factor)]
    return len(term.word) > 1 and any(contains(factor, n.Fill) for factor in brackets)


def _may_have_like_terms(terms: list[Term]) -> bool:
    """Return whether two terms hold the same symbols, as like ones do."""
    held = [_NOTHING.union(*(x.symbols for x in (*(b for b, _ in term.scalars), *term.word))) for term in terms]
    return len(set(held)) < len(held)


MOST_BRACKETS = 8
"""A sum with more brackets of scalars is not multiplied out to see whether that is shorter."""
_NOTHING = frozenset[n.Symbol]()


def _is_bracket(factor: Node) -> bool:
    return isinstance(factor.operands[0] if isinstance(factor, n.Transpose) else factor, n.Add)


def _opened_term(term: Term, number: int) -> list[Term]:
    """Return the term with a bracket of matrices multiplied out: the one of this number, from 0; or the last one."""
    places = [place for place, factor in enumerate(term.word) if _is_bracket(factor)]
    if not places:
        return [term]
    place = places[min(number, len(places) - 1)]
    factor = term.word[place]
    parts = terms_of(factor.operands[0]) if isinstance(factor, n.Transpose) else terms_of(factor)
    parts = [part.transposed for part in parts] if isinstance(factor, n.Transpose) else parts
    before = Term(term.coefficient, term.scalars, term.word[:place])
    behind = Term(Fraction(1), (), term.word[place + 1 :])
    return [contracted(before.times(part).times(behind)) for part in parts]


def _with_collected_brackets(node: Node) -> Node:
    """Return a product with its brackets collected where that is shorter: (v ∘ s − y ∘ s)′W as ((v − y) ∘ s)′W."""
    if not isinstance(node, n.Product) or node.size > LONGEST_TO_SHORTEN:
        return node
    factors = tuple(map(_with_collected_entries, node.operands))
    return node if factors == node.operands else tidy(rebuild(node, factors))


def _with_collected_entries(factor: Node) -> Node:
    """Return a bracket collected, also one in an entry-wise product: (W′y − W′t) ∘ s as (W′(y − t)) ∘ s."""
    if isinstance(factor, n.Hadamard):
        return rebuild(factor, tuple(map(_with_collected_entries, factor.operands)))
    return _collected_bracket(factor) if _is_bracket(factor) else factor


def _collected_bracket(factor: Node) -> Node:
    turned = isinstance(factor, n.Transpose)
    found = collect(factor.operands[0] if turned else factor)
    found = build.transpose(found) if turned else found
    return found if found.size < factor.size else factor


def _with_factors_inside(term: Term) -> Term:
    """Return the term with a scalar multiplied into a sum in which it cancels: 1/(v (1 + x²/v)) is 1/(v + x²)."""
    for bracket, times in term.scalars:
        if not isinstance(bracket, n.Add) or bracket.size > LONGEST_TO_SHORTEN:
            continue
        parts = terms_of(bracket)
        below = {base for part in parts for base, exponent in part.scalars if exponent < 0}
        for base, exponent in term.scalars:
            if base not in below or times * exponent < 0 or abs(times) > abs(exponent):
                continue
            if times.denominator > 1 and exponent.denominator == 1:
                continue  # v √(1 + x²/v) has values where v is negative, √v √(v + x²) has none
            factor = Term(Fraction(1), ((base, Fraction(1)),), ())
            found = tidy(node_of([_with_factors_inside(part.times(factor)) for part in parts], build.ONE.shape))
            if isinstance(found, n.Add) and found.size < bracket.size:
                rest = [(found if one is bracket else one, e - times if one is base else e) for one, e in term.scalars]
                merged = merge_scalars([(one, e) for one, e in rest if e])
                return _with_factors_inside(Term(term.coefficient, merged, term.word))
    return term


def _with_collected_sums(term: Term) -> Term:
    """Return the term with the body of a sum over an index collected."""
    word = tuple(_collected_sum(factor) if isinstance(factor, n.BoundedSum) else factor for factor in term.word)
    scalars = tuple((_collected_sum(b) if isinstance(b, n.BoundedSum) else b, e) for b, e in term.scalars)
    return term if (scalars, word) == (term.scalars, term.word) else Term(term.coefficient, scalars, word)


def _collected_sum(node: n.BoundedSum) -> Node:
    return build.bounded_sum(node.index, with_brackets_opened(collect(node.operands[0])))


def factors_of(node: Node) -> tuple[Node, ...]:
    """Return the factors of a product, the node alone for anything else."""
    return node.operands if isinstance(node, n.Product) else (node,)


def _collect(terms: list[Term], shape: Shape) -> list[Term]:
    over_bars = _pairs_over_one_bar(terms, shape)
    terms = terms if over_bars == terms else joined_terms(over_bars, shape)
    whole = _bracket(terms, shape, alone=len(terms) == 2) if len(terms) > 1 else None
    if whole is not None or len(terms) < 2:
        return terms if whole is None else [whole]
    for key_of in (_first_factor, _last_factor, _both_ends, _all_factors, _scalar_brackets):
        groups: dict[tuple[object, ...], list[Term]] = {}
        for term in terms:
            groups.setdefault(key_of(term), []).append(term)
        if 1 < max(map(len, groups.values())) < len(terms):
            result = []
            for group in groups.values():
                may_be_joined = len(group) > 1 and (group[0].word or key_of is _scalar_brackets)
                joined = _bracket(group, shape) if may_be_joined else None
                result += [joined] if joined is not None else group
            if len(result) < len(terms):
                return joined_terms(result, shape)  # of 1 − (x/(x + a) + a/(x + a)) nothing is left
    return terms


def _first_factor(term: Term) -> tuple[object, ...]:
    return frozenset(term.scalars), term.word[0] if term.word else build.ONE


def _last_factor(term: Term) -> tuple[object, ...]:
    return frozenset(term.scalars), term.word[-1] if term.word else build.ONE


def _both_ends(term: Term) -> tuple[object, ...]:
    """S⁻¹ A S⁻¹ + S⁻¹ B S⁻¹ + S⁻¹ is S⁻¹ (A + B) S⁻¹ + S⁻¹."""
    ends = (term.word[0], term.word[-1]) if len(term.word) > 2 else (term.word,)
    return frozenset(term.scalars), *ends


def _all_factors(term: Term) -> tuple[object, ...]:
    """Return what the terms have in common that differ in their scalars: s u′ − u′ + v′ is (s − 1) u′ + v′."""
    return term.word


def _scalar_brackets(term: Term) -> tuple[object, ...]:
    """Return what sums stand before the term, or below it: (1 − c) u v′ + (1 − c) u′v I is (1 − c) (u v′ + u′v I).

    And y/m − r/(m + r) − y/(m + r) is y/m − (r + y)/(m + r). A term without such a sum stays alone.
    """
    brackets = frozenset((base, exponent) for base, exponent in term.scalars if isinstance(base, n.Add))
    return (brackets,) if brackets else (brackets, term)


def _over_one_bar(terms: list[Term]) -> list[Term]:
    """Return two fractions over powers of one bracket as one, where that is shorter: 1/(1 + x²) − 2x²/(1 + x²)².

    One of them may have no bar: 1 − a/(a + b) is b/(a + b).
    """
    if len(terms) != 2:
        return terms
    powers = [dict(term.scalars) for term in terms]
    brackets = any(isinstance(base, n.Add) and exponent > 0 for power in powers for base, exponent in power.items())
    kinds = (n.Add, n.Symbol) if brackets else (n.Add,)  # l/m² + l (x − m)/m³ is l x/m³
    below = [base for power in powers for base, exponent in power.items() if isinstance(base, kinds) and exponent < 0]
    for base in dict.fromkeys(below):
        lowest = min(power.get(base, Fraction(0)) for power in powers)
        lifted = [Term(t.coefficient, merge_scalars([*t.scalars, (base, -lowest)]), ()) for t in terms]
        above = node_of(lifted, build.ONE.shape)
        top = tidy(cancelled(_with_functions_of(above, normal_form(above))).node)
        if any(base not in power for power in powers) and not all(map(_is_above, terms_of(top))):
            continue
        joined = tidy(_quotient(top, base, lowest))
        if joined.size < node_of(terms, build.ONE.shape).size:
            return terms_of(joined)
    return terms


def _pairs_over_one_bar(terms: list[Term], shape: Shape) -> list[Term]:
    """Return the terms with every two of them over one bar that are shorter so."""
    if not 1 < len(terms) <= MOST_FRACTIONS:
        return terms
    for one, other in combinations(terms, 2):
        pair = [one, other]
        if shape.is_scalar:
            joined = _over_one_bar(pair)
        elif all(isinstance(term.word[-1], n.Transpose) or _is_row_of_numbers(term) for term in pair):
            turned = _entries_over_one_bar([term.transposed for term in pair], shape.transposed)
            joined = [term.transposed for term in turned]
        else:
            joined = _entries_over_one_bar(pair, shape)
        if joined != pair:
            place = terms.index(one)
            behind = [term for term in terms[place + 1 :] if term is not other]
            changed = [*terms[:place], *joined, *behind]
            return changed if len(joined) > 1 else _pairs_over_one_bar(changed, shape)
    return terms


MOST_FRACTIONS = 4
"""In longer sums no fractions are looked for that are shorter over one bar."""


def _is_row_of_numbers(term: Term) -> bool:
    return len(term.word) == 1 and isinstance(term.word[0], n.Fill) and term.word[0].shape.is_row


def _entries_over_one_bar(terms: list[Term], shape: Shape) -> list[Term]:
    """Return the same of fractions entry by entry: 1/(1 + x) − x/(1 + x)² is 1/(1 + x)², as for numbers."""
    if any(len(term.word) != 1 for term in terms) or not any(term.word[0].kinds & _FRACTIONS for term in terms):
        return terms
    if not all(isinstance(term.word[0], n.Fill) or term.word[0].kinds & _FRACTIONS for term in terms):
        return terms
    entries = Entries(shape)
    scalars = [entries.scalar(term_node(term, shape)) for term in terms]
    apart = [terms_of(tidy(scalar)) for scalar in scalars]
    if any(len(found) != 1 or found[0].word for found in apart):
        return terms
    joined = _over_one_bar([found[0] for found in apart])
    return terms_of(tidy(entries.array(node_of(joined, build.ONE.shape)))) if len(joined) < 2 else terms


_FRACTIONS = Node.mask_of(n.HadamardDivide, n.HadamardPower)


def _is_above(term: Term) -> bool:
    """Return whether the term is no fraction."""
    return all(exponent > 0 for _, exponent in term.scalars)


def _quotient(above: Node, base: Node, exponent: Fraction) -> Node:
    """Return above · base^exponent, divided as polynomials while that leaves no rest: (x² − 2x + 1)/(x − 1)² is 1."""
    while exponent < 0 and (found := divided(above, base)) is not None:
        above, exponent = found, exponent + 1
    return build.product(above, build.power(base, build.number(exponent))) if exponent else above


def _bracket(terms: list[Term], shape: Shape, alone: bool = False) -> Term | None:
    """Return the terms as one: the common factors times a bracket; None where nothing is common.

    One of two terms that stand `alone` may become an identity in the bracket.
    """
    scalars = dict(terms[0].scalars)
    for term in terms[1:]:
        mine = dict(term.scalars)
        scalars = {b: power for b, e in scalars.items() if b in mine and (power := _common_below(b, e, mine[b]))}
    if shape.is_scalar and not _are_worth_a_bracket(terms, scalars):
        scalars = {b: e for b, e in scalars.items() if e < 0 or not isinstance(b, n.Symbol)}
    if (joined := _entrywise_bracket(terms)) is not None:
        return joined
    terms = sorted(terms, key=lambda term: term.transposes)
    words = [term.word for term in terms]
    shortest = min(map(len, words))
    left = 0
    while left < shortest and len({word[left] for word in words}) == 1:
        left += 1
    right = 0
    while right < shortest - left and len({word[-1 - right] for word in words}) == 1:
        right += 1
    rests = [word[left : len(word) - right] for word in words]
    if right and any(rest and is_turned_unit(rest[-1]) for rest in rests):  # a picked row keeps its matrix
        right -= 1
    if left and any(rest and isinstance(rest[0], n.RunningUnit) for rest in rests):
        left -= 1
    rests = [word[left : len(word) - right] for word in words]
    if any(not rest for rest in rests) and any(rests):
        common = [*words[0][:left], *words[0][len(words[0]) - right :]]
        unit = _identity_beside(rests, common) if alone else None
        if unit is None:
            left, right = _without_innermost(words, left, right)
            rests = [word[left : len(word) - right] for word in words]
        else:
            rests = [rest or (unit,) for rest in rests]
    number = common_number([term.coefficient for term in terms])
    if not (scalars or left or right or number not in (1,)):
        return None
    if not (scalars or left or right) and not (all(rests) or shape.is_scalar):
        return None
    inside = []
    for term, rest in zip(terms, rests, strict=True):
        left_over = merge_scalars([*term.scalars, *((b, -e) for b, e in scalars.items())])
        inside.append(Term(term.coefficient / number, left_over, rest))
    before, after = words[0][:left], words[0][len(words[0]) - right :]
    inside = plus_first(inside)
    if not any(rests):
        bracket = tidy(node_of(inside, build.ONE.shape))
        opened = with_brackets_opened(bracket)  # s (1 − t) x′ − t (1 − s) x′ is (s − t) x′
        bracket = opened if isinstance(opened, n.Add) else bracket
        merged = merge_scalars([*scalars.items(), (bracket, Fraction(1))])
        return Term(number, tuple(sorted(merged, key=lambda item: rank(item[0]))), before + after)
    middle = [word_node(rest) for rest in rests]
    bracket = turned_bracket(node_of(inside, middle[0].shape), inside)
    if bracket.shape.is_scalar:
        return None
    return Term(number, merge_scalars(scalars.items()), (*before, bracket, *after))


def _are_worth_a_bracket(terms: list[Term], common: dict[Node, Fraction]) -> bool:
    """Return whether symbols that terms have in common stand before a bracket: r (a − b + c), but 3 x² − 4 x.

    One of them has one power in all terms: what has several is rather what a polynomial is in.
    """
    symbols = [base for base, exponent in common.items() if exponent > 0 and isinstance(base, n.Symbol)]
    steady = [base for base in symbols if len({dict(term.scalars)[base] for term in terms}) == 1]
    return bool(steady) and len(symbols) * (len(terms) - 1) >= SYMBOLS_IN_COMMON


SYMBOLS_IN_COMMON = 2
"""So many letters have to be saved."""


def _without_innermost(words: list[tuple[Node, ...]], left: int, right: int) -> tuple[int, int]:
    """Return how many factors to take out at the left and at the right, so that one is left of the shortest word.

    B W V − A B W V is (B − A B) W V if that saves much: S − A S stays as it is.
    """
    left, right = (left, right - 1) if right else (left - 1, right)
    taken = (*words[0][:left], *words[0][len(words[0]) - right :])
    return (left, right) if sum(factor.size for factor in taken) >= LONG_TO_TAKE_OUT else (0, 0)


LONG_TO_TAKE_OUT = 6
"""So many nodes have to be common to all terms for a bracket that leaves one factor of the shortest."""


def _identity_beside(rests: list[tuple[Node, ...]], common: list[Node]) -> Node | None:
    """Return the identity that a term becomes in a bracket, B v w′ − A B v w′ being (I − A) B v w′; else None.

    It takes a long common part to be worth that: S − A S stays as it is.
    """
    others = [word_node(rest) for rest in rests if rest]
    is_long = len(common) >= SEVERAL_IN_COMMON and sum(factor.size for factor in common) >= LONG_IN_COMMON
    if len(others) + 1 != len(rests) or not is_long:
        return None
    return build.identity(others[0].shape.rows) if all(other.shape.is_square for other in others) else None


LONG_IN_COMMON = 9
"""So many nodes have to be common to two terms for one of them to become an identity in a bracket."""
SEVERAL_IN_COMMON = 3
"""And so many factors: C⁻¹ − C⁻¹ S C⁻¹ stays as it is, whatever C is."""


def _entrywise_bracket(terms: list[Term]) -> Term | None:
    """Return u ∘ s − v ∘ s as (u − v) ∘ s, and diag(u) − diag(v) as diag(u − v); None for other sums."""
    if any(len(term.word) != 1 for term in terms):
        return None
    factors = [term.word[0] for term in terms]
    if all(isinstance(factor, n.Transpose) for factor in factors):
        turned = [term.transposed for term in terms]
        found = terms_of(collect(node_of(turned, turned[0].word[0].shape)))
        return found[0].transposed if len(found) == 1 else None
    for kind, make in ((n.Diag, build.diag), (n.Skew, build.skew)):
        if all(isinstance(factor, kind) for factor in factors):
            parts = [Term(term.coefficient, term.scalars, term.word[0].operands) for term in terms]
            return terms_of(tidy(make(collect(node_of(parts, parts[0].word[0].shape)))))[0]
    if not any(isinstance(factor, n.Hadamard) for factor in factors):
        return None
    leaves = [list(_entries_of(factor)) if isinstance(factor, n.Hadamard) else [factor] for factor in factors]
    common = reduce(and_, map(Counter, leaves))  # s ∘ s ∘ u and s ∘ v have one s in common, not two
    if not all(Counter(others) - common for others in leaves):  # 3 x² ∘ e and x³ ∘ e have e in common
        powers = {leaf for others in leaves for leaf, times in Counter(others).items() if times > 1}
        common = Counter({leaf: times for leaf, times in common.items() if leaf not in powers})
    shared = _without(leaves[0], Counter(leaves[0]) - common)
    rests = [_without(others, common) for others in leaves]
    if not shared or not (all(rests) or _is_worth_a_bracket(shared)):
        return None
    parts = [
        Term(t.coefficient, t.scalars, (_entrywise(rest),)) if rest else _constant(t, shared[0].shape)
        for t, rest in zip(terms, rests, strict=True)
    ]
    bracket = collect(node_of(parts, shared[0].shape))
    return terms_of(tidy(build.hadamard(bracket, _entrywise(shared))))[0]


def _is_worth_a_bracket(shared: list[Node]) -> bool:
    """Return whether a common factor is so long that one of the terms may become a 1 in the bracket."""
    functions = any(isinstance(leaf, n.Apply) and not isinstance(leaf.operands[0], n.Symbol) for leaf in shared)
    return functions or sum(leaf.size for leaf in shared) >= LONG_TO_TAKE_OUT


def _constant(term: Term, shape: Shape) -> Term:
    """Return what is left of a term that is the common factor: 2 e^(−x²) − x² ∘ e^(−x²) is (2 − x²) ∘ e^(−x²)."""
    value = build.fill(build.number(abs(term.coefficient)), shape)
    return Term(Fraction(1 if term.coefficient > 0 else -1), term.scalars, (value,))


def _entrywise(leaves: list[Node]) -> Node:
    """Return the entry-wise product of factors, equal ones as a power."""
    counts = Counter(leaves)
    powers = (build.hadamard_power(x, build.number(times)) if times > 1 else x for x, times in counts.items())
    return reduce(build.hadamard, powers)


def _without(leaves: list[Node], taken: Counter[Node]) -> list[Node]:
    """Return the factors but for those taken, each as many times as it was."""
    left = Counter(taken)
    rest = []
    for leaf in leaves:
        if left[leaf] > 0:
            left[leaf] -= 1
        else:
            rest.append(leaf)
    return rest


def _entries_of(node: Node) -> Iterator[Node]:
    """Yield the factors of an entry-wise product, those of a small power one by one."""
    match node:
        case n.Hadamard():
            for operand in node.operands:
                yield from _entries_of(operand)
        case n.HadamardPower(operands=(base, n.Number(value=times))) if times.denominator == 1 and 1 < times <= 8:
            yield from [base] * int(times)
        case _:
            yield node


def _common_below(base: Node, a: Fraction, b: Fraction) -> Fraction:
    """Return the power of a long divisor that two terms have in common: x′/s − v′/s² is (x′ − v′/s)/s."""
    is_long = base.size >= LONG_DIVISOR and isinstance(base, n.EntrySum | n.BoundedSum)
    return max(a, b) if a < 0 and b < 0 and is_long else _common(a, b)


LONG_DIVISOR = 5
"""A sum of so many nodes is not written twice below bars."""


def _common(a: Fraction, b: Fraction) -> Fraction:
    if a > 0 and b > 0:
        return min(a, b)
    return a if a == b else Fraction(0)
