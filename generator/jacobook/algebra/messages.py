"""Errors that a notebook shows as their message, without a traceback through the project's own code."""

from __future__ import annotations


class JacobookError(Exception):
    """What `derive` and `check` raise: an error whose message says all there is to say."""

    def told(self) -> str:
        """Return the message in full, with a caret where there is one."""
        return str(self)

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython and Jupyter show in place of a traceback."""
        return [f"{type(self).__name__}: {self.told()}"]
