"""The forms in which code gives a derivative: all of it, a gradient, or what a backward or forward pass takes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from dataclasses import replace

from jacobook.algebra.nodes import Symbol
from jacobook.algebra.question import Statement
from jacobook.algebra.shapes import Shape, ShapeError
from jacobook.calculus.chain.backward_form import LOSSES
from jacobook.calculus.chain.passes import Pass
from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.passed_on import backward_of, check_scalar, forward_of
from jacobook.calculus.refusal import Refusal
from jacobook.rendering.numpy_code.dialects import DIALECTS, JAX, NUMPY, TORCH, CodeFormError, Dialect
from jacobook.rendering.numpy_code.function_source import Program, derivative_program, fresh, program_source, titles_of
from jacobook.rendering.numpy_code.julia_code import JULIA, packages
from jacobook.rendering.numpy_code.julia_source import julia_source
from jacobook.rendering.numpy_code.stable_forms import code_form, code_of_function

CODE_FORMS = ("jacobian", "gradient", "vjp", "jvp")
CODE_KINDS = ("function", "operation")
_OWN_NAMES = frozenset(("ctx", "inputs", "output", "saved", "Operation", "operation", "forward", "backward"))
"""What code of an operation calls something, beside the variables."""


def code_source(
    derivation: Derivation,
    language: str = "numpy",
    form: str = "jacobian",
    kind: str = "function",
    batched: bool = False,
) -> str:
    """Return the source of a module with the derivative in one of its forms, imports included.

    An `operation` is the function with its backward pass, for the library's own differentiation: a
    `torch.autograd.Function`, or a function with `jax.custom_vjp`. `batched` adds a function of a leading axis of the
    variable and of what is passed in. Raises CodeFormError for what there is not, Refusal where no rule applies.
    """
    dialect = JULIA if language == "julia" else DIALECTS[language]
    if dialect is JULIA:
        if kind == "operation" or batched:
            raise CodeFormError("Julia code is a plain function of one example: it is neither an operation nor batched")
        body = julia_source(_PROGRAMS[form](derivation))
        return f"{packages(body)}\n{body}"
    if kind == "operation":
        if batched or form not in ("vjp", "jacobian"):
            raise CodeFormError("an operation is the function with its backward pass: it has no other form")
        functions = _operation(derivation, dialect)
    else:
        program = _PROGRAMS[form](derivation)
        functions = [program_source(program, dialect)]
        if batched:
            functions.append(_batched(functions[0], program, derivation.statement.wrt, dialect))
    return _module(functions, dialect)


def derivative_and_vjp(derivation: Derivation, language: str) -> str:
    """Return the source of a module with the derivative, and the vjp where that is another thing and there is one.

    For a scalar function of one line it is the derivative times a number.
    """
    dialect, statement = DIALECTS[language], derivation.statement
    functions = [program_source(derivative_program(derivation), dialect)]
    if len(statement.links) > 1 or not statement.function.shape.is_scalar:
        with suppress(Refusal, ShapeError):
            functions.append(program_source(_vjp_program(derivation), dialect))
    return _module(functions, dialect)


def _module(functions: Sequence[str], dialect: Dialect) -> str:
    body = "\n\n".join(functions)
    used = [line for line in dialect.imports if re.search(rf"\b{line.split()[-1]}\.", body)]
    head = [*dialect.preamble, *used]
    return ("\n".join(head) + "\n\n\n" if head else "") + body


def _gradient_program(derivation: Derivation) -> Program:
    check_scalar(derivation)
    return derivative_program(derivation, "gradient")


def _vjp_program(derivation: Derivation) -> Program:
    f, wrt = derivation.statement.function, derivation.statement.wrt
    found = backward_of(derivation)
    loss = next(name for name in LOSSES if name not in derivation.statement.names)
    says = f"d{loss}/d{wrt.name} for {found.given.name} = d{loss}/d{f.name}"
    return _pass_program(derivation, found, "vjp", says, wrt.shape)


def _jvp_program(derivation: Derivation) -> Program:
    f, wrt = derivation.statement.function, derivation.statement.wrt
    found = forward_of(derivation)
    says = f"d{f.name} for d{wrt.name} = {found.given.name}"
    return _pass_program(derivation, found, "jvp", says, f.shape)


_PROGRAMS: dict[str, Callable[[Derivation], Program]] = {
    "jacobian": derivative_program,
    "gradient": _gradient_program,
    "vjp": _vjp_program,
    "jvp": _jvp_program,
}


def _pass_program(derivation: Derivation, found: Pass, name: str, says: str, shape: Shape) -> Program:
    statement = derivation.statement
    wrt = statement.wrt
    return Program(
        name=name,
        arguments=(*statement.declarations, found.given),
        kept=tuple(replace(link, expression=code_form(link.expression, wrt)) for link in found.kept),
        value=code_form(found.value, wrt),
        axes=shape.axes,
        like=wrt,
        says=says,
        formula=None if found.kept else found.value,
        titles={} if found.kept else titles_of(derivation),
    )


def _function_program(statement: Statement, name: str) -> Program:
    """Return the function itself, its chain innermost line first."""
    links = [replace(link, expression=code_of_function(link.expression)) for link in statement.links]
    return Program(
        name=name,
        arguments=statement.declarations,
        kept=tuple(reversed(links[1:])),
        value=links[0].expression,
        axes=statement.function.shape.axes,
        like=statement.wrt,
        says=statement.function.name,
    )


def _batched(source: str, program: Program, wrt: Symbol, dialect: Dialect) -> str:
    """Return the function of arrays with a leading axis: of the variable, and of what is passed in."""
    parameters = _parameters(source)
    along = {wrt, *(program.arguments[-1:] if program.name in ("vjp", "jvp") else ())}
    moving = [name for name, symbol in zip(parameters, program.arguments, strict=False) if symbol in along]
    title = f"{program.name}_batched"
    taken = {*parameters, *dialect.names, program.name, title}
    if dialect is NUMPY:
        one = {name: fresh(f"{name}_k", taken) for name in moving}
        inside = ", ".join(one.get(name, name) for name in parameters)
        over = f"zip({', '.join(moving)}, strict=True)" if len(moving) > 1 else moving[0]
        value = f"np.stack([{program.name}({inside}) for {', '.join(one.values())} in {over}])"
    else:
        axes = ", ".join("0" if name in moving else "None" for name in parameters)
        axes = f"({axes},)" if len(parameters) == 1 else f"({axes})"
        vmap, keyword = ("jax.vmap", "in_axes") if dialect is JAX else ("torch.vmap", "in_dims")
        value = f"{vmap}({program.name}, {keyword}={axes})({', '.join(parameters)})"
    listed = " and ".join(moving)
    says = f"Return {program.name}(…) for every {listed} along a leading axis, stacked."
    return f'def {title}({", ".join(parameters)}):\n    """{says}"""\n    return {value}\n'


def _parameters(source: str) -> list[str]:
    """Return the names of the parameters."""
    found = re.match(r"def \w+\((.*)\):", source)
    return [] if found is None or not found[1] else found[1].split(", ")


def _operation(derivation: Derivation, dialect: Dialect) -> list[str]:
    """Return the function with its gradients for the differentiation of the library: the sources, in order."""
    if dialect is NUMPY:
        raise CodeFormError("NumPy does not differentiate: an operation is for torch or jax")
    statement = derivation.statement
    taken = {*statement.names, *dialect.names, *_OWN_NAMES}
    function = fresh("function", taken)
    sources = [program_source(_function_program(statement, function), dialect)]
    names = _arrays_alone(sources[0], len(statement.declarations))
    local = dict(zip(statement.declarations, names, strict=True))
    gradients: dict[str, str] = {}
    upstream = ""
    for symbol in statement.declarations:
        if "whole" in symbol.properties:
            continue
        own = derivation if symbol is statement.wrt else derive(replace(statement, wrt=symbol), both=False)
        program = _vjp_program(own)
        gradient = gradients[local[symbol]] = fresh(f"vjp_{symbol.name}", taken)
        sources.append(program_source(replace(program, name=gradient), dialect))
        upstream = _arrays_alone(sources[-1], len(program.arguments))[-1]
    write = _jax_operation if dialect is JAX else _torch_operation
    if dialect is TORCH and re.search(rf"return ({'|'.join(names)})$", sources[0]):
        sources[0] = f"{sources[0].rstrip()}.clone()\n"  # autograd does not save what it has been given and returns
    return [*sources, write(names, gradients, function, upstream)]


def _arrays_alone(source: str, count: int) -> list[str]:
    """Return the names of the parameters. Raises CodeFormError where there are others than the variables."""
    names = _parameters(source)
    if len(names) != count:
        raise CodeFormError("an operation takes arrays alone: here a size, or a function, is an argument too")
    if clash := set(names) & _OWN_NAMES:
        raise CodeFormError(f"{clash.pop()} has a meaning of its own in an operation: rename the variable")
    return names


def _torch_operation(names: list[str], gradients: dict[str, str], function: str, upstream: str) -> str:
    listed = ", ".join(names)
    returned = [
        f"{gradients[name]}({listed}, {upstream}) if ctx.needs_input_grad[{place}] else None"
        if name in gradients
        else "None"
        for place, name in enumerate(names)
    ]
    lines = [
        "class Operation(torch.autograd.Function):",
        f'    """The function with its own backward pass: Operation.apply({listed})."""',
        "",
        "    generate_vmap_rule = True",
        "",
        "    @staticmethod",
        f"    def forward({listed}):",
        f"        return {function}({listed})",
        "",
        "    @staticmethod",
        "    def setup_context(ctx, inputs, output):",
        *_saving(names, gradients),
        "",
        "    @staticmethod",
        f"    def backward(ctx, {upstream}):",
        *_loading(names, gradients),
        "        return (",
        *(f"            {one}," for one in returned),
        "        )",
    ]
    return "\n".join(lines) + "\n"


def _saving(names: list[str], gradients: Container[str]) -> list[str]:
    """Return the lines that keep the arguments: tensors for autograd, whole numbers as they are."""
    listed = ", ".join(names)
    tensors = [name for name in names if name in gradients]
    lines = [f"        {listed}{',' if len(names) == 1 else ''} = inputs"]
    lines += [f"        ctx.{name} = {name}" for name in names if name not in gradients]
    return [*lines, f"        ctx.save_for_backward({', '.join(tensors)})"]


def _loading(names: list[str], gradients: Container[str]) -> list[str]:
    tensors = [name for name in names if name in gradients]
    lines = [f"        {', '.join(tensors)}{',' if len(tensors) == 1 else ''} = ctx.saved_tensors"]
    return [*lines, *(f"        {name} = ctx.{name}" for name in names if name not in gradients)]


def _jax_operation(names: list[str], gradients: dict[str, str], function: str, upstream: str) -> str:
    listed = ", ".join(names)
    whole = [place for place, name in enumerate(names) if name not in gradients]
    if whole:
        raise CodeFormError("an operation of JAX takes arrays alone: a whole number is none")
    comma = "," if len(names) == 1 else ""
    lines = [
        "@jax.custom_vjp",
        f"def operation({listed}):",
        '    """Return the function, with its own backward pass for jax.grad and jax.vjp."""',
        f"    return {function}({listed})",
        "",
        "",
        f"def forward({listed}):",
        f"    return {function}({listed}), ({listed}{comma})",
        "",
        "",
        f"def backward(saved, {upstream}):",
        f"    {listed}{comma} = saved",
        "    return (",
        *(f"        {gradients[name]}({listed}, {upstream})," for name in names),
        "    )",
        "",
        "",
        "operation.defvjp(forward, backward)",
    ]
    return "\n".join(lines) + "\n"
