"""How difficult a derivation is, on a scale of three: by the kinds of steps that it takes, not by how many there are.

A long chain of numbers is easy, and a derivative through a matrix function is not, though it may be found in two lines.
What is counted is what a reader has to know: how many indices the variable, the function and the links have, which
rules come on top of those of calculus in one variable, whether the variable has a structure, and how often it occurs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.shapes import Shape, derivative_shape
from jacobook.algebra.traverse import walk
from jacobook.calculus.derivation import Claim, Derivation
from jacobook.calculus.differential import DifferentialDerivation
from jacobook.calculus.rules.table import DIFFERENTIALS
from jacobook.calculus.shown_first import routes_shown

WARM_UP, STANDARD, CHALLENGING = 1, 2, 3
LEVELS = {WARM_UP: "warm-up", STANDARD: "standard", CHALLENGING: "challenging"}
"""What lists call each level, the easiest first."""
LAST_EFFORTS = {WARM_UP: 2.5, STANDARD: 6}
"""The greatest effort of each level but the last."""
BEYOND = 2
"""What a derivative with more than two indices adds: rows and columns no longer guide the reader."""
STRUCTURE = 2
"""What a variable adds whose entries are not independent: it has two derivatives."""
SCALAR_LINK = 0.75
"""What a number between the function and an array adds; an array adds its indices."""
THROUGH_ARRAYS = 2
"""What a matrix adds that acts through other arrays: the derivatives of such links do not multiply as matrices."""
MOST_FOR_LINKS = 4
"""The most that the links of a chain add: one more is no longer another idea."""
MOST_FOR_PLACES = 3
"""The most that places of what varies after the first add, each its indices: the product rule then has many terms."""

_OWN_IDEAS: dict[float, tuple[str, ...]] = {
    # A remark that numbers do not need, but that is soon a habit.
    0.5: ("own-entry", "hadamard-diag", "sum-over-paths", "log-sum-exp", "part"),
    1: ("bounded-sum",),
    1.5: ("matrix-power",),  # a product in which the variable stands several times
    # A theorem with a proof of its own, or a rearrangement of indices.
    2: (
        "inverse",
        "determinant",
        "determinant-power",
        "log-determinant",
        "unspecified-function",
        "matrix-power-symbolic",
        "matrix-power-negative",
        "softmax",
        "kronecker",
        "khatri-rao",
        "trace-kronecker",
        "vec-kronecker",
        "vec-transpose",
        "duplication",
        "elimination",
        "sum-over-places",
        "implicit-function",
    ),
    # Functions of a whole matrix, and what is given by an equation between matrices.
    4: (
        "softmax-of-rows",
        "log-sum-exp-of-rows",
        "scaled-exponential",
        "matrix-exponential",
        "matrix-root",
        "matrix-logarithm",
        "pseudoinverse",
        "cholesky",
        "largest-eigenvalue",
        "leading-eigenvector",
        "eigenvalues",
        "eigenvectors",
        "nuclear-norm",
        "adjoint-equation",
    ),
}
WEIGHTS = {slug: weight for weight, slugs in _OWN_IDEAS.items() for slug in slugs}
"""What a rule adds where it is used; the rules that carry over from calculus in one variable add nothing."""
_SLUGS = {type(rule.pattern): rule.slug for rule in reversed(DIFFERENTIALS) if rule.slug in WEIGHTS}
"""The first rule for each kind of node: a line that uses several rules cites one."""


def level_of(derivation: Derivation) -> int:
    """Return the level of a derivation, by the route that its page shows first."""
    of, wrt = derivation.statement.function, derivation.statement.wrt
    on_the_way = {symbol for partial in derivation.partials for symbol in (partial.of, partial.wrt)} - {of, wrt}
    links = [link.expression for link in derivation.links if link.symbol in {of, *on_the_way}]
    effort = _effort_of_rules((*_first_lines(derivation), *derivation.combination), links, {wrt, *on_the_way})
    effort += _effort_of_places(links, {wrt, *on_the_way})
    effort += _effort_of_shapes(of.shape, wrt.shape)
    effort += _effort_of_links(on_the_way, wrt.shape)
    effort += STRUCTURE * bool(derivation.structured)
    return level_of_effort(effort)


def level_of_differential(derivation: DifferentialDerivation) -> int:
    """Return the level of a differential, in which several variables vary and nothing is read off."""
    varying = set(derivation.variables)
    effort = _effort_of_rules(derivation.claims, [derivation.function], varying)
    return level_of_effort(effort + max(len(variable.shape.axes) for variable in varying))


def level_of_effort(effort: float) -> int:
    """Return the level that an effort belongs to."""
    return next((level for level, last in LAST_EFFORTS.items() if effort <= last), CHALLENGING)


def _first_lines(derivation: Derivation) -> Iterator[Claim]:
    for partial in derivation.partials:
        routes = {"matrix": partial.matrix_route, "component": partial.component_route}
        yield from next((routes[name] for name in routes_shown(partial) if routes[name]), ())


def _effort_of_rules(lines: Iterable[Claim], links: Sequence[Node], varying: Collection[Symbol]) -> float:
    """Return what the different rules add together: one that is used again is known by then."""
    slugs = {claim.rule for claim in lines}
    slugs |= {slug for link in links for slug in _rules_for(link, varying)}
    return sum(WEIGHTS.get(slug, 0) for slug in slugs)


def _effort_of_places(links: Sequence[Node], varying: Collection[Symbol]) -> int:
    """Return what the variable and the names between add where they stand more than once in a line."""
    return min(MOST_FOR_PLACES, sum(sum(sorted(_places(link, varying))[:-1]) for link in links))


def _rules_for(link: Node, varying: Collection[Symbol]) -> Iterator[str]:
    """Yield the rules that an expression needs: a line that uses several of them cites one."""
    for node in walk(link):
        if type(node) in _SLUGS and any(node.depends_on(symbol) for symbol in varying):
            yield _SLUGS[type(node)]


def _places(node: Node, varying: Collection[Symbol]) -> list[int]:
    """Return the number of indices of what varies, for every place at which it is written in an expression."""
    if isinstance(node, Symbol):
        return [len(node.shape.axes)] if node in varying else []
    return [indices for operand in node.operands for indices in _places(operand, varying)]


def _effort_of_shapes(of: Shape, wrt: Shape) -> int:
    """Return what the indices of the function and of the variable add, from 0 for numbers on."""
    return len(of.axes) + len(wrt.axes) + (BEYOND if derivative_shape(of, wrt) is None else 0)


def _effort_of_links(on_the_way: Iterable[Symbol], wrt: Shape) -> float:
    """Return what the names between the function and the variable add; nothing in calculus of one variable."""
    shapes = [wrt, *(symbol.shape for symbol in on_the_way)]
    if all(shape.is_scalar for shape in shapes):
        return 0
    through_arrays = THROUGH_ARRAYS * (wrt.is_matrix and any(shape.axes for shape in shapes[1:]))
    return through_arrays + min(MOST_FOR_LINKS, sum(len(shape.axes) or SCALAR_LINK for shape in shapes[1:]))
