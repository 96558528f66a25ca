"""The house: imports go one way and stand where a reader looks for them; one name means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "generator"
OPEN_ROOMS = ("algebra", "language", "calculus", "verification", "rendering")
"""The rooms whose modules say at their top what they import."""

LAZY: dict[tuple[str, str], str] = {}
"""Imports in functions of these rooms, as (module, imported module), with the reason."""
CIRCLES: dict[frozenset[str], str] = {}
"""Modules that import each other, with the reason."""

SAME_MODULE = {
    "route": "the way through one of the two witnesses, which answer the same question",
}
"""Names of more than one module, with what makes them the same thing."""
SAME_THING = {
    "differentiate": "what the two witnesses are asked: the derivative of one link",
    "derive": "one thing on three floors: of nodes, of text, on the command line",
    "Partial": "a partial derivative: the node, and what a caller of the package is given of it",
    "main": "the function of a module that is run",
    **dict.fromkeys(
        ("adjugate", "commutation", "determinant", "duplication", "elimination", "identity", "khatri_rao", "unvec"),
        "one operation: the node, and its value on arrays of numbers and of SymPy's expressions",
    ),
    **dict.fromkeys(("bounded_sum", "entry", "index_sum", "literal"), "the node, and its LaTeX"),
    **dict.fromkeys(
        ("Literal", "Number", "Product"), "what was written, and its node; written `syntax.Number` and `n.Number`"
    ),
}
"""Names of more than one class or public function, with what makes them the same thing."""


NOT_OURS = ROOT / "jacobook" / "browser" / "numpy_stand_in" / "numpy"
"""A package of its own, under the names that NumPy gives to its modules and functions."""


@cache
def modules() -> dict[str, Path]:
    found = {}
    for path in sorted((ROOT / "jacobook").rglob("*.py")):
        if path.is_relative_to(NOT_OURS):
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def _targets(node: ast.stmt) -> list[str]:
    """Return the modules of the package that a statement imports; the package imports by full names alone."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name in modules()]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"a relative import in line {node.lineno}"
        inside = [f"{node.module}.{alias.name}" for alias in node.names]
        found = [name for name in inside if name in modules()]
        return found + ([node.module] if node.module in modules() and len(found) < len(inside) else [])
    return []


def imports(module: str) -> Iterator[tuple[str, bool]]:
    """Yield what a module imports of the package, and whether it does so inside a function."""

    def visit(node: ast.AST, inside: bool) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                for target in _targets(child):
                    yield target, inside
            yield from visit(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    yield from visit(tree(module), False)


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """Return the largest sets of modules that reach each other."""
    reached = {}
    for module in graph:
        seen, waiting = set[str](), [module]
        while waiting:
            for target in graph.get(waiting.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        reached[module] = seen
    return {frozenset({m, *(o for o in seen if m in reached[o])}) for m, seen in reached.items() if m in seen}


def test_a_circle_is_found_and_named():
    graph = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert circles(graph) == {frozenset("abc"), frozenset("de")}


def test_no_modules_import_each_other():
    """Also not where one of the imports stands in a function, or is for types alone."""
    graph = {module: {target for target, _ in imports(module) if target != module} for module in modules()}
    assert circles(graph) == CIRCLES.keys()


@pytest.mark.parametrize("room", OPEN_ROOMS)
def test_imports_stand_at_the_top(room):
    inside = {
        (module, target)
        for module in modules()
        if module.startswith(f"jacobook.{room}")
        for target, lazy in imports(module)
        if lazy
    }
    assert inside == {pair for pair in LAZY if pair[0].startswith(f"jacobook.{room}")}


def test_no_two_modules_have_one_name():
    homes = defaultdict(list)
    for module in modules():
        homes[module.rpartition(".")[2]].append(module)
    del homes["__main__"]
    double = {name: found for name, found in homes.items() if len(found) > 1}
    assert double.keys() == SAME_MODULE.keys(), double


def definitions(module: str) -> Iterator[str]:
    """Yield the classes and the public functions at the top of a module."""
    for node in tree(module).body:
        if isinstance(node, ast.ClassDef) or (isinstance(node, ast.FunctionDef) and not node.name.startswith("_")):
            yield node.name


def test_no_two_things_have_one_name():
    homes = defaultdict(list)
    for module in modules():
        for name in definitions(module):
            homes[name].append(module)
    double = {name: found for name, found in homes.items() if len(found) > 1}
    told_apart = double.keys()
    assert told_apart == SAME_THING.keys(), {
        name: double.get(name, "one thing by now") for name in told_apart ^ SAME_THING.keys()
    }
