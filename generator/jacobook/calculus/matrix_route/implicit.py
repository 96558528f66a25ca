"""The implicit-function step: an equation differentiated on both sides, and solved for the differential of its unknown.

If L(y, x) = R(y, x) for all nearby x, then ∂L/∂y dy − ∂R/∂y dy = ∂R/∂x dx − ∂L/∂x dx. Where the linear map on the left
is invertible, that determines dy (implicit function theorem). For a scalar f of y with the gradient G the solution p of
the adjoint equation (∂L/∂y − ∂R/∂y)* p = G gives df = ⟨p, ∂R/∂x dx − ∂L/∂x dx⟩ without solving for dy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.display.collect import collect
from jacobook.algebra.display.tidy import tidy
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.shapes import matrix
from jacobook.algebra.solutions import equation_of, solution_for
from jacobook.algebra.terms import term_node, terms_of
from jacobook.algebra.traverse import reads_alike, substitute
from jacobook.calculus.derivation import Assumption, Claim, Prose
from jacobook.calculus.matrix_route.expansion import depends, expand
from jacobook.calculus.matrix_route.jacobian import jacobian_of_chain
from jacobook.calculus.matrix_route.linear_maps import HadamardWith, LinearMap, inner_product
from jacobook.calculus.matrix_route.linear_reading import linear_map
from jacobook.calculus.matrix_route.several_variables import part_in
from jacobook.calculus.matrix_route.told_reasons import told_of_stacks
from jacobook.calculus.reasons import sentence
from jacobook.calculus.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Linearized:
    """An equation for a name, differentiated: in_unknown = in_variables."""

    unknown: Symbol
    left: LinearMap
    """The part of the differential of the left side that is linear in d of the unknown; `right` that of the right."""
    right: LinearMap
    in_unknown: Node
    """The terms with d of the unknown, brought to the left."""
    in_variables: Node
    """The terms with the d of the variables, brought to the right."""
    has_other_terms_left: bool
    """Whether terms of the left side, with the d of the variables, were brought to the right."""
    constant_side: Node | None
    """A side that does not vary, with the differential 0; None where that goes without saying."""
    claims: tuple[Claim, ...]
    """The differentials of both sides."""

    @property
    def matrix(self) -> Node:
        """Return what d of the unknown, its columns stacked, is multiplied by; for a scalar a number."""
        shape = self.unknown.shape
        terms = [jacobian_of_chain(chain, shape, shape) for chain in self.left.chains]
        terms += [build.negate(jacobian_of_chain(chain, shape, shape)) for chain in self.right.chains]
        size = shape.rows * shape.columns
        none = build.ZERO if shape.is_scalar else build.zero(matrix(size, size))
        return collect(build.add(*terms)) if terms else none

    @property
    def conditions(self) -> tuple[Assumption, ...]:
        """Return under which condition the differential of the unknown is determined; none where it always is."""
        if isinstance(self.matrix, n.Number) or is_invertible(self.matrix):
            return ()
        kind = "nonzero" if self.unknown.shape.is_scalar else "invertible"
        return (Assumption(without_number(self.matrix), kind, declared=False),)

    @property
    def solved(self) -> Node:
        """Return d of the unknown in terms of the d of the variables."""
        if self.unknown.shape.is_scalar:
            return build.divide(self.in_variables, self.matrix)
        inverse = build.inverse(self.matrix)
        if self.unknown.shape.is_vector:
            return build.product(inverse, self.in_variables)
        return build.unvec(build.product(inverse, build.vec(self.in_variables)), self.unknown.shape)

    def adjoint_equation(self, name: Symbol, gradient: Node) -> n.Solution:
        """Return the p with L* p = gradient, for L d(unknown) = in_unknown; terms keep their sides of the equation."""
        left, right = (tidy(side.adjoint().apply(name)) for side in (self.left, self.right))
        if not self.right.chains:
            return solution_for(name, left, gradient)
        return solution_for(name, left, tidy(build.add(right, gradient)))


def without_number(slope: Node) -> Node:
    """Return a scalar of one term without the number in front: it is 0 where the scalar is."""
    terms = terms_of(slope) if slope.shape.is_scalar else []
    return term_node(replace(terms[0], coefficient=Fraction(1)), slope.shape) if len(terms) == 1 else slope


def linearized(
    unknown: Symbol,
    solution: n.Solution,
    variables: tuple[Symbol, ...],
    names: frozenset[str] = frozenset(),
    held: frozenset[Symbol] = frozenset(),
) -> Linearized:
    """Return the equation, with its unknown under this name, differentiated with respect to it and to the variables.

    At the solution y of y = φ(y) the name stands for φ(y). `names` and `held` as in `expand`. Raises Refusal where no
    rule covers a differential.
    """
    claims: list[Claim] = []
    finals = []
    varying = (unknown, *variables)
    sides = equation_of(solution, unknown)
    for side in sides:
        if not depends(side, varying):
            finals.append(build.zero(side.shape))
            continue
        lines = expand(side, *varying, names=names, held=held - {unknown})
        final = lines[-1].expression
        if side is not unknown:
            left = build.differential(side)
            claims += [Claim(left, line.expression, line.rule, line.reason) for line in lines]
            final = substitute(final, {side: unknown}) if sides[0] is unknown else final
            if final is not lines[-1].expression:
                reason = Prose("At the solution {0} is {1}.", (side, unknown))
                claims.append(Claim(left, final, "substitution", reason))
        finals.append(final)
    of_left, of_right = (part_in(final, (unknown,)) for final in finals)
    by_left, by_right = (part_in(final, variables) for final in finals)
    return Linearized(
        unknown,
        linear_map(of_left, unknown),
        linear_map(of_right, unknown),
        _difference(of_left, of_right),
        _difference(by_right, by_left),
        not build.is_zero(by_left),
        next((side for side in sides if not (depends(side, varying) or build.is_zero(side))), None),
        tuple(claims),
    )


def slopes_of(solution: n.Solution) -> Node:
    """Return the derivative, columns stacked, of the left side minus the right one by the unknown that stands in it."""
    name = n.symbol(solution.unknown.name, solution.shape)
    left, right = equation_of(solution, name)
    difference = build.add(left, build.negate(right))
    final = expand(difference, name)[-1].expression
    found = linear_map(part_in(final, (name,)), name)
    terms = [jacobian_of_chain(chain, solution.shape, solution.shape) for chain in found.chains]
    size = solution.shape.rows * solution.shape.columns
    none = build.ZERO if solution.shape.is_scalar else build.zero(matrix(size, size))
    slopes = collect(build.add(*terms)) if terms else none
    return substitute(slopes, {name: solution.unknown})


def closed_form(solution: n.Solution) -> Node | None:
    """Return the solution of an equation that is linear in its unknown, by an inverse; None for another equation."""
    slopes = slopes_of(solution)
    if solution.unknown in slopes.symbols:
        return None
    rest = build.add(solution.operands[1], build.negate(solution.operands[0]))
    rest = tidy(substitute(rest, {solution.unknown: build.zero(solution.shape)}))
    if solution.shape.is_scalar:
        return build.divide(rest, slopes)
    if solution.shape.is_vector:
        return build.product(build.inverse(slopes), rest)
    return build.unvec(build.product(build.inverse(slopes), build.vec(rest)), solution.shape)


def _difference(first: Node, second: Node) -> Node:
    if build.is_zero(second):
        return first
    return tidy(build.negate(second) if build.is_zero(first) else build.add(first, build.negate(second)))


def implicit_claims(
    unknown: Symbol,
    solution: n.Solution,
    variables: tuple[Symbol, ...],
    names: frozenset[str] = frozenset(),
    held: frozenset[Symbol] = frozenset(),
) -> tuple[Node, list[Claim]]:
    """Return d of the unknown in terms of the d of the variables, and the claims that lead to it."""
    found = linearized(unknown, solution, variables, names, held)
    if build.is_zero(found.matrix):
        raise Refusal(f"the equation does not determine {unknown.name}: both its sides change alike, whatever it does")
    return found.solved, [*found.claims, *_solving(found, names | {symbol.name for symbol in found.in_unknown.symbols})]


def _solving(found: Linearized, names: frozenset[str]) -> list[Claim]:
    """Return the lines from the equation of both differentials to d of the unknown, its columns stacked."""
    change, slug = build.differential(found.unknown), "implicit-function"
    moved = [Prose("take the terms with {0} to the left", (change,))] if found.right.chains else []
    moved += [Prose("take the terms without {0} to the right", (change,))] if found.has_other_terms_left else []
    both = sentence([Prose("both sides have the same differential"), *_why_zero(found), *moved])
    claims = [Claim(found.in_unknown, found.in_variables, slug, both)]
    left, right = change, found.solved
    if found.unknown.shape.is_matrix:
        left, right = build.vec(left), right.operands[0]
    collected = build.product(found.matrix, left)
    if not reads_alike(collected, found.in_unknown):
        in_variables = build.vec(found.in_variables) if found.unknown.shape.is_matrix else found.in_variables
        claims.append(Claim(collected, in_variables, *_collecting(found, names)))
    divisor = found.matrix if isinstance(found.matrix, n.Number) else without_number(found.matrix)
    words = "Multiply by the inverse from the left, where {0} is invertible."
    if found.unknown.shape.is_scalar:
        words = "Divide by {0}." if isinstance(divisor, n.Number) else "Solve for {1}, where {0} is nonzero."
    elif is_invertible(found.matrix):
        words = "Multiply by the inverse from the left."
    return [*claims, Claim(left, right, slug, Prose(words, (divisor, change)), found.conditions)]


def _why_zero(found: Linearized) -> list[Prose]:
    return [] if found.constant_side is None else [Prose("that of {0} is 0", (found.constant_side,))]


def _collecting(found: Linearized, names: frozenset[str]) -> tuple[str, Prose]:
    """Return why the terms with d of the unknown are one matrix times it."""
    change = build.differential(found.unknown)
    if found.unknown.shape.is_matrix:
        return "vec-product", sentence([Prose("stack the columns of both sides"), told_of_stacks("vec-product", names)])
    stages = [stage for side in (found.left, found.right) for chain in side.chains for stage in chain]
    if any(isinstance(stage, HadamardWith) for stage in stages):
        diagonal = "An entry-wise product with a vector is a product with its diagonal matrix; collect the terms."
        return "hadamard-diag", Prose(diagonal)
    return "collect", Prose("Collect the terms with {0}.", (change,))


def adjoint_words(found: Linearized, name: Symbol, function: Symbol) -> Prose:
    """Return why the adjoint equation is asked for: ⟨df/dX, dX⟩ = ⟨P, L dX⟩."""
    through = inner_product(name, found.in_unknown)
    words = "Let {0} solve the adjoint equation, instead of solving for {4}: what {1} contributes to {2} is then {3}."
    return Prose(words, (name, found.unknown, build.differential(function), through, build.differential(found.unknown)))


def adjoint_steps(found: Linearized, name: Symbol, gradient: Node) -> tuple[Claim, ...]:
    """Return the lines from ⟨gradient, dX⟩ to ⟨P, L dX⟩, for P with L*(P) = gradient."""
    change = build.differential(found.unknown)
    left, right = (side.adjoint().apply(name) for side in (found.left, found.right))
    solved = _difference(tidy(left), tidy(right))
    whole = inner_product(gradient, change)
    by_equation = Prose("By the adjoint equation {0} = {1}.", (gradient, solved))
    across = "Every factor changes to the other side of the inner product, transposed."
    if found.unknown.shape.is_matrix:
        across = "Under the trace, every factor changes to the other side: shift cyclically, and transpose."
    return (
        Claim(whole, inner_product(solved, change), "adjoint-equation", by_equation),
        Claim(whole, inner_product(name, found.in_unknown), "adjoint", Prose(across)),
    )
