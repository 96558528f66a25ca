"""The schema for editors is that of the entries, and says what every field is."""

from __future__ import annotations

import json

from generator.site.entry_files import read_entry
from generator.site.schema import SCHEMA, schema_text


def test_the_schema_is_up_to_date():
    assert SCHEMA.read_text("utf-8") == schema_text(), "run `make schema`"


def test_every_field_is_described():
    schema = json.loads(schema_text())
    for part in (schema, *schema["$defs"].values()):
        for name, field in part["properties"].items():
            assert field.get("description", "").endswith("."), name


def test_every_entry_is_read_and_points_to_the_schema(root):
    entries = sorted((root / "generator" / "collection").rglob("*.yaml"))
    entries = [path for path in entries if path.name != "sources.yaml"]
    assert len(entries) >= 100
    for path in entries:
        read_entry(path)
        first = path.read_text("utf-8").splitlines()[0]
        target = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / target).resolve() == SCHEMA
