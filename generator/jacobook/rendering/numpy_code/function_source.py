"""Derivatives as code: functions of the declared variables, in closed form."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count

from jacobook.algebra import build
from jacobook.algebra import nodes as n
from jacobook.algebra.elementwise import ELEMENTWISE
from jacobook.algebra.nodes import Node, Symbol
from jacobook.algebra.question import Link, meanings
from jacobook.algebra.shapes import Dimension, derivative_shape, matrix
from jacobook.algebra.terms import QUARTER_OF_PI
from jacobook.algebra.traverse import contains, free_indices, walk
from jacobook.calculus.derivation import Derivation
from jacobook.language.printer import text
from jacobook.rendering.numpy_code.array_expressions import CodeWriter, function_key
from jacobook.rendering.numpy_code.code_nodes import LengthOrOne, comments_on
from jacobook.rendering.numpy_code.dialects import NUMPY, CodeFormError, Dialect
from jacobook.rendering.numpy_code.helper_functions import KIND_OF, OF_NUMBERS, helpers_in
from jacobook.rendering.numpy_code.stable_forms import code_form
from jacobook.rendering.numpy_code.told_sizes import told_sizes
from jacobook.rendering.shape_words import dimension_text

_CHEAP = (n.Number, n.Symbol, n.SizeOf, n.Identity, n.Fill, n.Negate, n.Transpose, n.Entry, n.Delta, n.UnitVector)
_LOOPS = (n.Adjugate, n.ArrayOf, n.IndexSum)
_FUNCTION_VALUE = Node.mask_of(n.FunctionValue)


@dataclass(frozen=True, slots=True)
class Program:
    """What a function computes: a value in its arguments and in names that are defined on the way."""

    name: str
    arguments: tuple[Symbol, ...]
    kept: tuple[Link, ...]
    """The definitions of the names, each after those it uses."""
    value: Node
    axes: tuple[Dimension, ...]
    """Those of the array that is returned."""
    like: Symbol
    """The argument whose type new arrays take."""
    says: str
    """As in "Return …, an array of shape (N,)"."""
    formula: Node | None = None
    """What the value is as a formula, for the docstring."""
    stacked: bool = False
    """Whether the value is the Jacobian of stacked columns."""
    titles: Mapping[Node, str] = field(default_factory=dict)
    """Names for what is computed more than once."""
    by_name: bool = False
    """Whether arguments keep names that Python has for itself, such as lambda, and then come by name."""

    @property
    def roots(self) -> list[Node]:
        """Return the expressions that are computed."""
        return [*(link.expression for link in self.kept), self.value]


def numpy_source(derivation: Derivation) -> str:
    """Return the source of `def derivative(…)`, which takes the declared variables by name, NumPy being `np`.

    The result is an array of shape f.shape + x.shape, as of `jax.jacobian`: vectors and rows have one axis,
    matrices two. At kinks it takes the usual values (sign(0) = 0, relu′(0) = 0, and 0 for the norm at 0). It is written
    so that it does not overflow where the value is an ordinary number (see `stable_forms`). Raises ValueError for a
    derivative that is not stored in the shape of its entries.

    A size that the code needs and no argument tells is a further parameter.
    """
    return program_source(replace(derivative_program(derivation), by_name=True), NUMPY)


def derivative_program(derivation: Derivation, name: str = "derivative") -> Program:
    """Return what the derivative is computed by, in stable forms. Raises ValueError where that has another shape."""
    statement, value = derivation.statement, derivation.value
    function, wrt = statement.function, statement.wrt
    expected = function.shape.axes + wrt.shape.axes
    stacked = _is_vec_jacobian(derivation)
    stable = code_form(value, wrt)
    if stable.shape.axes != expected and not build.is_zero(stable) and not stacked:
        raise ValueError(f"a value of {value.shape} is not an array of {axes_of(expected)}")
    return Program(
        name=name,
        arguments=statement.declarations,
        kept=tuple(replace(link, expression=code_form(link.expression, wrt)) for link in derivation.kept),
        value=stable,
        axes=expected,
        like=wrt,
        says=f"d{function.name}/d{wrt.name}",
        formula=value,
        stacked=stacked,
        titles={} if derivation.kept else titles_of(derivation),
    )


def program_source(program: Program, dialect: Dialect) -> str:
    """Return the source of the function, without the imports of the library."""
    arguments, roots = program.arguments, program.roots
    builtins = {"sum", "range"} if any(contains(root, n.BoundedSum) for root in roots) else set()
    if not dialect.takes_numbers:
        builtins |= {"range", "len", "abs"} if any(contains(root, kind) for root in roots for kind in _LOOPS) else set()
    own = {*dialect.names, program.name, "variables"}
    names, signature, prologue = arguments_of(arguments, builtins, dialect.names)
    renamed = {} if program.by_name else {symbol.name: names[symbol.name] for symbol in arguments}
    if renamed:
        signature, prologue = ", ".join(renamed.values()), []
    callables = callables_of(roots, set(names.values()) | own)
    names |= {key: name for key, (name, _) in callables.items()}
    signature = ", ".join(filter(None, [signature, *(name for name, _ in callables.values())]))
    if "**variables" in signature:
        signature = "**variables"
        prologue += [f'{name} = variables["{name}"]' for name, _ in callables.values()]
    taken = set(names.values()) | own | builtins
    like = names[program.like.name]
    names |= {link.symbol.name: fresh(link.symbol.name, taken) for link in program.kept}
    sizes = size_sources(arguments, names)
    _add_sizes_of_calls(sizes, callables, names)
    vectorized = vectorized_functions(roots, names, taken) if dialect is NUMPY else []
    uses = CountedSizes(sizes, taken)
    body_lines(program, CodeWriter(names, uses, dialect=dialect, like=like), set(taken))
    if uses.untold:
        signature = ", ".join([signature, *uses.untold.values()]) if "**variables" not in signature else signature
        if "**variables" in signature:
            prologue += [f'{name} = variables["{name}"]' for name in uses.untold.values()]
        sizes |= uses.untold
    kept = {link.symbol.name for link in program.kept}
    body = [*prologue]
    if dialect is NUMPY:
        body += as_numbers(roots, {name: local for name, local in names.items() if name not in kept})
    repeated = [size for size, times in uses.counts.items() if times > 1 and size not in uses.untold]
    body += name_sizes(repeated, sizes, taken)
    adjugate = fresh("adjugate", taken)
    if any(contains(root, n.Adjugate) for root in roots):
        body += dialect.adjugate.format(name=adjugate).splitlines()
    body += helper_functions(roots, names, taken, dialect)
    body += vectorized
    body += body_lines(program, CodeWriter(names, sizes, adjugate=adjugate, dialect=dialect, like=like), taken)
    axes = f"{dialect.array} of shape {axes_of(program.axes)}" if program.axes else dialect.number
    if program.stacked:
        axes += ", from the Jacobian of the stacked columns"
    lines = [
        f'"""Return {program.says}, {axes}{"." if program.formula is None else ":"}',
        *(["", *formula_lines(program.formula)] if program.formula is not None else []),
        *_told(callables, uses.untold, {name: local for name, local in renamed.items() if name != local}),
        '"""',
        *comments_on(roots, dialect.notes),
        *body,
    ]
    if len(lines) > 1 and lines[1] == '"""':
        lines[:2] = [f'{lines[0]}"""']
    source = [f"def {program.name}({signature}):", *(f"    {line}".rstrip() for line in lines)]
    return "\n".join(source) + "\n"


