r"""Formulas in LaTeX that a comment marks: `%jb given x in R^N; A in R^(N x N)`, or `%jb` alone.

The comment stands in the formula, before it, or behind it on its last line. What `given` declares holds from there
on. A formula is what stands between `\[ … \]`, `$$ … $$`, `\( … \)`, `$ … $`, or in an environment; rows of `align`
that begin with `=` go on with the equation before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jacobook.notes.documents.marked import Marked, Place, SourceLine
from jacobook.notes.faults import Fault

_COMMENT = re.compile(r"(?<!\\)%+\s*jb(?P<said>(?:\b|given\b).*)$")
_GIVEN = re.compile(r"\s+given\s+(?P<given>.*\S)\s*$")
_ENVIRONMENTS = "equation|align|alignat|gather|multline|eqnarray|displaymath|math|flalign"
_OPENING = re.compile(rf"\\\[|\\\(|\$\$|(?<!\\)\$|\\begin\{{(?P<name>(?:{_ENVIRONMENTS})\*?)\}}(?:\{{\d+\}})?")
_CLOSING = {"\\[": r"\\\]", "\\(": r"\\\)", "$$": r"\$\$", "$": r"(?<!\\)\$"}
_BLANKED = re.compile(
    r"\\(?:label|tag|ref|eqref)\*?\s*\{[^{}]*\}|\\(?:nonumber|notag|displaystyle|quad|qquad|hfill)(?![A-Za-z])"
    rf"|\\(?:begin|end)\{{(?:aligned|split|gathered|(?:{_ENVIRONMENTS})\*?)\}}(?:\{{\d+\}}|\[[tbc]\])?|&|~"
)
_ANY_COMMENT = re.compile(r"(?<!\\)%.*$")
_ROW = re.compile(r"\\\\(?:\[[^\]]*\])?")
_SHOWN_AS_IS = re.compile(
    r"\\(?:verb\*?|(?:lstinline|mintinline)(?:\[[^\]]*\])?(?:\{\w+\}(?=\W))?)(?:\{[^{}]*\}|(?P<end>[^\w\s*{\[]).*?(?P=end))"
    r"|\\(?:url|href|path)\{[^{}]*\}"
)
"""Code and addresses in a line: a `%` or a `$` in them begins nothing."""
_VERBATIM = re.compile(r"\\begin\{(?P<name>verbatim\*?|lstlisting|minted|comment)\}")
_LAST = re.compile(r"[\s.,;]+$|\\[,;!]\s*[.,;]?\s*$")


def marked_formulas(lines: Sequence[SourceLine], faults: list[Fault]) -> list[Marked]:
    """Return the declarations and the equations that comments mark, in their order."""
    if not any(_COMMENT.search(line.text) for line in lines):
        return []
    lines = [line.with_text(_SHOWN_AS_IS.sub(_spaces, line.text)) for line in lines]
    found: list[Marked] = []
    waiting: SourceLine | None = None
    place = 0
    while place < len(lines):
        line = lines[place]
        if verbatim := _VERBATIM.search(line.text):
            place = _behind_end(lines, place, verbatim["name"])
            continue
        comment = _mark_in(line)
        opening, stop, body = _first_formula(lines, place)
        if opening is None:
            if comment:
                found += _declared(line, comment, faults)
                waiting = line.part(comment.start())
            place += 1
            continue
        if stop is None:
            if waiting is not None or comment:
                where = line.place(opening.start())
                faults.append(Fault(*where, "input", f"this formula is not closed: `{opening[0]}`"))
            waiting, place = None, place + 1
            continue
        marks = [(one, mark) for one in lines[place:stop] if (mark := _mark_in(one))]
        for one, mark in marks:
            found += _declared(one, mark, faults, line.place(0))
        if waiting is not None or marks:
            found += _equations(body)
        waiting, place = None, stop
    if waiting is not None:
        faults.append(Fault(*waiting.place(0), "input", "no formula follows this mark"))
    return found


def _mark_in(line: SourceLine) -> re.Match[str] | None:
    """Return the mark in a line; a line that is nothing but a comment has one at its beginning, or none."""
    indent = len(line.text) - len(line.text.lstrip())
    if line.text.startswith("%", indent):
        return _COMMENT.match(line.text, indent)
    return _COMMENT.search(line.text)


def _unread(line: SourceLine, comment: re.Match[str]) -> list[Fault]:
    """Return what is wrong with a mark behind which something else stands than declarations."""
    said = comment["said"].strip()
    if not said or _GIVEN.match(line.text, comment.start("said")):
        return []
    if said.split()[0] == "layout":
        message = "the layout of a LaTeX document is named by the command: `--layout denominator`"
    else:
        message = "behind `%jb` stands `given` with declarations, as in `%jb given x in R^N`, or nothing"
    return [Fault(*line.place(comment.start()), "input", message)]


def _behind_end(lines: Sequence[SourceLine], start: int, name: str) -> int:
    r"""Return the line behind `\end{name}`."""
    ends = (place for place in range(start, len(lines)) if f"\\end{{{name}}}" in lines[place].text)
    return next(ends, len(lines) - 1) + 1


def _declared(line: SourceLine, comment: re.Match[str], faults: list[Fault], turn: Place | None = None) -> list[Marked]:
    """Return what a mark declares; `turn` is the place of its formula, where it stands behind that."""
    faults += _unread(line, comment)
    given = _GIVEN.match(line.text, comment.start("said"))
    return [Marked("given", (line.part(given.start("given"), given.end("given")),), turn)] if given else []


def _first_formula(
    lines: Sequence[SourceLine], place: int
) -> tuple[re.Match[str] | None, int | None, list[SourceLine]]:
    """Return the first formula that begins in a line: its opening, the line behind it, and what stands in it."""
    text = _ANY_COMMENT.sub("", lines[place].text)
    opening = _OPENING.search(text)
    while opening is not None:
        stop, body = _body(lines, place, opening)
        if stop is not None or opening[0] != "$":  # one dollar may be a price
            return opening, stop, body
        opening = _OPENING.search(text, opening.end())
    return None, None, []


def _body(lines: Sequence[SourceLine], place: int, opening: re.Match[str]) -> tuple[int | None, list[SourceLine]]:
    """Return the line behind a formula, None if it is not closed, and what stands in it."""
    closing = re.compile(rf"\\end\{{{re.escape(opening['name'])}\}}" if opening["name"] else _CLOSING[opening[0]])
    body: list[SourceLine] = []
    start = opening.end()
    for number in range(place, len(lines)):
        line = lines[number]
        if opening[0] == "$" and not line.text.strip():
            break
        end = closing.search(_ANY_COMMENT.sub("", line.text), start)
        body.append(line.part(start, end.start() if end else None))
        if end:
            return number + 1, body
        start = 0
    return None, body


def _equations(body: Sequence[SourceLine]) -> Iterator[Marked]:
    """Yield the equations of a formula: one for each row that has a left side."""
    rows: list[list[SourceLine]] = [[]]
    for line in body:
        text = _ANY_COMMENT.sub(_spaces, line.text)
        text = _BLANKED.sub(_spaces, text)
        plain = line.with_text(text)
        start = 0
        for end in _ROW.finditer(text):
            rows[-1].append(plain.part(start, end.start()))
            rows.append([])
            start = end.end()
        rows[-1].append(plain.part(start))
    joined: list[list[SourceLine]] = []
    for row in rows:
        written = "".join(line.text for line in row).strip()
        if not written:
            continue
        if joined and ("=" not in written or written.startswith(("=", "+"))):
            joined[-1] += row
        else:
            joined.append(list(row))
    for row in joined:
        while row and not _LAST.sub("", row[-1].text):
            row.pop()
        row[-1] = row[-1].with_text(_LAST.sub("", row[-1].text))
        while len(row) > 1 and not row[0].text.strip():
            row.pop(0)
        indent = len(row[0].text) - len(row[0].text.lstrip())
        yield Marked("claim", (row[0].part(indent), *row[1:]))


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])
