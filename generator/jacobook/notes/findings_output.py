"""Findings of the gate as lines for people, as annotations of GitHub Actions, and as SARIF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jacobook.notes.faults import Fault
from jacobook.notes.gate import FileReport

_RULES = {
    "wrong": "A claim does not hold",
    "input": "A statement cannot be read",
    "refused": "No rule covers the derivative",
    "unchecked": "A derivation could not be checked",
}
_LEVELS = {"unchecked": "warning"}
SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def fault_lines(report: FileReport) -> Iterator[str]:
    """Yield the faults of a file as `file:line:column: message`."""
    for fault in report.faults:
        yield f"{report.path}:{fault.line}:{fault.column}: {fault.message}"


def github_lines(report: FileReport) -> Iterator[str]:
    """Yield the faults of a file as commands of GitHub Actions, which shows them in the file."""
    for fault in report.faults:
        level = _LEVELS.get(fault.kind, "error")
        place = f"file={_property(str(report.path))},line={fault.line},col={fault.column}"
        yield f"::{level} {place},title={_property(_RULES[fault.kind])}::{_data(fault.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(reports: Sequence[FileReport]) -> str:
    """Return in one sentence what was looked at and what came of it."""
    derivations, claims = (sum(getattr(one, name) for one in reports) for name in ("derivations", "claims"))
    faults = sum(len(one.faults) for one in reports)
    seen = f"{_count(derivations, 'derivation')} and {_count(claims, 'claim')} in {_count(len(reports), 'file')}"
    return f"{seen}: {'no faults' if not faults else _count(faults, 'fault')}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def sarif(reports: Iterable[FileReport], version: str) -> str:
    """Return the findings as SARIF 2.1.0."""
    results = [_result(report.path, fault) for report in reports for fault in report.faults]
    rules = [{"id": kind, "shortDescription": {"text": said}} for kind, said in _RULES.items()]
    driver = {"name": "Jacobook", "version": version, "rules": rules}
    data = {"$schema": SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _result(path: Path, fault: Fault) -> dict[str, Any]:
    region = {"startLine": fault.line, "startColumn": fault.column}
    if fault.end is not None and fault.end > fault.column:
        region["endColumn"] = fault.end
    location = {"artifactLocation": {"uri": quote(path.as_posix())}, "region": region}
    return {
        "ruleId": fault.kind,
        "level": _LEVELS.get(fault.kind, "error"),
        "message": {"text": fault.message},
        "locations": [{"physicalLocation": location}],
    }
