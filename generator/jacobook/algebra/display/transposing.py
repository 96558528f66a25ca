"""Transposes in what is shown: when one goes inside, when it stays outside, when it goes altogether.

- What leaves no choice is folded when it is built (`build.transpose`): a scalar, I, X″ = X, a written-out array.
- Otherwise a transpose goes to the factors of a product, in reverse order, and there through Kronecker products and
  sums over an index (`terms.transpose_word`); into a bracket only where that leaves fewer transposes: (y′ − c s′)′ is
  y − c s.
- It comes out of a whole matrix again where that saves two transposes or more, the one outside being counted, and of
  a row that is a sum of transposed columns, p′ − t′ (`turned_outside`); out of one bracket of a product where it saves
  one (`turned_bracket`).
- A matrix that is symmetric by its form, such as (X′X)⁻¹, has none (`is_own_transpose`). What is declared symmetric is
  no matter here: a derivation uses that in a step of its own (`calculus.properties`).

The normal form, in which expressions are compared, turns the factors that it must in a way of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.matrix_powers import is_symbolic_power
from jacobook.algebra.nodes import Node
from jacobook.algebra.normal_form import normal_form
from jacobook.algebra.terms import UNIT, Term, node_of, term_node, terms_of, transpose_terms


def is_own_transpose(node: Node) -> bool:
    """Return whether a matrix is symmetric by its form; not of what is too plain, or too open, to be looked into."""
    if isinstance(node, n.Symbol | n.Differential) or not node.shape.is_square or is_symbolic_power(node):
        return False
    if isinstance(node, n.Inverse) and isinstance(node.operands[0], n.Symbol):
        return False
    return normal_form(build.transpose(node)) is normal_form(node)


def turned_outside(node: Node) -> Node:
    """Return a matrix as (…)′ where that saves at least two transposes: B′X′ + X′B′ as (X B + B X)′."""
    if node.shape.is_row and isinstance(node, n.Add):
        return _row_of_columns(node)
    if not node.shape.is_matrix or not isinstance(node, n.Add | n.Product | n.Negate):
        return node
    terms = terms_of(node)
    front, terms = _front(terms)
    turned = transpose_terms(terms)
    if sum(map(_open_transposes, turned)) + 2 >= sum(map(_open_transposes, terms)):
        return node
    bracket = node_of(turned, node.shape.transposed)
    return term_node(Term(front.coefficient, front.scalars, (build.transpose(bracket),)), node.shape)


def _row_of_columns(node: Node) -> Node:
    """Return a sum of transposed columns as the transpose of their sum: p′ − t′ as (p − t)′.

    Not of products, x′A − y′B, which would be turned round, nor of unit vectors, which are written out.
    """
    terms = terms_of(node)
    columns = [term.transposed for term in terms]
    if any(
        len(term.word) != 1 or isinstance(term.word[0], n.UnitVector | n.RunningUnit | n.Literal) for term in columns
    ):
        return node
    if sum(map(_open_transposes, columns)) + 1 >= sum(map(_open_transposes, terms)):
        return node
    return build.transpose(node_of(columns, node.shape.transposed))


def _front(terms: list[Term]) -> tuple[Term, list[Term]]:
    """Return the scalars of a single term, and what they stand before."""
    if len(terms) != 1:
        return UNIT, terms
    return Term(terms[0].coefficient, terms[0].scalars, ()), [Term(Fraction(1), (), terms[0].word)]


def turned_bracket(bracket: Node, terms: list[Term]) -> Node:
    """Return x′ − s′A′ as (x − A s)′, where that saves transposes."""
    turned = transpose_terms(terms)
    if sum(map(_open_transposes, turned)) + 1 < sum(map(_open_transposes, terms)):
        return build.transpose(node_of(turned, bracket.shape.transposed))
    return bracket


def with_fewer_transposes(term: Term) -> Term:
    """Return the term or its transpose, whichever has fewer transposes, where either will do."""
    turned = term.transposed
    return turned if turned.transposes < term.transposes else term


def _open_transposes(term: Term) -> int:
    parts = [current for factor in term.word for current in _open_parts(factor)]
    return sum(isinstance(part, n.Transpose) or (isinstance(part, n.Fill) and part.shape.is_row) for part in parts)


def _open_parts(factor: Node) -> Iterator[Node]:
    """Yield the factor, and what stands in it outside of functions."""
    yield factor
    if isinstance(factor, n.Add | n.Negate | n.Product | n.Hadamard | n.Transpose):
        for operand in factor.operands:
            yield from _open_parts(operand)
