"""What is made when a site is built is what Python makes when a module is imported."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest

from jacobook.browser import made_before

compiler: Any = re._compiler  # type: ignore[attr-defined]
EXPRESSIONS: tuple[tuple[Any, int, Any], ...] = (
    (r"(?P<name>[a-z]+)-(\d{2,3})", re.IGNORECASE, "Ab-12 ab-1234"),
    (r"[\u03b1-\u03c9]+|\b\w", 0, "αβ x"),
    (rb"\x00(.)", re.DOTALL, b"a\x00\n"),
    ("(?m)^a$", 0, "b\na\n"),
)


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch) -> Iterator[None]:
    """Leave Python's own modules as they were."""
    monkeypatch.setattr(dataclasses, "exec", exec, raising=False)
    monkeypatch.setattr(compiler, "compile", compiler.compile)
    for kept in ("METHODS", "PATTERNS"):
        monkeypatch.setattr(made_before, kept, {})
    re.purge()
    yield
    re.purge()


def made() -> tuple[type, list[re.Pattern[Any]]]:
    @dataclasses.dataclass(frozen=True, order=True)
    class Place:
        line: int
        column: int = 1
        names: list[str] = dataclasses.field(default_factory=list)

    return Place, [compiler.compile(pattern, flags) for pattern, flags, _ in EXPRESSIONS]


def test_what_was_recorded_makes_the_same(monkeypatch):
    made_before.record()
    made()
    data = made_before.recorded(lambda code: code)
    for kept in (made_before.METHODS, made_before.PATTERNS):
        assert kept
        kept.clear()
    made_before.take(data)
    with monkeypatch.context() as without:
        # Nothing is compiled from text any more.
        without.setattr(made_before, "_compiled", None)
        without.setattr(made_before, "_compiled_from_text", None)
        place, expressions = made()
    assert repr(place(2)).endswith("Place(line=2, column=1, names=[])")
    assert place(2, 3) == place(2, 3) < place(2, 4)
    assert place(2).names is not place(2).names
    with pytest.raises(dataclasses.FrozenInstanceError):
        place(2).line = 3
    for expression, (pattern, flags, text) in zip(expressions, EXPRESSIONS, strict=True):
        natively = re.compile(pattern, flags)
        assert (expression.pattern, expression.flags) == (natively.pattern, natively.flags)
        assert expression.groupindex == natively.groupindex
        assert [found.span() for found in expression.finditer(text)] == [f.span() for f in natively.finditer(text)]


def test_what_was_not_recorded_is_made_as_usual():
    made_before.record()
    made_before.take(made_before.recorded(lambda code: code))
    place, expressions = made()
    assert place(1) == place(1)
    assert expressions[0].fullmatch("AB-123")
    with pytest.raises(re.error):
        re.compile("(")
