"""The public readers: of an expression, and of a statement (declarations, chain, variable)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from jacobook.algebra import build
from jacobook.algebra.declared_functions import UnspecifiedFunction
from jacobook.algebra.nodes import FAMILY, Index, Node, Symbol, symbol
from jacobook.algebra.question import Link, Reading, Remark, Statement
from jacobook.algebra.shapes import Dimension, Shape, vector
from jacobook.language.chain_lines import ChainLine, check_arguments, names_in, order_lines, pieces_of, read_lines
from jacobook.language.composed_functions import is_composed
from jacobook.language.declarations import parse_given
from jacobook.language.elaborate.bound_sums import at_running_places, runs_over_places, scope_at_places
from jacobook.language.elaborate.equation_sides import shape_of_unknown
from jacobook.language.elaborate.named_forms import MARKED_NORMS
from jacobook.language.elaborate.scope import Scope, scope_of
from jacobook.language.elaborate.typed_expressions import Elaborator
from jacobook.language.errors import unknown_names as unknown
from jacobook.language.errors.language_error import LanguageError
from jacobook.language.errors.repairs import named
from jacobook.language.function_table import CALLABLE, OF_SEVERAL_READINGS, OF_SIZES, bounded_sum_parts
from jacobook.language.latex_notation.reader import Names
from jacobook.language.latex_notation.systems import rows_of_systems, told_of
from jacobook.language.latex_notation.tokens import is_latex
from jacobook.language.names import canonical_name, in_backquotes, is_name, nearest
from jacobook.language.parser import parse_syntax
from jacobook.language.remarks import remarks_on
from jacobook.language.size_inference import Equations, Type, type_of
from jacobook.language.syntax import (
    COMPARISONS,
    LAST,
    Call,
    Component,
    Equation,
    IndexRelation,
    Keyword,
    Name,
    Negative,
    Number,
    Powered,
    Slice,
    Syntax,
    Text,
    pieces_within,
)


def parse_expression(
    text: str,
    symbols: Iterable[Symbol],
    shape: Shape | None = None,
    indices: Mapping[str, Index] | None = None,
    functions: Iterable[UnspecifiedFunction] = (),
    sizes: Iterable[Dimension] = (),
) -> Node:
    """Return the expression that the text denotes, in these variables and declared functions, and further sizes.

    With an expected shape the whole expression must have it, and open sizes are inferred from it: `eye` and
    `vector(0)'` are then expressions of their own. With `indices`, by name, these may stand for a place, as in
    `X[i, j]`, `unit(i, N)` and `delta(i, j)`. Raises LanguageError.
    """
    return expression_with_remarks(text, symbols, shape, indices, functions, sizes)[0]


def expression_with_remarks(
    text: str,
    symbols: Iterable[Symbol],
    shape: Shape | None = None,
    indices: Mapping[str, Index] | None = None,
    functions: Iterable[UnspecifiedFunction] = (),
    sizes: Iterable[Dimension] = (),
) -> tuple[Node, tuple[Remark, ...]]:
    """Return the expression as `parse_expression` does, and the remarks on how its pieces are read."""
    scope = scope_of(symbols, (*(shape.dimensions if shape is not None else ()), *sizes), indices, functions)
    tree = parse_syntax(text, Names((*scope.types, *(indices or ())), tuple(scope.functions), scope.sizes))
    elaborator = Elaborator(text, scope, Equations())
    typed = elaborator.infer(tree)
    if shape is not None:
        elaborator.expect(typed, shape)
    elaborator.finish()
    node = elaborator.construct(typed)
    return node, tuple(_outermost(elaborator.remarks))


def rows_with_remarks(
    text: str,
    place: str,
    count: Dimension,
    symbols: Iterable[Symbol],
    shape: Shape,
    functions: Iterable[UnspecifiedFunction] = (),
    sizes: Iterable[Dimension] = (),
) -> tuple[Node, tuple[Remark, ...]]:
    """Return the matrix whose rows are what a text says of every place, a row or a vector, and the remarks on it.

    In the text the name of the place is an index that runs to the count. Raises LanguageError, also for another shape.
    """
    outer = scope_of(symbols, (*shape.dimensions, *sizes, count), None, functions)
    running = build.running_index(place, build.ONE, build.size_of(count))
    scope = scope_at_places(outer, running)
    tree = parse_syntax(text, Names(tuple(scope.types), tuple(scope.functions), scope.sizes))
    elaborator = Elaborator(text, scope, Equations())
    typed = elaborator.infer(tree)
    elaborator.expect(typed, shape)
    elaborator.finish()
    node = at_running_places(elaborator, elaborator.construct(typed), running)
    line = build.transpose(node) if shape.is_vector else node
    rows = build.bounded_sum(running, build.product(build.running_unit(running, count), line))
    return rows, tuple(_outermost(elaborator.remarks))


def parse_statement(given: Sequence[str], expressions: Sequence[str], wrt: str | None = None) -> Statement:
    """Return the statement: declarations, the chain (its function first), the variable of differentiation.

    Raises LanguageError, whose `origin` says in which text: `given[i]`, `expr[i]` or `wrt`.
    """
    rows = rows_of_systems(expressions)
    with told_of(expressions, rows):
        return _statement(given, [row.text for row in rows], wrt)


def _statement(given: Sequence[str], expressions: Sequence[str], wrt: str | None) -> Statement:
    declarations, functions = parse_given(given)
    declarations, expressions, wrt = _by_diagonal(declarations, expressions, wrt)
    declared = {variable.name: variable for variable in declarations}
    if not expressions:
        raise LanguageError("there is no function to differentiate", "", 0, 1, origin="expr")
    sizes = scope_of(declarations, functions=functions).sizes
    unknown = [name for name, variable in declared.items() if "unknown" in variable.properties]
    lines = read_lines(expressions, declared, [function.name for function in functions], sizes, unknown)
    more_sizes = sizes_of_parts(lines, declared)
    declared = {name: variable for name, variable in declared.items() if Dimension.of(name) not in more_sizes}
    declarations, declared, solved_for = _without_unknowns(given, lines, declared)
    _check_maps(lines, functions)
    _check_names(lines, declared, functions, more_sizes)
    ordered = order_lines(lines)
    defined = {line.name: line for line in ordered}
    for line in ordered:
        check_arguments(line, defined, {*declared, *defined})
    links, symbols, said = _elaborate(ordered, declared, functions, solved_for, more_sizes)
    wrt = _out_of_latex(wrt, symbols)
    _check_wrt(wrt, functions)
    wrt, member = _family_of(wrt, declared)
    variable = _variable(wrt, ordered, symbols, declared)
    if variable.name not in declared:
        links, declarations = _reachable(links, variable), (*declarations, variable)
    remarks = (*member, *said, *remarks_on(link.expression for link in links))
    return Statement(declarations, tuple(links), variable, functions, remarks)


_DIAGONAL = re.compile(r"\s*diag\(\s*(\w+)\s*\)\s*")


def _by_diagonal(
    declarations: tuple[Symbol, ...], expressions: Sequence[str], wrt: str | None
) -> tuple[tuple[Symbol, ...], Sequence[str], str | None]:
    """Return the statement with D = diag(d) as a line of its chain, where `diag(D)` is the variable."""
    found = _DIAGONAL.fullmatch(wrt or "")
    place = next((k for k, one in enumerate(declarations) if found and one.name == canonical_name(found[1])), None)
    if place is None or "diagonal" not in declarations[place].properties:
        return declarations, expressions, wrt
    matrix = declarations[place]
    taken = {one.name for one in declarations} | {line.partition("=")[0].strip() for line in expressions}
    name = next(name for name in (matrix.name.lower(), f"{matrix.name}_diagonal") if name not in taken)
    positive = matrix.properties & {"positive-definite"}
    entries = symbol(name, vector(matrix.shape.rows), frozenset({"positive"} if positive else ()))
    return (
        (*declarations[:place], entries, *declarations[place + 1 :]),
        [*expressions, f"{matrix.name} = diag({name})"],
        name,
    )


def _without_unknowns(
    given: Sequence[str], lines: Iterable[ChainLine], declared: Mapping[str, Symbol]
) -> tuple[tuple[Symbol, ...], dict[str, Symbol], dict[str, Symbol]]:
    """Return the declared variables, the same by name, and those that an equation is solved for, by name.

    Raises LanguageError for a variable that is declared as unknown and that no equation is solved for.
    """
    implicit = {line.name for line in lines if line.is_implicit}
    for variable in declared.values():
        if "unknown" in variable.properties and variable.name not in implicit:
            message = f"`{variable.name}` is declared as unknown, and no equation of the chain is solved for it"
            where = next(k for k, text in enumerate(given) if variable.name in text)
            raise LanguageError(message, given[where], 0, len(given[where]), origin=f"given[{where}]")
    solved_for = {name: variable for name, variable in declared.items() if name in implicit}
    rest = {name: variable for name, variable in declared.items() if name not in implicit}
    return tuple(rest.values()), rest, solved_for


def _check_maps(lines: Iterable[ChainLine], functions: Iterable[UnspecifiedFunction]) -> None:
    """Raise LanguageError for a map of the chain, the `g` in `z = g(y) = …`, that is a declared function."""
    declared = {function.name: function for function in functions}
    for line in lines:
        if line.map_name in declared:
            written = declared[line.map_name].signature
            message = f"`{line.map_name}` is declared as a function, `{written}`"
            raise line.error(f"{message}: the map of this line needs another name")


def _check_wrt(wrt: str | None, functions: Iterable[UnspecifiedFunction]) -> None:
    """Raise LanguageError where the derivative with respect to a declared function is asked for."""
    function = next((one for one in functions if wrt is not None and one.name == canonical_name(wrt.strip())), None)
    if function is not None and wrt is not None:
        message = f"`{function.name}` is a function, `{function.signature}`: differentiate with respect to a variable"
        raise LanguageError(message, wrt, 0, len(wrt), origin="wrt")


def sizes_of_parts(lines: Iterable[ChainLine], declared: Mapping[str, Symbol]) -> list[Dimension]:
    """Return the sizes that no array has: the p of `w[1:p]` and of `sum(i, 1, p, w[i])`, also if declared `p in N`."""
    lines = list(lines)
    others = {line.name for line in lines} | {LAST}
    others |= {name for name, variable in declared.items() if "whole" not in variable.properties}
    others |= {name for variable in declared.values() for size in variable.shape.dimensions for name in size.names}
    found: dict[str, None] = {}
    for piece in (piece for line in lines for piece in pieces_of(line.expression)):
        if (sum_parts := bounded_sum_parts(piece)) is not None and isinstance(sum_parts[0], Name | IndexRelation):
            others.add(sum_parts[0].name)
        ends = _ends_of_parts(piece)
        found |= {one.name: None for end in ends for one in pieces_within(end) if isinstance(one, Name)}
    alike = {name.lower() for name in others}  # the n of `x[1:n]` beside `x in R^N` is more likely a slip
    return [Dimension.of(name) for name in found if name.lower() not in alike and is_name(name)]


def _ends_of_parts(piece: Syntax) -> list[Syntax]:
    """Return the ends of slices, and the last place of a sum over places."""
    if isinstance(piece, Component):
        slices = [place for place in piece.places if isinstance(place, Slice)]
        return [end for place in slices for end in (place.first, place.last) if end is not None]
    parts = bounded_sum_parts(piece)
    if parts is None or not isinstance(parts[0], Name | IndexRelation) or isinstance(parts[2], Slice):
        return []
    return [parts[2]] if runs_over_places(parts[3], parts[0].name) else []


def _check_names(
    lines: Sequence[ChainLine],
    declared: Mapping[str, Symbol],
    functions: Iterable[UnspecifiedFunction],
    more_sizes: Iterable[Dimension],
) -> None:
    """Raise LanguageError for a name that is neither declared nor defined, before the chain is looked at."""
    types = {name: type_of(variable.shape) for name, variable in declared.items()}
    types |= {line.name: type_of(symbol(line.name).shape) for line in lines}
    base = scope_of(declared.values(), more_sizes, functions=functions)
    scope = Scope(types, lambda name: symbol(name), base.sizes, maps_of(lines), functions=base.functions)
    for line in lines:
        error = next(errors_about_names(line, scope), None)
        if error is not None:
            error.origin = line.origin
            raise error


def errors_about_names(line: ChainLine, scope: Scope) -> Iterator[LanguageError]:
    """Yield the errors about names that mean nothing, as variables and as functions; maps of the chain are neither."""
    with_meaning: set[Syntax] = set()
    """Of e^x the e; of X^t the t, of which more can be said when it is known what X is."""
    for piece in pieces_of(line.expression):
        if isinstance(piece, Powered) and isinstance(piece.base, Name) and piece.base.name == "e":
            with_meaning.add(piece.base)
        elif isinstance(piece, Powered) and unknown.may_transpose(line.text, piece):
            with_meaning.add(piece.exponent)
        if isinstance(piece, Call) and piece.name == "sum" and _is_misread_sum(piece):
            form = "`sum(X)` adds all entries, `sum(r, 0, k-1, X^r)` adds over r from 0 to k − 1"
            yield LanguageError(
                f"{form}; this one has {len(piece.arguments)} arguments", line.text, piece.start, piece.end
            )
        elif isinstance(piece, Call) and piece.name == "prod" and len(piece.arguments) > 2:
            form = "a product over an index is read within a logarithm, `log(prod(i, 1, N, x[i]))`"
            whole = f"{form}; `prod(x)` is the product of all entries"
            yield LanguageError(whole, line.text, piece.start, piece.end)
        elif isinstance(piece, Call) and not _is_function(piece.name, scope):
            yield unknown.function(line.text, piece, scope)
        elif isinstance(piece, Call) and (error := unknown.size_for_entry(line.text, piece, scope)) is not None:
            yield error
        elif isinstance(piece, Name) and piece.name not in (*scope.types, "eye", "T", "I"):
            if piece in with_meaning or scope.constant(piece.name) is not None:
                continue
            yield unknown.name(line.text, piece, scope)


def _is_misread_sum(call: Call) -> bool:
    """Return whether a sum has neither one argument, nor an axis as its second, nor an index with its bounds."""
    if len(call.arguments) == 2:
        return not isinstance(call.arguments[1], Keyword | Number | Negative | Text)
    return len(call.arguments) == 3


def _is_function(name: str, scope: Scope) -> bool:
    if name in (*CALLABLE, *OF_SIZES, *scope.functions, *MARKED_NORMS):
        return True
    other = ("norm", *OF_SEVERAL_READINGS, *COMPARISONS)
    return not scope.defines(name) and (name in other or is_composed(name))


def maps_of(lines: Iterable[ChainLine]) -> dict[str, str]:
    """Return what the maps of the chain are called, with the value of each: also `f` in `f(z) = …`."""
    return {line.map_name or line.name: line.name for line in lines if line.annotated}


def _elaborate(
    ordered: Sequence[ChainLine],
    declared: Mapping[str, Symbol],
    functions: Iterable[UnspecifiedFunction],
    solved_for: Mapping[str, Symbol],
    more_sizes: Iterable[Dimension],
) -> tuple[list[Link], dict[str, Symbol], list[Remark]]:
    """Return the links, outermost first, every symbol by name, and how pieces of them are read.

    Sizes are inferred for all at once. `solved_for` are the declarations of what equations are solved for.
    """
    base = scope_of([*declared.values(), *solved_for.values()], more_sizes, functions=functions)
    types: dict[str, Type] = dict(base.types)
    symbols: dict[str, Symbol] = dict(declared)
    scope = Scope(types, symbols.__getitem__, base.sizes, maps_of(ordered), functions=base.functions)
    equations = Equations()
    readers = {line.name: Elaborator(line.text, scope, equations) for line in ordered}
    typed, links = {}, []
    line = ordered[0]
    try:
        for line in reversed(ordered):
            if isinstance(line.expression, Equation):
                given = solved_for.get(line.name)
                known = given.shape if given else shape_of_unknown(readers[line.name], line.expression)
                types[line.name], symbols[line.name] = type_of(known), symbol(line.name, known)
            typed[line.name] = readers[line.name].infer(line.expression)
            types[line.name] = typed[line.name].type
        readers[line.name].finish()
        for line in reversed(ordered):
            node = readers[line.name].construct(typed[line.name])
            symbols[line.name] = symbol(line.name, node.shape)
            arguments = tuple(symbols[argument.name] for argument in line.arguments)
            links.append(Link(symbols[line.name], node, line.map_name, arguments))
    except LanguageError as error:
        error.origin = next((one.origin for one in ordered if one.text is error.source), line.origin)
        raise
    return links[::-1], symbols, _outermost(one for line in ordered for one in readers[line.name].remarks)


def _outermost(remarks: Iterable[Remark]) -> list[Remark]:
    """Return of the remarks that say the same of every piece the one on the largest piece, which was made last."""
    of_each = (Reading.FROM_ZERO, Reading.EVERY_ROW, Reading.EVERY_COLUMN, Reading.SIZE, Reading.LOG_OF_PRODUCT)
    return list({(one.reading, one.node if one.reading in of_each else None): one for one in remarks}.values())


_OF_FAMILY = re.compile(r"\s*(?P<name>[^\W\d_]+)(?:\[\s*(?P<place>\w+)\s*\]|_\{?(?P<below>\w+)\}?)\s*")


def _out_of_latex(wrt: str | None, symbols: Mapping[str, Symbol]) -> str | None:
    r"""Return `theta` for `\theta`, `x` for `\mathbf{x}`, `yhat` for `\hat{y}`; anything else as it is."""
    if wrt is None or not is_latex(wrt):
        return wrt
    try:
        tree = parse_syntax(wrt, Names(tuple(symbols)))
    except LanguageError:
        return wrt
    match tree:
        case Name() if tree.name in symbols:
            return tree.name
        case Component(operand=Name() as family, places=(Name() | Number(),)) if _is_family(symbols.get(family.name)):
            return f"{family.name}[{wrt[tree.places[0].start : tree.places[0].end]}]"
    return wrt


def _is_family(symbol: Symbol | None) -> bool:
    return symbol is not None and FAMILY in symbol.properties


def _family_of(wrt: str | None, declared: Mapping[str, Symbol]) -> tuple[str | None, tuple[Remark, ...]]:
    """Return x for x[k] or x_k, a member of the family x, with the remark that says so; any other variable as it is."""
    found = _OF_FAMILY.fullmatch(wrt or "")
    family = declared.get(canonical_name(found["name"])) if found else None
    if family is None or FAMILY not in family.properties or canonical_name((wrt or "").strip()) in declared:
        return wrt, ()
    assert found is not None
    word = found["place"] or found["below"]
    sizes = {name for symbol in declared.values() for size in symbol.shape.dimensions for name in size.names}
    if word in declared or word in sizes:
        word = next(letter for letter in ("k", "l", "i", "j", "n", "m", "p", "q") if letter not in {*declared, *sizes})
    rows = build.size_of(family.shape.rows)
    place = build.number(int(word)) if word.isdecimal() else build.running_index(word, build.ONE, rows)
    member = build.product(build.transpose(family), build.running_unit(place, family.shape.rows))
    return family.name, (Remark(Reading.MEMBER, member),)


def _variable(
    wrt: str | None, ordered: Sequence[ChainLine], symbols: Mapping[str, Symbol], declared: Mapping[str, Symbol]
) -> Symbol:
    """Return the variable of differentiation: the one that is named, else the only candidate."""
    function = ordered[0]
    if wrt is None:
        return declared[_only_candidate(ordered, declared)]
    name = canonical_name(wrt.strip())
    if name == function.name:
        message = f"`{name}` is the function itself: differentiate with respect to a variable it depends on"
        raise LanguageError(message, wrt, 0, len(wrt), origin="wrt")
    if name not in symbols:
        fit = nearest(name, [known for known in symbols if known != function.name])
        message = f"{named(wrt)} is neither declared nor defined" if wrt.strip() else "no variable is named"
        hint = f"; did you mean `{fit}`?" if fit else ""
        raise LanguageError(message + hint, wrt, 0, len(wrt), fit, "wrt")
    if "whole" in symbols[name].properties:
        message = f"`{name}` is a whole number, declared `{name} in N`: there is no derivative with respect to it"
        raise LanguageError(message, wrt, 0, len(wrt), origin="wrt")
    return symbols[name]


def _only_candidate(ordered: Sequence[ChainLine], declared: Mapping[str, Symbol]) -> str:
    """Return the declared variable that must be meant: the only argument, else the only one used."""
    arguments = [argument.name for line in ordered for argument in line.arguments]
    occurring = [name.name for line in ordered for name in names_in(line.expression)]
    for names in (arguments, occurring):
        candidates = [name for name in declared if name in names and "whole" not in declared[name].properties]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            what = in_backquotes(candidates, "or")
            raise ordered[0].error(
                f"differentiate with respect to which variable? It may be {what}", ordered[0].expression
            )
    message = "the function depends on no declared variable: name the one to differentiate with respect to"
    raise ordered[0].error(message, ordered[0].expression)


def _reachable(links: Sequence[Link], variable: Symbol) -> list[Link]:
    """Return the links that the function still depends on when the variable, a name of the chain, is free."""
    needed = {links[0].symbol}
    kept = []
    for link in links:
        if link.symbol in needed and link.symbol is not variable:
            kept.append(link)
            needed |= link.expression.symbols
    return kept