def as_numbers(roots: Iterable[Node], names: Mapping[str, str]) -> list[str]:
    """Return the lines that make NumPy numbers of scalars, where a power of a Python number could raise OverflowError.

    A power of a NumPy number is then ∞, as in an array, and what is divided by it 0.
    """
    found: dict[str, None] = {}
    for node in dict.fromkeys(part for root in roots for part in walk(root)):
        if isinstance(node, n.Power) and node.shape.is_scalar:
            found |= dict.fromkeys(_bare_scalars(node.operands[0]))
            if not isinstance(node.operands[1], n.Number):
                found |= dict.fromkeys(_bare_scalars(node.operands[1]))
    return [f"{names[name]} = np.float64({names[name]})" for name in names if name in found]


def _bare_scalars(node: Node) -> Iterator[str]:
    """Yield the scalar variables that reach the value of a scalar through arithmetic alone."""
    if isinstance(node, n.Symbol) and not isinstance(node, n.RunningIndex) and "whole" not in node.properties:
        yield node.name
    if isinstance(node, n.Add | n.Negate | n.Product | n.Divide | n.Power):
        for operand in node.operands:
            if operand.shape.is_scalar:
                yield from _bare_scalars(operand)


def helper_functions(
    roots: Iterable[Node], names: dict[str, str], taken: set[str], dialect: Dialect = NUMPY
) -> list[str]:
    """Return the lines that define what the library has no function for; `names` learns what they are called.

    Raises CodeFormError where that is not written for the library.
    """
    lines: list[str] = []
    for helper in helpers_in(roots, dialect.operators):
        if (source := helper.source_for(dialect.name)) is None:
            raise CodeFormError(f"{helper.name} has no code for {dialect.title} yet: it is written for NumPy")
        library = {name: dialect.operators.get(KIND_OF[name], "").removesuffix("({0})") for name in helper.calls}
        called = {name: own or names[f"helper {name}"] for name, own in library.items()}
        local = names[f"helper {helper.name}"] = fresh(helper.name, taken)
        lines += source.format(name=local, **called).splitlines()
    return lines


