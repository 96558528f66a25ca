"""The JSON schema of an entry, by which editors complete and check the files of the collection.

`python -m jacobook.site.schema` writes it into the collection; so does `make schema`. A test holds it up to date.
"""

from __future__ import annotations

import json
from pathlib import Path

from jacobook.files import write_file
from jacobook.site.entry_model import Entry

SCHEMA = Path(__file__).resolve().parent.parent / "collection" / "entry.schema.json"


def schema_text() -> str:
    """Return the JSON schema of an entry."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Entry.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_file(SCHEMA, schema_text().encode())
