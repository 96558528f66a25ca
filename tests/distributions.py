"""Parts of this environment as the packages of another one: nothing is fetched or installed a second time."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(requirements: Iterable[str], extra: str = "") -> set[str]:
    """Return the names of the distributions that fulfil requirements, and of those that they need in turn."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), extra) for text in requirements]
    while waiting:
        requirement, wanted = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": wanted}):
            continue
        asked = {(requirement.name, one) for one in ("", *requirement.extras)} - found
        found |= asked
        waiting += [(Requirement(text), one) for name, one in asked for text in distribution(name).requires or ()]
    return {canonicalize_name(name) for name, _ in found}


def linked(names: Iterable[str], folder: Path) -> Path:
    """Return a folder in which these distributions of this environment are found, and no others."""
    for name in names:
        files = distribution(name).files or ()
        for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            (folder / top).symlink_to(str(distribution(name).locate_file(top)))
    return folder