def vectorized_functions(roots: Iterable[Node], names: dict[str, str], taken: set[str]) -> list[str]:
    """Return the lines that make functions of scalars which NumPy lacks; `names` learns what they are called.

    Those of Python's `math` are made to act on arrays, others are written out.
    """
    applied = dict.fromkeys(part.function for root in roots for part in walk(root) if isinstance(part, n.Apply))
    used = dict.fromkeys(row.python for row in map(ELEMENTWISE.__getitem__, applied) if row.python)
    lines: list[str] = []
    for function in (name for name in OF_NUMBERS if name in applied):
        local = names[f"helper {function}"] = fresh(function, taken)
        lines += OF_NUMBERS[function].format(name=local).splitlines()
    if not used:
        return lines
    math = names["module math"] = fresh("math", taken)
    lines.append("import math" if math == "math" else f"import math as {math}")
    for function in used:
        local = names[f"math {function}"] = fresh(function, taken)
        lines.append(f"{local} = np.vectorize({math}.{function}, otypes=[float])")
    return lines


def callables_of(roots: Iterable[Node], taken: set[str]) -> dict[str, tuple[str, n.FunctionValue]]:
    """Return the functions, and partial derivatives of functions, that the code calls: key, name, and one value.

    The key is that of `numpy_expression.function_key`. A callable takes the arguments of the function and returns an
    array whose axes are those of the value, then those of the variables of differentiation.
    """
    found: dict[str, tuple[str, n.FunctionValue]] = {}
    taken = set(taken)
    for node in dict.fromkeys(part for root in roots for part in walk(root, holding=_FUNCTION_VALUE)):
        if isinstance(node, n.FunctionValue) and function_key(node) not in found:
            title = "_".join([node.function.name, *map(str, node.slots)])
            found[function_key(node)] = (fresh(title, taken), node)
    return found


def _add_sizes_of_calls(
    sizes: dict[str, str], callables: Mapping[str, tuple[str, n.FunctionValue]], names: Mapping[str, str]
) -> None:
    """Add the sizes that no argument tells, but the value of a function does: `f(X).shape[0]`."""
    for _, node in callables.values():
        groups = (node.function.value, *(node.function.arguments[slot - 1] for slot in node.slots))
        axes = [axis for shape in groups for axis in shape.axes]
        for place, dimension in enumerate(axes):
            if dimension.name is not None and dimension.name not in sizes:
                call = CodeWriter(names, sizes).call(node)
                sizes[dimension.name] = f"{call}.shape[{place}]"


