"""Derivations in other people's notes: a fence or an inline claim in Markdown, LaTeX, a notebook, a docstring.

    documents/   finds what is marked in a file, with the place of every line
    fences.py, claim_lines.py   read what is marked
    marked_work.py   works it out: the derivation, and what is wrong with the author's claims
    fragment.py   the derivation as HTML; markdown_extension.py puts it into a page
    gate.py   checks whole files: `jacobook notes check`

The engine and the gate depend on no builder of sites.
"""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = {"jinja2": "Jinja2", "markdown": "Markdown", "pydantic": "pydantic", "yaml": "PyYAML"}


def missing_for_notes() -> str | None:
    """Return which packages are missing and how they are installed, None if all are there."""
    missing = [name for module, name in NEEDED.items() if find_spec(module) is None]
    if not missing:
        return None
    return f'notes need {", ".join(missing)}: python -m pip install "jacobook[notes]"'
