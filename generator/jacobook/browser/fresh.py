"""A fresh function of the kind of another one, for practice: the same shapes, a similar size, another derivative.

What is changed is small: an element-wise function, a number, a factor, one more term, a function around the whole. What
comes out is printed, read back and derived like any other statement; what is refused, or grows long, is not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.normal_form import equal
from jacobook.algebra.question import Link, Statement
from jacobook.algebra.shapes import Shape, ShapeError
from jacobook.algebra.traverse import rebuild, substitute, walk
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.language import LanguageError, parse_statement
from jacobook.language.printer import text_declarations, text_definition, text_functions

ATTEMPTS = 40
POSITIVE = ("exp", "cosh", "softplus", "sigmoid")
BOUNDED = ("sin", "cos", "tanh", "arctan", "sigmoid")
SMOOTH = ("exp", "sin", "cos", "tanh", "sigmoid", "softplus", "arctan")
"""Functions with a value and a derivative everywhere: of these, one may stand for another."""
FACTORS = tuple(map(Fraction, ("2", "3", "4", "1/2", "1/3")))
GROWTH = 1.5
"""How many times as many lines a fresh function may take; a short one may take some more."""
Change = Callable[[Statement], Iterator[Statement]]


@dataclass(frozen=True, slots=True)
class Fresh:
    """A fresh function: its texts, as they are typed, and its derivation."""

    given: tuple[str, ...]
    lines: tuple[str, ...]
    derivation: Derivation


def fresh_function(statement: Statement, seed: int) -> Fresh:
    """Return a function like that of the statement, the same one for the same seed.

    Raises Refusal where none was found.
    """
    random = Random(seed)
    original = derive(statement)
    longest = _length(original) * GROWTH + 4
    for attempt in range(ATTEMPTS):
        # A factor alone makes a dull exercise: it comes with another change, or when nothing else was found.
        changes = random.sample(_CHANGES, k=random.choice((1, 1, 2))) if 2 * attempt < ATTEMPTS else []
        if not changes or random.random() < 0.3:
            changes.append(_factors)
        changed = _changed(statement, changes, random)
        found = None if changed is None else _derived(changed)
        if found is None or _length(found.derivation) > longest:
            continue
        if not equal(found.derivation.value_without_names, original.value_without_names):
            return found
    raise Refusal("no similar function was found that can be derived")


def _changed(statement: Statement, changes: Sequence[Change], random: Random) -> Statement | None:
    """Return the statement with the changes made one after the other; None where one of them finds nothing to do."""
    for change in changes:
        found = list(change(statement))
        if not found:
            return None
        statement = random.choice(found)
    return statement


def _length(derivation: Derivation) -> int:
    """Return how many lines a derivation has by the matrix route."""
    return sum(len(partial.matrix_route) for partial in derivation.partials) + len(derivation.combination)


def _derived(statement: Statement) -> Fresh | None:
    """Return the statement as it is read from its own text, derived; None where that fails."""
    given = (*text_declarations(statement.declarations), *text_functions(statement.functions))
    lines = tuple(map(text_definition, statement.links))
    try:
        return Fresh(given, lines, derive(parse_statement(given, lines, statement.wrt.name)))
    except (LanguageError, Refusal):
        return None


def _with_expression(statement: Statement, link: Link, expression: Node) -> Statement:
    """Return the statement with another expression for a name; where arguments were named, they are no more."""
    links = [replace(one, function=None, arguments=()) for one in statement.links]
    place = statement.links.index(link)
    links[place] = replace(links[place], expression=expression)
    return replace(statement, links=tuple(links))


def _replacing(statement: Statement, options: Callable[[Node], Iterator[Node]]) -> Iterator[Statement]:
    """Yield the statement with one node replaced, for every node and every option that it has."""
    for link in statement.links:
        for node in walk(link.expression):
            for option in options(node):
                try:
                    yield _with_expression(statement, link, substitute(link.expression, {node: option}))
                except ShapeError:
                    continue


# -- what is changed --------------------------------------------------------------------------------------------------


def _other_functions(statement: Statement) -> Iterator[Statement]:
    """Yield statements with another element-wise function in the place of one.

    Where a logarithm, a root or a quotient stands, what was positive stays positive, and what was bounded bounded, so
    that the function keeps its domain.
    """
    careful = any(_is_partial(node) for link in statement.links for node in walk(link.expression))

    def options(node: Node) -> Iterator[Node]:
        if not isinstance(node, n.Apply):
            return
        name = node.function
        groups = (POSITIVE, BOUNDED) if careful else (SMOOTH,)
        group = next((group for group in groups if name in group), ())
        if not group and not careful:
            group = SMOOTH if not (ELEMENTWISE[name].domain or ELEMENTWISE[name].pole) else ()
        for other in group:
            if other != name:
                yield build.apply(other, node.operands[0])

    return _replacing(statement, options)


def _is_partial(node: Node) -> bool:
    """Return whether a node has no value, or no derivative, at some operands."""
    match node:
        case n.Apply():
            row = ELEMENTWISE[node.function]
            return bool(row.domain or row.pole or row.kink)
        case n.Power():
            exponent = node.operands[1]
            return not (isinstance(exponent, n.Number) and exponent.value > 0 and exponent.value.denominator == 1)
    return isinstance(node, n.Divide | n.HadamardDivide | n.HadamardPower | n.LogDeterminant | n.Inverse | n.Norm2)


def _other_numbers(statement: Statement) -> Iterator[Statement]:
    """Yield statements with another small number of the same sign in the place of one; an exponent keeps its parity."""

    def options(node: Node) -> Iterator[Node]:
        if isinstance(node, n.BoundedSum | n.Entry):  # there, numbers are places
            return
        for place, operand in enumerate(node.operands):
            if isinstance(operand, n.Number):
                is_exponent = isinstance(node, n.Power) and place == 1
                numbers = _exponents(node, operand.value) if is_exponent else _like(operand.value)
                for value in numbers:
                    yield rebuild(node, (*node.operands[:place], build.number(value), *node.operands[place + 1 :]))

    return _replacing(statement, options)


def _like(value: Fraction) -> Iterator[Fraction]:
    sign, size = (1 if value > 0 else -1), abs(value)
    if size != 1 and (size.denominator == 1 and 1 < size <= 9):
        yield from (Fraction(sign * other) for other in (2, 3, 4, 5) if other != size)
    elif size.numerator == 1 and 1 < size.denominator <= 9:
        yield from (Fraction(sign, other) for other in (2, 3, 4) if other != size.denominator)


def _exponents(node: Node, value: Fraction) -> Iterator[Fraction]:
    """Yield other exponents: of a matrix 2 or 3; of a scalar of the same parity, which keeps signs and domains."""
    if node.shape.is_matrix:
        yield from (Fraction(other) for other in (2, 3) if value in (2, 3) and other != value)
    elif value.denominator == 1 and 1 < value <= 5:
        yield from (Fraction(other) for other in (2, 3, 4, 5) if other != value and (other - value) % 2 == 0)


def _factors(statement: Statement) -> Iterator[Statement]:
    """Yield the statement with a number before the whole function."""
    link = statement.links[0]
    for factor in FACTORS:
        yield _with_expression(statement, link, build.product(build.number(factor), link.expression))


def _terms(statement: Statement) -> Iterator[Statement]:
    """Yield statements with a linear or a quadratic term more, in a line that holds the variable itself."""
    wrt = statement.wrt
    for link in statement.links:
        if wrt not in link.expression.symbols or any(map(_is_partial, walk(link.expression))):
            continue
        shape = link.symbol.shape
        name = _new_name(statement, wrt.shape if shape.is_scalar else shape)
        for term in _terms_of(shape, wrt, name):
            declared = [s for s in term.symbols if s not in statement.declarations]
            longer = replace(statement, declarations=(*statement.declarations, *declared))
            yield _with_expression(longer, link, build.add(link.expression, term))


def _terms_of(shape: Shape, wrt: Symbol, name: str) -> Iterator[Node]:
    """Yield terms of a shape that vary with the variable; a new constant has this name."""
    half = build.number(Fraction(1, 2))
    if wrt.shape.is_scalar:
        if shape.is_scalar:
            yield from (build.product(build.number(3), wrt), build.power(wrt, build.number(2)))
        else:
            yield build.product(wrt, n.symbol(name, shape))
    elif shape.is_scalar and wrt.shape.is_vector:
        yield build.product(build.transpose(n.symbol(name, wrt.shape)), wrt)
        yield build.product(half, build.transpose(wrt), wrt)
    elif shape.is_scalar and wrt.shape.is_matrix:
        yield build.trace(build.product(build.transpose(n.symbol(name, wrt.shape)), wrt))
        yield build.product(half, build.trace(build.product(build.transpose(wrt), wrt)))
    elif shape == wrt.shape:
        yield from (build.product(build.number(factor), wrt) for factor in (2, 3))


def _shifted(statement: Statement) -> Iterator[Statement]:
    """Yield statements in which the variable, less a constant, stands for the variable in a line."""
    wrt = statement.wrt
    constant = n.symbol(_new_name(statement, wrt.shape), wrt.shape)
    longer = replace(statement, declarations=(*statement.declarations, constant))
    for link in statement.links:
        is_linear = isinstance(link.expression, n.Add) and wrt in link.expression.operands
        if wrt in link.expression.symbols and not is_linear and not any(map(_is_partial, walk(link.expression))):
            moved = substitute(link.expression, {wrt: build.add(wrt, build.negate(constant))})
            yield _with_expression(longer, link, moved)


def _outer(statement: Statement) -> Iterator[Statement]:
    """Yield the statement with a function around the whole; one with values and a derivative everywhere."""
    link = statement.links[0]
    inside = link.expression
    if inside.shape.is_scalar:
        yield from (_with_expression(statement, link, build.apply(name, inside)) for name in ("sin", "cos", "tanh"))
        squared = build.power(inside, build.number(2))
        yield _with_expression(statement, link, squared)
        yield _with_expression(statement, link, build.apply("log", build.add(build.number(1), squared)))
    elif inside.shape.is_vector:
        yield from (_with_expression(statement, link, build.apply(name, inside)) for name in ("sin", "tanh"))


def _new_name(statement: Statement, shape: Shape) -> str:
    """Return a name for a constant that nothing has, no size either."""
    sizes = {name for symbol in statement.declarations for size in symbol.shape.dimensions for name in size.names}
    taken = statement.names | sizes
    names = ("B", "C", "P", "Q", "G", "H") if shape.is_matrix else ("a", "b", "c", "v", "w", "u", "p", "q")
    numbered = (f"{names[0]}_{k}" for k in range(1, 99))
    found: str = next(name for name in (*names, *numbered) if name not in taken)
    return found


_CHANGES: tuple[Change, ...] = (_other_functions, _other_numbers, _terms, _shifted, _outer)