def _told(
    callables: Mapping[str, tuple[str, n.FunctionValue]], untold: Mapping[str, str], renamed: Mapping[str, str]
) -> list[str]:
    """Return what the renamed arguments, the callables, and sizes that are arguments are, for the docstring."""
    if not (callables or untold or renamed):
        return []
    lines = ["", *(f"{local}: the variable {name}." for name, local in renamed.items())]
    lines += [f"{name}: the size {size}, which no other argument tells." for size, name in untold.items()]
    for name, node in callables.values():
        if not node.slots:
            lines.append(f"{name}: the function {node.function.name}.")
            continue
        by = " and ".join(f"argument {slot}" for slot in node.slots)
        lines.append(
            f"{name}: the derivative of {node.function.name} with respect to {by};"
            " its axes: the value's, then the argument's."
        )
    return lines


class CountedSizes(dict[str, str]):
    """Sizes that count how often each is asked for; one that no argument tells gets a name of its own."""

    def __init__(self, sizes: Mapping[str, str], taken: set[str]) -> None:
        super().__init__(sizes)
        self.counts: Counter[str] = Counter()
        self.untold: dict[str, str] = {}
        self.taken = taken

    def __getitem__(self, name: str) -> str:
        self.counts[name] += 1
        return super().__getitem__(name)

    def __missing__(self, name: str) -> str:
        if name not in self.untold:
            self.untold[name] = fresh(name, self.taken)
        return self.untold[name]


def name_sizes(chosen: Iterable[str], sizes: dict[str, str], taken: set[str]) -> list[str]:
    """Return lines that give sizes names of their own in the code; from then on `sizes` has these."""
    lines = []
    for size in chosen:
        local, told = fresh(size, taken), sizes[size]
        lines.append(f"{local} = {told[1:-1] if told.startswith('(') else told}")  # a sum stands in parentheses
        sizes[size] = local
    return lines


def body_lines(program: Program, writer: CodeWriter, taken: set[str]) -> list[str]:
    """Return the lines that compute the value: the names it is in, what is used more than once, then the result."""
    value, expected = program.value, program.axes
    if build.is_zero(value):
        return [f"return {writer.made('zeros', writer.axes(expected)) if expected else writer.made('no-axes')}"]
    lines = []
    defined = iter(program.kept)
    for name, node in _shared(program, taken, writer.dialect):
        name = name or writer.names[next(defined).symbol.name]
        lines.append(f"{name} = {writer.as_array(node, writer.write(node)).text}")
        writer.known[node] = name
    returned = writer.as_array(value, writer.write(value)).text
    if value.shape.axes != expected:
        # The vec Jacobian: both of its axes number entries column by column.
        jacobian = fresh("jacobian", taken)
        lines.append(f"{jacobian} = {returned}")
        returned = writer.by_columns(jacobian, 2, expected)
    return [*lines, f"return {returned}"]


def size_sources(arguments: Iterable[Symbol], names: Mapping[str, str]) -> dict[str, str]:
    """Return for every size the Python expression that reads it off an argument: `x.shape[0]`."""
    return told_sizes(
        (dimension, f"{names[symbol.name]}.shape[{axis}]")
        for symbol in arguments
        for axis, dimension in enumerate(symbol.shape.axes)
    )


def _is_vec_jacobian(derivation: Derivation) -> bool:
    of, wrt = derivation.statement.function.shape, derivation.statement.wrt.shape
    return derivative_shape(of, wrt) is None and derivation.value.shape == matrix(
        of.rows * of.columns, wrt.rows * wrt.columns
    )


def axes_of(dimensions: tuple[Dimension, ...]) -> str:
    """Return the shape of an array as Python prints it, with names for sizes: `(D,)`, `(M, N)`."""
    inside = ", ".join(map(dimension_text, dimensions))
    return f"({inside},)" if len(dimensions) == 1 else f"({inside})"


def _is_reserved(name: str, modules: Container[str] = ("np",)) -> bool:
    return keyword.iskeyword(name) or name == "__debug__" or name in modules


