"""The JSON schema of a fence, by which editors complete and check what stands in one.

`python -m jacobook.notes.fence_schema` writes it into the package; so does `make schema`. A test holds it up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jacobook.files import write_file
from jacobook.notes import missing_for_notes
from jacobook.terminal import BAD_INPUT, DONE

FENCE_SCHEMA = Path(__file__).resolve().parent / "fence.schema.json"


def fence_schema_text() -> str:
    """Return the JSON schema of a fence: with an expression, or with what it declares for those below it."""
    from pydantic import TypeAdapter

    from jacobook.notes.fences import Fence, NoteDefaults

    adapter: TypeAdapter[Fence | NoteDefaults] = TypeAdapter(Fence | NoteDefaults)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A fence named jacobook in a note",
        "description": "A derivation, or declarations that hold for the fences below.",
        **adapter.json_schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schema; exit status 2 where the packages of notes are not installed."""
    if missing := missing_for_notes():
        print(missing, file=sys.stderr)
        return BAD_INPUT
    write_file(FENCE_SCHEMA, fence_schema_text().encode())
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())
