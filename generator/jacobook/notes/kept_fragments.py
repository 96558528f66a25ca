"""Pieces of HTML with their faults, kept by the content that they were made of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jacobook.notes.documents.marked import MarkedKind
from jacobook.notes.faults import Fault
from jacobook.notes.fences import NoteDefaults
from jacobook.site.cache import Cache, engine_version
from jacobook.site.manifest import digest_of_files

LIBRARIES = ("numpy", "sympy", "lark", "pydantic", "jinja2")
"""Libraries on whose versions a fragment may depend."""
PACKAGE = Path(__file__).resolve().parent.parent
TEMPLATES = [path for path in (PACKAGE / "notes" / "templates").iterdir() if path.suffix == ".j2"]
PREFIX = "jb-prefix"
"""Stands in kept fragments for what their ids begin with."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What is put into a page, and what is wrong with the mark of which it was made."""

    html: str
    faults: tuple[Fault, ...]
    derivations: int
    claims: int
    defaults: NoteDefaults | None


class KeptFragments:
    """Works marks out, each once: what is known of it is kept in a folder, if one is given."""

    def __init__(self, folder: str | Path | None) -> None:
        version = engine_version(PACKAGE, LIBRARIES) + digest_of_files(TEMPLATES, PACKAGE)
        self.cache = Cache(Path(folder) / "notes", version, only_looks=True) if folder else None
        self.version = version

    def of(self, kind: MarkedKind, text: str, page: NoteDefaults, prefix: str = "") -> Fragment:
        """Return a mark worked out, with ids that begin with the prefix; `page` is what holds where it stands."""
        said = json.dumps([kind, text, page.given, page.layout]).encode()
        key = self.cache.key(said) if self.cache else ""
        data = self.cache.load(key) if self.cache else None
        try:
            return _fragment(data, prefix)
        except (KeyError, TypeError, AttributeError, ValueError):  # nothing is kept, or it is spoilt
            data = _worked_out(kind, text, page)
            if self.cache:
                self.cache.save(key, data)
            return _fragment(data, prefix)


def _fragment(data: Any, prefix: str) -> Fragment:
    """Return a fragment from plain data. Raises one of several errors for what is none."""
    return Fragment(
        data["html"].replace(PREFIX, prefix),
        tuple(Fault(**fault) for fault in data["faults"]),
        int(data["derivations"]),
        int(data["claims"]),
        NoteDefaults(**data["defaults"]) if data["defaults"] else None,
    )


def _worked_out(kind: MarkedKind, text: str, page: NoteDefaults) -> dict[str, Any]:
    """Return a fragment as plain data. Only here is the engine loaded: notes that are known do not need it."""
    from jacobook.notes.fragment import claim_html, faulty_html, fence_html
    from jacobook.notes.marked_work import work_out_mark

    work = work_out_mark(kind, text, page)
    messages = [fault.message for fault in work.faults]
    if kind == "claim":
        html = claim_html(work, text)
    elif work.derivations:
        html = fence_html(work, PREFIX)
    else:
        html = faulty_html(text, messages) if messages else ""
    return {
        "html": html,
        "faults": [asdict(fault) for fault in work.faults],
        "derivations": len(work.derivations),
        "claims": len(work.claims),
        "defaults": work.defaults.model_dump(mode="json") if work.defaults else None,
    }
