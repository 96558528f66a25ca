"""The source of a Julia function that computes a derivative, with its documentation."""

from __future__ import annotations

from jacobook.algebra.nodes import Symbol
from jacobook.rendering.numpy_code.code_nodes import comments_on
from jacobook.rendering.numpy_code.function_source import (
    CountedSizes,
    Program,
    axes_of,
    body_lines,
    formula_lines,
    fresh,
    helper_functions,
)
from jacobook.rendering.numpy_code.julia_code import JULIA, RESERVED, JuliaWriter, check_has_code, defined_functions
from jacobook.rendering.numpy_code.told_sizes import told_sizes


def julia_source(program: Program) -> str:
    """Return the source of the function. Raises CodeFormError for what has no code in Julia."""
    roots = program.roots
    check_has_code(roots)
    taken = {*RESERVED, program.name}
    names = {symbol.name: fresh(symbol.name, taken) for symbol in program.arguments}
    signature = list(names.values())
    renamed = {local: name for name, local in names.items() if name != local}
    helper_functions(roots, names, taken, JULIA)
    like = names[program.like.name]
    names |= {link.symbol.name: fresh(link.symbol.name, taken) for link in program.kept}
    sizes = _sizes(program.arguments, names)
    uses = CountedSizes(sizes, taken)
    body_lines(program, JuliaWriter(names, uses, dialect=JULIA, like=like), set(taken))
    signature += uses.untold.values()
    sizes |= uses.untold
    lines: list[str] = []
    for size in [size for size, times in uses.counts.items() if times > 1 and size not in uses.untold]:
        local = fresh(size, taken)
        lines.append(f"{local} = {sizes[size]}")
        sizes[size] = local
    lines += body_lines(program, JuliaWriter(names, sizes, dialect=JULIA, like=like), taken)
    own = defined_functions("\n".join(lines))
    returned = f"{JULIA.array} of size {axes_of(program.axes)}" if program.axes else JULIA.number
    says = f"Return {program.says}, {returned}"
    formula = ["", *(f"    {line}" for line in formula_lines(program.formula))] if program.formula is not None else []
    told = [f"`{local}` is the variable {name}." for local, name in renamed.items()]
    told += [f"`{name}` is the size {size}, which no other argument tells." for size, name in uses.untold.items()]
    call = f"{program.name}({', '.join(signature)})"
    source = [
        '"""',
        f"    {call}",
        "",
        f"{says}{':' if formula else '.'}",
        *formula,
        *(["", *told] if told else []),
        '"""',
        f"function {call}",
        *(f"    {line}" for line in (*comments_on(roots, JULIA.notes), *own, *lines)),
        "end",
    ]
    return "\n".join(source) + "\n"


def _sizes(arguments: tuple[Symbol, ...], names: dict[str, str]) -> dict[str, str]:
    """Return for every size the expression that reads it off an argument: `size(x, 1)`."""
    return told_sizes(
        (
            (dimension, f"size({names[symbol.name]}, {axis})")
            for symbol in arguments
            for axis, dimension in enumerate(symbol.shape.axes, 1)
        ),
        "div({0}, {1})",
        "div(isqrt(8 * {0} + 1) - 1, 2)",
    )
