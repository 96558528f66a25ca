"""The JSON schema of an entry, by which editors complete and check the files of the collection.

`python -m jacobook.site.schema` writes it into the collection; so does `make schema`. A test holds it up to date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jacobook.files import write_file
from jacobook.site import missing_packages
from jacobook.terminal import BAD_INPUT, DONE

SCHEMA = Path(__file__).resolve().parent.parent / "collection" / "entry.schema.json"


def schema_text() -> str:
    """Return the JSON schema of an entry."""
    from jacobook.site.entry_model import Entry

    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Entry.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the schema; exit status 2 where the packages of pages are not installed."""
    if missing := missing_packages():
        print(missing, file=sys.stderr)
        return BAD_INPUT
    write_file(SCHEMA, schema_text().encode())
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())
