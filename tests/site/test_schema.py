"""The schema for editors is that of the entries, and says what every field is."""

from __future__ import annotations

import json

from jacobook.site.entry_files import check_cited, read_entry, read_works
from jacobook.site.schema import SCHEMA, schema_text


def test_the_schema_is_up_to_date():
    assert SCHEMA.read_text("utf-8") == schema_text(), "run `make schema`"


def test_every_field_is_described():
    schema = json.loads(schema_text())
    for part in (schema, *schema["$defs"].values()):
        for name, field in part["properties"].items():
            assert field.get("description", "").endswith("."), name


def test_every_entry_is_read_and_points_to_the_schema(root):
    collection = root / "generator" / "jacobook" / "collection"
    works = read_works(collection / "sources.yaml")
    entries = sorted(path for path in collection.rglob("*.yaml") if path.name != "sources.yaml")
    assert len(entries) >= 3
    for path in entries:
        check_cited(path, read_entry(path), works)
        first = path.read_text("utf-8").splitlines()[0]
        target = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / target).resolve() == SCHEMA
