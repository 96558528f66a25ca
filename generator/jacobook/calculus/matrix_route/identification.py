"""From an expanded differential to the derivative: terms in standard form, collected, and read off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.build import reshaped, stacked
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.exponents import count
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.shapes import derivative_shape
from jacobook.algebra.symmetry import is_symmetric
from jacobook.algebra.terms import Term, node_of, term_node, terms_of, transpose_terms, transpose_word
from jacobook.algebra.traverse import contains, reads_alike, rebuild, walk
from jacobook.calculus.derivation import Claim, Prose
from jacobook.calculus.matrix_route.jacobian import gradient_of_chain, jacobian_of_chain, vec_jacobian_of_chain
from jacobook.calculus.matrix_route.linear_maps import (
    HadamardWith,
    InnerWith,
    LinearMap,
    OuterBy,
    Sandwich,
    Scale,
    Stage,
    TransposeOf,
    all_stages,
    sum_of,
)
from jacobook.calculus.matrix_route.linear_reading import linear_map
from jacobook.calculus.matrix_route.rearrangements import DiagOf, DiagonalOf, KroneckerWith, UnvecOf, VecOf
from jacobook.calculus.matrix_route.told_reasons import told_of_stacks
from jacobook.calculus.properties import as_symmetric, uses_of_properties, with_symmetry
from jacobook.calculus.reasons import sentence, with_free_letters
from jacobook.calculus.rules.table import RULES
from jacobook.calculus.simplifying import (
    TURNED,
    cancelling,
    numbers_cancel,
    takes_transpose_out,
    why_signs,
    why_simplified,
)


def identify(
    of: Symbol,
    wrt: Symbol,
    last: Node,
    found: LinearMap,
    held: frozenset[Symbol] = frozenset(),
    names: frozenset[str] = frozenset(),
) -> tuple[Node, list[Claim]]:
    """Return the derivative, and the lines from the expanded differential (`last`, the map `found` of d(wrt)) to it.

    `names` are in use elsewhere: no reason gives them another meaning.

    Other matrices than the variable that are declared symmetric lose their transposes where these come up, if the line
    in which the terms are moved can say so; else in a line at the end.
    """
    partial = build.partial(of, wrt)
    if of.shape.is_scalar and wrt.shape.is_matrix and not contains(last, n.Trace):
        standing = _without_turned_changes(last)
        if standing is not last:  # a line of its own: what follows needs two reasons more
            turned = Claim(build.differential(of), standing, *_SCALAR_TRANSPOSE)
            value, claims = identify(of, wrt, standing, linear_map(standing, wrt), held, names)
            return value, [turned, *claims]
    value, claims = _identified(of, wrt, last, found, (), names)
    final, symmetric = uses_of_properties(partial, value, held)
    used = tuple(a.node for claim in symmetric[:1] for a in claim.assumptions if isinstance(a.node, Symbol))
    if used and symmetric[0].rule == "symmetric" and wrt not in used and claims[0].left is not partial:
        earlier, shorter = _identified(of, wrt, last, found, used, names)
        rest, more = uses_of_properties(partial, earlier, held)
        if equal(rest, final) and len(more) < len(symmetric) and shorter[0].left is not partial:
            lines = [with_symmetry(shorter[0], shorter[0].right, symmetric[0], used), *shorter[1:], *more]
            return final, [*lines[:-1], replace(lines[-1], right=final)]
        if len(symmetric) == 1 and wrt.shape.is_matrix and of.shape.is_scalar:  # transposed as it is read off
            return final, [*claims[:-1], with_symmetry(claims[-1], final, symmetric[0], used)]
    return final, [*claims, *symmetric]


_SCALAR_TRANSPOSE = "scalar-transpose", sentence([Prose(RULES["scalar-transpose"].reason)])


def _without_turned_changes(line: Node) -> Node:
    """Return the line with every scalar a′(dX)′b as b′dX a."""
    if isinstance(line, n.Add | n.Negate):
        return rebuild(line, tuple(map(_without_turned_changes, line.operands)))
    if not isinstance(line, n.Product) or not line.shape.is_scalar:
        return line
    run = [factor for factor in line.operands if not factor.shape.is_scalar]
    turned = any(isinstance(factor, n.Transpose) and contains(factor, n.Differential) for factor in run)
    if not turned or not run[0].shape.is_row or sum(factor.shape.is_row for factor in run) > 1:
        return line
    scalars = [factor for factor in line.operands if factor.shape.is_scalar]
    return build.product(*scalars, *transpose_word(tuple(run)))


def _identified(
    of: Symbol, wrt: Symbol, last: Node, found: LinearMap, symmetric: tuple[Symbol, ...], names: frozenset[str]
) -> tuple[Node, list[Claim]]:
    """Return the derivative and the lines to it, without the transposes of some matrices that are symmetric."""
    partial = build.partial(of, wrt)
    if not found.chains:
        value = build.zero(partial.shape)
        reason = sentence([Prose("{0} does not depend on {1}", (of, wrt))])
        return value, [Claim(partial, value, "read-off", reason)]
    if derivative_shape(of.shape, wrt.shape) is None:
        return _identify_vec(of, wrt, found, names)
    left, dx = build.differential(of), build.differential(wrt)
    # Three lines at most: every term with dx in its standard place, what cancels, and all terms collected.
    factors = [reshaped(_factor(chain, found), partial.shape) for chain in found.chains]
    if symmetric:
        factors = [as_symmetric(factor, *symmetric) for factor in factors]
    separate = build.add(*(_beside(factor, dx, of, symmetric) for factor in factors))
    value = collect(build.add(*factors))
    joined = _beside(value, dx, of, symmetric)
    claims = []
    current = last
    shorter, cancels = cancelling(partial, build.add(*factors))
    moved = tidy(separate) is not tidy(last) and not reads_alike(separate, last)
    if (len(factors) > 1 or cancels) and moved and separate is not joined:
        claims.append(Claim(left, separate, *_moves(found, last, separate)))
        current = separate
    for claim in cancels:
        current = _beside(shorter, dx, of, symmetric)
        claims.append(Claim(left, current, claim.rule, claim.reason))
    silent = reads_alike(joined, current) or _same_but_for_order(joined, current, dx)
    if joined is not current and not silent and current is not dx:
        why = _moves if current is last and len(factors) == 1 else _collecting
        claims.append(
            Claim(
                left, joined, *(why(found, last, joined) if current is last else ("collect", _collect(current, joined)))
            )
        )
    reason = Prose(_READ_OFF, (dx,))
    if value.shape.is_matrix and of.shape.is_scalar:
        reason = _read_off_the_trace(value, wrt)
    claims.append(Claim(partial, value, "read-off", reason))
    return value, claims


def _same_but_for_order(joined: Node, current: Node, dx: Node) -> bool:
    """Return whether two terms differ in the order of their scalar factors alone, dx last and numbers first in both.

    log(u) cos(v) dv and cos(v) log(u) dv: the coefficient can be read off either.
    """
    sides = [_factors(side) for side in (joined, current)]
    if any(side[-1] is not dx or not all(factor.shape.is_scalar for factor in side) for side in sides):
        return False
    counted = [side[1:] if isinstance(side[0], n.Number) else side for side in sides]
    if any(isinstance(factor, n.Number | n.Negate) for side in counted for factor in side):
        return False
    return Counter(sides[0]) == Counter(sides[1])


def _factors(term: Node) -> list[Node]:
    """Return the factors of a term in the order in which they are written; a sign is a factor."""
    if isinstance(term, n.Product):
        return [factor for operand in term.operands for factor in _factors(operand)]
    return [term]


def passed_on(loss: Symbol, wrt: Symbol, last: Node, found: LinearMap) -> tuple[Node, list[Claim]]:
    """Return the derivative of a scalar, and the lines from its differential, ⟨G, dF⟩ with dF inserted, to it."""
    partial, dx = build.partial(loss, wrt, total=True), build.differential(wrt)
    if not found.chains:
        value = build.zero(partial.shape)
        return value, [Claim(partial, value, "read-off", sentence([Prose("{0} does not depend on {1}", (loss, wrt))]))]
    factors = [reshaped(_factor(chain, found), partial.shape) for chain in found.chains]
    value = collect(build.add(*factors))
    joined, separate = _beside(value, dx, loss), build.add(*(_beside(factor, dx, loss) for factor in factors))
    claims = []
    if len(factors) > 1 and not any(reads_alike(separate, other) for other in (joined, last)):
        slug, reason = _moves(found, last, separate)
        reason = Prose(f"{reason.template.removesuffix('.')}; multiply out.", reason.values)
        claims.append(Claim(build.differential(loss), separate, slug, reason))
        claims.append(Claim(build.differential(loss), joined, "collect", _collect(separate, joined)))
    elif not reads_alike(joined, last):
        why = _moves if len(factors) == 1 else _collecting
        claims.append(Claim(build.differential(loss), joined, *why(found, last, joined)))
    reason = _read_off_the_trace(value, wrt) if wrt.shape.is_matrix else Prose(_READ_OFF, (dx,))
    claims.append(Claim(partial, value, "read-off", reason))
    return value, claims


def _identify_vec(of: Symbol, wrt: Symbol, found: LinearMap, names: Collection[str]) -> tuple[Node, list[Claim]]:
    """Return the vec Jacobian, of more than two indices, and the lines that stack the columns; `names` are taken."""
    left, dx = stacked(build.differential(of)), stacked(build.differential(wrt))
    factors = [vec_jacobian_of_chain(chain, found.source, found.target) for chain in found.chains]
    separate = build.add(*(build.product(factor, dx) for factor in factors))
    value = collect(build.add(*factors))
    joined = build.product(value, dx)
    taken = {symbol.name for node in (of, wrt, *factors) for symbol in node.symbols}.union(names)
    claims = [Claim(left, separate, *_stacking(found, separate, taken))]
    shorter, cancels = cancelling(build.partial(of, wrt), build.add(*factors))
    current = separate
    for claim in cancels:
        current = build.product(shorter, dx)
        claims.append(Claim(left, current, claim.rule, claim.reason))
    if joined is not current:
        claims.append(Claim(left, joined, "collect", _why_joined(factors, value)))
    reason = Prose("Read off the coefficient of {0}: the Jacobian of the stacked entries.", (dx,))
    claims.append(Claim(build.partial(of, wrt), value, "read-off", reason))
    return value, claims


def _why_joined(factors: Sequence[Node], value: Node) -> Prose:
    """Return how the Jacobians of the terms were joined; M (r′ ⊗ D) = r′ ⊗ M D, since r′ has one row alone."""
    pairs = [
        pair
        for part in factors
        for node in walk(part)
        if isinstance(node, n.Product)
        for pair in pairwise(node.operands)
    ]
    before = [second for first, second in pairs if first.shape.is_matrix and isinstance(second, n.Kronecker)]
    moved = any(second.operands[0].shape.is_row and second not in walk(value) for second in before)
    into = [Prose("a matrix before a Kronecker product with a row goes to its second factor")] if moved else []
    return sentence([*into, *([Prose("collect the terms")] if len(factors) > 1 or not into else [])])


_READ_OFF = "Read off the coefficient of {0}."
_STACKING = {
    Sandwich: "vec-product",
    HadamardWith: "vec-hadamard",
    DiagOf: "vec-diag",
    DiagonalOf: "vec-diag",
    KroneckerWith: "vec-kronecker",
    TransposeOf: "vec-transpose",
}


def _stacking(found: LinearMap, joined: Node, taken: Collection[str]) -> tuple[str, Prose]:
    """Return the rule and the reason for stacking the columns of every term, in letters not among the names taken."""
    slugs: list[str] = []
    for stage in (stage for chain in found.chains for stage in all_stages(chain)):
        slug = _STACKING.get(type(stage))
        trivial = isinstance(stage, TransposeOf) and not stage.source.is_matrix
        trivial |= isinstance(stage, Sandwich) and not (stage.source.is_matrix or stage.target.is_matrix)
        if slug is not None and slug not in slugs and not trivial:
            slugs.append(slug)
    if not slugs:
        return "vec", sentence([Prose("stack the columns on both sides")])
    words = [
        _turned_stack(found, joined, taken) if slug == "vec-transpose" else told_of_stacks(slug, taken)
        for slug in slugs
    ]
    if any(isinstance(stage, DiagonalOf) for chain in found.chains for stage in all_stages(chain)):
        words.append(Prose(with_free_letters("diag V = (I ∗ I)ᵀ vec V", taken)))
    return slugs[0], sentence([Prose("stack the columns"), *words])


def _turned_stack(found: LinearMap, joined: Node, taken: Collection[str]) -> Prose:
    """Return vec(V′) = K vec(V) with the commutation matrix of the line; none is there where V′ meets a vector."""
    if not contains(joined, n.Commutation):
        return Prose("a row and its transpose have the same entries")
    stages = [stage for chain in found.chains for stage in all_stages(chain) if isinstance(stage, TransposeOf)]
    matrix = n.symbol(with_free_letters("V", taken), next(s.source for s in stages if s.source.is_matrix))
    turn = build.commutation(*matrix.shape.axes)
    return Prose("{0} = {1}", (build.vec(build.transpose(matrix)), build.product(turn, build.vec(matrix))))


def _factor(chain: tuple[Stage, ...], found: LinearMap) -> Node:
    """Return the factor of the differential: a row or a Jacobian in front, or a gradient in an inner product."""
    if found.target.is_scalar and not found.source.is_scalar:
        gradient = gradient_of_chain(chain)
        return gradient if gradient.shape.is_matrix else tidy(build.transpose(gradient))
    return jacobian_of_chain(chain, found.source, found.target)


def _read_off_the_trace(value: Node, wrt: Symbol) -> Prose:
    """Return how the derivative is read off tr(C dX): as C′."""
    dx = build.differential(wrt)
    if isinstance(value, n.Identity):
        return Prose("The coefficient of {0} in the trace is the identity, which is its own transpose.", (dx,))
    return Prose("The derivative is the transpose of the coefficient of {0} in the trace.", (dx,))


def _collect(before: Node, after: Node) -> Prose:
    """Return the reason for collecting terms, and that a sum of matrices was transposed as a whole if one was."""
    told = [Prose("collect the terms")]
    turned = contains(after, n.Trace) and takes_transpose_out(before, after)
    return sentence([*told, Prose(TURNED)] if turned else told)


def _collecting(found: LinearMap, last: Node, joined: Node) -> tuple[str, Prose]:
    slug, reason = _moves(found, last, joined)
    if slug == "tidy":
        return "collect", _collect(last, joined)
    return slug, Prose(reason.template[:-1] + "; collect the terms.", reason.values)


def _beside(factor: Node, dx: Node, of: Symbol, symmetric: tuple[Symbol, ...] = ()) -> Node:
    """Return the differential of one term in its standard form: row · dx, J dx, tr(G′dX), or value · dt."""
    if dx.shape.is_matrix:
        return _in_a_trace(factor, dx, symmetric)
    if dx.shape.is_scalar:
        return build.product(factor, dx)
    if of.shape.is_row and not dx.shape.is_scalar:
        return build.transpose(build.product(factor, dx))
    product = build.product(factor, dx)
    terms = terms_of(factor)
    word = terms[0].word if terms else ()
    if len(terms) == 1 and len(word) == 1 and isinstance(word[0], n.Fill) and word[0].shape.is_row:
        return product  # 1′dx: what the row is read off, not the sum of the entries of dx
    ends_in_row = word and word[-1].shape.is_row and factor.shape.is_matrix
    return reshaped(product if ends_in_row else tidy(product), of.shape)


def _in_a_trace(gradient: Node, dx: Node, symmetric: tuple[Symbol, ...]) -> Node:
    """Return tr(C dX) for the gradient C′, with scalar factors before the trace."""
    turned = tidy(build.transpose(gradient))
    if symmetric:
        turned = tidy(as_symmetric(turned, *symmetric))
    terms = [_term_by_term(term) for term in terms_of(turned)]
    turned = node_of(terms, turned.shape)
    if len(terms) > 1 and all(term.coefficient < 0 for term in terms):  # −tr((A + B) dX)
        turned = node_of([term.negated for term in terms], turned.shape)
        return build.negate(build.trace(build.product(turned, dx)))
    if len(terms) != 1 or not terms[0].word:
        return build.trace(build.product(turned, dx))
    (term,) = terms
    coefficient = term_node(Term(Fraction(1), (), term.word), turned.shape)
    trace = build.trace(build.product(coefficient, dx))
    scalars = (*term.scalars, (trace, Fraction(1)))
    return term_node(Term(term.coefficient, scalars, ()), trace.shape)


def _term_by_term(term: Term) -> Term:
    """Return a term that is a transposed sum with every summand transposed, as the line before has them."""
    if len(term.word) == 1 and isinstance(term.word[0], n.Transpose) and isinstance(term.word[0].operands[0], n.Add):
        shape = term.word[0].shape
        turned = transpose_terms(terms_of(term.word[0].operands[0]))
        opened = build.add(*(tidy(node_of([summand], shape)) for summand in turned))  # (a b′ + b a′)′ is itself
        return Term(term.coefficient, term.scalars, (opened,))
    return term


def _moves(found: LinearMap, before: Node, after: Node) -> tuple[str, Prose]:
    """Return the rule and the reason for bringing the terms into their standard form."""
    scalar = found.target.is_scalar and not found.source.is_scalar
    parts: list[Prose] = []
    slugs: list[str] = []
    into_a_trace = scalar and _enters_a_trace(found, before, after)
    # Readers look at the matrix in the trace, of which nothing is a scalar.
    within_traces = scalar and found.source.is_matrix and contains(before, n.Trace) and not into_a_trace
    for chain in map(all_stages, found.chains):
        for stage in chain:
            slug = stage.rule
            if isinstance(stage, HadamardWith) and not scalar:  # w ∘ du = diag(w) du
                slug = "hadamard-diag"
            elif slug in ("entry-product", "cross-swap"):  # v_i = e_i′ v, worth saying for every result
                pass
            # Of an array only these two are worth a word; of a scalar a cyclic shift only where there is one.
            elif not scalar or (slug == "cyclic-trace" and not _is_shifted(chain)):
                continue
            if slug in slugs:
                continue
            slugs.append(slug)
            values: tuple[Node, ...] = ()
            if isinstance(stage, HadamardWith) and slug == "hadamard-diag":
                values = (_diagonal_between(before, after) or stage.weight,)
            elif isinstance(stage, HadamardWith) and "{0}" in RULES[slug].reason:
                values = (stage.weight,)
            if slug == "inner-product":
                parts.append(_across(chain, found.source.is_matrix and scalar))
            elif slug == "scalar-transpose" and within_traces:
                parts.append(Prose("a matrix and its transpose have the same trace"))
            elif slug != "tidy":
                parts.append(Prose(RULES[slug].reason, values))
    for total in filter(None, map(sum_of, found.chains)):
        # Σ_r tr(X^r dX X^(k−1−r)) = k tr(X^(k−1) dX): shifted, the terms no longer depend on r
        if not contains(_factor((total,), found), n.BoundedSum):
            times = count(total.index)
            values = () if times is None else (times,)
            what = "terms" if times is None else "{0} terms"
            parts.append(Prose(f"then all {what} of the sum are equal", values))
            slugs.append("equal-terms")
            break
    if not parts:
        return _rearranged(found, before, after)
    if into_a_trace:
        cyclic = Prose(RULES["cyclic-trace"].reason)
        at = parts.index(cyclic) if cyclic in parts else len(parts)
        parts[at : at + 1] = [Prose("a scalar is its own trace"), cyclic]
    if "scalar-transpose" in slugs:
        parts += _own_transposes(found, after)
    parts += _what_became_of_inverses(before, after)
    if (minus := why_signs(before, after)) is not None:
        parts.append(minus)
    return next(slug for slug in slugs if slug != "tidy"), sentence(parts)


def _own_transposes(found: LinearMap, after: Node) -> list[Prose]:
    """Return which factors are their own transposes by what they are made of, such as (X′X)⁻¹."""
    turned = [all_stages(chain) for chain in found.chains]
    turned = [stages for stages in turned if any(isinstance(stage, TransposeOf) for stage in stages)]
    sides = [side for stages in turned for stage in stages if isinstance(stage, Sandwich)
             for side in (stage.left, stage.right) if side is not None]  # fmt: skip
    inverses = {factor for side in sides for factor in _factors(side) if isinstance(factor, n.Inverse)}
    made = [
        node
        for node in dict.fromkeys(walk(after))
        if node in inverses and not isinstance(node.operands[0], Symbol) and is_symmetric(node)
    ]
    return [Prose("{0} is symmetric", (node,)) for node in made[:1]]


def _what_became_of_inverses(before: Node, after: Node) -> list[Prose]:
    """Return which inverses were written otherwise, and which met the matrix that they undo."""
    split = _split_inverses(before, after)
    met = [inverse for inverse in _cancelled_inverses(before, after) if not split or _is_of_product(inverse)]
    met = [inverse for inverse in met if inverse not in split]
    pairs = [(inverse, tidy(inverse)) for inverse in split]
    pairs += [(inverse * inverse.operands[0], build.identity(inverse.shape.rows)) for inverse in met]
    return [Prose("{0} = {1}", pair) for pair in pairs]


def _is_of_product(inverse: Node) -> bool:
    return isinstance(inverse.operands[0], n.Product)


def _cancelled_inverses(before: Node, after: Node) -> list[Node]:
    """Return the inverses of which every term has fewer factors than a term of the line before had."""
    most = [_most_in_a_term(line) for line in (before, after)]
    return [inverse for inverse, count in most[0].items() if count > most[1][inverse]]


def _most_in_a_term(line: Node) -> Counter[Node]:
    """Return how often each inverse occurs in the term that holds most of it; not what stands in another inverse."""
    most: Counter[Node] = Counter()
    for term in _terms_in_a_trace(line):
        most |= _inverses_in(term)
    return most


def _terms_in_a_trace(line: Node) -> Iterable[Node]:
    if isinstance(line, n.Add | n.Negate | n.Trace):
        for operand in line.operands:
            yield from _terms_in_a_trace(operand)
    elif isinstance(line, n.Product) and isinstance(line.operands[-1], n.Trace):
        yield from _terms_in_a_trace(line.operands[-1])
    else:
        yield line


def _inverses_in(node: Node) -> Counter[Node]:
    if isinstance(node, n.Inverse):
        return Counter({node: 1})
    start: Counter[Node] = Counter()
    if isinstance(node, n.Add):  # one of its terms at a time
        for operand in node.operands:
            start |= _inverses_in(operand)
        return start
    if isinstance(node, n.Power) and isinstance(node.operands[1], n.Number):
        times = max(1, int(node.operands[1].value))
        return Counter({inverse: count * times for inverse, count in _inverses_in(node.operands[0]).items()})
    return sum(map(_inverses_in, node.operands), start)


def _diagonal_between(before: Node, after: Node) -> Node | None:
    """Return the vector whose diagonal matrix is in the second expression only; None where there are several."""
    known = set(walk(before))
    found = [node.operands[0] for node in walk(after) if isinstance(node, n.Diag) and node not in known]
    return found[0] if len(found) == 1 else None


def _split_inverses(before: Node, after: Node) -> list[Node]:
    """Return the inverses that were written otherwise so that neighbours could cancel.

    (X′X)⁻¹ = X⁻¹X⁻ᵀ, (X²)⁻¹ = (X⁻¹)², (X⁻¹)⁻¹ = X.
    """
    kept = set(walk(after))
    inverses = [node for node in walk(before) if isinstance(node, n.Inverse) and node not in kept]
    return [node for node in dict.fromkeys(inverses) if not isinstance(tidy(node), n.Inverse | n.Transpose)]


def _rearranged(found: LinearMap, before: Node, after: Node) -> tuple[str, Prose]:
    """Return the rule and the reason where no stage of the map has one of its own."""
    if _enters_a_trace(found, before, after):
        whole = Prose("a scalar is its own trace")
        return "cyclic-trace", sentence([whole, Prose(RULES["cyclic-trace"].reason)])
    if found.source.is_scalar and (out := _comes_out(before, after)) is not None:
        return "tidy", sentence([out])
    if undone := _what_became_of_inverses(before, after):
        return "tidy", sentence(undone)
    eye = next((node for node in walk(after) if isinstance(node, n.Identity)), None)
    if eye is not None and not contains(before, n.Identity):
        return "identity-factor", sentence([Prose("multiplying by {0} changes nothing", (eye,))])
    if contains(before, n.EntrySum) and not contains(after, n.EntrySum):
        return "tidy", sentence([Prose("a sum of entries is the inner product with a vector of ones")])
    why = why_simplified(before, after)
    if isinstance(after, n.Product) and isinstance(after.operands[-1], n.Differential) and found.source.is_scalar:
        if contains(before, n.Differential) and reads_alike(_without(before), _without(after)):
            why = Prose("move {0} to the end", (after.operands[-1],))
        elif why.template == "move scalars to the front":
            why = Prose("rearrange the factors")
        if numbers_cancel(before, after) and "cancel" not in why.template:
            why = Prose("cancel common factors")
    return "tidy", sentence([why])


def _comes_out(before: Node, after: Node) -> Prose | None:
    """Return that the differential of a scalar comes out of a trace, or of a transpose; None where it does not."""
    dx = next((node for node in walk(after) if isinstance(node, n.Differential)), None)
    if dx is None:
        return None
    for kind, words in ((n.Trace, "trace"), (n.Transpose, "transpose")):
        if [_holds_inside(line, kind, dx) for line in (before, after)] == [True, False]:
            return Prose(f"{{0}} is a scalar, and scalars come out of the {words}", (dx,))
    return None


def _holds_inside(line: Node, kind: type[Node], dx: Node) -> bool:
    return any(dx in set(walk(part)) for part in walk(line) if isinstance(part, kind))


def _enters_a_trace(found: LinearMap, before: Node, after: Node) -> bool:
    """Return whether a term that was no trace has become one."""
    if not contains(after, n.Trace) or not found.target.is_scalar or not found.source.is_matrix:
        return False
    if any(isinstance(stage, VecOf | UnvecOf) for chain in found.chains for stage in all_stages(chain)):
        return False  # of stacked columns
    chains = [[stage for stage in all_stages(chain) if isinstance(stage, InnerWith)] for chain in found.chains]
    if contains(before, n.Trace):
        return not all(chains)
    return not all(any(stage.rule == "inner-product" for stage in chain) for chain in chains)


def _across(chain: Iterable[Stage], traced: bool) -> Prose:
    """Return in words how what stands before the differential moves across an inner product, which may be a trace."""
    also = ", which for matrices is a trace" if traced else ""
    moved = [stage for stage in chain if stage.rule == "inner-product"]
    kinds = list(map(type, moved))
    last = moved[-1]
    ones = isinstance(last, InnerWith) and last.weight is build.fill(build.ONE, last.weight.shape)
    if ones and len(kinds) > 1 and set(kinds[:-1]) == {HadamardWith}:
        return Prose(f"the sum of the entries of an entry-wise product is an inner product{also}")
    if ones and kinds == [InnerWith] and isinstance(last, InnerWith):
        array = "vector" if last.weight.shape.is_vector else "matrix"
        return Prose(f"a sum of entries is an inner product with a {array} of ones{also}")
    if kinds == [OuterBy] and isinstance(last, OuterBy):
        filled = last.array is build.fill(build.ONE, last.array.shape)
        sums = "; the inner product with a vector of ones is the sum of the entries" if filled else ""
        return Prose(f"multiply out{sums}")
    if VecOf in kinds or UnvecOf in kinds:
        halves = any(isinstance(stage, Sandwich) and isinstance(stage.left, n.Duplication) for stage in chain)
        also = "; the duplication matrix turns vech into vec" if halves else ""
        if VecOf in kinds and UnvecOf in kinds:
            also += "; between them a matrix moves to the other side as its transpose"
        return Prose(f"an inner product of matrices is that of their stacked columns{also}")
    if kinds == [DiagOf]:
        return Prose("under a trace, a diagonal matrix meets only the diagonal of the other factors")
    if kinds == [DiagonalOf]:
        return Prose("an inner product with a diagonal is a trace with a diagonal matrix")
    if set(kinds) == {HadamardWith}:
        return Prose("in an inner product, an entry-wise factor may change sides")
    return Prose(RULES["inner-product"].reason)


def _without(node: Node) -> Node:
    """Return a product without its differentials."""
    if isinstance(node, n.Negate):
        return build.negate(_without(node.operands[0]))
    if not isinstance(node, n.Product):
        return build.ONE if isinstance(node, n.Differential) else node
    rest = [_without(factor) for factor in node.operands]
    return build.product(*rest)


def _is_shifted(chain: tuple[Stage, ...]) -> bool:
    """Return whether factors are shifted inside a trace to bring the differential to its end."""
    transposed = False
    behind = False
    stacks = any(isinstance(stage, VecOf | UnvecOf) for stage in chain)
    for stage in chain:
        transposed ^= isinstance(stage, TransposeOf)
        if stacks and not (stage.source.is_matrix and stage.target.is_matrix):
            continue  # what is done to stacked columns is no shift inside the trace
        if isinstance(stage, Sandwich):
            behind |= stage.left is not None if transposed else stage.right is not None
        elif not isinstance(stage, TransposeOf | Scale | InnerWith):
            behind = True
    return behind and any(isinstance(stage, InnerWith) and stage.rule == "cyclic-trace" for stage in chain)
