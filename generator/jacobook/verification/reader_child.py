"""Runs a reader's function at given points, in a process of its own: `python reader_child.py FILE FUNCTION FOLDER`.

Beside the standard library it needs NumPy, and the library that the reader's file imports. The folder holds the points
(`points.json`, `points.npz`) and gets the results (`results.npz`) and what became of them (`status.json`).
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


class Unusable(Exception):
    """What keeps the function from being run: a kind, a message, and a line of the reader's file."""

    def __init__(self, kind: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.kind, self.message, self.line = kind, message, line


def run(path: Path, name: str, folder: Path) -> dict[str, Any]:
    """Run the function at all points, keep its values, and return what became of it."""
    wanted = json.loads((folder / "points.json").read_text("utf-8"))
    library = _library(path)
    try:
        function = _function(path, name)
        if wanted["form"] == "vjp":
            function = _differentiated(function, library, wanted["wrt"], wanted["passed"])
        to_array, to_numpy = _CONVERSIONS[library]()
        with np.load(folder / "points.npz", allow_pickle=False) as stored:
            values = {key: stored[key] for key in stored.files}
        found: dict[str, Any] = {}
        changed: set[str] = set()
        for number in range(wanted["count"]):
            point = {
                one: values[f"{number} {one}"].item() if one in wanted["whole"] else to_array(values[f"{number} {one}"])
                for one in wanted["names"]
            }
            sizes = wanted["sizes"][number]
            value = _called(path, function, point, sizes, wanted["passed"])
            found[str(number)] = _as_numbers(_wanted(value, wanted), to_numpy)
            changed |= {one for one in point if not np.array_equal(to_numpy(point[one]), values[f"{number} {one}"])}
        np.savez(folder / "results.npz", **found)
    except Unusable as error:
        return {"kind": error.kind, "message": error.message, "line": error.line, "library": library}
    return {"kind": "ran", "message": "", "line": None, "library": library, "changed": sorted(changed)}


def _library(path: Path) -> str:
    """Return the library that a file imports: torch, jax, or else numpy."""
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (SyntaxError, ValueError):
        return "numpy"
    names = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return next((library for library in ("torch", "jax") if library in names), "numpy")


def _function(path: Path, name: str) -> Callable[..., Any]:
    sys.path.insert(0, str(path.parent))
    sys.dont_write_bytecode = True  # nothing is left beside the reader's file, and no older version of it is run
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Unusable("file", f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    _guarded(path, lambda: spec.loader.exec_module(module) if spec.loader is not None else None)
    function: Any = module
    for part in name.split("."):
        function = getattr(function, part, None)
    if not callable(function):
        defined = [one for one, value in vars(module).items() if inspect.isfunction(value)]
        known = f"; it defines {', '.join(defined)}" if defined else ""
        raise Unusable("function", f"{path.name} defines no function {name}{known}")
    return function  # type: ignore[no-any-return]


def _called(
    path: Path,
    function: Callable[..., Any],
    point: dict[str, Any],
    sizes: dict[str, int],
    passed: str | None,
) -> Any:
    positional, named = _arguments(function, point, sizes, passed)
    return _guarded(path, lambda: function(*positional, **named))


def _wanted(value: Any, wanted: dict[str, Any]) -> Any:
    """Return the one array that is asked for, of a tuple with a gradient for every variable that of its place."""
    variables = [one for one in wanted["names"] if one != wanted["passed"]]
    place = f" for {wanted['wrt']}" if isinstance(value, tuple) and len(value) > 1 else ""
    if isinstance(value, tuple) and len(value) in (1, len(variables)):
        value = value[0 if len(value) == 1 else variables.index(wanted["wrt"])]
    elif isinstance(value, tuple):
        each = f"or one for each of {', '.join(variables)}"
        raise Unusable("value", f"it returns a tuple of {len(value)}; return the one array that is asked for, {each}")
    if value is None:
        raise Unusable("value", f"it returns nothing{place}")
    return value


def _as_numbers(value: Any, to_numpy: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        raise Unusable("value", "it returns a dict; return the one array that is asked for")
    try:
        found = np.asarray(to_numpy(value))
        if np.iscomplexobj(found):
            raise Unusable("value", "it returns complex numbers, and the derivative is real")
        return found if found.dtype in (np.float32, np.float16) else found.astype(float)
    except (TypeError, ValueError):
        raise Unusable("value", f"it returns a {type(value).__name__}, which is no array of numbers") from None


def _arguments(
    function: Callable[..., Any], point: dict[str, Any], sizes: dict[str, int], passed: str | None
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments by the names of the parameters; one unknown name is what is passed in."""
    parameters = list(inspect.signature(function).parameters.values())
    known = {**sizes, **point}
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    if all(one.kind in many for one in parameters) and parameters:  # *arguments in the order of their declaration
        return (list(point.values()), {}) if parameters[0].kind is many[0] else ([], point)
    parameters = [one for one in parameters if one.kind not in many]
    unknown = [one for one in parameters if one.name not in known and one.default is one.empty]
    if passed is not None and passed not in [one.name for one in parameters] and len(unknown) == 1:
        known[unknown[0].name], unknown = point[passed], []
    if saved := [one.name for one in unknown if one.name in ("ctx", "self", "cls")]:
        told = "name the class itself, if it is a torch.autograd.Function" if saved == ["ctx"] else "name a function"
        raise Unusable("signature", f"it takes {saved[0]}, which only its class can fill; {told}")
    if unknown:
        names = ", ".join(one.name for one in unknown)
        raise Unusable("signature", f"it takes {names}; its arguments have to be among {', '.join(point)}")
    used = [one for one in parameters if one.name in known]
    positional = [known[one.name] for one in used if one.kind is not one.KEYWORD_ONLY]
    return positional, {one.name: known[one.name] for one in used if one.kind is one.KEYWORD_ONLY}


def _guarded(path: Path, call: Callable[[], Any]) -> Any:
    """Return what the reader's code gives. Raises Unusable with the last line of its own traceback."""
    try:
        return call()
    except SyntaxError as error:
        raise Unusable("raised", f"SyntaxError: {error.msg}", error.lineno) from None
    except BaseException as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == path]
        message = traceback.format_exception_only(type(error), error)[-1].strip().partition("\n")[0]
        raise Unusable("raised", message, frames[-1].lineno if frames else None) from None


def _differentiated(function: Callable[..., Any], library: str, wrt: str, passed: str) -> Callable[..., Any]:
    """Return the backward pass of an operation: of a torch.autograd.Function, or of a function with jax.custom_vjp."""
    if library == "torch":
        import torch

        if not (isinstance(function, type) and issubclass(function, torch.autograd.Function)):
            return function
        operation: Any = function
        names = [name for name in inspect.signature(operation.forward).parameters if name != "ctx"]

        def pulled(*arguments: Any) -> Any:
            *inputs, upstream = (one.clone() if isinstance(one, torch.Tensor) else one for one in arguments)
            of = inputs[names.index(wrt)].requires_grad_()
            return torch.autograd.grad(operation.apply(*inputs), of, upstream)[0]

    elif library == "jax":
        import jax

        if not isinstance(function, jax.custom_vjp):
            return function
        names = list(inspect.signature(function).parameters)

        def pulled(*arguments: Any) -> Any:
            return jax.vjp(function, *arguments[:-1])[1](arguments[-1])[names.index(wrt)]

    else:
        return function
    if wrt not in names:
        raise Unusable("signature", f"it takes {', '.join(names)}; {wrt} has to be among them")
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    pulled.__signature__ = inspect.Signature([inspect.Parameter(one, kind) for one in (*names, passed)])  # type: ignore[attr-defined]
    return pulled


def _numpy() -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    return (lambda value: value.copy() if value.ndim else value.item()), np.asarray


def _torch() -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    import torch

    def to_numpy(value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        value = value.detach().cpu()
        return value.float().numpy() if value.dtype is torch.bfloat16 else value.numpy()

    return (lambda value: torch.tensor(value, dtype=torch.float64)), to_numpy


def _jax() -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    return jnp.asarray, np.asarray


_CONVERSIONS = {"numpy": _numpy, "torch": _torch, "jax": _jax}


if __name__ == "__main__":
    sys.stdout = sys.stderr  # what the reader's code prints is for the reader
    own, wanted, work = Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3])
    status = run(own, wanted, work)
    (work / "status.json").write_text(json.dumps(status), "utf-8")
