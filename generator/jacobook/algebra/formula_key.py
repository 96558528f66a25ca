"""One key for a formula and a variable, whatever its letters: what a search compares.

Two formulas have one key if renaming the variable, the constants and the sizes turns the normal form of one into that
of the other. Terms without the variable and a rational factor in front of everything are left out, since the derivative
is known when that of the rest is; so are declared properties, which nobody types into a search box.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from hashlib import blake2b
from itertools import chain, groupby, islice, permutations, product

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.declared_functions import unspecified
from jacobook.algebra.nodes import Node, Symbol, symbol
from jacobook.algebra.normal_form import normal_terms, sort_key
from jacobook.algebra.shapes import Kind
from jacobook.algebra.terms import Term, node_of
from jacobook.algebra.traverse import rebuild, substitute, transform, walk

MOST_NAMINGS = 720
"""So many ways to name the constants are compared; of more, the key may miss an equal one."""
KEY_BYTES = 8


def formula_key(function: Node, variable: Symbol) -> str:
    """Return the key of a function as one of a variable: equal for formulas that differ by their letters only.

    It is made of the least text that the normal form has under all namings of the constants.
    """
    plain = _varying(_plain(function), variable)
    namings = islice(_namings(plain, variable), MOST_NAMINGS)
    found = min(_written(plain, variable, naming) for naming in namings)
    return blake2b(found.encode(), digest_size=KEY_BYTES).hexdigest()


def _plain(function: Node) -> Node:
    """Return the function with log(det(X)) as one function, ‖u‖ as the root of uᵀu, declared functions by numbers.

    A size in it, √D, is a number as any other: whoever types √d does not say of what it is the size.
    """
    names: dict[str, str] = {}

    def change(node: Node) -> Node | None:
        match node:
            case n.Apply(operands=(n.Determinant() as inner,)) if node.function == "log":
                return build.log_determinant(transform(inner.operands[0], change))
            case n.Norm2() if node.operands[0].shape.is_vector:
                inside = transform(node.operands[0], change)
                return build.power(inside.T * inside, build.number(Fraction(1, 2)))
            case n.SizeOf() if node.dimension.names:
                numbers = [symbol(f"dim {name}") for name in node.dimension.names]
                return build.product(build.number(node.dimension.coefficient), *numbers)
            case n.BoundedSum():  # its limits are sizes, and stay so
                body, *limits = node.operands
                return rebuild(node, (transform(body, change), *limits))
            case n.FunctionValue():
                name = names.setdefault(node.function.name, f"f{len(names)}")
                own = unspecified(name, node.function.arguments, node.function.value)
                return build.function_value(own, *(transform(one, change) for one in node.operands), slots=node.slots)
        return None

    return transform(function, change)


def _varying(function: Node, variable: Symbol) -> Node:
    """Return the terms of the normal form in which the variable stands."""
    terms = [term for term in normal_terms(function) if variable in node_of([term], function.shape).symbols]
    return node_of(terms, function.shape)


def _namings(function: Node, variable: Symbol) -> Iterator[Mapping[Symbol, str]]:
    """Yield the namings of all symbols but the variable: constants that cannot be told apart change places."""
    constants = [one for one in function.symbols if one is not variable]
    roles = {one: (one.shape.kind.value, _role(function, variable, one)) for one in constants}
    groups = groupby(sorted(constants, key=lambda one: (roles[one], one.name)), key=roles.__getitem__)
    for chosen in product(*(permutations([*group]) for _, group in groups)):
        yield {one: f"c{place:02}" for place, one in enumerate(chain(*chosen))}


def _role(function: Node, variable: Symbol, constant: Symbol) -> str:
    """Return what can be said of a constant whatever the others are called: the text in which they have one name."""
    naming = {one: "c" for one in function.symbols if one is not variable}
    return _written(function, variable, naming | {constant: "own"})


def _written(function: Node, variable: Symbol, naming: Mapping[Symbol, str]) -> str:
    """Return the normal form under a naming, as text without sizes."""
    renamed: dict[Node, Node] = {one: _renamed(one, name) for one, name in naming.items()}
    renamed[variable] = _renamed(variable, "x")
    expression = substitute(function, renamed)
    terms = normal_terms(expression)
    first = terms[0].coefficient if terms else 1
    scaled = [Term(term.coefficient / first, term.scalars, term.word) for term in terms]
    return _without_sizes(sort_key(node_of(scaled, function.shape)), expression)


def _renamed(named: Symbol, name: str) -> Symbol:
    """Return a symbol whose name says what kind of array it is of; a whole number remains one, for exponents."""
    kind = {Kind.SCALAR: "s", Kind.VECTOR: "v", Kind.MATRIX: "m"}.get(named.shape.kind, "r")
    return symbol(kind + name, named.shape, named.properties & {"whole"})


def _without_sizes(text: str, expression: Node) -> str:
    """Return the text with # for every size that has a name."""
    sizes = {name for node in walk(expression) for size in node.shape.dimensions for name in size.names}
    return re.sub(rf"\b(?:{'|'.join(map(re.escape, sorted(sizes)))})\b", "#", text) if sizes else text
