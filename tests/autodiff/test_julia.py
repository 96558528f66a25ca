"""Julia: our code of every form is run in one process, and compared with differences of the function."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jacobook.calculus.derivation import Derivation
from jacobook.calculus.derive import derive
from jacobook.calculus.refusal import Refusal
from jacobook.rendering.numpy_code.derivative_forms import code_source
from jacobook.rendering.numpy_code.dialects import CodeFormError
from tests.autodiff.forms import Probe, close, is_whole, probes
from tests.derivations import STATEMENTS

pytestmark = pytest.mark.autodiff
NO_CODE = 30
"""So many derivations may have no code for Julia: those of declared functions and of leading eigenvectors."""


def literal(value: Any) -> str:
    """An array in Julia's order of entries."""
    value = np.asarray(value)
    if not value.ndim:
        return repr(value.item())
    return f"reshape({np.ravel(value, order='F').tolist()!r}, {', '.join(map(str, value.shape))})"


def call(derivation: Derivation, probe: Probe, function: str, source: str, *passed: Any) -> str:
    """The call of our function: the variables, what is passed in, and sizes that no argument tells."""
    values = [
        repr(int(probe.point.values[s.name])) if is_whole(s) else literal(probe.point.values[s.name])
        for s in derivation.statement.declarations
    ]
    signature = source.split(f"function {function}(")[1].split(")")[0].split(", ")
    rest = signature[len(values) + len(passed) :]
    return (
        f"{function}({', '.join([*values, *map(literal, passed), *(str(probe.point.sizes[name]) for name in rest)])})"
    )


def programs(without: list[str]) -> Iterator[tuple[str, str, Any]]:
    """The name of each form, its source with a call, and what is expected."""
    for name, statement in STATEMENTS.items():
        derivation = derive(statement, both=False)
        try:
            sources = [(form, code_source(derivation, "julia", form)) for form in ("jacobian", "vjp", "jvp")]
        except (CodeFormError, Refusal):
            without.append(name)
            continue
        for number, probe in enumerate(probes(derivation)):
            passed = ((), (probe.upstream,), (probe.tangent,))
            expected = (probe.point.jacobian, probe.vjp, probe.jvp)
            for (form, source), given, value in zip(sources, passed, expected, strict=True):
                function = "derivative" if form == "jacobian" else form
                yield (
                    f"{name} {form} {number}",
                    f"{source}\nshow_it({call(derivation, probe, function, source, *given)})",
                    value,
                )


SHOWN = 'show_it(x) = println(isa(x, Number) ? "()" : size(x), " ", join(isa(x, Number) ? [x] : vec(x), " "))\n'


@cache
def has_special_functions() -> bool:
    """Whether this Julia has the package for erf and the functions of Γ, which is not in its standard library."""
    command = [str(shutil.which("julia")), "--startup-file=no", "-e", "using SpecialFunctions"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_code_of_every_form(tmp_path: Path) -> None:
    without: list[str] = []
    every = list(programs(without))
    cases = [case for case in every if "using SpecialFunctions" not in case[1] or has_special_functions()]
    assert len(without) <= NO_CODE, without
    modules = [f"module M{k}\nimport Main: show_it\n{source}\nend" for k, (_, source, _) in enumerate(cases)]
    file = tmp_path / "forms.jl"
    file.write_text(SHOWN + "\n".join(modules) + "\n", "utf-8")
    command = [str(shutil.which("julia")), "--startup-file=no", "--compile=min", "-O0"]
    with file.open() as program:
        run = subprocess.run(command, stdin=program, capture_output=True, text=True, check=False)
    lines = [line for line in run.stdout.splitlines() if line.startswith("(")]  # and not the names of modules
    assert len(lines) == len(cases), run.stderr[-2000:]
    for (_, _, expected), line in zip(cases, lines, strict=True):
        shape, numbers = line.split(") ")
        axes = tuple(int(part) for part in shape.strip("( ").split(",") if part.strip())
        close(np.array([float(part) for part in numbers.split()]).reshape(axes, order="F"), expected)
