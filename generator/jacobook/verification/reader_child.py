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
        to_array, to_numpy = _CONVERSIONS[library]()
        with np.load(folder / "points.npz", allow_pickle=False) as stored:
            values = {key: stored[key] for key in stored.files}
        found: dict[str, Any] = {}
        for number in range(wanted["count"]):
            point = {
                one: values[f"{number} {one}"].item() if one in wanted["whole"] else to_array(values[f"{number} {one}"])
                for one in wanted["names"]
            }
            sizes = wanted["sizes"][number]
            found[str(number)] = _called(path, function, point, sizes, wanted["passed"], to_numpy)
        np.savez(folder / "results.npz", **found)
    except Unusable as error:
        return {"kind": error.kind, "message": error.message, "line": error.line, "library": library}
    return {"kind": "ran", "message": "", "line": None, "library": library}


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
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Unusable("file", f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    _guarded(path, lambda: spec.loader.exec_module(module) if spec.loader is not None else None)
    function = getattr(module, name, None)
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
    to_numpy: Callable[[Any], Any],
) -> Any:
    positional, named = _arguments(function, point, sizes, passed)
    value = _guarded(path, lambda: function(*positional, **named))
    if isinstance(value, tuple):
        raise Unusable("value", f"it returns a tuple of {len(value)}; return the one array that is asked for")
    if value is None:
        raise Unusable("value", "it returns nothing")
    try:
        found = np.asarray(to_numpy(value))
        return found if found.dtype in (np.float32, np.float16) else found.astype(float)
    except (TypeError, ValueError):
        raise Unusable("value", f"it returns a {type(value).__name__}, which is no array of numbers") from None


def _arguments(
    function: Callable[..., Any], point: dict[str, Any], sizes: dict[str, int], passed: str | None
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments by the names of the parameters; one unknown name is what is passed in."""
    parameters = list(inspect.signature(function).parameters.values())
    known = {**sizes, **point}
    unknown = [one for one in parameters if one.name not in known and one.default is one.empty]
    if passed is not None and passed not in [one.name for one in parameters] and len(unknown) == 1:
        known[unknown[0].name], unknown = point[passed], []
    unknown = [one for one in unknown if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
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
        message = traceback.format_exception_only(type(error), error)[-1].strip()
        raise Unusable("raised", message, frames[-1].lineno if frames else None) from None


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
