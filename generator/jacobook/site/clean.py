"""`python -m jacobook.site.clean [DOCS]`: remove the files that the generator wrote, and nothing else.

It needs no installed package, so that `make clean` can use it at any time.
"""

from __future__ import annotations

import sys
from pathlib import Path

from jacobook.files import remove_empty
from jacobook.site.manifest import Manifest


def remove_generated(docs: Path) -> int:
    """Remove what the manifest lists, the manifest last, and folders that are empty then; return how many files."""
    manifest = Manifest(docs)
    removed = 0
    for name in manifest.files:
        path = docs / name
        if path.is_file() or path.is_symlink():
            path.unlink()
            removed += 1
        remove_empty(path.parent, docs)
    manifest.path.unlink(missing_ok=True)
    return removed


def main() -> int:
    """Exit status 0."""
    docs = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs")
    remove_generated(docs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
