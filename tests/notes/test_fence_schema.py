"""The schema for editors is that of fences; it takes what the reader takes, and says what every field is."""

from __future__ import annotations

import json

import pytest

from jacobook.notes.fence_schema import FENCE_SCHEMA, fence_schema_text
from jacobook.notes.fences import SHOWN, read_defaults, read_fence
from jacobook.yaml_fields import FieldError, mapping_in
from tests.commands import in_process

FENCES = [
    ("expression: x'*x", True),
    ('expression: [f = exp(z), "z = x\'*x"]\ngiven: x in R^N\nwrt: x\norder: 2\nlayout: denominator', True),
    ("expression: x\nshow: steps\nclaims: 1", False),
    ("expression: x\nshow: [steps, code]\nclaims: ['1', {formula: '1', target: result}]", True),
    ("expression: x\nclaims: {formula: '1'}\npublished: {formula: '1', source: A book, link: 'https://a.org/'}", True),
    ("expression: x\npublished: '1'", True),
    ("given: [x in R^N]\nlayout: jacobian", True),
    ("given: x in R^N\nwrt: x", False),
    ("expression: x\nlayout: rows", False),
    ("expression: x\nclaims: {formula: '1', source: A book}", False),
    ("expr: x", False),
]


def test_the_schema_is_up_to_date():
    assert FENCE_SCHEMA.read_text("utf-8") == fence_schema_text(), "run `make schema`"


def test_the_command_prints_it():
    ran = in_process("notes", "schema")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, fence_schema_text(), "")


def test_every_field_is_described():
    for part in json.loads(fence_schema_text())["$defs"].values():
        for name, field in part["properties"].items():
            assert field.get("description", "").endswith("."), name


def test_what_can_be_shown_is_listed():
    show = json.loads(fence_schema_text())["$defs"]["Fence"]["properties"]["show"]
    assert all(json.dumps(one) in json.dumps(show) for one in SHOWN)


@pytest.mark.parametrize(("text", "fits"), FENCES)
def test_the_schema_takes_what_the_reader_takes(text, fits):
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(fence_schema_text()))
    assert validator.is_valid(mapping_in(text, "")[1]) is fits
    assert _is_read(text) is fits


def _is_read(text: str) -> bool:
    for read in (read_fence, read_defaults):
        try:
            read(text)
        except FieldError:
            continue
        return True
    return False
