"""The extension of IPython and Jupyter: `%load_ext jacobook.notes.notebook_magic`.

Below it, a cell that begins with `%%jacobook` holds what a fence of a note holds, and shows its derivation.
"""

from __future__ import annotations

from typing import Any

from jacobook.algebra.messages import JacobookError
from jacobook.notes import missing_for_notes


def load_ipython_extension(shell: Any) -> None:
    """Add `%%jacobook` to a shell of IPython. Raises JacobookError where packages are missing."""
    if missing := missing_for_notes():
        raise JacobookError(missing)
    from jacobook.notes.notebook_cells import CellWorker

    shell.register_magic_function(CellWorker().cell, "cell", "jacobook")
