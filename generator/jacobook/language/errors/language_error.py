"""What is said about a text that cannot be read: where it is wrong, and what would fit."""

from __future__ import annotations

from jacobook.algebra.messages import JacobookError

_WINDOW = 100
_LONGEST = 1000


def _bounded(text: str) -> str:
    """Return the text of a message, not longer than anybody reads."""
    return _printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _printable(text: str) -> str:
    """Return the text with a space for every character that a terminal could take for a command."""
    return "".join(character if character.isprintable() else " " for character in text)


class LanguageError(JacobookError):
    """A text that cannot be read: what is wrong, where (1-based), and what would fit, if anything is near.

    `origin` names the part of a statement the text is: `given[0]`, `expr[1]`, `wrt`; empty for a single text.
    """

    def __init__(
        self, message: str, source: str, start: int, end: int, suggestion: str | None = None, origin: str = ""
    ) -> None:
        message = _bounded(message)
        super().__init__(message)
        self.message = message
        self.source = source
        self.suggestion = suggestion
        self.origin = origin
        start = max(0, min(start, len(source)))
        before = source[:start]
        self.line = before.count("\n") + 1
        self.column = start - (before.rfind("\n") + 1) + 1
        stop = source.find("\n", start)
        width = min(max(end, start + 1), len(source) if stop < 0 else stop) - start
        self.end_column = self.column + max(width, 1)
        """The first column after the range, on the same line."""

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, *self._where())

    def _where(self) -> tuple[object, ...]:
        """Return what the error was made of, after its message."""
        start = sum(len(line) + 1 for line in self.source.split("\n")[: self.line - 1]) + self.column - 1
        end = start + self.end_column - self.column
        return self.source, start, end, self.suggestion, self.origin

    def told(self) -> str:
        """Return the message with its place and a caret."""
        return self.render()

    def render(self) -> str:
        """Return the message with its position, the line it is about, and carets under the range."""
        line = self.source.split("\n")[self.line - 1]
        first, last = self.column - 1, self.end_column - 1
        left = 0 if len(line) <= _WINDOW else max(0, first - _WINDOW // 3)
        shown = line[left : left + _WINDOW]
        head, tail = ("…" if left else ""), ("…" if left + _WINDOW < len(line) else "")
        carets = " " * (first - left + len(head)) + "^" * max(1, min(last - left, _WINDOW) - (first - left))
        where = f"{_in_words(self.origin)}, " if self.origin else ""
        text = _printable(head + shown + tail)
        return f"{where}line {self.line}, column {self.column}: {self.message}\n    {text}\n    {carets}"


def _in_words(origin: str) -> str:
    """Return the part of a statement as people count: `expr[0]` is expression 1."""
    name, bracket, rest = origin.partition("[")
    said = {"expr": "expression", "given": "declaration"}.get(name, name)
    return f"{said} {int(rest[:-1]) + 1}" if bracket else said


class ShapeClash(LanguageError):
    """A text that can be read, but whose operands do not fit each other in shape.

    `clash` says what does not fit what; the message goes on with what would fit (`proposal`).
    """

    def __init__(
        self,
        clash: str,
        source: str,
        start: int,
        end: int,
        suggestion: str | None = None,
        origin: str = "",
        proposal: str = "",
    ) -> None:
        super().__init__(clash + proposal, source, start, end, suggestion, origin)
        self.clash = _bounded(clash)
        self.proposal = proposal

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.clash, *self._where(), self.proposal)
