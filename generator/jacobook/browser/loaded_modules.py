"""Runs in Pyodide, when a site is built: what the engine needs of the standard library and of packages, as bytecode.

Bytecode must be compiled by the Python that will load it. What is needed is found by asking the engine for everything
once, and by reading from its bytecode what its functions may still import.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import io
import json
import marshal
import sys
import types
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from jacobook.browser.made_before import RECORD, recorded
from jacobook.language.parser import TABLE, parser_with_table
from jacobook.site.page_templates import COMPILED, compiled

OURS = "jacobook"
LATER = ("traceback", "linecache")
"""Modules of the standard library that nothing imports: Python itself loads them when something goes wrong."""
PLACE = "/engine"
"""Where engine-worker.js writes the engine."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of everything in an archive: the same bytes in every run."""


def pack_loaded_modules(warm: Callable[[], None], out: str) -> str:
    """Write the standard library as an archive and all else as one pack; return as JSON what was left out, and why.

    `warm` uses the engine, so that everything is loaded that the first answers need.
    """
    warm()
    left_out = _load_what_functions_import()
    for name in LATER:
        importlib.import_module(name)
    library: dict[str, bytes] = {}
    pack: dict[str, bytes] = {}
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is None or module.__spec__ is None or module.__spec__.name != name:
            continue
        source = _source(module)
        if source is None:
            continue
        is_package = hasattr(module, "__path__")
        place = name.replace(".", "/") + ("/__init__.pyc" if is_package else ".pyc")
        is_library = name.partition(".")[0] in sys.stdlib_module_names or _is_pyodides(file)
        (library if is_library else pack)[place] = _bytecode(source, place, annotated=is_library)
    pack |= _data()
    pack[f"{OURS}/browser/{RECORD}"] = recorded(_without_places)
    _write_archive(Path(out) / "library.zip", library)
    _write_pack(Path(out) / "engine.pack", pack)
    return json.dumps({"library": len(library), "engine": len(pack), "left_out": left_out})


def _is_pyodides(file: str) -> bool:
    return file.startswith(f"/lib/python3{sys.version_info.minor}")


def _source(module: types.ModuleType) -> str | None:
    loader = module.__spec__.loader if module.__spec__ is not None else None
    get_source = getattr(loader, "get_source", None)
    try:
        return None if get_source is None else get_source(module.__name__)
    except ImportError:  # a module under another name, which the module itself gives it
        return None


# -- what is imported later -------------------------------------------------------------------------------------------


def _load_what_functions_import() -> dict[str, str]:
    """Import what functions of the engine import when they run; return what cannot be had here."""
    left_out: dict[str, str] = {}
    seen: set[str] = set()
    while names := {name for name in sys.modules if name.partition(".")[0] == OURS} - seen:
        seen |= names
        for name in sorted(names):
            source = _source(sys.modules[name])
            for wanted in _imported(ast.parse(source)) if source else ():
                if wanted in sys.modules or wanted in left_out:
                    continue
                if wanted.partition(".")[0] not in (OURS, *sys.stdlib_module_names):
                    left_out[wanted] = f"{name}: another package"
                    continue
                try:
                    importlib.import_module(wanted)
                except ImportError as error:
                    left_out[wanted] = f"{name}: {error}"
    return left_out


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield what the functions of a module import; what the module itself imports is there."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module
                elif isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)


# -- bytecode ---------------------------------------------------------------------------------------------------------


def _bytecode(source: str, place: str, annotated: bool) -> bytes:
    """Return the bytecode without docstrings; a class keeps one, since a dataclass without it would make its own.

    What functions are annotated with, a part of the standard library reads.
    """
    tree = ast.parse(source)
    _undocument(tree)
    if not annotated:
        _take_annotations(tree)
    code = compile(ast.fix_missing_locations(tree), place, "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(_without_places(code))


def _without_places(code: types.CodeType) -> types.CodeType:
    """Return the code without the table that says which instruction stands on which line: a quarter of its bytes."""
    constants = tuple(_without_places(one) if isinstance(one, types.CodeType) else one for one in code.co_consts)
    return code.replace(co_consts=constants, co_linetable=b"")


def _undocument(tree: ast.Module) -> None:
    """Take the docstrings out of modules and functions, and make those of classes short."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node, clean=False) is None:
            continue
        if isinstance(node, ast.ClassDef):
            node.body[0] = ast.Expr(ast.Constant("-"))
        else:
            node.body = node.body[1:] or [ast.Pass()]


def _take_annotations(tree: ast.Module) -> None:
    """Take the annotations of functions away; those of classes say which fields a dataclass has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None


# -- files ------------------------------------------------------------------------------------------------------------


TEMPLATES = ("_derivation.md.j2", "_layouts.md.j2", "_part.md.j2", "reader.md.j2", "reader_code.md.j2")


def _data() -> dict[str, bytes]:
    """Return the files that the engine reads: the grammar, and the templates of a derivation, compiled as well."""
    root = Path(sys.modules[OURS].__file__ or "").parent
    names = ["language/grammar.lark", *(f"site/templates/{name}" for name in TEMPLATES)]
    found = {f"{OURS}/{name}": (root / name).read_bytes() for name in names}
    return found | {f"{OURS}/site/templates/{name}{COMPILED}": compiled(name) for name in TEMPLATES} | _table()


def _table() -> dict[str, bytes]:
    """Return the parser's table. It holds its own path, so that it is made where it will be read."""
    name = f"{OURS}/language/{TABLE}"
    path = Path(PLACE) / name
    path.parent.mkdir(parents=True)
    parser_with_table(str(path))
    return {name: path.read_bytes()}


def _write_archive(path: Path, files: dict[str, bytes]) -> None:
    """Write a zip without compression: what serves it compresses better, and the browser reads it faster."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    path.write_bytes(buffer.getvalue())


def _write_pack(path: Path, files: dict[str, bytes]) -> None:
    """Write the files one after the other, behind a line of JSON with their names and lengths."""
    head = json.dumps([[name, len(content)] for name, content in sorted(files.items())], separators=(",", ":"))
    path.write_bytes(head.encode() + b"\n" + b"".join(content for _, content in sorted(files.items())))
