"""Notes whose faults are known: a « stands where one has to be found, with the exit status that its kind means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jacobook.notes.faults import STATUS
from jacobook.notes.fences import NoteDefaults
from jacobook.notes.gate import FileReport, check_files
from jacobook.notes.kept_fragments import KeptFragments

MARK = re.compile("«([123])")

Found = list[tuple[int, int, int]]
"""Line, column and exit status of faults."""


def taken_apart(text: str) -> tuple[str, Found]:
    """Return the text without its marks, and the faults that they announce."""
    clean: list[str] = []
    expected: Found = []
    for number, line in enumerate(text.split("\n"), 1):
        while found := MARK.search(line):
            expected.append((number, found.start() + 1, int(found[1])))
            line = line[: found.start()] + line[found.end() :]
        clean.append(line)
    return "\n".join(clean), expected


def checked(path: Path, given: Sequence[str] = (), layout: str = "any") -> FileReport:
    """Return what the gate finds in one file."""
    defaults = NoteDefaults.model_validate({"given": tuple(given), "layout": layout})
    (report,) = check_files([path], KeptFragments(None), defaults)
    return report


def found_in(report: FileReport) -> Found:
    return [(fault.line, fault.column, STATUS[fault.kind]) for fault in report.faults]
