"""The honest answer where no rule covers a derivative."""

from __future__ import annotations

from jacobook.algebra.messages import JacobookError


class Refusal(JacobookError):
    """No rule covers this derivative; the message names the node and the reason."""


UNKNOWN_SIGN = "the exponent of a matrix may be positive or negative here, and no rule covers both at once"
"""Why a power such as X^(k − n) is refused."""
