"""Entries of arrays as sums of monomials, and their derivatives with respect to an entry of the variable.

Everything polynomial is written out in indices; what is not (a function of a scalar or of entries, an inverse, a
determinant, a softmax) stays whole as an entry or a scalar with one index rule each for its derivative.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count, product

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.block_arrays import as_padded_sum, as_selected, as_sum
from jacobook.algebra.entry_lookup import are_fixed, entry_at, same_place
from jacobook.algebra.exponents import is_nonnegative, is_nonpositive, is_symbolic, plain_exponent, times
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.nodes import Index, Node, Pair, Position, RunningIndex, Symbol
from jacobook.algebra.operators import OPERATORS
from jacobook.algebra.predicates import is_invertible
from jacobook.algebra.shapes import ONE, Dimension, Shape
from jacobook.algebra.traverse import contains, renamed_index
from jacobook.algebra.whole_arrays import over_places, without_exclusion
from jacobook.calculus.component_route.monomials import Monomial, constant
from jacobook.calculus.component_route.shown_entries import BOUND, letters
from jacobook.calculus.refusal import UNKNOWN_SIGN, Refusal
from jacobook.calculus.rules.derivatives import derivative_at
from jacobook.calculus.unspecified_partials import places_of_partial, raised

Sum = list[Monomial]
_OPENED = (
    n.Add, n.Negate, n.Product, n.Diag, n.Transpose, n.Hadamard, n.Diagonal,
    n.Commutation, n.Vec, n.Unvec, n.Kronecker, n.KhatriRao,
)  # fmt: skip
"""Constant arrays that are written out all the same, since that shows or lets sum what is in them."""


_PLACED = (n.RunningUnit, n.UnitVector, n.Literal, n.Blocks, n.Subarray, n.Diag, n.Kronecker, n.KhatriRao)
"""What has zeros at most places, or other entries here and there: a sum with one of them is written out."""


class Components:
    """Writes expressions in entries and differentiates them with respect to an entry of one variable."""

    def __init__(self, variable: Symbol, at: tuple[Position, ...]) -> None:
        self.variable, self.at = variable, at
        self._names = count(1)

    def fresh(self, dimension: Dimension) -> Index:
        """Return an index that no other part of the computation uses."""
        return Index(f"_{next(self._names)}", dimension)

    def names_beside(self, indices: tuple[Index, ...]) -> Iterator[str]:
        """Return letters for further indices of the result, other than these and those of the variable."""
        taken = {index.name for index in indices} | {p.name for p in self.at if isinstance(p, Index)}
        return iter(letters(BOUND[2:], taken | {self.variable.name}))

    # -- entries ---------------------------------------------------------------------------------------------------

    def entry(self, node: Node, *places: Position) -> Sum:
        """Return the entry of the node at the places as a sum of monomials (none for zero)."""
        match node:  # what is written out whether or not it varies
            case n.Number():  # c; 0 has no monomials
                return [Monomial(node.value)] if node.value else []
            case n.Identity():  # I_ij = δ_ij
                return [Monomial(Fraction(1), (), ((places[0], places[1]),))]
            case n.Fill():  # every entry is the same scalar
                return self.entry(node.operands[0])
            case n.UnitVector():  # (e_k)_i = δ_ki
                return [Monomial(Fraction(1), (), ((node.position, places[0]),))]
        if not node.depends_on(self.variable) and self._stays_whole(node):
            return [constant(_reduced(node, places))]
        match node:
            case n.Entry():
                return self.entry(node.operands[0], *node.positions)
            case n.Skew():
                return self.entry(build.skew_written_out(node.operands[0]), *places)
            case n.Blocks():
                return self.entry(_opened_blocks(node), *places)
            case n.Subarray():  # P A Q with parts of identities
                return self.entry(as_selected(node), *places)
            case n.Literal():  # Σ_pq a_pq δ_pi δ_qj
                return self._literal(node, places)
            case n.Add():  # (A + B)_ij = A_ij + B_ij
                return [m for operand in node.operands for m in self.entry(operand, *places)]
            case n.Negate():
                return [m.scaled(Fraction(-1)) for m in self.entry(node.operands[0], *places)]
            case n.Product():  # (A B)_ij = Σ_k A_ik B_kj
                return self._product(node, places)
            case n.Transpose():  # (A′)_ij = A_ji
                return self.entry(node.operands[0], *reversed(places))
            case n.Hadamard():  # (A ∘ B)_ij = A_ij B_ij
                left, right = (self.entry(operand, *places) for operand in node.operands)
                return [a.times(b) for a, b in product(left, right)]
            case n.Divide():  # (A / s)_ij = A_ij s⁻¹
                below = Monomial(Fraction(1), ((node.operands[1], Fraction(-1)),))
                return [m.times(below) for m in self.entry(node.operands[0], *places)]
            case n.HadamardDivide():  # A_ij B_ij⁻¹
                return self._entry_quotient(node, places)
            case n.Trace():  # tr A = Σ_i A_ii
                i = self.fresh(node.operands[0].shape.rows)
                return bound_before(self.entry(node.operands[0], i, i), i)
            case n.EntrySum():  # Σ_ij A_ij
                fresh = [self.fresh(dimension) for dimension in node.operands[0].shape.axes]
                return bound_before(self.entry(node.operands[0], *fresh), *fresh)
            case n.BoundedSum() if node.index.excluded and (everywhere := without_exclusion(node)) is not None:
                return self.entry(everywhere, *places)
            case n.BoundedSum() if (found := over_places(node, f"_{next(self._names)}")) is not None:  # e_i is (δ_ij)_j
                i, body = found
                return bound_before(self.entry(body, *places), i)
            case n.BoundedSum() if node.index.excluded or contains(node, n.RunningUnit):
                raise Refusal("there is no rule in entries for a sum over some places alone")
            case n.BoundedSum():  # (Σ_r A_r)_ij = Σ_r (A_r)_ij
                renamed = renamed_index(node, f"_{next(self._names)}")
                return _sum_over(renamed.index, self.entry(renamed.operands[0], *places))
            case n.Diag():  # diag(v)_ij = δ_ij v_i
                row, column = places
                delta = Monomial(Fraction(1), (), ((row, column),))
                v = node.operands[0]
                whole = not v.depends_on(self.variable)
                entries = [constant(build.entry(v, row))] if whole else self.entry(v, row)
                return [delta.times(m) for m in entries]
            case n.Diagonal():  # A_ii
                return self.entry(node.operands[0], places[0], places[0])
            case n.Power() if not node.shape.is_scalar and isinstance(node.operands[1], n.Number):  # a product
                return self._matrix_power(node, places)
            case n.Power() if _small_power(node):  # s^k of a variable s is a monomial; of anything else a base
                exponent = int(node.operands[1].parameters[0])  # type: ignore[call-overload]
                base = node.operands[0]
                if isinstance(base, n.Symbol):
                    return [Monomial(Fraction(1), ((base, Fraction(exponent)),))]
            case n.Vec():  # vec(A) at the pair (j, i) is A_ij
                (column, row), front = self._split(
                    places[0], node.operands[0].shape.columns, node.operands[0].shape.rows
                )
                return [front.times(m) for m in self.entry(node.operands[0], row, column)]
            case n.Unvec():  # the matrix with vec = v: its entry (i, j) is v at the pair (j, i)
                return self.entry(node.operands[0], _stacked_place(node.shape, places))
            case n.Kronecker() | n.KhatriRao():  # A_ij B_pq
                return self._kronecker(node, places)
            case n.Commutation():  # K vec(A) = vec(A′): 1 where the two pairs are each other's reverse
                rows, columns = node.sizes
                upper, first = self._split(places[0], rows, columns)
                lower, second = self._split(places[1], columns, rows)
                agree = Monomial(Fraction(1), (), ((upper[0], lower[1]), (upper[1], lower[0])))
                return [first.times(second).times(agree)]
        return [constant(_reduced(node, places))]  # a function or an inverse: one factor, with a rule of its own below

    @staticmethod
    def _stays_whole(node: Node) -> bool:
        """Return whether a constant is not written out: scalars but for sums and products, inverses, functions."""
        if node.shape.is_scalar:
            factors = node.operands if isinstance(node, n.Product) else ()
            return not isinstance(node, n.Add | n.Negate) and not (factors and all(f.shape.is_scalar for f in factors))
        if isinstance(node, n.Blocks):
            return as_sum(node) is None
        if isinstance(node, n.Add) and len(node.shape.axes) == 1:  # x − μ: its entry is x_i − μ_i, one factor
            return not contains(node, _PLACED)
        return not isinstance(node, _OPENED)

    def _literal(self, node: Node, places: tuple[Position, ...]) -> Sum:
        """Return Σ of the entries, each times the deltas that are 1 at its place and 0 elsewhere."""
        columns = node.shape.columns.coefficient
        result: Sum = []
        for number, value in enumerate(node.operands):
            at = Dimension(number // columns + 1), Dimension(number % columns + 1)
            own = _at(node, *at)
            if any(same_place(place, here) is False for place, here in zip(places, own, strict=True)):
                continue
            deltas = tuple(pair for pair in zip(own, places, strict=True) if pair[0] != pair[1])
            result += [Monomial(Fraction(1), (), deltas).times(m) for m in self.entry(value)]
        return result

    def _product(self, node: Node, places: tuple[Position, ...]) -> Sum:
        """Return Σ_k A_ik B_kj, A being all factors but the last; some products have no index to sum over."""
        left, last = build.product(*node.operands[:-1]), node.operands[-1]
        if left.shape.is_scalar or last.shape.is_scalar:  # (s A)_ij = s A_ij
            a = self.entry(left, *(() if left.shape.is_scalar else places))
            b = self.entry(last, *(() if last.shape.is_scalar else places))
            return [x.times(y) for x, y in product(a, b)]
        at_left = (places[0],) if left.shape.is_vector or left.shape.is_matrix else ()
        at_right = (places[-1],) if last.shape.is_row or last.shape.is_matrix else ()
        if left.shape.is_vector and last.shape.is_row:  # (u v′)_ij = u_i v_j: an outer product sums over nothing
            return [x.times(y) for x, y in product(self.entry(left, *at_left), self.entry(last, *at_right))]
        if left.shape.is_vector or last.shape.is_row:  # with a matrix of one row or one column: no sum either
            one = Dimension(1)
            a = self.entry(left, *at_left, *(() if left.shape.is_vector else (one,)))
            b = self.entry(last, *(() if last.shape.is_row else (one,)), *at_right)
            return [x.times(y) for x, y in product(a, b)]
        k = self.fresh(last.shape.rows)
        a, b = self.entry(left, *at_left, k), self.entry(last, k, *at_right)
        return [m for x, y in product(a, b) for m in _bind([x.times(y)], k)]

    def _split(
        self, position: Position, major: Dimension, minor: Dimension
    ) -> tuple[tuple[Position, Position], Monomial]:
        """Return the two parts of a place among a product of sizes, with the delta that joins new ones."""
        one = Dimension(1)
        if major == one:  # 1 · n places: the whole place is the minor part
            return (one, position), Monomial(Fraction(1))
        if minor == one:
            return (position, one), Monomial(Fraction(1))
        # A number p among major · minor places is (p − 1) divided by minor, with its remainder.
        if isinstance(position, Dimension) and not position.names and (position == one or not minor.names):
            above, below = divmod(position.coefficient - 1, minor.coefficient)
            return (Dimension(above + 1), Dimension(below + 1)), Monomial(Fraction(1))
        if isinstance(position, Pair) and position.sizes == (major, minor):
            return (position.major, position.minor), Monomial(Fraction(1))
        a, b = self.fresh(major), self.fresh(minor)  # any other place p: Σ_ab δ_{p,(a,b)}
        return (a, b), Monomial(Fraction(1), (), ((position, Pair(a, b)),), (a, b))

    def _kronecker(self, node: Node, places: tuple[Position, ...]) -> Sum:
        """Return (A ⊗ B) at rows (i, p) and columns (j, q): A_ij B_pq; column by column for Khatri-Rao."""
        a, b = node.operands
        row = places[0] if not node.shape.is_row else Dimension(1)
        column = places[-1] if not node.shape.is_vector else Dimension(1)
        (i, p), rows = self._split(row, a.shape.rows, b.shape.rows)
        if isinstance(node, n.KhatriRao):
            (j, q), columns = (column, column), Monomial(Fraction(1))
        else:
            (j, q), columns = self._split(column, a.shape.columns, b.shape.columns)
        front = rows.times(columns)
        left, right = self.entry(a, *_at(a, i, j)), self.entry(b, *_at(b, p, q))
        return [front.times(x).times(y) for x, y in product(left, right)]

    def _entry_quotient(self, node: Node, places: tuple[Position, ...]) -> Sum:
        above, below = node.operands
        a = self.entry(above, *(() if above.shape.is_scalar else places))
        inverted = Monomial(Fraction(1), ((build.entry(below, *places), Fraction(-1)),))
        return [m.times(inverted) for m in a]

    def _matrix_power(self, node: Node, places: tuple[Position, ...]) -> Sum:
        base, exponent = node.operands
        assert isinstance(exponent, n.Number)
        whole = int(exponent.value)
        if whole == 0:
            return self.entry(build.identity(base.shape.rows), *places)
        base = base if whole > 0 else build.inverse(base)
        if abs(whole) > 16:
            raise Refusal("powers of matrices beyond 16 are not written out in entries")
        return self.entry(build.product(*(base,) * abs(whole)), *places)

    # -- derivatives -----------------------------------------------------------------------------------------------

    def derivative(self, monomials: Sum) -> Sum:
        """Return the derivative of a sum with respect to the entry of the variable; deltas are not used yet.

        What comes of a factor stands in its place, between the factors that were before it and those behind it.
        """
        result: Sum = []
        for monomial in monomials:
            for position, (base, exponent) in enumerate(monomial.factors):
                lowered = () if exponent == 1 else ((base, exponent - 1),)
                before = (*monomial.factors[:position], *lowered)
                front = replace(monomial, coefficient=monomial.coefficient * exponent, factors=before)
                behind = Monomial(Fraction(1), monomial.factors[position + 1 :])
                result += [front.times(inner).times(behind) for inner in self.of_base(base)]
        return result

    def of_base(self, base: Node) -> Sum:
        """Return the derivative of one base: an entry of an array, or a scalar."""
        if not base.depends_on(self.variable):
            return []
        if isinstance(base, n.Entry):
            return self._of_entry(base.operands[0], base.positions)
        if base is self.variable:
            return [Monomial(Fraction(1))]
        return self._of_scalar(base)

    def _of_entry(self, array: Node, places: tuple[Position, ...]) -> Sum:
        """Return the derivative of an entry of an array that was kept whole, by the rule of its class."""
        match array:
            case n.Symbol():  # ∂X_ij/∂X_kl = δ_ik δ_jl
                deltas = tuple((p, q) for p, q in zip(places, self.at, strict=True))
                return [Monomial(Fraction(1), (), deltas)]
            case n.Apply():  # ∂f(a_ij) = f′(a_ij) ∂a_ij
                slope = derivative_at(array.function, array.operands[0])
                outer = [] if build.is_zero(slope) else [constant(build.entry(slope, *places))]
                return self._chain(outer, array.operands[0], places)
            case n.HadamardPower():
                return self._entry_power(array, places)
            case n.FunctionValue():
                return self._of_function(array, places)
            case n.Inverse():  # ∂(A⁻¹)_ij = −Σ_ab (A⁻¹)_ia ∂A_ab (A⁻¹)_bj
                inner = array.operands[0]
                a, b = self.fresh(inner.shape.rows), self.fresh(inner.shape.rows)
                i, j = places
                before, after = constant(build.entry(array, i, a)), constant(build.entry(array, b, j))
                middle = self.derivative(self.entry(inner, a, b))
                terms = [before.times(m).times(after).scaled(Fraction(-1)) for m in middle]
                return _bind(terms, a, b)
            case n.Power() if is_symbolic_power(array):
                return self._symbolic_power(array, places)
            case n.LargestOfRows():  # of row i: Σ_j P_ij ∂A_ij, with P the places of the largest
                inner, (i,) = array.operands[0], places
                j = self.fresh(inner.shape.columns)
                weight = constant(build.entry(build.largest_place_of_rows(inner), i, j))
                return _bind([weight.times(m) for m in self.derivative(self.entry(inner, i, j))], j)
            case n.LargestPlace() | n.LargestPlaceOfRows():  # locally constant
                return []
            case n.Arctan2():
                return self._angle(array, places)
            case n.Eigenvalues():  # ∂λ_i = Σ_ab V_ai ∂A_ab V_bi
                inner, (i,) = array.operands[0], places
                a, b = self.fresh(inner.shape.rows), self.fresh(inner.shape.rows)
                pair = self._product_of_entries(build.eigenvectors(inner), (a, i), (b, i))
                return _bind([pair.times(m) for m in self.derivative(self.entry(inner, a, b))], a, b)
            case n.Eigenvectors():  # ∂V_ij = Σ_k V_ik Σ_ab V_ak ∂A_ab V_bj / (λ_j − λ_k) over k ≠ j
                return self._of_eigenvectors(array, places)
            case n.Softmax():  # with p = softmax(z): ∂p_i = p_i ∂z_i − Σ_j p_i p_j ∂z_j
                inner = array.operands[0]
                *row, i = places
                j = self.fresh(inner.shape.axes[-1])
                own = constant(build.entry(array, *row, i))
                direct = [own.times(m) for m in self.derivative(self.entry(inner, *row, i))]
                shared = [
                    own.times(constant(build.entry(array, *row, j))).times(m).scaled(Fraction(-1))
                    for m in self.derivative(self.entry(inner, *row, j))
                ]
                return direct + _bind(shared, j)
            case n.LogSumExp():  # of row i: Σ_j softmax(Z)_ij ∂Z_ij
                inner, (i,) = array.operands[0], places
                j = self.fresh(inner.shape.columns)
                weight = constant(build.entry(build.softmax(inner), i, j))
                return _bind([weight.times(m) for m in self.derivative(self.entry(inner, i, j))], j)
        opened = self.entry(array, *places)  # an array that varies although its entry was kept: written out now
        if opened == [constant(build.entry(array, *places))]:
            raise Refusal(f"there is no formula for the entries of {name_of(array)}")
        return self.derivative(opened)

    def _symbolic_power(self, array: Node, places: tuple[Position, ...]) -> Sum:
        """Return ∂(X^e)_ij = Σ_r Σ_ab (X^r)_ia ∂X_ab (X^(e−1−r))_bj, for e ≤ 0 by the inverse of the positive power."""
        base, exponent = array.operands
        i, j = places
        a, b = self.fresh(base.shape.rows), self.fresh(base.shape.rows)
        if is_nonpositive(exponent):
            before, after = constant(build.entry(array, i, a)), constant(build.entry(array, b, j))
            middle = self._of_entry(build.power(base, times(exponent, -1)), (a, b))
            return _bind([before.times(m).times(after).scaled(Fraction(-1)) for m in middle], a, b)
        if not is_nonnegative(exponent):
            raise Refusal(UNKNOWN_SIGN)
        last = plain_exponent(exponent - build.ONE)
        r = build.running_index(f"_{next(self._names)}", build.ZERO, last)
        before = constant(build.entry(build.power(base, r), i, a))
        after = constant(build.entry(build.power(base, plain_exponent(last - r)), b, j))
        middle = self.derivative(self.entry(base, a, b))
        return _sum_over(r, _bind([before.times(m).times(after) for m in middle], a, b))

    def _entry_power(self, array: Node, places: tuple[Position, ...]) -> Sum:
        """Return d(b .^ e) at the places: e b^(e−1) db + log(b) b^e de."""
        base, exponent = array.operands
        if isinstance(exponent, n.Number):
            outer = Monomial(exponent.value, ((build.entry(base, *places), exponent.value - 1),))
            return self._chain([outer], base, places)
        one = build.ONE if exponent.shape.is_scalar else build.fill(build.ONE, exponent.shape)
        lowered = build.hadamard_power(base, exponent - one)
        by_base = _of(exponent, places).times(constant(build.entry(lowered, *places)))
        by_exponent = _of(build.apply("log", base), places).times(constant(build.entry(array, *places)))
        terms = []
        for outer, inner in ((by_base, base), (by_exponent, exponent)):
            if inner.depends_on(self.variable):
                terms += self._chain([outer], inner, () if inner.shape.is_scalar else places)
        return terms

    def _chain(self, outer: Sum, inner: Node, places: tuple[Position, ...]) -> Sum:
        """Return outer · ∂(inner at the places), the chain rule for one entry."""
        if not outer:
            return []
        return [a.times(b) for a, b in product(outer, self.derivative(self.entry(inner, *places)))]

    def _of_function(self, node: n.FunctionValue, places: tuple[Position, ...]) -> Sum:
        """Return Σ over the arguments, and over their entries, of ∂p/∂u_i times the derivative of u_i."""
        terms: Sum = []
        for slot, argument in enumerate(node.operands, 1):
            if argument.depends_on(self.variable):
                at = tuple(self.fresh(dimension) for dimension in argument.shape.axes)
                partial = build.entry(raised(node, slot), *places_of_partial(node, slot, places, at))
                inner = self.derivative(self.entry(argument, *at))
                terms += _bind([constant(partial).times(m) for m in inner], *at)
        return terms

    def _of_scalar(self, node: Node) -> Sum:
        """Return the derivative of a scalar that was kept whole, by the rule of its class."""
        if isinstance(node, n.FunctionValue):
            return self._of_function(node, ())
        inner = node.operands[0]
        match node:
            case n.Apply():  # ∂f(u) = f′(u) ∂u
                slope = derivative_at(node.function, inner)
                return self._chain([] if build.is_zero(slope) else [constant(slope)], inner, ())
            case n.Power():  # ∂(s^e) = e s^(e−1) ∂s + log(s) s^e ∂e, the second term only for an exponent that varies
                base, exponent = node.operands
                if isinstance(exponent, n.Number):
                    outer = Monomial(exponent.value, ((base, exponent.value - 1),))
                    return self._chain([outer], base, ())
                first = [constant(exponent).times(constant(build.power(base, exponent - build.ONE)))]
                if is_symbolic(exponent):
                    lowered = build.power(base, plain_exponent(exponent - build.ONE))
                    return self._chain([constant(exponent).times(constant(lowered))], base, ())
                second = [constant(build.apply("log", base)).times(constant(node))]
                return self._chain(first, base, ()) + self._chain(second, exponent, ())
            # ∂ log|det A| = Σ_ab (A⁻¹)_ba ∂A_ab; times det A for the determinant, and adj(A) = det(A) A⁻¹ where A may
            # be singular.
            case n.Determinant() | n.LogDeterminant():
                a, b = self.fresh(inner.shape.rows), self.fresh(inner.shape.rows)
                if isinstance(node, n.Determinant) and not is_invertible(inner):
                    outer = constant(build.entry(build.adjugate(inner), b, a))
                else:
                    outer = constant(build.entry(build.inverse(inner), b, a))
                    if isinstance(node, n.Determinant):
                        outer = constant(node).times(outer)
                return _bind([outer.times(m) for m in self.derivative(self.entry(inner, a, b))], a, b)
            case n.LogSumExp():  # Σ_i softmax(z)_i ∂z_i
                i = self.fresh(inner.shape.length)
                weight = constant(build.entry(build.softmax(inner), i))
                return _bind([weight.times(m) for m in self.derivative(self.entry(inner, i))], i)
            case n.Norm1():  # Σ_ij sign(a_ij) ∂a_ij
                return self._weighted(build.apply("sign", inner), inner)
            case n.Largest():  # Σ_ij p_ij ∂a_ij, with p the place of the largest
                return self._weighted(build.largest_place(inner), inner)
            case n.NuclearNorm():  # Σ_ij (U V′)_ij ∂A_ij
                return self._weighted(build.polar_factor(inner), inner)
            case n.LargestEigenvalue():  # Σ_ab v_a v_b ∂A_ab
                a, b = self.fresh(inner.shape.rows), self.fresh(inner.shape.rows)
                pair = self._product_of_entries(build.leading_eigenvector(inner), (a,), (b,))
                return _bind([pair.times(m) for m in self.derivative(self.entry(inner, a, b))], a, b)
            case n.Arctan2():
                return self._angle(node, ())
            case n.Norm2():  # ‖A‖⁻¹ Σ_ij a_ij ∂a_ij
                fresh = [self.fresh(dimension) for dimension in inner.shape.axes]
                terms = [
                    Monomial(Fraction(1), ((node, Fraction(-1)),)).times(a).times(b)
                    for a in self.entry(inner, *fresh)
                    for b in self.derivative(self.entry(inner, *fresh))
                ]
                return _bind(terms, *fresh)
        opened = self.entry(node)
        if opened == [constant(node)]:
            raise Refusal(f"there is no formula for the entries of {name_of(node)}")
        return self.derivative(opened)

    def _weighted(self, weights: Node, inner: Node) -> Sum:
        """Return Σ w_ij ∂a_ij."""
        fresh = [self.fresh(dimension) for dimension in inner.shape.axes]
        weight = constant(build.entry(weights, *fresh))
        return _bind([weight.times(m) for m in self.derivative(self.entry(inner, *fresh))], *fresh)

    @staticmethod
    def _product_of_entries(array: Node, first: tuple[Position, ...], second: tuple[Position, ...]) -> Monomial:
        return constant(build.entry(array, *first)).times(constant(build.entry(array, *second)))

    def _of_eigenvectors(self, array: Node, places: tuple[Position, ...]) -> Sum:
        """Return ∂V_ij, with half of ∂A_ab and half of ∂A_ba: it is the symmetric part that the eigenvectors are of."""
        inner, (i, j) = array.operands[0], places
        k, a, b = (self.fresh(inner.shape.rows) for _ in range(3))
        values, ones = build.eigenvalues(inner), build.fill(build.ONE, inner.shape)
        column, eye = build.fill(build.ONE, build.eigenvalues(inner).shape), build.identity(inner.shape.rows)
        gaps = build.add(column * values.T, -(values * column.T), eye)
        turned = build.hadamard_divide(build.add(ones, -eye), gaps)
        front = constant(build.entry(array, i, k)).times(constant(build.entry(turned, k, j))).scaled(Fraction(1, 2))
        pairs = self._product_of_entries(array, (a, k), (b, j)), self._product_of_entries(array, (b, k), (a, j))
        changes = self.derivative(self.entry(inner, a, b))
        return _bind([front.times(pair).times(m) for pair in pairs for m in changes], k, a, b)

    def _angle(self, node: Node, places: tuple[Position, ...]) -> Sum:
        """Return (x ∂y − y ∂x)/(x² + y²), for one entry."""
        above, below = node.operands
        squares = build.hadamard_power(below, build.TWO) + build.hadamard_power(above, build.TWO)
        by_above, by_below = (_of(build.hadamard_divide(other, squares), places) for other in (below, above))
        minus = by_below.scaled(Fraction(-1))
        return self._chain([by_above], above, places) + self._chain([minus], below, places)


def name_of(node: Node) -> str:
    """Return what a node is called where no rule covers it: as it is typed, or the name of its class."""
    operator = OPERATORS.get(type(node))
    return type(node).__name__.lower() if operator is None else operator.name


def bound_before(monomials: Sum, *indices: Index) -> Sum:
    """Return the sum of the monomials over these indices, which are named before the others."""
    return [replace(m, bound=indices + m.bound) for m in monomials]


def _bind(monomials: Sum, *indices: Index) -> Sum:
    return [replace(m, bound=m.bound + indices) for m in monomials]


def _stacked_place(shape: Shape, places: tuple[Position, ...]) -> Position:
    """Return the place of an entry of a matrix among its stacked columns."""
    row, column = places
    if shape.rows == ONE:
        return column
    return row if shape.columns == ONE else Pair(column, row, (shape.columns, shape.rows))


def _sum_over(index: RunningIndex, monomials: Sum) -> Sum:
    return [replace(m, ranges=(index, *m.ranges)) for m in monomials]


def _at(array: Node, row: Position, column: Position) -> tuple[Position, ...]:
    """Return the positions that an entry of the array takes."""
    if array.shape.is_matrix:
        return row, column
    return (row,) if array.shape.is_vector else (column,)


def _of(value: Node, places: tuple[Position, ...]) -> Monomial:
    """Return a scalar, or the entry of an array at the places."""
    return constant(value if value.shape.is_scalar else build.entry(value, *places))


def _small_power(node: Node) -> bool:
    exponent = node.operands[1]
    return isinstance(exponent, n.Number) and exponent.value.denominator == 1


def _reduced(node: Node, places: tuple[Position, ...]) -> Node:
    """Return the entry of the node with transposes taken out: (A′)_ij is A_ji."""
    if isinstance(node, n.Transpose):
        return _reduced(node.operands[0], tuple(reversed(places)))
    if isinstance(node, n.Literal) and are_fixed(places):
        return entry_at(node, *places)
    return build.entry(node, *places)


def _opened_blocks(node: n.Blocks) -> Node:
    """Return an array of blocks as a sum. Raises Refusal for [0, I, 0], with which such sums are written."""
    found = as_sum(node)
    if found is None and all(isinstance(block, n.Identity) or build.is_zero(block) for block in node.operands):
        raise Refusal(f"there is no formula for the entries of {name_of(node)}")
    return found or as_padded_sum(node)