def fresh(name: str, taken: set[str]) -> str:
    """Return the name, or a numbered one of it, that is neither taken nor reserved; it is taken from then on."""
    candidates = chain((name,), (f"{name}_{k}" for k in count(1)))
    chosen = next(c for c in candidates if c not in taken and not _is_reserved(c))
    taken.add(chosen)
    return chosen


def arguments_of(
    symbols: tuple[Symbol, ...], builtins: Container[str], modules: Container[str] = ("np",)
) -> tuple[dict[str, str], str, list[str]]:
    """Return the local names of the variables, the parameters, and the lines that unpack them.

    `builtins` are names of Python's own that the code needs, `modules` those of libraries.

    Python has no parameter called `lambda`; a function of **variables can still be called with one.
    """
    if not any(_is_reserved(symbol.name, modules) or symbol.name in builtins for symbol in symbols):
        return {s.name: s.name for s in symbols}, ", ".join(s.name for s in symbols), []
    taken = {symbol.name for symbol in symbols} | {"variables"}
    names = {}
    for symbol in symbols:
        clash = _is_reserved(symbol.name, modules) or symbol.name in builtins or symbol.name == "variables"
        names[symbol.name] = fresh(f"{symbol.name}_", taken) if clash else symbol.name
    return names, "**variables", [f'{names[s.name]} = variables["{s.name}"]' for s in symbols]


def _shared(program: Program, taken: set[str], dialect: Dialect) -> list[tuple[str, Node]]:
    """Return names for the values that the result uses more than once, inner ones first.

    A value that has a name in the chain keeps it, and the names that the result is in come as they are defined.
    """
    roots = program.roots
    uses: Counter[Node] = Counter()
    for node in dict.fromkeys(part for root in roots for part in walk(root)):
        uses.update(node.operands)
        if isinstance(node, LengthOrOne) and dialect is not NUMPY:  # `where` writes it twice
            uses.update(node.operands)
        if isinstance(node, n.Softmax) and node.shape.is_matrix and dialect is NUMPY:
            uses.update(node.operands)
    taken |= _function_names(roots)
    plain = _prefix(taken)
    found: list[tuple[str, Node]] = []
    seen: set[Node] = set()
    for root in roots:
        for node in walk(root):
            if node in seen or node is root or uses[node] < 2 or not _is_worth_a_name(node):
                continue
            seen.add(node)
            found.append((fresh(program.titles.get(node, plain), taken), node))
        if root is not program.value:
            found.append(("", root))
    return found


def _is_worth_a_name(node: Node) -> bool:
    if isinstance(node, _CHEAP) or node is QUARTER_OF_PI or free_indices(node):  # π is np.pi
        return False
    return not any(isinstance(symbol, n.RunningIndex | n.SolvedSymbol) for symbol in node.symbols)


def titles_of(derivation: Derivation) -> dict[Node, str]:
    """Return the names of the chain by what they stand for in the declared variables."""
    meaning = meanings({link.symbol: link.expression for link in derivation.links})
    wrt = derivation.statement.wrt
    return {code_form(meaning[link.symbol], wrt): link.symbol.name for link in reversed(derivation.links)}


def _function_names(roots: Iterable[Node]) -> set[str]:
    """Return the names of the functions that are called, whose derivatives are called `f_1`, `f_2`."""
    return {
        node.function.name
        for root in roots
        for node in walk(root, holding=_FUNCTION_VALUE)
        if isinstance(node, n.FunctionValue)
    }


def _prefix(taken: set[str]) -> str:
    """Return a name for values that have none, such that neither it nor a numbered one of it is another's name."""
    prefixes = ("t", "s", "r", "part", "shared", "value")
    return next((p for p in prefixes if not any(re.fullmatch(rf"{p}(_\d+)*", name) for name in taken)), "value")


def formula_lines(value: Node) -> list[str]:
    """Return the formula in lines, for the documentation of the function."""
    return textwrap.wrap(text(value), 84, break_long_words=False, break_on_hyphens=False) or [""]
